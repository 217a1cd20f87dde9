"""Lifelines: which programme was known to be open when, funder by funder."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis import coverage, lifelines
from analysis import tables as tables_
from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas
from analysis.charts.layout import Box, Run, Scale, text_width
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY
from analysis.language import LANGUAGES
from analysis.tables import Tables
from analysis.terms import official_name

# Regional bodies first, as the paper names them, then the community commissions.
FUNDERS = (
    "innoviris",
    "coopcity",
    "hub-brussels",
    "be-circular-partners",
    "bruxelles-economie-emploi",
    "bruxelles-environnement",
    "brussels-capital-region",
    "cocof",
    "vgc",
)
# The headline's question: what became of the programmes of this funder that were running?
SPOKEN_FUNDER = "innoviris"
FIRST_DAY = dt.date(2013, 1, 1)


def programme_lifelines(tables: Tables) -> ChartRecord:
    """Build the lifelines of the regional funders and the community commissions."""
    now = tables_.as_of(tables)
    heads = _chosen(tables, now)
    lines = lifelines.family_intervals(tables)
    before, after, since = _suspension(tables, lines, now)
    suspended = int(after.reindex(before).eq("suspended").sum())
    all_families = coverage.instruments(tables)["family_id"].nunique()
    funders = tables["funders"]
    spoken = funders[funders["funder_id"] == SPOKEN_FUNDER].iloc[0]
    values: dict[str, object] = {
        "funder": {lang: official_name(spoken.to_dict(), lang) for lang in LANGUAGES},
        "year": since.year,
        "running": len(before),
        "suspended": suspended,
        "not_stated": len(before) - suspended,
        "then": PAPER_DAY,
        "now": now,
        "drawn": len(heads),
        "families": all_families,
        "not_drawn": all_families - len(heads),
        "funders": heads["funder_id"].nunique(),
        "min_years": 2,
        "months": coverage.GapRules().stale_after_months,
        "open_now": int(
            coverage.family_states(tables, now, now).reindex(heads["family_id"]).eq("open").sum()
        ),
        "first_year": FIRST_DAY.year,
    }
    claim = "none" if not suspended else "all" if suspended == len(before) else "some"
    data = _data(tables, heads, lines, now)
    return ChartRecord(
        id="programme-lifelines",
        demands=("S1", "S2", "S3", "S5", "E4"),
        data=data,
        values=values,
        claim=claim,
        data_date=now,
        sources=tuple(
            sorted({one for ids in heads["source_ids"] for one in ids.split(";") if one})
        ),
        draw=draw,
        column_height_mm=163,
    )


def _chosen(tables: Tables, now: dt.date) -> pd.DataFrame:
    """Return the families drawn: signs in at least two years, or a suspension stated."""
    known = lifelines.families_with_history(tables, now, years=1)
    states = coverage.family_states(tables, now, now)
    heads = tables["programmes"].set_index("programme_id")
    suspended = [one for one in states.index[states == "suspended"] if one not in set(known["family_id"])]  # fmt: skip
    extra = heads.loc[suspended, ["funder_id", "name_fr", "name_nl", "name_en", "kind", "source_id"]]  # fmt: skip
    extra = extra.rename(columns={"source_id": "source_ids"}).rename_axis("family_id")
    known = pd.concat([known, extra.reset_index().assign(sign_years=0, signs=0)])
    is_suspended = known["family_id"].map(states).eq("suspended")
    kept = known[(known["sign_years"] >= 2) | is_suspended]
    kept = kept[kept["funder_id"].isin(FUNDERS)]
    return kept.reset_index(drop=True)


def _suspension(
    tables: Tables, lines: pd.DataFrame, now: dt.date
) -> tuple[list[str], pd.Series, dt.date]:
    """Return the funder's families open before its first suspension, their states now, the day."""
    mine = coverage.instruments(tables).query("funder_id == @SPOKEN_FUNDER")["family_id"]
    stops = lines[lines["family_id"].isin(mine) & lines["state"].eq("suspended")]
    since = stops["start"].min().date() if len(stops) else now
    eve = coverage.family_states(tables, since - dt.timedelta(days=1), now)
    running = sorted(set(mine) & set(eve.index[eve == "open"]))
    return running, coverage.family_states(tables, now, now), since


