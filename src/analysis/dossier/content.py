"""What a dossier holds, whatever its format: demands, charts, tables, edition, brand."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from analysis import files
from analysis.dossier.brand import Brand
from analysis.dossier.charts import Chart
from analysis.dossier.edition import Edition
from analysis.dossier.listings import Source, sources_of
from analysis.errors import InputError
from analysis.language import Language, fill, text
from analysis.tables import Tables

# Texts that go with a chart, in the order in which a reader wants them.
CAPTION = ("base", "missing", "source", "how_to_read", "limits")
# The two pages of the paper itself.
PAPER = {
    "nl": "https://bissib.be/nl/bissib-pleitnota/",
    "fr": "https://bissib.be/plaidoyer-bissib/",
    "en": "https://bissib.be/plaidoyer-bissib/",
}
GROUPS = ("structural", "ecosystem")
# Tables that the listings show.
LISTED = (
    "awards",
    "funders",
    "organisations",
    "programme_legal_forms",
    "programme_stages",
    "programme_status",
    "programmes",
    "sources",
)
STRENGTH_STEPS = 3


@dataclass(frozen=True)
class Objection:
    """What a sharp opponent would say, in one language."""

    about: tuple[str, ...]
    group: str
    says: str
    answer: str
    settles: str


@dataclass(frozen=True, eq=False)
class Dossier:
    """Everything that the writers of formats need.

    Attributes:
        edition: Version, day of the data, what moved.
        brand: Colours and lines.
        demands: Records as in ``reports/demands.json``, in the order of the paper; all or chosen.
        charts: Published charts in reading order; those of the demands, when some are chosen.
        tables: Checked tables.
        every_demand: All records, for what refers across.
        corrections: Declared corrections of the evidence: table, row, field, before, after.
    """

    edition: Edition
    brand: Brand
    demands: tuple[Mapping[str, Any], ...]
    charts: tuple[Chart, ...]
    tables: Tables
    every_demand: tuple[Mapping[str, Any], ...]
    corrections: tuple[Mapping[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all demands are in it."""
        return len(self.demands) == len(self.every_demand)

    @property
    def data_date(self) -> dt.date:
        """Day to which the evidence is complete."""
        return self.edition.data_date

    def demand(self, demand_id: str) -> Mapping[str, Any]:
        """Return one record.

        Raises:
            KeyError: It is not in this dossier.
        """
        return self._demands[demand_id]

    @cached_property
    def _demands(self) -> dict[str, Mapping[str, Any]]:
        return {str(one["id"]): one for one in self.demands}

    @cached_property
    def _charts(self) -> dict[str, Chart]:
        return {one.id: one for one in self.charts}

    @cached_property
    def listed_digest(self) -> str:
        """Return one hash of the tables that listings show; local tables are not among them."""
        total = hashlib.sha256()
        for name in LISTED:
            total.update(files.csv_bytes(self.tables[name]))
        return total.hexdigest()

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Return every source by its id."""
        return sources_of(self.tables)

    def chart(self, chart_id: str) -> Chart:
        """Return one chart.

        Raises:
            KeyError: It is not in this dossier.
        """
        return self._charts[chart_id]

    def charts_of(self, demand: Mapping[str, Any]) -> tuple[Chart, ...]:
        """Return the charts of a demand: those its record names first, then others about it."""
        named = [self._charts[one] for one in demand["charts"] if one in self._charts]
        others = [c for c in self.charts if str(demand["id"]) in c.demands and c not in named]
        return (*named, *others)

    def sources_of_chart(self, chart: Chart) -> tuple[Source, ...]:
        """Return the sources of a chart that are in the table of sources."""
        return tuple(self.sources[one] for one in chart.sources if one in self.sources)

    def in_group(self, group: str) -> tuple[Mapping[str, Any], ...]:
        """Return the demands of a group of the paper (``structural``, ``ecosystem``)."""
        return tuple(one for one in self.demands if one["group"] == group)

    def objections(self, lang: Language) -> tuple[Objection, ...]:
        """Return the objections to the demands of this dossier, figures filled."""
        from analysis.demands.objections import figures, objections
        from analysis.demands.output import fill_known

        values = figures(self.every_demand, lang)
        return tuple(
            Objection(
                about=tuple(one["about"]),
                group=one["group"],
                says=fill_known(one["says"][lang], lang, values),
                answer=fill_known(one["answer"][lang], lang, values),
                settles=fill_known(one["settles"][lang], lang, values),
            )
            for one in objections()
            if set(one["about"]) & set(self._demands)
        )


def caption_lines(
    chart: Chart, lang: Language, keys: Sequence[str] = CAPTION
) -> list[tuple[str, str]]:
    """Return (label, sentence) of what goes with a picture, without its headline."""
    from analysis.charts.record import frame_text

    return [(frame_text(key, lang), chart.text(key, lang)) for key in keys]


def caption_text(chart: Chart, lang: Language) -> str:
    """Return the caption as one plain text, for pasting under a picture elsewhere."""
    lines = [chart.headline(lang), chart.text("subtitle", lang)]
    lines += [f"{label} {sentence}" for label, sentence in caption_lines(chart, lang)]
    return "\n".join([*lines, chart.text("footnote", lang)])


def strength_text(demand: Mapping[str, Any], lang: Language) -> str:
    """Return the strength of evidence in words (``strength of evidence 1 of 3``)."""
    return text("demands", "command.strength", lang, steps=demand["strength"], most=STRENGTH_STEPS)


@dataclass(frozen=True)
class Hold:
    """How one deciding criterion fares when the evidence is read otherwise.

    Attributes:
        sentence: What it says in the ordinary reading.
        told: Whether its outcome stays, and where not, in words.
    """

    sentence: str
    told: str


def holds(dossier: Dossier, demand: Mapping[str, Any], lang: Language) -> list[Hold]:
    """Tell for each deciding criterion of a demand whether its outcome holds."""
    sentences = {
        each["criterion"]: each["text"][lang]
        for side in ("evidence_for", "evidence_against", "evidence_undecided")
        for each in demand[side]
    }
    return [
        Hold(sentences.get(one["criterion"], ""), _told(dossier, one, lang))
        for one in demand["sensitivity"]
        if one["decides"]
    ]


def _told(dossier: Dossier, one: Mapping[str, Any], lang: Language) -> str:
    if one["outcome"] == "unknown":
        return text("dossier", "holds.unknown", lang)
    outcome = text("dossier", f"outcome.{one['outcome']}", lang)
    names = [(_reading(dossier, v["variant"], lang), v["outcome"]) for v in one["variants"]]
    names += [(text("dossier", f"end.{b['bound']}", lang), b["outcome"]) for b in one["bounds"]]
    others = [
        f"{name} ({text('dossier', f'outcome.{other}', lang)})"
        for name, other in names
        if other != one["outcome"]
    ]
    if not others:
        return text("dossier", "holds.all", lang, outcome=outcome, tried=len(one["variants"]))
    return text("dossier", "holds.not", lang, outcome=outcome, others=", ".join(others))


def _reading(dossier: Dossier, name: str, lang: Language) -> str:
    if not name.startswith("without_"):
        return text("dossier", f"variant.{name}", lang)
    from analysis.charts.names import funder_names

    funder = name.removeprefix("without_")
    called = funder_names(dossier.tables["funders"], [funder])[funder][lang]
    return text("dossier", "variant.without", lang, funder=called)


def write_value(indicator: Mapping[str, Any], lang: Language, which: str = "value") -> str:
    """Write an indicator's value, low or high as its unit wants it; a word where none is known.

    Args:
        indicator: As in a demand's record.
        lang: Language of the number.
        which: ``value``, ``low`` or ``high``.
    """
    number = indicator["value"] if which == "value" else indicator["interval"][which]
    if number is None:
        return text("demands", "not_known", lang)
    form = {"share": ":percent", "EUR": ":euro"}.get(str(indicator["unit"]), "")
    if not form and not float(number).is_integer():
        form = ":number.1"
    return fill(f"{{number{form}}}", lang, {"number": number})


def choose(dossier: Dossier, ids: Sequence[str]) -> Dossier:
    """Return the dossier with some demands only, and the charts that speak to them.

    Raises:
        InputError: There is no such demand.
    """
    wanted = {one.upper() for one in ids}
    known = [str(one["id"]) for one in dossier.every_demand]
    if lost := sorted(wanted - set(known)):
        raise InputError(f"No demand called {', '.join(lost)}; there are: {', '.join(known)}.")
    demands = tuple(one for one in dossier.every_demand if one["id"] in wanted)
    named = {chart for one in demands for chart in one["charts"]}
    charts = tuple(c for c in dossier.charts if c.id in named or wanted & set(c.demands))
    return replace(dossier, demands=demands, charts=charts)
