"""Continuity of funding: for how many years in a row does a funder support an organisation?

The unit is an organisation with one funder (or one programme: give its id as ``funder_id``). A
year counts as funded when the list of that funder for that year has a row for the organisation.

What the lists do not show is handled as follows, because this is where such figures go wrong:

- **A year without a list is not a year without funding.** Years in which the funder published
  nothing are neither renewal nor end. A spell runs across a hole of at most ``longest_hole``
  years when the organisation is funded on both sides; the years in the hole prove nothing.
- **The last list ends nothing.** A spell that is still running in the last year (or in the last
  year before a hole) is censored: its last renewal is not known. It counts as at risk only for
  the renewals that can be seen; the usual coding "duration = funded years, not ended" puts it at
  risk once too often and makes funding look more lasting than it is.
- **The first list begins nothing.** A spell that is already running in the first year, or in the
  first year after a hole, has an unknown age: it is flagged and left out of survival curves by
  default.

Limits: a list must be complete for its year. In a collection of awards that happen to be known an
organisation that is missing proves nothing, and these measures must not be used on it. Identity
across years is only as good as the organisation ids; names such as "natural person" are no ids.
Rows must be support (the caller drops repayments and totals). Several spells of one organisation, and organisations of one
funder, are not independent; the intervals treat them as if they were. Leaving out the spells of
unknown age makes a curve speak of newcomers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.calls import Z_95, wilson_interval
from analysis.status import add_months, span

UNIT = ["organisation_id", "funder_id"]
START_KINDS = ("seen", "first_list", "after_hole")
END_KINDS = ("ended", "last_list", "before_hole")
LONGEST_HOLE = 1
MULTI_YEAR_MONTHS = 12


def published_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the years in which a funder has any row: the least that its lists cover.

    Where it is known which lists were published (also empty ones), use that instead.

    Returns:
        funder_id, year; sorted.
    """
    years = rows[["funder_id", "year"]].drop_duplicates()
    return years.sort_values(["funder_id", "year"], ignore_index=True)


def funded_years(
    rows: pd.DataFrame,
    published: pd.DataFrame | None = None,
    longest_hole: int = LONGEST_HOLE,
) -> pd.DataFrame:
    """Put each funded year of an organisation in its spell and say what came the year after.

    Args:
        rows: One row or more for each organisation, funder and funded year: organisation_id,
            funder_id (text), year (whole number).
        published: funder_id, year of the lists that exist; by default
            :func:`published_years` of ``rows``.
        longest_hole: Longest run of years without a list that a spell may cross (count of years).

    Returns:
        One row for each organisation, funder and year, sorted: organisation_id, funder_id, year,
        spell (1, 2, ... within the unit), age (years since the spell began, the first is 1),
        start_kind (how the spell begins: ``seen``, the list of the year before does not have the
        organisation; ``first_list``; ``after_hole``), renewed (``yes``, ``no``, ``unknown``: is
        the organisation on the list of the next calendar year?).

    Raises:
        ValueError: An id or a year is missing, or a funded year is not among the published ones.
    """
    if rows[[*UNIT, "year"]].isna().any().any() or (rows[UNIT] == "").any().any():
        raise ValueError(
            "rows without organisation, funder or year cannot be followed; "
            "leave them out first and say how many they are"
        )
    lists = published_years(rows) if published is None else published
    lists = lists[["funder_id", "year"]].drop_duplicates().astype({"year": int})
    years = rows[[*UNIT, "year"]].astype({"year": int}).drop_duplicates()
    years = years.merge(lists, on=["funder_id", "year"], how="left", indicator="_listed")
    if lost := sorted(set(years.loc[years["_listed"] != "both", "funder_id"])):
        raise ValueError(f"funded years that were not published, of {', '.join(map(str, lost))}")
    years = years.drop(columns="_listed").sort_values([*UNIT, "year"], ignore_index=True)

    place = lists.sort_values(["funder_id", "year"]).assign(
        list_number=lambda frame: frame.groupby("funder_id").cumcount()
    )
    years = years.merge(place, on=["funder_id", "year"], how="left")
    before = years.groupby(UNIT)[["year", "list_number"]].shift()
    step, lists_passed = (
        years["year"] - before["year"],
        years["list_number"] - before["list_number"],
    )
    runs_on = lists_passed.eq(1) & step.le(longest_hole + 1)
    years["spell"] = (~runs_on).groupby([years[column] for column in UNIT]).cumsum()
    spell = years.groupby([*UNIT, "spell"])
    years["age"] = years["year"] - spell["year"].transform("min") + 1

    listed = pd.MultiIndex.from_frame(lists)
    first = lists.groupby("funder_id")["year"].min()
    starts = spell["year"].transform("min")
    has_list_before = _among(years["funder_id"], starts - 1, listed)
    at_first = starts.eq(years["funder_id"].map(first))
    years["start_kind"] = np.select([has_list_before, at_first], START_KINDS[:2], START_KINDS[2])

    next_year = years.groupby(UNIT)["year"].shift(-1)
    has_list_after = _among(years["funder_id"], years["year"] + 1, listed)
    funded_next = next_year.eq(years["year"] + 1)
    years["renewed"] = np.select([~has_list_after, funded_next], ["unknown", "yes"], "no")
    following = place.assign(next_list=place.groupby("funder_id")["year"].shift(-1))
    years = years.merge(
        following[["funder_id", "year", "next_list"]], on=["funder_id", "year"], how="left"
    )
    years["next_list"] = years["next_list"].astype("Int64")
    return years[[*UNIT, "year", "spell", "age", "start_kind", "renewed", "next_list"]]


