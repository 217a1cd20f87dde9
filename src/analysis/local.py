"""Local subsidies: published inventories read, classified and gathered by organisation.

The publishers' files are not ours to ship. Where they are at hand (``--mirror``, the environment
variable ``ANALYSIS_MIRROR``, the folder beside the project, or an earlier ``analysis fetch``) the
build adds tables below ``data/processed/local``; they are never committed. Where they are not,
everything else works and says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import files
from analysis.project import PACKAGE, Project, mirror_folder

if TYPE_CHECKING:
    import pandas as pd

FOLDER = "local"
SOURCE = "city-of-brussels"
FUNDER = "ville-de-bruxelles"
STATE_FILE = ".local-state.json"
TABLES = ("local_awards", "local_organisations", "local_contradictions", "local_years")


@dataclass(frozen=True)
class LocalResult:
    """What became of the local subsidies in a build.

    Attributes:
        files: The inventories read, by name.
        unchanged_input: They were read before; nothing was computed.
        rows: Awards in the table (count).
    """

    files: tuple[str, ...]
    unchanged_input: bool
    rows: int


def inventories(project: Project, mirror: Path | None = None) -> list[Path]:
    """Return the City's inventories at hand, the newest place first: mirror, then fetched files."""
    for folder in (mirror or mirror_folder(project), project.root / ".cache" / "inventories"):
        found = sorted((folder / SOURCE).glob("data-*.json"))
        if found:
            return found
    return []


def build_local(paths: list[Path], out: Path) -> LocalResult:
    """Read inventories into the local tables.

    Args:
        paths: The City's files, one a year.
        out: The folder of the processed tables; the tables go to its folder ``local``.

    Returns:
        What was done. Tables: ``local_awards`` (ingest contract, with domain, signal,
        organisation and legal form), ``local_organisations``, ``local_contradictions``,
        ``local_years``, a reconciliation file and the ledger of the reader.

    Raises:
        InputError: A file cannot be read.
    """
    target = out / FOLDER
    fingerprint = _fingerprint(paths)
    names = tuple(path.name for path in paths)
    state = _state(target)
    if state.get("input") == fingerprint:
        return LocalResult(names, True, int(str(state["rows"])))
    tables, extra = local_tables(paths)
    with files.staged(target) as stage:
        for name, frame in tables.items():
            files.write_csv(frame, stage / f"{name}.csv")
        for name, content in extra.items():
            files.write_json(stage / name, content)
        rows = len(tables["local_awards"])
        files.write_json(stage / STATE_FILE, {"input": fingerprint, "rows": rows})
    return LocalResult(names, False, rows)


def local_tables(paths: list[Path]) -> tuple[dict[str, pd.DataFrame], dict[str, object]]:
    """Make the local tables from inventories; nothing is written.

    Returns:
        Frames by name, and the documents that go beside them (ledger, reconciliation file).
    """
    from analysis.domains.classify import classify
    from analysis.inventories import ingest
    from analysis.organisations.organisations import build_organisations, reconciliation

    read = ingest(paths, FUNDER)
    awards = classify(read.awards, file="local_awards")
    gathered = build_organisations(awards)
    members = gathered.members.set_index("position")
    for column in ("organisation_id", "form_class", "form_basis", "public_body"):
        # Natural persons and groups have no organisation: empty, not unknown.
        awards[column] = members[column].reindex(range(len(awards))).fillna("").to_numpy()
    tables = {
        "local_awards": awards,
        "local_organisations": gathered.table,
        "local_contradictions": gathered.contradictions,
        "local_years": read.years,
    }
    left_out = {
        reason: {"rows": rows, "eur": euros} for reason, (rows, euros) in gathered.left_out.items()
    }
    return tables, {
        "ledger.json": {**read.ledger, "no_organisation": left_out},
        "reconciliation.json": reconciliation(gathered.table),
    }


def load_local(processed: Path) -> dict[str, pd.DataFrame]:
    """Read the local tables where a build left them; an empty mapping where it did not."""
    import pandas as pd

    folder = processed / FOLDER
    if not (folder / STATE_FILE).is_file():
        return {}
    frames = {}
    for name in TABLES:
        frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for column in frame.columns:
            if column.endswith("_eur") or column in ("year", "end_year", "domain_confidence"):
                frame[column] = pd.to_numeric(frame[column].replace("", None))
        frames[name] = frame
    return frames


def _state(target: Path) -> dict[str, object]:
    try:
        content = json.loads((target / STATE_FILE).read_text(encoding="utf-8"))
        whole = all((target / f"{name}.csv").is_file() for name in TABLES)
        return content if whole and isinstance(content, dict) else {}
    except (OSError, ValueError):
        return {}


def _fingerprint(paths: list[Path]) -> str:
    """Return one hash of the inventories and of the code and rules that read them."""
    digest = hashlib.sha256()
    folders = ("inventories", "domains", "organisations", "rules")
    code = [path for name in folders for path in (PACKAGE / name).rglob("*.*")]
    for path in sorted(
        (p for p in [*code, PACKAGE / "local.py"] if "__pycache__" not in p.parts),
        key=lambda path: path.as_posix(),
    ):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(files.sha256(path).encode())
    for path in paths:
        digest.update(path.name.encode() + files.sha256(path).encode())
    return digest.hexdigest()
