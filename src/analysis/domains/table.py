"""Read an award table as text, and say what became of its rows and euros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.domains.rules import UNKNOWN
from analysis.errors import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def read_awards(path: Path) -> pd.DataFrame:
    """Read a CSV with every cell as the text it is, so that nothing changes on the way.

    Args:
        path: UTF-8 CSV with comma and a header line.

    Raises:
        InputError: There is no such file, it is not UTF-8 CSV, it is empty, or two columns have
            the same name.
    """
    import csv
    import warnings

    import pandas as pd

    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            header = next(csv.reader(handle), [])
        with warnings.catch_warnings():
            # Lines longer than the header would lose cells with no more than a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path,
                dtype="str",
                keep_default_na=False,
                encoding="utf-8-sig",
                index_col=False,
            )
    except (
        UnicodeDecodeError,
        pd.errors.ParserError,
        pd.errors.ParserWarning,
        pd.errors.EmptyDataError,
        csv.Error,
    ) as error:
        raise InputError(
            f"{path.name} is not a CSV that can be read (UTF-8, comma, a header line): {error}"
        ) from error
    if double := sorted({name for name in header if header.count(name) > 1}):
        raise InputError(
            f"{path.name} has columns with the same name.",
            [Fault(path.name, "give each column its own name", "1", name) for name in double],
        )
    return table


def summary(judged: pd.DataFrame) -> list[str]:
    """Count rows and euros with and without a domain, in plain lines.

    Args:
        judged: Table with ``domain`` and ``si_signal``; euros are counted where there is a column
            ``amount_eur`` (EUR, nominal).
    """
    import pandas as pd

    known = judged["domain"] != UNKNOWN
    lines = [
        f"{len(judged)} rows: {int(known.sum())} with a domain, {int((~known).sum())} unknown; "
        f"signal clear {int((judged['si_signal'] == 'clear').sum())}, "
        f"possible {int((judged['si_signal'] == 'possible').sum())}."
    ]
    if "amount_eur" in judged.columns:
        amount = pd.to_numeric(judged["amount_eur"], errors="coerce")
        lines.append(
            f"{amount.sum():.2f} EUR: {amount[known].sum():.2f} with a domain, "
            f"{amount[~known].sum():.2f} unknown; {int(amount.isna().sum())} rows without a "
            "readable amount."
        )
    return lines
