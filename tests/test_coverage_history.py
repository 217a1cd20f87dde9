"""Coverage over time, distance of forms and the chain: synthetic programmes, and another reading."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.coverage import LEGAL_FORMS, STAGES, GapRules, gap_map
from analysis.coverage_history import (
    CHAIN,
    chain_links,
    chain_test,
    chain_without_each_funder,
    coverage_base,
    coverage_history,
    for_any_stage,
    for_domain,
    form_distance,
    without_funder,
    year_ends,
)
from analysis.tables import as_of, load

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"
DAY = dt.date(2020, 6, 1)
Programme = dict[str, str]


def tables(*programmes: Programme) -> dict[str, pd.DataFrame]:
    """Synthetic tables; keys: stage names and legal forms (yes/no/unknown), state, family, ..."""
    filled = [
        {"programme_id": f"p{number}", "family_id": f"p{number}", "funder_id": f"f{number}",
         "kind": "scheme", "domain": "any", "state": "open", **one}
        for number, one in enumerate(programmes)
    ]  # fmt: skip
    frame = pd.DataFrame(filled)
    columns = ["programme_id", "family_id", "funder_id", "kind", "domain"]
    heads = frame[columns].assign(amount_max_eur=float("nan"), wage_scheme="no")
    status = frame[["programme_id", "state"]].assign(start="", end="", basis="synthetic")

    def codes(names: tuple[str, ...], key: str, answer: str) -> pd.DataFrame:
        return pd.DataFrame(
            [(one["programme_id"], name, one.get(name, "no")) for one in filled for name in names],
            columns=["programme_id", key, answer],
        )

    return {
        "programmes": heads,
        "programme_status": status,
        "programme_stages": codes(STAGES, "stage", "supports"),
        "programme_legal_forms": codes(LEGAL_FORMS, "legal_form", "open_to"),
    }


def chain(*given: Programme, form: str = "asbl_vzw") -> pd.Series:
    return chain_test(chain_links(tables(*given), [DAY], DAY, [form])).iloc[0]


OWN = {"asbl_vzw": "yes"}
WHOLE = [{stage: "yes", **OWN} for stage in CHAIN]


def test_whole_chain_holds() -> None:
    found = chain(*WHOLE)
    assert found["path"] == "yes"
    assert found[["breaks_worst", "breaks_best", "breaks_widest"]].eq("").all()
    assert (found["links_open"], found["narrowest"]) == (4, 1)


@pytest.mark.parametrize("stage", CHAIN)
def test_chain_breaks_where_a_link_is_taken_out(stage: str) -> None:
    found = chain(*[one for one in WHOLE if stage not in one])
    assert found["path"] == "no"
    assert found["breaks_worst"] == found["breaks_best"] == found["breaks_widest"] == stage
    assert found["links_open"] == found["links_possible"] == 3


def test_what_is_not_known_breaks_nothing_and_proves_nothing() -> None:
    rest = WHOLE[:3]
    for doubtful in (
        {"scaling": "yes", "asbl_vzw": "unknown"},
        {"scaling": "yes", "asbl_vzw": "yes", "state": "unknown"},
    ):
        found = chain(*rest, doubtful)
        assert (found["path"], found["breaks_worst"], found["breaks_best"]) == ("unknown", "scaling", "")  # fmt: skip
    # A programme whose stage is not known helps only in the widest case.
    found = chain(*rest, {"scaling": "unknown", "asbl_vzw": "yes"})
    assert (found["path"], found["breaks_best"], found["breaks_widest"]) == ("no", "scaling", "")
    # One that has ended does not help at all.
    found = chain(*rest, {"scaling": "yes", "asbl_vzw": "yes", "state": "closed"})
    assert (found["path"], found["breaks_widest"]) == ("no", "scaling")
    # Nor does one for another form.
    assert chain(*rest, {"scaling": "yes", "company": "yes"})["path"] == "no"


def test_families_count_once_and_funders_can_be_left_out() -> None:
    twice = [{**WHOLE[0], "family_id": "p0"}, {**WHOLE[0], "family_id": "p0"}]
    rest = [{**one, "funder_id": "same"} for one in WHOLE[1:]]
    data = tables(*twice, *rest)
    links = chain_links(data, [DAY], DAY, ["asbl_vzw"])
    assert list(links["open"]) == [1, 1, 1, 1]
    left = chain_without_each_funder(data, DAY, DAY).set_index("left_out")
    assert left["path"].to_dict() == {"": "yes", "f0": "yes", "f1": "yes", "same": "no"}
    assert left.loc["same", "breaks_best"] == "structuring"
    assert len(without_funder(data, "same")["programmes"]) == 2


def test_distance_by_hand() -> None:
    data = tables(
        {"scaling": "yes", "company": "yes"},
        {"scaling": "yes", "company": "yes", "asbl_vzw": "unknown"},
        {"scaling": "yes", "company": "yes", "asbl_vzw": "yes"},
        {"scaling": "yes", "asbl_vzw": "yes", "state": "unknown"},
    )
    row = form_distance(data, [DAY], DAY, stages=["scaling"]).iloc[0]
    assert (row["own_open"], row["own_high"], row["other_open"], row["other_high"]) == (1, 3, 3, 3)
    assert (row["other_only_low"], row["other_only_high"]) == (1, 2)
    assert (row["own_only_low"], row["own_only_high"]) == (0, 1)
    assert row["other_only_ids"] == "p0"
    # Nearest: p1 is common, p3 is gone: 1 of 3 differs. Farthest: only p2 is common, of 4.
    assert row["distance_low"] == pytest.approx(1 / 3)
    assert row["distance_high"] == pytest.approx(3 / 4)
    empty = form_distance(data, [DAY], DAY, stages=["emergence"]).iloc[0]
    assert empty["other_open"] == 0
    assert pd.isna(empty["distance_low"])
    with pytest.raises(ValueError, match="itself"):
        form_distance(data, [DAY], DAY, own="company", other="company")


CODES = st.tuples(st.sampled_from(["yes", "no", "unknown"]), st.sampled_from(["yes", "no", "unknown"]))  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(CODES, min_size=1, max_size=5))
def test_distance_bounds_are_those_of_all_ways_to_settle_the_unknown(
    codes: list[tuple[str, str]],
) -> None:
    data = tables(*[{"scaling": "yes", "asbl_vzw": a, "company": b} for a, b in codes])
    row = form_distance(data, [DAY], DAY, stages=["scaling"]).iloc[0]
    options = {"yes": [True], "no": [False], "unknown": [True, False]}
    distances, only_other = [], []
    for world in itertools.product(*[itertools.product(options[a], options[b]) for a, b in codes]):
        either = sum(a or b for a, b in world)
        distances.append(1 - sum(a and b for a, b in world) / either if either else 0.0)
        only_other.append(sum(b and not a for a, b in world))
    assert (row["other_only_low"], row["other_only_high"]) == (min(only_other), max(only_other))
    if pd.isna(row["distance_low"]):
        assert set(codes) == {("no", "no")}
    else:
        assert row["distance_low"] == pytest.approx(min(distances))
        assert row["distance_high"] == pytest.approx(max(distances))
    # Turned round, each form is the other.
    turned = form_distance(data, [DAY], DAY, "company", "asbl_vzw", stages=["scaling"]).iloc[0]
    assert turned["own_only_high"] == row["other_only_high"]
    assert turned["distance_high"] == pytest.approx(row["distance_high"], nan_ok=True)


def test_domain_not_stated_makes_a_cell_possible_only() -> None:
    data = tables(
        {"scaling": "yes", **OWN, "domain": "health;culture"},
        {"scaling": "yes", **OWN, "domain": "housing"},
        {"scaling": "yes", **OWN, "domain": ""},
        {"scaling": "yes", **OWN, "domain": "any"},
    )
    cell = gap_map(for_domain(data, "health"), DAY, DAY, None, ["scaling"], ["asbl_vzw"]).iloc[0]
    assert (cell["open"], cell["possible"], cell["open_ids"]) == (2, 1, "p0;p3")


def test_any_stage_places_every_programme() -> None:
    data = tables(
        {"scaling": "unknown", "company": "yes"},
        {"emergence": "yes", "company": "yes", "asbl_vzw": "yes"},
        {"company": "yes", "kind": "law"},
    )
    assert form_distance(data, [DAY], DAY, stages=["scaling"])["other_open"].item() == 0
    row = form_distance(for_any_stage(data), [DAY], DAY, stages=["any"]).iloc[0]
    assert (row["other_open"], row["own_open"], row["other_only_ids"]) == (2, 1, "p0")
    # The strict reading is about working time only and changes nothing here.
    strict = GapRules(strict_working_time=True)
    again = form_distance(for_any_stage(data), [DAY], DAY, rules=strict, stages=["any"]).iloc[0]
    assert again["other_open"] == 2


def test_year_ends_stop_at_the_date_of_the_evidence() -> None:
    days = year_ends(dt.date(2026, 11, 23))
    assert (days[0], days[-2], days[-1]) == (
        dt.date(2013, 12, 31), dt.date(2025, 12, 31), dt.date(2026, 11, 23),
    )  # fmt: skip
    assert len(days) == 14
    assert year_ends(dt.date(2013, 12, 31))[-1] == dt.date(2013, 12, 31)
    with pytest.raises(ValueError, match="after"):
        year_ends(dt.date(2012, 1, 1))


@pytest.fixture(scope="module")
def evidence() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


def rows_of(name: str) -> list[dict[str, str]]:
    with (PROCESSED / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_evidence_by_another_route(evidence: dict[str, pd.DataFrame]) -> None:
    day = dt.date(2023, 12, 5)
    written = day.isoformat()
    family = {
        row["programme_id"]: row["family_id"]
        for row in rows_of("programmes")
        if row["kind"] not in ("law", "strategy")
    }
    state = {
        row["programme_id"]: row["state"]
        for row in rows_of("programme_status")
        if row["start"] <= written and (row["end"] >= written or not row["end"])
    }
    stage = {(r["programme_id"], r["stage"]): r["supports"] for r in rows_of("programme_stages")}
    form = {
        (r["programme_id"], r["legal_form"]): r["open_to"] for r in rows_of("programme_legal_forms")
    }

    def families(link: str, legal_form: str) -> tuple[set[str], set[str]]:
        sure, possible = set(), set()
        for one, head in family.items():
            if stage[one, link] != "yes" or state.get(one) not in ("open", "unknown"):
                continue
            if form[one, legal_form] != "no":
                possible.add(head)
                if form[one, legal_form] == "yes" and state[one] == "open":
                    sure.add(head)
        return sure, possible

    today = as_of(evidence)
    distance = form_distance(evidence, [day], today).set_index("stage")
    links = chain_links(evidence, [day], today, ["asbl_vzw"]).set_index("stage")
    for link in STAGES:
        own, own_high = families(link, "asbl_vzw")
        other, other_high = families(link, "company")
        row = distance.loc[link]
        assert (row["own_open"], row["own_high"]) == (len(own), len(own_high))
        assert row["other_only_low"] == len(other - own_high)
        assert row["other_only_high"] == len(other_high - own)
        if link in CHAIN:
            assert links.loc[link, "open"] == len(own)
            assert links.loc[link, "possible"] == len(own_high - own)


def test_history_is_the_map_of_each_day(evidence: dict[str, pd.DataFrame]) -> None:
    days = [dt.date(2019, 12, 31), dt.date(2023, 12, 31)]
    today = as_of(evidence)
    found = coverage_history(evidence, days, today, None, ["scaling"], ["asbl_vzw", "company"])
    assert list(found["date"]) == [days[0]] * 2 + [days[1]] * 2
    one = gap_map(evidence, days[1], today, None, ["scaling"], ["asbl_vzw", "company"])
    pd.testing.assert_frame_equal(found.iloc[2:, 1:].reset_index(drop=True), one, check_dtype=False)
    base = coverage_base(evidence, days, today)
    parts = base[["open", "unknown", "not_started", "ended"]].sum(axis=1)
    assert list(parts) == list(base["searched"])
