"""``analysis register``: build the register of organisations, or look a number up in it."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(help="The register of organisations: build it, look a number up.")
def command() -> None:
    """Group of the register's commands."""


@command.command("build")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--out", "target", required=True, type=click.Path(path_type=Path), help="DuckDB file to write."
)
def build(source: Path, target: Path) -> None:
    """Build the register from SOURCE.

    SOURCE is the KBO/BCE Open Data ZIP or folder (full, or an update of the register in --out), a
    CSV with enterprise_number,name[,legal_form,municipality], or an awards.csv.
    """
    from analysis.organisations.register import build_register

    built = build_register(source, target, lambda step: click.echo(f"{step} ...", err=True))
    for line in (f"{target}: register written.", *built.sentences()):
        click.echo(line)


@command.command("show")
@click.argument("number")
@click.option("--register", "path", required=True, type=click.Path(path_type=Path))
def show(number: str, path: Path) -> None:
    """Show what the register knows of an enterprise NUMBER."""
    from analysis.errors import CheckFailed
    from analysis.organisations.register import look_up
    from analysis.organisations.store import opened

    with opened(path) as connection:
        found = look_up(connection, number)
    if found.empty:
        raise CheckFailed(f"{number}: not in {path.name}.")
    shared = found.iloc[0].drop(["name", "language", "kind"]).dropna()
    for field, value in shared.items():
        click.echo(f"{field}: {value}")
    for name, *notes in found.dropna(subset="name")[["name", "kind", "language"]].to_numpy():
        click.echo(f"name: {name}" + "".join(f" [{note}]" for note in notes if note))
