"""All charts in the order a reader meets them: functions from the checked tables to a record."""

from __future__ import annotations

from collections.abc import Callable

from analysis.charts.programme_gap_map import programme_gap_map
from analysis.charts.programme_lifelines import programme_lifelines
from analysis.charts.record import ChartRecord, Tables
from analysis.charts.three_funders_by_stage import three_funders_by_stage

Builder = Callable[[Tables], ChartRecord]

# Explicit, because the order is part of the story and a forgotten chart must be seen in review.
BUILDERS: tuple[Builder, ...] = (
    programme_gap_map,
    programme_lifelines,
    three_funders_by_stage,
)


def build_records(tables: Tables, builders: tuple[Builder, ...] | None = None) -> list[ChartRecord]:
    """Build all records.

    Args:
        tables: Name of a table in ``data/processed`` → its frame.
        builders: Other builders than the project's own.

    Raises:
        ValueError: Two charts have the same id.
    """
    records = [build(tables) for build in (BUILDERS if builders is None else builders)]
    ids = [record.id for record in records]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ValueError(f"two charts are called {', '.join(twice)}")
    return records
