"""The register: organisations, their numbers, names and forms, in one DuckDB file.

Built from the KBO/BCE Open Data extract (full, then updates), from a plain list, or from awards
that carry numbers of their own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError
from analysis.organisations import kbo
from analysis.organisations.index import build_index
from analysis.organisations.numbers import enterprise_ids
from analysis.organisations.store import FORMAT, connect
from analysis.organisations.tables import read_table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: Memory that the build may take, of the 6 GB that it is allowed.
MEMORY = "4GB"

_TABLES = """
CREATE TABLE meta (name VARCHAR, value VARCHAR);
CREATE TABLE enterprise (
  number BIGINT, status VARCHAR, situation VARCHAR, type VARCHAR, form VARCHAR, form_cac VARCHAR,
  start DATE);
CREATE TABLE seat (
  number BIGINT, municipality_fr VARCHAR, municipality_nl VARCHAR, zipcode VARCHAR);
CREATE TABLE nace (number BIGINT, nace_version VARCHAR, nace VARCHAR);
CREATE TABLE establishment (number BIGINT, enterprise BIGINT, start DATE);
CREATE TABLE denomination (
  name_id INTEGER, number BIGINT, entity BIGINT, language VARCHAR, kind VARCHAR, name VARCHAR,
  first_year SMALLINT, last_year SMALLINT, rows INTEGER);
