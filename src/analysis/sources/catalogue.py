"""The catalogue of publishers: what each one publishes, where, and what nobody has found.

Two data files make it. ``rules/sources.csv`` has one row per thing that a publisher publishes (or
should), ``rules/source_files.csv`` one row per edition of it, with its status. A publisher without
a known file keeps its rows: that list is a finding.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError
from analysis.files import sha256
from analysis.language import texts
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

#: Best first: what is known of a source is the best that is known of one of its editions.
STATUSES = (
    "available",
    "registration",
    "copy_only",
    "document_only",
    "search_page_only",
    "unverified",
    "requested",
    "dead",
    "not_found",
    "not_searched",
)
#: With one of these, nobody can point to a file, a document or a page to search in.
WITHOUT_FILE = ("unverified", "requested", "dead", "not_found", "not_searched")

SOURCE_COLUMNS = (
    "source_id",
    "kind",
    "publisher_fr",
    "publisher_nl",
    "publisher_en",
    "funder_id",
    "scope",
    "title_fr",
    "title_nl",
    "legal_basis",
    "licence",
    "licence_basis",
    "landing_page",
    "archive_url",
    "row_meaning",
    "amount_phase",
    "note",
)
FILE_COLUMNS = (
    "source_id",
    "edition",
    "first_year",
    "last_year",
    "status",
    "format",
    "url",
    "url_basis",
    "path",
    "measured_sha256",
    "note",
)
_SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
_URL = r"(https?://\S+)?"
# Relative, no empty or upward parts, no drive letters: a path of the catalogue becomes a file name.
_PATH = r"([a-z0-9][a-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+)?"
_PATTERNS = {
    "sources.csv": {
        "source_id": _SLUG,
        "publisher_fr": r".+",
        "publisher_nl": r".+",
        "publisher_en": r".+",
        "funder_id": f"({_SLUG})?",
        "title_fr": r".+",
        "title_nl": r".+",
        "landing_page": _URL,
        "archive_url": _URL,
    },
    "source_files.csv": {
        "source_id": _SLUG,
        "first_year": r"((19|20)\d\d)?",
        "last_year": r"((19|20)\d\d)?",
        "format": r"(json|csv|xlsx|zip|html|topojson)?",
        "url": _URL,
        "path": _PATH,
        "measured_sha256": r"([0-9a-f]{64})?",
    },
}


def closed_list(topic: str) -> tuple[str, ...]:
    """Return the values that one catalogue column may take, from ``texts/sources.yaml``.

    Args:
        topic: status, scope, kind, row_meaning, amount_phase, url_basis or licence_basis.
    """
    values = dict.fromkeys(
        key.split(".")[1] for key in texts("sources") if key.startswith(f"{topic}.")
    )
    return tuple(values)


def _read(name: str, columns: tuple[str, ...], folder: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        frame = pd.read_csv(folder / name, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"The source catalogue cannot be read: {error}") from error
    if tuple(frame.columns) != columns:
        raise InputError(
            "The source catalogue does not have its columns.",
            [Fault(name, f"the header must be {','.join(columns)}", row="1")],
        )
    return frame


def _mismatches(frame: pd.DataFrame, name: str) -> list[Fault]:
    faults = []
    for column, pattern in _PATTERNS[name].items():
        for index in frame.index[~frame[column].str.fullmatch(pattern)]:
            faults.append(
                Fault(
                    name,
                    f"must look like {pattern}",
                    row=str(index + 2),
                    column=column,
                    value=str(frame.loc[index, column]),
                )
            )
    lists = {
        "sources.csv": {
            topic: closed_list(topic)
            for topic in ("kind", "scope", "row_meaning", "amount_phase", "licence_basis")
        }
        | {"legal_basis": ("", *legal_bases().index)},
        "source_files.csv": {"status": STATUSES, "url_basis": ("", *closed_list("url_basis"))},
    }[name]
    for column, values in lists.items():
        for index in frame.index[~frame[column].isin(values)]:
            faults.append(
                Fault(
                    name,
                    f"must be one of: {', '.join(value or 'empty' for value in values)}",
                    row=str(index + 2),
                    column=column,
                    value=str(frame.loc[index, column]),
                )
            )
    return faults


def validate(sources: pd.DataFrame, files: pd.DataFrame) -> list[Fault]:
    """List what is wrong in a catalogue: patterns, closed lists, keys and claims without support.

    Args:
        sources: Columns as in ``SOURCE_COLUMNS``, all text.
        files: Columns as in ``FILE_COLUMNS``, all text.

    Returns:
        The faults, empty when the catalogue holds.
    """
    one, two = "sources.csv", "source_files.csv"
    faults = _mismatches(sources, one) + _mismatches(files, two)

    def add(frame: pd.DataFrame, wrong: pd.Series, name: str, column: str, rule: str) -> None:
        for index in frame.index[wrong]:
            faults.append(
                Fault(
                    name,
                    rule,
                    row=str(index + 2),
                    column=column,
                    value=str(frame.loc[index, column]),
                )
            )

    add(sources, sources["source_id"].duplicated(), one, "source_id", "must be unique")
    # A City file can never pass for the Region's: one funder has one scope, and only files that
    # carry their own funder in each row have none.
    scopes = sources[sources["funder_id"] != ""].groupby("funder_id")["scope"].transform("nunique")
    add(
        sources,
        scopes.reindex(sources.index, fill_value=1) > 1,
        one,
        "scope",
        "one funder has one scope: give its other rows the same one",
    )
    shared = sources["scope"].isin(["several_brussels_authorities", "no_money"])
    add(
        sources,
        shared != (sources["funder_id"] == ""),
        one,
        "funder_id",
        "must name whose money it is, and be empty where rows name it or where there is none",
    )
    municipal = sources["funder_id"].str.startswith("commune-") | (
        sources["funder_id"] == "ville-de-bruxelles"
    )
    add(
        sources,
        municipal != (sources["scope"] == "municipality"),
        one,
        "scope",
        "municipality goes with a municipality's funder_id, and with no other",
    )
    add(
        sources,
        (sources["licence"] == "") != (sources["licence_basis"] == "not_seen"),
        one,
        "licence_basis",
        "a licence needs a basis, and not_seen means an empty licence",
    )
    add(
        sources,
        ~sources["source_id"].isin(files["source_id"]),
        one,
        "source_id",
        "has no row in source_files.csv: give it one, with status not_found or not_searched",
    )
    add(
        files,
        ~files["source_id"].isin(sources["source_id"]),
        two,
        "source_id",
        "is not in sources.csv",
    )
    add(
        files,
        files.duplicated(["source_id", "edition"]),
        two,
        "edition",
        "must be unique in its source",
    )
    add(
        files,
        (files["path"] != "") & files["path"].duplicated(),
        two,
        "path",
        "two files cannot have the same place",
    )
    add(
        files,
        (files["url"] == "") != (files["url_basis"] == ""),
        two,
        "url_basis",
        "an address needs a basis, and a basis an address",
    )
    add(
        files,
        (files["url"] != "") & (files["path"] == ""),
        two,
        "path",
        "a file with an address needs a place to put it",
    )
    guessed = (files["status"] == "available") & ~files["url_basis"].isin(["seen", "composed"])
    add(files, guessed, two, "status", "available needs an address that was not guessed")
    nothing = files["status"].isin(["not_found", "not_searched"])
    add(
        files,
        nothing & ((files["url"] != "") | (files["measured_sha256"] != "")),
        two,
        "status",
        "nothing was found, so there is no address and no measured copy",
    )
    add(
        files,
        (files["last_year"] != "") & (files["last_year"] < files["first_year"]),
        two,
        "last_year",
        "must not come before first_year",
    )
    return sorted(faults)


@cache
def legal_bases() -> pd.DataFrame:
    """Return the rules that oblige publishers: title and duty in fr, nl, en; index legal_basis."""
    import pandas as pd

    return pd.read_csv(
        RULES / "legal_bases.csv", dtype="str", keep_default_na=False, index_col="legal_basis"
    )


@cache
def _loaded(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    sources = _read("sources.csv", SOURCE_COLUMNS, folder)
    files = _read("source_files.csv", FILE_COLUMNS, folder)
    if faults := validate(sources, files):
        raise InputError("The source catalogue does not hold.", faults)
    order = pd.CategoricalDtype(list(STATUSES), ordered=True)
    best = files["status"].astype(order).groupby(files["source_id"]).min().astype("str")
    sources["status"] = sources["source_id"].map(best)
    return sources, files


def load(folder: Path = RULES) -> pd.DataFrame:
    """Return the catalogue, one row per source.

    Args:
        folder: Where ``sources.csv`` and ``source_files.csv`` are.

    Returns:
        The columns of ``SOURCE_COLUMNS`` as text and ``status``: the best status that one of the
        source's editions has.

    Raises:
        InputError: The files break the catalogue's schema; each fault names row and column.
    """
    return _loaded(folder)[0].copy()


def files(folder: Path = RULES) -> pd.DataFrame:
    """Return one row per edition of a source: ``FILE_COLUMNS``, all text.

    ``path`` is the place of the file both below a mirror and below the target folder of
    ``analysis fetch``, so that what one institution fetched is a mirror for another.

    Raises:
        InputError: As :func:`load`.
    """
    return _loaded(folder)[1].copy()


def identify(file: Path, folder: Path = RULES) -> str:
    """Return the source whose measured copy has the same bytes as ``file``; empty when none has."""
    known = files(folder)
    found = known.loc[known["measured_sha256"] == sha256(file), "source_id"]
    return "" if found.empty else str(found.iloc[0])


def check_funder(file: Path, funder_id: str, folder: Path = RULES) -> None:
    """Refuse to read a known file as another body's money.

    Args:
        file: A publisher's file; only bytes that the catalogue knows can be refused.
        funder_id: Whose money the user says it is.
        folder: Where the catalogue is.

    Raises:
        InputError: The catalogue knows these bytes as another funder's.
    """
    source_id = identify(file, folder)
    if not source_id:
        return
    row = load(folder).set_index("source_id").loc[source_id]
    if row["funder_id"] and row["funder_id"] != funder_id:
        raise InputError(
            "This file is not that funder's.",
            [
                Fault(
                    file.name,
                    f"it is {row['publisher_en']}'s ({row['title_fr']}): use "
                    f"--funder {row['funder_id']}",
                    value=funder_id,
                )
            ],
        )
