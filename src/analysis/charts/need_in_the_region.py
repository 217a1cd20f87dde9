"""Need in the Region: one small panel a series on a common time axis, gaps left open."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from analysis import language
from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas
from analysis.charts.layout import Box, Run, Scale, spread
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY
from analysis.need import (
    SERIES_YEARS,
    domain_coverage,
    municipal_coverage,
    recent_change,
    regional_series,
    undated_rows,
)
from analysis.tables import Tables, as_of

ID = "need-in-the-region"
SINCE = 2012
HOUSING = ("waiting_list", "homelessness")
# Where the name of a series stands when two share a panel: above or below its line.
NAMED = {
    "poverty_survey": "above",
    "poverty_register": "below",
    "homelessness": "above",
    "homelessness_first_scope": "below",
}
DASH = {"poverty_survey": "dashed", "homelessness_first_scope": "dashed"}


def need_in_the_region(tables: Tables, since: int = SINCE) -> ChartRecord:
    """Build the chart of the regional need series.

    Args:
        tables: Checked tables.
        since: First year of the time axis; earlier values are named in words.

    Returns:
        The record; its data are the values chosen by :func:`analysis.need.regional_series`.
    """
    data = regional_series(tables)
    change = recent_change(tables).set_index("series")
    compared = change.to_dict("index")
    undated = undated_rows(tables)
    domains = domain_coverage(tables)
    direction = change["direction"]
    housing_up = bool(direction.reindex(list(HOUSING)).eq("rising").all())
    poverty_down = direction["poverty_register"] == "falling"
    claim = "mixed"
    if housing_up:
        claim = "housing_up_poverty_down" if poverty_down else "housing_up"
    values: dict[str, object] = {
        "rows": len(data),
        "series": data["series"].nunique(),
        "panels": data["panel"].nunique(),
        "sources": data["source_id"].nunique(),
        "approx": int(data["value_kind"].eq("approx").sum()),
        "bounds": int(data["value_kind"].isin(["at_least", "at_most"]).sum()),
        "editions": int(data["basis"].eq("edition").sum()),
        "undated": len(undated),
        "others": int(data["not_chosen"].str.split(";").map(lambda ids: len([i for i in ids if i])).sum()),
        "rising": int(direction.eq("rising").sum()),
        "falling": int(direction.eq("falling").sum()),
        "since": str(since),
        "first_year": str(data["year"].min()),
        "last_year": str(data["year"].max()),
        "enough": SERIES_YEARS,
        "paper_day": PAPER_DAY,
        **_change(tables, "waiting", compared["waiting_list"]),
        **_change(tables, "homeless", compared["homelessness"]),
        **_change(tables, "poverty", compared["poverty_register"]),
    }  # fmt: skip
    return ChartRecord(
        id=ID,
        demands=("S1", "S2"),
        data=_published(data, tables),
        values=values,
        claim=claim,
        data_date=as_of(tables),
        sources=tuple(sorted(data["source_id"].unique())),
        draw=partial(
            draw,
            series=data,
            since=since,
            until=as_of(tables),
            accent=HOUSING if housing_up else (),
            domains=domains,
            counted=_municipalities_behind(tables),
        ),
        column_height_mm=172,
    )


def _change(tables: Tables, name: str, row: Mapping[Hashable, Any]) -> dict[str, object]:
    """Return first and last value of a comparison and their years, for the texts."""
    need = tables["need_indicators"].set_index("need_id")
    values: dict[str, object] = {}
    for end in ("first", "last"):
        known = pd.notna(row["change"])
        values[f"{name}_{end}_year"] = str(row[f"{end}_year"]) if known else "?"
        values[f"{name}_{end}"] = {
            lang: written(need.loc[row[f"{end}_id"]], lang) if known else "?"
            for lang in language.LANGUAGES
        }
    return values


def _municipalities_behind(tables: Tables) -> dict[int, int]:
    """Return on how many municipalities the derived regional poverty rate of a year rests."""
    panels = municipal_coverage(tables)
    panels = panels[
        panels["indicator"].eq("poverty_risk_administrative") & panels["period_start"].ne("")
    ]
    years = panels["period_start"].str[:4].astype(int)
    return dict(zip(years, panels["municipalities"].astype(int), strict=True))


def _published(data: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    columns = [
        "domain", "series", "indicator", "year", "period_start", "period_end", "value", "low",
        "high", "unit", "value_kind", "basis", "stretch", "break_reason", "conflict_group",
        "need_id", "not_chosen", "source_id",
    ]  # fmt: skip
    out = data[columns].rename(columns={"not_chosen": "other_need_ids_same_year"})
    sources = tables["sources"].set_index("source_id")
    return out.assign(
        publisher=out["source_id"].map(sources["publisher"]),
        url=out["source_id"].map(sources["url"]),
    )


def draw(
    canvas: Canvas,
    series: pd.DataFrame,
    since: int,
    until: dt.date,
    accent: tuple[str, ...],
    domains: pd.DataFrame,
    counted: dict[int, int],
) -> None:
    """Draw the panels, the last one for the domains without a series."""
    small = canvas.size("small")
    taken = canvas.legend(
        _samples(canvas, series), canvas.area.left, canvas.area.top, canvas.area.width,
        sample=(1.1 * small, 1.15 * small),
    )  # fmt: skip
    grid = canvas.area.inset(top=taken + style.SPACE_3)
    panels = list(dict.fromkeys(series["panel"]))
    across = 4 if canvas.is_wide else 2
    down = -(-(len(panels) + 1) // across)
    gap = style.SPACE_3 if canvas.is_wide else style.SPACE_3 * 0.9
    boxes = [
        cell
        for row in grid.rows(down, gap=gap)
        for cell in row.columns(across, gap=1.25 * style.SPACE_3)
    ]
    visible = series[series["year"] >= since]
    labels = [written(row, canvas.lang) for _, row in visible.iterrows()]
    right = canvas.widest(labels, "small", "semibold") + canvas.text_width(" 2026", "small") + 6
    ticks = {panel: _ticks(frame) for panel, frame in visible.groupby("panel", sort=False)}
    # One time axis: every plot starts and ends at the same place of its panel.
    left = 5 + canvas.widest([canvas.number(tick) for each in ticks.values() for tick in each], "small")  # fmt: skip
    heads = [_head(canvas, series[series["panel"].eq(panel)], panel, since, counted) for panel in panels]  # fmt: skip
    for place, panel in enumerate(panels):
        start = place - place % across
        lines = max(
            len(canvas.wrap(head, boxes[0].width, "small"))
            for head in heads[start : start + across]
        )
        head = canvas.line_height("body") + lines * canvas.line_height("small")
        cell = boxes[place]
        canvas.write(cell.left, cell.top, canvas.text(f"panel.{panel}"), weight="semibold")
        canvas.write(
            cell.left, cell.top + canvas.line_height("body"), heads[place],
            role="small", colour=style.QUIET, width=cell.width,
        )  # fmt: skip
        room = cell.inset(top=head + 1.15 * small, bottom=canvas.axis_height())
        plot = room.inset(left=left, right=right)
        time = Scale.of(dt.date(since, 1, 1), until, plot.left, plot.right)
        colour = style.ACCENT if panel in accent else style.INK
        _panel(canvas, room, plot, time, visible[visible["panel"].eq(panel)], ticks[panel], colour)
    _without_series(canvas, boxes[len(panels)], domains)


def _head(
    canvas: Canvas, frame: pd.DataFrame, panel: str, since: int, counted: dict[int, int]
) -> str:
    """Return what stands under a panel's title: domain, unit, breaks, values before the axis."""
    parts = [
        canvas.text(f"domain.{frame['domain'].iloc[0]}"),
        canvas.text(f"unit.{panel}"),
    ]
    for row in frame[frame["break_reason"].ne("")].to_dict("records"):
        year = int(row["year"])
        has_before = frame["year"].lt(year).any()
        key = f"break.{row['series']}"
        if has_before and key in canvas.record.texts:
            parts.append(
                canvas.text(
                    key,
                    year=str(year),
                    before=counted.get(year - 1, 0),
                    after=counted.get(year, 0),
                )
            )
    parts += [
        canvas.text("earlier", year=str(row["year"]), value=written(row, canvas.lang))
        for _, row in frame[frame["year"] < since].iterrows()
    ]
    return " · ".join(parts)


