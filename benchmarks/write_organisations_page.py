"""Write the measured figures into docs/organisations.md, between its markers.

python benchmarks/write_organisations_page.py
"""

from __future__ import annotations

from pathlib import Path

from analysis.files import write_text
from analysis.organisations.page import page_with_figures

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    page = DOCS / "organisations.md"
    write_text(page, page_with_figures(page.read_text(encoding="utf-8"), DOCS / "accuracy"))


if __name__ == "__main__":
    main()
