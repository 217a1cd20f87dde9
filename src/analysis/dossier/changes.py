"""What moved since the last edition, told in one language; the same for every format."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.language import Language, date, number, text

if TYPE_CHECKING:
    from analysis.dossier.content import Dossier


@dataclass(frozen=True)
class Told:
    """The changelog in words.

    Attributes:
        intro: With which edition this one is compared, and why figures moved.
        header: Names of the columns of ``rows``.
        rows: (where, figure, before, after) of figures that moved.
        added: New charts and demands.
        removed: Charts and demands that are gone.
    """

    intro: str
    header: tuple[str, ...]
    rows: list[tuple[str, str, str, str]]
    added: list[str]
    removed: list[str]


def told(dossier: Dossier, lang: Language) -> Told:
    """Return the changelog of the present edition against the one before."""
    found = dossier.edition.changes
    header = tuple(
        text("dossier", f"changes.{key}", lang) for key in ("where", "figure", "before", "after")
    )
    if not found.since:
        return Told(text("dossier", "changes.first", lang), header, [], [], [])
    titles = {str(one["id"]): f"{one['id']} {one['title'][lang]}" for one in dossier.every_demand}
    titles |= {chart.id: chart.headline(lang) for chart in dossier.charts}
    day = date(dt.date.fromisoformat(found.since_date), lang)
    since = text("dossier", "changes.since", lang, version=found.since, day=day)
    rows = [
        (titles.get(m.where, m.where), m.name, _written(m.before, lang), _written(m.after, lang))
        for m in found.moves
    ]
    cause = found.causes[0] if len(found.causes) == 1 else "unclear"
    why = text("dossier", f"changes.causes.{cause}", lang)
    end = f"{text('dossier', 'changes.cause', lang)}: {why}." if rows else text("dossier", "changes.none", lang)  # fmt: skip
    return Told(
        f"{since}. {end}",
        header,
        rows,
        [titles.get(one, one) for one in found.added],
        list(found.removed),
    )


def _written(value: object, lang: Language) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool | str):
        return str(value)
    plain = float(str(value))
    return number(plain, lang, 0 if plain.is_integer() else 3)
