"""The KBO/BCE Open Data extract: its files, its layout, its oddities.

The layout is that of the FPS Economy (cookbook KBO Open Data): quoted text, ``dd-mm-yyyy`` dates
without quotes, empty fields bare, numbers with dots. An update extract holds, per table, a list of
entities whose rows go and a list of rows that come.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import Fault, InputError

#: Columns that we need of each table.
COLUMNS = {
    "enterprise": (
        "EnterpriseNumber",
        "Status",
        "JuridicalSituation",
        "TypeOfEnterprise",
        "JuridicalForm",
        "StartDate",
    ),
    "establishment": ("EstablishmentNumber", "StartDate", "EnterpriseNumber"),
    "denomination": ("EntityNumber", "Language", "TypeOfDenomination", "Denomination"),
    "address": (
        "EntityNumber",
        "TypeOfAddress",
        "Zipcode",
        "MunicipalityNL",
        "MunicipalityFR",
        "DateStrikingOff",
    ),
    "activity": ("EntityNumber", "NaceVersion", "NaceCode", "Classification"),
    "code": ("Category", "Code", "Language", "Description"),
}
#: Tables of older or poorer extracts may lack these.
OPTIONAL = {"branch": ("Id", "EnterpriseNumber"), "meta": ("Variable", "Value")}
TABLES = COLUMNS | OPTIONAL
LANGUAGES = {"1": "fr", "2": "nl", "3": "de", "4": "en"}
NAME_KINDS = {"001": "name", "002": "abbreviation", "003": "trade name", "004": "branch name"}
#: The whole extract is 2.2 GB; something ten times larger is not one.
MOST_BYTES = 25_000_000_000


@dataclass(frozen=True)
class Extract:
    """One extract on disk.

    Attributes:
        folder: Where its files are.
        update: Whether it holds changes only.
        label: Name for messages.
    """

    folder: Path
    update: bool
    label: str

    def file(self, table: str, action: str = "insert") -> Path | None:
        """Return the file of a table (of an update: its insert or delete file), if it is there."""
        name = f"{table}_{action}.csv" if self.update else f"{table}.csv"
        if table == "meta":
            name = "meta.csv"
        path = self.folder / name
        return path if path.is_file() else None


def _known_names() -> set[str]:
    names = {f"{table}.csv" for table in TABLES}
    return names | {f"{t}_{action}.csv" for t in TABLES for action in ("insert", "delete")}


@contextmanager
def opened_extract(source: Path, scratch: Path, say: Callable[[str], None]) -> Iterator[Extract]:
    """Give the files of an extract, unpacked when it is a ZIP.

    Args:
        source: ZIP or folder.
        scratch: Folder for the unpacked files; they are removed afterwards.
        say: Told what happens.

    Raises:
        InputError: Not a ZIP, not an extract, a table or a column is missing.
    """
    folder = source
    if source.is_file():
        folder = scratch / "extract"
        folder.mkdir()
        say(f"Unpacking {source.name}")
        _unpack(source, folder)
    try:
        names = {path.name for path in folder.iterdir() if path.is_file()}
        update = any(name.endswith(("_insert.csv", "_delete.csv")) for name in names)
        if not names & _known_names():
            raise InputError(
                f"{source}: not a KBO/BCE Open Data extract: none of its tables "
                "(enterprise.csv, denomination.csv, ...) is in it."
            )
        extract = Extract(folder, update, source.name)
        _check(extract)
        yield extract
    finally:
        if folder != source:
            shutil.rmtree(folder, ignore_errors=True)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members = [m for m in archive.infolist() if Path(m.filename).name in _known_names()]
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise InputError(f"{source}: unpacks to far more than a KBO/BCE extract holds.")

            def unpack(member: zipfile.ZipInfo) -> None:
                # Only the last part of the name counts: paths inside an archive are not trusted.
                with (
                    archive.open(member) as packed,
                    (folder / Path(member.filename).name).open("wb") as out,
                ):
                    shutil.copyfileobj(packed, out, 1 << 20)

            # The largest first: it takes as long as the others together.
            members.sort(key=lambda member: -member.file_size)
            with ThreadPoolExecutor(2) as workers:
                list(workers.map(unpack, members))
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise InputError(f"{source}: not a sound ZIP file ({error}).") from error
    except RuntimeError as error:
        raise InputError(f"{source}: the ZIP is protected with a password.") from error


def header(path: Path) -> list[str]:
    """Return the column names of a CSV.

    Raises:
        InputError: The file is empty or not text in UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            first = next(csv.reader(handle), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path.name}: not a text file in UTF-8.") from error
    if not first:
        raise InputError(f"{path.name}: the file is empty; its first line must name the columns.")
    return [name.strip() for name in first]


def _check(extract: Extract) -> None:
    missing = [table for table in COLUMNS if extract.file(table) is None and not extract.update]
    if missing:
        raise InputError(
            f"{extract.label}: the extract lacks "
            + ", ".join(f"{table}.csv" for table in missing)
            + ". Download the full extract again, or unpack all of it."
        )
    faults = []
    for table, needed in TABLES.items():
        path = extract.file(table)
        if path is None:
            continue
        found = header(path)
        faults += [
            Fault(
                path.name,
                f"the first line must name the column {column}",
                "1",
                column,
                ",".join(found),
            )
            for column in needed
            if column not in found
        ]
    if faults:
        raise InputError(f"{extract.label}: the layout is not that of KBO/BCE Open Data.", faults)


