from __future__ import annotations

from pathlib import Path

import pytest

from analysis.inventories import Ingested, ingest
from corpus import BUILDERS


@pytest.fixture
def read(tmp_path: Path):
    """Write text or bytes to a file and ingest it."""

    def run(content: str | bytes, name: str = "list.csv", **options) -> Ingested:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return ingest([path], options.pop("funder_id", "fictive"), **options)

    return run


@pytest.fixture
def corpus(tmp_path: Path):
    """Write one file of the corpus."""

    def build(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(BUILDERS[name]())
        return path

    return build
