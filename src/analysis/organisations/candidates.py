"""Finding the few organisations of a register that a name could be: fast, and deliberately wide.

Two ways in: keys that are equal, and keys that share rare words or runs of letters. The rarest of a
name come first, until a fixed number of register entries has been looked at: rare ones tell more,
and the cost per name does not grow with the register.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.organisations.index import pieces_sql
from analysis.organisations.names import readings_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: Register entries looked at for one reading of a name, at most (rarest pieces first).
ENTRIES = 3000
#: Keys kept for one name after counting shared pieces, and after the quick likeness.
KEPT_BY_PIECES, KEPT_BY_LIKENESS = 60, 10


def find_candidates(connection: duckdb.DuckDBPyConnection, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of the register that each asked name could be.

    Args:
        connection: An open register (it may be read-only; only temporary tables are made).
        asked: Columns ``asked_id`` (whole number) and ``name``.

    Returns:
        Columns ``asked_id, asked_kind, asked_words, key_id, words, exact``: pairs of one reading
        of the name and one key, equal keys first.
    """
    import pandas as pd
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import Indel

    connection.register("asked_names", asked)
    run = connection.execute
    run(
        "CREATE OR REPLACE TEMP TABLE asked_reading AS "
        "SELECT row_number() OVER (ORDER BY asked_id, key) AS asked_reading_id, * "
        f"FROM ({readings_sql('asked_names', 'asked_id')})"
    )
    connection.unregister("asked_names")
    run(
        f"""CREATE OR REPLACE TEMP TABLE asked_piece AS
        SELECT asked_reading_id, piece, keys
        FROM (SELECT DISTINCT * FROM ({pieces_sql("asked_reading", "asked_reading_id")}))
        JOIN piece_size USING (piece)
        QUALIFY sum(keys) OVER (PARTITION BY asked_reading_id ORDER BY keys, piece) <= {ENTRIES}
             OR row_number() OVER (PARTITION BY asked_reading_id ORDER BY keys, piece) = 1"""
    )
    pairs = run(
        f"""WITH shared AS (
          SELECT asked_reading_id, key_id, sum(1 / ln(2 + keys)) AS shared
          FROM asked_piece JOIN piece USING (piece)
          GROUP BY asked_reading_id, key_id
        ), kept AS (
          SELECT asked_reading_id, key_id FROM shared JOIN asked_reading USING (asked_reading_id)
          QUALIFY row_number() OVER (PARTITION BY asked_id ORDER BY shared DESC, key_id)
            <= {KEPT_BY_PIECES}
        ), equal AS (
          SELECT asked_reading_id, key_id FROM asked_reading JOIN name_key USING (key)
        )
        SELECT asked_id, kind AS asked_kind, asked_reading.words AS asked_words, key_id,
               name_key.words AS words, asked_reading.key AS asked_key, name_key.key AS key,
               asked_reading.key = name_key.key AS exact
        FROM (SELECT * FROM kept UNION SELECT * FROM equal)
        JOIN asked_reading USING (asked_reading_id) JOIN name_key USING (key_id)
        ORDER BY asked_id, key_id, asked_kind"""
    ).df()
    likeness = pd.DataFrame(
        {
            scorer.__name__ if hasattr(scorer, "__name__") else str(place): process.cpdist(
                pairs[left].tolist(), pairs[right].tolist(), scorer=scorer, workers=-1
            )
            for place, (scorer, left, right) in enumerate(
                (
                    (fuzz.token_set_ratio, "asked_words", "words"),
                    (fuzz.token_sort_ratio, "asked_words", "words"),
                )
            )
        },
        index=pairs.index,
    )
    whole = 100 * process.cpdist(
        pairs["asked_key"].tolist(),
        pairs["key"].tolist(),
        scorer=Indel.normalized_similarity,
        workers=-1,
    )
    pairs["likeness"] = likeness.max(axis=1).clip(lower=whole) + whole / 10
    pairs = pairs.sort_values(
        ["asked_id", "exact", "likeness", "key_id"], ascending=[True, False, False, True]
    )
    place = pairs.groupby("asked_id").cumcount()
    kept = pairs.loc[pairs["exact"] | (place < KEPT_BY_LIKENESS)]
    return kept.drop(columns=["asked_key", "key", "likeness"]).reset_index(drop=True)
