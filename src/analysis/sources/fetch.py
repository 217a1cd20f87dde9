"""Publishers' files into one folder, from the network or from a mirror, each with its checksum.

The target folder has the mirror's layout and a ``manifest.json``: what was fetched here is a
mirror for somebody without internet.
"""

from __future__ import annotations

import difflib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import Fault, InputError
from analysis.files import sha256, write_json
from analysis.language import text
from analysis.sources import catalogue

if TYPE_CHECKING:
    import httpx
    import pandas as pd

    from analysis.sources.download import Response

MANIFEST = "manifest.json"
#: Seconds between two files of one run, so that no server sees a burst.
PAUSE = 1.0


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes:
        source_id: The source in the catalogue.
        edition: The edition in the catalogue.
        path: Place below the target folder.
        state: ``downloaded``, ``resumed``, ``copied``, ``unchanged``, ``kept`` (it stands, but the
            publisher could not be asked), ``absent`` (not in the mirror) or ``failed``.
        size: Bytes, 0 when there is none.
        sha256: Checksum, empty when there is none.
        note: What a person should know: why it failed, whether the bytes are those measured.
    """

    source_id: str
    edition: str
    path: str
    state: str
    size: int = 0
    sha256: str = ""
    note: str = ""


def _status(value: str) -> str:
    return text("sources", f"status.{value}.meaning", "en")


def choose(
    known: pd.DataFrame, names: Sequence[str] = (), years: Sequence[int] = (), *, mirror: bool
) -> pd.DataFrame:
    """Pick the files of the catalogue that a request means.

    Without names: every file with an address that was seen or composed (from a mirror: every file
    with a place). A named source also gives its guessed addresses.

    Args:
        known: Rows of :func:`catalogue.files`.
        names: Source ids.
        years: Calendar years; an edition of several years counts for each of them.
        mirror: The files come from a folder, not from the network.

    Returns:
        The rows to fetch, in the catalogue's order.

    Raises:
        InputError: A source is not in the catalogue or has no file, a year none in these sources.
    """
    faults = []
    for name in names:
        rows = known[known["source_id"] == name]
        if rows.empty:
            close = difflib.get_close_matches(name, known["source_id"].unique(), n=3)
            hint = f"did you mean {' or '.join(close)}?" if close else "see analysis fetch --list"
            faults.append(Fault("catalogue", f"no such source; {hint}", value=name))
        elif not (rows["path"] != "").any():
            worded = " ".join(dict.fromkeys(_status(value) for value in rows["status"]))
            faults.append(Fault("catalogue", f"{name}: no file to fetch. {worded}"))
        elif not mirror and not (rows["url"] != "").any():
            faults.append(
                Fault("catalogue", f"{name}: no address is known; take it with --mirror FOLDER")
            )
    if faults:
        raise InputError("Nothing was fetched.", faults)
    chosen = known[known["source_id"].isin(names)] if names else known
    if mirror:
        chosen = chosen[chosen["path"] != ""]
    else:
        chosen = chosen[chosen["url"] != ""]
        if not names:
            chosen = chosen[chosen["url_basis"] != "guessed"]
    if years:
        first = chosen["first_year"].replace("", "0").astype("int64")
        last = chosen["last_year"].replace("", "9999").astype("int64")
        wanted = first.map(lambda _: False)
        for year in years:
            hit = (first <= year) & (year <= last)
            if not hit.any():
                have = ", ".join(sorted(set(chosen["edition"]))) or "none"
                faults.append(
                    Fault("catalogue", f"no file of that year; there is: {have}", value=str(year))
                )
            wanted |= hit
        if faults:
            raise InputError("Nothing was fetched.", faults)
        chosen = chosen[wanted]
    return chosen


def read_manifest(out: Path) -> dict[str, dict[str, Any]]:
    """Return what an earlier run wrote about the files of ``out``: path → facts.

    Raises:
        InputError: There is a manifest that cannot be read.
    """
    path = out / MANIFEST
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(name): dict(facts) for name, facts in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "The manifest of an earlier run cannot be read.",
            [Fault(str(path), "delete it to fetch everything anew")],
        ) from error


def _measured(row: pd.Series, digest: str) -> str:
    if not row["measured_sha256"]:
        return ""
    if row["measured_sha256"] == digest:
        return "same bytes as the copy that was measured"
    return "other bytes than the copy that was measured: figures quoted for it may not hold"


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _from_mirror(
    row: pd.Series, mirror: Path, out: Path, entry: dict[str, Any]
) -> tuple[Outcome, dict[str, Any]]:
    source, target = mirror / row["path"], out / row["path"]
    place = (row["source_id"], row["edition"], row["path"])
    if not source.is_file():
        return Outcome(*place, "absent", note="not in the mirror"), {}
    digest = sha256(source)
    if target.is_file() and sha256(target) == digest:
        state = "unchanged"
    else:
        from analysis.sources.download import discard_part, part_of

        target.parent.mkdir(parents=True, exist_ok=True)
        discard_part(target)
        part = part_of(target)
        shutil.copyfile(source, part)
        if sha256(part) != digest:
            discard_part(target)
            return Outcome(*place, "failed", note="changed while it was copied; try again"), {}
        part.replace(target)
        state = "copied"
    size = target.stat().st_size
    facts = entry if entry.get("sha256") == digest else {"origin": "mirror"}
    return Outcome(*place, state, size, digest, _measured(row, digest)), facts


def _from_network(
    row: pd.Series,
    out: Path,
    entry: dict[str, Any],
    client: httpx.Client,
    sleep: Callable[[float], None],
    refresh: bool,
) -> tuple[Outcome, dict[str, Any]]:
    from analysis.sources import download as http

    target = out / row["path"]
    place = (row["source_id"], row["edition"], row["path"])
    intact = (
        target.is_file()
        and bool(entry)
        and entry.get("origin") == row["url"]
        and entry.get("sha256") == sha256(target)
    )
    known: Response | None = None
    if intact and not refresh:
        known = http.Response(
            "unchanged",
            str(entry.get("etag", "")),
            str(entry.get("last_modified", "")),
            str(entry.get("served", "")),
        )
        if not (known.etag or known.last_modified):
            # Nothing to ask the server by: asking would mean downloading it again.
            note = "the server gives no mark to ask by; --refresh downloads it again"
            return _standing(row, target, entry, "unchanged", note), entry
    try:
        answer = http.download(
            client, row["url"], target, form=row["format"], known=known, sleep=sleep
        )
    except http.Unavailable as error:
        if intact:
            return _standing(row, target, entry, "kept", f"not checked: {error}"), entry
        guess = ""
        if row["url_basis"] == "guessed":
            guess = "the address was guessed after another year: look for it on the landing page"
        return Outcome(*place, "failed", note=_join(str(error), guess)), {}
    if answer.state == "unchanged":
        return _standing(row, target, entry, "unchanged"), entry
    part = http.part_of(target)
    digest = sha256(part)
    before = str(entry.get("sha256", ""))
    part.replace(target)
    http.discard_part(target)
    facts = {
        "origin": row["url"],
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "served": answer.served,
    }
    revised = ""
    if before and before != digest:
        facts["previous_sha256"] = before
        revised = "the publisher changed it since the last run"
    note = _join(_measured(row, digest), revised)
    return Outcome(*place, answer.state, target.stat().st_size, digest, note), facts


def _standing(
    row: pd.Series, target: Path, entry: dict[str, Any], state: str, note: str = ""
) -> Outcome:
    digest = str(entry["sha256"])
    return Outcome(
        row["source_id"],
        row["edition"],
        row["path"],
        state,
        target.stat().st_size,
        digest,
        _join(_measured(row, digest), note),
    )


def fetch(
    chosen: pd.DataFrame,
    out: Path,
    *,
    mirror: Path | None = None,
    client: httpx.Client | None = None,
    sleep: Callable[[float], None] = time.sleep,
    refresh: bool = False,
    report: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Bring files of the catalogue into a folder; one that is there unchanged is left alone.

    Args:
        chosen: Rows from :func:`choose`.
        out: Target folder; gets the files at their ``path`` and ``manifest.json`` with size,
            SHA-256, origin and, from the network, the server's own marks and date.
        mirror: Folder with the same paths; nothing is asked of the network then.
        client: For the network; default :func:`analysis.sources.download.open_client`.
        sleep: Waits so many seconds.
        refresh: Download again what stands there unchanged.
        report: Called with each outcome as it comes.

    Returns:
        One outcome per row. A file stands under its name only when all of it came.

    Raises:
        InputError: The mirror is not a folder, the manifest cannot be read, httpx is not installed,
            the target cannot be written.
    """
    if mirror is not None and not mirror.is_dir():
        raise InputError(f"The mirror {mirror} is not a folder.")
    manifest = read_manifest(out)
    outcomes = []
    own_client = None
    if mirror is None and client is None:
        try:
            from analysis.sources.download import open_client

            own_client = client = open_client()
        except ImportError as error:
            raise InputError(
                "Fetching over the network needs httpx: install the extra with pip install "
                "'brussels-social-innovation-funding[fetch]', or use --mirror FOLDER."
            ) from error
    try:
        for number, (_, row) in enumerate(chosen.iterrows()):
            entry = manifest.get(row["path"], {})
            if mirror is not None:
                outcome, facts = _from_mirror(row, mirror, out, entry)
            else:
                assert client is not None  # noqa: S101 - set above when there is no mirror
                if number:
                    sleep(PAUSE)
                outcome, facts = _from_network(row, out, entry, client, sleep, refresh)
            report(outcome)
            outcomes.append(outcome)
            if outcome.state not in ("failed", "absent"):
                manifest[row["path"]] = {
                    "source_id": outcome.source_id,
                    "edition": outcome.edition,
                    "bytes": outcome.size,
                    "sha256": outcome.sha256,
                    **{
                        key: value
                        for key, value in facts.items()
                        if key not in ("source_id", "edition", "bytes", "sha256") and value
                    },
                }
                # After each file: a stopped run keeps what it has.
                write_json(out / MANIFEST, {"files": dict(sorted(manifest.items()))})
    except OSError as error:
        raise InputError(f"The files cannot be written to {out}: {error}") from error
    finally:
        if own_client is not None:
            own_client.close()
    return outcomes


