"""Published files in, one clean table out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.errors import Fault, InputError
from analysis.inventories import corrections as declared
from analysis.inventories import identity, quality
from analysis.inventories.awards import COLUMNS, Part, Reading, read_table
from analysis.inventories.duplicates import find_repeats
from analysis.inventories.formats import Sheet, no_collection, read
from analysis.inventories.headers import NEEDED
from analysis.inventories.layout import Table, find_table

_NEEDED_WORDS = {"beneficiary_name": "the beneficiary", "amount_eur": "the amount"}
# Flags in the order in which they are written.
MARKS = (
    "amount_ambiguous",
    "amount_rounded",
    "amount_abbreviated",
    "granted_not_published_planned_known",
    "establishment_check_digits_wrong",
    "no_beneficiary_name",
    "name_line_break",
    "text_repaired",
    "person_masked",
    "personal_name_kept",
    "person_in_text_masked",
    "year_from_file",
    "end_before_start",
)
NOTES = (
    "amount_unreadable",
    "currency",
    "beneficiary_id_invalid",
    "beneficiary_id_establishment",
    "year_unreadable",
    "duplicate_exact",
    "duplicate_payment",
    "planned_granted_pair",
    "corrected",
)


@dataclass
class Ingested:
    """What came out of one run.

    Attributes:
        awards: The columns of ``awards.csv``; amounts as EUR (nominal, float to the cent, NaN
            where not reported), years as nullable integers.
        quarantine: Rows that could not be used: source_file, source_sheet, source_row, reason,
            amount_eur, cells (without the beneficiary's name).
        ledger: ``files`` (one entry per file and sheet) and ``totals``.
        quality: One row per check and file that has findings: check, importance, source_file,
            source_sheet, count, relevant, share, examples (row numbers), amount_eur.
        ignored: Rows that are no awards: source_file, source_sheet, source_row, reason.
        repairs: Cells whose text was repaired: as published, as written.
        years: Per funder and year: rows, beneficiaries, amount_eur, share_with_id, ...
    """

    awards: pd.DataFrame
    quarantine: pd.DataFrame
    ledger: dict[str, Any]
    quality: pd.DataFrame
    ignored: pd.DataFrame
    repairs: pd.DataFrame
    years: pd.DataFrame
    cents: npt.NDArray[np.int64] = field(repr=False, default_factory=lambda: np.zeros(0, np.int64))


def ingest(
    paths: Iterable[Path | str],
    funder_id: str,
    *,
    year: int | None = None,
    sheets: Iterable[str] = (),
    columns: Mapping[str, str] | None = None,
    keep_personal_names: bool = False,
    corrections: Path | str | None = None,
) -> Ingested:
    """Read published subsidy inventories into one table.

    Args:
        paths: JSON, CSV, TSV, XLSX, XLS, ODS or Parquet files, several years and layouts at once.
        funder_id: Who granted the money; letters, digits and ``._:-``.
        year: Year of the rows that do not say it.
        sheets: Sheets of the workbooks to read; default every visible one with a table.
        columns: Field → header, where the vocabulary does not find it (``--map``).
        keep_personal_names: Leave natural persons' names in. Never publish the result.
        corrections: CSV of declared corrections (see :mod:`analysis.inventories.corrections`).

    Returns:
        Tables, ledger and quality findings. Nothing is written.

    Raises:
        InputError: A file cannot be read, or its beneficiary or amount column is not found.
    """
    files = sorted({Path(path) for path in paths}, key=lambda path: (path.name, str(path)))
    if not files:
        raise InputError("No file was named.")
    if not re.fullmatch(r"[\w.:-]{1,80}", funder_id):
        raise InputError(
            f"--funder: {funder_id[:40]!r} is not an id: use letters, digits and . _ : - (no spaces)."
        )
    if year is not None and not 1980 <= year <= 2049:
        raise InputError(f"--year: {year} is not a year between 1980 and 2049.")
    wanted = list(sheets)
    how = Reading(funder_id, year, keep_personal_names)
    parts: list[Part] = []
    seen: dict[str, str] = {}
    with no_collection():
        for path in files:
            parts.extend(_one_file(path, wanted, columns or {}, how, seen))
        return _assemble(parts, how, corrections)


def _one_file(
    path: Path, wanted: list[str], columns: Mapping[str, str], how: Reading, seen: dict[str, str]
) -> list[Part]:
    read_sheets = read(path, wanted)
    digest = read_sheets[0].sha256
    if digest in seen:
        raise InputError(f"{path.name} has the same content as {seen[digest]}: name it once.")
    seen[digest] = path.name
    return _read_file(read_sheets, columns, how)


def _read_file(sheets: list[Sheet], columns: Mapping[str, str], how: Reading) -> list[Part]:
    tables: list[tuple[Sheet, Table | None]] = []
    trouble: InputError | None = None
    for sheet in sheets:
        if sheet.hidden or not len(sheet):
            tables.append((sheet, None))
            continue
        try:
            tables.append((sheet, find_table(sheet, columns)))
        except InputError as error:
            # With several sheets, --map concerns those that have the header.
            if len(sheets) == 1:
                raise
            trouble = error
            tables.append((sheet, None))
    usable = [table for _, table in tables if table is not None and table.complete]
    if not usable:
        found = [table for _, table in tables if table is not None]
        if not found and trouble is not None:
            raise trouble
        raise _not_found(sheets[0].path, found)
    parts = []
    for sheet, table in tables:
        if table is None or not table.complete:
            parts.append(_unread_sheet(sheet, table))
        else:
            parts.append(read_table(table, how))
    return parts


def _not_found(path: Path, tables: list[Table]) -> InputError:
    if not tables:
        return InputError(
            f"{path.name} cannot be read; nothing was written.",
            [
                Fault(
                    path.name,
                    "has no sheet with any row (hidden sheets are read with --sheet only)",
                )
            ],
        )
    faults = []
    best = min(tables, key=lambda table: (len(table.mapping.guesses), -len(table.mapping.fields)))
    for name in NEEDED:
        if name not in best.mapping.guesses:
            continue
        guesses = best.mapping.guesses[name]
        words = f"no column for {_NEEDED_WORDS[name]} ({name}) was found"
        if name == "amount_eur" and best.mapping.years:
            words = "the amounts of several years stand side by side: read one year at a time with --year"
        if guesses:
            options = "; ".join(
                f"--map '{name}={_short(header)}'  (score {value:.2f})" for header, value in guesses
            )
            words += f". Best guesses, try: {options}"
        else:
            words += ": the file has no column that could be it"
        row = "" if best.header_row is None else str(best.header_row)
        faults.append(Fault(path.name, words, row, sheet=best.sheet.name))
    if best.header_row is not None and any(
        re.fullmatch(r"[\d.,\s€-]*\d[\d.,\s€-]*", name) for name in best.mapping.names
    ):
        faults.append(
            Fault(
                path.name,
                "it seems to have no header: put a line with the names of the columns above the data",
                str(best.header_row),
            )
        )
    headers = ", ".join(repr(_short(name)) for name in best.mapping.names if name)[:600]
    faults.append(Fault(path.name, f"its columns are: {headers or 'none'}", sheet=best.sheet.name))
    return InputError(f"{path.name} cannot be mapped; nothing was written.", faults)


def _short(header: str) -> str:
    return header if len(header) <= 120 else header[:117] + "..."


def _unread_sheet(sheet: Sheet, table: Table | None) -> Part:
    """Account for a sheet beside the table: hidden, empty or without the needed columns."""
    size = len(sheet)
    filled = np.zeros(size, dtype=bool)
    for column in sheet.columns:
        filled |= ~column.blank
    if sheet.hidden:
        reason, why = "hidden_sheet", f"the sheet is hidden; read it with --sheet '{sheet.name}'"
    elif not size or table is None:
        reason, why = "no_table_on_sheet", "the sheet holds no table"
    else:
        missing = " and ".join(_NEEDED_WORDS[name] for name in table.mapping.guesses)
        reason, why = (
            "no_table_on_sheet",
            f"no column for {missing} was found on this sheet; read it with --sheet and --map if it is a list of subsidies",
        )
    entry: dict[str, Any] = {
        "file": sheet.path.name,
        "sha256": sheet.sha256,
        "format": sheet.format,
        "sheet": sheet.name,
        "header_row": None,
        "rows_read": size,
        "rows_kept": 0,
        "rows_quarantined": 0,
        "rows_ignored": size,
        "amount_kept_eur": 0.0,
        "amount_quarantined_eur": 0.0,
        "beneficiary_ids_valid": 0,
        "beneficiary_ids_missing": 0,
        "beneficiary_ids_invalid": 0,
        "natural_persons_masked": 0,
        "columns": {},
        "unmapped_columns": [],
        "decisions": [f"sheet: {why}"],
        "beneficiary_ids_establishment": 0,
        "natural_persons_found": 0,
        "rows_ignored_by_reason": {reason: size} if size else {},
        "rows_quarantined_by_reason": {},
        "columns_unsure": [],
    }
    none = np.zeros(0, dtype=np.int64)
    ignored = pd.DataFrame(
        {"source_row": sheet.rows, "reason": np.where(filled, reason, "blank").astype(object)}
    )
    return Part(
        {},
        none,
        none,
        none.astype(bool),
        pa.array([], pa.string()),
        {},
        {},
        pd.DataFrame(columns=["source_row", "reason", "cents", "amount_state", "cells"]),
        ignored,
        pd.DataFrame(columns=["source_row", "field", "published", "written"]),
        entry,
    )


# ------------------------------------------------------------------- assembly


def _assemble(parts: list[Part], how: Reading, corrections: Path | str | None) -> Ingested:
    filled = [part for part in parts if len(part)]
    fields = {
        name: _stack([part.fields[name] for part in filled])
        for name in COLUMNS
        if all(name in part.fields for part in filled) and filled
    }
    size = sum(len(part) for part in filled)
    lengths = [len(part) for part in filled]
    for name, source in (
        ("source_file", "file"),
        ("source_sheet", "sheet"),
        ("source_sha256", "sha256"),
    ):
        fields[name] = _stack(
            [pa.repeat(pa.scalar(part.ledger[source], pa.string()), len(part)) for part in filled]
        )
    fields["funder_id"] = pa.repeat(pa.scalar(how.funder_id, pa.string()), size)
    cents = np.concatenate([part.cents for part in filled]) if filled else np.zeros(0, np.int64)
    planned = np.concatenate([part.planned_cents for part in filled]) if filled else cents
    has_planned = (
        np.concatenate([part.has_planned for part in filled]) if filled else cents.astype(bool)
    )
    if not filled:
        for name in COLUMNS:
            fields.setdefault(
                name,
                pa.array(
                    [], pa.int64() if name in ("year", "end_year", "source_row") else pa.string()
                ),
            )
    marks = {
        name: np.concatenate(
            [
                part.marks.get(name, np.zeros(n, dtype=bool))
                for part, n in zip(filled, lengths, strict=True)
            ]
        )
        for name in MARKS
        if any(name in part.marks for part in filled)
    }
    notes = {
        name: _stack(
            [
                part.notes.get(name, pa.nulls(n, pa.string()))
                for part, n in zip(filled, lengths, strict=True)
            ]
        )
        for name in NOTES
        if any(name in part.notes for part in filled)
    }
    who = _stack([part.who for part in filled]) if filled else pa.array([], pa.string())
    shown_who = _shown_who(fields)
    reported = (
        pc.starts_with(fields["amount_state"], "reported")
        .to_numpy(zero_copy_only=False)
        .astype(bool)
    )
    money = pc.if_else(
        pa.array(reported), pa.array(cents).cast(pa.string()), fields["amount_state"]
    )
    planned_text = pc.if_else(pa.array(has_planned), pa.array(planned).cast(pa.string()), "")
    fixed = [fields["funder_id"], fields["year"]]
    what = [fields["object"], fields["row_kind"], money]
    rest_columns = [
        fields[name]
        for name in (
            "title",
            "beneficiary_name",
            "end_year",
            "budget_article",
            "budget_function",
            "programme_id",
            "amount_phase",
        )
    ]
    key = identity.hashes(identity.joined([*fixed, shown_who, *what]))
    rest = _hashes_where(
        pd.Series(key).duplicated(keep=False).to_numpy(), [*rest_columns, planned_text]
    )
    fields["award_id"] = identity.award_ids(key, rest)
    _flag_repeats(fields, notes, who, key, rest, what, fixed, reported, has_planned)
    fields["flags"] = _flags(size, marks, notes)
    amount = pc.if_else(pa.array(reported), pa.array(cents / 100), pa.scalar(None, pa.float64()))
    fields["amount_eur"] = amount
    fields["amount_planned_eur"] = pc.if_else(
        pa.array(has_planned), pa.array(planned / 100), pa.scalar(None, pa.float64())
    )
    table = pa.table({name: fields[name] for name in COLUMNS})
    awards = table.to_pandas()
    for name in ("year", "end_year"):
        awards[name] = pd.array(table[name].to_pandas(), dtype="Int64")
    ledger = _ledger(parts, cents, how)
    result = Ingested(
        awards,
        _listed(parts, "quarantine"),
        ledger,
        pd.DataFrame(),
        _listed(parts, "ignored"),
        _listed(parts, "repairs"),
        pd.DataFrame(),
        cents,
    )
    if corrections is not None:
        declared.apply(result, declared.read(Path(corrections)), Path(corrections).name)
    result.years = quality.compare_years(result, filled)
    result.quality = quality.check(result, parts)
    return result


def _hashes_where(rows: npt.NDArray[np.bool_], columns: list[pa.Array]) -> identity.Hashes:
    """Hash only the rows that need telling apart; the others stay 0."""
    result = np.zeros(len(rows), dtype=np.uint64)
    if rows.any():
        chosen = pa.array(rows)
        result[rows] = identity.hashes(
            identity.joined([column.filter(chosen) for column in columns])
        )
    return result


def _stack(arrays: list[Any]) -> pa.Array:
    flat: list[pa.Array] = []
    for one in arrays:
        flat.extend(one.chunks if isinstance(one, pa.ChunkedArray) else [one])
    if not flat:
        return pa.array([], pa.string())
    return flat[0] if len(flat) == 1 else pa.concat_arrays(flat)


def _shown_who(fields: dict[str, pa.Array]) -> pa.Array:
    """The beneficiary as an id may know it: the number, else the folded name, a person as mask."""
    ids = fields["beneficiary_id"]
    names = fields["beneficiary_name"]
    person = pc.equal(fields["beneficiary_kind"], "natural_person")
    encoded = names.dictionary_encode()
    plain = pc.utf8_normalize(pc.utf8_lower(encoded.dictionary), form="NFKD")
    plain = pc.replace_substring_regex(plain, r"\p{M}+", "").take(encoded.indices)
    plain = pc.if_else(person, "[natural person]", plain)
    return pc.if_else(pc.equal(ids, ""), plain, ids)


def _flag_repeats(
    fields: dict[str, pa.Array],
    notes: dict[str, pa.Array],
    who: pa.Array,
    key: identity.Hashes,
    rest: identity.Hashes,
    what: list[pa.Array],
    fixed: list[pa.Array],
    reported: npt.NDArray[np.bool_],
    has_planned: npt.NDArray[np.bool_],
) -> None:
    person = (
        pc.equal(fields["beneficiary_kind"], "natural_person")
        .to_numpy(zero_copy_only=False)
        .astype(bool)
    )
    payment = key.copy()
    if person.any():
        # Two persons behind the same mask are not one: compare by the name that stays in memory.
        whose = identity.hashes(who.filter(pa.array(person)))
        payment[person] ^= whose * np.uint64(0x9E3779B97F4A7C15)
    everything = payment * np.uint64(0xBF58476D1CE4E5B9) ^ rest
    budgeted = (
        pc.equal(fields["amount_phase"], "budgeted").to_numpy(zero_copy_only=False).astype(bool)
    )
    named = pc.not_equal(fields["object"], "").to_numpy(zero_copy_only=False).astype(bool)
    planned_only = named & ((budgeted & reported) | (~reported & has_planned))
    granted_only = named & ~budgeted & reported & ~has_planned
    subject = np.zeros(len(key), dtype=np.uint64)
    if planned_only.any() and granted_only.any():
        subject = identity.hashes(identity.joined([*fixed, who, fields["object"]]))
    repeats = find_repeats(
        fields["award_id"], payment, everything, subject, planned_only, granted_only
    )
    for name, found in (
        ("duplicate_exact", repeats.exact),
        ("duplicate_payment", repeats.payment),
        ("planned_granted_pair", repeats.pair),
    ):
        if found.null_count < len(found):
            notes[name] = found


def _flags(
    size: int, marks: Mapping[str, npt.NDArray[np.bool_]], notes: Mapping[str, pa.Array]
) -> pa.Array:
    """Write the flags of each row: codes in a fixed order, joined with semicolons."""
    bits = np.zeros(size, dtype=np.int64)
    for place, name in enumerate(MARKS):
        if name in marks:
            bits |= marks[name].astype(np.int64) << place
    combinations, codes = np.unique(bits, return_inverse=True)
    written = pa.array(
        [
            ";".join(name for place, name in enumerate(MARKS) if int(bit) >> place & 1)
            for bit in combinations
        ],
        pa.string(),
    )
    flags = written.take(pa.array(codes)) if size else pa.array([], pa.string())
    for name in NOTES:
        if name not in notes or notes[name].null_count == size:
            continue
        value = pc.utf8_slice_codeunits(
            pc.replace_substring_regex(notes[name], r"[;\s]+", " "), 0, 120
        )
        text = pc.binary_join_element_wise(name, value, ":")
        longer = pc.if_else(
            pc.equal(flags, ""), text, pc.binary_join_element_wise(flags, text, ";")
        )
        flags = pc.if_else(pc.is_valid(text), longer, flags)
    return flags


def _ledger(parts: list[Part], cents: npt.NDArray[np.int64], how: Reading) -> dict[str, Any]:
    files = [part.ledger for part in parts]
    totals: dict[str, Any] = {
        name: sum(entry[name] for entry in files)
        for name in (
            "rows_read",
            "rows_kept",
            "rows_quarantined",
            "rows_ignored",
        )
    }
    totals["amount_kept_eur"] = int(cents.sum()) / 100
    totals["amount_quarantined_eur"] = (
        sum(int(part.quarantine["cents"].sum()) for part in parts if len(part.quarantine)) / 100
    )
    for name in (
        "beneficiary_ids_valid",
        "beneficiary_ids_missing",
        "beneficiary_ids_invalid",
        "beneficiary_ids_establishment",
        "natural_persons_found",
        "natural_persons_masked",
    ):
        totals[name] = sum(entry[name] for entry in files)
    totals["files"] = len({entry["sha256"] for entry in files})
    return {"funder_id": how.funder_id, "files": files, "totals": totals}


def _listed(parts: list[Part], name: str) -> pd.DataFrame:
    frames = []
    for part in parts:
        frame: pd.DataFrame = getattr(part, name)
        if not len(frame):
            continue
        frame = frame.copy()
        if name == "quarantine":
            readable = frame["amount_state"].isin(["reported", "reported_zero"])
            frame["amount_eur"] = (frame["cents"].astype("float64") / 100).where(readable)
        frame.insert(0, "source_file", part.ledger["file"])
        frame.insert(1, "source_sheet", part.ledger["sheet"])
        frames.append(frame)
    wanted = {
        "quarantine": [
            "source_file",
            "source_sheet",
            "source_row",
            "reason",
            "amount_eur",
            "amount_state",
            "cells",
        ],
        "ignored": ["source_file", "source_sheet", "source_row", "reason"],
        "repairs": ["source_file", "source_sheet", "source_row", "field", "published", "written"],
    }[name]
    if not frames:
        return pd.DataFrame(
            {
                column: pd.Series(dtype="float64" if column == "amount_eur" else "str")
                for column in wanted
            }
        )
    return pd.concat(frames, ignore_index=True)[wanted]
