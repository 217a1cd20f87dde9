"""Completeness of the evidence, against a frame worked by hand and a second reading."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd

from analysis.completeness import (
    KINDS,
    empty_shares,
    funder_years,
    rows_per_funder,
    undated,
)
from analysis.tables import as_of, load

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"

SMALL = {
    "edition": pd.DataFrame({"as_of": ["2021-06-01"], "version": ["0"]}),
    "programmes": pd.DataFrame({"programme_id": ["p"], "funder_id": ["a"]}),
    "programme_status": pd.DataFrame(
        [
            ("p", "not_started", "", "2019-12-31"),
            ("p", "open", "2020-01-01", ""),
        ],
        columns=["programme_id", "state", "start", "end"],
    ),
    "calls": pd.DataFrame(
        [("c1", "a", 2020, 10.0, 5.0), ("c2", "a", 2021, None, 5.0), ("c3", "a", 2019, None, None)],
        columns=["call_id", "funder_id", "year", "submitted", "selected"],
    ),
    "funding_facts": pd.DataFrame(
        [
            ("F1", "a", "budget", "EUR", "2019", "2021"),
            ("F2", "a", "budget", "EUR", "2020", ""),
            ("F3", "a", "budget", "EUR", "", ""),
            ("F4", "a", "budget_share", "percent", "2021", ""),
            ("F5", "", "budget", "EUR", "2021", ""),
        ],
        columns=["fact_id", "funder_id", "indicator", "unit", "period_start", "period_end"],
    ),
    "awards": pd.DataFrame(
        [
            ("A1", "a", "yes", 2020, "", 5.0),
            ("A2", "a", "yes", 2020, "", None),
            ("A3", "a", "yes", None, "2021-03", 5.0),
            ("A4", "a", "yes", None, "", 5.0),
            ("A5", "a", "no", 2019, "", 5.0),
            ("A6", "unverified", "yes", 2019, "", 5.0),
        ],
        columns=["award_id", "funder_id", "counted", "call_year", "start", "amount_eur"],
    ).astype({"call_year": "Int64"}),
}


def test_states_by_hand() -> None:
    cells = funder_years(SMALL, ["a"], range(2019, 2023))
    got = {kind: list(rows["state"]) for kind, rows in cells.groupby("kind")}
    assert got == {
        "programme": ["none", "known", "known", "none"],  # 2022 lies after the evidence
        "call": ["none", "known", "part", "none"],
        "budget": ["part", "known", "part", "none"],
        "award": ["none", "known", "known", "none"],
        "amount": ["none", "part", "known", "none"],
    }
    assert empty_shares(cells).to_dict() == dict.fromkeys(KINDS, 0.5) | {"budget": 0.25}
    assert undated(SMALL) == {"awards": 1, "budgets": 1}


def test_rows_behind_a_cell_are_named() -> None:
    cells = funder_years(SMALL, ["a"], [2020]).set_index("kind")
    assert cells.loc["award", "row_ids"] == "A1;A2"
    assert cells.loc["budget", "row_ids"] == "F1;F2"
    assert cells.loc["award", "rows"] == 2


def test_rows_per_funder_leave_out_the_unverified_and_the_nameless() -> None:
    # One programme, four awards that count, four figures.
    assert rows_per_funder(SMALL).to_dict() == {"a": 9}


def test_awards_and_calls_of_the_evidence_recounted() -> None:
    tables = load(PROCESSED)
    funders = list(rows_per_funder(tables).index)
    years = range(2000, as_of(tables).year + 1)
    cells = funder_years(tables, funders, years).set_index(["funder_id", "year", "kind"])["state"]
    awards: dict[tuple[str, int], list[bool]] = defaultdict(list)
    with (PROCESSED / "awards.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            year = row["call_year"] or row["start"][:4]
            if row["counted"] == "yes" and year and row["funder_id"] != "unverified":
                awards[row["funder_id"], int(year)].append(row["amount_eur"] != "")
    for (funder, year), known in awards.items():
        if year in years:
            want = "known" if all(known) else "part" if any(known) else "none"
            assert cells[funder, year, "amount"] == want
            assert cells[funder, year, "award"] == "known"
    seen = {key for key in awards if key[1] in years}
    assert int(cells.xs("award", level="kind").eq("known").sum()) == len(seen)
    with (PROCESSED / "calls.csv").open(encoding="utf-8", newline="") as handle:
        full = {(r["funder_id"], int(r["year"])) for r in csv.DictReader(handle) if r["submitted"] and r["selected"]}  # fmt: skip
    assert int(cells.xs("call", level="kind").eq("known").sum()) == len(full)
