"""Bootstrap by counts: how often each unit is drawn, instead of copies of the units.

A statistic that takes weights can be computed for many resamples at once from a matrix of counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEED = 20231205  # the day of the paper; any fixed number serves
DRAWS = 2000
_CELLS_AT_ONCE = 4_000_000


def draw_counts(units: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[Floats]:
    """Draw ``units`` units with replacement, ``draws`` times.

    Args:
        units: Number of units (count).
        draws: Number of resamples (count).
        seed: Seed of the generator; the same seed gives the same draws.

    Yields:
        Blocks of rows, one row a resample: how often each unit was drawn (counts, each row adds
        up to ``units``).

    Raises:
        ValueError: There is nothing to draw from.
    """
    if units < 1 or draws < 1:
        raise ValueError("nothing to draw: units and draws must be at least one")
    generator = np.random.default_rng(seed)
    block = max(1, _CELLS_AT_ONCE // units)
    for start in range(0, draws, block):
        size = min(block, draws - start)
        yield generator.multinomial(units, np.full(units, 1 / units), size).astype(float)


def percentile_interval(
    statistic: Callable[[Floats], Floats],
    units: int,
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Return the percentile bootstrap interval of one statistic or several.

    Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 13. With few units the
    interval is too narrow; with one it has no width: callers show the number of units.

    Args:
        statistic: Takes a block of counts (resamples × units), gives one value (or one row of
            values) a resample; not-a-number where it is not defined.
        units: Number of units (count).
        draws: Number of resamples (count).
        seed: Seed of the generator.
        level: Share of resamples within (0-1).

    Returns:
        Low and high; resamples in which the statistic is not defined are left out, and both are
        missing when more than one in twenty are.
    """
    values = np.concatenate([statistic(block) for block in draw_counts(units, draws, seed)])
    tail = (1 - level) / 2
    usable = np.isfinite(values).mean(axis=0) >= 0.95
    masked = np.where(np.isfinite(values), values, np.nan)
    masked = np.where(usable, masked, 0.0)
    low, high = np.nanquantile(masked, [tail, 1 - tail], axis=0)
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan)
