"""Boxes, scales, line breaks and labels that make room for one another."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.charts import layout
from analysis.charts.layout import Box, Run, Scale

places = st.lists(st.floats(0, 500), min_size=1, max_size=12)


@given(places)
def test_spread_keeps_order_and_distance(wanted):
    placed = layout.spread(wanted, 12, 0, 1000)
    for (a, x), (b, y) in zip(
        *(lambda s: (s, s[1:]))(sorted(zip(wanted, placed, strict=True))), strict=False
    ):
        assert x <= y and a <= b
        assert y - x >= 12 - 1e-6


@given(places)
def test_spread_leaves_what_does_not_collide(wanted):
    apart = [500 * index + place / 10 for index, place in enumerate(wanted)]
    assert layout.spread(apart, 12, -1, 1e5) == pytest.approx(apart)


def test_spread_moves_two_equally_and_stays_inside():
    assert layout.spread([100, 100], 10, 0, 200) == pytest.approx([95, 105])
    assert layout.spread([199, 200], 10, 0, 200) == pytest.approx([190, 200])
    assert layout.spread([1, 0], 10, 0, 200) == pytest.approx([10, 0])
    assert layout.spread([], 10, 0, 200) == []


words = st.lists(st.text("abcdéijlmnoruvw", min_size=1, max_size=12), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(words, st.floats(60, 300), st.booleans())
def test_wrap_loses_no_word_and_keeps_to_the_width(words, width, balanced):
    text = " ".join(words)
    lines = layout.wrap(text, width, 9, balanced=balanced)
    assert " ".join(lines) == text
    for line in lines:
        assert layout.text_width(line, 9) <= width or " " not in line
    assert len(lines) == len(layout.wrap(text, width, 9))


def test_wrap_balances_a_headline():
    text = "Voor verenigingen opent geen enkel instrument het betaalde werk aan ideeën"
    width = layout.text_width(text, 20) * 0.9
    greedy, even = layout.wrap(text, width, 20), layout.wrap(text, width, 20, balanced=True)
    shortest = [min(layout.text_width(line, 20) for line in lines) for lines in (greedy, even)]
    assert len(even) == len(greedy) == 2
    assert shortest[1] > 2 * shortest[0]


@pytest.mark.parametrize("sign", list(":;?!»%€"))
def test_a_line_never_begins_with_a_french_sign(sign):
    word = "ouverture"
    width = layout.text_width(f"{word} {word}", 9) + 1
    for after in (" ", ", "):
        lines = layout.wrap(f"{word} {word} {sign}{after}{word}", width, 9)
        assert len(lines) > 1
        assert not any(line.startswith(sign) for line in lines)


@pytest.mark.parametrize("amount", ["€ 1,2 mln", "12,5 M€", "« oui »", "33 %"])
def test_a_number_is_never_parted_from_its_unit(amount):
    for width in range(1, 120, 7):
        lines = layout.wrap(f"samen {amount} per jaar", width, 9)
        assert any(amount.replace(" ", "\u00a0") in line for line in lines)


def test_wrap_keeps_line_breaks_and_narrow_spaces_together():
    assert layout.wrap("één\ntwee", 500, 9) == ["één", "twee"]
    assert layout.wrap("1\u202f234\u00a0€", 1, 9) == ["1\u202f234\u00a0€"]


def test_runs_break_like_plain_text_and_keep_their_weight():
    runs = [Run("Bron:", "semibold"), Run("een lange lijst van uitgevers en jaren " * 4)]
    lines = layout.wrap_runs(runs, 200, 9)
    assert [run.weight for _, run in lines[0]] == ["semibold", "regular"]
    assert " ".join(run.text for line in lines for _, run in line).split() == (
        " ".join(run.text for run in runs).split()
    )
    for line in lines:
        start, run = line[-1]
        assert start + layout.text_width(run.text, 9, run.weight) <= 200.01
    assert all(line[0][0] == 0 for line in lines)


def test_text_width_counts_spaces_and_adds_up():
    both = layout.text_width("een ", 10) + layout.text_width("twee", 10)
    assert both == pytest.approx(layout.text_width("een twee", 10), abs=0.2)
    assert layout.text_width("", 10) == 0


def test_boxes_cut_without_loss():
    box = Box(10, 20, 100, 60)
    rows = box.rows([1, 2], gap=6)
    assert [row.height for row in rows] == pytest.approx([18, 36])
    assert rows[-1].bottom == pytest.approx(box.bottom)
    columns = box.columns(4, gap=4)
    assert columns[-1].right == pytest.approx(box.right)
    assert columns[1].left - columns[0].right == pytest.approx(4)
    left, rest = box.from_left(30, gap=5)
    assert (left.right, rest.left, rest.right) == (40, 45, 110)
    top, below = box.from_top(20)
    assert (top.bottom, below.top, below.bottom) == (40, 40, 80)
    above, bottom = box.from_bottom(10, gap=2)
    assert (above.bottom, bottom.top, bottom.bottom) == (68, 70, 80)
    assert box.slice(20) == Box(10, 40, 100, 20)
    assert box.slice(600) == box
    before, right = box.from_right(10)
    assert (before.right, right.left, right.right) == (100, 100, 110)


def test_scale_places_numbers_and_days():
    scale = Scale.of(0, 50, 100, 200)
    assert scale(25) == 150
    assert scale.ticks(5) == [0, 10, 20, 30, 40, 50]
    time = Scale.of(dt.date(2020, 1, 1), dt.date(2024, 1, 1), 0, 1461)
    assert time(dt.date(2021, 1, 1)) == pytest.approx(366)
    assert [day.year for day in time.year_starts(2)] == [2020, 2022, 2024]
    column = pd.Series(pd.to_datetime(["2021-01-01", None]))
    assert time.place(column)[0] == pytest.approx(366)
    assert np.isnan(time.place(column)[1])


def test_scale_keeps_missing_values_missing():
    placed = Scale.of(0, 10, 0, 100).place([1, np.nan, 3])
    assert np.isnan(placed[1])
    assert placed[[0, 2]].tolist() == [10, 30]


def test_scale_without_length_is_refused():
    with pytest.raises(ValueError, match="low < high"):
        Scale.of(3, 3, 0, 100)
