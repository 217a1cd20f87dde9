"""The PDF: tagged for screen readers, fonts embedded, alternatives read back, cells stay text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from dossier_cells import HOSTILE, english_in, made_by
from pypdf import PdfReader

from analysis.dossier.content import Dossier
from analysis.dossier.print_pdf import build
from analysis.language import LANGUAGES, LOCALES, Language, text

made = partial(made_by, build)


def alternatives(reader: PdfReader) -> list[str]:
    """Walk the structure tree and return the alternative text of every figure."""
    found: list[str] = []
    stack: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while stack:
        node = stack.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure" and "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                stack.append(node["/K"])
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_tagged_and_says_its_language(chosen: Dossier, lang: Language) -> None:
    reader = PdfReader(io.BytesIO(made(chosen, lang)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower() == LOCALES[lang].replace("_", "-").lower()
    xmp = root["/Metadata"].get_object().get_data().decode("utf-8")
    assert "pdfuaid:part>1<" in xmp
    assert reader.metadata is not None
    assert reader.metadata.title


def test_alt_text_is_read_back(chosen: Dossier) -> None:
    wanted = {c.text("alt", "nl") for d in chosen.demands for c in chosen.charts_of(d) if c.id in d["charts"]}  # fmt: skip
    assert wanted <= set(alternatives(PdfReader(io.BytesIO(made(chosen, "nl")))))


def test_bookmarks_are_the_headings(chosen: Dossier) -> None:
    reader = PdfReader(io.BytesIO(made(chosen, "fr")))

    def titles(outline: Any) -> list[str]:
        return [
            t for one in outline for t in (titles(one) if isinstance(one, list) else [one.title])
        ]

    found = titles(reader.outline)
    for demand in chosen.demands:
        assert f"{demand['id']} {demand['title']['fr']}" in found


def test_every_font_is_embedded(chosen: Dossier) -> None:
    reader = PdfReader(io.BytesIO(made(chosen, "en")))
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            (inner,) = font.get_object()["/DescendantFonts"]
            described = inner.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
            assert "SourceSansPro" in described["/FontName"]


def test_the_same_bytes_twice(chosen: Dossier) -> None:
    assert build(chosen, "en") == made(chosen, "en")


@pytest.mark.parametrize("lang", ["nl", "fr"])
def test_no_english_and_no_placeholder_is_left(chosen: Dossier, lang: Language) -> None:
    pages = PdfReader(io.BytesIO(made(chosen, lang))).pages
    # Names of publishers are names, in whatever language.
    behind = {s["source_id"] for d in chosen.demands for s in d["sources"]}
    called = {chosen.sources[one].publisher for one in behind if one in chosen.sources}
    names = re.compile("|".join(map(re.escape, sorted(called, key=len, reverse=True))))
    appendix = " ".join(text("dossier_word", "appendix", lang, day="").split())
    for page in pages[2:]:
        words = " ".join(page.extract_text().split())
        if appendix in words:
            break  # names of programmes and addresses of pages, in whatever language they are
        words = names.sub("", words)
        assert "{" not in words
        assert english_in(words) == set(), words


def test_hostile_cells_stay_text(hostile: Dossier) -> None:
    words = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(build(hostile, "nl"))).pages).split()
    )  # fmt: skip
    assert "onerror=alert(1)" in words
    assert "#image(" in words
    assert any(one.split("(")[0] in words for one in HOSTILE[1:2])


def test_another_brand(chosen: Dossier) -> None:
    brand = replace(chosen.brand, accent="#1f5fa8", name=dict.fromkeys(LANGUAGES, "Koepel X"))
    reader = PdfReader(io.BytesIO(build(replace(chosen, brand=brand), "nl")))
    assert "Koepel X" in reader.pages[0].extract_text()
    assert reader.metadata is not None
    assert reader.metadata.author == "Koepel X"
