"""The labelled rows and the published texts they point to."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from analysis.domains.rules import SIGNALS, load_rules
from analysis.errors import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PUBLISHER = "city-of-brussels"
PARTS = ("development", "second_look", "unseen")
_LABEL_COLUMNS = ("label_id", "year", "row_index", "domain_gold", "si_signal_gold")
# Fragments of the headers, which change every year.
_HEADERS = {
    "beneficiary_name": ("nom_du_beneficiaire", "beneficiaire_begunstigde"),
    "beneficiary_id": ("bce",),
    "object": ("objet",),
    "title": ("nom_de_la_subvention", "nom_du_subside"),
    "budget_article": ("article",),
}


def part(label_id: str) -> str:
    """Return what a labelled row was used for: a fixed draw by the SHA-256 of its id.

    Half is ``development`` (read while the rules were written), a quarter ``second_look`` (scored
    first, then read), a quarter ``unseen`` (only ever scored).
    """
    draw = int(hashlib.sha256(label_id.encode()).hexdigest(), 16)
    if draw % 2 == 0:
        return "development"
    return "second_look" if draw // 2 % 2 == 0 else "unseen"


def _faults(
    file: str, table: pd.DataFrame, wrong: pd.Series, column: str, advice: str
) -> list[Fault]:
    """Name the cells of a column that are wrong, by the line of the file."""
    lines = wrong.to_numpy().nonzero()[0]
    values = table[column].to_numpy()[lines]
    return [
        Fault(file, advice, str(int(line) + 2), column, str(value))
        for line, value in zip(lines, values, strict=True)
    ]


def read_labels(path: Path) -> pd.DataFrame:
    """Read the gold file.

    Args:
        path: ``data/raw/labels/city_subsidies_gold.csv`` or a file of the same columns.

    Returns:
        ``label_id, year, row_index, domain_gold, si_signal_gold`` (empty where the annotators
        disagree) and ``part``.

    Raises:
        InputError: The file or a column is missing, or a label is not in the codebook.
    """
    import pandas as pd

    if not path.is_file():
        raise InputError(f"The labels {path.name} are not there: give the file with --labels.")
    labels = pd.read_csv(path, dtype="str", keep_default_na=False)
    if missing := [column for column in _LABEL_COLUMNS if column not in labels.columns]:
        raise InputError(f"{path.name} lacks the column(s) {', '.join(missing)}.")
    allowed = {"domain_gold": set(load_rules().choices), "si_signal_gold": set(SIGNALS)}
    faults = []
    for column, known in allowed.items():
        wrong = (labels[column] != "") & ~labels[column].isin(known)
        faults += _faults(path.name, labels, wrong, column, "use a label of the codebook or none")
    double = labels["label_id"].duplicated()
    faults += _faults(path.name, labels, double, "label_id", "keep one of the equal ids")
    if faults:
        raise InputError(f"{path.name} cannot be used:", faults)
    labels["year"] = labels["year"].astype("int64")
    labels["row_index"] = labels["row_index"].astype("int64")
    labels["part"] = labels["label_id"].map(part)
    return labels[[*_LABEL_COLUMNS, "part"]]


def _published(path: Path) -> pd.DataFrame:
    import pandas as pd

    records = json.loads(path.read_text(encoding="utf-8"))
    table = pd.DataFrame(records)
    columns = {}
    for field, fragments in _HEADERS.items():
        found = [c for f in fragments for c in table.columns if c.startswith(f)]
        found += [c for f in fragments for c in table.columns if f in c and c not in found]
        if found:
            columns[field] = table[found[0]]
        elif field in ("beneficiary_name", "object"):
            raise InputError(f"{path.name} has no column for {field}.")
    return pd.DataFrame(columns)


def city_rows(mirror: Path, years: list[int]) -> pd.DataFrame:
    """Read the City's inventories of some years as awards, one row a published record.

    Args:
        mirror: Folder with the publishers' files.
        years: Years wanted; the file is ``city-of-brussels/data-YYYY.json``.

    Returns:
        ``year, row_index`` (zero-based), ``funder_id, beneficiary_name, beneficiary_id`` (10 digits
        or empty), ``object, title, budget_article``, all text.

    Raises:
        InputError: A file or a needed column is missing.
    """
    import pandas as pd

    tables = []
    for year in years:
        path = mirror / PUBLISHER / f"data-{year}.json"
        if not path.is_file():
            raise InputError(
                f"{path.name} of the City of Brussels is not in the mirror folder: set "
                "ANALYSIS_MIRROR to the folder with the publishers' files or name it with --mirror."
            )
        table = _published(path).astype("str")
        table.insert(0, "row_index", range(len(table)))
        table.insert(0, "year", year)
        tables.append(table)
    rows = pd.concat(tables, ignore_index=True)
    rows["funder_id"] = PUBLISHER
    number = (
        rows["beneficiary_id"]
        .str.replace(r"\.0$", "", regex=True)
        .str.replace(r"\D", "", regex=True)
    )
    rows["beneficiary_id"] = number.str.zfill(10).where(number.str.len().isin([9, 10]), "")
    text = ["beneficiary_name", "object", "title", "budget_article"]
    # Cells that were null in the publisher's file.
    rows[text] = rows[text].replace({"None": "", "nan": "", "<NA>": ""}).fillna("")
    return rows
