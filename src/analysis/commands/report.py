"""``analysis report``."""

from __future__ import annotations

from pathlib import Path

import click

_LANGUAGES = ("nl", "fr", "en")
_FORMATS = ("html", "docx", "pdf", "pptx", "xlsx")


@click.command()
@click.option("--redraw", is_flag=True, help="Make everything anew, not only what is stale.")
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(_LANGUAGES), help="Default: all three."
)
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Default: all five."
)
@click.option(
    "--demand",
    "demands",
    multiple=True,
    metavar="ID",
    help="A dossier on this demand (S1 to E7); may be repeated.",
)
@click.option(
    "--brand",
    "brand_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="An organisation's colours, logo and contact line in place of ours (YAML).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for it. Default: reports, or dossiers/<demands> for a selection or a brand.",
)
def command(
    redraw: bool,
    langs: tuple[str, ...],
    formats: tuple[str, ...],
    demands: tuple[str, ...],
    brand_file: Path | None,
    out: Path | None,
) -> None:
    """Make everything a reader opens: tables, charts, notebooks, pages, dossier.

    Without options all that is stale is made anew. With --lang, --format, --demand, --brand or
    --out only a dossier is written, from the charts as they are drawn.

    \b
      analysis report
      analysis report --lang nl --format docx --demand S1 --demand S6
      analysis report --brand ours.yaml --out dossiers/ours
    """  # noqa: D301 - click keeps the lines after it as they are
    from analysis.project import find_project
    from analysis.report import report

    project = find_project()
    if not (langs or formats or demands or brand_file or out):
        done = report(project, lambda step: click.echo(f"… {step}", err=True), redraw)
        click.echo(
            f"{done['tables']} tables in data/processed, {done['charts']} charts in three "
            f"languages in reports ({done['drawn']} pictures drawn anew), "
            f"{done['notebooks_changed']} notebooks changed, "
            f"{done['dossier_files']} files of the dossier written."
        )
        click.echo("Open reports/index.html.")
        return
    from analysis.dossier.brand import read_brand
    from analysis.dossier.publish import selection

    brand = read_brand(brand_file) if brand_file else None
    if out is None:
        name = "-".join(dict.fromkeys(one.upper() for one in demands)) or "all"
        if brand_file:
            name += f"-{brand_file.stem}"
        out = project.reports if name == "all" else project.root / "dossiers" / name
    written = selection(
        project,
        out,
        demands,
        brand,
        [lang for lang in _LANGUAGES if not langs or lang in langs],  # type: ignore[misc]
        [each for each in _FORMATS if not formats or each in formats],  # type: ignore[misc]
    )
    click.echo(f"{sum(written.values())} files in {out}")
