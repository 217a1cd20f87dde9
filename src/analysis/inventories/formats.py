"""Read any published file into sheets of cells, and say how it was read.

Nothing is interpreted here: no header, no amount. JSON and Parquet come with named columns,
everything else as a grid in which :mod:`analysis.inventories.layout` finds the table.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from analysis.errors import InputError
from analysis.files import sha256
from analysis.inventories.archives import check_workbook, refuse
from analysis.inventories.cells import Cells, blank_cells, each, from_objects, from_text
from analysis.inventories.encodings import decode

Rows = npt.NDArray[np.int64]

# One cell of an inventory is a sentence; a megabyte is an unclosed quotation mark.
MAX_CELL = 100_000
MAX_COLUMNS = 2_000
MAX_TEXT_FILE = 2_000_000_000
MAX_JSON_FILE = 600_000_000
_DELIMITERS = ";,\t|"
_WORKBOOKS = {".xlsx", ".xls", ".ods", ".xlsm", ".xlsb", ".xltx", ".xltm", ".fods"}
_TEXTS = {".csv", ".tsv", ".txt", ".tab"}
_RECORD_KEYS = ("results", "records", "grants", "data", "features", "value", "items", "rows")


@dataclass
class Sheet:
    """One table area as it was read.

    Attributes:
        path: The file.
        sha256: Checksum of the file.
        format: ``json``, ``csv``, ``tsv``, ``xlsx``, ``xls``, ``ods`` or ``parquet``.
        name: Sheet of a workbook, else empty.
        columns: The cells, one entry per column.
        rows: Row number of each row as a person sees it (JSON and Parquet: 1 = first record).
        names: Headers, when the format has them; ``None`` for a grid.
        decisions: What was found out while reading, as sentences.
        merged: Merged ranges of a workbook: first row, first column, last row, last column
            (0-based positions in ``columns``).
        misplaced: Rows that could not be laid in columns: row number, reason, their text.
        hidden: The sheet is hidden in its workbook.
    """

    path: Path
    sha256: str
    format: str
    name: str
    columns: list[Cells]
    rows: Rows
    names: list[str] | None = None
    decisions: list[str] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    misplaced: list[tuple[int, str, str]] = field(default_factory=list)
    hidden: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def head(self, size: int) -> list[list[str]]:
        """Return the texts of the first rows, blank cells as empty text."""
        texts = [
            [
                "" if text is None else text
                for text in column.take(np.arange(min(size, len(self)))).rows().to_pylist()
            ]
            for column in self.columns
        ]
        return [list(row) for row in zip(*texts, strict=True)]


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from walking millions of new cells again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read(path: Path, sheets: Sequence[str] = ()) -> list[Sheet]:
    """Read one file.

    Args:
        path: JSON, CSV, TSV, XLSX, XLS, ODS or Parquet; told by content, the name only helps.
        sheets: Sheets of a workbook to read; default all that are not hidden.

    Raises:
        InputError: The file does not exist, is empty, broken, locked, too large, holds macros, or
            is of a kind that is not read (PDF, Word, archives ...).
    """
    if not path.is_file():
        words = "is a folder: name the files in it" if path.is_dir() else "does not exist"
        raise refuse(path.name, words)
    with path.open("rb") as handle, no_collection():
        return _read(path, handle.read(4096), sheets)


def _read(path: Path, start: bytes, sheets: Sequence[str]) -> list[Sheet]:
    if not start:
        raise refuse(path.name, "is empty (0 bytes): download or export it again")
    suffix = path.suffix.lower()
    if suffix in (".xlsm", ".xltm"):
        raise refuse(path.name, "is a workbook for macros: save it as XLSX or CSV")
    if start.startswith(b"%PDF"):
        raise refuse(
            path.name,
            "is a PDF, which has no table to read: ask the publisher for the spreadsheet behind "
            "it (the inventory must be reusable open data)",
        )
    if start.startswith(b"PAR1"):
        return [_parquet(path)]
    if (
        start[:2] == b"PK"
        or start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        or suffix in _WORKBOOKS
    ):
        return _workbook(path, sheets)
    if start[:2] == b"\x1f\x8b" or start[:4] in (b"7z\xbc\xaf", b"Rar!", b"BZh9"):
        raise refuse(path.name, "is a packed file: unpack it first")
    if sheets:
        raise refuse(path.name, "is not a workbook, so it has no sheets: leave out --sheet")
    stripped = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix in (".json", ".geojson", ".jsonl", ".ndjson") or (
        suffix not in _TEXTS and stripped[:1] in (b"[", b"{")
    ):
        return [_json(path)]
    if re.match(rb"(?i)<!doctype html|<html|<\?xml|<table", stripped):
        raise refuse(
            path.name,
            "is a web page or XML, not a table: it is often an error page; open it in a browser "
            "and download the file again as CSV, XLSX or JSON",
        )
    return [_text_table(path)]


# ---------------------------------------------------------------- text tables


def _text_table(path: Path) -> Sheet:
    if path.stat().st_size > MAX_TEXT_FILE:
        raise refuse(path.name, "is larger than 2 GB: cut it into parts, for example by year")
    content = path.read_bytes()
    if content.count(b"\0", 0, 4096) > 40 and b"\0\0\0" in content[:4096]:
        raise refuse(path.name, "is not a text file: give it as XLSX, ODS, CSV or JSON")
    decoded = decode(content)
    text, note = decoded.text, decoded.note
    raw = content if decoded.encoding == "utf-8" and not note else text.encode("utf-8")
    del content
    if "\0" in text[:100_000] or "\0" in text:
        raise refuse(path.name, "holds NUL bytes: it is damaged or not a text file")
    if not text.strip():
        raise refuse(path.name, "has no content but blank lines")
    delimiter = _sniff(text)
    decisions = [
        f"encoding: {decoded.encoding}" + (f"; {note}" if note else ""),
        f"delimiter: {'tab' if delimiter == chr(9) else delimiter or 'none'}",
    ]
    kind = "tsv" if delimiter == "\t" else "csv"
    digest = sha256(path)
    if delimiter and (table := _regular(raw, delimiter)) is not None:
        del text
        columns = each(from_text, table.columns)
        rows = np.arange(1, table.num_rows + 1, dtype=np.int64)
        return Sheet(path, digest, kind, "", columns, rows, decisions=decisions)
    del raw
    columns, rows, misplaced = _irregular(path.name, text, delimiter or ";")
    return Sheet(path, digest, kind, "", columns, rows, decisions=decisions, misplaced=misplaced)


def _sniff(text: str) -> str:
    """Find the delimiter: the one that cuts most rows into the same number of cells."""
    sample = text[:200_000]
    csv.field_size_limit(len(sample) + 131_072)
    if text[:4].lower() == "sep=" and len(text) > 4:
        return text[4]
    best, best_score = "", 0.0
    for delimiter in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for number, row in enumerate(
                csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            ):
                if any(row):
                    widths[len(row)] += 1
                if number > 300:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if width > 1:
            score = times / widths.total() * (1 + math.log(width))
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _regular(raw: bytes, delimiter: str) -> pa.Table | None:
    """Read a table whose rows all have one width; ``None`` when they have not."""
    raw = raw.rstrip(b"\r\n ")
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    quoted = b'"' in raw
    width = raw[start : start + 100_000].split(b"\n", 1)[0].count(delimiter.encode()) + 1
    if width > MAX_COLUMNS:
        return None
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(raw[start:] if start else raw),
            read_options=arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 23),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=quoted, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"f{place}": pa.string() for place in range(width)},
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_columns < 2 or table.num_columns > MAX_COLUMNS:
        return None
    for column in table.columns:
        if (pc.max(pc.binary_length(column)).as_py() or 0) > 5_000:
            # A very long cell may be a quotation mark that never closes: look closer.
            return None
    return table


def _irregular(
    file: str, text: str, delimiter: str
) -> tuple[list[Cells], Rows, list[tuple[int, str, str]]]:
    """Read a table with rows of several widths: titles, notes, cells too many."""
    csv.field_size_limit(max(len(text), 131_072))
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in record:
                if len(cell) > MAX_CELL:
                    raise refuse(
                        file,
                        f"has a cell of {len(cell):,} characters in row {len(records) + 1}: "
                        "probably a quotation mark that never closes; close it, or export again",
                    )
            records.append(record)
    except csv.Error as error:
        raise refuse(
            file, f"cannot be cut into cells at row {len(records) + 1} ({error})"
        ) from None
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    widths = Counter(len(record) for record in records if record)
    usual = max(widths.items(), key=lambda item: (item[1] * item[0], item[0]))[0]
    if max(widths) > MAX_COLUMNS:
        usual = min(usual, MAX_COLUMNS)
    kept: list[list[str]] = []
    rows: list[int] = []
    misplaced: list[tuple[int, str, str]] = []
    for number, record in enumerate(records, start=1):
        if len(record) > usual and any(cell.strip() for cell in record[usual:]):
            misplaced.append((number, "too_many_cells", delimiter.join(record)[:1000]))
            continue
        kept.append(record[:usual] + [""] * (usual - len(record)))
        rows.append(number)
    columns = [from_text(pa.array(column, pa.string())) for column in zip(*kept, strict=True)]
    return columns, np.array(rows, dtype=np.int64), misplaced


# ----------------------------------------------------------------------- JSON


def _json(path: Path) -> Sheet:
    if path.stat().st_size > MAX_JSON_FILE:
        raise refuse(path.name, "is larger than 600 MB: take the CSV or Parquet export")
    decoded = decode(path.read_bytes())
    decisions = [f"encoding: {decoded.encoding}"]
    try:
        content = json.loads(decoded.text)
    except RecursionError:
        raise refuse(path.name, "is nested too deeply to be a table of records") from None
    except json.JSONDecodeError as error:
        content = _json_lines(decoded.text)
        if content is None:
            raise refuse(
                path.name,
                f"is not sound JSON (line {error.lineno}, column {error.colno}: {error.msg}): it "
                "may be cut off; download it again",
            ) from None
        decisions.append("records: one JSON object per line")
    except ValueError as error:
        raise refuse(path.name, f"is not sound JSON ({error})") from None
    records = _records(path.name, content, decisions)
    flat: list[dict[str, Any]] = []
    rows: list[int] = []
    misplaced: list[tuple[int, str, str]] = []
    names: dict[str, None] = {}
    nested = any(
        isinstance(value, dict | list)
        for record in records
        if isinstance(record, dict)
        for value in record.values()
    )
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            misplaced.append((number, "not_a_record", str(record)[:1000]))
            continue
        one = _flatten(record) if nested else record
        flat.append(one)
        rows.append(number)
        names.update(dict.fromkeys(one))
    if not flat:
        raise refuse(path.name, "holds no records (a list of objects with one key per column)")
    if len(names) > MAX_COLUMNS:
        raise refuse(path.name, f"has {len(names)} different keys, which is not a table")
    columns = [_bounded(path.name, name, [one.get(name) for one in flat]) for name in names]
    return Sheet(
        path,
        sha256(path),
        "json",
        "",
        columns,
        np.array(rows, dtype=np.int64),
        list(names),
        decisions,
        misplaced=misplaced,
    )


def _bounded(file: str, name: str, column: list[Any]) -> Cells:
    cells = from_objects(column)
    longest = _longest(cells)
    if longest > MAX_CELL:
        raise refuse(file, f"has a value of {longest:,} characters under {name[:60]!r}")
    return cells


def _longest(cells: Cells) -> int:
    return cast(int, pc.max(pc.utf8_length(cells.values)).as_py() or 0)


def _json_lines(text: str) -> list[Any] | None:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _records(file: str, content: Any, decisions: list[str]) -> list[Any]:
    """Find the list of records inside a JSON document."""
    if isinstance(content, list):
        found = content
    elif isinstance(content, dict):
        key = next((k for k in _RECORD_KEYS if isinstance(content.get(k), list)), None)
        lists = [
            k for k, v in content.items() if isinstance(v, list) and v and isinstance(v[0], dict)
        ]
        if key is None and len(lists) == 1:
            key = lists[0]
        if key is None:
            widths = {len(v) for v in content.values() if isinstance(v, list)}
            if content and len(widths) == 1 and all(isinstance(v, list) for v in content.values()):
                decisions.append("records: the file lists whole columns")
                names = list(content)
                return [
                    dict(zip(names, row, strict=True))
                    for row in zip(*content.values(), strict=True)
                ]
            raise refuse(file, "holds no list of records (looked for a list, or one under results)")
        found = cast(list[Any], content[key])
        decisions.append(f"records: taken from {key!r}")
        total = content.get("total_count", content.get("nhits"))
        if isinstance(total, int) and total > len(found):
            decisions.append(
                f"incomplete: the file holds {len(found)} of {total} records; download the export, "
                "not the first page"
            )
    else:
        raise refuse(file, "holds a single value, not a list of records")
    for inner in ("fields", "properties", "record"):
        if found and all(
            isinstance(one, dict) and isinstance(one.get(inner), dict) for one in found
        ):
            decisions.append(f"records: the fields stand under {inner!r}")
            return [one[inner] for one in found]
    return found


def _flatten(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict) and depth < 4:
            flat.update(_flatten(value, f"{name}.", depth + 1))
        elif isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
            flat[name] = " / ".join(str(one) for one in value if one is not None)
        elif isinstance(value, dict | list):
            flat[name] = json.dumps(value, ensure_ascii=False)[:2000]
        else:
            flat[name] = value
    return flat


# ------------------------------------------------------------------ workbooks


def _workbook(path: Path, wanted: Sequence[str]) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    kind = check_workbook(path)
    digest = sha256(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        visible = {
            meta.name: meta.visible == SheetVisibleEnum.Visible for meta in book.sheets_metadata
        }
        names = list(book.sheet_names)
    except BaseException as error:  # the parser's panics are not ordinary exceptions
        raise _unreadable(path.name, error) from None
    if not names:
        raise refuse(path.name, "is a workbook without any sheet")
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise refuse(
            path.name, f"has no sheet {unknown[0]!r}; its sheets are: {', '.join(map(repr, names))}"
        )
    sheets = []
    for name in wanted or names:
        try:
            raw = book.get_sheet_by_name(name)
            grid = raw.to_python(skip_empty_area=False)
            merged = raw.merged_cell_ranges or []
        except BaseException as error:
            raise _unreadable(path.name, error) from None
        sheets.append(_grid_sheet(path, digest, kind, name, grid, merged))
        sheets[-1].hidden = not visible.get(name, True) and not wanted
    return sheets


def _unreadable(file: str, error: BaseException) -> BaseException:
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError | InputError):
        return error
    if type(error).__name__ == "PasswordError":
        return refuse(file, "is locked with a password: save it without one")
    words = " ".join(str(error).split())[:120]
    return refuse(file, f"is not a sound workbook ({words}): open it, save it again, or use CSV")


def _grid_sheet(
    path: Path,
    digest: str,
    kind: str,
    name: str,
    grid: list[list[Any]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Sheet:
    columns = [from_objects(column) for column in zip(*grid, strict=True)]
    while columns and bool(columns[-1].blank.all()):
        columns.pop()
    ranges = [(top, left, bottom, right) for (top, left), (bottom, right) in merged]
    rows = np.arange(1, len(grid) + 1, dtype=np.int64)
    if not columns:
        columns, rows = [blank_cells(0)], rows[:0]
    longest = max((_longest(column) for column in columns), default=0)
    if longest > MAX_CELL:
        raise refuse(path.name, f"has a cell of {longest:,} characters on sheet {name!r}")
    return Sheet(path, digest, kind, name, columns, rows, merged=ranges)


# -------------------------------------------------------------------- Parquet


def _parquet(path: Path) -> Sheet:
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows * max(1, file.metadata.num_columns) > 100_000_000:
                raise refuse(path.name, "has more than a hundred million cells")
            table = file.read()
    except (pa.ArrowException, OSError, ValueError):
        raise refuse(path.name, "is a broken or cut-off Parquet file: download it again") from None
    columns = []
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns.append(from_text(column.cast(pa.string())))
        else:
            columns.append(from_objects(column.to_pylist()))
    rows = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Sheet(path, sha256(path), "parquet", "", columns, rows, table.column_names)
