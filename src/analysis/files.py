"""Reading and writing files so that the same input gives the same bytes and a killed run harms nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# A cell that starts like this is run as a formula by spreadsheet programs.
_FORMULA_START = r"^[=+@\t\r]|^-(?![\d.,\s]*$)"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a temporary folder whose files move into ``target`` only when the block succeeds.

    The old files of ``target`` stay whole when the block raises or the process is killed.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.tmp-", dir=target.parent) as name:
        folder = Path(name)
        yield folder
        for source in sorted(path for path in folder.rglob("*") if path.is_file()):
            destination = target / source.relative_to(folder)
            destination.parent.mkdir(parents=True, exist_ok=True)
            source.replace(destination)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one move: readers see the old content or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.tmp-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes files private to the user; outputs are for everybody.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(path: Path, content: str) -> None:
    """Write UTF-8 text with Unix line ends, atomically."""
    write_bytes(path, content.encode("utf-8"))


def json_text(content: Any) -> str:
    """Return JSON as :func:`write_json` writes it."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_json(path: Path, content: Any) -> None:
    """Write JSON with stable key order as given, two-space indent and a final newline."""
    write_text(path, json_text(content))


# When a workbook inside a slide says it was made: the time of now, to no reader's use.
_MADE = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def steady_zip(content: bytes, undated: bool = False) -> bytes:
    """Return a ZIP archive (an office file) with its entries as they are and no time of now in it.

    Office libraries stamp entries with the time of now: same input would give other bytes. The
    workbooks behind the charts of slides are archives in the archive.

    Args:
        content: The archive.
        undated: Replace the days on which it was made and changed in its properties as well.
    """
    import io
    import zipfile

    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            steady = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            steady.compress_type = entry.compress_type
            steady.external_attr = 0o644 << 16
            inner = source.read(entry)
            if entry.filename.endswith(".xlsx"):
                inner = steady_zip(inner, undated=True)
            if undated and entry.filename == "docProps/core.xml":
                inner = _MADE.sub(rb"\g<1>1980-01-01T00:00:00Z\2", inner)
            target.writestr(steady, inner)
    return out.getvalue()


def neutralise(cells: pd.Series) -> pd.Series:
    """Put an apostrophe before cells that a spreadsheet would run as a formula.

    Args:
        cells: Text column; negative numbers such as ``-12,50`` are left as they are.

    Returns:
        The column, same index.
    """
    risky = cells.str.contains(_FORMULA_START, regex=True, na=False)
    return cells.mask(risky, "'" + cells)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a frame as CSV: UTF-8, comma, LF, no index, shortest exact numbers, no formulas."""
    import pandas as pd

    safe = frame.copy()
    for column in safe.columns:
        if isinstance(safe[column].dtype, pd.StringDtype):
            safe[column] = neutralise(safe[column])
        elif pd.api.types.is_object_dtype(safe[column].dtype):
            # Mixed cells (days, numbers, text): only the texts can be formulas.
            texts = safe[column].map(lambda cell: isinstance(cell, str))
            cells = safe.loc[texts, column].astype("str")
            safe.loc[texts, column] = neutralise(cells).astype("object")
    return safe.to_csv(index=False, lineterminator="\n", float_format="%.15g").encode("utf-8")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write :func:`csv_bytes` of a frame atomically."""
    write_bytes(path, csv_bytes(frame))
