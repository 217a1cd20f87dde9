"""What charts call a funder: official names by language, short where the official one is long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from analysis.language import LANGUAGES, Language, texts

if TYPE_CHECKING:
    import pandas as pd

# French and Dutch names are official; a body without one in a language is called by the other.
# English is a gloss where there is one.
_ORDER: dict[Language, tuple[str, ...]] = {
    "nl": ("name_nl", "name_fr", "name_en"),
    "fr": ("name_fr", "name_nl", "name_en"),
    "en": ("name_en", "name_fr", "name_nl"),
}


def funder_names(
    funders: pd.DataFrame, funder_ids: Iterable[str]
) -> dict[str, dict[Language, str]]:
    """Return the name of each funder in each language.

    Args:
        funders: Table ``funders``.
        funder_ids: Which ones.

    Raises:
        KeyError: No such funder.
    """
    rows = funders.set_index("funder_id")[["name_fr", "name_nl", "name_en"]].to_dict("index")
    short = texts("funder_labels")
    names: dict[str, dict[Language, str]] = {}
    for funder in funder_ids:
        official = rows[funder]
        names[funder] = (
            dict(short[funder])
            if funder in short
            else {
                lang: next((official[key] for key in _ORDER[lang] if official[key]), funder)
                for lang in LANGUAGES
            }
        )
    return names
