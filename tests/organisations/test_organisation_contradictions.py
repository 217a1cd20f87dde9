import pandas as pd
import pytest
from organisations_synthetic import number, organisation

from analysis.organisations.contradictions import (
    COLUMNS,
    KINDS,
    doubtful_rows,
    find_contradictions,
    related,
)
from analysis.organisations.register import build_register
from analysis.organisations.reviewed_pairs import reviewed_pairs
from analysis.organisations.store import opened


def frame(*rows):
    return pd.DataFrame(
        [(organisation(n) if n else "", name, year) for n, name, year in rows],
        columns=["beneficiary_id", "beneficiary_name", "year"],
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Les Moulins d'Argile", "Moulins Argile asbl", True),
        ("Mont Gris / Grijsberg", "Grijsberg", True),
        ("Centre d'Appui Relais", "CAR", True),
        ("CARS", "Centre d'Appui, en abrégé C.A.R.S.", True),
        ("SaintZénobe", "Institut Saint-Zénobe", True),
        ("Quartz Lantern", "Fanfare Boréale", False),
        ("Maison de quartier Brume", "Maison de quartier Sable", True),
        ("Centre culturel", "Ecole de musique", False),
    ],
)
def test_what_names_have_in_common(one: str, other: str, expected: bool) -> None:
    assert bool(related(pd.Series([one]), pd.Series([other])).iloc[0]) is expected


def test_one_name_with_two_numbers() -> None:
    awards = frame(
        (4000061, "Fanfare Boréale", 2019),
        (4000061, "FANFARE BOREALE asbl", 2020),
        (4000062, "Fanfare boréale", 2021),
        (4000063, "Quartz Lantern", 2021),
    )
    found = find_contradictions(awards)
    assert list(found.columns) == list(COLUMNS)
    assert found["kind"].unique().tolist() == [KINDS[0]]
    assert found["beneficiary_id"].tolist() == [organisation(4000061), organisation(4000062)]
    assert found["likelier"].tolist() == ["yes", "no"]
    assert found["years"].tolist() == ["2019 2020", "2021"]
    assert found["rows"].tolist() == [2, 1]
    assert found["why"][0] == "stands so in 2 years, the other in 1"
    assert found["spellings"][0].split(" | ") == ["FANFARE BOREALE asbl", "Fanfare Boréale"]
    assert doubtful_rows(awards, found).tolist() == [False, False, True, False]


def test_one_number_beside_names_that_share_nothing() -> None:
    awards = frame(
        (4000061, "Fanfare Boréale", 2019),
        (4000061, "Fanfare Boréale de Brume", 2020),
        (4000061, "Pizza Zed", 2023),
        (4000063, "Quartz Lantern", 2021),
        (4000063, "Quartz Lanterns", 2022),
    )
    found = find_contradictions(awards)
    assert found["kind"].unique().tolist() == [KINDS[1]]
    assert len(found) == 2
    assert found["likelier"].tolist() == ["yes", "no"]
    assert found["rows"].tolist() == [2, 1]
    assert doubtful_rows(awards, found).tolist() == [False, False, True, False, False]


def test_equal_weight_is_undecided_and_nothing_is_overwritten() -> None:
    awards = frame((4000061, "Fanfare Boréale", 2023), (4000061, "Pizza Zed", 2023))
    before = awards.copy()
    found = find_contradictions(awards)
    assert found["likelier"].tolist() == ["undecided", "undecided"]
    pd.testing.assert_frame_equal(awards, before)


def test_a_register_decides(tmp_path) -> None:
    awards = frame(
        (4000061, "Fanfare Boréale", 2022),
        (4000061, "Fanfare Boréale", 2023),
        (4000061, "Pizza Zed", 2023),
    )
    source = tmp_path / "list.csv"
    source.write_text(f"enterprise_number,name\n{number(4000061)},Pizza Zed SRL\n")
    build_register(source, tmp_path / "r.duckdb")
    with opened(tmp_path / "r.duckdb") as register:
        found = find_contradictions(awards, register).set_index("beneficiary_name")
    assert found["likelier"].to_dict() == {"Fanfare Boréale": "no", "Pizza Zed": "yes"}
    assert "register" in found.loc["Pizza Zed", "why"]


def test_a_person_decides_over_all() -> None:
    awards = frame((4000061, "Fanfare Boréale", 2022), (4000061, "Pizza Zed", 2023))
    decisions = pd.DataFrame(
        [("Pizza Zed", number(4000061), "same", "2026-01-02", "statutes read")],
        columns=["name", "enterprise_number", "verdict", "date", "why"],
    )
    found = find_contradictions(awards, reviewed=reviewed_pairs(decisions))
    assert found.set_index("beneficiary_name")["likelier"].to_dict() == {
        "Fanfare Boréale": "no",
        "Pizza Zed": "yes",
    }


def test_persons_nameless_and_numberless_rows_make_no_claim() -> None:
    awards = frame(
        (4000061, "Fanfare Boréale", 2022), (None, "Pizza Zed", 2023), (4000061, "", 2023),
        (4000061, "Someone", 2023),
    ).assign(beneficiary_kind=["organisation"] * 3 + ["natural_person"])  # fmt: skip
    found = find_contradictions(awards)
    assert found.empty
    assert list(found.columns) == list(COLUMNS)
    assert not doubtful_rows(awards, found).any()
