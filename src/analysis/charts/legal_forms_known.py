"""Chart: for how much the legal form of the beneficiary is known, and from what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from analysis.charts import stacked, style
from analysis.charts.layout import Scale
from analysis.charts.record import ChartRecord
from analysis.charts.stacked import Part
from analysis.subsidies import GRANTED, beneficiary_group, forms_known
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

ID = "legal-forms-known"
HALF = 0.5
BASES = ("number", "name", "stated", "inferred", "basis_not_told", "unknown")
LOOKS: dict[str, stacked.Paint] = {
    "number": stacked.slate,
    "name": stacked.hatched,
    "stated": stacked.grey,
    "inferred": stacked.pale,
    "basis_not_told": stacked.dotted,
    "unknown": stacked.missing,
}
BARS = (
    ("city_public", "rows"),
    ("city_public", "eur"),
    ("city_others", "rows"),
    ("city_others", "eur"),
    ("evidence", "rows"),
)


def legal_forms_known(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables and the local ones."""
    awards, evidence = tables["local_awards"], tables["awards"]
    data = forms_known(awards, evidence)
    data["unit"] = data["measure"].map({"rows": "rows", "eur": "share of EUR nominal granted"})
    at = data.set_index(["collection", "measure", "basis"])["share"]
    group = beneficiary_group(awards)
    others = awards[group.isin(("form_known", "form_unknown"))]
    numbered = others["beneficiary_id"].ne("")
    unknown = float(at.get(("city_others", "rows", "unknown"), 0.0))
    sizes = data[data["measure"].eq("rows")].groupby("collection")["rows"].sum()
    return ChartRecord(
        id=ID,
        demands=("S6",),
        data=data,
        values={
            "unknown": unknown,
            "unknown_eur": float(at.get(("city_others", "eur", "unknown"), 0.0)),
            "known": 1 - unknown,
            "others_rows": int(sizes["city_others"]),
            "public_rows": int(sizes["city_public"]),
            "unnamed_rows": int(group.eq("not_named").sum()),
            "evidence_rows": int(sizes["evidence"]),
            "evidence_unknown": float(at.get(("evidence", "rows", "unknown"), 0.0)),
            "numbered": float(numbered.mean()),
            "granted_years": ", ".join(str(y) for y in sorted(set(awards.loc[awards["amount_phase"].eq(GRANTED), "year"]))),
            "first_year": str(int(awards["year"].min())),
            "last_year": str(int(awards["year"].max())),
        },
        claim="mostly_unknown" if unknown > HALF else "mostly_known",
        data_date=as_of(tables),
        sources=tuple(sorted({"city-of-brussels", *evidence["source_id"]})),
        draw=draw,
        column_height_mm=86,
    )  # fmt: skip


def draw(canvas: Canvas) -> None:
    """Draw one whole bar for each collection and measure."""
    area, data = canvas.area, canvas.data
    used = [basis for basis in BASES if basis in set(data["basis"])]
    samples = [(partial(LOOKS[basis], canvas), canvas.text(f"label.{basis}")) for basis in used]
    taken = canvas.legend(samples, area.left, area.top, area.width)
    area = area.inset(top=taken + style.SPACE_3)
    table: dict[Any, Any] = data.set_index(["collection", "measure", "basis"])["share"].to_dict()
    titles = {name: canvas.text(f"label.collection.{name}") for name, _ in BARS}
    measures = {name: canvas.text(f"label.measure.{name}") for _, name in BARS}
    names = min(0.36 * area.width, canvas.widest(list(titles.values()), "body", "semibold"))
    small = canvas.widest(list(measures.values()), "small")
    body = area.inset(left=names + small + 2 * style.SPACE_3)
    scale = Scale.of(0, 1, body.left, body.right)
    heights = [1.0, 1.0, 0.35, 1.0, 1.0, 0.35, 1.0]
    rows = [row for height, row in zip(heights, area.rows(heights), strict=True) if height == 1.0]
    for (collection, measure), row in zip(BARS, rows, strict=True):
        lane = row.slice(min(0.72 * row.height, 2.6 * canvas.size("body")))
        if measure == "rows":
            both = (collection, "eur") in BARS
            y = row.bottom if both else row.middle
            words = "\n".join(canvas.wrap(titles[collection], names, "body", "semibold"))
            canvas.write(area.left, y, words, weight="semibold", valign="middle")
        canvas.write(body.left - style.SPACE_2, row.middle, measures[measure], role="small", colour=style.QUIET, align="right", valign="middle")  # fmt: skip
        parts = [
            _part(canvas, basis, float(table.get((collection, measure, basis), 0.0)))
            for basis in used
        ]
        stacked.stack(canvas, scale, lane, parts)


def _part(canvas: Canvas, basis: str, share: float) -> Part:
    dark = basis in ("number", "stated")
    loud = basis == "unknown"
    return Part(
        share,
        LOOKS[basis],
        canvas.percent(share, 1 if loud and share > 0.99 else 0),
        ink=style.PAPER if dark else style.ACCENT if loud else style.INK,
        loud=loud,
        clear=basis in ("name", "basis_not_told"),
    )
