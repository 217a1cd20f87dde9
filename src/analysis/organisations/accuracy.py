"""How well matching works, measured on published inventories with their numbers hidden.

A register is made of the inventories of some years; the beneficiaries of another year are looked up
by name alone, and what is found is compared with the number that the publisher gave. The
publisher's number is not always right: rows whose name and number contradict what the register's
years say are set apart and counted (see :mod:`analysis.organisations.contradictions`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import InputError
from analysis.organisations.contradictions import related
from analysis.organisations.match import match_names
from analysis.organisations.names import normalise, spaced
from analysis.organisations.numbers import enterprise_ids
from analysis.organisations.register import register_of_awards

if TYPE_CHECKING:
    import pandas as pd

#: Years of the register → year looked up. The first is the one that the targets are set for.
SPLITS: tuple[tuple[tuple[int, ...], int], ...] = (
    ((2019, 2020, 2021), 2023),
    ((2020, 2021, 2023), 2019),
    ((2019, 2021, 2023), 2020),
    ((2019, 2020, 2023), 2021),
    ((2023,), 2019),
    ((2019,), 2023),
    ((2020,), 2023),
    ((2023,), 2021),
)


def read_city_names(folder: Path, years: Sequence[int]) -> pd.DataFrame:
    """Read names and numbers from the City of Brussels files as published.

    Args:
        folder: Folder with ``data-<year>.json``.
        years: Years to read.

    Returns:
        Columns ``beneficiary_id, beneficiary_name, year``.

    Raises:
        InputError: A file or its columns cannot be found.
    """
    import pandas as pd

    parts = []
    for year in years:
        path = folder / f"data-{year}.json"
        if not path.is_file():
            raise InputError(f"{path}: no such file.")
        table = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
        numbers = [c for c in table.columns if "bce" in c and "kbo" in c]
        names = [c for c in table.columns if "begunstigde" in c and c not in numbers]
        if not numbers or not names:
            raise InputError(f"{path}: the columns of beneficiary and number were not found.")
        name = table[names[0]].astype("str").fillna("")
        parts.append(
            pd.DataFrame(
                {
                    "beneficiary_id": enterprise_ids(table[numbers[0]]),
                    "beneficiary_name": name.str.replace(r"\s+", " ", regex=True).str.strip(),
                    "year": year,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def interval(count: int, of: int) -> list[float]:
    """Return the 95 % interval of a share (Wilson, 1927), empty when there is nothing to share."""
    if not of:
        return []
    z = 1.959964
    share = count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]


def _share(count: int, of: int) -> dict[str, Any]:
    return {
        "rows": int(count),
        "of": int(of),
        "share": round(count / of, 4) if of else None,
        "interval_95": interval(int(count), int(of)),
    }


Matcher = Callable[["pd.DataFrame", "pd.Series"], "pd.DataFrame"]


def our_matcher(register: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Look names up with this package."""
    connection = register_of_awards(register)
    try:
        return match_names(connection, names)[["matched_id", "decision", "score"]]
    finally:
        connection.close()


