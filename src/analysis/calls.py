"""Calls: rounds with the number of applications submitted, admissible and selected."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import Fault, InputError
from analysis.project import RULES

ROLES = {
    "projects_submitted": "submitted",
    "projects_admissible": "admissible",
    "projects_funded": "selected",
}
LONGEST_ROUND_YEARS = 1  # a figure over more calendar years adds rounds up
Z_95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution
REGION = "Brussels-Capital Region"


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
    rows = rows[(length <= LONGEST_ROUND_YEARS) & ~_adds_rounds_up(rows, length)]
    key = ["programme", "scope", "year", "end_year"]
    rounds = [
        _one_round({column: str(group[column].iloc[0]) for column in key}, group)
        for _, group in rows.groupby(key)
    ]
    table = pd.DataFrame(rounds)
    table["call_id"] = _call_ids(table)
    return table.sort_values("call_id", ignore_index=True)


def _adds_rounds_up(rows: pd.DataFrame, length: pd.Series) -> pd.Series:
    """Mark figures over two years beside one for the first year alone: they add rounds up."""
    first_year = pd.MultiIndex.from_frame(rows[["programme", "scope", "role", "year"]])
    return (length > 0) & first_year.isin(first_year[length.to_numpy() == 0])


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


def wilson_interval(
    successes: Any, trials: Any, z: float = Z_95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the Wilson score interval of a share.

    With p = successes / trials and n = trials:
    (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    Source: Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22, 209-212; recommended for
    small n by Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133.

    Args:
        successes: Counts.
        trials: Counts, at least as high.
        z: Quantile of the standard normal distribution; the default gives 95 percent.

    Returns:
        Lower and upper bounds as shares (0-1); not-a-number where a count is missing or nothing
        was tried.

    Raises:
        ValueError: More successes than trials.
    """
    k = np.asarray(pd.to_numeric(pd.Series(np.ravel(successes)), errors="coerce"), dtype=float)
    n = np.asarray(pd.to_numeric(pd.Series(np.ravel(trials)), errors="coerce"), dtype=float)
    n = np.where(n > 0, n, np.nan)
    if bool((k > n).any()):
        raise ValueError("more successes than trials")
    p = k / n
    middle = p + z**2 / (2 * n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    # The bounds are 0 and 1 exactly at the ends; the sum in floats is a hair off.
    low = np.where(k == 0, 0.0, (middle - reach) / scale)
    high = np.where(k == n, 1.0, (middle + reach) / scale)
    return np.where(np.isnan(p), np.nan, low), np.where(np.isnan(p), np.nan, high)


def brussels_rounds(calls: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Keep rounds of one programme, for projects in the Region or in one of its municipalities.

    Totals of a funder (no programme) and rounds for all Belgium, Wallonia or Europe are left
    out: their applications cannot be told apart by region.

    Args:
        calls: Table ``calls``.
        municipalities: Table ``municipalities``.

    Returns:
        The rows kept, same columns.
    """
    names = {REGION, *municipalities["name_fr"], *municipalities["name_nl"]}
    area = calls["scope"].str.split(" (", regex=False).str[0]
    return calls[calls["programme_id"].ne("") & area.isin(names)]


def published_parts(rounds: pd.DataFrame) -> dict[str, int]:
    """Count rounds by what is published of them: both figures, only one, or neither.

    Args:
        rounds: Rows of the table ``calls``.

    Returns:
        ``both`` (submitted and selected), ``submitted_only``, ``selected_only``, ``neither``
        (only a number of admissible applications); they add up to the number of rows.
    """
    asked, chosen = rounds["submitted"].notna(), rounds["selected"].notna()
    return {
        "both": int((asked & chosen).sum()),
        "submitted_only": int((asked & ~chosen).sum()),
        "selected_only": int((~asked & chosen).sum()),
        "neither": int((~asked & ~chosen).sum()),
    }


def success_rates(rounds: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Compute the share of applications that were selected, round by round.

    Args:
        rounds: Rows of the table ``calls``.
        facts: Table ``funding_facts``: indicator, value_kind, member_ids (is a figure exact?).

    Returns:
        One row for each round with both figures: the columns of ``rounds`` without the
        joined_because, and ``submitted_kind``, ``selected_kind`` (value kind, the vaguest of
        several), ``rate`` (selected / submitted, 0-1), ``rate_low``, ``rate_high`` (over the
        published ranges: fewest selected of most submitted, and the reverse), ``wilson_low``,
        ``wilson_high`` (95 percent, widened by the ranges). A round is a full count, not a
        sample: the interval says how far so few cases could have come out otherwise, taken as
        draws with one chance.
    """
    table = rounds[rounds["submitted"].notna() & rounds["selected"].notna()].copy()
    table = table.drop(columns="joined_because")
    counts = [f"{role}{end}" for role in ROLES.values() for end in ("", "_low", "_high")]
    table[counts] = table[counts].astype("Int64")
    kinds = _value_kinds(table, facts)
    for role in ("submitted", "selected"):
        table[f"{role}_kind"] = [kinds.get((call, role), "exact") for call in table["call_id"]]
    number = table[counts].astype(float)
    table["rate"] = number["selected"] / number["submitted"]
    table["rate_low"] = number["selected_low"] / number["submitted_high"]
    table["rate_high"] = number["selected_high"] / number["submitted_low"]
    table["wilson_low"] = wilson_interval(number["selected_low"], number["submitted_high"])[0]
    table["wilson_high"] = wilson_interval(number["selected_high"], number["submitted_low"])[1]
    return table.sort_values("call_id", ignore_index=True)


def _value_kinds(rounds: pd.DataFrame, facts: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the vaguest value kind of each round and role."""
    vagueness = {"exact": 0, "at_least": 1, "at_most": 2, "approx": 3}
    of_fact = facts.assign(fact=facts["member_ids"].str.split(";")).explode("fact")
    of_fact = of_fact[of_fact["indicator"].isin(ROLES)].set_index("fact")
    long = rounds[["call_id", "fact_ids"]].assign(fact=rounds["fact_ids"].str.split(";"))
    long = long.explode("fact")
    long["role"] = long["fact"].map(of_fact["indicator"].to_dict()).map(ROLES)
    long["kind"] = long["fact"].map(of_fact["value_kind"].to_dict())
    long = long.dropna(subset=["role", "kind"])
    found: dict[tuple[str, str], str] = {}
    for row in long[["call_id", "role", "kind"]].itertuples(index=False):
        key = (str(row.call_id), str(row.role))
        if vagueness[str(row.kind)] >= vagueness[found.get(key, "exact")]:
            found[key] = str(row.kind)
    return found


def unmet_demand(rates: pd.DataFrame) -> int:
    """Return how many applications went without in the rounds with exact figures.

    A lower bound of known unmet demand: rounds without both figures, approximate figures and
    those who did not apply are not in it; of a range the narrowest difference counts. It counts
    applications: one project may stand in two rounds.

    Args:
        rates: See :func:`success_rates`.
    """
    exact = rates[rates["submitted_kind"].eq("exact") & rates["selected_kind"].eq("exact")]
    return int((exact["submitted_low"] - exact["selected_high"]).clip(lower=0).sum())


def share_below(rates: pd.DataFrame, threshold: float = 0.5) -> float:
    """Return the share of rounds whose highest possible rate lies under a threshold (0-1)."""
    return float(rates["rate_high"].lt(threshold).mean())


def without_each_funder(rates: pd.DataFrame, threshold: float = 0.5) -> tuple[float, float]:
    """Return lowest and highest :func:`share_below` with one funder left out at a time."""
    shares = [
        share_below(rates[rates["funder_id"].ne(funder)], threshold)
        for funder in sorted(set(rates["funder_id"]))
        if rates["funder_id"].ne(funder).any()
    ]
    return (min(shares), max(shares)) if shares else (float("nan"), float("nan"))
