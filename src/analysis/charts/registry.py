"""All charts in the order a reader meets them: functions from the checked tables to a record."""

from __future__ import annotations

from collections.abc import Callable, Collection

from analysis.charts.announced_and_given import announced_and_given
from analysis.charts.association_against_company import association_against_company
from analysis.charts.awards_known import awards_known
from analysis.charts.calls_per_funder_and_year import calls_per_funder_and_year
from analysis.charts.calls_per_year_and_sector import calls_per_year_and_sector
from analysis.charts.calls_submitted_selected import calls_submitted_selected
from analysis.charts.chain_from_start_to_scale import chain_from_start_to_scale
from analysis.charts.clauses_published import clauses_published
from analysis.charts.coding_quality import coding_quality
from analysis.charts.instruments_open import (
    advice_offer,
    collaboration_instruments,
    impact_money,
    research_programmes,
    several_years_by_authority,
    spreading_and_scaling,
    start_without_accreditation,
)
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
from analysis.charts.project_leaders import project_leaders
from analysis.charts.record import ChartRecord
from analysis.charts.rules_read import business_aid_by_legal_form, what_rules_say
from analysis.charts.support_over_the_years import support_over_the_years
from analysis.charts.three_funders_by_stage import three_funders_by_stage
from analysis.charts.unmet_demand import unmet_demand
from analysis.charts.verdicts import verdicts
from analysis.charts.verdicts_under_other_readings import verdicts_under_other_readings
from analysis.charts.what_we_know import what_we_know
from analysis.errors import InputError
from analysis.tables import Tables

Builder = Callable[[Tables], ChartRecord]

# Explicit, because the order is part of the story and a forgotten chart must be seen in review.
BUILDERS: tuple[Builder, ...] = (
    verdicts,
    programme_gap_map,
    support_over_the_years,
    association_against_company,
    chain_from_start_to_scale,
    programme_lifelines,
    start_without_accreditation,
    several_years_by_authority,
    what_rules_say,
    collaboration_instruments,
    business_aid_by_legal_form,
    calls_submitted_selected,
    unmet_demand,
    calls_per_funder_and_year,
    calls_per_year_and_sector,
    announced_and_given,
    clauses_published,
    advice_offer,
    research_programmes,
    project_leaders,
    spreading_and_scaling,
    impact_money,
    awards_known,
    three_funders_by_stage,
    need_in_the_region,
    need_by_municipality,
    what_we_know,
    coding_quality,
    verdicts_under_other_readings,
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


def chart_ids(with_local: bool) -> list[str]:
    """Return the ids of all charts in reading order, those on publishers' files last."""
    return [_id(builder) for builder in (*BUILDERS, *(LOCAL_BUILDERS if with_local else ()))]


def builders_of(ids: Collection[str]) -> tuple[Builder, ...]:
    """Return the builders of some charts, in reading order."""
    return tuple(builder for builder in (*BUILDERS, *LOCAL_BUILDERS) if _id(builder) in ids)


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
