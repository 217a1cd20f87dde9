"""Chart: the City's subsidies by year and kind of beneficiary, with what was not published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.charts.stacked import Part
from analysis.prices import price_index
from analysis.subsidies import GROUPS, PUBLIC_FORMS, money_by_group
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.charts.canvas import Canvas
    from analysis.language import Language

ID = "local-money-by-beneficiary"
HALF = 0.5
LOOKS: dict[str, stacked.Paint] = {
    "public": stacked.accent,
    "form_known": stacked.slate,
    "form_unknown": stacked.frame,
    "not_named": stacked.hatched,
}


def local_money_by_beneficiary(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables and the local ones."""
    awards = tables["local_awards"]
    price_year = int(awards["year"].max())
    data = money_by_group(awards, price_index(tables["need_indicators"]), price_year)
    data["unit"] = "EUR"
    by_year: Any = data[data["in_files"].eq("yes")].pivot(
        index="year", columns="group", values="amount_eur"
    )
    share = by_year["public"] / by_year.sum(axis=1)
    constant = data.groupby("year")["amount_constant_eur"].sum(min_count=1).dropna()
    holes = data.groupby("year")["planned_not_published_eur"].sum()
    named = data[data["in_files"].eq("yes")].groupby("group")[["rows", "organisations"]].sum()
    absent = sorted(set(data.loc[data["in_files"].eq("no"), "year"]))
    budget = sorted(set(data.loc[data["phase"].eq("budgeted"), "year"]))
    worst = str(holes.idxmax())
    first, last = int(by_year.index[0]), int(by_year.index[-1])
    known = awards[awards["form_class"].eq("asbl-vzw") & ~awards["form_class"].isin(PUBLIC_FORMS)]
    return ChartRecord(
        id=ID,
        demands=("S1",),
        data=data,
        values={
            "rows": len(awards),
            "files": len(by_year),
            "first_year": str(first),
            "last_year": str(last),
            "absent": ", ".join(map(str, absent)) or "–",
            "budget_years": ", ".join(map(str, budget)) or "–",
            "public_least": float(share.min()),
            "public_most": float(share.max()),
            "hole_year": worst,
            "hole_eur": float(holes.max()),
            "hole_rows": int(data["rows_not_published"].sum()),
            "public_rows": int(named["rows"]["public"]),
            "not_named_rows": int(named["rows"]["not_named"]),
            "known_rows": int(named["rows"]["form_known"]),
            "associations": int(known["organisation_id"].nunique()),
            "price_year": str(price_year),
            "outside_first": float(by_year.loc[first].drop("public").sum()),
            "outside_last": float(by_year.loc[last].drop("public").sum()),
            "outside_first_constant": float(_outside(data, first)),
            "total_first_constant": float(constant[first]),
            "total_last": float(constant[last]),
        },
        claim="mostly_public" if float(share.min()) > HALF else "not_mostly_public",
        data_date=as_of(tables),
        sources=("city-of-brussels",),
        draw=draw,
        native=native,
        column_height_mm=92,
    )


def _outside(data: pd.DataFrame, year: int) -> float:
    rows = data[data["year"].eq(year) & data["group"].ne("public")]
    return float(rows["amount_constant_eur"].sum())


def draw(canvas: Canvas) -> None:
    """Draw one stacked bar a year, its figures under it; absent files and holes stay visible."""
    area, data = canvas.area, canvas.data
    samples = [
        (partial(LOOKS[group], canvas), canvas.text(f"label.group.{group}")) for group in GROUPS
    ]
    samples.append((partial(stacked.hole, canvas), canvas.text("label.hole")))
    taken = canvas.legend(samples, area.left, area.top, area.width)
    area = area.inset(top=taken + style.SPACE_3)
    years = sorted(set(data["year"]))
    sums = data.groupby("year")[["amount_eur", "planned_not_published_eur"]].sum().sum(axis=1)
    names = canvas.text_width("2000", "body", "semibold") + style.SPACE_3
    body = area.inset(left=names)
    ends = [_end(canvas, data[data["year"].eq(year)]) for year in years]
    scale = Scale.of(0, float(sums.max()), body.left, body.right - canvas.widest(ends, "body", "semibold") - style.SPACE_2)  # fmt: skip
    for year, end, row in zip(years, ends, area.rows(len(years)), strict=True):
        cells = data[data["year"].eq(year)]
        lane = Box(body.left, row.top, body.width, 0.46 * row.height)
        absent = bool(cells["in_files"].eq("no").all())
        middle = row.top + 0.36 * row.height if absent else lane.middle
        canvas.write(row.left, middle, str(year), weight="semibold", valign="middle")
        if absent:
            canvas.gap(body.left, scale.end, row.top, row.top + 0.72 * row.height, "")
            canvas.write(body.left + style.SPACE_2, middle, canvas.text("label.absent"), role="small", colour=style.QUIET, valign="middle")  # fmt: skip
            continue
        _bar(canvas, scale, lane, cells, end)
        canvas.write(body.left, lane.bottom + style.SPACE_1, _words(canvas, cells), role="small", colour=style.QUIET, width=body.width)  # fmt: skip


def _end(canvas: Canvas, cells: pd.DataFrame) -> str:
    return "" if cells["in_files"].eq("no").all() else canvas.euro(float(cells["amount_eur"].sum()))


def _bar(canvas: Canvas, scale: Scale, lane: Box, cells: pd.DataFrame, end: str) -> None:
    by_group: dict[Any, Any] = cells.set_index("group").to_dict("index")
    parts = []
    for group in GROUPS:
        amount = float(by_group[group]["amount_eur"])
        parts.append(
            Part(
                amount, LOOKS[group], canvas.euro(amount),
                ink=style.PAPER if group in ("public", "form_known") else style.INK,
                loud=group == "public", clear=group == "not_named",
            )
        )  # fmt: skip
        gone = float(by_group[group]["planned_not_published_eur"])
        if group == "public" and gone > 0:
            label = canvas.text("label.hole_value", amount=gone)
            parts.append(Part(gone, stacked.hole, label, ink=style.ACCENT, loud=True))
    x = stacked.stack(canvas, scale, lane, parts)
    canvas.write(x + style.SPACE_2, lane.middle, end, weight="semibold", valign="middle")


def _words(canvas: Canvas, cells: pd.DataFrame) -> str:
    public = cells["group"].eq("public")
    phase = canvas.text(f"label.phase.{cells['phase'].iloc[0]}")
    constant = canvas.euro(float(cells["amount_constant_eur"].sum()))
    outside = float(cells.loc[~public, "amount_eur"].sum())
    return canvas.text("label.row", phase=phase, constant=constant, outside=canvas.euro(outside))


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the euros of each year as stacked bars; a missing file is a gap."""
    data = record.data
    years = sorted(set(data["year"]))
    wide: Any = data.pivot(index="group", columns="year", values="amount_eur")
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(str(year) for year in years),
        series=tuple(
            NativeSeries(
                record.text(f"label.group.{group}", lang),
                tuple(
                    None
                    if wide.loc[group, year] != wide.loc[group, year]
                    else float(wide.loc[group, year])
                    for year in years
                ),
                accent=group == "public",
                recedes=group in ("form_unknown", "not_named"),
            )
            for group in GROUPS
            if group in wide.index
        ),
        unit="EUR",
        axis_title="EUR",
    )
