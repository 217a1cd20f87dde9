"""Chart: which funder is known in which year, by kind of evidence; the holes come first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Align
from analysis.charts.layout import Box
from analysis.charts.names import funder_names
from analysis.charts.record import ChartRecord
from analysis.completeness import (
    KINDS,
    STATES,
    empty_shares,
    funder_years,
    rows_per_funder,
    undated,
)
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.charts.canvas import Canvas

ID = "what-we-know"
FIRST_YEAR = 2014
LEAST_ROWS = 15
HALF = 0.5


def what_we_know(
    tables: Tables, first_year: int = FIRST_YEAR, least_rows: int = LEAST_ROWS
) -> ChartRecord:
    """Build the record from the checked tables.

    Args:
        tables: Checked tables.
        first_year: First year shown.
        least_rows: Funders with fewer rows of evidence are counted, not drawn.
    """
    counts = rows_per_funder(tables)
    funders = list(counts[counts >= least_rows].index)
    today = as_of(tables)
    years = range(first_year, today.year + 1)
    cells = funder_years(tables, funders, years)
    shares = empty_shares(cells)
    worst = str(shares.idxmax())
    names = funder_names(tables["funders"], funders)
    for lang in LANGUAGES:
        cells[f"funder_{lang}"] = cells["funder_id"].map({f: names[f][lang] for f in funders})
    cells["rows_of_funder"] = cells["funder_id"].map(counts)
    cells["unit"] = "rows"
    blank = cells["state"].eq("none").groupby([cells["funder_id"], cells["year"]]).all()
    without = undated(tables)
    every = empty_shares(funder_years(tables, list(counts.index), years))
    return ChartRecord(
        id=ID,
        demands=("S4", "E1", "E7"),
        data=cells[
            ["funder_id", *(f"funder_{lang}" for lang in LANGUAGES), "rows_of_funder", "year", "kind", "state", "unit", "rows", "row_ids"]
        ],
        values={
            "funders": len(funders),
            "others": len(counts) - len(funders),
            "least_rows": least_rows,
            "first_year": str(first_year),
            "last_year": str(today.year),
            "funder_years": len(funders) * len(years),
            "worst_share": float(shares[worst]),
            "worst": _words("kind_in_text", worst),
            "blank": int(blank.sum()),
            "blank_share": float(blank.mean()),
            "rows_shown": int(counts[funders].sum()),
            "rows_all": int(counts.sum()),
            "undated_awards": without["awards"],
            "undated_budgets": without["budgets"],
            **{f"empty_{kind}": float(shares[kind]) for kind in KINDS},
            "worst_all_funders": float(every[worst]),
        },
        claim="holes" if float(shares[worst]) > HALF else "mostly_known",
        data_date=today,
        sources=(),
        draw=draw,
        column_height_mm=105,
    )  # fmt: skip


def _words(key: str, kind: str) -> dict[str, str]:
    from analysis.language import texts

    return dict(texts(f"charts/{ID}")[f"{key}.{kind}"])  # type: ignore[arg-type]


def draw(canvas: Canvas) -> None:
    """Draw one panel for each kind of evidence: funders down, years across."""
    area, data = canvas.area, canvas.data
    side = 1.1 * canvas.size("small")
    samples = [(partial(_sample, canvas, state), canvas.text(f"label.{state}")) for state in STATES]
    taken = canvas.legend(samples, area.left, area.top, area.width, sample=(side, side))
    area = area.inset(top=taken + style.SPACE_2 * 1.5)
    shares = empty_shares(data)
    funders = list(dict.fromkeys(data["funder_id"]))
    named = dict(zip(data["funder_id"], data[f"funder_{canvas.lang}"], strict=True))
    names_width = min(canvas.widest(list(named.values()), "small"), 0.28 * area.width)
    names, rest = area.from_left(names_width, gap=style.SPACE_3)
    gap = style.SPACE_3 if canvas.is_wide else style.SPACE_2
    panels = rest.columns(len(KINDS), gap=gap)
    titles = {kind: canvas.text(f"label.kind.{kind}") for kind in KINDS}
    lines = max(len(canvas.wrap(t, panels[0].width, "small", "semibold")) for t in titles.values())
    head = (lines + 1) * canvas.line_height("small") + style.SPACE_2 + 1
    foot = canvas.axis_height()
    body = area.inset(top=head, bottom=foot)
    rows = body.rows(len(funders))
    for funder, row in zip(funders, rows, strict=True):
        words = "\n".join(canvas.wrap(named[funder], names.width, "small"))
        canvas.write(names.left, row.middle, words, role="small", valign="middle")
    worst = str(shares.idxmax())
    for kind, panel in zip(KINDS, panels, strict=True):
        loud = kind == worst
        canvas.write(panel.left, panel.top, titles[kind], role="small", weight="semibold", width=panel.width)  # fmt: skip
        y = body.top - style.SPACE_1 - 1
        share = canvas.text("label.empty", share=float(shares[kind]))
        canvas.write(panel.left, y, share, role="small", weight="semibold" if loud else "regular", colour=style.ACCENT if loud else style.QUIET, valign="baseline")  # fmt: skip
        _panel(canvas, data[data["kind"] == kind], funders, rows, panel, body.bottom)


def _panel(
    canvas: Canvas,
    cells: pd.DataFrame,
    funders: list[str],
    rows: list[Box],
    panel: Box,
    bottom: float,
) -> None:
    years = sorted(set(cells["year"]))
    columns = panel.columns(len(years))
    states = cells.set_index(["funder_id", "year"])["state"]
    for funder, row in zip(funders, rows, strict=True):
        for year, column in zip(years, columns, strict=True):
            space = 0.06 * column.width + 0.35
            tall = min(row.height * 0.78, column.width * 1.6)
            box = Box(column.left + space, row.middle - tall / 2, column.width - 2 * space, tall)
            _cell(canvas, box, str(states[funder, year]))
    size = CAP_HEIGHT * canvas.size("small")
    places: tuple[tuple[Box, int, Align], ...] = (
        (columns[0], years[0], "left"),
        (columns[len(years) // 2], years[len(years) // 2], "center"),
        (columns[-1], years[-1], "right"),
    )
    for column, year, align in places:
        x = {"left": column.left, "center": column.centre, "right": column.right}[align]
        canvas.write(
            x, bottom + style.SPACE_1 + size, str(year), role="small", colour=style.QUIET,
            align=align, valign="baseline",
        )  # fmt: skip


def _sample(canvas: Canvas, state: str, box: Box) -> None:
    _cell(canvas, box, state)


def _cell(canvas: Canvas, box: Box, state: str) -> None:
    """Draw one funder-year: solid known, half filled in part, an empty frame in the accent."""
    if state == "known":
        canvas.fill(box, style.SLATE)
        return
    canvas.fill(box, style.ACCENT if state == "none" else style.SLATE, "outlined", line=0.7)
    if state == "part":
        canvas.fill(Box(box.left, box.middle, box.width, box.height / 2), style.SLATE)
