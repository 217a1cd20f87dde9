"""What stands in the records: data, texts, every number a second time."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.demands.indicators import REGISTRY, wilson
from analysis.demands.objections import objections, pages
from analysis.demands.output import TABLES_USED, fill_known, written_period
from analysis.demands.records import FOLDER, IDS, demands, readings
from analysis.errors import InputError
from analysis.language import LANGUAGES
from analysis.project import RULES, TEXTS, Project

sys.path.insert(0, str(Path(__file__).parent))
from recompute import Evidence

NEEDED = {
    "id", "title", "statement", "verdict", "indicators", "evidence_for", "evidence_against",
    "unknowns", "sensitivity", "charts", "sources", "data_request",
}  # fmt: skip


def test_fourteen_records_in_the_order_of_the_paper(records: dict[str, dict[str, Any]]) -> None:
    assert tuple(records) == IDS
    assert {path.stem for path in FOLDER.glob("[SE][0-9].yaml")} == set(IDS)
    for record in records.values():
        assert set(record) >= NEEDED
        assert sum(one["main"] for one in record["indicators"]) == 1
        json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("function: kinds_with_at_most", "function: guess"),
        ('set_on: "2026-11-23"', "set_on: soon"),
        ('op: ">="', 'op: "=="'),
        ("main: none_today", "main: nowhere"),
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, old: str, new: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "demands"))
    path = folder / "S1.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        demands(folder)
    assert error.value.faults
    assert {fault.file for fault in error.value.faults} == {"S1.yaml"}


def test_a_record_without_a_language_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "demands"))
    content = yaml.safe_load((folder / "E6.yaml").read_text(encoding="utf-8"))
    del content["criteria"][0]["sentence"]["fr"]
    (folder / "E6.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"E6\.yaml"):
        demands(folder)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("be-circular,multi_year,perhaps,reason,note", "yes, no or unknown"),
        ("be-circular,multi_year,yes,,note", "must not be empty"),
        ("be-circular,multi_year,yes,a,note\nbe-circular,multi_year,no,b,note", "twice"),
    ],
)
def test_broken_readings_are_named(tmp_path: Path, row: str, word: str) -> None:
    path = tmp_path / "readings.csv"
    path.write_text(f"row_id,question,answer,reason,field\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=word):
        readings(path)


def test_readings_are_of_known_programmes_and_used(tables: dict[str, Any]) -> None:
    read = readings()
    assert set(read["row_id"]) <= set(tables["programmes"]["programme_id"])
    rules = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml"))
    for question in set(read["question"]):
        assert question in rules, f"no indicator uses {question}"


def test_every_number_a_second_time(project: Project, records: dict[str, dict[str, Any]]) -> None:
    evidence = Evidence(project.processed, FOLDER / "readings.csv")
    seen = set()
    for record in records.values():
        for one in record["indicators"]:
            seen.add(one["function"])
            again = getattr(evidence, one["function"])(**one["arguments"])
            shown = (one["value"], one["interval"]["low"], one["interval"]["high"])
            for mine, theirs in zip(again, shown, strict=True):
                where = (record["id"], one["id"], again, shown)
                if mine is None:
                    assert theirs is None, where
                else:
                    assert theirs == pytest.approx(mine, abs=1e-9), where
    assert len(seen) >= 13


def test_row_ids_lead_to_rows(tables: dict[str, Any], records: dict[str, dict[str, Any]]) -> None:
    known = (
        set(tables["programmes"]["programme_id"])
        | set(tables["awards"]["award_id"])
        | set(tables["funding_facts"]["member_ids"].str.split(";").explode())
    )
    for record in records.values():
        for one in record["indicators"]:
            assert set(one["row_ids"]) <= known
            if one["value"]:
                assert one["row_ids"], (record["id"], one["id"])


def test_rows_behind_an_open_count_are_the_open_ones(
    project: Project, records: dict[str, dict[str, Any]]
) -> None:
    evidence = Evidence(project.processed, FOLDER / "readings.csv")
    for record in records.values():
        for one in record["indicators"]:
            if one["function"] == "families_open":
                *_, members = evidence.placed(**one["arguments"])
                assert set(one["row_ids"]) == {row for rows in members.values() for row in rows}


def test_facts_are_of_the_unit_and_phase_claimed(
    tables: dict[str, Any], records: dict[str, dict[str, Any]]
) -> None:
    facts = tables["funding_facts"].set_index("fact_id")
    for record in records.values():
        for one in record["indicators"]:
            if one["function"] == "fact":
                row = facts.loc[one["arguments"]["fact_id"]]
                assert one["unit"] == row["unit"], one
                assert (one["phase"] or "") == row["phase"], one


def _sentences(node: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(node, dict):
        if set(node) == set(LANGUAGES):
            return [(f"{path}.{lang}", str(text)) for lang, text in node.items()]
        return [s for key, child in node.items() for s in _sentences(child, f"{path}.{key}")]
    if isinstance(node, list):
        return [s for n, child in enumerate(node) for s in _sentences(child, f"{path}.{n}")]
    return []


def _all_texts() -> list[tuple[str, str]]:
    files = [FOLDER / f"{name}.yaml" for name in IDS]
    files += [FOLDER / "objections.yaml", TEXTS / "demands.yaml"]
    return [
        (f"{path.name}{where}", text)
        for path in files
        for where, text in _sentences(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]


def test_no_figure_is_typed_in_a_text() -> None:
    with (RULES / "charts" / "digits_in_texts.csv").open(encoding="utf-8", newline="") as handle:
        allowed = [row["phrase"] for row in csv.DictReader(handle)]
    texts = _all_texts()
    assert len(texts) > 400
    for where, text in texts:
        bare = re.sub(r"\{[^}]*\}", "", text)
        for phrase in allowed:
            bare = bare.replace(phrase, "")
        assert not re.search(r"\d", bare), where


def test_the_scan_for_digits_has_teeth() -> None:
    assert _sentences({"nl": "1", "fr": "2", "en": "3"}) == [
        (".nl", "1"),
        (".fr", "2"),
        (".en", "3"),
    ]


def test_languages_name_the_same_figures() -> None:
    by_place: dict[str, dict[str, set[str]]] = {}
    for where, text in _all_texts():
        place, lang = where.rsplit(".", 1)
        by_place.setdefault(place, {})[lang] = set(re.findall(r"\{(\w+)", text))
    for place, names in by_place.items():
        assert names["nl"] == names["fr"] == names["en"], place


def test_no_placeholder_is_left(records: dict[str, dict[str, Any]]) -> None:
    for record in records.values():
        for where, text in _sentences(record):
            assert "{" not in text, (record["id"], where)
            assert text.strip() == text
            assert text
    for page in pages(list(records.values())).values():
        assert "{" not in page
        assert page.count("### ") == len(objections())


def test_every_group_has_objections_and_every_demand_is_met() -> None:
    known = objections()
    assert {one["group"] for one in known} == {"all", "structural", "ecosystem"}
    assert {demand for one in known for demand in one["about"]} == set(IDS)


def test_sources_and_authorities_exist(
    tables: dict[str, Any], records: dict[str, dict[str, Any]]
) -> None:
    funders = set(tables["funders"]["funder_id"]) | set(tables["programmes"]["funder_id"])
    for record in records.values():
        assert {"Sd816e198", "S63957c61"} <= {one["source_id"] for one in record["sources"]}
        assert all(one["url"].startswith("http") for one in record["sources"])
        assert set(record["data_request"]["authorities"]) <= funders


def test_functions_asked_for_are_registered_and_all_are_used() -> None:
    used = {one.function for demand in demands() for one in demand.indicators}
    assert used == set(REGISTRY)


def test_a_value_not_known_is_said_in_words() -> None:
    from analysis.demands.output import Missing

    filled = fill_known("{x:percent} of {n}", "en", {"x": Missing("not known"), "n": 3})
    assert filled == "not known of 3"


@pytest.mark.parametrize(
    ("period", "lang", "written"),
    [
        ("2015/2025", "nl", "2015–2025"),
        ("2015-11-06", "fr", "6 novembre 2015"),
        ("2025-10/2025-11", "en", "October 2025–November 2025"),
        ("2016/2016", "en", "2016"),
        ("", "en", ""),
    ],
)
def test_periods_are_written_as_people_do(period: str, lang: Any, written: str) -> None:
    assert written_period(period, lang) == written


def test_wilson_by_hand() -> None:
    # 7 of 30: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), worked with z = 1.96.
    low, high = wilson(7, 30)
    assert (round(low, 3), round(high, 3)) == (0.118, 0.409)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)


def test_the_stored_records_rest_on_known_tables(project: Project) -> None:
    for name in TABLES_USED:
        assert (project.processed / f"{name}.csv").is_file()
