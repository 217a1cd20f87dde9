"""Chart: calls per year of Brussels Economy and Employment, above the size of the sector."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, VerticalAlign
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES, Language, percent, texts
from analysis.sector import change, sector_series
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

ID = "calls-per-year-and-sector"
CALLS, ENTERPRISES, FTE = "calls_all", "enterprises_observatory", "fte_observatory"
PANELS = ("calls", "enterprises", "fte")


def calls_per_year_and_sector(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables."""
    series = sector_series(tables["funding_facts"])
    calls_first, calls_last, calls_change = change(series, CALLS)
    sector_first, sector_last, enterprises = change(series, ENTERPRISES)
    fte_first, fte_last, fte = change(series, FTE)
    value = series.set_index(["series", "year"])["value"]
    counted = series[series["panel"].ne("calls")]["year"].max()
    undated = _undated(tables["funding_facts"])
    people = _people(tables["funding_facts"])
    older = series[series["series"].eq("calls_discretionary")]
    return ChartRecord(
        id=ID,
        demands=("S1", "S3", "E2"),
        data=series,
        values={
            "calls_from": float(value[CALLS, calls_first]),
            "calls_to": float(value[CALLS, calls_last]),
            "calls_first": str(calls_first),
            "calls_last": str(calls_last),
            "older_first": str(older["year"].min()),
            "older_last": str(older["year"].max()),
            "sector_first": str(sector_first),
            "sector_last": str(sector_last),
            "fte_first": str(fte_first),
            "fte_last": str(fte_last),
            "counted": str(counted),
            "enterprises_change": _signed(enterprises),
            "fte_change": _signed(fte),
            "first_year": str(series["year"].min()),
            "last_year": str(series["year"].max()),
            "figures": len(series),
            "sources_count": int(series["source_id"].nunique()),
            "undated": undated,
            "coverage": dict(
                texts(f"charts/{ID}")[
                    "coverage.apart" if calls_first > counted else "coverage.together"
                ]
            ),
            **people,
        },
        claim=_claim(calls_change, calls_last, counted, enterprises),
        data_date=as_of(tables),
        sources=tuple(sorted(set(series["source_id"]))),
        draw=draw,
        native=native,
        column_height_mm=118,
    )


def _signed(share: float) -> dict[Language, str]:
    sign = "+" if share > 0 else ""
    return {lang: sign + percent(share, lang, 1) for lang in LANGUAGES}


def _claim(calls: float, calls_last: int, counted: int, enterprises: float) -> str:
    if calls >= 0:
        return "not_fewer"
    if calls_last > counted:
        return "fewer_not_counted"
    return "fewer_sector_grew" if enterprises > 0 else "fewer_sector_did_not_grow"


def _undated(facts: pd.DataFrame) -> float:
    """Return the newest count of enterprises whose year the source does not state, or nothing."""
    rows = facts[
        facts["indicator"].eq("sector_organisations")
        & facts["programme"].eq("Social economy sector")
        & facts["scope"].eq("Brussels-Capital Region")
        & facts["period_start"].eq("")
        & facts["value_kind"].eq("exact")
    ]
    return float(rows["value"].max())


def _people(facts: pd.DataFrame) -> dict[str, object]:
    """Return the newest number of persons employed: another unit than full-time equivalents."""
    rows = facts[
        facts["indicator"].eq("jobs")
        & facts["programme"].eq("Social economy sector")
        & facts["scope"].eq("Brussels-Capital Region")
        & facts["period_start"].ne("")
    ].sort_values("period_start")
    return {
        "people": float(rows["value"].iloc[-1]),
        "people_year": rows["period_start"].iloc[-1][:4],
    }


_TOPS = {"calls": 10.0, "enterprises": 8_000.0, "fte": 100_000.0}


