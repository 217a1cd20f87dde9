"""What can go wrong, said so that a person can act on it.

Two kinds, two exit codes: input that cannot be used (2) and a check that did not hold (1).
Anything else that escapes is a bug of ours and may show a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong at one place.

    Attributes:
        file: Name of the file as the user knows it.
        rule: What should hold, in words, with what to do.
        row: Where in the file: a line or sheet row as a person counts them, or a row id.
        column: Header of the column, empty when the fault is the row's or the file's.
        value: The offending cell as read.
        sheet: Sheet of a workbook.
    """

    file: str
    rule: str
    row: str = ""
    column: str = ""
    value: str | None = None
    sheet: str = ""

    def __str__(self) -> str:
        place = [self.file]
        if self.sheet:
            place.append(f"sheet {self.sheet!r}")
        if self.row:
            place.append(f"row {self.row}")
        if self.column:
            place.append(f"column {self.column}")
        seen = "" if self.value is None else f" (found {self.value[:80]!r})"
        return f"{', '.join(place)}: {self.rule}{seen}"


class AnalysisError(Exception):
    """Base of the errors shown to users as plain lines."""

    exit_code = 1

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        self.message = message
        self.faults = tuple(faults)
        super().__init__("\n".join([message, *(f"  {fault}" for fault in self.faults)]))


class InputError(AnalysisError):
    """The input cannot be used; nothing was written. Exit code 2."""

    exit_code = 2


class CheckFailed(AnalysisError):  # noqa: N818 - reads as what it says: the check failed
    """The input is sound, but something that should agree does not. Exit code 1."""

    exit_code = 1
