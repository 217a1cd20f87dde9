"""Coverage before money: which stage and legal form has an instrument open on a given day?

The rules stand in ``docs/gap-map-protocol.md``; this module is their only implementation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.status import ENDED, STALE_AFTER_MONTHS, state_on, status_intervals
from analysis.tables import Tables

STAGES = (
    "emergence",
    "working_time",
    "structuring",
    "structural_stabilisation",
    "scaling",
    "impact_assessment",
    "collaboration",
    "research",
    "advice",
)
LEGAL_FORMS = ("asbl_vzw", "cooperative", "company", "university", "public", "natural_person")
NOT_INSTRUMENTS = ("law", "strategy")
CELL_STATES = ("open", "thin", "closed", "none_found", "unknown")


@dataclass(frozen=True)
class GapRules:
    """Parameters of the protocol (bold there).

    Attributes:
        thin_below: Fewer open families than this make a cell thin (count).
        small_money_eur: Highest aid for one project that still counts as small (EUR nominal).
        stale_after_months: Months after the last sighting until "open" becomes "unknown".
        strict_working_time: Leave job schemes not reserved for innovation out of working time.
    """

    thin_below: int = 2
    small_money_eur: float = 10_000
    stale_after_months: int = STALE_AFTER_MONTHS
    strict_working_time: bool = False


def instruments(tables: Tables) -> pd.DataFrame:
    """Return the programmes that somebody can apply to (no laws, no strategies)."""
    programmes = tables["programmes"]
    return programmes[~programmes["kind"].isin(NOT_INSTRUMENTS)]


def state_of_programmes(
    tables: Tables, day: dt.date, as_of: dt.date, rules: GapRules | None = None
) -> pd.Series:
    """Return the state of every programme on one day, indexed by programme_id.

    The shipped intervals are used as they are; another ``stale_after_months`` recomputes them.
    """
    months = (rules or GapRules()).stale_after_months
    if months == STALE_AFTER_MONTHS:
        return state_on(tables["programme_status"], day)
    text = tables["programmes"].assign(
        first_year=lambda f: f["first_year"].astype("str").replace({"<NA>": "", "nan": ""}),
        last_year=lambda f: f["last_year"].astype("str").replace({"<NA>": "", "nan": ""}),
    )
    return state_on(status_intervals(text, tables["sightings"], as_of, months), day)


def candidates(
    tables: Tables,
    day: dt.date,
    as_of: dt.date,
    rules: GapRules | None = None,
    stages: Sequence[str] = STAGES,
    legal_forms: Sequence[str] = LEGAL_FORMS,
) -> pd.DataFrame:
    """List every instrument × stage × legal form that is not excluded by a *no*.

    Returns:
        programme_id, family_id, stage, legal_form, supports, open_to (yes/unknown), state,
        amount_max_eur (EUR nominal), fit: ``open`` (yes, yes, open that day), ``ended`` (yes,
        yes, ended by then), ``possible`` (supports the stage, and the form or the status is not
        known), ``unplaced`` (open or of unknown status, stage not known), ``no`` (not started,
        or ended and not both yes).
    """
    rules = rules or GapRules()
    programmes = instruments(tables)[
        ["programme_id", "family_id", "amount_max_eur", "wage_scheme"]
    ].copy()
    programmes["state"] = programmes["programme_id"].map(
        state_of_programmes(tables, day, as_of, rules)
    )
    stage = tables["programme_stages"].query("stage in @stages and supports != 'no'")
    form = tables["programme_legal_forms"].query("legal_form in @legal_forms and open_to != 'no'")
    rows = programmes.merge(stage, on="programme_id").merge(form, on="programme_id")
    if rules.strict_working_time:
        rows = rows[~(rows["stage"].eq("working_time") & rows["wage_scheme"].eq("yes"))]
    both = rows["supports"].eq("yes") & rows["open_to"].eq("yes")
    ended = rows["state"].isin(ENDED)
    alive = rows["state"].isin(["open", "unknown"])
    rows["fit"] = "no"
    rows.loc[both & ended, "fit"] = "ended"
    rows.loc[alive & rows["supports"].eq("yes"), "fit"] = "possible"
    rows.loc[alive & rows["supports"].eq("unknown"), "fit"] = "unplaced"
    rows.loc[both & rows["state"].eq("open"), "fit"] = "open"
    return rows.reset_index(drop=True)


def gap_map(
    tables: Tables,
    day: dt.date,
    as_of: dt.date,
    rules: GapRules | None = None,
    stages: Sequence[str] = STAGES,
    legal_forms: Sequence[str] = LEGAL_FORMS,
) -> pd.DataFrame:
    """Say for each stage and legal form what was open on one day.

    Args:
        tables: Checked tables.
        day: The day asked for.
        as_of: Date of the evidence.
        rules: Parameters of the protocol.
        stages: Rows of the map, in order.
        legal_forms: Columns of the map, in order.

    Returns:
        One row a cell: stage, legal_form, state (one of :data:`CELL_STATES`), open, possible,
        ended, unplaced (counts of families; each family in the first of these that fits),
        ended_year (latest year in which a fitting programme ended), and the programme ids
        behind the counts.
    """
    rules = rules or GapRules()
    rows = candidates(tables, day, as_of, rules, stages, legal_forms)
    ended_in = _ended_years(tables, day)
    cells = []
    groups = dict(list(rows.groupby(["stage", "legal_form"], sort=False)))
    for stage in stages:
        for legal_form in legal_forms:
            cell = groups.get((stage, legal_form), rows.iloc[:0])
            cells.append({"stage": stage, "legal_form": legal_form, **_cell(cell, rules, ended_in)})
    return pd.DataFrame(cells)


def _cell(cell: pd.DataFrame, rules: GapRules, ended_in: pd.Series) -> dict[str, object]:
    taken: set[str] = set()
    families: dict[str, set[str]] = {}
    members: dict[str, str] = {}
    for fit in ("open", "ended", "possible", "unplaced"):
        rows = cell[cell["fit"] == fit]
        found = set(rows["family_id"])
        # A family with an ended call that may run again is possible as well as ended.
        families[fit] = found if fit == "ended" else found - taken
        members[fit] = ";".join(
            sorted(rows.loc[rows["family_id"].isin(families[fit]), "programme_id"])
        )
        if fit != "ended":
            taken |= found
    families["ended"] -= families["open"]
    state = _state(cell, families, rules)
    ended_ids = cell.loc[cell["fit"] == "ended", "programme_id"]
    year = ended_in.reindex(ended_ids).max() if state == "closed" else None
    return {
        "state": state,
        "open": len(families["open"]),
        "possible": len(families["possible"]),
        "ended": len(families["ended"]),
        "unplaced": len(families["unplaced"]),
        "ended_year": pd.NA if year is None or pd.isna(year) else int(year),
        "open_ids": members["open"],
        "possible_ids": members["possible"],
        "ended_ids": members["ended"],
    }


def _state(cell: pd.DataFrame, families: dict[str, set[str]], rules: GapRules) -> str:
    if families["open"]:
        aid = cell.loc[cell["fit"] == "open", "amount_max_eur"]
        small = bool(aid.notna().all() and (aid <= rules.small_money_eur).all())
        return "thin" if len(families["open"]) < rules.thin_below or small else "open"
    if families["ended"]:
        return "closed"
    return "unknown" if families["possible"] else "none_found"


def _ended_years(tables: Tables, day: dt.date) -> pd.Series:
    ended = tables["programme_status"]
    ended = ended[ended["state"].isin(ENDED) & (ended["start"] <= day.isoformat())]
    # The state holds from the day after the last open one: that day's year is the year it ended.
    last_day = pd.to_datetime(ended["start"]) - pd.Timedelta(days=1)
    suspended = ended["state"].eq("suspended")
    year = last_day.dt.year.where(~suspended, pd.to_datetime(ended["start"]).dt.year)
    return pd.Series(year.to_numpy(), index=ended["programme_id"]).groupby(level=0).max()


def coding_quality(tables: Tables) -> pd.DataFrame:
    """Return the share of *unknown* codes per stage and per legal form, over all instruments.

    Returns:
        dimension (stage, legal_form), value, yes, no, unknown (counts of programmes),
        unknown_share (0-1).
    """
    ids = instruments(tables)["programme_id"]
    long = pd.concat(
        [
            tables["programme_stages"]
            .rename(columns={"stage": "value", "supports": "code"})
            .assign(dimension="stage"),
            tables["programme_legal_forms"]
            .rename(columns={"legal_form": "value", "open_to": "code"})
            .assign(dimension="legal_form"),
        ]
    )
    long = long[long["programme_id"].isin(ids)]
    counts = long.groupby(["dimension", "value", "code"]).size().unstack(fill_value=0).reset_index()
    counts = counts.reindex(columns=["dimension", "value", "yes", "no", "unknown"], fill_value=0)
    counts["unknown_share"] = counts["unknown"] / counts[["yes", "no", "unknown"]].sum(axis=1)
    return counts
