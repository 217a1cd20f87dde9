import json

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from organisations_synthetic import number, organisation

from analysis.cli import cli
from analysis.errors import InputError
from analysis.organisations.numbers import enterprise_ids
from analysis.organisations.organisations import (
    COLUMNS,
    answer_queries,
    build_organisations,
    reconciliation,
)
from analysis.organisations.register import register_of_awards


@pytest.fixture
def awards() -> pd.DataFrame:
    """Synthetic awards with every case: phases, a name only, a person, a group, a contradiction."""
    rows = [
        (organisation(4000071), "Phare Vert asbl", 2020, 100.10, "awarded", "organisation"),
        (organisation(4000071), "Phare vert", 2021, 200.20, "awarded", "organisation"),
        (organisation(4000071), "Phare vert", 2021, 50.00, "paid", "organisation"),
        (organisation(4000072), "Lande Bleue", 2020, None, "awarded", "organisation"),
        ("", "Heide Rood", 2021, 10.00, "awarded", "unknown"),
        ("", "HEIDE ROOD vzw", 2022, 5.00, "awarded", "unknown"),
        ("", "masked", 2021, 7.00, "awarded", "natural_person"),
        ("", "Divers", 2021, 3.00, "awarded", "group"),
        (organisation(4000071), "Pizza Zed", 2022, 1.00, "awarded", "organisation"),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "beneficiary_id", "beneficiary_name", "year", "amount_eur", "amount_phase",
            "beneficiary_kind",
        ],
    )  # fmt: skip


def test_one_row_an_organisation_and_every_euro_accounted_for(awards) -> None:
    found = build_organisations(awards)
    table = found.table.set_index("organisation_id")
    assert list(found.table.columns) == list(COLUMNS)
    assert len(table) == 3
    phare = table.loc[organisation(4000071)]
    assert phare["name"] == "Phare vert"
    assert set(phare["spellings"].split(" | ")) == {"Phare Vert asbl", "Phare vert", "Pizza Zed"}
    assert phare["form_class"] == "asbl-vzw" and phare["form_basis"] == "name"
    assert (phare["first_seen"], phare["last_seen"], phare["awards"]) == (2020, 2022, 4)
    assert phare["awards_contradicted"] == 1
    assert phare["total_awarded_eur"] == 301.30
    assert phare["total_paid_eur"] == 50.00
    # Missing is never zero.
    assert pd.isna(table.loc[organisation(4000072), "total_awarded_eur"])
    heide = table.loc[table["name"].str.contains("(?i)heide")].iloc[0]
    assert heide["id_basis"] == "name" and heide["total_awarded_eur"] == 15.00
    assert found.left_out == {
        "natural persons: never listed": (1, 7.00),
        "several beneficiaries in one row": (1, 3.00),
    }
    kept = found.table[["total_awarded_eur", "total_paid_eur"]].sum().sum()
    left = sum(euros for _, euros in found.left_out.values())
    assert round(kept + left, 2) == round(awards["amount_eur"].sum(), 2)
    assert found.table["awards"].sum() + sum(n for n, _ in found.left_out.values()) == len(awards)
    assert "masked" not in found.table.to_csv()


def test_a_match_gives_the_number_that_was_missing(awards) -> None:
    awards["matched_id"] = ["", "", "", "", *[organisation(4000073)] * 2, "", "", ""]
    awards["decision"] = ["", "", "", "", "match", "review", "", "", ""]
    table = build_organisations(awards).table.set_index("organisation_id")
    assert table.loc[organisation(4000073), "id_basis"] == "match"
    assert table.loc[organisation(4000073), "awards"] == 1
    assert (table["id_basis"] == "name").sum() == 1


def test_order_of_rows_changes_nothing(awards) -> None:
    one = build_organisations(awards).table
    other = build_organisations(awards.sample(frac=1, random_state=3)).table
    pd.testing.assert_frame_equal(one, other)


