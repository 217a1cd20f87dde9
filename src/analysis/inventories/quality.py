"""Check what was published: each finding a sentence an official understands and can act on.

In the manner of the 360Giving data-quality tool: what, why it matters, how to mend it, how many
of the *relevant* rows, and which. The texts are data (``texts/quality.yaml``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from analysis.inventories.awards import Part
    from analysis.inventories.intake import Ingested

Mask = npt.NDArray[np.bool_]

# Rows listed as examples in tables; reports show the first few.
EXAMPLES = 200
# A beneficiary with this share of a year's money is missed when it is missing.
# Letters that a converter replaced: B_n_ficiaire, Soci?t?.
_LOST = r"\x{fffd}|\p{L}[_?]\p{L}|(?:^| )_[a-z]"
LARGE_SHARE = 0.05
# What is left when a beneficiary keeps less than this of its usual amount is not its amount.
SMALL_REST = 0.1
JUMP = 0.2
ID_DROP = 0.05
COLUMNS = (
    "check",
    "importance",
    "source_file",
    "source_sheet",
    "count",
    "relevant",
    "share",
    "amount_eur",
    "examples",
    "year",
    "before",
    "change",
)
IMPORTANCE = {
    "rows_quarantined": "high",
    "file_incomplete": "high",
    "amount_unreadable": "high",
    "amount_not_published": "high",
    "granted_not_published_planned_known": "high",
    "year_large_beneficiary_gap": "high",
    "year_sum_jump": "high",
    "totals_off": "high",
    "personal_number": "high",
    "natural_persons": "high",
    "object_missing": "high",
    "year_missing": "high",
    "id_column_missing": "high",
    "currency": "high",
    "id_missing": "medium",
    "id_invalid": "medium",
    "id_establishment": "medium",
    "amount_ambiguous": "medium",
    "amount_negative": "medium",
    "duplicate_exact": "medium",
    "planned_granted_pair": "medium",
    "end_before_start": "medium",
    "id_variants": "medium",
    "text_repaired": "medium",
    "letters_lost": "medium",
    "columns_unsure": "medium",
    "year_id_share_drop": "medium",
    "amount_zero": "low",
    "duplicate_payment": "low",
    "name_variants": "low",
    "name_line_break": "low",
    "group_beneficiaries": "low",
    "object_same_as_title": "low",
    "object_one_language": "low",
}


@dataclass(frozen=True)
class _Found:
    check: str
    count: int
    relevant: int
    rows: Sequence[int] = ()
    amount: float = float("nan")
    year: int = 0
    before: int = 0
    change: float = float("nan")


def check(result: Ingested, parts: Sequence[Part]) -> pd.DataFrame:
    """Run every check on every file and across years.

    Args:
        result: The run, with ``years`` filled in.
        parts: The sheets it was made of.

    Returns:
        One row per finding: columns of ``COLUMNS``; ``share`` is count over relevant rows (0 to
        1), ``amount_eur`` EUR nominal where the finding is about money, ``examples`` source rows.
    """
    rows: list[dict[str, Any]] = []
    start = 0
    for part in parts:
        frame = result.awards.iloc[start : start + len(part)]
        start += len(part)
        for found in (*_of_file(part), *(_of_rows(frame, part) if len(frame) else ())):
            rows.append(_row(found, part.ledger["file"], part.ledger["sheet"]))
    rows.extend(_row(found, "", "") for found in _of_years(result))
    order = {"high": 0, "medium": 1, "low": 2}
    place = {name: number for number, name in enumerate(IMPORTANCE)}
    rows.sort(
        key=lambda row: (
            order[row["importance"]],
            place[row["check"]],
            row["year"],
            row["source_file"],
            row["source_sheet"],
        )
    )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(found: _Found, file: str, sheet: str) -> dict[str, Any]:
    return {
        "check": found.check,
        "importance": IMPORTANCE[found.check],
        "source_file": file,
        "source_sheet": sheet,
        "count": found.count,
        "relevant": found.relevant,
        "share": found.count / found.relevant if found.relevant else float("nan"),
        "amount_eur": found.amount,
        "examples": " ".join(str(int(row)) for row in list(found.rows)[:EXAMPLES]),
        "year": found.year,
        "before": found.before,
        "change": found.change,
    }


def _of_file(part: Part) -> Iterator[_Found]:
    entry = part.ledger
    if len(part.quarantine):
        relevant = entry["rows_read"] - entry["rows_ignored"]
        yield _Found(
            "rows_quarantined",
            len(part.quarantine),
            relevant,
            part.quarantine["source_row"].tolist(),
        )
    if part.totals_off:
        totals = entry["rows_ignored_by_reason"].get("total", 0)
        yield _Found(
            "totals_off", len(part.totals_off), totals, [row for row, _, _ in part.totals_off]
        )
    if entry["columns_unsure"]:
        yield _Found("columns_unsure", len(entry["columns_unsure"]), len(entry["columns"]))
    if entry["rows_kept"] and "beneficiary_id" not in entry["columns"]:
        yield _Found("id_column_missing", entry["rows_kept"], entry["rows_kept"])
    for decision in entry["decisions"]:
        if decision.startswith("incomplete:"):
            numbers = [int(word) for word in decision.split() if word.isdigit()]
            yield _Found("file_incomplete", numbers[0], numbers[1])


def _of_rows(frame: pd.DataFrame, part: Part) -> Iterator[_Found]:
    size = len(frame)
    source = frame["source_row"].to_numpy()
    every = np.ones(size, dtype=bool)
    reported = _is(frame["amount_state"], "reported") | _is(frame["amount_state"], "reported_zero")
    has_id_column = "beneficiary_id" in part.ledger["columns"]
    numbered = ~_is(frame["beneficiary_id_state"], "missing")
    natural = _is(frame["beneficiary_kind"], "natural_person")
    group = _is(frame["beneficiary_kind"], "group")
    flags = frame["flags"]

    def flagged(name: str) -> Mask:
        return _contains(flags, rf"(?:^|;){name}(?:[:;]|$)")

    def found(
        name: str, where: Mask, relevant: Mask, amount: float = float("nan")
    ) -> Iterator[_Found]:
        if where.any():
            yield _Found(
                name,
                int(where.sum()),
                int(relevant.sum()),
                source[where][:EXAMPLES].tolist(),
                amount,
            )

    planned_known = part.marks.get("granted_not_published_planned_known", ~every)
    lost = int(part.planned_cents[planned_known].sum()) / 100
    yield from found("amount_unreadable", _is(frame["amount_state"], "unreadable"), every)
    yield from found("amount_not_published", _is(frame["amount_state"], "not_published"), every)
    yield from found("granted_not_published_planned_known", planned_known, part.has_planned, lost)
    yield from found("amount_zero", _is(frame["amount_state"], "reported_zero"), reported)
    yield from found(
        "amount_negative", part.cents < 0, reported, int(part.cents[part.cents < 0].sum()) / 100
    )
    yield from found("amount_ambiguous", part.marks.get("amount_ambiguous", ~every), reported)
    if "currency" in part.notes:
        yield from found("currency", flagged("currency"), every)
    if has_id_column:
        expected = ~natural & ~group
        yield from found("id_missing", ~numbered & expected, expected)
        yield from found("id_invalid", _is(frame["beneficiary_id_state"], "invalid"), numbered)
        yield from found(
            "id_establishment", _is(frame["beneficiary_id_state"], "establishment"), numbered
        )
    if "beneficiary_id_invalid" in part.notes:
        personal = flagged("beneficiary_id_invalid:withheld")
        yield from found("personal_number", personal, numbered)
    yield from found("natural_persons", natural, every)
    yield from found("group_beneficiaries", group, every)
    blank = _is(frame["object"], "")
    yield from found("object_missing", blank, every)
    yield from found(
        "object_same_as_title",
        ~blank & (frame["object"] == frame["title"]).to_numpy(dtype=bool),
        ~blank,
    )
    split = ~_is(frame["object_fr"], "") & ~_is(frame["object_nl"], "")
    if split.mean() > 0.5:
        yield from found("object_one_language", ~split & ~blank, ~blank)
    yield from found("year_missing", frame["year"].isna().to_numpy(), every)
    yield from found(
        "end_before_start",
        part.marks.get("end_before_start", ~every),
        frame["end_year"].notna().to_numpy(),
    )
    for name in ("duplicate_exact", "duplicate_payment", "planned_granted_pair"):
        yield from found(name, flagged(name), every)
    yield from found("name_line_break", part.marks.get("name_line_break", ~every), every)
    yield from found("text_repaired", part.marks.get("text_repaired", ~every), every)
    yield from found("letters_lost", _contains(frame["beneficiary_name"], _LOST), every)
    yield from _variants(frame, source)


def _is(column: pd.Series, value: str) -> Mask:
    return np.asarray((column == value).to_numpy(dtype=bool), dtype=bool)


def _contains(column: pd.Series, pattern: str) -> Mask:
    values = pa.array(column, pa.string(), from_pandas=True)
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _variants(frame: pd.DataFrame, source: npt.NDArray[Any]) -> Iterator[_Found]:
    """Numbers under several names, and names under several numbers."""
    valid = ~_is(frame["beneficiary_id"], "") & ~_is(frame["beneficiary_kind"], "natural_person")
    if not valid.any():
        return
    ids, id_values = pd.factorize(frame["beneficiary_id"].array)
    names, name_values = pd.factorize(frame["beneficiary_name"].array)
    both = ids.astype(np.int64) * max(len(name_values), 1) + names
    _, first = np.unique(both[valid], return_index=True)
    first = np.flatnonzero(valid)[np.sort(first)]
    pairs = pd.DataFrame(
        {"id": id_values[ids[first]], "name": name_values[names[first]], "row": source[first]}
    )
    pairs["name"] = pairs["name"].str.casefold().str.replace(r"\W+", " ", regex=True)
    pairs = pairs.drop_duplicates(["id", "name"])
    for name, key in (("name_variants", "id"), ("id_variants", "name")):
        times = pairs[key].value_counts()
        several = times[times > 1]
        if len(several):
            rows = pairs.loc[pairs[key].isin(several.index), "row"]
            yield _Found(name, len(several), len(times), rows.tolist())


# ---------------------------------------------------------------------- years


def compare_years(result: Ingested, parts: Sequence[Part]) -> pd.DataFrame:
    """Sum up each year.

    Returns:
        Per year (unknown years last): rows, beneficiaries (by number, else by name), amount_eur
        (EUR nominal, reported amounts only), rows_without_amount, planned_not_published_eur
        (planned EUR of rows whose granted amount is missing), share_with_id (0 to 1).
    """
    awards = result.awards
    columns = [
        "year",
        "rows",
        "beneficiaries",
        "amount_eur",
        "rows_without_amount",
        "planned_not_published_eur",
        "share_with_id",
    ]
    if not len(awards):
        return pd.DataFrame(columns=columns)
    planned = np.concatenate(
        [
            np.where(
                part.marks.get("granted_not_published_planned_known", np.zeros(len(part), bool)),
                part.planned_cents,
                0,
            )
            for part in parts
        ]
    )
    work = pd.DataFrame(
        {
            "year": awards["year"],
            "who": _who_codes(awards),
            "cents": result.cents,
            "missing": awards["amount_eur"].isna(),
            "planned": planned,
            "valid": awards["beneficiary_id_state"] == "valid",
        }
    )
    grouped = work.groupby("year", dropna=False)
    table = pd.DataFrame(
        {
            "rows": grouped.size(),
            "beneficiaries": grouped["who"].nunique(),
            "amount_eur": grouped["cents"].sum() / 100,
            "rows_without_amount": grouped["missing"].sum().astype("int64"),
            "planned_not_published_eur": grouped["planned"].sum() / 100,
            "share_with_id": grouped["valid"].mean(),
        }
    ).reset_index()
    return table.sort_values("year", na_position="last", ignore_index=True)[columns]


def _who_codes(awards: pd.DataFrame) -> npt.NDArray[Any]:
    ids, id_values = pd.factorize(awards["beneficiary_id"].array)
    names, _ = pd.factorize(awards["beneficiary_name"].array)
    blank = np.asarray(id_values == "", dtype=bool)
    return np.asarray(np.where(blank[ids], -1 - names, ids))


def _of_years(result: Ingested) -> Iterator[_Found]:
    years = result.years[result.years["year"].notna()] if len(result.years) else result.years
    if len(years) < 2:
        return
    rows: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in years.to_dict("records")
    ]
    for previous, current in itertools.pairwise(rows):
        year, before = int(current["year"]), int(previous["year"])
        if previous["amount_eur"] > 0:
            change = (current["amount_eur"] - previous["amount_eur"]) / previous["amount_eur"]
            if abs(change) > JUMP:
                yield _Found(
                    "year_sum_jump",
                    int(current["rows"]),
                    int(current["rows"]),
                    (),
                    float(current["amount_eur"]),
                    year,
                    before,
                    float(change),
                )
        drop = previous["share_with_id"] - current["share_with_id"]
        if drop > ID_DROP:
            yield _Found(
                "year_id_share_drop",
                int(current["rows"]),
                int(current["rows"]),
                (),
                float("nan"),
                year,
                before,
                float(drop),
            )
    yield from _large_gaps(result)


def _large_gaps(result: Ingested) -> Iterator[_Found]:
    """Find beneficiaries that weigh on the years around but have no amount in one year."""
    awards = result.awards
    work = pd.DataFrame(
        {
            "year": awards["year"].astype("Int64"),
            "who": awards["beneficiary_id"],
            "cents": result.cents,
            "known": awards["amount_eur"].notna(),
        }
    )
    work = work[work["year"].notna() & (work["who"] != "")]
    if not len(work):
        return
    sums = work.groupby("year")["cents"].sum()
    paid = work[work["known"]].groupby(["who", "year"])["cents"].sum().unstack("year")
    paid = paid.reindex(columns=sums.index)
    open_ = work[~work["known"]].groupby(["who", "year"]).size().unstack("year")
    open_ = open_.reindex(index=paid.index, columns=sums.index).fillna(0) > 0
    large = paid.div(sums, axis="columns") >= LARGE_SHARE
    for year in sums.index:
        others = [other for other in sums.index if other != year]
        nearest = sorted(others, key=lambda other: (abs(other - year), other))[:2]
        usual = paid[nearest].bfill(axis="columns").iloc[:, 0]
        # Nothing at all, a row without its amount, or next to nothing of what it usually is.
        gone = large[nearest].any(axis="columns") & (
            paid[year].isna() | open_[year] | (paid[year] < SMALL_REST * usual)
        )
        if gone.any():
            mine = (awards["year"] == year).fillna(False) & awards["beneficiary_id"].isin(
                paid.index[gone]
            )
            rows = awards.loc[mine & awards["amount_eur"].isna(), "source_row"]
            yield _Found(
                "year_large_beneficiary_gap",
                int(gone.sum()),
                int(large[nearest].any(axis="columns").sum()),
                rows.tolist(),
                int(usual[gone].sum()) / 100,
                int(year),
            )
