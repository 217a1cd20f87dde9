"""``analysis ingest``: any published subsidy inventory to one clean table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.errors import InputError

if TYPE_CHECKING:
    from analysis.inventories import Ingested


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--funder", required=True, metavar="ID", help="Who granted the money, e.g. city-of-brussels."
)
@click.option("--year", type=int, metavar="YYYY", help="Year of the rows that do not say it.")
@click.option(
    "--sheet", "sheets", multiple=True, metavar="NAME", help="Sheet of a workbook; can be repeated."
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Which column holds a field, when it is not found; #3 is the third column.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "fr", "nl"]),
    help="Language of the reports; default all three.",
)
@click.option(
    "--keep-personal-names",
    is_flag=True,
    help="Do not mask natural persons. For your own eyes only: never publish the result.",
)
@click.option(
    "--corrections",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV of declared corrections: table,row_id,field,expected,new,reason,status.",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR"
)
def command(
    files: tuple[Path, ...],
    funder: str,
    year: int | None,
    sheets: tuple[str, ...],
    mapped: tuple[str, ...],
    lang: str | None,
    keep_personal_names: bool,
    corrections: Path | None,
    out: Path,
) -> None:
    """Read published subsidy inventories into one clean, checked table.

    Reads JSON, CSV, TSV, XLSX, XLS, ODS and Parquet, whatever the layout and the wording of the
    headers, in French, Dutch or English. Writes awards.csv, quarantine.csv, ledger.json and a
    quality report into DIR.
    """
    columns: dict[str, str] = {}
    for one in mapped:
        name, mark, header = one.partition("=")
        if not mark or not name.strip() or not header.strip():
            raise InputError(f"--map: write FIELD=HEADER, not {one[:80]!r}.")
        columns[name.strip()] = header.strip()
    if keep_personal_names:
        click.echo(
            "Warning: names of natural persons are kept. Do not publish or share these files.",
            err=True,
        )
    from analysis.inventories import ingest
    from analysis.inventories.output import write
    from analysis.language import LANGUAGES

    result = ingest(
        files,
        funder,
        year=year,
        sheets=sheets,
        columns=columns,
        keep_personal_names=keep_personal_names,
        corrections=corrections,
    )
    languages = tuple(one for one in LANGUAGES if lang in (None, one))
    written = write(result, out, languages)
    _say(result, written)


def _say(result: Ingested, written: list[Path]) -> None:
    for entry in result.ledger["files"]:
        place = entry["file"] + (f", sheet {entry['sheet']!r}" if entry["sheet"] else "")
        click.echo(
            f"{place}: {entry['rows_read']:,} rows read, {entry['rows_kept']:,} kept, "
            f"{entry['rows_quarantined']:,} quarantined, {entry['rows_ignored']:,} ignored"
        )
        if entry["rows_kept"]:
            click.echo(
                f"  EUR {entry['amount_kept_eur']:,.2f} kept; enterprise numbers: "
                f"{entry['beneficiary_ids_valid']:,} valid, {entry['beneficiary_ids_missing']:,} missing, "
                f"{entry['beneficiary_ids_invalid']:,} invalid; "
                f"{entry['natural_persons_masked']:,} natural persons masked"
            )
            for name, header in entry["columns"].items():
                doubt = "  (not sure)" if name in entry["columns_unsure"] else ""
                click.echo(f"  {name} = {header}{doubt}")
            if entry["unmapped_columns"]:
                click.echo(f"  not used: {', '.join(entry['unmapped_columns'])}")
        for decision in entry["decisions"]:
            if decision.startswith(
                ("amount_", "year:", "sheet:", "totals:", "incomplete:", "merged:")
            ):
                click.echo(f"  {decision}")
    totals = result.ledger["totals"]
    click.echo(
        f"Together: {totals['rows_read']:,} rows read = {totals['rows_kept']:,} kept + "
        f"{totals['rows_quarantined']:,} quarantined + {totals['rows_ignored']:,} ignored; "
        f"EUR {totals['amount_kept_eur']:,.2f} kept, EUR {totals['amount_quarantined_eur']:,.2f} in quarantine"
    )
    if len(result.quality):
        high = int((result.quality["importance"] == "high").sum())
        click.echo(
            f"Quality: {len(result.quality)} findings, {high} of them important: see quality.html"
        )
    click.echo("Written: " + ", ".join(str(path) for path in written))
