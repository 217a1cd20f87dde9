"""The README speaks of what is there: commands, files, notebooks."""

from __future__ import annotations

import re

from analysis.cli import COMMANDS
from analysis.project import Project


def test_every_command_named_exists(project: Project) -> None:
    text = (project.root / "README.md").read_text("utf-8")
    named = set(re.findall(r"(?:^|`|\s)analysis ([a-z][a-z-]+)", text))
    assert {"build", "report", "check", "ingest", "evidence"} <= named
    assert named <= set(COMMANDS)


def test_every_link_leads_to_a_file(project: Project) -> None:
    pages = [project.root / "README.md", *sorted((project.root / "docs").glob("*.md"))]
    lost = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert lost == []


def test_the_two_commands_are_shown(project: Project) -> None:
    readme = (project.root / "README.md").read_text("utf-8")
    makefile = (project.root / "Makefile").read_text("utf-8")
    for target in ("report", "test", "lab", "bench", "clean"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, re.M)
    assert "make test" in (project.root / ".ci" / "run").read_text("utf-8")
