"""Tables for readers: programmes, funders, awards, organisations, in one language.

Codes become words of the language, names are the official ones, every row keeps its sources.
The same rows make the page's tables, the workbook's sheets and the appendix in print.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from analysis.awards import perhaps_persons
from analysis.charts.names import funder_names
from analysis.coverage import LEGAL_FORMS, STAGES
from analysis.language import Language
from analysis.status import state_on
from analysis.tables import Tables, as_of
from analysis.terms import official_name, term


@dataclass(frozen=True)
class Source:
    """Where a row comes from.

    Attributes:
        id: Its key in ``sources.csv``.
        publisher: Who published it.
        title: Of the page; may be empty.
        url: Of the page.
        published: ISO date as far as known; may be empty.
    """

    id: str
    publisher: str
    title: str
    url: str
    published: str


@dataclass(frozen=True)
class ProgrammeRow:
    """One programme: who may apply for what, and when.

    Attributes:
        id: Its key in ``programmes.csv``.
        name: Official name.
        funder_id: Key of the funder.
        funder: Name of the funder.
        kind: Scheme, call, loan, ... in words.
        stages: Code of each stage → yes, no, unknown.
        forms: Code of each legal form → yes, no, unknown.
        domains: In words.
        domain_codes: As coded; ``any`` = every domain; empty = not stated.
        least: Lowest amount (EUR nominal) or ``None``.
        most: Highest amount (EUR nominal) or ``None``.
        state: Code of its state on the day of the data.
        intervals: (first day, last day, state), ISO days, empty = without end.
        sources: Where the row comes from.
    """

    id: str
    name: str
    funder_id: str
    funder: str
    kind: str
    stages: Mapping[str, str]
    forms: Mapping[str, str]
    domains: tuple[str, ...]
    domain_codes: tuple[str, ...]
    least: float | None
    most: float | None
    state: str
    intervals: tuple[tuple[str, str, str], ...]
    sources: tuple[Source, ...]

    def state_on(self, day: dt.date) -> str:
        """Return the code of its state on a day."""
        written = day.isoformat()
        for start, end, state in self.intervals:
            if start <= written and (written <= end or not end):
                return state
        return "unknown"


@dataclass(frozen=True)
class AwardRow:
    """One award. ``amount`` is EUR nominal, of the kind told; ``None`` = not published."""

    id: str
    funder_id: str
    funder: str
    programme_id: str
    programme: str
    year: str
    project: str
    beneficiary: str
    form: str
    form_code: str
    municipality: str
    domain: str
    amount: float | None
    amount_kind: str
    counted: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation behind awards. ``total`` is EUR nominal of stated grants and prizes."""

    id: str
    name: str
    form: str
    form_code: str
    municipality: str
    first_year: str
    last_year: str
    awards: int
    total: float | None
    award_ids: tuple[str, ...]


@dataclass(frozen=True)
class FunderRow:
    """One funder with the number of its programmes (open on the day of the data) and awards."""

    id: str
    name: str
    level: str
    programmes: int
    open: int
    awards: int
    with_amount: int


def sources_of(tables: Tables) -> dict[str, Source]:
    """Return every source by its id."""
    return {
        str(row["source_id"]): Source(
            str(row["source_id"]),
            str(row["publisher"]),
            str(row["title"]),
            str(row["url"]),
            str(row["published"]),
        )
        for row in tables["sources"].astype("str").to_dict("records")
    }


def programme_rows(tables: Tables, lang: Language) -> list[ProgrammeRow]:
    """Return all programmes, calls and laws, by funder and name.

    Args:
        tables: Checked tables.
        lang: Language of the words.
    """
    known = sources_of(tables)
    programmes = tables["programmes"]
    funders = funder_names(tables["funders"], sorted(programmes["funder_id"].unique()))
    stages = _codes(tables["programme_stages"], "stage", "supports")
    forms = _codes(tables["programme_legal_forms"], "legal_form", "open_to")
    intervals: dict[str, list[tuple[str, str, str]]] = {}
    for one in tables["programme_status"].astype("str").to_dict("records"):
        span = (one["start"], one["end"], one["state"])
        intervals.setdefault(one["programme_id"], []).append(span)
    states = state_on(tables["programme_status"], as_of(tables)).astype("str").to_dict()
    rows = []
    for one in programmes.to_dict("records"):
        programme = str(one["programme_id"])
        codes = tuple(code for code in str(one["domain"]).split(";") if code)
        rows.append(
            ProgrammeRow(
                id=programme,
                name=official_name(one, lang),
                funder_id=str(one["funder_id"]),
                funder=funders[str(one["funder_id"])][lang],
                kind=word("kind", str(one["kind"]), lang),
                stages={stage: stages[programme][stage] for stage in STAGES},
                forms={form: forms[programme][form] for form in LEGAL_FORMS},
                domains=tuple(word("domain", code, lang) for code in codes),
                domain_codes=codes,
                least=_amount(one["amount_min_eur"]),
                most=_amount(one["amount_max_eur"]),
                state=states.get(programme, "unknown"),
                intervals=tuple(intervals.get(programme, ())),
                sources=_sources(known, one),
            )
        )
    return sorted(rows, key=lambda row: (_sort_key(row.funder), _sort_key(row.name), row.id))


