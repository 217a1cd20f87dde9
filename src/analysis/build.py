"""Raw evidence → declared corrections → checked tables in ``data/processed``.

Everything is checked before anything is written, and all files move into place together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import __version__, files
from analysis.errors import CheckFailed, Fault, InputError
from analysis.evidence.manifest import manifest_path, read_manifest
from analysis.project import PACKAGE

if TYPE_CHECKING:
    import pandas as pd

    from analysis.evidence.read import RawEvidence
    from analysis.ledger import Entry, Ledger

STATE_FILE = ".build-state.json"
LIBRARIES = ("pandas", "pandera", "numpy")
# Reference tables that pass through with a reader's note.
REFERENCE = ("funders", "sources", "indicators", "municipalities")


@dataclass(frozen=True)
class BuildResult:
    """What a build did.

    Attributes:
        changed: Files whose bytes are new.
        unchanged_input: The build was recognised as done before; nothing was computed.
        rows: Records per table (count); empty when nothing was computed.
        warnings: Things worth knowing that do not stop a build.
    """

    changed: tuple[str, ...]
    unchanged_input: bool
    rows: dict[str, int]
    warnings: tuple[str, ...] = ()


def build(raw: Path, out: Path, say: Callable[[str], None] = lambda _: None) -> BuildResult:
    """Build the checked tables.

    Args:
        raw: ``data/raw``: the evidence tables, manifest, corrections, sightings.
        out: Folder for the tables, the ledger and the data package.
        say: Receives one line a step.

    Raises:
        InputError: The evidence or a declared file cannot be used; nothing was written.
        CheckFailed: The ledger does not add up (a bug of ours).
    """
    fingerprint = _fingerprint(raw)
    if _already_built(out, fingerprint):
        return BuildResult((), True, {})
    say("reading and checking the evidence")
    evidence, corrected = _checked_input(raw)
    warnings = _differences_from_manifest(raw)
    say("making the tables")
    tables, ledger = make_tables(evidence, corrected, raw)
    say("checking the tables")
    faults = _output_faults(tables)
    if faults:
        raise CheckFailed("The tables made from this evidence break their own schemas:", faults)
    say(f"writing {len(tables)} tables")
    changed = _write(tables, ledger, out, fingerprint, read_manifest(raw).as_of)
    return BuildResult(changed, False, {n: len(f) for n, f in tables.items()}, warnings)


def _checked_input(raw: Path) -> tuple[RawEvidence, dict[str, int]]:
    from analysis.evidence.corrections import read_corrections
    from analysis.evidence.read import checked_evidence, read_evidence

    path = corrections_path(raw)
    return checked_evidence(read_evidence(raw), read_corrections(path), path.name)


def corrections_path(raw: Path) -> Path:
    """Return the corrections file that belongs to a raw folder."""
    return manifest_path(raw).with_name("corrections.csv")


def sightings_path(raw: Path) -> Path:
    """Return the file with sightings read from notes that belongs to a raw folder."""
    return manifest_path(raw).with_name("sightings.csv")


def make_tables(
    evidence: RawEvidence, corrected: dict[str, int], raw: Path
) -> tuple[dict[str, pd.DataFrame], Ledger]:
    """Make all checked tables from raw evidence.

    Args:
        evidence: Raw text frames, corrected and checked.
        corrected: Corrected cells per table (count), for the ledger.
        raw: The raw folder (for the sightings file and the date of the evidence).

    Returns:
        Frames by table name with the columns of ``rules/tables/processed.yaml``, and the ledger.

    Raises:
        InputError: A sighting or a declared call round does not fit.
        CheckFailed: The ledger does not add up.
    """
    import pandas as pd

    from analysis.awards import award_organisations, clean_awards
    from analysis.calls import call_rounds
    from analysis.figures import resolve
    from analysis.ledger import Entry, Ledger
    from analysis.notes import reader_notes
    from analysis.programmes import clean_programmes, tidy
    from analysis.status import sightings, status_intervals
    from analysis.tables import schemas

    text = evidence.tables
    as_of = read_manifest(raw).as_of
    ledger = Ledger()
    made: dict[str, pd.DataFrame] = {
        "edition": pd.DataFrame({"as_of": [as_of.isoformat()], "version": [__version__]})
    }

    for name in REFERENCE:
        made[name] = text[name].copy()
        if "note" in made[name]:
            made[name]["note"] = reader_notes(text[name]["note"])
        ledger.add(_entry(name, text[name], made[name], corrected))

    made["programmes"] = clean_programmes(text["programmes"])
    entry = _entry("programmes", text["programmes"], made["programmes"], corrected)
    entry.remarks["families"] = int(made["programmes"]["family_id"].nunique())
    ledger.add(entry)
    made["programme_stages"] = tidy(text["programmes"], "stage_", "stage", "supports")
    made["programme_legal_forms"] = tidy(text["programmes"], "open_", "legal_form", "open_to")
    made["sightings"] = sightings(text, _noted_sightings(raw, text))
    made["programme_status"] = status_intervals(text["programmes"], made["sightings"], as_of)

    made["recoding"] = _recoding(raw, text)

    made["awards"] = clean_awards(text["awards"])
    entry = _entry("awards", text["awards"], made["awards"], corrected)
    entry.euros = {
        "in": _euros(text["awards"]["amount_eur"]),
        "out": _euros(made["awards"]["amount_eur"]),
    }
    entry.remarks = {
        "without_amount": int(text["awards"]["amount_eur"].eq("").sum()),
        **{f"not_counted_{why}": int(n) for why, n in _reasons(made["awards"]).items()},
    }
    ledger.add(entry)

    made["organisations"] = award_organisations(made["awards"])

    for name, subject in (
        ("funding_facts", ["programme", "phase"]),
        ("need_indicators", ["area", "period_start"]),
    ):
        figures = resolve(text[name], text["sources"], subject)
        figures["note"] = reader_notes(figures["note"])
        made[name] = figures
        entry = _entry(name, text[name], figures, corrected)
        entry.merged = len(text[name]) - len(figures)
        money, kept = text[name]["unit"].eq("EUR"), figures["unit"].eq("EUR")
        if money.any():
            entry.euros = {
                "in": _euros(text[name].loc[money, "value"]),
                "out": _euros(figures.loc[kept, "value"]),
            }
            entry.euros["merged"] = round(entry.euros["in"] - entry.euros["out"], 2)
        entry.remarks = {
            f"resolution_{how}": int(n)
            for how, n in figures["resolution"].value_counts().sort_index().items()
        }
        ledger.add(entry)
    made["calls"] = call_rounds(made["funding_facts"])

    logs = pd.concat([text[name] for name in text if name.startswith("merge_log")])
    made["provenance"] = logs.rename(columns={"target_id": "row_id"})
    entry = Entry("provenance", "merge_log_*.csv", len(logs), len(made["provenance"]))
    entry.remarks = {f"action_{k}": int(n) for k, n in logs["action"].value_counts().items()}
    ledger.add(entry)

    family = schemas("processed")
    ordered = {
        name: made[name][schema.names].sort_values(list(schema.key), ignore_index=True)
        for name, schema in family.items()
    }
    direct = {entry.table for entry in ledger.entries}
    ledger.derived = {n: len(frame) for n, frame in ordered.items() if n not in direct}
    return ordered, ledger


def _entry(
    name: str, before: pd.DataFrame, after: pd.DataFrame, corrected: dict[str, int]
) -> Entry:
    from analysis.ledger import Entry

    return Entry(name, f"{name}.csv", len(before), len(after), corrected.get(name, 0))


def _euros(cells: pd.Series) -> float:
    import pandas as pd

    # Whole cents, so that the sum does not depend on the order of the rows.
    cents = (pd.to_numeric(cells.replace("", None)).dropna().astype(float) * 100).round()
    return int(cents.astype("int64").sum()) / 100


def _reasons(awards: pd.DataFrame) -> dict[str, int]:
    reasons = awards.loc[awards["counted"] == "no", "not_counted_because"]
    return {str(k): int(v) for k, v in reasons.value_counts().sort_index().items()}


def recoding_path(raw: Path) -> Path:
    """Return the file with the blind recoding that belongs to a raw folder."""
    return manifest_path(raw).with_name("recoding") / "recoding.csv"


def _recoding(raw: Path, text: dict[str, pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    from analysis.tables import schemas

    path = recoding_path(raw)
    columns = schemas("processed")["recoding"].names
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype="str")
    again = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(again.columns) != columns:
        raise InputError(f"{path.name}: the columns must be {', '.join(columns)}.")
    known = again["programme_id"].isin(text["programmes"]["programme_id"])
    if faults := [
        Fault(
            path.name,
            "is not in programmes.csv; remove the line",
            str(row + 2),
            "programme_id",
            str(value),
        )
        for row, value in again.loc[~known, "programme_id"].items()
        if isinstance(row, int)
    ]:
        raise InputError("The blind recoding does not fit the programmes:", faults)
    return again


def _noted_sightings(raw: Path, text: dict[str, pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    from analysis.tables import FORMS

    path = sightings_path(raw)
    columns = ["programme_id", "date", "source_id", "what"]
    if not path.is_file():
        return pd.DataFrame(columns=columns, dtype="str")
    noted = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(noted.columns) != columns:
        raise InputError(f"{path.name}: the columns must be {', '.join(columns)}.")
    faults = [
        Fault(path.name, words, str(int(row) + 2), column, str(noted.loc[row, column]))
        for column, good, words in (
            (
                "programme_id",
                noted["programme_id"].isin(text["programmes"]["programme_id"]),
                "is not in programmes.csv; correct or remove the line",
            ),
            (
                "source_id",
                noted["source_id"].isin(text["sources"]["source_id"]),
                "is not in sources.csv; correct or remove the line",
            ),
            ("date", noted["date"].str.fullmatch(FORMS["date"][0]), FORMS["date"][1]),
            ("what", noted["what"].ne(""), "must say what was seen"),
        )
        for row in noted.index[~good]
    ]
    if faults:
        raise InputError(f"{path.name} cannot be used:", faults)
    return noted


def _output_faults(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    from analysis.tables import as_text, check, check_references, schemas

    family = schemas("processed")
    # What is checked is what a reader of the files will see.
    text = {name: as_text(frame) for name, frame in tables.items()}
    names = {name: f"{name}.csv" for name in text}
    faults: list[Fault] = []
    for name, schema in family.items():
        faults.extend(check(text[name], schema, names[name]))
        repeated = text[name].duplicated(list(schema.key), keep=False)
        faults.extend(
            Fault(names[name], "the key stands in more than one row", str(int(row) + 2))
            for row in text[name].index[repeated]
        )
    return faults + check_references(text, family, names)


def _write(
    tables: dict[str, pd.DataFrame], ledger: Ledger, out: Path, fingerprint: str, as_of: dt.date
) -> tuple[str, ...]:
    from analysis.dictionary import data_package
    from analysis.organisations.organisations import reconciliation

    before = {path.name: files.sha256(path) for path in out.glob("*") if path.is_file()}
    with files.staged(out) as stage:
        for name, frame in tables.items():
            files.write_csv(frame, stage / f"{name}.csv")
        files.write_json(stage / "ledger.json", ledger.as_dict())
        files.write_json(stage / "reconciliation.json", reconciliation(tables["organisations"]))
        files.write_json(stage / "datapackage.json", data_package(stage, as_of))
        made = {path.name: files.sha256(path) for path in sorted(stage.iterdir())}
        files.write_json(stage / STATE_FILE, {"input": fingerprint, "output": made})
    return tuple(name for name, digest in made.items() if before.get(name) != digest)


def _fingerprint(raw: Path) -> str:
    """Return one hash of everything that decides the output: raw files, our code and rules."""
    digest = hashlib.sha256()
    folder = manifest_path(raw).parent
    inputs = [path for path in folder.rglob("*") if path.suffix in (".csv", ".json")]
    inputs += [path for path in raw.rglob("*.csv") if path not in inputs]
    code = [*PACKAGE.glob("*.py"), *PACKAGE.glob("evidence/*.py"), *PACKAGE.glob("rules/**/*.*")]
    for base, paths in ((folder, inputs), (PACKAGE, code)):
        for path in sorted(paths):
            name = path.relative_to(base) if path.is_relative_to(base) else Path(path.name)
            digest.update(name.as_posix().encode() + b"\0" + files.sha256(path).encode() + b"\n")
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()


def _already_built(out: Path, fingerprint: str) -> bool:
    try:
        state = json.loads((out / STATE_FILE).read_text(encoding="utf-8"))
        return bool(state["input"] == fingerprint) and all(
            files.sha256(out / name) == digest for name, digest in state["output"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _differences_from_manifest(raw: Path) -> tuple[str, ...]:
    from analysis.evidence.manifest import changed_files

    return tuple(
        f"{name} differs from manifest.json ({what}); figures will move without a new import"
        for name, what in changed_files(raw).items()
    )
