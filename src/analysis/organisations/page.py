"""The figures of docs/organisations.md, written from the stored measurements, never typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START, END = "<!-- figures: start -->", "<!-- figures: end -->"


def page_with_figures(page: str, accuracy: Path) -> str:
    """Return the page with the figures between its markers renewed.

    Args:
        page: Text of the page.
        accuracy: Folder with ``match.json`` and ``register_benchmarks.json``.
    """
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    matched = json.loads((accuracy / "match.json").read_text(encoding="utf-8"))
    measured = json.loads((accuracy / "register_benchmarks.json").read_text(encoding="utf-8"))
    parts = [_accuracy(matched, measured), _sizes(measured), _comparison(measured)]
    return f"{head}{START}\n\n" + "\n\n".join(parts) + f"\n\n{END}{tail}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _of(figure: dict[str, Any]) -> str:
    low, high = figure["interval_95"] or (None, None)
    return (
        f"{_percent(figure['share'])} ({figure['rows']:,} of {figure['of']:,}; "
        f"{_percent(low)} to {_percent(high)})"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _accuracy(matched: dict[str, Any], measured: dict[str, Any]) -> str:
    def row(label: str, split: dict[str, Any]) -> list[str]:
        return [
            label,
            f"{split['rows']:,}",
            str(split["set_apart"]["rows"]),
            _of(split["found"]),
            _of(split["precision"]),
            _of(split["false_matches"]),
        ]

    head = [
        "Register → looked up",
        "Rows",
        "Set apart",
        "Found, of those in the register",
        "Right, of the matches",
        "Matched, of those not in it",
    ]
    splits = [
        row(f"{', '.join(map(str, split['register_years']))} → {split['year']}", split)
        for split in matched["splits"]
    ]
    usual = [
        row(f"rapidfuzz {scorer} at 90", split)
        for scorer, split in matched["usual_recipes_on_the_first_split"].items()
    ]
    rival = measured["comparison"].get("splink on the City files")
    if rival:
        usual.append(row("Splink, cut-off chosen afterwards", rival))
    first = matched["splits"][0]["nothing_set_apart"]
    return "\n\n".join(
        [
            f"{matched['source']}. Intervals: 95 %, Wilson.",
            _table(head, splits),
            "With nothing set apart, the first split finds "
            f"{_of(first['found'])} of the rows in the register; of the matches "
            f"{_of(first['precision'])} carry the publisher's number.",
            "Others on the first split, same rows set apart:",
            _table(head, usual),
        ]
    )


def _sizes(measured: dict[str, Any]) -> str:
    full, machine = measured["full_size"], measured["machine"]
    build, found, match = full["build"], full["look-up"], full["match"]
    return "\n\n".join(
        [
            f"Full size, synthetic extract ({machine['cores']} cores, load at the start "
            f"{machine['load_at_start']}):",
            _table(
                ["Step", "Time", "Peak memory", "Result"],
                [
                    [
                        "build from the ZIP",
                        f"{build['seconds']:.0f} s",
                        f"{build['peak_mb'] / 1000:.1f} GB",
                        f"{build['organisations']:,} organisations, {build['names']:,} names, "
                        f"store {build['store_mb']:,.0f} MB",
                    ],
                    [
                        "open and look one number up",
                        f"{found['median_ms']:.0f} ms (95 % within {found['p95_ms']:.0f} ms)",
                        "",
                        f"{found['times']} numbers",
                    ],
                    [
                        f"look up {match['names']:,} names",
                        f"{match['seconds']:.0f} s",
                        f"{match['peak_mb'] / 1000:.1f} GB",
                        f"found {_percent(match['found'])}, right "
                        f"{_percent(match['precision'])} of the matches, review "
                        f"{_percent(match['review'])}",
                    ],
                ],
            ),
        ]
    )


def _comparison(measured: dict[str, Any]) -> str:
    compared = measured["comparison"]
    rows = []
    for label, key in (
        ("this package", "ours"),
        ("Splink (DuckDB)", "splink"),
        ("rapidfuzz WRatio, every name", "WRatio"),
        ("rapidfuzz token_sort_ratio, every name", "token_sort_ratio"),
    ):
        result = compared[key]
        usual = result.get("at_90")
        rows.append(
            [
                label,
                f"{result.get('seconds_for_all_names', result['seconds']):.0f} s"
                + (" (carried up)" if "seconds_for_all_names" in result else ""),
                f"{result['peak_mb'] / 1000:.1f} GB",
                *(
                    _percent(result[figure])
                    for figure in ("found", "precision", "false_matches_of_absent")
                ),
                f"{_percent(usual['found'])} at {_percent(usual['precision'])}" if usual else "",
            ]
        )
    return "\n\n".join(
        [
            f"Against others: {compared['names']:,} disturbed names (one typing error, other order, "
            f"form added, absent) against {compared['register']['names']:,} synthetic names, in one "
            "run. The others get our normalised words and the cut-off that serves them best, chosen "
            "afterwards; rapidfuzz compares "
            f"{compared['WRatio']['names_compared']} names, its time is carried up to all.",
            _table(
                [
                    "",
                    "Time",
                    "Peak memory",
                    "Found",
                    "Right, of the matches",
                    "Matched, of the absent",
                    "At the usual cut-off of 90",
                ],
                rows,
            ),
        ]
    )