"""


@dataclass(frozen=True)
class Built:
    """What a build took in.

    Attributes:
        organisations: Enterprise numbers in the register.
        names: Names that can be found.
        left_out: Reason → number of rows of the source that are not in the register.
    """

    organisations: int
    names: int
    left_out: dict[str, int]

    def sentences(self) -> list[str]:
        """Say it in lines."""
        lines = [f"{self.organisations:,} organisations, {self.names:,} names."]
        return lines + [
            f"Left out: {count:,} {why}." for why, count in sorted(self.left_out.items()) if count
        ]


def build_register(
    source: Path, target: Path, say: Callable[[str], None] = lambda _: None
) -> Built:
    """Build a register from whatever the source is, replacing the target in one move.

    Args:
        source: KBO ZIP or folder (full or update), a plain CSV with ``enterprise_number`` and
            ``name``, or an ``awards.csv`` (or its folder).
        target: DuckDB file to write. For an update it must be the register of the extract before.
        say: Told each step.

    Raises:
        InputError: The source cannot be used; the target is as it was.
    """
    if not source.exists():
        raise InputError(f"{source}: no such file or folder.")
    if target.is_dir():
        raise InputError(f"{target}: is a folder; name the file to write.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.tmp-", dir=target.parent) as name:
        scratch = Path(name)
        fresh = scratch / "register.duckdb"
        connection = connect(fresh, memory=MEMORY, scratch=scratch / "spill")
        try:
            # Row order comes from ORDER BY alone; keeping the input's costs memory.
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(_TABLES)
            if source.is_dir() and (source / "awards.csv").is_file():
                left_out = _fill_from_csv(connection, source / "awards.csv")
            elif source.is_dir() or source.suffix.lower() == ".zip":
                left_out = _fill_from_kbo(connection, source, target, scratch, say)
            else:
                left_out = _fill_from_csv(connection, source)
            built = _finish(connection, left_out, say)
        finally:
            connection.close()
        fresh.replace(target)
    return built


def fill_from_awards(connection: duckdb.DuckDBPyConnection, awards: pd.DataFrame) -> dict[str, int]:
    """Take organisations from awards: their own numbers, every spelling, the years seen.

    Args:
        connection: A database with the tables of a register, empty.
        awards: Columns ``beneficiary_id`` (``BE-BCE_KBO-...`` or empty), ``beneficiary_name``,
            ``year``; optionally ``beneficiary_kind``, whose natural persons stay out.

    Returns:
        Reason → rows left out.
    """
    person = (
        awards["beneficiary_kind"].eq("natural_person").fillna(False).astype(bool)
        if "beneficiary_kind" in awards
        else awards["beneficiary_name"].isna() & False
    )
    names = awards["beneficiary_name"].astype("str").fillna("").str.strip()
    ids = enterprise_ids(awards["beneficiary_id"].fillna(""))
    usable = ~person & (ids != "") & (names != "")
    taken = awards.loc[usable, ["year"]].assign(
        number=ids[usable].str[-10:].astype("int64"), name=names[usable]
    )
    connection.register("taken", taken)
    connection.execute(
        """INSERT INTO denomination BY NAME
        SELECT number, number AS entity, '' AS language, 'name' AS kind, name,
               min(TRY_CAST(year AS SMALLINT)) AS first_year,
               max(TRY_CAST(year AS SMALLINT)) AS last_year, count(*) AS rows
        FROM taken GROUP BY number, name"""
    )
    connection.execute("INSERT INTO enterprise BY NAME SELECT DISTINCT number FROM denomination")
    connection.unregister("taken")
    return {
        "rows of natural persons": int(person.sum()),
        "rows without a valid enterprise number": int((~person & (ids == "")).sum()),
        "rows without a name": int((~person & (ids != "") & (names == "")).sum()),
    }


def register_of_awards(awards: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """Return a register in memory, built from awards (see :func:`fill_from_awards`)."""
    connection = connect()
    connection.execute(_TABLES)
    _finish(connection, fill_from_awards(connection, awards), lambda _: None)
    return connection


def _fill_from_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    table = read_table(path)
    columns = {name.strip().lower(): name for name in table.columns}
    if {"beneficiary_id", "beneficiary_name"} <= set(columns):
        _note(connection, source=path.name, source_kind="awards")
        return fill_from_awards(connection, table if "year" in table else table.assign(year=""))
    if not {"enterprise_number", "name"} <= set(columns):
        raise InputError(
            f"{path}: is not a list of organisations.",
            [
                Fault(
                    path.name,
                    "name the columns enterprise_number and name (and, if known, legal_form and "
                    "municipality), or give an awards.csv with beneficiary_id and beneficiary_name",
                    "1",
                    value=",".join(table.columns),
                )
            ],
        )
    _note(connection, source=path.name, source_kind="list")
    return _fill_from_list(connection, table.rename(columns={v: k for k, v in columns.items()}))


def _fill_from_list(connection: duckdb.DuckDBPyConnection, table: pd.DataFrame) -> dict[str, int]:
    from analysis.organisations.legal_forms import form_codes

    ids = enterprise_ids(table["enterprise_number"])
    names = table["name"].str.strip()
    usable = (ids != "") & (names != "")
    taken = table.loc[usable].assign(
        number=ids[usable].str[-10:].astype("int64"), name=names[usable]
    )
    for column in ("legal_form", "municipality"):
        if column not in taken:
            taken[column] = ""
    taken["form"] = form_codes(taken["legal_form"])
    connection.register("taken", taken[["number", "name", "form", "municipality"]])
    connection.execute(
        """INSERT INTO denomination BY NAME
        SELECT DISTINCT number, number AS entity, '' AS language, 'name' AS kind, name FROM taken"""
    )
    connection.execute(
        "INSERT INTO enterprise BY NAME "
        "SELECT number, max(nullif(form, '')) AS form FROM taken GROUP BY number"
    )
    connection.execute(
        """INSERT INTO seat BY NAME
        SELECT number, max(municipality) AS municipality_fr, max(municipality) AS municipality_nl
        FROM taken WHERE trim(municipality) <> '' GROUP BY number"""
    )
    connection.unregister("taken")
    return {
        "rows without a valid enterprise number": int((ids == "").sum()),
        "rows without a name": int(((ids != "") & (names == "")).sum()),
    }


def _note(connection: duckdb.DuckDBPyConnection, **facts: str) -> None:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [list(fact) for fact in facts.items()])


def _fill_from_kbo(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    target: Path,
    scratch: Path,
    say: Callable[[str], None],
) -> dict[str, int]:
    import duckdb

    run = connection.execute
    with kbo.opened_extract(source, scratch, say) as extract:
        facts = kbo.meta(extract)
        if extract.update:
            _attach_before(connection, extract, facts, target)
        _note(
            connection,
            source=source.name,
            source_kind="kbo",
            **{f"kbo_{name}": value for name, value in sorted(facts.items())},
        )
        # Table of the store → table of the extract that tells which entities it renews.
        renewed_by = {
            "establishment": "establishment",
            "enterprise": "enterprise",
            "seat": "address",
            "nace": "activity",
            "denomination": "denomination",
        }
        staged = kbo.staged_sql(extract)
        try:
            for table, file in renewed_by.items():
                say(f"Reading {file}")
                new = staged.get(table)
                if table == "denomination":
                    run(
                        "CREATE TEMP TABLE raw_name AS "
                        + (
                            new
                            or "SELECT 0::BIGINT AS entity, '' AS language, '' AS kind, "
                            "'' AS name LIMIT 0"
                        )
                    )
                elif new:
                    run(
                        f"INSERT INTO {table} BY NAME SELECT * FROM ({new}) "
                        "WHERE number IS NOT NULL ORDER BY number"
                    )
                if extract.update:
                    key = "entity" if table == "denomination" else "number"
                    run(
                        f"INSERT INTO {table} BY NAME SELECT * FROM before.{table} WHERE {key} "
                        f"NOT IN (SELECT number FROM ({kbo.removed_sql(extract, file)}) "
                        "WHERE number IS NOT NULL)"
                    )
        except duckdb.Error as error:
            raise InputError(
                f"{extract.label}: {_first_line(error)}. The file is damaged or not in UTF-8; "
                "download the extract again."
            ) from error
        say("Tying names to enterprises")
        left_out = _take_names(connection)
        if extract.update:
            run("DETACH before")
    return left_out


def _attach_before(
    connection: duckdb.DuckDBPyConnection,
    extract: kbo.Extract,
    facts: dict[str, str],
    target: Path,
) -> None:
    import duckdb

    if not target.is_file():
        raise InputError(
            f"{extract.label}: is an update; build the register from the full extract first, "
            f"then apply the update to it (--out {target.name} does not exist)."
        )
    quoted = str(target).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS before (READ_ONLY)")
        known = dict(connection.execute("SELECT name, value FROM before.meta").fetchall())
    except duckdb.Error as error:
        raise InputError(f"{target}: not a register, so no update can be applied.") from error
    number, last = facts.get("ExtractNumber", ""), known.get("kbo_ExtractNumber", "")
    if number.isdigit() and last.isdigit() and int(number) != int(last) + 1:
        raise InputError(
            f"{extract.label}: update {int(number)} does not follow extract {int(last)}, which "
            f"{target.name} holds. Apply every update in order, or build from a full extract."
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _take_names(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Move the names read into ``denomination``; names of natural persons stay out.

    The extract names the self-employed by their own name. Those names go, and trade names that
    contain a word of them; the number stays, its form is known.
    """
    run = connection.execute
    run(
        """CREATE TEMP TABLE owned_name AS
        SELECT coalesce(establishment.enterprise, raw_name.entity) AS number, raw_name.*
        FROM raw_name LEFT JOIN establishment ON establishment.number = raw_name.entity"""
    )
    run(
        """CREATE TEMP TABLE person_name AS SELECT owned_name.* FROM owned_name
        SEMI JOIN (SELECT number FROM enterprise WHERE type = '1') USING (number)"""
    )
    run(
        r"""CREATE TEMP TABLE own_word AS
        SELECT number, list(DISTINCT word) AS words FROM (
          SELECT number, unnest(string_split_regex(lower(strip_accents(name)), '[^\p{L}]+')) AS word
          FROM person_name WHERE kind IN ('name', 'abbreviation', ''))
        WHERE length(word) > 1 GROUP BY number"""
    )
    columns = "number, entity, language, kind, name"
    [(trade_names,)] = run(
        rf"""INSERT INTO denomination BY NAME
        SELECT DISTINCT {columns} FROM person_name LEFT JOIN own_word USING (number)
        WHERE kind IN ('trade name', 'branch name') AND name <> '' AND NOT list_has_any(
            coalesce(words, []), string_split_regex(lower(strip_accents(name)), '[^\p{{L}}]+'))"""
    ).fetchall()
    [(others,)] = run(
        f"""INSERT INTO denomination BY NAME
        SELECT DISTINCT {columns} FROM owned_name
        ANTI JOIN (SELECT number FROM enterprise WHERE type = '1') USING (number)
        WHERE name <> '' AND number IS NOT NULL"""
    ).fetchall()
    [(nameless, numberless, of_persons, usable)] = run(
        """SELECT
          count(*) FILTER (number IS NOT NULL AND coalesce(name, '') = ''),
          count(*) FILTER (number IS NULL),
          (SELECT count(*) FROM person_name WHERE coalesce(name, '') <> ''),
          count(*) FILTER (number IS NOT NULL AND coalesce(name, '') <> '')
        FROM owned_name"""
    ).fetchall()
    left_out = {
        "names of natural persons": of_persons - trade_names,
        "empty names": nameless,
        "names whose number cannot be read": numberless,
        "names given twice": usable - of_persons - others,
    }
    for table in ("raw_name", "owned_name", "own_word", "person_name"):
        run(f"DROP TABLE {table}")
    return left_out


