"""Find the terms of a rule file in many short texts at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def normalise(texts: pd.Series) -> pd.Series:
    """Reduce texts to lower-case words without accents or signs, one space between them.

    Args:
        texts: Text column; missing becomes the empty text.

    Returns:
        The column, same index. ``L'École d'Été`` becomes ``l ecole d ete``.
    """
    plain = (
        texts.astype("str")
        .fillna("")
        .str.lower()
        .str.replace("œ", "oe", regex=False)
        .str.replace("æ", "ae", regex=False)
        .str.normalize("NFKD")
        .str.replace(r"[\u0300-\u036f]", "", regex=True)
    )
    return plain.str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()


def term_words(term: str) -> list[str]:
    """Split a term into word patterns; ``*`` at a word's start or end stands for any letters."""
    import unicodedata

    lowered = term.lower().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(letter)
    )
    return [word for word in re.sub(r"[^a-z0-9*]+", " ", plain).split() if word.strip("*")]


def _matches(vocabulary: pd.Series, patterns: set[str]) -> pd.DataFrame:
    """Return which word (position in the vocabulary) fits which pattern."""
    import pandas as pd

    exact = {p for p in patterns if "*" not in p}
    stems = {p[:-1] for p in patterns if p.endswith("*") and not p.startswith("*")}
    shortest = min((len(s) for s in stems), default=0)
    longest = max((len(s) for s in stems), default=0)
    words: list[int] = []
    found: list[str] = []
    for position, word in enumerate(vocabulary):
        if word in exact:
            words.append(position)
            found.append(word)
        for length in range(shortest, min(longest, len(word)) + 1):
            if word[:length] in stems:
                words.append(position)
                found.append(word[:length] + "*")
    # Dutch compounds (jeugd*theater*): few patterns, so one pass over the vocabulary for each.
    for pattern in sorted(p for p in patterns if p.startswith("*")):
        core = pattern.strip("*")
        hit = (
            vocabulary.str.contains(core, regex=False)
            if pattern.endswith("*")
            else vocabulary.str.endswith(core)
        )
        positions = vocabulary.index[hit].tolist()
        words.extend(positions)
        found.extend([pattern] * len(positions))
    return pd.DataFrame(
        {"word": pd.array(words, dtype="int64"), "pattern": pd.array(found, dtype="str")}
    )


def find_terms(texts: pd.Series, terms: pd.Series) -> pd.DataFrame:
    """Find every term in every text; a term inside a longer found term does not count.

    So ``ecole de devoirs`` hides ``ecole`` at the same place, and a rule can be refined by adding
    a longer term instead of changing the short one.

    Args:
        texts: Normalised texts (:func:`normalise`), unique index.
        terms: Terms, unique index; ``*`` at the start or end of a word stands for any letters.

    Returns:
        One row a found term: ``text`` (index of the text), ``term`` (index of the term), ``start``
        (position of its first word), each term at most once a text.
    """
    import pandas as pd

    empty = pd.DataFrame({"text": texts.index[:0], "term": terms.index[:0], "start": []})
    split = terms.map(term_words)
    lengths = split.str.len()
    parts = pd.DataFrame({"term": range(len(terms)), "pattern": split.array}).explode("pattern")
    parts = parts.dropna(subset="pattern")
    parts["offset"] = parts.groupby("term").cumcount()
    tokens = pd.DataFrame({"text": range(len(texts)), "token": texts.str.split().array}).explode(
        "token"
    )
    tokens = tokens.dropna(subset="token")
    if parts.empty or tokens.empty:
        return empty
    tokens["start"] = tokens.groupby("text").cumcount()
    tokens["word"], vocabulary = pd.factorize(tokens["token"])
    words = _matches(pd.Series(vocabulary, dtype="str"), set(parts["pattern"]))
    seen = tokens[["text", "start", "word"]].merge(words, on="word")[["text", "start", "pattern"]]
    hits = seen.merge(parts.loc[parts["offset"] == 0, ["term", "pattern"]], on="pattern")
    hits = hits[["text", "term", "start"]]
    count = hits["term"].map(pd.Series(lengths.array))
    complete = [hits[count == 1]]
    open_hits = hits[count > 1]
    for offset in range(1, int(lengths.max())):
        following = parts.loc[parts["offset"] == offset, ["term", "pattern"]]
        open_hits = (
            open_hits.assign(next=open_hits["start"] + offset)
            .merge(following, on="term")
            .merge(seen.rename(columns={"start": "next"}), on=["text", "next", "pattern"])
        )[["text", "term", "start"]].drop_duplicates()
        count = open_hits["term"].map(pd.Series(lengths.array))
        complete.append(open_hits[count == offset + 1])
        open_hits = open_hits[count > offset + 1]
    found = pd.concat(complete, ignore_index=True).drop_duplicates()
    found["end"] = found["start"] + found["term"].map(pd.Series(lengths.array))
    letters = split.map(lambda words: sum(len(word.strip("*")) for word in words))
    found["letters"] = found["term"].map(pd.Series(letters.array))
    found = _drop_inside(found)
    found = found.sort_values(["text", "start", "term"]).drop_duplicates(["text", "term"])
    return pd.DataFrame(
        {
            "text": texts.index.take(found["text"].to_numpy()),
            "term": terms.index.take(found["term"].to_numpy()),
            "start": found["start"].to_numpy(),
        }
    )


def _drop_inside(found: pd.DataFrame) -> pd.DataFrame:
    """Keep the most specific hit at a place.

    A hit goes when its words all lie within a longer hit of the same text, or when another term
    spells out more letters of the same words (``wijkcontract*`` before ``wijk*``).
    """
    most = found.groupby(["text", "start", "end"])["letters"].transform("max")
    found = found[found["letters"] == most]
    long = found[found["end"] - found["start"] > 1][["text", "start", "end"]].drop_duplicates()
    if long.empty:
        return found
    numbered = found.reset_index(drop=True).reset_index(names="hit")
    pairs = numbered.merge(long, on="text", suffixes=("", "_long"))
    inside = (
        (pairs["start"] >= pairs["start_long"])
        & (pairs["end"] <= pairs["end_long"])
        & (pairs["end"] - pairs["start"] < pairs["end_long"] - pairs["start_long"])
    )
    return numbered[~numbered["hit"].isin(pairs.loc[inside, "hit"])].drop(columns="hit")
