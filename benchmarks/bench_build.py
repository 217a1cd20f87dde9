"""How long a build of the tables takes, and how quickly an unchanged one is recognised.

Baseline: reading the same raw tables with pandas and writing them again, without any check.
Each figure is the median of several whole processes, imports included.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 3

BASELINE = """
import sys, pathlib, pandas as pd
raw, out = map(pathlib.Path, sys.argv[1:])
for path in raw.glob("evidence/*.csv"):
    pd.read_csv(path, dtype=str, keep_default_na=False).to_csv(out / path.name, index=False)
"""


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start


def main() -> None:
    full, again, base, bare, demands = [], [], [], [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            build = [sys.executable, "-m", "analysis", "build", "--out", str(out / "built")]
            (out / "base").mkdir()
            base.append(
                seconds([sys.executable, "-c", BASELINE, str(ROOT / "data/raw"), str(out / "base")])
            )
            full.append(seconds(build))
            again.append(seconds(build))
            bare.append(seconds([sys.executable, "-m", "analysis", "--help"]))
            demands.append(seconds([sys.executable, "-m", "analysis", "demands"]))
    medians = {
        "full_build_s": statistics.median(full),
        "unchanged_build_s": statistics.median(again),
        "help_s": statistics.median(bare),
        "demands_s": statistics.median(demands),
        "baseline_pandas_copy_s": statistics.median(base),
    }
    medians["full_build_over_baseline"] = (
        medians["full_build_s"] / medians["baseline_pandas_copy_s"]
    )
    medians["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({name: round(value, 2) for name, value in medians.items()}, indent=2))


if __name__ == "__main__":
    main()
