"""The page on method, quality and known faults: texts filled from the tables, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.errors import Fault, InputError
from analysis.language import LANGUAGES, Language, text
from analysis.project import RULES

if TYPE_CHECKING:
    from analysis.dossier.content import Dossier

_FAULTS = RULES / "known_faults.yaml"
# Parts in reading order, each with its paragraphs in texts/dossier_method.yaml.
PARTS: Mapping[str, tuple[str, ...]] = {
    "measured": ("lack", "rows", "search"),
    "states": ("open", "unknown"),
    "verdicts": ("rule", "blind", "lean"),
    "quality": ("recoded", "limits"),
    "corrections": ("intro",),
    "faults": ("intro",),
    "unknown": ("money", "applicants", "place"),
}


@dataclass(frozen=True)
class Section:
    """One part of the page.

    Attributes:
        id: Key, fit for a link.
        title: Heading.
        paragraphs: Running text.
        rows: A table, one tuple a row; empty for none.
        header: Names of its columns.
    """

    id: str
    title: str
    paragraphs: list[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    header: tuple[str, ...] = ()


def sections(dossier: Dossier, lang: Language) -> list[Section]:
    """Return the page in one language.

    Args:
        dossier: For its tables.
        lang: Language of the words; official names in the corrections stay as they are.
    """
    values = _values(dossier)
    tables: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "corrections": (
            ("table", "row", "field", "before", "after"),
            [tuple(row.values()) for row in dossier.corrections],
        ),
        "faults": (
            ("rows", "doubt", "settles"),
            [
                (", ".join(one["rows"]), one["doubt"][lang], one["settles"][lang])
                for one in known_faults()
            ],
        ),
    }
    found = []
    for part, paragraphs in PARTS.items():
        columns, rows = tables.get(part, ((), []))
        found.append(
            Section(
                id=part,
                title=_word(f"{part}.title", lang),
                paragraphs=[_word(f"{part}.{one}", lang, **values) for one in paragraphs],
                rows=rows,
                header=tuple(_word(f"{part}.{column}", lang) for column in columns),
            )
        )
    return found


def _word(key: str, lang: Language, /, **values: object) -> str:
    return text("dossier_method", key, lang, **values)


@cache
def known_faults() -> tuple[dict[str, Any], ...]:
    """Return the doubts about the evidence (``rules/known_faults.yaml``).

    Raises:
        InputError: An entry lacks its rows or a text in a language.
    """
    import yaml

    content = yaml.load(_FAULTS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    wrong = [
        Fault(_FAULTS.name, "must name rows, and doubt and settles in nl, fr and en", str(number))
        for number, one in enumerate(content, start=1)
        if not one.get("rows")
        or any(set(one.get(part, {})) != set(LANGUAGES) for part in ("doubt", "settles"))
    ]
    if wrong:
        raise InputError("The known faults cannot be used:", wrong)
    return tuple(content)


def _values(dossier: Dossier) -> dict[str, object]:
    from analysis.coding_quality import agreement
    from analysis.coverage import coding_quality
    from analysis.status import STALE_AFTER_MONTHS

    tables = dossier.tables
    awards = tables["awards"][tables["awards"]["counted"].eq("yes")]
    codes = coding_quality(tables).groupby("dimension")[["yes", "no", "unknown"]].sum()
    unknown = codes["unknown"] / codes.sum(axis=1)
    agreed: dict[Any, dict[Any, Any]] = (
        agreement(tables, tables["recoding"]).set_index("column").to_dict("index")
    )
    stages, forms = agreed["all stages"], agreed["all legal forms"]
    return {
        "programmes": len(tables["programmes"]),
        "funders": tables["programmes"]["funder_id"].nunique(),
        "awards": len(awards),
        "with_amount": int(awards["amount_eur"].notna().sum()),
        "share_with": float(awards["amount_eur"].notna().mean()),
        "facts": len(tables["funding_facts"]),
        "need": len(tables["need_indicators"]),
        "sources": len(tables["sources"]),
        "months": STALE_AFTER_MONTHS,
        "unknown_stages": float(unknown["stage"]),
        "unknown_forms": float(unknown["legal_form"]),
        "sample": stages["programmes"],
        "kappa_stages": stages["kappa"],
        "kappa_forms": forms["kappa"],
        "opposite": stages["opposite"] + forms["opposite"],
        "corrections": len(dossier.corrections),
    }
