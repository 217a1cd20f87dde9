"""Chart: how local subsidies are spread over organisations outside government."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import style
from analysis.charts.canvas import Align
from analysis.charts.layout import Box, Scale
from analysis.charts.record import ChartRecord
from analysis.subsidies import (
    GRANTED,
    LORENZ_STEPS,
    beneficiary_group,
    concentration_by_year,
    lorenz_by_year,
)
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

ID = "organisations-concentration"
HALF = 0.5
DASHES = ("solid", "dashed", "dotted", "long")
LEAST_HALF = 0.5  # the half of the organisations with the least


def organisations_concentration(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables and the local ones."""
    awards = tables["local_awards"]
    table, curves = concentration_by_year(awards), lorenz_by_year(awards)
    data = pd.concat(
        [table.assign(part="figures"), curves.rename(columns={"organisations": "organisation_share", "money": "money_share"}).assign(part="lorenz")],
        ignore_index=True,
    )  # fmt: skip
    data["unit"] = "EUR nominal"
    counts = ["organisations", "rows_without_amount", "top"]
    data[counts] = data[counts].astype("Int64")
    poorer = curves[curves["organisations"].sub(LEAST_HALF).abs().lt(1e-9)]["money"]
    group = beneficiary_group(awards)
    budget = sorted(set(awards.loc[awards["amount_phase"].ne(GRANTED), "year"]))
    return ChartRecord(
        id=ID,
        demands=("S1",),
        data=data[["part", "year", "unit", *table.columns.drop("year"), "organisation_share", "money_share"]],
        values={
            "top": int(table["top"].iloc[0]),
            "top_least": float(table["top_share"].min()),
            "top_most": float(table["top_share"].max()),
            "organisations_least": int(table["organisations"].min()),
            "organisations_most": int(table["organisations"].max()),
            "median_least": float(table["median_eur"].min()),
            "median_most": float(table["median_eur"].max()),
            "mean_least": float(table["mean_eur"].min()),
            "mean_most": float(table["mean_eur"].max()),
            "half_most": float(poorer.max()),
            "gini_least": float(table["gini_low"].min()),
            "gini_most": float(table["gini_high"].max()),
            "hhi_least": float(table["hhi"].min()),
            "hhi_most": float(table["hhi"].max()),
            "first_year": str(int(table["year"].min())),
            "last_year": str(int(table["year"].max())),
            "public_rows": int(group.eq("public").sum()),
            "unnamed_rows": int(group.eq("not_named").sum()),
            "without_amount": int(table["rows_without_amount"].sum()),
            "steps": LORENZ_STEPS,
            "budget_years": ", ".join(map(str, budget)) or "–",
            "level": 0.95,
        },
        claim="concentrated" if float(table["top_share"].min()) > HALF else "spread",
        data_date=as_of(tables),
        sources=("city-of-brussels",),
        draw=draw,
        column_height_mm=140,
    )  # fmt: skip


def draw(canvas: Canvas) -> None:
    """Draw the Lorenz curves and the figures of each year beside (or under) them."""
    area = canvas.area
    left, right = (
        area.columns((0.42, 0.58), gap=style.SPACE_4)
        if canvas.is_wide
        else area.rows((0.58, 0.42), gap=style.SPACE_3)
    )
    _curves(canvas, left)
    _figures(canvas, right)