def missed(
    outcomes: Sequence[Outcome], names: Sequence[str], years: Sequence[int]
) -> list[Outcome]:
    """Return what was asked for and did not come.

    Nobody's mirror has everything: what is absent from it is missed only when its year was asked
    for, when nothing of a named source is there, or when nothing is there at all.
    """
    there = {outcome.source_id for outcome in outcomes if outcome.state not in ("failed", "absent")}
    return [
        outcome
        for outcome in outcomes
        if outcome.state == "failed"
        or (
            outcome.state == "absent"
            and (
                years
                or not there
                or (outcome.source_id in names and outcome.source_id not in there)
            )
        )
    ]


def strangers(mirror: Path, known: pd.DataFrame) -> list[str]:
    """List the data files of a mirror that the catalogue does not know, as paths below it."""
    ours = set(known["path"])
    return sorted(
        path.relative_to(mirror).as_posix()
        for path in mirror.rglob("*")
        if path.is_file()
        and path.suffix.lower() in {".json", ".csv", ".xlsx", ".xls", ".ods", ".parquet", ".zip"}
        and path.name != MANIFEST
        and path.relative_to(mirror).as_posix() not in ours
    )


def overview(sources: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Return the catalogue as lines for a terminal: source, status, editions, publisher."""
    width = int(sources["source_id"].str.len().max())
    states = {
        status: text("sources", f"status.{status}.label", "en") for status in catalogue.STATUSES
    }
    room = max(map(len, states.values()))
    lines = []
    for _, row in sources.iterrows():
        own = known[(known["source_id"] == row["source_id"]) & (known["path"] != "")]
        editions = f" [{', '.join(own['edition'])}]" if len(own) else ""
        lines.append(
            f"{row['source_id']:<{width}}  {states[row['status']]:<{room}}  "
            f"{row['publisher_en']}{editions}"
        )
    return lines