def _data(tables: Tables, heads: pd.DataFrame, lines: pd.DataFrame, now: dt.date) -> pd.DataFrame:
    rounds = lifelines.rounds(tables).assign(state="round")
    spans = lines.assign(programme_id=lines["family_id"])
    rows = pd.concat([spans, rounds[rounds["end"] >= pd.Timestamp(FIRST_DAY)]])
    rows = heads.merge(rows, on="family_id")
    rows = rows[rows["state"].ne("not_started")]
    rows = rows[rows["start"].isna() | rows["start"].le(pd.Timestamp(now))]
    first = rows[rows["state"].eq("open")].groupby("family_id")["start"].min().rename("first_open")
    rows = rows.merge(first, on="family_id", how="left")
    rows["funder_order"] = rows["funder_id"].map({one: place for place, one in enumerate(FUNDERS)})
    rows["from"] = rows["start"].fillna(pd.Timestamp(1900, 1, 1))
    rows = rows.sort_values(["funder_order", "first_open", "family_id", "from", "state"])
    funders = tables["funders"].set_index("funder_id")
    for lang in LANGUAGES:
        rows[f"funder_{lang}"] = [
            official_name(funders.loc[one], lang) for one in rows["funder_id"]
        ]
        rows[f"name_{lang}"] = [official_name(row, lang) for row in rows.to_dict("records")]
    columns = [
        "funder_id", "funder_nl", "funder_fr", "funder_en", "family_id", "programme_id",
        "name_nl", "name_fr", "name_en", "state", "start", "end", "sign_years", "source_ids",
    ]  # fmt: skip
    for day in ("start", "end"):
        rows[day] = rows[day].dt.strftime("%Y-%m-%d").fillna("")
    return rows[columns].reset_index(drop=True)


# Drawing


@dataclass(frozen=True)
class _Item:
    """One thing in a column of the picture: the name of a funder, or a family's line."""

    funder: str
    lines: tuple[str, ...]
    family: pd.DataFrame | None = None
    since: str = ""


def draw(canvas: Canvas) -> None:
    """Draw one bar a family, its name above it, in four columns when wide and in two else."""
    area = canvas.area
    taken = canvas.legend(_legend(canvas), area.left, area.top, area.width)
    area = area.inset(top=taken + (style.SPACE_3 if canvas.is_wide else 14))
    boxes = area.columns(4 if canvas.is_wide else 2, gap=22 if canvas.is_wide else 18)
    head = 2 * canvas.line_height("small") + 6
    items = _items(canvas, boxes[0].width)
    columns, step = _flow(canvas, items, len(boxes), area.height - head)
    for content, box in zip(columns, boxes, strict=False):
        _column(canvas, content, box.inset(top=head), step)


def _items(canvas: Canvas, width: float) -> list[_Item]:
    found = []
    for funder, rows in canvas.data.groupby("funder_id", sort=False):
        name = str(rows[f"funder_{canvas.lang}"].iloc[0])
        lines = canvas.wrap(name, width, "small", "bold")
        found.append(_Item(str(funder), tuple(lines)))
        for _, family in rows.groupby("family_id", sort=False):
            began = family.loc[family["state"].eq("open"), "start"]
            first = min((one for one in began if one), default="")
            early = first and first < FIRST_DAY.isoformat()
            since = canvas.text("label.since", year=first[:4]) if early else ""
            name = _shortened(canvas, str(family[f"name_{canvas.lang}"].iloc[0]), width)
            if canvas.text_width(f"{name} {since}", "small") > width:
                since = ""
            label = canvas.wrap(f"{name} {since}".strip(), width, "small")
            found.append(_Item(str(funder), tuple(label), family, since))
    return found


