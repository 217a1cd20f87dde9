"""Fetching: from a folder, and from a small server on this machine that misbehaves on purpose."""

import gzip
import hashlib
import json
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.commands.fetch import command
from analysis.errors import CheckFailed, InputError
from analysis.sources import catalogue, download
from analysis.sources import fetch as module
from analysis.sources.fetch import choose, fetch, overview, read_manifest, strangers

BODY = json.dumps([{"row": n, "text": "é" * 20} for n in range(2000)]).encode()
PATH = "synthetic/data-2020.json"


def rows(*entries):
    return pd.DataFrame(
        [dict.fromkeys(catalogue.FILE_COLUMNS, "") | entry for entry in entries], dtype="str"
    )


def one(url="", **more):
    return rows(
        {
            "source_id": "synthetic",
            "edition": "2020",
            "first_year": "2020",
            "last_year": "2020",
            "format": "json",
            "url": url,
            "url_basis": "seen" if url else "",
            "path": PATH,
        }
        | more
    )


class Server:
    """Answers with ``script``: one function per request, the last one again and again."""

    def __init__(self, *script):
        self.script, self.seen = list(script), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                number = min(len(outer.seen), len(outer.script) - 1)
                outer.seen.append({key.lower(): value for key, value in self.headers.items()})
                self.close_connection = True
                outer.script[number](self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/data.json"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def send(body=BODY, *, status=200, etag='"v1"', cut=None, ranges=True, length=True, **headers):
    """Make an answer: the whole body, or its rest when asked for, or cut off after some bytes."""

    def answer(request):
        start, code = 0, status
        asked = request.headers.get("Range")
        if status == 200 and etag and request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.send_header("Connection", "close")
            request.end_headers()
            return
        if ranges and asked and request.headers.get("If-Range") == etag:
            start, code = int(asked.removeprefix("bytes=").removesuffix("-")), 206
        request.send_response(code)
        request.send_header("Connection", "close")
        request.send_header("Content-Type", headers.get("content_type", "application/json"))
        if length:
            request.send_header("Content-Length", str(len(body) - start))
        if code == 206:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if etag:
            request.send_header("ETag", etag)
        for name, value in headers.items():
            if name != "content_type":
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body[start:cut])

    return answer


@pytest.fixture
def serve():
    servers = []

    def start(*script):
        servers.append(Server(*script))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


local = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def client(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with download.open_client() as opened:
        yield opened


def go(chosen, out, client, **more):
    waits = []
    outcomes = fetch(chosen, out, client=client, sleep=waits.append, **more)
    return outcomes, waits


# --- from the network


@local
def test_a_file_comes_whole_with_its_checksum_in_the_manifest(serve, client, tmp_path):
    server = serve(send())
    [outcome], waits = go(one(server.url), tmp_path, client)
    assert outcome.state == "downloaded"
    assert (tmp_path / PATH).read_bytes() == BODY
    assert outcome.sha256 == hashlib.sha256(BODY).hexdigest()
    assert outcome.size == len(BODY)
    assert waits == []
    entry = read_manifest(tmp_path)[PATH]
    assert entry["sha256"] == outcome.sha256
    assert entry["origin"] == server.url
    assert entry["etag"] == '"v1"'
    assert entry["served"].endswith("GMT")
    assert "brussels-social-innovation-funding" in server.seen[0]["user-agent"]
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == [
        "data-2020.json",
        "manifest.json",
    ]


@local
def test_an_unchanged_file_is_not_downloaded_again(serve, client, tmp_path):
    server = serve(send())
    go(one(server.url), tmp_path, client)
    before = (tmp_path / PATH).stat().st_mtime_ns
    [again], _ = go(one(server.url), tmp_path, client)
    assert again.state == "unchanged"
    assert server.seen[1]["if-none-match"] == '"v1"'
    assert (tmp_path / PATH).stat().st_mtime_ns == before
    assert read_manifest(tmp_path)[PATH]["etag"] == '"v1"'


@local
def test_without_marks_of_the_server_nothing_is_asked(serve, client, tmp_path):
    server = serve(send(etag=""))
    go(one(server.url), tmp_path, client)
    [again], _ = go(one(server.url), tmp_path, client)
    assert (again.state, len(server.seen)) == ("unchanged", 1)
    assert "--refresh" in again.note
    [forced], _ = go(one(server.url), tmp_path, client, refresh=True)
    assert (forced.state, len(server.seen)) == ("downloaded", 2)


@local
def test_a_revised_file_is_taken_and_said(serve, client, tmp_path):
    other = BODY.replace(b'"row": 7,', b'"row": 8,')
    server = serve(send(), send(other, etag='"v2"'))
    [first], _ = go(one(server.url), tmp_path, client)
    [second], _ = go(one(server.url), tmp_path, client)
    assert second.state == "downloaded"
    assert "changed it since the last run" in second.note
    assert read_manifest(tmp_path)[PATH]["previous_sha256"] == first.sha256
    assert (tmp_path / PATH).read_bytes() == other


@local
def test_a_file_damaged_on_disk_is_downloaded_again(serve, client, tmp_path):
    server = serve(send())
    go(one(server.url), tmp_path, client)
    (tmp_path / PATH).write_bytes(BODY[:100])
    [again], _ = go(one(server.url), tmp_path, client)
    assert again.state == "downloaded"
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_a_cut_connection_is_resumed_where_it_stopped(serve, client, tmp_path):
    server = serve(send(cut=5000), send())
    [outcome], waits = go(one(server.url), tmp_path, client)
    assert outcome.state == "resumed"
    assert (tmp_path / PATH).read_bytes() == BODY
    assert server.seen[1]["range"] == "bytes=5000-"
    assert server.seen[1]["if-range"] == '"v1"'
    assert waits == [1.0]


@local
def test_a_stopped_run_is_resumed_by_the_next(serve, client, tmp_path):
    server = serve(send(cut=5000), send(cut=5000), send(cut=5000), send(cut=5000), send())
    [first], waits = go(one(server.url), tmp_path, client)
    assert first.state == "failed"
    assert waits == [1.0, 2.0, 4.0]
    assert not (tmp_path / PATH).exists()
    assert not (tmp_path / "manifest.json").exists()
    assert download.part_of(tmp_path / PATH).read_bytes() == BODY[:5000]
    [second], _ = go(one(server.url), tmp_path, client)
    assert second.state == "resumed"
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_a_file_that_changed_meanwhile_is_not_glued(serve, client, tmp_path):
    other = BODY[::-1].replace(b"]", b"[", 1)[:-1] + b"]"
    server = serve(send(cut=5000), send(other, etag='"v2"'))
    [outcome], _ = go(one(server.url), tmp_path, client)
    assert outcome.state == "downloaded"
    assert (tmp_path / PATH).read_bytes() == other


@local
def test_weak_marks_do_not_resume(serve, client, tmp_path):
    server = serve(send(cut=5000, etag='W/"v1"'), send(etag='W/"v1"'))
    [outcome], _ = go(one(server.url), tmp_path, client)
    assert outcome.state == "downloaded"
    assert "range" not in server.seen[1]
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_a_wrong_part_is_refused(serve, client, tmp_path):
    def wrong(request):
        request.send_response(206)
        request.send_header("Connection", "close")
        request.send_header("Content-Range", f"bytes 0-{len(BODY) - 1}/{len(BODY)}")
        request.send_header("Content-Length", str(len(BODY)))
        request.end_headers()
        request.wfile.write(BODY)

    server = serve(send(cut=5000), wrong, send())
    [outcome], _ = go(one(server.url), tmp_path, client)
    assert outcome.state == "downloaded"
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_a_part_that_no_longer_fits_is_dropped(serve, client, tmp_path):
    def not_satisfiable(request):
        request.send_response(416)
        request.send_header("Connection", "close")
        request.send_header("Content-Length", "0")
        request.end_headers()

    server = serve(send(cut=5000), not_satisfiable, send())
    [outcome], _ = go(one(server.url), tmp_path, client)
    assert (tmp_path / PATH).read_bytes() == BODY
    assert outcome.state == "downloaded"


@local
def test_a_part_of_another_address_is_not_used(serve, client, tmp_path):
    server = serve(send(cut=5000), send(cut=5000), send(cut=5000), send(cut=5000), send())
    go(one(server.url), tmp_path, client)
    [outcome], _ = go(one(server.url + "?other"), tmp_path, client)
    assert outcome.state == "downloaded"
    assert "range" not in server.seen[4]


@local
@pytest.mark.parametrize("asked", ["7", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_busy_server_is_given_the_time_it_asks_for(serve, client, tmp_path, asked):
    server = serve(send(b"busy", status=503, Retry_After=asked), send())
    [outcome], waits = go(one(server.url), tmp_path, client)
    if asked == "7":
        assert (outcome.state, waits) == ("downloaded", [7.0])
    else:
        assert (outcome.state, waits) == ("failed", [])
        assert "asks to wait" in outcome.note


@local
def test_a_server_that_stays_broken_is_asked_four_times(serve, client, tmp_path):
    server = serve(send(b"oops", status=500))
    [outcome], waits = go(one(server.url), tmp_path, client)
    assert outcome.state == "failed"
    assert "500" in outcome.note
    assert len(server.seen) == 4
    assert waits == [1.0, 2.0, 4.0]
    assert not tmp_path.joinpath("synthetic").exists()


@local
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (send(b"gone", status=404), "nothing at this address (404)"),
        (send(b"no", status=403), "refuses access (403)"),
        (send(b"<html>", content_type="text/html; charset=utf-8"), "web page"),
        (send(b"", etag=""), "not a whole json"),
        (send(BODY[:-10], length=False), "not a whole json"),
    ],
)
def test_what_is_not_the_file_never_stands_under_its_name(serve, client, tmp_path, answer, said):
    server = serve(answer)
    [outcome], waits = go(one(server.url), tmp_path, client)
    assert outcome.state == "failed"
    assert said in outcome.note
    assert waits == []
    assert len(server.seen) == 1
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@local
def test_a_guessed_address_that_fails_says_so(serve, client, tmp_path):
    server = serve(send(b"gone", status=404))
    [outcome], _ = go(one(server.url, url_basis="guessed"), tmp_path, client)
    assert "guessed" in outcome.note


@local
def test_a_compressed_answer_is_stored_unpacked(serve, client, tmp_path):
    server = serve(send(gzip.compress(BODY), Content_Encoding="gzip"))
    [outcome], _ = go(one(server.url), tmp_path, client)
    assert outcome.state == "downloaded"
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_a_standing_file_survives_a_dead_server(serve, client, tmp_path):
    server = serve(send(), send(b"oops", status=500))
    go(one(server.url), tmp_path, client)
    [again], _ = go(one(server.url), tmp_path, client)
    assert again.state == "kept"
    assert "not checked" in again.note
    assert (tmp_path / PATH).read_bytes() == BODY


@local
def test_one_failure_does_not_stop_the_others(serve, client, tmp_path):
    bad, good = serve(send(b"gone", status=404)), serve(send())
    chosen = pd.concat(
        [one(bad.url), one(good.url, edition="2021", path="synthetic/data-2021.json")]
    )
    outcomes, waits = go(chosen, tmp_path, client)
    assert [outcome.state for outcome in outcomes] == ["failed", "downloaded"]
    assert waits == [module.PAUSE]
    assert list(read_manifest(tmp_path)) == ["synthetic/data-2021.json"]


@local
def test_a_circle_of_redirects_ends(serve, client, tmp_path):
    def again(request):
        request.send_response(302)
        request.send_header("Location", "/data.json")
        request.send_header("Connection", "close")
        request.send_header("Content-Length", "0")
        request.end_headers()

    [outcome], _ = go(one(serve(again).url), tmp_path, client)
    assert (outcome.state, outcome.note) == ("failed", "the address leads round in a circle")


@local
def test_no_server_at_all_is_one_clear_line(serve, client, tmp_path):
    server = serve(send())
    server.close()
    [outcome], waits = go(one(server.url), tmp_path, client)
    assert outcome.state == "failed"
    assert outcome.note.startswith("no connection")
    assert "\n" not in outcome.note
    assert len(waits) == 3


def test_an_address_of_another_kind_is_refused(client, tmp_path):
    [outcome], _ = go(one("ftp://example.org/data.json"), tmp_path, client)
    assert outcome.state == "failed"
    assert "cannot be used" in outcome.note


@local
def test_the_measured_checksum_is_compared(serve, client, tmp_path):
    server = serve(send())
    digest = hashlib.sha256(BODY).hexdigest()
    [same], _ = go(one(server.url, measured_sha256=digest), tmp_path / "a", client)
    [other], _ = go(one(server.url, measured_sha256="0" * 64), tmp_path / "b", client)
    assert same.note == "same bytes as the copy that was measured"
    assert other.note.startswith("other bytes")


def test_without_httpx_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(InputError, match=r"\[fetch\]"):
        fetch(one("http://127.0.0.1/x"), tmp_path)


# --- from a mirror


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    (folder / "synthetic").mkdir(parents=True)
    (folder / PATH).write_bytes(BODY)
    return folder


def test_a_mirror_serves_without_network(mirror, tmp_path):
    out = tmp_path / "out"
    [first] = fetch(one(), out, mirror=mirror)
    [again] = fetch(one(), out, mirror=mirror)
    assert (first.state, again.state) == ("copied", "unchanged")
    assert (out / PATH).read_bytes() == BODY
    assert read_manifest(out)[PATH]["origin"] == "mirror"
    (mirror / PATH).write_bytes(BODY + b" ")
    [changed] = fetch(one(), out, mirror=mirror)
    assert changed.state == "copied"


def test_what_was_fetched_is_a_mirror(mirror, tmp_path):
    fetch(one(), tmp_path / "first", mirror=mirror)
    [second] = fetch(one(), tmp_path / "second", mirror=tmp_path / "first")
    assert second.state == "copied"
    assert strangers(tmp_path / "first", one()) == []


def test_an_absent_file_is_said_and_leaves_no_trace(mirror, tmp_path):
    (mirror / PATH).unlink()
    (mirror / PATH).mkdir()
    [outcome] = fetch(one(), tmp_path / "out", mirror=mirror)
    assert (outcome.state, outcome.note) == ("absent", "not in the mirror")
    assert not (tmp_path / "out").exists()


def test_a_mirror_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a folder"):
        fetch(one(), tmp_path, mirror=tmp_path / "nowhere")


def test_a_target_that_cannot_be_written_is_one_line(mirror, tmp_path):
    (tmp_path / "out").write_text("a file in the way")
    with pytest.raises(InputError, match="cannot be written"):
        fetch(one(), tmp_path / "out", mirror=mirror)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"files": []}', '{"files": {"a": 1}}'])
