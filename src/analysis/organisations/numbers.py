"""Enterprise numbers: the one spelling we keep, ``BE-BCE_KBO-0123456749``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "BE-BCE_KBO-"


def enterprise_ids(cells: pd.Series) -> pd.Series:
    """Return organisation ids for cells that hold a valid enterprise number, else empty text.

    Dots, spaces, ``BE``, ``.0`` of a float and a lost leading zero are understood. A number is
    valid when it starts with 0 or 1 and its last two digits are 97 minus the first eight modulo 97
    (FPS Economy, structure of the enterprise number).

    Args:
        cells: Numbers in any type.

    Returns:
        Text column, same index.
    """
    import numpy as np
    import pandas as pd

    text = cells.astype("str").str.strip().str.removesuffix(".0").fillna("")
    text = text.str.replace(r"^(?i:BE-BCE_KBO-|BE)", "", regex=True)
    digits = text.str.replace(r"[.\s\-/]", "", regex=True)
    digits = digits.where(digits.str.fullmatch(r"\d{9,10}"), "").str.zfill(10)
    whole = pd.to_numeric(digits, errors="coerce").fillna(0).astype("int64").to_numpy()
    check = 97 - (whole // 100) % 97
    valid = (whole > 0) & (whole < 2_000_000_000) & (check == whole % 100)
    return pd.Series(
        np.where(valid, PREFIX + digits.astype(object), ""), index=cells.index, dtype="str"
    )


def ids_of_integers(numbers: pd.Series) -> pd.Series:
    """Return organisation ids for whole numbers as the register stores them."""
    return PREFIX + numbers.astype("int64").astype("str").str.zfill(10)
