"""Rules of the evidence base that reach across columns, rows or tables.

Cell by cell rules live in ``rules/tables/evidence.yaml``; these are the ones a cell alone
cannot show. They follow the conventions stated with the evidence base.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.errors import Fault

LAST_YEAR_SEEN = 2026  # year of collection: later years in the tables are plans
GROWTH = ("sector_organisations_growth", "sector_jobs_growth", "jobseekers_change_yoy")
AREA_CODES = {"region": "04000", "country": "01000"}


def rule_faults(tables: Mapping[str, pd.DataFrame], file_of: Mapping[str, str]) -> list[Fault]:
    """List every row that breaks a rule between columns, rows or tables.

    Args:
        tables: Raw text frames by name, columns already checked.
        file_of: File name of each table.
    """
    faults: list[Fault] = []
    for rule in (
        _order_of_dates,
        _sources,
        _names,
        _programmes,
        _awards,
        _values,
        _areas,
        _groups,
        _merge_logs,
    ):
        faults.extend(
            Fault(file_of[table], words, row, column, value)
            for table, row, column, value, words in rule(tables)
        )
    return faults


Found = Iterator[tuple[str, str, str, str, str]]


def _hits(table: str, frame: pd.DataFrame, bad: pd.Series, column: str, words: str) -> Found:
    key = frame.columns[0]
    for position in bad.to_numpy().nonzero()[0]:
        row = frame.iloc[int(position)]
        yield table, f"{position + 2} ({row[key]})", column, row[column], words


def _order_of_dates(tables: Mapping[str, pd.DataFrame]) -> Found:
    pairs = [
        ("programmes", "first_year", "last_year"),
        ("programmes", "seen_first_year", "seen_last_year"),
        ("awards", "start", "end"),
        ("funding_facts", "period_start", "period_end"),
        ("need_indicators", "period_start", "period_end"),
    ]
    for table, first, last in pairs:
        frame = tables[table]
        # Dates of different precision are compared on what they share.
        bad = pd.Series(
            [
                bool(a and b) and a[: min(len(a), len(b))] > b[: min(len(a), len(b))]
                for a, b in zip(frame[first], frame[last], strict=True)
            ]
        )
        yield from _hits(table, frame, bad, first, f"lies after {last}; swap or correct them")


def _sources(tables: Mapping[str, pd.DataFrame]) -> Found:
    sources = tables["sources"]
    made = "S" + sources["url"].map(lambda url: hashlib.sha256(url.encode()).hexdigest()[:8])
    yield from _hits(
        "sources", sources, sources["source_id"] != made, "source_id", "is not that of its url"
    )
    yield from _hits(
        "sources", sources, sources["url"].duplicated(), "url", "stands in more than one row"
    )
    used: set[str] = set()
    for name, frame in tables.items():
        for column in {"source_id", "extra_source_ids"} & set(frame.columns):
            if name != "sources":
                used |= set(frame[column].str.split(";").explode())
        if {"source_id", "extra_source_ids"} <= set(frame.columns):
            twice = pd.Series(
                [
                    one in more.split(";")
                    for one, more in zip(frame["source_id"], frame["extra_source_ids"], strict=True)
                ]
            )
            yield from _hits(
                name, frame, twice, "extra_source_ids", "repeats source_id; keep it once"
            )
    idle = ~sources["source_id"].isin(used) & ~sources["note"].str.contains("dropped")
    yield from _hits(
        "sources", sources, idle, "source_id", "is used by no row and no note says why"
    )


def _names(tables: Mapping[str, pd.DataFrame]) -> Found:
    for name in ("funders", "programmes"):
        frame = tables[name]
        nameless = (frame[["name_fr", "name_nl", "name_en"]] == "").all(axis=1)
        yield from _hits(name, frame, nameless, "name_fr", "the row has no name in any language")


def _programmes(tables: Mapping[str, pd.DataFrame]) -> Found:
    frame = tables["programmes"]
    low, high = (
        pd.to_numeric(frame[c], errors="coerce") for c in ("amount_min_eur", "amount_max_eur")
    )
    yield from _hits("programmes", frame, low > high, "amount_min_eur", "lies above amount_max_eur")
    parent = dict(zip(frame["programme_id"], frame["parent_programme_id"], strict=True))
    circles = frame["programme_id"].map(lambda one: _in_circle(one, parent))
    yield from _hits(
        "programmes", frame, circles, "parent_programme_id", "the parents run in a circle"
    )
    half = (frame["seen_first_year"] == "") != (frame["seen_last_year"] == "")
    yield from _hits(
        "programmes", frame, half, "seen_first_year", "only one of the seen years is filled"
    )
    late = pd.to_numeric(frame["seen_last_year"], errors="coerce") > LAST_YEAR_SEEN
    yield from _hits("programmes", frame, late, "seen_last_year", "lies in the future")
    years = seen_years(tables)
    seen = frame["programme_id"].map(years)
    outside = pd.Series(
        [
            isinstance(found, set) and not (first and first <= min(found) and last >= max(found))
            for found, first, last in zip(
                seen, frame["seen_first_year"], frame["seen_last_year"], strict=True
            )
        ]
    )
    yield from _hits(
        "programmes", frame, outside, "seen_first_year", "the seen years leave out linked rows"
    )


def _in_circle(programme: str, parent: Mapping[str, str]) -> bool:
    steps, up = 0, parent.get(programme, "")
    while up and steps < 9:
        up, steps = parent.get(up, ""), steps + 1
    return bool(up)


def seen_years(tables: Mapping[str, pd.DataFrame]) -> dict[str, set[str]]:
    """Return, per programme, the years in which a linked row or its own status shows it."""
    seen: dict[str, set[str]] = {}
    for table, columns in (
        ("programmes", ["status_as_of"]),
        ("awards", ["call_year", "start", "end"]),
        ("funding_facts", ["period_start", "period_end"]),
    ):
        long = tables[table].melt("programme_id", columns, value_name="when")
        long["year"] = long["when"].str[:4]
        long = long[(long["programme_id"] != "") & (long["year"] != "")]
        long = long[long["year"].astype(int) <= LAST_YEAR_SEEN]
        for programme, year in zip(long["programme_id"], long["year"], strict=True):
            seen.setdefault(programme, set()).add(year)
    return seen


def _awards(tables: Mapping[str, pd.DataFrame]) -> Found:
    frame = tables["awards"]
    communes = set(tables["municipalities"]["name_fr"])
    for bad, column, words in (
        (
            (frame["call_year"] == "") != (frame["call_year_basis"] == ""),
            "call_year_basis",
            "call_year and call_year_basis do not go together",
        ),
        (
            (frame["legal_form"] == "unknown") & (frame["legal_form_basis"] != ""),
            "legal_form_basis",
            "is given for an unknown legal form",
        ),
        (
            (frame["amount_eur"] == "") & (frame["amount_kind"] != ""),
            "amount_kind",
            "is given without an amount",
        ),
        (
            (frame["municipality"] != "") & ~frame["municipality"].isin(communes),
            "municipality",
            "is not one of the 19; use the French name in municipalities.csv",
        ),
    ):
        yield from _hits("awards", frame, bad, column, words)


def _values(tables: Mapping[str, pd.DataFrame]) -> Found:
    units = tables["indicators"].set_index("indicator")["unit"].str.split("|").to_dict()
    used: set[str] = set()
    for name in ("funding_facts", "need_indicators"):
        frame = tables[name]
        used |= set(frame["indicator"])
        foreign = pd.Series(
            [
                unit not in units.get(indicator, [unit])
                for indicator, unit in zip(frame["indicator"], frame["unit"], strict=True)
            ]
        )
        yield from _hits(name, frame, foreign, "unit", "does not belong to the indicator")
        value = pd.to_numeric(frame["value"], errors="coerce")
        share = frame["unit"].eq("percent") & ~frame["indicator"].isin(GROWTH)
        yield from _hits(
            name,
            frame,
            share & ~value.between(0, 100) & value.notna(),
            "value",
            "a percentage must lie between 0 and 100",
        )
        yield from _hits(
            name, frame, (value < 0) & frame["unit"].ne("percent"), "value", "must not be negative"
        )
    indicators = tables["indicators"]
    yield from _hits(
        "indicators",
        indicators,
        ~indicators["indicator"].isin(used),
        "indicator",
        "is used by no row",
    )


def _areas(tables: Mapping[str, pd.DataFrame]) -> Found:
    places = tables["municipalities"]
    if len(places) != 19:
        yield "municipalities", "", "nis_code", str(len(places)), "there must be 19 municipalities"
    names = dict(zip(places["nis_code"], places["name_fr"], strict=True))
    needs = tables["need_indicators"]
    local = needs["area_kind"].eq("municipality")
    wrong_name = local & (needs["nis_code"].map(names).fillna("") != needs["area"])
    yield from _hits(
        "need_indicators", needs, wrong_name, "nis_code", "is not the code of the area"
    )
    wrong_code = ~local & (needs["area_kind"].map(AREA_CODES) != needs["nis_code"])
    yield from _hits("need_indicators", needs, wrong_code, "nis_code", "does not fit area_kind")


def _groups(tables: Mapping[str, pd.DataFrame]) -> Found:
    for names, column in (
        (("funding_facts", "need_indicators"), "same_as"),
        (("funding_facts", "need_indicators"), "conflict_group"),
        (("awards",), "same_as"),
        (("programmes",), "same_as"),
    ):
        everywhere = pd.concat([tables[name][column] for name in names])
        single = everywhere.value_counts().loc[lambda n: n == 1].index
        for name in names:
            frame = tables[name]
            alone = frame[column].isin(single) & frame[column].ne("")
            yield from _hits(name, frame, alone, column, "the group has one member only")


def _merge_logs(tables: Mapping[str, pd.DataFrame]) -> Found:
    logs = [name for name in tables if name.startswith("merge_log")]
    members: dict[str, list[str]] = {}
    for name in ("programmes", "awards", "funding_facts", "need_indicators"):
        frame = tables[name]
        for key, cell in zip(frame.iloc[:, 0], frame["origin_ids"], strict=True):
            for origin in filter(None, cell.split(";")):
                members.setdefault(origin, []).append(key)
    seen: set[str] = set()
    for name in logs:
        frame = tables[name]
        repeated = frame["origin_id"].isin(seen)
        yield from _hits(name, frame, repeated, "origin_id", "stands in more than one merge log")
        seen |= set(frame["origin_id"])
        dropped = frame["action"].eq("dropped")
        yield from _hits(
            name,
            frame,
            dropped == (frame["target_id"] != ""),
            "target_id",
            "target_id and action do not go together",
        )
        yield from _hits(
            name, frame, dropped & frame["reason"].eq(""), "reason", "is empty for a dropped row"
        )
        lost = pd.Series(
            [
                members.get(origin, []) != ([target] if target else [])
                for origin, target in zip(frame["origin_id"], frame["target_id"], strict=True)
            ]
        )
        yield from _hits(
            name,
            frame,
            lost,
            "target_id",
            "is not the one row of the tables that names this origin",
        )
    for origin in sorted(set(members) - seen):
        yield logs[0], "", "origin_id", origin, "is named by a row but stands in no merge log"
