"""Awards as 360Giving JSON, so that tools made for that standard can read Brussels subsidies.

The standard: https://standard.threesixtygiving.org (360Giving, CC BY 4.0). Which of our columns
becomes which of its fields, and by what rule, is ``rules/crosswalk_360giving.csv``.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import Fault, InputError
from analysis.language import Language, text
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

#: Phases that the standard's amountAwarded can stand for; empty is a table without phases.
AWARDED_PHASES = ("awarded", "granted", "committed", "")
TITLE_LENGTH = 140
_NUMBER = re.compile(r"BE-BCE_KBO-[0-9]{10}")
_KINDS = ("required", "optional", "extension")


@dataclass(frozen=True)
class Export:
    """What an export holds and what it leaves out.

    Attributes:
        package: The 360Giving package without its grants.
        grants: Its grants, by id.
        left_out: Rows that are not grants: ``reason``, ``rows``, ``amount_eur`` (EUR, nominal).
        rows_read: Rows of the award table.
        amount_exported_eur: Sum of amountAwarded, EUR nominal.
        amount_read_eur: Sum of the amounts of all rows read, EUR nominal.
        own_recipients: Grants whose recipient has no enterprise number.
        own_funders: Funders without one.
    """

    package: dict[str, Any]
    grants: list[dict[str, Any]]
    left_out: pd.DataFrame
    rows_read: int
    amount_exported_eur: float
    amount_read_eur: float
    own_recipients: int
    own_funders: tuple[str, ...]


@cache
def crosswalk() -> pd.DataFrame:
    """Return the crosswalk: ``target, columns, rule, otherwise, kind, note``, all text.

    Raises:
        InputError: It names a rule, a kind or a column that does not exist.
    """
    import pandas as pd

    from analysis.exports.awards import award_fields

    frame = pd.read_csv(RULES / "crosswalk_360giving.csv", dtype="str", keep_default_na=False)
    ours = {each["name"] for each in award_fields()}
    faults = []
    for index, row in frame.iterrows():
        columns = [name for name in row["columns"].split(";") if name]
        for column, values, allowed in (
            ("rule", [row["rule"]], set(RULES_OF_FIELDS) | {"constant"}),
            ("kind", [row["kind"]], set(_KINDS)),
            ("columns", columns, ours),
        ):
            faults += [
                Fault(
                    "crosswalk_360giving.csv",
                    f"must be one of {', '.join(sorted(allowed))}",
                    row=str(int(str(index)) + 2),
                    column=column,
                    value=value,
                )
                for value in values
                if value not in allowed
            ]
    if faults:
        raise InputError("The crosswalk to 360Giving does not hold.", faults)
    return frame


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:12]


@dataclass(frozen=True)
class _Setting:
    """What the rules need beside the table."""

    lang: Language
    numbers: Mapping[str, str]
    names: Mapping[str, str]
    pages: Mapping[str, str]


Cells = Mapping[str, list[str]]


def _squeeze(cell: str) -> str:
    return " ".join(cell.split())


def _first(cells: Cells, columns: list[str]) -> list[str]:
    """The first filled cell of each row."""
    return [
        next((cell for cell in map(str.strip, row) if cell), "")
        for row in zip(*(cells[name] for name in columns), strict=True)
    ]


def _text(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [cell or None for cell in _first(cells, columns)]


def _short_text(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [
        (cell if len(cell) <= TITLE_LENGTH else cell[: TITLE_LENGTH - 1].rstrip() + "…") or None
        for cell in map(_squeeze, _first(cells, columns))
    ]


def _money(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [
        None if not cell else int(float(cell)) if float(cell).is_integer() else float(cell)
        for cell in cells[columns[0]]
    ]


def _integer(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [int(cell) if cell else None for cell in cells[columns[0]]]


def _year(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [cell or None for cell in cells[columns[0]]]


def _year_start(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [f"{cell}-01-01" if cell else None for cell in cells[columns[0]]]


def _span_start(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [
        start if start and end else None
        for start, end in zip(cells[columns[0]], cells[columns[1]], strict=True)
    ]


def _grant_id(cells: Cells, columns: list[str], _: _Setting) -> list[Any]:
    return [f"BRU-{cell}" for cell in cells[columns[0]]]


def _recipient_joinable(cells: Cells, _: list[str], __: _Setting) -> list[Any]:
    # A sole trader's number is a name in digits: it stays out like the name.
    return [
        bool(number) and kind != "natural_person"
        for number, kind in zip(cells["beneficiary_id"], cells["beneficiary_kind"], strict=True)
    ]


def _recipient_id(cells: Cells, columns: list[str], setting: _Setting) -> list[Any]:
    """An own id names at most one funder's spelling; a person's or a group's only one row."""
    marks: dict[tuple[str, str], str] = {}
    found = []
    for joinable, number, kind, award, funder, name in zip(
        _recipient_joinable(cells, columns, setting),
        cells["beneficiary_id"],
        cells["beneficiary_kind"],
        cells["award_id"],
        cells["funder_id"],
        cells["beneficiary_name"],
        strict=True,
    ):
        if joinable:
            found.append(number)
        elif kind == "natural_person":
            found.append(f"BRU-PERSON-{award}")
        elif kind == "group":
            found.append(f"BRU-GROUP-{award}")
        else:
            if (funder, name) not in marks:
                marks[funder, name] = f"BRU-ORG-{_mark(funder, _fold(name))}"
            found.append(marks[funder, name])
    return found