def written(row: pd.Series, lang: language.Language) -> str:
    """Write a value as exactly as its source: with ≈ or ≥, decimals only where it has them."""
    rough = row["value_kind"] != "exact"
    decimals = 0 if row["unit"] != "percent" or (rough and float(row["value"]).is_integer()) else 1
    sign = {"approx": "≈", "at_least": "≥", "at_most": "≤"}.get(row["value_kind"], "")
    return sign + language.number(row["value"], lang, decimals)


def _ticks(frame: pd.DataFrame) -> list[float]:
    """Return zero, half and whole of the smallest round number above all values."""
    top = 1.02 * float(frame["high"].max())
    power = 10.0 ** math.floor(math.log10(top))
    whole = next(step * power for step in (1, 1.2, 2, 3, 4, 6, 8, 10) if step * power >= top)
    return [0.0, whole / 2, whole]


def _panel(
    canvas: Canvas,
    room: Box,
    plot: Box,
    x: Scale,
    visible: pd.DataFrame,
    ticks: list[float],
    colour: str,
) -> None:
    marks = [canvas.number(tick) for tick in ticks]
    y = Scale.of(0, ticks[-1], plot.bottom, plot.top)
    canvas.y_axis(y, Box(room.left, plot.top, plot.right - room.left, plot.height), ticks, marks)
    days = [day for day in x.year_starts() if day.year % 5 == 0]
    canvas.x_axis(x, plot, days, [str(day.year) for day in days], grid=False, side="bottom")
    canvas.rule(x(PAPER_DAY), plot.top, x(PAPER_DAY), plot.bottom, colour=style.GREY, width=0.7, zorder=0.8)  # fmt: skip
    ends = []
    for name, line in visible.groupby("series", sort=False):
        _breaks(canvas, line, x, y)
        for _, stretch in line.groupby("stretch"):
            canvas.path(
                x.place(stretch["at"].to_numpy()), y.place(stretch["value"]),
                colour=colour, width=style.MEDIUM if canvas.is_wide else 1.4,
                dash=DASH.get(str(name), "solid"),
            )  # fmt: skip
        for _, row in line.iterrows():
            _mark(canvas, x(row["at"].date()), y, row, colour)
        last = line.iloc[-1]
        ends.append((x(last["at"].date()), y(last["value"]), last))
        if name in NAMED and not visible["series"].eq(name).all():
            _name(canvas, line, x, y, str(name), colour)
    places = spread([end[1] for end in ends], canvas.line_height("small"), plot.top - 4, plot.bottom)  # fmt: skip
    cap = CAP_HEIGHT * canvas.size("small")
    for (at, _, last), where in zip(ends, places, strict=True):
        runs = [
            Run(written(last, canvas.lang), "semibold", colour),
            Run(str(last["year"]), "regular", style.QUIET),
        ]
        long = canvas.text_width(runs[0].text, "small", "semibold") + canvas.text_width(f" {runs[1].text}", "small")  # fmt: skip
        # The day of the paper stays behind the words.
        canvas.fill(Box(at + 5, where - 0.8 * cap, long + 2, 1.6 * cap), style.PAPER, zorder=0.9)
        canvas.write_runs(at + 6, where - cap / 2, runs, 1e6, "small")