def test_a_spoilt_manifest_is_named(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match="manifest"):
        read_manifest(tmp_path)


# --- what is meant


def test_without_names_guessed_addresses_are_left_out():
    known = catalogue.files()
    chosen = choose(known, mirror=False)
    assert set(chosen["url_basis"]) == {"composed"}
    named = choose(known, ["city-of-brussels"], mirror=False)
    assert "guessed" in set(named["url_basis"])


def test_years_choose_editions_that_span_them():
    known = catalogue.files()
    assert list(choose(known, ["city-of-brussels"], [2021], mirror=False)["edition"]) == ["2021"]
    erdf = choose(known, ["erdf-brussels"], [2010], mirror=True)
    assert len(erdf) == 2


@pytest.mark.parametrize(
    ("names", "years", "mirror", "said"),
    [
        (["citi-of-brussels"], [], False, "did you mean city-of-brussels"),
        (["zzz"], [], False, "--list"),
        (["innoviris"], [], False, "nothing was found"),
        (["innoviris"], [], True, "nothing was found"),
        (["erdf-brussels"], [], False, "--mirror"),
        (["city-of-brussels"], [1999], False, "there is: 2019, 2020"),
    ],
)
def test_a_request_without_file_says_why(names, years, mirror, said):
    with pytest.raises(InputError, match="Nothing was fetched") as caught:
        choose(catalogue.files(), names, years, mirror=mirror)
    assert said in str(caught.value)


