"""The signature picture: what was open, per stage and legal form, on two dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import coverage
from analysis import tables as tables_
from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas
from analysis.charts.layout import Box
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY
from analysis.status import ENDED
from analysis.tables import Tables
from analysis.terms import listing, term

if TYPE_CHECKING:
    from collections.abc import Sequence

# The paper speaks of associations: their column stands first and is the one the headline counts.
SPOKEN_FORM = "asbl_vzw"
UNPLACED = "stage_not_known"
# The last three are kinds of support, not stages of a life: a gap sets them apart.
LIFE_STAGES = 6
GAP = 3.0


def programme_gap_map(tables: Tables, day: dt.date = PAPER_DAY) -> ChartRecord:
    """Build the gap map of one day beside that of the evidence's own date.

    Args:
        tables: Checked tables.
        day: The earlier of the two days.
    """
    now = tables_.as_of(tables)
    days = (day, now)
    maps = {each: coverage.gap_map(tables, each, now) for each in days}
    states = {each: coverage.family_states(tables, each, now) for each in days}
    fate = coverage.fate(maps[day], states[now], SPOKEN_FORM)
    trials = coverage.sensitivity(tables, days, now, SPOKEN_FORM)
    trial = trials[trials["date"] == now]
    hindsight = trials[trials["date"].eq(day) & trials["variant"].eq("as_known_that_day")]
    default, others = trial.iloc[0], trial.iloc[1:]
    named = [set(stages.split(";")) for stages in trial["stages"]]
    never = [one for one in coverage.STAGES if not any(one in stages for stages in named)]
    quality = coverage.coding_quality(tables).groupby("dimension")[["unknown", "yes", "no"]].sum()
    unknown = quality["unknown"] / quality.sum(axis=1)
    spoken = maps[now][maps[now]["legal_form"] == SPOKEN_FORM]
    open_now = int(default["stages_known_open"])
    left_over = coverage.unplaced(tables, now, now, legal_forms=[SPOKEN_FORM]).iloc[0]
    values: dict[str, object] = {
        "then": day,
        "now": now,
        "stages": len(coverage.STAGES),
        "open_now": open_now,
        "open_then": len(coverage.stages_open(maps[day], SPOKEN_FORM)),
        "most_now": int((spoken["open"].gt(0) | spoken["possible"].gt(0)).sum()),
        "families": len(states[now]),
        "families_open_then": int(states[day].eq("open").sum()),
        "families_open_now": int(states[now].eq("open").sum()),
        "families_unknown_then": int(states[day].eq("unknown").sum()),
        "families_unknown_now": int(states[now].eq("unknown").sum()),
        "unknown_forms": float(unknown["legal_form"]),
        "unknown_stages": float(unknown["stage"]),
        "was": fate["was"],
        "behind": len({one for ids in spoken["open_families"] for one in ids.split(";") if one}),
        "ended": fate["ended"],
        "silent": fate["silent"],
        "months": coverage.GapRules().stale_after_months,
        "then_as_known": int(hindsight["stages_known_open"].iloc[0]),
        "low": int(trial["stages_known_open"].min()),
        "high": int(trial["stages_known_open"].max()),
        "robust": bool(others["stages_known_open"].eq(open_now).all()),
        "never": listing(term("stage", one) for one in never),
        "unplaced_now": int(left_over["open"] + left_over["possible"]),
        "none_found_now": int(maps[now]["state"].eq("none_found").sum()),
        "none_found_then": int(maps[day]["state"].eq("none_found").sum()),
    }
    return ChartRecord(
        id="programme-gap-map",
        demands=("S1", "S2", "S3", "S6", "E2", "E6"),
        data=_data(tables, maps, states, days, now),
        values=values,
        claim=_claim(spoken, open_now),
        data_date=now,
        sources=tuple(sorted(set(coverage.instruments(tables)["source_id"]))),
        draw=draw,
        column_height_mm=158,
    )


def _claim(spoken: pd.DataFrame, open_now: int) -> str:
    """Say what the map shows for the column of the headline, the strongest true finding first."""
    if open_now == len(spoken):
        return "all_stages"
    if not open_now:
        return "no_stage"
    return "some_stages"


def _data(
    tables: Tables,
    maps: Mapping[dt.date, pd.DataFrame],
    states: Mapping[dt.date, pd.Series],
    days: Sequence[dt.date],
    now: dt.date,
) -> pd.DataFrame:
    frames = []
    for day in days:
        left = coverage.unplaced(tables, day, now).assign(stage=UNPLACED, state="unknown")
        frame = pd.concat([maps[day], left], ignore_index=True)
        frame.insert(0, "date", day.isoformat())
        frames.append(frame)
    first, second = frames
    key = ["stage", "legal_form"]
    earlier = first.set_index(key)["open_families"].reindex(pd.MultiIndex.from_frame(second[key]))
    changes = [
        _change(was, is_open, states[days[1]])
        for was, is_open in zip(earlier, second["open"], strict=True)
    ]
    second["change_since_earlier_date"] = changes
    data = pd.concat(frames, ignore_index=True).drop(columns=["open_families", "unplaced"])
    data["change_since_earlier_date"] = data["change_since_earlier_date"].fillna("")
    counts = ["open", "possible", "ended", "form_unknown", "ended_year"]
    data[counts] = data[counts].astype("Int64")
    names = {name: f"families_{name}" for name in ("open", "possible", "ended", "form_unknown")}
    columns = [
        "date", "stage", "legal_form", "state", "open", "possible", "ended", "ended_year",
        "form_unknown", "change_since_earlier_date", "open_ids", "possible_ids", "ended_ids",
    ]  # fmt: skip
    data[["open_ids", "possible_ids", "ended_ids"]] = data[
        ["open_ids", "possible_ids", "ended_ids"]
    ].fillna("")
    return data[columns].rename(columns=names)


def _change(was: object, is_open: int, states: pd.Series) -> str:
    """Say how "known to be open" came or went between the two dates, and on what ground."""
    if not isinstance(was, str):
        return ""
    if not was:
        return "opened" if is_open else ""
    if is_open:
        return ""
    later = states.reindex(was.split(";"))
    return "ended" if later.isin(ENDED).any() else "no_recent_sign"


# Drawing


def draw(canvas: Canvas) -> None:
    """Draw two maps: side by side when wide, one above the other in a column."""
    area = canvas.area
    taken = canvas.legend(_legend(canvas), area.left, area.top, area.width)
    area = area.inset(top=taken + (style.SPACE_3 if canvas.is_wide else 14))
    days = list(dict.fromkeys(canvas.data["date"]))
    names = [canvas.text(f"label.{UNPLACED}")]
    names += [term("stage", stage)[canvas.lang] for stage in coverage.STAGES]
    role: style.Role = "body"
    width = min(canvas.widest(names, role), 0.19 * area.width if canvas.is_wide else 0.27 * area.width)  # fmt: skip
    if canvas.is_wide:
        left, rest = area.from_left(width, gap=style.SPACE_2)
        panels = rest.columns(2, gap=20)
        for number, (day, panel) in enumerate(zip(days, panels, strict=True)):
            _panel(canvas, day, panel, left if number == 0 else None)
    else:
        for day, panel in zip(days, area.rows(2, gap=18), strict=True):
            left, cells = panel.from_left(width, gap=style.SPACE_2)
            _panel(canvas, day, cells, left)


def _panel(canvas: Canvas, day: str, panel: Box, names: Box | None) -> None:
    lang = canvas.lang
    data = canvas.data[canvas.data["date"] == day]
    forms = list(dict.fromkeys(data["legal_form"]))
    heads = {form: term("legal_form", form)[lang] for form in forms}
    columns = panel.columns([1.45] + [1.0] * (len(forms) - 1), gap=GAP)
    lines = max(
        len(canvas.wrap(heads[form], column.width, "small"))
        for form, column in zip(forms, columns, strict=True)
    )
    title = canvas.line_height("body") + (4 if canvas.is_wide else 3)
    header, body = panel.from_top(title + lines * canvas.line_height("small") + 1)
    known = int(
        data["legal_form"]
        .eq(SPOKEN_FORM)
        .mul(data["stage"].ne(UNPLACED))
        .mul(data["families_open"].gt(0))
        .sum()
    )
    written = canvas.write(header.left, header.top, canvas.date(dt.date.fromisoformat(day)), weight="semibold")  # fmt: skip
    count = canvas.text("label.count", n=known, m=len(coverage.STAGES))
    canvas.write(
        written.right + style.SPACE_2, header.top, count, weight="semibold", colour=style.ACCENT,
    )  # fmt: skip
    for form, column in zip(forms, columns, strict=True):
        canvas.write(
            column.centre, header.bottom - 4, heads[form], role="small", valign="bottom",
            colour=style.INK if form == SPOKEN_FORM else style.QUIET, align="center",
            weight="semibold" if form == SPOKEN_FORM else "regular", width=column.width,
        )  # fmt: skip
    pause, foot = (6.0, 9.0) if canvas.is_wide else (5.0, 8.0)
    stages = list(coverage.STAGES)
    height = (body.height - pause - foot - GAP * (len(stages) - 2)) / (len(stages) + 1)
    top = body.top
    cells = data.set_index(["stage", "legal_form"])
    for number, stage in enumerate([*stages, UNPLACED]):
        if number == LIFE_STAGES:
            top += pause - GAP
        if stage == UNPLACED:
            top += foot - GAP
        row = Box(panel.left, top, panel.width, height)
        top += height + GAP
        if names is not None:
            label = canvas.text(f"label.{UNPLACED}") if stage == UNPLACED else term("stage", stage)[lang]  # fmt: skip
            canvas.write(
                names.left, row.middle, label, valign="middle", width=names.width,
                colour=style.QUIET if stage == UNPLACED else style.INK,
            )  # fmt: skip
        for form, column in zip(forms, columns, strict=True):
            box = Box(column.left, row.top, column.width, row.height)
            _cell(canvas, box, cells.loc[(stage, form)], unplaced=stage == UNPLACED)


def _cell(canvas: Canvas, box: Box, cell: Any, *, unplaced: bool) -> None:
    opened, possible = int(cell["families_open"]), int(cell["families_possible"])
    more = canvas.text("label.more", n=possible) if possible else ""
    if unplaced:
        _face(canvas, box, "unknown")
        _pair(canvas, box, canvas.number(opened), more, style.QUIET, "regular", clear=True)
        return
    state = str(cell["state"])
    _face(canvas, box, state)
    if state in ("open", "thin"):
        ink = style.PAPER if state == "open" else style.SLATE
        _pair(canvas, box, canvas.number(opened), more, ink, "semibold", loud=True)
    elif state == "closed":
        year = "" if pd.isna(cell["ended_year"]) else str(int(cell["ended_year"]))
        _pair(canvas, box, year, more, style.INK, "semibold", clear=True)
    elif state == "unknown":
        _pair(canvas, box, "", more, style.QUIET, "regular", clear=True)
    _corner(canvas, box, str(cell["change_since_earlier_date"]))


def _face(canvas: Canvas, box: Box, state: str) -> None:
    if state == "open":
        canvas.fill(box, style.SLATE)
    elif state == "thin":
        canvas.fill(box, style.SLATE, "outlined")
    elif state == "closed":
        canvas.fill(box, style.GREY, "hatched", line=0.8)
        canvas.outline(box)
    elif state == "unknown":
        canvas.fill(box, style.GREY, "dotted", line=1.1)
        canvas.outline(box)
    else:
        canvas.fill(box, style.ACCENT, "outlined", line=style.THIN)
        half = min(0.2 * box.width, 0.9 * canvas.size("body"))
        canvas.rule(
            box.centre - half, box.middle, box.centre + half, box.middle,
            colour=style.ACCENT, width=style.BOLD + 0.6,
        )  # fmt: skip


def _pair(
    canvas: Canvas,
    box: Box,
    main: str,
    more: str,
    ink: str,
    weight: style.Weight,
    *,
    loud: bool = False,
    clear: bool = False,
) -> None:
    """Write a number and, smaller behind it, how many more could fit; both on one baseline."""
    from analysis.charts import layout

    large = min(canvas.size("headline") * 0.8, 0.8 * box.height) if loud else canvas.size("body")
    small = canvas.size("small")
    first = layout.text_width(main, large, weight) if main else 0.0
    second = layout.text_width(more, small) if more else 0.0
    between = 3.0 if main and more else 0.0
    left = box.centre - (first + between + second) / 2
    tallest = large if main else small
    baseline = box.middle + 0.5 * CAP_HEIGHT * tallest
    if clear and (main or more):
        canvas.fill(
            Box(left - 2.5, box.middle - 0.5 * CAP_HEIGHT * tallest - 2.5,
                first + between + second + 5, CAP_HEIGHT * tallest + 5),
            style.PAPER, zorder=2.5,
        )  # fmt: skip
    if main:
        canvas.write(left, baseline, main, size=large, weight=weight, colour=ink, valign="baseline")
    if more:
        canvas.write(left + first + between, baseline, more, role="small", colour=ink, valign="baseline")  # fmt: skip


def _corner(canvas: Canvas, box: Box, change: str) -> None:
    """Mark what came or went: left corner gone (solid when an end is stated), right corner new."""
    if not change:
        return
    from matplotlib.patches import Polygon

    reach = 7.5 if canvas.is_wide else 5.5
    side = -1 if change == "opened" else 1
    x, y = (box.left if side > 0 else box.right), box.top
    corners = [(x, y), (x + side * reach * 1.25, y), (x, y + reach * 1.25)]
    solid = change != "no_recent_sign"
    canvas.paper.add_artist(
        Polygon(
            corners,
            closed=True,
            facecolor=style.INK if solid else style.PAPER,
            edgecolor=style.INK,
            linewidth=0.9,
            joinstyle="miter",
            zorder=2.8,
        )
    )


def _legend(canvas: Canvas) -> list[tuple[Callable[[Box], None], str]]:
    def face(state: str) -> Callable[[Box], None]:
        return lambda box: _face(canvas, box, state)

    def corner(change: str) -> Callable[[Box], None]:
        def paint(box: Box) -> None:
            canvas.outline(box)
            _corner(canvas, box, change)

        return paint

    changes = set(canvas.data["change_since_earlier_date"])
    return [
        *((face(state), canvas.text(f"label.state.{state}")) for state in coverage.CELL_STATES),
        *(
            (corner(change), canvas.text(f"label.change.{change}"))
            for change in ("ended", "no_recent_sign", "opened")
            if change in changes
        ),
    ]
