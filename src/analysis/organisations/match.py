"""Which organisation of a register a name is: found with certainty, to be looked at, or not there.

Precision comes first. A name is a ``match`` when nearly all that it says, weighed by how telling
each word is, stands in one organisation's name and nothing contradicts it; two organisations that
fit equally well are a ``review``. Every decision says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import InputError
from analysis.organisations.alignment import Alignment, align, word_weights
from analysis.organisations.candidates import find_candidates
from analysis.organisations.names import normalise, words_with_role
from analysis.organisations.numbers import PREFIX, ids_of_integers
from analysis.organisations.reviewed_pairs import ReviewedPairs

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

COLUMNS = (
    "matched_id",
    "matched_name",
    "score",
    "runner_up_id",
    "runner_up_name",
    "decision",
    "reason",
)
#: Score from which a name is found, from which a person should look, in points of 100.
MATCH, REVIEW = 90.0, 65.0
#: Two organisations closer than this fit equally well.
TIE = 2.0
#: Weight of words that must be shared when only a part of a name is found.
PART_EVIDENCE = 0.8
#: The same when it is a part of both: "Harmonie - Jette" and "École - Jette" share one too.
BOTH_PARTS_EVIDENCE = 1.2
#: Weight of words that must be the same letter for letter where others are misspelled.
SURE_EVIDENCE = 0.7
#: Points taken off when the seat is known to be in another municipality.
ELSEWHERE = 4.0
#: Names looked up at once: bounds the memory.
BATCH = 20_000


@dataclass(frozen=True)
class Verdict:
    """How well one name fits one organisation.

    Attributes:
        score: 0 to 100.
        reason: Why, in words.
    """

    score: float
    reason: str


def judge(
    asked_kind: str,
    asked_words: str,
    kind: str,
    words: str,
    weights: Mapping[str, float],
    *,
    exact: bool,
) -> Verdict:
    """Say how well a reading of a name fits a reading of an organisation's name.

    Args:
        asked_kind: What the first reading is of its name (``names.KINDS``).
        asked_words: Words of the first reading.
        kind: What the second reading is of its name.
        words: Words of the second reading.
        weights: What each word tells.
        exact: Whether the two keys are equal.
    """
    partial = [k for k in (asked_kind, kind) if k in ("part", "short")]
    if exact:
        if not partial:
            return Verdict(100.0, "same name")
        evidence = sum(weights.get(word, 1.0) for word in set(words.split()))
        if evidence < 0.3:
            return Verdict(50.0, f"only a common word is the same: {words!r}")
        if "short" in partial:
            if len(words.replace(" ", "")) < 4 or evidence < PART_EVIDENCE:
                return Verdict(80.0, f"same abbreviation {words!r}, which others may bear too")
            return Verdict(95.0, f"same abbreviation {words!r}")
        places = set(words_with_role("municipality")) | set(words_with_role("place"))
        telling = [word for word in set(words.split()) if word not in places]
        if len(partial) == 2 and (len(telling) < 2 or evidence < BOTH_PARTS_EVIDENCE):
            return Verdict(80.0, f"a part of both names is the same: {words!r}")
        if evidence < PART_EVIDENCE or not telling:
            return Verdict(80.0, f"a part of the name is the same, but says little: {words!r}")
        return Verdict(96.0 - len(partial), f"a part of the name is the same: {words!r}")
    found = align(asked_words, words, weights)
    score = found.score - 2.0 * len(partial)
    reason = _difference(found)
    if "short" in partial:
        score = min(score, 70.0)
    if found.conflict:
        score = min(score, 80.0 if found.evidence >= 2 and found.score >= 80 else 60.0)
    elif found.digits_differ or found.around or found.evidence < 0.5:
        score = min(score, 80.0)
    elif (found.places and found.evidence < 1.5) or (found.typos and found.sure < SURE_EVIDENCE):
        # "Garage Martens" and "Garage Maertens" are two garages.
        score = min(score, 88.0)
    elif found.contained > 99 and found.evidence >= PART_EVIDENCE:
        score = max(score, 75.0 - 2.0 * len(partial))
    return Verdict(score, reason)


def _difference(found: Alignment) -> str:
    said = []
    if found.typos:
        said.append("spelled " + ", ".join(f"{a!r}/{b!r}" for a, b in found.typos[:3]))
    if found.left_over:
        said.append("only here: " + ", ".join(map(repr, found.left_over[:4])))
    if found.right_over:
        said.append("only there: " + ", ".join(map(repr, found.right_over[:4])))
    if found.around:
        said.append("may be a body around the other: " + ", ".join(map(repr, found.around)))
    if found.digits_differ:
        said.append("a number differs")
    degree = "nearly the same name" if found.score >= 80 else "in part the same name"
    return degree + (f" ({'; '.join(said)})" if said else "")


def match_names(
    connection: duckdb.DuckDBPyConnection,
    names: pd.Series,
    municipalities: pd.Series | None = None,
    reviewed: ReviewedPairs | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Look names up in a register.

    Args:
        connection: An open register.
        names: Names as published, any index.
        municipalities: The municipality of each, same index, French or Dutch; helps to choose
            between organisations of one name.
        reviewed: Human decisions; they win.
        say: Told how far it is, on long tables.

    Returns:
        One row a name, same index, columns :data:`COLUMNS`. ``matched_id`` and ``matched_name``
        are missing when the decision is ``none``: the nearest stands as the runner-up then.
        ``score`` 0 to 100 of the best, missing when nothing resembles the name at all.

    Raises:
        InputError: The register holds no organisation.
    """
    import pandas as pd

    if not connection.execute("SELECT count(*) FROM denomination").fetchall()[0][0]:
        raise InputError("The register is empty: it holds no organisation with a name.")
    asked = pd.DataFrame({"name": names.astype("str").fillna("")})
    asked["municipality"] = (
        "" if municipalities is None else municipalities.astype("str").fillna("")
    )
    once = asked.drop_duplicates().reset_index(drop=True)
    once["asked_id"] = range(len(once))
    batches = []
    for start in range(0, max(len(once), 1), BATCH):
        if len(once) > BATCH:
            say(f"Looking up names {start + 1:,} to {min(start + BATCH, len(once)):,} ...")
        batches.append(
            _match_batch(connection, once.iloc[start : start + BATCH], reviewed or ReviewedPairs())
        )
    found = pd.concat(batches, ignore_index=True)
    result = asked.merge(once.merge(found, on="asked_id"), on=["name", "municipality"], how="left")
    return result.set_axis(asked.index)[list(COLUMNS)]


