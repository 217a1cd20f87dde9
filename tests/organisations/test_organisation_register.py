import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from organisations_synthetic import (
    FULL,
    UPDATE,
    dotted,
    number,
    organisation,
    write_extract,
    zipped,
)

from analysis.errors import InputError
from analysis.organisations.match import match_names
from analysis.organisations.register import build_register, look_up
from analysis.organisations.store import opened


@pytest.fixture
def built(extract: Path, tmp_path: Path) -> Path:
    build_register(extract, tmp_path / "register.duckdb")
    return tmp_path / "register.duckdb"


def names_of(path: Path, first: int) -> set[str]:
    with opened(path) as register:
        return set(look_up(register, number(first))["name"].dropna())


def test_a_number_gives_names_form_seat_and_activity(built: Path) -> None:
    with opened(built) as register:
        found = look_up(register, dotted(4000001))
    assert set(found["name"]) == {
        "Les Moulins d'Argile",
        "De Leemmolens",
        "L.M.A.",
        'Atelier "Argile", section Nord',
    }
    by_name = found.set_index("name")
    assert by_name.loc["De Leemmolens", ["language", "kind"]].tolist() == ["nl", "name"]
    assert by_name.loc["L.M.A.", ["language", "kind"]].tolist() == ["", "abbreviation"]
    first = found.iloc[0]
    assert first["form"] == "017"
    assert pd.Timestamp(first["start"]) == pd.Timestamp("1960-08-09")
    # The struck-off seat in Forest is not a seat any more.
    assert (first["municipality_fr"], first["zipcode"]) == ("Jette", "1090")
    # The newest version, main activities only, each once.
    assert (first["nace_version"], first["nace"]) == ("2008", "85599 94992")


def test_names_of_natural_persons_stay_out_and_are_counted(extract: Path, tmp_path: Path) -> None:
    result = build_register(extract, tmp_path / "r.duckdb")
    assert names_of(tmp_path / "r.duckdb", 4000003) == {"Aux Sept Couleurs"}
    assert result.left_out["names of natural persons"] == 2
    assert result.left_out["empty names"] == 1
    # 11 rows: two of a person and one empty are out.
    assert result.names == len(FULL["denomination"]) - 1 - 3
    assert result.organisations == 4
    assert "Left out: 2 names of natural persons." in result.sentences()


def test_names_of_places_lead_to_the_enterprise(built: Path) -> None:
    asked = pd.Series(["Quartz Lantern Branch", "Atelier Argile section Nord", "leemmolens vzw"])
    with opened(built) as register:
        found = match_names(register, asked)
    assert found["decision"].eq("match").all()
    assert found["matched_id"].tolist() == [
        organisation(10000004),
        organisation(4000001),
        organisation(4000001),
    ]


def test_zip_and_folder_give_the_same_register(extract: Path, built: Path, tmp_path: Path) -> None:
    build_register(zipped(extract), tmp_path / "zip.duckdb")
    tables = ("enterprise", "seat", "nace", "establishment", "denomination", "name_key", "piece")
    with opened(built) as one, opened(tmp_path / "zip.duckdb") as other:
        for table in tables:
            query = f"SELECT * FROM {table} ORDER BY ALL"
            assert one.execute(query).fetchall() == other.execute(query).fetchall(), table


def test_an_update_renews_and_removes_and_leaves_the_rest(built: Path, tmp_path: Path) -> None:
    update = write_extract(tmp_path / "KboOpenData_0141_synthetic_Update", UPDATE)
    build_register(zipped(update), built)
    assert names_of(built, 4000002) == {"Grainerie Commune"}
    assert names_of(built, 4000005) == {"Phare Vert"}
    assert len(names_of(built, 4000001)) == 4
    assert names_of(built, 4000003) == {"Aux Sept Couleurs"}
    with opened(built) as register:
        assert look_up(register, number(10000004)).empty
        assert set(look_up(register, number(4000002))["municipality_fr"]) == {"Uccle"}
        found = match_names(register, pd.Series(["Coopérative du Grain", "Phare Vert"]))
    assert found["decision"].tolist() == ["none", "match"]


def test_an_update_must_follow_the_extract_that_the_register_holds(
    built: Path, tmp_path: Path
) -> None:
    late = {**UPDATE, "meta": ['"Variable","Value"', '"ExtractNumber","143"']}
    update = write_extract(tmp_path / "late", late)
    before = built.read_bytes()
    with pytest.raises(InputError, match="143 does not follow extract 140"):
        build_register(update, built)
    assert built.read_bytes() == before
    with pytest.raises(InputError, match="full extract first"):
        build_register(update, tmp_path / "nothing.duckdb")


