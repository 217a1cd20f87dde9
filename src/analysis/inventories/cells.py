"""Columns as distinct values and codes.

Inventories repeat themselves: a few thousand names, a few dozen budget articles. Every cleaning
step works on the distinct values of a column, and rows are only indices into them.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# What publishers type where there is nothing: spaces of all kinds count as blank.
_EDGE_SPACE = " \t\r\n\v\f\u00a0\u2007\u2009\u202f\u200b\ufeff"


@dataclass(frozen=True)
class Cells:
    """One column.

    Attributes:
        values: The distinct texts, stripped; never null or empty.
        codes: Per row the index in ``values``; -1 where the cell is blank.
        numbers: Per distinct value the number when the file stored a number (a JSON or
            spreadsheet number), NaN when it stored text; ``None`` when all are text.
    """

    values: pa.Array
    codes: Codes
    numbers: npt.NDArray[np.float64] | None = None

    @property
    def blank(self) -> Mask:
        """Rows without content."""
        return self.codes < 0

    def __len__(self) -> int:
        return len(self.codes)

    def rows(self, values: pa.Array | None = None) -> pa.Array:
        """Return one text per row, null where blank; ``values`` stands in for the distinct texts."""
        taken = self.values if values is None else values
        return taken.take(pa.array(self.codes, mask=self.blank))

    def spread(self, per_value: npt.NDArray[Any], blank: Any) -> npt.NDArray[Any]:
        """Spread something computed per distinct value over the rows."""
        if not len(self.values):
            return np.full(len(self.codes), blank, dtype=per_value.dtype)
        return np.where(self.blank, blank, per_value[np.maximum(self.codes, 0)])

    def take(self, rows: npt.NDArray[Any]) -> Cells:
        """Keep some rows (indices or mask)."""
        return Cells(self.values, self.codes[rows], self.numbers)

    def texts(self) -> pd.Series[str]:
        """Return the distinct texts as a pandas column."""
        return pd.Series(self.values.to_pandas(), dtype="str")

    def sample(self, size: int = 300) -> list[str]:
        """Return up to ``size`` texts of filled rows from the top, in file order."""
        filled = self.codes[self.codes >= 0][:size]
        return cast(list[str], self.values.take(pa.array(filled)).to_pylist())


def matches(texts: pa.Array, pattern: str) -> Mask:
    """Tell which texts a regular expression (RE2) matches; null matches nothing."""
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return as_mask(found)


def as_mask(values: pa.Array) -> Mask:
    """Return a boolean column as a numpy mask."""
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=bool)


def each(work: Callable[..., Any], *columns: Iterable[Any]) -> list[Any]:
    """Do the same to several columns at once, in order; Arrow works outside Python's lock."""
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, *columns))


def blank_cells(length: int) -> Cells:
    """Return a column without any content."""
    return Cells(pa.array([], pa.string()), np.full(length, -1, dtype=np.int64))


def from_text(column: pa.Array | pa.ChunkedArray) -> Cells:
    """Make cells from a text column as a parser gave it (nulls allowed)."""
    encoded = column.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = (
                encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string())
            ).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return _stripped(encoded.dictionary.cast(pa.string()), codes, None)


def from_objects(column: Sequence[Any]) -> Cells:
    """Make cells from typed values (JSON, spreadsheets): text, numbers, dates, booleans, None."""
    kinds = set(map(type, column))
    if kinds <= {str}:
        return from_text(pa.array(column, pa.string()))
    if kinds <= {str, float}:
        return _text_and_floats(column)
    if bool in kinds:
        # True == 1: a spreadsheet's truth value must not become the number one.
        column = [_written(value)[0] if isinstance(value, bool) else value for value in column]
    objects = np.empty(len(column), dtype=object)
    objects[:] = column
    codes, distinct = pd.factorize(objects)
    is_text = np.fromiter((type(value) is str for value in distinct), bool, len(distinct))
    is_float = np.fromiter((type(value) is float for value in distinct), bool, len(distinct))
    texts = np.empty(len(distinct), dtype=object)
    texts[is_text] = distinct[is_text]
    numbers = np.full(len(distinct), np.nan)
    if is_float.any():
        floats = distinct[is_float].astype(np.float64)
        numbers[is_float] = np.where(np.isfinite(floats), floats, np.nan)
        texts[is_float] = _float_texts(floats)
    for place in np.flatnonzero(~is_text & ~is_float):
        texts[place], numbers[place] = _written(distinct[place])
    typed = not bool(np.isnan(numbers).all())
    return _stripped(
        pa.array(texts, pa.string()), codes.astype(np.int64), numbers if typed else None
    )


def _text_and_floats(column: Sequence[Any]) -> Cells:
    """The two kinds that spreadsheets have: much faster apart than together."""
    objects = np.empty(len(column), dtype=object)
    objects[:] = column
    is_float = np.array([kind is float for kind in map(type, column)], dtype=bool)
    text = from_text(pa.array(objects[~is_float], pa.string()))
    floats = objects[is_float].astype(np.float64)
    float_codes, distinct = pd.factorize(floats, use_na_sentinel=True)
    codes = np.empty(len(column), dtype=np.int64)
    codes[~is_float] = text.codes
    codes[is_float] = np.where(float_codes < 0, -1, float_codes + len(text.values))
    floats_written = pa.array(_float_texts(distinct), pa.string())
    values = pa.concat_arrays([text.values, floats_written])
    numbers = np.concatenate([np.full(len(text.values), np.nan), distinct])
    return _stripped(values, codes, np.where(np.isfinite(numbers), numbers, np.nan))


def _float_texts(floats: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    whole = np.isfinite(floats) & (np.abs(floats) < 1e15) & (floats == np.trunc(floats))
    texts = np.empty(len(floats), dtype=object)
    texts[whole] = pa.array(floats[whole].astype(np.int64)).cast(pa.string()).to_numpy(False)
    texts[~whole] = pa.array(floats[~whole]).cast(pa.string()).to_numpy(False)
    texts[~np.isfinite(floats)] = ""
    return texts


def _written(value: Any) -> tuple[str, float]:
    """Write one typed value as a person would, with the number it holds (NaN when it is none)."""
    if value is None:
        return "", math.nan
    if isinstance(value, bool | np.bool_):
        return ("TRUE" if value else "FALSE"), math.nan
    if isinstance(value, int | np.integer):
        return str(int(value)), _finite(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number) or math.isinf(number):
            return "", math.nan
        if number.is_integer() and abs(number) < 1e15:
            return str(int(number)), number
        return repr(number), number
    if isinstance(value, dt.datetime):
        bare = (value.hour, value.minute, value.second) == (0, 0, 0)
        return (value.date() if bare else value).isoformat(), math.nan
    if isinstance(value, dt.date | dt.time):
        return value.isoformat(), math.nan
    return str(value), math.nan


def _finite(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _stripped(values: pa.Array, codes: Codes, numbers: npt.NDArray[np.float64] | None) -> Cells:
    values = pc.utf8_trim(values, characters=_EDGE_SPACE)
    empty = pc.equal(values, "").to_numpy(zero_copy_only=False).astype(bool)
    if empty.any():
        place = np.where(empty, -1, np.cumsum(~empty) - 1)
        codes = np.where(codes < 0, -1, place[np.maximum(codes, 0)])
        values = values.filter(pa.array(~empty))
        numbers = None if numbers is None else numbers[~empty]
    return Cells(values, codes, numbers)
