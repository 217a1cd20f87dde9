"""Everything a reader opens, in one go: tables, charts, notebooks, pages, dossier."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from analysis import files
from analysis.errors import CheckFailed
from analysis.language import LANGUAGES
from analysis.project import Project
from analysis.tables import Tables


def report(project: Project, say: Callable[[str], None], redraw: bool = False) -> dict[str, int]:
    """Build the tables, then draw, run and write what is stale.

    Args:
        project: The checkout.
        say: Receives one line a step.
        redraw: Draw every chart, run every notebook and write the whole dossier, stale or not.

    Returns:
        Counts: tables, charts, drawn (charts in a language), notebooks changed, files of the
        dossier written.

    Raises:
        InputError: The evidence cannot be used.
        CheckFailed: A text of a chart is incomplete, or a notebook fails.
    """
    from analysis.build import build
    from analysis.check import generated_pages
    from analysis.dossier.publish import outputs, publish, read_dossier, stale
    from analysis.local import build_local, inventories
    from analysis.tables import load

    build(project.raw, project.processed, say)
    if paths := inventories(project):
        say(f"reading {len(paths)} published inventories")
        build_local(paths, project.processed)
    else:
        say("no published inventories at hand: their charts and notebooks stay as they are")
    tables = load(project.processed)
    charts, drawn = _charts(project, tables, say, redraw)
    changed = _notebooks(project, tables, say, redraw)
    say("judging the demands")
    for path, content in generated_pages(project, tables, stored=not redraw).items():
        files.write_text(path, content)
    dossier = read_dossier(project)
    wanted = outputs() if redraw else stale(dossier, outputs(), project.reports)
    say(f"writing {len(wanted)} of {len(outputs())} parts of the dossier")
    written = publish(dossier, wanted, project.reports) if wanted else {}
    return {
        "tables": len(tables),
        "charts": charts,
        "drawn": drawn,
        "notebooks_changed": changed,
        "dossier_files": sum(written.values()),
    }


def _charts(
    project: Project, tables: Tables, say: Callable[[str], None], redraw: bool
) -> tuple[int, int]:
    from analysis.charts.index import chart_inputs, stale, untouched, write_index
    from analysis.charts.record import text_faults
    from analysis.charts.registry import build_records, builders_of
    from analysis.charts.render import render_all

    inputs = chart_inputs(project.processed)
    doubtful = set(inputs) if redraw else set(inputs) - untouched(inputs, project.reports)
    if doubtful:
        say(f"measuring for {len(doubtful)} of {len(inputs)} charts")
    records = build_records(tables, builders_of(doubtful))
    if faults := [fault for record in records for fault in text_faults(record)]:
        raise CheckFailed("Texts of charts are not complete:", faults)
    every = [(record, lang) for record in records for lang in LANGUAGES]
    wanted = every if redraw else stale(records, project.reports)
    say(f"drawing {len(wanted)} of {len(inputs) * len(LANGUAGES)} charts")
    render_all(wanted, out=project.reports)
    write_index(records, project.reports, inputs)
    return len(inputs), len(wanted)


def _notebooks(project: Project, tables: Tables, say: Callable[[str], None], redraw: bool) -> int:
    from analysis.charts.index import measuring, read_index
    from analysis.notebooks import fingerprints, run_all

    basis, index = measuring(project.processed), read_index(project.reports)
    known = _run_before(project)
    now = fingerprints(project.notebooks, basis, index)
    settled = {path for path, mark in now.items() if known.get(path.name) == mark and not redraw}
    say(f"running {len(now) - len(settled)} of {len(now)} notebooks")
    changed = run_all(project.notebooks, "local_awards" in tables, settled)
    marks = fingerprints(project.notebooks, basis, index)
    files.write_json(_state(project), {path.name: mark for path, mark in marks.items()})
    return len(changed)


def _state(project: Project) -> Path:
    # Not committed: a fresh clone shows that the notebooks run.
    return project.root / ".cache" / "notebooks.json"


def _run_before(project: Project) -> dict[str, str]:
    try:
        return dict(json.loads(_state(project).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
