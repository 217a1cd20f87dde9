"""Coverage over the years: maps at the ends of years, distance between legal forms, the chain.

All of it rests on the rules of ``docs/gap-map-protocol.md`` as :mod:`analysis.coverage` applies
them. What is not known is never taken for *no*: each measure comes as a lower value (only what is
known for certain) and an upper value (whatever may be so).

Limits that hold for every figure here: the evidence was collected in 2026, and pages of earlier
years are gone more often than those of later years. A low count in 2014 speaks of the record as
much as of the instruments. ``unknown`` and ``searched`` in :func:`coverage_base` stand beside every
history for that reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.coverage import (
    LEGAL_FORMS,
    STAGES,
    GapRules,
    candidates,
    gap_map,
    instruments,
    state_of_programmes,
)
from analysis.tables import Tables

# The life of a project in its order; the other stages accompany it and are no links.
CHAIN = ("emergence", "structuring", "structural_stabilisation", "scaling")
FIRST_YEAR = 2013
LINKS = ("open", "possible", "unplaced", "none")
ANY = "any"  # of programmes.domain; and the one stage of for_any_stage


def year_ends(as_of: dt.date, first: int = FIRST_YEAR) -> list[dt.date]:
    """Return the last day of each year, and ``as_of`` itself for the year that still runs.

    Raises:
        ValueError: The first year lies after ``as_of``.
    """
    if first > as_of.year:
        raise ValueError(f"the first year {first} lies after {as_of.isoformat()}")
    return [min(dt.date(year, 12, 31), as_of) for year in range(first, as_of.year + 1)]


def coverage_history(
    tables: Tables,
    days: Sequence[dt.date],
    as_of: dt.date,
    rules: GapRules | None = None,
    stages: Sequence[str] = STAGES,
    legal_forms: Sequence[str] = LEGAL_FORMS,
) -> pd.DataFrame:
    """Draw up the coverage matrix on several days.

    Args:
        tables: Checked tables.
        days: The days asked for, see :func:`year_ends`.
        as_of: Date of the evidence.
        rules: Parameters of the protocol.
        stages: Rows of the map.
        legal_forms: Columns of the map.

    Returns:
        The columns of :func:`analysis.coverage.gap_map` (counts of families) with ``date`` in
        front; in the order of the days.
    """
    maps = []
    for day in days:
        cells = gap_map(tables, day, as_of, rules, stages, legal_forms)
        cells.insert(0, "date", day)
        maps.append(cells)
    return pd.concat(maps, ignore_index=True)


def coverage_base(
    tables: Tables, days: Sequence[dt.date], as_of: dt.date, rules: GapRules | None = None
) -> pd.DataFrame:
    """Count the instruments behind each map: how many there are, and how many have a known state.

    Returns:
        date, searched (all instruments, count), and one count for each state: open, unknown,
        not_started, ended (closed, suspended or replaced); these add up to ``searched``.
    """
    ids = instruments(tables)["programme_id"]
    rows = []
    for day in days:
        states = state_of_programmes(tables, day, as_of, rules).reindex(ids)
        rows.append(
            {
                "date": day,
                "searched": len(ids),
                "open": int(states.eq("open").sum()),
                # No interval at all is no knowledge either.
                "unknown": int((states.eq("unknown") | states.isna()).sum()),
                "not_started": int(states.eq("not_started").sum()),
                "ended": int(states.isin(["closed", "suspended", "replaced"]).sum()),
            }
        )
    return pd.DataFrame(rows)


def for_domain(tables: Tables, domain: str) -> Tables:
    """Return the tables with only the programmes that may serve one fundamental need.

    A programme counts when its domains name the need or *any*. When no domain is stated it may
    count: its *yes* for a legal form becomes *unknown*, so that it makes a cell possible, never
    open. Feed the result to :func:`analysis.coverage.gap_map` or to any function here: that gives
    the third dimension of the matrix, stage × legal form × domain.

    Args:
        tables: Checked tables.
        domain: One value of ``programmes.domain`` other than *any*.
    """
    programmes = tables["programmes"]
    named = programmes["domain"].str.split(";").map(lambda all_: domain in all_ or ANY in all_)
    silent = programmes["domain"].eq("")
    kept = programmes[named | silent]
    forms = tables["programme_legal_forms"]
    forms = forms[forms["programme_id"].isin(kept["programme_id"])].copy()
    of_silent = forms["programme_id"].isin(programmes.loc[silent, "programme_id"])
    forms.loc[of_silent & forms["open_to"].eq("yes"), "open_to"] = "unknown"
    return {**tables, "programmes": kept, "programme_legal_forms": forms}


def for_any_stage(tables: Tables) -> Tables:
    """Return the tables with one stage, ``any``, that every programme supports.

    A programme whose stage is not known stands in no row of the map, and many are. Where the question is only whether a legal form may apply at all, ask it of these
    tables with ``stages=["any"]``: then every instrument is placed.
    """
    stages = tables["programmes"][["programme_id"]].assign(stage=ANY, supports="yes")
    return {**tables, "programme_stages": stages}


def without_funder(tables: Tables, funder_id: str) -> Tables:
    """Return the tables without the programmes of one funder, to see what rests on it alone."""
    programmes = tables["programmes"]
    return {**tables, "programmes": programmes[programmes["funder_id"].ne(funder_id)]}


def _known_families(
    tables: Tables,
    day: dt.date,
    as_of: dt.date,
    rules: GapRules | None,
    stages: Sequence[str],
    legal_forms: Sequence[str],
) -> pd.DataFrame:
    """Return the best fit of each family: stage, legal_form, family_id, fit (one of LINKS)."""
    rows = candidates(tables, day, as_of, rules, stages, legal_forms)
    rows = rows[rows["fit"].isin(LINKS)]
    rank = rows["fit"].map({fit: place for place, fit in enumerate(LINKS)})
    best = rank.groupby([rows["stage"], rows["legal_form"], rows["family_id"]]).min()
    return best.map(dict(enumerate(LINKS))).rename("fit").reset_index()


def form_distance(
    tables: Tables,
    days: Sequence[dt.date],
    as_of: dt.date,
    own: str = "asbl_vzw",
    other: str = "company",
    rules: GapRules | None = None,
    stages: Sequence[str] = STAGES,
) -> pd.DataFrame:
    """Measure, stage by stage, what one legal form can get that another cannot.

    On each day a family of programmes that supports the stage is *open* to a form (known for
    certain), *possible* (the form or the status that day is not known) or not open to it. With A
    the families open to ``own`` and B those open to ``other``:

    - other_only = number in B but not in A, own_only = number in A but not in B, both = number in
      A and B;
    - distance = 1 - number in A and B / number in A or B (Jaccard 1901, Bulletin de la Société
      vaudoise des sciences naturelles 37, 547-579): 0 = the same instruments, 1 = none in common.

    Low and high are the smallest and largest value over all ways to settle what is possible (with
    nothing open to either form the distance counts as 0: no difference is proven). The bounds are
    safe, not always tight: a programme whose status is unknown is unknown for both forms alike,
    and the bounds let the two differ.

    Args:
        tables: Checked tables.
        days: The days asked for.
        as_of: Date of the evidence.
        own: Legal form whose lack is asked for.
        other: Legal form it is compared with.
        rules: Parameters of the protocol.
        stages: Rows.

    Returns:
        date, stage, own, other; own_open and other_open (families known open), own_high and
        other_high (with the possible ones); other_only_low, other_only_high, own_only_low,
        own_only_high, both_low, both_high (counts of families); distance_low, distance_high
        (0-1; missing when no family is open or possible for either); other_only_ids (families
        known to be open to ``other`` and known not to be open to ``own``).

    Raises:
        ValueError: Both forms are the same.
    """
    if own == other:
        raise ValueError(f"a legal form has no distance to itself: {own}")
    tables_of_days = []
    for day in days:
        fits = _known_families(tables, day, as_of, rules, stages, [own, other])
        fits = fits[fits["fit"].isin(["open", "possible"])]
        wide = fits.pivot(index=["stage", "family_id"], columns="legal_form", values="fit")
        wide = wide.reindex(columns=[own, other]).reset_index()
        counts = _distance_counts(wide, own, other).reindex(list(stages))
        ids = counts.pop("other_only_ids").fillna("")
        counts = counts.fillna(0).astype(int).assign(other_only_ids=ids)
        counts.insert(0, "date", day)
        tables_of_days.append(counts.rename_axis("stage").reset_index())
    table = pd.concat(tables_of_days, ignore_index=True)
    table.insert(2, "own", own)
    table.insert(3, "other", other)
    return _with_distance(table)


def _distance_counts(wide: pd.DataFrame, own: str, other: str) -> pd.DataFrame:
    a, b = wide[own], wide[other]
    a_sure, a_maybe = a.eq("open"), a.notna()
    b_sure, b_maybe = b.eq("open"), b.notna()
    flags = pd.DataFrame(
        {
            "own_open": a_sure,
            "own_high": a_maybe,
            "other_open": b_sure,
            "other_high": b_maybe,
            "other_only_low": b_sure & ~a_maybe,
            "other_only_high": b_maybe & ~a_sure,
            "own_only_low": a_sure & ~b_maybe,
            "own_only_high": a_maybe & ~b_sure,
            "both_low": a_sure & b_sure,
            "both_high": a_maybe & b_maybe,
            "_any": a_maybe | b_maybe,
        }
    )
    counts = flags.groupby(wide["stage"]).sum()
    lost = wide[flags["other_only_low"]]
    ids = lost.groupby("stage")["family_id"].agg(lambda found: ";".join(sorted(found)))
    return counts.assign(other_only_ids=ids)


def _with_distance(table: pd.DataFrame) -> pd.DataFrame:
    # Nearest: every family that can be common is common, the undecided rest is open to neither.
    differ = table["other_only_low"] + table["own_only_low"]
    nearest = differ / (differ + table["both_high"]).replace(0, np.nan)
    # Farthest: only what is certainly common is common, every other family is open to one form.
    farthest = 1 - table["both_low"] / table["_any"].replace(0, np.nan)
    # Nothing certain on either side: no difference is proven.
    table["distance_low"] = nearest.where(nearest.notna() | table["_any"].eq(0), 0.0)
    table["distance_high"] = farthest
    ids = table.pop("other_only_ids")
    return table.drop(columns="_any").assign(other_only_ids=ids)


def chain_links(
    tables: Tables,
    days: Sequence[dt.date],
    as_of: dt.date,
    legal_forms: Sequence[str] = ("asbl_vzw", "cooperative"),
    rules: GapRules | None = None,
    chain: Sequence[str] = CHAIN,
) -> pd.DataFrame:
    """Say for each link of the chain whether a legal form has an instrument on a day.

    Args:
        tables: Checked tables.
        days: The days asked for.
        as_of: Date of the evidence.
        legal_forms: Legal forms asked for.
        rules: Parameters of the protocol.
        chain: Stages in the order of a project's life.

    Returns:
        date, legal_form, place (1 = first link), stage, link, and the counts of families behind
        it: open, possible, unplaced. ``link`` is ``open`` (at least one family known open),
        ``possible`` (none known, but one may be: form or status not known), ``unplaced`` (only
        families whose stage is not known) or ``none``. A family counts once, under the first of
        these that fits.
    """
    grid = pd.MultiIndex.from_product([legal_forms, chain], names=["legal_form", "stage"])
    found = []
    for day in days:
        fits = _known_families(tables, day, as_of, rules, chain, legal_forms)
        counts = fits.groupby(["legal_form", "stage", "fit"]).size().unstack(fill_value=0)
        counts = counts.reindex(grid, fill_value=0)
        counts = counts.reindex(columns=list(LINKS[:-1]), fill_value=0).reset_index()
        counts.insert(0, "date", day)
        found.append(counts)
    table = pd.concat(found, ignore_index=True)
    table["link"] = np.select([table[fit].gt(0) for fit in LINKS[:-1]], list(LINKS[:-1]), LINKS[-1])
    table["place"] = table["stage"].map({stage: place for place, stage in enumerate(chain, 1)})
    columns = ["date", "legal_form", "place", "stage", "link", *LINKS[:-1]]
    return table[columns]


def chain_test(links: pd.DataFrame) -> pd.DataFrame:
    """Say for each day and legal form whether the chain holds, and where it breaks.

    A project can go from its first idea to scaling when each link has an instrument open to its
    legal form on that day (anchor: Nesta's and American Progress's stages of finance; the test
    itself is ours). *Worst case*: whatever is not known is closed. *Best case*: whatever is not
    known is open. *Widest case*: programmes whose stage is not known count too, each for every
    stage.

    Limits: the test asks whether a door exists, not whether it is wide enough (budget, number of
    places), nor whether one instrument takes over what the former leaves: amounts and sizes are
    seldom published. All links are asked on one day, though a project needs them years apart.

    Args:
        links: See :func:`chain_links`.

    Returns:
        date, legal_form, path (``yes``: unbroken in the worst case; ``no``: broken in the best
        case; ``unknown``), links (count), links_open, links_possible (counts; open, and not known
        to be shut), breaks_worst, breaks_best, breaks_widest (the first link without an
        instrument in that case; empty = none breaks), all_breaks_worst and all_breaks_best (all
        such links, ;-separated), narrowest (families known open at the narrowest link, count).
    """
    rows = []
    for (day, legal_form), group in links.groupby(["date", "legal_form"], sort=False):
        group = group.sort_values("place")
        worst = list(group.loc[group["link"].ne("open"), "stage"])
        best = list(group.loc[~group["link"].isin(["open", "possible"]), "stage"])
        widest = list(group.loc[group["link"].eq("none"), "stage"])
        rows.append(
            {
                "date": day,
                "legal_form": legal_form,
                "path": "no" if best else "unknown" if worst else "yes",
                "links": len(group),
                "links_open": len(group) - len(worst),
                "links_possible": len(group) - len(best),
                "breaks_worst": next(iter(worst), ""),
                "breaks_best": next(iter(best), ""),
                "breaks_widest": next(iter(widest), ""),
                "all_breaks_worst": ";".join(worst),
                "all_breaks_best": ";".join(best),
                "narrowest": int(group["open"].min()),
            }
        )
    return pd.DataFrame(rows)


def chain_without_each_funder(
    tables: Tables,
    day: dt.date,
    as_of: dt.date,
    legal_form: str = "asbl_vzw",
    rules: GapRules | None = None,
) -> pd.DataFrame:
    """Repeat the chain test on one day with one funder left out at a time.

    Only funders with a family that is open to the form at some link are left out: leaving out
    another can change no link that is known open, and can only remove possible ones.

    Returns:
        The columns of :func:`chain_test` with left_out (funder_id, empty for the full evidence,
        which comes first); sorted by funder.
    """
    rows = candidates(tables, day, as_of, rules, CHAIN, [legal_form])
    holders = rows.loc[rows["fit"].eq("open"), "programme_id"]
    funder = tables["programmes"].set_index("programme_id")["funder_id"]
    found = []
    for left_out in ["", *sorted(set(holders.map(funder)))]:
        kept = without_funder(tables, left_out) if left_out else tables
        result = chain_test(chain_links(kept, [day], as_of, [legal_form], rules))
        result.insert(0, "left_out", left_out)
        found.append(result)
    return pd.concat(found, ignore_index=True)
