"""COOPCITY, hub.brussels and Innoviris: what each supports, for whom, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis import coverage, support
from analysis import tables as tables_
from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas
from analysis.charts.layout import Box, Scale
from analysis.charts.programme_gap_map import SPOKEN_FORM
from analysis.charts.programme_lifelines import draw_state
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY
from analysis.language import LANGUAGES
from analysis.tables import Tables
from analysis.terms import listing, official_name, term

FUNDERS = ("coopcity", "hub-brussels", "innoviris")
FIRST_DAY = dt.date(2010, 1, 1)
# Begin of the parliamentary term whose progress the paper records.
TERM = 2019
# Up to so many programmes a funder has each on a line of its own.
FEW = 5
REST = {"unknown": "rest_unknown", "no": "rest_no"}


def three_funders_by_stage(tables: Tables) -> ChartRecord:
    """Build the picture of the three funders that the paper names for their progress."""
    now = tables_.as_of(tables)
    programmes = support.programmes_of(tables, FUNDERS, now)
    points = support.progress_points(tables)
    programmes["shown_as"] = _shown_as(programmes, points)
    ever = support.stages_reached(programmes, SPOKEN_FORM)
    still = support.stages_reached(programmes, SPOKEN_FORM, ["open"])
    silent = [stage for stage in coverage.STAGES if stage not in ever]
    admits = programmes[f"form_{SPOKEN_FORM}"]
    since = programmes[admits.eq("yes") & programmes["first_sign"].ge(str(TERM))]
    codes = programmes.filter(regex="^(stage|form)_")
    values: dict[str, object] = {
        "stages": len(coverage.STAGES),
        "reached": len(ever),
        "open_now": len(still),
        "not_reached": listing(term("stage", one) for one in silent),
        "programmes": len(programmes),
        "admit": int(admits.eq("yes").sum()),
        "admit_since_term": len(since),
        "closed_to": int(admits.eq("no").sum()),
        "form_unknown": int(admits.eq("unknown").sum()),
        "suspended": int((admits.eq("yes") & programmes["state"].eq("suspended")).sum()),
        "codes_unknown": float((codes.to_numpy() == "unknown").mean()),
        "points": len(points),
        "found": int(points["found"].eq("yes").sum()),
        "now": now,
        "then": PAPER_DAY,
        "term": TERM,
        "months": coverage.GapRules().stale_after_months,
    }
    claim = "all" if len(ever) == len(coverage.STAGES) else "some" if ever else "none"
    sources = set(programmes["source_id"]) - {""}
    return ChartRecord(
        id="three-funders-by-stage",
        demands=("S1", "E2", "E6"),
        data=_data(tables, programmes, points),
        values=values,
        claim=claim,
        data_date=now,
        sources=tuple(sorted(sources)),
        draw=draw,
        column_height_mm=142,
    )


def _shown_as(programmes: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """Say which programmes have a line of their own and which are counted together."""
    named_by_paper = {one for ids in points["row_ids"] for one in ids.split(";")}
    few = programmes["funder_id"].map(programmes["funder_id"].value_counts()) <= FEW
    admits = programmes[f"form_{SPOKEN_FORM}"]
    own = few | admits.eq("yes") | programmes["programme_id"].isin(named_by_paper)
    return admits.map(REST).where(~own, "own_line")


def _data(tables: Tables, programmes: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    funders = tables["funders"].set_index("funder_id")
    base = programmes[["funder_id", "programme_id", "shown_as", "first_sign", "source_id"]].copy()
    for lang in LANGUAGES:
        base[f"funder_{lang}"] = [official_name(funders.loc[one], lang) for one in base["funder_id"]]  # fmt: skip
        base[f"name_{lang}"] = [official_name(row, lang) for row in programmes.to_dict("records")]
    base["order"] = range(len(base))
    parts = []
    for prefix, section in (("stage_", "stage"), ("form_", "legal_form")):
        codes = programmes[["programme_id", *programmes.filter(regex=f"^{prefix}")]]
        long = codes.melt("programme_id", var_name="item", value_name="answer")
        parts.append(long.assign(section=section, item=long["item"].str.removeprefix(prefix)))
    status = tables["programme_status"].rename(columns={"state": "item"})
    status = status[status["programme_id"].isin(base["programme_id"])]
    parts.append(status[["programme_id", "item", "start", "end"]].assign(section="status"))
    data = base.merge(pd.concat(parts), on="programme_id")
    data = data.sort_values(["order", "section", "start", "item"], na_position="first")
    progress = points.rename(
        columns={"point": "item", "found": "answer", "row_ids": "programme_id"}
    ).assign(section="progress", start=lambda f: f["first_sign"])
    data = pd.concat([data, progress], ignore_index=True)
    columns = [
        "section", "funder_id", "funder_nl", "funder_fr", "funder_en", "programme_id", "name_nl",
        "name_fr", "name_en", "shown_as", "item", "answer", "start", "end", "first_sign",
        "frame_year", "source_id",
    ]  # fmt: skip
    return data[columns].fillna("")


# Drawing


def draw(canvas: Canvas) -> None:
    """Draw the programmes as rows of dots, and the paper's points of progress beside or below."""
    area = canvas.area
    taken = canvas.legend(_legend(canvas), area.left, area.top, area.width)
    area = area.inset(top=taken + (12 if canvas.is_wide else 10))
    key = _key(canvas)
    height = canvas.text_height(key, area.width, "small")
    canvas.write(area.left, area.top, key, role="small", colour=style.QUIET, width=area.width)
    area = area.inset(top=height + canvas.line_height("small") * 0.9)
    if canvas.is_wide:
        table, points = area.from_right(208, gap=30)
    else:
        table, points = area.from_bottom(_points_height(canvas, area.width), gap=16)
    _table(canvas, table)
    _points(canvas, points)


