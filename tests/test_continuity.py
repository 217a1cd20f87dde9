"""Funding spells, renewal and survival, against hand-worked cases and another implementation."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.continuity import (
    funded_years,
    gaps,
    median_years,
    multi_year,
    multi_year_share,
    product_limit,
    published_years,
    renewal,
    spells,
    survival,
)


def rows(**funded: list[int]) -> pd.DataFrame:
    """One synthetic funder; organisations with the years in which they are on its list."""
    return pd.DataFrame(
        [(one, "city", year) for one, years in funded.items() for year in years],
        columns=["organisation_id", "funder_id", "year"],
    )


def lists(*years: int) -> pd.DataFrame:
    return pd.DataFrame({"funder_id": "city", "year": years})


def test_a_year_without_a_list_is_not_an_end() -> None:
    # No list of 2020: "through" runs across it, "lost" is censored there, "late" begins unseen.
    funded = rows(through=[2018, 2019, 2021], lost=[2019], late=[2021, 2022], other=[2018, 2022])
    table = spells(funded_years(funded)).set_index(["organisation_id", "spell"])
    through = table.loc[("through", 1)]
    assert (through["first_year"], through["last_year"]) == (2018, 2021)
    assert (through["years_funded"], through["years_in_holes"]) == (3, 1)
    assert (through["start_kind"], through["end_kind"]) == ("first_list", "ended")
    assert tuple(table.loc[("lost", 1), ["end_kind", "censored"]]) == ("before_hole", "yes")
    assert table.loc[("lost", 1), "start_kind"] == "seen"
    assert tuple(table.loc[("late", 1), ["start_kind", "left_truncated"]]) == ("after_hole", "yes")
    assert table.loc[("late", 1), "end_kind"] == "last_list"
    assert list(table.loc["other", "end_kind"]) == ["ended", "last_list"]


def test_a_hole_that_is_too_long_cuts_the_spell_without_ending_it() -> None:
    funded = rows(one=[2015, 2018], other=[2014, 2015, 2018])
    cut = spells(funded_years(funded)).query("organisation_id == 'one'")
    assert list(cut["end_kind"]) == ["before_hole", "last_list"]
    assert list(cut["start_kind"]) == ["seen", "after_hole"]
    joined = spells(funded_years(funded, longest_hole=2)).query("organisation_id == 'one'")
    assert list(joined["years_in_holes"]) == [2]
    # Nothing says that the organisation was ever off a list.
    assert gaps(funded_years(funded)).empty


def test_an_empty_list_is_a_list() -> None:
    funded = rows(one=[2018])
    unseen = spells(funded_years(funded))["end_kind"].item()
    ended = spells(funded_years(funded, lists(2018, 2019)))["end_kind"].item()
    hole = spells(funded_years(funded, lists(2018, 2020)))["end_kind"].item()
    assert (unseen, ended, hole) == ("last_list", "ended", "before_hole")


def test_survival_by_hand() -> None:
    # Lists 2018-2021. Newcomers of 2019: a (1 year), b (2 years), c (still there);
    # of 2020: d (1 year), e (still there); of 2021: f. Old hands of 2018 are left out.
    funded = rows(
        a=[2019], b=[2019, 2020], c=[2019, 2020, 2021], d=[2020], e=[2020, 2021], f=[2021],
        old=[2018, 2019, 2020, 2021],
    )  # fmt: skip
    curve = survival(funded_years(funded))
    # t = 1: a, b, c, d, e can be seen, a and d end; t = 2: b and c can be seen, b ends.
    assert list(curve["at_risk"]) == [6, 5, 2]
    assert list(curve["ended"]) == [0, 2, 1]
    assert list(curve["unknown"]) == [0, 1, 1]
    assert list(curve["survival"]) == pytest.approx([1, 3 / 5, 3 / 10])
    # Greenwood at t = 2: 0.3² · (2 / (5·3) + 1 / (2·1)).
    assert curve["variance"].iloc[2] == pytest.approx(0.09 * (2 / 15 + 1 / 2))
    assert median_years(curve) == 2
    with_old = survival(funded_years(funded), with_left_truncated=True)
    assert list(with_old["at_risk"]) == [7, 6, 3, 1]
    assert with_old["survival"].iloc[-1] == pytest.approx(4 / 6 * 2 / 3)


def test_a_running_spell_is_not_at_risk_for_the_renewal_nobody_saw() -> None:
    funded = rows(a=[2019], b=[2020], c=[2020], old=[2018, 2019, 2020])
    # Only a's renewal can be seen. Counting b and c as at risk would give 2/3.
    assert survival(funded_years(funded))["survival"].iloc[1] == 0.0


def test_a_hole_takes_out_and_lets_in_again() -> None:
    # Lists 2017, 2018, 2020, 2021, 2022. Two newcomers of 2018 cross the hole of 2019.
    funded = rows(
        x=[2018, 2020], y=[2018, 2020, 2021, 2022], z=[2021], old=[2017, 2018, 2020, 2021, 2022]
    )
    curve = survival(funded_years(funded))
    # Age 1: only z can be seen, and ends; ages 2 (2019) nobody: the curve stops there.
    assert list(curve["at_risk"]) == [3, 1]
    funded = rows(
        x=[2018, 2020], y=[2018, 2020, 2021, 2022], z=[2021, 2022], w=[2020, 2021],
        q=[2017, 2018, 2020, 2021], v=[2017, 2018, 2020, 2021, 2022], old=[2016],
    )  # fmt: skip
    curve = survival(funded_years(funded, lists(2016, 2017, 2018, 2020, 2021, 2022)))
    # Newcomers seen: q, v (2017), x, y (2018), z (2021); w begins after the hole.
    # Age 1: q and v (2017→18) renewed, z (2021→22) renewed; x, y at the hole.
    # Age 2 (2018→19 of q and v; 2019 of x, y): nobody. Everything after is unknown.
    assert list(curve["at_risk"]) == [5, 3]
    assert list(curve["survival"]) == [1, 1]


# Remission in weeks under 6-MP, Freireich et al. (1963), Blood 21, 699-716; the worked example of
# Cox and Oakes (1984), "Analysis of survival data", and Kleinbaum and Klein, "Survival analysis".
WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [1] * 9 + [0] * 12


def at_risk_table(weeks: list[int], ended: list[int]) -> pd.DataFrame:
    times = sorted({week for week, end in zip(weeks, ended, strict=True) if end})
    pairs = list(zip(weeks, ended, strict=True))
    return pd.DataFrame(
        {
            "time": times,
            "n": [sum(week >= time for week, _ in pairs) for time in times],
            "d": [sum(week == time and end for week, end in pairs) for time in times],
        }
    )


def test_product_limit_gives_the_textbook_curve() -> None:
    table = at_risk_table(WEEKS, RELAPSED)
    assert list(table["n"]) == [21, 17, 15, 12, 11, 7, 6]
    curve = product_limit(table["n"], table["d"])
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert list(curve["survival"].round(3)) == printed
    # Standard errors as R's survfit prints them for these data.
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert list(np.sqrt(curve["variance"]).round(4)) == errors


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 1)), min_size=2, max_size=40))
def test_product_limit_agrees_with_scipy(cases: list[tuple[int, int]]) -> None:
    weeks, ended = [week for week, _ in cases], [end for _, end in cases]
    if not any(ended):
        return
    table = at_risk_table(weeks, ended)
    curve = product_limit(table["n"], table["d"])
    when, relapsed = np.array(weeks, dtype=float), np.array(ended, dtype=bool)
    sample = stats.CensoredData(uncensored=when[relapsed], right=when[~relapsed])
    sf = stats.ecdf(sample).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # scipy at the ends of the curve
        plain = sf.confidence_interval(method="linear")
        loglog = sf.confidence_interval(method="log-log")
    assert list(curve["survival"]) == pytest.approx(list(sf.evaluate(table["time"])))
    inside = curve["survival"].between(0, 1, inclusive="neither").to_numpy()
    times = table["time"].to_numpy()[inside]
    for column, theirs in (
        ("greenwood_low", plain.low), ("greenwood_high", plain.high),
        ("loglog_low", loglog.low), ("loglog_high", loglog.high),
    ):  # fmt: skip
        found = curve[column].to_numpy()[inside]
        assert found == pytest.approx(np.clip(theirs.evaluate(times), 0, 1), rel=1e-9, abs=1e-12)
    assert curve.loc[~inside, ["loglog_low", "loglog_high"]].isna().all().all()


def test_product_limit_refuses_more_ends_than_units() -> None:
    with pytest.raises(ValueError, match="at risk"):
        product_limit([3], [4])


HISTORY = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d", "e"]),
    st.sets(st.integers(2013, 2022), min_size=1),
    min_size=1,
)


@settings(max_examples=25, deadline=None)
@given(HISTORY, st.sets(st.integers(2013, 2022), max_size=3), st.randoms())
def test_whatever_the_history(
    history: dict[str, set[int]], missing: set[int], shuffle: object
) -> None:
    kept = {one: sorted(years - missing) for one, years in history.items() if years - missing}
    if not kept:
        return
    funded = rows(**kept)
    published = lists(*[year for year in range(2013, 2023) if year not in missing])
    years = funded_years(funded, published)
    assert len(years) == sum(len(one) for one in kept.values())
    table = spells(years)
    assert table["years_funded"].sum() == len(years)
    # Who is renewed is recomputed from the sets themselves.
    have = set(published["year"])
    expected = {
        (one, year): "unknown" if year + 1 not in have else "yes" if year + 1 in ys else "no"
        for one, ys in kept.items()
        for year in ys
    }
    found = {(r.organisation_id, r.year): r.renewed for r in years.itertuples()}
    assert found == expected
    share = renewal(years).iloc[0]
    assert share["unknown"] == sum(one == "unknown" for one in expected.values())
    if share["renewed"] + share["not_renewed"]:
        assert 0 <= share["low"] <= share["share"] <= share["high"] <= 1
    curve = survival(years, with_left_truncated=True)
    assert curve["survival"].is_monotonic_decreasing
    assert curve["survival"].between(0, 1).all()
    # Order and repeated rows change nothing.
    twice = pd.concat([funded, funded]).sample(frac=1, random_state=shuffle.randint(0, 99))
    pd.testing.assert_frame_equal(funded_years(twice, published), years)
    proven = gaps(years, published)
    assert (proven["years_low"] <= proven["years_high"]).all()
    assert (proven["years_low"] >= 1).all()


def test_renewal_by_year_of_each_funder() -> None:
    years = funded_years(rows(a=[2019, 2020, 2021], b=[2019], c=[2020, 2021]))
    table = renewal(years, ["year"]).set_index("year")
    assert list(table["renewed"]) == [1, 2, 0]
    assert list(table["not_renewed"]) == [1, 0, 0]
    assert table.loc[2019, "share"] == 0.5
    assert table.loc[2021, "unknown"] == 2
    assert math.isnan(table.loc[2021, "share"])
    few = renewal(years, cohort=years["organisation_id"].eq("b")).iloc[0]
    assert (few["renewed"], few["not_renewed"]) == (0, 1)


def test_gaps_open_and_closed() -> None:
    funded = rows(back=[2015, 2018], gone=[2016], always=[2015, 2016, 2018, 2019])
    table = gaps(funded_years(funded), published_years(funded)).set_index("organisation_id")
    # No list of 2017: one year without funding is proven (2016), two are possible.
    back = table.loc["back"]
    assert isinstance(back, pd.DataFrame)
    assert tuple(back.iloc[0][["years_low", "years_high", "closed"]]) == (1, 2, "yes")
    assert back.iloc[0]["funded_again_year"] == 2018
    # The second spell of "back" ends in 2018 and is still off the list in 2019.
    assert tuple(back.iloc[1][["years_low", "years_high", "closed"]]) == (1, 1, "no")
    gone = table.loc["gone"]
    assert tuple(gone[["years_low", "years_high", "closed"]]) == (2, 3, "no")
    assert "always" not in table.index


def test_two_funders_are_two_units() -> None:
    funded = pd.concat([rows(a=[2019, 2020]), rows(a=[2021]).assign(funder_id="region")])
    assert len(spells(funded_years(funded))) == 2


def test_rows_that_cannot_be_followed_are_refused() -> None:
    with pytest.raises(ValueError, match="say how many"):
        funded_years(rows(a=[2019]).assign(organisation_id=""))
    with pytest.raises(ValueError, match="not published, of city"):
        funded_years(rows(a=[2019]), lists(2020))


def test_multi_year_only_when_every_reading_says_so() -> None:
    awards = pd.DataFrame(
        [
            ("2020-01-01", "2020-12-31", "no"), ("2020-01-01", "2021-01-01", "yes"),
            ("2019", "2021", "yes"), ("2019", "2020", "unknown"), ("2020", "2020", "no"),
            ("2020-02-29", "2021-02-27", "no"), ("2020-03", "2021-02", "no"),
            ("2020-03", "2021-03", "unknown"), ("2020", "", "unknown"),
        ],
        columns=["start", "end", "expected"],
    )  # fmt: skip
    found = multi_year(awards)
    assert list(found["multi_year"]) == list(awards["expected"])
    assert found["longest_days"].iloc[0] == 366
    assert tuple(found.loc[3, ["shortest_days", "longest_days"]]) == (2, 731)
    assert found["shortest_days"].isna().iloc[-1]
    share = multi_year_share(found).iloc[0]
    assert (share["multi_year"], share["one_year"], share["unknown"]) == (2, 4, 3)
    assert share["share"] == pytest.approx(2 / 6)
    assert (share["share_least"], share["share_most"]) == pytest.approx((2 / 9, 5 / 9))
    with pytest.raises(ValueError, match="before it starts"):
        multi_year(pd.DataFrame({"start": ["2021"], "end": ["2020"]}))
