"""Every rule of "Status on a date" in docs/gap-map-protocol.md, on invented programmes."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_tables import AS_OF, BLANK, sign

from analysis.status import add_months, sightings, span, state_on, status_intervals


def states(signs: list[tuple[str, ...]], days: list[str], **fields: str) -> list[str]:
    row = {**BLANK, "programme_id": "p", **fields}
    seen = pd.DataFrame([sign("p", *one) for one in signs], columns=list(sign("p", "2000-01-01")))
    intervals = status_intervals(pd.DataFrame([row]), seen, AS_OF)
    return [state_on(intervals, dt.date.fromisoformat(day))["p"] for day in days]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12-05", "2023-12-05", "2023-12-05"),
    ],
)
def test_a_written_date_means_all_its_days(written: str, first: str, last: str) -> None:
    assert span(written).start.isoformat() == first
    assert span(written).end.isoformat() == last


def test_months_are_added_to_the_last_day_of_shorter_months() -> None:
    assert add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2023, 12, 31), 24) == dt.date(2025, 12, 31)


def test_rule_1_before_the_first_year_it_has_not_started() -> None:
    signs = [("2019-01-01", "2019-12-31")]
    assert states(signs, ["2018-12-31", "2019-01-01"], first_year="2019") == ["not_started", "open"]


def test_rule_1_before_the_first_sign_nothing_is_known() -> None:
    assert states([("2019-05-02",)], ["2019-05-01", "2019-05-02"]) == ["unknown", "open"]


def test_rule_2_open_for_24_months_after_the_last_sign_then_unknown() -> None:
    signs = [("2016-03-01",), ("2021-06-15",)]
    days = ["2018-01-01", "2023-06-15", "2023-06-16"]
    assert states(signs, days) == ["open", "open", "unknown"]


def test_rule_2_signs_after_the_date_of_the_evidence_are_plans() -> None:
    assert states([("2020-01-01",), ("2027-01-01",)], ["2022-01-02"]) == ["unknown"]


def test_rule_3_a_call_is_open_during_its_year_and_then_closed() -> None:
    days = ["2021-12-31", "2022-06-01", "2022-12-31", "2023-01-01"]
    signs = [("2022-01-01", "2022-12-31")]
    assert states(signs, days, kind="call") == ["not_started", "open", "open", "closed"]


def test_rule_3_a_call_closes_on_its_day() -> None:
    fields = {"kind": "call", "status": "closed", "status_as_of": "2022-05-10"}
    signs = [("2022-01-01", "2022-12-31")]
    assert states(signs, ["2022-05-10", "2022-05-11"], **fields) == ["open", "closed"]


def test_rule_3_money_that_runs_on_does_not_keep_a_call_open() -> None:
    fields = {"kind": "call", "last_year": "2025"}
    days = ["2023-12-31", "2024-01-01", "2026-01-01"]
    assert states([("2023-01-01", "2025-12-31")], days, **fields) == ["open", "unknown", "closed"]


def test_rule_3_a_call_without_any_date_is_unknown() -> None:
    assert states([], ["2022-05-10"], kind="call") == ["unknown"]


def test_rule_4_closing_counts_at_the_end_of_its_year_and_bridges_the_silence() -> None:
    fields = {"status": "closed", "status_as_of": "2024"}
    days = ["2019-01-01", "2024-12-31", "2025-01-01"]
    assert states([("2018-01-01",)], days, **fields) == ["open", "open", "closed"]


def test_rule_4_suspension_counts_from_the_start_of_its_year() -> None:
    fields = {"status": "suspended", "status_as_of": "2026"}
    assert states([("2020-01-01",)], ["2025-12-31", "2026-01-01"], **fields) == [
        "open",
        "suspended",
    ]


def test_rule_4_a_closing_without_a_date_counts_from_the_evidence() -> None:
    days = ["2016-01-01", "2017-01-02", "2026-11-22", "2026-11-23"]
    expected = ["open", "unknown", "unknown", "closed"]
    assert states([("2015-01-01",)], days, status="closed") == expected


def test_rule_5_open_without_a_date_proves_nothing() -> None:
    assert states([], ["2023-12-05", "2026-11-23"], status="open") == ["unknown", "unknown"]


def test_a_figure_that_says_no_call_is_open_is_no_sign() -> None:
    programme = pd.DataFrame([{**BLANK, "programme_id": "p"}])
    awards = pd.DataFrame(
        columns=["programme_id", "call_year", "start", "row_kind", "award_id", "source_id"],
        dtype=str,
    )
    facts = pd.DataFrame(
        [
            ["p", "calls_open", "0", "2025", "", "F0001", "S00000000"],
            ["p", "budget", "100", "2019", "2020", "F0002", "S00000000"],
        ],
        columns=["programme_id", "indicator", "value", "period_start", "period_end", "fact_id", "source_id"],
    )  # fmt: skip
    noted = pd.DataFrame(columns=["programme_id", "date", "source_id", "what"], dtype=str)
    found = sightings({"programmes": programme, "awards": awards, "funding_facts": facts}, noted)
    assert found[["start", "end", "row_id"]].to_numpy().tolist() == [
        ["2019-01-01", "2020-12-31", "F0002"]
    ]


_years = st.integers(2005, 2028).map(str)
_dates = st.one_of(
    st.just(""),
    _years,
    st.dates(dt.date(2005, 1, 1), dt.date(2028, 12, 31)).map(lambda day: day.isoformat()),
)
_signs = st.lists(
    st.tuples(st.dates(dt.date(2005, 1, 1), dt.date(2028, 12, 31)), st.integers(0, 900)),
    max_size=4,
)


@given(
    kind=st.sampled_from(["scheme", "call", "mandate"]),
    status=st.sampled_from(["open", "closed", "suspended", "replaced", "unknown"]),
    first_year=st.one_of(st.just(""), _years),
    last_year=st.one_of(st.just(""), _years),
    status_as_of=_dates,
    signs=_signs,
    months=st.integers(1, 48),
)
def test_intervals_follow_each_other_and_every_day_has_one_state(
    kind: str,
    status: str,
    first_year: str,
    last_year: str,
    status_as_of: str,
    signs: list[tuple[dt.date, int]],
    months: int,
) -> None:
    row = {
        **BLANK, "programme_id": "p", "kind": kind, "status": status, "first_year": first_year,
        "last_year": last_year, "status_as_of": status_as_of,
    }  # fmt: skip
    seen = pd.DataFrame(
        [
            sign("p", start.isoformat(), (start + dt.timedelta(days=days)).isoformat())
            for start, days in signs
        ],
        columns=list(sign("p", "2000-01-01")),
    )
    intervals = status_intervals(pd.DataFrame([row]), seen, AS_OF, months)
    assert intervals["start"].iloc[0] == ""
    assert intervals["end"].iloc[-1] == ""
    for before, after in zip(intervals["end"], intervals["start"].iloc[1:], strict=False):
        assert dt.date.fromisoformat(after) - dt.date.fromisoformat(before) == dt.timedelta(days=1)
    assert (intervals["start"].iloc[1:] <= intervals["end"].iloc[1:].replace("", "9999")).all()
    for day in (dt.date(2000, 1, 1), dt.date(2023, 12, 5), AS_OF, dt.date(2031, 1, 1)):
        assert len(state_on(intervals, day)) == 1
