"""Figures: what says the same is merged, what disagrees becomes a range, nothing is averaged."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.figures import resolve

SOURCES = pd.DataFrame(
    {
        "source_id": ["S1", "S2", "S3"],
        "kind": ["press", "statistics", "official_page"],
        "published": ["2024", "2020", ""],
    }
)
COLUMNS = [
    "fact_id", "programme", "indicator", "period_start", "period_end", "value", "unit",
    "value_kind", "source_id", "same_as", "conflict_group",
]  # fmt: skip


def frame(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="str")


def row(key: str, value: str, **other: str) -> tuple[str, ...]:
    base = {
        "programme": "P", "indicator": "budget", "period_start": "2020", "period_end": "2020",
        "unit": "EUR", "value_kind": "exact", "source_id": "S1", "same_as": "", "conflict_group": "",
        **other, "fact_id": key, "value": value,
    }  # fmt: skip
    return tuple(base[name] for name in COLUMNS)


def figures(*rows: tuple[str, ...]) -> dict[str, dict[str, object]]:
    found = resolve(frame(*rows), SOURCES, ["programme"])
    return {str(one["member_ids"]): one for one in found.to_dict("records")}


def test_a_row_alone_stays_as_it_is() -> None:
    found = figures(row("F1", "7"), row("F2", "8"))
    assert {k: (v["value"], v["low"], v["high"], v["resolution"]) for k, v in found.items()} == {
        "F1": ("7", 7, 7, "single"),
        "F2": ("8", 8, 8, "single"),
    }


def test_rows_that_say_the_same_are_one_figure() -> None:
    found = figures(row("F1", "7", same_as="G001"), row("F2", "7", same_as="G001", source_id="S2"))
    assert list(found) == ["F1;F2"]
    one = found["F1;F2"]
    assert (one["resolution"], one["fact_id"], one["source_id"]) == ("same", "F2", "S2")


def test_sources_that_disagree_become_a_range_with_the_exact_value_chosen() -> None:
    found = figures(
        row("F1", "100", value_kind="approx", conflict_group="X001", source_id="S2"),
        row("F2", "90", conflict_group="X001"),
        row("F3", "120", value_kind="at_most", conflict_group="X001"),
    )
    one = found["F1;F2;F3"]
    assert (one["value"], one["low"], one["high"], one["resolution"]) == ("90", 90, 120, "range")
    assert "most exact" in str(one["chosen_because"])


@pytest.mark.parametrize(
    "other",
    [
        {"programme": "Q"},
        {"indicator": "jobs"},
        {"unit": "count"},
        {"period_start": "2022", "period_end": "2022"},
    ],
)
def test_a_conflict_about_something_else_is_no_range(other: dict[str, str]) -> None:
    found = figures(
        row("F1", "1", conflict_group="X001"), row("F2", "2", conflict_group="X001", **other)
    )
    assert set(found) == {"F1", "F2"}


def test_periods_that_overlap_or_are_not_stated_can_disagree() -> None:
    found = figures(
        row("F1", "1", conflict_group="X001", period_start="2014", period_end="2020"),
        row("F2", "2", conflict_group="X001", period_start="2015-05", period_end=""),
        row("F3", "3", conflict_group="X001", period_start="", period_end=""),
    )
    assert set(found) == {"F1;F2;F3"}


def test_an_undated_row_takes_the_period_of_its_twin() -> None:
    # F1 says the same as the figure of 2024, so it cannot contradict the one of 2022.
    found = figures(
        row("F1", "30", period_start="", period_end="", same_as="G001", conflict_group="X001"),
        row("F2", "30", period_start="2024", period_end="2024", same_as="G001"),
        row("F3", "26", period_start="2022", period_end="2022", conflict_group="X001"),
    )
    assert set(found) == {"F1;F2", "F3"}


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [
        row("F1", "100", conflict_group="X001", source_id="S3"),
        row("F2", "90", conflict_group="X001", source_id="S2"),
        row("F3", "90", same_as="G001"),
        row("F4", "90", same_as="G001", conflict_group="X001"),
    ]
    forward = resolve(frame(*rows), SOURCES, ["programme"])
    backward = resolve(frame(*rows[::-1]), SOURCES, ["programme"])
    pd.testing.assert_frame_equal(forward, backward)
