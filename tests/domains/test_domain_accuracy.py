"""The published figures: does the page show them, and do they still hold on the real rows?"""

import copy
import json

import pytest

from analysis.domains.evaluate import accuracy_report, scored_rows
from analysis.domains.figures import END, START, drops, figures, fill_page
from analysis.errors import InputError
from analysis.project import PACKAGE, Project, mirror_folder

ROOT = PACKAGE.parents[1]
LABELS = ROOT / "data" / "raw" / "labels" / "city_subsidies_gold.csv"
STORED = ROOT / "docs" / "accuracy" / "domains.json"
PAGE = ROOT / "docs" / "domains.md"


@pytest.fixture
def stored():
    return json.loads(STORED.read_text("utf-8"))


def test_page_shows_the_stored_figures(stored):
    page = PAGE.read_text("utf-8")
    assert fill_page(page, stored) == page
    assert f"{stored['held_out_half']['accuracy']['value']:.1%}" in figures(stored)


def test_page_without_markers():
    with pytest.raises(InputError, match="must keep"):
        fill_page("no markers", {})
    with pytest.raises(InputError, match="must keep"):
        fill_page(f"{END} {START}", {})


def test_a_fall_is_named_and_a_rise_is_not(stored):
    worse, better = copy.deepcopy(stored), copy.deepcopy(stored)
    worse["all"]["domain"]["per_domain"]["culture"]["recall"]["value"] -= 0.01
    better["all"]["domain"]["accuracy"]["value"] += 0.01
    assert drops(stored, stored) == []
    assert drops(stored, better) == []
    assert ["culture: recall" in fault.rule for fault in drops(stored, worse)] == [True]


@pytest.mark.mirror
def test_measured_again_nothing_has_fallen(stored):
    mirror = mirror_folder(Project(ROOT))
    if not (mirror / "city-of-brussels" / "data-2023.json").is_file():
        pytest.skip("the City of Brussels files are not in the mirror folder")
    assert [str(fault) for fault in drops(stored, accuracy_report(LABELS, mirror))] == []


@pytest.mark.mirror
def test_stored_accuracy_is_the_plain_share_of_right_rows(stored):
    """Counted here without the evaluation code."""
    mirror = mirror_folder(Project(ROOT))
    if not (mirror / "city-of-brussels" / "data-2023.json").is_file():
        pytest.skip("the City of Brussels files are not in the mirror folder")
    rows = scored_rows(LABELS, mirror).to_dict("records")
    scored = [row for row in rows if row["domain_gold"]]
    right = [row for row in scored if row["domain"] == row["domain_gold"]]
    assert stored["all"]["domain"]["accuracy"]["hits"] == len(right)
    yes = {"clear", "possible"}
    signal = [row for row in rows if row["si_signal_gold"]]
    both = sum(row["si_signal"] in yes and row["si_signal_gold"] in yes for row in signal)
    any_ = sum(row["si_signal"] in yes for row in signal)
    any_ += sum(row["si_signal_gold"] in yes for row in signal)
    assert stored["all"]["si_signal"]["f1"]["value"] == pytest.approx(2 * both / any_, abs=1e-4)
