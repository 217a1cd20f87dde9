"""Could the row itself be read as support for social innovation? (codebook: clear, possible, none)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.domains.matching import find_terms, normalise

if TYPE_CHECKING:
    import pandas as pd

    from analysis.domains.rules import DomainRules

# Novelty in these fields is read as social innovation too when the text says so; a project
# without stated novelty is not.
_ALSO_NEW = ("environment", "culture")
# A named project in this field is mostly one of residents; activities and upkeep are not.
_PROJECT_FIELDS = ("environment",)


def _said(texts: pd.Series, rules: DomainRules) -> dict[str, pd.Series]:
    """Return, for each kind of signal, the terms that each text holds (empty where none)."""
    import pandas as pd

    code, unique = pd.factorize(normalise(texts))
    table = rules.signals
    found = find_terms(pd.Series(unique, dtype="str"), table["term"])
    found = found.merge(
        table[["signal", "term"]], left_on="term", right_index=True, suffixes=("_id", "")
    )
    result = {}
    for kind in table["signal"].unique():
        words = found[found["signal"] == kind].groupby("text")["term"].agg(", ".join)
        result[str(kind)] = pd.Series(code, index=texts.index).map(words).astype("str").fillna("")
    return result


def read_as_kind(objects: pd.Series, rules: DomainRules) -> pd.Series:
    """Return where the stated object holds words of a known kind of money, whatever the field.

    Args:
        objects: Stated objects as published.
        rules: Rule tables; a kind is a ``signal`` of ``signals.csv`` other than ``public``, which
            is about names.

    Returns:
        True where the object says operating money, investment, event, project or novelty.
    """
    import pandas as pd

    read = pd.Series(False, index=objects.index)
    for kind, words in _said(objects, rules).items():
        if kind != "public":
            read |= words != ""
    return read


def _programmes(
    index: pd.Index, object_hits: pd.DataFrame, rules: DomainRules
) -> tuple[pd.Series, pd.Series]:
    """Return the signal and name of the programme named in each object: the strongest, if several."""
    import pandas as pd

    by_programme = rules.programmes.drop_duplicates("programme").set_index("programme")["si_signal"]
    named = object_hits[object_hits["kind"] == "programme"]
    named = named.assign(signal=named["label"].map(by_programme))
    named = named.assign(
        rank=named["signal"].map({"open": 0, "none": 1, "possible": 2, "clear": 3})
    )
    first = named.sort_values(["row", "rank", "label"], ascending=[True, False, True])
    first = first.drop_duplicates("row").set_index("row")
    rows = pd.Series(np.arange(len(index)), index=index)
    return (
        rows.map(first["signal"]).astype("str").fillna(""),
        rows.map(first["label"]).astype("str").fillna(""),
    )


def signals(
    objects: pd.Series,
    names: pd.Series,
    domain: pd.Series,
    object_hits: pd.DataFrame,
    rules: DomainRules,
) -> tuple[pd.Series, pd.Series]:
    """Judge each row by its stated object, its programme and its domain.

    The first that holds decides:

    1. a programme with a clear signal, or words of novelty in a domain of need: clear;
    2. operating money, investment, event: none;
    3. a programme whose signal is not ``open``: that one;
    4. a project or activity in a domain of social need, or an environmental project: possible;
    5. a stated object of a private body in a domain whose ``stated_object`` is possible: possible;
    6. else none.

    Args:
        objects: Stated objects as published.
        names: Beneficiaries' names, same index.
        domain: Domain of each row, same index.
        object_hits: Found terms of the object layer (:func:`analysis.domains.classify.evidence`).
        rules: Rule tables.

    Returns:
        The signal and its reason, same index.
    """
    import pandas as pd

    said = _said(objects, rules)
    public = _said(names, rules)["public"] != ""
    named = said["named_project"]
    programme, name = _programmes(objects.index, object_hits, rules)
    need = domain.isin(rules.needs)
    can_be_project = need | domain.isin(_PROJECT_FIELDS)
    by_object = rules.domains.set_index("domain")["stated_object"]
    speaks = domain.map(by_object).eq("possible") & (normalise(objects).str.len() > 2) & ~public
    choices: list[tuple[pd.Series, pd.Series | str, pd.Series | str]] = [
        (programme == "clear", "clear", "programme: " + name),
        (
            (said["clear"] != "") & (need | domain.isin(_ALSO_NEW)) & (said["operating"] == ""),
            "clear",
            "novelty: " + said["clear"],
        ),
        (said["operating"] != "", "none", "operating money or transfer: " + said["operating"]),
        (said["investment"] != "", "none", "investment or premium: " + said["investment"]),
        (said["event"] != "", "none", "event: " + said["event"]),
        (~programme.isin(["", "open"]), programme, "programme: " + name),
        ((named != "") & can_be_project, "possible", "project: " + named),
        (
            (said["project"] != "") & need,
            "possible",
            "activity for a social need: " + said["project"],
        ),
        (speaks, "possible", "stated object, neither operating money nor event"),
    ]
    signal = pd.Series("none", index=objects.index, dtype="str")
    why = pd.Series("no project for a social need stated", index=objects.index, dtype="str")
    for holds, value, reason in reversed(choices):
        signal = signal.mask(holds, value)
        why = why.mask(holds, reason)
    return signal, why
