"""How well do two readers of the same pages agree? Blind recoding against the tables.

A random sample of programmes was coded a second time without seeing the first codes
(``data/raw/recoding``). Agreement is given per column: share of equal codes and Cohen's kappa,
which takes out the agreement that chance alone would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

import pandas as pd

from analysis.coverage import LEGAL_FORMS, STAGES
from analysis.errors import Fault, InputError
from analysis.tables import Tables

CODES = ("yes", "no", "unknown")
COLUMNS = (*(f"stage_{stage}" for stage in STAGES), *(f"open_{form}" for form in LEGAL_FORMS))
_Z = 1.959963984540054


def paired_codes(tables: Tables, recoding: pd.DataFrame) -> pd.DataFrame:
    """Put the codes of the tables beside those of the recoding.

    Args:
        tables: Checked tables (``programme_stages``, ``programme_legal_forms``).
        recoding: Wide text frame: programme_id and the columns of :data:`COLUMNS`.

    Returns:
        programme_id, column, first (code of the tables), second (code of the recoding); sorted.

    Raises:
        InputError: A programme is not in the tables, or a code is no yes/no/unknown.
    """
    first = pd.concat(
        [
            tables["programme_stages"].assign(
                column=lambda f: "stage_" + f["stage"], first=lambda f: f["supports"]
            ),
            tables["programme_legal_forms"].assign(
                column=lambda f: "open_" + f["legal_form"], first=lambda f: f["open_to"]
            ),
        ]
    )[["programme_id", "column", "first"]]
    second = recoding.melt("programme_id", list(COLUMNS), "column", "second")
    strange = second[~second["second"].isin(CODES)]
    lost = second[~second["programme_id"].isin(first["programme_id"])]
    faults = [
        Fault("recoding.csv", "must be yes, no or unknown", row, column, value)
        for row, column, value in strange.itertuples(index=False, name=None)
    ] + [
        Fault("recoding.csv", "no such programme; remove the line", row)
        for row in sorted(set(lost["programme_id"]))
    ]
    if faults:
        raise InputError("The recoding cannot be compared:", faults)
    pairs = second.merge(first, on=["programme_id", "column"], validate="one_to_one")
    return pairs.sort_values(["column", "programme_id"], ignore_index=True)[
        ["programme_id", "column", "first", "second"]
    ]


def kappa(first: pd.Series, second: pd.Series) -> tuple[float | None, float | None, float | None]:
    """Return Cohen's kappa with its 95 % interval.

    Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and Psychological
    Measurement 20, 37-46; large-sample variance of Fleiss, Cohen and Everitt (1969), Large sample
    standard errors of kappa and weighted kappa, Psychological Bulletin 72, 323-327.

    Returns:
        kappa, low, high (at most 1); three times None when chance alone gives full agreement.
    """
    n = len(first)
    counts = pd.crosstab(
        pd.Categorical(first, CODES), pd.Categorical(second, CODES), dropna=False
    ).reindex(index=list(CODES), columns=list(CODES), fill_value=0)
    share = counts.to_numpy() / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float(share.trace()), float(rows @ columns)
    if chance >= 1:
        return None, None, None
    value = (observed - chance) / (1 - chance)
    same = sum(
        share[i, i] * ((1 - chance) - (rows[i] + columns[i]) * (1 - observed)) ** 2
        for i in range(len(CODES))
    )
    other = sum(
        share[i, j] * (columns[i] + rows[j]) ** 2
        for i in range(len(CODES))
        for j in range(len(CODES))
        if i != j
    )
    variance = (
        same + (1 - observed) ** 2 * other - (observed * chance - 2 * chance + observed) ** 2
    ) / (n * (1 - chance) ** 4)
    error = sqrt(max(variance, 0.0))
    return value, max(-1.0, value - _Z * error), min(1.0, value + _Z * error)


def agreement(tables: Tables, recoding: pd.DataFrame) -> pd.DataFrame:
    """Say for each column, and for stages and legal forms together, how well two codings agree.

    Args:
        tables: Checked tables.
        recoding: Wide text frame, see :func:`paired_codes`.

    Returns:
        column (the last two rows: ``all stages``, ``all legal forms``), programmes (count),
        agree_percent (0-100), kappa, kappa_low, kappa_high, kappa_yes (yes against all else), opposite (count of yes
        against no),
        first_unknown_percent, second_unknown_percent (0-100). The rows of all columns treat the
        cells of a programme as independent: their interval is too narrow.
    """
    pairs = paired_codes(tables, recoding)
    groups = [(column, pairs[pairs["column"] == column]) for column in COLUMNS]
    groups += [
        ("all stages", pairs[pairs["column"].str.startswith("stage_")]),
        ("all legal forms", pairs[pairs["column"].str.startswith("open_")]),
    ]
    found = []
    for name, rows in groups:
        value, low, high = kappa(rows["first"], rows["second"])
        clash = rows[["first", "second"]].isin(["yes", "no"]).all(axis=1)
        # The maps count what is yes: no and unknown together are "not yes".
        yes = [rows[side].where(rows[side] == "yes", "no") for side in ("first", "second")]
        found.append(
            {
                "column": name,
                "programmes": rows["programme_id"].nunique(),
                "agree_percent": 100 * float((rows["first"] == rows["second"]).mean()),
                "kappa": value,
                "kappa_low": low,
                "kappa_high": high,
                "kappa_yes": kappa(*yes)[0],
                "opposite": int((clash & (rows["first"] != rows["second"])).sum()),
                "first_unknown_percent": 100 * float((rows["first"] == "unknown").mean()),
                "second_unknown_percent": 100 * float((rows["second"] == "unknown").mean()),
            }
        )
    return pd.DataFrame(found)


def disagreements(tables: Tables, recoding: pd.DataFrame) -> pd.DataFrame:
    """List the cells in which one coding says yes and the other no: the ones worth a new look."""
    pairs = paired_codes(tables, recoding)
    clash = pairs[["first", "second"]].isin(["yes", "no"]).all(axis=1)
    return pairs[clash & (pairs["first"] != pairs["second"])].reset_index(drop=True)


def agreement_table(found: pd.DataFrame) -> str:
    """Write :func:`agreement` as a Markdown table."""

    def written(row: Mapping[Any, Any], name: str) -> str:
        return "–" if pd.isna(row[name]) else f"{row[name]:.2f}"

    lines = [
        "| column | programmes | agree | kappa | 95 % interval | kappa, yes or not | yes against no | unknown, first | unknown, second |",
        "|---|---:|---:|---:|---|---:|---:|---:|---:|",
    ]
    for row in found.to_dict("records"):
        cells = [
            row["column"],
            row["programmes"],
            f"{row['agree_percent']:.0f} %",
            written(row, "kappa"),
            f"{written(row, 'kappa_low')} to {written(row, 'kappa_high')}",
            written(row, "kappa_yes"),
            row["opposite"],
            f"{row['first_unknown_percent']:.0f} %",
            f"{row['second_unknown_percent']:.0f} %",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"
