"""Family lines, rounds and what is drawn: invented programmes, then the evidence counted apart."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from small_tables import AS_OF, sign, tables

from analysis import coverage, lifelines
from analysis.tables import as_of, load

PROCESSED = Path(__file__).parents[1] / "data" / "processed"


def lines(family: str, found: pd.DataFrame) -> list[tuple[str, str, str]]:
    rows = found[found["family_id"] == family]
    days = rows[["start", "end"]].apply(lambda column: column.dt.strftime("%Y-%m-%d").fillna(""))
    return list(zip(rows["state"], days["start"], days["end"], strict=True))


def test_an_open_round_opens_its_family_and_a_suspension_outlasts_a_closed_round() -> None:
    programmes = [
        {"id": "a", "status": "suspended", "status_as_of": "2025"},
        {"id": "a-1", "family_id": "a", "kind": "call"},
        {"id": "a-2", "family_id": "a", "kind": "call"},
    ]
    signs = [
        sign("a-1", "2018-01-01", "2018-12-31"),
        sign("a-2", "2020-01-01", "2020-12-31"),
    ]
    found = lifelines.family_intervals(tables(programmes, signs))
    assert lines("a", found) == [
        ("unknown", "", "2017-12-31"),
        ("open", "2018-01-01", "2018-12-31"),
        ("unknown", "2019-01-01", "2019-12-31"),
        ("open", "2020-01-01", "2020-12-31"),
        ("unknown", "2021-01-01", "2024-12-31"),
        ("suspended", "2025-01-01", ""),
    ]


def test_rounds_stand_with_their_family_and_a_call_on_its_own_is_no_round() -> None:
    programmes = [
        {"id": "a"},
        {"id": "a-1", "family_id": "a", "kind": "call", "status": "closed", "status_as_of": "2022-05-10"},
        {"id": "b", "kind": "call"},
    ]  # fmt: skip
    signs = [sign("a-1", "2022-01-01", "2022-12-31"), sign("b", "2022-01-01")]
    found = lifelines.rounds(tables(programmes, signs))
    assert found.astype(str).to_numpy().tolist() == [["a", "a-1", "2022-01-01", "2022-05-10"]]


def test_history_counts_calendar_years_of_signs_up_to_the_evidence() -> None:
    programmes = [{"id": "a"}, {"id": "a-1", "family_id": "a"}, {"id": "b"}, {"id": "c"}]
    signs = [
        sign("a", "2019-01-01"),
        sign("a-1", "2021-01-01"),
        sign("b", "2019-02-01"),
        sign("b", "2019-09-01"),
        sign("c", "2026-01-01"),
        sign("c", "2027-01-01"),
    ]
    found = lifelines.families_with_history(tables(programmes, signs), AS_OF)
    assert found[["family_id", "sign_years", "signs"]].to_numpy().tolist() == [["a", 2, 2]]


@pytest.fixture(scope="module")
def evidence() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


def test_family_lines_have_no_holes_and_agree_with_the_states_of_a_day(
    evidence: dict[str, pd.DataFrame],
) -> None:
    found = lifelines.family_intervals(evidence)
    for _, rows in found.groupby("family_id"):
        assert pd.isna(rows["start"].iloc[0])
        assert pd.isna(rows["end"].iloc[-1])
        steps = rows["start"].iloc[1:].to_numpy() - rows["end"].iloc[:-1].to_numpy()
        assert (steps == pd.Timedelta(days=1)).all()
        assert (rows["state"].to_numpy()[1:] != rows["state"].to_numpy()[:-1]).all()
    for day in (dt.date(2016, 6, 1), dt.date(2023, 12, 5), as_of(evidence)):
        stamp = pd.Timestamp(day)
        holds = found[
            (found["start"].isna() | (found["start"] <= stamp))
            & (found["end"].isna() | (found["end"] >= stamp))
        ].set_index("family_id")["state"]
        expected = coverage.family_states(evidence, day, as_of(evidence))
        assert holds.sort_index().to_dict() == expected.sort_index().to_dict()


def test_history_agrees_with_a_count_from_the_files(evidence: dict[str, pd.DataFrame]) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (PROCESSED / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    family = {r["programme_id"]: r["family_id"] for r in rows("programmes") if r["kind"] not in ("law", "strategy")}  # fmt: skip
    years: dict[str, set[str]] = {}
    for row in rows("sightings"):
        if row["programme_id"] in family and row["start"] <= as_of(evidence).isoformat():
            years.setdefault(family[row["programme_id"]], set()).add(row["start"][:4])
    expected = {one: len(found) for one, found in years.items() if len(found) >= 2}
    found = lifelines.families_with_history(evidence, as_of(evidence))
    assert dict(zip(found["family_id"], found["sign_years"], strict=True)) == expected