def rapidfuzz_matcher(scorer: str, cutoff: float = 90.0) -> Matcher:
    """Return the usual recipe as a matcher: simple normalisation, one scorer, one cut-off.

    Every name is compared with every name of the register; the best above the cut-off is a match.
    """

    def matcher(register: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
        import numpy as np
        import pandas as pd
        from rapidfuzz import fuzz, process

        known = register.loc[register["beneficiary_id"] != ""].drop_duplicates(
            ["beneficiary_id", "beneficiary_name"]
        )
        choices = spaced(known["beneficiary_name"])
        asked = spaced(names)
        once = asked.drop_duplicates()
        scores = process.cdist(
            once.tolist(), choices.tolist(), scorer=getattr(fuzz, scorer), workers=-1
        )
        best = scores.argmax(axis=1)
        table = pd.DataFrame(
            {
                "matched_id": known["beneficiary_id"].to_numpy()[best],
                "score": scores[np.arange(len(once)), best],
            },
            index=pd.Index(once, name="name"),
        )
        table["decision"] = np.where(table["score"] >= cutoff, "match", "none")
        return table.loc[asked].set_axis(names.index)

    return matcher


def measure(
    awards: pd.DataFrame, register_years: Sequence[int], year: int, matcher: Matcher = our_matcher
) -> dict[str, Any]:
    """Look one year up in the others with its numbers hidden, and compare.

    Args:
        awards: Columns ``beneficiary_id, beneficiary_name, year``.
        register_years: Years that the register is made of.
        year: Year whose numbers are hidden.
        matcher: Register rows and names → ``matched_id, decision``.

    Returns:
        Counts and shares: ``set_apart`` (rows whose number contradicts the register's years, by
        kind), ``found`` (of the other rows that are in the register, those matched to the right
        number), ``precision`` (of the matches among all other rows, the right ones),
        ``precision_in_register`` (the same, rows in the register only), ``false_matches`` (of the
        other rows that are not in the register, those matched at all), ``review``, and
        ``nothing_set_apart`` (found and precision over all rows in the register).
    """
    register = awards.loc[awards["year"].isin(register_years)]
    asked = awards.loc[
        (awards["year"] == year)
        & (awards["beneficiary_id"] != "")
        & (awards["beneficiary_name"] != "")
    ].reset_index(drop=True)
    answer = matcher(register, asked["beneficiary_name"])
    matched = answer["decision"] == "match"
    right = matched & (answer["matched_id"] == asked["beneficiary_id"])

    known = register.loc[register["beneficiary_id"] != ""]
    inside = asked["beneficiary_id"].isin(set(known["beneficiary_id"]))
    other, unrelated = _contradicted(asked, known)
    apart = other | unrelated
    clean, clean_in, clean_out = ~apart, ~apart & inside, ~apart & ~inside
    return {
        "register_years": list(register_years),
        "year": year,
        "rows": len(asked),
        "names": int(asked["beneficiary_name"].nunique()),
        "set_apart": {
            "rows": int(apart.sum()),
            "same_name_other_number": int(other.sum()),
            "same_number_unrelated_names": int(unrelated.sum()),
        },
        "found": _share((right & clean_in).sum(), clean_in.sum()),
        "precision": _share((right & clean).sum(), (matched & clean).sum()),
        "precision_in_register": _share((right & clean_in).sum(), (matched & clean_in).sum()),
        "false_matches": _share((matched & clean_out).sum(), clean_out.sum()),
        "review": _share(((answer["decision"] == "review") & clean).sum(), clean.sum()),
        "nothing_set_apart": {
            "found": _share((right & inside).sum(), inside.sum()),
            "precision": _share((right & inside).sum(), (matched & inside).sum()),
        },
    }


def _contradicted(asked: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Say which asked rows contradict the register's years.

    Two answers: the name has another number there; the number has only unrelated names there.
    """
    import pandas as pd

    keys = normalise(asked["beneficiary_name"])
    numbers = known.assign(key=normalise(known["beneficiary_name"]))[
        ["key", "beneficiary_id"]
    ].drop_duplicates()
    claims = pd.DataFrame({"row": asked.index, "key": keys, "asked": asked["beneficiary_id"]})
    pairs = claims.merge(numbers, on="key")
    clash = pairs.loc[pairs["asked"] != pairs["beneficiary_id"], "row"]
    other = pd.Series(asked.index.isin(clash), index=asked.index)

    pairs = asked.reset_index(names="row")[["row", "beneficiary_id", "beneficiary_name"]].merge(
        known[["beneficiary_id", "beneficiary_name"]].drop_duplicates(),
        on="beneficiary_id",
        suffixes=("", "_known"),
    )
    alike = related(pairs["beneficiary_name"], pairs["beneficiary_name_known"])
    any_alike = alike.groupby(pairs["row"]).any()
    unrelated = pd.Series(
        asked.index.isin(any_alike.index[~any_alike.to_numpy(dtype=bool)]), index=asked.index
    )
    return other, unrelated


def report(folder: Path, splits: Sequence[tuple[Sequence[int], int]] = SPLITS) -> dict[str, Any]:
    """Measure every split, ours and, on the first, the usual recipes.

    Args:
        folder: Folder with the City of Brussels files.
        splits: Years of the register → year looked up.
    """
    years = sorted({year for known, year in splits for year in (*known, year)})
    awards = read_city_names(folder, years)
    known, year = splits[0]
    return {
        "source": "City of Brussels subsidy inventories, "
        + ", ".join(map(str, years))
        + "; numbers hidden",
        "splits": [measure(awards, *split) for split in splits],
        "usual_recipes_on_the_first_split": {
            scorer: measure(awards, known, year, rapidfuzz_matcher(scorer))
            for scorer in ("WRatio", "token_sort_ratio", "token_set_ratio")
        },
    }


def dropped(stored: Mapping[str, Any], measured: Mapping[str, Any]) -> list[str]:
    """Return in words every figure that became worse than the stored one."""
    worse = []
    for old, new in zip(stored["splits"], measured["splits"], strict=True):
        name = f"{old['register_years']} → {old['year']}"
        for figure, sign in (("found", 1), ("precision", 1), ("false_matches", -1)):
            before, now = old[figure]["share"], new[figure]["share"]
            if (now - before) * sign < 0:
                worse.append(f"{name}: {figure} was {before:.2%}, is {now:.2%}")
    return worse