def _table(canvas: Canvas, table: Box) -> None:
    data = canvas.data[canvas.data["section"] != "progress"]
    forms = list(coverage.LEGAL_FORMS)
    wide = canvas.is_wide
    pitch, narrow = (21.0, 19.0) if wide else (17.5, 15.5)
    dots = pitch * len(coverage.STAGES)
    letters = narrow * len(forms)
    rest, form_box = table.from_right(letters, gap=12 if wide else 9)
    rest, stage_box = rest.from_right(dots, gap=14 if wide else 8)
    name_box, life = rest.from_right(116 if wide else 70, gap=10 if wide else 7)
    heads = canvas.axis_height() + 5
    now = canvas.record.data_date
    lines: list[tuple[str, Any]] = []
    for _, rows in data.groupby("funder_id", sort=False):
        lines.append(("head", rows))
        own = rows[rows["shown_as"] == "own_line"]
        lines += [("own", one) for _, one in own.groupby("programme_id", sort=False)]
        for group in REST.values():
            together = rows[rows["shown_as"] == group]
            if len(together):
                lines.append((group, together))
    step = (table.height - heads) / (len(lines) + 0.4 * (data["funder_id"].nunique() - 1))
    body = table.inset(top=heads)
    time = Scale.of(FIRST_DAY, now, life.left, life.right - 1)
    years = [dt.date(year, 1, 1) for year in ((2010, 2016, 2022) if wide else (2010, 2020))]
    axis = Box(life.left, body.top, life.width, body.height)
    canvas.x_axis(time, axis, years, [str(day.year) for day in years])
    canvas.rule(time(PAPER_DAY), body.top, time(PAPER_DAY), body.bottom, width=0.9, zorder=0.7)
    for number, _ in enumerate(coverage.STAGES):
        x = stage_box.left + (number + 0.5) * pitch
        canvas.write(x, body.top - style.SPACE_1, str(number + 1), role="small", weight="semibold", align="center", valign="baseline")  # fmt: skip
    for number, form in enumerate(forms):
        x = form_box.left + (number + 0.5) * narrow
        spoken = form == SPOKEN_FORM
        canvas.write(
            x, body.top - style.SPACE_1, _letter(number), role="small", weight="semibold",
            align="center", valign="baseline", colour=style.ACCENT if spoken else style.INK,
        )  # fmt: skip
    y = body.top
    for place, (kind, rows) in enumerate(lines):
        if kind == "head":
            y += 0.4 * step if place else 0
            canvas.write(name_box.left, y + 0.5 * step, rows[f"funder_{canvas.lang}"].iloc[0], role="small", weight="bold", valign="middle")  # fmt: skip
            y += step
            continue
        row = Box(table.left, y, table.width, step)
        canvas.rule(row.left, row.bottom, row.right, row.bottom, colour=style.HAIRLINE, width=style.HAIR, zorder=0.4)  # fmt: skip
        _row(canvas, kind, rows, row, name_box, (time, life), (stage_box, pitch), (form_box, narrow))  # fmt: skip
        y += step


