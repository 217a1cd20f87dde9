"""The data dictionary, made from the schemas: as a data package and as a page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from analysis.datapackage import Resource, describe
from analysis.tables import FORMS, NUMERIC, Column, Schema, schemas

TITLE = "Who funds social innovation in Brussels: checked tables"
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}


def data_package(folder: Path, as_of: dt.date) -> dict[str, Any]:
    """Describe the checked tables of a folder as a Frictionless data package.

    Args:
        folder: Where the tables are.
        as_of: Date of the evidence; it is the version of the package.
    """
    family = schemas("processed")
    return describe(
        [_resource(schema) for schema in family.values()],
        "brussels-social-innovation-funding",
        TITLE,
        LICENCE,
        description="Transcribed from public pages; empty means not stated, never zero.",
        version=as_of.isoformat(),
        folder=folder,
    )


def _resource(schema: Schema) -> Resource:
    family = schemas("processed")
    return Resource(
        name=schema.name.replace("_", "-"),
        path=f"{schema.name}.csv",
        fields=[_field(column, schema) for column in schema.columns],
        description=schema.description,
        primary_key=() if _optional_key(schema) else schema.key,
        foreign_keys=[
            ([column.name], column.ref.replace("_", "-"), list(family[column.ref].key))
            for column in schema.columns
            if column.ref and not column.many
        ],
    )


def _optional_key(schema: Schema) -> bool:
    # A key with empty cells cannot be declared: the standard wants every part filled.
    required = {column.name: column.required for column in schema.columns}
    return not all(required[name] for name in schema.key)


def _field(column: Column, schema: Schema) -> dict[str, Any]:
    numbers = {"year": "year", "integer": "integer"} | dict.fromkeys(
        NUMERIC - {"integer"}, "number"
    )
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    kind = numbers.get(column.type, "string")
    if column.values and not column.many:
        constraints["enum"] = list(column.values)
    elif kind == "string" and column.type in FORMS:
        constraints["pattern"] = FORMS[column.type][0]
    if column.min is not None:
        constraints["minimum"] = column.min
    if column.max is not None:
        constraints["maximum"] = column.max
    return {
        "name": column.name,
        "type": kind,
        "description": column.description,
        "constraints": constraints,
    }


def dictionary_page() -> str:
    """Return the data dictionary of the checked tables as a Markdown page."""
    lines = [
        "# Data dictionary",
        "",
        "Made from the schemas in `src/analysis/rules/tables/` by `analysis report`; do not",
        "edit by hand. Empty cells mean *not stated*: never zero, never no. Amounts are EUR nominal.",
        "",
    ]
    for schema in schemas("processed").values():
        lines += [
            f"## {schema.name}",
            "",
            f"{schema.description} Key: {', '.join(f'`{name}`' for name in schema.key)}.",
            "",
            "| column | what it is | values |",
            "|---|---|---|",
        ]
        for column in schema.columns:
            must = "**" if column.required else ""
            lines.append(
                f"| {must}`{column.name}`{must} | {_cell(column.description)} | {_values(column)} |"
            )
        lines.append("")
    lines.append("Columns in bold are never empty.")
    return "\n".join(lines) + "\n"


def _values(column: Column) -> str:
    if column.values:
        listed = ", ".join(f"`{value}`" for value in column.values)
        return f"{listed}; several joined by `;`" if column.many else listed
    if column.ref:
        keys = "keys" if column.many else "key"
        return f"{keys} of `{column.ref}`" + ("; joined by `;`" if column.many else "")
    return _cell(FORMS[column.type][1].removeprefix("must be ")) if column.type in FORMS else "text"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
