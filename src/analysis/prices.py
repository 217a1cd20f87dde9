"""Prices: euros of one year in euros of another, by the Belgian consumer price index.

The index is chained from yearly averages (2013 = 100). Years for which only a forecast of
inflation exists have no index here unless it is asked for, and are then marked.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

COUNTRY_KIND = "country"
INDEX, CHANGE, FORECAST = "cpi_index_2013", "cpi_inflation", "cpi_inflation_forecast"


def price_index(need: pd.DataFrame, *, with_forecast: bool = False) -> pd.DataFrame:
    """Return the consumer price index of each year, Belgium, 2013 = 100.

    Years before the first published index are chained backwards, years after the last one
    forwards, from the published yearly changes: index(t) = index(t-1) x (1 + change(t) / 100).

    Args:
        need: Table ``need_indicators``: indicator, area_kind, period_start, value, need_id.
        with_forecast: Go on with forecasts of inflation after the last realised year.

    Returns:
        year, index (2013 = 100), basis (``published``, ``chained``, ``forecast``), need_ids;
        sorted by year, without holes.

    Raises:
        ValueError: There is no index at all.
    """
    country = need[need["area_kind"].eq(COUNTRY_KIND)].assign(
        year=lambda rows: pd.to_numeric(rows["period_start"].str[:4])
    )

    def by_year(indicator: str) -> dict[int, tuple[float, str]]:
        rows = country[country["indicator"].eq(indicator)]
        figures = zip(rows["value"].astype(float), rows["need_id"], strict=True)
        return dict(zip(rows["year"].astype(int), figures, strict=True))

    published, change = by_year(INDEX), by_year(CHANGE)
    expected = by_year(FORECAST) if with_forecast else {}
    if not published:
        raise ValueError(f"no {INDEX} among the need indicators")
    found = {year: (value, "published", need_id) for year, (value, need_id) in published.items()}
    year = min(found)
    while year in change and year - 1 not in found:
        percent, need_id = change[year]
        found[year - 1] = (found[year][0] / (1 + percent / 100), "chained", need_id)
        year -= 1
    year = max(found) + 1
    while year in change or year in expected:
        percent, need_id = change[year] if year in change else expected[year]
        basis = "chained" if year in change and found[year - 1][1] != "forecast" else "forecast"
        found[year] = (found[year - 1][0] * (1 + percent / 100), basis, need_id)
        year += 1
    return pd.DataFrame(
        [(year, *found[year]) for year in sorted(found)],
        columns=["year", "index", "basis", "need_ids"],
    )


def to_constant(
    amounts: Sequence[float] | pd.Series,
    years: Sequence[int] | pd.Series,
    base_year: int,
    index: pd.DataFrame,
) -> pd.Series:
    """Express amounts of several years in the prices of one year.

    constant = nominal x index(base year) / index(year); yearly averages, so that an amount is
    taken to be spent evenly over its year.

    Args:
        amounts: EUR nominal.
        years: Year of each amount.
        base_year: Year whose prices are used.
        index: See :func:`price_index`.

    Returns:
        EUR at prices of ``base_year``, with the index of ``amounts``; missing where the amount
        or the year is missing, or where the year has no price index: unknown is not the nominal
        amount.

    Raises:
        ValueError: The base year has no price index.
    """
    levels = index.set_index("year")["index"].astype(float)
    if base_year not in levels.index:
        raise ValueError(
            f"no price index for {base_year}; there is one for "
            f"{levels.index.min()} to {levels.index.max()}"
        )
    nominal = amounts if isinstance(amounts, pd.Series) else pd.Series(list(amounts), dtype=float)
    when = pd.to_numeric(pd.Series(list(years), index=nominal.index, dtype=object))
    level = when.map(levels).astype(float)
    return nominal.astype(float) * float(levels[base_year]) / level
