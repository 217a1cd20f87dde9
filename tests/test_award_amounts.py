"""Which known awards state an amount, against a table small enough to count by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.awards import share_without_amount, share_without_each_funder, stated_amounts

AWARDS = pd.DataFrame(
    [
        ("yes", "a", "asbl-vzw", "food", 100.0, "granted"),
        ("yes", "a", "asbl-vzw", "", None, ""),
        ("yes", "a", "unknown", "food", None, ""),
        ("yes", "b", "unknown", "food", 50.0, ""),
        ("no", "b", "unknown", "food", 70.0, "granted"),
    ],
    columns=["counted", "funder_id", "legal_form", "domain", "amount_eur", "amount_kind"],
).assign(award_id=["A1", "A2", "A3", "A4", "A5"])


def test_counts_by_hand() -> None:
    table = stated_amounts(AWARDS).set_index(["dimension", "value"])
    assert table.loc[("all", "all"), ["awards", "with_amount"]].tolist() == [4, 2]
    assert table.loc[("funder_id", "a"), ["awards", "with_amount", "granted"]].tolist() == [3, 1, 1]
    assert table.loc[("funder_id", "b"), ["awards", "with_amount", "kind_not_stated"]].tolist() == [1, 1, 1]  # fmt: skip
    assert table.loc[("domain", "not_stated"), "with_amount"] == 0
    assert table.loc[("domain", "food"), "award_ids"] == "A1;A3;A4"
    assert table.loc[("legal_form", "unknown"), "share_with_amount"] == pytest.approx(0.5)


def test_share_without_and_with_each_funder_left_out() -> None:
    assert share_without_amount(AWARDS) == pytest.approx(0.5)
    # Without a only b's award with an amount stays; without b two of three have none.
    assert share_without_each_funder(AWARDS) == pytest.approx((0.0, 2 / 3))