def _top(rows: pd.DataFrame, panel: str) -> float:
    """Return a round upper end of the axis, from zero."""
    high = float(rows["high"].max())
    step = _TOPS[panel] / 4
    return max(_TOPS[panel], step * -(-high // step))


def draw(canvas: Canvas) -> None:
    """Draw three panels on one time axis; no second axis anywhere."""
    data, area = canvas.data, canvas.area
    first, last = int(data["year"].min()), max(int(data["year"].max()), canvas.record.data_date.year)  # fmt: skip
    marks = {p: [0.0, _top(data[data["panel"] == p], p) / 2, _top(data[data["panel"] == p], p)] for p in PANELS}  # fmt: skip
    left = canvas.widest([canvas.number(t) for ticks in marks.values() for t in ticks], "small") + style.SPACE_3  # fmt: skip
    body = area.inset(bottom=canvas.axis_height())
    shares = (0.3, 0.35, 0.35)
    time = Scale.of(first - 0.6, last + 0.6, body.left + left, body.right)
    for panel, box in zip(PANELS, body.rows(shares, gap=style.SPACE_3), strict=True):
        _panel(canvas, panel, box, time, marks[panel])
    every = 2 if canvas.is_wide else 3
    years = list(range(first, last + 1, every))
    base = Box(body.left + left, body.top, body.width - left, body.height)
    canvas.x_axis(time, base, years, [str(year) for year in years], grid=False, side="bottom")


def _panel(canvas: Canvas, panel: str, box: Box, time: Scale, ticks: list[float]) -> None:
    rows = canvas.data[canvas.data["panel"] == panel]
    head, plot = box.from_top(canvas.line_height("body") + canvas.size("small") * 0.9)
    canvas.write(head.left, head.top, canvas.text(f"label.panel.{panel}"), weight="semibold")
    scale = Scale.of(0, ticks[-1], plot.bottom, plot.top)
    canvas.y_axis(scale, plot, ticks, [canvas.number(tick) for tick in ticks])
    _holes(canvas, rows, time, plot)
    if panel == "calls":
        title = canvas.text_width(canvas.text("label.panel.calls"), weight="semibold")
        canvas.write(
            head.left + title + style.SPACE_3, head.top + CAP_HEIGHT * canvas.size(),
            canvas.text("label.older"), role="small", colour=style.QUIET, valign="baseline",
        )  # fmt: skip
        _bars(canvas, rows, time, scale, plot.bottom)
    else:
        _lines(canvas, rows, time, scale)


def _bars(canvas: Canvas, rows: pd.DataFrame, time: Scale, scale: Scale, bottom: float) -> None:
    half = 0.3 * (time(1) - time(0))
    for row in rows.to_dict("records"):
        x, top = time(row["year"]), scale(row["value"])
        box = Box(x - half, top, 2 * half, bottom - top)
        ours = row["series"] == CALLS
        canvas.fill(box, style.ACCENT if ours else style.GREY, "solid" if ours else "hatched")
        if not ours:
            canvas.outline(box, style.GREY)
        canvas.write(x, top - 3, canvas.number(row["value"]), weight="semibold", align="center", valign="baseline", colour=style.ACCENT if ours else style.QUIET)  # fmt: skip


def _holes(canvas: Canvas, rows: pd.DataFrame, time: Scale, plot: Box) -> None:
    """Mark the stretches without a figure; the word where it has room."""
    first, last = (int(np.ceil(time.low)), int(np.floor(time.high)))
    unknown = [year for year in range(first, last + 1) if year not in set(rows["year"])]
    word = canvas.text("label.no_figure")
    for _, run in groupby(enumerate(unknown), lambda pair: pair[1] - pair[0]):
        years = [year for _, year in run]
        x0, x1 = time(years[0] - 0.42), time(years[-1] + 0.42)
        fits = canvas.text_width(word, "small") <= x1 - x0 - 4
        if fits:
            canvas.gap(x0, x1, plot.top, plot.bottom, word)
        else:
            canvas.fill(Box(x0, plot.top, x1 - x0, plot.height), style.GROUND, zorder=0.4)


def _lines(canvas: Canvas, rows: pd.DataFrame, time: Scale, scale: Scale) -> None:
    for name, line in rows.groupby("series"):
        old = str(name).endswith("_concertes")
        colour = style.GREY if old else style.INK
        xs, ys = time.place(line["year"]), scale.place(line["value"])
        if line["joined"].eq("yes").all():
            canvas.path(xs, ys, colour=colour, dash="dashed" if old else "solid", marker="dot" if not old else None)  # fmt: skip
        else:
            for x, y in zip(xs, ys, strict=True):
                canvas.mark(float(x), float(y), "ring", colour=colour)
        for row in line[line["low"] != line["high"]].to_dict("records"):
            x = time(row["year"])
            canvas.rule(x, scale(row["low"]), x, scale(row["high"]), width=style.BOLD)
        _ends(canvas, line, time, scale, old, str(name))


def _ends(
    canvas: Canvas, line: pd.DataFrame, time: Scale, scale: Scale, old: bool, name: str
) -> None:
    """Write first and last value, and under the line whose figures they are."""
    colour = style.QUIET if old else style.INK
    single = len(line) == 1
    rise = 0.75 * canvas.size("body")
    places = [line.iloc[0], line.iloc[-1]]
    for index, row in enumerate(places[1:] if single else places):
        # A lone figure beside a line's end stands under its mark, so that both can be read.
        shift = 0.7 * rise if single else -rise
        valign: VerticalAlign = "top" if single else "baseline"
        canvas.write(
            time(row["year"]), scale(row["value"]) + shift, canvas.number(row["value"]), role="small",
            colour=colour, weight="semibold" if single or index == 1 else "regular",
            align="center", valign=valign, clear=not single,
        )  # fmt: skip
    if single:
        return
    middle = (time(line["year"].iloc[0]) + time(line["year"].iloc[-1])) / 2
    low = scale(float(line["value"].min())) + rise + 2
    words = canvas.text(f"label.{name}")
    width = time(line["year"].iloc[-1]) - time(line["year"].iloc[0]) + 5 * rise
    lines = canvas.wrap(words, width, "small")
    canvas.write(middle, low, "\n".join(lines), role="small", colour=colour, align="center", clear=True)  # fmt: skip
    if not old:
        drop = len(lines) * canvas.line_height("small")
        words = canvas.text(f"label.change.{name}")
        canvas.write(middle, low + drop, words, role="small", weight="semibold", align="center", clear=True)  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the calls of each year as columns; a year without a figure is a gap."""
    rows = record.data[record.data["series"].eq("calls_all")]
    found = {
        int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)
    }
    years = range(min(found), max(found) + 1)
    return NativeChart(
        kind="column",
        categories=tuple(str(year) for year in years),
        series=(
            NativeSeries(
                record.text("label.panel.calls", lang),
                tuple(found.get(year) for year in years),
                accent=True,
            ),
        ),
        unit="count",
        axis_title=record.text("label.panel.calls", lang),
    )
