"""Awards to 360Giving: every grant as the standard asks, nothing invented, nothing lost."""

import csv
import json
import os
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.commands.export import command
from analysis.errors import InputError
from analysis.exports import threesixtygiving as module
from analysis.exports.awards import award_fields, read_awards
from analysis.exports.threesixtygiving import crosswalk, export, write
from analysis.language import LANGUAGES
from analysis.project import RULES

SYNTHETIC = Path(__file__).parent / "fixtures" / "awards_synthetic.csv"
PROFILE = json.loads((RULES / "export_360giving_profile.json").read_text(encoding="utf-8"))
# What the standard's schema requires of a grant (360-giving-schema.json, read November 2026).
REQUIRED = {
    "id",
    "title",
    "description",
    "currency",
    "amountAwarded",
    "awardDate",
    "recipientOrganization",
    "fundingOrganization",
}


@pytest.fixture(scope="module")
def awards():
    return read_awards(SYNTHETIC)


@pytest.fixture(scope="module")
def exported(awards):
    return export(awards)


def whole(exported):
    return {**exported.package, "grants": exported.grants}


def grant(exported, award_id):
    [found] = [each for each in exported.grants if each["id"] == f"BRU-{award_id}"]
    return found


# --- the crosswalk


def test_every_column_of_the_contract_goes_somewhere():
    used = {name for cell in crosswalk()["columns"] for name in cell.split(";") if name}
    assert used == {each["name"] for each in award_fields()}


def test_the_crosswalk_gives_all_that_the_standard_requires():
    rows = crosswalk()
    required = rows.loc[rows["kind"] == "required", "target"].str.split("/").str[0]
    assert set(required) == REQUIRED
    assert rows["target"].is_unique
    assert set(PROFILE["$defs"]["grant"]["required"]) == REQUIRED


def test_the_profile_knows_every_target_and_no_other():
    known = PROFILE["$defs"]["grant"]["properties"]
    targets = set()
    for target in crosswalk()["target"]:
        targets.add(target.split("/")[0])
        if target.startswith("brussels/"):
            assert target.split("/")[1] in known["brussels"]["properties"]
    assert targets == set(known)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("short_text", "guess", "rule"),
        ("award_id,", "award_nr,", "columns"),
        (",optional,", ",x,", "kind"),
    ],
)
def test_a_crosswalk_that_names_nothing_is_refused(tmp_path, monkeypatch, old, new, said):
    name = "crosswalk_360giving.csv"
    (tmp_path / name).write_text((RULES / name).read_text().replace(old, new))
    monkeypatch.setattr(module, "RULES", tmp_path)
    with pytest.raises(InputError, match="does not hold") as caught:
        crosswalk.__wrapped__()
    assert f"column {said}" in str(caught.value)


# --- the grants


def test_the_export_holds_to_its_profile(exported):
    jsonschema.Draft202012Validator(PROFILE).validate(whole(exported))


def test_the_profile_can_fail(exported):
    validator = jsonschema.Draft202012Validator(PROFILE)
    for field in sorted(REQUIRED):
        broken = {key: value for key, value in exported.grants[0].items() if key != field}
        assert not validator.is_valid({**exported.package, "grants": [broken]})
    assert not validator.is_valid({**exported.package, "grants": []})
    year = {**exported.grants[0], "awardDate": "2023"}
    assert not validator.is_valid({**exported.package, "grants": [year]})


def test_the_standards_own_schema_accepts_the_export(exported):
    """The schema is 360Giving's (CC BY 4.0) and stays out of this repository: name its folder."""
    folder = os.environ.get("ANALYSIS_360GIVING_SCHEMA")
    if not folder:
        pytest.skip("no folder with the standard's schema files (ANALYSIS_360GIVING_SCHEMA)")
    package = json.loads(Path(folder, "360-giving-package-schema.json").read_text("utf-8"))
    grants = json.loads(Path(folder, "360-giving-schema.json").read_text("utf-8"))
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    assert "date-time" in checker.checkers, "the schema needs rfc3339-validator"
    package["properties"]["grants"]["items"] = {}
    jsonschema.Draft4Validator(package, format_checker=checker).validate(whole(exported))
    validator = jsonschema.Draft4Validator(grants, format_checker=checker)
    for each in exported.grants:
        validator.validate(each)
    broken = {**exported.grants[0], "awardDate": "2023"}
    assert not validator.is_valid(broken)


def test_rows_and_euros_add_up(awards, exported):
    with SYNTHETIC.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    cents = [round(float(row["amount_eur"]) * 100) for row in rows if row["amount_eur"]]
    assert exported.rows_read == len(rows)
    assert len(exported.grants) + exported.left_out["rows"].sum() == len(rows)
    assert round(exported.amount_read_eur * 100) == sum(cents)
    left = sum(round(each * 100) for each in exported.left_out["amount_eur"])
    assert round(exported.amount_exported_eur * 100) + left == sum(cents)
    assert sum(round(each["amountAwarded"] * 100) for each in exported.grants) == round(
        exported.amount_exported_eur * 100
    )


