"""Read the raw evidence tables as text and check all of them before anything else happens."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError
from analysis.evidence.corrections import Correction, apply_corrections
from analysis.evidence.rules import rule_faults
from analysis.tables import check, check_references, check_shape, schemas

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RawEvidence:
    """The raw tables as text (empty text = not stated) and the files they came from."""

    tables: dict[str, pd.DataFrame]
    files: dict[str, Path]


def evidence_folder(raw: Path) -> Path:
    """Return the folder of the evidence tables below ``data/raw`` (or ``raw`` itself)."""
    return raw / "evidence" if (raw / "evidence").is_dir() else raw


def read_evidence(raw: Path) -> RawEvidence:
    """Read the evidence tables without judging their content.

    Args:
        raw: ``data/raw`` or a folder that holds the tables themselves.

    Raises:
        InputError: A file is missing, is no UTF-8 CSV, or has rows of the wrong length.
    """
    import pandas as pd

    folder = evidence_folder(raw)
    tables: dict[str, pd.DataFrame] = {}
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    for name in schemas("evidence"):
        path = folder / f"{name}.csv"
        files[name] = path
        rows, row_faults = _read_rows(path)
        faults.extend(row_faults)
        if rows and not row_faults:
            tables[name] = pd.DataFrame(rows[1:], columns=rows[0], dtype="str")
    known = {path.name for path in files.values()}
    faults.extend(
        Fault(path.name, "is not a table of the evidence base; remove it or add its schema")
        for path in sorted(folder.glob("*.csv"))
        if path.name not in known
    )
    if faults:
        raise InputError(f"The evidence in {folder} cannot be read:", faults)
    return RawEvidence(tables, files)


def _read_rows(path: Path) -> tuple[list[list[str]], list[Fault]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except FileNotFoundError:
        return [], [Fault(path.name, "the file is missing; put it back")]
    except UnicodeDecodeError as error:
        return [], [Fault(path.name, f"is not UTF-8 text (byte {error.start}); save it as UTF-8")]
    except (OSError, csv.Error) as error:
        return [], [Fault(path.name, f"cannot be read as CSV: {error}")]
    if not rows:
        return [], [Fault(path.name, "the file is empty")]
    width = len(rows[0])
    faults = [
        Fault(path.name, f"has {len(row)} cells where the header has {width}", str(number))
        for number, row in enumerate(rows[1:], start=2)
        if len(row) != width
    ]
    return rows, faults


def checked_evidence(
    evidence: RawEvidence, corrections: list[Correction], corrections_file: str
) -> tuple[RawEvidence, dict[str, int]]:
    """Apply the corrections and check everything: columns, cells, references, rules.

    Args:
        evidence: The tables as read.
        corrections: Declared repairs.
        corrections_file: Name of their file, for messages.

    Returns:
        The repaired tables, and the number of repaired cells per table.

    Raises:
        InputError: Anything is wrong; all faults of the first kind that fails are listed.
    """
    family = schemas("evidence")
    names = {table: path.name for table, path in evidence.files.items()}
    shape = [
        fault
        for name, schema in family.items()
        for fault in check_shape(evidence.tables[name], schema, names[name])
    ]
    if shape:
        # A correction cannot be matched in a table that lacks its column.
        raise InputError("The evidence cannot be used; nothing was written:", shape)
    repaired, count = apply_corrections(evidence.tables, corrections, corrections_file)
    evidence = RawEvidence(repaired, evidence.files)
    if faults := _content_faults(evidence, names):
        raise InputError(
            f"The evidence has {len(faults)} fault{'s' if len(faults) > 1 else ''}; "
            "nothing was written. Declare a repair in corrections.csv, or mend the source:",
            faults,
        )
    return evidence, count


def _content_faults(evidence: RawEvidence, names: dict[str, str]) -> list[Fault]:
    family = schemas("evidence")
    faults: list[Fault] = []
    for name, schema in family.items():
        faults.extend(check(evidence.tables[name], schema, names[name]))
    faults.extend(check_references(evidence.tables, family, names))
    known = {(fault.file, fault.row, fault.column) for fault in faults}
    faults.extend(
        fault
        for fault in rule_faults(evidence.tables, names)
        if (fault.file, fault.row, fault.column) not in known
    )
    return faults
