"""The web dossier as its readers use it: in a browser, from a folder, without the network."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.dossier import listings
from analysis.dossier.content import Dossier
from analysis.dossier.publish import FILES, Output, publish
from analysis.language import LANGUAGES
from analysis.project import Project

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
    None,
)  # fmt: skip
# The driver talks to the browser over a socket of this machine; the pages get no network.
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here: .ci/run installs one"),
]
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
KINDS = (
    "index.html", "demands/S1.html", "figures/verdicts.html", "figures/index.html",
    "programmes.html", "awards.html", "timeline.html", "method.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(
    dossier: Dossier, chosen: Dossier, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A reports folder as an advocate gets it: charts, pages, and documents on two demands."""
    out = tmp_path_factory.mktemp("reports")
    for lang in LANGUAGES:
        shutil.copytree(project.reports / lang / "charts", out / lang / "charts")
    documents = [Output(form, "nl") for form in ("docx", "pdf", "pptx")]  # type: ignore[arg-type]
    publish(chosen, documents, out, workers=1)
    pages = [Output("html", lang) for lang in LANGUAGES]
    publish(dossier, [*pages, Output("html", ""), Output("xlsx", "nl")], out, workers=1)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield from opened(context)


def opened(context: Any) -> Iterator[Any]:
    """Open a page whose every request for anything but a file fails, and which may not complain."""
    asked: list[str] = []
    said: list[str] = []

    def only_files(route: Any) -> None:
        if route.request.url.startswith("file://"):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", only_files)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert asked == []
    assert said == []


def address(folder: Path, name: str) -> str:
    return f"file://{folder}/{name}"


def test_the_language_is_the_readers_and_the_switch_keeps_the_place(browser: Any, folder: Path) -> None:  # fmt: skip
    for page in opened(browser.new_context(locale="fr-BE")):
        page.goto(address(folder, "index.html"))
        page.wait_for_url("**/fr/index.html")
        page.goto(address(folder, "fr/programmes.html?form=cooperative&sort=1#innoviris-co-create"))
        page.click("a[data-language][hreflang=nl]")
        page.wait_for_load_state()
        assert page.url.endswith("/nl/programmes.html?form=cooperative&sort=1#innoviris-co-create")
        assert page.locator("html").get_attribute("lang") == "nl"
        assert page.locator("[data-filter=form]").input_value() == "cooperative"


def test_who_may_apply_on_a_day(page: Any, folder: Path, dossier: Dossier) -> None:
    page.goto(address(folder, "nl/programmes.html"))
    rows = listings.programme_rows(dossier.tables, "nl")
    assert page.locator("tbody tr:visible").count() == len(rows)
    page.select_option("[data-filter=form]", "asbl_vzw")
    page.select_option("[data-filter=stage]", "scaling")
    page.select_option("[data-filter=state]", "open")
    page.fill("[data-filter=day]", "2026-11-01")
    day = dt.date(2026, 11, 1)

    def ids() -> set[str]:
        return set(page.eval_on_selector_all("tbody tr:not([hidden])", "rows => rows.map(r => r.id)"))  # fmt: skip

    sure = {
        row.id
        for row in rows
        if row.forms["asbl_vzw"] == "yes"
        and row.stages["scaling"] == "yes"
        and row.state_on(day) == "open"
    }
    assert sure
    assert ids() == sure
    assert page.locator("[data-shown]").inner_text() == str(len(sure))
    page.check("[data-filter=also]")
    possible = {
        row.id
        for row in rows
        if row.forms["asbl_vzw"] != "no"
        and row.stages["scaling"] != "no"
        and row.state_on(day) in ("open", "unknown")
    }
    assert ids() == possible
    # The address holds the filters: whoever gets it sees the same.
    again = page.url
    page.goto("about:blank")
    page.goto(again)
    assert ids() == possible
    page.click("button[type=reset]")
    page.wait_for_function(f"document.querySelector('[data-shown]').textContent == {len(rows)}")


def test_states_in_the_browser_are_those_of_the_protocol(page: Any, folder: Path, dossier: Dossier) -> None:  # fmt: skip
    page.goto(address(folder, "en/programmes.html"))
    rows = listings.programme_rows(dossier.tables, "en")
    for day in (dt.date(2018, 6, 30), dt.date(2023, 12, 5)):
        page.fill("[data-filter=day]", day.isoformat())
        shown = page.eval_on_selector_all(
            "tbody tr", "rows => rows.map(r => [r.id, r.querySelector('[data-state]').dataset.state])"
        )  # fmt: skip
        assert dict(shown) == {row.id: row.state_on(day) for row in rows}


