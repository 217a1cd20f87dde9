"""Drawing: shares as dots with what they may be, one a row, on one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.charts import style
from analysis.charts.layout import Scale
from analysis.charts.native import NativeChart, NativeSeries

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.charts.record import ChartRecord
    from analysis.language import Language

COLUMNS = ["row", "value", "low", "high", "base", "spoken", "row_ids"]


def draw(canvas: Canvas) -> None:
    """Draw a row each: ``label.row.<key>``, and ``label.base`` (with its ``{base}``) under it.

    A value that is not known is a word in its row, no dot. ``spoken`` rows are in the accent.
    """
    area, rows = canvas.area, canvas.data.to_dict("records")
    room = 0.36 * area.width
    names = [canvas.wrap(canvas.text(f"label.row.{r['row']}"), room) for r in rows]
    notes = [canvas.text("label.base", base=r["base"]) for r in rows]
    width = max(
        max(canvas.text_width(line) for lines in names for line in lines),
        canvas.widest(notes, "small"),
    )
    ends = [_written(canvas, r) for r in rows]
    body = area.inset(
        left=width + style.SPACE_3,
        top=canvas.axis_height(title=True) + style.SPACE_1,
        right=canvas.widest(ends, "body", "semibold") + style.SPACE_2,
    )
    scale = Scale.of(0, 1, body.left, body.right)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    canvas.x_axis(scale, body, ticks, [canvas.percent(t) for t in ticks], title=canvas.text("label.axis"))  # fmt: skip
    for r, lines, note, end, row in zip(
        rows, names, notes, ends, body.rows(len(rows)), strict=True
    ):
        step = canvas.line_height("body")
        high = len(lines) * step + canvas.line_height("small")
        start = row.middle - high / 2
        canvas.write(area.left, start, "\n".join(lines), weight="semibold" if r["spoken"] else "regular")  # fmt: skip
        canvas.write(area.left, start + len(lines) * step + 1, note, role="small", colour=style.QUIET)  # fmt: skip
        colour = style.ACCENT if r["spoken"] else style.INK
        if not math.isnan(float(r["low"])) and not math.isnan(float(r["high"])):
            canvas.span(scale, row.middle, r["low"], r["high"], colour=colour, width=1.4)
        if not math.isnan(float(r["value"])):
            canvas.mark(scale(r["value"]), row.middle, colour=colour)
        canvas.write(area.right, row.middle, end, weight="semibold", colour=colour, align="right", valign="middle")  # fmt: skip


def _written(canvas: Canvas, row: dict[object, object]) -> str:
    value = float(str(row["value"]))
    return canvas.text("label.not_known") if math.isnan(value) else canvas.percent(value)


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as bars, with the ends of the interval as series of their own."""
    data = record.data
    return NativeChart(
        kind="bar",
        categories=tuple(record.text(f"label.row.{row}", lang) for row in data["row"]),
        series=tuple(
            NativeSeries(
                record.text(f"label.{name}", lang),
                tuple(None if math.isnan(float(v)) else float(v) for v in data[name]),
                accent=name == "value",
            )
            for name in ("low", "value", "high")
        ),
        unit="share",
        axis_title=record.text("label.axis", lang),
    )
