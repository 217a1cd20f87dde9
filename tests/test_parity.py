"""Parity ratios and location quotients, by hand and by another route."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.parity import location_quotients, parity_ratio

ELIGIBLE = pd.Series({"asbl-vzw": 80, "cooperative": 20})


def awards(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["organisation_id", "legal_form", "amount_eur"])


SAMPLE = awards(
    ("a", "asbl-vzw", 10.0), ("a", "asbl-vzw", 20.0), ("b", "asbl-vzw", 30.0),
    ("c", "cooperative", 30.0), ("d", "cooperative", 10.0), ("e", "cooperative", np.nan),
)  # fmt: skip


def test_parity_by_hand() -> None:
    table = parity_ratio(SAMPLE, ELIGIBLE).set_index("legal_form")
    # 60 of 100 EUR for 80 of 100 organisations; 40 of 100 EUR for 20 of 100.
    assert list(table["ratio"]) == pytest.approx([0.75, 2.0])
    assert table.loc["cooperative", "log2_ratio"] == 1
    assert list(table["funded"]) == [2, 3]
    assert list(table["without_amount"]) == [0, 1]
    assert list(table["share_funded"]) == [2 / 80, 3 / 20]
    assert list(table["eur_per_funded"]) == [30, 20]
    assert list(table["with_amount"]) == [2, 2]
    # EUR an eligible one is what each funded one gets, times the share that is funded.
    known = parity_ratio(SAMPLE.dropna(), ELIGIBLE)
    split = known["eur_per_funded"] * known["share_funded"]
    assert list(split) == pytest.approx(list(known["eur_per_eligible"])) == [0.75, 2.0]
    assert (table["low"] <= table["ratio"]).all()
    assert (table["ratio"] <= table["high"]).all()


def test_money_of_unknown_groups_opens_a_range() -> None:
    rows = pd.concat([SAMPLE, awards(("x", "unknown", 100.0))])
    table = parity_ratio(rows, ELIGIBLE).set_index("legal_form")
    assert list(table["ratio"]) == pytest.approx([0.75, 2.0])
    assert list(table["ratio_least"]) == pytest.approx([0.3 / 0.8, 0.2 / 0.2])
    assert list(table["ratio_most"]) == pytest.approx([0.8 / 0.8, 0.7 / 0.2])


def test_group_without_funding() -> None:
    eligible = pd.concat([ELIGIBLE, pd.Series({"university": 5})])
    row = parity_ratio(SAMPLE, eligible).set_index("legal_form").loc["university"]
    assert (row["funded"], row["ratio"]) == (0, 0)
    assert row["log2_ratio"] == -np.inf
    assert np.isnan(row[["low", "high", "eur_per_funded"]].astype(float)).all()
    nothing = parity_ratio(SAMPLE.assign(amount_eur=np.nan), ELIGIBLE)
    assert nothing["ratio"].isna().all()


def test_parity_refuses() -> None:
    for rows, eligible, words in (
        (SAMPLE, ELIGIBLE.drop("cooperative"), "number of eligible organisations for cooperative"),
        (SAMPLE, ELIGIBLE * 0, "at least one"),
        (SAMPLE.assign(amount_eur=-1.0), ELIGIBLE, "negative"),
        (SAMPLE.assign(organisation_id="a"), ELIGIBLE, "two groups"),
    ):
        with pytest.raises(ValueError, match=words):
            parity_ratio(rows, eligible)


MANY = st.lists(
    st.tuples(st.integers(0, 15), st.integers(1, 900)), min_size=2, max_size=25
).map(lambda rows: awards(*[(f"o{o}", ["asbl-vzw", "cooperative"][o % 2], float(x)) for o, x in rows]))  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(MANY, st.integers(2, 50))
def test_parity_properties(rows: pd.DataFrame, factor: int) -> None:
    table = parity_ratio(rows, ELIGIBLE, draws=50)
    # Ratios weighted with the shares of the eligible add up to one.
    assert (table["ratio"] * table["eligible_share"]).sum() == pytest.approx(1)
    scaled = rows.assign(amount_eur=rows["amount_eur"] * factor)
    again = parity_ratio(scaled, ELIGIBLE * factor, draws=50)
    assert list(again["ratio"]) == pytest.approx(list(table["ratio"]))
    shuffled = parity_ratio(rows.sample(frac=1, random_state=2), ELIGIBLE, draws=50)
    pd.testing.assert_frame_equal(shuffled, table)
    # In proportion to the eligible every group is at parity.
    even = pd.concat(
        [awards(("p", "asbl-vzw", 80.0 * factor)), awards(("q", "cooperative", 20.0 * factor))]
    )
    assert list(parity_ratio(even, ELIGIBLE, draws=50)["ratio"]) == pytest.approx([1, 1])


def test_location_quotient_by_hand() -> None:
    rows = pd.DataFrame(
        [
            ("a", "Forest", "health", 30.0), ("b", "Forest", "health", 10.0),
            ("c", "Forest", "culture", 10.0), ("d", "Jette", "health", 20.0),
            ("e", "Jette", "culture", 30.0), ("f", "", "culture", 99.0),
        ],
        columns=["organisation_id", "municipality", "domain", "amount_eur"],
    )  # fmt: skip
    table = location_quotients(rows, draws=300).set_index(["municipality", "domain"])
    # Health: 40 of 50 in Forest, 60 of 100 in all.
    assert table.loc[("Forest", "health"), "quotient"] == pytest.approx(0.8 / 0.6)
    assert table.loc[("Jette", "culture"), "quotient"] == pytest.approx(0.6 / 0.4)
    assert table.loc[("Forest", "health"), "organisations"] == 2
    assert np.isnan(table.loc[("Jette", "culture"), "low"])
    assert location_quotients(rows.assign(domain=""), draws=10).empty
    with pytest.raises(ValueError, match="negative"):
        location_quotients(rows.assign(amount_eur=-1.0))


def test_quotient_interval_draws_whole_organisations() -> None:
    # One organisation with many rows is one unit: no interval, however many rows.
    rows = pd.DataFrame(
        {
            "organisation_id": ["one"] * 10 + ["two"],
            "municipality": "Forest",
            "domain": ["health"] * 10 + ["culture"],
            "amount_eur": 5.0,
        }
    )
    table = location_quotients(rows, draws=50)
    assert list(table["organisations"]) == [1, 1]
    assert table["low"].isna().all()
    # In the only area everything is as everywhere.
    assert list(table["quotient"]) == [1, 1]
