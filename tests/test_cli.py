"""The command line: quick help, plain errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis import cli
from analysis.project import Project


def run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["analysis", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize("command", ["", *cli.COMMANDS])
def test_help_loads_nothing_heavy(command: str, project: Project) -> None:
    # The cost of --help is the cost of its imports: none of these may be among them.
    heavy = {"pandas", "numpy", "matplotlib", "pandera", "babel", "yaml", "duckdb", "sklearn"}
    code = (
        "import sys\nfrom analysis.cli import cli\n"
        f"cli.main({[command, '--help'] if command else ['--help']!r}, standalone_mode=False)\n"
        f"print('LOADED', sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env={
            **__import__("os").environ,
            "PYTHONPATH": str(project.root / "src"),
            "PYTHONUTF8": "1",
        },
    )
    assert "Usage: " in done.stdout
    assert done.stdout.rstrip().endswith("LOADED []")


def test_bad_input_is_one_plain_message_and_exit_code_2(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = raw / "evidence" / "awards.csv"
    path.write_bytes(path.read_bytes().replace(b",532684,", b",plenty,", 1))
    out = tmp_path / "out"
    assert run(monkeypatch, "build", "--raw", raw, "--out", out) == 2
    said = capsys.readouterr()
    assert "awards.csv, row 2 (A0001), column amount_eur" in said.err
    assert "Traceback" not in said.err + said.out
    assert not out.exists()


def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "build", "--raw", tmp_path / "nowhere") == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_folder_without_manifest_says_what_to_do(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (raw / "manifest.json").unlink()
    assert run(monkeypatch, "build", "--raw", raw, "--out", tmp_path / "out") == 2
    assert "analysis evidence import" in capsys.readouterr().err


def test_an_unknown_command_or_chart_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "dance") == 2
    assert run(monkeypatch, "charts", "--chart", "nothing", "--out", tmp_path) == 2
    assert "No chart called nothing" in capsys.readouterr().err


def test_tables_that_are_not_there_say_build_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "charts", "--tables", tmp_path, "--out", tmp_path) == 2
    assert "analysis build" in capsys.readouterr().err
