"""How good is the classifier? Measured against the labelled rows, with intervals."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.calls import wilson_interval
from analysis.domains.classify import classify
from analysis.domains.gold import PARTS, city_rows, read_labels
from analysis.domains.rules import UNKNOWN, DomainRules, load_rules

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

# Two-sided 95 %.
_DRAWS = 4000
_SEED = 20231205
MIN_ROWS = 5
# Labels of a later annotator, beside the gold file; the sample's name stands first in label_id.
SECOND_ANNOTATOR = "second_annotator.csv"

# What stands first: each order is the same layers with other weights.
ORDERS: dict[str, dict[str, float]] = {
    "object_first": {},
    "code_first": {"code_share": 20.0, "after_object": 1.0},
    "text_only": {"code_share": 0.0},
    "code_only": {"object_share": 0.0, "name_share": 0.0, "organisation_share": 0.0},
}


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share, see :func:`wilson_interval`.

    Args:
        hits: Rows with the property.
        rows: All rows; 0 gives the whole range.
    """
    if rows == 0:
        return (0.0, 1.0)
    low, high = wilson_interval(hits, rows)
    return float(low[0]), float(high[0])


def confusion(truth: pd.Series, predicted: pd.Series, classes: Sequence[str]) -> Counts:
    """Count rows by true class (first axis) and predicted class (second axis)."""
    position = {name: index for index, name in enumerate(classes)}
    table = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(table, (truth.map(position).to_numpy(), predicted.map(position).to_numpy()), 1)
    return table


def _f1(table: Floats | Counts) -> Floats:
    """Return F1 per class of one table or a stack of tables (0 where a class is nowhere)."""
    hits = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    both = table.sum(axis=-1) + table.sum(axis=-2)
    score: Floats = np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)
    return score


def draws(table: Counts, number: int = _DRAWS, seed: int = _SEED) -> Counts:
    """Draw tables of the same size from a confusion table: the bootstrap of its rows."""
    generator = np.random.default_rng(seed)
    total = int(table.sum())
    cells = generator.multinomial(total, table.ravel() / total, size=number)
    return cells.reshape(number, *table.shape).astype(np.int64)


