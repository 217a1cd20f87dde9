"""``analysis build``."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--raw", type=FOLDER, help="Raw folder; default data/raw of the project.")
@click.option("--out", type=FOLDER, help="Folder for the tables; default data/processed.")
def command(raw: Path | None, out: Path | None) -> None:
    """Turn the raw evidence into checked tables, a ledger and a data package.

    Everything is checked first; with a fault nothing is written (exit code 2). An unchanged
    build is recognised and skipped.
    """
    from analysis.build import build
    from analysis.errors import InputError
    from analysis.project import find_project

    if raw is not None and not raw.is_dir():
        raise InputError(f"There is no folder {raw}: name one with --raw.")
    raw = raw or find_project().raw
    out = out or find_project().processed
    result = build(raw, out, say=lambda step: click.echo(f"… {step}", err=True))
    for warning in result.warnings:
        click.echo(f"Warning: {warning}.", err=True)
    if result.unchanged_input:
        click.echo("Nothing has changed since the last build.")
        return
    rows = sum(result.rows.values())
    click.echo(f"{len(result.rows)} tables, {rows} rows; {len(result.changed)} files changed.")
    for name in result.changed:
        click.echo(f"  {name}")