def test_each_row_that_is_no_grant_has_its_reason(exported):
    left = exported.left_out.set_index("reason")["rows"].to_dict()
    assert left == dict.fromkeys(
        [
            "instalment",
            "no_beneficiary",
            "no_year",
            "not_published",
            "phase",
            "repayment",
            "unreadable",
        ],
        1,
    )


def test_a_missing_amount_is_never_zero_and_a_reported_zero_is_kept(exported):
    assert "BRU-b01" not in {each["id"] for each in exported.grants}
    zero = grant(exported, "a08")
    assert zero["amountAwarded"] == 0
    assert zero["brussels"]["amountState"] == "reported_zero"


def test_the_year_is_said_to_be_all_that_is_known(exported):
    found = grant(exported, "a02")
    assert found["awardDate"] == "2023-01-01"
    assert found["brussels"]["awardDatePrecision"] == "year"
    assert found["plannedDates"] == [{"startDate": "2023", "endDate": "2024"}]
    assert "plannedDates" not in grant(exported, "a01")


def test_planned_money_is_no_application(exported):
    found = grant(exported, "a01")
    assert found["brussels"]["amountPlannedInBudget"] == 1200.5
    assert "amountAppliedFor" not in found


def test_long_titles_are_cut_and_descriptions_are_not(exported):
    title = grant(exported, "a02")["title"]
    assert len(title) <= 140
    assert title.endswith("…")
    assert grant(exported, "a07")["title"] == "Subsidy without a published title"
    assert grant(exported, "a07")["description"] == "No object published"


def test_vocabularies_come_only_with_a_code(exported):
    assert [each["code"] for each in grant(exported, "a01")["classifications"]] == [
        "76201/33202",
        "762",
    ]
    assert "classifications" not in grant(exported, "a02")


def recipient(exported, award_id):
    [found] = grant(exported, award_id)["recipientOrganization"]
    return found["id"], found["name"]


def test_organisations_without_number_get_an_id_that_joins_only_with_themselves(exported):
    number, _ = recipient(exported, "a01")
    assert number == "BE-BCE_KBO-0999000101"
    assert grant(exported, "a01")["brussels"]["recipientIdJoinable"] is True
    first, second = recipient(exported, "a03"), recipient(exported, "a04")
    assert first[0] == second[0]
    assert first[0].startswith("BRU-ORG-")
    assert first[1] == "Comité de quartier Fictif"
    # Another funder's beneficiary of the same name may be another body.
    assert recipient(exported, "a05")[0] != first[0]
    assert grant(exported, "a03")["brussels"]["recipientIdJoinable"] is False
    assert recipient(exported, "a07")[0] == "BRU-GROUP-a07"
    assert exported.own_recipients == 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_natural_person_stays_masked_everywhere(awards, lang):
    """The fixture keeps a name, as --keep-personal-names would: nothing of it may come out."""
    made = export(awards, lang=lang)
    said = json.dumps(whole(made), ensure_ascii=False).casefold()
    assert "voorbeeld" in json.dumps(list(awards["beneficiary_name"])).casefold()
    assert "jan voorbeeld" not in said
    assert "0999000398" not in said
    assert recipient(made, "a06")[0] == "BRU-PERSON-a06"
    assert grant(made, "a06")["brussels"]["flags"] == ["name_kept"]


def test_persons_without_a_kept_name_are_exported(awards):
    bare = awards.copy()
    bare.loc[bare["award_id"] == "a06", "beneficiary_name"] = ""
    assert recipient(export(bare), "a06") == ("BRU-PERSON-a06", "Natural person (name withheld)")


def test_funders_have_official_names_and_ids_said_to_be_ours(awards, exported):
    [funder] = grant(exported, "a01")["fundingOrganization"]
    assert funder == {"id": "BRU-ville-de-bruxelles", "name": "Ville de Bruxelles / Stad Brussel"}
    assert grant(exported, "a01")["brussels"]["fundingIdJoinable"] is False
    assert exported.own_funders == ("commune-evere", "ville-de-bruxelles")
    made = export(awards, funder_numbers={"ville-de-bruxelles": "BE-BCE_KBO-0999000001"})
    [funder] = grant(made, "a01")["fundingOrganization"]
    assert funder["id"] == "BE-BCE_KBO-0999000001"
    assert grant(made, "a01")["brussels"]["fundingIdJoinable"] is True
    assert made.own_funders == ("commune-evere",)


@pytest.mark.parametrize(
    "numbers", [{"ville-de-bruxelles": "0999000001"}, {"nobody": "BE-BCE_KBO-0999000001"}]
)
def test_a_wrong_funder_number_is_refused(awards, numbers):
    with pytest.raises(InputError, match="--funder-number"):
        export(awards, funder_numbers=numbers)


def test_a_table_without_any_grant_is_refused(awards):
    with pytest.raises(InputError, match="No row can be exported") as caught:
        export(awards[awards["amount_state"] == "not_published"])
    assert "no granted amount published" in str(caught.value)