def _finish(
    connection: duckdb.DuckDBPyConnection, left_out: dict[str, int], say: Callable[[str], None]
) -> Built:
    """Number and order the rows, build the index, write down what was taken in."""
    run = connection.execute
    [(organisations,)] = run("SELECT count(DISTINCT number) FROM enterprise").fetchall()
    if not organisations:
        raise InputError("The source holds no organisation: the register would be empty.")
    for table in ("enterprise", "seat", "nace", "establishment"):
        # One row a number, in order: a look-up then reads one block.
        run(
            f"CREATE OR REPLACE TABLE {table} AS SELECT DISTINCT ON (number) * FROM {table} "
            "ORDER BY number"
        )
    run(
        """CREATE OR REPLACE TABLE denomination AS
        SELECT * REPLACE ((row_number() OVER (ORDER BY number, entity, kind, language, name,
                                              first_year) - 1)::INTEGER AS name_id)
        FROM denomination ORDER BY name_id"""
    )
    [(names,)] = run("SELECT count(*) FROM denomination").fetchall()
    say(f"Indexing {names:,} names")
    build_index(connection)
    _note(
        connection,
        format=FORMAT,
        organisations=str(organisations),
        names=str(names),
        **{f"left out: {why}": str(count) for why, count in sorted(left_out.items())},
    )
    run("CHECKPOINT")
    return Built(organisations, names, left_out)


