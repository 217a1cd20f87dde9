"""The catalogue as a page to read: what can be fetched, what is missing, and who owes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.language import Language, text
from analysis.sources import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    return [_row(head), _row("---" for _ in head), *map(_row, rows), ""]


def _years(edition: pd.Series) -> str:
    first, last = edition["first_year"], edition["last_year"]
    if not first:
        return ""
    return first if first == last else f"{first}–{last}"


def _link(url: str, words: str) -> str:
    # A bracket in an address would end the link early.
    return f"[{words}]({url.replace('(', '%28').replace(')', '%29')})" if url else ""


def _duties(sources: pd.DataFrame, lang: Language) -> list[str]:
    """Per rule: how many publishers it binds, and what is known of each one's files."""
    lines: list[str] = []
    for basis, rule in catalogue.legal_bases().iterrows():
        bound = sources[sources["legal_basis"] == basis]
        lines += [
            text(
                "sources",
                "page.law",
                lang,
                title=rule[f"title_{lang}"],
                asks_for=rule[f"asks_for_{lang}"],
            )
        ]
        publisher = f"publisher_{lang}"
        # A publisher with two sources counts once, with the best that is known of it.
        rank = bound["status"].map(catalogue.STATUSES.index)
        best = bound.loc[rank.groupby(bound[publisher]).idxmin()]
        lines += [text("sources", "page.bound", lang, n=len(best)), ""]
        for status in catalogue.STATUSES:
            names = sorted(best.loc[best["status"] == status, publisher], key=str.casefold)
            if names:
                lines.append(
                    "- "
                    + text(
                        "sources",
                        "page.bound_line",
                        lang,
                        label=text("sources", f"status.{status}.label", lang),
                        n=len(names),
                        names=", ".join(names),
                    )
                )
        lines.append("")
    return [*lines, text("sources", "page.not_proof", lang), ""]


def markdown(lang: Language = "en") -> str:
    """Write the catalogue as one Markdown page.

    Args:
        lang: Language of headings and meanings; notes of the catalogue stay in English.

    Returns:
        The page, the same for the same catalogue. Every source of the catalogue is on it, those
        without a known file under a heading of their own.
    """
    sources, files = catalogue.load(), catalogue.files()
    publisher = f"publisher_{lang}"
    title = "title_nl" if lang == "nl" else "title_fr"
    named = dict(zip(sources["source_id"], sources[publisher], strict=True))

    def column(key: str) -> str:
        return text("sources", f"column.{key}", lang)

    def label(topic: str, value: str) -> str:
        return text("sources", f"{topic}.{value}", lang)

    lines = [
        f"# {text('sources', 'page.title', lang)}",
        "",
        text("sources", "page.intro", lang),
        "",
        f"## {text('sources', 'page.finding', lang)}",
        "",
        *_duties(sources, lang),
        f"## {text('sources', 'page.statuses', lang)}",
        "",
        *_table(
            (column("status"), column("meaning")),
            (
                (
                    text("sources", f"status.{status}.label", lang),
                    text("sources", f"status.{status}.meaning", lang),
                )
                for status in catalogue.STATUSES
            ),
        ),
        f"## {text('sources', 'page.files', lang)}",
        "",
        text("sources", "page.files_intro", lang),
        "",
        *_table(
            map(column, ("source", "edition", "status", "format", "path", "address", "note")),
            (
                (
                    f"`{row['source_id']}`",
                    row["edition"],
                    label("status", f"{row['status']}.label"),
                    row["format"],
                    f"`{row['path']}`",
                    _link(row["url"], label("url_basis", row["url_basis"]) if row["url"] else ""),
                    row["note"],
                )
                for _, row in files[files["path"] != ""].iterrows()
            ),
        ),
        f"## {text('sources', 'page.no_file', lang)}",
        "",
        *_table(
            map(column, ("source", "publisher", "years", "status", "note")),
            (
                (
                    f"`{row['source_id']}`",
                    named[row["source_id"]],
                    _years(row),
                    label("status", f"{row['status']}.label"),
                    row["note"],
                )
                for _, row in files[
                    (files["path"] == "") & files["status"].isin(catalogue.WITHOUT_FILE)
                ].iterrows()
            ),
        ),
        f"## {text('sources', 'page.every', lang)}",
        "",
    ]
    for _, row in sources.iterrows():
        own = files[files["source_id"] == row["source_id"]]
        licence = row["licence"]
        basis = label("licence_basis", row["licence_basis"])
        law = row["legal_basis"]
        facts = {
            "funder_id": f"`{row['funder_id']}`" if row["funder_id"] else "",
            "scope": label("scope", row["scope"]),
            "row": label("row_meaning", row["row_meaning"]),
            "phase": label("amount_phase", row["amount_phase"]),
            "law": str(catalogue.legal_bases().loc[law, f"title_{lang}"]) if law else "",
            "licence": f"{licence} ({basis})" if licence else basis,
            "landing": f"<{row['landing_page']}>" if row["landing_page"] else "",
            "archive": f"<{row['archive_url']}>" if row["archive_url"] else "",
            "note": row["note"],
        }
        editions = "; ".join(
            ": ".join(
                filter(None, (edition["edition"], label("status", f"{edition['status']}.label")))
            )
            for _, edition in own.iterrows()
        )
        lines += [
            f"### `{row['source_id']}`",
            "",
            f"{row[publisher]}, {row[title]}",
            "",
            f"- {column('status')}: {editions}",
            *(f"- {column(key)}: {value}" for key, value in facts.items() if value),
            "",
        ]
    return "\n".join(lines).rstrip("\n") + "\n"
