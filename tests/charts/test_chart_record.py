"""The texts of a chart: complete, in three languages, without a typed number."""

from __future__ import annotations

import csv
import datetime as dt
import pickle
import re
from dataclasses import replace

import pytest
import synthetic_charts

from analysis.charts.record import frame_text, text_faults, unfilled_digits
from analysis.charts.registry import BUILDERS, build_records
from analysis.language import LANGUAGES, texts
from analysis.project import RULES


@pytest.fixture
def record():
    return synthetic_charts.gap_map()


def changed(record, key, **by_language):
    return replace(
        record, catalogue={**record.texts, key: {**record.texts.get(key, {}), **by_language}}
    )


def everywhere(text):
    return dict.fromkeys(LANGUAGES, text)


@pytest.mark.parametrize("build", synthetic_charts.RECORDS)
def test_synthetic_records_have_no_fault(build):
    assert text_faults(build()) == []


@pytest.mark.parametrize(
    "key",
    ["headline.gap", "subtitle", "base", "missing", "source", "how_to_read", "limits", "alt"],
)
def test_a_missing_text_is_a_fault(record, key):
    catalogue = {name: text for name, text in record.texts.items() if name != key}
    faults = text_faults(replace(record, catalogue=catalogue))
    assert [(fault.row, "missing" in fault.rule) for fault in faults] == [(key, True)]


def test_a_claim_without_a_headline_is_a_fault(record):
    assert [f.row for f in text_faults(replace(record, claim="new"))] == ["headline.new"]


def test_a_typed_number_is_a_fault_in_the_language_that_has_it(record):
    faults = text_faults(changed(record, "limits", nl="Een derde van 59 instrumenten."))
    assert [(f.row, f.value, f.rule[:2]) for f in faults] == [("limits", "59", "nl")]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("na COVID-19", None),
        ("COVID-190", "COVID-190"),
        ("S1 en E7", None),
        ("S8", "S8"),
        ("in {year:plain} en {sum:short_euro.1}", None),
        ("op 5 december {year}", "5"),
        ("12,5 % van {n}", "12,5"),
        ("EU-27", None),
    ],
)
def test_digits_of_a_name_are_declared_all_others_found(text, typed):
    found = unfilled_digits({"key": everywhere(text)})
    assert {words for _, _, words in found} == ({typed} if typed else set())


def test_declared_phrases_have_a_digit_and_a_reason():
    path = RULES / "charts" / "digits_in_texts.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows
    for row in rows:
        assert set(row) == {"phrase", "reason"}
        assert re.search(r"\d", row["phrase"]), row
        assert row["reason"].strip(), row
    assert len({row["phrase"] for row in rows}) == len(rows)


def test_a_placeholder_must_have_a_value_and_be_in_all_languages(record):
    faults = text_faults(changed(record, "alt", **everywhere("Grid, {nothing} cells.")))
    assert [(f.row, f.value) for f in faults] == [("alt", "nothing")]
    faults = text_faults(changed(record, "alt", en="Grid."))
    assert [f.row for f in faults] == ["alt"]
    assert "other placeholders" in faults[0].rule


@pytest.mark.parametrize("text", ["Wat een leemte!", " ".join(["woord"] * 15)])
def test_a_headline_is_short_and_calm(record, text):
    assert [f.row for f in text_faults(changed(record, "headline.gap", nl=text))] == [
        "headline.gap"
    ]


def test_values_are_written_as_the_language_does(record):
    assert "41 van 1.259 " in record.text("base", "nl")
    assert "41 des 1\u202f259 " in record.text("base", "fr")
    assert "41 of 1,259 " in record.text("base", "en")


def test_a_value_may_differ_by_language(record):
    named = replace(
        changed(record, "limits", **everywhere("{place}")),
        values={**record.values, "place": {"nl": "Elsene", "fr": "Ixelles", "en": "Ixelles"}},
    )
    assert [named.text("limits", lang) for lang in LANGUAGES] == ["Elsene", "Ixelles", "Ixelles"]


def test_another_finding_takes_another_headline(record):
    assert replace(record, claim="none").headline("fr") == "Aucune lacune"
    assert record.headline("fr") != "Aucune lacune"


def test_footnote_names_day_chart_and_demands(record):
    assert record.footnote("nl") == (
        "Gegevens tot 23 november 2026 · synthetic-gap-map · eisen S1, S2, S6"
    )
    quiet = replace(record, demands=())
    assert quiet.footnote("en") == "Data to 23 November 2026 · synthetic-gap-map"


@pytest.mark.parametrize("wrong", ["Gap_Map", "gap map", "-gap", ""])
def test_id_is_kebab_case(record, wrong):
    with pytest.raises(ValueError, match="kebab-case"):
        replace(record, id=wrong)


def test_demand_must_exist(record):
    with pytest.raises(ValueError, match="S8"):
        replace(record, demands=("S1", "S8"))


def test_texts_come_from_the_chart_s_own_catalogue(record, tmp_path, monkeypatch):
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "from-file.yaml").write_text(
        "headline:\n  gap: {nl: Leemte, fr: Lacune, en: Gap}\n", encoding="utf-8"
    )
    monkeypatch.setattr("analysis.language.TEXTS", tmp_path)
    own = replace(record, id="from-file", catalogue=None)
    assert own.headline("fr") == "Lacune"
    texts.cache_clear()


def test_frame_words_have_no_typed_number_and_french_a_space_before_the_colon():
    assert unfilled_digits(texts("chart_frame")) == []
    assert frame_text("source", "fr") == "Source\u00a0:"
    assert frame_text("source", "nl") == "Bron:"


def test_records_travel_to_another_process(record):
    copy = pickle.loads(pickle.dumps(record))
    assert copy.draw is synthetic_charts.draw_gap_map
    assert copy.data.equals(record.data)
    assert copy.data_date == dt.date(2026, 11, 23)


def test_registry_keeps_order_and_refuses_one_id_twice():
    builders = tuple(lambda _, make=make: make() for make in synthetic_charts.RECORDS)
    assert [record.id for record in build_records({}, builders)] == [
        "synthetic-gap-map",
        "synthetic-lines",
        "synthetic-rows",
    ]
    with pytest.raises(ValueError, match="synthetic-lines"):
        build_records({}, (*builders, builders[1]))


def test_the_project_s_builders_are_each_named_once():
    assert len(set(BUILDERS)) == len(BUILDERS)
