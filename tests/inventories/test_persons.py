from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow as pa
import pytest

from analysis.inventories.persons import MASK, kind_of_name, mask_in_text, vocabulary

ROOT = Path(__file__).parents[2]
LABELLED = list(
    csv.DictReader((ROOT / "tests/fixtures/inventories/labelled_names.csv").open(encoding="utf-8"))
)


def measure() -> tuple[int, int, int, int]:
    """Persons masked, organisations masked, persons missed, organisations left."""
    masked = {
        row["name"]: kind_of_name(row["name"])[0] in ("natural_person", "doubtful")
        for row in LABELLED
    }
    persons = [masked[row["name"]] for row in LABELLED if row["label"] == "person"]
    others = [masked[row["name"]] for row in LABELLED if row["label"] == "organisation"]
    return sum(persons), sum(others), len(persons) - sum(persons), len(others) - sum(others)


def test_masking_is_as_good_as_we_say():
    right, wrong, missed, _ = measure()
    precision, recall = right / (right + wrong), right / (right + missed)
    assert recall >= 0.95
    assert precision >= 0.85
    page = (ROOT / "docs" / "inventories.md").read_text(encoding="utf-8")
    page = " ".join(page.split())
    said = re.search(
        r"(\d+) of (\d+) persons are masked \(recall (\d+)%\).*?(\d+) of (\d+) masked names are organisations \(precision (\d+)%\)",
        page,
        re.S,
    )
    assert said is not None
    assert [int(number) for number in said.groups()] == [
        right,
        right + missed,
        round(100 * recall),
        wrong,
        right + wrong,
        round(100 * precision),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "M. Dupré",
        "Mme Anne-Lise Dupré",
        "dhr. Verzonnen",
        "De heer J. Verzonnen",
        "Monsieur et Madame Dupré",
    ],
)
def test_titles_say_person(name):
    assert kind_of_name(name) == ("natural_person", True)


@pytest.mark.parametrize(
    "name",
    [
        "Jean Dupré asbl",
        "Fondation Jean Dupré",
        "Ecole Marie Dupré",
        "Jacques Brel",
        "Théâtre Jean Vilar",
        "Vzw Jan Verzonnen",
    ],
)
def test_organisations_named_after_persons_are_no_persons(name):
    assert kind_of_name(name)[0] == "organisation"


@pytest.mark.parametrize(
    "name",
    [
        "Divers bénéficiaires - Meerdere begunstigden",
        "diverse begunstigden",
        "Particuliers",
        "VARIOUS BENEFICIARIES",
    ],
)
def test_groups(name):
    assert kind_of_name(name)[0] == "group"


def test_titled_persons_are_masked_inside_texts():
    texts, changed = mask_in_text(
        pa.array(
            [
                "Prime à M. Jean Dupré pour 2022",
                "Steun aan dhr. Verzonnen",
                "Rue M. Club asbl",
                "Projet M",
            ]
        )
    )
    assert texts.to_pylist() == [
        f"Prime à {MASK} pour 2022",
        f"Steun aan {MASK}",
        "Rue M. Club asbl",
        "Projet M",
    ]
    assert changed.tolist() == [True, True, False, False]


def test_the_word_lists_are_sound():
    known = vocabulary()
    assert not known.honorific & known.particle
    assert all(name == name.lower() and len(name) > 1 for name in known.first_names)
    assert len(set(known.allowed)) == len(known.allowed)
