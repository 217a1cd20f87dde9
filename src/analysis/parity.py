"""Parity: does a group get the share of the money that it has of the organisations?

Ratios are read on a logarithmic scale: 2 and 1/2 are as far from parity. The share of money alone
misleads twice, so two parts stand beside it: how many of the group get anything, and how much each
of those gets.

Limits: the denominator decides the answer (all organisations, those with staff, those that may
apply): name its source and year. Awards are only those that were published. The interval treats
the funded organisations as draws; the list of eligible ones is taken as counted without error.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from analysis.concentration import per_organisation
from analysis.resampling import DRAWS, SEED, Floats, percentile_interval

NOT_KNOWN = ("", "unknown", "not_stated")


def parity_ratio(
    rows: pd.DataFrame,
    eligible: pd.Series,
    *,
    group: str = "legal_form",
    not_known: Sequence[str] = NOT_KNOWN,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Compare each group's share of the money with its share of the eligible organisations.

    ratio_g = (money_g / money) / (N_g / N); 1 = parity (the representation index or
    disproportionality ratio of the literature on equal treatment; the location quotient of
    regional science has the same form). It splits into two: ratio_g = (share of the group funded
    / share of all funded) · (EUR a funded organisation of the group / EUR a funded organisation).

    Money of groups that are not known leaves shares open: it is left out of ``ratio`` and comes
    back in ``ratio_least`` (none of it is the group's) and ``ratio_most`` (all of it is).

    Args:
        rows: One row an award: organisation_id, amount_eur (EUR, missing = not stated), ``group``.
            An organisation has one group.
        eligible: Number of eligible organisations (count) by group; only these groups are compared.
        group: Column with the group.
        not_known: Values of ``group`` that say nothing.
        draws: Resamples for the interval, over funded organisations (count).
        seed: Seed of the resamples.

    Returns:
        One row for each group of ``eligible``, in its order: ``group``, eligible, funded
        (organisations with a row), with_amount (those with a stated amount; counts), amount_eur
        (EUR, of rows that state it), without_amount (rows, count), money_share, eligible_share
        (0-1), ratio, low, high (95 percent, missing with fewer than two organisations of the group
        with an amount), log2_ratio, ratio_least, ratio_most, share_funded (0-1), eur_per_funded
        (EUR an organisation with an amount), eur_per_eligible (EUR; both lower bounds where
        amounts are missing).
        Missing where nothing is known: a group without any funded organisation has the ratio 0
        only when amounts of others are known.

    Raises:
        ValueError: A group of the rows is neither eligible nor not known; an organisation has two
            groups; an amount is negative; an eligible count is zero.
    """
    if bool((eligible <= 0).any()):
        raise ValueError("every group needs at least one eligible organisation")
    groups = list(eligible.index)
    known = ~rows[group].isin(list(not_known))
    if strange := sorted(set(rows.loc[known, group]) - set(groups)):
        raise ValueError(f"no number of eligible organisations for {', '.join(map(str, strange))}")
    if bool((rows["amount_eur"] < 0).any()):
        raise ValueError("an amount is negative; net repayments first")
    placed = rows[known]
    of_organisation = placed.groupby("organisation_id")[group]
    if bool(of_organisation.nunique().gt(1).any()):
        raise ValueError("an organisation stands in two groups")

    money = per_organisation(placed)
    money["group"] = money["organisation_id"].map(of_organisation.first())
    # An organisation whose amounts are all unknown is funded, but tells nothing of euros.
    stated = money[money["amount_eur"].notna()]
    amounts = stated["amount_eur"].to_numpy(dtype=float)
    column = np.array(groups, dtype=object)
    member = (stated["group"].to_numpy(dtype=object)[:, np.newaxis] == column).astype(float)
    eligible_share = (eligible / eligible.sum()).to_numpy(dtype=float)
    table = pd.DataFrame({"group": groups, "eligible": eligible.to_numpy(dtype=int)})
    table["funded"] = table["group"].map(money["group"].value_counts()).fillna(0).astype(int)
    table["with_amount"] = member.sum(axis=0).astype(int)
    table["amount_eur"] = amounts @ member
    without = money.groupby("group")["without_amount"].sum()
    table["without_amount"] = table["group"].map(without).fillna(0).astype(int)
    total = float(amounts.sum())
    unplaced = float(rows.loc[~known, "amount_eur"].sum())
    table["money_share"] = table["amount_eur"] / (total if total > 0 else np.nan)
    table["eligible_share"] = eligible_share
    table["ratio"] = table["money_share"] / table["eligible_share"]
    table["low"], table["high"] = np.nan, np.nan
    if total > 0:

        def ratios(counts: Floats) -> Floats:
            sums = counts @ (amounts[:, np.newaxis] * member)
            with np.errstate(divide="ignore", invalid="ignore"):
                found: Floats = sums / sums.sum(axis=1, keepdims=True) / eligible_share
            return found

        low, high = percentile_interval(ratios, len(stated), draws, seed)
        enough = table["with_amount"].ge(2).to_numpy()
        table["low"], table["high"] = np.where(enough, low, np.nan), np.where(enough, high, np.nan)
    with np.errstate(divide="ignore"):
        table["log2_ratio"] = np.log2(table["ratio"])
    everything = total + unplaced
    whole = everything if everything > 0 else np.nan
    table["ratio_least"] = table["amount_eur"] / whole / table["eligible_share"]
    table["ratio_most"] = (table["amount_eur"] + unplaced) / whole / table["eligible_share"]
    table["share_funded"] = table["funded"] / table["eligible"]
    table["eur_per_funded"] = table["amount_eur"] / table["with_amount"].replace(0, np.nan)
    table["eur_per_eligible"] = table["amount_eur"] / table["eligible"]
    return table.rename(columns={"group": group})


