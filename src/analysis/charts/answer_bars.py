"""Drawing: what was answered - yes, no, nothing - as one bar a row, silence as visible as words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.charts.record import ChartRecord
    from analysis.language import Language

ANSWERS = ("yes", "no", "unknown")
COLUMNS = ["row", *ANSWERS, "total", "row_ids"]


def draw(canvas: Canvas) -> None:
    """Draw a row each; texts: ``label.row.<key>`` and ``label.yes``, ``.no``, ``.unknown``."""
    area = canvas.area
    paints = {"yes": stacked.slate, "no": stacked.hatched, "unknown": stacked.dotted}

    samples = [
        (lambda box, paint=paint: paint(canvas, box), canvas.text(f"label.{answer}"))
        for answer, paint in paints.items()
    ]
    top = area.top + canvas.legend(samples, area.left, area.top, area.width) + style.SPACE_3
    rows = canvas.data.to_dict("records")
    names = [canvas.wrap(canvas.text(f"label.row.{r['row']}"), 0.34 * area.width) for r in rows]
    width = max(canvas.text_width(line) for lines in names for line in lines)
    ends = [canvas.text("label.of", yes=int(r["yes"]), total=int(r["total"])) for r in rows]
    body = Box(area.left, top, area.width, area.bottom - top).inset(
        left=width + style.SPACE_3, right=canvas.widest(ends, "body", "semibold") + style.SPACE_2
    )
    scale = Scale.of(0, max(int(r["total"]) for r in rows), body.left, body.right)
    for r, lines, end, row in zip(rows, names, ends, body.rows(len(rows)), strict=True):
        canvas.write(area.left, row.middle, "\n".join(lines), valign="middle")
        lane = row.slice(2.1 * canvas.size("body"))
        parts = [
            stacked.Part(
                float(r[answer]), paints[answer],
                label=canvas.number(int(r[answer])) if r[answer] else "",
                ink=style.PAPER if answer == "yes" else style.INK,
                loud=answer == "yes", clear=answer != "yes",
            )
            for answer in ANSWERS
        ]  # fmt: skip
        x = stacked.stack(canvas, scale, lane, parts)
        ink = style.INK if r["yes"] else style.ACCENT
        canvas.write(x + style.SPACE_2, row.middle, end, weight="semibold", colour=ink, valign="middle")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as stacked bars."""
    data = record.data
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(record.text(f"label.row.{row}", lang) for row in data["row"]),
        series=tuple(
            NativeSeries(
                record.text(f"label.{answer}", lang),
                tuple(int(value) for value in data[answer]),
                accent=answer == "yes",
                recedes=answer == "unknown",
            )
            for answer in ANSWERS
        ),
        unit="count",
        axis_title=record.text("label.axis", lang),
    )
