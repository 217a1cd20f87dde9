"""Chart: how many calls each funder is known to have opened in each year (S1, S7, E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.charts import style
from analysis.charts.canvas import State
from analysis.charts.layout import Box
from analysis.charts.names import funder_names
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.tables import Tables, as_of
from analysis.unmet import call_frequency

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

FUNDERS = (
    "innoviris", "bruxelles-economie-emploi", "be-circular-partners", "hub-brussels", "cocof",
    "vgc", "erdf-brussels", "bruxelles-environnement",
)  # fmt: skip
FIRST_YEAR = 2014


def calls_per_funder_and_year(tables: Tables) -> ChartRecord:
    """Build the known calls per funder and year, a lower bound; no trace is no zero."""
    now = as_of(tables)
    years = range(FIRST_YEAR, now.year + 1)
    data = call_frequency(tables, FUNDERS, years)
    names = funder_names(tables["funders"], FUNDERS)
    for lang in ("nl", "fr", "en"):
        data[f"funder_{lang}"] = [names[one][lang] for one in data["funder_id"]]
    data["unit"] = "calls (lower bound)"
    traces = int(data["calls_low"].notna().sum())
    published = int(data["state"].eq("published").sum())
    zeros = data[data["calls_low"].eq(0)]
    return ChartRecord(
        id="calls-per-funder-and-year",
        demands=("S1", "S7", "E4"),
        data=data,
        values={
            "cells": len(data),
            "traces": traces,
            "empty": len(data) - traces,
            "empty_share": 1 - traces / len(data),
            "published": published,
            "zeros": len(zeros),
            "funders": len(FUNDERS),
            "first_year": FIRST_YEAR,
            "last_year": now.year,
            "half": 0.5,
        },
        claim="mostly_unknown" if traces * 2 < len(data) else "mostly_known",
        data_date=now,
        sources=(),
        draw=draw,
        column_height_mm=92,
        native=native,
    )


def draw(canvas: Canvas) -> None:
    """Draw a card a funder and year: a number where calls are known, dots where nothing is."""
    data, area = canvas.data, canvas.area
    samples = [
        (lambda box: canvas.card(box, "open", ""), canvas.text("label.published")),
        (lambda box: canvas.card(box, "thin", ""), canvas.text("label.known")),
        (lambda box: canvas.card(box, "unknown", ""), canvas.text("label.none_found")),
    ]
    top = area.top + canvas.legend(samples, area.left, area.top, area.width) + style.SPACE_3
    names = list(dict.fromkeys(data[f"funder_{canvas.lang}"]))
    lines = [canvas.wrap(name, 0.24 * area.width, "small") for name in names]
    width = max(canvas.text_width(one, "small") for each in lines for one in each) + style.SPACE_2
    years = sorted(set(data["year"]))
    head = canvas.line_height("small") + style.SPACE_1
    grid = Box(area.left + width, top + head, area.width - width, area.bottom - top - head)
    columns = grid.columns(len(years), gap=2)
    for year, column in zip(years, columns, strict=True):
        words = str(year) if canvas.is_wide else f"’{str(year)[2:]}"
        canvas.write(column.centre, top, words, role="small", colour=style.QUIET, align="center")
    cells: dict[Any, dict[Any, Any]] = data.set_index(["funder_id", "year"]).to_dict("index")
    for funder, called, row in zip(FUNDERS, lines, grid.rows(len(FUNDERS), gap=2), strict=True):
        canvas.write(area.left, row.middle, "\n".join(called), role="small", valign="middle")
        for year, column in zip(years, columns, strict=True):
            cell = cells[funder, year]
            box = Box(column.left, row.top, column.width, row.height)
            if pd.isna(cell["calls_low"]):
                canvas.card(box, "unknown")
            elif int(cell["calls_low"]) == 0:
                canvas.card(box, "none")
            else:
                state: State = "open" if cell["state"] == "published" else "thin"
                canvas.card(box, state, canvas.number(int(cell["calls_low"])))


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as columns: a series a funder, gaps where nothing is known."""
    data = record.data
    years = sorted(set(data["year"]))
    series = []
    for funder in FUNDERS:
        rows = data[data["funder_id"].eq(funder)].sort_values("year")
        values = tuple(None if pd.isna(one) else int(one) for one in rows["calls_low"])
        series.append(NativeSeries(str(rows[f"funder_{lang}"].iloc[0]), values))
    return NativeChart(
        kind="column",
        categories=tuple(str(year) for year in years),
        series=tuple(series),
        unit="count",
        axis_title=record.text("label.axis", lang),
    )
