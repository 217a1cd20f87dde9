"""The demands as data: ``rules/demands/<ID>.yaml`` and ``readings.csv``, checked when they are read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.demands.indicators import REGISTRY
from analysis.demands.verdicts import Criterion, Threshold
from analysis.errors import Fault, InputError
from analysis.language import Language
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

FOLDER = RULES / "demands"
IDS = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "E1", "E2", "E3", "E4", "E5", "E6", "E7")
READING_COLUMNS = ["row_id", "question", "answer", "reason", "field"]
PAPER = {
    "nl": "https://bissib.be/nl/bissib-pleitnota/",
    "fr": "https://bissib.be/plaidoyer-bissib/",
}

Sentence = Mapping[Language, str]


@dataclass(frozen=True)
class Asked:
    """An indicator as a demand asks for it."""

    id: str
    function: str
    arguments: Mapping[str, Any]
    unit: str
    phase: str
    interval: str


@dataclass(frozen=True)
class Told:
    """A criterion with the sentence that tells its figures, and whether it decides the verdict."""

    criterion: Criterion
    decides: bool
    sentence: Sentence


@dataclass(frozen=True)
class Demand:
    """One demand of the paper and what would show whether it is right."""

    id: str
    group: str
    set_on: str
    title: Sentence
    asks: Sentence
    statement: Sentence
    indicators: tuple[Asked, ...]
    main: str
    criteria: tuple[Told, ...]
    unknowns: tuple[Sentence, ...]
    data_request: Mapping[str, Any]
    charts: tuple[str, ...]
    sources: tuple[str, ...]
    raw: Mapping[str, Any]


def demands(folder: Path = FOLDER) -> tuple[Demand, ...]:
    """Load the fourteen records.

    Raises:
        InputError: A file is missing or does not fit ``schema.yaml``.
    """
    import fastjsonschema
    import yaml

    def read(name: str) -> Any:
        path = folder / f"{name}.yaml"
        if not path.is_file():
            raise InputError(f"{path.name} is not in rules/demands: each demand needs its file.")
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

    check = fastjsonschema.compile(read("schema"))
    found, faults = [], []
    for name in IDS:
        content = read(name)
        try:
            check(content)
        except fastjsonschema.JsonSchemaValueException as error:
            place = "/".join(str(step) for step in error.path[1:])
            faults.append(Fault(f"{name}.yaml", error.message, row=place))
            continue
        faults.extend(_broken_names(name, content))
        found.append(_demand(content))
    if faults:
        raise InputError("Records of demands do not fit schema.yaml:", sorted(faults))
    return tuple(found)


def _broken_names(name: str, content: Mapping[str, Any]) -> list[Fault]:
    file, known = f"{name}.yaml", set(content["indicators"])
    faults = [
        Fault(file, f"no such function in the registry: {one['function']}", f"indicators/{key}")
        for key, one in content["indicators"].items()
        if one["function"] not in REGISTRY
    ]
    faults += [
        Fault(file, f"no such indicator: {one}", "criteria")
        for one in [content["main"], *(rule["indicator"] for rule in content["criteria"])]
        if one not in known
    ]
    if content["id"] != name:
        faults.append(Fault(file, f"the id must be {name}", "id", value=content["id"]))
    return faults


def _demand(content: Mapping[str, Any]) -> Demand:
    return Demand(
        **{
            key: content[key]
            for key in (
                "id",
                "group",
                "set_on",
                "title",
                "asks",
                "statement",
                "main",
                "data_request",
            )
        },
        indicators=tuple(
            Asked(
                key,
                one["function"],
                one["arguments"],
                one["unit"],
                one.get("phase", ""),
                one["interval"],
            )
            for key, one in content["indicators"].items()
        ),
        criteria=tuple(
            Told(
                Criterion(
                    one["id"],
                    one["indicator"],
                    Threshold(**one["supports"]),
                    Threshold(**one["contradicts"]),
                    one.get("min_base", 1),
                ),
                one["decides"],
                one["sentence"],
            )
            for one in content["criteria"]
        ),
        unknowns=tuple(content["unknowns"]),
        charts=tuple(content["charts"]),
        sources=tuple(content["sources"]),
        raw=content,
    )


def readings(path: Path = FOLDER / "readings.csv") -> pd.DataFrame:
    """Load what was read in eligibility texts: row_id, question, answer, reason, field.

    Raises:
        InputError: A column is missing, an answer is no yes/no/unknown, a reason is empty, or a
            question is answered twice for one row.
    """
    import pandas as pd

    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, strict=True)
        if reader.fieldnames != READING_COLUMNS:
            raise InputError(f"{path.name}: the columns must be {', '.join(READING_COLUMNS)}.")
        rows = list(reader)
    faults, seen = [], set()
    for number, row in enumerate(rows, start=2):
        if row["answer"] not in ("yes", "no", "unknown"):
            faults.append(
                Fault(path.name, "must be yes, no or unknown", str(number), "answer", row["answer"])
            )
        if not row["reason"]:
            faults.append(Fault(path.name, "must not be empty", str(number), "reason"))
        if (key := (row["row_id"], row["question"])) in seen:
            faults.append(
                Fault(path.name, "answers a question twice", str(number), "row_id", key[0])
            )
        seen.add(key)
    if faults:
        raise InputError("The readings cannot be used:", faults)
    return pd.DataFrame(rows, columns=READING_COLUMNS, dtype="str")
