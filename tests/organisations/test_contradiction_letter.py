"""The publisher's list of contradictions: whole, in three languages, and names stay text."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.language import LANGUAGES, Language
from analysis.organisations.contradictions import find_contradictions
from analysis.organisations.letter import letter

AWARDS = pd.DataFrame(
    {
        "beneficiary_id": [
            "BE-BCE_KBO-0422143307", "BE-BCE_KBO-0422143307", "BE-BCE_KBO-0422143307",
            "BE-BCE_KBO-0825435356", "BE-BCE_KBO-0891399019",
        ],
        "beneficiary_name": [
            "Théâtre Inventé", "Théâtre Inventé", "<img src=x onerror=alert(1)> | Kwartierfonds",
            "Verzonnen Vrienden", "Verzonnen Vrienden",
        ],
        "year": [2031, 2032, 2032, 2031, 2032],
    }
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_claim_is_listed_and_names_stay_text(lang: Language) -> None:
    found = find_contradictions(AWARDS)
    assert len(found) >= 4
    said = letter(found, lang)
    # Escaped, a reader sees the name as text; raw, it would be an element.
    assert "<" not in said.replace("\\<", "")
    assert said.count("\n| ") == len(found) + 2
    for number in ("0422143307", "0825435356", "0891399019"):
        assert number in said


def test_no_contradiction_is_said() -> None:
    said = letter(find_contradictions(AWARDS.iloc[:2]), "en")
    assert "No name stands beside two numbers" in said
