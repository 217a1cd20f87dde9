"""``analysis sources``: the catalogue of publishers as a page."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.language import LANGUAGES, Language


@click.command(help="Who publishes which subsidies, and what nobody has found.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page here (docs/sources.md is made with this) instead of printing it.",
)
def command(lang: Language, out: Path | None) -> None:
    """Print or write the page of sources."""
    from analysis.files import write_text
    from analysis.sources.page import markdown

    page = markdown(lang)
    if out is None:
        click.echo(page, nl=False)
        return
    write_text(out, page)
    click.echo(f"Wrote {out}.", err=True)
