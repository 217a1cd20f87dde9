"""Everything a reader opens, in one go: tables, notebooks, charts, pages."""

from __future__ import annotations

from collections.abc import Callable

from analysis import files
from analysis.errors import CheckFailed
from analysis.language import LANGUAGES
from analysis.project import Project


def report(project: Project, say: Callable[[str], None], redraw: bool = False) -> dict[str, int]:
    """Build the tables, draw the charts that are stale, run the notebooks, write the pages.

    Args:
        project: The checkout.
        say: Receives one line a step.
        redraw: Draw every chart, stale or not.

    Returns:
        Counts: tables, charts, charts drawn, notebooks changed.

    Raises:
        InputError: The evidence cannot be used.
        CheckFailed: A text of a chart is incomplete, or a notebook fails.
    """
    from analysis.build import build
    from analysis.charts.index import stale, write_index
    from analysis.charts.record import text_faults
    from analysis.charts.registry import build_records
    from analysis.charts.render import render_all
    from analysis.check import generated_pages
    from analysis.local import build_local, inventories
    from analysis.notebooks import run_all
    from analysis.tables import load

    build(project.raw, project.processed, say)
    if paths := inventories(project):
        say(f"reading {len(paths)} published inventories")
        build_local(paths, project.processed)
    else:
        say("no published inventories at hand: their charts and notebooks stay as they are")
    tables = load(project.processed)
    records = build_records(tables)
    if faults := [fault for record in records for fault in text_faults(record)]:
        raise CheckFailed("Texts of charts are not complete:", faults)
    every = [(record, lang) for record in records for lang in LANGUAGES]
    wanted = every if redraw else stale(records, project.reports)
    say(f"drawing {len(wanted)} of {len(every)} charts ({len(records)} in three languages)")
    render_all(wanted, out=project.reports)
    write_index(records, project.reports)
    say("running the notebooks")
    changed = run_all(project.notebooks, "local_awards" in tables)
    say("judging the demands")
    for path, content in generated_pages(project, tables).items():
        files.write_text(path, content)
    return {
        "tables": len(tables),
        "charts": len(records),
        "drawn": len(wanted),
        "notebooks_changed": len(changed),
    }
