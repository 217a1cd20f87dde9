"""Success rates of calls, against sums by hand and a second reading of the tables."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.calls import (
    brussels_rounds,
    published_parts,
    share_below,
    success_rates,
    unmet_demand,
    wilson_interval,
    without_each_funder,
)
from analysis.tables import load

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"


def rounds(rows: list[dict[str, object]]) -> pd.DataFrame:
    filled = []
    for number, row in enumerate(rows):
        full: dict[str, object] = {
            "call_id": f"c{number}", "programme_id": "p", "funder_id": "f", "subject": "Call",
            "scope": "Brussels-Capital Region", "year": 2020, "end_year": 2020, "exact": "yes",
            "fact_ids": f"F000{number}", "source_ids": "", "joined_because": "",
        }  # fmt: skip
        for role in ("submitted", "admissible", "selected"):
            value = row.pop(role, None)
            full |= {role: value, f"{role}_low": value, f"{role}_high": value}
        filled.append(full | row)
    return pd.DataFrame(filled)


def facts(kind: str = "exact") -> pd.DataFrame:
    return pd.DataFrame(
        [("F0000", "projects_submitted", kind, "F0000")],
        columns=["fact_id", "indicator", "value_kind", "member_ids"],
    )


def test_wilson_interval_as_in_the_literature() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score).
    for k, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        got = wilson_interval([k], [n])
        assert got[0][0] == pytest.approx(low, abs=5e-5)
        assert got[1][0] == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds_are_where_the_score_test_turns(case: tuple[int, int]) -> None:
    """Independent of the formula: at a bound, |p - bound| is z standard errors of the bound."""
    k, n = case
    low, high = (float(bound[0]) for bound in wilson_interval([k], [n]))
    assert 0 <= low <= k / n <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            error = math.sqrt(bound * (1 - bound) / n)
            assert abs(k / n - bound) / error == pytest.approx(1.959964, rel=1e-5)


def test_wilson_of_nothing_is_unknown_and_of_too_much_refused() -> None:
    low, high = wilson_interval([0, np.nan], [0, 10])
    assert np.isnan([low, high]).all()
    with pytest.raises(ValueError, match="more successes"):
        wilson_interval([3], [2])


def test_ranges_widen_the_rate() -> None:
    table = rounds([{"submitted": 200, "submitted_low": 160, "selected": 40, "selected_high": 50}])
    row = success_rates(table.assign(submitted_low=160, selected_high=50), facts()).iloc[0]
    assert (row["rate"], row["rate_low"], row["rate_high"]) == (0.2, 0.2, 50 / 160)
    assert row["wilson_low"] < 0.2
    assert row["wilson_high"] > 50 / 160


def test_rounds_with_one_figure_are_counted_not_rated() -> None:
    table = rounds([{"submitted": 10, "selected": 5}, {"submitted": 9}, {"selected": 4}, {"selected": 3}, {"admissible": 2}])  # fmt: skip
    assert published_parts(table) == {"both": 1, "submitted_only": 1, "selected_only": 2, "neither": 1}  # fmt: skip
    assert len(success_rates(table, facts())) == 1


def test_only_brussels_rounds_of_a_programme() -> None:
    towns = pd.DataFrame({"name_fr": ["Ixelles"], "name_nl": ["Elsene"]})
    table = rounds(
        [
            {"scope": "Brussels-Capital Region (canal area)"}, {"scope": "Ixelles"},
            {"scope": "Belgium"}, {"scope": "Brussels-Capital Region and Wallonia"},
            {"programme_id": ""},
        ]
    )  # fmt: skip
    assert brussels_rounds(table, towns)["call_id"].tolist() == ["c0", "c1"]


def test_unmet_demand_is_a_lower_bound() -> None:
    table = rounds([{"submitted": 50, "selected": 8}, {"submitted": 100, "selected": 20}])
    table.loc[1, ["submitted_low", "selected_high"]] = [90, 25]
    assert unmet_demand(success_rates(table, facts())) == (50 - 8) + (90 - 25)
    # The first round is only about fifty: no bound can rest on it.
    assert unmet_demand(success_rates(table, facts("approx"))) == 90 - 25


def test_share_below_takes_the_highest_rate_and_leaves_out_funders() -> None:
    table = rounds([{"submitted": 10, "selected": 4}, {"submitted": 10, "selected": 9, "funder_id": "g"}, {"submitted": 10, "selected": 4, "selected_high": 6}])  # fmt: skip
    table.loc[2, "selected_high"] = 6
    rates = success_rates(table, facts())
    assert share_below(rates) == pytest.approx(1 / 3)
    assert without_each_funder(rates) == (0.0, 0.5)


def test_rates_of_the_evidence_recomputed() -> None:
    tables = load(PROCESSED)
    got = success_rates(brussels_rounds(tables["calls"], tables["municipalities"]), tables["funding_facts"])  # fmt: skip
    with (PROCESSED / "calls.csv").open(encoding="utf-8", newline="") as handle:
        rows = {row["call_id"]: row for row in csv.DictReader(handle)}
    with (PROCESSED / "municipalities.csv").open(encoding="utf-8", newline="") as handle:
        towns = {row["name_fr"] for row in csv.DictReader(handle)}
    want = {
        key: int(row["selected"]) / int(row["submitted"])
        for key, row in rows.items()
        if row["submitted"] and row["selected"] and row["programme_id"]
        and (row["scope"].startswith("Brussels-Capital Region") or row["scope"].split(" (")[0] in towns)
    }  # fmt: skip
    assert dict(zip(got["call_id"], got["rate"], strict=True)) == pytest.approx(want)
    assert len(want) > 10