def rows_sql(path: Path) -> str:
    """Return the DuckDB expression that reads a table of an extract, all columns as text."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header(path))
    quoted = str(path).replace("'", "''")
    return (
        f"read_csv('{quoted}', header = true, auto_detect = false, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}}, max_line_size = 4000000)"
    )


def number_sql(column: str) -> str:
    """Return the expression for a dotted number as a whole number; NULL when it is not one."""
    return f"TRY_CAST(replace(replace({column}, '.', ''), ' ', '') AS BIGINT)"


def date_sql(column: str) -> str:
    """Return the expression for a ``dd-mm-yyyy`` date; NULL when empty or not one."""
    return f"TRY_STRPTIME(replace({column}, '/', '-'), '%d-%m-%Y')::DATE"


def _case(column: str, meanings: dict[str, str]) -> str:
    choices = " ".join(f"WHEN '{code}' THEN '{meaning}'" for code, meaning in meanings.items())
    return f"CASE {column} {choices} ELSE '' END"


def staged_sql(extract: Extract) -> dict[str, str]:
    """Return, for each table of the store, the query that reads it from an extract.

    Establishments and branches are one table: both are places of an enterprise. Addresses are the
    seats that are still valid; activities the main ones, in the newest NACE version of each
    enterprise.
    """
    found = {table: path for table in TABLES if (path := extract.file(table)) is not None}
    empty_place = "SELECT NULL::BIGINT AS number, NULL::BIGINT AS enterprise, NULL::DATE AS start"
    places = []
    if "establishment" in found:
        places.append(
            f"SELECT {number_sql('EstablishmentNumber')} AS number, "
            f"{number_sql('EnterpriseNumber')} AS enterprise, {date_sql('StartDate')} AS start "
            f"FROM {rows_sql(found['establishment'])}"
        )
    if "branch" in found:
        places.append(
            f"SELECT {number_sql('Id')}, {number_sql('EnterpriseNumber')}, NULL::DATE "
            f"FROM {rows_sql(found['branch'])}"
        )
    staged = {"establishment": " UNION ALL ".join(places) or f"{empty_place} LIMIT 0"}
    if "enterprise" in found:
        cac = (
            "nullif(JuridicalFormCAC, '')"
            if "JuridicalFormCAC" in header(found["enterprise"])
            else "NULL"
        )
        staged["enterprise"] = (
            f"SELECT {number_sql('EnterpriseNumber')} AS number, Status AS status, "
            "JuridicalSituation AS situation, TypeOfEnterprise AS type, "
            f"nullif(JuridicalForm, '') AS form, {cac}::VARCHAR AS form_cac, "
            f"{date_sql('StartDate')} AS start FROM {rows_sql(found['enterprise'])}"
        )
    if "denomination" in found:
        staged["denomination"] = (
            f"SELECT {number_sql('EntityNumber')} AS entity, "
            f"{_case('Language', LANGUAGES)} AS language, "
            f"{_case('TypeOfDenomination', NAME_KINDS)} AS kind, trim(Denomination) AS name "
            f"FROM {rows_sql(found['denomination'])}"
        )
    if "address" in found:
        staged["seat"] = (
            f"SELECT {number_sql('EntityNumber')} AS number, "
            "any_value(MunicipalityFR ORDER BY MunicipalityFR) AS municipality_fr, "
            "any_value(MunicipalityNL ORDER BY MunicipalityFR) AS municipality_nl, "
            "any_value(Zipcode ORDER BY MunicipalityFR) AS zipcode "
            f"FROM {rows_sql(found['address'])} "
            "WHERE TypeOfAddress = 'REGO' AND coalesce(DateStrikingOff, '') = '' GROUP BY ALL"
        )
    if "activity" in found:
        staged["nace"] = f"""
            SELECT number, max(version) AS nace_version, arg_max(codes, version) AS nace
            FROM (SELECT number, version, string_agg(code, ' ' ORDER BY code) AS codes
                  FROM (SELECT DISTINCT {number_sql("EntityNumber")} AS number,
                               NaceVersion AS version, NaceCode AS code
                        FROM {rows_sql(found["activity"])}
                        WHERE Classification = 'MAIN' AND EntityNumber < '2')
                  GROUP BY number, version)
            GROUP BY number"""
    return staged


def removed_sql(extract: Extract, table: str) -> str:
    """Return the query for the entities of an update whose rows of a table go (or are renewed).

    Args:
        extract: An update extract.
        table: Table of the extract, not of the store.
    """
    parts = []
    for action in ("delete", "insert"):
        path = extract.file(table, action)
        if path is not None:
            # The first column of every table names the entity.
            parts.append(f"SELECT {number_sql(header(path)[0])} AS number FROM {rows_sql(path)}")
    return " UNION ".join(parts) or "SELECT NULL::BIGINT AS number LIMIT 0"


def meta(extract: Extract) -> dict[str, str]:
    """Return what ``meta.csv`` says (SnapshotDate, ExtractType, ExtractNumber, ...)."""
    path = extract.file("meta")
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {row["Variable"]: row["Value"] for row in csv.DictReader(handle)}
