"""Known unmet demand, rhythm of calls, and what became of announced money.

*Known* unmet demand is what known applicants asked for and did not get. It is a lower bound in two
ways: calls that publish only one of both figures are not in it, and nobody who did not apply is.
It says nothing of quality: an application may have been refused for good reason. Applications are
counted, not organisations; one project may apply twice.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from analysis.errors import Fault, InputError
from analysis.project import RULES
from analysis.tables import Tables

PAIRS_FILE = "unmet_pairs.csv"
ANNOUNCED = ("announced", "budgeted")
GIVEN = ("awarded", "committed", "paid")
# What a stated value proves about the true one: that it is no lower, or no higher.
_NO_LOWER = ("exact", "at_least")
_NO_HIGHER = ("exact", "at_most")
_SUBJECT = ["programme_id", "programme", "scope", "period_start", "period_end"]


def unmet_projects(rates: pd.DataFrame) -> pd.DataFrame:
    """Return, per round, how many applications went without.

    unmet = submitted - selected. Of published ranges the narrowest difference is the low one.

    Args:
        rates: Rounds with both figures, as from :func:`analysis.calls.success_rates`.

    Returns:
        call_id, programme_id, funder_id, year, unmet_low, unmet_high (applications, counts),
        proven (yes = ``unmet_low`` is a safe lower bound: submitted is exact or a floor, selected
        exact or a ceiling), fact_ids; sorted by call_id.
    """
    table = rates[["call_id", "programme_id", "funder_id", "year"]].copy()
    low = rates["submitted_low"].astype(float) - rates["selected_high"].astype(float)
    high = rates["submitted_high"].astype(float) - rates["selected_low"].astype(float)
    table["unmet_low"] = low.clip(lower=0).astype("Int64")
    table["unmet_high"] = high.clip(lower=0).astype("Int64")
    safe = rates["submitted_kind"].isin(_NO_LOWER) & rates["selected_kind"].isin(_NO_HIGHER)
    table["proven"] = safe.map({True: "yes", False: "no"}).astype("str")
    table["fact_ids"] = rates["fact_ids"]
    return table.sort_values("call_id", ignore_index=True)


@cache
def _declared_pairs() -> dict[str, tuple[str, str]]:
    with (RULES / PAIRS_FILE).open(encoding="utf-8", newline="") as handle:
        return {
            row["requested_fact"]: (row["given_fact"], row["reason"])
            for row in csv.DictReader(handle, strict=True)
        }


def unmet_amounts(facts: pd.DataFrame) -> pd.DataFrame:
    """Return, per call, how much of the money asked for was not given.

    unmet = requested - given, where the same programme states both for the same period and area;
    *given* is one figure of one phase: awarded if there is one, else committed, else paid. Phases
    are never added. Pairs whose periods differ are declared with a reason in
    ``rules/unmet_pairs.csv``. What a sector asks for outside a call (no programme) is no demand
    that a call refused, and is left out.

    Args:
        facts: Table ``funding_facts``.

    Returns:
        programme_id, programme, funder_id, period_start, requested_eur, given_eur (EUR nominal,
        the chosen values), phase (of what was given), unmet_low, unmet_high (EUR nominal),
        proven (yes = ``unmet_low`` is a safe lower bound: what was awarded is stated as exact or as
        a ceiling, what was asked as exact or as a floor), joined_because (for declared pairs),
        requested_fact, given_fact; sorted by requested_fact.

    Raises:
        InputError: A fact named in the rules file is gone, or is not about money.
    """
    money = facts[facts["unit"].eq("EUR")]
    asked = money[money["indicator"].eq("amount_requested") & money["programme_id"].ne("")]
    given = money[money["indicator"].eq("budget") & money["phase"].isin(GIVEN)]
    declared = _declared_pairs()
    ids = {*asked["fact_id"]}, {*given["fact_id"]}
    lost = [
        fact
        for one, (other, _) in declared.items()
        for fact, known in ((one, ids[0]), (other, ids[1]))
        if fact not in known
    ]
    if lost:
        raise InputError(
            "Pairs of money asked for and given are declared for facts that are gone:",
            [Fault(PAIRS_FILE, "no such figure of money; remove the line", fact) for fact in lost],
        )
    given = given.assign(_order=given["phase"].map({one: at for at, one in enumerate(GIVEN)}))
    given = given.sort_values(["_order", "fact_id"])
    named = asked[asked["fact_id"].isin(list(declared))].copy()
    named["_given"] = named["fact_id"].map({one: other for one, (other, _) in declared.items()})
    by_rule = named.merge(given, left_on="_given", right_on="fact_id", suffixes=("", "_given"))
    others = asked[~asked["fact_id"].isin(list(declared))]
    same = others.merge(
        given.drop_duplicates(["programme_id", "scope", "period_start", "period_end"]),
        on=["programme_id", "scope", "period_start", "period_end"],
        suffixes=("", "_given"),
    )
    same = same[same["period_start"].ne("")]
    pairs = pd.concat([by_rule, same], ignore_index=True)
    table = pairs[["programme_id", "programme", "funder_id", "period_start"]].copy()
    table["requested_eur"], table["given_eur"] = pairs["value"], pairs["value_given"]
    table["phase"] = pairs["phase_given"]
    table["unmet_low"] = (pairs["low"] - pairs["high_given"]).clip(lower=0)
    table["unmet_high"] = (pairs["high"] - pairs["low_given"]).clip(lower=0)
    # A commitment or payment of one year may leave out part of what was awarded.
    safe = (
        pairs["value_kind"].isin(_NO_LOWER)
        & pairs["value_kind_given"].isin(_NO_HIGHER)
        & pairs["phase_given"].eq("awarded")
    )
    table["proven"] = safe.map({True: "yes", False: "no"}).astype("str")
    reasons = {one: reason for one, (_, reason) in declared.items()}
    table["joined_because"] = pairs["fact_id"].map(lambda fact: reasons.get(fact, "")).astype("str")
    table["requested_fact"], table["given_fact"] = pairs["fact_id"], pairs["fact_id_given"]
    return table.sort_values("requested_fact", ignore_index=True)


def phase_shares(
    facts: pd.DataFrame,
    announced: Sequence[str] = ANNOUNCED,
    given: Sequence[str] = GIVEN,
) -> pd.DataFrame:
    """Compare money announced with what was given of it, figure against figure.

    share = given / announced, for the same programme, subject, area and period; every pair of one
    early and one late phase is a row of its own. Phases are never added, nor are programmes. A
    share above 1 is possible: money was raised after the announcement.

    Args:
        facts: Table ``funding_facts``.
        announced: Phases that come first.
        given: Phases that come later.

    Returns:
        programme_id, programme, scope, period_start, period_end, funder_id, announced_phase,
        given_phase, announced_eur, given_eur (EUR nominal), share, share_low, share_high (over the
        published ranges), exact (yes = both figures are stated as exact), announced_fact,
        given_fact; sorted by announced_fact and given_fact.
    """
    money = facts[
        facts["unit"].eq("EUR") & facts["indicator"].eq("budget") & facts["period_start"].ne("")
    ]
    columns = [*_SUBJECT, "funder_id", "phase", "value", "low", "high", "value_kind", "fact_id"]
    first = money.loc[money["phase"].isin(list(announced)) & money["value"].gt(0), columns]
    later = money.loc[money["phase"].isin(list(given)), columns].drop(columns="funder_id")
    pairs = first.merge(later, on=_SUBJECT, suffixes=("_announced", "_given"))
    table = pairs[[*_SUBJECT, "funder_id"]].copy()
    for side in ("announced", "given"):
        table[f"{side}_phase"] = pairs[f"phase_{side}"]
        table[f"{side}_eur"] = pairs[f"value_{side}"]
        table[f"{side}_fact"] = pairs[f"fact_id_{side}"]
    table["share"] = pairs["value_given"] / pairs["value_announced"]
    table["share_low"] = pairs["low_given"] / pairs["high_announced"]
    table["share_high"] = pairs["high_given"] / pairs["low_announced"].replace(0, np.nan)
    exact = pairs["value_kind_announced"].eq("exact") & pairs["value_kind_given"].eq("exact")
    table["exact"] = exact.map({True: "yes", False: "no"}).astype("str")
    order = [
        *_SUBJECT, "funder_id", "announced_phase", "given_phase", "announced_eur", "given_eur",
        "share", "share_low", "share_high", "exact", "announced_fact", "given_fact",
    ]  # fmt: skip
    return table[order].sort_values(["announced_fact", "given_fact"], ignore_index=True)


def call_frequency(tables: Tables, funders: Iterable[str], years: Iterable[int]) -> pd.DataFrame:
    """Count the calls of each funder that began in each year, as far as they are known.

    Three sorts of evidence that may speak of the same calls, and are therefore never added:
    *known* calls one by one (rounds with figures, and programmes that are one call; of both the
    larger number within a family of programmes), a number *stated for a part* of the funder's
    calls, and a number *published* for all of them. A year without any of them is not a year
    without calls: its counts are missing. A stated zero for one programme says nothing of the
    others and is left out.

    Args:
        tables: Checked tables.
        funders: Funder ids, in order.
        years: Years, in order.

    Returns:
        One row for each funder and year: funder_id, year, known, part_stated, published (calls,
        counts), calls_low (the largest of the three: a lower bound), state (``published``: a
        stated total; ``known``: only a lower bound; ``none_found``: nothing, counts missing), row_ids (;-separated calls, programmes and
        facts behind it).
    """
    stated = _stated_calls(tables["funding_facts"])
    counts = [
        _known_calls(tables)
        .groupby(["funder_id", "year", "family_id", "sort"])
        .agg(calls=("row_id", "size"), row_ids=("row_id", _joined))
        .groupby(["funder_id", "year", "family_id"])
        .agg(calls=("calls", "max"), row_ids=("row_ids", _joined))
        .groupby(["funder_id", "year"])
        .agg(known=("calls", "sum"), known_ids=("row_ids", _joined))
    ]
    for name, rows in (
        ("part_stated", stated[stated["of_programme"] & stated["calls"].gt(0)]),
        ("published", stated[~stated["of_programme"]]),
    ):
        counts.append(
            rows.groupby(["funder_id", "year"]).agg(
                **{name: ("calls", "max"), f"{name}_ids": ("row_id", _joined)}
            )
        )
    grid = pd.MultiIndex.from_product([list(funders), list(years)], names=["funder_id", "year"])
    table = pd.concat(counts, axis=1).reindex(grid).reset_index()
    names = ["known", "part_stated", "published"]
    table[names] = table[names].astype("Int64")
    table["calls_low"] = table[names].max(axis=1).astype("Int64")
    table["state"] = np.select(
        [table["published"].notna(), table["calls_low"].notna()],
        ["published", "known"],
        "none_found",
    )
    ids = zip(*(table[f"{name}_ids"] for name in names), strict=True)
    table["row_ids"] = [_joined(one for one in found if pd.notna(one)) for found in ids]
    return table[["funder_id", "year", *names, "calls_low", "state", "row_ids"]]


def _joined(ids: Iterable[str]) -> str:
    return ";".join(sorted({one for part in ids for one in str(part).split(";")}))


def _known_calls(tables: Tables) -> pd.DataFrame:
    """Return one row a known call: funder_id, year, family_id, sort, row_id."""
    programmes = tables["programmes"].set_index("programme_id")
    rounds = tables["calls"]
    # Totals of a funder have no programme: they are not one call.
    rounds = rounds[rounds["programme_id"].ne("") & rounds["funder_id"].ne("")]
    # Parts of one round (Brussels' share, one strand) stand in rows of their own.
    rounds = rounds.drop_duplicates(["programme_id", "year"])
    of_rounds = pd.DataFrame(
        {
            "funder_id": rounds["funder_id"],
            "year": rounds["year"].astype(int),
            "family_id": rounds["programme_id"].map(programmes["family_id"]),
            "sort": "round",
            "row_id": rounds["call_id"],
        }
    )
    single = programmes[programmes["kind"].eq("call")]
    opened = tables["programme_status"]
    opened = opened[
        opened["state"].eq("open")
        & opened["start"].ne("")
        & opened["programme_id"].isin(single.index)
    ]
    # Open without a break is one call, however many intervals tell it.
    first = opened.groupby("programme_id")["start"].min()
    of_programmes = pd.DataFrame(
        {
            "funder_id": single["funder_id"].reindex(first.index),
            "year": first.str[:4].astype(int),
            "family_id": single["family_id"].reindex(first.index),
            "sort": "programme",
            "row_id": first.index,
        }
    )
    return pd.concat([of_rounds, of_programmes], ignore_index=True)


def _stated_calls(facts: pd.DataFrame) -> pd.DataFrame:
    """Return published numbers of calls of one year: of one programme, or of all of a funder."""
    rows = facts[
        facts["indicator"].eq("calls_open")
        & facts["value_kind"].isin(_NO_LOWER)
        & facts["period_start"].ne("")
        & facts["funder_id"].ne("")
    ]
    begin, end = rows["period_start"].str[:4], rows["period_end"].str[:4]
    rows = rows[begin.eq(end) | end.eq("")]
    return pd.DataFrame(
        {
            "funder_id": rows["funder_id"],
            "year": rows["period_start"].str[:4].astype(int),
            "of_programme": rows["programme_id"].ne(""),
            "row_id": rows["fact_id"],
            "calls": rows["low"].astype(int),
        }
    )
