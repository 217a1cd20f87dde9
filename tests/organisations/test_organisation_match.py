import pandas as pd
import pytest
from organisations_synthetic import number, organisation

from analysis.errors import InputError
from analysis.organisations.match import COLUMNS, match_names
from analysis.organisations.register import register_of_awards
from analysis.organisations.reviewed_pairs import reviewed_pairs


@pytest.fixture
def register(awards):
    connection = register_of_awards(awards)
    yield connection
    connection.close()


def one(register, name, **more):
    return match_names(register, pd.Series([name]), **more).iloc[0]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("De Hangende Tuinen van Brume", 4000011),
        ("LES JARDINS SUSPENDUS DE BRUME ASBL", 4000011),
        ("Brume Jardins Suspendus", 4000011),
        ("Les Jardins Supendus de Brume", 4000011),
        ("Les Jardins Suspendus de Brume De Hangende Tuinen van Brume", 4000011),
        ("C.A.R.S.L.", 4000012),
        ("Paperbridge", 4000015),
        ("Institut SaintZénobe", 4000016),
        ("Maison de Quartier BrumeNord", 4000019),
        ("Karatédo Shotoval Brussels", 4000020),
    ],
)
def test_the_ways_of_writing_are_found(register, name, first) -> None:
    found = one(register, name)
    assert (found["matched_id"], found["decision"]) == (organisation(first), "match"), found
    assert found["reason"]


@pytest.mark.parametrize(
    "name",
    [
        "Amicale de Houtbeek",  # the word that tells is another one
        "Les Amis des Jardins Suspendus de Brume",  # a body around the body
        "Fondation Institut Saint-Zénobe",
        "Maison de Quartier Brume-Sud",
        "Centre",
        "Karaté",
        "Harmonie Royale - Jette",  # a part of both, but a place only
        "Institut Saint-Zénobe 2",
        "",
        "???",
    ],
)
def test_what_is_not_there_is_never_a_match(register, name) -> None:
    found = one(register, name)
    assert found["decision"] != "match"
    assert found["decision"] == "review" or pd.isna(found["matched_id"])


def test_two_that_fit_equally_well_are_a_review(register) -> None:
    found = one(register, "Kiosque")
    assert found["decision"] == "review"
    assert {found["matched_id"], found["runner_up_id"]} == {
        organisation(4000017),
        organisation(4000018),
    }
    assert "equally" in found["reason"]


def test_rows_stay_in_order_with_their_index(register) -> None:
    names = pd.Series(["Paperbridge", "???", "Paperbridge"], index=[9, 2, 4])
    found = match_names(register, names)
    assert found.index.tolist() == [9, 2, 4]
    assert list(found.columns) == list(COLUMNS)
    assert found["decision"].tolist() == ["match", "none", "match"]
    assert pd.isna(found.loc[2, "score"])


def decisions(*rows):
    return reviewed_pairs(
        pd.DataFrame(rows, columns=["name", "enterprise_number", "verdict", "date", "why"])
    )


def test_human_decisions_win(register) -> None:
    reviewed = decisions(
        ("Kiosque", number(4000018), "same", "2026-01-02", "telephoned"),
        ("Paper Bridge", number(4000015), "different", "2026-01-03", "another bridge"),
        ("Nom Tout Nouveau", number(4000013), "same", "2026-01-04", "renamed"),
    )
    found = match_names(
        register, pd.Series(["Le kiosque", "The Paper Bridge", "Nom tout nouveau"]), None, reviewed
    )
    assert found["matched_id"].tolist()[0] == organisation(4000018)
    assert found["decision"].tolist() == ["match", "none", "match"]
    assert found["reason"][0] == "reviewed on 2026-01-02: telephoned"
    assert found["runner_up_id"][0] == organisation(4000017)
    assert found["matched_id"][2] == organisation(4000013)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("", number(4000018), "same", "2026-01-02", "x"), "name"),
        (("A", "123", "same", "2026-01-02", "x"), "enterprise_number"),
        (("A", number(4000018), "perhaps", "2026-01-02", "x"), "verdict"),
        (("A", number(4000018), "same", "2 January", "x"), "date"),
        (("A", number(4000018), "same", "2026-01-02", ""), "why"),
    ],
)
def test_a_wrong_decision_is_a_clear_fault(row, column) -> None:
    with pytest.raises(InputError) as error:
        decisions(row)
    assert [fault.column for fault in error.value.faults] == [column]
    assert error.value.faults[0].row == "2"


def test_one_name_decided_to_be_two_organisations_is_a_fault() -> None:
    with pytest.raises(InputError, match="several organisations"):
        decisions(
            ("A1", number(4000018), "same", "2026-01-02", "x"),
            ("a1 asbl", number(4000017), "same", "2026-01-02", "x"),
        )


def test_an_empty_register_is_a_fault(awards) -> None:
    with pytest.raises(InputError, match="empty"):
        register_of_awards(awards.assign(beneficiary_id=""))


def test_municipality_chooses_between_equals(tmp_path) -> None:
    from analysis.organisations.register import build_register
    from analysis.organisations.store import opened

    source = tmp_path / "list.csv"
    source.write_text(
        "enterprise_number,name,municipality\n"
        f"{number(4000031)},Fanfare Boréale,Jette\n{number(4000032)},Fanfare Boréale,Uccle\n"
    )
    build_register(source, tmp_path / "r.duckdb")
    with opened(tmp_path / "r.duckdb") as register:
        names, towns = pd.Series(["Fanfare Boréale"] * 3), pd.Series(["Uccle", "Evere", ""])
        found = match_names(register, names, towns)
    assert found["decision"].tolist() == ["match", "review", "review"]
    assert found["matched_id"][0] == organisation(4000032)
    assert "municipality" in found["reason"][0]
