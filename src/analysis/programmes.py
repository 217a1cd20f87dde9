"""Programmes: families, eligibility and stages in tidy form."""

from __future__ import annotations

import pandas as pd

from analysis.notes import reader_notes

# Words by which the transcribers marked job schemes (evidence README, "Working time").
WAGE_SCHEME = "pays wages of a job scheme, not reserved for innovation"
FIGURES_ONLY = "known from funding facts only"


def clean_programmes(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the programmes with their family and the two marks of the protocol.

    Args:
        raw: Corrected text frame of ``programmes``.

    Returns:
        Text frame with family_id, wage_scheme and known_from_figures_only (yes/no) added and
        notes for readers; one row for each raw row.
    """
    frame = raw.copy()
    frame["family_id"] = family_ids(raw)
    frame["wage_scheme"] = _yes_no(raw["note"].str.contains(WAGE_SCHEME, regex=False))
    frame["known_from_figures_only"] = _yes_no(raw["note"].str.contains(FIGURES_ONLY, regex=False))
    for column in ("note", "status_note", "eligibility_note"):
        frame[column] = reader_notes(raw[column])
    return frame


def _yes_no(flags: pd.Series) -> pd.Series:
    return flags.map({True: "yes", False: "no"}).astype("str")


def family_ids(raw: pd.DataFrame) -> pd.Series:
    """Return the family of each programme: topmost parent, then the first of its ``same_as`` group."""
    parent = dict(zip(raw["programme_id"], raw["parent_programme_id"], strict=True))

    def top(one: str) -> str:
        while parent[one]:
            one = parent[one]
        return one

    tops = raw["programme_id"].map(top)
    group = raw["programme_id"].map(dict(zip(raw["programme_id"], raw["same_as"], strict=True)))
    first_of_group = tops[group != ""].groupby(group[group != ""]).min()
    # Two tops that may be one programme become one family, with all their members.
    twin = {
        one: first_of_group[name]
        for one, name in zip(tops[group != ""], group[group != ""], strict=True)
    }
    return tops.map(lambda one: twin.get(one, one))


def tidy(raw: pd.DataFrame, prefix: str, dimension: str, answer: str) -> pd.DataFrame:
    """Turn columns such as ``stage_scaling`` into rows.

    Args:
        raw: Text frame of ``programmes``.
        prefix: ``stage_`` or ``open_``.
        dimension: Name of the new column with the rest of the column name.
        answer: Name of the new column with yes, no or unknown.

    Returns:
        programme_id, dimension, answer; sorted.
    """
    columns = [column for column in raw.columns if column.startswith(prefix)]
    long = raw.melt("programme_id", columns, dimension, answer)
    long[dimension] = long[dimension].str.removeprefix(prefix)
    return long.sort_values(["programme_id", dimension], ignore_index=True)