def _recipient_name(cells: Cells, _: list[str], setting: _Setting) -> list[Any]:
    masked = text("exports", "fallback.person", setting.lang)
    return [
        masked if kind == "natural_person" else _squeeze(name)
        for name, kind in zip(cells["beneficiary_name"], cells["beneficiary_kind"], strict=True)
    ]


def _funder_id(cells: Cells, columns: list[str], setting: _Setting) -> list[Any]:
    return [setting.numbers.get(cell, f"BRU-{cell}") for cell in cells[columns[0]]]


def _funder_name(cells: Cells, columns: list[str], setting: _Setting) -> list[Any]:
    return [setting.names.get(cell, cell) for cell in cells[columns[0]]]


def _funder_joinable(cells: Cells, columns: list[str], setting: _Setting) -> list[Any]:
    return [cell in setting.numbers for cell in cells[columns[0]]]


def _data_source(cells: Cells, columns: list[str], setting: _Setting) -> list[Any]:
    return [setting.pages.get(cell) for cell in cells[columns[0]]]


def _flags(cells: Cells, _: list[str], __: _Setting) -> list[Any]:
    found: list[list[str] | None] = []
    for cell, kind in zip(cells["flags"], cells["beneficiary_kind"], strict=True):
        flags = [flag.strip() for flag in cell.split(";") if flag.strip()]
        if kind == "natural_person":
            flags = [re.split(r"[:=]", flag)[0] for flag in flags]
        found.append(flags or None)
    return found


RULES_OF_FIELDS: Mapping[str, Callable[[Cells, list[str], _Setting], list[Any]]] = {
    "text": _text,
    "short_text": _short_text,
    "money": _money,
    "integer": _integer,
    "year": _year,
    "year_start": _year_start,
    "span_start": _span_start,
    "grant_id": _grant_id,
    "recipient_id": _recipient_id,
    "recipient_name": _recipient_name,
    "recipient_joinable": _recipient_joinable,
    "funder_id": _funder_id,
    "funder_name": _funder_name,
    "funder_joinable": _funder_joinable,
    "data_source": _data_source,
    "flags": _flags,
}