# --- the command


@pytest.fixture
def synthetic_mirror(tmp_path):
    """Two files with places of the catalogue and made-up content, and one stranger."""
    folder = tmp_path / "mirror"
    (folder / "city-of-brussels").mkdir(parents=True)
    for year in (2022, 2024):
        (folder / f"city-of-brussels/data-{year}.json").write_text('[{"synthetic": true}]')
    (folder / "city-of-brussels/data-2026.json").write_text("[]")
    return folder


def run(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_the_command_takes_what_the_mirror_has(synthetic_mirror, tmp_path):
    out = tmp_path / "out"
    done = run("--mirror", synthetic_mirror, "--out", out)
    assert done.exit_code == 0, done.output
    assert "city-of-brussels/data-2022.json  copied" in done.output
    assert "left alone: city-of-brussels/data-2026.json" in done.output
    assert sorted(read_manifest(out)) == [
        "city-of-brussels/data-2022.json",
        "city-of-brussels/data-2024.json",
    ]
    shutil.rmtree(out)
    named = run("city-of-brussels", "--mirror", synthetic_mirror, "--out", out)
    assert named.exit_code == 0, named.output


@pytest.mark.parametrize(
    "arguments", [["city-of-brussels", "--year", "2019"], ["french-community-cadastre"]]
)
def test_the_command_misses_what_was_asked_for(synthetic_mirror, tmp_path, arguments):
    done = run(*arguments, "--mirror", synthetic_mirror, "--out", tmp_path / "out")
    assert isinstance(done.exception, CheckFailed)
    assert "not in the mirror" in str(done.exception)


def test_an_empty_mirror_is_a_failure(tmp_path):
    (tmp_path / "empty").mkdir()
    done = run("--mirror", tmp_path / "empty", "--out", tmp_path / "out")
    assert isinstance(done.exception, CheckFailed)


def test_the_list_names_every_source_with_its_status():
    done = run("--list")
    lines = done.output.splitlines()
    assert lines == overview(catalogue.load(), catalogue.files())
    assert [line.split()[0] for line in lines] == list(catalogue.load()["source_id"])
    assert any("innoviris" in line and "searched and not found" in line for line in lines)


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_blocked_in_tests(tmp_path):
    """The command itself, without a mirror: the guard of the test run must catch it."""
    done = run("city-of-brussels", "--year", "2022", "--out", tmp_path)
    assert done.exit_code != 0
    assert not list(tmp_path.rglob("*.json"))
