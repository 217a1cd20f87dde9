"""Pictures: nothing clipped or overlapping, small, byte-stable, with their alt text inside."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
import synthetic_charts
from PIL import Image

from analysis.charts import style
from analysis.charts.canvas import Canvas, EndLabel
from analysis.charts.check import overlaps, smallest_text_pt
from analysis.charts.frame import compose
from analysis.charts.layout import Box, Scale
from analysis.charts.render import (
    FORMATS,
    caption,
    key_figures,
    pictures_of,
    render,
    render_all,
    show,
)
from analysis.language import LANGUAGES

BUILDS = synthetic_charts.RECORDS
SVG = "{http://www.w3.org/2000/svg}"


@cache
def record_of(build):
    return build()


@cache
def drawn(build, lang, shape, form):
    return pictures_of(record_of(build), lang, style.SHAPES[shape], [form])[form]


def with_drawing(draw, **changes):
    return replace(synthetic_charts.lines(), draw=draw, **changes)


def figure_of(draw, shape="wide", lang="nl", **changes):
    with style.settings("test"):
        return compose(with_drawing(draw, **changes), lang, style.SHAPES[shape])


@pytest.mark.parametrize("shape", style.SHAPES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("build", BUILDS)
def test_no_text_overlaps_or_is_clipped(build, lang, shape):
    with style.settings("test"):
        figure = compose(build(), lang, style.SHAPES[shape])
    assert [str(clash) for clash in overlaps(figure)] == []
    # Column pictures stand at 160 mm in Word, at their own size.
    assert smallest_text_pt(figure) >= 7


def test_overlap_of_two_words_is_found():
    def draw(canvas: Canvas) -> None:
        canvas.write(canvas.area.left, canvas.area.middle, "eerste woord")
        canvas.write(canvas.area.left + 30, canvas.area.middle + 3, "tweede woord")

    (clash,) = overlaps(figure_of(draw))
    assert {clash.text, clash.other} == {"eerste woord", "tweede woord"}
    assert clash.points > 2


def test_words_close_but_apart_are_not_a_clash():
    def draw(canvas: Canvas) -> None:
        first = canvas.write(canvas.area.left, canvas.area.middle, "eerste woord")
        canvas.write(first.right + 2, canvas.area.middle, "tweede")
        canvas.write(first.left, first.bottom + 4, "acemn")

    assert overlaps(figure_of(draw)) == []


@pytest.mark.parametrize("edge", ["left", "right", "bottom"])
def test_a_word_beyond_the_edge_is_found(edge):
    def draw(canvas: Canvas) -> None:
        area, page = canvas.area, canvas.page
        x = {"left": -5.0, "right": page.right - 20, "bottom": area.centre}[edge]
        canvas.write(x, page.bottom if edge == "bottom" else area.middle, "overzijde")

    assert any(clash.other == "edge" for clash in overlaps(figure_of(draw)))


def test_a_text_in_plain_axes_is_checked_too():
    def draw(canvas: Canvas) -> None:
        axes = canvas.axes(canvas.area.inset(left=40, bottom=20), (0, 10), (0, 10))
        axes.text(5, 5, "in axes")
        canvas.write(canvas.area.centre, canvas.area.middle - 12, "op papier", align="center")

    clashes = overlaps(figure_of(draw))
    assert {(clash.text, clash.other) for clash in clashes} <= {
        ("op papier", "in axes"),
        ("in axes", "op papier"),
    }
    assert clashes


def test_ticks_beyond_the_axis_are_not_taken_for_text():
    def draw(canvas: Canvas) -> None:
        box = canvas.area.inset(left=60, bottom=30)
        axes = canvas.axes(box, (0, 10), (0, 10))
        axes.set_xticks([0, 5, 10, 25], ["nul", "vijf", "tien", "ver"])
        axes.set_yticks([5, 9.9, 10], ["vijf", "bijna tien", "tien"])

    clashes = overlaps(figure_of(draw))
    assert {clash.text for clash in clashes} | {clash.other for clash in clashes} == {
        "bijna tien",
        "tien",
    }


def test_a_card_shrinks_its_number_to_fit():
    def draw(canvas: Canvas) -> None:
        for width, row in zip((30, 60, 200), canvas.area.rows(3), strict=True):
            canvas.card(row.from_left(width)[0], "open", "12.345")

    figure = figure_of(draw)
    sizes = [t.get_fontsize() for t in figure.axes[0].texts if t.get_text() == "12.345"]
    assert sizes[0] == style.WIDE.sizes["small"] < sizes[1] < sizes[2]


def test_too_small_text_is_measured():
    figure = figure_of(lambda canvas: canvas.write(100, 300, "klein", size=4.5) and None)
    assert smallest_text_pt(figure) == 4.5


def test_texts_that_leave_no_room_to_draw_are_refused():
    record = synthetic_charts.lines()
    long = dict.fromkeys(LANGUAGES, "Een veel te lange ondertitel. " * 120)
    crowded = replace(record, catalogue={**record.texts, "subtitle": long})
    with pytest.raises(ValueError, match="shorten the texts"), style.settings("test"):
        compose(crowded, "nl", style.WIDE)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_column_is_160_mm_wide_and_as_high_as_the_chart_asks(lang):
    with style.settings("test"):
        low = compose(synthetic_charts.rows(), lang, style.COLUMN)
        high = compose(replace(synthetic_charts.rows(), column_height_mm=140), lang, style.COLUMN)
    assert low.get_figwidth() * 25.4 == pytest.approx(160)
    assert (high.get_figheight() - low.get_figheight()) * 25.4 == pytest.approx(140 - 90)


def test_headline_and_drawing_share_the_left_edge():
    with style.settings("test"):
        figure = compose(synthetic_charts.rows(), "fr", style.WIDE)
    lefts = {text.get_position()[0] for text in figure.axes[0].texts}
    names = [t for t in figure.axes[0].texts if t.get_text().startswith("Programme A")]
    assert names[0].get_position()[0] == style.WIDE.margin == min(lefts)


@pytest.mark.parametrize("shape", style.SHAPES)
def test_svg_speaks_to_screen_readers(shape):
    record, lang = record_of(BUILDS[0]), "fr"
    root = ElementTree.fromstring(drawn(BUILDS[0], lang, shape, "svg"))
    assert root.get("role") == "img"
    assert root.get("lang") == lang
    named = {child.get("id"): child for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    title, description = (named[each] for each in root.get("aria-labelledby").split())
    assert title.text == record.headline(lang)
    assert description.text == record.text("alt", lang)
    assert len(named) == len(root.findall(f"{SVG}title")) + len(root.findall(f"{SVG}desc")) == 2


@pytest.mark.parametrize("shape", style.SHAPES)
@pytest.mark.parametrize("build", BUILDS)
def test_svg_is_small_and_keeps_its_style_to_itself(build, shape):
    svg = drawn(build, "fr", shape, "svg")
    assert len(svg) < 300_000
    text = svg.decode()
    assert "<style" not in text
    # One letter stretched is a word spoiled: each scale is a type size of the shape over 100.
    scales = {abs(float(value)) * 100 for pair in re.findall(r"scale\(([^)]*)\)", text) for value in pair.split()}  # fmt: skip
    for size in style.SHAPES[shape].sizes.values():
        assert any(scale == pytest.approx(size, rel=1e-4) for scale in scales), (size, scales)


def test_svg_s_ids_differ_between_charts_and_references_resolve():
    ids = []
    for build in BUILDS:
        text = drawn(build, "nl", "wide", "svg").decode()
        own = set(re.findall(r' id="([^"]+)"', text))
        assert set(re.findall(r'href="#([^"]+)"', text)) <= own
        ids.append({each for each in own if "title" in each or "desc" in each})
    assert not set.intersection(*ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_png_carries_its_alt_text_in_any_language(lang):
    record = record_of(BUILDS[0])
    image = Image.open(io.BytesIO(drawn(BUILDS[0], lang, "wide", "png")))
    assert image.size == (1920, 1080)
    assert image.text["Title"] == record.headline(lang)
    assert image.text["Description"] == record.text("alt", lang)
    assert "Software" not in image.text


def test_column_png_has_the_resolution_of_a_word_file():
    column = Image.open(io.BytesIO(drawn(BUILDS[1], "fr", "column", "png")))
    assert column.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_png_keeps_the_accent_exactly():
    image = Image.open(io.BytesIO(drawn(BUILDS[1], "nl", "wide", "png"))).convert("RGB")
    colours = {colour for _, colour in image.getcolors(1 << 20)}
    for token in (style.ACCENT, style.INK, style.BLUE, style.PAPER):
        assert tuple(bytes.fromhex(token[1:])) in colours


def test_pdf_has_title_alt_text_and_real_fonts():
    pdf = drawn(BUILDS[0], "en", "wide", "pdf")
    assert b"/CreationDate" not in pdf
    assert b"/Title" in pdf
    assert b"Grid of six stages" in pdf
    assert b"SourceSans" in pdf


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_same_record_same_bytes(form):
    again = pictures_of(BUILDS[1](), "fr", style.COLUMN, [form])
    assert again[form] == drawn(BUILDS[1], "fr", "column", form)


def test_render_writes_every_file_of_a_chart(tmp_path):
    record = record_of(BUILDS[2])
    written = render(record, "nl", tmp_path)
    folder = tmp_path / "nl" / "charts"
    expected = {f"{record.id}{infix}.{form}" for infix in ("", ".column") for form in ("svg", "png", "pdf")}  # fmt: skip
    expected |= {f"{record.id}.csv", f"{record.id}.md"}
    assert {path.name for path in folder.iterdir()} == {path.name for path in written} == expected
    header, first, *rest = (folder / f"{record.id}.csv").read_text(encoding="utf-8").splitlines()
    assert header == "programme,from,to,state,submitted,selected"
    assert len(rest) + 1 == len(record.data)
    assert first.startswith("Programme A")


def test_numbers_behind_are_the_same_in_all_languages(tmp_path):
    for lang in LANGUAGES:
        render(record_of(BUILDS[1]), lang, tmp_path, formats=["csv"])
    contents = {path.read_bytes() for path in tmp_path.rglob("*.csv")}
    assert len(contents) == 1
    # A year that was not measured stays an empty cell, not a nought.
    assert b"a,2019,\n" in contents.pop()


def test_all_cores_write_the_same_bytes_as_one(tmp_path):
    """Also proves that bytes do not hang on the process: each has another hash seed."""
    for workers in (1, 2):
        render_all([(record_of(BUILDS[1]), "nl"), (record_of(BUILDS[1]), "fr")], tmp_path / str(workers), FORMATS, ["column"], workers)  # fmt: skip
    one, two = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (tmp_path / "1", tmp_path / "2")
    )
    assert len(one) == 10
    assert one == two


@pytest.mark.parametrize("lang", LANGUAGES)
def test_caption_has_all_that_goes_with_a_picture(lang):
    record = record_of(BUILDS[0])
    text = caption(record, lang)
    for key in ("subtitle", "source", "base", "missing", "how_to_read", "limits", "alt"):
        assert record.text(key, lang) in text
    assert text.startswith(f"# {record.headline(lang)}\n")
    assert "S1, S2, S6" in text
    assert "CC BY 4.0" in text
    assert f"({record.id}.svg)" in text
    assert f"({record.id}.csv)" in text


def test_caption_is_text_not_markup():
    record = record_of(BUILDS[1])
    odd = dict.fromkeys(LANGUAGES, "a_b*c <script> [x](y)")
    text = caption(replace(record, catalogue={**record.texts, "source": odd}), "en")
    assert r"a\_b\*c \<script\> \[x\](y)" in text


def test_show_prints_the_key_figures_and_gives_the_picture_its_alt_text(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *args, **kw: shown.append((args, kw)))
    record = record_of(BUILDS[1])
    assert show(record, "fr", "column") is None
    ((bundle,), options) = shown[0]
    alt = record.text("alt", "fr")
    assert options["metadata"]["image/png"]["alt"] == alt == bundle["text/plain"]
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.width == pytest.approx(160 / 25.4 * 110, abs=1)
    out = capsys.readouterr().out
    assert out.splitlines() == key_figures(record, "fr")
    assert "known = 17" in out


def test_a_gap_is_not_joined():
    def draw(canvas: Canvas) -> None:
        x = Scale.of(0, 4, canvas.area.left, canvas.area.right)
        canvas.path(x.place([0, 1, 2, 3, 4]), [200, 200, np.nan, 200, 200], marker="dot")

    figure = figure_of(draw)
    (line,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 5]
    assert np.isnan(line.get_ydata()[2])
    circles = [patch for patch in figure.axes[0].patches if type(patch).__name__ == "Circle"]
    assert len(circles) == 4


def test_the_five_states_of_a_card_differ_without_colour():
    """Grey pictures of the five states: each pair differs in ink or in pattern."""

    def draw(canvas: Canvas) -> None:
        for state, box in zip(STATES, canvas.area.columns(5, gap=10), strict=True):
            boxes.append(box)
            canvas.card(box, state, "7" if state == "open" else "")

    boxes: list[Box] = []
    figure = figure_of(draw)
    figure.canvas.draw()
    grey = np.asarray(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("L")) / 255
    scale = style.WIDE.dpi / 72
    looks = []
    for box in boxes:
        part = grey[int(box.top * scale) : int(box.bottom * scale), int(box.left * scale) : int(box.right * scale)]  # fmt: skip
        inner = part[8:-8, 8:-8]
        looks.append((1 - inner.mean(), (np.abs(np.diff(inner, axis=1)) > 0.2).mean()))
    ink = dict(zip(STATES, looks, strict=True))
    assert ink["open"][0] > 0.5
    assert ink["thin"] == (0, 0)
    assert 0.1 < ink["closed"][0] < 0.5
    assert ink["closed"][1] > 2 * ink["unknown"][1] > 0
    assert 0 < ink["none"][0] < 0.1
    assert ink["none"][1] < ink["unknown"][1]


STATES = ("open", "thin", "closed", "none", "unknown")


def test_hatching_stays_inside_its_box():
    boxes = [Box(100, 200, 60, 40), Box(200.3, 210.7, 7.1, 90), Box(300, 300, 200, 4)]

    def draw(canvas: Canvas) -> None:
        for box in boxes:
            canvas.fill(box, style.GREY, "hatched")
            canvas.fill(box, style.GREY, "dotted")

    figure = figure_of(draw)
    paths = [p for p in figure.axes[0].patches if type(p).__name__ == "PathPatch"]
    assert len(paths) == 6
    for patch, box in zip(paths, [box for box in boxes for _ in range(2)], strict=True):
        x, y = patch.get_path().vertices.T
        assert x.min() >= box.left - 0.01 and x.max() <= box.right + 0.01
        assert y.min() >= box.top - 0.01 and y.max() <= box.bottom + 0.01


def test_end_labels_of_equal_lines_stand_apart_and_fit_their_room():
    def draw(canvas: Canvas) -> None:
        labels = [EndLabel(250.0, f"Reeks {name}", "12,5") for name in "abcd"]
        x = canvas.area.right - canvas.end_label_width(labels)
        canvas.end_labels(x, labels, canvas.area.top, canvas.area.bottom)

    figure = figure_of(draw)
    assert overlaps(figure) == []
    written = [t for t in figure.axes[0].texts if t.get_text().startswith("Reeks")]
    assert len({t.get_position()[1] for t in written}) == 4


def test_axis_labels_never_run_into_each_other():
    def draw(canvas: Canvas) -> None:
        box = canvas.area.inset(top=40)
        scale = Scale.of(0, 100, box.left, box.right)
        ticks = list(range(101))
        canvas.x_axis(scale, box, ticks, [f"waarde {tick}" for tick in ticks], title="eenheid")

    assert overlaps(figure_of(draw)) == []


def test_bar_starts_where_its_scale_says_and_is_labelled():
    found = []

    def draw(canvas: Canvas) -> None:
        row = canvas.area.rows(10)[3]
        scale = Scale.of(0, 200, canvas.area.left, canvas.area.right - 100)
        found.append((canvas.bar(scale, row, 0, 50, label="50"), canvas.area))

    figure = figure_of(draw)
    box, area = found[0]
    assert box.left == area.left
    assert box.width == pytest.approx((area.width - 100) / 4)
    (label,) = [t for t in figure.axes[0].texts if t.get_text() == "50"]
    assert label.get_position()[0] > box.right


def test_formats_are_the_five_of_the_command_line():
    from analysis.commands.charts import _FORMATS, _LANGUAGES

    assert _FORMATS == FORMATS
    assert _LANGUAGES == LANGUAGES
