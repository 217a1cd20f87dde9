"""Series of the sector: declared, never joined across perimeters, gone when their figures go."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.project import RULES
from analysis.sector import change, sector_series
from analysis.tables import load

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"


def test_series_agree_with_a_second_reading_of_the_file() -> None:
    got = sector_series(load(PROCESSED)["funding_facts"])
    with (PROCESSED / "funding_facts.csv").open(encoding="utf-8", newline="") as handle:
        facts = {row["fact_id"]: row for row in csv.DictReader(handle)}
    for row in got.itertuples():
        fact = facts[row.fact_id]
        assert float(fact["value"]) == row.value
        assert fact["scope"] == "Brussels-Capital Region"
        assert fact["period_start"][:4] == str(row.year)
    region = [f for f in facts.values() if f["scope"] == "Brussels-Capital Region" and f["indicator"] == "jobs_fte" and f["programme"].startswith("Social economy sector")]  # fmt: skip
    assert len(got.query("panel == 'fte'")) == len(region)


def test_schema_of_the_rules() -> None:
    with (RULES / "sector_series.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, strict=True))
    assert len({row["series"] for row in rows}) == len(rows)
    for row in rows:
        assert row["panel"] in ("calls", "enterprises", "fte")
        assert row["joined"] in ("yes", "no")
        assert row["perimeter"] and row["reason"]


def test_series_without_figures_stops_with_its_name() -> None:
    facts = load(PROCESSED)["funding_facts"]
    with pytest.raises(InputError) as error:
        sector_series(facts[facts["programme"] != "All calls for projects of Brussels Economy and Employment"])  # fmt: skip
    assert [fault.value for fault in error.value.faults] == ["calls_all"]


def test_two_figures_for_one_year_stop() -> None:
    facts = load(PROCESSED)["funding_facts"]
    twice = facts[facts["indicator"].eq("calls_open") & facts["period_start"].eq("2024")]
    with pytest.raises(InputError, match="series of the sector"):
        sector_series(pd.concat([facts, twice], ignore_index=True))


def test_change_by_hand() -> None:
    series = pd.DataFrame({"series": ["s", "s", "s"], "year": [2012, 2010, 2011], "value": [15.0, 10.0, 99.0]})  # fmt: skip
    assert change(series, "s") == (2010, 2012, 0.5)
    with pytest.raises(ValueError, match="no change"):
        change(series.head(1), "s")
