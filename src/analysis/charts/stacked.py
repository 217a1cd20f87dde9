"""Stacked bars: parts of a whole in one lane, each with its value where there is room for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.charts import style
from analysis.charts.layout import Box, Scale

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

Paint = Callable[["Canvas", Box], None]


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar.

    Attributes:
        value: Its length, in the unit of the scale; not-a-number where it is not told.
        paint: Draws it in its box.
        label: Written inside when it fits, and never over another part.
        ink: Colour of the label.
        loud: Whether the label is semibold.
        clear: Whether the ground under the label is wiped (over patterns).
    """

    value: float
    paint: Paint
    label: str = ""
    ink: str = style.INK
    loud: bool = False
    clear: bool = False


def stack(canvas: Canvas, scale: Scale, lane: Box, parts: Sequence[Part]) -> float:
    """Draw parts one after the other in a lane; return where the last one ends (points)."""
    x = scale(scale.low)
    unit = scale(1) - scale(0)
    for part in parts:
        width = part.value * unit
        if not width > 0:
            continue
        # Between neighbours a hair of paper, so that equal greys do not merge.
        part.paint(canvas, Box(x, lane.top, max(width - 0.8, 0.4), lane.height))
        weight: style.Weight = "semibold" if part.loud else "regular"
        if part.label and canvas.text_width(part.label, "small", weight) + 8 <= width:
            canvas.write(
                x + style.SPACE_1, lane.middle, part.label, role="small", colour=part.ink,
                weight=weight, valign="middle", clear=part.clear,
            )  # fmt: skip
        x += width
    return x


def accent(canvas: Canvas, box: Box) -> None:
    """Paint what the headline speaks of."""
    canvas.fill(box, style.ACCENT)


def slate(canvas: Canvas, box: Box) -> None:
    """Paint what is known and is not the news."""
    canvas.fill(box, style.SLATE)


def grey(canvas: Canvas, box: Box) -> None:
    """Paint a second category that is known and is not the news."""
    canvas.fill(box, style.QUIET)


def hatched(canvas: Canvas, box: Box) -> None:
    """Paint a third known category, or a remainder."""
    canvas.fill(box, style.GREY, "hatched")
    canvas.outline(box)


def frame(canvas: Canvas, box: Box) -> None:
    """Paint an empty frame in grey."""
    canvas.fill(box, style.GREY, "outlined", line=style.THIN)


def dotted(canvas: Canvas, box: Box) -> None:
    """Paint what is not known."""
    canvas.fill(box, style.GREY, "dotted")
    canvas.outline(box)


def hole(canvas: Canvas, box: Box) -> None:
    """Paint what should be there and was not published: an empty frame in the accent, dashed."""
    xs = [box.left, box.right, box.right, box.left, box.left]
    ys = [box.top, box.top, box.bottom, box.bottom, box.top]
    canvas.path(xs, ys, colour=style.ACCENT, width=style.THIN, dash="dashed", sharp=True)


def missing(canvas: Canvas, box: Box) -> None:
    """Paint an unknown that the headline speaks of: an empty frame in the accent."""
    canvas.fill(box, style.ACCENT, "outlined", line=style.THIN)


def pale(canvas: Canvas, box: Box) -> None:
    """Paint what lies under the value that counts."""
    canvas.fill(box, style.HAIRLINE)
