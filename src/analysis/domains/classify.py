"""Give each award a domain and a social-innovation signal, and say why.

Four layers of evidence add points to domains; the domain with most points wins. Every layer is a
rule file that can be edited (:mod:`analysis.domains.rules`); nothing is learnt from labels.

1. *object*: terms in the stated object and title, and named programmes,
2. *name*: terms in the beneficiary's name, and known organisations,
3. *code*: the official function inside the budget article,
4. *peer*: what the same beneficiary's other rows say, used only where the object says little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.domains.matching import find_terms, normalise
from analysis.domains.rules import OTHER, UNKNOWN, DomainRules, load_rules
from analysis.errors import Fault, InputError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Scores = npt.NDArray[np.float64]

ADDED = ("domain", "domain_basis", "domain_confidence", "domain_reason", "si_signal", "si_reason")
Layer = Literal["object", "name", "code", "peer"]
_BASIS = {
    "object": "object_terms",
    "programme": "programme",
    "name": "name_terms",
    "organisation": "organisation",
    "code": "functional_code",
    "peer": "same_beneficiary",
}
_TITLES = {
    "object": {"programme": "programme", "object": "terms"},
    "name": {"organisation": "organisation", "name": "name"},
}


def _column(awards: pd.DataFrame, name: str) -> pd.Series:
    """Return a text column, empty where the table lacks it."""
    import pandas as pd

    if name in awards.columns:
        return awards[name].astype("str").fillna("")
    return pd.Series("", index=awards.index, dtype="str")


def _stated_object(awards: pd.DataFrame) -> pd.Series:
    """Return the object as published; its two halves only where the whole is missing."""
    whole = _column(awards, "object")
    halves = (_column(awards, "object_fr") + " / " + _column(awards, "object_nl")).str.strip(" /")
    return whole.where(whole.str.strip() != "", halves)


def _points(hits: pd.DataFrame, texts: int, domains: tuple[str, ...]) -> Scores:
    """Sum the weights per text and domain.

    A text often says the same twice, in French and in Dutch: the stronger language counts, not
    their sum. Of several terms of one domain at the same word the heaviest counts.
    """
    hits = hits.sort_values("weight", ascending=False, kind="stable")
    order = {domain: position for position, domain in enumerate(domains)}
    by_language = []
    for language in ("fr", "nl"):
        part = hits[hits["language"].isin([language, "any"])]
        part = part.drop_duplicates(["text", "domain", "start"])
        scores = np.zeros((texts, len(order)))
        columns = part["domain"].map(order).to_numpy(dtype="int64")
        np.add.at(
            scores, (part["text"].to_numpy(dtype="int64"), columns), part["weight"].to_numpy()
        )
        by_language.append(scores)
    return np.maximum(*by_language)


def _term_scores(
    texts: pd.Series, where: Literal["object", "name"], rules: DomainRules
) -> tuple[Scores, pd.DataFrame]:
    """Score unique texts against the terms and the programmes (object) or organisations (name).

    A programme adds to the terms beside it. A known organisation and the words of its name are the
    same evidence: the stronger counts.
    """
    import pandas as pd

    settings = rules.settings
    chosen = rules.terms[rules.terms["where"].isin([where, "both"])]
    table = chosen[["domain", "language", "term", "weight"]].assign(
        kind=where, label=chosen["term"]
    )
    if where == "object":
        named = rules.programmes.assign(kind="programme", label=rules.programmes["programme"])
    else:
        named = rules.organisations.rename(columns={"name": "term"})
        named = named.assign(language="any", kind="organisation", label=named["term"])
    columns = ["domain", "language", "term", "weight", "kind", "label"]
    table = pd.concat([table[columns], named[columns]], ignore_index=True)
    table["weight"] *= table["kind"].map(
        {
            "object": settings["object_share"],
            "programme": settings["object_share"],
            "name": settings["name_share"],
            "organisation": settings["organisation_share"],
        }
    )
    hits = find_terms(texts, table["term"])
    hits = hits.merge(table, left_on="term", right_index=True, suffixes=("_id", ""))
    is_named = hits["kind"].isin(["programme", "organisation"])
    # However many of its spellings are there, a programme or organisation is one piece of evidence.
    once = ["text", "kind", "label", "language"] if where == "object" else ["text", "domain"]
    best = hits[is_named].sort_values(["text", "weight", "start"], ascending=[True, False, True])
    best = best.drop_duplicates(once)
    by_words = _points(hits[~is_named], len(texts), rules.choices)
    by_name = _points(best, len(texts), rules.choices)
    scores = by_words + by_name if where == "object" else np.maximum(by_words, by_name)
    return np.minimum(scores, settings["layer_cap"]), pd.concat([hits[~is_named], best])


def functional_code(awards: pd.DataFrame, rules: DomainRules) -> pd.Series:
    """Return the longest known function at the start of the budget article, empty where none.

    Codes with a scope count only for the funder that uses them so; ``budget_function`` goes before
    ``budget_article``.
    """
    import pandas as pd

    given = _column(awards, "budget_function")
    article = given.where(given.str.strip() != "", _column(awards, "budget_article"))
    digits = article.str.extract(r"^\s*(\d{3,5})(?!\d)", expand=False).fillna("")
    # An article written without a separator: five digits of function, five of economic code.
    joined = article.str.extract(r"^\s*(\d{5})\d{4,6}(?!\d)", expand=False).fillna("")
    digits = digits.where(digits != "", joined)
    funder = normalise(_column(awards, "funder_id"))
    found = pd.Series("", index=awards.index, dtype="str")
    codes = rules.functional_codes
    general = set(codes.loc[codes["scope"] == "belgium", "code"])
    short = digits.str[:3]
    found = found.mask(short.isin(general), short)
    for scope, part in codes[codes["scope"] != "belgium"].groupby("scope"):
        theirs = pd.Series(False, index=awards.index)
        for words in str(scope).split("|"):
            has = [funder.str.contains(rf"\b{word}\b", regex=True) for word in words.split()]
            theirs |= np.logical_and.reduce(has)
        found = found.mask(theirs & digits.isin(set(part["code"])), digits)
    return found


def _code_scores(codes: pd.Series, rules: DomainRules) -> Scores:
    order = {domain: position for position, domain in enumerate(rules.choices)}
    table = rules.functional_codes.set_index("code")
    scores = np.zeros((len(codes), len(order)))
    known = np.flatnonzero((codes != "").to_numpy())
    chosen = codes.iloc[known]
    columns = chosen.map(table["domain"].map(order)).to_numpy(dtype="int64")
    scores[known, columns] = chosen.map(table["weight"]).to_numpy(dtype="float64")
    return scores


def beneficiary_key(awards: pd.DataFrame) -> pd.Series:
    """Return what tells beneficiaries apart: the name without signs and abbreviations.

    Not the enterprise number: in published inventories one number stands beside unrelated names.
    The number serves only where there is no name.
    """
    name = normalise(_column(awards, "beneficiary_name"))
    name = name.str.replace(r" (?:en abrege|afgekort|in het kort|en abr)\b.*$", "", regex=True)
    number = _column(awards, "beneficiary_id").str.extract(r"(\d{10})$", expand=False).fillna("")
    return name.where(name != "", number)


def _peer_scores(own: Scores, keys: pd.Series) -> Scores:
    """Return the mean score of the other rows of the same beneficiary, zero where there are none."""
    import pandas as pd

    groups, _ = pd.factorize(keys)
    size = int(groups.max()) + 1 if len(groups) else 0
    sums = np.zeros((size, own.shape[1]))
    np.add.at(sums, groups, own)
    counts = np.bincount(groups, minlength=size)[groups]
    others = np.maximum(counts - 1, 1)[:, None]
    peers = (sums[groups] - own) / others
    peers[((counts < 2) | (keys == "").to_numpy())] = 0.0
    return peers


def evidence(
    awards: pd.DataFrame, rules: DomainRules
) -> tuple[dict[str, Scores], dict[str, pd.DataFrame]]:
    """Collect the points of every layer.

    Args:
        awards: Award table of the ingest contract; columns may be missing.
        rules: From :func:`analysis.domains.rules.load_rules`.

    Returns:
        Points per layer (rows x domains, weighted), and the found terms per text layer with
        ``row`` (position in ``awards``), ``kind``, ``label``, ``domain``, ``weight``, ``start``.
    """
    import pandas as pd

    settings = rules.settings
    texts: dict[Literal["object", "name"], pd.Series] = {
        "object": normalise(_stated_object(awards) + " / " + _column(awards, "title")),
        "name": normalise(_column(awards, "beneficiary_name")),
    }
    layers: dict[str, Scores] = {}
    hits: dict[str, pd.DataFrame] = {}
    for where, column in texts.items():
        # Objects and names repeat much: read each different text once.
        code, unique = pd.factorize(column)
        scores, found = _term_scores(pd.Series(unique, dtype="str"), where, rules)
        layers[where] = scores[code]
        positions = pd.DataFrame({"text": code, "row": np.arange(len(awards))})
        hits[where] = found.merge(positions, on="text")
    layers["code"] = _code_scores(functional_code(awards, rules), rules) * settings["code_share"]
    peers = _peer_scores(layers["object"] + layers["code"], beneficiary_key(awards))
    best = layers["object"].max(axis=1, initial=0.0)
    # Codebook: the stated object first, the beneficiary's known field second.
    damped = np.where(best >= settings["object_speaks"], settings["after_object"], 1.0)[:, None]
    silent = best < settings["object_silent"]
    layers["name"] = layers["name"] * damped
    layers["code"] = layers["code"] * damped
    layers["peer"] = (
        np.minimum(peers * settings["peer_share"], settings["peer_cap"]) * silent[:, None]
    )
    return layers, hits


def _reasons(
    awards: pd.DataFrame,
    winner: npt.NDArray[np.int64],
    layers: dict[str, Scores],
    hits: dict[str, pd.DataFrame],
    rules: DomainRules,
) -> tuple[pd.Series, pd.Series]:
    """Say which evidence spoke for the winning domain, and which kind weighed most."""
    import pandas as pd

    order = {domain: position for position, domain in enumerate(rules.choices)}
    rows = np.arange(len(awards))
    basis = pd.Series("none", index=rows, dtype="str")
    best = np.zeros(len(awards))
    reason = pd.Series("", index=rows, dtype="str")

    def weigh(layer: str, kinds: pd.Series) -> None:
        nonlocal basis, best
        points = layers[layer][rows, winner]
        basis = basis.mask(points > best, kinds)
        best = np.maximum(best, points)

    def tell(said: pd.Series) -> None:
        nonlocal reason
        text = said.reindex(rows).astype("str").fillna("")
        reason = reason + np.where((reason != "") & (text != ""), "; ", "") + text

    for layer, found in hits.items():
        mine = found[found["domain"].map(order).to_numpy() == winner[found["row"].to_numpy()]]
        mine = mine[mine["weight"] > 0].sort_values(["row", "start", "label"])
        mine = mine.drop_duplicates(["row", "kind", "label"])
        for kind, title in _TITLES[layer].items():
            labels = mine[mine["kind"] == kind].groupby("row")["label"].agg(", ".join)
            tell(f"{title}: " + labels.astype("str"))
        strongest = mine.sort_values(["row", "weight"], ascending=[True, False], kind="stable")
        kinds = strongest.drop_duplicates("row").set_index("row")["kind"].map(_BASIS)
        weigh(layer, kinds.reindex(rows).astype("str").fillna("none"))
    codes = functional_code(awards, rules)
    names = rules.functional_codes.set_index("code")["label_fr"]
    known = codes[layers["code"][rows, winner] > 0]
    tell("function " + known + " " + known.map(names).astype("str"))
    weigh("code", pd.Series(_BASIS["code"], index=rows, dtype="str"))
    by_peers = rows[layers["peer"][rows, winner] > 0]
    tell(pd.Series("other rows of the same beneficiary", index=by_peers, dtype="str"))
    weigh("peer", pd.Series(_BASIS["peer"], index=rows, dtype="str"))
    return reason, basis


def _check_input(awards: pd.DataFrame, file: str) -> None:
    if not {"beneficiary_name", "object", "object_fr", "object_nl"} & set(awards.columns):
        raise InputError(
            f"{file} cannot be classified: it has no column to read a domain from.",
            [Fault(file, "there must be a column beneficiary_name or object")],
        )
    if taken := [column for column in ADDED if column in awards.columns]:
        raise InputError(
            f"{file} already has the column(s) {', '.join(taken)}: give the table without them, "
            "or it would not be clear which judgement is which.",
        )


def classify(
    awards: pd.DataFrame, *, rules: DomainRules | None = None, file: str = "awards"
) -> pd.DataFrame:
    """Add domain and social-innovation signal to every award.

    Args:
        awards: Award table of the ingest contract; every column and row is kept as it is. Only
            ``beneficiary_name`` or ``object`` (or ``object_fr``/``object_nl``) is needed;
            ``title``, ``budget_article``, ``budget_function``, ``beneficiary_id`` and
            ``funder_id`` are used where present.
        rules: Rule tables (:func:`analysis.domains.rules.load_rules`); default the package's.
        file: Name of the table in messages.

    Returns:
        The table with ``domain`` (a domain of ``domains.csv``; ``other`` when the object says
        what kind of money it is (operating, project, event) but neither it nor the beneficiary
        points to a field; ``unknown`` when there is nothing that can be read or the evidence is
        divided), ``domain_basis`` (the kind of evidence that weighed most),
        ``domain_confidence`` (0 to 1, from the score differences: not a probability),
        ``domain_reason`` (the evidence in words), ``si_signal`` (clear, possible, none) and
        ``si_reason``.

    Raises:
        InputError: There is nothing to read a domain from, or the columns are already there.
    """
    import pandas as pd

    from analysis.domains.signals import read_as_kind, signals

    _check_input(awards, file)
    rules = rules or load_rules()
    settings = rules.settings
    table = awards.reset_index(drop=True)
    layers, hits = evidence(table, rules)
    total: Scores = sum(layers.values(), np.zeros((len(table), len(rules.choices))))
    winner = total.argmax(axis=1)
    top = total.max(axis=1, initial=0.0)
    spread = np.exp((total - top[:, None]) / settings["softness"])
    confidence = 1 / spread.sum(axis=1)
    names = np.array(rules.choices, dtype=object)
    sure = (top >= settings["min_score"]) & (confidence >= settings["min_confidence"])
    reason, basis = _reasons(table, winner, layers, hits, rules)
    domain = pd.Series(np.where(sure, names[winner], UNKNOWN), dtype="str")
    unsure = "not sure enough between " + _runners(total, names) + " (" + reason + ")"
    reason = reason.where(sure, unsure).mask(top <= 0, "no evidence found")
    # Codebook: what was read and cannot be told is "other". Words of no language or kind that the
    # rules know were not read: they stay "unknown", like divided evidence.
    named = normalise(_column(table, "beneficiary_name")) != ""
    untold = named & read_as_kind(_stated_object(table), rules) & (top < settings["min_score"])
    domain = domain.mask(untold, OTHER)
    reason = reason.mask(untold, "read, but nothing in it points to a field (codebook: other)")
    signal, why = signals(
        _stated_object(table), _column(table, "beneficiary_name"), domain, hits["object"], rules
    )
    result = awards.copy()
    added = {
        "domain": domain,
        "domain_basis": basis.where(top > 0, "none"),
        "domain_confidence": np.where(top > 0, confidence.round(3), 0.0),
        "domain_reason": reason,
        "si_signal": signal,
        "si_reason": why,
    }
    for column, values in added.items():
        result[column] = pd.Series(values, index=table.index).array
    return result


def _runners(total: Scores, names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Name the two domains with most points."""
    second = np.argsort(-total, axis=1, kind="stable")[:, :2]
    both: npt.NDArray[np.object_] = names[second[:, 0]] + " and " + names[second[:, 1]]
    return both
