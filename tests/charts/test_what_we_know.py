from __future__ import annotations

from evidence_charts import evidence, headline_faults

from analysis.charts.record import text_faults
from analysis.charts.what_we_know import what_we_know


def test_texts_are_whole() -> None:
    record = what_we_know(evidence())
    assert text_faults(record) == []
    assert headline_faults(record, ("holes", "mostly_known")) == []


def test_headline_turns_when_the_years_are_known() -> None:
    tables = evidence()
    assert what_we_know(tables).claim == "holes"
    # One funder and one year of which everything is known.
    awards = tables["awards"].copy()
    awards["funder_id"], awards["call_year"], awards["amount_eur"] = "innoviris", 2026, 1.0
    calls = tables["calls"].assign(funder_id="innoviris", year=2026)
    calls[["submitted", "selected"]] = 2
    facts = tables["funding_facts"].assign(funder_id="innoviris", period_start="2026", period_end="")  # fmt: skip
    programmes = tables["programmes"].assign(funder_id="innoviris")
    known = evidence(awards=awards, calls=calls, funding_facts=facts, programmes=programmes)
    turned = what_we_know(known, first_year=2026)
    assert turned.claim == "mostly_known"
    assert text_faults(turned) == []


def test_drawn_and_counted_funders_are_all_funders() -> None:
    tables = evidence()
    few, many = what_we_know(tables), what_we_know(tables, least_rows=1)
    assert few.values["funders"] + few.values["others"] == many.values["funders"]  # type: ignore[operator]
    assert "unverified" not in set(many.data["funder_id"])