def _weights(connection: duckdb.DuckDBPyConnection, texts: pd.Series) -> dict[str, float]:
    """Weigh the words of some texts by how many keys of the register hold them."""
    import pandas as pd

    words = pd.DataFrame({"word": sorted(set(" ".join(texts).split()))}, dtype="str")
    connection.register("weighed", words)
    counted = connection.execute(
        "SELECT word, coalesce(keys, 0) FROM weighed LEFT JOIN word USING (word)"
    ).fetchall()
    connection.unregister("weighed")
    total = connection.execute("SELECT count(*) FROM name_key").fetchall()[0][0]
    return word_weights(dict(counted), total)


def _match_batch(
    connection: duckdb.DuckDBPyConnection, asked: pd.DataFrame, reviewed: ReviewedPairs
) -> pd.DataFrame:
    import pandas as pd

    pairs = find_candidates(connection, asked[["asked_id", "name"]])
    weights = _weights(
        connection, pd.concat([pairs["asked_words"], pairs["words"]]).drop_duplicates()
    )
    connection.register("pair", pairs.reset_index(names="pair_id"))
    # Bounded: a key that very many organisations share is a tie whatever the rest.
    owners = connection.execute(
        """SELECT pair_id, number, arg_min(reading.kind, strength) AS kind,
                  arg_min(name, (strength, name)) AS matched_name, sum(rows) AS rows
        FROM (SELECT pair_id, key_id FROM pair) JOIN reading USING (key_id)
        JOIN (SELECT * FROM (VALUES ('whole', 0), ('with_short', 1), ('part', 2), ('short', 3))
              AS ranks(kind, strength)) USING (kind)
        JOIN denomination USING (name_id)
        GROUP BY pair_id, number
        QUALIFY row_number() OVER (PARTITION BY pair_id ORDER BY min(strength), number) <= 10
        ORDER BY pair_id, number"""
    ).df()
    connection.unregister("pair")
    pairs = owners.merge(pairs, left_on="pair_id", right_index=True)
    judged: dict[tuple[str, str, str, str, bool], Verdict] = {}
    verdicts = []
    for key in zip(
        pairs["asked_kind"],
        pairs["asked_words"],
        pairs["kind"],
        pairs["words"],
        pairs["exact"],
        strict=True,
    ):
        if key not in judged:
            judged[key] = judge(*key[:4], weights, exact=key[4])
        verdicts.append(judged[key])
    pairs["score"] = [verdict.score for verdict in verdicts]
    pairs["reason"] = [verdict.reason for verdict in verdicts]
    pairs["matched_id"] = ids_of_integers(pairs["number"])
    keys = normalise(asked["name"]).set_axis(asked["asked_id"])
    if reviewed.different:
        refused = pd.MultiIndex.from_tuples(sorted(reviewed.different))
        pair = pd.MultiIndex.from_arrays([pairs["asked_id"].map(keys), pairs["matched_id"]])
        pairs = pairs.loc[~pair.isin(refused)]
    pairs = _weigh_municipality(connection, pairs, asked)
    best = (
        pairs.sort_values(
            ["asked_id", "score", "rows", "number", "matched_name"],
            ascending=[True, False, False, True, True],
        )
        .drop_duplicates(["asked_id", "number"])
        .reset_index(drop=True)
    )
    place = best.groupby("asked_id").cumcount()
    first = best.loc[place == 0].set_index("asked_id")
    second = best.loc[place == 1].set_index("asked_id")
    result = first[["matched_id", "matched_name", "score", "reason"]].join(
        second[["matched_id", "matched_name", "score"]].set_axis(
            ["runner_up_id", "runner_up_name", "runner_up_score"], axis=1
        )
    )
    result = asked[["asked_id"]].merge(result, on="asked_id", how="left")
    for column in ("matched_id", "matched_name", "runner_up_id", "runner_up_name", "reason"):
        # A batch in which nothing was found has no text to tell pandas the type.
        result[column] = result[column].astype("str")
    tie = (result["score"] - result["runner_up_score"] <= TIE) & (result["score"] >= REVIEW)
    result["decision"] = "none"
    result.loc[result["score"] >= REVIEW, "decision"] = "review"
    result.loc[(result["score"] >= MATCH) & ~tie, "decision"] = "match"
    result.loc[tie, "reason"] = "two organisations fit equally well: " + result["reason"]
    # What is not near enough is not put in the place of an answer, but shown beside it.
    far = (result["decision"] == "none") & result["matched_id"].notna()
    nearest = result.loc[far, ["matched_id", "matched_name"]].to_numpy()
    result.loc[far, ["runner_up_id", "runner_up_name"]] = nearest
    result.loc[far, ["matched_id", "matched_name"]] = None
    result["reason"] = result["reason"].mask(
        far, "nothing near enough; nearest: " + result["reason"]
    )
    result["reason"] = result["reason"].fillna("no name in the register resembles it")
    return _apply_same(connection, result, result["asked_id"].map(keys), reviewed)


