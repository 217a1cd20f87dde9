"""The sector beside its calls: published series, kept apart where their perimeter differs."""

from __future__ import annotations

import csv
from functools import cache

import pandas as pd

from analysis.errors import Fault, InputError
from analysis.project import RULES

REGION = "Brussels-Capital Region"
_FILE = "sector_series.csv"


@cache
def _rules() -> tuple[dict[str, str], ...]:
    with (RULES / _FILE).open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle, strict=True))


def sector_series(facts: pd.DataFrame) -> pd.DataFrame:
    """Gather the yearly series on calls, enterprises and jobs of the social economy.

    Which figures belong to one series is declared in ``rules/sector_series.csv``: same
    indicator, same subject, and the same source where a subject has several.

    Args:
        facts: Table ``funding_facts``.

    Returns:
        One row a figure: panel (calls, enterprises, fte), series, perimeter, joined (yes = the
        years of the series may be joined by a line), year, value, low, high, unit (count or
        FTE), value_kind, fact_id, source_id; sorted by panel, series and year.

    Raises:
        InputError: A declared series has no figure any more, or two for one year.
    """
    region = facts[facts["scope"].eq(REGION) & facts["period_start"].ne("")]
    # A yearly series: figures over several years are another thing.
    one_year = region["period_end"].str[:4].isin([""]) | (
        region["period_end"].str[:4] == region["period_start"].str[:4]
    )
    region = region[one_year]
    found, faults = [], []
    for rule in _rules():
        here = region["indicator"].eq(rule["indicator"]) & region["programme"].eq(rule["programme"])
        if rule["source_id"]:
            here &= region["source_id"].eq(rule["source_id"])
        rows = region[here].assign(
            panel=rule["panel"],
            series=rule["series"],
            perimeter=rule["perimeter"],
            joined=rule["joined"],
        )
        rows["year"] = rows["period_start"].str[:4].astype(int)
        if rows.empty:
            faults.append(Fault(_FILE, "no figure belongs to this series; mend or remove the line", value=rule["series"]))  # fmt: skip
        elif rows["year"].duplicated().any():
            faults.append(Fault(_FILE, "two figures for one year; name the source in the line", value=rule["series"]))  # fmt: skip
        found.append(rows)
    if faults:
        raise InputError("The series of the sector no longer fit the figures:", faults)
    columns = ["panel", "series", "perimeter", "joined", "year", "value", "low", "high", "unit", "value_kind", "fact_id", "source_id"]  # fmt: skip
    table = pd.concat(found)[columns]
    return table.sort_values(["panel", "series", "year"], ignore_index=True)


def change(series: pd.DataFrame, name: str) -> tuple[int, int, float]:
    """Return first year, last year and relative change (0.1 = +10 percent) of one series.

    Args:
        series: See :func:`sector_series`.
        name: Of the series.

    Raises:
        ValueError: The series has fewer than two years, or begins at nothing.
    """
    rows = series[series["series"].eq(name)].sort_values("year")
    if len(rows) < 2 or not rows["value"].iloc[0]:
        raise ValueError(f"{name}: no change can be told from these figures")
    first, last = rows.iloc[0], rows.iloc[-1]
    return int(first["year"]), int(last["year"]), float(last["value"] / first["value"] - 1)
