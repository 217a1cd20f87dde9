"""How long the dossier takes, and how soon a reader sees its first page.

Baseline: opening the same charts' pictures and reading the same tables, without writing anything.
Each figure is the median of several whole processes, imports included; the first view is measured
in Chromium from a file, where there is one.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 3

BASELINE = """
import pathlib
from analysis.tables import load
root = pathlib.Path.cwd()
load(root / "data/processed")
for path in sorted((root / "reports").glob("*/charts/*.column.png")):
    path.read_bytes()
"""
FIRST_VIEW = """
import statistics, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    browser = driver.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox", "--disable-gpu"])
    seen = []
    for _ in range(5):
        page = browser.new_context().new_page()
        page.goto(sys.argv[2])
        # Laid out and usable: scripts have run. Pictures below the fold load when they are reached.
        seen.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
        page.context.close()
    print(statistics.median(seen) / 1000)
"""


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - start


def main() -> None:
    analysis = [sys.executable, "-m", "analysis", "report"]
    baseline = [seconds([sys.executable, "-c", BASELINE]) for _ in range(RUNS)]
    whole = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as out:
            whole.append(seconds([*analysis, "--out", out]))
    found = {
        "baseline_s": statistics.median(baseline),
        "all_formats_three_languages_s": statistics.median(whole),
        "unchanged_report_s": statistics.median(seconds(analysis) for _ in range(RUNS)),
    }
    text = ROOT / "src/analysis/texts/charts/advice-offer.yaml"
    before = text.read_text("utf-8")
    try:
        text.write_text(before.replace('nl: "Aantal', 'nl: "Het aantal', 1), "utf-8")
        found["one_dutch_text_of_a_chart_s"] = seconds(analysis)
    finally:
        text.write_text(before, "utf-8")
        seconds(analysis)
    found["all_formats_over_baseline"] = (
        found["all_formats_three_languages_s"] / found["baseline_s"]
    )
    found["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser:
        for name in ("nl/index.html", "nl/demands/S1.html", "nl/programmes.html"):
            page = (ROOT / "reports" / name).as_uri()
            done = subprocess.run([sys.executable, "-c", FIRST_VIEW, browser, page], check=True, capture_output=True, text=True)  # fmt: skip
            found[f"first_view_{name}_s"] = float(done.stdout)
    print(json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2))


if __name__ == "__main__":
    main()