def test_a_plain_list_with_forms_and_municipality(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(
        "enterprise_number;name;legal_form;municipality\n"
        f"{dotted(4000041)};Lande Bleue;ASBL;Jette\n{number(4000042)[1:]};Heide Rood;CVBA-SO;\n"
        f"BE{number(4000043)};Sans Forme;;\n123;Faux;ASBL;\n{number(4000044)};;ASBL;\n",
        encoding="cp1252",
    )
    result = build_register(source, tmp_path / "r.duckdb")
    assert (result.organisations, result.names) == (3, 3)
    assert result.left_out == {
        "rows without a valid enterprise number": 1,
        "rows without a name": 1,
    }
    with opened(tmp_path / "r.duckdb") as register:
        forms = dict(register.execute("SELECT number, form FROM enterprise").fetchall())
    assert forms == {
        int(number(4000041)): "017",
        int(number(4000042)): "508",
        int(number(4000043)): None,
    }


def test_awards_become_a_register_without_natural_persons(tmp_path: Path, awards) -> None:
    awards["beneficiary_kind"] = "organisation"
    awards.loc[0, "beneficiary_kind"] = "natural_person"
    awards.to_csv(tmp_path / "awards.csv", index=False)
    result = build_register(tmp_path, tmp_path / "r.duckdb")
    assert result.left_out["rows of natural persons"] == 1
    assert result.left_out["rows without a valid enterprise number"] == 1
    with opened(tmp_path / "r.duckdb") as register:
        rows = register.execute(
            "SELECT name, first_year, last_year, rows FROM denomination WHERE number = ?",
            [int(number(4000011))],
        ).fetchall()
    assert rows == [(awards["beneficiary_name"][1], 2020, 2020, 1)]


def drop(table: str):
    return lambda folder: (folder / f"{table}.csv").unlink()


def replace(table: str, old: str, new: str):
    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return change


def only_header(folder: Path) -> None:
    (folder / "enterprise.csv").write_text(FULL["enterprise"][0] + "\n")


def latin(folder: Path) -> None:
    path = folder / "denomination.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop("denomination"), "lacks denomination.csv"),
        (drop("activity"), "lacks activity.csv"),
        (replace("denomination", '"Denomination"', '"Naam"'), "name the column Denomination"),
        (replace("address", '"DateStrikingOff"', '"Struck"'), "name the column DateStrikingOff"),
        (only_header, "would be empty"),
        (latin, "in UTF-8"),
        (replace("establishment", '"Establ', '"'), "name the column EstablishmentNumber"),
    ],
)
def test_a_damaged_extract_is_one_clear_fault(extract, tmp_path, change, words) -> None:
    change(extract)
    target = tmp_path / "r.duckdb"
    target.write_text("old")
    for source in (extract, zipped(extract)):
        with pytest.raises(InputError, match=words) as error:
            build_register(source, target)
        assert error.value.exit_code == 2
    assert target.read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if ".tmp-" in path.name]


def other_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a zip", "not a sound ZIP"),
        (b"", "not a sound ZIP"),
        (None, "not a KBO/BCE Open Data extract"),
    ],
)
def test_a_wrong_zip_is_one_clear_line(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "wrong.zip"
    other_zip(path) if content is None else path.write_bytes(content)
    result = run("register", "build", str(path), "--out", str(tmp_path / "r.duckdb"))
    assert result[0] == 2
    assert words in result[1]
    assert "Traceback" not in result[1]
    assert not (tmp_path / "r.duckdb").exists()


def run(*arguments: str) -> tuple[int, str]:
    from analysis.cli import cli
    from analysis.errors import AnalysisError

    result = CliRunner().invoke(cli, list(arguments))
    if isinstance(result.exception, AnalysisError):
        return result.exception.exit_code, str(result.exception)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read"),
        ("a,b\n1,2\n", "enterprise_number and name"),
        ("enterprise_number,name\n", "would be empty"),
        ("enterprise_number,name\n123,X\n", "would be empty"),
    ],
)
def test_a_wrong_list_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    code, said = run("register", "build", str(tmp_path / "list.csv"), "--out", str(tmp_path / "r"))
    assert (code, words in said) == (2, True), said


def test_the_commands_end_to_end(extract: Path, tmp_path: Path) -> None:
    store = tmp_path / "r.duckdb"
    code, said = run("register", "build", str(extract), "--out", str(store))
    assert code == 0 and "4 organisations" in said
    table = tmp_path / "in.csv"
    table.write_text('id,nom,x\n007,"De Leemmolens, vzw",=1\n008,Inconnu Total,\n')
    out = tmp_path / "out.csv"
    code, said = run(
        "match", str(table), "--register", str(store), "--column", "nom", "--out", str(out)
    )
    assert code == 0 and "1 match, 0 review, 1 none" in said
    written = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert list(written.columns[:3]) == ["id", "nom", "x"]
    assert written["id"].tolist() == ["007", "008"]
    assert written["nom"].tolist() == ["De Leemmolens, vzw", "Inconnu Total"]
    assert written["matched_id"].tolist() == [organisation(4000001), ""]
    assert written["decision"].tolist() == ["match", "none"]
    assert written["x"][0] == "'=1"  # cells are data, never formulas
    code, said = run("register", "show", dotted(4000001), "--register", str(store))
    assert code == 0 and "form: 017" in said and "De Leemmolens" in said
    assert run("register", "show", number(4999999), "--register", str(store))[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--column", "name", "--register", "R"], "has no column 'name'"),
        (["--column", "nom", "--municipality-column", "ville", "--register", "R"], "'ville'"),
        (["--column", "nom", "--register", "absent.duckdb"], "no such file"),
        (["--column", "nom", "--register", "in.csv"], "not a register"),
        (["--column", "nom", "--register", "R", "--reviewed", "in.csv"], "reviewed pairs"),
    ],
)
def test_match_says_what_is_wrong(built, tmp_path, arguments, words, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("nom\nLeemmolens\n")
    arguments = [str(built) if a == "R" else a for a in arguments]
    code, said = run("match", "in.csv", *arguments, "--out", "out.csv")
    assert (code, words in said) == (2, True), said
    assert not Path("out.csv").exists()


def test_the_register_opens_and_finds_a_number_quickly(built: Path) -> None:
    import time

    def once() -> float:
        start = time.process_time()
        with opened(built) as register:
            assert not look_up(register, number(4000001)).empty
        return time.process_time() - start

    once()
    assert min(once() for _ in range(5)) < 0.1