def _among(funders: pd.Series, years: pd.Series, listed: pd.MultiIndex) -> pd.Series:
    pairs = pd.MultiIndex.from_arrays([funders, years])
    return pd.Series(pairs.isin(listed), index=funders.index)


def spells(years: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each funding spell.

    Args:
        years: See :func:`funded_years`.

    Returns:
        organisation_id, funder_id, spell, first_year, last_year, years_funded (years on a list,
        count), years_in_holes (years that the spell crosses without a list, count), start_kind,
        left_truncated (yes/no: its beginning is not seen), end_kind (``ended``: the next list
        exists and does not have the organisation; ``last_list``; ``before_hole``), censored
        (yes/no).
    """
    grouped = years.groupby([*UNIT, "spell"])
    table = grouped.agg(
        first_year=("year", "min"),
        last_year=("year", "max"),
        years_funded=("year", "size"),
        start_kind=("start_kind", "first"),
        _renewed=("renewed", "last"),
    ).reset_index()
    length = table["last_year"] - table["first_year"] + 1
    table.insert(6, "years_in_holes", length - table["years_funded"])
    table["left_truncated"] = _yes_no(table["start_kind"].ne("seen"))
    ended = table.pop("_renewed").eq("no")
    no_more_lists = years.groupby([*UNIT, "spell"])["next_list"].last(skipna=False).isna()
    table["end_kind"] = np.select([ended, no_more_lists.to_numpy()], END_KINDS[:2], END_KINDS[2])
    table["censored"] = _yes_no(~ended)
    return table


def _yes_no(flags: pd.Series) -> pd.Series:
    return flags.map({True: "yes", False: "no"}).astype("str")


def renewal(
    years: pd.DataFrame, by: Sequence[str] = (), cohort: pd.Series | None = None
) -> pd.DataFrame:
    """Return the share of funded organisations that are funded again the next year.

    share = renewed / (renewed + not renewed); years whose next list does not exist are left out
    and counted. Interval: Wilson (see :func:`analysis.calls.wilson_interval`), 95 percent; the
    lists are full counts, so it says how far chance alone could move so few cases.

    Args:
        years: See :func:`funded_years`; more columns (legal form, domain ...) may be merged in.
        by: Columns to group by, for example ``["funder_id", "year"]``; none = one row.
        cohort: Boolean, on the index of ``years``: which rows to use (for example amounts above a
            threshold).

    Returns:
        The columns of ``by``; renewed, not_renewed, unknown (counts of organisation-years),
        share (0-1, missing when nothing can be seen), low, high.
    """
    rows = years if cohort is None else years[cohort]
    flags = pd.DataFrame(
        {
            "renewed": rows["renewed"].eq("yes"),
            "not_renewed": rows["renewed"].eq("no"),
            "unknown": rows["renewed"].eq("unknown"),
        }
    )
    if by:
        table = flags.groupby([rows[column] for column in by]).sum().reset_index()
    else:
        table = flags.sum().to_frame().T
    seen = table["renewed"] + table["not_renewed"]
    table["share"] = table["renewed"] / seen.where(seen > 0)
    table["low"], table["high"] = wilson_interval(table["renewed"], seen)
    return table


def product_limit(at_risk: ArrayLike, ended: ArrayLike, z: float = Z_95) -> pd.DataFrame:
    """Return the Kaplan-Meier curve with its Greenwood variance and two intervals.

    S(t) = product over t_i <= t of (1 - d_i / n_i); Kaplan and Meier (1958), Journal of the
    American Statistical Association 53, 457-481. Var S = S² · sum d_i / (n_i (n_i - d_i));
    Greenwood (1926). The plain interval is S ± z·sd, cut at 0 and 1; the log-log interval is
    S^exp(± z·sd / (S·ln S)) (Kalbfleisch and Prentice 1980), which stays within 0 and 1 and holds
    its level better with few cases. Where S is 1 or 0 the variance is 0 or not defined and no
    log-log interval exists: it is missing there.

    Args:
        at_risk: n_i at each time, in order of time (counts).
        ended: d_i at each time (counts).
        z: Quantile of the standard normal distribution; the default gives 95 percent.

    Returns:
        survival, variance, greenwood_low, greenwood_high, loglog_low, loglog_high; one row a time.

    Raises:
        ValueError: More ended than were at risk, or a count below zero.
    """
    n, d = np.asarray(at_risk, dtype=float), np.asarray(ended, dtype=float)
    if bool((d > n).any() or (d < 0).any()):
        raise ValueError("the ended must be between none and those at risk")
    with np.errstate(divide="ignore", invalid="ignore"):
        # Nobody at risk: nothing is learned at that time, the curve cannot go on.
        survival = np.cumprod(np.where(n > 0, 1 - d / n, np.nan))
        terms = np.where(d == 0, 0.0, d / (n * (n - d)))
        summed = np.cumsum(np.where(n > 0, terms, np.nan))
        variance = np.where(survival > 0, survival**2 * summed, np.nan)
        sd = np.sqrt(variance)
        reach = z * np.sqrt(summed) / np.log(survival)
        edge = (survival <= 0) | (survival >= 1)
        # ln S is negative: the exponent with + is the lower bound after the sign of reach.
        low = np.where(edge, np.nan, survival ** np.exp(-reach))
        high = np.where(edge, np.nan, survival ** np.exp(reach))
    return pd.DataFrame(
        {
            "survival": survival,
            "variance": variance,
            "greenwood_low": np.clip(survival - z * sd, 0, 1),
            "greenwood_high": np.clip(survival + z * sd, 0, 1),
            "loglog_low": low,
            "loglog_high": high,
        }
    )


def survival(
    years: pd.DataFrame, *, with_left_truncated: bool = False, z: float = Z_95
) -> pd.DataFrame:
    """Estimate for how long funding goes on: the share of spells that outlast each year.

    At risk at t: the units in their t-th year whose next list exists; ended: those who are not
    on it. A hole thus takes a spell out for the renewals that cannot be seen and lets it in again
    after (delayed entry), without calling it an end. Estimator and intervals:
    :func:`product_limit`.

    Args:
        years: See :func:`funded_years`.
        with_left_truncated: Take the spells whose beginning is not seen as if they began there.
            Their true age is higher: compare both curves, do not prefer the larger one.
        z: Quantile of the standard normal distribution.

    Returns:
        years (t: completed years of funding), at_risk, ended, unknown (units in their t-th year
        whose next list does not exist, count), and the columns of :func:`product_limit`:
        ``survival`` at t = share funded for more than t years running. The first row is t = 0
        with survival 1. Times after the last one at which somebody was at risk are left out.
    """
    rows = years if with_left_truncated else years[years["start_kind"].eq("seen")]
    counts = pd.crosstab(rows["age"], rows["renewed"])
    counts = counts.reindex(columns=["yes", "no", "unknown"], fill_value=0)
    counts = counts.reindex(range(1, int(rows["age"].max()) + 1 if len(rows) else 1), fill_value=0)
    at_risk = counts["yes"] + counts["no"]
    # Ages that only left-out renewals reach end the curve: beyond them nothing is known.
    known = at_risk.gt(0).cummin()
    counts, at_risk = counts[known], at_risk[known]
    curve = pd.DataFrame(
        {
            "years": counts.index.to_numpy(),
            "at_risk": at_risk.to_numpy(),
            "ended": counts["no"].to_numpy(),
            "unknown": counts["unknown"].to_numpy(),
        }
    )
    curve = curve.join(product_limit(curve["at_risk"], curve["ended"], z))
    begin = {"years": 0, "at_risk": int(rows["age"].eq(1).sum()), "ended": 0, "unknown": 0}
    certain = {"survival": 1.0, "variance": 0.0, "greenwood_low": 1.0, "greenwood_high": 1.0}
    first = pd.DataFrame([{**begin, **certain}], columns=curve.columns)
    if curve.empty:
        return first
    return pd.concat([first, curve], ignore_index=True)


def median_years(curve: pd.DataFrame) -> float:
    """Return the first t with survival of one half or less (years); not-a-number if never seen."""
    below = curve.loc[curve["survival"] <= 0.5, "years"]
    return float(below.iloc[0]) if len(below) else float("nan")


def gaps(years: pd.DataFrame, published: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the years without funding after each spell that was seen to end.

    A gap is only what lists prove: at least one list after the spell without the organisation.
    The median of the closed gaps alone is too short, since long ones are still open: give both
    counts.

    Args:
        years: See :func:`funded_years`.
        published: As given there.

    Returns:
        organisation_id, funder_id, spell (the one before the gap), last_funded_year,
        funded_again_year (missing = not yet), closed (yes/no), years_low (lists without the
        organisation, count) and years_high (all years between, or until the last list; count of
        years, holes included).
    """
    lists = (published_years(years) if published is None else published)[["funder_id", "year"]]
    lists = lists.drop_duplicates().astype({"year": int})
    table = spells(years)[[*UNIT, "spell", "first_year", "last_year"]]
    table["again"] = table.groupby(UNIT)["first_year"].shift(-1)
    table["last_list"] = table["funder_id"].map(lists.groupby("funder_id")["year"].max())
    until = table["again"].fillna(table["last_list"] + 1).astype(int)
    between = table.assign(_row=table.index, _until=until).merge(lists, on="funder_id")
    inside = between["year"].gt(between["last_year"]) & between["year"].lt(between["_until"])
    proven = inside.groupby(between["_row"]).sum().reindex(table.index, fill_value=0)
    table["years_low"] = proven.astype(int)
    table["years_high"] = until - table["last_year"] - 1
    table["closed"] = _yes_no(table["again"].notna())
    table["funded_again_year"] = table["again"].astype("Int64")
    table = table[table["years_low"].gt(0)].rename(columns={"last_year": "last_funded_year"})
    columns = [
        *UNIT, "spell", "last_funded_year", "funded_again_year", "closed", "years_low",
        "years_high",
    ]  # fmt: skip
    return table[columns].reset_index(drop=True)


def multi_year(awards: pd.DataFrame, months: int = MULTI_YEAR_MONTHS) -> pd.DataFrame:
    """Say of each award whether it runs for more than a year, as far as its dates tell.

    Dates may be years, months or days (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``). An award is
    *multi-year* (``yes``) when even its shortest reading is longer than ``months`` months, ``no``
    when even its longest is not, ``unknown`` when the dates allow both or one is missing.

    Args:
        awards: start, end (text dates, empty = not stated), any index.
        months: Longest duration that still counts as one year.

    Returns:
        The frame with shortest_days, longest_days (both ends included; missing when a date is)
        and multi_year (yes, no, unknown).

    Raises:
        ValueError: A date cannot be read, or every reading of an end lies before its start.
    """
    dates = zip(awards["start"], awards["end"], strict=True)
    durations = [_duration(start, end, months) for start, end in dates]
    columns = ["shortest_days", "longest_days", "multi_year"]
    found = pd.DataFrame(durations, columns=columns, index=awards.index)
    found[columns[:2]] = found[columns[:2]].astype("Int64")
    found["multi_year"] = found["multi_year"].astype("str")
    return awards.assign(**{column: found[column] for column in columns})


def _duration(first: str, last: str, months: int) -> tuple[int | None, int | None, str]:
    if not first or not last:
        return None, None, "unknown"
    start, end = span(first), span(last)
    if end.end < start.start:
        raise ValueError(f"an award ends ({last}) before it starts ({first})")
    shortest = max((end.start - start.end).days + 1, 0)
    longest = (end.end - start.start).days + 1
    # A full year from any day ends on the day before that day twelve months later.
    if end.start >= add_months(start.end, months):
        return shortest, longest, "yes"
    return shortest, longest, "no" if end.end < add_months(start.start, months) else "unknown"


def multi_year_share(durations: pd.DataFrame, by: Iterable[str] = ()) -> pd.DataFrame:
    """Return the share of awards of more than a year among those whose duration is known.

    Args:
        durations: See :func:`multi_year`.
        by: Columns to group by; none = one row.

    Returns:
        The columns of ``by``; multi_year, one_year, unknown (counts of awards), share (0-1; of
        those known), low, high (Wilson, 95 percent), share_least and share_most (0-1; of all
        awards, the unknown taken as one-year, then as multi-year).
    """
    by = list(by)
    flags = pd.DataFrame(
        {
            name: durations["multi_year"].eq(code)
            for name, code in (("multi_year", "yes"), ("one_year", "no"), ("unknown", "unknown"))
        }
    )
    if by:
        table = flags.groupby([durations[column] for column in by]).sum().reset_index()
    else:
        table = flags.sum().to_frame().T
    known = table["multi_year"] + table["one_year"]
    everything = known + table["unknown"]
    table["share"] = table["multi_year"] / known.where(known > 0)
    table["low"], table["high"] = wilson_interval(table["multi_year"], known)
    table["share_least"] = table["multi_year"] / everything.where(everything > 0)
    table["share_most"] = (table["multi_year"] + table["unknown"]) / everything.where(
        everything > 0
    )
    return table
