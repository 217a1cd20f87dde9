"""``analysis classify``: domains and social-innovation signals for an award table."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("awards", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV to write: all columns and rows of AWARDS, with the judgement added.",
)
@click.option(
    "--rules",
    "rules_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with your own copy of the rule files (rules/domains).",
)
def command(awards: Path, out: Path, rules_folder: Path | None) -> None:
    """Say which field each row of AWARDS serves, how sure that is, and why.

    AWARDS is an awards.csv of "analysis ingest", or any CSV with a column beneficiary_name or
    object. Added: domain, domain_basis, domain_confidence, domain_reason, si_signal, si_reason.
    How good it is: docs/domains.md.
    """
    from analysis.domains.classify import classify
    from analysis.domains.rules import FOLDER, load_rules
    from analysis.domains.table import read_awards, summary
    from analysis.files import write_csv

    table = read_awards(awards)
    rules = load_rules(rules_folder or FOLDER)
    result = classify(table, rules=rules, file=awards.name)
    write_csv(result, out)
    for line in summary(result):
        click.echo(line)
    click.echo(f"Written: {out}")
