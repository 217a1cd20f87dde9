"""Chart: how much of the coding is unknown, and how far a blind second coding agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import coverage
from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.coding_quality import agreement
from analysis.coverage import LEGAL_FORMS, STAGES
from analysis.tables import Tables, as_of
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

_PREFIX = {"stage": "stage_", "legal_form": "open_"}


def coding_quality(tables: Tables) -> ChartRecord:
    """Build: share of unknown and kappa per coded column."""
    codes = coverage.coding_quality(tables)
    agreed = agreement(tables, tables["recoding"]).set_index("column")
    codes["column"] = codes["dimension"].map(_PREFIX) + codes["value"]
    found = agreed.reindex(codes["column"])
    for name in ("kappa", "kappa_low", "kappa_high", "opposite"):
        codes[name] = found[name].to_numpy(dtype=float)
    order = {name: place for place, name in enumerate((*STAGES, *LEGAL_FORMS))}
    data = codes.sort_values("value", key=lambda c: c.map(order), ignore_index=True)
    data["unit"] = "programmes; unknown_share 0-1; kappa with 95 % interval"
    whole: dict[Any, dict[Any, Any]] = agreed.to_dict("index")
    stages, forms = whole["all stages"], whole["all legal forms"]
    total = data[["yes", "no", "unknown"]].sum()
    return ChartRecord(
        id="coding-quality",
        demands=(),
        data=data,
        values={
            "columns": len(data),
            "programmes": int(data[["yes", "no", "unknown"]].sum(axis=1).max()),
            "sample": int(stages["programmes"]),
            "unknown_share": float(total["unknown"] / total.sum()),
            "kappa_stages": float(stages["kappa"]),
            "kappa_forms": float(forms["kappa"]),
            "opposite": int(stages["opposite"] + forms["opposite"]),
            "level": 0.95,
        },
        claim="half" if total["unknown"] * 2 >= total.sum() else "less_than_half",
        data_date=as_of(tables),
        sources=(),
        draw=draw,
        column_height_mm=120,
        native=native,
    )


def draw(canvas: Canvas) -> None:
    """Draw a row a column: bar of unknown codes, dot of agreement with its interval."""
    area, rows = canvas.area, canvas.data.to_dict("records")
    names = [term(row["dimension"], row["value"])[canvas.lang] for row in rows]
    width = canvas.widest(names) + style.SPACE_3
    head = canvas.axis_height(title=True) + style.SPACE_1
    left, right = area.inset(left=width, top=head).columns(2, gap=style.SPACE_4)
    right = right.inset(right=canvas.text_width("0,00", "small", "semibold") + style.SPACE_2)
    share, kappa = (Scale.of(0, 1, box.left, box.right) for box in (left, right))
    ticks = [0.0, 0.5, 1.0]
    canvas.x_axis(share, left, ticks, [canvas.percent(t) for t in ticks], title=canvas.text("label.unknown"))  # fmt: skip
    canvas.x_axis(kappa, right, ticks, [canvas.number(t, 1) for t in ticks], title=canvas.text("label.kappa"))  # fmt: skip
    before = rows[0]["dimension"]
    for row, name, line in zip(rows, names, area.inset(top=head).rows(len(rows)), strict=True):
        if row["dimension"] != before:
            canvas.rule(area.left, line.top, area.right, line.top, colour=style.GREY, width=0.8)
        before = row["dimension"]
        canvas.write(area.left, line.middle, name, valign="middle")
        lane = Box(left.left, line.top, left.width, line.height).slice(1.3 * canvas.size("body"))
        x = stacked.stack(canvas, share, lane, [stacked.Part(row["unknown_share"], stacked.dotted)])
        canvas.write(x + style.SPACE_1, line.middle, canvas.percent(row["unknown_share"]), role="small", valign="middle", clear=True)  # fmt: skip
        if pd.isna(row["kappa"]):
            continue
        low = max(float(row["kappa_low"]), 0.0)
        canvas.span(kappa, line.middle, low, row["kappa_high"], colour=style.SLATE)
        canvas.mark(kappa(row["kappa"]), line.middle, colour=style.SLATE)
        canvas.write(area.right, line.middle, canvas.number(row["kappa"], 2), role="small", weight="semibold", align="right", valign="middle")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the shares of unknown as bars."""
    rows = record.data
    return NativeChart(
        kind="bar",
        categories=tuple(
            term(kind, value)[lang]
            for kind, value in zip(rows["dimension"], rows["value"], strict=True)
        ),
        series=(
            NativeSeries(
                record.text("label.unknown", lang), tuple(map(float, rows["unknown_share"])), True
            ),
        ),
        unit="share",
        axis_title=record.text("label.unknown", lang),
    )
