"""The examples of the page run, and say what the page says they say."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import cli

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "fetch-and-export.md").read_text(encoding="utf-8")
SYNTHETIC = ROOT / "tests" / "fixtures" / "awards_synthetic.csv"


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, flags=re.M | re.S)


CONSOLE, PYTHON = blocks("console"), blocks("python")


def test_the_page_has_examples():
    assert len(CONSOLE) == 3
    assert len(PYTHON) == 1


@pytest.mark.parametrize("block", CONSOLE)
def test_commands_print_what_the_page_shows(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    shutil.copy(SYNTHETIC, "out/awards.csv")
    folder = Path("mirror/city-of-brussels")
    folder.mkdir(parents=True)
    (folder / "data-2022.json").write_text('[{"synthetic": "yes"}]\n')
    line, _, expected = block.partition("\n")
    done = CliRunner().invoke(cli, shlex.split(line.removeprefix("$ python -m analysis ")))
    assert done.exit_code == 0, done.output
    assert done.output.replace("\\", "/") == expected


@pytest.mark.parametrize("block", PYTHON)
def test_python_examples_run(block):
    exec(compile(block, "docs/fetch-and-export.md", "exec"), {})


def test_options_of_the_page_exist():
    shown = set(re.findall(r"`[^`\n]*?(--[a-z][a-z-]+)[^`\n]*`", PAGE))
    helps = "".join(
        CliRunner().invoke(cli, [*names, "--help"]).output
        for names in (["fetch"], ["export", "360giving"], ["export", "frictionless"])
    )
    assert shown
    assert {option for option in shown if option not in helps} == set()
