"""Notebooks: run them, and look for what the comparison of outputs (nbval) cannot see.

nbval passes a notebook whose pictures were swapped or whose outputs were stripped, and stumbles
over a trailing semicolon. The rules here close those holes; each has a test with a notebook that
breaks it.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis import files
from analysis.errors import CheckFailed, Fault

MOST_LINES = 25
# Absolute paths betray the machine and differ on the next one.
_ABSOLUTE = re.compile(
    r"(?<![\w.:/<])/(?:home|root|Users|tmp|work|builds?|private|mnt)/|[A-Z]:\\\\"
)


def notebook_paths(folder: Path) -> list[Path]:
    """Return the notebooks of a folder in reading order."""
    return sorted(p for p in folder.glob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def run(path: Path, folder: Path, timeout_seconds: int = 300) -> bytes:
    """Run a notebook from top to bottom and return it with its outputs, as stored bytes.

    Args:
        path: The notebook.
        folder: Working folder of the run.
        timeout_seconds: Longest time for one cell.

    Returns:
        The notebook as JSON; nothing in it depends on the machine or the time.

    Raises:
        CheckFailed: A cell failed; names the cell and its error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        timeout=timeout_seconds,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        # The kernel's own chatter is no output of the notebook.
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        last = str(error).strip().splitlines()[-1]
        raise CheckFailed(f"{path.name} stops with an error: {last}") from error
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k == "tags"}
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode("utf-8")


def needs_publishers_files(path: Path) -> bool:
    """Say whether a notebook has cells tagged ``mirror``: they read publishers' files."""
    book = json.loads(path.read_text(encoding="utf-8"))
    return any("mirror" in cell["metadata"].get("tags", []) for cell in book["cells"])


def fingerprints(
    folder: Path, basis: bytes, charts: Mapping[str, Mapping[str, Any]]
) -> dict[Path, str]:
    """Return, per notebook, one hash of what decides its outputs.

    Args:
        folder: The notebooks.
        basis: Hash of tables, rules and code.
        charts: Index of the charts: those that a notebook names count with their English digest.
    """
    found = {}
    for path in notebook_paths(folder):
        content = path.read_bytes()
        total = hashlib.sha256(basis + content)
        for name in sorted(charts):
            if f'\\"{name}\\"'.encode() in content:
                total.update(str(charts[name]["digest"]["en"]).encode())
        found[path] = total.hexdigest()
    return found


def run_all(
    folder: Path, with_publishers_files: bool, skipped: Collection[Path] = ()
) -> list[Path]:
    """Run the notebooks of a folder in place; one that fails stays as it was.

    Args:
        folder: The notebooks.
        with_publishers_files: Whether the local tables are there; without them the notebooks
            that need them keep the outputs of the last run that had them.
        skipped: Notebooks whose outputs are known to be right.

    Returns:
        The notebooks whose stored bytes changed.

    Raises:
        CheckFailed: A cell failed.
    """
    from concurrent.futures import ThreadPoolExecutor

    from tqdm import tqdm

    paths = [
        path
        for path in notebook_paths(folder)
        if path not in skipped and (with_publishers_files or not needs_publishers_files(path))
    ]
    changed = []
    # The work is in the kernels' own processes; threads only wait for them.
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(lambda path: run(path, folder), paths)
        for path, content in zip(
            paths, tqdm(results, total=len(paths), desc="notebooks", disable=None), strict=True
        ):
            if path.read_bytes() != content:
                files.write_bytes(path, content)
                changed.append(path)
    return changed


def faults(path: Path) -> list[Fault]:
    """List what is wrong with the structure of a stored notebook; empty when it can be trusted.

    Checked: kernel; every code cell run, once, in order; no error and no warning in the outputs;
    no output missing where the code shows something; no trailing semicolon; no function or class
    definitions; short cells; alt text on every picture, equal to the one inside the picture; a
    printed figure under every picture; no absolute paths.
    """
    book = json.loads(path.read_text(encoding="utf-8"))
    found = []
    if book.get("metadata", {}).get("kernelspec", {}).get("name") != "python3":
        found.append(Fault(path.name, "the kernel must be python3"))
    count = 0
    for number, cell in enumerate(book["cells"], start=1):
        if cell["cell_type"] != "code" or not "".join(cell["source"]).strip():
            continue
        count += 1
        found += [Fault(path.name, words, f"cell {number}") for words in _cell_faults(cell, count)]
    if not count:
        found.append(Fault(path.name, "has no code"))
    return found


def _cell_faults(cell: dict[str, Any], count: int) -> Iterator[str]:
    source, outputs = "".join(cell["source"]), cell["outputs"]
    if cell.get("execution_count") is None:
        yield "was not run, or its outputs were stripped: nothing is compared there; run it again"
    elif cell["execution_count"] != count:
        yield f"was run as number {cell['execution_count']}, not {count}: run all from the top"
    yield from _source_faults(source)
    if _shows_something(source) and not outputs:
        yield "shows something but has no stored output; run it again"
    for output in outputs:
        if output["output_type"] == "error":
            yield f"an error is stored: {output.get('ename')}"
        if output.get("name") == "stderr":
            yield "a warning or message on stderr is stored; mend its cause"
        if _ABSOLUTE.search(_output_text(output)):
            yield "an absolute path is stored in its output"
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    for picture in pictures:
        yield from _picture_faults(picture)
    if any("image/svg+xml" in output.get("data", {}) for output in outputs):
        yield "stores an SVG, which no check can read; show a PNG"
    if pictures and not any(output.get("name") == "stdout" for output in outputs):
        yield "has a picture but prints no key figure, so that nothing in it is compared"


def _source_faults(source: str) -> Iterator[str]:
    if source.rstrip().endswith(";"):
        yield "ends in a semicolon, which hides output; assign to _ instead"
    if len(source.splitlines()) > MOST_LINES:
        yield f"is longer than {MOST_LINES} lines; move the work into the package"
    try:
        tree = ast.parse("\n".join(line for line in source.splitlines() if line[:1] not in "%!"))
    except SyntaxError as error:
        yield f"is not Python: {error.msg}"
        return
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    if any(isinstance(node, definitions) for node in ast.walk(tree)):
        yield "defines a function or class; move it into the package"


def _shows_something(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if calls & {"show", "print", "display"}:
        return True
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


def _output_text(output: dict[str, Any]) -> str:
    text = "".join(output.get("text", ""))
    data = output.get("data", {})
    return text + "".join("".join(v) for k, v in data.items() if k.startswith("text/"))


def _picture_faults(output: dict[str, Any]) -> Iterator[str]:
    alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
    if not alt.strip():
        yield "a picture has no alt text"
    try:
        inside = png_texts(base64.b64decode("".join(output["data"]["image/png"]), validate=False))
    except ValueError as error:
        yield f"a picture is no PNG: {error}"
        return
    if inside.get("Description") != alt:
        yield "a picture is not the one its alt text speaks of; run the cell again"


def png_texts(content: bytes) -> dict[str, str]:
    """Return the text records inside a PNG by keyword.

    Raises:
        ValueError: The bytes are no whole PNG.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            picture.load()
            return {str(key): str(value) for key, value in picture.text.items()}  # type: ignore[attr-defined]
    except (OSError, SyntaxError) as error:
        raise ValueError(str(error)) from None
