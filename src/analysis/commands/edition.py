"""``analysis edition``."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """What moved since the last published edition; keep the figures of this one."""


@command.command()
def show() -> None:
    """Print what moved since the edition before, and why."""
    from analysis.dossier.changes import told
    from analysis.dossier.publish import read_dossier
    from analysis.project import find_project

    found = told(read_dossier(find_project()), "en")
    click.echo(found.intro)
    for where, name, before, after in found.rows:
        click.echo(f"  {where}: {name} {before} -> {after}")
    for one in found.added:
        click.echo(f"  new: {one}")
    for one in found.removed:
        click.echo(f"  gone: {one}")


@command.command()
def save() -> None:
    """Keep the figures of this edition in data/editions, when it is published."""
    from analysis.dossier.edition import save as keep
    from analysis.dossier.edition import snapshot
    from analysis.dossier.publish import read_dossier
    from analysis.project import find_project

    project = find_project()
    dossier = read_dossier(project)
    path = keep(project, snapshot(project, dossier.charts, dossier.demands, dossier.data_date))
    click.echo(f"{path.name} holds the figures of this edition.")
