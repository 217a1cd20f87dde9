"""A chart is a record: what it claims, on which numbers, in three languages, and how it is drawn."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from analysis.errors import Fault
from analysis.language import LANGUAGES, Language, date, fill, texts
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.charts.canvas import Canvas
    from analysis.charts.native import NativeChart

Catalogue = Mapping[str, Mapping[Language, str]]

# Every chart says these in three languages; ``headline`` has one text per finding.
REQUIRED = ("subtitle", "base", "missing", "source", "how_to_read", "limits", "alt")
HEADLINE_WORDS = 14
_DIGITS = re.compile(r"[^\s\d]*\d[^\s]*")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DEMAND = re.compile(r"S[1-7]|E[1-7]")


@dataclass(frozen=True, eq=False)
class ChartRecord:
    """Everything that one picture says and rests on.

    Attributes:
        id: Name of the chart and its files, kebab-case.
        demands: Demands of the paper that it speaks to, ``S1`` to ``E7``; may be empty.
        data: The numbers behind the drawing, tidy, columns in English: what readers download.
        values: Fills the ``{placeholders}`` of the texts: raw numbers, dates or words; a mapping
            of nl, fr and en where the word differs by language.
        claim: Which headline the numbers carry: the text ``headline.<claim>``. The builder
            chooses it from the numbers, so that a changed finding changes the sentence.
        data_date: Day to which the evidence is complete.
        sources: Ids of the sources, for tracing; the sentence for readers is the text ``source``.
        draw: Draws inside ``canvas.area``. A function of a module (or a ``functools.partial`` of
            one), since records travel to worker processes.
        column_height_mm: Height that the drawing asks for in the column shape.
        native: Tells the same numbers as a chart that office programs draw, in one language;
            ``None`` where the kind of drawing does not allow it, and the picture stands for it.
            A function of a module, like ``draw``.
        catalogue: The texts; by default ``texts/charts/<id>.yaml``.
    """

    id: str
    demands: tuple[str, ...]
    data: pd.DataFrame
    values: Mapping[str, object]
    claim: str
    data_date: dt.date
    sources: tuple[str, ...]
    draw: Callable[[Canvas], None]
    column_height_mm: float = 100.0
    native: Callable[[ChartRecord, Language], NativeChart] | None = None
    catalogue: Catalogue | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"chart id {self.id!r} is not kebab-case")
        if wrong := [demand for demand in self.demands if not _DEMAND.fullmatch(demand)]:
            raise ValueError(f"{self.id}: no such demand: {', '.join(wrong)}")

    @property
    def texts(self) -> Catalogue:
        """Key → language → text with placeholders."""
        return self.catalogue if self.catalogue is not None else texts(f"charts/{self.id}")

    def text(self, key: str, lang: Language, /, **values: object) -> str:
        """Return one text, filled with the record's values and these.

        Raises:
            KeyError: No such text, or a placeholder without a value.
        """
        known = {**self.values, "data_date": self.data_date, **values}
        spoken = {
            name: value[lang] if isinstance(value, Mapping) else value
            for name, value in known.items()
        }
        return fill(self.texts[key][lang], lang, spoken)

    def headline(self, lang: Language) -> str:
        """Return the headline that the numbers carry."""
        return self.text(f"headline.{self.claim}", lang)

    def footnote(self, lang: Language) -> str:
        """Return date of the data, chart id and demands, as the last line of the footer."""
        parts = [frame_text("data_of", lang, day=date(self.data_date, lang)), self.id]
        if self.demands:
            parts.append(frame_text("demands", lang, ids=", ".join(self.demands)))
        return " · ".join(parts)


def frame_text(key: str, lang: Language, /, **values: object) -> str:
    """Return one of the frame's own words (``texts/chart_frame.yaml``)."""
    return fill(texts("chart_frame")[key][lang], lang, values)


@cache
def _allowed_phrases() -> tuple[str, ...]:
    import csv

    with (RULES / "charts" / "digits_in_texts.csv").open(encoding="utf-8", newline="") as handle:
        found = [row["phrase"] for row in csv.DictReader(handle)]
    # Longest first: a longer phrase may hold a shorter one.
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


def unfilled_digits(catalogue: Catalogue) -> list[tuple[str, Language, str]]:
    """Find digits typed into texts: a number in a text comes from the data, never from a keyboard.

    Words and names that have a digit of their own are declared in
    ``rules/charts/digits_in_texts.csv``.

    Returns:
        (key, language, the words with digits) per text that has any.
    """
    found: list[tuple[str, Language, str]] = []
    for key, by_language in catalogue.items():
        for lang, template in by_language.items():
            words = "".join(literal for literal, *_ in string.Formatter().parse(template))
            for phrase in _allowed_phrases():
                words = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", "", words)
            if typed := _DIGITS.findall(words):
                found.append((key, lang, " ".join(typed)))
    return found


def _placeholders(template: str) -> set[str]:
    names = (name for _, name, _, _ in string.Formatter().parse(template) if name)
    return {re.split(r"[.\[]", name)[0] for name in names}


def text_faults(record: ChartRecord) -> list[Fault]:
    """Return what is wrong with the texts of a record; nothing when it can be published."""
    catalogue = record.texts
    file = f"texts/charts/{record.id}.yaml"

    def fault(key: str, rule: str, value: str | None = None) -> Fault:
        return Fault(file=file, row=key, rule=rule, value=value)

    faults = [
        fault(key, "is missing; add it in nl, fr and en")
        for key in (*REQUIRED, f"headline.{record.claim}")
        if key not in catalogue
    ]
    known = {*record.values, "data_date"}
    for key, by_language in catalogue.items():
        named = {lang: _placeholders(by_language[lang]) for lang in LANGUAGES}
        if len({frozenset(names) for names in named.values()}) > 1:
            faults.append(fault(key, f"names other placeholders per language: {named}"))
        if key in REQUIRED or key == f"headline.{record.claim}":
            faults += [
                fault(key, "has a placeholder without a value in the record", name)
                for name in sorted(set().union(*named.values()) - known)
            ]
        if key.startswith("headline."):
            for lang in LANGUAGES:
                if "!" in by_language[lang]:
                    faults.append(fault(key, f"{lang}: a headline does not shout", "!"))
                if len(by_language[lang].split()) > HEADLINE_WORDS:
                    faults.append(
                        fault(key, f"{lang}: at most {HEADLINE_WORDS} words", by_language[lang])
                    )
    faults += [
        fault(key, f"{lang}: a number comes from the data, not from the keyboard", typed)
        for key, lang, typed in unfilled_digits(catalogue)
    ]
    return faults
