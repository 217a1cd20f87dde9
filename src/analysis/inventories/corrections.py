"""Declared corrections of an inventory: a file that says what was wrong, and expects it still is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.inventories.intake import Ingested


def apply(result: Ingested, path: Path, *, keep_personal_names: bool) -> None:
    raise NotImplementedError
