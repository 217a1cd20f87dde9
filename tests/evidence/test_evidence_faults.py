"""Every rule of the evidence has teeth: an edit that breaks it is found, named and placed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.build import build
from analysis.errors import InputError
from analysis.evidence.corrections import COLUMNS
from analysis.evidence.read import checked_evidence, read_evidence

Rows = list[list[str]]


def edit(raw: Path, table: str, change: Callable[[Rows], None]) -> None:
    path = raw / "evidence" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def put(column: str, value: str, row: int = 1) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row][rows[0].index(column)] = value

    return change


def put_where(column: str, value: str, **where: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        header = rows[0]
        row = next(
            r for r in rows[1:] if all(r[header.index(name)] == v for name, v in where.items())
        )
        row[header.index(column)] = value

    return change


def message(raw: Path) -> str:
    with pytest.raises(InputError) as caught:
        checked_evidence(read_evidence(raw), [], "corrections.csv")
    return str(caught.value)


# table, edit, words that must be in the message
CELLS = [
    ("awards", put("amount_eur", "about 500"), ["awards.csv", "row 2 (A0001)", "column amount_eur", "'about 500'", "plain number"]),
    ("awards", put("amount_eur", "-5"), ["awards.csv", "column amount_eur", "'-5'"]),
    ("awards", put("funder_id", "nobody-knows"), ["awards.csv", "row 2 (A0001)", "column funder_id", "'nobody-knows'", "funders.csv"]),
    ("programmes", put("extra_source_ids", "S00000000"), ["programmes.csv", "column extra_source_ids", "sources.csv"]),
    ("awards", put("award_id", "A0002"), ["awards.csv", "A0002", "column award_id", "more than one row"]),
    ("programmes", put("status", "gone"), ["column status", "'gone'", "open, closed, suspended"]),
    ("programmes", put("open_asbl_vzw", "perhaps"), ["column open_asbl_vzw", "'perhaps'"]),
    ("programmes", put("domain", "any;magic"), ["column domain", "'any;magic'"]),
    ("programmes", put("status_as_of", "2026-13"), ["column status_as_of", "'2026-13'", "YYYY-MM"]),
    ("programmes", put("intensity_max_pct", "120"), ["column intensity_max_pct", "'120'", "between 0 and 100"]),
    ("programmes", put("kind", ""), ["column kind", "must not be empty"]),
    ("funders", put("name_fr", " Innoviris"), ["funders.csv", "column name_fr", "stray space"]),
    ("funders", put("name_fr", "Inno\nviris"), ["funders.csv", "column name_fr", "line break"]),
    ("sources", put("url", "https://example.org/other"), ["sources.csv", "column source_id", "not that of its url"]),
    ("programmes", put_where("first_year", "2020", programme_id="actiris-social-impact-bond"), ["column first_year", "lies after last_year"]),
    ("programmes", put("parent_programme_id", "innoviris-co-create"), ["column parent_programme_id", "circle"]),
    ("programmes", put("seen_last_year", "2027"), ["column seen_last_year", "future"]),
    ("programmes", put("seen_last_year", "2016"), ["column seen_first_year", "leave out linked rows"]),
    ("awards", put("call_year", ""), ["column call_year_basis", "do not go together"]),
    ("awards", put("municipality", "Gent"), ["column municipality", "'Gent'", "one of the 19"]),
    ("funding_facts", put("unit", "FTE"), ["funding_facts.csv", "row 2 (F0001)", "column unit", "does not belong"]),
    ("need_indicators", put_where("value", "140", unit="percent"), ["need_indicators.csv", "column value", "between 0 and 100"]),
    ("need_indicators", put_where("nis_code", "21002", nis_code="21001"), ["column nis_code", "not the code of the area"]),
    ("awards", put_where("same_as", "", same_as="AG01"), ["column same_as", "one member only"]),
    ("merge_log_P", put("target_id", "innoviris-sp-event"), ["merge_log_P.csv", "column target_id"]),
    ("merge_log_P", put("action", "dropped"), ["merge_log_P.csv", "column target_id", "do not go together"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "change", "words"), CELLS, ids=lambda v: v if isinstance(v, str) else None
)
def test_a_broken_cell_is_named_with_file_row_column_value_and_rule(
    raw: Path, table: str, change: Callable[[Rows], None], words: list[str]
) -> None:
    edit(raw, table, change)
    said = message(raw)
    assert [word for word in words if word not in said] == []


def test_the_shipped_evidence_has_no_fault(raw: Path) -> None:
    checked, _ = checked_evidence(read_evidence(raw), [], "corrections.csv")
    assert len(checked.tables) == 11


def test_a_missing_column_is_named(raw: Path) -> None:
    edit(raw, "awards", lambda rows: [row.pop(12) for row in rows] and None)
    said = message(raw)
    assert "awards.csv, row 1, column amount_eur: the column is missing" in said


def test_an_unknown_column_is_named(raw: Path) -> None:
    edit(raw, "funders", lambda rows: [row.append("x") for row in rows] and None)
    assert "column x: the column is not known" in message(raw)


def test_all_faults_are_listed_at_once(raw: Path) -> None:
    edit(raw, "awards", put("amount_eur", "x", row=3))
    edit(raw, "awards", put("legal_form", "y", row=5))
    edit(raw, "funders", put("level", "z"))
    said = message(raw)
    assert "has 3 faults" in said
    assert {"'x'", "'y'", "'z'"} <= {word for word in ("'x'", "'y'", "'z'") if word in said}


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda p: p.unlink(), "the file is missing"),
        (lambda p: p.write_bytes(b"\xff\xfe bad"), "is not UTF-8"),
        (lambda p: p.write_bytes(b""), "the file is empty"),
        (lambda p: p.write_text("a,b\n1\n", "utf-8"), "row 2: has 1 cells where the header has 2"),
        (lambda p: p.with_name("spare.csv").write_text("a\n"), "is not a table of the evidence"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    raw: Path, harm: Callable[[Path], object], words: str
) -> None:
    harm(raw / "evidence" / "funders.csv")
    with pytest.raises(InputError, match=words):
        read_evidence(raw)


def correct(raw: Path, **values: str) -> None:
    row = {
        "table": "awards", "row_id": "A0001", "field": "amount_eur", "expected": "532684",
        "new": "532685", "reason": "a test", "status": "open", **values,
    }  # fmt: skip
    with (raw / "corrections.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerows([COLUMNS, [row[name] for name in COLUMNS]])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"row_id": "A9999"}, "matches nothing"),
        ({"expected": "5"}, "expects '5' in awards, row A0001, column amount_eur"),
        ({"table": "nothing"}, "no such table"),
        ({"field": "colour"}, "has no such column"),
        ({"status": "maybe"}, "must be one of open, reported"),
        ({"reason": ""}, "must say why"),
        ({"new": "532684"}, "changes nothing"),
        ({"new": "a lot"}, "plain number"),
    ],
)
def test_a_correction_that_does_not_fit_stops_the_build(
    raw: Path, tmp_path: Path, values: dict[str, str], words: str
) -> None:
    correct(raw, **values)
    out = tmp_path / "out"
    with pytest.raises(InputError, match=words):
        build(raw, out)
    assert not out.exists()


def test_a_correction_moves_its_cell_and_is_counted(raw: Path, tmp_path: Path) -> None:
    correct(raw)
    out = tmp_path / "out"
    build(raw, out)
    with (out / "awards.csv").open(encoding="utf-8", newline="") as handle:
        amounts = {row["award_id"]: row["amount_eur"] for row in csv.DictReader(handle)}
    assert amounts["A0001"] == "532685"
    assert '"corrected_cells": 1' in (out / "ledger.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nobody,2020,S2973c7c,seen", "is not in programmes.csv"),
        ("innoviris-co-create,2020,Sxxxxxxxx,seen", "is not in sources.csv"),
        ("innoviris-co-create,soon,Se1f96387,seen", "must be a date"),
        ("innoviris-co-create,2020,Se1f96387,", "must say what was seen"),
    ],
)
def test_a_broken_sighting_stops_the_build(
    raw: Path, tmp_path: Path, line: str, words: str
) -> None:
    with (raw / "sightings.csv").open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    with pytest.raises(InputError, match=words):
        build(raw, tmp_path / "out")
