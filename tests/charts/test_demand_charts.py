"""Charts of the demands: texts, numbers by another route, and headlines that follow the numbers."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from functools import cache

import pytest
from evidence_charts import PROCESSED, evidence

from analysis.charts import instruments_open
from analysis.charts.announced_and_given import announced_and_given
from analysis.charts.association_against_company import association_against_company
from analysis.charts.calls_per_funder_and_year import calls_per_funder_and_year
from analysis.charts.chain_from_start_to_scale import chain_from_start_to_scale
from analysis.charts.clauses_published import clauses_published
from analysis.charts.coding_quality import coding_quality
from analysis.charts.index import read_index
from analysis.charts.project_leaders import project_leaders
from analysis.charts.record import ChartRecord, text_faults
from analysis.charts.rules_read import business_aid_by_legal_form, what_rules_say
from analysis.charts.support_over_the_years import support_over_the_years
from analysis.charts.unmet_demand import unmet_demand
from analysis.charts.verdicts import verdicts
from analysis.charts.verdicts_under_other_readings import READINGS, verdicts_under_other_readings
from analysis.demands.records import demands
from analysis.language import LANGUAGES
from analysis.project import Project

Build = Callable[..., ChartRecord]
OPEN_CHARTS: tuple[Build, ...] = (
    instruments_open.start_without_accreditation,
    instruments_open.several_years_by_authority,
    instruments_open.collaboration_instruments,
    instruments_open.advice_offer,
    instruments_open.research_programmes,
    instruments_open.impact_money,
    instruments_open.spreading_and_scaling,
)
CHARTS: tuple[Build, ...] = (
    *OPEN_CHARTS,
    verdicts,
    verdicts_under_other_readings,
    support_over_the_years,
    association_against_company,
    chain_from_start_to_scale,
    what_rules_say,
    business_aid_by_legal_form,
    unmet_demand,
    calls_per_funder_and_year,
    announced_and_given,
    clauses_published,
    project_leaders,
    coding_quality,
)


@cache
def record_of(build: Build) -> ChartRecord:
    return build(evidence())


def raw(name: str) -> list[dict[str, str]]:
    with (PROCESSED / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("build", CHARTS)
def test_texts_can_be_published(build: Build) -> None:
    assert text_faults(record_of(build)) == []


@pytest.mark.parametrize("build", CHARTS)
def test_every_headline_can_be_filled(build: Build) -> None:
    record = record_of(build)
    headlines = [key for key in record.texts if key.startswith("headline.")]
    assert len(headlines) >= 2
    for key in headlines:
        for lang in LANGUAGES:
            assert "{" not in record.text(key, lang)


def test_demands_and_charts_name_each_other(project: Project) -> None:
    # The index is that of the records: see test_committed_charts.
    index = read_index(project.reports)
    for demand in demands():
        for chart in demand.charts:
            assert demand.id in index[chart]["demands"], (demand.id, chart)


def test_every_demand_has_a_chart_of_its_own() -> None:
    new = {record_of(build).id for build in CHARTS}
    without = [demand.id for demand in demands() if not set(demand.charts) & new]
    # On BISSIB itself the record says nothing that could be drawn.
    assert without == ["E3"]


# Instruments known and possibly open


def open_families(day: dt.date, stage: str, forms: list[str]) -> tuple[set[str], set[str]]:
    """Count again, from the files: families known to be open, and those that could be."""
    yes: dict[str, dict[str, str]] = {}
    for row in raw("programme_stages"):
        if row["stage"] == stage:
            yes.setdefault(row["programme_id"], {})["stage"] = row["supports"]
    for row in raw("programme_legal_forms"):
        if row["legal_form"] in forms:
            yes.setdefault(row["programme_id"], {})[row["legal_form"]] = row["open_to"]
    states = {
        row["programme_id"]: row["state"]
        for row in raw("programme_status")
        if row["start"] <= day.isoformat() and (row["end"] >= day.isoformat() or not row["end"])
    }
    known: set[str] = set()
    possible: set[str] = set()
    for programme in raw("programmes"):
        if programme["kind"] in ("law", "strategy"):
            continue
        codes = yes[programme["programme_id"]]
        state = states.get(programme["programme_id"], "unknown")
        if codes["stage"] != "yes" or state not in ("open", "unknown"):
            continue
        if "no" in [codes[form] for form in forms]:
            continue
        sure = state == "open" and all(codes[form] == "yes" for form in forms)
        (known if sure else possible).add(programme["family_id"])
    return known, possible - known


@pytest.mark.parametrize(
    ("build", "row", "stage", "forms"),
    [
        (instruments_open.advice_offer, "cooperative", "advice", ["cooperative"]),
        (instruments_open.advice_offer, "company", "advice", ["company"]),
        (instruments_open.impact_money, "asbl_vzw", "impact_assessment", ["asbl_vzw"]),
        (instruments_open.collaboration_instruments, "university", "collaboration", ["asbl_vzw", "university"]),
        (instruments_open.research_programmes, "university", "research", ["university"]),
        (instruments_open.spreading_and_scaling, "asbl_vzw", "scaling", ["asbl_vzw"]),
        (instruments_open.start_without_accreditation, "any", "emergence", ["asbl_vzw"]),
    ],
)  # fmt: skip
def test_counts_by_another_route(build: Build, row: str, stage: str, forms: list[str]) -> None:
    data = record_of(build).data
    for found in data[data["row"].eq(row)].to_dict("records"):
        known, possible = open_families(found["day"], stage, forms)
        assert (found["known"], found["possible"]) == (len(known), len(possible)), found["day"]


@pytest.mark.parametrize("build", OPEN_CHARTS)
def test_unknown_is_never_known(build: Build) -> None:
    closed = evidence()["programme_status"].copy()
    closed["state"] = closed["state"].astype(str).replace("open", "unknown")
    record = build(evidence(programme_status=closed))
    assert record.data["known"].sum() == 0
    assert record.claim == "never"
    # What was open may still be open, unless its family was counted as possible already.
    before = record_of(build).data
    most = before["known"] + before["possible"]
    assert (record.data["possible"] <= most).all()
    assert record.data["possible"].sum() >= before["possible"].sum()


def test_the_headline_turns_when_something_opens() -> None:
    status = evidence()["programme_status"].copy()
    mine = status["programme_id"].eq("innoviris-co-create")
    status["state"] = status["state"].astype(str).mask(mine, "open")
    forms = evidence()["programme_legal_forms"].copy()
    forms["open_to"] = forms["open_to"].astype(str).mask(forms["programme_id"].eq("innoviris-co-create"), "yes")  # fmt: skip
    changed = evidence(programme_status=status, programme_legal_forms=forms)
    build = instruments_open.research_programmes
    assert record_of(build).claim == "none_now"
    assert build(changed).claim == "not_fewer"


# Rules that were read


def test_answers_are_those_of_the_readings() -> None:
    data = record_of(what_rules_say).data.set_index("row")
    with (PROCESSED.parents[1] / "src/analysis/rules/demands/readings.csv").open(encoding="utf-8", newline="") as handle:  # fmt: skip
        read = list(csv.DictReader(handle))
    for question in data.index:
        for answer in ("yes", "no", "unknown"):
            counted = sum(r["question"] == question and r["answer"] == answer for r in read)
            assert data.loc[question, answer] == counted
        assert data.loc[question, ["yes", "no", "unknown"]].sum() == data.loc[question, "total"]


def test_business_aid_turns_when_the_texts_speak() -> None:
    forms = evidence()["programme_legal_forms"].copy()
    own = forms["legal_form"].eq("asbl_vzw")
    forms["open_to"] = forms["open_to"].astype(str).mask(own, "yes")
    record = business_aid_by_legal_form(evidence(programme_legal_forms=forms))
    assert record_of(business_aid_by_legal_form).claim == "fewer_than_half"
    assert record.claim == "half_or_more"
    assert record.values["share"] == 1


# Verdicts


def test_the_summary_shows_the_records() -> None:
    import json

    stored = json.loads((PROCESSED.parents[1] / "reports" / "demands.json").read_text("utf-8"))
    data = record_of(verdicts).data.set_index("demand")
    assert list(data.index) == [one["id"] for one in stored]
    for one in stored:
        row = data.loc[one["id"]]
        assert (row["verdict"], row["strength"]) == (one["verdict"], one["strength"])
        assert row["evidence_for"] == len(one["evidence_for"])
        assert row["evidence_against"] == len(one["evidence_against"])


def test_a_turned_outcome_is_marked() -> None:
    data = record_of(verdicts_under_other_readings).data
    assert set(data["reading"]) == set(READINGS)
    known = data[data["outcome"].ne("unknown")]
    assert set(known["holds"]) <= {"yes", "no"}
    assert (known["holds"].eq("no") == known["turns_to"].ne("")).all()
    assert data.loc[data["outcome"].eq("unknown"), "holds"].eq("").all()


# Calls and money


def test_unmet_demand_is_submitted_less_selected() -> None:
    data = record_of(unmet_demand).data
    assert int(data["unmet_low"].sum()) == record_of(unmet_demand).values["unmet"]
    calls = {row["call_id"]: row for row in raw("calls")}
    for row in data.to_dict("records"):
        call = calls[row["call_id"]]
        assert row["unmet_low"] == int(call["submitted_low"]) - int(call["selected_high"])


def test_a_year_without_trace_is_no_zero() -> None:
    record = record_of(calls_per_funder_and_year)
    silent = record.data[record.data["state"].eq("none_found")]
    assert silent["calls_low"].isna().all()
    assert len(silent) == record.values["empty"]
    assert record.native is not None
    drawn = record.native(record, "en")
    gaps = sum(value is None for series in drawn.series for value in series.values)
    assert gaps == len(silent)


def test_phases_are_compared_within_one_programme() -> None:
    facts = {row["fact_id"]: row for row in raw("funding_facts")}
    for row in record_of(announced_and_given).data.to_dict("records"):
        early, late = facts[row["announced_fact"]], facts[row["given_fact"]]
        assert early["phase"] in ("announced", "budgeted")
        assert late["phase"] in ("awarded", "committed", "paid")
        assert early["programme_id"] == late["programme_id"]
        assert row["share"] == pytest.approx(float(late["value"]) / float(early["value"]))


def test_headline_on_money_turns_when_less_was_given() -> None:
    facts = evidence()["funding_facts"].copy()
    late = facts["fact_id"].isin(record_of(announced_and_given).data["given_fact"])
    for column in ("value", "low", "high"):
        facts[column] = facts[column].mask(late, facts[column] / 3)
    assert announced_and_given(evidence(funding_facts=facts)).claim == "some_less"


def test_the_one_share_of_clauses() -> None:
    record = record_of(clauses_published)
    facts = {row["fact_id"]: float(row["value"]) for row in raw("funding_facts") if row["fact_id"] in ("F0911", "F0912")}  # fmt: skip
    # Wilson's score interval as in the textbook, for z of 95 percent.
    part, whole, z = facts["F0912"], facts["F0911"], 1.959963984540054
    share = part / whole
    centre = (share + z**2 / (2 * whole)) / (1 + z**2 / whole)
    half = z * (share * (1 - share) / whole + z**2 / (4 * whole**2)) ** 0.5 / (1 + z**2 / whole)
    low, high = centre - half, centre + half
    assert record.values["share"] == pytest.approx(facts["F0912"] / facts["F0911"])
    assert record.values["low"] == pytest.approx(low)
    assert record.values["high"] == pytest.approx(high)


def test_leaders_of_projects() -> None:
    projects = [
        row["legal_form"]
        for row in raw("awards")
        if row["programme_id"] == "innoviris-co-create" and row["counted"] == "yes"
    ]
    led = sum(form in ("asbl-vzw", "cooperative") for form in projects)
    unknown = projects.count("unknown")
    values = record_of(project_leaders).values
    assert values["share"] == pytest.approx(led / (len(projects) - unknown))
    assert values["low"] == pytest.approx(led / len(projects))
    assert values["high"] == pytest.approx((led + unknown) / len(projects))
    awards = evidence()["awards"].copy()
    mine = awards["programme_id"].eq("innoviris-co-create")
    awards["legal_form"] = awards["legal_form"].astype(str).mask(mine, "university")
    assert project_leaders(evidence(awards=awards)).claim == "universities"


# Over the years


def test_the_last_point_is_today() -> None:
    data = record_of(support_over_the_years).data
    last = data[data["day"].eq(data["day"].max())]
    for row in last.to_dict("records"):
        if row["stage"] == "working_time":
            continue  # wages of job schemes do not count here: the strict reading
        known, possible = open_families(row["day"], row["stage"], [row["legal_form"]])
        assert (row["open"], row["possible"]) == (len(known), len(possible)), row["stage"]


def test_the_chain_breaks_when_a_link_is_gone() -> None:
    stages = evidence()["programme_stages"].copy()
    gone = stages["stage"].eq("scaling")
    stages["supports"] = stages["supports"].astype(str).mask(gone, "no")
    assert record_of(chain_from_start_to_scale).claim == "thread"
    assert chain_from_start_to_scale(evidence(programme_stages=stages)).claim == "no"


def test_forms_change_places() -> None:
    forms = evidence()["programme_legal_forms"].copy()
    swapped = {"asbl_vzw": "company", "company": "asbl_vzw"}
    forms["legal_form"] = forms["legal_form"].astype(str).replace(swapped)
    assert record_of(association_against_company).claim == "behind"
    assert association_against_company(evidence(programme_legal_forms=forms)).claim == "ahead"


def test_unknown_codes_are_counted() -> None:
    record = record_of(coding_quality)
    programmes = {r["programme_id"] for r in raw("programmes") if r["kind"] not in ("law", "strategy")}  # fmt: skip
    codes = [r["supports"] for r in raw("programme_stages") if r["programme_id"] in programmes]
    codes += [r["open_to"] for r in raw("programme_legal_forms") if r["programme_id"] in programmes]
    assert record.values["unknown_share"] == pytest.approx(codes.count("unknown") / len(codes))
