"""Where things are: one place that knows the folders of a checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import InputError

PACKAGE = Path(__file__).resolve().parent
RULES = PACKAGE / "rules"
TEXTS = PACKAGE / "texts"
# Parts of the package that only hand results out: a change in them cannot move a figure.
HANDING_OUT = frozenset(
    {
        "__main__.py",
        "check.py",
        "cli.py",
        "commands",
        "dossier",
        "exports",
        "notebooks.py",
        "report.py",
    }
)


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    root: Path

    @property
    def raw(self) -> Path:
        """Evidence and corrections as they came in."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Checked tables, written by ``analysis build``."""
        return self.root / "data" / "processed"

    @property
    def editions(self) -> Path:
        """Figures of the editions published so far."""
        return self.root / "data" / "editions"

    @property
    def reports(self) -> Path:
        """What readers open."""
        return self.root / "reports"

    @property
    def notebooks(self) -> Path:
        """The executed notebooks."""
        return self.root / "notebooks"


def find_project(start: Path | None = None) -> Project:
    """Find the checkout: upwards from ``start`` (default: working folder), else around this package.

    Raises:
        InputError: There is no folder with ``data/raw`` and ``pyproject.toml``.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, *PACKAGE.parents):
        if (folder / "data" / "raw").is_dir() and (folder / "pyproject.toml").is_file():
            return Project(folder)
    raise InputError(
        "No project folder found: run this inside a checkout (the folder with data/raw and "
        "pyproject.toml), or name the folders with --raw and --out."
    )


def mirror_folder(project: Project | None = None) -> Path:
    """Return the folder with publishers' files: ``ANALYSIS_MIRROR``, else ``../shared/mirror``."""
    if chosen := os.environ.get("ANALYSIS_MIRROR"):
        return Path(chosen)
    root = (project or find_project()).root
    return root.parent / "shared" / "mirror"
