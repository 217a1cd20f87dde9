"""Need: which value a year gets, what may be joined, what may be compared, who is missing."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from analysis import need
from analysis.project import find_project
from analysis.tables import load

PROCESSED = find_project(Path(__file__)).processed


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return load(PROCESSED)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (PROCESSED / "need_indicators.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def invented(*rows: tuple[str, str, str, float, str, str]) -> dict[str, pd.DataFrame]:
    """Tables with invented regional rows: indicator, start, end, value, kind, note."""
    frame = pd.DataFrame(
        [
            {
                "need_id": f"N{place:04d}", "area_kind": "region", "area": "Région", "nis_code": "04000",
                "domain": "housing", "indicator": indicator, "period_start": start, "period_end": end,
                "value": value, "low": value, "high": value, "unit": "persons", "value_kind": kind,
                "derived": "0", "resolution": "single", "conflict_group": "", "source_id": "S1", "note": note,
            }
            for place, (indicator, start, end, value, kind, note) in enumerate(rows, start=1)
        ]
    )  # fmt: skip
    edition = pd.DataFrame({"as_of": ["2026-11-23"], "version": ["0"]})
    return {"need_indicators": frame, "edition": edition}


def chosen(tables: dict[str, pd.DataFrame], series: str) -> dict[int, str]:
    frame = need.regional_series(tables)
    frame = frame[frame["series"] == series]
    return dict(zip(frame["year"], frame["need_id"], strict=True))


UNEMPLOYMENT = "unemployment_rate"


def test_annual_average_goes_before_a_month_a_month_before_a_year_and_that_before_an_edition() -> (
    None
):
    rows = [
        (UNEMPLOYMENT, "2020", "2020", 16.0, "exact", "Barometer edition 2020."),
        (UNEMPLOYMENT, "2020", "2020", 15.0, "exact", ""),
        (UNEMPLOYMENT, "2020-03-31", "2020-03-31", 14.0, "approx", "End of month."),
        (UNEMPLOYMENT, "2020", "2020", 13.0, "approx", "Annual average."),
    ]
    for keep in range(4, 0, -1):
        assert chosen(invented(*rows[:keep]), "unemployment") == {2020: f"N{keep:04d}"}


def test_a_year_prefers_december_where_the_season_matters_and_exact_before_late_elsewhere() -> None:
    months = [
        (UNEMPLOYMENT, "2021-12-31", "2021-12-31", 15.0, "exact", ""),
        (UNEMPLOYMENT, "2021-11-30", "2021-11-30", 14.0, "exact", ""),
    ]
    assert chosen(invented(*months), "unemployment") == {2021: "N0001"}
    waiting = [
        ("social_housing_waiting_list", "2024-01-01", "2024-01-01", 53.0, "exact", ""),
        ("social_housing_waiting_list", "2024-05-01", "2024-05-31", 55.0, "approx", ""),
        ("social_housing_waiting_list", "2024-02-01", "2024-02-29", 54.0, "exact", ""),
    ]
    tables = invented(*waiting)
    assert chosen(tables, "waiting_list") == {2024: "N0003"}
    assert need.regional_series(tables)["not_chosen"].tolist() == ["N0001;N0002"]


def test_a_line_stops_at_a_missing_year_another_basis_and_a_break() -> None:
    leavers = "early_school_leavers_18_24"
    tables = invented(
        (leavers, "2015", "2015", 15.0, "exact", ""),
        (leavers, "2016", "2016", 14.0, "exact", ""),
        (leavers, "2018", "2018", 13.0, "exact", ""),  # 2017 is missing
        (leavers, "2019", "2019", 12.0, "exact", "Barometer edition 2019."),  # another basis
        (leavers, "2020", "2020", 11.0, "exact", ""),
        (leavers, "2021", "2021", 10.0, "exact", ""),  # break in rules/need_breaks.csv
        (leavers, "2022", "2022", 9.0, "exact", ""),
    )
    frame = need.regional_series(tables)
    assert frame["stretch"].tolist() == [1, 1, 2, 3, 4, 5, 5]
    assert frame["break_reason"].tolist() == ["method", "", "", "", "", "method", ""]


def test_two_months_are_not_joined_where_the_season_matters() -> None:
    tables = invented(
        (UNEMPLOYMENT, "2020-12-31", "2020-12-31", 15.0, "exact", ""),
        (UNEMPLOYMENT, "2021-02-28", "2021-02-28", 16.0, "exact", ""),
        (UNEMPLOYMENT, "2022-02-28", "2022-02-28", 17.0, "exact", ""),
    )
    assert need.regional_series(tables)["stretch"].tolist() == [1, 2, 2]
    change = need.recent_change(tables).set_index("series").loc["unemployment"]
    assert (change["first_id"], change["last_id"]) == ("N0002", "N0003")


def test_the_period_s_middle_is_its_place_on_the_axis() -> None:
    frame = need.dated_values(
        invented(
            ("homeless_count", "2020-11-01", "2020-11-30", 1.0, "exact", ""),
            ("homeless_count", "2018", "2018", 1.0, "exact", ""),
            ("homeless_count", "2016-11-07", "", 1.0, "exact", ""),
            ("homeless_count", "2012-02", "2012-02", 1.0, "exact", ""),
        )
    )
    assert [str(day.date()) for day in frame["at"]] == ["2020-11-15", "2018-07-02", "2016-11-07", "2012-02-15"]  # fmt: skip
    assert frame["basis"].tolist() == ["day", "year", "day", "day"]


@pytest.mark.parametrize(
    ("first", "last", "kind", "expected"),
    [
        (100.0, 101.9, "exact", "level"),
        (100.0, 102.0, "exact", "rising"),
        (100.0, 98.0, "exact", "falling"),
        (100.0, 110.0, "at_least", "rising"),
        (100.0, 90.0, "at_least", "unknown"),
        (100.0, 110.0, "at_most", "unknown"),
    ],
)
def test_direction_of_a_change(first: float, last: float, kind: str, expected: str) -> None:
    tables = invented(
        ("social_housing_waiting_list", "2020-01-01", "2020-01-01", first, "exact", ""),
        ("social_housing_waiting_list", "2024-01-01", "2024-01-01", last, kind, ""),
    )
    change = need.recent_change(tables).set_index("series")
    assert change.loc["waiting_list", "direction"] == expected
    assert change.loc["homelessness", "direction"] == "unknown"


def test_comparison_stays_within_window_era_and_basis() -> None:
    leavers = "early_school_leavers_18_24"
    tables = invented(
        (leavers, "2014", "2014", 20.0, "exact", ""),
        (leavers, "2020", "2020", 15.0, "exact", ""),
        (leavers, "2021", "2021", 10.0, "approx", ""),
        (leavers, "2022", "2022", 8.0, "exact", ""),
        (leavers, "2023", "2023", 9.0, "exact", ""),
        (leavers, "2023", "2023", 1.0, "exact", "Barometer edition 2023."),
    )
    pair = need.recent_change(tables).set_index("series").loc["school_leaving"]
    assert (pair["first_year"], pair["last_year"]) == (2021, 2023)
    assert pair["change"] == pytest.approx(-0.1)
    exact = need.recent_change(tables, with_approximate=False).set_index("series")
    assert exact.loc["school_leaving", "direction"] == "rising"
    near = need.recent_change(tables, window_years=1).set_index("series").loc["school_leaving"]
    assert (near["first_year"], near["last_year"]) == (2022, 2023)


def test_real_rows_are_all_accounted_for(
    tables: dict[str, pd.DataFrame], rows: list[dict[str, str]]
) -> None:
    """Chosen, other of the same year, or without a date: no row of a series gets lost."""
    wanted = {name for each in need.series_rules()["indicators"] for name in each.split(";")}
    regional = {row["need_id"] for row in rows if row["area_kind"] == "region" and row["indicator"] in wanted}  # fmt: skip
    frame = need.regional_series(tables)
    others = {each for ids in frame["not_chosen"] for each in ids.split(";") if each}
    undated = set(need.undated_rows(tables)["need_id"])
    assert set(frame["need_id"]) | others | undated == regional
    assert undated == {
        row["need_id"] for row in rows if row["need_id"] in regional and not row["period_start"]
    }
    assert not frame.duplicated(["series", "year"]).any()


def test_real_definitions_are_never_joined(tables: dict[str, pd.DataFrame]) -> None:
    frame = need.regional_series(tables)
    per_stretch = frame.groupby(["series", "stretch"])["indicator"].agg(set)
    mixed = {series for (series, _), names in per_stretch.items() if len(names) > 1}
    # The count of 2020 and its repetition in that scope are one definition by name.
    assert mixed == {"homelessness_first_scope"}
    register = frame[frame["series"].eq("poverty_register")].set_index("year")
    assert register.loc[2019, "stretch"] != register.loc[2020, "stretch"]
    scope = frame[frame["series"].eq("homelessness_first_scope")]
    assert scope["year"].max() == 2022
    assert scope.iloc[-1]["indicator"] == "homeless_count_2020_scope"


def test_real_changes_against_a_plain_count(
    tables: dict[str, pd.DataFrame], rows: list[dict[str, str]]
) -> None:
    by_id = {row["need_id"]: row for row in rows}
    for change in need.recent_change(tables).dropna(subset="change").to_dict("records"):
        first, last = by_id[change["first_id"]], by_id[change["last_id"]]
        share = float(last["value"]) / float(first["value"]) - 1
        assert change["change"] == pytest.approx(share)
        assert 0 < int(last["period_end"][:4]) - int(first["period_end"][:4]) <= need.WINDOW_YEARS
        words = "rising" if share >= 0.02 else "falling" if share <= -0.02 else "level"
        assert change["direction"] == words


def test_domains_without_a_series(
    tables: dict[str, pd.DataFrame], rows: list[dict[str, str]]
) -> None:
    years: dict[tuple[str, str], set[str]] = defaultdict(set)
    figures: dict[str, int] = defaultdict(int)
    for row in rows:
        end = (row["period_end"] or row["period_start"])[:4]
        if row["area_kind"] == "region" and row["period_start"] and end <= "2026":
            years[row["domain"], row["indicator"]].add(end)
            figures[row["domain"]] += 1
    found = need.domain_coverage(tables).set_index("domain")
    assert set(found.index) == set(need.UNIPSO_DOMAINS)
    for domain in found.index:
        lengths = [len(each) for (where, _), each in years.items() if where == domain]
        assert found.loc[domain, "longest"] == max(lengths, default=0)
        assert found.loc[domain, "figures"] == figures[domain]
        assert found.loc[domain, "has_series"] == (max(lengths, default=0) >= need.SERIES_YEARS)


def test_municipal_coverage_against_a_plain_count(
    tables: dict[str, pd.DataFrame], rows: list[dict[str, str]]
) -> None:
    known: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["area_kind"] == "municipality":
            known[row["indicator"], row["period_start"], row["period_end"]].add(row["nis_code"])
    found = need.municipal_coverage(tables)
    assert len(found) == len(known)
    for panel in found.to_dict("records"):
        codes = known[panel["indicator"], panel["period_start"], panel["period_end"]]
        assert panel["municipalities"] == len(codes)
        assert len([code for code in panel["missing"].split(";") if code]) == 19 - len(codes)
        assert panel["complete"] == (len(codes) == 19 and panel["period_start"] != "")
    poverty = [
        int(start) for (name, start, _), codes in known.items()
        if name == "poverty_risk_administrative" and start and len(codes) == 19
    ]  # fmt: skip
    assert need.latest_complete_year(tables, "poverty_risk_administrative") == max(poverty)
    with pytest.raises(ValueError, match="no year has"):
        need.latest_complete_year(tables, "unemployment_rate")


def test_a_municipality_without_a_value_keeps_its_row(tables: dict[str, pd.DataFrame]) -> None:
    frame = need.municipal_values(tables, "poverty_risk_administrative", 2019)
    assert len(frame) == 19
    assert frame.loc[frame["value"].isna(), "name_fr"].tolist() == ["Ixelles"]
    assert frame["value"].dropna().is_monotonic_decreasing


# The rule files


def test_series_rules_name_real_indicators(tables: dict[str, pd.DataFrame]) -> None:
    rules = need.series_rules()
    assert not rules["series"].duplicated().any()
    known = set(tables["indicators"]["indicator"])
    for rule in rules.to_dict("records"):
        assert set(rule["indicators"].split(";")) <= known
        assert rule["seasonal"] in ("yes", "no")
        assert int(rule["step_years"]) >= 1
        assert rule["domain"] in need.UNIPSO_DOMAINS
        assert all(re.fullmatch(r"(\d{4})?", rule[key]) for key in ("from_year", "until_year"))


def test_break_rules_rest_on_a_row_that_says_so(rows: list[dict[str, str]]) -> None:
    notes = {row["need_id"]: row["note"].lower() for row in rows}
    for rule in need.break_rules().to_dict("records"):
        assert rule["series"] in set(need.series_rules()["series"])
        assert rule["reason"] in ("method", "perimeter")
        note = notes[rule["need_id"]]
        words = "break" if rule["reason"] == "method" else "municipalities|categories"
        assert re.search(words, note), rule["need_id"]


def test_basis_rules(tables: dict[str, pd.DataFrame]) -> None:
    rules = need._rules("need_basis")
    assert set(rules["basis"]) <= set(need.BASES)
    assert set(rules["field"]) <= {"note", "indicator"}
    dated = need.dated_values(tables)
    for rule in rules.to_dict("records"):
        hits = dated[rule["field"]].str.contains(rule["pattern"], case=False, regex=True)
        assert hits.any(), f"{rule['pattern']} matches no row any more"


# Pairs that share a border (names in French); enclaves and points are left out.
NEIGHBOURS = """
Anderlecht: Molenbeek-Saint-Jean, Saint-Gilles, Forest, Bruxelles
Auderghem: Etterbeek, Ixelles, Watermael-Boitsfort, Woluwe-Saint-Pierre
Berchem-Sainte-Agathe: Ganshoren, Koekelberg, Molenbeek-Saint-Jean
Bruxelles: Jette, Molenbeek-Saint-Jean, Schaerbeek, Evere, Saint-Josse-ten-Noode, Etterbeek, Ixelles, Saint-Gilles
Etterbeek: Ixelles, Woluwe-Saint-Pierre, Woluwe-Saint-Lambert
Evere: Schaerbeek, Woluwe-Saint-Lambert
Forest: Saint-Gilles, Uccle, Ixelles
Ganshoren: Jette, Koekelberg
Ixelles: Saint-Gilles, Uccle, Watermael-Boitsfort
Jette: Koekelberg, Molenbeek-Saint-Jean
Koekelberg: Molenbeek-Saint-Jean
Saint-Josse-ten-Noode: Schaerbeek
Schaerbeek: Woluwe-Saint-Lambert
Uccle: Watermael-Boitsfort
Woluwe-Saint-Lambert: Woluwe-Saint-Pierre
"""  # fmt: skip


def test_tiles_hold_each_municipality_once_and_keep_neighbours(
    tables: dict[str, pd.DataFrame],
) -> None:
    tiles = need.municipality_tiles()
    assert sorted(tiles["nis_code"]) == sorted(tables["municipalities"]["nis_code"])
    assert not tiles.duplicated(["column", "row"]).any()
    places = tables["municipalities"].merge(tiles, on="nis_code").set_index("name_fr")
    pairs = [
        (one.strip(), other.strip())
        for line in NEIGHBOURS.strip().splitlines()
        for one, others in [line.split(":")]
        for other in others.split(",")
    ]
    touch = [
        max(abs(places.loc[a, "column"] - places.loc[b, "column"]), abs(places.loc[a, "row"] - places.loc[b, "row"])) == 1
        for a, b in pairs
    ]  # fmt: skip
    assert len(set(map(frozenset, pairs))) == len(pairs)
    assert sum(touch) / len(touch) >= 0.85
