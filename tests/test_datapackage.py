"""One way to describe a folder: what it writes, frictionless accepts; what is no description, it refuses."""

import hashlib
import json

import pytest
from frictionless import Package

from analysis.datapackage import TYPES, Resource, describe, header_faults
from analysis.errors import InputError
from analysis.files import write_json

FUNDERS = [
    {
        "name": "funder_id",
        "type": "string",
        "description": "Name of the funder.",
        "constraints": {"required": True, "unique": True, "pattern": "[a-z-]+"},
    },
    {"name": "level", "type": "string", "constraints": {"enum": ["region", "municipality"]}},
]
GRANTS = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
    {"name": "funder_id", "type": "string"},
    {"name": "amount_eur", "type": "number", "description": "EUR, nominal."},
    {"name": "open", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
    {"name": "day", "type": "date"},
]
RESOURCES = [
    Resource("funders", "funders.csv", FUNDERS, primary_key=["funder_id"]),
    Resource(
        "grants",
        "tables/grants.csv",
        GRANTS,
        title="Grants",
        description="One row per grant.",
        primary_key=["id"],
        foreign_keys=[(["funder_id"], "funders", ["funder_id"])],
        missing_values=["", "unknown"],
    ),
    Resource("notes", "notes.md", description="Not a table."),
]
LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
GOOD = "id,funder_id,amount_eur,open,day\n1,a,10.50,yes,2023-01-01\n2,b,,unknown,\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "funders.csv").write_text("funder_id,level\na,region\nb,\n")
    (tmp_path / "tables" / "grants.csv").write_text(GOOD)
    (tmp_path / "notes.md").write_text("# Notes\n")
    return tmp_path


def described(folder, **more):
    return describe(
        RESOURCES,
        "synthetic-package",
        "Synthetic package",
        LICENCE,
        description="Made up.",
        version="1.0.0",
        sources=[{"title": "Nobody", "path": "https://example.org"}],
        keywords=["synthetic"],
        folder=folder,
        **more,
    )


def report(folder):
    write_json(folder / "datapackage.json", described(folder))
    return Package(str(folder / "datapackage.json")).validate()


def test_frictionless_accepts_the_package(folder):
    result = report(folder)
    assert result.valid, result.flatten(["type", "note"])
    assert [task.name for task in result.tasks] == ["funders", "grants", "notes"]
    assert [task.stats["rows"] for task in result.tasks[:2]] == [2, 2]


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("tables/grants.csv", "\n1,", "\n2,", "primary-key"),
        ("tables/grants.csv", "2,b", "2,nobody", "foreign-key"),
        ("tables/grants.csv", "10.50", "ten", "type-error"),
        ("tables/grants.csv", "yes", "maybe", "type-error"),
        ("tables/grants.csv", "\n1,", "\n0,", "constraint-error"),
        ("tables/grants.csv", "2023-01-01", "1/1/2023", "type-error"),
        ("tables/grants.csv", "amount_eur", "amount", "incorrect-label"),
        ("funders.csv", "region", "country", "constraint-error"),
        ("funders.csv", "\na,", "\n,", "constraint-error"),
    ],
)
def test_what_the_description_says_is_held_to(folder, name, old, new, kind):
    """Each kind of promise in the description can be broken by the data."""
    spoilt = (folder / name).read_text().replace(old, new)
    assert spoilt != (folder / name).read_text()
    (folder / name).write_text(spoilt)
    assert kind in {row[0] for row in report(folder).flatten(["type"])}


def test_changed_bytes_are_noticed(folder):
    write_json(folder / "datapackage.json", described(folder))
    (folder / "tables" / "grants.csv").write_text(GOOD.replace("10.50", "10.51"))
    kinds = {
        row[0] for row in Package(str(folder / "datapackage.json")).validate().flatten(["type"])
    }
    assert "hash-count" in kinds


