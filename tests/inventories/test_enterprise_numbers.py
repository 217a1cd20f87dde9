from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import vat

from analysis.inventories.enterprise_numbers import STATES, read_numbers


def one(text):
    read = read_numbers(pa.array([text]))
    return STATES[read.state[0]], read.digits[0]


@pytest.mark.parametrize(
    "text",
    [
        "422143307",
        "0422143307",
        "0422.143.307",
        "BE 0422.143.307",
        "BE0422143307",
        "422143307.0",
        "0422 143 307",
        "TVA BE 0422.143.307",
        "N° BCE : 0422.143.307",
        "BE-BCE_KBO-0422143307",
        "0422-143-307",
    ],
)
def test_one_number_in_many_dresses(text):
    assert one(text) == ("valid", "0422143307")


@pytest.mark.parametrize(
    "text", ["-", "n/a", "0", "0000000000", "néant", "association de fait", "geen nummer", "nihil"]
)
def test_words_for_nothing_are_missing(text):
    assert one(text)[0] == "missing"


@pytest.mark.parametrize(
    "text",
    ["422143308", "12345", "abc", "85073003328", "0422143307/12", "9999999999", "04221433077"],
)
def test_what_is_wrong_stays_wrong(text):
    assert one(text) == ("invalid", "")


def test_establishments_are_told_from_enterprises():
    head = 21234567
    assert one(f"{head}{97 - head % 97:02d}") == ("establishment", f"{head}{97 - head % 97:02d}")


def test_a_national_register_number_is_recognised_as_personal():
    assert read_numbers(pa.array(["85.07.30-033.28"])).personal.tolist() == [True]
    assert read_numbers(pa.array(["0422.143.307"])).personal.tolist() == [False]


@given(st.integers(0, 1_999_999_999))
def test_agrees_with_stdnum(number):
    text = f"{number:010d}"
    # python-stdnum adds up modulo 97 and so lets 00, 98 and 99 pass as check digits; the rule of
    # the FPS Economy (97 minus the remainder) gives 01 to 97 only.
    expected = vat.is_valid(text) and number > 0 and 1 <= number % 100 <= 97
    assert (one(text)[0] == "valid") == expected


@given(st.integers(1, 19_999_999))
def test_every_sound_number_is_valid_also_without_its_zero(head):
    text = f"{head:08d}{97 - head % 97:02d}"
    assert one(text) == ("valid", text)
    if text.startswith("0") and not text.startswith("00"):
        assert one(str(int(text))) == ("valid", text)
        assert one(f"{int(text)}.0") == ("valid", text)


@given(st.text(max_size=25))
def test_nothing_is_repaired_by_guess(text):
    if not text.strip():
        return
    state, digits = one(text)
    if state == "valid":
        kept = "".join(sign for sign in text if sign in "0123456789")
        assert digits.lstrip("0") in kept
