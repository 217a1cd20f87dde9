"""All charts in the order a reader meets them: functions from the checked tables to a record."""

from __future__ import annotations

from collections.abc import Callable

from analysis.charts.awards_known import awards_known
from analysis.charts.calls_per_year_and_sector import calls_per_year_and_sector
from analysis.charts.calls_submitted_selected import calls_submitted_selected
from analysis.charts.record import ChartRecord, Tables
from analysis.charts.what_we_know import what_we_know
from analysis.errors import InputError

Builder = Callable[[Tables], ChartRecord]

# Explicit, because the order is part of the story and a forgotten chart must be seen in review.
BUILDERS: tuple[Builder, ...] = (
    calls_submitted_selected,
    calls_per_year_and_sector,
    awards_known,
    what_we_know,
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


def chart_values(tables: Tables) -> dict[str, dict[str, object]]:
    """Return the figures that the texts of each chart name, by chart id, with its claim."""
    return {record.id: {"claim": record.claim, **record.values} for record in build_records(tables)}


def chart(tables: Tables, chart_id: str) -> ChartRecord:
    """Return one chart by its id.

    Raises:
        InputError: There is no such chart; lists the ones there are.
    """
    records = {record.id: record for record in build_records(tables)}
    if chart_id not in records:
        raise InputError(f"No chart called {chart_id}; there are: {', '.join(records)}.")
    return records[chart_id]
