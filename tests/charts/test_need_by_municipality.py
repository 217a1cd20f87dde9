from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.charts import style
from analysis.charts.check import overlaps
from analysis.charts.frame import compose
from analysis.charts.need_by_municipality import _classes, _ink, _shade, need_by_municipality
from analysis.charts.record import ChartRecord, text_faults
from analysis.language import LANGUAGES, Language
from analysis.project import find_project
from analysis.tables import load


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return load(find_project(Path(__file__)).processed)


@pytest.fixture(scope="module")
def record(tables: dict[str, pd.DataFrame]) -> ChartRecord:
    return need_by_municipality(tables)


def test_texts_are_whole(record: ChartRecord) -> None:
    assert text_faults(record) == []


def test_a_missing_municipality_is_hatched_and_named(tables: dict[str, pd.DataFrame]) -> None:
    record = need_by_municipality(tables, year=2019)
    with style.settings("test"):
        figure = compose(record, "nl", style.COLUMN)
        assert overlaps(figure) == []
    words = [text.get_text() for text in figure.axes[0].texts]
    # In its tile, in the strip and in the legend.
    assert words.count("geen cijfer") == 3
    assert words.count("Elsene") == 2


@pytest.mark.parametrize("shape", list(style.SHAPES))
def test_all_points_are_shown(record: ChartRecord, shape: str) -> None:
    with style.settings("test"):
        figure = compose(record, "fr", style.SHAPES[shape])
    strips = [axes for axes in figure.axes if axes.collections]
    assert len(strips) == 2
    for axes, indicator in zip(strips, ("poverty_risk_administrative", "median_taxable_income"), strict=True):  # fmt: skip
        points = np.concatenate([np.asarray(each.get_offsets()) for each in axes.collections])
        rows = record.data[record.data["indicator"].eq(indicator) & record.data["area_kind"].eq("municipality")]  # fmt: skip
        assert len(points) == 19
        assert sorted(points[:, 0]) == sorted(rows["value"])
        assert sorted(points[:, 1]) == list(range(19))


def test_claim_follows_the_numbers(tables: dict[str, pd.DataFrame], record: ChartRecord) -> None:
    values = record.data.query("indicator == 'poverty_risk_administrative' and area_kind == 'municipality'")["value"]  # fmt: skip
    assert record.claim == "uneven"
    assert record.values["ratio"] == pytest.approx(values.max() / values.min())
    need = tables["need_indicators"].copy()
    need.loc[need["indicator"].eq("poverty_risk_administrative"), "value"] += 40
    even = need_by_municipality({**tables, "need_indicators": need})
    assert even.claim == "even"
    assert text_faults(even) == []


def test_names_follow_the_language(record: ChartRecord) -> None:
    highest = record.values["highest"]
    assert isinstance(highest, dict)
    assert highest["nl"] in record.headline("nl")
    assert highest["fr"] in record.headline("fr")
    assert highest["nl"] != highest["fr"]


def test_numbers_can_be_read_on_every_shade(tables: dict[str, pd.DataFrame]) -> None:
    from analysis.need import municipal_values

    for year in (2015, 2019, 2022):
        classes = _classes(municipal_values(tables, "poverty_risk_administrative", year))
        for bound in classes:
            ground = _shade(bound, classes)
            assert style.contrast(_ink(ground), ground) >= 4.5
        assert len({_shade(bound, classes) for bound in classes}) == len(classes)


@pytest.mark.parametrize("shape", list(style.SHAPES))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_stay_inside_their_tile(record: ChartRecord, lang: Language, shape: str) -> None:
    from analysis.charts.canvas import Canvas
    from analysis.charts.layout import Box
    from analysis.charts.need_by_municipality import _break_name, _label

    form = style.SHAPES[shape]
    canvas = Canvas(record, lang, form, Box(0, 0, form.width, 500), Box(0, 0, form.width, 500))
    # A fifth of the map, less the gaps; the map takes just under half of the wide picture.
    tile = (0.45 if shape == "wide" else 1.0) * (form.width - 2 * form.margin) / 5 - 3
    for _, row in record.data[record.data["area_kind"].eq("municipality")].iterrows():
        name = _label(canvas, row)
        lines = _break_name(canvas, name, tile - 8)
        assert "".join(lines) == name
        assert canvas.widest(lines, "small") <= tile - 8
