"""Chart: operating money against project money, as far as the object's words tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.charts.stacked import Part
from analysis.subsidies import GRANTED, KINDS, kinds_by_year, organisations_outside_government
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

ID = "local-operating-or-project"
MEASURES = ("row_share", "eur_share")
LOOKS: dict[str, stacked.Paint] = {
    "operating": stacked.slate,
    "project": stacked.grey,
    "other": stacked.hatched,
    "not_told": stacked.missing,
}
MUCH = 0.25


def local_operating_or_project(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables and the local ones."""
    awards = tables["local_awards"]
    data = kinds_by_year(awards)
    data["unit_amount"] = "EUR nominal"
    rows = data.pivot(index="year", columns="kind", values="row_share")
    euros = data.pivot(index="year", columns="kind", values="eur_share")
    first, last = int(rows.index[0]), int(rows.index[-1])
    fewest, most = float(rows["operating"].min()), float(rows["operating"].max())
    unknown = pd.concat([rows["not_told"], euros["not_told"]]).dropna()
    return ChartRecord(
        id=ID,
        demands=("S1",),
        data=data,
        values={
            "rows": int(data["rows"].sum()),
            "organisations": int(organisations_outside_government(awards)["organisation_id"].nunique()),
            "first_year": str(first),
            "last_year": str(last),
            "operating_first": float(rows["operating"].loc[first]),
            "operating_last": float(rows["operating"].loc[last]),
            "operating_least": fewest,
            "operating_most": most,
            "operating_eur_least": float(euros["operating"].min()),
            "operating_eur_most": float(euros["operating"].max()),
            "project_least": float(rows["project"].min()),
            "project_most": float(rows["project"].max()),
            "unknown_least": float(unknown.min()),
            "unknown_most": float(unknown.max()),
            "both": int(data["rows_both"].sum()),
            "budget_years": ", ".join(str(y) for y in sorted(set(data.loc[data["phase"].ne(GRANTED), "year"]))) or "–",
            "left_out": len(awards) - int(data["rows"].sum()),
        },
        claim=_claim(rows, float(unknown.max())),
        data_date=as_of(tables),
        sources=("city-of-brussels",),
        draw=draw,
        native=native,
        column_height_mm=80,
    )  # fmt: skip


def _claim(rows: pd.DataFrame, unknown: float) -> str:
    first, last = rows.iloc[0], rows.iloc[-1]
    # Even if every row that does not say were operating money in the last year.
    if last["operating"] + last["not_told"] < first["operating"]:
        return "falling"
    return "not_told" if unknown > MUCH else "told"


def draw(canvas: Canvas) -> None:
    """Draw one whole bar a year for rows and one for euros."""
    area, data = canvas.area, canvas.data
    samples = [(partial(LOOKS[kind], canvas), canvas.text(f"label.{kind}")) for kind in KINDS]
    taken = canvas.legend(samples, area.left, area.top, area.width)
    area = area.inset(top=taken + style.SPACE_3)
    names = canvas.text_width("2000", "body", "semibold") + style.SPACE_3
    panels = (
        area.inset(left=names).columns(2, gap=style.SPACE_4)
        if canvas.is_wide
        else area.inset(left=names).rows(2, gap=style.SPACE_3)
    )
    years = sorted(set(data["year"]))
    for measure, panel in zip(MEASURES, panels, strict=True):
        canvas.write(panel.left, panel.top, canvas.text(f"label.{measure}"), weight="semibold")
        body = panel.inset(top=1.6 * canvas.line_height("body"))
        scale = Scale.of(0, 1, body.left, body.right)
        for year, row in zip(years, body.rows(len(years)), strict=True):
            lane = row.slice(min(0.66 * row.height, 2.4 * canvas.size("body")))
            if not canvas.is_wide or measure == MEASURES[0]:
                canvas.write(area.left, row.middle, str(year), weight="semibold", valign="middle")
            cells: Any = data[data["year"].eq(year)].set_index("kind")
            stacked.stack(canvas, scale, lane, [_part(canvas, k, cells.at[k, measure]) for k in KINDS])  # fmt: skip
            # What few organisations got is not told: the rest of the bar stays a frame.
            left = 1 - float(cells[measure].sum())
            if left > 0.001:
                stacked.frame(canvas, Box(scale(1 - left), lane.top, scale(1) - scale(1 - left), lane.height))  # fmt: skip


def _part(canvas: Canvas, kind: str, share: float) -> Part:
    solid = kind in KINDS[:2]
    loud = kind == KINDS[3]
    return Part(
        float(share),
        LOOKS[kind],
        canvas.percent(share) if pd.notna(share) else "",
        ink=style.PAPER if solid else style.ACCENT if loud else style.INK,
        loud=loud,
        clear=kind == KINDS[2],
    )


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the shares of rows of each year as stacked bars."""
    data = record.data
    years = sorted(set(data["year"]))
    wide = data.pivot(index="kind", columns="year", values="row_share")
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(str(year) for year in years),
        series=tuple(
            NativeSeries(
                record.text(f"label.{kind}", lang),
                tuple(float(str(wide.loc[kind, year])) for year in years),
                recedes=kind == "not_told",
            )
            for kind in dict.fromkeys(data["kind"].astype(str))
        ),
        unit="share",
        axis_title=record.text("label.row_share", lang),
    )
