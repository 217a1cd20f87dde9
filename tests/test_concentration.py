"""Concentration of money and of funding against need: closed forms, hand-worked cases, properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.concentration import (
    concentration_curve,
    concentration_index,
    fractional_ranks,
    gini,
    gini_interval,
    hhi,
    kakwani,
    lorenz,
    per_organisation,
    spread,
    top_share,
)
from analysis.resampling import draw_counts, percentile_interval

AMOUNTS = st.lists(st.floats(0, 1e6).map(lambda x: round(x, 2)), min_size=1, max_size=40).filter(
    lambda xs: sum(xs) > 1
)


def area_rows(
    need: list[float], funding: list[float], population: list[float] | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_id": [f"m{at:02d}" for at in range(len(need))],
            "need": need,
            "funding": funding,
            "population": population or [100.0] * len(need),
        }
    )


AREAS = st.integers(2, 19).flatmap(
    lambda n: st.builds(
        area_rows,
        st.lists(st.integers(1, 60), min_size=n, max_size=n),
        st.lists(st.integers(0, 900), min_size=n, max_size=n).filter(lambda xs: sum(xs) > 0),
        st.lists(st.integers(20, 200), min_size=n, max_size=n),
    )
)


def mean_difference(values: list[float]) -> float:
    """Gini by its other definition: half the relative mean difference."""
    array = np.array(values, dtype=float)
    pairs = np.abs(array[:, np.newaxis] - array[np.newaxis, :])
    return float(pairs.sum() / (2 * len(array) ** 2 * array.mean()))


@given(AMOUNTS)
def test_gini_is_half_the_relative_mean_difference_and_the_lorenz_area(values: list[float]) -> None:
    found = gini(values)
    assert found == pytest.approx(mean_difference(values), abs=1e-9)
    curve = lorenz(values)
    area = np.trapezoid(curve["money"], curve["organisations"])
    assert found == pytest.approx(1 - 2 * area, abs=1e-9)
    assert -1e-12 <= found <= 1 - 1 / len(values) + 1e-12


@given(AMOUNTS, st.floats(0.01, 1000), st.integers(2, 4))
def test_gini_knows_neither_scale_nor_copies(
    values: list[float], factor: float, copies: int
) -> None:
    assert gini([value * factor for value in values]) == pytest.approx(gini(values), abs=1e-9)
    assert gini(values * copies) == pytest.approx(gini(values), abs=1e-9)
    assert hhi(values * copies) == pytest.approx(hhi(values) / copies)


def test_known_values() -> None:
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    # A uniform distribution has 1/3, an exponential one 1/2.
    steps = (np.arange(4000) + 0.5) / 4000
    assert gini(steps) == pytest.approx(1 / 3, abs=1e-4)
    assert gini(-np.log(1 - steps)) == pytest.approx(1 / 2, abs=1e-3)
    assert gini([0, 0, 0, 8]) == 0.75
    assert hhi([50, 30, 20]) == pytest.approx(0.38)
    assert top_share([1, 1, 1, 7], top=1) == 0.7
    assert list(lorenz([3, 1])["money"]) == [0, 0.25, 1]


def test_missing_is_left_out_and_zero_is_not() -> None:
    assert gini([1, None, 3]) == gini([1, 3])
    assert gini([1, 0, 3]) != gini([1, 3])
    found = spread([None, 10.0, 20.0, 90.0], top=1, draws=200)
    assert (found["known"], found["missing"]) == (3, 1)
    assert (found["mean"], found["median"], found["mean_to_median"]) == (40, 20, 2)
    assert found["top_share"] == 0.75
    assert found["equal_organisations"] == pytest.approx(120**2 / (100 + 400 + 8100))
    assert found["gini_low"] <= found["gini"] <= found["gini_high"]
    empty = spread([None])
    assert empty["missing"] == 1
    assert np.isnan([empty["total"], empty["gini"], empty["gini_low"], empty["median"]]).all()


def test_refuses_what_has_no_share() -> None:
    for measure in (gini, hhi, top_share, lorenz, gini_interval):
        with pytest.raises(ValueError, match="zero or more"):
            measure([1, -1])
    with pytest.raises(ValueError, match="no money"):
        lorenz([0.0])
    with pytest.raises(ValueError, match="at least one"):
        top_share([1], top=0)


def test_sum_of_an_organisation_with_unknown_amounts() -> None:
    rows = pd.DataFrame({"organisation_id": ["a", "a", "b"], "amount_eur": [5.0, np.nan, np.nan]})
    table = per_organisation(rows).set_index("organisation_id")
    assert table.loc["a", "amount_eur"] == 5
    assert np.isnan(table.loc["b", "amount_eur"])
    assert list(table["without_amount"]) == [1, 1]


def test_fractional_ranks_by_hand() -> None:
    assert list(fractional_ranks([10, 20, 30], [1, 2, 1])) == [0.125, 0.5, 0.875]
    # The two in the middle tie: they share the middle of their stretch.
    assert list(fractional_ranks([30, 20, 20, 10], [1, 1, 3, 5])) == [0.95, 0.7, 0.7, 0.25]
    with pytest.raises(ValueError, match="no rank"):
        fractional_ranks([1, np.nan], [1, 1])


@settings(max_examples=40, deadline=None)
@given(AREAS)
def test_index_is_the_covariance_and_the_area_under_the_curve(areas: pd.DataFrame) -> None:
    found = concentration_index(areas, draws=10)
    # Independently: the area by trapezia, equal needs put together first.
    grouped = areas.groupby("need")[["funding", "population"]].sum().sort_index(ascending=False)
    shares = (grouped.cumsum() / grouped.sum()).to_numpy()
    shares = np.vstack([[0, 0], shares])
    area = np.trapezoid(shares[:, 0], shares[:, 1])
    assert found.index == pytest.approx(1 - 2 * area, abs=1e-9)
    # And as twice the weighted covariance of funding a head and rank over the mean.
    head = areas["funding"] / areas["population"]
    ranks = fractional_ranks(-areas["need"], areas["population"])
    cov = np.cov(head, ranks, aweights=areas["population"], ddof=0)[0, 1]
    mean = np.average(head, weights=areas["population"])
    assert found.index == pytest.approx(2 * cov / mean, abs=1e-9)
    assert found.least - 1e-12 <= found.index <= found.most + 1e-12
    assert -1 < found.least <= 1e-12
    assert -1e-12 <= found.most < 1


@settings(max_examples=15, deadline=None)
@given(AREAS)
def test_invariances_of_the_index(areas: pd.DataFrame) -> None:
    found = concentration_index(areas, draws=10)
    more = areas.assign(funding=areas["funding"] * 7, population=areas["population"] * 3)
    assert concentration_index(more, draws=10).index == pytest.approx(found.index, abs=1e-9)
    # Only the order of the need counts.
    bent = areas.assign(need=areas["need"] ** 2)
    assert concentration_index(bent, draws=10).index == pytest.approx(found.index, abs=1e-9)
    other_way = concentration_index(areas, "lowest", draws=10).index
    assert other_way == pytest.approx(-found.index, abs=1e-9)
    # Rows in another order: the very same answer.
    mixed = areas.sample(frac=1, random_state=1)
    # (Compared as text, since an interval that is missing equals nothing.)
    assert repr(concentration_index(mixed, draws=10)) == repr(found)
    # The same amount a head everywhere is no concentration.
    even = areas.assign(funding=areas["population"] * 2)
    assert concentration_index(even, draws=10).index == pytest.approx(0, abs=1e-12)


def test_curve_shows_every_area() -> None:
    areas = area_rows(list(range(1, 20)), [float(x) for x in range(19, 0, -1)])
    curve = concentration_curve(areas)
    assert len(curve) == 20
    assert list(curve["area_id"][:3]) == ["", "m18", "m17"]
    assert tuple(curve.iloc[0][["population_share", "funding_share"]]) == (0, 0)
    assert curve["funding_share"].iloc[-1] == pytest.approx(1)
    # The neediest gets 1 of 190.
    assert curve["funding_share"].iloc[1] == pytest.approx(1 / 190)
    assert concentration_index(areas, draws=200).sign == 1


def test_index_with_its_guards() -> None:
    # Two areas of 100: the needy one gets 3 of 4. C = 2·(0.5·3·0.25 + 0.5·1·0.75)/2 - 1 = -0.25.
    found = concentration_index(area_rows([30, 10], [3.0, 1.0]), unlocated=4.0, draws=50)
    assert found.index == pytest.approx(-0.25)
    assert (found.least, found.most) == (-0.5, 0.5)
    # 7 of 8 in the needy one; or 3 of 8.
    assert found.unlocated_low == pytest.approx(-0.375)
    assert found.unlocated_high == pytest.approx(0.125)
    assert found.located_share == 0.5
    # With one of two areas out nothing is left to compare.
    assert (found.without_one_low, found.without_one_high) == pytest.approx((0, 0))
    assert found.sign == 0


def test_area_with_an_unknown_figure_is_named_and_not_zero() -> None:
    areas = area_rows([30, 20, 10], [3.0, np.nan, 1.0])
    found = concentration_index(areas, draws=50)
    assert (found.left_out, found.areas) == (("m01",), 2)
    assert found.index == concentration_index(areas.drop(index=1), draws=50).index
    assert found.index != concentration_index(areas.fillna(0), draws=50).index


def test_index_refuses() -> None:
    areas = area_rows([30, 10], [3.0, 1.0])
    for broken, words in (
        (areas.assign(area_id="x"), "more than one row"),
        (areas.assign(funding=0.0), "no funding"),
        (areas.assign(funding=-1.0), "negative"),
        (areas.assign(need=np.nan), "no area"),
    ):
        with pytest.raises(ValueError, match=words):
            concentration_index(broken)
    with pytest.raises(ValueError, match="highest, lowest"):
        concentration_index(areas, "most")
    with pytest.raises(ValueError, match="negative"):
        concentration_index(areas, unlocated=-1)


def test_index_of_the_world_bank_s_example() -> None:
    # Under-five deaths in India 1982-92 by wealth group, births as population: O'Donnell et al.
    # (2008), chapter 8 (also World Bank technical note 7), prints -0.1694.
    births = [29939.0, 28776.0, 26528.0, 24689.0, 19739.0]
    rates = [154.7, 152.9, 119.5, 86.9, 54.3]
    deaths = [birth * rate for birth, rate in zip(births, rates, strict=True)]
    areas = area_rows([1, 2, 3, 4, 5], deaths, births)
    assert round(concentration_index(areas, "lowest", draws=10).index, 4) == -0.1694


def test_no_sign_without_difference() -> None:
    # Every municipality in equal need: the index is zero but for rounding.
    equal = area_rows([1.0] * 6, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [20.0] * 6)
    assert concentration_index(equal, draws=50).index == pytest.approx(0, abs=1e-12)
    assert concentration_index(equal, draws=50).sign == 0
    with_it = area_rows([9.0, 8.0, 2.0, 1.0] * 5, [9.0, 9.0, 1.0, 1.0] * 5)
    assert concentration_index(with_it, draws=200).sign == -1


def test_kakwani_is_zero_in_proportion() -> None:
    income = [10.0, 20.0, 40.0]
    areas = area_rows(income, [1.0, 2.0, 4.0])
    found = kakwani(areas, draws=100)
    assert found.index == pytest.approx(0, abs=1e-12)
    # Equal populations: C of the measure is its Gini coefficient.
    assert found.measure == pytest.approx(gini(income))
    assert kakwani(areas, "highest", draws=100).measure == pytest.approx(-gini(income))
    same = kakwani(areas.assign(funding=[1.0, 1.0, 1.0]), draws=100)
    assert same.index == pytest.approx(-gini(income))
    # All to the richest: 1 - 1/3 less the Gini coefficient.
    rich = kakwani(areas.assign(funding=[0.0, 0.0, 1.0]), draws=100)
    assert rich.index == pytest.approx(2 / 3 - gini(income))
    with pytest.raises(ValueError, match="not all be zero"):
        kakwani(areas.assign(need=0.0))


def test_bootstrap_is_the_same_every_time_and_agrees_with_copies() -> None:
    values = [1.0, 2.0, 2.0, 5.0, 30.0]
    assert gini_interval(values, 500) == gini_interval(values[::-1], 500)
    assert gini_interval(values, 500) != gini_interval(values, 500, seed=1)
    # The same draws, with the organisations copied as often as they were drawn.
    counts = np.vstack(list(draw_counts(5, 500)))
    copied = [gini(np.repeat(values, row.astype(int))) for row in counts]
    assert gini_interval(values, 500) == pytest.approx(tuple(np.quantile(copied, [0.025, 0.975])))


def test_bootstrap_of_a_mean_has_the_width_of_theory() -> None:
    values = np.arange(400.0)
    low, high = percentile_interval(lambda counts: counts @ values / 400, 400)
    width = 2 * 1.96 * values.std() / 20
    assert float(high - low) == pytest.approx(width, rel=0.05)


def test_interval_is_missing_when_the_statistic_mostly_is() -> None:
    low, high = percentile_interval(
        lambda counts: np.where(counts[:, 0] > 0, counts[:, 0], np.nan), 5, 200
    )
    assert np.isnan([low, high]).all()
    with pytest.raises(ValueError, match="nothing to draw"):
        next(draw_counts(0))
