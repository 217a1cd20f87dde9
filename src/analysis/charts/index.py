"""The index of the charts: what each was made from, so that stale ones are seen and redrawn.

``reports/charts.json`` holds, per chart, a digest of everything that decides its files (numbers,
texts, drawing code) and the checksum of each file. ``reports/<lang>/charts.md`` is the list that
an advocate opens.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from analysis import files
from analysis.charts.record import ChartRecord
from analysis.charts.registry import local_ids
from analysis.errors import Fault
from analysis.language import LANGUAGES, Language, text
from analysis.project import PACKAGE

NAME = "charts.json"


def digest(record: ChartRecord) -> str:
    """Return one hash of what decides the files of a chart: numbers, texts, values, code."""
    total = hashlib.sha256(_frame_code())
    total.update(files.csv_bytes(record.data))
    said = [
        record.id,
        list(record.demands),
        record.claim,
        record.data_date.isoformat(),
        {key: _plain(value) for key, value in record.values.items()},
        {key: dict(texts) for key, texts in record.texts.items()},
    ]
    total.update(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    draw = record.draw.func if isinstance(record.draw, partial) else record.draw
    total.update(Path(inspect.getfile(draw)).read_bytes())
    return total.hexdigest()


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, dict) else str(value)


@cache
def _frame_code() -> bytes:
    """Return a hash of the code and texts that all charts share."""
    shared = ("canvas", "frame", "layout", "record", "render", "style")
    paths = [PACKAGE / "charts" / f"{name}.py" for name in shared]
    paths += [PACKAGE / "language.py", PACKAGE / "texts" / "chart_frame.yaml"]
    return b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths)


def exported(*chart_ids: str) -> list[str]:
    """Return the names of the files that these charts are exported to, below ``reports``."""
    endings = ("svg", "png", "pdf", "column.svg", "column.png", "column.pdf", "csv", "md")
    return [
        f"reports/{{nl,fr,en}}/charts/{chart_id}.{{{','.join(endings)}}}" for chart_id in chart_ids
    ]


def read_index(reports: Path) -> dict[str, dict[str, Any]]:
    """Read the index of a reports folder by chart id; empty when there is none."""
    try:
        content = json.loads((reports / NAME).read_text(encoding="utf-8"))
        return {entry["id"]: entry for entry in content["charts"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def stale(records: Iterable[ChartRecord], reports: Path) -> list[ChartRecord]:
    """Return the charts whose files are not those of their record."""
    index = read_index(reports)
    return [
        record
        for record in records
        if index.get(record.id, {}).get("digest") != digest(record)
        or _changed_files(index[record.id], reports)
    ]


def _changed_files(entry: dict[str, Any], reports: Path) -> list[str]:
    return [
        name
        for name, checksum in entry["files"].items()
        if not (reports / name).is_file() or files.sha256(reports / name) != checksum
    ]


def faults(records: Sequence[ChartRecord], reports: Path) -> list[Fault]:
    """List where a reports folder disagrees with the records of its charts."""
    index = read_index(reports)
    found = []
    for record in records:
        entry = index.get(record.id)
        if entry is None:
            found.append(Fault(NAME, "the chart was never drawn; run `analysis charts`", record.id))
            continue
        if entry["digest"] != digest(record):
            words = "its numbers, texts or code have changed since it was drawn"
            found.append(Fault(NAME, words, record.id))
        found += [
            Fault(name, "is missing or is not the file that was drawn; run `analysis charts`")
            for name in _changed_files(entry, reports)
        ]
    known = {record.id for record in records} | local_ids()
    found += [
        Fault(NAME, "there is no such chart any more; remove its files", name)
        for name in sorted(set(index) - known)
    ]
    return found


def write_index(records: Sequence[ChartRecord], reports: Path) -> None:
    """Write the index and, per language, the list of charts for readers.

    Charts on publishers' files that are not at hand now keep their entry.
    """
    drawn = {record.id for record in records}
    kept = [
        entry
        for name, entry in read_index(reports).items()
        if name in local_ids() and name not in drawn
    ]
    entries = [_entry(record, reports) for record in records] + kept
    files.write_json(reports / NAME, {"charts": entries})
    for lang in LANGUAGES:
        files.write_text(reports / lang / "charts.md", _list_page(entries, lang))


def _entry(record: ChartRecord, reports: Path) -> dict[str, Any]:
    made = sorted(
        path for lang in LANGUAGES for path in (reports / lang / "charts").glob(f"{record.id}.*")
    )
    return {
        "id": record.id,
        "demands": list(record.demands),
        "data_date": record.data_date.isoformat(),
        "headline": {lang: record.headline(lang) for lang in LANGUAGES},
        "subtitle": {lang: record.text("subtitle", lang) for lang in LANGUAGES},
        "alt": {lang: record.text("alt", lang) for lang in LANGUAGES},
        "footnote": {lang: record.footnote(lang) for lang in LANGUAGES},
        "digest": digest(record),
        "files": {path.relative_to(reports).as_posix(): files.sha256(path) for path in made},
    }


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
            f"## {entry['headline'][lang]}",
            "",
            f"![{entry['alt'][lang]}]({base}.svg)",
            "",
            entry["subtitle"][lang],
            "",
            f"{links} — {entry['footnote'][lang]}",
            "",
        ]
    lines.append(list_text("end", lang))
    return "\n".join(lines) + "\n"
