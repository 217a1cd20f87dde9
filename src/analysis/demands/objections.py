"""The page of the strongest objections, in three languages, figures filled from the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.demands.setting import DAYS
from analysis.errors import Fault, InputError
from analysis.language import LANGUAGES, Language, text
from analysis.project import RULES

GROUPS = ("all", "structural", "ecosystem")
PARTS = ("says", "answer", "settles")


def objections() -> list[dict[str, Any]]:
    """Load ``rules/demands/objections.yaml``.

    Raises:
        InputError: An entry lacks a group, the demands it is about, or a text in a language.
    """
    import yaml

    path = RULES / "demands" / "objections.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    faults = [
        Fault(path.name, f"must have {part} in nl, fr and en", str(number))
        for number, one in enumerate(content, start=1)
        for part in PARTS
        if set(one.get(part, {})) != set(LANGUAGES)
    ] + [
        Fault(path.name, "must name a group and the demands it is about", str(number))
        for number, one in enumerate(content, start=1)
        if one.get("group") not in GROUPS or not one.get("about")
    ]
    if faults:
        raise InputError("The objections cannot be used:", faults)
    return list(content)


def pages(records: Sequence[Mapping[str, Any]]) -> dict[Language, str]:
    """Return the page in each language (Markdown).

    Args:
        records: As from :func:`analysis.demands.output.demand_records`.

    Raises:
        KeyError: A text names a figure that no record has.
    """
    known = objections()
    return {lang: _page(records, known, lang) for lang in LANGUAGES}


def _page(
    records: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]], lang: Language
) -> str:
    from analysis.demands.output import fill_known

    values = figures(records, lang)
    titles = {str(record["id"]): record for record in records}
    lines = [f"# {_word('title', lang)}", "", _word("intro", lang)]
    for group in GROUPS:
        lines += ["", f"## {text('demands', f'group.{group}', lang)}"]
        for one in known:
            if one["group"] != group:
                continue
            about = "; ".join(
                f"{key} {titles[key]['title'][lang]} ({titles[key]['verdict_label'][lang]})"
                for key in one["about"]
            )
            lines += ["", f"### {fill_known(one['says'][lang], lang, values)}", ""]
            lines += [
                f"**{_word('answer', lang)}.** {fill_known(one['answer'][lang], lang, values)}"
            ]
            lines += ["", f"**{_word('settles', lang)}.** {one['settles'][lang]}"]
            lines += ["", f"*{_word('about', lang)}: {about}.*"]
    return "\n".join(lines) + "\n"


def _word(key: str, lang: Language) -> str:
    return text("demands", f"objections.{key}", lang)


def figures(records: Sequence[Mapping[str, Any]], lang: Language) -> dict[str, object]:
    """Return what the texts may name: ``S1_none_today`` and its low, high, extra, base, day."""
    from analysis.demands.output import Missing

    word = Missing(text("demands", "not_known", lang))
    found: dict[str, object] = {f"{name}_day": day for name, day in DAYS.items()}
    for record in records:
        for one in record["indicators"]:
            name = f"{record['id']}_{one['id']}"
            value, high = one["value"], one["interval"]["high"]
            numbers = {
                "": value,
                "_low": one["interval"]["low"],
                "_high": high,
                "_extra": None if value is None or high is None else high - value,
                "_base": one["base"],
            }
            found |= {name + suffix: word if n is None else n for suffix, n in numbers.items()}
            if day := one["arguments"].get("day"):
                found[f"{name}_day"] = dt.date.fromisoformat(one["period"])
                found[f"{day}_day"] = dt.date.fromisoformat(one["period"])
    return found
