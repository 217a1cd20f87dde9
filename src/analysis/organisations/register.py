"""The register: organisations, their numbers, names and forms, in one DuckDB file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.organisations.index import build_index

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TABLES = """
CREATE TABLE meta (name VARCHAR, value VARCHAR);
CREATE TABLE enterprise (
  number BIGINT, status VARCHAR, situation VARCHAR, type VARCHAR, form VARCHAR, form_cac VARCHAR,
  start DATE, municipality_fr VARCHAR, municipality_nl VARCHAR, zipcode VARCHAR,
  nace_version VARCHAR, nace VARCHAR);
CREATE TABLE establishment (number BIGINT, enterprise BIGINT, start DATE);
CREATE TABLE denomination (
  name_id INTEGER, number BIGINT, entity BIGINT, language VARCHAR, kind VARCHAR, name VARCHAR,
  first_year SMALLINT, last_year SMALLINT, rows INTEGER);
"""


def fill_from_awards(connection: duckdb.DuckDBPyConnection, awards: pd.DataFrame) -> None:
    connection.execute(TABLES)
    connection.register("award", awards)
    connection.execute(
        """INSERT INTO denomination
        SELECT (row_number() OVER (ORDER BY number, name) - 1)::INTEGER, number, number, '', 'name',
               name, min(year), max(year), count(*)
        FROM (SELECT right(beneficiary_id, 10)::BIGINT AS number, trim(beneficiary_name) AS name,
                     year
              FROM award WHERE beneficiary_id <> '' AND trim(beneficiary_name) <> '')
        GROUP BY number, name"""
    )
    connection.execute("INSERT INTO enterprise (number) SELECT DISTINCT number FROM denomination ORDER BY 1")
    connection.unregister("award")
    build_index(connection)
