"""Cells and words that tests look for: hostile ones, and English left in a Dutch or French text."""

from __future__ import annotations

import re
from collections.abc import Callable

from analysis.dossier.content import Dossier
from analysis.language import Language

# Frequent English words that are no word of Dutch or French.
ENGLISH = frozenset(
    [
        "the",
        "and",
        "with",
        "which",
        "their",
        "there",
        "would",
        "could",
        "should",
        "been",
        "were",
        "this",
        "that",
        "these",
        "those",
        "from",
        "into",
        "between",
        "because",
        "while",
        "about",
        "only",
        "other",
        "than",
        "then",
        "they",
        "what",
        "when",
        "where",
        "whose",
    ]
)


def english_in(words: str) -> set[str]:
    """Return the English function words in a text."""
    # Ids of charts are the same in all languages.
    plain = re.sub(r"\b[a-z]+(?:-[a-z]+)+\b", "", words.lower())
    return ENGLISH & set(re.findall(r"[a-z]+", plain))


# What a spreadsheet, a browser or a typesetter could take for more than text.
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x")',
    '#image("/etc/passwd") *bold* $x$ ```code```',
    "javascript:alert(1)",
)


_MADE: dict[tuple[str, int, str], bytes] = {}


def made_by(build: Callable[[Dossier, Language], bytes], dossier: Dossier, lang: Language) -> bytes:
    """Write a file once for all tests that look at it."""
    key = (build.__module__, id(dossier), lang)
    if key not in _MADE:
        _MADE[key] = build(dossier, lang)
    return _MADE[key]
