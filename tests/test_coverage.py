"""The states of a cell, worked out by hand from docs/gap-map-protocol.md."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from small_tables import AS_OF, sign, tables

from analysis import coverage
from analysis.coverage import GapRules
from analysis.status import state_on
from analysis.tables import as_of, load

PROCESSED = Path(__file__).parents[1] / "data" / "processed"
DAY = dt.date(2023, 12, 5)
YES = {"stages": {"scaling": "yes"}, "forms": {"asbl_vzw": "yes"}}
RECENT = ("2023-06-01",)


def cell(programmes: list[dict[str, object]], signs: dict[str, tuple[str, ...]], **rules: object) -> pd.Series:  # fmt: skip
    small = tables(programmes, [sign(one, *when) for one, when in signs.items()])
    cells = coverage.gap_map(small, DAY, AS_OF, GapRules(**rules))  # type: ignore[arg-type]
    return cells.set_index(["stage", "legal_form"]).loc[("scaling", "asbl_vzw")]


def test_two_families_open_make_an_open_cell() -> None:
    found = cell([{"id": "a", **YES}, {"id": "b", **YES}], {"a": RECENT, "b": RECENT})
    assert (found["state"], found["open"], found["open_ids"]) == ("open", 2, "a;b")


def test_one_family_makes_a_thin_cell_and_its_calls_count_once() -> None:
    parts = [{"id": "a", **YES}, {"id": "a-2023", "family_id": "a", "kind": "call", **YES}]
    found = cell(parts, {"a": RECENT, "a-2023": ("2023-01-01", "2023-12-31")})
    assert (found["state"], found["open"], found["open_ids"]) == ("thin", 1, "a;a-2023")


def test_small_money_alone_makes_a_thin_cell_but_unknown_money_does_not() -> None:
    small = {"amount_max_eur": 10_000, **YES}
    signs = {"a": RECENT, "b": RECENT}
    assert cell([{"id": "a", **small}, {"id": "b", **small}], signs)["state"] == "thin"
    assert cell([{"id": "a", **small}, {"id": "b", **YES}], signs)["state"] == "open"
    more = {"amount_max_eur": 10_001, **YES}
    assert cell([{"id": "a", **small}, {"id": "b", **more}], signs)["state"] == "open"


def test_thin_below_moves_cells_between_thin_and_open_only() -> None:
    one, signs = [{"id": "a", **YES}], {"a": RECENT}
    assert cell(one, signs, thin_below=1)["state"] == "open"
    assert cell([*one, {"id": "b", **YES}], {**signs, "b": RECENT}, thin_below=3)["state"] == "thin"


def test_ended_members_close_a_cell_and_the_latest_year_is_shown() -> None:
    programmes = [
        {"id": "a", "status": "closed", "status_as_of": "2019", **YES},
        {"id": "b", "status": "suspended", "status_as_of": "2022", **YES},
        {"id": "c", "kind": "call", **YES},
    ]
    signs = {"a": ("2018-01-01",), "b": ("2018-01-01",), "c": ("2020-01-01", "2020-12-31")}
    found = cell(programmes, signs)
    assert (found["state"], found["ended"], found["ended_year"]) == ("closed", 3, 2022)
    assert found["ended_ids"] == "a;b;c"


def test_a_programme_that_fell_silent_after_the_last_ending_leaves_the_cell_unknown() -> None:
    closed = {"id": "a", "kind": "call", **YES}
    ended = {"a": ("2019-01-01", "2019-12-31")}
    silent = cell([closed, {"id": "b", **YES}], {**ended, "b": ("2020-03-01",)})
    assert (silent["state"], silent["possible"], silent["ended"]) == ("unknown", 1, 1)
    assert pd.isna(silent["ended_year"])
    # Open until 1 March 2019 at most, so known to be open on no day after the call ended.
    older = cell([closed, {"id": "b", **YES}], {**ended, "b": ("2017-03-01",)})
    assert (older["state"], older["ended_year"]) == ("closed", 2019)


def test_unknown_form_or_unknown_status_is_possible_and_never_no() -> None:
    form = {"stages": {"scaling": "yes"}, "forms": {"asbl_vzw": "unknown"}}
    found = cell([{"id": "a", **form}, {"id": "b", **YES}], {"a": RECENT})
    assert (found["state"], found["open"], found["possible"]) == ("unknown", 0, 2)
    assert found["possible_ids"] == "a;b"


def test_none_found_means_no_family_that_supports_the_stage_fits() -> None:
    other = {"stages": {"scaling": "yes"}, "forms": {"company": "yes"}}
    no_stage = {"stages": {"scaling": "unknown"}, "forms": {"asbl_vzw": "yes"}}
    found = cell([{"id": "a", **other}, {"id": "b", **no_stage}], {"a": RECENT, "b": RECENT})
    assert (found["state"], found["possible"], found["unplaced"]) == ("none_found", 0, 1)


def test_an_ended_call_with_unknown_form_does_not_close_a_cell() -> None:
    form = {"stages": {"scaling": "yes"}, "forms": {"asbl_vzw": "unknown"}}
    found = cell([{"id": "a", "kind": "call", **form}], {"a": ("2020-01-01", "2020-12-31")})
    assert found["state"] == "none_found"


def test_laws_and_strategies_are_no_instruments() -> None:
    programmes = [{"id": "a", "kind": "law", **YES}, {"id": "b", "kind": "strategy", **YES}]
    assert cell(programmes, {"a": RECENT, "b": RECENT})["state"] == "none_found"


def test_what_has_not_started_is_neither_open_nor_possible() -> None:
    found = cell([{"id": "a", "first_year": "2025", **YES}], {"a": ("2025-01-01",)})
    assert found["state"] == "none_found"


def test_the_strict_reading_leaves_job_schemes_out_of_working_time_only() -> None:
    both = {"stages": {"working_time": "yes", "scaling": "yes"}, "forms": {"asbl_vzw": "yes"}}
    small = tables([{"id": "a", "wage_scheme": "yes", **both}], [sign("a", *RECENT)])
    rules = GapRules(strict_working_time=True)
    cells = coverage.gap_map(small, DAY, AS_OF, rules, legal_forms=["asbl_vzw"])
    states = cells.set_index("stage")["state"]
    assert (states["working_time"], states["scaling"]) == ("none_found", "thin")
    wide = coverage.gap_map(small, DAY, AS_OF, legal_forms=["asbl_vzw"]).set_index("stage")
    assert wide.loc["working_time", "state"] == "thin"


def test_stale_after_months_turns_open_into_unknown() -> None:
    old = {"a": ("2022-06-01",)}
    assert cell([{"id": "a", **YES}], old, stale_after_months=24)["state"] == "thin"
    assert cell([{"id": "a", **YES}], old, stale_after_months=12)["state"] == "unknown"


def test_families_without_a_known_stage_have_their_own_row() -> None:
    programmes = [
        {"id": "a", "stages": {"rest": "unknown"}, "forms": {"asbl_vzw": "yes"}},
        {"id": "b", "stages": {"rest": "unknown"}, "forms": {"asbl_vzw": "yes"}},
        {"id": "c", "stages": {"rest": "unknown"}, "forms": {"asbl_vzw": "unknown"}},
        {"id": "d", "stages": {"rest": "unknown", "scaling": "yes"}, "forms": {"asbl_vzw": "yes"}},
        {"id": "e", "kind": "call", "stages": {"rest": "unknown"}, "forms": {"asbl_vzw": "yes"}},
    ]
    signs = [sign(one, *RECENT) for one in "acd"] + [sign("e", "2020-01-01", "2020-12-31")]
    left = coverage.unplaced(tables(programmes, signs), DAY, AS_OF).set_index("legal_form")
    row = left.loc["asbl_vzw"]
    # a is open; b has no dated sign; c may admit associations; d stands in a row; e has ended.
    assert (row["open"], row["possible"], row["form_unknown"]) == (1, 1, 1)
    assert (row["open_ids"], row["possible_ids"]) == ("a", "b")
    assert left.loc["company", "open"] == 0


def test_a_family_is_what_its_liveliest_member_is() -> None:
    programmes = [
        {"id": "a", "status": "suspended", "status_as_of": "2022"},
        {"id": "a-call", "family_id": "a", "kind": "call"},
        {"id": "b", "status": "closed", "status_as_of": "2020"},
        {"id": "b-2", "family_id": "b"},
    ]
    small = tables(
        programmes, [sign("a", "2020-01-01"), sign("a-call", "2023-01-01", "2023-12-31")]
    )
    assert dict(coverage.family_states(small, DAY, AS_OF)) == {"a": "open", "b": "unknown"}
    later = coverage.family_states(small, AS_OF, AS_OF)
    assert later["a"] == "suspended"


def test_the_fate_of_families_tells_endings_from_silence() -> None:
    programmes = [
        {"id": "a", **YES},
        {"id": "b", "status": "closed", "status_as_of": "2025", **YES},
        {"id": "c", **YES},
    ]
    signs = [sign("a", *RECENT), sign("a", "2026-01-01"), sign("b", *RECENT), sign("c", *RECENT)]
    small = tables(programmes, signs)
    before = coverage.gap_map(small, DAY, AS_OF)
    after = coverage.family_states(small, AS_OF, AS_OF)
    assert coverage.fate(before, after, "asbl_vzw") == {
        "was": 3,
        "still": 1,
        "ended": 1,
        "silent": 1,
    }


def test_sensitivity_repeats_the_count_under_each_rule() -> None:
    job = {"stages": {"working_time": "yes"}, "forms": {"asbl_vzw": "yes"}, "wage_scheme": "yes"}
    programmes = [{"id": "a", **YES}, {"id": "b", **job}, {"id": "c", "stages": {"advice": "yes"}, "forms": {"asbl_vzw": "yes"}}]  # fmt: skip
    # c is seen before and after the day, but not in the 24 months before it.
    signs = [sign("a", "2022-06-01"), sign("b", *RECENT), sign("c", "2021-01-01"), sign("c", "2025-01-01")]  # fmt: skip
    table = coverage.sensitivity(tables(programmes, signs), [DAY], AS_OF).set_index("variant")
    counts = dict(table["stages_known_open"])
    assert counts == {
        "default": 3,
        "strict_working_time": 2,
        "stale_after_12_months": 2,
        "stale_after_36_months": 3,
        "thin_below_1": 3,
        "thin_below_3": 3,
        "as_known_that_day": 2,
    }
    assert table.loc["thin_below_1", "stages_in_state_open"] == 3
    assert table.loc["default", "stages_in_state_open"] == 0
    assert table.loc["as_known_that_day", "stages"] == "working_time;scaling"


# On the evidence itself


@pytest.fixture(scope="module")
def evidence() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


def test_every_programme_has_one_state_each_day_and_no_holes(evidence: dict[str, pd.DataFrame]) -> None:  # fmt: skip
    intervals = evidence["programme_status"]
    for _, rows in intervals.groupby("programme_id"):
        rows = rows.sort_values("start")
        assert rows["start"].iloc[0] == ""
        assert rows["end"].iloc[-1] == ""
        after = pd.to_datetime(rows["start"].iloc[1:]).to_numpy()
        before = pd.to_datetime(rows["end"].iloc[:-1]).to_numpy()
        assert (after - before == pd.Timedelta(days=1)).all()
    programmes = set(evidence["programmes"]["programme_id"])
    for day in (dt.date(1990, 1, 1), DAY, as_of(evidence), dt.date(2040, 1, 1)):
        states = state_on(intervals, day)
        assert states.index.is_unique
        assert set(states.index) == programmes


def test_the_map_agrees_with_a_count_by_hand_from_the_files(evidence: dict[str, pd.DataFrame]) -> None:  # fmt: skip
    def rows(name: str) -> list[dict[str, str]]:
        with (PROCESSED / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    for day in (DAY, as_of(evidence)):
        written = day.isoformat()
        open_ids = {
            row["programme_id"]
            for row in rows("programme_status")
            if row["state"] == "open" and row["start"] <= written and written <= (row["end"] or "9")
        }
        family = {
            row["programme_id"]: row["family_id"]
            for row in rows("programmes")
            if row["kind"] not in ("law", "strategy")
        }
        stages: dict[str, set[str]] = {}
        for row in rows("programme_stages"):
            if row["supports"] == "yes" and row["programme_id"] in open_ids & set(family):
                stages.setdefault(row["programme_id"], set()).add(row["stage"])
        counted: dict[tuple[str, str], set[str]] = {}
        for row in rows("programme_legal_forms"):
            for stage in stages.get(row["programme_id"], set()) if row["open_to"] == "yes" else ():
                counted.setdefault((stage, row["legal_form"]), set()).add(
                    family[row["programme_id"]]
                )
        cells = coverage.gap_map(evidence, day, as_of(evidence)).set_index(["stage", "legal_form"])
        for key, row in cells.iterrows():
            assert row["open"] == len(counted.get(key, set())), (day, key)
            assert (row["state"] in ("open", "thin")) == bool(counted.get(key)), (day, key)


def test_each_count_has_its_list(evidence: dict[str, pd.DataFrame]) -> None:
    family = evidence["programmes"].set_index("programme_id")["family_id"]
    cells = coverage.gap_map(evidence, DAY, as_of(evidence))
    for kind in ("open", "possible", "ended"):
        for count, ids in zip(cells[kind], cells[f"{kind}_ids"], strict=True):
            assert len({family[one] for one in ids.split(";") if one}) == count


def test_coding_quality_counts_every_code_once(evidence: dict[str, pd.DataFrame]) -> None:
    quality = coverage.coding_quality(evidence)
    instruments = len(coverage.instruments(evidence))
    assert (quality[["yes", "no", "unknown"]].sum(axis=1) == instruments).all()
    assert set(quality["value"]) == {*coverage.STAGES, *coverage.LEGAL_FORMS}
