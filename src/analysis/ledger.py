"""The ledger: what became of every row and euro that came in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from analysis.errors import CheckFailed


@dataclass
class Entry:
    """The account of one table. ``rows_in == rows_out + merged + sum(set_apart)`` always holds.

    Attributes:
        table: Name of the table.
        source: Raw file it comes from.
        rows_in: Records read (count).
        corrected_cells: Cells changed by declared corrections (count).
        merged: Rows that say the same as another row, or disagree with it and became its range.
        set_apart: Rows left out, by reason (count).
        rows_out: Records written (count).
        euros: Sums in EUR nominal, by what they are: in, out, merged, set apart. Sums of mixed
            phases serve the account only; no chart adds phases.
        remarks: Other counts worth reading, by words.
    """

    table: str
    source: str
    rows_in: int
    rows_out: int
    corrected_cells: int = 0
    merged: int = 0
    set_apart: dict[str, int] = field(default_factory=dict)
    euros: dict[str, float] = field(default_factory=dict)
    remarks: dict[str, int] = field(default_factory=dict)

    def check(self) -> None:
        """Raise when the account does not add up.

        Raises:
            CheckFailed: Rows or euros are missing or too many.
        """
        accounted = self.rows_out + self.merged + sum(self.set_apart.values())
        if self.rows_in != accounted:
            raise CheckFailed(
                f"Ledger of {self.table}: {self.rows_in} rows came in, {accounted} are accounted for."
            )
        if self.euros:
            total = round(self.euros["in"] * 100)
            parts = round(sum(v for k, v in self.euros.items() if k != "in") * 100)
            if total != parts:
                raise CheckFailed(
                    f"Ledger of {self.table}: {total / 100:.2f} EUR came in, "
                    f"{parts / 100:.2f} EUR are accounted for."
                )


@dataclass
class Ledger:
    """All accounts of one build."""

    entries: list[Entry] = field(default_factory=list)
    derived: dict[str, int] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Check an account and enter it."""
        entry.check()
        self.entries.append(entry)

    def as_dict(self) -> dict[str, object]:
        """Return the ledger as plain data, with totals."""
        return {
            "tables": [asdict(entry) for entry in self.entries],
            "derived_tables": self.derived,
            "totals": {
                "rows_in": sum(entry.rows_in for entry in self.entries),
                "rows_out": sum(entry.rows_out for entry in self.entries),
                "merged": sum(entry.merged for entry in self.entries),
                "set_apart": sum(sum(entry.set_apart.values()) for entry in self.entries),
                "corrected_cells": sum(entry.corrected_cells for entry in self.entries),
            },
        }
