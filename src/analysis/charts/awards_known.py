"""Chart: known awards by funder, legal form and domain, and how many state an amount."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.awards import (
    NOT_STATED,
    UNVERIFIED,
    counted_awards,
    share_without_amount,
    share_without_each_funder,
    stated_amounts,
)
from analysis.charts import style
from analysis.charts.layout import Box, Scale
from analysis.charts.names import funder_names
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

ID = "awards-known"
PANELS = ("funder_id", "legal_form", "domain")
LEAST_AWARDS = 6  # funders with fewer are one bar
OTHERS = "others"
# Unknown is a finding of its own: it stands last, apart from what is known.
LAST = (OTHERS, "other", "unknown", NOT_STATED, UNVERIFIED)
MOSTLY = 0.5


def awards_known(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables."""
    awards = tables["awards"]
    counts = stated_amounts(awards)
    everything = counts[counts["dimension"].eq("all")].iloc[0]
    forms = counts[counts["dimension"].eq("legal_form")].set_index("value")
    data = _data(counts, tables["funders"])
    without = share_without_amount(awards)
    low, high = share_without_each_funder(awards)
    rows = counted_awards(awards)
    undated = int(rows["call_year"].isna().sum())
    years = rows["call_year"].dropna()
    others = data[data["value"].eq(OTHERS)]
    return ChartRecord(
        id=ID,
        demands=("S1", "S6", "E3"),
        data=data,
        values={
            "awards": int(everything["awards"]),
            "with_amount": int(everything["with_amount"]),
            "share_with": float(everything["share_with_amount"]),
            "share_without": without,
            "without_low": low,
            "without_high": high,
            "granted": int(everything["granted"]),
            "prize": int(everything["prize"]),
            "eu_share": int(everything["eu_share"]),
            "total_cost": int(everything["total_project_cost"]),
            "kind_unknown": int(everything["kind_not_stated"]),
            "prizes": int(rows["row_kind"].eq("prize").sum()),
            "supported": int(rows["row_kind"].eq("supported_project").sum()),
            "form_unknown": int(forms["awards"].get("unknown", 0)),
            "form_unknown_share": float(forms["awards"].get("unknown", 0) / everything["awards"]),
            "form_inferred": int(rows["legal_form_basis"].eq("inferred").sum()),
            "not_counted": len(awards) - len(rows),
            "funders": len(set(rows["funder_id"]) - {UNVERIFIED}),
            "least_awards": LEAST_AWARDS,
            "other_funders": int(others["funders"].sum()) if len(others) else 0,
            "unverified": int(rows["funder_id"].eq(UNVERIFIED).sum()),
            "undated": undated,
            "first_year": str(years.min()),
            "last_year": str(years.max()),
            "sources": int(rows["source_id"].nunique()),
        },
        claim="mostly_without" if without > MOSTLY else "mostly_with",
        data_date=as_of(tables),
        sources=tuple(sorted(set(rows["source_id"]))),
        draw=draw,
        native=native,
        column_height_mm=162,
    )


def _data(counts: pd.DataFrame, funders: pd.DataFrame) -> pd.DataFrame:
    """Order the bars as they are drawn; funders with few rows are one bar that says how many."""
    counts = counts.assign(funders=pd.array([pd.NA] * len(counts), dtype="Int64"))
    by_funder = counts[counts["dimension"].eq("funder_id") & counts["value"].ne(UNVERIFIED)]
    rest = by_funder[by_funder["awards"] < LEAST_AWARDS]
    sums = ["awards", "with_amount", "granted", "prize", "eu_share", "total_project_cost", "kind_not_stated"]  # fmt: skip
    if len(rest):
        others = {
            "dimension": "funder_id",
            "value": OTHERS,
            "funders": len(rest),
            "award_ids": ";".join(sorted(";".join(rest["award_ids"]).split(";"))),
            **rest[sums].sum(),
        }
        counts = counts.drop(rest.index)
        counts.loc[len(counts) + len(rest)] = others
        counts["share_with_amount"] = counts["with_amount"] / counts["awards"]
    names = funder_names(funders, sorted(set(by_funder["value"]) | {UNVERIFIED}))
    for lang in LANGUAGES:
        counts[f"funder_{lang}"] = [
            names.get(str(value), {}).get(lang, "") if dimension == "funder_id" else ""
            for dimension, value in zip(counts["dimension"], counts["value"], strict=True)
        ]
    counts["unit"] = "awards"
    order = {name: place for place, name in enumerate(("all", *PANELS))}
    late = counts["value"].map({name: place for place, name in enumerate(LAST, 1)}).fillna(0)
    placed = counts.assign(place=counts["dimension"].map(order), late=late).sort_values(
        ["place", "late", "awards", "value"], ascending=[True, True, False, True]
    )
    columns = ["dimension", "value", *(f"funder_{lang}" for lang in LANGUAGES), "funders", "unit", "awards", "with_amount", "share_with_amount", *sums[2:], "award_ids"]  # fmt: skip
    return placed[columns].reset_index(drop=True).astype({"funders": "Int64"})


