"""Readers get notes without the transcribers' shop talk; nothing else is lost."""

from __future__ import annotations

import csv
import re

import pytest

from analysis.notes import reader_note
from analysis.project import Project


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("", ""),
        ("75 percent for starters", "75 percent for starters"),
        ("[INNO-P005] from April 2024; eligibility not seen", "from April 2024; eligibility not seen"),
        (
            "deadline 15 February; stage(s) read by the first reader but not confirmed by the "
            "row's text: advice | [CCH-P-069] one year",
            "deadline 15 February; one year",
        ),
        ("funder as first read: Flemish Government (Vlaams Brusselfonds)", ""),
        ("a grant also stands in the 2018 ordinance (SEP0007)", "a grant also stands in the 2018 ordinance"),
        ("draft decree in first reading", "draft decree in first reading"),
        ("same; same", "same"),
    ],
)  # fmt: skip
def test_a_note_is_cleaned(raw: str, clean: str) -> None:
    assert reader_note(raw) == clean


def test_no_reader_sees_a_tag_of_a_transcription_row(project: Project) -> None:
    tag = re.compile(r"\b(?:INNO-[A-Z]|CCH-[A-Z]|SE[APF]\d{4}|R2-[A-Z]\d)|first reader")
    seen = [
        (path.name, cell)
        for path in sorted(project.processed.glob("*.csv"))
        if path.name != "provenance.csv"
        for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
        for column, cell in row.items()
        if column.endswith("note") and tag.search(cell)
    ]
    assert seen == []


def test_a_note_never_gains_words(project: Project) -> None:
    path = project.raw / "evidence" / "programmes.csv"
    for row in csv.DictReader(path.open(encoding="utf-8", newline="")):
        words = set(re.findall(r"\w+", row["note"]))
        assert set(re.findall(r"\w+", reader_note(row["note"]))) <= words
