"""Take in a newer copy of the evidence base: check it, copy it, say what moved."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import files
from analysis.charts.registry import chart_values
from analysis.errors import InputError
from analysis.evidence.manifest import write_manifest
from analysis.evidence.read import checked_evidence, read_evidence
from analysis.project import Project
from analysis.tables import as_text, load, schemas, typed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TableChange:
    """What a newer copy changes in one table.

    Attributes:
        added: Keys that are new.
        removed: Keys that are gone.
        cells: (key, column, old value, new value) of rows that stayed.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    cells: tuple[tuple[str, str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.cells)


@dataclass(frozen=True)
class Renewal:
    """What an import did: changes by table and figures of charts that moved."""

    tables: dict[str, TableChange]
    figures: dict[str, tuple[tuple[str, object, object], ...]] = field(default_factory=dict)
    "Per chart: name, value in the last build, value now."


def compare(
    old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame]
) -> dict[str, TableChange]:
    """Compare two copies of the raw tables by key.

    Args:
        old: Text frames by name; the first column is the key.
        new: The newer copy, same shape.

    Returns:
        Changes of each table of ``new``; a table that is not in ``old`` is all added.
    """
    changes = {}
    for name, after in new.items():
        key = after.columns[0]
        before = old.get(name, after.iloc[:0])
        was, now = before.set_index(key), after.set_index(key)
        both = [one for one in now.index if one in was.index]
        columns = [column for column in now.columns if column in was.columns]
        left, right = was.loc[both, columns], now.loc[both, columns]
        moved = (left != right).to_numpy().nonzero()
        changes[name] = TableChange(
            tuple(one for one in now.index if one not in was.index),
            tuple(one for one in was.index if one not in now.index),
            tuple(
                (both[row], columns[col], str(left.iloc[row, col]), str(right.iloc[row, col]))
                for row, col in zip(*moved, strict=True)
            ),
        )
    return changes


def import_evidence(folder: Path, raw: Path, as_of: dt.date) -> Renewal:
    """Copy a newer evidence base into ``data/raw`` after checking all of it.

    The corrections must still fit; the tables of the new copy are built in a scratch folder
    first, so that nothing is copied that would not build.

    Args:
        folder: Folder with the newer tables.
        raw: ``data/raw`` of the project.
        as_of: The date that the new copy speaks for.

    Raises:
        InputError: The folder is missing, its tables have faults, a correction no longer fits,
            or the copy would go back in time.
    """
    from analysis.build import corrections_path, make_tables, recoding_path, sightings_path
    from analysis.evidence.corrections import read_corrections
    from analysis.evidence.manifest import manifest_path, read_manifest

    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    new = read_evidence(folder)
    corrections = read_corrections(corrections_path(raw))
    repaired, count = checked_evidence(new, corrections, corrections_path(raw).name)

    target = raw / "evidence"
    has_old = manifest_path(raw).is_file() and (target / "programmes.csv").is_file()
    old_tables = read_evidence(raw).tables if has_old else {}
    if has_old and as_of < read_manifest(raw).as_of:
        raise InputError(
            f"The evidence here speaks for {read_manifest(raw).as_of}, the new copy for {as_of}: "
            "name a later date with --as-of."
        )
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch) / "raw"
        (trial / "evidence").mkdir(parents=True)
        for name in schemas("evidence"):
            shutil.copyfile(new.files[name], trial / "evidence" / f"{name}.csv")
        for path in (corrections_path(raw), sightings_path(raw), recoding_path(raw)):
            if path.is_file():
                copy = trial / path.relative_to(raw)
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, copy)
        write_manifest(trial / "evidence", as_of, trial / "manifest.json")
        tables, _ = make_tables(repaired, count, trial)
        figures = {}
        if has_old:
            figures = _moved(_values_before(raw), chart_values(_typed(tables)))
        with files.staged(target) as stage:
            for path in sorted((trial / "evidence").iterdir()):
                shutil.copyfile(path, stage / path.name)
    write_manifest(target, as_of, raw / "manifest.json")
    return Renewal(compare(old_tables, new.tables), figures)


def _values_before(raw: Path) -> dict[str, dict[str, object]]:
    """Return the charts' figures from the last build; empty when there is none to compare with."""
    try:
        return chart_values(load(Project(raw.parent.parent).processed))
    except InputError:
        return {}


def _typed(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    family = schemas("processed")
    return {name: typed(as_text(frame), family[name]) for name, frame in tables.items()}


def _moved(
    before: Mapping[str, Mapping[str, object]], after: Mapping[str, Mapping[str, object]]
) -> dict[str, tuple[tuple[str, object, object], ...]]:
    moved = {}
    for chart, values in after.items():
        old = before.get(chart, {})
        changes = tuple(
            (name, old.get(name), value) for name, value in values.items() if old.get(name) != value
        )
        if changes:
            moved[chart] = changes
    return moved
