"""When was a programme open? Intervals from dated sightings, by the rules of the protocol.

The rules are those of ``docs/gap-map-protocol.md``, "Status on a date". A sighting proves a date,
nothing more: after ``stale_after_months`` without one a scheme is *unknown*, not closed.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

STALE_AFTER_MONTHS = 24
ENDED = ("closed", "suspended", "replaced")
SIGHTING_COLUMNS = ["programme_id", "start", "end", "kind", "row_id", "source_id"]


@dataclass(frozen=True)
class Span:
    """Days from ``start`` to ``end``, both included."""

    start: dt.date
    end: dt.date


def span(written: str) -> Span:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` as the days it can mean.

    Raises:
        ValueError: The text is no such date.
    """
    parts = [int(part) for part in written.split("-")]
    first = dt.date(parts[0], *[*parts[1:], 1, 1][:2])
    if len(parts) == 1:
        return Span(first, dt.date(parts[0], 12, 31))
    if len(parts) == 2:
        return Span(first, first.replace(day=calendar.monthrange(*parts)[1]))
    return Span(first, first)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later (the last day of shorter months)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def sightings(tables: Mapping[str, pd.DataFrame], noted: pd.DataFrame) -> pd.DataFrame:
    """Collect every dated sign that a programme was running.

    Args:
        tables: Text frames ``programmes``, ``awards``, ``funding_facts``.
        noted: Sightings read from the notes (``data/raw/sightings.csv``): programme_id, date,
            source_id, what.

    Returns:
        One row a sighting: programme_id, start, end (ISO days), kind (first_year, page_open,
        note, award, fact), row_id, source_id; sorted.
    """
    programmes = tables["programmes"]
    found = [
        programmes[programmes["first_year"] != ""].assign(
            written=lambda f: f["first_year"], until="", kind="first_year", row_id=""
        ),
        programmes[programmes["status"].eq("open") & programmes["status_as_of"].ne("")].assign(
            written=lambda f: f["status_as_of"], until="", kind="page_open", row_id=""
        ),
        noted.assign(written=noted["date"], until="", kind="note", row_id=""),
    ]
    awards = tables["awards"]
    # A project runs on long after its call; the call year, else the start, dates the programme.
    awards = awards.assign(
        written=awards["call_year"].where(awards["call_year"] != "", awards["start"])
    )
    found.append(
        awards[awards["row_kind"] != "topic_only"].assign(
            until="", kind="award", row_id=lambda f: f["award_id"]
        )
    )
    facts = tables["funding_facts"]
    # "No call open" is a sign of the opposite.
    shut = facts["indicator"].eq("calls_open") & facts["value"].eq("0")
    facts = facts[~shut]
    written = facts["period_start"].where(facts["period_start"] != "", facts["period_end"])
    found.append(
        facts.assign(
            written=written, until=facts["period_end"], kind="fact", row_id=facts["fact_id"]
        )
    )
    columns = ["programme_id", "written", "until", "kind", "row_id", "source_id"]
    rows = pd.concat([frame[columns] for frame in found])
    rows = rows[(rows["programme_id"] != "") & (rows["written"] != "")]
    rows["start"] = rows["written"].map(lambda one: span(one).start.isoformat())
    rows["end"] = (
        rows["until"]
        .where(rows["until"] != "", rows["written"])
        .map(lambda one: span(one).end.isoformat())
    )
    return rows[SIGHTING_COLUMNS].sort_values(SIGHTING_COLUMNS, ignore_index=True)


def status_intervals(
    programmes: pd.DataFrame,
    seen: pd.DataFrame,
    as_of: dt.date,
    stale_after_months: int = STALE_AFTER_MONTHS,
) -> pd.DataFrame:
    """Turn statuses and sightings into intervals that follow each other without holes.

    Args:
        programmes: programme_id, kind, first_year, last_year, status, status_as_of (text).
        seen: Sightings as from :func:`sightings`.
        as_of: Date of the evidence; later sightings are plans and do not count.
        stale_after_months: Months after the last sighting until "open" becomes "unknown".

    Returns:
        programme_id, state (not_started, open, closed, suspended, replaced, unknown), start and
        end (ISO days; empty = unbounded), basis (words that name the rule); sorted.
    """
    by_programme: dict[str, list[Span]] = {}
    for mark in seen.itertuples():
        start, end = dt.date.fromisoformat(str(mark.start)), dt.date.fromisoformat(str(mark.end))
        if start <= as_of:
            by_programme.setdefault(str(mark.programme_id), []).append(Span(start, min(end, as_of)))
    rows: list[dict[str, str]] = []
    for given in programmes.to_dict("records"):
        row = {str(column): value for column, value in given.items()}
        marks = by_programme.get(row["programme_id"], [])
        rule = _call_steps if row["kind"] == "call" else _scheme_steps
        steps = list(rule(row, marks, as_of, stale_after_months))
        rows.extend(_as_intervals(row["programme_id"], steps))
    frame = pd.DataFrame(rows, columns=["programme_id", "state", "start", "end", "basis"])
    return frame.sort_values(["programme_id", "start"], ignore_index=True)


