"""The command line. Each command is a small module in :mod:`analysis.commands`.

Command modules are imported only when they are named (or listed), and import heavy libraries
inside their functions: ``--help`` must answer at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import NoReturn

import click

from analysis import __version__
from analysis.errors import AnalysisError

COMMANDS = {
    "accuracy": "How often the machine's judgements are right, measured again.",
    "build": "Raw evidence to checked tables in data/processed.",
    "charts": "Charts in three languages from the checked tables.",
    "check": "Do raw files, tables, notebooks and reports still agree?",
    "classify": "Which field does each award serve, and could it be social innovation?",
    "demands": "The fourteen demands: verdicts with their main figure.",
    "edition": "What moved since the last published edition.",
    "evidence": "Take in a newer copy of the evidence base.",
    "export": "Award tables for other tools: 360Giving JSON, Frictionless package.",
    "fetch": "Publishers' files, from the network or a mirror folder.",
    "ingest": "Any published subsidy inventory to one clean award table.",
    "match": "Find the organisations behind names without a number.",
    "organisations": "One row an organisation; numbers that contradict names.",
    "register": "Build the register of organisations (KBO/BCE, a list, awards).",
    "report": "Everything a reader opens: tables, charts, notebooks, dossier.",
    "sources": "Who publishes which subsidies, and what nobody has found.",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"analysis.commands.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong registry is our bug
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="analysis")
def cli() -> None:
    """Who funds social innovation in Brussels, and what the public record proves about it."""


def main() -> NoReturn:
    """Run the command line; users' mistakes end in plain lines and exit code 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows consoles default to a code page without our characters.
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        result = cli.main(prog_name="analysis", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AnalysisError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    sys.exit(result if isinstance(result, int) else 0)