def _name(canvas: Canvas, line: pd.DataFrame, x: Scale, y: Scale, name: str, colour: str) -> None:
    """Write the name of a series beside its line, where two share a panel."""
    text = canvas.text(f"series.{name}")
    off = 0.75 * canvas.size("small")
    width = canvas.text_width(text, "small")
    first = x(line["at"].iloc[0].date())
    over = line[line["at"].map(lambda day: x(day.date()) <= first + width)]
    left, low = first - 4, y(over["value"].max()) - off
    if len(line) < SERIES_YEARS:
        # A short line that climbs: its name ends where the line begins.
        left, low = first - 6 - width, y(line["value"].iloc[0]) - 2
    elif NAMED[name] == "below":
        low = y(over["value"].min()) + off + CAP_HEIGHT * canvas.size("small")
    taken = canvas.write(left, low, text, role="small", colour=colour, valign="bottom")
    canvas.fill(taken.inset(-2, -0.5, -2, -1), style.PAPER, zorder=0.9)


def _breaks(canvas: Canvas, line: pd.DataFrame, x: Scale, y: Scale) -> None:
    """Put two slanted strokes between the last value before a break and the first one after it."""
    earlier = line.shift()
    for place in line.index[line["break_reason"].ne("") & earlier["at"].notna()]:
        here, before = line.loc[place], earlier.loc[place]
        middle = (x(here["at"].date()) + x(before["at"].date())) / 2
        _strokes(canvas, middle, y(before["value"]))


