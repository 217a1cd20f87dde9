"""Write what was read: fast, byte-stable, and safe to open in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.files import neutralise, staged, write_json, write_text
from analysis.inventories.cells import each
from analysis.inventories.intake import Ingested
from analysis.language import LANGUAGES, Language

_ROWS = 100_000
_AMOUNTS = frozenset({"amount_eur", "amount_planned_eur"})
_SPECIAL = '",\n\r'
# What may begin a formula; neutralise() decides.
_FORMULA_START = b"=+@\t\r-"


def write(result: Ingested, out: Path, languages: tuple[Language, ...] = LANGUAGES) -> list[Path]:
    """Write tables, ledger, quality report and list of faults into a folder, all or nothing.

    Args:
        result: What :func:`analysis.inventories.ingest` returned.
        out: Folder, made when missing.
        languages: Languages of the reports.

    Returns:
        The files, in order of interest.
    """
    from analysis.inventories import faults, report

    with staged(out) as folder:
        write_table(result.awards, folder / "awards.csv")
        write_table(result.quarantine, folder / "quarantine.csv")
        write_table(result.ignored, folder / "ignored.csv")
        write_table(result.repairs, folder / "repairs.csv")
        write_json(folder / "ledger.json", result.ledger)
        write_text(folder / "quality.html", report.html(result, languages))
        write_text(folder / "quality.md", report.markdown(result, languages))
        write_table(faults.table(result), folder / "faults.csv")
        for lang in languages:
            write_text(folder / f"faults.{lang}.md", faults.letter(result, lang))
        names = [path.name for path in folder.iterdir()]
    first = ["awards.csv", "quarantine.csv", "ledger.json", "quality.html", "quality.md"]
    return [out / name for name in first + sorted(set(names) - set(first))]


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV: UTF-8, comma, LF, quotes where needed, amounts with two decimals."""

    def one(name: str) -> pa.Array:
        return _written(frame.loc[:, name], name).cast(pa.large_string())

    columns = each(one, list(frame.columns))
    with path.open("wb") as handle:
        handle.write((",".join(frame.columns) + "\n").encode())
        for start in range(0, len(frame), _ROWS):
            block = [column.slice(start, _ROWS) for column in columns]
            block[-1] = pc.binary_join_element_wise(block[-1], _text(""), _text("\n"))
            handle.write(_content(pc.binary_join_element_wise(*block, _text(","))))


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())


def _content(texts: pa.Array) -> memoryview:
    """Return the bytes of all texts one after the other, as they lie in memory."""
    if not len(texts):
        return memoryview(b"")
    offsets = _offsets(texts)
    return memoryview(texts.buffers()[2] or b"")[offsets[0] : offsets[-1]]


def _offsets(texts: pa.Array) -> np.ndarray:
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    return np.frombuffer(texts.buffers()[1], dtype=kind)[
        texts.offset : texts.offset + len(texts) + 1
    ]


def _written(column: pd.Series, name: str) -> pa.Array:
    if name in _AMOUNTS:
        return _money(column.to_numpy(dtype=np.float64, na_value=np.nan))
    values = pa.array(column, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    values = pc.fill_null(values.cast(pa.large_string()), "")
    if not is_text:
        return values
    content = np.frombuffer(_content(values), dtype=np.uint8)
    if not len(content):
        return values
    offsets = _offsets(values)
    starts = (offsets[:-1] - offsets[0])[np.diff(offsets) > 0]
    if np.isin(content[starts], np.frombuffer(_FORMULA_START, dtype=np.uint8)).any():
        encoded = values.dictionary_encode()
        safe = neutralise(pd.Series(encoded.dictionary.to_pandas(), dtype="str"))
        values = pa.array(safe, values.type, from_pandas=True).take(encoded.indices)
    if any(bool((content == ord(sign)).any()) for sign in _SPECIAL):
        special = pc.match_substring_regex(values, f"[{_SPECIAL}]")
        if (content == ord('"')).any():
            values = pc.if_else(special, pc.replace_substring(values, '"', '""'), values)
        values = pc.if_else(
            special, pc.binary_join_element_wise(_text('"'), values, _text('"'), _text("")), values
        )
    return values


def _money(euro: np.ndarray) -> pa.Array:
    """Write EUR with two decimals from exact cents, empty where there is none."""
    known = ~np.isnan(euro)
    cents = np.where(known, np.rint(np.where(known, euro, 0.0) * 100), 0).astype(np.int64)
    sign = pa.array(np.where(cents < 0, "-", ""), pa.string())
    whole = pa.array(np.abs(cents) // 100).cast(pa.string())
    part = pc.utf8_lpad(pa.array(np.abs(cents) % 100).cast(pa.string()), 2, "0")
    text = pc.binary_join_element_wise(pc.binary_join_element_wise(sign, whole, ""), part, ".")
    return pc.if_else(pa.array(known), text, "")
