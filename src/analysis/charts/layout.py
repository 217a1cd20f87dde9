"""Where things go: boxes, scales and text broken by its measured width.

Lengths are points; x grows to the right and y downwards from the top left corner.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.charts import style

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

# French sets a space before these signs, Dutch one after the euro: no line begins with the sign
# or ends before the number. Nor is a number parted from its unit.
_GLUED = re.compile(r" (?=[:;?!»%€–](?!\w))|(?<=[«€]) |(?<=\d) (?=(?:mln|mld|M€|k€|k|m)(?!\w))")


@dataclass(frozen=True)
class Box:
    """A rectangle on the page."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Height of the middle."""
        return self.top + self.height / 2

    @property
    def centre(self) -> float:
        """Middle from left to right."""
        return self.left + self.width / 2

    def inset(self, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Box:
        """Return the box with its edges moved inwards."""
        return Box(
            self.left + left, self.top + top, self.width - left - right, self.height - top - bottom
        )

    def from_left(self, width: float, gap: float = 0) -> tuple[Box, Box]:
        """Split: a box of this width at the left, and the rest."""
        return replace(self, width=width), self.inset(left=width + gap)

    def from_top(self, height: float, gap: float = 0) -> tuple[Box, Box]:
        """Split: a box of this height at the top, and the rest."""
        return replace(self, height=height), self.inset(top=height + gap)

    def from_right(self, width: float, gap: float = 0) -> tuple[Box, Box]:
        """Split: the rest, and a box of this width at the right."""
        return self.inset(right=width + gap), replace(self, left=self.right - width, width=width)

    def from_bottom(self, height: float, gap: float = 0) -> tuple[Box, Box]:
        """Split: the rest, and a box of this height at the bottom."""
        return (
            self.inset(bottom=height + gap),
            replace(self, top=self.bottom - height, height=height),
        )

    def slice(self, height: float) -> Box:
        """Return the middle of the box, at most this high: a bar in its row."""
        high = min(height, self.height)
        return replace(self, top=self.middle - high / 2, height=high)

    def rows(self, shares: int | Sequence[float], gap: float = 0) -> list[Box]:
        """Cut into rows of equal height, or of heights in these proportions."""
        parts = np.ones(shares) if isinstance(shares, int) else np.asarray(shares, dtype=float)
        heights = parts / parts.sum() * (self.height - gap * (len(parts) - 1))
        tops = self.top + np.concatenate([[0.0], np.cumsum(heights + gap)[:-1]])
        return [
            Box(self.left, float(top), self.width, float(height))
            for top, height in zip(tops, heights, strict=True)
        ]

    def columns(self, shares: int | Sequence[float], gap: float = 0) -> list[Box]:
        """Cut into columns of equal width, or of widths in these proportions."""
        turned = Box(self.top, self.left, self.height, self.width)
        return [Box(row.top, row.left, row.height, row.width) for row in turned.rows(shares, gap)]


@dataclass(frozen=True)
class Scale:
    """Numbers or days to places on the page; straight line, nothing cut off.

    Attributes:
        low: Value at ``start``.
        high: Value at ``end``.
        start: Place in points. For a vertical scale the lower edge, since y grows downwards.
        end: Place in points.
    """

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def of(cls, low: Any, high: Any, start: float, end: float) -> Scale:
        """Make a scale of numbers or of dates.

        Raises:
            ValueError: ``low`` equals ``high``: such a scale has no length.
        """
        first, last = (float(_numeric(value)) for value in (low, high))
        if not first < last:
            raise ValueError(f"a scale needs low < high, not {low} and {high}")
        return cls(first, last, start, end)

    def __call__(self, value: Any) -> float:
        """Return the place of one value."""
        return float(self.place(value))

    def place(self, values: Any) -> NDArray[np.float64]:
        """Return the places of one or many values; not-a-number stays not-a-number."""
        share = (_numeric(values) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round numbers within the scale, about as many as asked."""
        from matplotlib.ticker import MaxNLocator

        found = MaxNLocator(nbins=about, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)
        slack = 1e-9 * (self.high - self.low)
        return [float(t) for t in found if self.low - slack <= t <= self.high + slack]

    def year_starts(self, every: int = 1) -> list[dt.date]:
        """Return each 1 January within a scale of dates, one in ``every`` years."""
        first, last = (dt.date.fromordinal(int(value)) for value in (self.low, self.high))
        years = range(first.year, last.year + 1)
        days = [dt.date(year, 1, 1) for year in years if year % every == 0]
        return [day for day in days if first <= day <= last]


def _numeric(values: Any) -> NDArray[np.float64]:
    if isinstance(values, dt.date):
        return np.asarray(float(values.toordinal()))
    array = np.asarray(values)
    if np.issubdtype(array.dtype, np.datetime64):
        days = array.astype("datetime64[D]")
        # Day 1 of the ordinal calendar is 719163 days before 1970.
        return np.where(np.isnat(days), np.nan, days.astype("int64") + 719163.0)
    if array.dtype == object:
        return np.array([np.nan if v is None else float(_numeric(v)) for v in array.ravel()])
    return array.astype(float)


@lru_cache(maxsize=1)
def _measurer() -> TextToPath:
    from matplotlib.textpath import TextToPath

    return TextToPath()


@lru_cache(maxsize=50_000)
def extent(text: str, size: float, weight: style.Weight = "regular") -> tuple[float, float, float]:
    """Return width, height above and depth below the baseline of one line, in points.

    Measured on the outlines, as the SVG and PDF writers do; with hinting off the PNG agrees.
    """
    return extent_of(text, style.font(size, weight))


def extent_of(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Return :func:`extent` for a font of matplotlib's own kind."""
    if not text:
        return 0.0, 0.0, 0.0
    width, height, descent = _measurer().get_text_width_height_descent(text, font, False)
    return float(width), float(height - descent), float(descent)


def text_width(text: str, size: float, weight: style.Weight = "regular") -> float:
    """Return the width of one line in points.

    A space at either end counts: the outline of a line alone would forget it.
    """
    bar = extent("|", size, weight)[0]
    return extent(f"|{text}|", size, weight)[0] - 2 * bar if text else 0.0


def wrap(
    text: str,
    width: float,
    size: float,
    weight: style.Weight = "regular",
    *,
    balanced: bool = False,
) -> list[str]:
    """Break a text in lines no wider than ``width`` points, between words.

    A word wider than the line stands alone and sticks out: better seen than cut.

    Args:
        text: Line breaks in it stay.
        width: Of the line, in points.
        size: Of the type, in points.
        weight: Of the type.
        balanced: Make the lines of about equal length, as for a headline.
    """
    lines = [
        line
        for paragraph in text.split("\n")
        for line in _wrap_paragraph(_words(paragraph), width, size, weight)
    ]
    if not balanced or len(lines) < 2 or "\n" in text:
        return lines
    low, high = width / len(lines), width
    while high - low > 1:
        middle = (low + high) / 2
        tried = _wrap_paragraph(_words(text), middle, size, weight)
        fits = len(tried) == len(lines) and all(
            text_width(line, size, weight) <= middle for line in tried
        )
        low, high = (low, middle) if fits else (middle, high)
    return _wrap_paragraph(_words(text), high, size, weight)


def _words(text: str) -> list[str]:
    glued = _GLUED.sub("\u00a0", text)
    return [word for word in glued.split(" ") if word]


def _wrap_paragraph(words: list[str], width: float, size: float, weight: style.Weight) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


@dataclass(frozen=True)
class Run:
    """A stretch of text in one weight and colour."""

    text: str
    weight: style.Weight = "regular"
    colour: str = style.QUIET


def wrap_runs(runs: Sequence[Run], width: float, size: float) -> list[list[tuple[float, Run]]]:
    """Break runs in lines; each line is a list of (distance from the left edge, run)."""
    lines: list[list[tuple[float, Run]]] = [[]]
    at = 0.0
    for run in runs:
        space = text_width(" ", size, run.weight)
        for word in _words(run.text):
            long = text_width(word, size, run.weight)
            if at and at + space + long > width:
                lines.append([])
                at = 0.0
            start = at + (space if at else 0.0)
            line = lines[-1]
            if line and line[-1][1].weight == run.weight and line[-1][1].colour == run.colour:
                begun, before = line[-1]
                joined = f"{before.text} {word}"
                line[-1] = (begun, replace(before, text=joined))
                at = begun + text_width(joined, size, run.weight)
            else:
                line.append((start, replace(run, text=word)))
                at = start + long
    return lines


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart until neighbours are ``gap`` apart, as little as possible.

    The order stays. Least squares under that rule: pool neighbours that touch and put the pool
    around its mean (the pool-adjacent-violators method of isotonic regression).

    Args:
        wanted: Where each would like to be.
        gap: Smallest distance between two neighbours.
        low: No place before this.
        high: No place after this; when there is no room for all, the last ones go beyond.
    """
    if not len(wanted):
        return []
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    shifted = np.asarray(wanted, dtype=float)[order] - gap * np.arange(len(order))
    pools: list[tuple[float, int]] = []
    for value in shifted:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (b, m), (a, n) = pools.pop(), pools.pop()
            pools.append(((a * n + b * m) / (n + m), n + m))
    level = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    level = np.maximum(np.minimum(level, high - gap * (len(order) - 1)), low)
    placed = np.empty(len(order))
    placed[order] = level + gap * np.arange(len(order))
    return [float(value) for value in placed]
