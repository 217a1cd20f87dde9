"""The example of docs/charts.md is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.charts import canvas, style
from analysis.charts.check import overlaps, smallest_text_pt
from analysis.charts.frame import compose
from analysis.charts.record import text_faults
from analysis.language import LANGUAGES, percent, texts
from analysis.project import TEXTS

PAGE = Path(__file__).parents[2] / "docs" / "charts.md"


@pytest.fixture
def builder(tmp_path, monkeypatch):
    page = PAGE.read_text(encoding="utf-8")
    (yaml,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "example.yaml").write_text(yaml, encoding="utf-8")
    frame = (TEXTS / "chart_frame.yaml").read_bytes()
    (tmp_path / "chart_frame.yaml").write_bytes(frame)
    texts.cache_clear()
    monkeypatch.setattr("analysis.language.TEXTS", tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), names)  # the page is ours
    yield names["who_may_apply"]
    texts.cache_clear()


def tables(open_to_asbl):
    rows = [
        (f"I{number}", form, int(form != "asbl" or number < open_to_asbl))
        for number in range(6)
        for form in ("asbl", "cooperative", "company")
    ]
    return {"instruments": pd.DataFrame(rows, columns=["instrument", "legal_form", "open"])}


@pytest.mark.parametrize("shape", style.SHAPES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_example_draws_without_a_fault(builder, lang, shape):
    record = builder(tables(2))
    assert text_faults(record) == []
    with style.settings("docs"):
        figure = compose(record, lang, style.SHAPES[shape])
    assert [str(clash) for clash in overlaps(figure)] == []
    assert smallest_text_pt(figure) >= 7


def test_example_changes_its_headline_with_the_finding(builder):
    assert builder(tables(2)).headline("en").startswith("Fewer than half")
    assert builder(tables(3)).headline("en").startswith("At least half")
    share = percent(2 / 6, "fr")
    assert builder(tables(2)).text("base", "fr") == (
        f"6 instruments ; 2 ouverts aux asbl, soit {share}"
    )


def test_page_names_only_helpers_that_exist():
    page = PAGE.read_text(encoding="utf-8")
    listed = re.search(r"Helpers: (.*?)plain matplotlib", page, re.DOTALL)[1]
    names = re.findall(r"`(\w+)`", listed)
    assert len(names) > 10
    assert [name for name in names if not hasattr(canvas.Canvas, name)] == []
