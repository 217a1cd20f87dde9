import importlib.util
from pathlib import Path

from analysis.organisations.page import page_with_figures
from analysis.organisations.register import build_register

ROOT = Path(__file__).resolve().parents[2]


def test_the_figures_of_the_page_are_the_measured_ones() -> None:
    page = (ROOT / "docs" / "organisations.md").read_text(encoding="utf-8")
    assert page_with_figures(page, ROOT / "docs" / "accuracy") == page
    assert "Found, of those in the register" in page


def test_the_synthetic_extract_has_the_layout_that_the_loader_reads(tmp_path) -> None:
    path = ROOT / "benchmarks" / "synthetic_kbo.py"
    spec = importlib.util.spec_from_file_location("synthetic_kbo", path)
    assert spec and spec.loader
    synthetic = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(synthetic)
    synthetic.write(tmp_path / "extract", scale=0.0005)
    built = build_register(tmp_path / "extract", tmp_path / "r.duckdb")
    assert built.organisations == int(synthetic.ENTERPRISES * 0.0005)
    assert (
        built.names == int(synthetic.DENOMINATIONS * 0.0005) - built.left_out["names given twice"]
    )
    assert not any(n for why, n in built.left_out.items() if why != "names given twice")
