"""``analysis accuracy``: measure again what is published about accuracy."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Measure how often the machine's judgements are right, and keep the figures."""


@command.command()
@click.option("--mirror", type=click.Path(path_type=Path), help="Folder with publishers' files.")
@click.option("--labels", type=click.Path(path_type=Path), help="Gold file with labelled rows.")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when a figure is under the stored one."
)
def domains(mirror: Path | None, labels: Path | None, check: bool) -> None:
    """Domains and signals against the labelled rows of the City of Brussels.

    Writes docs/accuracy/domains.json and the figures inside docs/domains.md.
    """
    import json

    from analysis.domains.evaluate import accuracy_report
    from analysis.domains.figures import drops, fill_page
    from analysis.errors import CheckFailed
    from analysis.files import write_json, write_text
    from analysis.project import find_project, mirror_folder

    project = find_project()
    stored = project.root / "docs" / "accuracy" / "domains.json"
    page = project.root / "docs" / "domains.md"
    click.echo("Classifying the inventories in four orders of evidence ...", err=True)
    report = accuracy_report(
        labels or project.raw / "labels" / "city_subsidies_gold.csv",
        mirror or mirror_folder(project),
    )
    if check:
        if fallen := drops(json.loads(stored.read_text(encoding="utf-8")), report):
            raise CheckFailed("Accuracy fell under the stored figures:", fallen)
        click.echo("No figure is under the stored one.")
        return
    write_json(stored, report)
    write_text(page, fill_page(page.read_text(encoding="utf-8"), report))
    head = report["all"]
    click.echo(
        f"Domain accuracy {head['domain']['accuracy']['value']:.3f}, macro-F1 "
        f"{head['domain']['macro_f1']['value']:.3f}; signal F1 "
        f"{head['si_signal']['f1']['value']:.3f}; unseen quarter: accuracy "
        f"{report['by_part']['unseen']['accuracy']['value']:.3f}, signal F1 "
        f"{report['by_part']['unseen']['si_signal_f1']['value']:.3f}."
    )
    click.echo(f"Written: {stored} and {page}")
