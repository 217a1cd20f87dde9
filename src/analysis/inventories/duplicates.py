"""Flag rows that repeat one another; drop none.

Two equal payments can both be real. A reader sees the group and decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories.identity import Hashes

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Repeats:
    """Group ids per row, null where the row repeats nothing.

    Attributes:
        exact: Rows equal in every published field.
        payment: Same year, beneficiary, object and amount, differing elsewhere.
        pair: Same year, beneficiary and object, one row planned and another granted.
    """

    exact: pa.Array
    payment: pa.Array
    pair: pa.Array


def find_repeats(
    award_ids: pa.Array,
    payment: Hashes,
    everything: Hashes,
    subject: Hashes,
    planned: Mask,
    granted: Mask,
) -> Repeats:
    """Find the groups.

    Args:
        award_ids: Per row; the smallest of a group names it.
        payment: Hash of year, beneficiary, object, kind and amount (with the true name).
        everything: Hash of all published fields.
        subject: Hash of year, beneficiary and object.
        planned: Rows that only say what was planned.
        granted: Rows that say what was granted or paid.
    """
    exact = pd.Series(everything).duplicated(keep=False).to_numpy()
    same = pd.Series(payment).duplicated(keep=False).to_numpy()
    pairs = np.zeros(len(payment), dtype=bool)
    if planned.any() and granted.any():
        both = np.intersect1d(subject[planned], subject[granted])
        pairs = np.isin(subject, both) & (planned | granted)
    return Repeats(
        _named("E", everything, exact, award_ids),
        _named("D", payment, same & ~exact | same & _mixed(payment, everything, same), award_ids),
        _named("P", subject, pairs, award_ids),
    )


def _mixed(payment: Hashes, everything: Hashes, same: Mask) -> Mask:
    """Groups of equal payments in which not all rows are exact repeats of one another."""
    result = np.zeros(len(payment), dtype=bool)
    places = np.flatnonzero(same)
    if len(places):
        variants = pd.Series(everything[places]).groupby(payment[places]).transform("nunique")
        result[places] = variants.to_numpy() > 1
    return result


def _named(letter: str, group: Hashes, chosen: Mask, award_ids: pa.Array) -> pa.Array:
    names = np.full(len(group), None, dtype=object)
    places = np.flatnonzero(chosen)
    if len(places):
        ids = award_ids.take(pa.array(places)).to_pandas()
        first = ids.groupby(group[places]).transform("min").astype("str")
        names[places] = (letter + first.str.slice(0, 10) + first.str.slice(16)).to_numpy()
    return pa.array(names, pa.string())


def count_groups(names: pa.Array) -> int:
    """Count distinct groups."""
    return int(pc.count_distinct(names, mode="only_valid").as_py())
