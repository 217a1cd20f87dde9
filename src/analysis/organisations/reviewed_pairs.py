"""Human decisions about a name and a number: they win over the machine and survive re-runs.

The file is a CSV that people keep and edit: ``name, enterprise_number, verdict`` (same or
different) ``, date`` (yyyy-mm-dd) ``, why``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError
from analysis.organisations.names import normalise
from analysis.organisations.numbers import enterprise_ids

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "enterprise_number", "verdict", "date", "why")
VERDICTS = ("same", "different")


@dataclass(frozen=True)
class ReviewedPairs:
    """Decisions by key of the name (see :func:`analysis.organisations.names.normalise`).

    Attributes:
        same: Key → (organisation id, reason); a name may be decided to be one organisation only.
        different: (key, organisation id) → reason.
    """

    same: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    different: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def agreed(self) -> set[tuple[str, str]]:
        """Pairs of key and id that a person found right."""
        return {(key, organisation) for key, (organisation, _) in self.same.items()}


def read_reviewed_pairs(path: Path) -> ReviewedPairs:
    """Read the file of decisions.

    Raises:
        InputError: The file is missing, a column or a value is wrong, or two decisions contradict
            each other.
    """
    from analysis.organisations.tables import read_table

    table = read_table(path)
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise InputError(
            f"{path}: not a file of reviewed pairs.",
            [Fault(path.name, f"add the column {column}", "1", column) for column in missing],
        )
    return reviewed_pairs(table, path.name)


def reviewed_pairs(table: pd.DataFrame, file: str = "reviewed pairs") -> ReviewedPairs:
    """Check decisions and make them ready for look-up.

    Args:
        table: Columns :data:`COLUMNS`, text.
        file: Name for messages.

    Raises:
        InputError: As in :func:`read_reviewed_pairs`.
    """
    import pandas as pd

    table = table.reset_index(drop=True).assign(
        key=normalise(table["name"]).to_numpy(),
        id=enterprise_ids(table["enterprise_number"]).to_numpy(),
        line=range(2, len(table) + 2),
    )
    day = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    wrong = (
        ("name", table["key"] == "", "give the name as published"),
        ("enterprise_number", table["id"] == "", "give a valid enterprise number"),
        ("verdict", ~table["verdict"].isin(VERDICTS), "write same or different"),
        ("date", day.isna(), "give the day of the decision as yyyy-mm-dd"),
        ("why", table["why"].str.strip() == "", "say why, for the next reader"),
    )
    faults = [
        Fault(file, rule, str(table.loc[row, "line"]), column, str(table.loc[row, column]))
        for column, rows, rule in wrong
        for row in table.index[rows]
    ]
    same = table.loc[table["verdict"] == "same"]
    different = table.loc[table["verdict"] == "different"]
    several = same.groupby("key")["id"].nunique()
    clash = same.loc[same["key"].isin(several.index[several > 1])]
    both = same.merge(different[["key", "id"]].drop_duplicates(), on=["key", "id"])
    faults += [
        Fault(file, "this name is decided to be several organisations: keep one", str(row.line),
              "enterprise_number", str(row.enterprise_number))
        for row in clash.itertuples()
    ] + [
        Fault(file, "this pair is decided to be the same and different: keep one", str(row.line),
              "verdict", str(row.verdict))
        for row in both.itertuples()
    ]  # fmt: skip
    if faults:
        raise InputError(f"{file}: {len(faults)} decisions cannot be used.", sorted(faults))

    def reason(row: tuple[str, str]) -> str:
        return f"reviewed on {row[0]}: {row[1]}"

    return ReviewedPairs(
        same={
            key: (organisation, reason((date, why)))
            for key, organisation, date, why in zip(
                same["key"], same["id"], same["date"], same["why"], strict=True
            )
        },
        different={
            (key, organisation): reason((date, why))
            for key, organisation, date, why in zip(
                different["key"], different["id"], different["date"], different["why"], strict=True
            )
        },
    )
