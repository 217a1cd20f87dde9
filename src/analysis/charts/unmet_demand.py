"""Chart: how many projects were submitted and not selected, call by call (S1, S7, E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.calls import brussels_rounds, success_rates
from analysis.charts import stacked, style
from analysis.charts.canvas import shortened
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of
from analysis.terms import official_name
from analysis.unmet import unmet_amounts, unmet_projects

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

SHOWN = 16


def unmet_demand(tables: Tables) -> ChartRecord:
    """Build the known unmet demand: projects per round, and euros where both sides are known."""
    facts = tables["funding_facts"]
    rates = success_rates(brussels_rounds(tables["calls"], tables["municipalities"]), facts)
    unmet = unmet_projects(rates).merge(
        rates[["call_id", "submitted", "selected", "source_ids"]], on="call_id"
    )
    money = unmet_amounts(facts)
    largest = unmet.sort_values(["unmet_low", "call_id"], ascending=[False, True])
    programmes = tables["programmes"].set_index("programme_id")
    data = largest.reset_index(drop=True)
    for lang in LANGUAGES:
        data[f"name_{lang}"] = [
            official_name(programmes.loc[one], lang) for one in data["programme_id"]
        ]
    data["unit"] = "projects"
    data["shown"] = ["yes" if place < SHOWN else "no" for place in range(len(data))]
    total = int(data["unmet_low"].sum())
    submitted = int(data["submitted"].sum())
    return ChartRecord(
        id="unmet-demand",
        demands=("S1", "S7", "E4"),
        data=data,
        values={
            "unmet": total,
            "submitted": submitted,
            "share": total / submitted,
            "rounds": len(data),
            "shown": min(SHOWN, len(data)),
            "not_shown": max(len(data) - SHOWN, 0),
            "rest": int(data.loc[data["shown"].eq("no"), "unmet_low"].sum()),
            "all_rounds": len(tables["calls"]),
            "with_money": len(money),
            "largest": int(data["unmet_low"].iloc[0]),
            "first_year": int(data["year"].min()),
            "last_year": int(data["year"].max()),
            "half": 0.5,
        },
        claim="most" if total * 2 > submitted else "fewer",
        data_date=as_of(tables),
        sources=tuple(sorted({s for ids in data["source_ids"] for s in str(ids).split(";") if s})),
        draw=draw,
        column_height_mm=128,
        native=native,
    )


def draw(canvas: Canvas) -> None:
    """Draw a bar a round: selected in slate, without in an empty frame of the accent."""
    area = canvas.area
    rows = canvas.data[canvas.data["shown"].eq("yes")].to_dict("records")
    samples = [
        (lambda box: stacked.slate(canvas, box), canvas.text("label.selected")),
        (lambda box: stacked.missing(canvas, box), canvas.text("label.unmet")),
    ]
    top = area.top + canvas.legend(samples, area.left, area.top, area.width) + style.SPACE_2
    names = [f"{row[f'name_{canvas.lang}']}, {row['year']}" for row in rows]
    names = [shortened(canvas, name, 0.42 * area.width, "small") for name in names]
    width = canvas.widest(names, "small")
    most = max(float(row["submitted"]) for row in rows)
    room = canvas.text_width("8 888", "small", "semibold") + style.SPACE_2
    body = Box(area.left, top, area.width, area.bottom - top)
    plot = body.inset(left=width + style.SPACE_3, right=room)
    scale = Scale.of(0, most, plot.left, plot.right)
    for row, name, line in zip(rows, names, body.rows(len(rows), gap=2), strict=True):
        canvas.write(area.left, line.middle, name, role="small", valign="middle")
        lane = Box(plot.left, line.top, plot.width, line.height).slice(1.5 * canvas.size("small"))
        unmet, submitted = float(row["unmet_low"]), float(row["submitted"])
        parts = [
            stacked.Part(submitted - unmet, stacked.slate),
            stacked.Part(unmet, stacked.missing),
        ]
        end = stacked.stack(canvas, scale, lane, parts)
        canvas.write(end + style.SPACE_1, line.middle, canvas.number(unmet), role="small", weight="semibold", colour=style.ACCENT, valign="middle")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as stacked bars."""
    rows = record.data[record.data["shown"].eq("yes")]
    unmet = [int(one) for one in rows["unmet_low"]]
    selected = [int(s) - u for s, u in zip(rows["submitted"], unmet, strict=True)]
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(
            f"{name}, {year}" for name, year in zip(rows[f"name_{lang}"], rows["year"], strict=True)
        ),
        series=(
            NativeSeries(record.text("label.selected", lang), tuple(selected), recedes=True),
            NativeSeries(record.text("label.unmet", lang), tuple(unmet), accent=True),
        ),
        unit="count",
        axis_title=record.text("label.axis", lang),
    )
