"""Opening DuckDB, with plain words when the optional library or the file is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import InputError

if TYPE_CHECKING:
    import duckdb

#: Version of the tables of a register.
FORMAT = "1"
#: Memory that a reader may take, so that matching stays under 4 GB.
READING_MEMORY = "3GB"


def connect(
    path: Path | None = None,
    *,
    read_only: bool = False,
    memory: str = "",
    scratch: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file, or an empty database in memory when no path is given.

    Args:
        path: Database file.
        read_only: Open so that several readers can share the file.
        memory: Most memory that DuckDB may take, for example ``"4GB"``; its own default when empty.
        scratch: Folder for what does not fit in memory.

    Raises:
        InputError: DuckDB is not installed, or the file is not a database of ours.
    """
    try:
        import duckdb
    except ImportError as error:
        raise InputError(
            "The register needs DuckDB and rapidfuzz: install the extra with "
            'pip install "brussels-social-innovation-funding[register]".'
        ) from error
    # Nothing is ever fetched: an extension that is missing is a fault, not a download.
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if memory:
        config["memory_limit"] = memory
    if scratch is not None:
        config["temp_directory"] = str(scratch)
    try:
        return duckdb.connect(str(path or ":memory:"), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise InputError(
            f"{path}: this is not a register written by `analysis register build`, "
            "or another program is writing it."
        ) from error


def _check_format(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    import duckdb

    try:
        written = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{path}: this is a DuckDB file, but not a register written by "
            "`analysis register build`."
        ) from error
    if written != [(FORMAT,)]:
        raise InputError(f"{path}: written by another version; build the register again.")


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a register for reading.

    Raises:
        InputError: The file is missing, not a register, or has no organisations in it.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Build one with `analysis register build`.")
    connection = connect(path, read_only=True, memory=READING_MEMORY)
    try:
        _check_format(connection, path)
        yield connection
    finally:
        connection.close()
