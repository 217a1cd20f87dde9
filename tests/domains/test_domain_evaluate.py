import numpy as np
import pandas as pd
import pytest

from analysis.domains.evaluate import (
    confusion,
    draws,
    evaluate,
    evaluate_signal,
    wilson,
)

CLASSES = ("a", "b", "c", "unknown")


def test_wilson_agrees_with_the_published_example():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 and 15 of 148."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_confusion_counts_truth_by_prediction():
    truth = pd.Series(["a", "a", "b", "c"])
    predicted = pd.Series(["a", "b", "b", "unknown"])
    assert confusion(truth, predicted, CLASSES).tolist() == [
        [1, 1, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
    ]


def test_scores_by_hand():
    truth = pd.Series(["a"] * 6 + ["b"] * 5 + ["c"])
    predicted = pd.Series(["a"] * 5 + ["b"] + ["b"] * 4 + ["unknown"] + ["c"])
    result = evaluate(truth, predicted, CLASSES)
    assert result["accuracy"]["value"] == pytest.approx(10 / 12, abs=1e-4)
    # a: precision 5/5, recall 5/6; b: precision 4/5, recall 4/5; c has too few rows.
    macro = (2 * 5 / (6 + 5) + 2 * 4 / (5 + 5)) / 2
    assert result["macro_f1"]["value"] == pytest.approx(macro, abs=1e-4)
    assert result["macro_f1"]["domains"] == 2
    assert result["macro_f1"]["low"] < macro < result["macro_f1"]["high"]
    assert result["unknown_rows"] == 1
    assert result["per_domain"]["a"]["recall"]["hits"] == 5
    assert {"truth": "b", "predicted": "unknown", "rows": 1} in result["confusion"]
    assert sum(cell["rows"] for cell in result["confusion"]) == 12


def test_signal_by_hand():
    truth = pd.Series(["clear", "possible", "possible", "none", "none"])
    predicted = pd.Series(["possible", "possible", "none", "clear", "none"])
    result = evaluate_signal(truth, predicted)
    assert result["precision"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["f1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["exact"]["value"] == pytest.approx(2 / 5)


def test_draws_are_repeatable_and_keep_the_size():
    table = np.array([[3, 1], [0, 4]])
    first, second = draws(table, number=50), draws(table, number=50)
    assert (first == second).all()
    assert (first.sum(axis=(1, 2)) == 8).all()
    assert (first[:, 1, 0] == 0).all()
    assert first[:, 0, 0].std() > 0
