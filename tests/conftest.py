"""Shared by all tests: the checkout, a copy of its raw folder, and the publishers' files if present."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from analysis.project import Project, mirror_folder

ROOT = Path(__file__).resolve().parents[1]


# A busy machine is slow, not wrong: no test asserts a time.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")


@pytest.fixture(scope="session")
def project() -> Project:
    return Project(ROOT)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A copy of data/raw that a test may break."""
    return Path(shutil.copytree(ROOT / "data" / "raw", tmp_path / "raw"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = mirror_folder(Project(ROOT))
    if folder.is_dir():
        return
    absent = pytest.mark.skip(
        reason=f"publishers' files are absent: no folder {folder.name!r} beside the project and "
        "ANALYSIS_MIRROR is not set"
    )
    for item in items:
        if "mirror" in item.keywords:
            item.add_marker(absent)
