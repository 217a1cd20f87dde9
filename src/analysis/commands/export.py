"""``analysis export``: award tables for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.language import LANGUAGES, Language

_LANG = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)


@click.group(help="Award tables for other tools.")
def command() -> None:
    """Gather the formats."""


@command.command("360giving", help="AWARDS.csv as 360Giving JSON; says what cannot be a grant.")
@click.argument("awards", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="JSON to write."
)
@click.option(
    "--funder-number",
    "numbers",
    multiple=True,
    metavar="FUNDER=BE-BCE_KBO-##########",
    help="Enterprise number of a funder; without it the funder's id is one of ours.",
)
@click.option("--publisher", default="", help="Who publishes the package.")
@click.option("--licence", default="", help="Address of the licence of the data.")
@_LANG
def threesixtygiving(
    awards: Path, out: Path, numbers: tuple[str, ...], publisher: str, licence: str, lang: Language
) -> None:
    """Write the package and print what went in and what did not."""
    from analysis.exports.awards import read_awards
    from analysis.exports.threesixtygiving import export, write
    from analysis.language import euro, number, text

    exported = export(
        read_awards(awards),
        lang=lang,
        funder_numbers=dict((*pair.partition("=")[::2],) for pair in numbers),
        publisher=publisher,
        licence=licence,
    )
    write(exported, out)
    click.echo(
        f"{number(len(exported.grants), 'en')} of {number(exported.rows_read, 'en')} rows "
        f"exported, {euro(exported.amount_exported_eur, 'en', 2)} of "
        f"{euro(exported.amount_read_eur, 'en', 2)}."
    )
    for _, row in exported.left_out.iterrows():
        rows = f"{number(row['rows'], 'en')} row{'' if row['rows'] == 1 else 's'}"
        click.echo(
            f"Left out: {rows}, {euro(row['amount_eur'], 'en', 2)}: "
            f"{text('exports', 'left_out.' + row['reason'], 'en')}."
        )
    click.echo("Award dates: only the year is published, 1 January stands for it.")
    if exported.own_recipients:
        click.echo(
            f"Recipients without enterprise number: {number(exported.own_recipients, 'en')} "
            "grants; their ids cannot be joined with other data."
        )
    if exported.own_funders:
        click.echo(
            f"Funders without enterprise number: {', '.join(exported.own_funders)}; give it with "
            "--funder-number."
        )


@command.command("frictionless", help="datapackage.json for a folder that analysis ingest wrote.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="awards", show_default=True, help="Short name of the package.")
@click.option("--licence-name", default="", help="Such as CC-BY-4.0.")
@click.option("--licence-path", default="", help="Address of the licence.")
@_LANG
def frictionless(
    folder: Path, name: str, licence_name: str, licence_path: str, lang: Language
) -> None:
    """Describe the folder."""
    from analysis.errors import InputError
    from analysis.exports.award_package import package, write

    licence = {
        key: value for key, value in (("name", licence_name), ("path", licence_path)) if value
    }
    try:
        content = package(folder, name=name, licence=licence or None, lang=lang)
    except ValueError as error:
        raise InputError(f"The package cannot be described: {error}") from error
    path = write(folder, content)
    click.echo(f"Wrote {path}: {', '.join(each['path'] for each in content['resources'])}.")