def look_up(connection: duckdb.DuckDBPyConnection, number: str) -> pd.DataFrame:
    """Return what the register knows of one number.

    Args:
        connection: An open register.
        number: Enterprise number in any usual writing.

    Returns:
        One row a name, columns ``organisation_id, name, language, kind, status, form, start,
        municipality_fr, municipality_nl, zipcode, nace_version, nace``; no row when unknown.

    Raises:
        InputError: The number is not a valid enterprise number.
    """
    import pandas as pd

    organisation = enterprise_ids(pd.Series([number], dtype="str")).iloc[0]
    if not organisation:
        raise InputError(f"{number!r} is not a valid enterprise number.")
    value = int(organisation[-10:])

    def first(table: str, columns: str) -> dict[str, object]:
        # One block of a table in the order of its numbers: quicker than a join.
        found = connection.execute(
            f"SELECT {columns} FROM {table} WHERE number = ?",
            [value],
        ).fetchone()
        return dict(zip(columns.split(", "), found or [None] * len(columns), strict=False))

    known = first("enterprise", "number, status, form, start")
    names: list[tuple[object, ...]] = []
    if known["number"] is not None:
        names = connection.execute(
            "SELECT name, language, kind FROM denomination WHERE number = ? "
            "ORDER BY kind, language, name",
            [value],
        ).fetchall() or [(None, None, None)]
    known |= first("seat", "municipality_fr, municipality_nl, zipcode")
    known |= first("nace", "nace_version, nace")
    del known["number"]
    return pd.DataFrame(
        [(organisation, *name, *known.values()) for name in names],
        columns=["organisation_id", "name", "language", "kind", *known],
    )
