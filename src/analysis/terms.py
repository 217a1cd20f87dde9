"""Words of the field in three languages: stages, legal forms, official names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.language import LANGUAGES, LOCALES, Language, texts

if TYPE_CHECKING:
    import pandas as pd


def term(kind: str, value: str) -> Mapping[Language, str]:
    """Return the word for a code (``term("stage", "scaling")``) in each language."""
    return texts("terms")[f"{kind}.{value}"]


def listing(words: Iterable[Mapping[Language, str]]) -> dict[Language, str]:
    """Join words as each language does: a, b en c · a, b et c · a, b and c."""
    from babel.lists import format_list

    found = list(words)
    return {
        lang: format_list([word[lang] for word in found], locale=LOCALES[lang])
        for lang in LANGUAGES
    }


def official_name(row: Mapping[Any, Any] | pd.Series, lang: Language) -> str:
    """Return the official name of a body or programme for readers of a language.

    The name in the reader's language, else in the other official language, else the English name
    under which the body itself works. Readers of English get the French name, then the Dutch.
    """
    order = {
        "nl": ("name_nl", "name_fr", "name_en"),
        "fr": ("name_fr", "name_nl", "name_en"),
        "en": ("name_fr", "name_nl", "name_en"),
    }[lang]
    return next((str(row[column]) for column in order if row[column]), "")
