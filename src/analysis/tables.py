"""What a table must look like: schemas as data (``rules/tables``), checked with pandera.

The same files make the checks, the data dictionary and ``datapackage.json``, so they cannot
drift apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import Fault, InputError
from analysis.files import csv_bytes
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]

# How a cell of each type is written in a raw file, and the rule in words.
FORMS: dict[str, tuple[str, str]] = {
    "slug": (r"[a-z0-9]+(?:-[a-z0-9]+)*", "must be lower-case words joined by hyphens"),
    "snake": (r"[a-z0-9]+(?:_[a-z0-9]+)*", "must be lower-case words joined by underscores"),
    "year": (r"\d{4}", "must be a year of four digits"),
    "date": (
        r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?",
        "must be a date as YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    "day": (r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", "must be a date as YYYY-MM-DD"),
    "number": (r"\d+(?:\.\d+)?", "must be a plain number with a point, not negative"),
    "signed_number": (r"-?\d+(?:\.\d+)?", "must be a plain number with a point"),
    "amount": (r"\d+(?:\.\d+)?", "must be an amount in EUR as a plain number with a point"),
    "integer": (r"\d+", "must be a whole number, not negative"),
    "url": (r"https?://\S+", "must be a web address"),
    "kbo": (r"\d{10}", "must be an enterprise number of ten digits"),
    "nis": (r"\d{5}", "must be a NIS code of five digits"),
    "source_id": (r"S[0-9a-f]{8}", "must be S and eight hex digits"),
    "award_id": (r"A\d{4}", "must be A and four digits"),
    "fact_id": (r"F\d{4}", "must be F and four digits"),
    "need_id": (r"N\d{4}", "must be N and four digits"),
    "group_PG": (r"PG\d\d", "must be PG and two digits"),
    "group_AG": (r"AG\d\d", "must be AG and two digits"),
    "group_G": (r"G\d{3}", "must be G and three digits"),
    "group_X": (r"X\d{3}", "must be X and three digits"),
    "postal_codes": (r"\d{4}(?:;\d{4})*", "must be postal codes joined by ;"),
    "units": (r"[A-Za-z0-9_]+(?:\|[A-Za-z0-9_]+)*", "must be units joined by |"),
}
NUMERIC = {"number", "signed_number", "amount", "integer"}


@dataclass(frozen=True)
class Column:
    """One column of a schema."""

    name: str
    description: str
    type: str = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    many: bool = False
    ref: str = ""
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class Schema:
    """One table: its key and its columns in the order of the file."""

    name: str
    key: tuple[str, ...]
    description: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]


@cache
def schemas(family: str) -> dict[str, Schema]:
    """Load the schemas of ``rules/tables/<family>.yaml`` (``evidence`` or ``processed``)."""
    import yaml

    folder = RULES / "tables"
    content = yaml.load(
        (folder / f"{family}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    base: dict[str, Any] = {"lists": {}, "tables": {}}
    if "include" in content:
        path = folder / f"{content['include']}.yaml"
        base = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for spec in content["tables"].values():
        for column, rule in spec["columns"].items():
            if "as" in rule:
                spec["columns"][column] = base["tables"][rule["as"]]["columns"][column]
    lists = {
        name: tuple(str(value) for value in values)
        for name, values in {**base["lists"], **content["lists"]}.items()
    }
    return {
        name: Schema(
            name,
            tuple([spec["key"]] if isinstance(spec["key"], str) else spec["key"]),
            spec["description"],
            tuple(_column(column, rule, lists) for column, rule in spec["columns"].items()),
        )
        for name, spec in content["tables"].items()
    }


def _column(name: str, rule: dict[str, Any], lists: Mapping[str, tuple[str, ...]]) -> Column:
    return Column(
        name=name,
        description=rule["description"],
        type=rule.get("type", "text"),
        required=rule.get("required", False),
        values=lists[rule.get("list") or rule["many"]] if {"list", "many"} & set(rule) else (),
        many="many" in rule or "refs" in rule,
        ref=rule.get("ref") or rule.get("refs") or "",
        min=rule.get("min"),
        max=rule.get("max"),
    )


def check(frame: pd.DataFrame, schema: Schema, file: str, first_row: int = 2) -> list[Fault]:
    """List every cell of a text frame that breaks its schema.

    Args:
        frame: All columns as text, empty text for "not stated"; default index.
        schema: What it must look like.
        file: Name of the file for the messages.
        first_row: Row of the first record as a person sees it (header = 1).

    Returns:
        Faults with row (number and key), column, value and rule; empty when all is well.
    """
    if faults := check_shape(frame, schema, file):
        return faults
    for position, column, value, rule in _failure_cases(frame, schema):
        key = " ".join(str(frame[name].iloc[position]) for name in schema.key)
        faults.append(Fault(file, rule, f"{position + first_row} ({key})", column, value))
    return faults


def check_shape(frame: pd.DataFrame, schema: Schema, file: str) -> list[Fault]:
    """List what is wrong with the columns of a frame, or that it has no rows."""
    if list(frame.columns) != schema.names:
        missing = [name for name in schema.names if name not in frame.columns]
        extra = [name for name in frame.columns if name not in schema.names]
        return [
            *(Fault(file, "the column is missing; put it back", "1", name) for name in missing),
            *(Fault(file, "the column is not known; remove it", "1", str(n)) for n in extra),
            *(
                [Fault(file, f"the columns must be in this order: {', '.join(schema.names)}", "1")]
                if not missing and not extra
                else []
            ),
        ]
    if frame.empty:
        return [Fault(file, "the table has no rows")]
    return []


def _failure_cases(frame: pd.DataFrame, schema: Schema) -> list[tuple[int, str, str, str]]:
    from pandera.errors import SchemaErrors

    try:
        _pandera(schema).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        return sorted(
            {
                (int(row.index), str(row.column), str(row.failure_case), str(row.check))
                for row in cases.itertuples(index=False, name="Case")
            }
        )
    return []


@cache
def _pandera(schema: Schema) -> Any:
    import pandera.pandas as pa

    columns = {}
    for column in schema.columns:
        checks = [
            pa.Check.str_matches(
                r"^(?:\S(?:[^\x00-\x1f\x7f�]*\S)?)?$",
                error="has a stray space, a line break or a broken character; clean the cell",
            )
        ]
        if column.required:
            checks.append(pa.Check.str_matches(r"^.", error="must not be empty"))
        if column.name in schema.key and len(schema.key) == 1:
            checks.append(
                pa.Check(
                    lambda cells: ~cells.duplicated(keep=False),
                    error="is the key and stands in more than one row",
                )
            )
        if column.values:
            one = "|".join(column.values)
            pattern = rf"(?:{one})(?:;(?:{one}))*" if column.many else rf"(?:{one})"
            words = f"must be {'some' if column.many else 'one'} of {', '.join(column.values)}"
            checks.append(pa.Check.str_matches(rf"^(?:{pattern})?$", error=words))
        elif column.type in FORMS:
            pattern, words = FORMS[column.type]
            checks.append(pa.Check.str_matches(rf"^(?:{pattern})?$", error=words))
        if column.min is not None or column.max is not None:
            checks.append(_range_check(column))
        columns[column.name] = pa.Column(str, checks, nullable=False)
    return pa.DataFrameSchema(columns, strict=True, unique_column_names=True)


def _range_check(column: Column) -> Any:
    import pandas as pd
    import pandera.pandas as pa

    low = float("-inf") if column.min is None else column.min
    high = float("inf") if column.max is None else column.max

    def within(cells: pd.Series) -> pd.Series:
        # Cells that are no numbers have a fault of their own already.
        values = pd.to_numeric(cells, errors="coerce")
        return values.isna() | values.between(low, high)

    return pa.Check(within, error=f"must lie between {column.min} and {column.max}")


def check_references(
    tables: Tables, family: Mapping[str, Schema], file_of: Mapping[str, str]
) -> list[Fault]:
    """List the references (``ref``, ``refs``) that do not lead to a row.

    Args:
        tables: Text frames by name.
        family: Their schemas.
        file_of: File name of each table, for the messages.
    """
    faults: list[Fault] = []
    for name, schema in family.items():
        frame = tables[name]
        for column in schema.columns:
            if not column.ref or column.name not in frame:
                continue
            target = family[column.ref]
            known = set(tables[column.ref][target.key[0]])
            cells = (
                frame[column.name].str.split(";").explode() if column.many else frame[column.name]
            )
            lost = cells[(cells != "") & ~cells.isin(known)]
            if lost.empty:
                continue
            keys = frame[list(schema.key)].agg(" ".join, axis=1)
            faults.extend(
                Fault(
                    file_of[name],
                    f"is not in {file_of[column.ref]}; add the row there or correct the id",
                    f"{position + 2} ({keys.iloc[position]})",
                    column.name,
                    value,
                )
                for position, value in zip(lost.index.tolist(), lost.tolist(), strict=True)
            )
    return faults


def load(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the checked tables of ``data/processed`` with the types of their schemas.

    Args:
        folder: Folder written by ``analysis build``.

    Returns:
        Frames by table name: numbers as float64, years as Int64, the rest as text with empty
        text for "not stated". Local tables (``local_awards`` ...) where a build had the
        publishers' files.

    Raises:
        InputError: A table is missing; build first.
    """
    import pandas as pd

    from analysis.local import load_local

    tables = {}
    for name, schema in schemas("processed").items():
        path = folder / f"{name}.csv"
        if not path.is_file():
            raise InputError(f"{path.name} is not in {folder}: run `analysis build` first.")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        tables[name] = typed(frame, schema)
    return {**tables, **load_local(folder)}


def as_of(tables: Tables) -> dt.date:
    """Return the date that the evidence speaks for."""
    return dt.date.fromisoformat(str(tables["edition"]["as_of"].iloc[0]))


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as a reader of its CSV file sees it: all text, empty for missing."""
    import io

    import pandas as pd

    return pd.read_csv(io.BytesIO(csv_bytes(frame)), dtype=str, keep_default_na=False)


def typed(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Give a text frame the types of its schema; empty cells of numbers become missing."""
    import pandas as pd

    frame = frame.copy()
    for column in schema.columns:
        if column.type in ("year", "integer"):
            frame[column.name] = pd.to_numeric(frame[column.name].replace("", None)).astype("Int64")
        elif column.type in NUMERIC:
            frame[column.name] = pd.to_numeric(frame[column.name].replace("", None)).astype(float)
    return frame
