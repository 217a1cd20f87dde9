"""Gap map, lifelines and the three funders: texts, pictures, and headlines that follow the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis import coverage
from analysis.charts.programme_gap_map import UNPLACED, programme_gap_map
from analysis.charts.programme_lifelines import FUNDERS, programme_lifelines
from analysis.charts.record import ChartRecord, text_faults
from analysis.charts.three_funders_by_stage import three_funders_by_stage
from analysis.language import LANGUAGES
from analysis.tables import as_of, load

PROCESSED = Path(__file__).parents[2] / "data" / "processed"
BUILDERS: tuple[Callable[..., ChartRecord], ...] = (
    programme_gap_map,
    programme_lifelines,
    three_funders_by_stage,
)


@cache
def evidence() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


@cache
def record_of(build: Callable[..., ChartRecord]) -> ChartRecord:
    return build(evidence())


def with_states(change: Callable[[pd.DataFrame], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {**evidence(), "programme_status": change(evidence()["programme_status"].copy())}


@pytest.mark.parametrize("build", BUILDERS)
def test_texts_can_be_published(build: Callable[..., ChartRecord]) -> None:
    record = record_of(build)
    assert text_faults(record) == []
    for lang in LANGUAGES:
        for key in ("subtitle", "base", "missing", "source", "how_to_read", "limits", "alt"):
            assert record.text(key, lang)


@pytest.mark.parametrize("build", BUILDERS)
def test_every_headline_can_be_filled(build: Callable[..., ChartRecord]) -> None:
    record = record_of(build)
    headlines = [key for key in record.texts if key.startswith("headline.")]
    assert len(headlines) >= 2
    for key in headlines:
        for lang in LANGUAGES:
            assert record.text(key, lang)


# The gap map


def test_the_map_lists_what_is_behind_each_cell() -> None:
    data = record_of(programme_gap_map).data
    assert len(data) == 2 * (len(coverage.STAGES) + 1) * len(coverage.LEGAL_FORMS)
    family = evidence()["programmes"].set_index("programme_id")["family_id"]
    for row in data.to_dict("records"):
        for kind in ("open", "possible"):
            listed = {family[one] for one in row[f"{kind}_ids"].split(";") if one}
            assert len(listed) == row[f"families_{kind}"]
    states = data.loc[data["stage"].ne(UNPLACED), "state"]
    assert set(states) <= set(coverage.CELL_STATES)


def test_changes_between_the_dates_are_marked_with_their_ground() -> None:
    data = record_of(programme_gap_map).data
    first, second = (frame.set_index(["stage", "legal_form"]) for _, frame in data.groupby("date"))
    assert (first["change_since_earlier_date"] == "").all()
    for key, row in second.iterrows():
        if key[0] == UNPLACED:
            continue
        was, is_now = first.loc[key, "families_open"] > 0, row["families_open"] > 0
        expected = {(True, False): ("ended", "no_recent_sign"), (False, True): ("opened",)}
        assert row["change_since_earlier_date"] in expected.get((was, is_now), ("",)), key
    # Nobody said that advice to associations ended: it only fell silent.
    gone = second.loc[("advice", "asbl_vzw")]
    ended = set(gone["ended_ids"].split(";")) & set(first.loc[("advice", "asbl_vzw"), "open_ids"].split(";"))  # fmt: skip
    assert (gone["change_since_earlier_date"] == "ended") == bool(ended)


def test_the_headline_of_the_map_follows_the_evidence() -> None:
    assert record_of(programme_gap_map).claim == "some_stages"
    silent = programme_gap_map(with_states(lambda f: f.assign(state="unknown")))
    assert silent.claim == "no_stage"
    assert silent.values["open_now"] == 0
    assert programme_gap_map(with_states(lambda f: f.assign(state="open"))).claim == "all_stages"


# Lifelines


def test_each_line_rests_on_signs_of_two_years_or_a_stated_suspension() -> None:
    data = record_of(programme_lifelines).data
    suspended = set(data.loc[data["state"] == "suspended", "family_id"])
    assert (data["sign_years"].ge(2) | data["family_id"].isin(suspended)).all()
    assert set(data["funder_id"]) <= set(FUNDERS)
    assert (data["name_en"] != "").all()
    now = as_of(evidence()).isoformat()
    assert (data["start"] <= now).all()


def test_the_suspension_is_counted_among_what_was_running() -> None:
    values = record_of(programme_lifelines).values
    status, programmes = evidence()["programme_status"], evidence()["programmes"]
    mine = set(programmes.loc[programmes["funder_id"].eq("innoviris") & ~programmes["kind"].isin(["law", "strategy"]), "programme_id"])  # fmt: skip
    eve = f"{values['year'] - 1}-12-31"  # type: ignore[operator]
    family = dict(zip(programmes["programme_id"], programmes["family_id"], strict=True))
    running, stopped = set(), set()
    for row in status.to_dict("records"):
        if row["programme_id"] not in mine:
            continue
        if row["state"] == "open" and row["start"] <= eve <= (row["end"] or "9"):
            running.add(family[row["programme_id"]])
        if row["state"] == "suspended" and not row["end"]:
            stopped.add(family[row["programme_id"]])
    assert (values["running"], values["suspended"]) == (len(running), len(running & stopped))


def test_the_headline_of_the_lifelines_follows_the_evidence() -> None:
    assert record_of(programme_lifelines).claim in ("some", "all")
    lifted = with_states(lambda f: f.assign(state=f["state"].replace("suspended", "open")))
    assert programme_lifelines(lifted).claim == "none"

    def only_suspended(frame: pd.DataFrame) -> pd.DataFrame:
        stopped = set(frame.loc[frame["state"] == "suspended", "programme_id"])
        others = ~frame["programme_id"].isin(stopped) & frame["state"].eq("open")
        return frame.assign(state=frame["state"].mask(others, "unknown"))

    assert programme_lifelines(with_states(only_suspended)).claim == "all"


# Three funders


def test_the_three_funders_show_gaps_and_progress_side_by_side() -> None:
    record = record_of(three_funders_by_stage)
    progress = record.data[record.data["section"] == "progress"].set_index("item")
    assert set(progress["answer"]) <= {"yes", "no"}
    assert progress.loc["innovate", "answer"] == "yes"
    rows = record.data[record.data["section"] != "progress"]
    assert rows["programme_id"].nunique() == record.values["programmes"]
    codes = rows[rows["section"].isin(["stage", "legal_form"])].groupby("programme_id").size()
    assert (codes == len(coverage.STAGES) + len(coverage.LEGAL_FORMS)).all()


def test_a_row_for_the_innovation_journey_would_be_shown() -> None:
    programmes = evidence()["programmes"]
    named = programmes["programme_id"].eq("hub-1819")
    changed = programmes.assign(name_en=programmes["name_en"].mask(named, "Innovation Journey"))
    record = three_funders_by_stage({**evidence(), "programmes": changed})
    before = record_of(three_funders_by_stage).values["found"]
    assert record.values["found"] == before + 1  # type: ignore[operator]


def test_the_headline_of_the_three_funders_follows_the_evidence() -> None:
    assert record_of(three_funders_by_stage).claim == "some"
    forms = evidence()["programme_legal_forms"]
    unknown = forms.assign(open_to=forms["open_to"].replace("yes", "unknown"))
    assert three_funders_by_stage({**evidence(), "programme_legal_forms": unknown}).claim == "none"
    stages = evidence()["programme_stages"]
    every = stages.assign(supports="yes")
    assert three_funders_by_stage({**evidence(), "programme_stages": every}).claim == "all"
