"""Chart: the fourteen demands, each with its verdict as a word, and how strong the evidence is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import style
from analysis.charts.layout import Box, Run
from analysis.charts.record import ChartRecord
from analysis.demands.output import demand_records
from analysis.demands.verdicts import VERDICTS
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

STEPS = 3
GROUPS = ("structural", "ecosystem")


def verdicts(tables: Tables) -> ChartRecord:
    """Build the summary picture from the records of the demands."""
    records = demand_records(tables)
    data = pd.DataFrame(
        [
            {
                "demand": one["id"],
                "group": one["group"],
                **{f"title_{lang}": one["title"][lang] for lang in LANGUAGES},
                "verdict": one["verdict"],
                "strength": one["strength"],
                "evidence_for": len(one["evidence_for"]),
                "evidence_against": len(one["evidence_against"]),
                "undecided": len(one["evidence_undecided"]),
            }
            for one in records
        ]
    )
    counts = {name: int(data["verdict"].eq(name).sum()) for name in VERDICTS}
    backed = counts["supported"] + counts["supported_with_reservation"]
    claim = "all_testable_backed" if not counts["mixed"] + counts["contradicted"] else "most"
    if backed * 2 <= len(data):
        claim = "half" if backed * 2 == len(data) else "few"
    return ChartRecord(
        id="verdicts",
        demands=tuple(data["demand"]),
        data=data,
        values={
            "demands": len(data),
            "backed": backed,
            **counts,
            "strong": int(data["strength"].eq(STEPS).sum()),
            "steps": STEPS,
            "against": int(data["evidence_against"].gt(0).sum()),
        },
        claim=claim if counts["supported"] else f"{claim}_with_reservation",
        data_date=as_of(tables),
        sources=tuple(sorted({s["source_id"] for one in records for s in one["sources"]})),
        draw=draw,
        column_height_mm=150,
    )


def draw(canvas: Canvas) -> None:
    """Draw both groups: side by side on slides, one under the other in a column."""
    area = canvas.area
    parts = [canvas.data[canvas.data["group"].eq(group)] for group in GROUPS]
    boxes = area.columns(2, gap=style.SPACE_4) if canvas.is_wide else area.rows([len(p) + 1.2 for p in parts], gap=style.SPACE_2)  # fmt: skip
    for group, part, box in zip(GROUPS, parts, boxes, strict=True):
        _group(canvas, group, part, box)


def _group(canvas: Canvas, group: str, part: pd.DataFrame, box: Box) -> None:
    head, body = box.from_top(canvas.line_height("body") * 1.25)
    canvas.write(head.left, head.top, canvas.text(f"label.group.{group}"), weight="semibold")
    small = canvas.size("small")
    sides = [canvas.text("label.for"), canvas.text("label.against")]
    column = max(canvas.widest(sides, "small"), 3 * small) + style.SPACE_2
    strength = canvas.text("label.strength")
    wide = max(canvas.text_width(strength, "small"), STEPS * (small + 3)) + style.SPACE_2
    right = box.right
    places = {"against": right, "for": right - column, "strength": right - 2 * column - wide}
    for key, words in (("for", sides[0]), ("against", sides[1])):
        canvas.write(places[key], head.top, words, role="small", colour=style.QUIET, align="right")
    canvas.write(places["strength"], head.top, strength, role="small", colour=style.QUIET)
    number = canvas.text_width("S8", "body", "semibold") + style.SPACE_2
    room = places["strength"] - box.left - number - style.SPACE_3
    for row, line in zip(part.to_dict("records"), body.rows(len(part)), strict=True):
        canvas.rule(box.left, line.top, box.right, line.top, colour=style.HAIRLINE, width=style.HAIR, zorder=0.5)  # fmt: skip
        canvas.write(box.left, line.middle, row["demand"], weight="semibold", valign="middle")
        colour, how = _look(row["verdict"])
        title = canvas.wrap(row[f"title_{canvas.lang}"], room, "small")
        step = 1.12 * canvas.size("small")
        below = 1.32 * canvas.size("body")
        top = line.middle - (below + len(title) * step) / 2 + 0.15 * canvas.size("body")
        mark = Box(box.left + number, top + 1, 0.72 * canvas.size("body"), 0.72 * canvas.size("body"))  # fmt: skip
        canvas.fill(mark, colour, how, line=style.MEDIUM)
        if how in ("hatched", "dotted"):
            canvas.outline(mark, colour)
        ink = colour if colour in style.TEXT_COLOURS else style.QUIET
        runs = [Run(canvas.text(f"label.verdict.{row['verdict']}"), "semibold", ink)]
        canvas.write_runs(mark.right + style.SPACE_1 + 1, top, runs, room, "body")
        for place, words in enumerate(title):
            canvas.write(box.left + number, top + below + place * step, words, role="small")
        if row["verdict"] != "not_testable":
            steps = Box(places["strength"], line.middle - small / 2, wide, small)
            canvas.steps(steps, int(row["strength"]), STEPS)
        for key in ("for", "against"):
            count = int(row[f"evidence_{key}"])
            canvas.write(places[key], line.middle, canvas.number(count), weight="semibold" if count else "regular", colour=style.INK if count else style.QUIET, align="right", valign="middle")  # fmt: skip


def _look(verdict: str) -> tuple[str, style.Fill]:
    # Not a constant: the accent is an organisation's own in a dossier of its brand.
    looks: dict[str, tuple[str, style.Fill]] = {
        "supported": (style.ACCENT, "solid"),
        "supported_with_reservation": (style.ACCENT, "outlined"),
        "mixed": (style.SLATE, "hatched"),
        "contradicted": (style.INK, "solid"),
        "not_testable": (style.GREY, "dotted"),
    }
    return looks[verdict]
