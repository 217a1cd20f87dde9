"""The catalogue of sources: its schema, what it may not claim, and the page made of it."""

import re
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.commands.sources import command as sources_command
from analysis.errors import InputError
from analysis.files import sha256
from analysis.language import LANGUAGES
from analysis.project import RULES, Project, mirror_folder
from analysis.sources import catalogue
from analysis.sources.page import markdown

ROOT = RULES.parents[2]

# Publishers that the survey of sources names, with or without a file.
NAMED = (
    "City of Brussels",
    "Brussels-Capital Region",
    "Municipality of Auderghem",
    "Municipality of Ixelles",
    "Municipality of Schaerbeek",
    "Municipality of Anderlecht",
    "Paradigm",
    "Innoviris",
    "hub.brussels",
    "Actiris",
    "perspective.brussels",
    "Bruxelles Formation",
    "French Community Commission (COCOF)",
    "Common Community Commission (COCOM)",
    "Iriscare",
    "Ministers of the Brussels-Capital Region",
    "French Community (Wallonia-Brussels Federation)",
    "Flemish government",
    "Federal government",
    "Brussels-Capital Region (ERDF)",
    "Flemish government (ERDF)",
    "Walloon Region (EU funds)",
    "European Commission",
    "FPS Economy",
    "Statbel",
    "equal.brussels",
    "King Baudouin Foundation",
)


@pytest.fixture
def frames():
    return catalogue.load().drop(columns="status"), catalogue.files()


def test_the_catalogue_holds(frames):
    assert catalogue.validate(*frames) == []


@pytest.mark.parametrize("publisher", NAMED)
def test_every_named_publisher_has_its_row(publisher):
    assert publisher in set(catalogue.load()["publisher_en"])


def test_all_nineteen_municipalities_are_there():
    sources = catalogue.load()
    municipal = sources.loc[sources["scope"] == "municipality", "funder_id"].unique()
    assert len(municipal) == 19


def test_statuses_are_the_closed_list_with_words_for_each():
    assert set(catalogue.STATUSES) == set(catalogue.closed_list("status"))
    assert set(catalogue.WITHOUT_FILE) < set(catalogue.STATUSES)


def test_the_status_of_a_source_is_the_best_of_its_editions():
    files = catalogue.files()
    for _, source in catalogue.load().iterrows():
        own = files.loc[files["source_id"] == source["source_id"], "status"]
        assert source["status"] == min(own, key=catalogue.STATUSES.index)


def change(frame, index, **cells):
    frame = frame.copy()
    for column, value in cells.items():
        frame.loc[index, column] = value
    return frame


def row_of(frame, source_id):
    return frame.index[frame["source_id"] == source_id][0]


def test_a_city_file_cannot_pass_for_the_regions(frames):
    sources, files = frames
    city = row_of(sources, "city-of-brussels")
    for cells in (
        {"scope": "region"},
        {"funder_id": "brussels-capital-region"},
        {"funder_id": "brussels-capital-region", "scope": "municipality"},
        {"funder_id": "", "scope": "municipality"},
    ):
        rules = [str(fault) for fault in catalogue.validate(change(sources, city, **cells), files)]
        assert any("scope" in rule or "funder_id" in rule for rule in rules), cells


def test_one_funder_has_one_scope(frames):
    sources, files = frames
    city = row_of(sources, "cocof")
    faults = catalogue.validate(change(sources, city, scope="region"), files)
    assert any("one funder has one scope" in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("table", "source_id", "cells", "said"),
    [
        ("sources", "cocof", {"scope": "everybody"}, "must be one of"),
        ("sources", "cocof", {"legal_basis": "my-law"}, "must be one of"),
        ("sources", "cocof", {"row_meaning": "grant"}, "must be one of"),
        ("sources", "cocof", {"landing_page": "ftp://x"}, "must look like"),
        ("sources", "cocof", {"source_id": "cocom"}, "must be unique"),
        ("sources", "cocof", {"source_id": "Cocof!"}, "must look like"),
        ("sources", "cocof", {"licence": "CC BY 4.0"}, "a licence needs a basis"),
        ("files", "cocof", {"status": "available"}, "not guessed"),
        ("files", "cocof", {"status": "somewhere"}, "must be one of"),
        ("files", "cocof", {"url": "https://example.org/x.csv"}, "needs a basis"),
        ("files", "cocof", {"first_year": "2020", "last_year": "2019"}, "before first_year"),
        ("files", "cocof", {"source_id": "nobody"}, "is not in sources.csv"),
        ("files", "cocof", {"path": "../../etc/passwd"}, "must look like"),
        ("files", "cocof", {"path": "/etc/passwd"}, "must look like"),
        ("files", "cocof", {"path": "c:/x.csv"}, "must look like"),
        ("files", "cocof", {"path": "city-of-brussels/data-2019.json"}, "the same place"),
        ("files", "cocof", {"measured_sha256": "abc"}, "must look like"),
    ],
)
def test_what_breaks_the_schema_is_named_with_its_place(frames, table, source_id, cells, said):
    sources, files = frames
    if table == "sources":
        sources = change(sources, row_of(sources, source_id), **cells)
        place = row_of(sources, cells.get("source_id", source_id))
    else:
        files = change(files, row_of(files, source_id), **cells)
        place = row_of(files, cells.get("source_id", source_id))
    faults = catalogue.validate(sources, files)
    assert any(said in fault.rule for fault in faults)
    assert all(fault.row and fault.column for fault in faults)
    if "source_id" not in cells:
        assert said == "the same place" or str(place + 2) in {fault.row for fault in faults}


