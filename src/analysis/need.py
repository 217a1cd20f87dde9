"""Need: one comparable value a year for the Region, and what is known of the 19 municipalities.

Which series exist, where they break and how the words of a note tell the basis of a figure are
data (``rules/need_*.csv``); this module chooses and compares, it never fills a gap.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from analysis.project import RULES
from analysis.tables import Tables

REGION_NIS = "04000"
COUNTRY_NIS = "01000"
MUNICIPALITIES = 19
UNIPSO_DOMAINS = ("education", "social_action", "health", "culture", "employment", "housing")
# Best first: what measures the year as a whole, what measures one day, what only names a year,
# and the edition of a barometer, which is the year of publication, not of measurement.
BASES = ("annual_average", "day", "year", "edition")
KINDS = ("exact", "approx", "at_least", "at_most")
SERIES_YEARS = 3
LEVEL_BELOW = 0.02
WINDOW_YEARS = 5


@cache
def _rules(name: str) -> pd.DataFrame:
    return pd.read_csv(RULES / f"{name}.csv", dtype=str, keep_default_na=False)


def series_rules() -> pd.DataFrame:
    """Return ``rules/need_series.csv``: panel, series, domain, indicators, years, step, seasonal.

    ``indicators`` is ;-separated, the preferred first; ``step_years`` is the usual distance of two
    values; ``seasonal`` = yes: two months of a year are not comparable.
    """
    return _rules("need_series").copy()


def break_rules() -> pd.DataFrame:
    """Return ``rules/need_breaks.csv``: series, first year after the break, reason, need_id."""
    rules = _rules("need_breaks").copy()
    rules["year"] = rules["year"].astype(int)
    return rules


def municipality_tiles() -> pd.DataFrame:
    """Return ``rules/municipality_tiles.csv``: nis_code, column and row from the north-west (0)."""
    tiles = _rules("municipality_tiles").copy()
    return tiles.astype({"column": int, "row": int})


def dated_values(tables: Tables, nis_code: str = REGION_NIS) -> pd.DataFrame:
    """Return all dated need rows of one area with the day they stand for and their basis.

    Args:
        tables: Checked tables.
        nis_code: The area; by default the Region.

    Returns:
        The columns of ``need_indicators`` and: first, last (days of the period), at (its middle),
        year (of the last day), month (of the last day), basis (one of :data:`BASES`).
    """
    need = tables["need_indicators"]
    rows = need[need["nis_code"].eq(nis_code) & need["period_start"].ne("")].copy()
    end = rows["period_end"].where(rows["period_end"].ne(""), rows["period_start"])
    rows["first"] = pd.to_datetime(rows["period_start"].map(lambda text: _day(text, "first")))
    rows["last"] = pd.to_datetime(end.map(lambda text: _day(text, "last")))
    rows["at"] = rows["first"] + (rows["last"] - rows["first"]) // 2
    rows["at"] = rows["at"].dt.normalize()
    rows["year"] = rows["last"].dt.year.astype(int)
    rows["month"] = rows["last"].dt.month.astype(int)
    within_month = (rows["last"] - rows["first"]).dt.days <= 31
    rows["basis"] = within_month.map({True: "day", False: "year"})
    rules = _rules("need_basis")
    for field, pattern, basis in zip(rules["field"], rules["pattern"], rules["basis"], strict=True):
        rows.loc[rows[field].str.contains(pattern, case=False, regex=True), "basis"] = basis
    return rows.reset_index(drop=True)


def _day(text: str, which: str) -> str:
    start = text + {4: "-01-01", 7: "-01", 10: ""}[len(text)]
    if which == "first" or len(text) == 10:
        return start
    day = pd.Timestamp(start)
    end = day + (pd.offsets.YearEnd(0) if len(text) == 4 else pd.offsets.MonthEnd(0))
    return str(end.date())


def _members(dated: pd.DataFrame) -> pd.DataFrame:
    """Return the dated rows of every series, with the rules of the series beside them."""
    parts = []
    for rule in series_rules().to_dict("records"):
        order = {name: place for place, name in enumerate(rule["indicators"].split(";"))}
        low = int(rule["from_year"] or -1)
        high = int(rule["until_year"] or 9999)
        part = dated[dated["indicator"].isin(order) & dated["year"].between(low, high)].copy()
        parts.append(
            part.assign(
                panel=rule["panel"],
                series=rule["series"],
                domain=rule["domain"],
                preference=part["indicator"].map(order).astype(int),
                step_years=int(rule["step_years"]),
                # Two months of a year differ by the season alone.
                season=part["month"].where(
                    part["basis"].eq("day") & (rule["seasonal"] == "yes"), 0
                ),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _era(rows: pd.DataFrame) -> pd.Series:
    """Return how many breaks of its series lie at or before the year of each row."""
    breaks = break_rules()
    pairs = (
        rows[["series", "year"]]
        .reset_index(names="position")
        .merge(breaks[["series", "year"]].rename(columns={"year": "broken"}), on="series")
    )
    passed = pairs[pairs["broken"] <= pairs["year"]].groupby("position").size()
    return passed.reindex(rows.index, fill_value=0).astype(int)


def regional_series(tables: Tables) -> pd.DataFrame:
    """Choose one value a year for each regional series, and say which values may be joined.

    Among several values of one year the first wins by: basis (annual average, a day or month, a
    year without more, the edition of a barometer), preferred indicator, exact before approximate
    before a bound, December where the season matters, the latest day, the row id. Rows without a
    date are never placed (:func:`undated_rows`).

    Two neighbours are in one ``stretch`` (may be joined by a line) when they have the same basis
    (and month, where the season matters), lie no further apart than the usual step of the series,
    and no break lies between them (``rules/need_breaks.csv``).

    Returns:
        panel, series, domain, indicator, year, period_start, period_end, at (middle of the
        period), value, low, high (in ``unit``), unit, value_kind, derived, basis, season (month
        or 0), conflict_group, stretch (number within the series), era (number of breaks passed),
        break_reason (of the break that opens this era, on its first value), not_chosen (ids of
        other rows of that year), need_id, source_id, note; by series in the order of the rules,
        then year.
    """
    rows = _members(dated_values(tables))
    rows["basis_rank"] = rows["basis"].map({name: place for place, name in enumerate(BASES)})
    rows["kind_rank"] = rows["value_kind"].map({name: place for place, name in enumerate(KINDS)})
    rows["off_season"] = (rows["season"].ne(0) & rows["season"].ne(12)).astype(int)
    rows["series_rank"] = rows["series"].map(
        {name: place for place, name in enumerate(series_rules()["series"])}
    )
    rows = rows.sort_values(
        ["series_rank", "year", "basis_rank", "preference", "kind_rank", "off_season", "last", "need_id"],
        ascending=[True, True, True, True, True, True, False, True],
    )  # fmt: skip
    of_year = rows.groupby(["series", "year"], sort=False)
    others = of_year["need_id"].agg(lambda ids: ";".join(ids.iloc[1:]))
    chosen = of_year.head(1).reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(chosen[["series", "year"]])
    chosen["not_chosen"] = others.reindex(keys).to_numpy()
    chosen["era"] = _era(chosen)
    before = chosen.groupby("series", sort=False)
    new = (
        chosen["basis"].ne(before["basis"].shift())
        | chosen["season"].ne(before["season"].shift())
        | chosen["era"].ne(before["era"].shift())
        | (chosen["year"] - before["year"].shift() > chosen["step_years"])
    )
    chosen["stretch"] = new.groupby(chosen["series"]).cumsum().astype(int)
    reasons = break_rules()
    first = chosen["era"].ne(before["era"].shift().fillna(0)) & chosen["era"].gt(0)
    chosen["break_reason"] = [
        reasons[(reasons["series"] == series) & (reasons["year"] <= year)].sort_values("year")["reason"].iloc[-1]
        if opens else ""
        for series, year, opens in zip(chosen["series"], chosen["year"], first, strict=True)
    ]  # fmt: skip
    columns = [
        "panel", "series", "domain", "indicator", "year", "period_start", "period_end", "at",
        "value", "low", "high", "unit", "value_kind", "derived", "basis", "season",
        "conflict_group", "stretch", "era", "break_reason", "not_chosen", "need_id", "source_id",
        "note",
    ]  # fmt: skip
    return chosen[columns]


def undated_rows(tables: Tables) -> pd.DataFrame:
    """Return the regional rows of the series that state no date and so cannot be placed."""
    need = tables["need_indicators"]
    wanted = set(";".join(series_rules()["indicators"]).split(";"))
    mask = (
        need["nis_code"].eq(REGION_NIS)
        & need["indicator"].isin(wanted)
        & need["period_start"].eq("")
    )
    return need[mask].reset_index(drop=True)


def recent_change(
    tables: Tables, window_years: int = WINDOW_YEARS, with_approximate: bool = True
) -> pd.DataFrame:
    """Compare the newest value of each series with the oldest comparable one in a window.

    Comparable: same basis and, where the season matters, same month; no break between; not a
    barometer edition. Among the pairs whose newer value is at most a year older than the newest
    that has a partner, the longest distance counts, then the newer one. A bound counts only where it can but strengthen the sign: "at least" as the newer value.
    A change of less than 2 percent of the older value is *level*.

    Args:
        tables: Checked tables.
        window_years: Longest distance of the two values in years.
        with_approximate: Also use approximate and derived values and bounds.

    Returns:
        One row a series: series, first_id, last_id, first_year, last_year, first, last (in the
        unit of the series), change (share of the first), direction (rising, falling, level,
        unknown when no two values are comparable).
    """
    rows = _members(dated_values(tables))
    if not with_approximate:
        rows = rows[rows["value_kind"].eq("exact")].reset_index(drop=True)
    rows["era"] = _era(rows)
    pairs = rows.merge(rows, on=["series", "basis", "season", "era"], suffixes=("_a", "_b"))
    years = pairs["year_b"] - pairs["year_a"]
    pairs = pairs[
        years.between(1, window_years)
        & pairs["basis"].ne("edition")
        & pairs["value_kind_a"].isin(["exact", "approx"])
        & pairs["value_kind_b"].isin(["exact", "approx", "at_least"])
    ].copy()
    pairs["change"] = pairs["value_b"] / pairs["value_a"] - 1
    pairs = pairs[pairs["value_kind_b"].ne("at_least") | pairs["change"].gt(0)]
    pairs["distance"] = pairs["year_b"] - pairs["year_a"]
    pairs = pairs.sort_values(
        ["distance", "year_b", "preference_a", "preference_b", "value_kind_b", "value_kind_a", "need_id_a", "need_id_b"],
        ascending=[False, False, True, True, False, False, True, True],
        kind="stable",
    )  # fmt: skip
    newest = pairs.groupby("series")["year_b"].transform("max")
    best = pairs[pairs["year_b"] >= newest - 1].groupby("series").head(1).set_index("series")
    out = pd.DataFrame(index=pd.Index(series_rules()["series"], name="series"))
    names = {"need_id_a": "first_id", "need_id_b": "last_id", "year_a": "first_year", "year_b": "last_year", "value_a": "first", "value_b": "last", "change": "change"}  # fmt: skip
    out = out.join(best[list(names)].rename(columns=names))
    out["direction"] = "unknown"
    out.loc[out["change"].abs() < LEVEL_BELOW, "direction"] = "level"
    out.loc[out["change"] >= LEVEL_BELOW, "direction"] = "rising"
    out.loc[out["change"] <= -LEVEL_BELOW, "direction"] = "falling"
    out = out.astype({"first_year": "Int64", "last_year": "Int64"})
    return out.reset_index()


def domain_coverage(tables: Tables) -> pd.DataFrame:
    """Say for each UNIPSO domain how much of a regional series the evidence holds.

    Returns:
        domain, indicators (with a dated regional figure), figures (dated regional rows up to the
        date of the evidence), longest (most years of one indicator), has_series (longest is at
        least :data:`SERIES_YEARS`).
    """
    from analysis.tables import as_of

    rows = dated_values(tables)
    # Forecasts are not measurements.
    rows = rows[rows["year"] <= as_of(tables).year]
    found = rows.groupby(["domain", "indicator"]).agg(
        years=("year", "nunique"), figures=("need_id", "size")
    )
    by_domain = found.groupby("domain").agg(
        indicators=("years", "size"), figures=("figures", "sum"), longest=("years", "max")
    )
    out = by_domain.reindex(UNIPSO_DOMAINS, fill_value=0).rename_axis("domain").reset_index()
    out["has_series"] = out["longest"] >= SERIES_YEARS
    return out


def municipal_coverage(tables: Tables) -> pd.DataFrame:
    """List for which indicators and periods the municipalities are known.

    Returns:
        indicator, domain, period_start, period_end (empty text = not stated), municipalities
        (count, of 19), missing (NIS codes, ;-separated), complete (all 19 and dated); sorted.
    """
    need = tables["need_indicators"]
    rows = need[need["area_kind"].eq("municipality")]
    all_codes = sorted(tables["municipalities"]["nis_code"])
    keys = ["indicator", "domain", "period_start", "period_end"]
    known = rows.groupby(keys)["nis_code"].agg(set).reset_index()
    known["municipalities"] = known["nis_code"].map(len)
    known["missing"] = known["nis_code"].map(
        lambda codes: ";".join(code for code in all_codes if code not in codes)
    )
    known["complete"] = known["missing"].eq("") & known["period_start"].ne("")
    return known.drop(columns="nis_code").sort_values(keys, ignore_index=True)


def latest_complete_year(tables: Tables, indicator: str) -> int:
    """Return the newest year in which all 19 municipalities have a value of an indicator.

    Raises:
        ValueError: There is no such year.
    """
    panels = municipal_coverage(tables)
    panels = panels[panels["indicator"].eq(indicator) & panels["complete"]]
    if panels.empty:
        raise ValueError(f"no year has {indicator} for all {MUNICIPALITIES} municipalities")
    return int(panels["period_start"].str[:4].astype(int).max())


def municipal_values(tables: Tables, indicator: str, year: int) -> pd.DataFrame:
    """Return one row for each of the 19 municipalities, also where no value is known.

    Args:
        tables: Checked tables.
        indicator: Key of ``indicators``.
        year: Year of the period, for periods of exactly one year.

    Returns:
        nis_code, name_fr, name_nl, indicator, year, value, low, high (missing where none), unit,
        value_kind, need_id, source_id (empty text where none); highest value first, then the
        missing ones, then by NIS code.
    """
    need = tables["need_indicators"]
    rows = need[
        need["area_kind"].eq("municipality")
        & need["indicator"].eq(indicator)
        & need["period_start"].eq(str(year))
        & need["period_end"].isin([str(year), ""])
    ]
    columns = ["nis_code", "value", "low", "high", "unit", "value_kind", "need_id", "source_id"]
    # Sources that disagree are one row with a range already.
    rows = rows.sort_values("need_id").drop_duplicates("nis_code")[columns]
    out = tables["municipalities"][["nis_code", "name_fr", "name_nl"]].merge(
        rows, on="nis_code", how="left"
    )
    out.insert(3, "indicator", indicator)
    out.insert(4, "year", year)
    for column in ("unit", "value_kind", "need_id", "source_id"):
        out[column] = out[column].fillna("")
    return out.sort_values(["value", "nis_code"], ascending=[False, True], ignore_index=True)


def reference_value(tables: Tables, indicator: str, year: int, nis_code: str) -> pd.DataFrame:
    """Return the row (none or one) of an indicator for the Region or the country in a year."""
    need = tables["need_indicators"]
    rows = need[
        need["nis_code"].eq(nis_code)
        & need["indicator"].eq(indicator)
        & need["period_start"].eq(str(year))
    ]
    return rows.sort_values("need_id").head(1).reset_index(drop=True)
