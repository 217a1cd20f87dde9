"""The rule of the verdicts, case by case, and the demands under changed evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analysis.coverage import LEGAL_FORMS, STAGES
from analysis.demands import indicators
from analysis.demands.indicators import Indicator
from analysis.demands.output import evaluate, variants
from analysis.demands.records import IDS, demands, readings
from analysis.demands.setting import Setting, Variant
from analysis.demands.verdicts import Criterion, Examined, Threshold, examine, judge, outcome
from analysis.status import status_intervals
from analysis.tables import as_of

Frames = dict[str, pd.DataFrame]
RULE = Criterion("c", "i", Threshold("<=", 1), Threshold(">=", 2))
COVERAGE = ("S1", "S2", "S3", "S5", "S7", "E2", "E4", "E6")


def case(base: str, others: tuple[str, ...] = (), bounds: tuple[str, str] = ("", "")) -> Examined:
    ends = (bounds[0] or base, bounds[1] or base)
    return Examined(RULE, base, {str(n): one for n, one in enumerate(others)}, ends, 12)


@pytest.mark.parametrize(
    ("value", "known", "expected"),
    [(0, 1, "for"), (1, 1, "for"), (1.5, 3, "between"), (2, 9, "against"), (None, 9, "unknown"), (0, 0, "unknown")],
)  # fmt: skip
def test_outcomes(value: float | None, known: int, expected: str) -> None:
    assert outcome(RULE, value, known) == expected


@pytest.mark.parametrize(
    ("criteria", "verdict", "strength"),
    [
        ([case("for")], "supported", 3),
        ([case("for", ("for", "for"))], "supported", 3),
        ([case("for", ("for", "between"))], "supported_with_reservation", 2),
        ([case("for", ("for", "unknown"))], "supported_with_reservation", 2),
        ([case("for", ("for", "against"))], "mixed", 2),
        ([case("for", (), ("for", "against"))], "supported_with_reservation", 2),
        ([case("for"), case("between")], "supported_with_reservation", 3),
        ([case("for"), case("unknown")], "supported_with_reservation", 3),
        ([case("for"), case("against")], "mixed", 3),
        ([case("between")], "mixed", 3),
        ([case("against")], "contradicted", 3),
        ([case("against", ("between",))], "mixed", 2),
        ([case("against"), case("unknown")], "mixed", 3),
        ([case("unknown"), case("unknown")], "not_testable", 0),
    ],
)
def test_the_rule(criteria: list[Examined], verdict: str, strength: int) -> None:
    judgement = judge(criteria)
    assert (judgement.verdict, judgement.strength) == (verdict, strength)


def test_few_known_rows_cost_a_step() -> None:
    base = Indicator(0, 0, 0, base=30, known_share=0.1, row_ids=(), known=3)
    assert judge([examine(RULE, base, {})]).strength == 2


# Changed evidence ------------------------------------------------------------------------------


def verdicts(tables: Frames, read: pd.DataFrame, only: tuple[str, ...] = IDS) -> dict[str, str]:
    asked = [one for one in demands() if one.id in only]
    return {one["id"]: one["verdict"] for one in evaluate(asked, tables, read)}


def restated(tables: Frames) -> Frames:
    """Derive the intervals of status anew from changed programmes and sightings."""
    programmes = tables["programmes"]
    years = {c: programmes[c].astype("string").fillna("") for c in ("first_year", "last_year")}
    status = status_intervals(programmes.assign(**years), tables["sightings"], as_of(tables))
    return {**tables, "programme_status": status}


def all_ended(tables: Frames) -> Frames:
    """Every instrument ran in one year long ago and was closed."""
    programmes = tables["programmes"].assign(
        kind="scheme", status="closed", status_as_of="2001-12-31", first_year=2001, last_year=2001
    )
    seen = pd.DataFrame(
        {
            "programme_id": programmes["programme_id"],
            "start": "2001-01-01",
            "end": "2001-12-31",
            "kind": "first_year",
            "row_id": "",
            "source_id": programmes["source_id"],
        }
    )
    return restated({**tables, "programmes": programmes, "sightings": seen})


AUTHORITIES = ("bruxelles-economie-emploi", "cocom", "iriscare", "cocof", "cocof", "vgc", "vgc")


def many_added(tables: Frames, read: pd.DataFrame) -> tuple[Frames, pd.DataFrame]:
    """Add instruments open to all, for every stage, on every date, of several funders."""
    funders = [*AUTHORITIES, "innoviris", "actiris"]
    ids = [f"synthetic-{number}" for number in range(len(funders))]
    like = tables["programmes"].query("programme_id == 'be-circular'")
    new = pd.concat([like] * len(ids), ignore_index=True).assign(
        programme_id=ids, family_id=ids, funder_id=funders, parent_programme_id="", domain="any",
        kind="scheme", status="open", status_as_of="", wage_scheme="no", first_year=2015,
    )  # fmt: skip
    years = [f"{year}" for year in range(2015, 2027)]
    seen = pd.DataFrame(
        [(one, f"{y}-01-01", f"{y}-11-01", "note", "", "") for one in ids for y in years],
        columns=tables["sightings"].columns,
    )
    stages = pd.DataFrame(
        [(one, stage, "yes") for one in ids for stage in STAGES],
        columns=tables["programme_stages"].columns,
    )
    forms = pd.DataFrame(
        [(one, form, "yes") for one in ids for form in LEGAL_FORMS],
        columns=tables["programme_legal_forms"].columns,
    )
    said = {"multi_year": "yes", "se_collaboration": "yes", "participatory": "yes", "needs_accreditation": "no"}  # fmt: skip
    more = pd.DataFrame(
        [(one, question, answer, "synthetic", "") for one in ids for question, answer in said.items()],
        columns=read.columns,
    )  # fmt: skip
    grown = {
        **tables,
        "programmes": pd.concat([tables["programmes"], new], ignore_index=True),
        "sightings": pd.concat([tables["sightings"], seen], ignore_index=True),
        "programme_stages": pd.concat([tables["programme_stages"], stages], ignore_index=True),
        "programme_legal_forms": pd.concat([tables["programme_legal_forms"], forms], ignore_index=True),
    }  # fmt: skip
    return restated(grown), pd.concat([read, more], ignore_index=True)


def test_without_open_instruments_the_demands_are_supported(tables: Frames) -> None:
    # Codes that are known, so that nothing is left to reserve.
    ended = all_ended(tables)
    for name, column in (("programme_stages", "supports"), ("programme_legal_forms", "open_to")):
        ended[name] = ended[name].assign(
            **{column: lambda f, c=column: f[c].replace("unknown", "yes")}
        )
    read = readings()
    read["answer"] = read["answer"].replace("unknown", "no")
    found = verdicts(ended, read, COVERAGE)
    assert found == dict.fromkeys(COVERAGE, "supported")


def test_with_many_open_instruments_the_demands_are_contradicted(tables: Frames) -> None:
    found = verdicts(*many_added(tables, readings()), COVERAGE)
    assert found == dict.fromkeys(COVERAGE, "contradicted")


def test_without_evidence_nothing_is_testable(tables: Frames) -> None:
    gone = {
        name: frame.iloc[:0]
        if name in ("programmes", "awards", "funding_facts", "calls")
        else frame
        for name, frame in tables.items()
    }
    assert set(verdicts(gone, readings()).values()) == {"not_testable"}


def test_premiums_that_admit_non_profits_turn_s6(tables: Frames, records: dict[str, Any]) -> None:
    forms = tables["programme_legal_forms"]
    vzw = forms["legal_form"].eq("asbl_vzw")
    changed = {**tables, "programme_legal_forms": forms.assign(open_to=forms["open_to"].mask(vzw, "yes"))}  # fmt: skip
    read = readings()
    excludes = read["question"].eq("excludes_vzw")
    read["answer"] = read["answer"].mask(excludes, "no")
    (turned,) = (r for r in evaluate(demands()[5:6], changed, read))
    assert records["S6"]["verdict"] == "supported_with_reservation"
    assert turned["verdict"] == "mixed"  # one funder gives all premiums: never clear
    deciding = [one for one in turned["criteria"] if one["decides"]]
    assert {one["outcome"] for one in deciding} == {"against"}


def test_progress_stands_under_evidence_against(records: dict[str, Any]) -> None:
    for demand in ("S1", "S2", "S3", "E1", "E6"):
        told = [e["criterion"] for e in records[demand]["evidence_against"]]
        assert set(told) & {"progress", "law", "company"}, demand


def test_flipped_progress_changes_sides(tables: Frames) -> None:
    (found,) = evaluate(demands()[1:2], all_ended(tables), readings())
    assert found["id"] == "S2"
    assert "progress" in [e["criterion"] for e in found["evidence_for"]]


# Sensitivity -----------------------------------------------------------------------------------


def test_every_criterion_runs_every_variant(records: dict[str, Any]) -> None:
    fixed = {one.name for one in variants([])}
    assert len(fixed) == 5
    for record in records.values():
        tried = {one["criterion"]: one for one in record["sensitivity"]}
        assert {key: one["decides"] for key, one in tried.items()} == {
            one["id"]: one["decides"] for one in record["criteria"]
        }
        for one in tried.values():
            names = [variant["variant"] for variant in one["variants"]]
            assert fixed <= set(names)
            assert any(name.startswith("without_") for name in names) or not _rows(record, one)
            assert [bound["bound"] for bound in one["bounds"]] == ["low", "high"]


def _rows(record: dict[str, Any], tried: dict[str, Any]) -> list[str]:
    shown = next(one for one in record["indicators"] if one["id"] == tried["indicator"])
    return list(shown["row_ids"])


@pytest.mark.parametrize("variant", variants(["innoviris"]), ids=lambda one: one.name)
def test_a_variant_really_changes_what_is_read(variant: Variant, tables: Frames) -> None:
    base, other = (Setting(tables, readings(), v) for v in (Variant(), variant))

    def look(setting: Setting) -> list[Any]:
        return [
            indicators.kinds_with_at_most(setting, day, [stage], ["asbl_vzw"], n)
            for day in ("start", "plea", "today")
            for stage in STAGES
            for n in range(8)
        ] + [indicators.fact(setting, "F0639"), indicators.fact(setting, "F0833")]

    assert look(base) != look(other)


def test_leaving_a_funder_out_leaves_all_its_rows_out(tables: Frames) -> None:
    setting = Setting(tables, readings(), Variant("x", without_funder="innoviris"))
    for name in ("programmes", "awards", "funding_facts", "calls"):
        assert "innoviris" in set(tables[name]["funder_id"])
        assert "innoviris" not in set(setting.frame(name)["funder_id"])


def test_the_recoding_is_used_in_its_variant(tables: Frames) -> None:
    setting = Setting(tables, readings(), Variant("x", recoded=True))
    greenlab = setting.supports.loc["hub-greenlab"]
    assert greenlab["advice"] == "yes"
    assert Setting(tables, readings()).supports.loc["hub-greenlab", "advice"] == "no"


def test_wages_count_only_in_the_wide_reading(tables: Frames) -> None:
    strict, wide = (
        Setting(tables, readings(), Variant("x", wide_working_time=one)).supports
        for one in (False, True)
    )
    assert strict.loc["social-maribel", "working_time"] == "no"
    assert wide.loc["social-maribel", "working_time"] == "yes"


@pytest.mark.parametrize("demand", COVERAGE)
def test_the_map_and_the_demands_count_alike(demand: str, tables: Frames) -> None:
    """The same cell of the gap map, counted by the package's own protocol."""
    from analysis.coverage import GapRules, gap_map

    setting = Setting(tables, readings())
    rules = GapRules(strict_working_time=True)
    for day in ("start", "plea", "today"):
        cells = gap_map(
            tables, setting.day(day), as_of(tables), rules, legal_forms=["asbl_vzw", "university"]
        )
        asked = next(one for one in demands() if one.id == demand)
        for one in asked.indicators:
            plain = one.function == "families_open" and not set(one.arguments) & {
                "reading",
                "domains",
            }
            if plain and len(one.arguments["stages"]) == len(one.arguments["forms"]) == 1:
                stage, form = one.arguments["stages"][0], one.arguments["forms"][0]
                cell = cells[cells["stage"].eq(stage) & cells["legal_form"].eq(form)]
                if len(cell):
                    mine = indicators.families_open(setting, day, [stage], [form])
                    assert mine.value == cell["open"].item()
                    assert mine.high == cell["open"].item() + cell["possible"].item()
    if demand == "S1":
        kinds = STAGES[:6]
        cells = gap_map(tables, setting.day("today"), as_of(tables), rules, kinds, ["asbl_vzw"])
        mine = indicators.kinds_with_at_most(setting, "today", kinds, ["asbl_vzw"], 0)
        assert mine.value == int((cells["open"] == 0).sum())


def _changed(field: str) -> Callable[[Frames], Frames]:
    return lambda tables: {**tables, field: tables[field].iloc[::-1].reset_index(drop=True)}


def test_the_order_of_rows_does_not_matter(tables: Frames, records: dict[str, Any]) -> None:
    for name in ("programmes", "awards", "funding_facts"):
        again = evaluate(demands()[-2:-1], _changed(name)(tables), readings())
        assert again == [records["E6"]]
