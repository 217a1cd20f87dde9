"""Taking in a newer copy: checked first, copied whole, changes named."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from analysis.charts import registry
from analysis.charts.programme_lifelines import programme_lifelines
from analysis.errors import InputError
from analysis.evidence.manifest import changed_files, read_manifest
from analysis.evidence.renew import import_evidence
from analysis.project import Project

LATER = dt.date(2030, 1, 1)


@pytest.fixture
def newer(raw: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(raw / "evidence", tmp_path / "newer"))


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the figures of the charts out: one test looks at them, and they take their time."""
    monkeypatch.setattr("analysis.evidence.renew.chart_values", lambda tables: {})


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.usefixtures("without_figures")
def test_the_same_copy_changes_nothing_but_the_date(raw: Path, newer: Path) -> None:
    renewal = import_evidence(newer, raw, LATER)
    assert not any(renewal.tables.values())
    assert read_manifest(raw).as_of == LATER
    assert changed_files(raw) == {}


@pytest.mark.usefixtures("without_figures")
def test_changed_cells_and_rows_are_named(raw: Path, newer: Path) -> None:
    replace(newer / "awards.csv", ",532684,", ",532685,")
    replace(newer / "funders.csv", "\n", "\nnew-funder,Neuf,Nieuw,New,private,,\n")
    renewal = import_evidence(newer, raw, LATER)
    assert renewal.tables["awards"].cells == (("A0001", "amount_eur", "532684", "532685"),)
    assert renewal.tables["funders"].added == ("new-funder",)
    assert b",532685," in (raw / "evidence" / "awards.csv").read_bytes()


def test_figures_of_charts_that_move_are_named(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One chart stands for all: measuring them takes its time.
    monkeypatch.setattr(registry, "builders_for", lambda tables: (programme_lifelines,))
    # A whole small checkout, because the figures before are those of the last build.
    root = tmp_path / "checkout"
    shutil.copytree(project.raw, root / "data" / "raw")
    shutil.copytree(project.processed, root / "data" / "processed")
    newer = Path(shutil.copytree(project.raw / "evidence", tmp_path / "newer"))
    text = (newer / "programmes.csv").read_text("utf-8")
    (newer / "programmes.csv").write_text(
        text.replace(",suspended,2026,", ",closed,2026,"), "utf-8"
    )
    renewal = import_evidence(newer, root / "data" / "raw", LATER)
    assert renewal.tables["programmes"].cells
    assert renewal.figures


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [(",532684,", ",lots,", "plain number"), ("A0001,innoviris,", "A0001,nobody,", "funders.csv")],
)
def test_a_faulty_copy_is_refused_and_nothing_is_copied(
    raw: Path, newer: Path, old: str, new: str, words: str
) -> None:
    replace(newer / "awards.csv", old, new)
    with pytest.raises(InputError, match=words):
        import_evidence(newer, raw, LATER)
    assert changed_files(raw) == {}


def test_a_correction_that_no_longer_fits_stops_the_import(raw: Path, newer: Path) -> None:
    (raw / "corrections.csv").write_text(
        "table,row_id,field,expected,new,reason,status\n"
        "awards,A0001,amount_eur,532684,532685,a test,reported\n",
        "utf-8",
    )
    replace(newer / "awards.csv", ",532684,", ",532685,")
    with pytest.raises(InputError, match="the evidence has changed"):
        import_evidence(newer, raw, LATER)
    assert changed_files(raw) == {}


def test_time_does_not_run_backwards(raw: Path, newer: Path) -> None:
    with pytest.raises(InputError, match="later date"):
        import_evidence(newer, raw, dt.date(2020, 1, 1))


def test_a_folder_that_is_missing_or_empty_is_named(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        import_evidence(tmp_path / "nowhere", raw, LATER)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="the file is missing"):
        import_evidence(tmp_path / "empty", raw, LATER)
