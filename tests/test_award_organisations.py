"""Organisations behind the awards: one row each, forms from the evidence first, no persons."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

from analysis.awards import award_organisations
from analysis.project import Project

COLUMNS = [
    "award_id", "beneficiary", "legal_form", "counted", "call_year", "start", "amount_eur",
    "amount_kind", "municipality",
]  # fmt: skip


def awards(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="str")


def test_spellings_of_one_name_are_one_organisation() -> None:
    found = award_organisations(
        awards(
            ("A1", "Buurthuis Verzonnen vzw", "asbl-vzw", "yes", "2021", "", "1000.5", "granted", ""),
            ("A2", "Buurthuis Verzonnen", "unknown", "yes", "", "2019-03", "250", "granted", ""),
            ("A3", "Buurthuis Verzonnen", "unknown", "yes", "2022", "", "9999", "total_project_cost", ""),
        )
    )  # fmt: skip
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["form_class"], row["form_basis"]) == ("asbl-vzw", "evidence")
    assert (row["first_seen"], row["last_seen"], row["awards"]) == ("2019", "2022", 3)
    assert row["total_awarded_eur"] == 1250.5
    assert row["award_ids"] == "A1;A2;A3"


def test_an_amount_that_is_not_stated_is_not_zero() -> None:
    found = award_organisations(
        awards(("A1", "Fonds Inventé asbl", "unknown", "yes", "", "", "", "", "Ixelles"))
    )
    assert found["total_awarded_eur"].isna().all()
    assert found["municipality"].tolist() == ["Ixelles"]
    assert found["first_seen"].tolist() == [""]
    assert found["form_basis"].tolist() == ["name"]


@pytest.mark.parametrize(
    "row",
    [
        ("A1", "natural person (name withheld)", "natural_person", "yes", "", "", "", "", ""),
        ("A1", "Mme Verzonnen Persoon", "unknown", "yes", "", "", "", "", ""),
        ("A1", "Maison Inventée", "asbl-vzw", "no", "", "", "", "", ""),
        ("A1", "", "unknown", "yes", "", "", "", "", ""),
    ],
)
def test_persons_and_rows_that_do_not_count_are_not_listed(row: tuple[str, ...]) -> None:
    other = ("A2", "Maison de Quartier Fictive", "asbl-vzw", "yes", "", "", "", "", "")
    assert award_organisations(awards(row, other))["award_ids"].tolist() == ["A2"]


def test_every_award_of_the_evidence_stands_behind_one_organisation_at_most(
    project: Project,
) -> None:
    with (project.processed / "organisations.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with (project.processed / "awards.csv").open(encoding="utf-8", newline="") as handle:
        known = {row["award_id"]: row for row in csv.DictReader(handle)}
    listed = [award for row in rows for award in row["award_ids"].split(";")]
    assert len(listed) == len(set(listed)) == sum(int(row["awards"]) for row in rows)
    for row in rows:
        behind = [known[award] for award in row["award_ids"].split(";")]
        assert not {"natural_person"} & {award["legal_form"] for award in behind}
        given = [
            float(award["amount_eur"])
            for award in behind
            if award["amount_eur"] and award["amount_kind"] in ("granted", "prize")
        ]
        assert row["total_awarded_eur"] == (f"{round(sum(given), 2):.15g}" if given else "")
    left = {award for award in known if award not in set(listed)}
    assert all(
        known[award]["counted"] == "no"
        or not known[award]["beneficiary"]
        or known[award]["legal_form"] in ("natural_person", "unknown", "other")
        for award in left
    )


def test_the_reconciliation_file_lists_every_organisation(project: Project) -> None:
    document = json.loads((project.processed / "reconciliation.json").read_text("utf-8"))
    with (project.processed / "organisations.csv").open(encoding="utf-8", newline="") as handle:
        ids = [row["organisation_id"] for row in csv.DictReader(handle)]
    assert [entity["id"] for entity in document["entities"]] == ids
    assert document["manifest"]["versions"] == ["0.2"]
