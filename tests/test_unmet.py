"""Known unmet demand, phases of money and rhythm of calls."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from analysis import unmet
from analysis.calls import brussels_rounds, success_rates, unmet_demand
from analysis.errors import InputError
from analysis.tables import load
from analysis.unmet import call_frequency, phase_shares, unmet_amounts, unmet_projects

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"


@pytest.fixture(scope="module")
def evidence() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


@pytest.fixture
def no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unmet, "_declared_pairs", dict)


def rate(**values: object) -> dict[str, object]:
    return {
        "call_id": "c", "programme_id": "p", "funder_id": "f", "year": 2020,
        "submitted_low": 10, "submitted_high": 12, "selected_low": 3, "selected_high": 4,
        "submitted_kind": "exact", "selected_kind": "exact", "fact_ids": "F1", **values,
    }  # fmt: skip


def fact(**values: object) -> dict[str, object]:
    value = values.get("value", 100.0)
    return {
        "fact_id": "F1", "programme_id": "p", "programme": "Call", "funder_id": "f",
        "scope": "Brussels-Capital Region", "indicator": "budget", "unit": "EUR",
        "period_start": "2020", "period_end": "2020", "phase": "", "value_kind": "exact",
        "value": value, "low": value, "high": value, **values,
    }  # fmt: skip


def test_unmet_projects_keeps_to_what_is_proven() -> None:
    kinds = [
        ("exact", "exact", "yes"), ("at_least", "at_most", "yes"), ("at_least", "at_least", "no"),
        ("approx", "exact", "no"), ("at_most", "exact", "no"),
    ]  # fmt: skip
    rates = pd.DataFrame(
        [rate(call_id=f"c{n}", submitted_kind=a, selected_kind=b) for n, (a, b, _) in enumerate(kinds)]
    )  # fmt: skip
    table = unmet_projects(rates)
    assert list(table["proven"]) == [proven for *_, proven in kinds]
    assert set(table["unmet_low"]) == {6}
    assert set(table["unmet_high"]) == {9}
    # Ranges that meet leave nothing proven, never less than nothing.
    assert unmet_projects(pd.DataFrame([rate(selected_high=11)]))["unmet_low"].item() == 0


def test_unmet_projects_of_the_evidence(evidence: dict[str, pd.DataFrame]) -> None:
    rounds = brussels_rounds(evidence["calls"], evidence["municipalities"])
    rates = success_rates(rounds, evidence["funding_facts"])
    table = unmet_projects(rates)
    assert len(table) == len(rates) > 0
    exact = rates["submitted_kind"].eq("exact") & rates["selected_kind"].eq("exact")
    by_call = table.set_index("call_id")["unmet_low"]
    assert by_call[rates.loc[exact, "call_id"]].sum() == unmet_demand(rates)


@pytest.mark.usefixtures("no_pairs")
def test_unmet_amount_takes_one_phase_and_the_narrowest_difference() -> None:
    facts = pd.DataFrame(
        [
            fact(fact_id="F1", indicator="amount_requested", value=1000.0, low=900.0),
            fact(fact_id="F2", phase="paid", value=100.0),
            fact(fact_id="F3", phase="awarded", value=250.0, high=300.0),
            fact(fact_id="F4", phase="announced", value=999.0),
            fact(fact_id="F5", phase="awarded", value=1.0, scope="Belgium"),
            fact(fact_id="F6", phase="awarded", value=1.0, period_end="2021"),
        ]
    )
    row = unmet_amounts(facts)
    assert list(row["given_fact"]) == ["F3"]
    assert tuple(row[["unmet_low", "unmet_high"]].iloc[0]) == (600, 750)
    assert row["proven"].item() == "yes"
    without_award = unmet_amounts(facts[facts["fact_id"] != "F3"])
    assert list(without_award["given_fact"]) == ["F2"]
    # What was paid that year may be a part of what was awarded.
    assert without_award["proven"].item() == "no"
    assert unmet_amounts(facts.assign(programme_id="")).empty
    assert unmet_amounts(facts.assign(value_kind="approx"))["proven"].item() == "no"


def test_declared_pair_that_is_gone_is_named(evidence: dict[str, pd.DataFrame]) -> None:
    facts = evidence["funding_facts"]
    pairs = unmet._declared_pairs()
    assert pairs
    gone = next(iter(pairs))
    with pytest.raises(InputError) as error:
        unmet_amounts(facts[facts["fact_id"] != gone])
    assert gone in str(error.value)


def test_rules_of_pairs_are_well_formed(evidence: dict[str, pd.DataFrame]) -> None:
    with (unmet.RULES / unmet.PAIRS_FILE).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, strict=True))
    known = set(evidence["funding_facts"]["fact_id"])
    assert list(rows[0]) == ["requested_fact", "given_fact", "reason"]
    for row in rows:
        assert {row["requested_fact"], row["given_fact"]} <= known
        assert row["reason"]
    asked = [row["requested_fact"] for row in rows]
    assert len(set(asked)) == len(asked)


def test_unmet_amounts_of_the_evidence_by_another_route(evidence: dict[str, pd.DataFrame]) -> None:
    with (PROCESSED / "funding_facts.csv").open(encoding="utf-8", newline="") as handle:
        facts = {row["fact_id"]: row for row in csv.DictReader(handle)}
    table = unmet_amounts(evidence["funding_facts"])
    assert len(table) > 0
    for row in table.to_dict("records"):
        asked, given = facts[row["requested_fact"]], facts[row["given_fact"]]
        assert asked["indicator"] == "amount_requested"
        assert asked["programme_id"] == given["programme_id"]
        assert row["unmet_low"] == float(asked["low"]) - float(given["high"])
        assert (asked["period_start"] == given["period_start"]) == (row["joined_because"] == "")


def test_phase_shares_compare_and_never_add() -> None:
    facts = pd.DataFrame(
        [
            fact(fact_id="F1", phase="announced", value=200.0, high=250.0),
            fact(fact_id="F2", phase="committed", value=100.0, low=90.0),
            fact(fact_id="F3", phase="awarded", value=150.0, value_kind="approx"),
            fact(fact_id="F4", phase="awarded", value=9.0, scope="Belgium"),
            fact(fact_id="F5", phase="cumulative", value=9.0),
            fact(fact_id="F6", phase="awarded", value=9.0, indicator="budget_part"),
            fact(fact_id="F7", phase="awarded", value=9.0, programme="Another subject"),
        ]
    )
    table = phase_shares(facts).set_index("given_fact")
    assert list(table["share"]) == [0.5, 0.75]
    assert table.loc["F2", "share_low"] == 90 / 250
    assert table.loc["F2", "share_high"] == 0.5
    assert table["exact"].to_dict() == {"F2": "yes", "F3": "no"}
    assert phase_shares(facts, given=["paid"]).empty
    assert phase_shares(facts.assign(period_start="")).empty


def frequency_tables() -> dict[str, pd.DataFrame]:
    programmes = pd.DataFrame(
        [
            ("scheme", "scheme", "scheme", "f"), ("call-2020", "scheme", "call", "f"),
            ("other", "other", "call", "f"), ("quiet", "quiet", "scheme", "g"),
        ],
        columns=["programme_id", "family_id", "kind", "funder_id"],
    )  # fmt: skip
    calls = pd.DataFrame(
        [
            # The same round twice over: under the scheme and as a programme of its own.
            ("scheme@2020", "scheme", "f", 2020), ("scheme@2020-2", "scheme", "f", 2020),
            ("scheme@2021", "scheme", "f", 2021), ("all@2021", "", "f", 2021),
        ],
        columns=["call_id", "programme_id", "funder_id", "year"],
    )  # fmt: skip
    status = pd.DataFrame(
        [
            ("call-2020", "open", "2020-02-01"), ("other", "open", "2020-05-01"),
            ("other", "open", "2021-01-01"), ("scheme", "open", "2019-01-01"),
            ("call-2020", "closed", "2021-01-01"),
        ],
        columns=["programme_id", "state", "start"],
    )  # fmt: skip
    facts = pd.DataFrame(
        [
            fact(fact_id="F1", indicator="calls_open", value=3.0, period_start="2021", period_end="2021", programme_id=""),
            fact(fact_id="F2", indicator="calls_open", value=8.0, programme_id="scheme"),
            fact(fact_id="F3", indicator="calls_open", value=0.0, programme_id="quiet", funder_id="g"),
            fact(fact_id="F4", indicator="calls_open", value=0.0, programme_id="", funder_id="g", period_start="2022", period_end="2022"),
            fact(fact_id="F5", indicator="calls_open", value=9.0, programme_id="", period_start="2018", period_end="2021"),
            fact(fact_id="F6", indicator="calls_open", value=9.0, programme_id="", value_kind="approx"),
        ]
    )  # fmt: skip
    return {"programmes": programmes, "calls": calls, "programme_status": status, "funding_facts": facts}  # fmt: skip


def test_call_frequency_counts_no_call_twice_and_invents_no_zero() -> None:
    table = call_frequency(frequency_tables(), ["f", "g"], [2019, 2020, 2021, 2022])
    cells = {(row["funder_id"], row["year"]): row for row in table.to_dict("records")}
    # 2020: one call of the scheme's family and the other one; eight are stated for a part.
    assert (cells["f", 2020]["known"], cells["f", 2020]["part_stated"]) == (2, 8)
    assert cells["f", 2020]["calls_low"] == 8
    assert cells["f", 2020]["state"] == "known"
    # 2021: a stated total of all; the funder's own total round is no call.
    assert (cells["f", 2021]["known"], cells["f", 2021]["published"]) == (1, 3)
    assert cells["f", 2021]["state"] == "published"
    assert cells["f", 2021]["row_ids"] == "F1;scheme@2021"
    # Nothing found is no zero; a zero for one programme is none for the funder; a stated one is.
    for empty in (("f", 2019), ("g", 2020), ("f", 2022)):
        assert cells[empty]["state"] == "none_found"
        assert pd.isna(cells[empty]["calls_low"])
        assert cells[empty]["row_ids"] == ""
    assert cells["g", 2022]["calls_low"] == 0
    assert cells["g", 2022]["state"] == "published"


def test_call_frequency_of_the_evidence(evidence: dict[str, pd.DataFrame]) -> None:
    funders = sorted(evidence["funders"]["funder_id"])
    table = call_frequency(evidence, funders, range(2013, 2027))
    assert len(table) == len(funders) * 14
    # Another route to a floor: the different families with a round in the calls table.
    family = evidence["programmes"].set_index("programme_id")["family_id"].to_dict()
    rounds: dict[tuple[str, int], set[str]] = defaultdict(set)
    with (PROCESSED / "calls.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["programme_id"] and row["funder_id"]:
                rounds[row["funder_id"], int(row["year"])].add(family[row["programme_id"]])
    found = table.set_index(["funder_id", "year"])["calls_low"]
    for key, families in rounds.items():
        if key[1] >= 2013:
            assert found[key] >= len(families)
