"""The gate of the notebooks, and the proof that it bites.

nbval alone lets wrong pictures and stripped outputs pass; each trap is set here with a falsified
notebook and must be caught, by the structure rules or by nbval itself.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from analysis.notebooks import faults, notebook_paths
from analysis.project import Project

Notebook = dict[str, Any]


def png(description: str, colour: str = "white") -> str:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("Description", description)
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(stream, "PNG", pnginfo=info)
    return base64.b64encode(stream.getvalue()).decode()


def code(number: int, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": number,
        "source": source, "outputs": list(outputs),
    }  # fmt: skip


def printed(text: str, stream: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": stream, "text": text}


def picture(alt: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {"image/png": png(alt), "text/plain": alt},
        "metadata": {"image/png": {"alt": alt}},
    }


def sound() -> Notebook:
    """A small honest notebook (synthetic): a picture with its alt text, and printed figures."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "cells": [
            code(1, "value = 6 * 7\nprint('value =', value)", printed("value = 42\n")),
            code(2, "show(record)", picture("A synthetic square."), printed("share = 0.5\n")),
        ],
    }


def write(tmp_path: Path, book: Notebook) -> Path:
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps(book), "utf-8")
    return path


def test_an_honest_notebook_passes(tmp_path: Path) -> None:
    assert faults(write(tmp_path, sound())) == []


def cell(book: Notebook, number: int) -> dict[str, Any]:
    found: dict[str, Any] = book["cells"][number]
    return found


def garbage(book: Notebook) -> None:
    cell(book, 1)["outputs"][0]["data"]["image/png"] = base64.b64encode(b"garbage").decode()


def truncated(book: Notebook) -> None:
    whole = base64.b64decode(cell(book, 1)["outputs"][0]["data"]["image/png"])
    cell(book, 1)["outputs"][0]["data"]["image/png"] = base64.b64encode(whole[:-30]).decode()


def other_picture(book: Notebook) -> None:
    cell(book, 1)["outputs"][0]["data"]["image/png"] = png("Another chart.", "black")


def stripped(book: Notebook) -> None:
    for one in book["cells"]:
        one["execution_count"], one["outputs"] = None, []


TRAPS: dict[str, tuple[Callable[[Notebook], object], str]] = {
    "picture replaced by garbage": (garbage, "is no PNG"),
    "picture cut short": (truncated, "is no PNG"),
    "picture of another chart": (other_picture, "not the one its alt text speaks of"),
    "outputs stripped": (stripped, "was not run, or its outputs were stripped"),
    "outputs emptied": (lambda b: cell(b, 0).update(outputs=[]), "no stored output"),
    "run out of order": (lambda b: cell(b, 1).update(execution_count=7), "run all from the top"),
    "semicolon": (lambda b: cell(b, 0).update(source="print(1);"), "semicolon"),
    "function": (
        lambda b: cell(b, 0).update(source="def f(): pass\nprint(1)"),
        "defines a function",
    ),
    "lambda": (
        lambda b: cell(b, 0).update(source="f = lambda x: x\nprint(1)"),
        "defines a function",
    ),
    "long cell": (lambda b: cell(b, 0).update(source="x = 1\n" * 40 + "print(x)"), "longer than"),
    "no alt text": (lambda b: cell(b, 1)["outputs"][0].update(metadata={}), "no alt text"),
    "no printed figure": (lambda b: cell(b, 1)["outputs"].pop(1), "prints no key figure"),
    "stored error": (
        lambda b: cell(b, 0)["outputs"].append(
            {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
        ),
        "an error is stored",
    ),
    "stored warning": (
        lambda b: cell(b, 0)["outputs"].append(printed("careful", "stderr")),
        "stderr",
    ),
    "path of a machine": (
        lambda b: cell(b, 0)["outputs"].append(printed("/ho" + "me/somebody/data.csv")),
        "absolute path",
    ),
    "svg": (
        lambda b: cell(b, 1)["outputs"][0]["data"].update({"image/svg+xml": "<svg/>"}),
        "stores an SVG",
    ),
    "other kernel": (lambda b: b["metadata"]["kernelspec"].update(name="julia"), "must be python3"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_the_structure_rules_catch_the_trap(trap: str, tmp_path: Path) -> None:
    falsify, words = TRAPS[trap]
    book = copy.deepcopy(sound())
    falsify(book)
    assert any(words in str(fault) for fault in faults(write(tmp_path, book)))


@pytest.mark.parametrize(
    ("stored", "passes"), [("value = 42\n", True), ("value = 43\n", False)], ids=["true", "false"]
)
def test_nbval_catches_a_falsified_figure(
    stored: str, passes: bool, tmp_path: Path, project: Project
) -> None:
    book = sound()
    book["cells"] = [code(1, "print('value =', 6 * 7)", printed(stored))]
    sanitize = project.root / "tests" / "nbval_sanitize.cfg"
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
            "--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(sanitize),
            str(write(tmp_path, book)),
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is passes, done.stdout[-2000:]


def test_all_notebooks_of_the_project_hold(project: Project) -> None:
    paths = notebook_paths(project.notebooks)
    assert [path.name[:2] for path in paths][:5] == ["00", "01", "02", "03", "04"]
    assert [str(fault) for path in paths for fault in faults(path)] == []
