"""Look at a workbook's wrapping before any parser does.

A spreadsheet file is an archive: it can be broken, locked, carry programs, or unfold to something
that no memory holds. Each of these is told from the outside, in bounded time and memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path

from analysis.errors import Fault, InputError

# An inventory of a million rows unfolds to some 500 MB; more than this is not a table of subsidies.
MAX_UNFOLDED = 1_200_000_000
# Spreadsheet XML folds 5 to 40 times; a thousand times is an attack, below 50 MB it is harmless.
MAX_RATIO = 150
RATIO_FLOOR = 50_000_000
# The parser lays cells out as a full rectangle.
MAX_CELLS = 40_000_000
_CHUNK = 1 << 20
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE_CELL = re.compile(rb'r="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
_ODS_ROW = re.compile(
    rb'<table:table-row[^>]*?number-rows-repeated="(\d{4,})"[^>]*?>(.*?)</table:table-row>', re.S
)
_ODS_REPEAT = re.compile(
    rb'<table:table-cell(?=[^>]*office:value-type)[^>]*number-columns-repeated="(\d+)"'
)


def refuse(file: str, words: str) -> InputError:
    """Return the error for a file that cannot be read at all."""
    return InputError(f"{file} cannot be read; nothing was written.", [Fault(file, words)])


def check_workbook(path: Path) -> str:
    """Tell which kind of workbook this is, by its content.

    Returns:
        ``xlsx``, ``ods`` or ``xls``.

    Raises:
        InputError: Empty, truncated, locked, with macros, unfolding too large, or no workbook.
    """
    with path.open("rb") as handle:
        start = handle.read(8)
    if not start:
        raise refuse(path.name, "is empty (0 bytes): download or export it again")
    if start == _COMPOUND:
        return _check_compound(path)
    if start[:2] != b"PK":
        raise refuse(path.name, "is not a workbook (XLSX, XLS or ODS), whatever its name says")
    return _check_zip(path)


def _check_compound(path: Path) -> str:
    content = path.read_bytes()
    if _wide("EncryptedPackage") in content:
        raise refuse(path.name, "is locked with a password: save it without one")
    if _wide("_VBA_PROJECT") in content:
        raise refuse(path.name, "holds macros: save it as XLSX or CSV")
    if _wide("Workbook") not in content and _wide("Book") not in content:
        raise refuse(path.name, "is an office file without a workbook inside")
    return "xls"


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _check_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError):
        raise refuse(
            path.name, "is broken or cut off (its archive cannot be opened): download it again"
        ) from None
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise refuse(path.name, "is locked with a password: save it without one")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse(path.name, "holds macros: save it as XLSX or CSV")
    if any(name.startswith("Basic/") and name.endswith(".xml") for name in names):
        raise refuse(path.name, "holds macros: save it as ODS without them, or as CSV")
    if "xl/workbook.bin" in names:
        raise refuse(path.name, "is a binary workbook (XLSB): save it as XLSX or CSV")
    if "xl/workbook.xml" in names:
        kind = "xlsx"
    elif "content.xml" in names:
        kind = "ods"
    else:
        raise refuse(path.name, "is an archive without a workbook inside: unpack it first")
    if len(entries) > 10_000:
        raise refuse(path.name, f"holds {len(entries)} parts, which no workbook needs")
    _weigh(path, entries)
    _unfold(path, entries, kind)
    return kind


def _weigh(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    declared = sum(entry.file_size for entry in entries)
    folded = sum(entry.compress_size for entry in entries)
    if declared > MAX_UNFOLDED or (declared > RATIO_FLOOR and declared > MAX_RATIO * folded):
        raise _bomb(path.name, declared)


def _bomb(file: str, size: int) -> InputError:
    return refuse(
        file,
        f"unfolds to {size / 1e6:,.0f} MB or more, far beyond a table of subsidies: "
        "it looks like a zip bomb; save the table as CSV",
    )


def _unfold(path: Path, entries: list[zipfile.ZipInfo], kind: str) -> None:
    """Unfold the parts that the parser will read, counting: declared sizes can lie."""
    budget = MAX_UNFOLDED
    with path.open("rb") as handle:
        for entry in entries:
            name = entry.filename
            is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
            if not (is_sheet or name in ("xl/sharedStrings.xml", "content.xml", "xl/styles.xml")):
                continue
            budget -= _unfold_entry(path, handle, entry, kind, budget)


def _unfold_entry(path: Path, handle, entry: zipfile.ZipInfo, kind: str, budget: int) -> int:  # type: ignore[no-untyped-def]
    file = path.name
    handle.seek(entry.header_offset)
    header = handle.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise refuse(file, "is broken (a part of its archive is missing): download it again")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    handle.seek(name_length + extra_length, 1)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refuse(file, "is packed in a way that workbooks do not use: save it again as XLSX")
    unfolder = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left, size, last_row, widest, tail = entry.compress_size, 0, 0, 26, b""
    ods: list[bytes] = []
    while left > 0:
        folded = handle.read(min(left, _CHUNK // 4))
        if not folded:
            raise refuse(file, "is cut off (the end of its archive is missing): download it again")
        left -= len(folded)
        pending = folded
        while pending:
            try:
                chunk = unfolder.decompress(pending, _CHUNK) if unfolder else pending
            except zlib.error:
                raise refuse(
                    file, "is broken (a part of it cannot be unfolded): download it again"
                ) from None
            pending = unfolder.unconsumed_tail if unfolder else b""
            size += len(chunk)
            if size > budget or (size > RATIO_FLOOR and size > MAX_RATIO * entry.compress_size):
                raise _bomb(file, size)
            if kind == "ods":
                ods.append(chunk)
            elif entry.filename.startswith("xl/worksheets/"):
                seen = tail + chunk
                for match in _WIDE_CELL.finditer(seen):
                    widest = max(widest, _column_number(match.group(1)))
                place = seen.rfind(b"<row ")
                if match_row := _ROW.match(seen, place) if place >= 0 else None:
                    last_row = max(last_row, int(match_row.group(1)))
                tail = seen[-200:]
            if last_row * widest > MAX_CELLS:
                raise refuse(
                    file,
                    f"has cells as far as row {last_row}, column {widest}: delete the empty rows "
                    "and columns around the table, or save it as CSV",
                )
    if kind == "ods" and entry.filename == "content.xml":
        _check_repeats(file, b"".join(ods))
    return size


def _check_repeats(file: str, content: bytes) -> None:
    for match in _ODS_ROW.finditer(content):
        times, body = int(match.group(1)), match.group(2)
        if b"office:value-type" not in body:
            continue
        wide = body.count(b"office:value-type") + sum(map(int, _ODS_REPEAT.findall(body)))
        if times * wide > MAX_CELLS // 10:
            raise refuse(
                file,
                f"repeats one row {times} times, far beyond a table of subsidies: "
                "save the table as CSV",
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
