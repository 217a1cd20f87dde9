from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from analysis.continuity import funded_years, renewal
from analysis.local import load_local
from analysis.subsidies import (
    FEW,
    KINDS,
    beneficiary_group,
    concentration_by_year,
    files_seen,
    followed,
    forms_known,
    found_again,
    kinds_by_year,
    labelled,
    lorenz_by_year,
    money_by_group,
    object_kind,
    read_object_kinds,
)

PROCESSED = Path(__file__).resolve().parents[1] / "data" / "processed"
INDEX = pd.DataFrame({"year": [2019, 2020, 2021], "index": [100.0, 110.0, 121.0]})


def rows(*records: tuple[object, ...]) -> pd.DataFrame:
    columns = ["year", "organisation_id", "form_class", "amount_eur"]
    frame = pd.DataFrame(records, columns=columns)
    frame["beneficiary_kind"] = "organisation"
    frame["public_body"] = ""
    frame["form_basis"] = frame["form_class"].map({"unknown": "unknown"}).fillna("name")
    frame["amount_state"] = "reported"
    frame["amount_planned_eur"] = float("nan")
    frame["amount_phase"] = "awarded"
    frame["funder_id"] = "town"
    frame["object"] = ""
    return frame


def test_group_of_beneficiary() -> None:
    frame = rows(
        (2020, "a", "unknown", 1.0),
        (2020, "b", "asbl-vzw", 1.0),
        (2020, "c", "university", 1.0),
        (2020, "", "", 1.0),
        (2020, "e", "unknown", 1.0),
        (2020, "f", "unknown", 1.0),
    )
    frame.loc[4, "public_body"] = "hospital"
    frame.loc[5, "beneficiary_kind"] = "unknown"
    expected = ["form_unknown", "form_known", "public", "not_named", "public", "not_named"]
    assert list(beneficiary_group(frame)) == expected


def test_planned_amount_of_one_organisation_is_not_told() -> None:
    frame = rows((2020, "a", "unknown", float("nan")), (2020, "b", "unknown", 10.0))
    frame.loc[0, ["amount_state", "amount_planned_eur"]] = ["unreadable", 70.0]
    table = money_by_group(frame, INDEX, 2020).set_index("group")
    assert table.loc["form_unknown", "rows_not_published"] == 1
    assert pd.isna(table.loc["form_unknown", "planned_not_published_eur"])


def test_money_by_hand() -> None:
    frame = rows(
        (2019, "a", "unknown", 100.0), (2021, "a", "unknown", 200.0), (2021, "p", "public", 50.0),
        (2021, "q", "public", float("nan")),
    )  # fmt: skip
    frame.loc[3, ["amount_state", "amount_planned_eur"]] = ["not_published", 70.0]
    table = money_by_group(frame, INDEX, 2021).set_index(["year", "group"])
    assert table.loc[(2019, "form_unknown"), "amount_constant_eur"] == pytest.approx(121.0)
    assert table.loc[(2021, "public"), "amount_eur"] == 50.0
    assert table.loc[(2021, "public"), "planned_not_published_eur"] == 70.0
    assert table.loc[(2019, "public"), "amount_eur"] == 0.0  # the file exists and has none
    assert pd.isna(table.loc[(2020, "public"), "amount_eur"])  # no file: unknown
    assert table.loc[2020, "in_files"].eq("no").all()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fonctionnement - Werkingskosten", "operating"),
        ("fonctionnement / werkingstoelagen", "operating"),
        ("samenwerking met de buurt", "not_told"),
        ("Appel à projets climat", "project"),
        ("Projectoproep klimaat", "project"),
        ("soutien au secteur événementiel", "not_told"),
        ("Fonctionnement et projet d'école", "not_told"),
        ("Contrat et autres projets / en andere projecten", "not_told"),
        ("Cotisation de membre", "other"),
        ("Achat de matériel pour le festival", "project"),
        ("Parc des Expositions", "not_told"),
        ("", "not_told"),
    ],
)
def test_kind_of_object(text: str, kind: str) -> None:
    frame = rows((2020, "a", "unknown", 1.0)).assign(object=text)
    assert list(object_kind(frame)["kind"]) == [kind]


def test_contradicting_words_are_marked() -> None:
    frame = rows((2020, "a", "unknown", 1.0)).assign(object="Werking en project")
    assert list(object_kind(frame)["both"]) == [True]


def test_terms_file_is_sound() -> None:
    terms = read_object_kinds()
    assert set(terms["kind"]) <= {*KINDS[:3], ""}
    assert set(terms["lang"]) == {"fr", "nl"}
    assert not terms.duplicated(["lang", "term"]).any()
    assert terms.loc[terms["kind"].eq(""), "note"].ne("").all()


