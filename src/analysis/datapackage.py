"""Frictionless descriptions of our folders: one way to write ``datapackage.json``.

Follows the Data Package, Tabular Data Resource and Table Schema specifications, version 1
(https://specs.frictionlessdata.io/). Nothing here needs the frictionless library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import Fault, InputError
from analysis.files import sha256

TYPES = frozenset(
    {"any", "string", "integer", "number", "boolean", "date", "datetime", "year", "yearmonth"}
)
CONSTRAINTS = frozenset(
    {
        "required",
        "unique",
        "enum",
        "pattern",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
    }
)
_FIELD_KEYS = (
    "name",
    "title",
    "type",
    "format",
    "description",
    "trueValues",
    "falseValues",
    "constraints",
)
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
}

Fields = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Resource:
    """One file of a package.

    Attributes:
        name: Short name, unique in the package: lower case, digits, ``-``, ``_``, ``.``.
        path: Place below the package's folder, with ``/``.
        fields: Its columns in order, as plain data: ``name``, ``type`` and optionally ``title``,
            ``description``, ``format``, ``trueValues``, ``falseValues``, ``constraints``. Empty
            for a file that is not a table.
        title: For readers.
        description: For readers; units belong here or in the fields.
        primary_key: Columns that name a row.
        foreign_keys: (columns, resource, columns there); an empty resource means this one.
        missing_values: Texts that stand for "no value".
    """

    name: str
    path: str
    fields: Fields = ()
    title: str = ""
    description: str = ""
    primary_key: Sequence[str] = ()
    foreign_keys: Sequence[tuple[Sequence[str], str, Sequence[str]]] = field(default=())
    missing_values: Sequence[str] = ("",)


def _field(given: Mapping[str, Any], resource: str) -> dict[str, Any]:
    unknown = set(given) - set(_FIELD_KEYS)
    if unknown or "name" not in given:
        raise ValueError(f"{resource}: not a field: {dict(given)} (unknown: {sorted(unknown)})")
    if given.get("type", "any") not in TYPES:
        raise ValueError(f"{resource}.{given['name']}: no such type: {given['type']}")
    if wrong := set(given.get("constraints", {})) - CONSTRAINTS:
        raise ValueError(f"{resource}.{given['name']}: no such constraint: {sorted(wrong)}")
    # An empty text or constraint list says nothing: leave it out.
    return {
        key: dict(given[key]) if key == "constraints" else given[key]
        for key in _FIELD_KEYS
        if given.get(key) not in (None, "", {}, [])
    }


def _schema(resource: Resource, names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    columns = [str(each.get("name")) for each in resource.fields]
    if len(set(columns)) != len(columns):
        raise ValueError(f"{resource.name}: a column is described twice")
    schema: dict[str, Any] = {
        "fields": [_field(each, resource.name) for each in resource.fields],
        "missingValues": list(resource.missing_values),
    }
    if missing := set(resource.primary_key) - set(columns):
        raise ValueError(f"{resource.name}: no such column for the key: {sorted(missing)}")
    if resource.primary_key:
        schema["primaryKey"] = list(resource.primary_key)
    keys = []
    for own, other, theirs in resource.foreign_keys:
        known = names.get(other or resource.name, ())
        if set(own) - set(columns) or set(theirs) - set(known):
            raise ValueError(f"{resource.name}: no such columns for {own} → {other}{theirs}")
        keys.append({"fields": list(own), "reference": {"resource": other, "fields": list(theirs)}})
    if keys:
        schema["foreignKeys"] = keys
    return schema


def describe(
    resources: Sequence[Resource],
    name: str,
    title: str,
    licence: Mapping[str, str] | None = None,
    *,
    description: str = "",
    version: str = "",
    sources: Sequence[Mapping[str, str]] = (),
    keywords: Sequence[str] = (),
    folder: Path | None = None,
) -> dict[str, Any]:
    """Describe a folder of files as a Frictionless data package.

    Args:
        resources: The files, in the order to show them.
        name: Short name of the package, as a resource's.
        title: For readers.
        licence: ``name`` and/or ``path``, optionally ``title``; None when none is known, which
            then is said by leaving ``licenses`` out.
        description: For readers.
        version: Of the data; never a date of now.
        sources: Where the data come from: ``title`` and optionally ``path``.
        keywords: Words to find it by.
        folder: Where the files are; gives each resource its size in bytes and SHA-256.

    Returns:
        The content of ``datapackage.json``; the same input gives the same content.

    Raises:
        ValueError: A name, type, constraint or key that the specification does not have.
        FileNotFoundError: A file is not in ``folder``.
    """
    names: dict[str, Sequence[str]] = {}
    for each in resources:
        if not _NAME.fullmatch(each.name) or each.name in names:
            raise ValueError(f"not a name, or used twice: {each.name!r}")
        if each.path.startswith("/") or ".." in each.path.split("/") or "\\" in each.path:
            raise ValueError(f"{each.name}: {each.path!r} is not a path below the package")
        names[each.name] = [str(column.get("name")) for column in each.fields]
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name: {name!r}")
    if licence is not None and not (licence.get("name") or licence.get("path")):
        raise ValueError("a licence needs a name or a path")
    listed = []
    for each in resources:
        form = each.path.rpartition(".")[2].lower()
        entry: dict[str, Any] = {
            "name": each.name,
            "path": each.path,
            "title": each.title,
            "description": each.description,
            "profile": "tabular-data-resource" if each.fields else "data-resource",
            "format": form,
            "mediatype": _MEDIA.get(form, "application/octet-stream"),
            "encoding": "utf-8",
        }
        if folder is not None:
            file = folder / each.path
            entry |= {"bytes": file.stat().st_size, "hash": f"sha256:{sha256(file)}"}
        if each.fields:
            entry["schema"] = _schema(each, names)
        listed.append({key: value for key, value in entry.items() if value != ""})
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": name,
        "title": title,
        "description": description,
        "version": version,
        "licenses": [dict(licence)] if licence else [],
        "sources": [dict(source) for source in sources],
        "keywords": list(keywords),
        "resources": listed,
    }
    return {key: value for key, value in package.items() if value not in ("", [])}


def header_faults(resources: Sequence[Resource], folder: Path) -> list[Fault]:
    """List tables whose header is not the one described.

    Args:
        resources: As for :func:`describe`; files that are not tables are passed over.
        folder: Where the files are.

    Raises:
        InputError: A file cannot be read.
    """
    import csv

    faults = []
    for each in resources:
        if not each.fields:
            continue
        try:
            with (folder / each.path).open(encoding="utf-8", newline="") as handle:
                header = next(csv.reader(handle), [])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{each.path} cannot be read: {error}") from error
        described = [str(column["name"]) for column in each.fields]
        missing = [column for column in described if column not in header]
        extra = [column for column in header if column not in described]
        if missing or extra or header != described:
            said = [
                f"lacks {', '.join(missing)}" if missing else "",
                f"has also {', '.join(extra)}" if extra else "",
                "" if missing or extra else "has another order of columns",
            ]
            faults.append(
                Fault(each.path, f"the table {' and '.join(filter(None, said))}", row="1")
            )
    return faults