def test_sizes_checksums_and_kinds_are_those_of_the_files(folder):
    funders, grants, notes = described(folder)["resources"]
    content = (folder / "tables" / "grants.csv").read_bytes()
    assert grants["bytes"] == len(content)
    assert grants["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
    assert (grants["profile"], grants["mediatype"]) == ("tabular-data-resource", "text/csv")
    assert (notes["profile"], notes["mediatype"]) == ("data-resource", "text/markdown")
    assert "schema" not in notes
    assert "title" not in funders
    assert "description" not in funders["schema"]["fields"][1]


def test_the_same_input_gives_the_same_content(folder):
    assert json.dumps(described(folder)) == json.dumps(described(folder))
    before = described(folder)
    (folder / "notes.md").touch()
    assert described(folder) == before


def test_without_a_folder_nothing_is_read():
    package = describe(RESOURCES, "x", "X")
    assert "bytes" not in package["resources"][0]
    assert "licenses" not in package
    assert "version" not in package


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        describe(RESOURCES, "x", "X", folder=tmp_path)


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (Resource("Bad Name", "a.csv"), "not a name"),
        (Resource("a", "/etc/passwd"), "not a path"),
        (Resource("a", "../a.csv"), "not a path"),
        (Resource("a", "b\\a.csv"), "not a path"),
        (Resource("a", "a.csv", [{"name": "x", "type": "money"}]), "no such type"),
        (Resource("a", "a.csv", [{"type": "string"}]), "not a field"),
        (Resource("a", "a.csv", [{"name": "x", "unit": "EUR"}]), "not a field"),
        (Resource("a", "a.csv", [{"name": "x"}, {"name": "x"}]), "twice"),
        (Resource("a", "a.csv", [{"name": "x", "constraints": {"max": 1}}]), "no such constraint"),
        (Resource("a", "a.csv", [{"name": "x"}], primary_key=["y"]), "for the key"),
        (
            Resource("a", "a.csv", [{"name": "x"}], foreign_keys=[(["x"], "b", ["x"])]),
            "no such columns",
        ),
    ],
)
def test_what_is_no_description_is_refused(resource, said):
    with pytest.raises(ValueError, match=said):
        describe([resource], "x", "X")


def test_names_and_licences_are_checked():
    with pytest.raises(ValueError, match="used twice"):
        describe([RESOURCES[2], RESOURCES[2]], "x", "X")
    with pytest.raises(ValueError, match="not a name"):
        describe([], "Not A Name", "X")
    with pytest.raises(ValueError, match="licence"):
        describe([], "x", "X", {"title": "Mine"})


def test_a_key_may_point_to_its_own_table():
    fields = [{"name": "id", "type": "string"}, {"name": "parent", "type": "string"}]
    own = Resource("a", "a.csv", fields, foreign_keys=[(["parent"], "", ["id"])])
    [entry] = describe([own], "x", "X")["resources"]
    assert entry["schema"]["foreignKeys"][0]["reference"]["resource"] == ""


def test_every_type_of_ours_is_one_of_frictionless():
    fields = [{"name": kind, "type": kind} for kind in sorted(TYPES)]
    package = describe([Resource("a", "a.csv", fields)], "x", "X")
    read = Package.from_descriptor(package)
    assert [field.type for field in read.resources[0].schema.fields] == sorted(TYPES)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,funder_id,amount_eur,open", "lacks day"),
        ("id,funder_id,amount_eur,open,day,extra", "has also extra"),
        ("funder_id,id,amount_eur,open,day", "another order"),
        ("", "lacks id"),
    ],
)
def test_headers_are_compared(folder, header, said):
    assert header_faults(RESOURCES, folder) == []
    (folder / "tables" / "grants.csv").write_text(header + "\n")
    [fault] = header_faults(RESOURCES, folder)
    assert said in fault.rule


def test_a_table_that_cannot_be_read_is_named(folder):
    (folder / "funders.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"funders\.csv"):
        header_faults(RESOURCES, folder)
