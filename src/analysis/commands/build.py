"""``analysis build``."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--raw", type=FOLDER, help="Raw folder; default data/raw of the project.")
@click.option("--out", type=FOLDER, help="Folder for the tables; default data/processed.")
@click.option(
    "--mirror",
    type=FOLDER,
    help="Folder with publishers' files; default ANALYSIS_MIRROR, else ../shared/mirror.",
)
def command(raw: Path | None, out: Path | None, mirror: Path | None) -> None:
    """Turn the raw evidence into checked tables, a ledger and a data package.

    Where the City of Brussels inventories are at hand, a folder `local` with the local subsidies
    is added; it is never committed.

    Everything is checked first; with a fault nothing is written (exit code 2). An unchanged
    build is recognised and skipped.
    """
    from analysis.build import build
    from analysis.errors import InputError
    from analysis.project import find_project

    for folder, option in ((raw, "--raw"), (mirror, "--mirror")):
        if folder is not None and not folder.is_dir():
            raise InputError(f"There is no folder {folder}: name one with {option}.")
    raw = raw or find_project().raw
    out = out or find_project().processed
    result = build(raw, out, say=lambda step: click.echo(f"… {step}", err=True))
    for warning in result.warnings:
        click.echo(f"Warning: {warning}.", err=True)
    if result.unchanged_input:
        click.echo("Nothing has changed since the last build.")
    else:
        rows = sum(result.rows.values())
        click.echo(f"{len(result.rows)} tables, {rows} rows; {len(result.changed)} files changed.")
    for name in result.changed:
        click.echo(f"  {name}")
    _local(out, mirror)


def _local(out: Path, mirror: Path | None) -> None:
    from analysis.errors import InputError
    from analysis.local import build_local, inventories
    from analysis.project import find_project

    try:
        paths = inventories(find_project(), mirror)
    except InputError:
        # Outside a checkout there is no place to look for publishers' files.
        paths = []
    if not paths:
        click.echo(
            "No City of Brussels inventories at hand (--mirror, `analysis fetch`): no local table."
        )
        return
    local = build_local(paths, out)
    state = "as before" if local.unchanged_input else "read anew"
    click.echo(
        f"Local subsidies: {local.rows} awards from {len(local.files)} inventories, {state}."
    )
