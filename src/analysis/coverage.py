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
# The day the pleitnota was published: "then" beside the "today" of the evidence.
PAPER_DAY = dt.date(2023, 12, 5)
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
    return state_on(_intervals(tables, as_of, rules or GapRules()), day)


def _intervals(tables: Tables, as_of: dt.date, rules: GapRules) -> pd.DataFrame:
    if rules.stale_after_months == STALE_AFTER_MONTHS:
        return tables["programme_status"]
    text = _as_text(tables["programmes"])
    return status_intervals(text, tables["sightings"], as_of, rules.stale_after_months)


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
        ended_year (latest year in which a fitting programme ended), the open families and the
        programme ids behind the counts.
    """
    rules = rules or GapRules()
    rows = candidates(tables, day, as_of, rules, stages, legal_forms)
    past = _past(_intervals(tables, as_of, rules), day)
    # Hundreds of small selections on text: plain objects take a third of the time.
    plain = ("fit", "family_id", "programme_id", "open_to", "stage", "legal_form")
    rows = rows.astype(dict.fromkeys(plain, "object"))
    cells = []
    groups = dict(list(rows.groupby(["stage", "legal_form"], sort=False)))
    for stage in stages:
        for legal_form in legal_forms:
            cell = groups.get((stage, legal_form), rows.iloc[:0])
            cells.append({"stage": stage, "legal_form": legal_form, **_cell(cell, rules, past)})
    return pd.DataFrame(cells)


def _cell(cell: pd.DataFrame, rules: GapRules, past: pd.DataFrame) -> dict[str, object]:
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
    ended = cell[cell["fit"].eq("ended") & cell["family_id"].isin(families["ended"])]
    members["ended"] = ";".join(sorted(ended["programme_id"]))
    years = past["ended_year"].reindex(ended["programme_id"])
    silent = cell[cell["fit"].eq("possible") & cell["open_to"].eq("yes")]
    ended_on = past["ended_on"].reindex(ended["programme_id"]).max()
    seen_on = past["open_until"].reindex(silent["programme_id"]).max()
    # NaN (never ended, never seen) compares false.
    state = _state(cell, families, rules, seen_since=bool(seen_on >= ended_on))
    year = years.max() if state == "closed" else None
    return {
        "state": state,
        "open": len(families["open"]),
        "possible": len(families["possible"]),
        "ended": len(families["ended"]),
        "unplaced": len(families["unplaced"]),
        "ended_year": pd.NA if year is None or pd.isna(year) else int(year),
        "open_families": ";".join(sorted(families["open"])),
        "open_ids": members["open"],
        "possible_ids": members["possible"],
        "ended_ids": members["ended"],
    }


def _state(
    cell: pd.DataFrame, families: dict[str, set[str]], rules: GapRules, *, seen_since: bool
) -> str:
    if families["open"]:
        aid = cell.loc[cell["fit"] == "open", "amount_max_eur"]
        small = bool(aid.notna().all() and (aid <= rules.small_money_eur).all())
        return "thin" if len(families["open"]) < rules.thin_below or small else "open"
    if families["ended"] and not seen_since:
        return "closed"
    return "unknown" if families["possible"] else "none_found"


def _past(intervals: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Say per programme when it last ended and until when it was last open, before a day.

    Returns:
        ended_year (year of its last open day; of the start of a suspension), ended_on and
        open_until (days), indexed by programme_id.
    """
    before = intervals[intervals["start"].le(day.isoformat()) & intervals["start"].ne("")]
    ended = before[before["state"].isin(ENDED)]
    start = pd.to_datetime(ended["start"])
    # The state holds from the day after the last open one: that day's year is the year it ended.
    last_day = start.where(ended["state"].eq("suspended"), start - pd.Timedelta(days=1))
    was_open = before[before["state"].eq("open") & before["end"].ne("")]
    until = pd.to_datetime(was_open["end"])
    return pd.DataFrame(
        {
            "ended_year": last_day.dt.year.groupby(ended["programme_id"]).max(),
            "ended_on": start.groupby(ended["programme_id"]).max(),
            "open_until": until.groupby(was_open["programme_id"]).max(),
        }
    )


def unplaced(
    tables: Tables,
    day: dt.date,
    as_of: dt.date,
    rules: GapRules | None = None,
    stages: Sequence[str] = STAGES,
    legal_forms: Sequence[str] = LEGAL_FORMS,
) -> pd.DataFrame:
    """Count the families that stand in no row of the map, because their stage is not known.

    Args:
        tables: Checked tables.
        day: The day asked for.
        as_of: Date of the evidence.
        rules: Parameters of the protocol.
        stages: Rows of the map.
        legal_forms: Columns of the map, in order.

    Returns:
        One row a legal form: open (families with a member open that day and open to the form),
        possible (families open to the form whose status that day is not known), form_unknown
        (families that may be open to the form, their stage being unknown as well), and the
        programme ids behind the first two. A family that stands in a row of the map for this
        form, open or possible, is not counted.
    """
    rows = candidates(tables, day, as_of, rules, stages, legal_forms)
    counts = []
    for legal_form in legal_forms:
        column = rows[rows["legal_form"] == legal_form]
        placed = set(column.loc[column["fit"].isin(["open", "possible"]), "family_id"])
        left = column[column["fit"].eq("unplaced") & ~column["family_id"].isin(placed)]
        admits = left["open_to"] == "yes"
        is_open = admits & (left["state"] == "open")
        open_now = set(left.loc[is_open, "family_id"])
        maybe = admits & ~left["family_id"].isin(open_now)
        known = set(left.loc[admits, "family_id"])
        counts.append(
            {
                "legal_form": legal_form,
                "open": len(open_now),
                "possible": left.loc[maybe, "family_id"].nunique(),
                "form_unknown": left.loc[~left["family_id"].isin(known), "family_id"].nunique(),
                "open_ids": ";".join(sorted(set(left.loc[is_open, "programme_id"]))),
                "possible_ids": ";".join(sorted(set(left.loc[maybe, "programme_id"]))),
            }
        )
    return pd.DataFrame(counts)


