"""``analysis evidence import``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

SHOWN = 20


@click.group()
def command() -> None:
    """Take in a newer copy of the evidence base."""


@command.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--raw", type=click.Path(file_okay=False, path_type=Path), help="Default: data/raw.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date that the copy speaks for (default: today).",
)
@click.option("--all", "show_all", is_flag=True, help="List every changed cell.")
def import_command(
    folder: Path, raw: Path | None, as_of: dt.datetime | None, show_all: bool
) -> None:
    """Check the evidence in FOLDER, copy it into data/raw and print what changed.

    Nothing is copied when the new tables have a fault or a declared correction no longer fits.
    Undo with `git checkout data/raw`.
    """
    from analysis.evidence.renew import import_evidence
    from analysis.project import find_project

    raw = raw or find_project().raw
    day = as_of.date() if as_of else dt.date.today()
    renewal = import_evidence(folder, raw, day)
    changed = {name: change for name, change in renewal.tables.items() if change}
    if not changed:
        click.echo(f"The copy in {folder} holds the same rows; the date is now {day}.")
    for name, change in changed.items():
        click.echo(
            f"{name}: {len(change.added)} rows added, {len(change.removed)} removed, "
            f"{len(change.cells)} cells changed"
        )
        lines = [f"  + {key}" for key in change.added]
        lines += [f"  - {key}" for key in change.removed]
        lines += [f"  {key} {col}: {old!r} → {new!r}" for key, col, old, new in change.cells]
        for line in lines if show_all else lines[:SHOWN]:
            click.echo(line)
        if len(lines) > SHOWN and not show_all:
            click.echo(f"  … and {len(lines) - SHOWN} more (--all)")
    if renewal.figures:
        click.echo("Figures in charts that move:")
    for chart, moves in renewal.figures.items():
        for name, old_value, new_value in moves:
            click.echo(f"  {chart} {name}: {old_value} → {new_value}")
    click.echo("Next: `make report`, look at the charts, commit data/raw with the rest.")
