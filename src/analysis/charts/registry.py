"""All charts in the order a reader meets them: functions from the checked tables to a record."""

from __future__ import annotations

from collections.abc import Callable

from analysis.charts.awards_known import awards_known
from analysis.charts.calls_per_year_and_sector import calls_per_year_and_sector
from analysis.charts.calls_submitted_selected import calls_submitted_selected
from analysis.charts.legal_forms_known import legal_forms_known
from analysis.charts.local_continuity import local_continuity
from analysis.charts.local_domains import local_domains
from analysis.charts.local_money_by_beneficiary import local_money_by_beneficiary
from analysis.charts.local_operating_or_project import local_operating_or_project
from analysis.charts.need_by_municipality import need_by_municipality
from analysis.charts.need_in_the_region import need_in_the_region
from analysis.charts.organisations_concentration import organisations_concentration
from analysis.charts.programme_gap_map import programme_gap_map
from analysis.charts.programme_lifelines import programme_lifelines
from analysis.charts.record import ChartRecord
from analysis.charts.three_funders_by_stage import three_funders_by_stage
from analysis.charts.what_we_know import what_we_know
from analysis.errors import InputError
from analysis.tables import Tables

Builder = Callable[[Tables], ChartRecord]

# Explicit, because the order is part of the story and a forgotten chart must be seen in review.
BUILDERS: tuple[Builder, ...] = (
    programme_gap_map,
    programme_lifelines,
    calls_submitted_selected,
    calls_per_year_and_sector,
    awards_known,
    three_funders_by_stage,
    need_in_the_region,
    need_by_municipality,
    what_we_know,
)
# Charts on publishers' files: drawn where a build had them, kept as they are where it had not.
LOCAL_BUILDERS: tuple[Builder, ...] = (
    local_money_by_beneficiary,
    local_operating_or_project,
    local_continuity,
    local_domains,
    organisations_concentration,
    legal_forms_known,
)


def builders_for(tables: Tables) -> tuple[Builder, ...]:
    """Return the builders of all charts that these tables can carry."""
    return BUILDERS + (LOCAL_BUILDERS if "local_awards" in tables else ())


def local_ids() -> set[str]:
    """Return the ids of the charts that need publishers' files."""
    return {_id(builder) for builder in LOCAL_BUILDERS}


def _id(builder: Builder) -> str:
    return builder.__name__.replace("_", "-")


def build_records(tables: Tables, builders: tuple[Builder, ...] | None = None) -> list[ChartRecord]:
    """Build all records.

    Args:
        tables: Name of a table in ``data/processed`` → its frame.
        builders: Other builders than the project's own.

    Raises:
        ValueError: Two charts have the same id.
    """
    records = [build(tables) for build in (builders_for(tables) if builders is None else builders)]
    ids = [record.id for record in records]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ValueError(f"two charts are called {', '.join(twice)}")
    return records


def chart_values(tables: Tables) -> dict[str, dict[str, object]]:
    """Return the figures that the texts of each chart name, by chart id, with its claim."""
    return {record.id: {"claim": record.claim, **record.values} for record in build_records(tables)}


def chart(tables: Tables, chart_id: str) -> ChartRecord:
    """Return one chart by its id, which is the name of its builder with hyphens.

    Raises:
        InputError: There is no such chart; lists the ones there are.
    """
    by_id = {_id(builder): builder for builder in builders_for(tables)}
    if chart_id not in by_id:
        raise InputError(f"No chart called {chart_id}; there are: {', '.join(by_id)}.")
    return by_id[chart_id](tables)
