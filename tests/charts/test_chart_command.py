"""``analysis charts`` writes what is asked, where it is asked."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
import synthetic_charts
from click.testing import CliRunner

from analysis.charts import registry
from analysis.commands.charts import command
from analysis.errors import InputError


@pytest.fixture
def read(monkeypatch):
    """Synthetic tables and charts in the place of the project's; gives the folders read."""
    folders = []
    tables = ModuleType("analysis.tables")
    tables.load = lambda folder: folders.append(folder) or {}
    monkeypatch.setitem(sys.modules, "analysis.tables", tables)
    monkeypatch.setattr("analysis.tables", tables, raising=False)
    monkeypatch.setattr(registry, "BUILDERS", tuple(map(builder, synthetic_charts.RECORDS)))
    return folders


def builder(make):
    """Give a record's function the shape and the name of a builder of the project."""

    def build(_):
        return make()

    build.__name__ = make().id.replace("-", "_")
    return build


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


def test_writes_the_asked_language_chart_and_format(read, tmp_path):
    out = tmp_path / "out"
    result = run(
        "--tables", tmp_path, "--out", out, "--lang", "fr", "--format", "md", "--format", "csv",
        "--chart", "synthetic-lines",
    )  # fmt: skip
    assert result.exit_code == 0
    assert read == [tmp_path]
    assert sorted(str(path.relative_to(out).as_posix()) for path in out.rglob("*.*")) == [
        "fr/charts/synthetic-lines.csv",
        "fr/charts/synthetic-lines.md",
    ]
    assert "1 chart, 2 files" in result.output


def test_default_is_all_charts_in_all_languages(read, tmp_path):
    result = run("--tables", tmp_path, "--out", tmp_path / "out", "--format", "md")
    assert result.exit_code == 0
    assert len(list((tmp_path / "out").rglob("*.md"))) == 9


def test_an_unknown_chart_is_the_user_s_mistake_and_writes_nothing(read, tmp_path):
    with pytest.raises(InputError, match="synthetic-gap-map") as caught:
        run("--tables", tmp_path, "--out", tmp_path / "out", "--chart", "gap")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("option", "value"), [("--lang", "de"), ("--format", "gif")])
def test_unknown_languages_and_formats_are_refused(option, value):
    assert run(option, value).exit_code == 2