def test_order_of_the_rows_does_not_matter(awards, tmp_path):
    write(export(awards), tmp_path / "one.json")
    write(export(awards.sample(frac=1, random_state=3)), tmp_path / "two.json")
    one = (tmp_path / "one.json").read_bytes()
    assert one == (tmp_path / "two.json").read_bytes()
    assert json.loads(one) == whole(export(awards))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "two.json"]


quick = settings(max_examples=30, deadline=None, derandomize=True)
TABLE = read_awards(SYNTHETIC)


@quick
@given(cents=st.lists(st.integers(min_value=0, max_value=10**13), min_size=1, max_size=5))
def test_amounts_are_exact_to_the_cent(cents):
    base = TABLE.iloc[[0] * len(cents)].reset_index(drop=True)
    base["award_id"] = [f"x{number}" for number in range(len(cents))]
    base["amount_eur"] = [f"{each // 100}.{each % 100:02}" for each in cents]
    made = export(base)
    written = json.loads(json.dumps(made.grants))
    assert [round(each["amountAwarded"] * 100) for each in written] == cents
    assert round(made.amount_exported_eur * 100) == sum(cents)


@quick
@given(
    text=st.text(max_size=300), name=st.text(min_size=1, max_size=60).filter(lambda s: s.strip())
)
def test_any_text_gives_a_valid_grant(text, name):
    base = TABLE.iloc[[0, 2]].reset_index(drop=True)
    base["object"], base["title"], base["beneficiary_name"] = text, text, name
    made = json.loads(json.dumps(whole(export(base))))
    jsonschema.Draft202012Validator(PROFILE).validate(made)


# --- the award table


def spoil(tmp_path, **cells):
    frame = pd.read_csv(SYNTHETIC, dtype="str", keep_default_na=False)
    for column, value in cells.items():
        frame.loc[1, column] = value
    path = tmp_path / "awards.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"award_id": "a01"}, "must be unique"),
        ({"funder_id": ""}, "must not be empty"),
        ({"amount_eur": "1.234,56"}, "such as 1234.56"),
        ({"amount_eur": "1e5"}, "such as 1234.56"),
        ({"amount_eur": ""}, "disagree"),
        ({"amount_state": "not_published"}, "disagree"),
        ({"amount_state": "nearly"}, "must be one of"),
        ({"year": "23"}, "out of range"),
        ({"year": "2023.0"}, "whole number"),
        ({"beneficiary_id": "0999000101"}, "form"),
        ({"source_row": "0"}, "out of range"),
        ({"source_sha256": "abc"}, "form"),
    ],
)
def test_a_table_that_breaks_the_contract_is_named(tmp_path, cells, said):
    with pytest.raises(InputError, match="breaks the contract") as caught:
        read_awards(spoil(tmp_path, **cells))
    assert said in str(caught.value)
    assert "row 3" in str(caught.value)


def test_only_so_many_faults_are_shown(tmp_path):
    frame = pd.concat([pd.read_csv(SYNTHETIC, dtype="str")] * 3)
    frame.to_csv(tmp_path / "awards.csv", index=False)
    with pytest.raises(InputError, match="in 30 places") as caught:
        read_awards(tmp_path / "awards.csv")
    assert len(caught.value.faults) == 20


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", None])
def test_what_is_no_award_table_is_refused(tmp_path, content):
    path = tmp_path / "awards.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError):
        read_awards(path)


# --- the command


def run(*arguments):
    return CliRunner().invoke(command, ["360giving", *map(str, arguments)])


def test_the_command_says_what_went_in_and_what_did_not(tmp_path, exported):
    done = run(SYNTHETIC, "--out", tmp_path / "deep" / "out.json")
    assert done.exit_code == 0, done.output
    assert "8 of 15 rows exported, €1,239,427.98 of €1,239,933.23." in done.output
    assert "Left out: 1 row, €0.00: no granted amount published." in done.output
    assert "1 January stands for it" in done.output
    assert "5 grants" in done.output
    made = json.loads((tmp_path / "deep" / "out.json").read_text(encoding="utf-8"))
    assert made == whole(exported)


def test_the_command_takes_numbers_publisher_and_licence(tmp_path):
    out = tmp_path / "out.json"
    done = run(
        *(SYNTHETIC, "--out", out, "--publisher", "A synthetic network"),
        *("--licence", "https://creativecommons.org/licenses/by/4.0/", "--lang", "fr"),
        *("--funder-number", "commune-evere=BE-BCE_KBO-0999000001"),
    )
    assert done.exit_code == 0, done.output
    made = json.loads(out.read_text(encoding="utf-8"))
    assert made["publisher"] == {"name": "A synthetic network"}
    assert made["license"].startswith("https://creativecommons.org/")
    assert made["title"].startswith("Subventions")


def test_a_failed_export_leaves_the_old_file(tmp_path):
    out = tmp_path / "out.json"
    out.write_text("old")
    done = run(spoil(tmp_path, amount_eur="?"), "--out", out)
    assert isinstance(done.exception, InputError)
    assert out.read_text() == "old"


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run(SYNTHETIC, "--out", tmp_path / "file" / "out.json")
    assert isinstance(done.exception, InputError)
    assert "cannot be written" in str(done.exception)