def test_a_claim_that_nothing_was_found_has_no_address(frames):
    sources, files = frames
    hit = row_of(files, "innoviris")
    wrong = change(files, hit, url="https://example.org", url_basis="seen", path="x/y.json")
    assert any("nothing was found" in str(f) for f in catalogue.validate(sources, wrong))


def test_a_broken_catalogue_is_refused(tmp_path):
    for name in ("sources.csv", "source_files.csv"):
        shutil.copy(RULES / name, tmp_path)
    broken = (tmp_path / "sources.csv").read_text().replace("municipality", "region", 1)
    (tmp_path / "sources.csv").write_text(broken)
    with pytest.raises(InputError, match="does not hold"):
        catalogue.load(tmp_path)
    (tmp_path / "sources.csv").write_text("source_id\nx\n")
    with pytest.raises(InputError, match="does not have its columns"):
        catalogue.load(tmp_path)


def test_loading_gives_copies(frames):
    sources = catalogue.load()
    sources["scope"] = "region"
    assert len(set(catalogue.load()["scope"])) > 1


def test_files_are_known_by_their_bytes(tmp_path, monkeypatch):
    mine = tmp_path / "inventory.json"
    mine.write_text("[{}]")
    assert catalogue.identify(mine) == ""
    catalogue.check_funder(mine, "brussels-capital-region")
    sources, files = catalogue.load(), catalogue.files()
    files.loc[row_of(files, "city-of-brussels"), "measured_sha256"] = sha256(mine)
    monkeypatch.setattr(catalogue, "_loaded", lambda _: (sources, files))
    assert catalogue.identify(mine) == "city-of-brussels"
    catalogue.check_funder(mine, "ville-de-bruxelles")
    with pytest.raises(InputError, match="--funder ville-de-bruxelles"):
        catalogue.check_funder(mine, "brussels-capital-region")


@pytest.mark.mirror
def test_every_file_of_the_mirror_is_in_the_catalogue():
    mirror = mirror_folder(Project(ROOT))
    if not mirror.is_dir():
        pytest.skip("no folder with publishers' files (ANALYSIS_MIRROR)")
    files = catalogue.files().set_index("path")
    present = [p.relative_to(mirror).as_posix() for p in mirror.rglob("*") if p.is_file()]
    assert present
    for path in present:
        assert path in files.index
        known = files.loc[path, "measured_sha256"]
        assert known in ("", sha256(mirror / path)), path


def test_the_page_is_fresh():
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert page == markdown("en"), "run: python -m analysis sources --out docs/sources.md"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_every_source_and_what_nobody_found(lang):
    page = markdown(lang)
    sources, files = catalogue.load(), catalogue.files()
    for source_id in sources["source_id"]:
        assert f"### `{source_id}`" in page
    heading = {"en": "No file known", "nl": "Geen bestand gekend", "fr": "Aucun fichier connu"}
    section = page.split(f"## {heading[lang]}\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `([a-z0-9-]+)`", section, flags=re.M))
    unknown = files["status"].isin(["not_found", "not_searched"])
    assert set(files.loc[unknown, "source_id"]) <= listed
    assert "city-of-brussels-documents" in listed  # its 2017 and 2018 were not seen
    assert "None" not in page
    assert "nan" not in re.findall(r"\bnan\b", page)


def test_the_finding_counts_each_bound_publisher_once():
    sources = catalogue.load()
    bound = sources[sources["legal_basis"] == "transparency-2019"]
    finding = markdown("en").split("## What the list itself shows")[1].split("\nFlemish decree")[0]
    counts = [int(n) for n in re.findall(r"^- [a-z ]+: (\d+) \(", finding, flags=re.M)]
    assert sum(counts) == bound["publisher_en"].nunique()
    assert f"binds: {bound['publisher_en'].nunique()}." in finding


def test_the_command_prints_and_writes_the_page(tmp_path):
    printed = CliRunner().invoke(sources_command, ["--lang", "nl"])
    assert printed.output == markdown("nl")
    out = tmp_path / "page.md"
    assert CliRunner().invoke(sources_command, ["--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8") == markdown("en")


def test_addresses_keep_to_known_hosts():
    """A typing error in a host is a file that can never be fetched."""
    hosts = pd.Series(catalogue.files()["url"]).str.extract(r"^https?://([^/]+)/")[0].dropna()
    assert set(hosts) == {"opendata.brussels.be", "www.odwb.be"}