def test_shares_add_up_and_few_have_no_amount() -> None:
    many = [(2020, f"a{number}", "unknown", 10.0) for number in range(6)]
    frame = rows(*many, (2020, "b", "unknown", 40.0))
    frame["object"] = ["Projet"] * 6 + ["Fonctionnement"]
    table = kinds_by_year(frame).set_index("kind")
    assert table["row_share"].sum() == pytest.approx(1.0)
    assert table.loc["operating", "organisations"] < FEW
    assert pd.isna(table.loc["operating", "amount_eur"])
    assert pd.isna(table.loc["operating", "eur_share"])
    assert table.loc["project", "amount_eur"] == 60.0


def test_found_again_by_hand_and_against_renewal() -> None:
    frame = rows(
        *[(2019, each, "unknown", 1.0) for each in "abcd"],
        *[(2020, each, "unknown", 1.0) for each in "bcde"],
        *[(2022, each, "unknown", 1.0) for each in "ae"],
    )
    organisations = pd.DataFrame(
        {"organisation_id": list("abcde"), "awards_contradicted": ["0", "0", "0", "1", "0"]}
    )
    years, apart = followed(frame, organisations)
    assert apart == 1
    table = found_again(years)
    assert list(table["found_again"]) == [2, 1]
    assert list(table["organisations"]) == [3, 3]
    assert list(table["new_next"]) == [1, 0]  # a was in the first file already
    assert list(table["years_between"]) == [1, 2]
    # Another way: the measure for single funders, where the next calendar year has a list.
    renewed = renewal(funded_years(years), by=["year"]).set_index("year")
    assert renewed.loc[2019, "share"] == pytest.approx(table["share"].iloc[0])
    assert renewed.loc[2019, "low"] == pytest.approx(table["low"].iloc[0])
    assert renewed.loc[2020, "unknown"] == 3
    seen = files_seen(years)
    assert list(seen["organisations"]) == [0, 4, 0]


def test_labels_meet_their_row() -> None:
    frame = rows((2020, "a", "unknown", 1.0), (2020, "b", "unknown", 1.0))
    frame["source_row"], frame["domain"], frame["si_signal"] = ["1", "2"], ["x", "y"], "none"
    labels = pd.DataFrame(
        {"year": ["2020", "2020"], "row_index": ["1", "0"], "domain_gold": ["y", "x"],
         "si_signal_gold": "none", "part": ["unseen", "development"]}
    )  # fmt: skip
    found = labelled(frame, labels, ("unseen",))
    assert found[["domain_gold", "domain"]].to_numpy().tolist() == [["y", "y"]]


def test_concentration_and_curve() -> None:
    frame = rows(*[(2020, f"o{number}", "unknown", 10.0) for number in range(20)])
    frame.loc[len(frame)] = frame.iloc[0]
    table = concentration_by_year(frame)
    assert table["median_eur"].iloc[0] == 10.0
    assert table["mean_eur"].iloc[0] == pytest.approx(10.5)
    assert table["top_share"].iloc[0] == pytest.approx(110 / 210)
    curve = lorenz_by_year(frame, steps=4)
    assert len(curve) == 5
    assert curve["money"].iloc[-1] == pytest.approx(1.0)


def test_forms_known_by_hand() -> None:
    frame = rows(
        (2020, "a", "unknown", 30.0), (2020, "b", "asbl-vzw", 10.0), (2020, "c", "public", 5.0),
    )  # fmt: skip
    awards = pd.DataFrame(
        {
            "legal_form": ["unknown", "asbl-vzw", "asbl-vzw", "natural_person", "company"],
            "legal_form_basis": ["", "stated", "", "stated", "stated"],
            "counted": ["yes", "yes", "yes", "yes", "no"],
        }
    )
    table = forms_known(frame, awards).set_index(["collection", "measure", "basis"])["share"]
    assert table["city_others", "eur", "unknown"] == pytest.approx(0.75)
    assert table["city_others", "rows", "name"] == pytest.approx(0.5)
    assert table["evidence", "rows", "unknown"] == pytest.approx(1 / 3)
    assert table["evidence", "rows", "basis_not_told"] == pytest.approx(1 / 3)


@pytest.mark.mirror
def test_published_sums_are_those_of_the_file() -> None:
    local = load_local(PROCESSED)
    if not local:
        pytest.skip("local tables are absent: build with --mirror or ANALYSIS_MIRROR")
    path = PROCESSED / "local" / "local_awards.csv"
    cents: dict[int, int] = defaultdict(int)
    count: dict[int, int] = defaultdict(int)
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            cents[int(row["year"])] += round(float(row["amount_eur"] or 0) * 100)
            count[int(row["year"])] += 1
    wide = pd.DataFrame({"year": range(2019, 2024), "index": 100.0})
    table = money_by_group(local["local_awards"], wide, 2023)
    sums = table.groupby("year")["amount_eur"].sum()
    assert {year: round(sums[year] * 100) for year in cents} == dict(cents)
    assert table.groupby("year")["rows"].sum().loc[list(count)].to_dict() == dict(count)