def test_a_missing_column_is_a_clear_fault(awards) -> None:
    with pytest.raises(InputError, match="amount_phase"):
        build_organisations(awards.drop(columns="amount_phase"))


def test_the_reconciliation_document_has_the_shape_of_the_standard(awards) -> None:
    document = reconciliation(build_organisations(awards).table)
    manifest = document["manifest"]
    assert {"versions", "name", "identifierSpace", "schemaSpace"} <= set(manifest)
    assert manifest["versions"] == ["0.2"]
    ids = [entity["id"] for entity in document["entities"]]
    assert len(ids) == len(set(ids)) == 3
    for entity in document["entities"]:
        assert set(entity) == {"id", "name", "description", "type", "alternateNames"}
        assert all(set(kind) == {"id", "name"} for kind in entity["type"])
        assert entity["name"] not in entity["alternateNames"]
    json.dumps(document, allow_nan=False)


def test_queries_are_answered_as_the_standard_says(awards) -> None:
    register = register_of_awards(awards)
    answers = answer_queries(
        register, {"q0": {"query": "PHARE VERT VZW", "limit": 3}, "q1": {"query": "Zzyzx"}}
    )
    best = answers["q0"]["result"][0]
    assert (best["id"], best["match"]) == (organisation(4000071), True)
    assert set(best) == {"id", "name", "score", "match", "type"}
    assert not any(result["match"] for result in answers["q1"]["result"])
    with pytest.raises(InputError, match="q9"):
        answer_queries(register, {"q9": {"query": " "}})


def test_the_command_writes_its_files(awards, tmp_path) -> None:
    awards.to_csv(tmp_path / "awards.csv", index=False)
    arguments = ["organisations", str(tmp_path / "awards.csv"), "--out", str(tmp_path / "out")]
    first = CliRunner().invoke(cli, arguments)
    assert first.exit_code == 0, first.output
    assert "3 organisations from 9 rows" in first.output
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {name for name in files if not name.startswith("contradictions.") or name.endswith(".csv")} == {
        "organisations.csv", "contradictions.csv", "reconciliation.json", "reconciliation.csv",
    }  # fmt: skip
    CliRunner().invoke(cli, arguments)
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}


def test_an_unreadable_amount_is_a_clear_fault(awards, tmp_path) -> None:
    table = awards.astype({"amount_eur": object})
    table.loc[0, "amount_eur"] = "1.000,50"
    table.to_csv(tmp_path / "awards.csv", index=False)
    result = CliRunner().invoke(
        cli, ["organisations", str(tmp_path / "awards.csv"), "--out", str(tmp_path / "out")]
    )
    assert isinstance(result.exception, InputError)
    assert "row 2, column amount_eur" in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (number(4000001), organisation(4000001)),
        (number(4000001)[1:], organisation(4000001)),
        (f"BE {number(4000001)[:4]}.{number(4000001)[4:7]}.{number(4000001)[7:]}", organisation(4000001)),
        (int(number(4000001)), organisation(4000001)),
        (float(number(4000001)), organisation(4000001)),
        (organisation(10000004), organisation(10000004)),
        (number(20000001), ""),  # an establishment
        (number(4000001)[:-1] + "0", ""),
        ("", ""),
        (None, ""),
        ("n/a", ""),
    ],
)  # fmt: skip
def test_enterprise_numbers(cell: object, expected: str) -> None:
    assert enterprise_ids(pd.Series([cell], dtype=object)).iloc[0] == expected


@given(st.integers(0, 10**10 - 1))
def test_enterprise_numbers_agree_with_stdnum(value: int) -> None:
    from stdnum.be import vat

    text = f"{value:010d}"
    # Check digits run from 01 to 97; python-stdnum lets 00, 98 and 99 pass.
    expected = vat.is_valid(text) and 1 <= value % 100 <= 97
    assert bool(enterprise_ids(pd.Series([text])).iloc[0]) is expected