def _strokes(canvas: Canvas, x: float, y: float) -> None:
    rise = 0.42 * canvas.size("small")
    for shift in (-1.3, 1.3):
        canvas.rule(x + shift - 0.4 * rise, y + rise, x + shift + 0.4 * rise, y - rise, colour=style.QUIET, width=0.9, zorder=3.05)  # fmt: skip


def _mark(canvas: Canvas, at: float, y: Scale, row: pd.Series, colour: str) -> None:
    size = (0.43 if canvas.is_wide else 0.5) * canvas.size("body")
    place = y(row["value"])
    if row["low"] < row["high"] or row["conflict_group"]:
        canvas.rule(at, y(row["low"]), at, y(row["high"]), colour=colour, width=style.THIN, zorder=3.1)  # fmt: skip
        canvas.mark(at, place, "diamond", colour=colour, size=1.15 * size)
        return
    if row["value_kind"] == "at_least":
        canvas.rule(at, place, at, place - 1.6 * size, colour=colour, width=1.2, zorder=3.1)
    canvas.mark(at, place, "dot" if row["value_kind"] == "exact" else "ring", colour=colour, size=size)  # fmt: skip


def _samples(canvas: Canvas, series: pd.DataFrame) -> list[tuple[Callable[[Box], None], str]]:
    """Return the samples of the legend: only what the drawing really holds."""

    def sample(kind: str, conflict: str = "") -> Callable[[Box], None]:
        def paint(box: Box) -> None:
            row = pd.Series({"value": 0.0, "low": 0.0, "high": 0.0, "value_kind": kind, "conflict_group": conflict})  # fmt: skip
            drop = 0.25 * canvas.size("body") if kind == "at_least" else 0.0
            flat = Scale(0.0, 1.0, box.middle + drop, box.middle + drop)
            _mark(canvas, box.centre, flat, row, style.INK)

        return paint

    def rule(box: Box) -> None:
        canvas.rule(box.centre, box.top, box.centre, box.bottom, colour=style.GREY, width=0.9)

    def strokes(box: Box) -> None:
        _strokes(canvas, box.centre, box.middle)

    found = [(sample("exact"), canvas.text("legend.exact"))]
    kinds = set(series["value_kind"])
    if "approx" in kinds:
        found.append((sample("approx"), canvas.text("legend.approx")))
    if "at_least" in kinds:
        found.append((sample("at_least"), canvas.text("legend.at_least")))
    if series["conflict_group"].ne("").any():
        found.append((sample("exact", conflict="X"), canvas.text("legend.conflict")))
    found.append((strokes, canvas.text("legend.break")))
    found.append((rule, canvas.text("legend.paper", day=language.date(PAPER_DAY, canvas.lang))))
    return found


def _without_series(canvas: Canvas, box: Box, domains: pd.DataFrame) -> None:
    """Say which fundamental needs have no regional series in the evidence."""
    none = domains[~domains["has_series"]]
    if none.empty:
        return
    canvas.write(box.left, box.top, canvas.text("none.title"), weight="semibold")
    y = box.top + canvas.line_height("body") + 2
    for row in none.to_dict("records"):
        key = "none.some" if row["figures"] else "none.nothing"
        runs = [
            Run(canvas.text("none.domain", domain=canvas.text(f"domain.{row['domain']}")), "semibold", style.INK),
            Run(canvas.text(key, figures=int(row["figures"]), indicators=int(row["indicators"]), enough=SERIES_YEARS)),
        ]  # fmt: skip
        y += canvas.write_runs(box.left, y, runs, box.width, "small") + canvas.line_height("small")
