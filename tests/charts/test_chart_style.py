"""Colours, type and fonts can be read by everybody, everywhere."""

from __future__ import annotations

import itertools
import string
import warnings

import pytest

from analysis.charts import layout, style


def test_contrast_of_black_on_white_is_21_and_of_equals_1():
    assert style.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert style.contrast("#777777", "#777777") == 1
    # The grey that WCAG's own examples give as the lightest for text on white.
    assert style.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("colour", style.MARKS)
def test_marks_stand_out_from_paper(colour):
    assert style.contrast(colour, style.PAPER) >= 3


@pytest.mark.parametrize("colour", style.TEXT_COLOURS)
@pytest.mark.parametrize("ground", [style.PAPER, style.GROUND])
def test_text_can_be_read_on_paper_and_on_bands(colour, ground):
    assert style.contrast(colour, ground) >= 4.5


def test_number_in_a_solid_card_can_be_read():
    assert style.contrast(style.PAPER, style.SLATE) >= 4.5


@pytest.mark.parametrize("deficiency", ["", "protan", "deutan", "tritan"])
@pytest.mark.parametrize(
    "palette",
    [
        style.CATEGORIES,
        (style.ACCENT, style.INK, style.GREY, style.SLATE),
        (style.ACCENT, style.INK, style.BLUE, style.GREEN),
    ],
)
def test_colours_stay_apart_for_colour_blind_readers(deficiency, palette):
    for one, other in itertools.combinations(palette, 2):
        assert style.distance(one, other, deficiency) >= 15, (one, other, deficiency)


def test_distance_sees_what_a_colour_blind_reader_does_not():
    # Red and green of equal lightness: far apart for most, close for deutan readers.
    assert style.distance("#c04040", "#6f7b00") > 40
    assert style.distance("#c04040", "#6f7b00", "deutan") < 20


@pytest.mark.parametrize("deficiency", ["protan", "deutan", "tritan"])
def test_greys_look_the_same_to_everybody(deficiency):
    for grey in ("#000000", "#808080", "#ffffff"):
        assert style.distance(grey, "#000000", deficiency) == pytest.approx(
            style.distance(grey, "#000000"), abs=0.5
        )


@pytest.mark.parametrize("weight", ["regular", "semibold", "bold"])
def test_figures_are_tabular(weight):
    widths = {layout.text_width(digit * 10, 10, weight) for digit in string.digits}
    assert max(widths) - min(widths) < 0.01


def test_font_is_ours_and_a_missing_sign_has_a_fallback():
    from matplotlib import font_manager

    path = font_manager.fontManager.findfont(style.font(10, "semibold"))
    assert path.endswith("SourceSansPro-Semibold.ttf")
    files = font_manager.fontManager._find_fonts_by_props(style.font(10))
    assert [file.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] for file in files] == [
        "SourceSansPro-Regular.ttf",
        "DejaVuSans.ttf",
    ]


def test_every_sign_of_three_languages_has_a_glyph():
    signs = "éèêëàâçîïôûùœæÉÈÀÇŒëöüáíóú’‘“”«»–—…·€%●≥≤→−\u202f\u00a0"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for weight in ("regular", "semibold", "bold"):
            assert layout.extent_of(signs, style.font(10.01, weight))[0] > 100
        with pytest.raises(UserWarning, match="missing from font"):
            layout.extent_of("\u4e00", style.font(10.01))
