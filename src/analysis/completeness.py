"""What the evidence knows, funder by funder and year by year: the holes come first.

A cell without evidence is no cell without funding: nothing about it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.awards import UNVERIFIED, counted_awards
from analysis.tables import Tables, as_of

KINDS = ("programme", "call", "budget", "award", "amount")
STATES = ("known", "part", "none")
BUDGETS = ("budget", "budget_yearly", "budget_part", "budget_eu_share")


def rows_per_funder(tables: Tables) -> pd.Series:
    """Count the rows of the evidence on each funder: programmes, awards that count, and figures.

    Returns:
        Counts by funder_id, most first; the grantor to be verified is no funder and left out.
    """
    lists = [
        tables["programmes"]["funder_id"],
        counted_awards(tables["awards"])["funder_id"],
        tables["funding_facts"]["funder_id"],
    ]
    funders = pd.concat(lists)
    funders = funders[~funders.isin(["", UNVERIFIED])]
    counts: pd.Series = funders.value_counts().rename("rows").sort_index()
    return counts.sort_values(ascending=False, kind="stable")


def funder_years(tables: Tables, funders: Sequence[str], years: Iterable[int]) -> pd.DataFrame:
    """Say for each funder, year and kind of evidence whether anything is known.

    Kinds and when they count as *known*, or known in *part*:

    - ``programme``: a programme was open on a day of the year (rules of
      ``docs/gap-map-protocol.md``); never in part.
    - ``call``: a round of that year states both what was submitted and what was selected; in
      part: only one of the two.
    - ``budget``: a budget in EUR for that year, of any phase; in part: only for several years
      together.
    - ``award``: an award with that call year (else that first year) is known; never in part.
    - ``amount``: every one of those awards states an amount; in part: some do.

    Args:
        tables: Checked tables.
        funders: Funder ids, in order.
        years: Years, in order.

    Returns:
        One row for each funder, year and kind: funder_id, year, kind, state (known, part, none:
        nothing found), rows (count behind it), row_ids.
    """
    years = list(years)
    found = pd.concat(
        [_programmes(tables), _calls(tables), _budgets(tables), _awards(tables)],
        ignore_index=True,
    )
    found = found[found["funder_id"].isin(funders) & found["year"].isin(years)]
    cells = (
        found.groupby(["funder_id", "year", "kind"])
        .agg(
            best=("full", "max"),
            worst=("full", "min"),
            rows=("row_id", "nunique"),
            row_ids=("row_id", lambda ids: ";".join(sorted(set(ids)))),
        )
        .reset_index()
    )
    # One full figure makes a year known; of amounts only all of them do.
    full = cells["best"].where(cells["kind"] != "amount", cells["worst"])
    cells["state"] = full.map({True: "known", False: "part"})
    grid = pd.MultiIndex.from_product(
        [list(funders), years, KINDS], names=["funder_id", "year", "kind"]
    )
    table = cells.set_index(["funder_id", "year", "kind"]).reindex(grid).reset_index()
    table["state"] = table["state"].fillna("none")
    table["rows"] = table["rows"].fillna(0).astype(int)
    table["row_ids"] = table["row_ids"].fillna("")
    return table[["funder_id", "year", "kind", "state", "rows", "row_ids"]]


def _spread(rows: pd.DataFrame, first: pd.Series, last: pd.Series) -> pd.DataFrame:
    """Repeat each row for every year from first to last."""
    spans = [list(range(a, b + 1)) for a, b in zip(first, last, strict=True)]
    return rows.assign(year=pd.Series(spans, index=rows.index, dtype=object)).explode("year")


def _shape(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    rows = rows.assign(kind=kind, year=pd.to_numeric(rows["year"]).astype(int))
    return rows[["funder_id", "year", "kind", "full", "row_id"]]


def _programmes(tables: Tables) -> pd.DataFrame:
    status = tables["programme_status"]
    rows = status[status["state"].eq("open") & status["start"].ne("")].copy()
    rows["funder_id"] = rows["programme_id"].map(
        tables["programmes"].set_index("programme_id")["funder_id"]
    )
    today = as_of(tables).isoformat()
    end = rows["end"].where(rows["end"].ne("") & (rows["end"] <= today), today)
    rows = rows.assign(end=end)[rows["start"] <= today]
    rows = _spread(rows, rows["start"].str[:4].astype(int), rows["end"].str[:4].astype(int))
    return _shape(rows.assign(full=True, row_id=rows["programme_id"]), "programme")


def _calls(tables: Tables) -> pd.DataFrame:
    rows = tables["calls"]
    rows = rows[rows["submitted"].notna() | rows["selected"].notna()]
    full = rows["submitted"].notna() & rows["selected"].notna()
    rows = rows.assign(full=full, row_id=rows["call_id"])
    # A round counts for the year in which it began: its closing is no second round.
    return _shape(rows, "call")


def _budgets(tables: Tables) -> pd.DataFrame:
    rows = tables["funding_facts"]
    rows = rows[rows["indicator"].isin(BUDGETS) & rows["unit"].eq("EUR")]
    rows = rows[rows["period_start"].ne("") & rows["funder_id"].ne("")]
    end = rows["period_end"].where(rows["period_end"].ne(""), rows["period_start"])
    first, last = rows["period_start"].str[:4].astype(int), end.str[:4].astype(int)
    rows = rows.assign(full=first.eq(last), row_id=rows["fact_id"])
    return _shape(_spread(rows, first, last), "budget")


def _awards(tables: Tables) -> pd.DataFrame:
    rows = counted_awards(tables["awards"])
    began = pd.to_numeric(rows["start"].str[:4], errors="coerce")
    rows = rows.assign(year=rows["call_year"].astype("Float64").fillna(began), row_id=rows["award_id"])  # fmt: skip
    rows = rows[rows["year"].notna()]
    known = rows["amount_eur"].notna()
    awards = _shape(rows.assign(full=True), "award")
    # An award without an amount keeps the year's amounts from being all known, no more.
    some = known.groupby([rows["funder_id"], rows["year"]]).transform("any")
    amounts = _shape(rows.assign(full=known)[some], "amount")
    return pd.concat([awards, amounts], ignore_index=True)


def empty_shares(cells: pd.DataFrame) -> pd.Series:
    """Return the share of funder-years in which nothing was found, by kind (0-1).

    Args:
        cells: See :func:`funder_years`.
    """
    shares = cells["state"].eq("none").groupby(cells["kind"]).mean()
    return shares.reindex(list(KINDS)).rename("share_empty")


def undated(tables: Tables) -> dict[str, int]:
    """Count rows that no year can be given to: ``awards``, ``budgets``."""
    awards = counted_awards(tables["awards"])
    facts = tables["funding_facts"]
    budgets = facts[facts["indicator"].isin(BUDGETS) & facts["unit"].eq("EUR")]
    return {
        "awards": int((awards["call_year"].isna() & awards["start"].eq("")).sum()),
        "budgets": int(budgets["period_start"].eq("").sum()),
    }