def _interval(values: Floats) -> dict[str, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return {"low": _round(low), "high": _round(high)}


def _round(value: float) -> float:
    return round(float(value), 4)


def _share(hits: int, rows: int) -> dict[str, Any]:
    low, high = wilson(hits, rows)
    value = _round(hits / rows) if rows else None
    return {"value": value, "low": _round(low), "high": _round(high), "hits": hits, "rows": rows}


def evaluate(truth: pd.Series, predicted: pd.Series, classes: Sequence[str]) -> dict[str, Any]:
    """Score predicted domains.

    Args:
        truth: True domains (rows without one must be left out before).
        predicted: Predicted domains, same index; ``unknown`` counts as wrong.
        classes: All domains, ``unknown`` included.

    Returns:
        ``accuracy`` and each ``recall`` with Wilson intervals; ``macro_f1`` over the domains with at
        least :data:`MIN_ROWS` true rows, with a bootstrap interval (4,000 draws, fixed seed); per
        domain rows, precision, recall and F1; ``confusion`` as the cells that are not empty.
    """
    table = confusion(truth, predicted, classes)
    rows = table.sum(axis=1)
    scored = rows >= MIN_ROWS
    f1 = _f1(table)
    result: dict[str, Any] = {
        "rows": int(table.sum()),
        "accuracy": _share(int(np.trace(table)), int(table.sum())),
        "unknown_rows": int(table[:, list(classes).index(UNKNOWN)].sum()),
    }
    if scored.any():
        macro = _f1(draws(table))[:, scored].mean(axis=1)
        result["macro_f1"] = {"value": _round(f1[scored].mean()), **_interval(macro)}
        result["macro_f1"]["domains"] = int(scored.sum())
    result["per_domain"] = {
        name: {
            "rows": int(rows[index]),
            "predicted": int(table[:, index].sum()),
            "recall": _share(int(table[index, index]), int(rows[index])),
            "precision": _share(int(table[index, index]), int(table[:, index].sum())),
            "f1": _round(f1[index]),
        }
        for index, name in enumerate(classes)
        if rows[index] or table[:, index].any()
    }
    result["confusion"] = [
        {"truth": classes[i], "predicted": classes[j], "rows": int(table[i, j])}
        for i, j in zip(*np.nonzero(table), strict=True)
    ]
    return result


def evaluate_signal(truth: pd.Series, predicted: pd.Series) -> dict[str, Any]:
    """Score the signal as two classes, "clear or possible" against "none".

    Args:
        truth: True signals (clear, possible, none), none missing.
        predicted: Predicted signals, same index.

    Returns:
        ``f1`` with a bootstrap interval, ``precision`` and ``recall`` with Wilson intervals, and
        ``exact`` (all three classes right).
    """
    true_yes, said_yes = truth != "none", predicted != "none"
    pairs = [(a, b) for a in (True, False) for b in (True, False)]
    table = np.array([int(((true_yes == a) & (said_yes == b)).sum()) for a, b in pairs]).reshape(
        2, 2
    )
    f1 = _f1(draws(table))[:, 0]
    return {
        "rows": len(truth),
        "f1": {"value": _round(_f1(table)[0]), **_interval(f1)},
        "precision": _share(int(table[0, 0]), int(table[:, 0].sum())),
        "recall": _share(int(table[0, 0]), int(table[0].sum())),
        "exact": _share(int((truth == predicted).sum()), len(truth)),
    }


def scored_rows(labels_file: Path, mirror: Path, rules: DomainRules | None = None) -> pd.DataFrame:
    """Classify the whole inventories and return the labelled rows with truth and judgement.

    The other rows take part, as they do in use: a beneficiary's other rows are evidence.

    Args:
        labels_file: Gold file.
        mirror: Folder with the publishers' files.
        rules: Rules to use; default those of the package.

    Returns:
        ``label_id, year, part, domain_gold, si_signal_gold, domain, domain_confidence,
        domain_basis, si_signal``.
    """
    labels = read_labels(labels_file)
    rows = city_rows(mirror, sorted(labels["year"].unique().tolist()))
    judged = classify(rows, rules=rules or load_rules())
    kept = ["year", "row_index", "domain", "domain_confidence", "domain_basis", "si_signal"]
    return labels.merge(judged[kept], on=["year", "row_index"], how="left", validate="one_to_one")


def _both(rows: pd.DataFrame, classes: Sequence[str]) -> dict[str, Any]:
    agreed = rows[rows["domain_gold"] != ""]
    signal = rows[rows["si_signal_gold"] != ""]
    return {
        "domain": evaluate(agreed["domain_gold"], agreed["domain"], classes),
        "si_signal": evaluate_signal(signal["si_signal_gold"], signal["si_signal"]),
    }


def _short(result: dict[str, Any]) -> dict[str, Any]:
    """Keep the headline figures of one evaluation."""
    domain = result["domain"]
    return {
        "rows": domain["rows"],
        "accuracy": domain["accuracy"],
        **({"macro_f1": domain["macro_f1"]} if "macro_f1" in domain else {}),
        "si_signal_f1": result["si_signal"]["f1"],
    }


def _second_annotator(labels_file: Path, mirror: Path, rules: DomainRules) -> dict[str, Any]:
    """Score the samples of the second annotator; empty where there is no such file."""
    file = labels_file.with_name(SECOND_ANNOTATOR)
    if not file.is_file():
        return {}
    scored = scored_rows(file, mirror, rules)
    classes = tuple(rules.domains["domain"])
    samples = scored["label_id"].str.partition("-")[0]
    return {str(name): _short(_both(group, classes)) for name, group in scored.groupby(samples)}


def accuracy_report(labels_file: Path, mirror: Path) -> dict[str, Any]:
    """Measure everything that is published about the classifier's accuracy.

    Args:
        labels_file: Gold file.
        mirror: Folder with the publishers' files.

    Returns:
        Plain numbers and texts for ``docs/accuracy/domains.json``: all rows together, by part
        (development, second_look, unseen), by year, by confidence, by order of the evidence, and
        by sample of the second annotator where those labels are beside the gold file.

    Raises:
        InputError: Labels or published files are missing.
    """
    rules = load_rules()
    classes = tuple(rules.domains["domain"])
    rows = scored_rows(labels_file, mirror, rules)
    report: dict[str, Any] = {
        "what": "Domain and social-innovation signal against labelled rows of the City of Brussels",
        "annotators": "two language models reading the text only, not a human panel",
        "labelled_rows": len(rows),
        "without_agreed_domain": int((rows["domain_gold"] == "").sum()),
        "without_agreed_signal": int((rows["si_signal_gold"] == "").sum()),
        "all": _both(rows, classes),
        "by_part": {name: _short(_both(rows[rows["part"] == name], classes)) for name in PARTS},
        "held_out_half": _short(_both(rows[rows["part"] != "development"], classes)),
        "by_year": {
            str(year): _short(_both(group, classes))
            for year, group in rows.groupby("year", sort=True)
        },
    }
    if second := _second_annotator(labels_file, mirror, rules):
        report["second_annotator"] = second
    agreed = rows[rows["domain_gold"] != ""]
    report["by_confidence"] = [
        {
            "from": low,
            "below": high,
            **_share(int((group["domain"] == group["domain_gold"]).sum()), len(group)),
        }
        for low, high in ((0.0, 0.4), (0.4, 0.7), (0.7, 0.9), (0.9, 1.01))
        for group in [agreed[agreed["domain_confidence"].between(low, high, inclusive="left")]]
    ]
    orders = {}
    for name, change in ORDERS.items():
        changed = dataclasses.replace(rules, settings={**rules.settings, **change})
        scored = scored_rows(labels_file, mirror, changed)
        orders[name] = {
            "all": _short(_both(scored, classes)),
            "with_code": _short(_both(scored[scored["year"] != 2019], classes)),
        }
    report["orders"] = orders
    return report
