"""Pages of the web dossier, one language at a time.

Text is escaped by the template engine; nothing that comes from a table is ever markup, a script
or the target of a link (sources: only ``http`` and ``https``).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import language
from analysis.coverage import LEGAL_FORMS, PAPER_DAY, STAGES
from analysis.dossier import content, listings, method
from analysis.dossier.changes import told
from analysis.dossier.charts import Chart
from analysis.dossier.content import Dossier, caption_lines, caption_text
from analysis.dossier.web import timeline
from analysis.language import LANGUAGES, Language, text
from analysis.project import PACKAGE

if TYPE_CHECKING:
    import jinja2

ASSETS = PACKAGE / "templates" / "dossier" / "assets"
NAMES: Mapping[Language, str] = {"nl": "Nederlands", "fr": "Français", "en": "English"}
# A demand's page shows charts until their pictures weigh this much; the others are links.
MOST_PICTURE_BYTES = 330_000
# Rows of numbers under a chart; all of them are in the CSV beside it.
MOST_ROWS = 60
STATES = ("open", "closed", "suspended", "replaced", "not_started", "unknown")
# Columns of a chart's numbers that only machines read.
_MACHINE_COLUMNS = ("_ids", "row_ids", "ids")


@dataclass(frozen=True)
class Page:
    """One page: its path below the language folder, its template and what it shows."""

    path: str
    template: str
    values: Mapping[str, Any]


def pages(dossier: Dossier, lang: Language) -> dict[str, bytes]:
    """Return all pages of one language: path below the reports folder → HTML."""
    environment = _environment()
    return {
        f"{lang}/{page.path}": _render(environment, dossier, lang, page)
        for page in _pages(dossier, lang)
    }


def shared_files(dossier: Dossier) -> dict[str, bytes]:
    """Return the language choice and the files that all pages use."""
    environment = _environment()
    found = {f"assets/{path.name}": path.read_bytes() for path in sorted(ASSETS.iterdir())}
    brand = dossier.brand
    found["assets/brand.css"] = (
        f":root {{ --accent: {brand.accent}; --ink: {brand.ink}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not(.print) {{ --accent: {_lighter(brand.accent)}; --ink: #f1f1f4; }} }}\n"
        f"@media print {{ :root {{ --accent: {brand.accent}; --ink: {brand.ink}; }} }}\n"
    ).encode()
    if brand.logo:
        found["assets/logo.png"] = brand.logo
    choice = environment.get_template("choice.html.j2").render(
        languages=[(lang, NAMES[lang], text("dossier", "title", lang)) for lang in LANGUAGES],
        titles={lang: text("dossier", "title", lang) for lang in LANGUAGES},
    )
    found["index.html"] = choice.encode("utf-8")
    # Pages of GitHub are served as they are, folders with an underscore included.
    found[".nojekyll"] = b""
    return found


def _lighter(colour: str) -> str:
    """Return the colour mixed with white until it can be read on a dark ground."""
    from analysis.charts.style import contrast

    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for step in range(0, 21):
        mixed = "#" + "".join(f"{round(c + (255 - c) * step / 20):02x}" for c in channels)
        if contrast(mixed, "#17171b") >= 6:
            return mixed
    return "#ffffff"


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "templates" / "dossier" / "web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(environment: jinja2.Environment, dossier: Dossier, lang: Language, page: Page) -> bytes:
    depth = page.path.count("/")
    root = "../" * (depth + 1)
    words = partial(text, "dossier_web")
    html = environment.get_template(page.template).render(
        dossier=dossier,
        lang=lang,
        path=page.path,
        here="../" * depth,
        root=root,
        languages=[(one, NAMES[one], f"{root}{one}/{page.path}") for one in LANGUAGES],
        w=lambda key, **values: words(key, lang, **values),
        d=lambda key, **values: text("dossier", key, lang, **values),
        term=lambda kind, code: listings.word(kind, code, lang),
        number=lambda value, decimals=0: language.number(value, lang, decimals),
        percent=lambda value, decimals=0: language.percent(value, lang, decimals),
        euro=lambda value: language.euro(value, lang),
        day=lambda value: language.date(
            value if isinstance(value, dt.date) else dt.date.fromisoformat(value), lang
        ),
        stamp=dossier.edition.stamp(lang),
        paper=content.PAPER[lang],
        paper_day=PAPER_DAY,
        safe_url=_safe_url,
        **page.values,
    )
    return html.encode("utf-8")


def _safe_url(url: str) -> str:
    """Return a web address as it is, anything else as nothing."""
    return url if url.startswith(("https://", "http://")) else ""


def _pages(dossier: Dossier, lang: Language) -> Iterator[Page]:
    yield Page("index.html", "index.html.j2", {"groups": content.GROUPS})
    for demand in dossier.demands:
        yield Page(f"demands/{demand['id']}.html", "demand.html.j2", _demand(dossier, demand, lang))
    yield Page("figures/index.html", "figures.html.j2", {})
    for chart in dossier.charts:
        yield Page(f"figures/{chart.id}.html", "figure.html.j2", _figure(dossier, chart, lang))
    yield Page("programmes.html", "programmes.html.j2", _programmes(dossier, lang))
    yield Page("awards.html", "awards.html.j2", {"rows": listings.award_rows(dossier.tables, lang)})
    yield Page(
        "organisations.html", "organisations.html.j2",
        {"rows": listings.organisation_rows(dossier.tables, lang)},
    )  # fmt: skip
    yield Page(
        "funders.html", "funders.html.j2", {"rows": listings.funder_rows(dossier.tables, lang)}
    )
    yield Page("timeline.html", "timeline.html.j2", timeline.values(dossier, lang))
    yield Page("method.html", "method.html.j2", {"sections": method.sections(dossier, lang)})
    yield Page("objections.html", "objections.html.j2", {"objections": dossier.objections(lang)})
    yield Page(
        "changes.html", "changes.html.j2",
        {"told": told(dossier, lang), "citation": dossier.edition.citation(lang)},
    )  # fmt: skip


def _demand(dossier: Dossier, demand: Mapping[str, Any], lang: Language) -> dict[str, Any]:
    charts = dossier.charts_of(demand)
    shown: list[Chart] = []
    weight = 0
    for chart in charts:
        weight += chart.file(lang, "svg").stat().st_size
        if shown and weight > MOST_PICTURE_BYTES:
            break
        shown.append(chart)
    order = [str(one["id"]) for one in dossier.demands]
    place = order.index(str(demand["id"]))
    return {
        "demand": demand,
        "charts": shown,
        "more_charts": [chart for chart in charts if chart not in shown],
        "objections": [o for o in dossier.objections(lang) if demand["id"] in o.about],
        "sources": [dossier.sources[s["source_id"]] for s in demand["sources"] if s["source_id"] in dossier.sources],
        "holds": content.holds(dossier, demand, lang),
        "moves": [m for m in dossier.edition.changes.moves if m.where == demand["id"]],
        "strength_text": content.strength_text(demand, lang),
        "indicators": [
            {
                "name": one["id"].replace("_", " "),
                "value": content.write_value(one, lang),
                "low": content.write_value(one, lang, "low"),
                "high": content.write_value(one, lang, "high"),
                "period": one["period"].replace("/", "–"),
                "base": one["base"],
                "unit": text("dossier", f"unit.{one['unit']}", lang),
            }
            for one in demand["indicators"]
        ],
        "before": order[place - 1] if place else "",
        "after": order[place + 1] if place + 1 < len(order) else "",
    }  # fmt: skip


def _figure(dossier: Dossier, chart: Chart, lang: Language) -> dict[str, Any]:
    header, rows, total = numbers(chart.file(lang, "csv"), lang)
    return {
        "chart": chart,
        "captions": caption_lines(chart, lang),
        "caption": caption_text(chart, lang),
        "citation": dossier.edition.chart_citation(chart, lang),
        "embed": embed_code(chart, lang),
        "header": header,
        "rows": rows,
        "total": total,
        "sources": dossier.sources_of_chart(chart),
        "in_dossier": [one for one in chart.demands if one in {d["id"] for d in dossier.demands}],
    }


def embed_code(chart: Chart, lang: Language) -> str:
    """Return HTML that shows the chart elsewhere; ``BASE/`` is where the reports folder lies."""
    from markupsafe import escape

    alt, headline = escape(chart.text("alt", lang)), escape(chart.headline(lang))
    note = escape(f"{chart.text('source', lang)} · {chart.text('footnote', lang)}")
    return (
        f'<figure lang="{lang}">'
        f'<img src="BASE/{chart.name(lang, "svg")}" alt="{alt}" width="960" height="540">'
        f"<figcaption>{headline}. {note}. CC BY 4.0</figcaption></figure>"
    )


def numbers(path: Path, lang: Language) -> tuple[list[str], list[list[str]], int]:
    """Read the numbers behind a chart for readers: without columns of ids and other languages.

    Returns:
        Header, rows (at most :data:`MOST_ROWS`), number of all rows.
    """
    with path.open(encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    others = tuple(f"_{one}" for one in LANGUAGES if one != lang)
    kept = [
        place
        for place, name in enumerate(header)
        if not name.endswith((*_MACHINE_COLUMNS, *others))
    ]
    short = [[_short(row[place], lang) for place in kept] for row in rows[:MOST_ROWS]]
    return [header[place] for place in kept], short, len(rows)


def _short(cell: str, lang: Language) -> str:
    try:
        value = float(cell)
    except ValueError:
        return cell
    if "." not in cell or len(cell.split(".")[1]) <= 4:
        return cell.replace(".", "," if lang != "en" else ".")
    return language.number(value, lang, 3)


def _programmes(dossier: Dossier, lang: Language) -> dict[str, Any]:
    rows = listings.programme_rows(dossier.tables, lang)
    domains = sorted({code for row in rows for code in row.domain_codes if code != "any"})
    return {
        "rows": rows,
        "stages": STAGES,
        "forms": LEGAL_FORMS,
        "states": STATES,
        "state_words": {state: listings.word("state", state, lang) for state in STATES},
        "domains": sorted(domains, key=lambda code: listings.word("domain", code, lang)),
        "funders": sorted({(row.funder, row.funder_id) for row in rows}),
        "intervals": {row.id: ";".join(",".join(span) for span in row.intervals) for row in rows},
    }
