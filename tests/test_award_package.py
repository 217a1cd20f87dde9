"""An ingest folder as a Frictionless package."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from frictionless import Package

from analysis.commands.export import command
from analysis.errors import InputError
from analysis.exports.award_package import package
from analysis.exports.awards import award_fields, primary_key, read_awards
from analysis.language import LANGUAGES

SYNTHETIC = Path(__file__).parent / "fixtures" / "awards_synthetic.csv"
# The contract of awards.csv, as agreed with the reader of inventories.
CONTRACT = [
    "award_id",
    "funder_id",
    "programme_id",
    "year",
    "end_year",
    "beneficiary_name",
    "beneficiary_id",
    "beneficiary_id_state",
    "beneficiary_kind",
    "title",
    "object",
    "object_fr",
    "object_nl",
    "amount_eur",
    "amount_state",
    "amount_planned_eur",
    "amount_phase",
    "budget_article",
    "budget_function",
    "row_kind",
    "source_file",
    "source_sheet",
    "source_row",
    "source_sha256",
    "flags",
]


@pytest.fixture
def folder(tmp_path):
    shutil.copy(SYNTHETIC, tmp_path / "awards.csv")
    (tmp_path / "quarantine.csv").write_text("source_row,reason,amount_eur\n9,unreadable,1.2.3\n")
    (tmp_path / "ledger.json").write_text("{}\n")
    (tmp_path / "quality.md").write_text("# Quality\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(command, ["frictionless", *map(str, arguments)])


def test_the_fields_are_the_contract():
    assert [each["name"] for each in award_fields()] == CONTRACT
    assert all(each["description"] and each["type"] for each in award_fields())
    assert primary_key() == ["award_id"]
    assert list(read_awards(SYNTHETIC).columns) == CONTRACT


def test_frictionless_accepts_what_the_command_writes(folder):
    done = run(folder)
    assert done.exit_code == 0, done.output
    result = Package(str(folder / "datapackage.json")).validate()
    assert result.valid, result.flatten(["type", "note"])
    written = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in written["resources"]] == [
        "awards.csv",
        "quarantine.csv",
        "ledger.json",
        "quality.md",
    ]
    assert written["resources"][0]["schema"]["primaryKey"] == ["award_id"]
    assert written["resources"][0]["schema"]["missingValues"] == [""]
    assert result.tasks[0].stats["rows"] == len(read_awards(SYNTHETIC))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("\na02,", "\na01,", "unique-error"),
        ("1234567.89", "a lot", "type-error"),
        (",reported_zero,", ",nothing,", "constraint-error"),
        ("BE-BCE_KBO-0999000299", "0999000299", "constraint-error"),
    ],
)
def test_frictionless_refuses_a_spoilt_table(folder, old, new, kind):
    """The description is written from the good table; the table is spoilt afterwards."""
    run(folder)
    table = folder / "awards.csv"
    table.write_text(table.read_text().replace(old, new, 1))
    result = Package(str(folder / "datapackage.json")).validate()
    assert kind in {row[0] for row in result.flatten(["type"])}


def test_no_licence_is_claimed_unless_given(folder):
    assert "licenses" not in package(folder)
    run(folder, "--licence-name", "CC-BY-4.0", "--name", "city-2023")
    written = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert written["licenses"] == [{"name": "CC-BY-4.0"}]
    assert written["name"] == "city-2023"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_publishers_are_the_sources(folder, lang):
    sources = package(folder, lang=lang)["sources"]
    assert any("Brussel" in each["title"] or "Bruxelles" in each["title"] for each in sources)
    assert {"https://www.brussels.be/open-government"} <= {each.get("path") for each in sources}


def test_two_runs_write_the_same_bytes(folder):
    run(folder)
    first = (folder / "datapackage.json").read_bytes()
    run(folder)
    assert (folder / "datapackage.json").read_bytes() == first


def test_a_folder_without_awards_is_refused(tmp_path):
    done = run(tmp_path)
    assert isinstance(done.exception, InputError)
    assert "no awards.csv" in str(done.exception)


def test_a_column_too_many_is_refused(folder):
    table = (folder / "awards.csv").read_text().splitlines()
    (folder / "awards.csv").write_text("\n".join(f"{line},x" for line in table) + "\n")
    done = run(folder)
    assert isinstance(done.exception, InputError)
    assert "has also x" in str(done.exception)
    assert not (folder / "datapackage.json").exists()


def test_a_name_that_is_none_is_the_users_mistake(folder):
    done = run(folder, "--name", "Not a name")
    assert isinstance(done.exception, InputError)


def test_an_empty_quarantine_is_passed_over(folder):
    (folder / "quarantine.csv").write_text("")
    assert [each["name"] for each in package(folder)["resources"]] == [
        "awards",
        "ledger",
        "quality-report",
    ]
