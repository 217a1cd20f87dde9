"""Drawing: how many are known, and how many could be so too, by row and by day.

The known part is solid, what nobody could place is dotted behind it: unknown recedes but stays
in sight, and is never added to the number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import frame_text
from analysis.language import date

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.charts.record import ChartRecord
    from analysis.language import Language

# A bar of unknowns that would push the known ones out of sight is cut, with a mark.
MOST_UNKNOWN = 16


def rows_of(canvas: Canvas) -> list[str]:
    """Return the keys of the rows in the order of the data."""
    return list(dict.fromkeys(canvas.data["row"].astype(str)))


def draw(canvas: Canvas) -> None:
    """Draw one lane of bars a day; texts: ``label.row.<key>``."""
    data, area = canvas.data, canvas.area
    top = area.top + _legend(canvas, area) + style.SPACE_3
    keys = rows_of(canvas)
    share = 0.3 if canvas.is_wide else 0.27
    names = [canvas.wrap(canvas.text(f"label.row.{key}"), share * area.width) for key in keys]
    width = max(canvas.text_width(line) for lines in names for line in lines)
    days: list[dt.date] = sorted(set(data["day"]))
    head = canvas.line_height("body") + style.SPACE_2
    body = Box(area.left, top + head, area.width, area.bottom - top - head)
    lanes = body.inset(left=width + style.SPACE_3).columns(len(days), gap=style.SPACE_3)
    most = float((data["known"] + data["possible"].clip(upper=MOST_UNKNOWN)).max())
    room = canvas.text_width("88 + 88", "body", "semibold") + style.SPACE_2
    cells: dict[Any, dict[Any, Any]] = data.set_index(["row", "day"]).to_dict("index")
    for day, lane in zip(days, lanes, strict=True):
        canvas.write(lane.left, top, canvas.date(day), weight="semibold")
        scale = Scale.of(0, max(most, 1.0), lane.left, lane.right - room)
        canvas.rule(lane.left, body.top, lane.left, body.bottom, colour=style.HAIRLINE)
        for key, row in zip(keys, body.rows(len(keys)), strict=True):
            cell = cells[key, day]
            _bar(canvas, scale, Box(lane.left, row.top, lane.width, row.height), cell)
    for lines, row in zip(names, body.rows(len(keys)), strict=True):
        canvas.write(area.left, row.middle, "\n".join(lines), valign="middle")


def _bar(canvas: Canvas, scale: Scale, row: Box, cell: Mapping[Any, Any]) -> None:
    known, possible = int(cell["known"]), int(cell["possible"])
    body = canvas.size("body")
    lane = row.slice(min(max(0.42 * row.height, 1.5 * body), 3 * body))
    shown = min(possible, MOST_UNKNOWN)
    parts = [stacked.Part(known, stacked.slate), stacked.Part(shown, stacked.dotted)]
    end = stacked.stack(canvas, scale, lane, parts)
    if shown < possible:
        _cut(canvas, scale(known + 0.8 * shown), lane)
    ink = style.ACCENT if not known and cell["spoken"] == "yes" else style.INK
    taken = canvas.write(end + style.SPACE_1, row.middle, canvas.number(known), weight="semibold", colour=ink, valign="middle")  # fmt: skip
    if possible:
        extra = f" +\u202f{canvas.number(possible)}"
        canvas.write(taken.right, row.middle, extra, colour=style.QUIET, valign="middle")


def _cut(canvas: Canvas, x: float, lane: Box) -> None:
    """Mark a bar that is longer than drawn: a slanted strip of paper through it."""
    reach = 0.12 * lane.height
    for dx, colour, width in (
        (0.0, style.PAPER, 4.0),
        (-2.0, style.GREY, 0.8),
        (2.0, style.GREY, 0.8),
    ):
        canvas.rule(
            x + dx - reach, lane.bottom + 2, x + dx + reach, lane.top - 2,
            colour=colour, width=width, zorder=2.4,
        )  # fmt: skip


def _legend(canvas: Canvas, area: Box) -> float:
    samples = [
        (lambda box: stacked.slate(canvas, box), frame_text("known_open", canvas.lang)),
        (lambda box: stacked.dotted(canvas, box), frame_text("possibly_open", canvas.lang)),
    ]
    return canvas.legend(samples, area.left, area.top, area.width)


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as bars: each row and day, known and possible."""
    data = record.data
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(
            f"{record.text(f'label.row.{row}', lang)} – {date(day, lang)}"
            for row, day in zip(data["row"], data["day"], strict=True)
        ),
        series=(
            NativeSeries(frame_text("known_open", lang), _whole(data["known"]), accent=True),
            NativeSeries(frame_text("possibly_open", lang), _whole(data["possible"]), recedes=True),
        ),
        unit="count",
        axis_title=frame_text("instruments_title", lang),
    )


def _whole(values: Sequence[object] | pd.Series) -> tuple[float | None, ...]:
    return tuple(int(str(value)) for value in values)