def _weigh_municipality(
    connection: duckdb.DuckDBPyConnection, pairs: pd.DataFrame, asked: pd.DataFrame
) -> pd.DataFrame:
    """Lower organisations whose seat is elsewhere, where both places are known.

    A seat may differ from the place of action, so this chooses between equals and never excludes.
    """
    towns = asked.set_index("asked_id")["municipality"]
    if not towns.str.strip().any():
        return pairs
    connection.register("wanted", pairs[["number"]].drop_duplicates())
    seats = connection.execute(
        "SELECT number, municipality_fr, municipality_nl FROM seat SEMI JOIN wanted USING (number)"
    ).df()
    connection.unregister("wanted")
    merged = pairs[["number"]].merge(seats, on="number", how="left")
    wanted = normalise(pairs["asked_id"].map(towns)).to_numpy()
    french = normalise(merged["municipality_fr"].fillna("")).to_numpy()
    dutch = normalise(merged["municipality_nl"].fillna("")).to_numpy()
    known = (wanted != "") & ((french != "") | (dutch != ""))
    elsewhere = known & (wanted != french) & (wanted != dutch)
    here = known & ~elsewhere
    return pairs.assign(
        score=pairs["score"].where(~elsewhere, pairs["score"] - ELSEWHERE),
        reason=(
            pairs["reason"]
            .where(~elsewhere, pairs["reason"] + ", but its seat is in another municipality")
            .where(~here, pairs["reason"] + ", in the same municipality")
        ),
    )


def _apply_same(
    connection: duckdb.DuckDBPyConnection,
    result: pd.DataFrame,
    keys: pd.Series,
    reviewed: ReviewedPairs,
) -> pd.DataFrame:
    """Put the decisions of people in the place of the machine's."""
    import pandas as pd

    rows = keys.isin(reviewed.same.keys())
    if not rows.any():
        return result
    decided = keys[rows].map(lambda key: reviewed.same[key])
    ids = decided.str[0].astype("str")
    connection.register(
        "wanted", pd.DataFrame({"number": ids.str.removeprefix(PREFIX).astype("int64").unique()})
    )
    names = {
        f"{PREFIX}{number:010d}": name
        for number, name in connection.execute(
            "SELECT number, min_by(name, name_id) FROM denomination SEMI JOIN wanted USING (number) "
            "GROUP BY number"
        ).fetchall()
    }
    connection.unregister("wanted")
    result = result.copy()
    # What the machine put first becomes the runner-up when people chose another.
    other = (
        rows & result["matched_id"].notna() & (result["matched_id"] != ids.reindex(result.index))
    )
    result.loc[other, ["runner_up_id", "runner_up_name"]] = result.loc[
        other, ["matched_id", "matched_name"]
    ].to_numpy()
    result.loc[rows, "matched_id"] = ids
    result.loc[rows, "matched_name"] = ids.map(names)
    result.loc[rows, "score"] = 100.0
    result.loc[rows, "decision"] = "match"
    result.loc[rows, "reason"] = decided.str[1]
    return result
