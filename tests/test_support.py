"""What funders support and which progress is on record: invented programmes, worked by hand."""

from __future__ import annotations

import pandas as pd
from small_tables import AS_OF, sign, tables

from analysis import support

EMPTY_AWARDS = pd.DataFrame(columns=["award_id", "funder_id", "project", "call_year", "start"], dtype=str)  # fmt: skip
EMPTY_FACTS = pd.DataFrame(columns=["fact_id", "funder_id", "programme", "period_start", "period_end"], dtype=str)  # fmt: skip
RULES = pd.DataFrame(
    [["journey", "", "invented journey", "invented strategy"], ["own", "f2", "^Track$", ""]],
    columns=["point", "funder_id", "pattern", "frame_pattern"],
)


def small() -> dict[str, pd.DataFrame]:
    asbl = {"forms": {"asbl_vzw": "yes"}}
    programmes = [
        {"id": "one", "funder_id": "f1", "stages": {"advice": "yes", "scaling": "unknown"}, **asbl},
        {"id": "one-2022", "family_id": "one", "kind": "call", "funder_id": "f1", **asbl},
        {"id": "two", "funder_id": "f2", "first_year": "2015", "stages": {"research": "yes"}, "forms": {"company": "yes"}, "name_fr": "Track"},
        {"id": "three", "funder_id": "f1", "name_en": "Invented Strategy 2030", "kind": "strategy", "first_year": "2022"},
        {"id": "four", "funder_id": "f3", "name_fr": "Track"},
    ]  # fmt: skip
    found = tables(programmes, [sign("one", "2019-04-01"), sign("two", "2018-01-01")])
    return {**found, "awards": EMPTY_AWARDS, "funding_facts": EMPTY_FACTS}


def test_rounds_and_strategies_have_no_row_and_the_first_sign_is_the_stated_year() -> None:
    found = support.programmes_of(small(), ["f2", "f1"], AS_OF)
    assert list(found["programme_id"]) == ["two", "one"]
    assert list(found["first_sign"]) == ["2015", "2019"]
    assert found.loc[1, "stage_scaling"] == "unknown"


def test_a_stage_is_reached_when_stage_and_form_are_both_yes() -> None:
    found = support.programmes_of(small(), ["f1", "f2"], AS_OF)
    assert support.stages_reached(found, "asbl_vzw") == {"advice"}
    assert support.stages_reached(found, "company") == {"research"}
    assert support.stages_reached(found, "asbl_vzw", ["open"]) == set()


def test_progress_is_found_by_name_and_funder_and_otherwise_not() -> None:
    points = support.progress_points(small(), RULES).set_index("point")
    assert points.loc["own", ["found", "row_ids", "first_sign"]].tolist() == ["yes", "two", "2015"]
    assert points.loc["journey", ["found", "frame_ids", "frame_year"]].tolist() == ["no", "three", "2022"]  # fmt: skip


def test_an_awarded_project_or_a_figure_is_found_too() -> None:
    awards = pd.DataFrame([["A0001", "f1", "An invented journey", "", "2021-03"]], columns=EMPTY_AWARDS.columns)  # fmt: skip
    facts = pd.DataFrame([["F0001", "f1", "Invented Journey: projects", "", "2020-12"]], columns=EMPTY_FACTS.columns)  # fmt: skip
    points = support.progress_points({**small(), "awards": awards, "funding_facts": facts}, RULES)
    row = points.set_index("point").loc["journey"]
    assert (row["found"], row["row_ids"], row["first_sign"]) == ("yes", "A0001;F0001", "2020")