def _height(canvas: Canvas, item: _Item, step: float, *, at_top: bool) -> float:
    line = canvas.line_height("small")
    if item.family is None:
        return len(item.lines) * line + 1 + (0 if at_top else 0.45 * step)
    return step + (len(item.lines) - 1) * line


def _flow(
    canvas: Canvas, items: Sequence[_Item], count: int, room: float
) -> tuple[list[list[_Item]], float]:
    """Fill columns one after the other with the widest step at which all fits."""
    line = canvas.line_height("small")
    step = 2.6 * line
    columns = _fill(canvas, items, step, room)
    while len(columns) > count and step > 0.5 * line:
        step *= 0.985
        columns = _fill(canvas, items, step, room)
    return columns, step


def _fill(canvas: Canvas, items: Sequence[_Item], step: float, room: float) -> list[list[_Item]]:
    heads = {item.funder: item for item in items if item.family is None}
    columns: list[list[_Item]] = [[]]
    used = 0.0
    for place, item in enumerate(items):
        need = _height(canvas, item, step, at_top=not columns[-1])
        # A name does not stand alone at the foot of a column.
        after = 0.0
        if item.family is None and place + 1 < len(items):
            after = _height(canvas, items[place + 1], step, at_top=False)
        if columns[-1] and used + need + after > room:
            columns.append([])
            used = 0.0
            if item.family is not None:
                again = replace(heads[item.funder], since="again")
                columns[-1].append(again)
                used = _height(canvas, again, step, at_top=True)
            need = _height(canvas, item, step, at_top=not columns[-1])
        columns[-1].append(item)
        used += need
    return columns


def _column(canvas: Canvas, items: Sequence[_Item], plot: Box, step: float) -> None:
    now = canvas.record.data_date
    time = Scale.of(FIRST_DAY, now, plot.left, plot.right - 1)
    heights = [_height(canvas, item, step, at_top=not place) for place, item in enumerate(items)]
    plot = Box(plot.left, plot.top, plot.width, sum(heights))
    line = canvas.line_height("small")
    years = [dt.date(year, 1, 1) for year in range(FIRST_DAY.year + 1, now.year + 1, 4)]
    canvas.x_axis(time, Box(plot.left, plot.top - 2, plot.width, plot.height + 2), years, [str(day.year) for day in years])  # fmt: skip
    top = plot.top - style.SPACE_1 - 2 - line
    for day, text, dash, nudge in (
        (PAPER_DAY, canvas.text("label.then", day=PAPER_DAY), "solid", 3),
        (now, canvas.text("label.today"), "dotted", 3),
    ):
        canvas.rule(time(day), top - 0.7 * canvas.size("small"), time(day), plot.bottom, width=0.9, dash=dash, zorder=0.7)  # fmt: skip
        canvas.write(time(day) - nudge, top, text, role="small", weight="semibold", align="right", valign="baseline")  # fmt: skip
    y = plot.top
    for item, height in zip(items, heights, strict=True):
        if item.family is None:
            start = y + height - len(item.lines) * line
            lines = list(item.lines)
            if item.since:
                lines[-1] += canvas.text("label.again")
            for number, words in enumerate(lines):
                canvas.write(plot.left, start + number * line, words, role="small", weight="bold", clear=True)  # fmt: skip
        else:
            _line(canvas, time, Box(plot.left, y, plot.width, height), item, item.family)
        y += height


