"""The search index of a register: keys, their words and pieces of words, built once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.organisations.names import readings_sql

if TYPE_CHECKING:
    import duckdb

#: Length of the pieces by which similar keys are found. Shorter ones are in so many keys that the
#: rare among them run out; longer ones miss names with two typing errors.
PIECE = 5


def pieces_sql(source: str, identifier: str) -> str:
    """Return the query for the pieces of every key of a table: runs of letters, and whole words.

    A run finds a name in spite of typing errors and lost spaces; a word finds it in spite of its
    order, and is rarer than its runs. A word is marked with ``#``.

    Args:
        source: Table with the columns ``key`` and ``words``.
        identifier: Column kept beside ``piece``. A piece that a key holds twice comes twice:
            making them distinct costs five times as much as it saves.
    """
    return (
        f"SELECT substr(key, place, {PIECE}) AS piece, {identifier} FROM (SELECT key, {identifier}, "
        f"unnest(range(1, greatest(length(key) - {PIECE - 2}, 2))) AS place FROM {source}) "
        f"UNION ALL SELECT '#' || word AS piece, {identifier} FROM (SELECT {identifier}, "
        f"unnest(string_split(words, ' ')) AS word FROM {source})"
    )


def build_index(connection: duckdb.DuckDBPyConnection) -> None:
    """Derive the search tables from ``denomination(name_id, number, name, ...)``.

    Writes ``name_key(key_id, key, words)``, ``reading(key_id, name_id, kind)``,
    ``word(word, keys)``, ``piece(piece, key_id)`` and ``piece_size(piece, keys)``, replacing older
    ones. ``keys`` counts the keys that hold the word or piece.
    """
    run = connection.execute
    run(f"CREATE OR REPLACE TEMP TABLE raw_reading AS {readings_sql('denomination')}")
    run(
        """CREATE OR REPLACE TABLE name_key AS
        SELECT (row_number() OVER (ORDER BY key) - 1)::INTEGER AS key_id, key,
               arg_max(words, (length(words), words)) AS words
        FROM raw_reading GROUP BY key ORDER BY key"""
    )
    run(
        """CREATE OR REPLACE TABLE reading AS
        SELECT key_id, name_id, raw_reading.kind
        FROM raw_reading JOIN name_key USING (key) ORDER BY key_id, name_id"""
    )
    run("DROP TABLE raw_reading")
    run(
        """CREATE OR REPLACE TABLE word AS
        SELECT word, count(*)::INTEGER AS keys
        FROM (SELECT unnest(list_distinct(string_split(words, ' '))) AS word FROM name_key)
        GROUP BY word ORDER BY word"""
    )
    # Two steps, because sorting while unnesting holds both in memory.
    run(f"CREATE OR REPLACE TEMP TABLE raw_piece AS {pieces_sql('name_key', 'key_id')}")
    run("CREATE OR REPLACE TABLE piece AS SELECT * FROM raw_piece ORDER BY piece, key_id")
    run("DROP TABLE raw_piece")
    run(
        "CREATE OR REPLACE TABLE piece_size AS "
        "SELECT piece, count(*)::INTEGER AS keys FROM piece GROUP BY piece ORDER BY piece"
    )
