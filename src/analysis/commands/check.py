"""``analysis check``."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Say whether raw files, tables, notebooks, charts and pages still agree (exit code 1 if not)."""
    from analysis.check import check_project
    from analysis.errors import CheckFailed
    from analysis.project import find_project

    faults = check_project(find_project(), lambda step: click.echo(f"… {step}", err=True))
    if faults:
        raise CheckFailed(
            f"{len(faults)} thing{'s' if len(faults) > 1 else ''} no longer agree:", faults
        )
    click.echo("Raw files, tables, notebooks, charts and pages agree.")