def location_quotients(
    rows: pd.DataFrame,
    *,
    area: str = "municipality",
    group: str = "domain",
    value: str = "amount_eur",
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Say how much more of a group's money lies in an area than the area has of all money.

    LQ_ag = (x_ag / x_a) / (x_g / x), from the total of the rows themselves; 1 = as everywhere.
    Florence (1939); Isard (1960), "Methods of regional analysis", chapter 7. Rows without area,
    group or value are left out: the caller says how many. Interval: percentile bootstrap over
    organisations, all rows of an organisation drawn together; missing for cells with fewer than
    two organisations, where an interval would have no meaning.

    Args:
        rows: One row an award: organisation_id, ``area``, ``group`` (text, empty = not known),
            ``value`` (EUR or a count, zero or more).
        area: Column with the area.
        group: Column with the group.
        value: Column with the value.
        draws: Resamples (count).
        seed: Seed of the resamples.

    Returns:
        One row for each area and group that occur, sorted: ``area``, ``group``, ``value`` (sum;
        0 where rows of the area and of the group are known but none of both), organisations
        (count), quotient, low, high.

    Raises:
        ValueError: A value is negative.
    """
    known = rows[area].ne("") & rows[group].ne("") & rows[value].notna()
    used = rows[known]
    if bool((used[value] < 0).any()):
        raise ValueError("a value is negative; net repayments first")
    columns: dict[Hashable, type] = {area: str, group: str, value: float, "organisations": int}
    if used.empty:
        empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
        return empty.assign(quotient=np.nan, low=np.nan, high=np.nan)
    areas, groups = sorted(set(used[area])), sorted(set(used[group]))
    cells = pd.MultiIndex.from_product([areas, groups], names=[area, group])
    wide = used.pivot_table(
        index="organisation_id", columns=[area, group], values=value, aggfunc="sum"
    ).reindex(columns=cells)
    sums = wide.fillna(0).to_numpy(dtype=float)
    shape = (len(areas), len(groups))

    def quotients(counts: Floats) -> Floats:
        table = (counts @ sums).reshape(-1, *shape)
        of_area, of_group = table.sum(axis=2, keepdims=True), table.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = table / of_area / (of_group / table.sum(axis=(1, 2), keepdims=True))
        return found.reshape(len(counts), -1)

    low, high = percentile_interval(quotients, len(wide), draws, seed)
    organisations = wide.notna().sum().to_numpy()
    found = pd.DataFrame(
        {
            value: sums.sum(axis=0),
            "organisations": organisations,
            "quotient": quotients(np.ones((1, len(wide))))[0],
            "low": np.where(organisations >= 2, low, np.nan),
            "high": np.where(organisations >= 2, high, np.nan),
        },
        index=cells,
    )
    return found.reset_index()
