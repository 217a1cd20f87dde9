"""Editions: what this one is, and which figures moved since the last one, and why.

``data/editions/<version>.json`` holds the figures of each edition that was published, with
fingerprints of what they came from. The present edition is compared with the newest file of
another version.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from analysis import __version__, files
from analysis.charts.index import Figure
from analysis.dossier.charts import Chart
from analysis.errors import Fault, InputError
from analysis.language import Language, date, text
from analysis.project import HANDING_OUT, PACKAGE, Project

Cause = Literal["data", "correction", "method"]
CAUSES: tuple[Cause, ...] = ("data", "correction", "method")
# What is no method of measuring: how results are drawn, said and handed out.
_NO_METHOD = HANDING_OUT | {"charts", "templates", "texts"}


@dataclass(frozen=True)
class Move:
    """One figure that is not what it was.

    Attributes:
        where: Id of the chart or demand.
        name: Name of the figure there.
        before: Its value in the earlier edition.
        after: Its value now; ``None`` when it is gone.
    """

    where: str
    name: str
    before: Figure
    after: Figure


@dataclass(frozen=True)
class Changes:
    """What moved between two editions.

    Attributes:
        since: Version of the earlier edition; empty for the first one.
        since_date: Day of the earlier edition's data.
        causes: What differs between them: data, declared corrections, method (code, rules, texts).
            When only one differs, it is the cause of every move; else the causes are told together.
        moves: Figures that were in both, with another value.
        added: Charts and demands that are new.
        removed: Charts and demands that are gone.
    """

    since: str = ""
    since_date: str = ""
    causes: tuple[Cause, ...] = ()
    moves: tuple[Move, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """An edition of the dossier; nothing in it depends on when it was built.

    Attributes:
        version: Of the project.
        data_date: Day to which the evidence is complete.
        changes: Against the edition before.
    """

    version: str
    data_date: dt.date
    changes: Changes

    def citation(self, lang: Language) -> str:
        """Return how to cite this edition, with a placeholder for its DOI."""
        return text(
            "dossier", "citation.whole", lang,
            year=str(self.data_date.year), version=self.version, day=date(self.data_date, lang),
        )  # fmt: skip

    def chart_citation(self, chart: Chart, lang: Language) -> str:
        """Return how to cite one chart of this edition."""
        return text(
            "dossier", "citation.chart", lang, headline=chart.headline(lang), chart=chart.id,
            year=str(self.data_date.year), version=self.version, day=date(self.data_date, lang),
        )  # fmt: skip

    def stamp(self, lang: Language) -> str:
        """Return version and date of the data as one short line."""
        return text(
            "dossier", "edition.stamp", lang,
            version=self.version, day=date(self.data_date, lang),
        )  # fmt: skip


def snapshot(
    project: Project,
    charts: Iterable[Chart],
    demands: Iterable[Mapping[str, Any]],
    data_date: dt.date,
) -> dict[str, Any]:
    """Return the figures of the present edition and the fingerprints of what they came from."""
    return {
        "version": __version__,
        "data_date": data_date.isoformat(),
        "inputs": inputs(project.raw, PACKAGE),
        "charts": {chart.id: {"claim": chart.claim, **chart.figures} for chart in charts},
        "demands": {
            str(one["id"]): {
                "verdict": one["verdict"],
                "strength": one["strength"],
                **{str(each["id"]): each["value"] for each in one["indicators"]},
            }
            for one in demands
        },
    }


def inputs(raw: Path, package: Path) -> dict[str, str]:
    """Return a fingerprint of each possible cause of a changed figure."""
    return {
        "data": _digest(raw / "evidence"),
        "correction": _digest(raw / "corrections.csv", raw / "sightings.csv"),
        "method": _digest(package, raw / "recoding"),
    }


def _digest(*places: Path) -> str:
    total = hashlib.sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            inside = path.relative_to(place).parts
            if path.suffix in (".py", ".yaml", ".csv", ".json") and not _NO_METHOD & set(inside):
                total.update(path.name.encode())
                # Line ends differ between checkouts of one commit.
                total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Changes:
    """Compare two snapshots.

    Args:
        before: Snapshot of the earlier edition; empty mapping when there is none.
        now: Snapshot of the present one.
    """
    if not before:
        return Changes()
    moves: list[Move] = []
    added: list[str] = []
    removed: list[str] = []
    for kind in ("demands", "charts"):
        old, new = before[kind], now[kind]
        added += [name for name in new if name not in old]
        removed += [name for name in old if name not in new]
        for name in new:
            if name in old:
                moves += _moves(name, old[name], new[name])
    return Changes(
        since=str(before["version"]),
        since_date=str(before["data_date"]),
        causes=tuple(one for one in CAUSES if before["inputs"][one] != now["inputs"][one]),
        moves=tuple(moves),
        added=tuple(added),
        removed=tuple(removed),
    )


def _moves(where: str, old: Mapping[str, Figure], new: Mapping[str, Figure]) -> Iterator[Move]:
    """Yield the figures of one chart or demand that moved or are gone; a new one did not move."""
    for name, before in old.items():
        if name not in new or before != new[name]:
            yield Move(where, name, before, new.get(name))


def earlier_edition(folder: Path, version: str = __version__) -> dict[str, Any]:
    """Return the snapshot of the newest published edition before a version; empty when none.

    Raises:
        InputError: A file of the folder is no snapshot.
    """
    found: list[tuple[tuple[int, ...], dict[str, Any]]] = []
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            number = _number(content["version"])
            complete = {"data_date", "inputs", "charts", "demands"} <= set(content)
        except (ValueError, KeyError, TypeError):
            complete, number = False, ()
        if not complete:
            raise InputError(
                "An edition cannot be read:",
                [Fault(path.name, "is no snapshot of an edition; restore it with git")],
            )
        if number < _number(version):
            found.append((number, content))
    return max(found, key=lambda one: one[0])[1] if found else {}


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def save(project: Project, content: Mapping[str, Any]) -> Path:
    """Keep the figures of an edition that is being published; returns the file."""
    path = project.editions / f"{content['version']}.json"
    files.write_json(path, content)
    return path
