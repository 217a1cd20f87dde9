"""Lifelines of all programmes as thin bars, laid out on a common scale of years."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Any

from analysis.coverage import PAPER_DAY
from analysis.dossier import listings
from analysis.language import Language

if TYPE_CHECKING:
    from analysis.dossier.content import Dossier

FIRST, WIDTH = dt.date(2013, 1, 1), 1000
SHOWN = ("open", "closed", "suspended", "replaced", "unknown")


def values(dossier: Dossier, lang: Language) -> dict[str, Any]:
    """Return what the page shows: programmes by funder with their spans in thousandths of width."""
    last = dossier.data_date
    days = (last - FIRST).days

    def place(day: dt.date) -> float:
        return round(WIDTH * min(max((day - FIRST).days / days, 0), 1), 1)

    def spans(row: listings.ProgrammeRow) -> list[tuple[str, float, float]]:
        found = []
        for start, end, state in row.intervals:
            begin = place(dt.date.fromisoformat(start)) if start else 0.0
            stop = place(dt.date.fromisoformat(end)) if end else float(WIDTH)
            if state in SHOWN and stop > begin:
                found.append((state, begin, round(stop - begin, 1)))
        return found

    rows = listings.programme_rows(dossier.tables, lang)
    groups = [
        (funder, [(row, spans(row)) for row in members])
        for funder, members in groupby(rows, key=lambda row: row.funder)
    ]
    years = [dt.date(year, 1, 1) for year in range(FIRST.year, last.year + 1, 2)]
    return {
        "groups": groups,
        "years": [(day.year, place(day)) for day in years],
        "paper_place": place(PAPER_DAY),
        "shown_states": SHOWN,
    }
