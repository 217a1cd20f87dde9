"""Does everything that is committed still agree? Raw files, tables, notebooks, charts, pages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from analysis import files
from analysis.errors import Fault, InputError
from analysis.project import Project
from analysis.tables import Tables


def check_project(project: Project, say: Callable[[str], None] = lambda _: None) -> list[Fault]:
    """List where the project's files disagree; empty when all is well.

    Args:
        project: The checkout.
        say: Receives one line a step.

    Raises:
        InputError: The raw evidence cannot be used at all.
    """
    found: list[Fault] = []
    for words, step in (
        ("raw files against their checksums", _raw),
        ("tables against a fresh build", _tables),
        ("notebooks", _notebooks),
        ("charts against their records", _charts),
        ("generated pages", _pages),
        ("dossier", _dossier),
    ):
        say(words)
        found.extend(step(project))
    return found


def _raw(project: Project) -> list[Fault]:
    from analysis.evidence.manifest import changed_files

    advice = {
        "changed": "was changed; restore it, and declare repairs in corrections.csv",
        "missing": "is missing; restore it",
        "not listed": "is not in manifest.json; take it in with `analysis evidence import`",
    }
    return [Fault(name, advice[what]) for name, what in changed_files(project.raw).items()]


def _tables(project: Project) -> list[Fault]:
    from analysis.build import STATE_FILE, build

    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "processed"
        build(project.raw, fresh)
        made = {path.name for path in fresh.iterdir()} - {STATE_FILE}
        kept = {p.name for p in project.processed.iterdir() if p.is_file()} - {STATE_FILE}
        return [
            Fault(name, "is not what a fresh build makes; run `analysis build`")
            for name in sorted(made | kept)
            if name not in made
            or name not in kept
            or files.sha256(fresh / name) != files.sha256(project.processed / name)
        ]


def _notebooks(project: Project) -> list[Fault]:
    from analysis.notebooks import faults, notebook_paths

    return [fault for path in notebook_paths(project.notebooks) for fault in faults(path)]


def _charts(project: Project) -> list[Fault]:
    from analysis.charts.index import chart_inputs, faults, untouched
    from analysis.charts.record import text_faults
    from analysis.charts.registry import build_records, builders_of
    from analysis.tables import load

    # A chart all of whose inputs are those of its files needs no second measuring.
    inputs = chart_inputs(project.processed)
    doubtful = set(inputs) - untouched(inputs, project.reports)
    records = build_records(load(project.processed), builders_of(doubtful))
    known = set(inputs) - doubtful
    return [f for r in records for f in text_faults(r)] + faults(records, project.reports, known)


def _pages(project: Project) -> list[Fault]:
    from analysis.tables import load

    pages = generated_pages(project, load(project.processed))
    return [
        Fault(path.relative_to(project.root).as_posix(), "is stale; run `analysis report`")
        for path, content in pages.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]


def _dossier(project: Project) -> list[Fault]:
    from analysis.dossier.publish import INDEX, faults, read_dossier

    if not (project.reports / INDEX).is_file():
        return []  # not committed: a fresh clone has none until `analysis report` makes it
    try:
        dossier = read_dossier(project)
    except InputError as error:
        return [Fault("reports", str(error))]
    return faults(dossier, project.reports)


def generated_pages(project: Project, tables: Tables, stored: bool = False) -> dict[Path, str]:
    """Return the pages that are made from schemas and data, by path.

    Args:
        project: The checkout.
        tables: Checked tables.
        stored: Take the demands' stored records when they rest on the present inputs.
    """
    from analysis.demands.output import demand_pages
    from analysis.dictionary import dictionary_page

    return {
        project.root / "docs" / "data-dictionary.md": dictionary_page(),
        **demand_pages(project, tables, stored),
    }
