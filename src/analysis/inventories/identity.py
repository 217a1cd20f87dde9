"""Give each award an id that stays the same when the file is sorted otherwise.

The id is a 64-bit hash (SipHash with the fixed key of :func:`pandas.util.hash_array`) of funder,
year, beneficiary, object, kind of row and amount, plus a running number: two equal payments stay
two rows. Among rows with the same hash the number follows the rest of their content, so the same
row gets the same number in any order. A masked person enters as the mask, never by name.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_BETWEEN = "\x1f"
Hashes = npt.NDArray[np.uint64]


def joined(columns: Sequence[pa.Array]) -> pa.Array:
    """Join columns of texts into one key per row; null counts as empty."""
    texts = [pc.fill_null(column.cast(pa.string()), "") for column in columns]
    return pc.binary_join_element_wise(*texts, _BETWEEN)


def hashes(keys: pa.Array) -> Hashes:
    """Hash each key to 64 bits, the same on every machine."""
    values = keys.to_numpy(zero_copy_only=False)
    return pd.util.hash_array(values, encoding="utf8", categorize=False)


def award_ids(key: Hashes, rest: Hashes) -> pa.Array:
    """Write ids: 16 hex digits, a hyphen and the running number from 1.

    Args:
        key: Hash of what identifies the award.
        rest: Hash of the rest of the row, which orders rows with equal keys.
    """
    number = np.ones(len(key), dtype=np.int64)
    again = pd.Series(key).duplicated(keep=False).to_numpy()
    if again.any():
        places = np.flatnonzero(again)
        order = places[np.lexsort((places, rest[places], key[places]))]
        run = pd.Series(key[order]).groupby(key[order]).cumcount().to_numpy() + 1
        number[order] = run
    return pc.binary_join_element_wise(hexadecimal(key), pa.array(number).cast(pa.string()), "-")


def hexadecimal(key: Hashes) -> pa.Array:
    """Write 64-bit numbers as 16 hex digits each."""
    content = binascii.hexlify(key.astype(">u8").tobytes())
    offsets = np.arange(len(key) + 1, dtype=np.int32) * 16
    buffers: list[Any] = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(content)]
    return pa.StringArray.from_buffers(len(key), *buffers[1:])