def _reasons(awards: pd.DataFrame) -> pd.Series:
    """Why a row is not a grant; empty for a grant. The first reason that holds counts."""
    import pandas as pd

    reason = pd.Series("", index=awards.index, dtype="str")
    for name, holds in (
        ("instalment", awards["row_kind"] == "instalment"),
        (
            "repayment",
            (awards["row_kind"] == "repayment") | awards["amount_eur"].str.startswith("-"),
        ),
        ("not_published", awards["amount_state"] == "not_published"),
        ("unreadable", awards["amount_state"] == "unreadable"),
        ("phase", ~awards["amount_phase"].isin(AWARDED_PHASES)),
        ("no_year", awards["year"] == ""),
        (
            "no_beneficiary",
            (awards["beneficiary_name"].str.strip() == "")
            & (awards["beneficiary_kind"] != "natural_person"),
        ),
    ):
        reason = reason.mask((reason == "") & holds, name)
    return reason


def _cents(amounts: pd.Series) -> int:
    """Sum of amounts in cents, exact."""
    return int((amounts[amounts != ""].astype("float64") * 100).round().astype("int64").sum())


def _mask_persons(awards: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """Take a natural person's name out of the texts of the person's row, should it still be there."""
    masked = text("exports", "fallback.person", lang)
    named = awards.index[
        (awards["beneficiary_kind"] == "natural_person")
        & (awards["beneficiary_name"].str.strip() != "")
    ]
    if named.empty:
        return awards
    awards = awards.copy()
    for column in ("title", "object", "object_fr", "object_nl", "flags"):
        awards.loc[named, column] = [
            re.sub(re.escape(name.strip()), masked, cell, flags=re.IGNORECASE)
            for name, cell in zip(
                awards.loc[named, "beneficiary_name"], awards.loc[named, column], strict=True
            )
        ]
    return awards


def _build(awards: pd.DataFrame, setting: _Setting) -> list[dict[str, Any]]:
    """Apply the crosswalk: one nested record per row, empty fields left out."""
    simple: list[tuple[str, list[Any]]] = []
    nested: dict[str, list[tuple[str, list[Any]]]] = {}
    lists: dict[str, dict[str, list[tuple[str, list[Any], bool]]]] = {}
    order: dict[str, None] = {}
    # Plain lists: cell by cell, a text column of pandas is many times slower.
    cells = {name: awards[name].tolist() for name in awards.columns}
    for _, row in crosswalk().iterrows():
        columns = [name for name in row["columns"].split(";") if name]
        constant = row["rule"] == "constant"
        otherwise = row["otherwise"]
        if otherwise.startswith("@"):
            otherwise = text("exports", f"fallback.{otherwise[1:]}", setting.lang)
        if constant:
            values: list[Any] = [otherwise] * len(awards)
        else:
            values = RULES_OF_FIELDS[row["rule"]](cells, columns, setting)
            if otherwise:
                values = [otherwise if value is None else value for value in values]
        first, *rest = row["target"].split("/")
        order[first] = None
        if not rest:
            simple.append((first, values))
        elif rest[0].isdigit():
            lists.setdefault(first, {}).setdefault(rest[0], []).append((rest[1], values, constant))
        else:
            nested.setdefault(first, []).append((rest[0], values))
    records = []
    for number in range(len(awards)):
        record: dict[str, Any] = dict.fromkeys(order)
        for key, values in simple:
            record[key] = values[number]
        for key, fields in nested.items():
            record[key] = {
                name: values[number] for name, values in fields if values[number] is not None
            } or None
        for key, items in lists.items():
            # A constant alone (a vocabulary without a code) says nothing.
            record[key] = [
                {name: values[number] for name, values, _ in item if values[number] is not None}
                for item in items.values()
                if any(values[number] is not None and not fixed for _, values, fixed in item)
            ] or None
        records.append({key: value for key, value in record.items() if value is not None})
    return records


def export(
    awards: pd.DataFrame,
    *,
    lang: Language = "en",
    funder_numbers: Mapping[str, str] | None = None,
    publisher: str = "",
    licence: str = "",
) -> Export:
    """Make a 360Giving package of an award table.

    Args:
        awards: From :func:`analysis.exports.awards.read_awards`, all text.
        lang: Language of the texts that stand in for missing ones and of the package's own.
        funder_numbers: funder_id → ``BE-BCE_KBO-`` number, where the user knows it.
        publisher: Who publishes the package; default: an unofficial conversion by this project.
        licence: Address of the licence of the data, left out when empty.

    Returns:
        Grants sorted by id, and what was left out and why; rows and euros add up.

    Raises:
        InputError: A funder number is not one, or no row can be exported.
    """
    import pandas as pd

    from analysis.sources import catalogue

    numbers = dict(funder_numbers or {})
    faults = [
        Fault(
            "--funder-number", "must be FUNDER=BE-BCE_KBO- and ten digits", value=f"{name}={code}"
        )
        for name, code in numbers.items()
        if not _NUMBER.fullmatch(code)
    ] + [
        Fault("--funder-number", "no such funder in the award table", value=name)
        for name in numbers
        if name not in set(awards["funder_id"])
    ]
    if faults:
        raise InputError("Nothing was written.", faults)
    known = catalogue.load()
    known = known[(known["funder_id"] != "") & (known["kind"] != "open_calls")]
    first = known.drop_duplicates("funder_id")
    setting = _Setting(
        lang,
        numbers,
        {
            # Official names stay French and Dutch, whatever the language of the rest.
            funder: fr if fr == nl else f"{fr} / {nl}"
            for funder, fr, nl in zip(
                first["funder_id"], first["publisher_fr"], first["publisher_nl"], strict=True
            )
        },
        {
            name: page
            for name, page in zip(first["funder_id"], first["landing_page"], strict=True)
            if page
        },
    )
    reason = _reasons(awards)
    kept = _mask_persons(awards[reason == ""], lang)
    if kept.empty:
        raise InputError(
            "No row can be exported to 360Giving.",
            [
                Fault("awards", f"{count} rows: {text('exports', f'left_out.{name}', 'en')}")
                for name, count in reason.value_counts(sort=False).items()
            ],
        )
    kept = kept.sort_values("award_id", kind="stable")
    grants = _build(kept, setting)
    funders = sorted(set(kept["funder_id"]))
    left = [
        {
            "reason": name,
            "rows": int((reason == name).sum()),
            "amount_eur": _cents(awards.loc[reason == name, "amount_eur"]) / 100,
        }
        for name in dict.fromkeys(sorted(reason[reason != ""]))
    ]
    package: dict[str, Any] = {
        "title": text(
            "exports",
            "package.title",
            lang,
            funders=", ".join(setting.names.get(name, name) for name in funders),
        ),
        "description": text(
            "exports", "package.description", lang, exported=len(grants), read=len(awards)
        ),
        "publisher": {
            "name": publisher or "brussels-social-innovation-funding (unofficial conversion)"
        },
    }
    if licence:
        package["license"] = licence
    return Export(
        package,
        grants,
        pd.DataFrame(left, columns=["reason", "rows", "amount_eur"]),
        len(awards),
        _cents(kept["amount_eur"]) / 100,
        _cents(awards["amount_eur"]) / 100,
        sum(not each["brussels"]["recipientIdJoinable"] for each in grants),
        tuple(name for name in funders if name not in numbers),
    )


def _lines(exported: Export) -> Iterator[str]:
    head = json.dumps(exported.package, ensure_ascii=False, indent=2, allow_nan=False)
    yield head.removesuffix("\n}") + ',\n  "grants": [\n'
    last = len(exported.grants) - 1
    for number, grant in enumerate(exported.grants):
        line = json.dumps(grant, ensure_ascii=False, allow_nan=False)
        yield f"    {line}{'' if number == last else ','}\n"
    yield "  ]\n}\n"


def write(exported: Export, path: Path) -> None:
    """Write the package, one grant a line, in one move.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Streamed: a register of a million rows does not fit twice in memory.
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="\n",
            dir=path.parent,
            prefix=f".{path.name}.tmp-",
            delete=False,
        ) as handle:
            try:
                handle.writelines(_lines(exported))
                handle.close()
                Path(handle.name).chmod(0o644)
                Path(handle.name).replace(path)
            except BaseException:
                handle.close()
                Path(handle.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}") from error
