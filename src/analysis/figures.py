"""Figures as published: rows that say the same are merged, rows that disagree become a range.

Nothing is averaged. Of several values one is *chosen* by a stated order and the lowest and the
highest stay beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from analysis.status import span

# Best first. Exact before approximate before bounds; then the nature of the source.
VALUE_KINDS = ("exact", "approx", "at_least", "at_most")
SOURCE_KINDS = (
    "statistics",
    "law",
    "official_page",
    "parliament",
    "association",
    "press",
    "repository",
    "other",
)
_PERIOD = ("period_start", "period_end")


def resolve(rows: pd.DataFrame, sources: pd.DataFrame, subject: Sequence[str]) -> pd.DataFrame:
    """Merge rows of one figure and show contradictions as a range.

    Rows with one ``same_as`` are one figure. Figures with one ``conflict_group`` become one
    range when they are about the same thing: equal ``subject`` columns, indicator and unit, and
    periods that overlap or are not stated. Otherwise they stay apart and keep the mark.

    Args:
        rows: Text frame of facts or need indicators; the first column is the key.
        sources: Source rows (source_id, kind, published).
        subject: Columns that must agree for a range besides indicator and unit.

    Returns:
        The chosen row of each figure in the order of the keys, with low, high (text, as
        written), resolution (single, same, range), chosen_because, member_ids.
    """
    key = rows.columns[0]
    kind = rows["source_id"].map(sources.set_index("source_id")["kind"])
    ranked = rows.assign(
        _value=pd.to_numeric(rows["value"]),
        _vague=rows["value_kind"].map(VALUE_KINDS.index),
        _kind=kind.map(SOURCE_KINDS.index),
        # A row with a period says more than one without; the longer the text the more precise.
        _undated=-rows["period_start"].str.len(),
        _older=-pd.to_numeric(
            rows["source_id"].map(sources.set_index("source_id")["published"]).str[:4],
            errors="coerce",
        ).fillna(0),
    ).sort_values(["_vague", "_kind", "_undated", "_older", key])
    ranked["_figure"] = _figure_ids(rows, key, subject)
    chosen = ranked.groupby("_figure", sort=False).first()
    # groupby.first skips nothing here: every cell is text or a number.
    spread = ranked.groupby("_figure", sort=False).agg(
        low=("_value", "min"),
        high=("_value", "max"),
        member_ids=(key, lambda ids: ";".join(sorted(ids))),
        _members=(key, "size"),
        _values=("_value", "nunique"),
        _kinds=("_vague", "nunique"),
        _sources=("_kind", "nunique"),
    )
    figures = chosen.join(spread)
    figures["resolution"] = "single"
    figures.loc[figures["_members"] > 1, "resolution"] = "same"
    figures.loc[figures["_values"] > 1, "resolution"] = "range"
    figures["chosen_because"] = [
        _why(row) if row["_members"] > 1 else "" for row in figures.to_dict("records")
    ]
    return figures.drop(
        columns=[column for column in figures.columns if column.startswith("_")]
    ).sort_values(key, ignore_index=True)


def _why(row: Mapping[Hashable, object]) -> str:
    if row["_values"] == 1 and row["_kinds"] == 1:
        return "all rows say the same"
    reasons = []
    if row["_kinds"] != 1:
        reasons.append("the most exact wording")
    if row["_sources"] != 1:
        reasons.append("the source nearest to the origin")
    reasons.append("then the best dated, newest source")
    return ", ".join(reasons)


def _figure_ids(rows: pd.DataFrame, key: str, subject: Sequence[str]) -> pd.Series:
    """Return, per row, the lowest key of its figure."""
    leader = dict(zip(rows[key], rows[key], strict=True))

    def find(one: str) -> str:
        while leader[one] != one:
            one = leader[one]
        return one

    def join(one: str, other: str) -> None:
        low, high = sorted((find(one), find(other)))
        leader[high] = low

    for _, group in rows[rows["same_as"] != ""].groupby("same_as"):
        for other in group[key].iloc[1:]:
            join(group[key].iloc[0], other)
    # An undated row that says the same as a dated one shares its period.
    dated = rows.assign(figure=rows[key].map(find))
    first_dated = dated[dated["period_start"] != ""].groupby("figure")[list(_PERIOD)].first()
    undated = dated["period_start"].eq("") & dated["figure"].isin(first_dated.index)
    for column in _PERIOD:
        dated.loc[undated, column] = dated.loc[undated, "figure"].map(first_dated[column])
    for _, group in dated[dated["conflict_group"] != ""].groupby(
        ["conflict_group", *subject, "indicator", "unit"]
    ):
        records = group.to_dict("records")
        for number, one in enumerate(records):
            for other in records[number + 1 :]:
                if _periods_meet(one, other):
                    join(one[key], other[key])
    return rows[key].map(find)


def _periods_meet(one: Mapping[Hashable, str], other: Mapping[Hashable, str]) -> bool:
    if not one["period_start"] or not other["period_start"]:
        return True
    first, second = (
        (span(row["period_start"]).start, span(row["period_end"] or row["period_start"]).end)
        for row in (one, other)
    )
    return first[0] <= second[1] and second[0] <= first[1]
