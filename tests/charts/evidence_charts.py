"""What tests of the project's own charts share: the checked tables, and pictures without clashes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES
from analysis.tables import load

PROCESSED = Path(__file__).resolve().parents[2] / "data" / "processed"


@cache
def _loaded() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


def evidence(**changed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the checked tables, with some replaced."""
    return {**_loaded(), **changed}


def headline_faults(record: ChartRecord, claims: tuple[str, ...]) -> list[str]:
    """Return the claims without a headline that can be filled in three languages."""
    found = []
    for claim in claims:
        for lang in LANGUAGES:
            try:
                words = record.text(f"headline.{claim}", lang)
            except KeyError as error:
                found.append(f"{claim} {lang}: {error}")
            else:
                found += [f"{claim} {lang}: too long"] if len(words.split()) > 14 else []
    return found