def _letter(number: int) -> str:
    return "abcdefghij"[number]


def _key(canvas: Canvas) -> str:
    stages = [f"{n + 1}\u00a0{term('stage', one)[canvas.lang]}" for n, one in enumerate(coverage.STAGES)]  # fmt: skip
    forms = [f"{_letter(n)}\u00a0{term('legal_form', one)[canvas.lang]}" for n, one in enumerate(coverage.LEGAL_FORMS)]  # fmt: skip
    parts = [
        "\u00a0· ".join(one.replace(" ", "\u00a0") for one in words) for words in (stages, forms)
    ]
    return f"{parts[0]}\n{parts[1]}"


def _row(
    canvas: Canvas,
    kind: str,
    rows: pd.DataFrame,
    row: Box,
    names: Box,
    life: tuple[Scale, Box],
    stages: tuple[Box, float],
    forms: tuple[Box, float],
) -> None:
    count = rows["programme_id"].nunique()
    own = kind == "own"
    if own:
        label = str(rows[f"name_{canvas.lang}"].iloc[0])
        for mark in (" (", ", ", ": "):
            if canvas.text_width(label, "small") > names.width:
                label = label.split(mark)[0]
    else:
        label = canvas.text(f"label.{kind}", n=count)
    canvas.write(names.left, row.middle, label, role="small", valign="middle", colour=style.INK if own else style.QUIET)  # fmt: skip
    time, strip = life
    if own:
        _strip(canvas, rows, time, Box(strip.left, row.middle - 2.2, strip.width, 4.4))
    answers = rows[rows["section"].isin(["stage", "legal_form"])]
    admits = answers[answers["item"].eq(SPOKEN_FORM)]["answer"].eq("yes").any()
    loud = style.ACCENT if own and admits else style.INK
    for section, (box, pitch), items in (
        ("stage", stages, coverage.STAGES),
        ("legal_form", forms, coverage.LEGAL_FORMS),
    ):
        for number, item in enumerate(items):
            x = box.left + (number + 0.5) * pitch
            found = answers[answers["section"].eq(section) & answers["item"].eq(item)]["answer"]
            if own:
                colour = loud if section == "stage" or item == SPOKEN_FORM else style.INK
                _dot(canvas, x, row.middle, str(found.iloc[0]), colour)
            elif found.eq("yes").any():
                canvas.write(x, row.middle, canvas.number(int(found.eq("yes").sum())), role="small", colour=style.QUIET, align="center", valign="middle")  # fmt: skip
            elif found.eq("unknown").any():
                _dot(canvas, x, row.middle, "unknown", style.INK)
            else:
                _dot(canvas, x, row.middle, "no", style.INK)


def _strip(canvas: Canvas, rows: pd.DataFrame, time: Scale, bar: Box) -> None:
    now = canvas.record.data_date
    spans = rows[rows["section"] == "status"].to_dict("records")
    spans = [one for one in spans if one["item"] != "not_started"]
    seen = [place for place, one in enumerate(spans) if one["item"] != "unknown"]
    if not seen:
        canvas.write(bar.right, bar.middle, canvas.text("label.undated"), role="small", colour=style.QUIET, align="right", valign="middle", clear=True)  # fmt: skip
        return
    for one in spans[min(seen) :]:
        start = max(dt.date.fromisoformat(one["start"]) if one["start"] else FIRST_DAY, FIRST_DAY)
        end = min(dt.date.fromisoformat(one["end"]) if one["end"] else now, now)
        if end >= start:
            draw_state(canvas, Box(time(start), bar.top, time(end) - time(start), bar.height), one["item"])  # fmt: skip