# A step says from which day on a state holds; None = as far back as one looks.
Step = tuple[dt.date | None, str, str]
_DAY = dt.timedelta(days=1)


def _scheme_steps(
    row: Mapping[str, str], marks: list[Span], as_of: dt.date, stale_after_months: int
) -> Iterator[Step]:
    if row["first_year"]:
        yield None, "not_started", "before the first year stated"
    else:
        yield None, "unknown", "before the first sighting"
    end, ended_as = _end_of(row, marks, as_of)
    marks = [mark for mark in marks if end is None or mark.start < end]
    if marks:
        yield min(mark.start for mark in marks), "open", "between first and last sighting"
        if ended_as is None or (end == as_of and not _dated(row)):
            stale = add_months(max(mark.end for mark in marks), stale_after_months) + _DAY
            if end is None or stale < end:
                yield stale, "unknown", f"no sighting for {stale_after_months} months"
    if end is not None and ended_as is not None:
        yield end, ended_as, "stated by the page"


def _dated(row: Mapping[str, str]) -> bool:
    return bool(row["status_as_of"] or row["last_year"])


def _end_of(
    row: Mapping[str, str], marks: list[Span], as_of: dt.date
) -> tuple[dt.date | None, str | None]:
    """Return the first day of the ended state, and that state."""
    status = row["status"]
    if status not in ENDED:
        return None, None
    if status == "suspended":
        return (span(row["status_as_of"]).start if row["status_as_of"] else as_of), status
    stated = [span(row[c]).end + _DAY for c in ("status_as_of", "last_year") if row[c]]
    return (min(stated) if stated else as_of), status


def _call_steps(
    row: Mapping[str, str], marks: list[Span], as_of: dt.date, stale_after_months: int
) -> Iterator[Step]:
    closing = None
    if row["status"] in ENDED and row["status_as_of"]:
        closing = span(row["status_as_of"]).end
    starts = [mark.start for mark in marks]
    if row["status_as_of"]:
        starts.append(dt.date(span(row["status_as_of"]).start.year, 1, 1))
    if not starts:
        yield None, "unknown", "no date in the record"
        if row["status"] in ENDED:
            yield as_of, row["status"], "closed, date not stated"
        return
    start = min(starts)
    yield None, "not_started", "before the year of the call"
    yield start, "open", "from the start of the call to its end"
    if closing is None:
        closing = dt.date(start.year, 12, 31)
        last = span(row["last_year"]).end if row["last_year"] else closing
        if row["status"] not in ENDED and last > closing:
            # The period of the money is known, the rounds in it are not.
            yield closing + _DAY, "unknown", "period still runs, rounds not known"
            closing = last
    yield (
        closing + _DAY,
        "closed" if row["status"] != "replaced" else "replaced",
        "a call is one round",
    )


def _as_intervals(programme: str, steps: list[Step]) -> Iterator[dict[str, str]]:
    for number, (start, state, basis) in enumerate(steps):
        after = steps[number + 1][0] if number + 1 < len(steps) else None
        yield {
            "programme_id": programme,
            "state": state,
            "start": "" if start is None else start.isoformat(),
            "end": "" if after is None else (after - _DAY).isoformat(),
            "basis": basis,
        }


def state_on(intervals: pd.DataFrame, day: dt.date) -> pd.Series:
    """Return the state of each programme on one day.

    Args:
        intervals: As from :func:`status_intervals`.
        day: The day asked for.

    Returns:
        State, indexed by programme_id.
    """
    written = day.isoformat()
    holds = (intervals["start"] <= written) & (
        (intervals["end"] >= written) | (intervals["end"] == "")
    )
    return intervals[holds].set_index("programme_id")["state"]
