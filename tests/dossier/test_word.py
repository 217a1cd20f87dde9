"""The Word file: opened again by its library, and by LibreOffice where there is one."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from dossier_cells import HOSTILE, english_in, made_by

from analysis.dossier.content import Dossier
from analysis.dossier.word import build
from analysis.language import LANGUAGES, Language

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
made = partial(made_by, build)


def opened(content: bytes) -> Any:
    import docx

    return docx.Document(io.BytesIO(content))


@cache
def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode("utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_contents_and_captions(chosen: Dossier, lang: Language) -> None:
    document = opened(made(chosen, lang))
    styles = [p.style.name for p in document.paragraphs]
    headings = [p.text for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    entries = [
        "".join(t.text for t in p._p.iter(f"{W}t"))
        for p in document.paragraphs
        if p.style.name in ("TOC 1", "TOC 2")
    ]
    assert entries == headings
    for demand in chosen.demands:
        assert f"{demand['id']} {demand['title'][lang]}" in headings
    named = [c for d in chosen.demands for c in chosen.charts_of(d) if c.id in d["charts"]]
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len({c.id for c in named})
    for number, caption in enumerate(captions, start=1):
        assert f" {number}. " in caption
    assert {"Title", "Subtitle", "Verdict", "Lead", "Caption Note", "List Bullet"} <= set(styles)


def test_alt_text_is_read_back(chosen: Dossier) -> None:
    for lang in LANGUAGES:
        document = opened(made(chosen, lang))
        told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
        wanted = {c.text("alt", lang) for d in chosen.demands for c in chosen.charts_of(d) if c.id in d["charts"]}  # fmt: skip
        assert set(told) == wanted
        assert len(told) == len(wanted)


def test_endnotes_hold_the_sources(chosen: Dossier) -> None:
    content = made(chosen, "nl")
    notes, body = part(content, "word/endnotes.xml"), part(content, "word/document.xml")
    referred = re.findall(r'<w:endnoteReference w:id="(\d+)"', body)
    assert referred == [str(n + 1) for n in range(len(chosen.demands))]
    for number in referred:
        assert f'w:id="{number}"' in notes
    for demand in chosen.demands:
        for source in demand["sources"]:
            assert source["url"].replace("&", "&amp;") in notes


def test_language_and_dates_are_set(chosen: Dossier) -> None:
    document = opened(made(chosen, "fr"))
    core = document.core_properties
    assert core.language == "fr-BE"
    assert core.created.date() == core.modified.date() == chosen.data_date
    assert 'w:lang w:val="fr-BE"' in part(made(chosen, "fr"), "word/styles.xml")


def test_the_same_bytes_twice(chosen: Dossier) -> None:
    assert build(chosen, "en") == made(chosen, "en")


@pytest.mark.parametrize("lang", ["nl", "fr"])
def test_no_english_and_no_placeholder_is_left(chosen: Dossier, lang: Language) -> None:
    for paragraph in opened(made(chosen, lang)).paragraphs:
        assert english_in(paragraph.text) == set(), paragraph.text
        assert "{" not in paragraph.text


def test_hostile_cells_stay_text(hostile: Dossier) -> None:
    content = build(hostile, "nl")
    body = part(content, "word/document.xml")
    assert "<img" not in body
    tables = opened(content).tables
    said = {cell.text for table in tables for row in table.rows for cell in row.cells}
    assert said & set(HOSTILE)
    codes = re.findall(r"<w:instrText[^>]*>([^<]*)<", body)
    assert {code.split()[0] for code in codes} <= {"TOC", "SEQ", "PAGE"}


def test_colours_of_a_brand(chosen: Dossier) -> None:
    from dataclasses import replace

    brand = replace(chosen.brand, accent="#1f5fa8")
    assert "1F5FA8" in part(build(replace(chosen, brand=brand), "en"), "word/styles.xml")


def test_libreoffice_opens_it(chosen: Dossier, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip(reason="LibreOffice is not installed: the file was opened by its library only")
    (tmp_path / "dossier.docx").write_bytes(made(chosen, "nl"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "dossier.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    from pypdf import PdfReader

    pages = PdfReader(tmp_path / "dossier.pdf").pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for demand in chosen.demands:
        assert str(demand["title"]["nl"]) in words
