from __future__ import annotations

import pandas as pd
import pytest
from evidence_charts import evidence, headline_faults

from analysis.charts.calls_per_year_and_sector import calls_per_year_and_sector
from analysis.charts.record import text_faults

CLAIMS = ("fewer_not_counted", "fewer_sector_grew", "fewer_sector_did_not_grow", "not_fewer")


def test_texts_are_whole() -> None:
    record = calls_per_year_and_sector(evidence())
    assert text_faults(record) == []
    assert headline_faults(record, CLAIMS) == []


def later(facts: pd.DataFrame, value: float) -> pd.DataFrame:
    """Return the facts with one more year of the Observatory, after the last count of calls."""
    chosen = facts["indicator"].eq("sector_organisations") & facts["source_id"].eq("S4ebc85ee")
    row = facts[chosen & facts["programme"].eq("Social economy sector") & facts["scope"].eq("Brussels-Capital Region")].tail(1)  # fmt: skip
    row = row.assign(
        fact_id="F9999", period_start="2025", period_end="2025", value=value, low=value, high=value
    )
    return pd.concat([facts, row], ignore_index=True)


def test_headline_follows_the_evidence() -> None:
    facts = evidence()["funding_facts"]
    assert calls_per_year_and_sector(evidence()).claim == "fewer_not_counted"
    grew = calls_per_year_and_sector(evidence(funding_facts=later(facts, 6000.0)))
    assert grew.claim == "fewer_sector_grew"
    assert "not proved here" not in grew.text("limits", "en")
    shrank = calls_per_year_and_sector(evidence(funding_facts=later(facts, 4000.0)))
    assert shrank.claim == "fewer_sector_did_not_grow"
    more = facts.copy()
    last = more["indicator"].eq("calls_open") & more["programme"].str.startswith("All calls") & more["period_start"].eq("2025")  # fmt: skip
    more.loc[last & more["programme"].str.contains("Economy"), ["value", "low", "high"]] = 9.0
    assert calls_per_year_and_sector(evidence(funding_facts=more)).claim == "not_fewer"


def test_perimeters_stay_apart_and_no_unit_is_mixed() -> None:
    data = calls_per_year_and_sector(evidence()).data
    by_series = data.groupby("series")
    assert by_series["perimeter"].nunique().eq(1).all()
    assert by_series["unit"].nunique().eq(1).all()
    assert data.groupby("panel")["unit"].nunique().eq(1).all()
    assert not data.duplicated(["series", "year"]).any()
    calls = data[data["panel"].eq("calls")].groupby("series")["year"]
    assert calls.max()["calls_discretionary"] < calls.min()["calls_all"]


def test_growth_written_in_the_chart_is_that_of_one_source() -> None:
    record = calls_per_year_and_sector(evidence())
    series = record.data.query("series == 'enterprises_observatory'").set_index("year")["value"]
    share = series.iloc[-1] / series.iloc[0] - 1
    written = record.values["enterprises_change"]["en"]  # type: ignore[index]
    assert float(written.strip("+%")) == pytest.approx(100 * share, abs=0.05)
