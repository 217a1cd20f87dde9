"""Repairs of the evidence are declared, not typed into the tables.

``data/raw/corrections.csv`` has one row a repair: table, row id, column, the old value it
expects, the new value, the reason and its status. A repair that finds no row, or finds another
value than it expects, stops the build: the evidence has moved on and somebody has to look.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("table", "row_id", "field", "expected", "new", "reason", "status")
STATUSES = ("open", "reported", "acknowledged", "fixed_upstream")


@dataclass(frozen=True)
class Correction:
    """One declared repair of one cell."""

    table: str
    row_id: str
    field: str
    expected: str
    new: str
    reason: str
    status: str


def read_corrections(path: Path) -> list[Correction]:
    """Read the corrections file; no file means no corrections.

    Raises:
        InputError: A column is missing, a reason is empty, or a status is not in the list.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(
                f"{path.name}: the columns must be {', '.join(COLUMNS)}; "
                f"found {', '.join(reader.fieldnames or ()) or 'none'}."
            )
        rows = list(reader)
    faults = []
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            faults.append(Fault(path.name, "has the wrong number of cells", str(number)))
            continue
        if row["status"] not in STATUSES:
            words = f"must be one of {', '.join(STATUSES)}"
            faults.append(Fault(path.name, words, str(number), "status", row["status"]))
        if not row["reason"].strip():
            faults.append(Fault(path.name, "must say why", str(number), "reason", ""))
        if row["expected"] == row["new"]:
            faults.append(Fault(path.name, "changes nothing", str(number), "new", row["new"]))
    if faults:
        raise InputError(f"{path.name} cannot be used:", faults)
    return [Correction(**row) for row in rows]


def apply_corrections(
    tables: Mapping[str, pd.DataFrame], corrections: list[Correction], file: str
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Apply every correction, or none.

    Args:
        tables: Raw text frames by name; the first column is the key.
        corrections: Declared repairs.
        file: Name of the corrections file for messages.

    Returns:
        The repaired frames, and the number of repaired cells per table.

    Raises:
        InputError: A correction finds no such table, column or row, or another old value.
    """
    repaired = {name: frame.copy() for name, frame in tables.items()}
    count = dict.fromkeys(tables, 0)
    faults = []
    for number, one in enumerate(corrections, start=2):
        frame = repaired.get(one.table)
        if frame is None:
            faults.append(Fault(file, "no such table", str(number), "table", one.table))
            continue
        if one.field not in frame.columns:
            faults.append(
                Fault(file, f"{one.table} has no such column", str(number), "field", one.field)
            )
            continue
        where = frame.iloc[:, 0] == one.row_id
        if not where.any():
            words = (
                f"{one.table} has no such row; the correction matches nothing: remove or mend it"
            )
            faults.append(Fault(file, words, str(number), "row_id", one.row_id))
            continue
        found = str(frame.loc[where, one.field].iloc[0])
        if found != one.expected:
            words = (
                f"expects {one.expected!r} in {one.table}, row {one.row_id}, column {one.field}; "
                "the evidence has changed: check whether the correction is still needed"
            )
            faults.append(Fault(file, words, str(number), "expected", found))
            continue
        frame.loc[where, one.field] = one.new
        count[one.table] += 1
    if faults:
        raise InputError("Corrections do not fit the evidence:", faults)
    return repaired, count
