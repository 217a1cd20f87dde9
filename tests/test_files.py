"""Files: same bytes, no formulas, nothing half-written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import files


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "-cmd", "\tx", "\rx"]
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert files.neutralise(pd.Series([cell]))[0] == "'" + cell


@pytest.mark.parametrize("cell", ["", "-12,50", "-1 234.5", "-", "a=b", "vzw - asbl", "2+2"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert files.neutralise(pd.Series([cell]))[0] == cell


@given(st.text())
def test_no_text_is_run_as_a_formula(cell: str) -> None:
    safe = files.neutralise(pd.Series([cell], dtype="str"))[0]
    assert safe in (cell, "'" + cell)
    assert not safe.startswith(("=", "+", "@", "\t", "\r"))


def test_numbers_are_written_short_and_exact() -> None:
    frame = pd.DataFrame({"a": [532684.0, 0.1, None], "b": ["x", "=1", ""], "c": [1, 2, 3]})
    assert files.csv_bytes(frame) == b"a,b,c\n532684,x,1\n0.1,'=1,2\n,,3\n"


def test_mixed_columns_are_written_as_they_are() -> None:
    frame = pd.DataFrame({"a": [dt.date(2023, 12, 5), "=1", 2]}, dtype="object")
    assert files.csv_bytes(frame) == b"a\n2023-12-05\n'=1\n2\n"


def test_a_failed_block_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with files.staged(target) as stage:
        (stage / "a.txt").write_text("old")

    def fail() -> None:
        with files.staged(target) as stage:
            (stage / "a.txt").write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
