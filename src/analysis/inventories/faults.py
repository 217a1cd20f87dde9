"""A list of faults ready to send to the publisher: one row per fault and file, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.inventories.report import contents, plain
from analysis.language import LANGUAGES, Language, text

if TYPE_CHECKING:
    from analysis.inventories.intake import Ingested

# What follows from our reading or is no fault of the publisher's.
_NOT_SENT = ("columns_unsure", "amount_negative")


def table(result: Ingested) -> pd.DataFrame:
    """List the faults, one row per check and file.

    Returns:
        funder_id, source_file, source_sheet, check, importance, year, count, relevant, share
        (0 to 1), rows (source rows, up to 200), and how to mend it in nl, fr, en.
    """
    found = result.quality[~result.quality["check"].isin(_NOT_SENT)]
    frame = pd.DataFrame(
        {
            "funder_id": [result.ledger["funder_id"]] * len(found),
            "source_file": found["source_file"].to_list(),
            "source_sheet": found["source_sheet"].to_list(),
            "check": found["check"].to_list(),
            "importance": found["importance"].to_list(),
            "year": [str(year or "") for year in found["year"]],
            "count": found["count"].to_list(),
            "relevant": found["relevant"].to_list(),
            "share": [f"{share:.4f}" if share == share else "" for share in found["share"]],
            "rows": found["examples"].to_list(),
        }
    )
    for lang in LANGUAGES:
        frame[f"mend_{lang}"] = [
            text("quality", f"checks.{name}.mend", lang) for name in found["check"]
        ]
    return frame


def letter(result: Ingested, lang: Language) -> str:
    """Write the faults as a letter in Markdown, most important first."""

    def say(key: str) -> str:
        return text("quality", key, lang)

    found = [one for one in contents(result, lang)["findings"] if one["check"] not in _NOT_SENT]
    lines = [f"# {say('letter.title')}", "", f"*{plain(result.ledger['funder_id'])}*", ""]
    if not found:
        return "\n".join([*lines, say("letter.none"), ""])
    lines += [say("letter.opening"), ""]
    for place, one in enumerate(found, start=1):
        lines += [
            f"## {place}. {plain(one['title'])}",
            "",
            one["why"],
            "",
            f"**{say('page.mend')}:** {one['mend']}",
            "",
        ]
        lines += [f"- {plain(where)}" for where in one["places"]]
        if one["places"]:
            lines.append("")
    return "\n".join([*lines, say("letter.closing"), ""])