def _curves(canvas: Canvas, panel: Box) -> None:
    rows = canvas.data[canvas.data["part"].eq("lorenz")]
    years = sorted(set(rows["year"]))
    canvas.write(panel.left, panel.top, canvas.text("label.curve"), weight="semibold", width=panel.width)  # fmt: skip
    lines = len(canvas.wrap(canvas.text("label.curve"), panel.width, "body", "semibold"))
    samples = [
        (partial(_line, canvas, style.ACCENT, dash), str(year))
        for year, dash in zip(years, DASHES, strict=False)
    ]
    samples.append((partial(_line, canvas, style.GREY, "solid"), canvas.text("label.equal")))
    y = panel.top + (lines + 0.2) * canvas.line_height("body")
    taken = canvas.legend(samples, panel.left, y, panel.width)
    top = y + taken + 2 * canvas.line_height("small") + style.SPACE_2
    ticks = [0, 0.25, 0.5, 0.75, 1]
    words = [canvas.percent(tick) for tick in ticks]
    room = canvas.widest(words, "small") + style.SPACE_2
    foot = canvas.axis_height(title=True) + 2
    height = panel.bottom - foot - top
    # A flat curve gains from a wide plot; the straight line of equal spread stays its diagonal.
    width = min(panel.width - room - style.SPACE_3, 2 * height)
    plot = Box(panel.left + room, top, width, height)
    across = Scale.of(0, 1, plot.left, plot.right)
    up = Scale.of(0, 1, plot.bottom, plot.top)
    canvas.y_axis(up, Box(panel.left, plot.top, plot.right - panel.left, plot.height), ticks, words, title=canvas.text("label.money"))  # fmt: skip
    canvas.x_axis(across, plot, ticks, words, title=canvas.text("label.organisations"), side="bottom")  # fmt: skip
    canvas.rule(across(0), up(0), across(1), up(1), colour=style.GREY, width=style.THIN)
    for year, dash in zip(years, DASHES, strict=False):
        curve = rows[rows["year"].eq(year)]
        canvas.path(across.place(curve["organisation_share"].to_numpy()), up.place(curve["money_share"].to_numpy()), colour=style.ACCENT, dash=dash, width=style.MEDIUM)  # fmt: skip


def _line(canvas: Canvas, colour: str, dash: str, box: Box) -> None:
    canvas.rule(box.left, box.middle, box.right, box.middle, colour=colour, width=style.MEDIUM, dash=dash)  # fmt: skip


def _figures(canvas: Canvas, panel: Box) -> None:
    rows = canvas.data[canvas.data["part"].eq("figures")].sort_values("year")
    canvas.write(panel.left, panel.top, canvas.text("label.figures"), weight="semibold")
    lines = [
        ("organisations_count", [canvas.number(v) for v in rows["organisations"]]),
        ("top_share", [canvas.percent(v) for v in rows["top_share"]]),
        ("median", [canvas.euro(v, 1) for v in rows["median_eur"]]),
        ("mean", [canvas.euro(v) for v in rows["mean_eur"]]),
        ("gini", [canvas.number(v, 2) for v in rows["gini"]]),
        ("gini_range", [canvas.text("label.interval", low=canvas.number(a, 2), high=canvas.number(b, 2)) for a, b in zip(rows["gini_low"], rows["gini_high"], strict=True)]),
        ("hhi", [canvas.number(v, 3) for v in rows["hhi"]]),
    ]  # fmt: skip
    heads = [str(int(year)) for year in rows["year"]]
    names = [canvas.text(f"label.{key}") for key, _ in lines]
    width = min(canvas.widest(names, "body", "semibold") + 1, 0.44 * panel.width)
    body = panel.inset(top=1.8 * canvas.line_height("body"))
    columns = body.inset(left=width + style.SPACE_2).columns(len(heads))
    step = min(body.height / (len(lines) + 1), 3.4 * canvas.size("body"))
    right: Align = "right"
    for head, column in zip(heads, columns, strict=True):
        canvas.write(column.right, body.top + step / 2, head, weight="semibold", align=right, valign="middle")  # fmt: skip
    for place, ((key, cells), name) in enumerate(zip(lines, names, strict=True), start=1):
        row = Box(body.left, body.top + place * step, body.width, step)
        canvas.rule(row.left, row.top, row.right, row.top, colour=style.HAIRLINE, width=style.HAIR)
        loud = key == "top_share"
        colour = style.ACCENT if loud else style.INK
        weight: style.Weight = "semibold" if loud else "regular"
        words = "\n".join(canvas.wrap(name, width, "body", weight))
        canvas.write(row.left, row.middle, words, weight=weight, colour=colour, valign="middle")
        for cell, column in zip(cells, columns, strict=True):
            role: style.Role = "small" if key == "gini_range" else "body"
            canvas.write(column.right, row.middle, cell, role=role, weight=weight, colour=colour, align=right, valign="middle")  # fmt: skip
