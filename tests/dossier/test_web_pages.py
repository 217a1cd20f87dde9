"""The web dossier as files: valid, whole in three languages, no page leads nowhere, cells stay text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from dossier_cells import english_in

from analysis.dossier.content import Dossier
from analysis.dossier.publish import FILES
from analysis.dossier.web import pages, shared_files
from analysis.dossier.web.pages import MOST_PICTURE_BYTES
from analysis.language import LANGUAGES, texts

MOST_PAGE_BYTES = 500_000
_BY_DOSSIER: dict[int, dict[str, bytes]] = {}


def site(dossier: Dossier) -> dict[str, bytes]:
    """Write all pages once."""
    if id(dossier) not in _BY_DOSSIER:
        made = dict(shared_files(dossier))
        for lang in LANGUAGES:
            made |= pages(dossier, lang)
        _BY_DOSSIER[id(dossier)] = made
    return _BY_DOSSIER[id(dossier)]


@cache
def parsed(html: bytes) -> object:
    return html5lib.parse(html, namespaceHTMLElements=False)


def elements(html: bytes, tag: str = "*") -> list[object]:
    return list(parsed(html).iter() if tag == "*" else parsed(html).iter(tag))  # type: ignore[attr-defined]


def documents(dossier: Dossier) -> dict[str, bytes]:
    return {name: html for name, html in site(dossier).items() if name.endswith(".html")}


def test_every_page_is_valid_html(chosen: Dossier) -> None:
    for name, html in documents(chosen).items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(html)
        assert [error for _, error, _ in parser.errors] == [], name


def test_the_same_bytes_twice(chosen: Dossier) -> None:
    assert pages(chosen, "fr") == {k: v for k, v in site(chosen).items() if k.startswith("fr/")}


def test_every_link_leads_somewhere(dossier: Dossier) -> None:
    made = site(dossier)
    known = set(made) | {f"{lang}/{name}" for lang in LANGUAGES for name in FILES.values()}
    known |= {c.name(lang, "xlsx") for c in dossier.charts for lang in LANGUAGES}
    known |= {name for c in dossier.charts for name in c.files}
    anchors = {
        name: {e.get("id") for e in elements(html) if e.get("id")}  # type: ignore[attr-defined]
        for name, html in documents(dossier).items()
    }
    lost = []
    for name, html in documents(dossier).items():
        for element in elements(html):
            for attribute in ("href", "src", "srcset"):
                link = element.get(attribute)  # type: ignore[attr-defined]
                if not link or link.startswith(("http://", "https://")):
                    continue
                parts = urlsplit(link)
                target = name
                if parts.path:
                    stack: list[str] = []
                    for part in (
                        *PurePosixPath(name).parent.parts,
                        *PurePosixPath(parts.path).parts,
                    ):
                        if part == "..":
                            stack.pop()
                        else:
                            stack.append(part)
                    target = "/".join(stack)
                if target not in known or (
                    parts.fragment and unquote(parts.fragment) not in anchors.get(target, set())
                ):
                    lost.append((name, link))
    assert lost == []


def test_nothing_comes_from_elsewhere(chosen: Dossier) -> None:
    for name, html in documents(chosen).items():
        for element in elements(html):
            for attribute in ("src", "srcset", "poster", "data"):
                value = element.get(attribute) or ""  # type: ignore[attr-defined]
                assert "//" not in value, (name, value)
            if element.tag == "link":  # type: ignore[attr-defined]
                assert "//" not in element.get("href"), name  # type: ignore[attr-defined]
            assert not [a for a in element.attrib if str(a).startswith("on")], name  # type: ignore[attr-defined]
            assert "style" not in element.attrib, name  # type: ignore[attr-defined]
        policy = [e for e in elements(html, "meta") if e.get("http-equiv") == "Content-Security-Policy"]  # type: ignore[attr-defined]  # fmt: skip
        assert len(policy) == 1, name
        assert "default-src 'none'" in policy[0].get("content")  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_demand_page_is_light(dossier: Dossier, lang: str) -> None:
    made = site(dossier)
    shared = sum(len(made[f"assets/{name}"]) for name in ("dossier.css", "dossier.js", "brand.css"))
    for demand in dossier.demands:
        name = f"{lang}/demands/{demand['id']}.html"
        pictures = [
            Path(e.get("src")).name  # type: ignore[attr-defined]
            for e in elements(made[name], "img")
        ]
        assert pictures, name
        drawn = sum((dossier.charts[0].folder / lang / "charts" / one).stat().st_size for one in pictures)  # fmt: skip
        assert drawn <= MOST_PICTURE_BYTES or len(pictures) == 1
        assert len(made[name]) + shared + drawn <= MOST_PAGE_BYTES, (name, drawn)


def test_three_languages_have_the_same_pages_and_parts(dossier: Dossier) -> None:
    by_lang = {
        lang: {k.removeprefix(f"{lang}/"): v for k, v in documents(dossier).items() if k.startswith(f"{lang}/")}
        for lang in LANGUAGES
    }  # fmt: skip
    assert set(by_lang["nl"]) == set(by_lang["fr"]) == set(by_lang["en"])
    for name in by_lang["nl"]:
        if name.startswith("figures/"):
            continue  # the numbers of a chart may hold a column a language
        shapes = {
            lang: [e.tag for e in elements(found[name]) if e.tag in ("h1", "h2", "section", "table", "img", "form", "nav")]  # type: ignore[attr-defined]
            for lang, found in by_lang.items()
        }  # fmt: skip
        assert shapes["nl"] == shapes["fr"] == shapes["en"], name


def spoken(html: bytes, lang: str) -> str:
    """Return the text of a page that is in its own language (rows of sources' words left out)."""
    words: list[str] = []

    def walk(element: object, inside: str) -> None:
        tag = element.tag  # type: ignore[attr-defined]
        own = element.get("lang") or inside  # type: ignore[attr-defined]
        # Names of programmes and projects are names, in whatever language they were given.
        if not isinstance(tag, str) or tag in ("script", "style", "tbody", "select", "pre"):
            return
        classes = element.get("class") or ""  # type: ignore[attr-defined]
        if own == lang and "lines" not in classes and "sources" not in classes:
            words.append(element.text or "")  # type: ignore[attr-defined]
            for child in element:  # type: ignore[attr-defined]
                walk(child, own)
                words.append(child.tail or "")

    walk(parsed(html), lang)
    return " ".join(words)


@pytest.mark.parametrize("lang", ["nl", "fr"])
def test_no_english_is_left(dossier: Dossier, lang: str) -> None:
    for name, html in documents(dossier).items():
        if name.startswith(f"{lang}/"):
            assert english_in(spoken(html, lang)) == set(), name
            assert "{" not in spoken(html, lang), name


def test_every_text_of_the_pages_is_used() -> None:
    package = Path(shared_files.__code__.co_filename).parents[2]
    source = "".join(
        path.read_text("utf-8")
        for folder in (package / "dossier" / "web", package / "templates" / "dossier" / "web")
        for path in folder.iterdir()
        if path.is_file()
    )
    for key in texts("dossier_web"):
        last = key.split(".")[-1]
        assert re.search(rf'"{re.escape(key)}"', source) or f'"{last}"' in source, key


def test_hostile_cells_stay_text(hostile: Dossier) -> None:
    made = site(hostile)
    for name, html in documents(hostile).items():
        for element in elements(html):
            assert element.get("onerror") is None, name  # type: ignore[attr-defined]
            assert not (element.get("href") or "").startswith("javascript:"), name  # type: ignore[attr-defined]
        assert b"<img src=x" not in html, name
    assert b"&lt;img src=x onerror=alert(1)&gt;" in made["nl/awards.html"]
    assert b"=HYPERLINK(&#34;http://x&#34;)" in made["nl/awards.html"]


def test_pictures_tell_their_alternative(chosen: Dossier) -> None:
    for lang in LANGUAGES:
        for chart in chosen.charts:
            html = site(chosen)[f"{lang}/figures/{chart.id}.html"]
            (picture,) = [e for e in elements(html, "img") if "/charts/" in (e.get("src") or "")]  # type: ignore[attr-defined]
            assert picture.get("alt") == chart.text("alt", lang)  # type: ignore[attr-defined]


def test_the_answer_comes_first(dossier: Dossier) -> None:
    for lang in LANGUAGES:
        html = site(dossier)[f"{lang}/index.html"].decode()
        for demand in dossier.demands:
            assert demand["verdict_label"][lang] in html
        assert html.index('id="verdicts"') < html.index('id="map"') < html.index('id="downloads"')
