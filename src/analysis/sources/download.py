"""One file over HTTP: resumed where it stopped, retried politely, never half of it under its name."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from analysis import __version__
from analysis.files import write_json

if TYPE_CHECKING:
    import httpx

USER_AGENT = (
    f"brussels-social-innovation-funding/{__version__} (research on public subsidies; one "
    "request at a time)"
)
ATTEMPTS = 4
#: Seconds before the second, third and fourth attempt.
BACKOFF = (1.0, 2.0, 4.0)
#: A server that asks for a longer pause is left alone until the next run.
LONGEST_WAIT = 60.0
_TRY_AGAIN = {429, 500, 502, 503, 504}


class Unavailable(Exception):  # noqa: N818 - reads as what it says
    """The file could not be had; the message says why in one line."""


class Interrupted(Unavailable):
    """The connection failed; what came is kept for the next run."""


@dataclass(frozen=True)
class Response:
    """What a server said about the file it gave.

    Attributes:
        state: ``downloaded``, ``resumed`` or ``unchanged``.
        etag: Its version mark, empty when it gives none.
        last_modified: Its date of last change as sent, or empty.
        served: Its own clock (``Date`` header) when it answered, or empty.
    """

    state: str
    etag: str = ""
    last_modified: str = ""
    served: str = ""


def open_client() -> httpx.Client:
    """Return a client with our name on it, time limits, and proxies from the environment."""
    import httpx

    return httpx.Client(
        # Ranges and lengths count the bytes on the wire: ask for them uncompressed.
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(30.0, connect=10.0),
        follow_redirects=True,
    )


def part_of(target: Path) -> Path:
    """Return the place where an unfinished download of ``target`` waits."""
    return target.with_name(target.name + ".part")


def _ticket_of(target: Path) -> Path:
    return target.with_name(target.name + ".part.json")


def discard_part(target: Path) -> None:
    """Forget an unfinished download."""
    part_of(target).unlink(missing_ok=True)
    _ticket_of(target).unlink(missing_ok=True)


def _resumable(target: Path, url: str) -> tuple[int, str]:
    """Return how many bytes wait and the mark they belong to; 0 when they cannot be trusted."""
    part = part_of(target)
    try:
        ticket = json.loads(_ticket_of(target).read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    if not isinstance(ticket, dict) or ticket.get("url") != url or not ticket.get("mark"):
        return 0, ""
    return size, str(ticket["mark"])


def _pause(header: str, attempt: int, now: Callable[[], float]) -> float:
    """Return the seconds to wait: what the server asks for, else our own backoff."""
    own = BACKOFF[min(attempt, len(BACKOFF) - 1)]
    if not header:
        return own
    try:
        asked = float(header)
    except ValueError:
        try:
            asked = parsedate_to_datetime(header).timestamp() - now()
        except (TypeError, ValueError):
            return own
    return max(asked, own)


def _refusal(status: int) -> str:
    if status in (404, 410):
        return f"the publisher has nothing at this address ({status})"
    if status in (401, 403):
        return f"the publisher refuses access ({status})"
    return f"the server answered {status}"


def _looks_whole(part: Path, form: str) -> bool:
    """Tell whether a finished file can be what it should be, from its ends only."""
    size = part.stat().st_size
    if size == 0:
        return False
    with part.open("rb") as handle:
        head = handle.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        handle.seek(max(0, size - 64))
        tail = handle.read().rstrip()
    if form in ("json", "topojson"):
        return head[:1] in (b"[", b"{") and tail[-1:] in (b"]", b"}")
    if form in ("xlsx", "zip"):
        return head[:2] == b"PK"
    return True


def _attempt(
    client: httpx.Client, url: str, target: Path, form: str, known: Response | None
) -> Response:
    import httpx

    part = part_of(target)
    waiting, mark = _resumable(target, url)
    headers: dict[str, str] = {}
    if waiting:
        # Without If-Range a changed file would be glued to the old one's beginning.
        headers |= {"Range": f"bytes={waiting}-", "If-Range": mark}
    elif known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    elif known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 304 and known is not None:
            return Response("unchanged", known.etag, known.last_modified, known.served)
        if response.status_code == 416:
            discard_part(target)
            raise httpx.RemoteProtocolError("what was kept does not fit the file any more")
        if response.status_code not in (200, 206):
            raise httpx.HTTPStatusError(
                _refusal(response.status_code), request=response.request, response=response
            )
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("text/html", "application/xhtml+xml") and form != "html":
            raise Unavailable(f"the address answers with a web page, not with {form or 'a file'}")
        start = 0
        if response.status_code == 206:
            span, _, whole = response.headers.get("content-range", "").partition("/")
            if not waiting or span.lower().split("-")[0].removeprefix("bytes").strip() != str(
                waiting
            ):
                discard_part(target)
                raise httpx.RemoteProtocolError("the server sent another part than was asked for")
            start, total = waiting, int(whole) if whole.isdigit() else None
        else:
            length = response.headers.get("content-length", "")
            encoded = response.headers.get("content-encoding", "identity") != "identity"
            total = int(length) if length.isdigit() and not encoded else None
        etag = response.headers.get("etag", "")
        modified = response.headers.get("last-modified", "")
        # A weak mark says "equivalent", not "the same bytes": no ground to glue parts together.
        usable = etag if etag and not etag.startswith("W/") else modified
        target.parent.mkdir(parents=True, exist_ok=True)
        write_json(_ticket_of(target), {"url": url, "mark": usable})
        with (
            part.open("ab" if start else "wb") as handle,
            tqdm(
                total=total,
                initial=start,
                unit="B",
                unit_scale=True,
                desc=target.name,
                disable=None,
                leave=False,
            ) as bar,
        ):
            for chunk in response.iter_bytes():
                handle.write(chunk)
                bar.update(len(chunk))
        if total is not None and part.stat().st_size != total:
            raise httpx.RemoteProtocolError("the connection ended before the file did")
        if not _looks_whole(part, form):
            discard_part(target)
            raise Unavailable(f"what came is not a whole {form or 'file'}")
        return Response(
            "resumed" if start else "downloaded",
            etag,
            modified,
            response.headers.get("date", ""),
        )


def download(
    client: httpx.Client,
    url: str,
    target: Path,
    *,
    form: str = "",
    known: Response | None = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> Response:
    """Bring one file to the ``.part`` place beside ``target``; the caller moves it when content.

    Args:
        client: From :func:`open_client`.
        url: Address of the file.
        target: Where the file is to stand in the end.
        form: json, csv, xlsx, zip, html ...; a web page in another file's place is refused.
        known: What the server said about the copy that we have; it may answer "unchanged".
        sleep: Waits so many seconds between attempts.
        now: Clock for dates in ``Retry-After``, seconds since 1970.

    Returns:
        What the server said. ``unchanged`` leaves no part.

    Raises:
        Unavailable: The file cannot be had from there.
        Interrupted: The connection failed four times; the part waits for the next run.
    """
    import httpx

    reason = ""
    for attempt in range(ATTEMPTS):
        wait = BACKOFF[min(attempt, len(BACKOFF) - 1)]
        try:
            return _attempt(client, url, target, form, known)
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in _TRY_AGAIN:
                raise Unavailable(str(error)) from error
            reason = str(error)
            wait = _pause(error.response.headers.get("retry-after", ""), attempt, now)
            if wait > LONGEST_WAIT:
                raise Interrupted(f"{reason} and asks to wait {wait:.0f} seconds") from error
        except httpx.TooManyRedirects as error:
            raise Unavailable("the address leads round in a circle") from error
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Unavailable(f"the address cannot be used: {error}") from error
        except httpx.TimeoutException:
            reason = "the server does not answer in time"
        except httpx.ConnectError as error:
            reason = f"no connection ({error})"
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
        if attempt + 1 < ATTEMPTS:
            sleep(wait)
    raise Interrupted(f"{reason} (tried {ATTEMPTS} times)")
