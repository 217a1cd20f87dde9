"""The index of the charts: what each says and was made from, so that stale ones are redrawn.

``reports/charts.json`` holds, per chart, its texts and figures, its numbers as a native chart,
per language a digest of everything that decides its files (numbers, texts, drawing code), and
the checksum of each file. The dossier is made from it. ``reports/<lang>/charts.md`` is the list
that an advocate opens.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import inspect
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from analysis import files
from analysis.charts.record import REQUIRED, ChartRecord
from analysis.charts.registry import chart_ids, local_ids
from analysis.errors import Fault
from analysis.language import LANGUAGES, Language, text
from analysis.project import HANDING_OUT, PACKAGE, RULES, TEXTS

NAME = "charts.json"
# What a chart is exported to. The column shape's PNG has 300 dpi, for print.
ENDINGS = ("svg", "png", "pdf", "column.svg", "column.png", "column.pdf", "csv", "md")
Figure = str | int | float | bool | None


def digest(record: ChartRecord, lang: Language) -> str:
    """Return one hash of what decides a chart's files in a language: numbers, texts, code."""
    total = hashlib.sha256(_frame_code())
    total.update(files.csv_bytes(record.data))
    said = [
        record.id,
        lang,
        list(record.demands),
        record.claim,
        record.data_date.isoformat(),
        {key: _plain(value, lang) for key, value in record.values.items()},
        {key: texts[lang] for key, texts in record.texts.items()},
    ]
    total.update(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    draw = record.draw.func if isinstance(record.draw, partial) else record.draw
    total.update(Path(inspect.getfile(draw)).read_bytes())
    return total.hexdigest()


def _plain(value: object, lang: Language) -> str:
    return str(value[lang] if isinstance(value, Mapping) else value)


@cache
def _frame_code() -> bytes:
    """Return a hash of the code and texts that all charts share."""
    shared = ("canvas", "frame", "layout", "names", "record", "render", "stacked", "style")
    paths = [PACKAGE / "charts" / f"{name}.py" for name in shared]
    paths += [PACKAGE / "language.py", PACKAGE / "texts" / "chart_frame.yaml"]
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)


def measuring(processed: Path) -> bytes:
    """Return one hash of all that figures come from: checked tables, rules, code, shared texts.

    How results are handed out is no part of it.
    """
    total = hashlib.sha256()
    code = [
        path
        for path in PACKAGE.rglob("*.py")
        if not HANDING_OUT & set(path.relative_to(PACKAGE).parts)
    ]
    rules = [path for path in RULES.rglob("*.*") if path.is_file()]
    shared = [path for path in TEXTS.glob("*.yaml") if not path.name.startswith("dossier")]
    for path in sorted([*code, *rules, *shared], key=lambda one: one.as_posix()):
        total.update(path.relative_to(PACKAGE).as_posix().encode())
        # Line ends differ between checkouts of one commit.
        total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    for path in sorted(processed.glob("*.csv")):
        total.update(path.name.encode() + path.read_bytes())
    return total.digest()


def chart_inputs(processed: Path) -> dict[str, str]:
    """Return, per chart that can be drawn, one hash of all that could change its record.

    Where it is as the index has it, the record need not be built to know that nothing moved.
    """
    basis = measuring(processed)
    local = b"".join(
        hashlib.sha256(path.read_bytes()).digest()
        for path in sorted((processed / "local").glob("local_*.csv"))
    )
    found = {}
    for chart_id in chart_ids(with_local=bool(local)):
        total = hashlib.sha256(basis)
        total.update((TEXTS / "charts" / f"{chart_id}.yaml").read_bytes().replace(b"\r\n", b"\n"))
        if chart_id in local_ids():
            total.update(local)
        found[chart_id] = total.hexdigest()
    return found


def untouched(inputs: Mapping[str, str], reports: Path) -> set[str]:
    """Return the charts whose inputs are those of their files, all of which are in place."""
    index = read_index(reports)
    return {
        name
        for name, digested in inputs.items()
        if index.get(name, {}).get("inputs") == digested
        and not _changed_files(index[name], reports)
    }


def exported(*chart_ids: str) -> list[str]:
    """Return the names of the files that these charts are exported to, below ``reports``."""
    return [
        f"reports/{{nl,fr,en}}/charts/{chart_id}.{{{','.join(ENDINGS)}}}" for chart_id in chart_ids
    ]


def read_index(reports: Path) -> dict[str, dict[str, Any]]:
    """Read the index of a reports folder by chart id; empty when there is none."""
    try:
        content = json.loads((reports / NAME).read_text(encoding="utf-8"))
        # An index of an older form counts as none.
        return {e["id"]: e for e in content["charts"] if isinstance(e["digest"], dict)}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def stale(
    records: Iterable[ChartRecord], reports: Path, langs: Iterable[Language] = LANGUAGES
) -> list[tuple[ChartRecord, Language]]:
    """Return the charts whose files in a language are not those of their record."""
    index = read_index(reports)
    chosen = tuple(langs)
    return [
        (record, lang)
        for record in records
        for lang in chosen
        if record.id not in index
        or index[record.id]["digest"].get(lang) != digest(record, lang)
        or _changed_files(index[record.id], reports, lang)
    ]


