"""``analysis fetch``: publishers' files into the cache, from the network or a mirror."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analysis.sources.fetch import Outcome


def _size(count: int) -> str:
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:,.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _say(outcome: Outcome) -> None:
    facts = [outcome.path, outcome.state]
    if outcome.sha256:
        facts += [_size(outcome.size), f"sha256 {outcome.sha256[:12]}"]
    if outcome.note:
        facts.append(outcome.note)
    click.echo("  ".join(facts))


@click.command(help="Bring publishers' files into a folder (SOURCE: id from --list).")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--year", "years", type=int, multiple=True, help="Only this year; repeatable.")
@click.option(
    "--mirror",
    type=click.Path(path_type=Path),
    help="Take the files from this folder instead of the network.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Target folder.  [default: .cache/inventories of the project]",
)
@click.option("--refresh", is_flag=True, help="Download again what is there unchanged.")
@click.option("--list", "list_only", is_flag=True, help="Show every source and its status.")
def command(
    names: tuple[str, ...],
    years: tuple[int, ...],
    mirror: Path | None,
    out: Path | None,
    refresh: bool,
    list_only: bool,
) -> None:
    """Fetch, or list."""
    from analysis.errors import CheckFailed, Fault
    from analysis.project import find_project
    from analysis.sources import catalogue
    from analysis.sources.fetch import choose, fetch, missed, overview, strangers

    known = catalogue.files()
    if list_only:
        for line in overview(catalogue.load(), known):
            click.echo(line)
        return
    chosen = choose(known, names, years, mirror=mirror is not None)
    if out is None:
        out = find_project().root / ".cache" / "inventories"
    outcomes = fetch(chosen, out, mirror=mirror, refresh=refresh, report=_say)
    lacking = missed(outcomes, names, years)
    if mirror is not None and (others := strangers(mirror, known)):
        click.echo(f"Not in the catalogue, left alone: {', '.join(others)}", err=True)
    there = sum(outcome.state not in ("failed", "absent") for outcome in outcomes)
    click.echo(f"{there} of {len(outcomes)} files are in {out}.", err=True)
    if lacking:
        raise CheckFailed(
            f"Files that could not be fetched: {len(lacking)} of {len(outcomes)}.",
            [Fault(outcome.path, outcome.note) for outcome in lacking],
        )
