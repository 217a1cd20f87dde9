from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.inventories.cells import from_text
from analysis.inventories.headers import (
    CONFIDENT,
    FIELDS,
    POSSIBLE,
    map_columns,
    score,
    vocabulary,
    words,
)

TABLE = Path(__file__).parents[1] / "fixtures" / "inventories" / "headers.csv"
WORDINGS = [(row["header"], row["field"]) for row in csv.DictReader(TABLE.open(encoding="utf-8"))]


@pytest.mark.parametrize(("header", "field"), WORDINGS)
def test_wordings_of_many_authorities(header, field):
    found = {name: match.score for name, match in score(header).items()}
    if field:
        assert max(found, key=lambda name: found[name]) == field
        assert found[field] >= CONFIDENT
    else:
        assert max(found.values(), default=0.0) < POSSIBLE


def test_the_vocabulary_is_sound():
    assert {term.field for term in vocabulary()} <= set(FIELDS)
    assert {term.effect for term in vocabulary()} == {"for", "against"}
    assert {term.language for term in vocabulary()} == {"fr", "nl", "en"}
    assert all(0 < term.weight <= 1 and term.words for term in vocabulary())
    assert {term.phase for term in vocabulary()} <= {"", "paid", "awarded", "budgeted"}


@given(
    st.sampled_from([pair for pair in WORDINGS if pair[1]]), st.integers(1990, 2049), st.booleans()
)
def test_a_year_and_capitals_do_not_matter(wording, year, upper):
    header, field = wording
    varied = f"{header.upper() if upper and ' ' in header else header} {year}"
    found = {name: match.score for name, match in score(varied).items()}
    assert max(found, key=lambda name: found[name]) == field


@given(st.text(max_size=60))
def test_no_header_breaks_the_reader(text):
    assert all(0 <= match.score <= 1 for match in score(text).values())
    assert all(word == word.lower() for word in words(text))


def columns(**cells):
    return list(cells), [from_text(pa.array(values)) for values in cells.values()]


def test_content_decides_between_likely_headers():
    names, cells = columns(
        subside=["Aide", "Aide"],
        montant=["voir", "note"],
        subvention=["5,00", "6,00"],
        nom=["Club A asbl", "Club B asbl"],
    )
    mapped = map_columns(names, cells)
    assert mapped.mapped["amount_eur"] == "subvention"
    assert mapped.mapped["beneficiary_name"] == "nom"
    assert "beneficiary_name" in mapped.unsure


def test_an_amount_named_after_the_budget_is_the_amount_when_it_is_the_only_one():
    names, cells = columns(beneficiaire=["Club asbl"], budget_2018_begroting_2018=["5,00"])
    mapped = map_columns(names, cells)
    assert mapped.mapped["amount_eur"] == "budget_2018_begroting_2018"
    assert (mapped.phase, mapped.year) == ("budgeted", 2018)


def test_paid_amounts_and_instalments_are_told_by_the_header():
    names, cells = columns(beneficiaire=["Club asbl"], montant_du_soutien_eur=["5.00"])
    mapped = map_columns(names, cells)
    assert (mapped.phase, mapped.row_kind) == ("paid", "instalment")


def test_the_granted_amount_wins_from_paid_asked_and_total():
    names, cells = columns(
        **{
            "Naam begunstigde": ["Club vzw"],
            "Gevraagd bedrag": ["9,00"],
            "Toegekend bedrag": ["5,00"],
            "Uitbetaald bedrag": ["4,00"],
            "Totale projectkost": ["20,00"],
        }
    )
    assert map_columns(names, cells).mapped["amount_eur"] == "Toegekend bedrag"


def test_two_languages_in_two_columns():
    names, cells = columns(
        **{
            "Nom du bénéficiaire": ["Maison"],
            "Naam begunstigde": ["Huis"],
            "Objet": ["Aide"],
            "Onderwerp": ["Hulp"],
            "Montant": ["5,00"],
        }
    )
    mapped = map_columns(names, cells)
    assert mapped.mapped["object_fr"] == "Objet"
    assert mapped.mapped["object_nl"] == "Onderwerp"
    assert mapped.unmapped == []


def test_years_side_by_side_are_not_picked_silently():
    names, cells = columns(
        **{"Association": ["Club asbl"], "Montants 2020": ["5,00"], "Montants 2021": ["6,00"]}
    )
    mapped = map_columns(names, cells)
    assert "amount_eur" not in mapped.fields
    assert [header for header, _ in mapped.guesses["amount_eur"]] == [
        "Montants 2020",
        "Montants 2021",
    ]
    chosen = map_columns(names, cells, {"amount_eur": "Montants 2021"})
    assert (chosen.mapped["amount_eur"], chosen.year) == ("Montants 2021", 2021)


def test_languages_in_the_names_of_fields():
    names, cells = columns(
        beneficiaire=["Club asbl"], objet_fr=["Aide"], objet_nl=["Hulp"], montant=["5,00"]
    )
    mapped = map_columns(names, cells).mapped
    assert (mapped["object_fr"], mapped["object_nl"]) == ("objet_fr", "objet_nl")


def test_thousands_in_the_header():
    names, cells = columns(
        **{"Bénéficiaire": ["Club"], "Montant octroyé (en milliers d'euros)": ["5,0"]}
    )
    assert map_columns(names, cells).multiplier == 1000


def test_map_overrides_and_refuses():
    names, cells = columns(wie=["Club vzw"], hoeveel=["5,00"])
    mapped = map_columns(names, cells, {"beneficiary_name": "WIE", "amount_eur": "#2"})
    assert mapped.mapped == {"beneficiary_name": "wie", "amount_eur": "hoeveel"}
    with pytest.raises(InputError, match="no column"):
        map_columns(names, cells, {"amount_eur": "combien"})
    with pytest.raises(InputError, match="no field"):
        map_columns(names, cells, {"money": "hoeveel"})
