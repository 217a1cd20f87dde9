"""``analysis match``: find the organisations behind names without a number."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="Find the organisations of a register behind the names of a table.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--register",
    "register",
    required=True,
    type=click.Path(path_type=Path),
    help="Register written by `analysis register build`.",
)
@click.option("--column", required=True, help="Column with the names.")
@click.option("--municipality-column", help="Column with the municipality, if there is one.")
@click.option(
    "--reviewed",
    type=click.Path(path_type=Path),
    help="CSV of human decisions: name,enterprise_number,verdict,date,why. They win.",
)
@click.option(
    "--out", "target", required=True, type=click.Path(path_type=Path), help="CSV to write."
)
def command(
    file: Path,
    register: Path,
    column: str,
    municipality_column: str | None,
    reviewed: Path | None,
    target: Path,
) -> None:
    """Write the table with what was found behind each name."""
    from analysis.errors import InputError
    from analysis.files import write_csv
    from analysis.organisations.match import COLUMNS, match_names
    from analysis.organisations.reviewed_pairs import read_reviewed_pairs
    from analysis.organisations.store import opened
    from analysis.organisations.tables import need_column, read_table

    table = read_table(file)
    for needed in (column, municipality_column):
        if needed:
            need_column(table, needed, file)
    taken = [name for name in COLUMNS if name in table.columns]
    if taken:
        raise InputError(
            f"{file}: already has the column {taken[0]!r}, which this command writes: rename it."
        )
    decisions = read_reviewed_pairs(reviewed) if reviewed else None
    with opened(register) as connection:
        found = match_names(
            connection,
            table[column],
            table[municipality_column] if municipality_column else None,
            decisions,
            say=lambda step: click.echo(step, err=True),
        )
    write_csv(table.join(found.assign(score=found["score"].round(1))), target)
    counts = found["decision"].value_counts()
    click.echo(
        f"{target}: {len(found):,} rows: "
        + ", ".join(f"{int(counts.get(d, 0)):,} {d}" for d in ("match", "review", "none"))
        + "."
    )
