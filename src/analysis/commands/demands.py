"""``analysis demands``."""

from __future__ import annotations

import click

from analysis.language import LANGUAGES


@click.command()
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language."
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
def command(lang: str, ids: tuple[str, ...]) -> None:
    """Print the verdict on each demand with its main figure (all, or those named: S1 E6)."""
    from analysis.demands.output import lines
    from analysis.project import find_project

    for line in lines(find_project(), lang, ids):
        click.echo(line)
