from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inventories.amounts import STATES, read_amount, read_amounts
from analysis.inventories.cells import Cells, from_objects, from_text

CENTS = st.integers(-(10**12), 10**12)


def column(values):
    amounts = read_amounts(from_objects(values))
    return [
        (STATES[state], int(cents))
        for state, cents in zip(amounts.state, amounts.cents, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1.234,56", 123456),
        ("1 234,56 €", 123456),
        ("1\u202f234,56\u00a0€", 123456),
        ("1,234.56", 123456),
        ("EUR 12k", 1200000),
        ("12,5 k€", 1250000),
        ("1,2 mio EUR", 120000000),
        ("(1.234,00)", -123400),
        ("1.234,00-", -123400),
        ("-1.234,00", -123400),
        ("− 12,00", -1200),
        ("€ -12,00", -1200),
        ("1'234.50", 123450),
        ("€ 1.234,-", 123400),
        ("12.345.678", 1234567800),
        ("4590,00", 459000),
        ("0,5", 50),
        ("62869.130000000005", 6286913),
        ("1 234 567", 123456700),
    ],
)
def test_amounts_as_people_write_them(text, cents):
    assert read_amount(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "#REF!",
        "#N/A",
        "voir annexe",
        "1.2.3",
        "1,23,4",
        "12.34.567",
        "1E+05",
        "--5",
        "(-5)",
        "$ 12",
        "£100",
        "12 %",
        "1" * 30,
        "12 x 3",
    ],
)
def test_what_cannot_be_read_is_never_zero(text):
    assert column([text]) == [("unreadable", 0)]


@pytest.mark.parametrize("text", ["-", " -     ", "–", "n/a", "p.m.", "néant", "/", "", None])
def test_what_is_not_published_is_not_zero(text):
    assert column([text, "5,00"])[0] == ("not_published", 0)


def test_zero_is_reported_zero_in_every_dress():
    assert {state for state, _ in column(["0", "0,00", "€ 0,00", 0, 0.0])} == {"reported_zero"}


@pytest.mark.parametrize(
    ("others", "cents", "word"),
    [
        (["5,50", "7,25"], 123400, "comma"),
        (["5.50", "7.25"], 123, "point"),
        ([], 123400, "no other cell"),
    ],
)
def test_the_column_decides_what_1_234_means(others, cents, word):
    amounts = read_amounts(from_text(pa.array(["1.234", *others])))
    assert amounts.cents[0] == cents
    assert amounts.assumed[0] and not amounts.assumed[1:].any()
    assert word in amounts.decision


def test_the_column_votes_by_rows_not_by_distinct_values():
    amounts = read_amounts(from_text(pa.array(["1.234", "5,50", "7,25"] + ["8.10"] * 5)))
    assert amounts.cents[0] == 123


def test_the_unit_of_the_header_multiplies():
    assert read_amounts(from_text(pa.array(["12,5"])), 1000).cents[0] == 1_250_000


def test_numbers_stored_as_numbers_are_rounded_to_cents():
    amounts = read_amounts(from_objects([62869.130000000005, 0.1 + 0.2, 12, 1.239]))
    assert amounts.cents.tolist() == [6286913, 30, 1200, 124]
    assert amounts.rounded.tolist() == [False, False, False, True]


@given(st.lists(CENTS, min_size=1, max_size=30), st.sampled_from(["nl", "fr", "en", "plain"]))
def test_every_way_of_writing_reads_back_exactly(values, style):
    def write(cents: int) -> str:
        text = f"{Decimal(cents) / 100:,.2f}"
        if style == "nl":
            return text.translate(str.maketrans(",.", ".,"))
        if style == "fr":
            return text.translate(str.maketrans({",": "\u202f", ".": ","})) + " €"
        return text if style == "en" else text.replace(",", "")

    read = read_amounts(from_text(pa.array([write(cents) for cents in values])))
    assert read.cents.tolist() == values
    assert {STATES[state] for state in read.state} <= {"reported", "reported_zero"}


@given(st.lists(CENTS, min_size=1, max_size=30))
def test_the_short_way_equals_the_long_way(values):
    """Columns of one plain form are read by a shortcut; an odd cell beside them forces the long way."""
    texts = [
        f"{Decimal(cents) / 100:,.2f}".translate(str.maketrans(",.", ".,")) for cents in values
    ]
    short = read_amounts(from_text(pa.array(texts)))
    long = read_amounts(from_text(pa.array([*texts, "voir annexe"])))
    assert long.cents[:-1].tolist() == short.cents.tolist() == values


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader_or_becomes_a_silent_zero(text):
    (state, cents) = column([text])[0]
    assert state in STATES
    if cents == 0 and state == "reported_zero":
        assert "0" in text
    if state == "reported":
        assert any(sign.isdigit() for sign in text)


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=20))
def test_floats_agree_with_decimals(values):
    read = read_amounts(from_objects(values))
    for value, cents in zip(values, read.cents, strict=True):
        assert abs(Decimal(repr(value)) * 100 - int(cents)) <= Decimal("0.5000001")


def test_a_large_column_takes_both_ways_at_once():
    texts = [f"{number},50" for number in range(1500)] + ["1.234", "-", "12k"]
    read = read_amounts(Cells(pa.array(texts), np.arange(len(texts))))
    assert read.cents[:1500].tolist() == [number * 100 + 50 for number in range(1500)]
    assert read.cents[1500:].tolist() == [123400, 0, 1200000]
