"""Notes for readers, made from notes for transcribers by declared rules (``rules/notes.csv``).

The raw note stays in ``data/raw``; the reader's note loses tags of transcription rows and
remarks on earlier readings, nothing else.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING

from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd


@cache
def _rules() -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    with (RULES / "notes.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, strict=True))
    drop = [re.compile(row["pattern"]) for row in rows if row["action"] == "drop_part"]
    remove = [re.compile(row["pattern"]) for row in rows if row["action"] == "remove"]
    return drop, remove


@cache
def reader_note(note: str) -> str:
    """Return a note as a reader should see it.

    Args:
        note: Note of the transcribers: parts joined by ``;`` or `` | ``.

    Returns:
        The parts that speak to readers, joined by ``; ``, each once.
    """
    drop, remove = _rules()
    kept: list[str] = []
    for part in re.split(r";| \| ", note):
        for pattern in remove:
            part = pattern.sub("", part)
        part = re.sub(r"\s{2,}", " ", part).strip(" ,:")
        if part and part not in kept and not any(pattern.search(part) for pattern in drop):
            kept.append(part)
    return "; ".join(kept)


def reader_notes(notes: pd.Series) -> pd.Series:
    """Return :func:`reader_note` of each cell of a text column."""
    return notes.map(reader_note)
