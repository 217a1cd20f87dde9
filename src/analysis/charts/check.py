"""Is every word of a picture readable: nothing overlaps, nothing is cut off, nothing too small?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.charts import layout, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text


@dataclass(frozen=True)
class Clash:
    """A text that meets another text or the edge.

    Attributes:
        text: The text.
        other: The other text, or ``edge``.
        points: How far they overlap, in points, in the direction where it is least.
    """

    text: str
    other: str
    points: float

    def __str__(self) -> str:
        return f"{self.text!r} and {self.other!r} overlap by {self.points:.1f} pt"


@dataclass(frozen=True)
class _Ink:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float


def _texts(figure: Figure) -> list[Text]:
    from matplotlib.text import Text

    # Axes place their tick labels only when they are drawn.
    figure.draw_without_rendering()
    undrawn = _undrawn(figure)
    return [
        text
        for text in figure.findobj(Text)
        if isinstance(text, Text)
        and text.get_visible()
        and text.get_text().strip()
        and id(text) not in undrawn
    ]


def _ink(figure: Figure) -> list[_Ink]:
    """Return where the ink of each text lies, in points from the lower left corner.

    The renderer's box of a line is as high as its tallest possible letter; for a single
    horizontal line it is trimmed to the ink that is there.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    scale = 72 / figure.dpi
    found = []
    for text in _texts(figure):
        box = text.get_window_extent(renderer)
        x0, y0, x1, y1 = (value * scale for value in (box.x0, box.y0, box.x1, box.y1))
        if text.get_rotation() == 0 and "\n" not in text.get_text():
            size = float(text.get_fontsize())
            _, rise, drop = layout.extent_of(text.get_text(), text.get_fontproperties())
            _, _, usual = layout.extent_of("lp", text.get_fontproperties())
            baseline = y0 + max(drop, usual)
            y0, y1 = baseline - drop, min(baseline + rise, y1 + size)
        found.append(_Ink(text.get_text(), x0, y0, x1, y1))
    return found


def _undrawn(figure: Figure) -> set[int]:
    """Return the ids of labels that exist but are not drawn.

    Hidden axes keep their labels, and each axis keeps labels of ticks beyond its ends.
    """
    from matplotlib.text import Text

    found = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axes.axison:
                found |= {id(text) for text in axis.findobj(Text)}
                continue
            low, high = sorted(axis.get_view_interval())
            slack = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low - slack <= tick.get_loc() <= high + slack:
                    found |= {id(text) for text in tick.findobj(Text)}
    return found


def overlaps(figure: Figure, tolerance: float = 0.6) -> list[Clash]:
    """Find texts that overlap another text or leave the picture.

    Args:
        figure: A composed chart.
        tolerance: Points of overlap that nobody sees (the side bearing of a letter).

    Returns:
        Each clash once; empty when all is well.
    """
    # Measured as it is saved: with the hinting of matplotlib's defaults, words get other widths.
    with style.settings("check"):
        inks = _ink(figure)
    width, height = (72 * inches for inches in figure.get_size_inches())
    clashes = []
    for ink in inks:
        beyond = max(-ink.x0, -ink.y0, ink.x1 - width, ink.y1 - height)
        if beyond > tolerance:
            clashes.append(Clash(ink.text, "edge", beyond))
    for one, other in combinations(inks, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        along = min(one.y1, other.y1) - max(one.y0, other.y0)
        if min(across, along) > tolerance:
            clashes.append(Clash(one.text, other.text, min(across, along)))
    return clashes


def smallest_text_pt(figure: Figure) -> float:
    """Return the size of the smallest text in points, at the picture's own size.

    Raises:
        ValueError: The picture has no text at all.
    """
    with style.settings("check"):
        sizes = [float(text.get_fontsize()) for text in _texts(figure)]
    if not sizes:
        raise ValueError("the picture has no text")
    return min(sizes)


# Printed 160 mm wide, as in a Word file.
SMALLEST_PT = 7.0


def legibility_faults(figure: Figure) -> list[str]:
    """Return in words what keeps a picture from being read; nothing when it can be published."""
    found = [str(clash) for clash in overlaps(figure)]
    if (smallest := smallest_text_pt(figure)) < SMALLEST_PT:
        found.append(
            f"the smallest text has {smallest:.1f} pt, at least {SMALLEST_PT:.0f} are needed"
        )
    return found
