import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.organisations.names import normalise, readings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L'Estrapade asbl", "ESTRAPADE"),
        ("A.S.B.L. Les Moulins", "Moulins (asbl)"),
        ("Arts & Publics du Nord", "Arts et Publics du Nord"),
        ("Saint-Zénobe", "SaintZenobe"),
        ("Mont Gris / Grijsberg", "Mont Gris-Grijsberg"),
        ("C.P.A.S. de Brume", "Centre public d'action sociale de Brume"),
        ("O.C.M.W. Brume", "Openbaar Centrum voor Maatschappelijk Welzijn van Brume"),
        ("Cœur de Lion", "COEUR DE LION vzw"),
        ("Les Lucioles en abrégé LUC", "Les Lucioles"),
        ("De Vuurvliegjes afgekort: DVV", "Vuurvliegjes"),
    ],
)
def test_two_ways_of_writing_one_name_have_one_key(one: str, other: str) -> None:
    keys = normalise(pd.Series([one, other]))
    assert keys[0] == keys[1] != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amicale de Zandbeek", "Amicale de Kwikbeek"),
        ("École 7", "École 8"),
        ("Commission communautaire française", "Commission communautaire flamande"),
    ],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    keys = normalise(pd.Series([one, other]))
    assert keys[0] != keys[1]


def test_a_name_of_articles_and_forms_only_keeps_its_words() -> None:
    assert normalise(pd.Series(["De La", "ASBL", "La SA"])).tolist() == ["dela", "asbl", "lasa"]


def test_readings_are_the_whole_the_halves_and_the_abbreviation() -> None:
    found = readings(pd.Series(["Mont Gris en abrégé MG2 / Grijsberg (GB2)"]))
    assert set(zip(found["kind"], found["key"], strict=True)) == {
        ("whole", "montgrisgrijsberg"),
        ("with_short", "montgrisgrijsbergmg2gb2"),
        ("part", "montgris"),
        ("part", "grijsberg"),
        ("short", "mg2"),
        ("short", "gb2"),
    }


def test_index_and_missing_names_survive() -> None:
    names = pd.Series(["Brume", None, "", "!!!"], index=[7, 3, 5, 1], dtype="str")
    keys = normalise(names)
    assert keys.index.tolist() == [7, 3, 5, 1]
    assert keys.tolist() == ["brume", "", "", ""]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_has_a_key_that_is_stable(texts: list[str]) -> None:
    names = pd.Series(texts, dtype="str")
    keys = normalise(names)
    assert keys.index.equals(names.index)
    assert not keys.str.contains(r"[\sA-Z]").any()
    assert normalise(names.str.upper().str.lower()).index.equals(names.index)
    assert keys.equals(normalise(names))
