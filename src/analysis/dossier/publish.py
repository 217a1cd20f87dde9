"""Build the dossier: gather what it holds, write what is stale, in all languages and formats.

``reports/dossier.json`` holds, per output, a digest of what decides it and the checksums of its
files, so that a changed text of one chart in one language touches that language only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from analysis import __version__, files
from analysis.dossier.brand import Brand, our_brand
from analysis.dossier.charts import Chart, read_charts
from analysis.dossier.content import Dossier, choose
from analysis.dossier.edition import Edition, changes, earlier_edition, snapshot
from analysis.errors import Fault, InputError
from analysis.language import LANGUAGES, Language
from analysis.project import PACKAGE, RULES, TEXTS, Project
from analysis.tables import as_of, load

if TYPE_CHECKING:
    from analysis.charts.record import ChartRecord

Format = Literal["html", "docx", "pdf", "pptx", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)
# The slowest first, so that two processes end together.
_ORDER: tuple[Format, ...] = ("pdf", "docx", "pptx", "xlsx", "html")
WRITERS: Mapping[str, str] = {"docx": "word", "pdf": "print_pdf", "pptx": "slides"}
FILES: Mapping[str, str] = {
    "docx": "dossier.docx",
    "pdf": "dossier.pdf",
    "pptx": "charts.pptx",
    "xlsx": "data.xlsx",
}
INDEX = "dossier.json"


def read_dossier(
    project: Project, reports: Path | None = None, brand: Brand | None = None
) -> Dossier:
    """Gather the whole dossier from published charts, demand records and checked tables.

    Args:
        project: The checkout.
        reports: Folder with the charts and ``demands.json``; default the project's own.
        brand: Default ours.

    Raises:
        InputError: Charts, demands or tables are not there yet.
    """
    folder = reports or project.reports
    tables = load(project.processed)
    charts = read_charts(folder)
    demands = _demands(folder)
    day = as_of(tables)
    now = snapshot(project, charts, demands, day)
    edition = Edition(__version__, day, changes(earlier_edition(project.editions), now))
    return Dossier(
        edition, brand or our_brand(), demands, charts, tables, demands, _corrections(project)
    )


def _demands(reports: Path) -> tuple[dict[str, Any], ...]:
    from analysis.demands.output import FILE

    path = reports / FILE
    if not path.is_file():
        raise InputError(f"{FILE} is not there yet: run `analysis report` without options first.")
    return tuple(json.loads(path.read_text(encoding="utf-8")))


def _corrections(project: Project) -> tuple[dict[str, str], ...]:
    from analysis.build import corrections_path
    from analysis.evidence.corrections import read_corrections

    return tuple(
        {
            "table": one.table,
            "row": one.row_id,
            "field": one.field,
            "before": one.expected,
            "after": one.new,
        }
        for one in read_corrections(corrections_path(project.raw))
    )


@dataclass(frozen=True)
class Output:
    """One thing to write: a format in a language.

    Attributes:
        format: Which writer.
        lang: Which language; empty for the files that all languages share.
    """

    format: Format
    lang: Language | Literal[""]

    @property
    def key(self) -> str:
        """Name in the index."""
        return f"{self.lang or 'shared'}/{self.format}"


def outputs(
    langs: Iterable[Language] = LANGUAGES, formats: Iterable[Format] = FORMATS
) -> list[Output]:
    """Return what to write for some languages and formats."""
    wanted, spoken = set(formats), tuple(langs)
    found = [Output(form, lang) for form in _ORDER if form in wanted for lang in spoken]
    return [*found, Output("html", "")] if "html" in wanted else found


def write(dossier: Dossier, output: Output) -> dict[str, bytes]:
    """Make the files of one output: path below the reports folder → content."""
    if not output.lang:
        from analysis.dossier.web import shared_files

        return shared_files(dossier)
    lang = output.lang
    if output.format == "html":
        from analysis.dossier.web import pages

        return pages(dossier, lang)
    if output.format == "xlsx":
        from analysis.dossier import workbook

        books = {
            c.name(lang, "xlsx"): workbook.chart_workbook(dossier, c, lang) for c in dossier.charts
        }
        return {f"{lang}/{FILES['xlsx']}": workbook.build(dossier, lang), **books}
    writer = import_module(f"analysis.dossier.{WRITERS[output.format]}")
    return {f"{lang}/{FILES[output.format]}": writer.build(dossier, lang)}


def digest(dossier: Dossier, output: Output) -> str:
    """Return one hash of what decides an output."""
    langs = [output.lang] if output.lang else []
    said = [
        output.key,
        dossier.edition.version,
        dossier.data_date.isoformat(),
        repr(dossier.edition.changes),
        [dossier.brand.name, dossier.brand.contact, dossier.brand.accent, dossier.brand.ink],
        hashlib.sha256(dossier.brand.logo).hexdigest(),
        [_said(chart, lang) for chart in dossier.charts for lang in langs],
        [chart.id for chart in dossier.charts],
        dossier.demands if langs else [one["id"] for one in dossier.demands],
        dossier.corrections if langs else [],
    ]
    total = hashlib.sha256(_code())
    total.update(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode())
    if langs:
        total.update(dossier.listed_digest.encode())
    return total.hexdigest()


def _said(chart: Chart, lang: Language) -> list[object]:
    return [
        chart.id,
        chart.demands,
        chart.sources,
        {key: by_language[lang] for key, by_language in chart.texts.items()},
        repr(chart.native[lang]) if chart.native else None,
        {name: sha for name, sha in chart.files.items() if name.startswith(f"{lang}/")},
    ]


@cache
def _code() -> bytes:
    """Return a hash of the code, rules and texts that write the dossier."""
    total = hashlib.sha256()
    places = [PACKAGE / "dossier", PACKAGE / "templates" / "dossier"]
    paths = [path for place in places for path in place.rglob("*") if path.is_file()]
    paths += [*TEXTS.glob("dossier*.yaml"), RULES / "known_faults.yaml"]
    paths += [TEXTS / f"{name}.yaml" for name in ("chart_frame", "demands", "terms")]
    paths += [PACKAGE / "language.py", RULES / "demands" / "objections.yaml"]
    for path in sorted(paths, key=lambda one: one.relative_to(PACKAGE).as_posix()):
        if "__pycache__" not in path.parts:
            total.update(path.relative_to(PACKAGE).as_posix().encode())
            # Line ends differ between checkouts of one commit.
            total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return total.digest()


def read_index(reports: Path) -> dict[str, dict[str, Any]]:
    """Read what a reports folder's dossier was made from; empty when there is none."""
    try:
        content = json.loads((reports / INDEX).read_text(encoding="utf-8"))
        return dict(content["outputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def stale(dossier: Dossier, wanted: Iterable[Output], reports: Path) -> list[Output]:
    """Return the outputs whose files are not those of the dossier."""
    index = read_index(reports)
    return [
        one
        for one in wanted
        if index.get(one.key, {}).get("digest") != digest(dossier, one)
        or _changed_files(index[one.key]["files"], reports)
    ]


def _changed_files(checksums: Mapping[str, str], reports: Path) -> list[str]:
    return [
        name
        for name, checksum in checksums.items()
        if not (reports / name).is_file() or files.sha256(reports / name) != checksum
    ]


def publish(
    dossier: Dossier, wanted: Sequence[Output], out: Path, workers: int | None = None
) -> dict[str, int]:
    """Write outputs below a folder and keep its index; files that are gone are removed.

    Args:
        dossier: What they hold.
        wanted: Outputs to write.
        out: Folder of the reports; charts must be in it for the pages to show them.
        workers: Processes; default one per core.

    Returns:
        Number of files per output key.
    """
    from tqdm import tqdm

    index = read_index(out)
    processes = min(workers or os.cpu_count() or 1, max(len(wanted), 1))
    done: dict[str, int] = {}
    with tqdm(total=len(wanted), desc="dossier", unit="file", disable=None) as progress:

        def keep(output: Output, checksums: dict[str, str]) -> None:
            for name in set(index.get(output.key, {}).get("files", {})) - set(checksums):
                (out / name).unlink(missing_ok=True)
            index[output.key] = {"digest": digest(dossier, output), "files": checksums}
            done[output.key] = len(checksums)
            progress.update()

        if processes == 1:
            for output in wanted:
                keep(output, _write_to(dossier, output, out))
        else:
            # spawn: the same on all systems, and no forked locks.
            with ProcessPoolExecutor(
                processes, get_context("spawn"), initializer=_start, initargs=(dossier, out)
            ) as pool:
                for output, checksums in zip(wanted, pool.map(_job, wanted), strict=True):
                    keep(output, checksums)
    ordered = {one.key: index[one.key] for one in outputs() if one.key in index}
    files.write_json(out / INDEX, {"outputs": ordered})
    return done


_AT_HAND: list[tuple[Dossier, Path]] = []


def _start(dossier: Dossier, out: Path) -> None:
    """Keep the dossier in a worker, so that it travels once and not with every output."""
    _AT_HAND[:] = [(dossier, out)]


def _job(output: Output) -> dict[str, str]:
    dossier, out = _AT_HAND[0]
    return _write_to(dossier, output, out)


def _write_to(dossier: Dossier, output: Output, out: Path) -> dict[str, str]:
    checksums = {}
    for name, content in sorted(write(dossier, output).items()):
        checksums[name] = hashlib.sha256(content).hexdigest()
        path = out / name
        # An unchanged page keeps its date: less to copy to a file share.
        if not path.is_file() or files.sha256(path) != checksums[name]:
            files.write_bytes(path, content)
    return checksums


def faults(dossier: Dossier, reports: Path) -> list[Fault]:
    """List where a reports folder's dossier is not what it would be now."""
    index = read_index(reports)
    found = []
    for output in outputs():
        entry = index.get(output.key)
        if entry is None:
            found.append(Fault(INDEX, "was never written; run `analysis report`", output.key))
            continue
        if entry["digest"] != digest(dossier, output):
            words = "what it holds has changed since it was written; run `analysis report`"
            found.append(Fault(INDEX, words, output.key))
        found += [
            Fault(name, "is missing or is not the file that was written; run `analysis report`")
            for name in _changed_files(entry["files"], reports)
        ]
    return found


def selection(
    project: Project,
    out: Path,
    ids: Sequence[str] = (),
    brand: Brand | None = None,
    langs: Sequence[Language] = LANGUAGES,
    formats: Sequence[Format] = FORMATS,
) -> dict[str, int]:
    """Write a dossier on chosen demands, or in another brand, into a folder of its own.

    Args:
        project: The checkout, with its charts drawn.
        out: Folder; its charts and dossier are replaced.
        ids: Demands; empty = all.
        brand: Default ours.
        langs: Languages.
        formats: Formats.

    Returns:
        Number of files per output.

    Raises:
        InputError: There is no such demand, no charts are drawn yet, or the folder is the
            project's own and would lose the whole dossier.
    """
    elsewhere = out.resolve() != project.reports.resolve()
    if not elsewhere and (ids or brand):
        raise InputError(
            "The project's own reports hold all demands in its own brand: name another --out."
        )
    dossier = read_dossier(project, brand=brand)
    if ids:
        dossier = choose(dossier, ids)
    if elsewhere and ("html" in formats or not dossier.brand.is_ours):
        dossier = replace(dossier, charts=_charts_for(project, dossier, out, langs))
    return publish(dossier, outputs(langs, formats), out)


def _charts_for(
    project: Project, dossier: Dossier, out: Path, langs: Sequence[Language]
) -> tuple[Chart, ...]:
    """Put the charts of a dossier into its folder: copies, or drawn again in the brand's colour."""
    from analysis.charts.render import render_all

    redrawn: dict[str, ChartRecord] = {}
    if not dossier.brand.is_ours:
        redrawn = _records(project, {chart.id for chart in dossier.charts})
        render_all(
            [(record, lang) for record in redrawn.values() for lang in langs],
            out,
            accent=dossier.brand.accent,
        )
    kept = []
    for chart in dossier.charts:
        checksums = {}
        for name in chart.files:
            if name.split("/")[0] not in langs:
                continue
            if chart.id not in redrawn:
                files.write_bytes(out / name, (chart.folder / name).read_bytes())
            checksums[name] = files.sha256(out / name)
        kept.append(replace(chart, folder=out, files=checksums))
    return tuple(kept)


def _records(project: Project, ids: set[str]) -> dict[str, ChartRecord]:
    from analysis.charts.registry import build_records, builders_of, local_ids

    tables = load(project.processed)
    # Charts on publishers' files that are not at hand stay in our colours.
    drawable = ids if "local_awards" in tables else ids - local_ids()
    return {one.id: one for one in build_records(tables, builders_of(drawable))}
