"""Chart: domains of local subsidies and their social-innovation signal, error drawn with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.charts import stacked, style
from analysis.charts.layout import Box, Scale
from analysis.charts.record import ChartRecord
from analysis.domains.gold import read_labels
from analysis.project import find_project
from analysis.subsidies import (
    GRANTED,
    beneficiary_group,
    domain_shares,
    labelled,
    organisations_outside_government,
)
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.charts.canvas import Canvas

ID = "local-domains"
# Labels that were not read while the rules were written.
PARTS = ("second_look", "unseen")
# With fewer labelled rows in a class the interval says less than it seems to.
LEAST_LABELLED = 10
HALF = 0.5
TINY = 0.001
MEASURES = ("rows", "eur")
SIGNAL_ROWS = (("si_any", "any"), ("si_signal", "clear"))


def local_domains(tables: Tables, labels: pd.DataFrame | None = None) -> ChartRecord:
    """Build the record from the checked tables and the local ones.

    Args:
        tables: Checked and local tables.
        labels: See :func:`analysis.domains.gold.read_labels`; by default the project's.
    """
    if labels is None:
        labels = read_labels(find_project().raw / "labels" / "city_subsidies_gold.csv")
    awards = tables["local_awards"]
    granted = awards[awards["amount_phase"].eq(GRANTED)]
    gold = labelled(awards, labels, PARTS)
    shares = domain_shares(granted, gold)
    shares["few_labels"] = np.where(shares["labelled_rows"] < LEAST_LABELLED, "yes", "no")
    shares.loc[shares["few_labels"].eq("yes"), ["low", "high"]] = np.nan
    data = shares[shares["rows"].gt(0)].reset_index(drop=True)
    data["unit"] = "share of rows or of nominal EUR granted"
    at: Any = shares.set_index(["dimension", "value", "measure"])
    any_rows, any_eur = at.loc[("si_any", "any", "rows")], at.loc[("si_any", "any", "eur")]
    domains = data[data["dimension"].eq("domain") & data["measure"].eq("rows")]
    first = domains.sort_values("share_corrected", ascending=False).iloc[0]
    agreed = gold[gold["domain_gold"].ne("")]
    rows = organisations_outside_government(granted)
    years = sorted(set(granted["year"]))
    return ChartRecord(
        id=ID,
        demands=("S2",),
        data=data,
        values={
            "rows": len(rows),
            "public_rows": int(beneficiary_group(granted).eq("public").sum()),
            "unnamed_rows": int(beneficiary_group(granted).eq("not_named").sum()),
            "years": ", ".join(map(str, years)),
            "labelled": len(agreed),
            "right": float(agreed["domain_gold"].eq(agreed["domain"]).mean()),
            "least_labelled": LEAST_LABELLED,
            "any_observed": float(any_rows["share_observed"]),
            "any_corrected": float(any_rows["share_corrected"]),
            "any_low": float(any_rows["low"]),
            "any_high": float(any_rows["high"]),
            "any_eur_low": float(any_eur["low"]),
            "any_eur_high": float(any_eur["high"]),
            "clear_observed": float(at.loc[("si_signal", "clear", "rows"), "share_observed"]),
            "first": _domain_name(str(first["value"])),
            "first_share": float(first["share_corrected"]),
            "level": 0.95,
            "first_domain": str(first["value"]),
        },
        claim=_claim(float(any_rows["low"]), float(any_rows["high"])),
        data_date=as_of(tables),
        sources=("city-of-brussels",),
        draw=draw,
        column_height_mm=132,
    )


def _claim(low: float, high: float) -> str:
    """Judge by the interval; where it holds one half, or there is none, nothing is claimed."""
    if high < HALF:
        return "minority"
    return "majority" if low > HALF else "open"


def _domain_name(domain: str) -> dict[str, str]:
    from analysis.language import texts

    return dict(texts(f"charts/{ID}")[f"label.{domain}"])  # type: ignore[arg-type]


def draw(canvas: Canvas) -> None:
    """Draw rows and euros side by side: what the machine says, corrected, with its interval."""
    area, data = canvas.area, canvas.data
    samples = [
        (partial(_sample, canvas, "observed"), canvas.text("label.observed")),
        (partial(_sample, canvas, "corrected"), canvas.text("label.corrected")),
        (partial(_sample, canvas, "few"), canvas.text("label.few_labels")),
    ]
    taken = canvas.legend(samples, area.left, area.top, area.width)
    area = area.inset(top=taken + style.SPACE_2)
    found = data[data["dimension"].eq("domain") & data["measure"].eq("rows")]
    order = found.sort_values("share_corrected", ascending=False)["value"].tolist()
    last = [name for name in ("other", "unknown", "few") if name in order]
    domains = [name for name in order if name not in last] + last
    keys = [*(("domain", name) for name in domains), *SIGNAL_ROWS]
    keys = [key for key in keys if key in set(zip(data["dimension"], data["value"], strict=True))]
    labels = [canvas.text(f"label.{value}") for _, value in keys]
    names = canvas.widest(labels, "small") + style.SPACE_2
    head = canvas.line_height("body") + canvas.axis_height() + style.SPACE_2
    panels = area.inset(left=names).columns(2, gap=style.SPACE_3)
    body = area.inset(top=head)
    weights = [1.0] * len(keys)
    # A wider row parts the domains from the signal.
    cut = len(domains)
    rows = body.rows([*weights[:cut], 0.7, *weights[cut:]])
    del rows[cut]
    for (dimension, _), label, row in zip(keys, labels, rows, strict=True):
        loud = dimension == "si_any"
        canvas.write(area.left, row.middle, label, role="small", valign="middle", weight="semibold" if loud else "regular", colour=style.ACCENT if loud else style.INK)  # fmt: skip
    y = (rows[cut - 1].bottom + rows[cut].top) / 2 if cut < len(rows) else body.bottom
    canvas.rule(area.left, y, area.right, y, colour=style.HAIRLINE, width=style.HAIR)
    table: dict[Any, Any] = data.set_index(["dimension", "value", "measure"]).to_dict("index")
    shown = data[data["dimension"].ne("si_signal") & data["value"].ne("none")]
    most = float(shown[["share_observed", "share_corrected", "high"]].max().max())
    value = canvas.text_width(canvas.text("label.range", low=0.22, high=0.22), "small") + 4
    for measure, panel in zip(MEASURES, panels, strict=True):
        canvas.write(panel.left, panel.top, canvas.text(f"label.measure.{measure}"), weight="semibold")  # fmt: skip
        plot = Box(panel.left, body.top, panel.width - value - style.SPACE_2, body.height)
        scale = Scale.of(0, most, plot.left, plot.right)
        ticks = scale.ticks(4)
        canvas.x_axis(scale, plot, ticks, [canvas.percent(t) for t in ticks])
        for (dimension, name), row in zip(keys, rows, strict=True):
            _point(canvas, scale, row, table[(dimension, name, measure)], panel, dimension)


def _point(
    canvas: Canvas, scale: Scale, row: Box, cell: dict[str, Any], panel: Box, dimension: str
) -> None:
    colour = style.ACCENT if dimension == "si_any" else style.INK
    lane = row.slice(min(0.5 * row.height, 1.1 * canvas.size("small")))
    stacked.pale(
        canvas,
        Box(scale(0), lane.top, scale(cell["share_observed"]) - scale(0), lane.height),
    )
    few = cell["few_labels"] == "yes"
    if not few:
        canvas.span(scale, row.middle, cell["low"], cell["high"], colour=colour)
    size = 0.5 * canvas.size("body")
    canvas.mark(scale(cell["share_corrected"]), row.middle, "ring" if few else "dot", colour=style.GREY if few else colour, size=size * (1.2 if few else 1))  # fmt: skip
    text = (
        _small(canvas, float(cell["share_observed"]))
        if few
        else canvas.text("label.range", low=cell["low"], high=cell["high"])
    )
    canvas.write(panel.right, row.middle, text, role="small", align="right", valign="middle", colour=style.QUIET if few else colour, weight="regular" if few else "semibold")  # fmt: skip


def _small(canvas: Canvas, share: float) -> str:
    """Write a share so that a very small one does not read as nothing."""
    if 0 < share < TINY:
        return "<" + canvas.percent(TINY, 1)
    return canvas.percent(share, 1 if share < 10 * TINY else 0)


def _sample(canvas: Canvas, what: str, box: Box) -> None:
    if what == "observed":
        stacked.pale(canvas, box.slice(0.7 * box.height))
        return
    scale = Scale.of(0, 1, box.left, box.right)
    if what == "corrected":
        canvas.span(scale, box.middle, 0.0, 1.0)
    canvas.mark(box.centre, box.middle, "ring" if what == "few" else "dot", colour=style.GREY if what == "few" else style.INK, size=0.5 * canvas.size("body"))  # fmt: skip
