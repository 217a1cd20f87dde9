"""The build: complete accounts, same bytes, nothing half-written."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import frictionless
import pytest

from analysis import files
from analysis.build import STATE_FILE, build
from analysis.errors import CheckFailed
from analysis.evidence.manifest import changed_files, read_manifest
from analysis.ledger import Entry
from analysis.project import Project


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def built(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("processed")
    build(project.raw, out)
    return out


def test_raw_evidence_is_frozen(project: Project) -> None:
    assert changed_files(project.raw) == {}


def test_one_changed_digit_is_seen(raw: Path) -> None:
    path = raw / "evidence" / "awards.csv"
    content = path.read_bytes()
    assert b"532684" in content
    path.write_bytes(content.replace(b"532684", b"532685", 1))
    assert changed_files(raw) == {"awards.csv": "changed"}


def test_committed_tables_are_those_of_a_fresh_build(project: Project, built: Path) -> None:
    made = {p.name: files.sha256(p) for p in built.iterdir() if p.name != STATE_FILE}
    kept = {
        p.name: files.sha256(p)
        for p in project.processed.iterdir()
        if p.is_file() and p.name != STATE_FILE
    }
    assert made == kept


def test_two_builds_give_the_same_bytes(project: Project, built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    build(project.raw, again)
    assert {p.name: p.read_bytes() for p in built.iterdir()} == {
        p.name: p.read_bytes() for p in again.iterdir()
    }


def test_every_raw_row_is_accounted_for(project: Project, built: Path) -> None:
    ledger = json.loads((built / "ledger.json").read_text("utf-8"))
    logs = sorted((project.raw / "evidence").glob("merge_log_*.csv"))
    for entry in ledger["tables"]:
        raw_files = (
            logs
            if entry["table"] == "provenance"
            else [project.raw / "evidence" / f"{entry['table']}.csv"]
        )
        came_in = sum(len(rows(path)) for path in raw_files)
        went_out = len(rows(built / f"{entry['table']}.csv"))
        assert entry["rows_in"] == came_in, entry["table"]
        assert entry["rows_out"] == went_out, entry["table"]
        assert came_in == went_out + entry["merged"] + sum(entry["set_apart"].values())
    accounted = {Path(entry["source"]).stem for entry in ledger["tables"]} - {"merge_log_*"}
    everything = {path.stem for path in (project.raw / "evidence").glob("*.csv")}
    assert everything - {path.stem for path in logs} == accounted


def test_every_euro_is_accounted_for(project: Project, built: Path) -> None:
    ledger = {
        e["table"]: e for e in json.loads((built / "ledger.json").read_text("utf-8"))["tables"]
    }
    awards = sum(
        Decimal(row["amount_eur"] or 0) for row in rows(project.raw / "evidence" / "awards.csv")
    )
    assert Decimal(str(ledger["awards"]["euros"]["in"])) == awards
    facts = [r for r in rows(project.raw / "evidence" / "funding_facts.csv") if r["unit"] == "EUR"]
    euros = ledger["funding_facts"]["euros"]
    assert Decimal(str(euros["in"])) == sum(Decimal(row["value"]) for row in facts)
    assert Decimal(str(euros["in"])) == Decimal(str(euros["out"])) + Decimal(str(euros["merged"]))


def test_every_fact_stands_behind_exactly_one_figure(project: Project, built: Path) -> None:
    for table, key in (("funding_facts", "fact_id"), ("need_indicators", "need_id")):
        members = Counter(
            member
            for row in rows(built / f"{table}.csv")
            for member in row["member_ids"].split(";")
        )
        raw_ids = [row[key] for row in rows(project.raw / "evidence" / f"{table}.csv")]
        assert members == Counter(raw_ids)


def test_the_ledger_refuses_an_account_that_does_not_add_up() -> None:
    Entry("t", "t.csv", 5, 3, merged=2).check()
    with pytest.raises(CheckFailed, match="5 rows came in, 4 are accounted for"):
        Entry("t", "t.csv", 5, 3, merged=1).check()
    with pytest.raises(CheckFailed, match=r"1\.00 EUR came in"):
        Entry("t", "t.csv", 1, 1, euros={"in": 1.0, "out": 0.5}).check()


def test_the_data_package_is_accepted(built: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(built, tmp_path / "package")
    (copy / STATE_FILE).unlink()
    with frictionless.system.use_context(trusted=True):
        report = frictionless.validate(str(copy / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "message"])[:5]
    (copy / "awards.csv").write_text(
        (copy / "awards.csv").read_text("utf-8").replace("532684", "much", 1), "utf-8"
    )
    with frictionless.system.use_context(trusted=True):
        assert not frictionless.validate(str(copy / "datapackage.json")).valid


def test_an_unchanged_build_is_recognised(project: Project, built: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    assert build(project.raw, out).unchanged_input
    (out / "awards.csv").write_text("spoilt", "utf-8")
    again = build(project.raw, out)
    assert not again.unchanged_input
    assert again.changed == ("awards.csv",)


def test_a_changed_raw_file_is_built_with_a_warning(raw: Path, tmp_path: Path) -> None:
    path = raw / "evidence" / "awards.csv"
    path.write_bytes(path.read_bytes().replace(b",532684,", b",532685,", 1))
    result = build(raw, tmp_path / "out")
    assert any("awards.csv differs from manifest.json" in line for line in result.warnings)


def test_a_killed_build_leaves_the_old_files_whole(
    project: Project, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    (out / STATE_FILE).unlink()
    before = {p.name: p.read_bytes() for p in out.iterdir()}

    def killed(path: Path, content: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "write_json", killed)
    with pytest.raises(KeyboardInterrupt):
        build(project.raw, out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert [p for p in tmp_path.iterdir() if ".tmp-" in p.name] == []


def test_the_evidence_folder_alone_can_be_built(raw: Path, tmp_path: Path, built: Path) -> None:
    out = tmp_path / "out"
    build(raw / "evidence", out)
    assert files.sha256(out / "awards.csv") == files.sha256(built / "awards.csv")


def test_today_is_the_date_of_the_manifest(project: Project, built: Path) -> None:
    as_of = read_manifest(project.raw).as_of.isoformat()
    assert rows(built / "edition.csv")[0]["as_of"] == as_of


def test_families_follow_parents_and_twins(built: Path) -> None:
    programmes = rows(built / "programmes.csv")
    by_id = {row["programme_id"]: row for row in programmes}
    for row in programmes:
        if parent := row["parent_programme_id"]:
            assert row["family_id"] == by_id[parent]["family_id"]
    groups = {row["same_as"]: set() for row in programmes if row["same_as"]}
    for row in programmes:
        if row["same_as"]:
            groups[row["same_as"]].add(row["family_id"])
    assert groups
    assert all(len(families) == 1 for families in groups.values())
