"""Measure the matching of names on the publishers' files and write docs/accuracy/match.json.

python benchmarks/accuracy_match.py [--check]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from analysis.files import write_json
from analysis.organisations.accuracy import dropped, report
from analysis.project import mirror_folder

STORED = Path(__file__).resolve().parents[1] / "docs" / "accuracy" / "match.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a figure has dropped")
    options = parser.parse_args()
    measured = report(mirror_folder() / "city-of-brussels")
    if options.check:
        worse = dropped(json.loads(STORED.read_text(encoding="utf-8")), measured)
        raise SystemExit("\n".join(worse) or 0)
    write_json(STORED, measured)
    for split in measured["splits"]:
        print(
            f"{split['register_years']} -> {split['year']}: set apart {split['set_apart']['rows']}, "
            f"found {split['found']['share']:.2%} of {split['found']['of']}, "
            f"precision {split['precision']['share']:.2%}, "
            f"false {split['false_matches']['rows']} of {split['false_matches']['of']}"
        )
    for scorer, split in measured["usual_recipes_on_the_first_split"].items():
        print(
            f"{scorer} at 90: found {split['found']['share']:.2%}, "
            f"precision {split['precision']['share']:.2%}, "
            f"false {split['false_matches']['rows']} of {split['false_matches']['of']}; nothing set "
            f"apart: {split['nothing_set_apart']['found']['share']:.2%} at "
            f"{split['nothing_set_apart']['precision']['share']:.2%}"
        )


if __name__ == "__main__":
    main()
