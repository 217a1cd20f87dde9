"""The life of a family of programmes: one line of intervals, and the rounds on it.

States come from ``programme_status`` (rules: docs/gap-map-protocol.md); nothing is added here but
the choice of what the family as a whole is on a day.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.coverage import instruments
from analysis.tables import Tables

# A family is what its liveliest member is: an open round keeps a programme open.
LIVELIEST = ("open", "suspended", "unknown", "closed", "replaced", "not_started")
_EVER, _NEVER = pd.Timestamp(1900, 1, 1), pd.Timestamp(2200, 1, 1)


def family_intervals(tables: Tables) -> pd.DataFrame:
    """Return the state of each family of instruments over time, intervals without holes.

    Returns:
        family_id, state, start, end (days, both included; NaT = unbounded); sorted.
    """
    members = instruments(tables)[["programme_id", "family_id"]]
    rows = tables["programme_status"].merge(members, on="programme_id")
    rows["from"] = pd.to_datetime(rows["start"].replace("", None)).fillna(_EVER)
    rows["until"] = pd.to_datetime(rows["end"].replace("", None)).fillna(_NEVER)
    rows["rank"] = rows["state"].map({state: rank for rank, state in enumerate(LIVELIEST)})
    # Cut each family at every day on which a member changes; the liveliest member wins each piece.
    cuts = rows[["family_id", "from"]].drop_duplicates().rename(columns={"from": "cut"})
    pieces = cuts.merge(rows, on="family_id")
    pieces = pieces[(pieces["from"] <= pieces["cut"]) & (pieces["cut"] <= pieces["until"])]
    best = pieces.groupby(["family_id", "cut"])["rank"].min().reset_index()
    changed = best["rank"].ne(best.groupby("family_id")["rank"].shift())
    best = best[changed].copy()
    next_cut = best.groupby("family_id")["cut"].shift(-1)
    return pd.DataFrame(
        {
            "family_id": best["family_id"],
            "state": best["rank"].map(dict(enumerate(LIVELIEST))),
            "start": best["cut"].mask(best["cut"].eq(_EVER)),
            "end": next_cut - pd.Timedelta(days=1),
        }
    ).reset_index(drop=True)


def rounds(tables: Tables) -> pd.DataFrame:
    """Return the known rounds of each family: when each call that belongs to it was open.

    Returns:
        family_id, programme_id, start, end (days, both included); sorted. A round of which only
        the year is known lasts that year.
    """
    calls = instruments(tables).query("kind == 'call' and programme_id != family_id")
    spans = tables["programme_status"].query("state == 'open'")
    found = calls[["family_id", "programme_id"]].merge(spans, on="programme_id")
    found["start"], found["end"] = pd.to_datetime(found["start"]), pd.to_datetime(found["end"])
    return found[["family_id", "programme_id", "start", "end"]].sort_values(
        ["family_id", "start", "programme_id"], ignore_index=True
    )


def families_with_history(tables: Tables, as_of: dt.date, years: int = 2) -> pd.DataFrame:
    """Return the families whose signs begin in several calendar years: enough for a line.

    Args:
        tables: Checked tables.
        as_of: Later signs are plans and do not count.
        years: Fewest different years (count).

    Returns:
        family_id, funder_id, names and kind of its head, sign_years (count of calendar years in
        which a sign begins), signs (count), and source_ids (;-separated); sorted by family_id.
    """
    members = instruments(tables)[["programme_id", "family_id"]]
    signs = tables["sightings"].merge(members, on="programme_id")
    signs = signs[signs["start"] <= as_of.isoformat()]
    grouped = signs.assign(year=signs["start"].str[:4]).groupby("family_id")
    counts = pd.DataFrame(
        {
            "sign_years": grouped["year"].nunique(),
            "signs": grouped.size(),
            "source_ids": grouped["source_id"].agg(lambda ids: ";".join(sorted(set(ids)))),
        }
    )
    heads = tables["programmes"].set_index("programme_id")
    kept = counts[counts["sign_years"] >= years]
    head = heads.reindex(kept.index)[["funder_id", "name_fr", "name_nl", "name_en", "kind"]]
    return head.join(kept).rename_axis("family_id").reset_index()
