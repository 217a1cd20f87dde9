"""What a funder supports: per programme the stages, the legal forms and since when.

And the progress that the paper of 5 December 2023 records for the term 2019-2024: which of it has
a row in the evidence. Where no row is found, nothing is concluded but that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from analysis.coverage import instruments, state_of_programmes
from analysis.project import RULES
from analysis.tables import Tables


def programmes_of(tables: Tables, funders: Sequence[str], as_of: dt.date) -> pd.DataFrame:
    """List the programmes of some funders with what they support and since when.

    Rounds of a call stand with the programme they belong to and have no row of their own.

    Args:
        tables: Checked tables.
        funders: Ids of the funders; their order is kept.
        as_of: Date of the evidence.

    Returns:
        One row a programme: programme_id, family_id, funder_id, names, source_id, first_sign
        (first year stated, else the day of the first sign; empty when undated), state (on the
        date of the evidence), then ``stage_*`` and ``form_*`` with yes, no or unknown.
    """
    rows = instruments(tables)
    rows = rows.loc[rows["funder_id"].isin(funders)]
    # A round, or an older version of a programme, is told by the head of its family.
    child_call = rows["kind"].eq("call") & rows["programme_id"].ne(rows["family_id"])
    rows = rows[~child_call]
    signs = tables["sightings"]
    first = signs[signs["start"] <= as_of.isoformat()].groupby("programme_id")["start"].min()
    stated = rows["first_year"].astype("string").fillna("")
    seen = rows["programme_id"].map(first).fillna("").str[:4]
    rows = rows.assign(
        first_sign=stated.where(stated != "", seen),
        state=rows["programme_id"].map(state_of_programmes(tables, as_of, as_of)),
        order=rows["funder_id"].map({one: place for place, one in enumerate(funders)}),
    )
    columns = [
        "programme_id", "family_id", "funder_id", "name_nl", "name_fr", "name_en", "source_id",
        "first_sign", "state",
    ]  # fmt: skip
    wide = rows.sort_values(["order", "first_sign", "programme_id"])[columns]
    for table, key, answer, prefix in (
        ("programme_stages", "stage", "supports", "stage_"),
        ("programme_legal_forms", "legal_form", "open_to", "form_"),
    ):
        codes = tables[table].pivot(index="programme_id", columns=key, values=answer)
        wide = wide.merge(codes.add_prefix(prefix), left_on="programme_id", right_index=True)
    return wide.reset_index(drop=True)


def stages_reached(
    programmes: pd.DataFrame, legal_form: str, states: Sequence[str] = ()
) -> set[str]:
    """Return the stages that at least one programme supports for a legal form, both *yes*.

    Args:
        programmes: As from :func:`programmes_of`.
        legal_form: Legal form asked for.
        states: Only programmes in these states; all when empty.
    """
    rows = programmes[programmes[f"form_{legal_form}"].eq("yes")]
    if states:
        rows = rows[rows["state"].isin(states)]
    stages = [column for column in rows.columns if column.startswith("stage_")]
    return {stage.removeprefix("stage_") for stage in stages if rows[stage].eq("yes").any()}


def progress_points(tables: Tables, rules: pd.DataFrame | None = None) -> pd.DataFrame:
    """Look up which points of progress named by the paper have a row in the evidence.

    Names of programmes, awarded projects and figures are searched (``rules/progress_points.csv``),
    never remarks: a row about something else may mention the point.

    Args:
        tables: Checked tables.
        rules: Other points: point, funder_id (empty = any), pattern, frame_pattern.

    Returns:
        point, found (yes/no), row_ids (;-separated), first_sign (year of the first dated sign,
        empty when undated), frame_ids and frame_year (the strategy that the point belongs to).
    """
    if rules is None:
        path = RULES / "progress_points.csv"
        rules = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = _names(tables)
    rows = []
    for point in rules.to_dict("records"):
        pool = names[names["funder_id"].eq(point["funder_id"])] if point["funder_id"] else names
        hits = pool[pool["name"].str.contains(point["pattern"], case=False, regex=True)]
        frame = names.iloc[:0]
        if point["frame_pattern"]:
            frame = names[names["name"].str.contains(point["frame_pattern"], case=False)]
        rows.append(
            {
                "point": point["point"],
                "found": "yes" if len(hits) else "no",
                "row_ids": ";".join(sorted(set(hits["row_id"]))),
                "first_sign": _first_year(hits),
                "frame_ids": ";".join(sorted(set(frame["row_id"]))),
                "frame_year": _first_year(frame),
            }
        )
    return pd.DataFrame(rows)


def _first_year(hits: pd.DataFrame) -> str:
    return min((str(day)[:4] for day in hits["date"] if day), default="")


def _names(tables: Tables) -> pd.DataFrame:
    """Return every name with its row, funder and first date: programmes, awards, figures."""
    first = tables["sightings"].groupby("programme_id")["start"].min()
    programmes = tables["programmes"]
    stated = programmes["first_year"].astype("string").fillna("")
    seen = programmes["programme_id"].map(first).fillna("")
    frames = [
        pd.DataFrame(
            {
                "row_id": programmes["programme_id"],
                "funder_id": programmes["funder_id"],
                "name": programmes[column],
                "date": stated.where(stated != "", seen),
            }
        )
        for column in ("name_fr", "name_nl", "name_en")
    ]
    awards = tables["awards"]
    called = awards["call_year"].astype("string").fillna("")
    frames.append(
        pd.DataFrame(
            {
                "row_id": awards["award_id"],
                "funder_id": awards["funder_id"],
                "name": awards["project"],
                "date": called.where(called != "", awards["start"]),
            }
        )
    )
    facts = tables["funding_facts"]
    begun = facts["period_start"]
    frames.append(
        pd.DataFrame(
            {
                "row_id": facts["fact_id"],
                "funder_id": facts["funder_id"],
                "name": facts["programme"],
                "date": begun.where(begun != "", facts["period_end"]),
            }
        )
    )
    return pd.concat(frames, ignore_index=True).query("name != ''")