def _line(canvas: Canvas, time: Scale, row: Box, item: _Item, family: pd.DataFrame) -> None:
    now = canvas.record.data_date
    size, line = canvas.size("small"), canvas.line_height("small")
    thick = 4.6 if canvas.is_wide else 4.0
    bar = Box(row.left, row.bottom - thick - 1.0, row.width, thick)
    cap = bar.top - 0.28 * size - CAP_HEIGHT * size - (len(item.lines) - 1) * line
    for number, words in enumerate(item.lines):
        long = text_width(words, size)
        top = cap + number * line
        canvas.fill(Box(row.left - 1, top - 2, long + 3, CAP_HEIGHT * size + 4), style.PAPER, zorder=0.9)  # fmt: skip
        name = words.removesuffix(item.since).rstrip() if item.since else words
        runs = [Run(name, "regular", style.INK)] if name else []
        if name != words:
            runs.append(Run(item.since, "regular", style.QUIET))
        canvas.write_runs(row.left, top, runs, 1e6, "small")
    pieces = family[family["state"] != "round"].to_dict("records")
    # What was before the first sign is not known and not drawn.
    seen = [place for place, piece in enumerate(pieces) if piece["state"] != "unknown"]
    for piece in pieces[min(seen, default=0) :]:
        start = max(dt.date.fromisoformat(piece["start"]) if piece["start"] else FIRST_DAY, FIRST_DAY)  # fmt: skip
        end = min(dt.date.fromisoformat(piece["end"]) if piece["end"] else now, now)
        if end >= start:
            box = Box(time(start), bar.top, time(end) - time(start), bar.height)
            draw_state(canvas, box, str(piece["state"]))
    for call in family[family["state"] == "round"].to_dict("records"):
        start, end = (dt.date.fromisoformat(call[key]) for key in ("start", "end"))
        _tick(canvas, time(start + (min(end, now) - start) / 2), bar)


def _shortened(canvas: Canvas, name: str, width: float) -> str:
    """Shorten a name too long for its line: its own abbreviation, else what is before an aside."""
    own = re.search(r"\(([A-Z]{3,6})\)$", name)
    if own and canvas.text_width(name, "small") > width:
        return own[1]
    for mark in (" (", ", "):
        if canvas.text_width(name, "small") > width:
            name = name.split(mark)[0]
    return name


def draw_state(canvas: Canvas, box: Box, state: str) -> None:
    """Draw a stretch of a lifeline: open, unknown, suspended, or (at its left edge) an end."""
    if state == "open":
        canvas.fill(box, style.SLATE, zorder=1.5)
    elif state == "suspended":
        canvas.fill(box, style.PAPER, zorder=1.5)
        canvas.fill(box, style.ACCENT, "hatched", zorder=1.6)
        canvas.outline(box, style.ACCENT, 0.9, zorder=1.7)
    elif state == "unknown":
        canvas.rule(box.left, box.middle, box.right, box.middle, colour=style.GREY, width=1.3, dash="dotted", zorder=1.4)  # fmt: skip
    elif state in ("closed", "replaced"):
        canvas.rule(box.left, box.top - 2, box.left, box.bottom + 1, colour=style.INK, width=1.6, zorder=1.8)  # fmt: skip


def _tick(canvas: Canvas, x: float, bar: Box) -> None:
    canvas.mark(x, bar.middle, "diamond", colour=style.INK, size=bar.height * 1.15)


def _legend(canvas: Canvas) -> list[tuple[Callable[[Box], None], str]]:
    def thin(box: Box) -> Box:
        return Box(box.left, box.middle - 2.5, box.width, 5)

    def piece(state: str) -> Callable[[Box], None]:
        return lambda box: draw_state(canvas, thin(box), state)

    def closed(box: Box) -> None:
        part = thin(box)
        draw_state(canvas, Box(part.left, part.top, part.width * 0.6, part.height), "open")
        draw_state(canvas, part.inset(left=part.width * 0.6), "closed")

    def call(box: Box) -> None:
        draw_state(canvas, thin(box), "open")
        _tick(canvas, box.centre, thin(box))

    samples: Mapping[str, Any] = {
        "open": piece("open"),
        "unknown": piece("unknown"),
        "suspended": piece("suspended"),
        "closed": closed,
        "round": call,
    }
    return [(paint, canvas.text(f"label.state.{key}")) for key, paint in samples.items()]
