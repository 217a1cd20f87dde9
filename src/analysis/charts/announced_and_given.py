"""Chart: of money announced or budgeted, how much is known to have been given (S1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts import style
from analysis.charts.canvas import shortened
from analysis.charts.layout import Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of
from analysis.terms import official_name
from analysis.unmet import phase_shares

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language


def announced_and_given(tables: Tables) -> ChartRecord:
    """Build the pairs of an early and a late figure; phases are compared, never added."""
    facts = tables["funding_facts"]
    data = phase_shares(facts)
    programmes = tables["programmes"].set_index("programme_id")
    for lang in LANGUAGES:
        data[f"name_{lang}"] = [
            official_name(programmes.loc[one], lang) if one in programmes.index else ""
            for one in data["programme_id"]
        ]
    data["unit"], data["price_basis"] = "EUR", "nominal"
    data = data.sort_values(["share", "programme_id"], ascending=[False, True], ignore_index=True)
    announced = facts[facts["unit"].eq("EUR") & facts["phase"].isin(["announced", "budgeted"])]
    less = int(data["share"].lt(0.95).sum())
    behind = set(data["announced_fact"]) | set(data["given_fact"])
    return ChartRecord(
        id="announced-and-given",
        demands=("S1",),
        data=data,
        values={
            "pairs": len(data),
            "announced": len(announced),
            "matched": data["announced_fact"].nunique() / len(announced),
            "less": less,
            "more": int(data["share"].gt(1.05).sum()),
            "least": float(data["share"].min()),
            "most": float(data["share"].max()),
            "whole": 1.0,
            "near_year": str(int(data["period_start"].astype(str).str[:4].astype(int).max()) + 1),
        },
        claim="kept" if not less else "some_less",
        data_date=as_of(tables),
        sources=tuple(sorted(set(facts.loc[facts["fact_id"].isin(behind), "source_id"]))),
        draw=draw,
        column_height_mm=96,
        native=native,
    )


def draw(canvas: Canvas) -> None:
    """Draw a dot a pair on a scale of shares; the rule stands where all of it was given."""
    area, rows = canvas.area, canvas.data.to_dict("records")
    full = [f"{row[f'name_{canvas.lang}']}, {row['period_start']}" for row in rows]
    names = [shortened(canvas, name, 0.34 * area.width) for name in full]
    notes = [
        canvas.text(
            "label.amounts", given=canvas.euro(row["given_eur"]),
            announced=canvas.euro(row["announced_eur"]),
            phase=canvas.text(f"label.phase.{row['given_phase']}"),
        )
        for row in rows
    ]  # fmt: skip
    width = max(canvas.widest(names), canvas.widest(notes, "small"))
    ends = [canvas.percent(row["share"]) for row in rows]
    plot = area.inset(
        left=width + style.SPACE_3, top=canvas.axis_height(title=True) + style.SPACE_1,
        right=canvas.widest(ends, "body", "semibold") + style.SPACE_3,
    )  # fmt: skip
    scale = Scale.of(0, max(float(row["share_high"]) for row in rows), plot.left, plot.right)
    ticks = [t for t in (0.0, 0.5, 1.0, 1.5, 2.0) if t <= scale.high]
    canvas.x_axis(scale, plot, ticks, [canvas.percent(t) for t in ticks], title=canvas.text("label.axis"))  # fmt: skip
    canvas.rule(scale(1), plot.top, scale(1), plot.bottom, width=0.9)
    for row, name, note, end, line in zip(rows, names, notes, ends, plot.rows(len(rows)), strict=True):  # fmt: skip
        step = 0.55 * canvas.line_height("body")
        canvas.write(area.left, line.middle - step, name, valign="middle")
        canvas.write(area.left, line.middle + step, note, role="small", colour=style.QUIET, valign="middle")  # fmt: skip
        short = float(row["share"]) < 1
        colour = style.ACCENT if short else style.INK
        canvas.rule(scale(1), line.middle, scale(row["share"]), line.middle, colour=style.GREY, width=style.MEDIUM)  # fmt: skip
        if row["share_low"] != row["share_high"]:
            canvas.span(scale, line.middle, row["share_low"], row["share_high"], colour=colour)
        canvas.mark(scale(row["share"]), line.middle, "dot" if row["exact"] == "yes" else "ring", colour=colour)  # fmt: skip
        canvas.write(area.right, line.middle, end, weight="semibold", colour=colour, align="right", valign="middle")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as bars of shares."""
    rows = record.data
    return NativeChart(
        kind="bar",
        categories=tuple(
            f"{name}, {year}"
            for name, year in zip(rows[f"name_{lang}"], rows["period_start"], strict=True)
        ),
        series=(
            NativeSeries(record.text("label.axis", lang), tuple(map(float, rows["share"])), True),
        ),
        unit="share",
        axis_title=record.text("label.axis", lang),
    )
