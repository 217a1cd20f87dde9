"""The quality report as a page and as text, in one or several languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.language import Language, euro, number, percent, text
from analysis.project import PACKAGE

if TYPE_CHECKING:
    from analysis.inventories.intake import Ingested

_SHOWN = 8
_NAMES: dict[Language, str] = {"nl": "Nederlands", "fr": "Français", "en": "English"}


def contents(result: Ingested, lang: Language) -> dict[str, Any]:
    """Return everything the report says in one language, as plain texts."""

    def say(key: str, **values: object) -> str:
        return text("quality", key, lang, **values)

    totals = result.ledger["totals"]
    findings: list[dict[str, Any]] = []
    by_check: dict[tuple[str, int], dict[str, Any]] = {}
    for record in result.quality.to_dict("records"):
        row = {str(key): value for key, value in record.items()}
        key = (row["check"], row["year"])
        place = _place(row, lang)
        if key in by_check:
            by_check[key]["rows"].append(row)
            by_check[key]["places"].append(place)
            continue
        by_check[key] = {
            "check": row["check"],
            "importance": row["importance"],
            "rows": [row],
            "places": [place],
        }
        findings.append(by_check[key])
    for finding in findings:
        rows = finding.pop("rows")
        name = finding["check"]
        amounts = [row["amount_eur"] for row in rows if not pd.isna(row["amount_eur"])]
        finding["title"] = say(
            f"checks.{name}.title",
            count=sum(row["count"] for row in rows),
            relevant=sum(row["relevant"] for row in rows),
            amount=sum(amounts),
            year=rows[0]["year"],
            before=rows[0]["before"],
            change=rows[0]["change"] if not pd.isna(rows[0]["change"]) else 0.0,
        )
        finding["why"] = say(f"checks.{name}.why")
        finding["mend"] = say(f"checks.{name}.mend")
        finding["places"] = [place for place in finding["places"] if place]
        finding["importance_text"] = say(f"importance.{finding['importance']}")
    return {
        "lang": lang,
        "language": _NAMES[lang],
        "title": say("page.title"),
        "intro": say(
            "page.intro",
            rows_read=totals["rows_read"],
            rows_kept=totals["rows_kept"],
            rows_quarantined=totals["rows_quarantined"],
            rows_ignored=totals["rows_ignored"],
            files=totals["files"],
            funder=result.ledger["funder_id"],
            amount=totals["amount_kept_eur"],
        ),
        "words": {
            key: say(f"page.{key}")
            for key in (
                "findings",
                "why",
                "mend",
                "where",
                "years",
                "years_note",
                "files",
                "nothing",
            )
        },
        "findings": findings,
        "years": _years(result, lang),
        "years_head": [
            say(f"page.column_{key}")
            for key in (
                "year",
                "rows",
                "beneficiaries",
                "sum",
                "change",
                "share_id",
                "missing",
                "short",
            )
        ],
        "files": _files(result, lang),
        "files_head": [
            say(f"page.column_{key}")
            for key in ("file", "read", "kept", "quarantined", "ignored", "sum")
        ],
    }


def _place(row: dict[str, Any], lang: Language) -> str:
    if not row["source_file"]:
        return ""
    parts = [row["source_file"]]
    if row["source_sheet"]:
        parts.append(text("quality", "page.sheet", lang, sheet=row["source_sheet"]))
    if row["relevant"]:
        parts.append(
            text(
                "quality",
                "page.of_relevant",
                lang,
                count=row["count"],
                relevant=row["relevant"],
                share=row["share"],
            )
        )
    examples = row["examples"].split()
    if examples:
        said = text("quality", "page.rows", lang, examples=", ".join(examples[:_SHOWN]))
        if row["count"] > _SHOWN and len(examples) > _SHOWN:
            said += " " + text("quality", "page.more", lang, n=row["count"] - _SHOWN)
        parts.append(said)
    return ": ".join([parts[0], " · ".join(parts[1:])]) if len(parts) > 1 else parts[0]


def _years(result: Ingested, lang: Language) -> list[list[str]]:
    lines = []
    previous: float | None = None
    for row in result.years.to_dict("records"):
        known = not pd.isna(row["year"])
        amount = row["amount_eur"]
        change = percent((amount - previous) / previous, lang) if known and previous else ""
        lines.append(
            [
                str(int(row["year"])) if known else text("quality", "page.unknown_year", lang),
                number(row["rows"], lang),
                number(row["beneficiaries"], lang),
                euro(amount, lang, 2),
                change,
                percent(row["share_with_id"], lang, 1),
                number(row["rows_without_amount"], lang),
                euro(row["planned_not_published_eur"], lang, 2)
                if row["planned_not_published_eur"]
                else "",
            ]
        )
        previous = amount if known else None
    return lines


def _files(result: Ingested, lang: Language) -> list[list[str]]:
    return [
        [
            entry["file"] + (f" ({entry['sheet']})" if entry["sheet"] else ""),
            *(
                number(entry[key], lang)
                for key in ("rows_read", "rows_kept", "rows_quarantined", "rows_ignored")
            ),
            euro(entry["amount_kept_eur"], lang, 2),
        ]
        for entry in result.ledger["files"]
    ]


def html(result: Ingested, languages: tuple[Language, ...]) -> str:
    """Return the report as one page without scripts; everything published is escaped."""
    return str(
        _template("quality.html.j2", escape=True).render(
            parts=[contents(result, lang) for lang in languages]
        )
    )


def markdown(result: Ingested, languages: tuple[Language, ...]) -> str:
    """Return the report as Markdown; published texts cannot break out of their place."""
    return str(
        _template("quality.md.j2", escape=False).render(
            parts=[contents(result, lang) for lang in languages]
        )
    )


def plain(value: object) -> str:
    """Make a published text harmless inside Markdown."""
    cleaned = " ".join(str(value).split())
    for sign in "\\`*_[]<>|#":
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return cleaned


def _template(name: str, *, escape: bool) -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "templates" / "inventories"),
        autoescape=escape,  # noqa: S701 - Markdown has its own filter
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["plain"] = plain
    return environment.get_template(name)
