"""The examples of docs/inventories.md are run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from analysis.cli import cli

PAGE = (Path(__file__).parents[2] / "docs" / "inventories.md").read_text(encoding="utf-8")


def test_the_examples_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    space: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "docs/inventories.md", "exec"), space)
    assert "BE-BCE_KBO-0422143307" in capsys.readouterr().out
    for line in re.findall(r"```console\n(.*?)```", PAGE, re.S):
        done = CliRunner().invoke(cli, shlex.split(line)[3:])
        assert done.exit_code == 0, done.output
    for name in re.findall(r"^\| `([\w.]+(?:csv|json|html))`", PAGE, re.M):
        assert (tmp_path / "inventory" / name).is_file()


def test_every_field_and_option_is_described():
    from analysis.commands.ingest import command
    from analysis.inventories.awards import COLUMNS

    for name in COLUMNS:
        assert f"`{name}`" in PAGE
    for option in command.params:
        if option.opts[0].startswith("--") and option.name != "out":
            assert option.opts[0] in PAGE
