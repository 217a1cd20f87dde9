"""Reading a table that somebody else made, every cell as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV as text, every cell as it stands; comma, semicolon or tab, UTF-8 or cp1252.

    Raises:
        InputError: The file is missing, empty, or not a table.
    """
    import pandas as pd

    if not path.is_file():
        raise InputError(f"{path}: no such file.")
    content = path.read_bytes()
    if b"\0" in content[:4096]:
        raise InputError(f"{path}: not a CSV file. Save the table as CSV (UTF-8) first.")
    encoding = "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1252"
    first = content.split(b"\n", 1)[0]
    separator = max(",;\t", key=lambda sign: first.count(sign.encode()))
    try:
        return pd.read_csv(
            path, sep=separator, encoding=encoding, dtype="str", keep_default_na=False
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a table ({error}).") from error


def need_column(table: pd.DataFrame, column: str, path: Path) -> None:
    """Raise an :class:`InputError` that names the columns there are when one is missing."""
    if column not in table.columns:
        raise InputError(
            f"{path}: has no column {column!r}.",
            [
                Fault(
                    path.name,
                    "name one of the columns: " + ", ".join(map(str, table.columns)),
                    "1",
                    column,
                )
            ],
        )


def read_amounts(table: pd.DataFrame, column: str, path: Path) -> pd.Series:
    """Return a column of amounts (EUR) as numbers; empty cells are missing.

    Raises:
        InputError: A cell is neither empty nor a number with a decimal point.
    """
    import pandas as pd

    text = table[column].astype("str").str.strip()
    numbers = pd.to_numeric(text.mask(text == ""), errors="coerce")
    bad = table.index[numbers.isna() & (text != "")]
    if len(bad):
        raise InputError(
            f"{path}: {len(bad)} amounts cannot be read.",
            [
                Fault(path.name, "write a number with a decimal point", str(row + 2), column,
                      str(text[row]))
                for row in bad[:10]
            ],
        )  # fmt: skip
    return numbers
