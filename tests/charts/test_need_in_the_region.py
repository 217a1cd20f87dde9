from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.charts import style
from analysis.charts.frame import compose
from analysis.charts.need_in_the_region import _ticks, need_in_the_region
from analysis.charts.record import ChartRecord, text_faults
from analysis.language import LANGUAGES
from analysis.project import find_project
from analysis.tables import load


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return load(find_project(Path(__file__)).processed)


@pytest.fixture(scope="module")
def record(tables: dict[str, pd.DataFrame]) -> ChartRecord:
    return need_in_the_region(tables)


def changed(tables: dict[str, pd.DataFrame], values: dict[str, float]) -> dict[str, pd.DataFrame]:
    need = tables["need_indicators"].copy()
    for need_id, value in values.items():
        need.loc[need["need_id"].eq(need_id), ["value", "low", "high"]] = value
    return {**tables, "need_indicators": need}


def test_texts_are_whole(record: ChartRecord) -> None:
    assert text_faults(record) == []


def test_claim_follows_the_numbers(tables: dict[str, pd.DataFrame], record: ChartRecord) -> None:
    assert record.claim == "housing_up_poverty_down"
    # The last register rate no longer lower; then a last count no longer higher.
    assert need_in_the_region(changed(tables, {"N0046": 25.0})).claim == "housing_up"
    assert need_in_the_region(changed(tables, {"N0141": 7000.0})).claim == "mixed"
    for other in ("housing_up", "mixed"):
        for lang in LANGUAGES:
            words = record.text(f"headline.{other}", lang).split()
            assert 3 < len(words) <= 14


def test_data_name_unit_and_source_of_every_value(record: ChartRecord) -> None:
    data = record.data
    assert data["url"].str.startswith("http").all()
    assert data["unit"].ne("").all()
    assert data["need_id"].is_unique
    assert set(data["source_id"]) == set(record.sources)


def test_a_line_is_drawn_for_each_stretch_and_none_across_a_gap(record: ChartRecord) -> None:
    with style.settings("test"):
        figure = compose(record, "en", style.WIDE)
    accent = [
        line
        for line in figure.axes[0].findobj(match=lambda artist: hasattr(artist, "get_xdata"))
        if line.get_color() == style.ACCENT and line.get_linewidth() == style.MEDIUM
    ]
    drawn = record.data[
        record.data["series"].str.contains("waiting|homeless") & record.data["year"].ge(2012)
    ]
    sizes = drawn.groupby(["series", "stretch"]).size()
    assert sorted(len(line.get_xdata()) for line in accent) == sorted(sizes)


@pytest.mark.parametrize(("highest", "whole"), [(31, 40), (60_000, 80_000), (9_777, 10_000), (107_917, 120_000), (15.8, 20)])  # fmt: skip
def test_scale_ends_at_a_round_number_with_a_round_half(highest: float, whole: float) -> None:
    assert _ticks(pd.DataFrame({"high": [1.0, highest]})) == [0, whole / 2, whole]
