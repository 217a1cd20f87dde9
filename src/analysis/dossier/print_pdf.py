"""The dossier as a PDF for print and screen readers (PDF/UA-1), set by typst.

The template reads all words from a JSON file, so that no cell is ever markup.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.charts import style
from analysis.dossier import content, listings, method
from analysis.dossier.changes import told
from analysis.dossier.charts import Chart
from analysis.dossier.content import Dossier, caption_lines
from analysis.language import LOCALES, Language, date, text
from analysis.project import PACKAGE

TEMPLATE = PACKAGE / "templates" / "dossier" / "print" / "dossier.typ"
SIDES = ("evidence_for", "evidence_against", "evidence_undecided")


def build(dossier: Dossier, lang: Language) -> bytes:
    """Return the dossier in one language as tagged PDF; same dossier, same bytes."""
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(TEMPLATE, folder / TEMPLATE.name)
        for chart in dossier.charts:
            shutil.copyfile(chart.file(lang, "column.svg"), folder / f"{chart.id}.svg")
        if dossier.brand.logo:
            (folder / "logo.png").write_bytes(dossier.brand.logo)
        data = json.dumps(_data(dossier, lang), ensure_ascii=False, default=str)
        (folder / "data.json").write_text(data, encoding="utf-8")
        made = typst.compile(
            str(folder / TEMPLATE.name),
            root=str(folder),
            font_paths=[str(style.font_folder())],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="ua-1",
            # The day of the data: the file must not depend on when it is made.
            timestamp=_timestamp(dossier),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no document")
    return made


def _timestamp(dossier: Dossier) -> int:
    import calendar

    return calendar.timegm(dossier.data_date.timetuple())


def _data(dossier: Dossier, lang: Language) -> dict[str, Any]:
    def shared(key: str) -> str:
        return text("dossier", key, lang)

    def word(key: str, **values: object) -> str:
        return text("dossier_word", key, lang, **values)

    shown: dict[str, int] = {}
    groups = [
        {
            "title": shared(f"group.{group}"),
            "demands": [_demand(dossier, one, lang, shown) for one in dossier.in_group(group)],
        }
        for group in content.GROUPS
        if dossier.in_group(group)
    ]
    rest = [c for c in dossier.charts if c.id not in shown] if dossier.is_whole else []
    ids = ", ".join(str(one["id"]) for one in dossier.demands)
    parts = (
        "asks", "statement", "unknowns", "sensitivity", "objections", "objection_answer",
        "objection_settles", "data_request", "paper", "charts", "method", "changes", "cite", "sources",
    )  # fmt: skip
    changes = told(dossier, lang)
    return {
        "lang": lang,
        "region": LOCALES[lang].split("_")[1],
        "title": shared("title"),
        "subtitle": shared("subtitle")
        if dossier.is_whole
        else text("dossier", "subtitle_chosen", lang, ids=ids),
        "author": dossier.brand.name[lang],
        "keywords": [str(one["id"]) for one in dossier.demands],
        "what_it_is": shared("what_it_is"),
        "stamp": dossier.edition.stamp(lang),
        "brand_line": f"{dossier.brand.name[lang]}. {dossier.brand.contact[lang]}",
        "licence": shared("licence"),
        "logo": "logo.png" if dossier.brand.logo else "",
        "accent": dossier.brand.accent,
        "ink": dossier.brand.ink,
        "quiet": style.QUIET,
        "hairline": style.HAIRLINE,
        "paper": content.PAPER[lang],
        "words": {
            **{part: shared(f"part.{part}") for part in parts},
            **{key: word(key) for key in ("contents", "summary", "figure", "none_open")},
            "added": shared("changes.added"),
        },
        "summary": {
            "header": [shared(f"part.{key}") for key in ("demand", "verdict", "answer")],
            "rows": [
                [f"{one['id']} {one['title'][lang]}", _verdict(one, lang), one["main_text"][lang]]
                for one in dossier.demands
            ],
        },
        "groups": groups,
        "rest": [_chart(chart, lang) for chart in rest],
        "appendix": _appendix(dossier, lang),
        "method": [
            {"title": s.title, "paragraphs": s.paragraphs, "rows": s.rows, "header": s.header}
            for s in method.sections(dossier, lang)
        ],
        "changes": {
            "intro": changes.intro,
            "header": changes.header,
            "rows": changes.rows,
            "added": changes.added,
        },
        "citation": dossier.edition.citation(lang),
    }


def _verdict(demand: Mapping[str, Any], lang: Language) -> str:
    label = str(demand["verdict_label"][lang])
    if demand["verdict"] == "not_testable":
        return label
    return f"{label} ({content.strength_text(demand, lang)})"


def _demand(
    dossier: Dossier, demand: Mapping[str, Any], lang: Language, shown: dict[str, int]
) -> dict[str, Any]:
    charts, again = [], []
    for chart in dossier.charts_of(demand):
        if chart.id not in demand["charts"]:
            continue
        if chart.id in shown:
            again.append(
                text(
                    "dossier_word", "see_figure", lang,
                    number=shown[chart.id], headline=chart.headline(lang),
                )
            )  # fmt: skip
        else:
            shown[chart.id] = len(shown) + 1
            charts.append(_chart(chart, lang))
    sources = [
        dossier.sources[one["source_id"]]
        for one in demand["sources"]
        if one["source_id"] in dossier.sources
    ]
    return {
        "heading": f"{demand['id']} {demand['title'][lang]}",
        "verdict": _verdict(demand, lang),
        "answer": demand["main_text"][lang],
        "sources": [{"publisher": s.publisher, "url": s.url} for s in sources if s.url],
        "publishers": text(
            "dossier_word",
            "publishers",
            lang,
            id=demand["id"],
            names=", ".join(sorted({s.publisher for s in sources})),
        ),
        "asks": demand["asks"][lang],
        "statement": demand["statement"][lang],
        "sides": [
            {
                "title": text("dossier", f"part.{side}", lang),
                "items": [one["text"][lang] for one in demand[side]] or ["–"],
            }
            for side in SIDES
            if demand[side] or side != "evidence_undecided"
        ],
        "charts": charts,
        "again": again,
        "unknowns": [one[lang] for one in demand["unknowns"]],
        "holds": [f"{one.sentence} {one.told}" for one in content.holds(dossier, demand, lang)],
        "objections": [
            {"says": one.says, "answer": one.answer, "settles": one.settles}
            for one in dossier.objections(lang)
            if demand["id"] in one.about
        ],
        "request": demand["data_request"]["text"][lang],
    }


def _chart(chart: Chart, lang: Language) -> dict[str, Any]:
    return {
        "file": f"{chart.id}.svg",
        "alt": chart.text("alt", lang),
        "headline": chart.headline(lang),
        # Base and source stand in the picture's own footer.
        "notes": caption_lines(chart, lang, ("missing", "how_to_read", "limits")),
    }


def _appendix(dossier: Dossier, lang: Language) -> dict[str, Any]:
    return {
        "title": text("dossier_word", "appendix", lang, day=date(dossier.data_date, lang)),
        "intro": text("dossier_word", "appendix_intro", lang),
        "header": [
            text("dossier", f"column.{key}", lang)
            for key in ("programme", "funder", "legal_form", "stage")
        ],
        "rows": listings.open_programmes(dossier.tables, lang),
    }
