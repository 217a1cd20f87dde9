"""The award table as the exports take it: the contract of ``awards.csv``, read and checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import Fault, InputError
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 20


@cache
def _contract() -> dict[str, Any]:
    import yaml

    content = yaml.load(
        (RULES / "award_fields.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    assert isinstance(content, dict)  # noqa: S101 - our own file, schema-tested
    return content


def award_fields() -> list[dict[str, Any]]:
    """Return the columns of ``awards.csv`` in order, as plain data (Table Schema fields)."""
    return [dict(each) for each in _contract()["fields"]]


def primary_key() -> list[str]:
    """Return the columns that name a row of ``awards.csv``."""
    return list(_contract()["primary_key"])


def read_awards(path: Path) -> pd.DataFrame:
    """Read an award table and hold it to its contract.

    Args:
        path: ``awards.csv`` as ``analysis ingest`` writes it.

    Returns:
        All columns as text, empty where there is no value.

    Raises:
        InputError: Not readable, a column is missing, a cell breaks type, list, pattern or key.
            At most 20 faults are named; the message says how many there are.
    """
    import pandas as pd

    try:
        awards = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as an award table: {error}") from error
    missing = [each["name"] for each in award_fields() if each["name"] not in awards]
    if missing:
        raise InputError(
            f"{path} is not an award table.",
            [Fault(path.name, f"lacks the column {name}", row="1") for name in missing],
        )
    faults: list[Fault] = []
    for each in award_fields():
        name, rules = each["name"], each.get("constraints", {})
        cells = awards[name]
        filled = cells != ""
        wrong: list[tuple[pd.Series, str]] = []
        if rules.get("required"):
            wrong.append((~filled, "must not be empty"))
        if rules.get("unique"):
            wrong.append((filled & cells.duplicated(), "must be unique"))
        if "enum" in rules:
            wrong.append(
                (filled & ~cells.isin(rules["enum"]), f"must be one of {', '.join(rules['enum'])}")
            )
        if "pattern" in rules:
            wrong.append(
                (filled & ~cells.str.fullmatch(rules["pattern"]), "has not the form it should have")
            )
        if each["type"] == "number":
            good = cells.str.fullmatch(r"-?\d+(\.\d{1,2})?")
            wrong.append((filled & ~good, "must be an amount such as 1234.56"))
        if each["type"] == "integer":
            good = cells.str.fullmatch(r"\d{1,9}")
            wrong.append((filled & ~good, "must be a whole number"))
            numbers = cells.where(filled & good, None).astype("Float64")
            outside = (numbers < rules.get("minimum", 0)) | (numbers > rules.get("maximum", 10**9))
            wrong.append((outside.fillna(False).astype(bool), "is out of range"))
        for hit, rule in wrong:
            faults += [
                Fault(path.name, rule, row=str(index + 2), column=name, value=cells[index])
                for index in awards.index[hit]
            ]
    amount = awards["amount_eur"] != ""
    stated = awards["amount_state"].isin(["reported", "reported_zero"])
    faults += [
        Fault(
            path.name,
            "amount and amount_state disagree: reported needs an amount, the others none",
            row=str(index + 2),
            column="amount_eur",
            value=str(awards.loc[index, "amount_state"]),
        )
        for index in awards.index[amount != stated]
    ]
    if faults:
        raise InputError(
            f"{path} breaks the contract of an award table in {len(faults)} places"
            + (f" (the first {_SHOWN} follow)." if len(faults) > _SHOWN else "."),
            faults[:_SHOWN],
        )
    return awards