def _changed_files(entry: dict[str, Any], reports: Path, lang: str = "") -> list[str]:
    return [
        name
        for name, checksum in entry["files"].items()
        if name.startswith(f"{lang}/" if lang else "")
        and (not (reports / name).is_file() or files.sha256(reports / name) != checksum)
    ]


def faults(
    records: Sequence[ChartRecord], reports: Path, others: Collection[str] = ()
) -> list[Fault]:
    """List where a reports folder disagrees with the records of its charts.

    Args:
        records: The charts to look at.
        reports: Folder of the reports.
        others: Charts that are known to agree.
    """
    index = read_index(reports)
    found = []
    for record in records:
        entry = index.get(record.id)
        if entry is None:
            found.append(Fault(NAME, "the chart was never drawn; run `analysis charts`", record.id))
            continue
        if entry["digest"] != {lang: digest(record, lang) for lang in LANGUAGES}:
            words = "its numbers, texts or code have changed since it was drawn"
            found.append(Fault(NAME, words, record.id))
        found += [
            Fault(name, "is missing or is not the file that was drawn; run `analysis charts`")
            for name in _changed_files(entry, reports)
        ]
    known = {record.id for record in records} | local_ids() | set(others)
    found += [
        Fault(NAME, "there is no such chart any more; remove its files", name)
        for name in sorted(set(index) - known)
    ]
    return found


def write_index(
    records: Sequence[ChartRecord], reports: Path, inputs: Mapping[str, str] | None = None
) -> None:
    """Write the index and, per language, the list of charts for readers.

    Args:
        records: The charts that were looked at; others keep their entry: their inputs are the
            same, or they are made from publishers' files that are not at hand now.
        reports: Folder of the reports.
        inputs: As from :func:`chart_inputs`, when the index shall be good for :func:`untouched`.
    """
    index = read_index(reports)
    index |= {one.id: _entry(one, reports, (inputs or {}).get(one.id, "")) for one in records}
    entries = [index[name] for name in chart_ids(with_local=True) if name in index]
    files.write_json(reports / NAME, {"charts": entries})
    for lang in LANGUAGES:
        files.write_text(reports / lang / "charts.md", _list_page(entries, lang))


def _entry(record: ChartRecord, reports: Path, inputs: str) -> dict[str, Any]:
    made = [
        path
        for lang in LANGUAGES
        for end in sorted(ENDINGS)
        if (path := reports / lang / "charts" / f"{record.id}.{end}").is_file()
    ]
    said = {"headline": {lang: record.headline(lang) for lang in LANGUAGES}}
    said |= {key: {lang: record.text(key, lang) for lang in LANGUAGES} for key in REQUIRED}
    said["footnote"] = {lang: record.footnote(lang) for lang in LANGUAGES}
    native = record.native
    return {
        "id": record.id,
        "demands": list(record.demands),
        "data_date": record.data_date.isoformat(),
        "claim": record.claim,
        "figures": plain_figures(record.values),
        "texts": said,
        "native": native and {lang: dataclasses.asdict(native(record, lang)) for lang in LANGUAGES},
        "sources": list(record.sources),
        "inputs": inputs,
        "digest": {lang: digest(record, lang) for lang in LANGUAGES},
        "files": {path.relative_to(reports).as_posix(): files.sha256(path) for path in made},
    }


def plain_figures(values: Mapping[str, object]) -> dict[str, Figure]:
    """Return the figures and codes among a record's values as JSON has them.

    Words that differ by language are left out: they say nothing that the figures do not.
    """
    found: dict[str, Figure] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            continue
        if isinstance(value, dt.date):
            found[name] = value.isoformat()
        elif value is None or isinstance(value, bool | int | str):
            found[name] = value
        else:
            number = float(str(value))
            plain = round(number, 10)
            # Not-a-number is what is not known; numpy's whole numbers arrive here as well.
            found[name] = None if number != number else int(plain) if plain.is_integer() else plain
    return found


def list_text(key: str, lang: Language) -> str:
    """Return one of the words of the list of charts (``texts/chart_list.yaml``)."""
    return text("chart_list", key, lang)


def _list_page(entries: Sequence[dict[str, Any]], lang: Language) -> str:
    lines = [f"# {list_text('title', lang)}", "", list_text("intro", lang), ""]
    for entry in entries:
        base = f"charts/{entry['id']}"
        links = " · ".join(
            f"[{label}]({base}.{end})"
            for label, end in (
                ("SVG", "svg"),
                ("PNG", "png"),
                ("PDF", "pdf"),
                (list_text("for_word", lang), "column.png"),
                ("CSV", "csv"),
                (list_text("caption", lang), "md"),
            )
        )
        lines += [
            f"## {entry['texts']['headline'][lang]}",
            "",
            f"![{entry['texts']['alt'][lang]}]({base}.svg)",
            "",
            entry["texts"]["subtitle"][lang],
            "",
            f"{links} — {entry['texts']['footnote'][lang]}",
            "",
        ]
    lines.append(list_text("end", lang))
    return "\n".join(lines) + "\n"
