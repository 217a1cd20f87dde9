"""Could the row itself be read as support for social innovation? (codebook: clear, possible, none)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.domains.matching import find_terms, normalise

if TYPE_CHECKING:
    import pandas as pd

    from analysis.domains.rules import DomainRules


def signals(
    objects: pd.Series, domain: pd.Series, object_hits: pd.DataFrame, rules: DomainRules
) -> tuple[pd.Series, pd.Series]:
    """Judge each row by its stated object, its programme and its domain.

    The first that holds decides: a programme with a known signal; words of novelty (clear);
    operating money, investment or event (none); a project in a domain of social need
    (possible); else none.

    Args:
        objects: Stated objects as published.
        domain: Domain of each row, same index.
        object_hits: Found terms of the object layer (:func:`analysis.domains.classify.evidence`).
        rules: Rule tables.

    Returns:
        The signal and its reason, same index.
    """
    import pandas as pd

    code, unique = pd.factorize(normalise(objects))
    table = rules.signals
    found = find_terms(pd.Series(unique, dtype="str"), table["term"])
    found = found.merge(table[["signal", "strength", "term"]], left_on="term", right_index=True, suffixes=("_id", ""))
    said: dict[str, pd.Series] = {}
    for kind in ("clear", "operating", "investment", "event", "project"):
        mine = found[found["signal"] == kind].sort_values(["text", "start"])
        words = mine.groupby("text")["term"].agg(", ".join)
        said[kind] = pd.Series(code, index=objects.index).map(words).fillna("").astype("str")

    by_programme = rules.programmes.drop_duplicates("programme").set_index("programme")["si_signal"]
    named = object_hits[object_hits["kind"] == "programme"].sort_values(["row", "weight"], ascending=[True, False])
    named = named.assign(signal=named["label"].map(by_programme))
    strength = named["signal"].map({"none": 0, "possible": 1, "clear": 2})
    named = named.assign(rank=strength).sort_values(["row", "rank"], ascending=[True, False])
    first = named.drop_duplicates("row").set_index("row")
    programme = pd.Series(np.arange(len(objects)), index=objects.index)
    programme_signal = programme.map(first["signal"]).fillna("").astype("str")
    programme_name = programme.map(first["label"]).fillna("").astype("str")

    need = domain.isin(rules.needs)
    can_be_new = need | domain.isin(["environment", "culture"])
    stops = (said["operating"] != "") | (said["investment"] != "") | (said["event"] != "")
    choices = [
        (programme_signal != "", programme_signal, "programme: " + programme_name),
        ((said["clear"] != "") & can_be_new & (said["operating"] == ""), "clear", "novelty: " + said["clear"]),
        (said["operating"] != "", "none", "operating money or transfer: " + said["operating"]),
        (said["investment"] != "", "none", "investment or premium: " + said["investment"]),
        (said["event"] != "", "none", "event: " + said["event"]),
        ((said["project"] != "") & need & ~stops, "possible", "project for a social need: " + said["project"]),
    ]
    signal = pd.Series("none", index=objects.index, dtype="str")
    why = pd.Series("no project for a social need stated", index=objects.index, dtype="str")
    for holds, value, reason in reversed(choices):
        signal = signal.mask(holds, value)
        why = why.mask(holds, reason)
    return signal, why
