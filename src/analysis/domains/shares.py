"""Carry classification error into a share: corrected shares with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.domains.evaluate import confusion, draws
from analysis.domains.rules import UNKNOWN

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

Method = Literal["calibration", "misclassification"]
_STEPS = 500


def _smoothed(tables: Counts, can_be_true: npt.NDArray[np.bool_]) -> Floats:
    """Spread one pseudo-row over each predicted class, so that an unseen class is not certain.

    Its diagonal part is the table's accuracy, the rest follows the true classes; ``unknown`` cannot
    be true and has no diagonal part.
    """
    whole = tables.sum(axis=(-2, -1), keepdims=True)
    hits = np.trace(tables, axis1=-2, axis2=-1)[..., None, None] / whole
    truth = tables.sum(axis=-1, keepdims=True) / whole
    # A table without a mistake still has to say where a predicted "unknown" may belong.
    misses = np.maximum(1 - hits, 1e-9)
    prior = hits * np.diag(can_be_true) + misses * truth
    smoothed: Floats = tables + prior / prior.sum(axis=-2, keepdims=True)
    return smoothed


def _calibrate(tables: Floats, observed: Floats) -> Floats:
    """Return the true shares: observed shares times P(true | predicted)."""
    given_predicted = tables / tables.sum(axis=-2, keepdims=True)
    return np.asarray(given_predicted @ observed, dtype=np.float64)


def _unmix(tables: Floats, observed: Floats) -> Floats:
    """Return the true shares that explain the observed ones best, given P(predicted | true).

    Maximum likelihood by expectation-maximisation: shares stay between 0 and 1 and sum to 1, which
    inverting the matrix does not assure.
    """
    rows = tables.sum(axis=-1, keepdims=True)
    given_true = np.divide(tables, rows, out=np.zeros_like(tables), where=rows > 0)
    seen = rows[..., 0] > 0
    shares = seen / seen.sum(axis=-1, keepdims=True)
    for _ in range(_STEPS):
        mixed = (given_true * shares[..., None]).sum(axis=-2)
        ratio = np.divide(observed, mixed, out=np.zeros_like(mixed), where=mixed > 0)
        shares = shares * (given_true @ ratio[..., None])[..., 0]
        shares = shares / shares.sum(axis=-1, keepdims=True)
    return np.asarray(shares, dtype=np.float64)


def correct_shares(
    predicted: pd.Series,
    truth_gold: pd.Series,
    predicted_gold: pd.Series,
    classes: Sequence[str],
    *,
    weights: pd.Series | None = None,
    method: Method = "calibration",
) -> pd.DataFrame:
    """Correct the share of each domain for classification error.

    ``calibration`` (default) multiplies the observed shares by P(true | predicted) of the labelled
    rows: right and least variable where these are a random sample of the same inventories (double
    sampling, Tenenbein 1970, Journal of the American Statistical Association 65, 1350-1361).
    ``misclassification`` uses P(predicted | true), which carries over better to another publisher
    with another mix of domains, at the price of wider intervals (Buonaccorsi 2010, Measurement
    Error, ch. 2-3). The interval holds the uncertainty of the labelled sample only (95 %, bootstrap
    of the confusion table, fixed seed): an inventory that is complete has no sampling error itself.
    Labels are taken as the truth, and with ``weights`` errors as unrelated to the amount within a
    predicted domain: set large public transfers apart first.

    Args:
        predicted: Predicted domain of every row of the inventory.
        truth_gold: True domains of the labelled rows (agreed ones only).
        predicted_gold: Their predicted domains, same index.
        classes: All domains, ``unknown`` included.
        weights: Amount of each row, EUR, same index as ``predicted``; without it rows are counted.
            Missing amounts are left out, not taken as zero.
        method: See above.

    Returns:
        One row a class in their order: ``domain``, ``share_observed``, ``share_corrected``,
        ``low``, ``high`` (shares, 0 to 1) and ``gold_rows`` (labelled rows predicted so). The true
        share of ``unknown`` is 0: every row has a domain.

    Raises:
        ValueError: Nothing to take shares of, no labelled rows, or a method that does not exist.
    """
    import pandas as pd

    if method not in ("calibration", "misclassification"):
        raise ValueError(f"unknown method {method!r}: calibration or misclassification")
    amount = pd.Series(1.0, index=predicted.index) if weights is None else weights.astype("float64")
    sums = amount.groupby(predicted).sum(min_count=1)
    totals = pd.Series(list(classes)).map(sums).fillna(0.0).to_numpy(dtype="float64")
    if not totals.sum() > 0:
        raise ValueError("there is nothing to take shares of: no rows or no positive amount")
    if truth_gold.empty:
        raise ValueError("there are no labelled rows to correct with")
    observed = totals / totals.sum()
    table = confusion(truth_gold, predicted_gold, classes)
    sampled = draws(table)
    if method == "calibration":
        can_be_true = np.array([name != UNKNOWN for name in classes])
        corrected = _calibrate(_smoothed(table, can_be_true), observed)
        spread = _calibrate(_smoothed(sampled, can_be_true), observed)
    else:
        corrected = _unmix(table.astype(np.float64), observed)
        spread = _unmix(sampled.astype(np.float64), observed)
    low, high = np.percentile(spread, [2.5, 97.5], axis=0)
    frame = pd.DataFrame(
        {
            "domain": list(classes),
            "share_observed": observed,
            "share_corrected": corrected,
            "low": low,
            "high": high,
            "gold_rows": table.sum(axis=0),
        }
    )
    # The percentile interval of a small cell may miss its own estimate.
    frame["low"] = frame[["low", "share_corrected"]].min(axis=1)
    frame["high"] = frame[["high", "share_corrected"]].max(axis=1)
    return frame[(frame["domain"] != UNKNOWN) | (frame["share_observed"] > 0)].reset_index(
        drop=True
    )
