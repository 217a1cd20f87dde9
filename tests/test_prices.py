"""Constant prices, against sums on paper."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from analysis.prices import price_index, to_constant
from analysis.tables import load

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"


def need(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"N{number:04}", "country", indicator, year, value)
            for number, (indicator, year, value) in enumerate(rows)
        ],
        columns=["need_id", "area_kind", "indicator", "period_start", "value"],
    )


SYNTHETIC = need(
    [
        ("cpi_index_2013", "2013", 100.0),
        ("cpi_index_2013", "2014", 110.0),
        ("cpi_inflation", "2013", 25.0),
        ("cpi_inflation", "2014", 10.0),
        ("cpi_inflation_forecast", "2015", 2.0),
        ("cpi_inflation_forecast", "2016", 5.0),
    ]
)


def test_amounts_follow_the_index_as_on_paper() -> None:
    index = price_index(SYNTHETIC)
    # 2012: 100 / 1.25 = 80. 1000 x 110 / 80 = 1375; 1000 x 110 / 100 = 1100; base year stays.
    constant = to_constant([1000, 1000, 1000], [2012, 2013, 2014], 2014, index)
    assert constant.tolist() == pytest.approx([1375.0, 1100.0, 1000.0])
    assert index["basis"].tolist() == ["chained", "published", "published"]


def test_forecasts_stay_out_unless_asked_for_and_are_marked() -> None:
    assert pd.isna(to_constant([1000], [2015], 2014, price_index(SYNTHETIC)).iloc[0])
    asked = price_index(SYNTHETIC, with_forecast=True).set_index("year")
    assert asked.loc[2016, "index"] == pytest.approx(110 * 1.02 * 1.05)
    assert asked.loc[[2015, 2016], "basis"].tolist() == ["forecast", "forecast"]


def test_unknown_year_or_amount_stays_unknown() -> None:
    constant = to_constant([1000, None, 500], [None, 2014, 1900], 2014, price_index(SYNTHETIC))
    assert constant.isna().all()


def test_base_year_without_index_is_refused() -> None:
    with pytest.raises(ValueError, match="no price index for 2015"):
        to_constant([1.0], [2014], 2015, price_index(SYNTHETIC))


def test_other_areas_do_not_count() -> None:
    with pytest.raises(ValueError, match="no cpi_index_2013"):
        price_index(SYNTHETIC.assign(area_kind="region"))


def test_shipped_index_agrees_with_the_published_changes() -> None:
    """The chained index follows the yearly changes of the same evidence, within rounding."""
    with (PROCESSED / "need_indicators.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    level = {
        r["period_start"]: float(r["value"]) for r in rows if r["indicator"] == "cpi_index_2013"
    }
    change = [r for r in rows if r["indicator"] == "cpi_inflation"]
    index = price_index(load(PROCESSED)["need_indicators"])
    ours = index.set_index("year")["index"]
    assert {str(year): value for year, value in ours.items() if year >= 2013} == level
    checked = 0
    for row in change:
        year = int(row["period_start"])
        if year in ours and year - 1 in ours:
            percent = 100 * (ours[year] / ours[year - 1] - 1)
            assert float(row["low"]) - 0.02 <= percent <= float(row["high"]) + 0.02
            checked += 1
    assert checked >= 10
    assert index["basis"].ne("forecast").all()
