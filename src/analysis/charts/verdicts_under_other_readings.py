"""Chart: does each deciding criterion keep its outcome when the evidence is read otherwise?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import style
from analysis.charts.layout import Box
from analysis.charts.record import ChartRecord
from analysis.demands.output import demand_records
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

READINGS = (
    "one_funder_out", "exact_only", "stale_after_12_months", "stale_after_36_months",
    "wide_working_time", "recoded_sample", "low_end", "high_end",
)  # fmt: skip


def verdicts_under_other_readings(tables: Tables) -> ChartRecord:
    """Build the matrix of criteria and readings from the records of the demands."""
    data = pd.DataFrame([row for one in demand_records(tables) for row in _rows(one)])
    known = data[data["outcome"].ne("unknown")]
    known = known.assign(kept=known["holds"].eq("yes"))
    held = known.groupby(["demand", "criterion"], sort=False)["kept"].all()  # fmt: skip
    by_reading = known.assign(turned=known["holds"].eq("no")).groupby("reading")["turned"].sum()
    firm_of = known[~known["reading"].isin(["low_end", "high_end"])]
    firm = firm_of.groupby(["demand", "criterion"], sort=False)["kept"].all()  # fmt: skip
    return ChartRecord(
        id="verdicts-under-other-readings",
        demands=tuple(dict.fromkeys(data["demand"])),
        data=data,
        values={
            "criteria": len(held),
            "all_criteria": int(data.groupby(["demand", "criterion"]).ngroups),
            "hold": int(held.sum()),
            "hold_in_variants": int(firm.sum()),
            "turn_at_high": int(by_reading.get("high_end", 0)),
            "turn_at_low": int(by_reading.get("low_end", 0)),
            "readings": len(READINGS),
        },
        claim="all" if held.all() else "variants" if firm.sum() * 2 > len(firm) else "few",
        data_date=as_of(tables),
        sources=(),
        draw=draw,
        column_height_mm=150,
    )


def _rows(record: dict[str, object]) -> list[dict[str, object]]:
    found = []
    for one in record["sensitivity"]:  # type: ignore[attr-defined]
        if not one["decides"]:
            continue
        outcomes = {v["variant"]: v["outcome"] for v in one["variants"]}
        without = [o for name, o in outcomes.items() if name.startswith("without_")]
        cells: dict[str, list[str]] = {"one_funder_out": without}
        cells |= {name: [outcomes[name]] for name in READINGS if name in outcomes}
        cells |= {f"{bound['bound']}_end": [bound["outcome"]] for bound in one["bounds"]}
        for reading in READINGS:
            seen = cells.get(reading, [])
            other = [o for o in seen if o != one["outcome"]]
            holds = "" if not seen or one["outcome"] == "unknown" else "no" if other else "yes"
            found.append(
                {
                    "demand": record["id"],
                    "criterion": one["criterion"],
                    "outcome": one["outcome"],
                    "reading": reading,
                    "holds": holds,
                    "readings_tried": len(seen),
                    "readings_that_turn": len(other) if holds else 0,
                    "turns_to": ";".join(sorted(set(other))) if holds else "",
                }
            )
    return found


def draw(canvas: Canvas) -> None:
    """Draw a row a criterion and a column a reading: dot = holds, ring = turns, none = not known."""
    data, area = canvas.data, canvas.area
    small = canvas.size("small")

    def holds(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "dot", colour=style.SLATE, size=small)

    def turns(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "ring", colour=style.ACCENT, size=small)

    samples = [(holds, canvas.text("label.holds")), (turns, canvas.text("label.turns"))]
    top = area.top + canvas.legend(samples, area.left, area.top, area.width) + style.SPACE_3
    rows = list(dict.fromkeys(zip(data["demand"], data["criterion"], data["outcome"], strict=True)))
    names = [f"{demand} · {canvas.text(f'label.outcome.{outcome}')}" for demand, _, outcome in rows]
    width = canvas.widest(names, "small") + style.SPACE_3
    grid = area.inset(left=width)
    columns = grid.columns(len(READINGS))
    heads = [canvas.wrap(canvas.text(f"label.reading.{r}"), columns[0].width - 6, "small") for r in READINGS]  # fmt: skip
    head = max(len(lines) for lines in heads) * canvas.line_height("small") + style.SPACE_2
    body = Box(area.left, top + head, area.width, area.bottom - top - head)
    for lines, column in zip(heads, columns, strict=True):
        canvas.write(column.centre, top + head - style.SPACE_2, "\n".join(lines), role="small", colour=style.QUIET, align="center", valign="bottom")  # fmt: skip
    cells = data.set_index(["demand", "criterion", "reading"])["holds"].to_dict()
    before = ""
    for (demand, criterion, outcome), name, line in zip(rows, names, body.rows(len(rows)), strict=True):  # fmt: skip
        if demand != before:
            canvas.rule(area.left, line.top, area.right, line.top, colour=style.HAIRLINE, width=style.HAIR, zorder=0.4)  # fmt: skip
        before = demand
        colour = style.QUIET if outcome == "unknown" else style.INK
        canvas.write(area.left, line.middle, name, role="small", colour=colour, valign="middle")
        for reading, column in zip(READINGS, columns, strict=True):
            cell = cells[demand, criterion, reading]
            at = Box(column.left, line.top, column.width, line.height)
            if cell:
                (holds if cell == "yes" else turns)(at)
            else:
                canvas.rule(at.centre - 2, at.middle, at.centre + 2, at.middle, colour=style.GREY, width=style.HAIR)  # fmt: skip
