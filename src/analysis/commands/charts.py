"""``analysis charts``: every chart, in three languages, as picture, numbers and caption."""

from __future__ import annotations

from pathlib import Path

import click

_LANGUAGES = ("nl", "fr", "en")
_FORMATS = ("svg", "png", "pdf", "csv", "md")


@click.command(name="charts")
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(_LANGUAGES), help="Default: all three."
)
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Default: all five."
)
@click.option(
    "--chart", "chosen", multiple=True, metavar="ID", help="Only this chart; may be repeated."
)
@click.option(
    "--tables",
    "processed",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of checked tables. Default: data/processed.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the reports. Default: reports.",
)
def command(
    langs: tuple[str, ...],
    formats: tuple[str, ...],
    chosen: tuple[str, ...],
    processed: Path | None,
    out: Path | None,
) -> None:
    """Draw the charts from the checked tables.

    Writes <out>/<lang>/charts/<id>.svg|.png|.pdf (wide, for slides and pages),
    <id>.column.* (160 mm, for Word), <id>.csv (the numbers) and <id>.md (the caption).
    """
    from analysis import tables
    from analysis.charts.registry import build_records, builders_of, chart_ids
    from analysis.charts.render import render_all
    from analysis.errors import InputError
    from analysis.language import LANGUAGES
    from analysis.project import find_project

    project = find_project() if processed is None or out is None else None
    if processed is None and project is not None:
        processed = project.processed
    if out is None and project is not None:
        out = project.reports
    assert processed is not None and out is not None  # noqa: S101 - set just above
    frames = tables.load(processed)
    known = chart_ids(with_local="local_awards" in frames)
    if unknown := [each for each in chosen if each not in known]:
        raise InputError(f"No chart called {', '.join(unknown)}; there are: {', '.join(known)}.")
    wanted = build_records(frames, builders_of(chosen or known))
    spoken = [lang for lang in LANGUAGES if not langs or lang in langs]
    written = render_all(
        [(record, lang) for record in wanted for lang in spoken],
        out,
        [each for each in _FORMATS if not formats or each in formats],  # type: ignore[misc]
    )
    click.echo(
        f"{len(wanted)} chart{'' if len(wanted) == 1 else 's'}, {len(written)} files in {out}"
    )
