"""What the dossier holds: listings, method, editions, brands, choices."""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from pathlib import Path

import pandas as pd
import pytest

from analysis.charts import style
from analysis.dossier import content, listings, method
from analysis.dossier.brand import our_brand, read_brand
from analysis.dossier.changes import told
from analysis.dossier.content import Dossier, choose
from analysis.dossier.edition import Move, changes, earlier_edition, inputs, snapshot
from analysis.errors import InputError
from analysis.language import LANGUAGES, texts
from analysis.project import PACKAGE, Project
from analysis.status import state_on


@pytest.mark.parametrize("day", [dt.date(2016, 2, 29), dt.date(2023, 12, 5), dt.date(2026, 11, 1)])
def test_the_state_on_a_day_is_that_of_the_protocol(dossier: Dossier, day: dt.date) -> None:
    states = state_on(dossier.tables["programme_status"], day).astype(str).to_dict()
    rows = listings.programme_rows(dossier.tables, "en")
    assert {r.id: r.state_on(day) for r in rows} == {
        r.id: states.get(r.id, "unknown") for r in rows
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_listings_lose_no_row(dossier: Dossier, lang: str) -> None:
    tables = dossier.tables
    assert len(listings.programme_rows(tables, lang)) == len(tables["programmes"])  # type: ignore[arg-type]
    assert len(listings.award_rows(tables, lang)) == len(tables["awards"])  # type: ignore[arg-type]
    assert len(listings.organisation_rows(tables, lang)) == len(tables["organisations"])  # type: ignore[arg-type]
    funders = listings.funder_rows(tables, lang)  # type: ignore[arg-type]
    assert sum(row.programmes for row in funders) == len(tables["programmes"])


def test_amounts_are_those_of_the_table_and_missing_is_not_zero(dossier: Dossier) -> None:
    stated = dossier.tables["awards"].set_index("award_id")["amount_eur"]
    for row in listings.award_rows(dossier.tables, "nl"):
        amount = stated[row.id]
        assert row.amount == (None if pd.isna(amount) else amount)


def test_names_of_persons_are_withheld(dossier: Dossier) -> None:
    awards = dossier.tables["awards"].copy()
    awards["beneficiary"] = awards["beneficiary"].astype("object")
    awards["legal_form"] = awards["legal_form"].astype("object")
    awards.loc[awards.index[0], ["beneficiary", "legal_form"]] = ["Jan Peeters", "natural_person"]
    awards.loc[awards.index[1], ["beneficiary", "legal_form"]] = ["Mevrouw An Janssens", "unknown"]
    rows = listings.award_rows({**dossier.tables, "awards": awards}, "nl")
    said = " ".join(row.beneficiary for row in rows)
    assert "Peeters" not in said
    assert "Janssens" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_method_is_whole(dossier: Dossier, lang: str) -> None:
    found = method.sections(dossier, lang)  # type: ignore[arg-type]
    assert [one.id for one in found] == list(method.PARTS)
    for one in found:
        assert one.title
        assert all("{" not in words for words in one.paragraphs)
        assert all(len(row) == len(one.header) for row in one.rows)


def test_every_text_of_the_method_is_used() -> None:
    used = {f"{part}.{one}" for part, ones in method.PARTS.items() for one in (*ones, "title")}
    columns = {"corrections": ("table", "row", "field", "before", "after"), "faults": ("rows", "doubt", "settles")}  # fmt: skip
    used |= {f"{part}.{one}" for part, ones in columns.items() for one in ones}
    assert set(texts("dossier_method")) == used


def test_known_faults_name_rows_that_exist(dossier: Dossier) -> None:
    known: set[str] = set()
    for name, key in (
        ("programmes", "programme_id"), ("awards", "award_id"), ("funding_facts", "fact_id"),
        ("need_indicators", "need_id"), ("funders", "funder_id"),
    ):  # fmt: skip
        known |= set(dossier.tables[name][key])
    members = ";".join(dossier.tables["funding_facts"]["member_ids"])
    for one in method.known_faults():
        for row in one["rows"]:
            assert row in known or row in members, row


def test_choosing_demands(dossier: Dossier) -> None:
    some = choose(dossier, ["s6", "E6"])
    assert [one["id"] for one in some.demands] == ["S6", "E6"]
    assert not some.is_whole
    assert all({"S6", "E6"} & set(c.demands) or c.id in {x for d in some.demands for x in d["charts"]} for c in some.charts)  # fmt: skip
    assert all({"S6", "E6"} & set(o.about) for o in some.objections("en"))
    with pytest.raises(InputError, match="No demand called X9; there are: S1"):
        choose(dossier, ["X9"])


def test_values_are_written_for_the_language(dossier: Dossier) -> None:
    shares = [i for d in dossier.demands for i in d["indicators"] if i["unit"] == "share" and i["value"]]  # fmt: skip
    one = shares[0]
    assert content.write_value(one, "en") == f"{round(100 * one['value'])}%"
    assert content.write_value(one, "fr").endswith("\u00a0%")
    assert content.write_value({**one, "value": None}, "nl") == "onbekend"


# Editions


def test_what_moved_and_why() -> None:
    old = {
        "version": "1.0.0", "data_date": "2026-01-01",
        "inputs": {"data": "a", "correction": "b", "method": "c"},
        "demands": {"S1": {"verdict": "mixed", "x": 1}},
        "charts": {"gone": {"claim": "a"}, "kept": {"claim": "a", "n": 3, "m": None, "out": 1}},
    }  # fmt: skip
    new = {
        **old, "version": "1.1.0", "inputs": {"data": "a", "correction": "B", "method": "c"},
        "demands": {"S1": {"verdict": "supported", "x": 1}},
        "charts": {"kept": {"claim": "a", "n": 4, "m": None, "in": 2}, "new": {"claim": "b"}},
    }  # fmt: skip
    found = changes(old, new)
    assert found.causes == ("correction",)
    assert found.moves == (
        Move("S1", "verdict", "mixed", "supported"),
        Move("kept", "n", 3, 4),
        Move("kept", "out", 1, None),
    )
    assert (found.added, found.removed) == (("new",), ("gone",))
    assert changes({}, new).since == ""


def test_the_edition_before_is_the_newest_older_one(tmp_path: Path) -> None:
    for version in ("0.9.0", "0.10.0", "0.11.0"):
        words = f'{{"version": "{version}", "data_date": "2026-01-01", "inputs": {{}}, "charts": {{}}, "demands": {{}}}}'  # fmt: skip
        (tmp_path / f"{version}.json").write_text(words)
    assert earlier_edition(tmp_path, "0.11.0")["version"] == "0.10.0"
    assert earlier_edition(tmp_path, "0.9.0") == {}
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(InputError, match=r"broken\.json: is no snapshot"):
        earlier_edition(tmp_path, "0.11.0")


def test_this_edition_has_a_changelog(dossier: Dossier, project: Project) -> None:
    before = earlier_edition(project.editions)
    assert before["version"] == "0.1.0" == dossier.edition.changes.since
    now = snapshot(project, dossier.charts, dossier.demands, dossier.data_date)
    # The evidence is that of the edition before: whatever moved moved by method.
    assert "data" not in changes(before, now).causes
    assert inputs(project.raw, PACKAGE) == now["inputs"]
    for lang in LANGUAGES:
        found = told(dossier, lang)
        assert "0.1.0" in found.intro
        assert len(found.added) == len(dossier.edition.changes.added) > 14


@pytest.mark.parametrize("lang", LANGUAGES)
def test_citations_name_edition_date_and_doi(dossier: Dossier, lang: str) -> None:
    whole = dossier.edition.citation(lang)  # type: ignore[arg-type]
    one = dossier.edition.chart_citation(dossier.charts[0], lang)  # type: ignore[arg-type]
    for words in (whole, one):
        assert dossier.edition.version in words
        assert "DOI" in words
        assert str(dossier.data_date.year) in words
    assert dossier.charts[0].id in one


# Brands

GOOD = """
name: {nl: Koepel, fr: Fédération, en: Federation}
accent: "#1f5fa8"
contact: {nl: a, fr: b, en: c}
"""


def png() -> bytes:
    """Return the smallest picture that is one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_a_brand_is_read(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    (tmp_path / "b.yaml").write_text(GOOD + "logo: logo.png\n", encoding="utf-8")
    brand = read_brand(tmp_path / "b.yaml")
    assert (brand.accent, brand.ink, brand.name["fr"]) == ("#1f5fa8", style.INK, "Fédération")
    assert brand.logo == png()
    assert not brand.is_ours
    assert our_brand().is_ours


@pytest.mark.parametrize(
    ("content_", "words"),
    [
        (GOOD.replace("#1f5fa8", "#ffcc00"), "contrast of"),
        (GOOD.replace("#1f5fa8", "#3f6478"), "cannot be told from the quiet solid"),
        (GOOD.replace("#1f5fa8", "blue"), "must be a colour as #rrggbb"),
        (GOOD + 'ink: "#999999"\n', "row ink: has a contrast"),
        (GOOD.replace("fr: b, ", ""), "row contact: must be a text in each of nl, fr and en"),
        (GOOD + "logo: nowhere.png\n", "is not beside the brand file"),
        (GOOD + "logo: b.yaml\n", "must be a PNG picture"),
        (GOOD + "colour: red\n", "is no key of a brand file"),
        ("- a\n", "must hold name, accent and contact"),
        ("a: [", "is no YAML text"),
    ],
)
def test_a_brand_that_cannot_be_used_is_refused(tmp_path: Path, content_: str, words: str) -> None:
    (tmp_path / "b.yaml").write_text(content_, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_brand(tmp_path / "b.yaml")
    assert words in str(error.value)
    with pytest.raises(InputError, match="cannot be opened"):
        read_brand(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "topic",
    ["dossier", "dossier_method", "dossier_web", "dossier_word", "dossier_workbook", "demands"],
)
def test_no_figure_is_typed_into_a_text(topic: str) -> None:
    from analysis.charts.record import unfilled_digits

    # Years of the paper and the term that it looks back on, and the width of a picture for Word.
    known = {"2019", "160"}
    typed = [
        (key, lang, words)
        for key, lang, words in unfilled_digits(texts(topic))
        if set(words.replace(",", "").replace(".", "").split()) - known
    ]
    assert typed == []
