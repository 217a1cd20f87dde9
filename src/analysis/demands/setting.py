"""One reading of the evidence: the tables under one variant of the rules.

Every indicator is computed on a :class:`Setting`; a sensitivity variant is another setting.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.coverage import LEGAL_FORMS, STAGES, instruments
from analysis.status import STALE_AFTER_MONTHS, state_on, status_intervals
from analysis.tables import Tables, as_of

# Codes as small numbers: several conditions together are as good as the worst of them.
NO, UNKNOWN, YES = -1, 0, 1
_CODES = {"no": NO, "unknown": UNKNOWN, "yes": YES}
Codes = npt.NDArray[np.int8]

DAYS = {"start": dt.date(2019, 12, 31), "plea": dt.date(2023, 12, 5)}


@dataclass(frozen=True)
class Variant:
    """What is read otherwise than in the base case.

    Attributes:
        name: Key of the variant in the output.
        without_funder: Leave every row of this funder out.
        exact_only: Leave figures out that are stated as approximate or as a bound, also as sign
            that a programme was running.
        stale_after_months: Months after the last sighting until "open" becomes "unknown".
        wide_working_time: Count wages of job schemes as paid working time.
        recoded: Take the stages and legal forms of the blind recoding where there is one.
    """

    name: str = "base"
    without_funder: str = ""
    exact_only: bool = False
    stale_after_months: int = STALE_AFTER_MONTHS
    wide_working_time: bool = False
    recoded: bool = False


@dataclass(frozen=True)
class Setting:
    """Tables read under one variant.

    Attributes:
        tables: Checked tables.
        readings: row_id, question, answer (yes, no, unknown): see ``rules/demands/readings.csv``.
        variant: How the tables are read.
    """

    tables: Tables
    readings: pd.DataFrame
    variant: Variant = field(default_factory=Variant)

    def day(self, name: str) -> dt.date:
        """Return the day called ``start``, ``plea`` or ``today`` (the date of the evidence)."""
        return as_of(self.tables) if name == "today" else DAYS[name]

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table without the rows that the variant leaves out."""
        return self._frames[name]

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        frames = {
            name: self.tables[name] for name in ("programmes", "awards", "funding_facts", "calls")
        }
        frames["programmes"] = instruments(self.tables)
        if gone := self.variant.without_funder:
            frames = {name: frame[frame["funder_id"] != gone] for name, frame in frames.items()}
        if self.variant.exact_only:
            facts, calls = frames["funding_facts"], frames["calls"]
            frames["funding_facts"] = facts[facts["value_kind"] == "exact"]
            frames["calls"] = calls[calls["exact"] == "yes"]
        return frames

    @cached_property
    def _intervals(self) -> pd.DataFrame:
        variant = self.variant
        if variant.stale_after_months == STALE_AFTER_MONTHS and not variant.exact_only:
            return self.tables["programme_status"]
        seen = self.tables["sightings"]
        if variant.exact_only:
            facts = self.tables["funding_facts"].set_index("fact_id")["value_kind"]
            inexact = facts.index[facts != "exact"]
            seen = seen[~seen["row_id"].isin(inexact)]
        programmes = self.tables["programmes"]
        years = {c: programmes[c].astype("string").fillna("") for c in ("first_year", "last_year")}
        return status_intervals(
            programmes.assign(**years), seen, as_of(self.tables), variant.stale_after_months
        )

    @cached_property
    def _states(self) -> dict[dt.date, pd.Series]:
        return {}

    def states(self, day: str) -> pd.Series:
        """Return the state of every programme on a named day, by programme_id."""
        when = self.day(day)
        if when not in self._states:
            self._states[when] = state_on(self._intervals, when)
        return self._states[when]

    @cached_property
    def supports(self) -> pd.DataFrame:
        """Stage codes (yes, no, unknown): programmes × stages, strict unless the variant is wide."""
        wide = self.tables["programme_stages"].pivot(
            index="programme_id", columns="stage", values="supports"
        )[list(STAGES)]
        wide = self._recode(wide.copy(), "stage_")
        if not self.variant.wide_working_time:
            programmes = self.tables["programmes"].set_index("programme_id")
            wages = programmes["wage_scheme"].reindex(wide.index).eq("yes").to_numpy()
            wide.loc[wages, "working_time"] = "no"
        return wide

    @cached_property
    def widely(self) -> Setting:
        """The same reading with wages of job schemes counted as paid working time."""
        return replace(self, variant=replace(self.variant, wide_working_time=True))

    @cached_property
    def open_to(self) -> pd.DataFrame:
        """Legal form codes (yes, no, unknown): programmes × forms."""
        wide = self.tables["programme_legal_forms"].pivot(
            index="programme_id", columns="legal_form", values="open_to"
        )[list(LEGAL_FORMS)]
        return self._recode(wide.copy(), "open_")

    def _recode(self, wide: pd.DataFrame, prefix: str) -> pd.DataFrame:
        if self.variant.recoded:
            codes = self.tables["recoding"].astype("str").set_index("programme_id")
            ids = codes.index.intersection(wide.index)
            for column in wide.columns:
                wide.loc[ids, column] = codes.loc[ids, prefix + column].to_numpy()
        return wide

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Codes]:
        return {}

    def codes(self, kind: str, name: str) -> Codes:
        """Return one column of codes, a number for each row of ``frame("programmes")``.

        Args:
            kind: ``stage``, ``form`` or ``reading``.
            name: Stage, legal form or question.
        """
        if (kind, name) not in self._columns:
            ids = self.frame("programmes")["programme_id"]
            column = (
                self.answers(name)
                if kind == "reading"
                else (self.supports if kind == "stage" else self.open_to)[name]
            )
            numbers = column.map(_CODES).astype(float).reindex(ids).fillna(UNKNOWN)
            self._columns[kind, name] = numbers.to_numpy().astype(np.int8)
        return self._columns[kind, name]

    def column(self, name: str) -> npt.NDArray[np.str_]:
        """Return a text column of ``frame("programmes")`` as an array."""
        if ("text", name) not in self._rows:
            self._rows["text", name] = self.frame("programmes")[name].to_numpy(dtype=np.str_)
        return self._rows["text", name]

    def states_of_rows(self, day: str) -> npt.NDArray[np.str_]:
        """Return the state on a named day for each row of ``frame("programmes")``."""
        if ("state", day) not in self._rows:
            ids = self.frame("programmes")["programme_id"]
            states = self.states(day).astype("str").reindex(ids).fillna("unknown")
            self._rows["state", day] = states.to_numpy(dtype=np.str_)
        return self._rows["state", day]

    @cached_property
    def _rows(self) -> dict[tuple[str, str], npt.NDArray[np.str_]]:
        return {}

    def answers(self, question: str) -> pd.Series:
        """Return the answers read to one question, by row id; absent = not read."""
        rows = self.readings[self.readings["question"] == question]
        return rows.set_index("row_id")["answer"]