def _dot(canvas: Canvas, x: float, y: float, answer: str, colour: str) -> None:
    across = 0.72 * canvas.size("small")
    if answer == "yes":
        canvas.mark(x, y, "dot", colour=colour, size=across)
    elif answer == "unknown":
        canvas.write(x, y, "?", role="small", colour=style.GREY, align="center", valign="middle")
    else:
        canvas.rule(x - 2, y, x + 2, y, colour=style.HAIRLINE, width=1.2)


# The paper's points of progress


def _point_texts(canvas: Canvas) -> list[tuple[str, str, str]]:
    found = []
    for point in canvas.data[canvas.data["section"] == "progress"].to_dict("records"):
        if point["answer"] == "no":
            key, mark = ("label.not_found_frame" if point["frame_year"] else "label.not_found"), "none"  # fmt: skip
        elif point["start"]:
            key, mark = "label.found", "dot"
        else:
            key, mark = "label.found_undated", "ring"
        words = canvas.text(key, year=point["start"] or point["frame_year"])
        found.append((mark, canvas.text(f"label.point.{point['item']}"), words))
    return found


def _columns(canvas: Canvas) -> int:
    return 1 if canvas.is_wide else 2


def _points_height(canvas: Canvas, width: float) -> float:
    return _points(canvas, Box(0, 0, width, 0), draw=False)


def _points(canvas: Canvas, box: Box, *, draw: bool = True) -> float:
    """Write the points of progress; return the height they take."""
    y = box.top
    title = canvas.text("label.progress")
    if draw:
        canvas.write(box.left, y, title, weight="semibold", width=box.width)
    y += canvas.text_height(title, box.width, weight="semibold") + canvas.line_height("small") * 0.9
    texts = _point_texts(canvas)
    count = _columns(canvas)
    columns = Box(box.left, 0, box.width, 1).columns(count, gap=18)
    indent, line = 14.0 if canvas.is_wide else 11.0, canvas.line_height("small")
    rows = -(-len(texts) // count)
    lowest = y
    for column in range(count):
        at = y
        for mark, name, words in texts[column * rows : (column + 1) * rows]:
            left, width = columns[column].left + indent, columns[column].width - indent
            upper = canvas.text_height(name, width, "small", "semibold")
            lower = canvas.text_height(words, width, "small")
            if draw:
                middle = at + 0.5 * CAP_HEIGHT * canvas.size("small")
                _point_mark(canvas, columns[column].left + 4, middle, mark)
                canvas.write(left, at, name, role="small", weight="semibold", width=width)
                ink = style.ACCENT if mark == "none" else style.QUIET
                canvas.write(left, at + upper + 0.62 * line, words, role="small", colour=ink, width=width)  # fmt: skip
            at += upper + 0.62 * line + lower + (1.15 if canvas.is_wide else 0.95) * line
        lowest = max(lowest, at)
    return lowest - box.top


def _point_mark(canvas: Canvas, x: float, y: float, mark: str) -> None:
    if mark == "none":
        canvas.rule(x - 4, y, x + 4, y, colour=style.ACCENT, width=style.BOLD)
    else:
        canvas.mark(x, y, "dot" if mark == "dot" else "ring", colour=style.INK, size=7.5)


def _legend(canvas: Canvas) -> list[tuple[Callable[[Box], None], str]]:
    def thin(state: str) -> Callable[[Box], None]:
        return lambda box: draw_state(canvas, Box(box.left, box.middle - 2.2, box.width, 4.4), state)  # fmt: skip

    def dot(answer: str, colour: str) -> Callable[[Box], None]:
        return lambda box: _dot(canvas, box.centre, box.middle, answer, colour)

    samples: Mapping[str, Callable[[Box], None]] = {
        "yes_spoken": dot("yes", style.ACCENT),
        "yes": dot("yes", style.INK),
        "unknown": dot("unknown", style.INK),
        "no": dot("no", style.INK),
        "open": thin("open"),
        "silent": thin("unknown"),
        "suspended": thin("suspended"),
    }
    return [(paint, canvas.text(f"label.sample.{key}")) for key, paint in samples.items()]
