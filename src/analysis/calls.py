"""Calls: rounds with the number of applications submitted, admissible and selected."""

from __future__ import annotations

import csv
from functools import cache

import pandas as pd

from analysis.errors import Fault, InputError
from analysis.project import RULES

ROLES = {
    "projects_submitted": "submitted",
    "projects_admissible": "admissible",
    "projects_funded": "selected",
}
LONGEST_ROUND_YEARS = 1  # a figure over more calendar years adds rounds up


@cache
def _declared_rounds() -> dict[str, tuple[str, str, str]]:
    with (RULES / "call_rounds.csv").open(encoding="utf-8", newline="") as handle:
        return {
            row["fact_id"]: (row["year"], row["end_year"], row["reason"])
            for row in csv.DictReader(handle, strict=True)
        }


def call_rounds(facts: pd.DataFrame) -> pd.DataFrame:
    """Put the figures of one round of a call side by side.

    Args:
        facts: Resolved facts (see :func:`analysis.figures.resolve`), text with numeric low and
            high.

    Returns:
        One row a round (subject and years): call_id, programme_id, funder_id, subject, scope,
        year, end_year, submitted, admissible, selected (counts; missing = not published), the
        lowest and highest published value, exact, fact_ids, source_ids, joined_because.

    Raises:
        InputError: A fact named in ``rules/call_rounds.csv`` does not exist.
    """
    declared = _declared_rounds()
    members = facts["member_ids"].str.split(";").explode()
    if lost := sorted(set(declared) - set(members)):
        raise InputError(
            "Rounds of calls are declared for facts that are gone:",
            [Fault("call_rounds.csv", "no such fact; remove the line", fact) for fact in lost],
        )
    rows = facts[facts["indicator"].isin(ROLES) & facts["period_start"].ne("")].copy()
    rows["role"] = rows["indicator"].map(ROLES)
    rows["year"] = rows["period_start"].str[:4]
    rows["end_year"] = rows["period_end"].str[:4].where(rows["period_end"] != "", rows["year"])
    rows["joined_because"] = ""
    for fact, (year, end_year, reason) in declared.items():
        here = rows["member_ids"].str.split(";").map(lambda ids, fact=fact: fact in ids)
        rows.loc[here, ["year", "end_year", "joined_because"]] = [year, end_year, reason]
    length = rows["end_year"].astype(int) - rows["year"].astype(int)
    rows = rows[length <= LONGEST_ROUND_YEARS]
    key = ["programme", "scope", "year", "end_year"]
    rounds = [
        _one_round({column: str(group[column].iloc[0]) for column in key}, group)
        for _, group in rows.groupby(key)
    ]
    table = pd.DataFrame(rounds)
    table["call_id"] = _call_ids(table)
    return table.sort_values("call_id", ignore_index=True)


def _one_round(key: dict[str, str], group: pd.DataFrame) -> dict[str, object]:
    found: dict[str, object] = {
        "programme_id": max(group["programme_id"]),
        "funder_id": min(filter(None, group["funder_id"]), default=""),
        "subject": key["programme"],
        "scope": key["scope"],
        "year": key["year"],
        "end_year": key["end_year"],
    }
    for role in ROLES.values():
        values = group[group["role"] == role]
        known = not values.empty
        found[role] = float(values["value"].iloc[0]) if known else None
        found[f"{role}_low"] = values["low"].min() if known else None
        found[f"{role}_high"] = values["high"].max() if known else None
    one_value = (group["low"] == group["high"]).all() and not group["role"].duplicated().any()
    found["exact"] = "yes" if group["value_kind"].eq("exact").all() and one_value else "no"
    found["fact_ids"] = ";".join(sorted(group["member_ids"].str.split(";").explode()))
    found["source_ids"] = ";".join(sorted(set(group["source_id"])))
    found["joined_because"] = max(group["joined_because"])
    return found


def _call_ids(table: pd.DataFrame) -> pd.Series:
    name = table["programme_id"].where(table["programme_id"] != "", table["subject"])
    slug = (
        name.str.lower()
        .str.normalize("NFKD")
        .str.encode("ascii", "ignore")
        .str.decode("ascii")
        .str.replace(r"[^a-z0-9]+", "-", regex=True)
        .str.strip("-")
    )
    ids = slug + "@" + table["year"]
    # Two subjects of one programme in one year: number them in the order of the subject.
    running = table.groupby(ids).cumcount()
    return ids.where(running == 0, ids + "-" + (running + 1).astype(str))
