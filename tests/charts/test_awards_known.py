from __future__ import annotations

import csv

from evidence_charts import PROCESSED, evidence, headline_faults

from analysis.charts.awards_known import awards_known
from analysis.charts.record import text_faults


def test_texts_are_whole() -> None:
    record = awards_known(evidence())
    assert text_faults(record) == []
    assert headline_faults(record, ("mostly_without", "mostly_with")) == []


def test_headline_turns_when_amounts_come_in() -> None:
    awards = evidence()["awards"].copy()
    assert awards_known(evidence()).claim == "mostly_without"
    awards["amount_eur"] = awards["amount_eur"].fillna(1000.0)
    turned = awards_known(evidence(awards=awards))
    assert turned.claim == "mostly_with"
    assert text_faults(turned) == []


def test_every_block_holds_every_award_once() -> None:
    record = awards_known(evidence())
    with (PROCESSED / "awards.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["counted"] == "yes"]
    for _, block in record.data.groupby("dimension"):
        assert block["awards"].sum() == len(rows)
        ids = ";".join(block["award_ids"]).split(";")
        assert sorted(ids) == sorted(row["award_id"] for row in rows)
        assert block["with_amount"].sum() == sum(row["amount_eur"] != "" for row in rows)


def test_unverified_and_unknown_have_a_bar_of_their_own() -> None:
    data = awards_known(evidence()).data.set_index(["dimension", "value"])
    assert data.loc[("funder_id", "unverified"), "awards"] == 2
    assert ("legal_form", "unknown") in data.index
    assert ("domain", "not_stated") in data.index
    order = list(data.loc["funder_id"].index)
    assert order.index("unverified") == len(order) - 1


def test_no_person_and_no_sum_of_unlike_amounts() -> None:
    data = awards_known(evidence()).data
    assert not [column for column in data if "eur" in column or "beneficiary" in column]
    kinds = data[["granted", "prize", "eu_share", "total_project_cost", "kind_not_stated"]]
    assert (kinds.sum(axis=1) == data["with_amount"]).all()
