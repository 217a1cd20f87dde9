"""Declared corrections of an inventory: what was wrong, what it should be, and why.

The same file format as for the evidence base: ``table,row_id,field,expected,new,reason,status``.
``table`` is ``awards``; ``row_id`` is an ``award_id``, or ``FILE:ROW`` or ``FILE:SHEET:ROW`` with
the row as a person sees it. A correction that matches nothing, or finds another old value than
it expects, stops the run: the publisher has moved on and somebody has to look.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import Fault, InputError
from analysis.inventories.amounts import read_amount
from analysis.inventories.awards import COLUMNS as AWARDS

if TYPE_CHECKING:
    from analysis.inventories.intake import Ingested

COLUMNS = ("table", "row_id", "field", "expected", "new", "reason", "status")
STATUSES = ("open", "reported", "acknowledged", "fixed_upstream")
# What identifies a row or says where it came from is not corrected.
_FIXED = (
    "award_id",
    "funder_id",
    "source_file",
    "source_sheet",
    "source_row",
    "source_sha256",
    "flags",
    "amount_state",
)
_AMOUNTS = ("amount_eur", "amount_planned_eur")
_YEARS = ("year", "end_year")


@dataclass(frozen=True)
class Correction:
    """One declared correction of one cell; ``line`` is its row in the corrections file."""

    line: int
    row_id: str
    field: str
    expected: str
    new: str
    reason: str
    status: str


def read(path: Path) -> list[Correction]:
    """Read a corrections file.

    Raises:
        InputError: It does not exist, has other columns, or a row says no reason, an unknown
            status or field, or changes nothing.
    """
    if not path.is_file():
        raise InputError(f"{path.name}: there is no such corrections file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(f"{path.name}: the columns must be {', '.join(COLUMNS)}.")
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{path.name}: is not a UTF-8 CSV file.") from None
    faults, found = [], []
    for line, row in enumerate(rows, start=2):
        at = str(line)
        if None in row or None in row.values():
            faults.append(Fault(path.name, "has the wrong number of cells", at))
            continue
        if row["table"] != "awards":
            faults.append(Fault(path.name, "must be awards", at, "table", row["table"]))
        if row["field"] not in AWARDS or row["field"] in _FIXED:
            faults.append(
                Fault(path.name, "is not a column that can be corrected", at, "field", row["field"])
            )
        if row["status"] not in STATUSES:
            faults.append(
                Fault(
                    path.name, f"must be one of {', '.join(STATUSES)}", at, "status", row["status"]
                )
            )
        if not row["reason"].strip():
            faults.append(Fault(path.name, "must say why", at, "reason", ""))
        if row["expected"] == row["new"]:
            faults.append(Fault(path.name, "changes nothing", at, "new", row["new"]))
        if row["field"] in _AMOUNTS and row["new"] and read_amount(row["new"], ".") is None:
            faults.append(
                Fault(path.name, "is not an amount such as 1234.50", at, "new", row["new"])
            )
        if (
            row["field"] in _YEARS
            and row["new"]
            and not (row["new"].isdigit() and len(row["new"]) == 4)
        ):
            faults.append(Fault(path.name, "is not a year", at, "new", row["new"]))
        found.append(
            Correction(
                line,
                row["row_id"],
                row["field"],
                row["expected"],
                row["new"],
                row["reason"],
                row["status"],
            )
        )
    if faults:
        raise InputError(f"{path.name} cannot be used:", faults)
    return found


def apply(result: Ingested, corrections: list[Correction], file: str) -> None:
    """Apply every correction to the awards, or none; sums and ledger follow.

    Raises:
        InputError: A correction matches no row, or finds another old value.
    """
    awards = result.awards
    by_id = pd.Series(np.arange(len(awards)), index=awards["award_id"])
    by_place = _places(awards)
    faults: list[Fault] = []
    todo: list[tuple[int, Correction]] = []
    for one in corrections:
        places = (
            by_id.loc[[one.row_id]].tolist()
            if one.row_id in by_id.index
            else by_place.get(one.row_id, [])
        )
        if len(places) != 1:
            words = (
                "matches no row: remove or mend the correction"
                if not places
                else "matches several rows: name the sheet, FILE:SHEET:ROW, or the award_id"
            )
            faults.append(Fault(file, words, str(one.line), "row_id", one.row_id))
            continue
        found = written(awards.iloc[places[0]][one.field], one.field)
        if not _same(found, one.expected, one.field):
            words = f"expects {one.expected!r} in {one.row_id}, {one.field}; the file has changed: check whether the correction is still needed"
            faults.append(Fault(file, words, str(one.line), "expected", found))
            continue
        todo.append((places[0], one))
    if faults:
        raise InputError("Corrections do not fit what was read; nothing was written.", faults)
    changed = {
        name: awards[name].to_numpy(dtype=object).copy()
        for name in {one.field for _, one in todo} | {"flags", "amount_state"}
    }
    for place, one in todo:
        changed[one.field][place] = _typed(one.new, one.field)
        mark = f"corrected:{one.field}"
        changed["flags"][place] = ";".join(filter(None, [changed["flags"][place], mark]))
        if one.field == "amount_eur":
            cents = read_amount(one.new, ".") if one.new else None
            result.cents[place] = cents or 0
            changed["amount_state"][place] = (
                "not_published" if cents is None else "reported_zero" if cents == 0 else "reported"
            )
    for name, values in changed.items():
        kind: Any = awards[name].dtype
        awards[name] = pd.Series(values, index=awards.index, dtype=kind)
    _book(result, todo)


def _places(awards: pd.DataFrame) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    keys = zip(
        awards["source_file"].tolist(),
        awards["source_sheet"].tolist(),
        awards["source_row"].tolist(),
        strict=True,
    )
    for place, (file, sheet, row) in enumerate(keys):
        places.setdefault(f"{file}:{row}", []).append(place)
        if sheet:
            places.setdefault(f"{file}:{sheet}:{row}", []).append(place)
    return places


def written(value: Any, field: str) -> str:
    """Write one cell as ``awards.csv`` has it."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.2f}" if field in _AMOUNTS else str(value)


def _same(found: str, expected: str, field: str) -> bool:
    if field in _AMOUNTS and found and expected:
        return read_amount(found, ".") == read_amount(expected, ".")
    return found == expected


def _typed(new: str, field: str) -> Any:
    if field in _AMOUNTS:
        cents = read_amount(new, ".") if new else None
        return np.nan if cents is None else cents / 100
    if field in _YEARS:
        return int(new) if new else pd.NA
    return new


def _book(result: Ingested, todo: list[tuple[int, Correction]]) -> None:
    """Write the corrections and the changed sums into the ledger."""
    awards = result.awards
    for entry in result.ledger["files"]:
        mine = (
            (awards["source_file"] == entry["file"]) & (awards["source_sheet"] == entry["sheet"])
        ).to_numpy()
        entry["amount_kept_eur"] = int(result.cents[mine].sum()) / 100
        entry["corrections_applied"] = sum(bool(mine[place]) for place, _ in todo)
    result.ledger["totals"]["amount_kept_eur"] = int(result.cents.sum()) / 100
    result.ledger["totals"]["corrections_applied"] = len(todo)
    result.ledger["corrections"] = [
        {
            "award_id": str(awards["award_id"].iloc[place]),
            "field": one.field,
            "reason": one.reason,
            "status": one.status,
        }
        for place, one in todo
    ]
