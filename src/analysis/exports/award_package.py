"""A folder that ``analysis ingest`` wrote, as a Frictionless data package."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.datapackage import Resource, describe, header_faults
from analysis.errors import InputError
from analysis.exports.awards import award_fields, primary_key, read_awards
from analysis.files import write_json
from analysis.language import Language, text

DESCRIPTOR = "datapackage.json"


def resources(folder: Path, lang: Language = "en") -> list[Resource]:
    """Describe the files of an ingest folder that are there; ``awards.csv`` must be.

    Raises:
        InputError: There is no ``awards.csv``, or a table's header is not the contract's.
    """
    if not (folder / "awards.csv").is_file():
        raise InputError(f"{folder} has no awards.csv: name the folder that analysis ingest wrote.")

    def said(key: str) -> str:
        return text("exports", f"awards_package.{key}", lang)

    found = [
        Resource(
            "awards",
            "awards.csv",
            award_fields(),
            description=said("awards"),
            primary_key=primary_key(),
        )
    ]
    meanings = {each["name"]: each["description"] for each in award_fields()}
    for name in ("quarantine", "ignored", "repairs", "faults"):
        table = folder / f"{name}.csv"
        if not table.is_file():
            continue
        try:
            with table.open(encoding="utf-8", newline="") as handle:
                header = next(csv.reader(handle), [])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{table} cannot be read: {error}") from error
        if header:
            # What could not be read, or was changed, holds to no type.
            fields = [
                {
                    "name": column,
                    "type": "string",
                    "description": meanings.get(column, said("as_read")),
                }
                for column in header
            ]
            found.append(Resource(name, table.name, fields, description=said(name)))
    for name, path, key in (
        ("ledger", "ledger.json", "ledger"),
        ("quality-report", "quality.md", "quality"),
        ("quality-page", "quality.html", "quality"),
    ):
        if (folder / path).is_file():
            found.append(Resource(name, path, description=said(key)))
    if faults := header_faults(found, folder):
        raise InputError(f"{folder} does not hold an award table.", faults)
    return found


def package(
    folder: Path,
    *,
    name: str = "awards",
    licence: Mapping[str, str] | None = None,
    lang: Language = "en",
) -> dict[str, Any]:
    """Describe an ingest folder.

    Args:
        folder: With ``awards.csv``.
        name: Short name of the package.
        licence: Of the data, as :func:`analysis.datapackage.describe`; None when not known.
        lang: Language of title and descriptions.

    Returns:
        The content of ``datapackage.json``: types, constraints, key, sizes, checksums, and the
        publishers' pages as sources.

    Raises:
        InputError: The folder has no award table, or it breaks the contract.
    """
    from analysis.sources import catalogue

    found = resources(folder, lang)
    funders = set(read_awards(folder / "awards.csv")["funder_id"])
    known = catalogue.load()
    known = known[known["funder_id"].isin(funders) & (known["kind"] != "open_calls")]
    title = "title_nl" if lang == "nl" else "title_fr"
    sources = []
    for _, row in known.iterrows():
        source = {"title": f"{row[f'publisher_{lang}']}: {row[title]}"}
        if row["landing_page"]:
            source["path"] = row["landing_page"]
        sources.append(source)
    return describe(
        found,
        name,
        text("exports", "awards_package.title", lang),
        licence,
        sources=sources,
        folder=folder,
    )


def write(folder: Path, content: Mapping[str, Any]) -> Path:
    """Write ``datapackage.json`` into the folder and return its place."""
    path = folder / DESCRIPTOR
    write_json(path, dict(content))
    return path
