"""Contradictions between numbers and names, as a list ready to send to the publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.inventories.report import plain
from analysis.language import Language, text
from analysis.organisations.contradictions import KINDS
from analysis.organisations.numbers import PREFIX

if TYPE_CHECKING:
    import pandas as pd

_KIND_KEYS = dict(zip(KINDS, ("name", "number"), strict=True))


def letter(contradictions: pd.DataFrame, lang: Language) -> str:
    """Write the contradictions as a Markdown list for the publisher.

    Args:
        contradictions: As from
            :func:`analysis.organisations.contradictions.find_contradictions`.
        lang: Language of the words; names stay as published.

    Returns:
        Title, what to do, and one table a kind: number, name, years, rows, likelier.
    """

    def say(key: str, **values: object) -> str:
        return text("contradictions", key, lang, **values)

    lines = [f"# {say('title')}", ""]
    if contradictions.empty:
        return "\n".join([*lines, say("none"), ""])
    cases = int(contradictions["contradiction_id"].nunique())
    lines += [say("opening", cases=cases), ""]
    headings = ("number", "name", "years", "rows", "likelier")
    for kind, key in _KIND_KEYS.items():
        claims = contradictions[contradictions["kind"] == kind]
        if claims.empty:
            continue
        lines += [
            f"## {say(f'kind.{key}')}",
            "",
            "| | " + " | ".join(say(f"column.{one}") for one in headings) + " |",
            "|---|---|---|---|---:|---|",
        ]
        for row in claims.to_dict("records"):
            cells = (
                row["contradiction_id"],
                str(row["beneficiary_id"]).removeprefix(PREFIX),
                plain(str(row["spellings"]).replace(" | ", " / ")),
                str(row["years"]),
                str(row["rows"]),
                say(f"likelier.{row['likelier']}"),
            )
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        lines.append("")
    return "\n".join(lines)
