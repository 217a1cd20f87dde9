"""The publishers' own files, where they are at hand: every row and every cent accounted for.

The figures are those counted beforehand by independent means; no row of theirs is repeated here.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from analysis.errors import InputError
from analysis.inventories import ingest
from analysis.project import mirror_folder

pytestmark = pytest.mark.mirror

CITY = {
    # year: rows, granted EUR, numbers blank, failing the check digits, unreadable, zero, line breaks
    2019: (1261, "275978485.72", 118, 0, 0, 0, 4),
    2020: (1233, "290092878.15", 121, 1, 1, 8, 2),
    2021: (1269, "216631463.68", 134, 1, 1, 0, 5),
    2023: (1400, "317443715.00", 89, 2, 0, 0, 5),
}


def mirror(name):
    try:
        path = mirror_folder() / name
    except InputError as error:
        pytest.skip(str(error))
    if not path.is_file():
        pytest.skip(f"the publishers' files are not here ({name}); set ANALYSIS_MIRROR")
    return path


@pytest.mark.parametrize("year", CITY)
def test_city_of_brussels(year):
    rows, amount, blank, failing, unreadable, zero, breaks = CITY[year]
    path = mirror(f"city-of-brussels/data-{year}.json")
    result = ingest([path], "city-of-brussels")
    entry = result.ledger["files"][0]
    assert (
        entry["rows_read"],
        entry["rows_kept"],
        entry["rows_quarantined"],
        entry["rows_ignored"],
    ) == (rows, rows, 0, 0)
    assert Decimal(str(entry["amount_kept_eur"])) == Decimal(amount)
    assert entry["beneficiary_ids_missing"] == blank
    assert entry["beneficiary_ids_invalid"] == failing
    assert entry["beneficiary_ids_valid"] == rows - blank - failing
    states = result.awards["amount_state"].value_counts()
    assert states.get("reported_zero", 0) == zero
    assert states.get("unreadable", 0) + states.get("not_published", 0) == unreadable
    assert result.awards["flags"].str.contains("name_line_break").sum() == breaks
    assert result.awards["year"].eq(year).all()
    assert result.awards["award_id"].is_unique
    assert result.awards["source_row"].tolist() == list(range(1, rows + 1))


def test_the_sum_agrees_with_a_reading_by_hand():
    path = mirror("city-of-brussels/data-2021.json")
    records = json.loads(path.read_text(encoding="utf-8"))
    expected = sum(
        Decimal(value.replace(".", "").replace(",", "."))
        for record in records
        if (value := record["montant_octroye_toegekend_bedrag"])
        and re.fullmatch(r"[\d.]+,\d\d", value)
    )
    found = ingest([path], "city-of-brussels").ledger["totals"]["amount_kept_eur"]
    assert Decimal(str(found)) == expected


def test_the_missing_amount_of_2021_is_caught():
    paths = [mirror(f"city-of-brussels/data-{year}.json") for year in CITY]
    result = ingest(paths, "city-of-brussels")
    years = result.years.set_index("year")
    assert Decimal(str(years.loc[2021, "planned_not_published_eur"])) == Decimal("78053117.15")
    gaps = result.quality[result.quality["check"] == "year_large_beneficiary_gap"]
    assert 2021 in gaps["year"].tolist()


def test_both_erdf_lists_agree():
    clean = ingest([mirror("erdf-brussels/ERDF_Brussels_2007-2013-Clean.csv")], "erdf-brussels")
    converted = ingest(
        [mirror("erdf-brussels/ERDF_Brussels_2007-2013_converted.csv")], "erdf-brussels"
    )
    assert clean.ledger["files"][0]["rows_ignored_by_reason"] == {"blank": 3, "total": 1}
    assert clean.ledger["totals"]["rows_kept"] == converted.ledger["totals"]["rows_kept"] == 34
    assert (
        clean.ledger["totals"]["amount_kept_eur"] == converted.ledger["totals"]["amount_kept_eur"]
    )
    assert clean.awards["amount_state"].value_counts()["not_published"] == 1
    assert clean.awards["award_id"].is_unique
    assert "mac_roman" in " ".join(clean.ledger["files"][0]["decisions"])