def draw(canvas: Canvas) -> None:
    """Draw three blocks of bars on one scale: funders at the left, forms and domains beside."""
    area = canvas.area
    taken = _legend(canvas, area)
    area = area.inset(top=taken + style.SPACE_3)
    sizes = {panel: int(canvas.data["dimension"].eq(panel).sum()) for panel in PANELS}
    head = canvas.line_height("body") * 1.25
    gap = style.SPACE_3
    right = [panel for panel in PANELS if panel != PANELS[0]]
    columns = area.columns((0.42, 0.58), gap=style.SPACE_4) if canvas.is_wide else [area]
    piles = [[PANELS[0]], right] if canvas.is_wide else [list(PANELS)]
    # The same height of row and the same scale everywhere: bars can be compared across blocks.
    step = min(
        (column.height - (head + gap) * len(pile) + gap) / sum(sizes[panel] for panel in pile)
        for column, pile in zip(columns, piles, strict=True)
    )
    step = min(step, 2.1 * canvas.size("small"))
    labels = {panel: _labels(canvas, panel) for panel in PANELS}
    most = float(canvas.data.loc[canvas.data["dimension"].ne("all"), "awards"].max())
    lengths = []
    for column, pile in zip(columns, piles, strict=True):
        names = _names_width(canvas, [w for panel in pile for w in labels[panel]], column)
        longest = float(canvas.data.loc[canvas.data["dimension"].isin(pile), "awards"].max())
        room = column.width - names - style.SPACE_2 - _number_width(canvas)
        lengths.append(room * most / longest)
    length = min(lengths)
    for column, pile in zip(columns, piles, strict=True):
        names = _names_width(canvas, [w for panel in pile for w in labels[panel]], column)
        scale = Scale.of(0, most, column.left + names + style.SPACE_2, column.left + names + style.SPACE_2 + length)  # fmt: skip
        top = column.top
        for panel in pile:
            canvas.write(column.left, top, canvas.text(f"label.panel.{panel}"), weight="semibold")
            top += head
            rows = canvas.data[canvas.data["dimension"] == panel].to_dict("records")
            for row, label in zip(rows, labels[panel], strict=True):
                _bar(canvas, scale, Box(column.left, top, column.width, step), row, label, names)
                top += step
            top += gap


def _labels(canvas: Canvas, panel: str) -> list[str]:
    rows = canvas.data[canvas.data["dimension"] == panel].to_dict("records")
    if panel != "funder_id":
        return [canvas.text(f"label.{panel}.{row['value']}") for row in rows]
    return [
        canvas.text("label.funder_id.others", count=row["funders"])
        if row["value"] == OTHERS
        else row[f"funder_{canvas.lang}"]
        for row in rows
    ]


def _names_width(canvas: Canvas, labels: list[str], column: Box) -> float:
    return min(canvas.widest(labels, "small"), 0.5 * column.width)


def _number_width(canvas: Canvas) -> float:
    return style.SPACE_2 + canvas.text_width(canvas.text("label.of", known=100, all=999, share=1.0), "small")  # fmt: skip


def _with(canvas: Canvas, box: Box) -> None:
    canvas.fill(box, style.INK)


def _without(canvas: Canvas, box: Box) -> None:
    canvas.fill(box, style.ACCENT, "outlined", line=style.THIN)


def _legend(canvas: Canvas, area: Box) -> float:
    return canvas.legend(
        [
            (lambda box: _with(canvas, box), canvas.text("label.with")),
            (lambda box: _without(canvas, box), canvas.text("label.without")),
        ],
        area.left,
        area.top,
        area.width,
    )


def _bar(
    canvas: Canvas, scale: Scale, line: Box, row: dict[Hashable, Any], label: str, names: float
) -> None:
    total, known = int(row["awards"]), int(row["with_amount"])
    thick = 0.56 * line.height
    left, end = scale(0), scale(total)
    bar = Box(left, line.middle - thick / 2, max(end - left, 1.5), thick)
    if known < total:
        _without(canvas, bar)
    if known:
        _with(canvas, Box(left, bar.top, scale(known) - left, thick))
    apart = str(row["value"]) in LAST
    words = "\n".join(canvas.wrap(label, names, "small"))
    canvas.write(line.left, line.middle, words, role="small", valign="middle", colour=style.QUIET if apart else style.INK)  # fmt: skip
    text = canvas.text("label.of", known=known, all=total, share=known / total)
    canvas.write(bar.right + style.SPACE_1, line.middle, text, role="small", colour=style.QUIET, valign="middle")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the awards of each funder as stacked bars: with and without an amount."""
    rows = record.data[record.data["dimension"].eq("funder_id")].to_dict("records")
    names = [
        row[f"funder_{lang}"]
        or record.text("label.funder_id.others", lang, count=int(row["funders"]))
        for row in rows
    ]
    given = tuple(int(row["with_amount"]) for row in rows)
    rest = tuple(int(row["awards"]) - int(row["with_amount"]) for row in rows)
    return NativeChart(
        kind="stacked_bar",
        categories=tuple(names),
        series=(
            NativeSeries(record.text("label.with", lang), given, accent=True),
            NativeSeries(record.text("label.without", lang), rest, recedes=True),
        ),
        unit="count",
        axis_title=record.text("label.panel.funder_id", lang),
    )
