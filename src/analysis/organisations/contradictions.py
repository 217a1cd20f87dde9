"""Numbers that contradict names: a valid enterprise number is not always the right one.

Two kinds: one name with several numbers, and one number beside names that share nothing. Each
claim (a name with a number) is listed with its years and rows; the likelier one is named with the
reason. Nothing is overwritten: people decide, in the file of reviewed pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.organisations.names import normalise, readings, words_with_role
from analysis.organisations.numbers import PREFIX
from analysis.organisations.reviewed_pairs import ReviewedPairs

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

KINDS = ("same name, other number", "same number, unrelated names")
COLUMNS = (
    "contradiction_id",
    "kind",
    "beneficiary_id",
    "beneficiary_name",
    "spellings",
    "years",
    "rows",
    "likelier",
    "why",
)
#: Names of one number that are alike to this degree (0 to 100) in any reading are related.
RELATED = 60.0


def related(one: pd.Series, other: pd.Series) -> pd.Series:
    """Say whether names have anything in common that could make them one organisation's.

    They are related when any reading (whole, half, abbreviation) of both is equal or at least
    :data:`RELATED` alike, letter by letter or as sets of words, generic words left out, or when the
    initials of one are the other.

    Args:
        one: Names as published.
        other: Names to compare with, same index.

    Returns:
        Booleans, same index.
    """
    import pandas as pd
    from rapidfuzz import fuzz, process

    pairs = pd.DataFrame({"one": one.astype("str"), "other": other.astype("str")})
    once = pairs.drop_duplicates().reset_index(drop=True)
    texts = pd.Series(pd.unique(once[["one", "other"]].to_numpy().ravel()), dtype="str")
    parts = readings(texts)
    parts["name"] = parts["position"].map(texts)
    dull = set(words_with_role("generic")) | set(words_with_role("place"))
    split = parts["words"].str.split(" ")
    parts["telling"] = [" ".join(word for word in words if word not in dull) for words in split]
    parts["initials"] = ["".join(word[0] for word in words) for words in split]
    columns = ["name", "words", "key", "telling", "initials"]
    cross = (
        once.reset_index(names="pair")
        .merge(parts[columns], left_on="one", right_on="name")
        .merge(parts[columns], left_on="other", right_on="name", suffixes=("_a", "_b"))
    )
    letters = process.cpdist(cross["key_a"].tolist(), cross["key_b"].tolist(), scorer=fuzz.ratio)
    words = process.cpdist(
        cross["telling_a"].tolist(), cross["telling_b"].tolist(), scorer=fuzz.token_set_ratio
    )
    initials = [
        (len(a) > 2 and a == key_b) or (len(b) > 2 and b == key_a)
        for a, b, key_a, key_b in zip(
            cross["initials_a"], cross["initials_b"], cross["key_a"], cross["key_b"], strict=True
        )
    ]
    # Two names of dull words only have no telling word in common, but may be alike in letters.
    told = (cross["telling_a"] != "") & (cross["telling_b"] != "")
    cross["related"] = (
        (cross["key_a"] == cross["key_b"])
        | (letters >= RELATED)
        | ((words >= RELATED) & told)
        | pd.Series(initials, index=cross.index, dtype="bool")
    )
    found = cross.groupby("pair")["related"].any()
    once["related"] = found.reindex(once.index, fill_value=False)
    return pairs.merge(once, on=["one", "other"], how="left")["related"].set_axis(one.index)


def find_contradictions(
    awards: pd.DataFrame,
    register: duckdb.DuckDBPyConnection | None = None,
    reviewed: ReviewedPairs | None = None,
) -> pd.DataFrame:
    """List names with several numbers and numbers with unrelated names.

    Args:
        awards: Columns ``beneficiary_id`` (``BE-BCE_KBO-...`` or empty), ``beneficiary_name``,
            ``year``; optionally ``beneficiary_kind``. Rows without a number or a name, and rows
            of natural persons, make no claim.
        register: An open register of another source (KBO) that knows whose number it is.
        reviewed: Human decisions; pairs that people found the same are the likelier ones.

    Returns:
        One row a claim, columns :data:`COLUMNS`: ``spellings`` (all, joined by `` | ``), ``years``
        (joined by spaces), ``rows`` (count), ``likelier`` (yes, no, or undecided), ``why`` in
        words. Sorted by kind, contradiction and weight.
    """
    import pandas as pd

    claims = _claims(awards)
    if claims.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    claims["backing"] = _backing(claims, register, reviewed or ReviewedPairs())
    found = pd.concat([_other_numbers(claims), _unrelated_names(claims)], ignore_index=True)
    types = {column: "int64" if column == "rows" else "str" for column in COLUMNS}
    return found[list(COLUMNS)].astype(types).reset_index(drop=True)


def _claims(awards: pd.DataFrame) -> pd.DataFrame:
    """Return one row a (name key, number): how often, in which years, in which spellings."""
    if "beneficiary_kind" in awards:
        awards = awards.loc[awards["beneficiary_kind"].fillna("") != "natural_person"]
    rows = awards.loc[
        awards["beneficiary_id"].fillna("").ne("") & awards["beneficiary_name"].fillna("").ne(""),
        ["beneficiary_id", "beneficiary_name", "year"],
    ].copy()
    rows["key"] = normalise(rows["beneficiary_name"])
    rows = rows.loc[rows["key"] != ""]
    rows["year"] = rows["year"].astype("str")
    # The spelling used most stands for the claim.
    spelling = ["key", "beneficiary_id", "beneficiary_name"]
    counts = rows.groupby(spelling, as_index=False).agg(n=("year", "size"))
    counts = counts.sort_values(
        ["key", "beneficiary_id", "n", "beneficiary_name"], ascending=[True, True, False, True]
    )
    spelled = counts.groupby(["key", "beneficiary_id"], as_index=False).agg(
        beneficiary_name=("beneficiary_name", "first"),
        spellings=("beneficiary_name", " | ".join),
    )
    seen = rows.groupby(["key", "beneficiary_id"], as_index=False).agg(
        rows=("year", "size"),
        years=("year", lambda years: " ".join(sorted(set(years)))),
        year_count=("year", "nunique"),
    )
    claims: pd.DataFrame = spelled.merge(seen, on=["key", "beneficiary_id"])
    return claims


def _backing(
    claims: pd.DataFrame, register: duckdb.DuckDBPyConnection | None, reviewed: ReviewedPairs
) -> list[str]:
    """Return for each claim what speaks for it or against it from outside the awards."""
    import pandas as pd

    backing = pd.Series("", index=claims.index, dtype="str")
    if register is not None:
        wanted = pd.DataFrame(
            {"number": claims["beneficiary_id"].str.removeprefix(PREFIX).astype("int64")}
        )
        register.register("claimed", wanted.drop_duplicates())
        known = register.execute(
            "SELECT number, name FROM denomination SEMI JOIN claimed USING (number)"
        ).df()
        register.unregister("claimed")
        pairs = (
            wanted.assign(name_claimed=claims["beneficiary_name"], claim=claims.index)
            .merge(known, on="number")
            .reset_index(drop=True)
        )
        if len(pairs):
            agrees = related(pairs["name_claimed"], pairs["name"]).groupby(pairs["claim"]).any()
            backing = backing.mask(agrees.reindex(claims.index, fill_value=False), "register")
            denied = claims.index.isin(pairs["claim"]) & (backing == "")
            backing = backing.mask(denied, "not register")
    pair = list(zip(claims["key"], claims["beneficiary_id"], strict=True))
    same, different = reviewed.agreed, set(reviewed.different)
    return [
        "not reviewed" if p in different else "reviewed" if p in same else found
        for p, found in zip(pair, backing, strict=True)
    ]


_RANK = {"reviewed": 2, "register": 1, "": 0, "not register": -1, "not reviewed": -2}


def _decide(group: pd.DataFrame) -> pd.DataFrame:
    """Name the likelier claim of one contradiction, or say that none is.

    A person's decision counts first, then the register, then years, then rows.
    """
    weights = [
        (_RANK[backing], years, rows)
        for backing, years, rows in zip(
            group["backing"], group["year_count"], group["rows"], strict=True
        )
    ]
    best = max(weights)
    winners = [weight == best for weight in weights]
    if sum(winners) > 1:
        return group.assign(
            likelier="undecided",
            why="as many years and rows speak for the one as for the other; look the number up",
        )
    rest = max(weight for weight in weights if weight != best)
    if best[0] != rest[0]:
        why = {
            "reviewed": "a person decided so",
            "register": "the register gives this number to a name like it",
        }.get(
            str(group["backing"].iloc[winners.index(True)]),
            "the register or a person speaks against the other",
        )
    elif best[1] != rest[1]:
        why = f"stands so in {best[1]} years, the other in {rest[1]}"
    else:
        why = f"stands so in {best[2]} rows, the other in {rest[2]}"
    return group.assign(
        likelier=["yes" if won else "no" for won in winners],
        why=[why if won else f"less likely: the other {why}" for won in winners],
    )


def _listed(groups: list[pd.DataFrame], kind: str, letter: str) -> pd.DataFrame:
    import pandas as pd

    decided = []
    for place, group in enumerate(groups, start=1):
        ordered = _decide(group).sort_values(
            ["year_count", "rows", "beneficiary_id", "key"], ascending=[False, False, True, True]
        )
        decided.append(ordered.assign(kind=kind, contradiction_id=f"{letter}{place:04d}"))
    return pd.concat(decided) if decided else pd.DataFrame(columns=list(COLUMNS))


def _other_numbers(claims: pd.DataFrame) -> pd.DataFrame:
    several = claims.groupby("key")["beneficiary_id"].transform("nunique") > 1
    groups = [group for _, group in claims.loc[several].groupby("key", sort=True)]
    return _listed(groups, KINDS[0], "N")


def _unrelated_names(claims: pd.DataFrame) -> pd.DataFrame:
    """Group the names of each number into clusters of related ones; several clusters contradict."""
    import pandas as pd

    several = claims.loc[claims.groupby("beneficiary_id")["key"].transform("nunique") > 1]
    if several.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    several = several.assign(claim=several.index)
    pairs = several[["claim", "beneficiary_id", "beneficiary_name", "spellings"]].merge(
        several[["claim", "beneficiary_id", "beneficiary_name"]],
        on="beneficiary_id",
        suffixes=("", "_other"),
    )
    pairs = pairs.loc[pairs["claim"] < pairs["claim_other"]].reset_index(drop=True)
    pairs = pairs.loc[related(pairs["beneficiary_name"], pairs["beneficiary_name_other"])]
    # Related to a related name is related: the smallest claim of each chain names its cluster.
    cluster = {claim: claim for claim in several["claim"]}

    def top(claim: int) -> int:
        while cluster[claim] != claim:
            claim = cluster[claim]
        return claim

    for one, other in zip(pairs["claim"], pairs["claim_other"], strict=True):
        low, high = sorted((top(int(one)), top(int(other))))
        cluster[high] = low
    several["cluster"] = [top(int(claim)) for claim in several["claim"]]
    merged = (
        several.sort_values(["year_count", "rows", "key"], ascending=[False, False, True])
        .groupby(["beneficiary_id", "cluster"], as_index=False, sort=True)
        .agg(
            key=("key", "first"),
            beneficiary_name=("beneficiary_name", "first"),
            spellings=("spellings", " | ".join),
            rows=("rows", "sum"),
            years=("years", lambda years: " ".join(sorted(set(" ".join(years).split())))),
            backing=("backing", lambda backing: max(backing, key=lambda b: _RANK[b])),
        )
    )
    merged["year_count"] = merged["years"].str.count(" ") + 1
    several_clusters = merged.groupby("beneficiary_id")["cluster"].transform("size") > 1
    groups = [
        group for _, group in merged.loc[several_clusters].groupby("beneficiary_id", sort=True)
    ]
    return _listed(groups, KINDS[1], "U")


def doubtful_rows(awards: pd.DataFrame, contradictions: pd.DataFrame) -> pd.Series:
    """Say which rows make a claim that is contradicted and not the likelier one.

    Args:
        awards: As for :func:`find_contradictions`.
        contradictions: Its answer.

    Returns:
        Booleans, index of ``awards``.
    """
    import pandas as pd

    weak = contradictions.loc[contradictions["likelier"] != "yes"]
    claims = pd.DataFrame(
        {
            "beneficiary_id": weak["beneficiary_id"],
            "beneficiary_name": weak["spellings"].str.split(" | ", regex=False),
        }
    ).explode("beneficiary_name")
    weak_pairs = pd.MultiIndex.from_frame(claims)
    pair = pd.MultiIndex.from_frame(awards[["beneficiary_id", "beneficiary_name"]])
    return pd.Series(pair.isin(weak_pairs), index=awards.index)