def test_sorting_and_searching(page: Any, folder: Path, dossier: Dossier) -> None:
    page.goto(address(folder, "fr/awards.html"))
    head = page.locator("thead th").nth(8)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    amounts = page.eval_on_selector_all(
        "tbody tr", "rows => rows.map(r => r.cells[8].dataset.value)"
    )
    known = [float(value) for value in amounts if value]
    assert known == sorted(known, reverse=True)
    # What is not published stands last and is no zero.
    assert amounts[len(known) :] == [""] * (len(amounts) - len(known))
    page.fill("[data-filter=q]", "cooperative supermarket bees")
    page.fill("[data-filter=q]", "co-create")
    count = int(page.locator("[data-shown]").inner_text())
    assert 0 < count < len(amounts)


def test_a_row_can_be_linked(page: Any, folder: Path) -> None:
    page.goto(address(folder, "en/programmes.html?form=cooperative#innoviris-co-create"))
    row = page.locator("#innoviris-co-create")
    assert row.is_visible()
    box = row.bounding_box()
    assert -1 < box["y"] < 900


def test_every_format_downloads(page: Any, folder: Path) -> None:
    # From a disk a browser shows what it can show; what it cannot, it downloads.
    shown = {".pdf", ".svg", ".png"}
    for name, links in (
        ("nl/index.html", ".downloads a"),
        ("nl/figures/unmet-demand.html", ".tools .downloads a"),
    ):
        page.goto(address(folder, name))
        targets = page.eval_on_selector_all(links, "links => links.map(a => a.href)")
        assert len(targets) in (4, 6)
        for target in targets:
            path = Path(target.removeprefix("file://"))
            assert path.stat().st_size > 1000
            if path.suffix in shown:
                continue
            page.goto(address(folder, name))
            if "figures" in name:
                page.click(".tools summary")
            with page.expect_download() as waiting:
                page.click(f'a[href$="{path.name}"]')
            assert Path(waiting.value.path()).read_bytes() == path.read_bytes()
        for target in targets:
            if target.endswith((".svg", ".png")):
                assert page.goto(target) is None or page.url == target
    assert {Path(one).suffix for one in FILES.values()} == {".docx", ".pdf", ".pptx", ".xlsx"}


def test_copy_buttons(browser: Any, folder: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    for page in opened(context):
        page.goto(address(folder, "en/figures/advice-offer.html"))
        page.click(".tools summary")
        for what in ("caption", "citation", "embed"):
            page.click(f"[data-copy={what}]")
            page.wait_for_function("document.querySelector('[data-copied]').textContent != ''")
            copied = page.evaluate("navigator.clipboard.readText()")
            assert copied.strip() == page.locator(f"#{what}").text_content().strip()


def test_keyboard_only(page: Any, folder: Path) -> None:
    page.goto(address(folder, "nl/index.html"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "what"
    page.keyboard.press("Enter")
    page.wait_for_url("**/demands/S1.html")
    page.goto(address(folder, "nl/programmes.html"))
    page.focus("thead button")
    page.keyboard.press("Enter")
    assert page.locator("thead th").first.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("name", KINDS)
def test_a_phone_shows_it_without_sideways_scroll(browser: Any, folder: Path, name: str) -> None:
    for page in opened(browser.new_context(viewport={"width": 360, "height": 740})):
        page.goto(address(folder, f"fr/{name}"))
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, name


@pytest.mark.parametrize(
    ("scheme", "kinds"),
    [("light", KINDS), ("dark", ("demands/S1.html", "programmes.html"))],
)
def test_axe_finds_nothing(browser: Any, folder: Path, scheme: str, kinds: tuple[str, ...]) -> None:
    from importlib.resources import files

    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    for page in opened(context):
        for name in kinds:
            page.goto(address(folder, f"nl/{name}"))
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            # A table's rows are alike: the first thirty stand for all, in a tenth of the time.
            page.evaluate(
                "document.querySelectorAll('tbody tr:nth-child(n+31), .lines li:nth-child(n+4), .gallery li:nth-child(n+4)').forEach(r => r.remove())"
            )
            page.evaluate(axe)
            found = page.evaluate(
                "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], preload: false})"
            )  # fmt: skip
            faults = [(v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]
            assert faults == [], (scheme, name)


def test_without_scripts_the_tables_are_there(browser: Any, folder: Path, dossier: Dossier) -> None:
    for page in opened(browser.new_context(java_script_enabled=False)):
        page.goto(address(folder, "en/programmes.html"))
        assert page.locator("tbody tr").count() == len(dossier.tables["programmes"])