def open_programmes(tables: Tables, lang: Language) -> list[list[str]]:
    """Return what is known to be open on the day of the data: name, funder, forms, stages (yes)."""
    return [
        [
            row.name,
            row.funder,
            ", ".join(word("legal_form", f, lang) for f, v in row.forms.items() if v == "yes"),
            ", ".join(word("stage", s, lang) for s, v in row.stages.items() if v == "yes"),
        ]
        for row in programme_rows(tables, lang)
        if row.state == "open"
    ]


def award_rows(tables: Tables, lang: Language) -> list[AwardRow]:
    """Return all awards, the latest first; names of natural persons are not among them."""
    known = sources_of(tables)
    awards = tables["awards"]
    funders = funder_names(tables["funders"], sorted(awards["funder_id"].unique()))
    programmes = tables["programmes"].set_index("programme_id")
    names = {str(key): official_name(row, lang) for key, row in programmes.iterrows()}
    persons = perhaps_persons(awards)
    rows = []
    for one, person in zip(awards.to_dict("records"), persons, strict=True):
        year = _amount(one["call_year"])
        if person:
            beneficiary = word("beneficiary", "person", lang)
        else:
            beneficiary = str(one["beneficiary"]) or word("beneficiary", "not_stated", lang)
        form = str(one["legal_form"]).replace("-", "_")
        rows.append(
            AwardRow(
                id=str(one["award_id"]),
                funder_id=str(one["funder_id"]),
                funder=funders[str(one["funder_id"])][lang],
                programme_id=str(one["programme_id"]),
                programme=names.get(str(one["programme_id"]), ""),
                year=str(one["start"])[:4] if year is None else str(int(year)),
                project=str(one["project"]),
                beneficiary=beneficiary,
                form=word("legal_form", form, lang),
                form_code=form,
                municipality=str(one["municipality"]),
                domain=word("domain", str(one["domain"]) or "unknown", lang),
                amount=_amount(one["amount_eur"]),
                amount_kind=word("amount_kind", str(one["amount_kind"]), lang)
                if one["amount_kind"]
                else "",
                counted=one["counted"] == "yes",
                sources=_sources(known, one),
            )
        )
    return sorted(rows, key=lambda row: (row.year == "", _descending(row.year), row.id))


def organisation_rows(tables: Tables, lang: Language) -> list[OrganisationRow]:
    """Return the organisations behind the counted awards, by name."""
    rows = [
        OrganisationRow(
            id=str(one["organisation_id"]),
            name=str(one["name"]),
            form=word("legal_form", str(one["form_class"]).replace("-", "_"), lang),
            form_code=str(one["form_class"]).replace("-", "_"),
            municipality=str(one["municipality"]),
            first_year=str(one["first_seen"]),
            last_year=str(one["last_seen"]),
            awards=int(one["awards"]),
            total=_amount(one["total_awarded_eur"]),
            award_ids=tuple(str(one["award_ids"]).split(";")),
        )
        for one in tables["organisations"].to_dict("records")
    ]
    return sorted(rows, key=lambda row: (_sort_key(row.name), row.id))


def funder_rows(tables: Tables, lang: Language) -> list[FunderRow]:
    """Return the funders that have a programme or an award here, by name."""
    programmes, awards = tables["programmes"], tables["awards"]
    counted = awards[awards["counted"].eq("yes")]
    states = state_on(tables["programme_status"], as_of(tables)).astype("str")
    is_open = programmes["programme_id"].map(states).eq("open")
    levels = tables["funders"].set_index("funder_id")["level"]
    ids = sorted(set(programmes["funder_id"]) | set(awards["funder_id"]))
    names = funder_names(tables["funders"], ids)
    rows = [
        FunderRow(
            id=one,
            name=names[one][lang],
            level=word("level", str(levels[one]), lang),
            programmes=int(programmes["funder_id"].eq(one).sum()),
            open=int((programmes["funder_id"].eq(one) & is_open).sum()),
            awards=int(counted["funder_id"].eq(one).sum()),
            with_amount=int((counted["funder_id"].eq(one) & counted["amount_eur"].notna()).sum()),
        )
        for one in ids
    ]
    return sorted(rows, key=lambda row: (_sort_key(row.name), row.id))


def word(kind: str, code: str, lang: Language) -> str:
    """Return the word for a code in a language (see ``texts/terms.yaml``)."""
    return term(kind, code)[lang]


def _codes(table: pd.DataFrame, key: str, value: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for programme, code, answer in zip(
        table["programme_id"], table[key], table[value], strict=True
    ):
        found.setdefault(str(programme), {})[str(code)] = str(answer)
    return found


def _sources(known: Mapping[str, Source], row: Mapping[Any, object]) -> tuple[Source, ...]:
    ids = [str(row["source_id"]), *str(row["extra_source_ids"]).split(";")]
    return tuple(known[one] for one in dict.fromkeys(ids) if one in known)


def _amount(value: object) -> float | None:
    written = str(value)
    return None if written in ("", "<NA>", "nan", "None") else float(written)


def _descending(year: str) -> int:
    return -int(year) if year else 0


@cache
def _sort_key(name: str) -> str:
    """Sort without case and accents, as a reader of any of the three languages expects."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
