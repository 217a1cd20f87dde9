import numpy as np
import pandas as pd
import pytest

from analysis.domains.shares import correct_shares

CLASSES = ("a", "b", "c", "unknown")
# P(predicted | true)
ERRORS = np.array([[0.8, 0.1, 0.05, 0.05], [0.1, 0.85, 0.05, 0.0], [0.3, 0.1, 0.5, 0.1]])


def sample(truth_shares, rows, seed):
    generator = np.random.default_rng(seed)
    truth = generator.choice(3, size=rows, p=truth_shares)
    predicted = np.array([generator.choice(4, p=ERRORS[t]) for t in truth])
    names = np.array(CLASSES, dtype=object)
    return pd.Series(names[truth], dtype="str"), pd.Series(names[predicted], dtype="str")


@pytest.mark.parametrize("method", ["calibration", "misclassification"])
def test_recovers_the_true_shares(method):
    shares = [0.5, 0.3, 0.2]
    truth_gold, predicted_gold = sample(shares, 1500, 1)
    truth, predicted = sample(shares, 6000, 2)
    frame = correct_shares(predicted, truth_gold, predicted_gold, CLASSES, method=method)
    frame = frame.set_index("domain")
    true = truth.value_counts(normalize=True)
    for name in "abc":
        row = frame.loc[name]
        assert row["low"] <= true[name] <= row["high"]
        assert row["share_corrected"] == pytest.approx(true[name], abs=0.05)
    assert abs(frame.loc["c", "share_observed"] - true["c"]) > 0.05
    assert frame["share_corrected"].sum() == pytest.approx(1)
    assert frame.loc["unknown", "share_corrected"] == pytest.approx(0, abs=1e-9)


def test_misclassification_carries_over_to_another_mix():
    """Labelled rows of one mix, inventory of another: only P(predicted | true) is the same."""
    truth_gold, predicted_gold = sample([0.4, 0.3, 0.3], 3000, 3)
    truth, predicted = sample([0.1, 0.1, 0.8], 6000, 4)
    true = truth.value_counts(normalize=True)["c"]
    corrected = {}
    for method in ("calibration", "misclassification"):
        frame = correct_shares(predicted, truth_gold, predicted_gold, CLASSES, method=method)
        corrected[method] = frame.set_index("domain").loc["c", "share_corrected"]
    assert corrected["misclassification"] == pytest.approx(true, abs=0.06)
    assert abs(corrected["calibration"] - true) > 0.1


def test_small_labelled_sample_gives_a_wide_interval():
    frames = []
    for rows in (60, 2000):
        truth_gold, predicted_gold = sample([0.5, 0.3, 0.2], rows, 5)
        _, predicted = sample([0.5, 0.3, 0.2], 2000, 6)
        frames.append(correct_shares(predicted, truth_gold, predicted_gold, CLASSES))
    widths = [(frame["high"] - frame["low"]).head(3).mean() for frame in frames]
    assert widths[0] > 3 * widths[1]


def test_class_without_labelled_rows_is_not_certain():
    gold = pd.Series(["a"] * 30 + ["b"] * 30)
    predicted_gold = pd.Series(["a"] * 27 + ["b"] * 33)
    frame = correct_shares(pd.Series(["c"] * 10), gold, predicted_gold, CLASSES)
    row = frame.set_index("domain").loc["c"]
    assert row["gold_rows"] == 0
    assert 0 < row["share_corrected"] < 1


def test_weights_are_amounts_and_missing_ones_are_left_out():
    gold = pd.Series(["a", "b"] * 40)
    frame = correct_shares(
        pd.Series(["a", "b", "b"]),
        gold,
        gold,
        CLASSES,
        weights=pd.Series([10.0, 30.0, np.nan]),
    )
    assert frame.set_index("domain").loc["b", "share_observed"] == pytest.approx(0.75)


def test_nothing_to_share():
    gold = pd.Series(["a"])
    with pytest.raises(ValueError, match="nothing"):
        correct_shares(pd.Series([], dtype="str"), gold, gold, CLASSES)
    with pytest.raises(ValueError, match="labelled"):
        correct_shares(gold, gold.head(0), gold.head(0), CLASSES)
    with pytest.raises(ValueError, match="method"):
        correct_shares(gold, gold, gold, CLASSES, method="guess")
