"""Concentration: how unequally money is spread, and whether it goes where need is.

Two questions, one formula. *Concentration of money* ranks organisations by their own amount
(Lorenz curve, Gini). *Funding against need* ranks areas or groups by need (concentration curve and
index). Missing amounts are unknown, never zero: they are left out and counted.

Limits: amounts of different phases or price years must not be mixed (the caller's task). An
organisation is an id, not a name. A seat is not the place of action. With 19 municipalities the
index is a summary of 19 points: show the points, the interval and the index with one point left
out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.resampling import DRAWS, SEED, Floats, percentile_interval

TOP = 10
NEED_FIRST = ("highest", "lowest")
_ROUNDING = 1e-12  # an index of zero comes out of the sums a hair off

Positions = NDArray[np.intp]


def per_organisation(
    rows: pd.DataFrame, amount: str = "amount_eur", organisation: str = "organisation_id"
) -> pd.DataFrame:
    """Add up what each organisation received; a sum with an unknown part is a lower bound.

    Args:
        rows: One row an award: ``organisation`` (id), ``amount`` (EUR, missing = not stated).
        amount: Column with the amounts.
        organisation: Column with the ids.

    Returns:
        ``organisation``, ``amount`` (EUR; missing when no row states any), rows (count),
        without_amount (count of rows); sorted by id.
    """
    grouped = rows.groupby(organisation)
    table = grouped[amount].sum(min_count=1).to_frame()
    table["rows"] = grouped.size()
    table["without_amount"] = rows[amount].isna().groupby(rows[organisation]).sum().astype(int)
    return table.reset_index()


def _known(amounts: ArrayLike) -> Floats:
    values = pd.to_numeric(pd.Series(np.ravel(np.asarray(amounts, dtype=object))), errors="raise")
    known: Floats = values.dropna().to_numpy(dtype=float)
    if bool((known < 0).any()):
        raise ValueError("a share of money needs amounts of zero or more; net repayments first")
    return known


def lorenz(amounts: ArrayLike) -> pd.DataFrame:
    """Return the Lorenz curve: the share of the money of the poorest share of organisations.

    Lorenz (1905), Publications of the American Statistical Association 9, 209-219.

    Args:
        amounts: EUR an organisation, zero or more; missing ones are left out.

    Returns:
        organisations (share, 0-1), money (share, 0-1); first point (0, 0), last (1, 1), one point
        for each organisation between.

    Raises:
        ValueError: An amount is negative, or there is no money at all.
    """
    values = np.sort(_known(amounts))
    if values.sum() <= 0:
        raise ValueError("there is no money to share out")
    money = np.concatenate([[0.0], np.cumsum(values)]) / values.sum()
    return pd.DataFrame({"organisations": np.linspace(0, 1, len(values) + 1), "money": money})


def gini(amounts: ArrayLike) -> float:
    """Return the Gini coefficient of amounts: 0 = all equal, (n - 1)/n = all with one.

    G = 2·sum i·x_i / (n·sum x) - (n + 1)/n, amounts x in rising order, i = 1..n (Sen 1973, "On
    economic inequality"; equal to one minus twice the area under :func:`lorenz`). No correction
    for small n: it describes the list, it does not estimate for a larger population.

    Args:
        amounts: EUR an organisation, zero or more; missing ones are left out.

    Returns:
        0 to 1; not-a-number when there is no money.

    Raises:
        ValueError: An amount is negative.
    """
    values = np.sort(_known(amounts))
    n, total = len(values), values.sum()
    if total <= 0:
        return float("nan")
    order = np.arange(1, n + 1)
    return float(2 * (order * values).sum() / (n * total) - (n + 1) / n)


def hhi(amounts: ArrayLike) -> float:
    """Return the Herfindahl-Hirschman index: the sum of squared shares of the money.

    HHI = sum (x_i / sum x)², from 1/n (all equal) to 1 (all with one); 1/HHI is the number of
    equal organisations that would give the same index. Hirschman (1964), American Economic Review
    54, 761. Competition authorities write it times 10,000.

    Args:
        amounts: EUR an organisation, zero or more; missing ones are left out.

    Returns:
        0 to 1; not-a-number when there is no money.

    Raises:
        ValueError: An amount is negative.
    """
    values = _known(amounts)
    total = values.sum()
    return float(((values / total) ** 2).sum()) if total > 0 else float("nan")


def top_share(amounts: ArrayLike, top: int = TOP) -> float:
    """Return the share of the money that goes to the organisations with the most (0-1).

    With ``top`` organisations or fewer it is 1 and says nothing: show their number.

    Args:
        amounts: EUR an organisation, zero or more; missing ones are left out.
        top: How many organisations (count).

    Raises:
        ValueError: An amount is negative, or ``top`` is less than one.
    """
    if top < 1:
        raise ValueError("top must be at least one organisation")
    values = np.sort(_known(amounts))[::-1]
    total = values.sum()
    return float(values[:top].sum() / total) if total > 0 else float("nan")


def spread(
    amounts: ArrayLike, top: int = TOP, draws: int = DRAWS, seed: int = SEED
) -> dict[str, float]:
    """Describe how money is spread: median beside mean, and concentration with an interval.

    Args:
        amounts: EUR an organisation (or award), zero or more; missing ones are counted.
        top: How many organisations for the top share (count).
        draws: Resamples for the interval of the Gini coefficient (count).
        seed: Seed of the resamples.

    Returns:
        known, missing (counts), total, mean, median, lower_quartile, upper_quartile, smallest,
        largest (EUR), mean_to_median (ratio; above 1 = a few large ones pull the mean up), gini,
        gini_low, gini_high (bootstrap over organisations, 95 percent), hhi, equal_organisations
        (1/HHI), top_share (0-1). Not-a-number where nothing is known.

    Raises:
        ValueError: An amount is negative.
    """
    values = _known(amounts)
    found = {
        "known": float(len(values)),
        "missing": float(np.size(np.asarray(amounts, dtype=object)) - len(values)),
    }
    names = ["smallest", "lower_quartile", "median", "upper_quartile", "largest"]
    parts = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]) if len(values) else np.full(5, np.nan)
    found |= {name: float(part) for name, part in zip(names, parts, strict=True)}
    found["total"] = float(values.sum()) if len(values) else float("nan")
    found["mean"] = float(values.mean()) if len(values) else float("nan")
    found["mean_to_median"] = found["mean"] / found["median"] if found["median"] else float("nan")
    found["gini"], found["hhi"] = gini(values), hhi(values)
    found["gini_low"], found["gini_high"] = gini_interval(values, draws, seed)
    found["equal_organisations"] = 1 / found["hhi"]
    found["top_share"] = top_share(values, top)
    return found


def gini_interval(amounts: ArrayLike, draws: int = DRAWS, seed: int = SEED) -> tuple[float, float]:
    """Return the 95 percent percentile bootstrap interval of :func:`gini` over organisations.

    Raises:
        ValueError: An amount is negative.
    """
    values = np.sort(_known(amounts))
    if values.sum() <= 0:
        return float("nan"), float("nan")
    low, high = percentile_interval(
        lambda counts: _index(counts, values, _ties(values)), len(values), draws, seed
    )
    return float(low), float(high)


def fractional_ranks(ranked_by: ArrayLike, weights: ArrayLike) -> Floats:
    """Return the weighted fractional rank of each unit, from the lowest value to the highest.

    r_i = (weight of all units with a lower value + half the weight of the units with the same
    value) / total weight; units with one value share one rank. O'Donnell, van Doorslaer, Wagstaff
    and Lindelow (2008), "Analyzing health equity using household survey data", World Bank,
    chapter 8 (without ties: cumulated weight before plus half the own).

    Args:
        ranked_by: Value a unit; none missing.
        weights: Weight a unit (for example persons); not negative.

    Returns:
        Ranks between 0 and 1; their weighted mean is 1/2.

    Raises:
        ValueError: A value is missing, or the weights are negative or add up to nothing.
    """
    by, w = np.asarray(ranked_by, dtype=float), np.asarray(weights, dtype=float)
    if bool(np.isnan(by).any() or np.isnan(w).any()):
        raise ValueError("a unit without value or weight has no rank")
    if bool((w < 0).any()) or w.sum() <= 0:
        raise ValueError("weights must not be negative and must add up to more than nothing")
    order = np.argsort(by, kind="stable")
    ranks = np.empty_like(w)
    ranks[order] = _ranks(w[order][np.newaxis, :], _ties(by[order]))[0]
    return ranks


def _ties(sorted_values: Floats) -> Positions:
    """Return the position of the first unit of each group of equal values."""
    changes = np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]])
    return np.flatnonzero(changes)


def _ranks(weights: Floats, tie_starts: Positions) -> Floats:
    """Return the ranks of units in order, one row a resample."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    groups = np.add.reduceat(shares, tie_starts, axis=1)
    middle = np.cumsum(groups, axis=1) - groups / 2
    sizes = np.diff(np.append(tie_starts, weights.shape[1]))
    ranks: Floats = np.repeat(middle, sizes, axis=1)
    return ranks


def _index(weights: Floats, per_head: Floats, tie_starts: Positions) -> Floats:
    """Return the concentration index of units in order of rank, one value a row of weights."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ranks = _ranks(weights, tie_starts)
        shares = weights / weights.sum(axis=1, keepdims=True)
        mean = shares @ per_head
        index: Floats = 2 * ((shares * ranks) @ per_head) / mean - 1
    return np.where(mean > 0, index, np.nan)


@dataclass(frozen=True)
class ConcentrationIndex:
    """Funding against need, with everything needed to judge so small a number of points.

    Attributes:
        index: C, from -1 (all to the most in need) to 1; 0 = spread like the population.
        low: Lower end of the 95 percent bootstrap interval over areas.
        high: Upper end of it.
        least: C if all funding went to the area most in need; no list of these areas can be lower.
        most: C if all funding went to the area least in need.
        without_one_low: Lowest C with one area left out.
        without_one_high: Highest C with one area left out.
        unlocated_low: C if all funding without a known place went to the area most in need.
        unlocated_high: C if it all went to the area least in need.
        located_share: Share of the funding whose place is known (0-1).
        areas: Areas used (count).
        left_out: Ids of areas left out because need, funding or population is not known.
    """

    index: float
    low: float
    high: float
    least: float
    most: float
    without_one_low: float
    without_one_high: float
    unlocated_low: float
    unlocated_high: float
    located_share: float
    areas: int
    left_out: tuple[str, ...]

    @property
    def sign(self) -> int:
        """-1 or 1 when interval, left-out areas and unlocated money agree, else 0."""
        ends = (
            self.index, self.low, self.high, self.without_one_low, self.without_one_high,
            self.unlocated_low, self.unlocated_high,
        )  # fmt: skip
        if all(end < -_ROUNDING for end in ends):
            return -1
        return int(all(end > _ROUNDING for end in ends))


def _in_order(areas: pd.DataFrame, need_first: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if need_first not in NEED_FIRST:
        raise ValueError(f"need_first must be one of {', '.join(NEED_FIRST)}")
    if areas["area_id"].duplicated().any():
        raise ValueError("an area stands in more than one row")
    known = areas[["need", "funding", "population"]].notna().all(axis=1)
    left_out = tuple(sorted(areas.loc[~known, "area_id"].astype("str")))
    rows = areas[known]
    if rows.empty:
        raise ValueError("no area has need, funding and population")
    if bool((rows["funding"] < 0).any() or (rows["population"] <= 0).any()):
        raise ValueError("funding must not be negative, population must be more than nobody")
    rows = rows.assign(_rank=-rows["need"] if need_first == "highest" else rows["need"])
    return rows.sort_values(["_rank", "area_id"], ignore_index=True), left_out


def concentration_curve(areas: pd.DataFrame, need_first: str = "highest") -> pd.DataFrame:
    """Return the concentration curve, with one point for each area.

    Areas stand from the most in need to the least; the curve joins the cumulative share of the
    population to the cumulative share of the funding. Above the diagonal = the areas in need get
    more than their share of persons. O'Donnell et al. (2008), chapter 7. Areas with equal need
    stand in the order of their ids; the order among them has no meaning.

    Args:
        areas: One row an area: area_id (text), need (rate), funding (EUR or count, in total, not
            a head), population (persons, or persons at risk).
        need_first: Which value of need is the most: ``highest`` (a poverty rate) or ``lowest`` (an
            income).

    Returns:
        area_id (empty for the origin), need, funding, population, per_head (funding a person),
        rank (fractional, 0-1), population_share, funding_share (cumulative, 0-1); the origin
        first, then the areas. Areas with a missing figure are left out (see
        :func:`concentration_index` for their ids).

    Raises:
        ValueError: An area twice, a negative figure, nothing known, or no funding at all.
    """
    rows, _ = _in_order(areas, need_first)
    if rows["funding"].sum() <= 0:
        raise ValueError("there is no funding to share out")
    population = rows["population"].to_numpy(dtype=float)
    rows["rank"] = fractional_ranks(rows["_rank"].to_numpy(dtype=float), population)
    rows["per_head"] = rows["funding"] / rows["population"]
    rows["population_share"] = rows["population"].cumsum() / rows["population"].sum()
    rows["funding_share"] = rows["funding"].cumsum() / rows["funding"].sum()
    columns = [
        "area_id", "need", "funding", "population", "per_head", "rank", "population_share",
        "funding_share",
    ]  # fmt: skip
    origin = pd.DataFrame([{"area_id": "", "population_share": 0.0, "funding_share": 0.0}])
    return pd.concat([origin, rows[columns]], ignore_index=True)[columns]


def concentration_index(
    areas: pd.DataFrame,
    need_first: str = "highest",
    *,
    unlocated: float = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> ConcentrationIndex:
    """Say with one number whether funding goes to the areas in need.

    C = (2 / mu) · sum w_i h_i r_i - 1, with w_i the share of the population of area i, h_i its
    funding a person, mu = sum w_i h_i, r_i its fractional rank from most to least in need
    (:func:`fractional_ranks`). Same as (2 / mu) · cov_w(h, r), and as one minus twice the area
    under :func:`concentration_curve` when no areas tie. O'Donnell et al. (2008), chapter 8;
    Kakwani, Wagstaff and van Doorslaer (1997), Journal of Econometrics 77,
    87-103. Negative = the areas in need get more a person.

    The municipalities are all there are, not a sample. The bootstrap (areas drawn with
    replacement) therefore says how much the index hangs on single areas; with 19 it is rough and
    tends to be narrow. The index with one area left out, and the attainable range, stand beside it.

    Args:
        areas: See :func:`concentration_curve`.
        need_first: See there.
        unlocated: Funding whose place is not known (same unit); settles ``unlocated_low`` and
            ``unlocated_high``.
        draws: Resamples (count).
        seed: Seed of the resamples.

    Raises:
        ValueError: As for :func:`concentration_curve`; or unlocated funding is negative.
    """
    rows, left_out = _in_order(areas, need_first)
    total = float(rows["funding"].sum())
    if total <= 0:
        raise ValueError("there is no funding to share out")
    if unlocated < 0:
        raise ValueError("funding without a place must not be negative")
    population = rows["population"].to_numpy(dtype=float)
    funding = rows["funding"].to_numpy(dtype=float)
    ties = _ties(rows["_rank"].to_numpy(dtype=float))
    count = len(rows)

    def index(money: Floats) -> float:
        return float(_index(population[np.newaxis, :], money / population, ties)[0])

    ranks = _ranks(population[np.newaxis, :], ties)[0]
    to_first, to_last = np.zeros(count), np.zeros(count)
    to_first[0], to_last[-1] = 1.0, 1.0
    low, high = percentile_interval(
        lambda counts: _index(counts * population, funding / population, ties), count, draws, seed
    )
    one_out = (1 - np.eye(count)) * population
    without = _index(one_out, funding / population, ties) if count > 1 else np.array([np.nan])
    return ConcentrationIndex(
        index=index(funding),
        low=float(low),
        high=float(high),
        least=float(2 * ranks[0] - 1),
        most=float(2 * ranks[-1] - 1),
        without_one_low=float(np.min(without)),
        without_one_high=float(np.max(without)),
        unlocated_low=index(funding + unlocated * to_first),
        unlocated_high=index(funding + unlocated * to_last),
        located_share=total / (total + unlocated),
        areas=count,
        left_out=left_out,
    )


@dataclass(frozen=True)
class Kakwani:
    """Departure of funding from proportion to a resource or need.

    Attributes:
        index: C of the funding minus C of the measure, both in the order of the measure.
        low: Lower end of the 95 percent bootstrap interval over areas.
        high: Upper end of it.
        funding: C of the funding.
        measure: C of the measure: its Gini coefficient when the lowest stand first, minus its Gini
            coefficient when the highest stand first.
        areas: Areas used (count).
    """

    index: float
    low: float
    high: float
    funding: float
    measure: float
    areas: int


def kakwani(
    areas: pd.DataFrame, need_first: str = "lowest", *, draws: int = DRAWS, seed: int = SEED
) -> Kakwani:
    """Compare how funding and the need itself (or a resource) are spread over the areas.

    K = C(funding) - C(measure), both ranked by the measure. Ranked from the lowest income up this
    is the index of Kakwani (1977), Economic Journal 87, 71-80: C(funding) - Gini(income), between
    -1 - Gini and 1 - Gini; negative = funding is more in favour of poor areas than income is.
    Ranked from the highest need down C(measure) is minus the Gini coefficient of the need; zero =
    funding in proportion to need, *positive = less to the areas in need than their need*.

    Args:
        areas: As for :func:`concentration_curve`; ``need`` is here a quantity a person of zero or
            more (income, rate), whose spread is compared.
        need_first: ``lowest`` for a resource, ``highest`` for a need.
        draws: Resamples (count).
        seed: Seed of the resamples.

    Raises:
        ValueError: As for :func:`concentration_curve`; or a measure is negative or nowhere
            positive.
    """
    rows, _ = _in_order(areas, need_first)
    measure = rows["need"].to_numpy(dtype=float)
    if rows["funding"].sum() <= 0 or bool((measure < 0).any()) or measure.sum() <= 0:
        raise ValueError("funding and measure must not be negative and must not all be zero")
    population = rows["population"].to_numpy(dtype=float)
    per_head = rows["funding"].to_numpy(dtype=float) / population
    ties = _ties(rows["_rank"].to_numpy(dtype=float))

    def parts(counts: Floats) -> tuple[Floats, Floats]:
        weights = counts * population
        return _index(weights, per_head, ties), _index(weights, measure, ties)

    def difference(counts: Floats) -> Floats:
        funding, own = parts(counts)
        return funding - own

    low, high = percentile_interval(difference, len(rows), draws, seed)
    funding, own = parts(np.ones((1, len(rows))))
    return Kakwani(
        index=float(funding[0] - own[0]),
        low=float(low),
        high=float(high),
        funding=float(funding[0]),
        measure=float(own[0]),
        areas=len(rows),
    )
