"""``analysis demands``: quick, in three languages, from stored records or afresh."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import files
from analysis.commands.demands import command
from analysis.demands.output import FILE, demand_pages, fingerprint, lines
from analysis.demands.records import IDS
from analysis.errors import InputError
from analysis.language import LANGUAGES
from analysis.project import Project
from analysis.tables import load


def write_demands(checkout: Project, tables: dict[str, pd.DataFrame]) -> None:
    for path, content in demand_pages(checkout, tables).items():
        files.write_text(path, content)


@pytest.fixture(scope="module")
def written(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with processed tables, recoding and the records written once."""
    root = tmp_path_factory.mktemp("written")
    shutil.copytree(project.processed, root / "data" / "processed")
    (root / "data" / "raw").mkdir()
    (root / "pyproject.toml").touch()
    write_demands(Project(root), load(project.processed))
    return root


@pytest.fixture
def checkout(written: Path, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    return Project(Path(shutil.copytree(written, tmp_path / "checkout")))


def test_prints_every_demand_in_every_language(
    checkout: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout.root)
    pages = {}
    for lang in LANGUAGES:
        result = CliRunner().invoke(command, ["--lang", lang])
        assert result.exit_code == 0, result.output
        for demand in IDS:
            assert f"\n{demand}  " in f"\n{result.output}"
        assert "{" not in result.output
        pages[lang] = result.output
    assert len(set(pages.values())) == 3


def test_prints_those_that_are_named(checkout: Project) -> None:
    printed = lines(checkout, "nl", ["e6", "S1"])
    assert [line[:2] for line in printed if line[:1] in "SE" and line[1:2].isdigit()] == [
        "E6",
        "S1",
    ]
    with pytest.raises(InputError, match="S9"):
        lines(checkout, "nl", ["S9"])


def test_same_inputs_same_bytes(checkout: Project) -> None:
    names = [FILE, *(f"{lang}/objections.md" for lang in LANGUAGES)]
    before = [(checkout.reports / name).read_bytes() for name in names]
    write_demands(checkout, load(checkout.processed))
    assert before == [(checkout.reports / name).read_bytes() for name in names]


def test_stale_records_are_computed_afresh(checkout: Project) -> None:
    path = checkout.reports / FILE
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    records[0]["main_text"]["en"] = "from the store"
    path.write_text(json.dumps(records), encoding="utf-8")
    assert "    from the store" in lines(checkout, "en")
    table = checkout.processed / "programmes.csv"
    before = fingerprint(checkout)
    table.write_text(table.read_text(encoding="utf-8").replace("be circular", "be Circular"), encoding="utf-8")  # fmt: skip
    assert fingerprint(checkout) != before
    assert "    from the store" not in lines(checkout, "en")


def test_line_ends_do_not_make_records_stale(checkout: Project) -> None:
    before = fingerprint(checkout)
    table = checkout.processed / "edition.csv"
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    assert fingerprint(checkout) == before


def test_missing_recoding_is_said(checkout: Project) -> None:
    (checkout.processed / "recoding.csv").unlink()
    with pytest.raises(InputError, match="recoding"):
        load(checkout.processed)
