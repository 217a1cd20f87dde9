"""``analysis organisations``: one row an organisation, contradictions, reconciliation files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="One row an organisation from an awards.csv; numbers that contradict names.")
@click.argument("awards", type=click.Path(path_type=Path))
@click.option(
    "--register",
    "register",
    type=click.Path(path_type=Path),
    help="Register that knows legal forms and seats (`analysis register build`).",
)
@click.option("--out", "target", required=True, type=click.Path(path_type=Path), help="Folder.")
def command(awards: Path, register: Path | None, target: Path) -> None:
    """Write organisations, contradictions (also as a list for the publisher), reconciliation."""
    from contextlib import nullcontext

    from analysis.files import staged, write_csv, write_json, write_text
    from analysis.language import LANGUAGES
    from analysis.organisations.letter import letter
    from analysis.organisations.organisations import (
        build_organisations,
        reconciliation,
        reconciliation_rows,
    )
    from analysis.organisations.store import opened
    from analysis.organisations.tables import need_column, read_amounts, read_table

    table = read_table(awards)
    for column in ("beneficiary_id", "beneficiary_name", "year", "amount_eur", "amount_phase"):
        need_column(table, column, awards)
    for column in ("amount_eur", "amount_planned_eur"):
        if column in table:
            table[column] = read_amounts(table, column, awards)
    with opened(register) if register else nullcontext() as connection:
        found = build_organisations(table, connection)
    with staged(target) as folder:
        write_csv(found.table, folder / "organisations.csv")
        write_csv(found.contradictions, folder / "contradictions.csv")
        for lang in LANGUAGES:
            write_text(folder / f"contradictions.{lang}.md", letter(found.contradictions, lang))
        write_json(folder / "reconciliation.json", reconciliation(found.table))
        write_csv(reconciliation_rows(found.table), folder / "reconciliation.csv")
    click.echo(f"{target}: {len(found.table):,} organisations from {len(table):,} rows.")
    cases = found.contradictions["contradiction_id"].nunique()
    click.echo(f"{cases:,} contradictions between numbers and names.")
    for reason, (rows, euros) in sorted(found.left_out.items()):
        click.echo(f"Left out: {rows:,} rows, {euros:,.2f} EUR: {reason}.")
