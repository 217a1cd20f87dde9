"""The four layers of every picture: headline, subtitle, drawing, footer.

Header and footer are as high as their texts need in the language at hand: the drawing takes the
rest, so that no language has a hole where another has a second line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.charts import layout, style
from analysis.charts.canvas import CAP_HEIGHT, Canvas
from analysis.charts.layout import Box, Run
from analysis.charts.record import ChartRecord, frame_text
from analysis.language import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class _Heights:
    headline: float
    subtitle: float
    footer: float


def compose(record: ChartRecord, lang: Language, shape: style.Shape) -> Figure:
    """Draw a chart whole, inside :func:`analysis.charts.style.settings`.

    Raises:
        ValueError: Header and footer leave the wide shape less than a third for the drawing.
    """
    heights = _heights(record, lang, shape)
    width = shape.width - 2 * shape.margin
    header = heights.headline + _after_headline(shape) + heights.subtitle
    top = shape.top + header + _around(shape)
    below = _around(shape) + heights.footer + shape.bottom
    drawing = (
        record.column_height_mm * style.MM if shape.height is None else shape.height - top - below
    )
    if shape.height is not None and drawing < shape.height / 3:
        raise ValueError(f"{record.id}: shorten the texts, only {drawing:.0f} pt are left to draw")
    height = top + drawing + below
    canvas = Canvas(
        record,
        lang,
        shape,
        size=Box(0, 0, shape.width, height),
        area=Box(shape.margin, top, width, drawing),
    )
    y = shape.top
    for line in _headline_lines(record, lang, shape):
        canvas.write(shape.margin, y, line, role="headline", weight="semibold")
        y += canvas.line_height("headline")
    y = shape.top + heights.headline + _after_headline(shape)
    for line in _subtitle_lines(record, lang, shape):
        canvas.write(shape.margin, y, line, colour=style.QUIET)
        y += canvas.line_height("body")
    _footer(canvas, record, lang, height - shape.bottom - heights.footer)
    record.draw(canvas)
    return canvas.figure


def _after_headline(shape: style.Shape) -> float:
    return 1.05 * shape.sizes["body"]


def _around(shape: style.Shape) -> float:
    return 1.55 * shape.sizes["body"]


def _measure(shape: style.Shape) -> float:
    """Return the width at which running text breaks: the page, but no endless lines."""
    return min(shape.width - 2 * shape.margin, 62 * shape.sizes["body"])


def _headline_lines(record: ChartRecord, lang: Language, shape: style.Shape) -> list[str]:
    return layout.wrap(
        record.headline(lang),
        shape.width - 2 * shape.margin,
        shape.sizes["headline"],
        "semibold",
        balanced=True,
    )


def _subtitle_lines(record: ChartRecord, lang: Language, shape: style.Shape) -> list[str]:
    size = shape.sizes["body"]
    return layout.wrap(record.text("subtitle", lang), _measure(shape), size, balanced=True)


def _paragraphs(record: ChartRecord, lang: Language) -> list[list[Run]]:
    return [
        [Run(frame_text("base", lang), "semibold"), Run(record.text("base", lang))],
        [Run(frame_text("source", lang), "semibold"), Run(record.text("source", lang))],
        [Run(record.footnote(lang))],
    ]


def _footer_line(shape: style.Shape) -> float:
    return shape.sizes["small"] * style.LINE_SPACING["small"]


def _heights(record: ChartRecord, lang: Language, shape: style.Shape) -> _Heights:
    def height(lines: int, role: style.Role) -> float:
        size = shape.sizes[role]
        return CAP_HEIGHT * size + (lines - 1) * size * style.LINE_SPACING[role]

    width = shape.width - 2 * shape.margin
    footer = sum(
        len(layout.wrap_runs(runs, width, shape.sizes["small"]))
        for runs in _paragraphs(record, lang)
    )
    return _Heights(
        headline=height(len(_headline_lines(record, lang, shape)), "headline"),
        subtitle=height(len(_subtitle_lines(record, lang, shape)), "body"),
        # The last line hangs below its baseline.
        footer=height(footer, "small") + 0.25 * shape.sizes["small"],
    )


def _footer(canvas: Canvas, record: ChartRecord, lang: Language, top: float) -> None:
    shape = canvas.shape
    for runs in _paragraphs(record, lang):
        canvas.write_runs(shape.margin, top, runs, shape.width - 2 * shape.margin, "small")
        lines = layout.wrap_runs(runs, shape.width - 2 * shape.margin, shape.sizes["small"])
        top += len(lines) * _footer_line(shape)
