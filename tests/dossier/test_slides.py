"""The slides: one a chart, native where the kind allows, alternatives and notes everywhere."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dossier_cells import english_in, made_by

from analysis.dossier.content import Dossier
from analysis.dossier.slides import build, fits_native
from analysis.language import LANGUAGES, Language

made = partial(made_by, build)


def opened(content: bytes) -> Any:
    import pptx

    return pptx.Presentation(io.BytesIO(content))


def test_one_slide_a_chart_in_reading_order(dossier: Dossier) -> None:
    slides = list(opened(made(dossier, "nl")).slides)
    assert len(slides) == 1 + 2 + len(dossier.charts)
    for slide, chart in zip(slides[3:], dossier.charts, strict=True):
        assert slide.shapes.title.text == chart.headline("nl")


def test_native_charts_hold_the_numbers(dossier: Dossier) -> None:
    slides = list(opened(made(dossier, "nl")).slides)[3:]
    native = 0
    for slide, chart in zip(slides, dossier.charts, strict=True):
        drawn = [shape.chart for shape in slide.shapes if shape.has_chart]
        wanted = chart.native["nl"] if chart.native else None
        if wanted is None or not fits_native(wanted):
            assert drawn == [], chart.id
            assert [s for s in slide.shapes if s.shape_type == 13], chart.id
            continue
        native += 1
        (plot,) = drawn[0].plots
        assert list(plot.categories) == list(wanted.categories)
        for series, told in zip(plot.series, wanted.series, strict=True):
            assert series.name == told.name
            assert list(series.values) == list(told.values), (chart.id, told.name)
    assert native >= 10


@pytest.mark.parametrize("lang", LANGUAGES)
def test_alt_text_and_notes(chosen: Dossier, lang: Language) -> None:
    slides = list(opened(made(chosen, lang)).slides)
    for slide, chart in zip(slides[3:], chosen.charts, strict=True):
        told = [
            shape._element._nvXxPr.cNvPr.get("descr")
            for shape in slide.shapes
            if shape.has_chart or shape.shape_type == 13
        ]
        assert told == [chart.text("alt", lang)]
        notes = slide.notes_slide.notes_text_frame.text
        for key in ("source", "limits", "how_to_read", "base"):
            assert chart.text(key, lang) in notes
        assert chosen.edition.version in notes


@pytest.mark.parametrize("lang", ["nl", "fr"])
def test_no_english_and_no_placeholder_is_left(chosen: Dossier, lang: Language) -> None:
    for slide in opened(made(chosen, lang)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                assert english_in(shape.text_frame.text) == set(), shape.text_frame.text
                assert "{" not in shape.text_frame.text


def test_the_same_bytes_twice(chosen: Dossier) -> None:
    assert build(chosen, "en") == made(chosen, "en")


def test_dates_language_and_brand(chosen: Dossier) -> None:
    brand = replace(chosen.brand, accent="#1f5fa8", name=dict.fromkeys(LANGUAGES, "Koepel X"))
    deck = opened(build(replace(chosen, brand=brand), "fr"))
    assert deck.core_properties.created.date() == chosen.data_date
    assert deck.core_properties.language == "fr-BE"
    assert deck.core_properties.author == "Koepel X"
    first = " ".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
    assert "Koepel X" in first


def test_libreoffice_opens_it(chosen: Dossier, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip(reason="LibreOffice is not installed: the file was opened by its library only")
    (tmp_path / "charts.pptx").write_bytes(made(chosen, "nl"))
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "charts.pptx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    from pypdf import PdfReader

    assert len(PdfReader(tmp_path / "charts.pdf").pages) == 3 + len(chosen.charts)
