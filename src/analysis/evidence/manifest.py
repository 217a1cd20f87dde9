"""The manifest freezes the raw evidence: file, bytes, checksum, and the date it speaks for."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from analysis import files
from analysis.errors import InputError

NAME = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What the raw evidence was when it was taken in.

    Attributes:
        as_of: The date that the evidence speaks for; "today" in every output.
        sha256: Checksum of each file, by its name below the evidence folder.
    """

    as_of: dt.date
    sha256: dict[str, str]


def manifest_path(raw: Path) -> Path:
    """Return where the manifest of a raw folder stands (beside or above the tables)."""
    return (raw if (raw / "evidence").is_dir() or (raw / NAME).is_file() else raw.parent) / NAME


def read_manifest(raw: Path) -> Manifest:
    """Read the manifest.

    Raises:
        InputError: There is none, or it lacks the date or the checksums.
    """
    path = manifest_path(raw)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(dt.date.fromisoformat(content["as_of"]), dict(content["sha256"]))
    except FileNotFoundError:
        raise InputError(
            f"{NAME} is missing beside the evidence in {raw}: take the evidence in with "
            "`analysis evidence import DIR`, or copy data/raw as a whole."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}. Restore it from git.") from None


def write_manifest(folder: Path, as_of: dt.date, path: Path) -> None:
    """Write the manifest of an evidence folder: every CSV table and its checksum."""
    tables = sorted(folder.glob("*.csv"))
    content = {
        "as_of": as_of.isoformat(),
        "sha256": {table.name: files.sha256(table) for table in tables},
    }
    files.write_json(path, content)


def changed_files(raw: Path) -> dict[str, str]:
    """Compare the evidence files with the manifest.

    Returns:
        File name → ``changed``, ``missing`` or ``not listed``; empty when all is as frozen.
    """
    from analysis.evidence.read import evidence_folder

    folder = evidence_folder(raw)
    listed = read_manifest(raw).sha256
    found = {path.name: files.sha256(path) for path in folder.glob("*.csv")}
    different = {}
    for name in sorted(set(listed) | set(found)):
        if name not in found:
            different[name] = "missing"
        elif name not in listed:
            different[name] = "not listed"
        elif listed[name] != found[name]:
            different[name] = "changed"
    return different
