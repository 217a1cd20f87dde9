"""``analysis report``."""

from __future__ import annotations

import click


@click.command()
@click.option("--redraw", is_flag=True, help="Draw every chart, not only the stale ones.")
def command(redraw: bool) -> None:
    """Make everything a reader opens: tables, charts in three languages, notebooks, pages."""
    from analysis.project import find_project
    from analysis.report import report

    project = find_project()
    done = report(project, lambda step: click.echo(f"… {step}", err=True), redraw)
    click.echo(
        f"{done['tables']} tables in data/processed, {done['charts']} charts in three languages "
        f"in reports ({done['drawn']} drawn anew), {done['notebooks_changed']} notebooks changed."
    )
    click.echo("Open reports/nl/charts.md, reports/fr/charts.md or reports/en/charts.md.")