def family_states(
    tables: Tables, day: dt.date, as_of: dt.date, rules: GapRules | None = None
) -> pd.Series:
    """Return one state per family of instruments on one day, indexed by family_id.

    A family is what its liveliest member is: open, else suspended, unknown, ended, not started.
    """
    rank = ["open", "suspended", "unknown", "closed", "replaced", "not_started"]
    members = instruments(tables).set_index("programme_id")["family_id"]
    states = state_of_programmes(tables, day, as_of, rules).reindex(members.index)
    order = states.map({state: place for place, state in enumerate(rank)})
    return order.groupby(members).min().map(dict(enumerate(rank)))


def fate(before: pd.DataFrame, after: pd.Series, legal_form: str) -> dict[str, int]:
    """Say what became of the families that were known to be open to a legal form.

    Args:
        before: Map of the earlier day, as from :func:`gap_map`, with ``open_families``.
        after: State of each family on the later day (:func:`family_states`).
        legal_form: Column of the map.

    Returns:
        was (families open in any stage), still (open), ended (a page says closed, suspended or
        replaced, or the round is over), silent (nothing heard for too long), counts.
    """
    cells = before.loc[before["legal_form"] == legal_form, "open_families"]
    families = sorted({one for cell in cells for one in cell.split(";") if one})
    states = after.reindex(families)
    return {
        "was": len(families),
        "still": int((states == "open").sum()),
        "ended": int(states.isin(ENDED).sum()),
        "silent": int((states == "unknown").sum()),
    }


def stages_open(cells: pd.DataFrame, legal_form: str) -> list[str]:
    """Return the stages with an instrument known to be open to a legal form."""
    return list(cells.loc[cells["legal_form"].eq(legal_form) & cells["open"].gt(0), "stage"])


VARIANTS: tuple[tuple[str, GapRules], ...] = (
    ("default", GapRules()),
    ("strict_working_time", GapRules(strict_working_time=True)),
    ("stale_after_12_months", GapRules(stale_after_months=12)),
    ("stale_after_36_months", GapRules(stale_after_months=36)),
    ("thin_below_1", GapRules(thin_below=1)),
    ("thin_below_3", GapRules(thin_below=3)),
)


def sensitivity(
    tables: Tables, days: Sequence[dt.date], as_of: dt.date, legal_form: str = "asbl_vzw"
) -> pd.DataFrame:
    """Count, under other values of the protocol's parameters, the stages that are known open.

    ``thin_below`` moves cells between open and thin only: the count must stay, and a table that
    shows it is the proof. The last variant, *as known that day*, drops every sign dated after the
    day, so that two days are judged by evidence that reaches as far as each of them.

    Returns:
        variant, date, stages_known_open (count), stages_in_state_open (count, without thin ones),
        stages (those known to be open, ;-separated).
    """
    rows = []
    for day in days:
        runs = [(name, as_of, rules) for name, rules in VARIANTS]
        for name, until, rules in [*runs, ("as_known_that_day", day, GapRules())]:
            seen = tables if until == as_of else _known_on(tables, until)
            cells = gap_map(seen, day, until, rules, legal_forms=[legal_form])
            stages = stages_open(cells, legal_form)
            rows.append(
                {
                    "variant": name,
                    "date": day,
                    "stages_known_open": len(stages),
                    "stages_in_state_open": int(cells["state"].eq("open").sum()),
                    "stages": ";".join(stages),
                }
            )
    return pd.DataFrame(rows)


def _known_on(tables: Tables, day: dt.date) -> Tables:
    """Return the tables with the status intervals as signs up to a day would give them."""
    signs = tables["sightings"]
    signs = signs[signs["start"] <= day.isoformat()]
    programmes = _as_text(tables["programmes"])
    # A page read later cannot have told that day that a programme would end.
    later = programmes["status"].isin(ENDED) & (programmes["status_as_of"] > day.isoformat())
    programmes.loc[later & programmes["kind"].ne("call"), ["status", "status_as_of"]] = ""
    intervals = status_intervals(programmes, signs, day)
    return {**tables, "programme_status": intervals, "sightings": signs}


def _as_text(programmes: pd.DataFrame) -> pd.DataFrame:
    return programmes.assign(
        first_year=lambda f: f["first_year"].astype("string").fillna(""),
        last_year=lambda f: f["last_year"].astype("string").fillna(""),
    )


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
