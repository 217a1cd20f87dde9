"""Charts as published: what ``reports/charts.json`` and the files beside it hold.

The dossier is made from these, not from the tables: charts on publishers' files stay in it where
those files are not at hand, and one changed text does not wait for the measures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.charts.index import Figure, read_index
from analysis.charts.native import NativeChart, NativeSeries
from analysis.errors import InputError
from analysis.language import LANGUAGES, Language


@dataclass(frozen=True, eq=False)
class Chart:
    """One published chart.

    Attributes:
        id: Name of the chart and its files.
        demands: Demands that it speaks to.
        data_date: Day to which its data is complete.
        claim: Which headline its numbers carry.
        figures: The figures that its texts name.
        texts: headline, subtitle, base, missing, source, how_to_read, limits, alt, footnote;
            each by language, filled.
        native: The same numbers for office programs, by language; ``None``: only a picture.
        sources: Ids of its sources.
        folder: The reports folder with its files.
        files: Names of its files below the folder, with their checksums.
    """

    id: str
    demands: tuple[str, ...]
    data_date: dt.date
    claim: str
    figures: Mapping[str, Figure]
    texts: Mapping[str, Mapping[Language, str]]
    native: Mapping[Language, NativeChart] | None
    sources: tuple[str, ...]
    folder: Path
    files: Mapping[str, str]

    def text(self, key: str, lang: Language) -> str:
        """Return one text; see ``texts``."""
        return self.texts[key][lang]

    def headline(self, lang: Language) -> str:
        """Return the finding."""
        return self.texts["headline"][lang]

    def file(self, lang: Language, ending: str) -> Path:
        """Return the path of one file (``svg``, ``column.png``, ``csv``, ...)."""
        return self.folder / self.name(lang, ending)

    def size(self, lang: Language, ending: str = "png") -> tuple[int, int]:
        """Return width and height of one of its PNGs in pixels, read from the file's header."""
        head = self.file(lang, ending).read_bytes()[:24]
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")

    def name(self, lang: Language, ending: str) -> str:
        """Return the name of one file below the reports folder."""
        return f"{lang}/charts/{self.id}.{ending}"


def read_charts(reports: Path) -> tuple[Chart, ...]:
    """Read all published charts of a reports folder, in the order in which a reader meets them.

    Raises:
        InputError: There are none, or a file that the index names is missing.
    """
    charts = tuple(_chart(entry, reports) for entry in read_index(reports).values())
    if not charts:
        raise InputError("No charts are drawn yet: run `analysis report` without options first.")
    if lost := [n for c in charts for n in c.files if not (reports / n).is_file()]:
        raise InputError(
            f"{len(lost)} files of charts are missing ({lost[0]}): run `analysis report`."
        )
    return charts


def _chart(entry: Mapping[str, Any], reports: Path) -> Chart:
    native = entry["native"]
    return Chart(
        id=entry["id"],
        demands=tuple(entry["demands"]),
        data_date=dt.date.fromisoformat(entry["data_date"]),
        claim=entry["claim"],
        figures=entry["figures"],
        texts={
            key: {lang: _unbroken(by_language[lang], lang) for lang in LANGUAGES}
            for key, by_language in entry["texts"].items()
        },
        native={lang: _native(native[lang]) for lang in LANGUAGES} if native else None,
        sources=tuple(entry["sources"]),
        folder=reports,
        files=entry["files"],
    )


_FRENCH_SIGNS = re.compile(r" (?=[;:?!»])|(?<=«) ")


def _unbroken(words: str, lang: Language) -> str:
    """Keep the signs of French with their word: no line begins with a colon or a closing quote."""
    return _FRENCH_SIGNS.sub("\u00a0", words) if lang == "fr" else words


def _native(stored: Mapping[str, Any]) -> NativeChart:
    return NativeChart(
        kind=stored["kind"],
        categories=tuple(stored["categories"]),
        series=tuple(
            NativeSeries(one["name"], tuple(one["values"]), one["accent"], one["recedes"])
            for one in stored["series"]
        ),
        unit=stored["unit"],
        axis_title=stored["axis_title"],
    )
