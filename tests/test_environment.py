"""One set of versions: pyproject.toml, constraints.txt and environment.yml agree."""

from __future__ import annotations

import re
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from analysis import __version__
from analysis.project import Project


def declared(project: Project, without: str = "") -> dict[str, Requirement]:
    content = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {k: v for k, v in content["optional-dependencies"].items() if k != without}
    lists = [content["dependencies"], *extras.values()]
    found = [Requirement(line) for lines in lists for line in lines]
    return {canonicalize_name(r.name): r for r in found if r.name != content["name"]}


CONDA_PYTHON = {"python_full_version": "3.11.9", "python_version": "3.11"}


def constraints(project: Project, **environment: str) -> dict[str, Version]:
    """Return the pins that hold in an environment (default: this one)."""
    pins = {}
    for line in (project.root / "constraints.txt").read_text("utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(environment or None):
            pins[canonicalize_name(pin.name)] = Version(next(iter(pin.specifier)).version)
    return pins


def conda(project: Project) -> dict[str, str]:
    content = yaml.safe_load((project.root / "environment.yml").read_text("utf-8"))
    names = {"python-duckdb": "duckdb", "python-fastjsonschema": "fastjsonschema"}
    found = {}
    for line in content["dependencies"]:
        entries = line["pip"] if isinstance(line, dict) else [line]
        for entry in entries:
            if "=" in entry:
                name, _, version = re.sub("={2}", "=", entry).partition("=")
                found[canonicalize_name(names.get(name, name))] = version
    return found


def test_every_dependency_is_pinned_within_its_bounds(project: Project) -> None:
    pins = constraints(project)
    for name, requirement in declared(project).items():
        assert name in pins, f"{name} is not in constraints.txt"
        assert pins[name] in requirement.specifier, f"{name} {pins[name]} against {requirement}"


def test_conda_gets_the_same_versions(project: Project) -> None:
    # The rivals that benchmarks measure against are not for readers of the notebooks.
    pins, wanted = constraints(project, **CONDA_PYTHON), declared(project, without="benchmarks")
    conda_pins = conda(project)
    assert {n for n in wanted if n not in conda_pins} == set()
    assert {
        name: (version, str(pins[name]))
        for name, version in conda_pins.items()
        if name in pins and version != str(pins[name])
    } == {}
    assert set(conda_pins) - set(pins) <= {"python", "pip"}
    assert conda_pins["python"] == CONDA_PYTHON["python_version"]


def test_no_file_names_an_index(project: Project) -> None:
    for name in ("constraints.txt", "environment.yml", "pyproject.toml", "Makefile"):
        text = (project.root / name).read_text("utf-8")
        assert not re.search(r"--(extra-)?index.url|--find.links|@ https?:", text), name


def test_one_version_everywhere(project: Project) -> None:
    content = tomllib.loads((project.root / "pyproject.toml").read_text("utf-8"))
    citation = yaml.safe_load((project.root / "CITATION.cff").read_text("utf-8"))
    assert content["project"]["version"] == __version__ == citation["version"]
    assert f"## {__version__}" in (project.root / "CHANGELOG.md").read_text("utf-8")
