"""Enterprise numbers: the one spelling we keep, ``BE-BCE_KBO-0123456749``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "BE-BCE_KBO-"


def enterprise_ids(cells: pd.Series) -> pd.Series:
    """Return organisation ids for cells that hold a valid enterprise number, else empty text.

    The reading is that of the inventories
    (:func:`analysis.inventories.enterprise_numbers.read_numbers`).

    Args:
        cells: Numbers in any type.

    Returns:
        Text column, same index.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from analysis.inventories.enterprise_numbers import VALID, read_numbers

    codes, distinct = pd.factorize(cells.astype("str").str.strip().fillna(""))
    texts = [text if text else "-" for text in distinct]
    read = read_numbers(pa.array(texts, pa.string()))
    ids = np.where(read.state == VALID, PREFIX + read.digits.astype(object), "")
    return pd.Series(ids.astype(object)[codes], index=cells.index, dtype="str")


def ids_of_integers(numbers: pd.Series) -> pd.Series:
    """Return organisation ids for whole numbers as the register stores them."""
    return PREFIX + numbers.astype("int64").astype("str").str.zfill(10)
