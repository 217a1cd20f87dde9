"""From a publisher's file to both exports: what ingest writes is what the exports take."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from frictionless import Package

from analysis.cli import COMMANDS, cli
from analysis.exports.awards import read_awards
from analysis.project import RULES, Project, mirror_folder

ROOT = Path(__file__).parents[1]
PROFILE = json.loads((RULES / "export_360giving_profile.json").read_text(encoding="utf-8"))
# A year with a budget only, and the year whose largest amount is not published.
YEARS = ("2019", "2021")


def run(*arguments):
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.mark.mirror
@pytest.mark.parametrize("year", YEARS)
def test_a_city_file_goes_all_the_way(year, tmp_path):
    if "ingest" not in COMMANDS:
        pytest.skip("this checkout has no ingest command")
    file = mirror_folder(Project(ROOT)) / f"city-of-brussels/data-{year}.json"
    if not file.is_file():
        pytest.skip("no folder with publishers' files (ANALYSIS_MIRROR)")
    table, grants = tmp_path / "awards.csv", tmp_path / "grants.json"
    done = run("ingest", file, "--funder", "ville-de-bruxelles", "--year", year, "--out", tmp_path)
    assert done.exit_code == 0, (done.output, done.exception)
    awards = read_awards(table)
    done = run("export", "360giving", table, "--out", grants)
    if set(awards["amount_phase"]) == {"budgeted"}:
        # A year whose only amount is a budget has no grants to export, and that is said.
        assert year == "2019"
        assert "not awarded but budgeted" in str(done.exception)
    else:
        assert done.exit_code == 0, (done.output, done.exception)
        made = json.loads(grants.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(PROFILE).validate(made)
        paid = awards[awards["amount_eur"] != ""]
        assert len(made["grants"]) == len(paid)
        exported = sum(round(each["amountAwarded"] * 100) for each in made["grants"])
        assert exported == sum(round(float(each) * 100) for each in paid["amount_eur"])
    done = run("export", "frictionless", tmp_path)
    assert done.exit_code == 0, (done.output, done.exception)
    result = Package(str(tmp_path / "datapackage.json")).validate()
    assert result.valid, result.flatten(["type", "note"])
