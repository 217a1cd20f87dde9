"""Build the dossier: gather what it holds, write what is stale, in all languages and formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.dossier.brand import Brand, our_brand
from analysis.dossier.charts import read_charts
from analysis.dossier.content import Dossier
from analysis.dossier.edition import Edition, changes, earlier_edition, snapshot
from analysis.errors import InputError
from analysis.project import Project
from analysis.tables import as_of, load


def read_dossier(
    project: Project, reports: Path | None = None, brand: Brand | None = None
) -> Dossier:
    """Gather the whole dossier from published charts, demand records and checked tables.

    Args:
        project: The checkout.
        reports: Folder with the charts and ``demands.json``; default the project's own.
        brand: Default ours.

    Raises:
        InputError: Charts, demands or tables are not there yet.
    """
    folder = reports or project.reports
    tables = load(project.processed)
    charts = read_charts(folder)
    demands = _demands(folder)
    day = as_of(tables)
    now = snapshot(project, charts, demands, day)
    edition = Edition(__version__, day, changes(earlier_edition(project.editions), now))
    return Dossier(
        edition, brand or our_brand(), demands, charts, tables, demands, _corrections(project)
    )


def _corrections(project: Project) -> tuple[dict[str, str], ...]:
    from analysis.build import corrections_path
    from analysis.evidence.corrections import read_corrections

    return tuple(
        {
            "table": one.table,
            "row": one.row_id,
            "field": one.field,
            "before": one.expected,
            "after": one.new,
        }
        for one in read_corrections(corrections_path(project.raw))
    )


def _demands(reports: Path) -> tuple[dict[str, Any], ...]:
    from analysis.demands.output import FILE

    path = reports / FILE
    if not path.is_file():
        raise InputError(f"{FILE} is not there yet: run `analysis report` without options first.")
    return tuple(json.loads(path.read_text(encoding="utf-8")))
