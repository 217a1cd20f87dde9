"""The workbooks: numbers as numbers, cells as data, a native chart where there can be one."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from functools import cache, partial
from typing import Any

import pytest
from dossier_cells import HOSTILE, english_in, made_by

from analysis.dossier.content import Dossier
from analysis.dossier.workbook import build, chart_workbook
from analysis.language import LANGUAGES, Language, text

made = partial(made_by, build)


@cache
def opened(content: bytes) -> Any:
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_sheet_a_chart_and_the_tables(dossier: Dossier) -> None:
    for lang in LANGUAGES:
        names = opened(made(dossier, lang)).sheetnames
        assert len(names) == len({name.casefold() for name in names})
        assert all(len(name) <= 31 for name in names)
        for chart in dossier.charts:
            assert chart.id[:31] in names
        for part in ("programmes", "funders", "awards", "organisations", "verdict", "indicators", "sources"):  # fmt: skip
            assert text("dossier", f"part.{part}", lang)[:31] in names


def test_tables_have_filters_frozen_headers_and_all_rows(dossier: Dossier) -> None:
    book = opened(made(dossier, "fr"))
    for part, table in (("programmes", "programmes"), ("awards", "awards"), ("organisations", "organisations")):  # fmt: skip
        sheet = book[text("dossier", f"part.{part}", "fr")[:31]]
        assert sheet.max_row == 1 + len(dossier.tables[table])
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref is not None


def test_the_numbers_of_a_chart_are_numbers(dossier: Dossier) -> None:
    chart = dossier.chart("unmet-demand")
    sheet = opened(made(dossier, "en"))[chart.id]
    with chart.file("en", "csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    head = next(r for r in sheet.iter_rows() if r[0].value == rows[0][0])
    names = [cell.value for cell in head if cell.value is not None]
    assert names == rows[0]
    column = names.index("submitted")
    read = [sheet.cell(head[0].row + n, column + 1).value for n in range(1, len(rows))]
    assert read == [float(row[column]) for row in rows[1:]]


def test_native_charts_point_at_their_cells(dossier: Dossier) -> None:
    book = opened(made(dossier, "nl"))
    for chart in dossier.charts:
        charts = book[chart.id[:31]]._charts
        assert len(charts) == (1 if chart.native else 0), chart.id
    with zipfile.ZipFile(io.BytesIO(made(dossier, "nl"))) as archive:
        drawings = "".join(
            archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/drawings/drawing")
        )  # fmt: skip
    told = sorted(html.unescape(one) for one in re.findall(r'descr="([^"]*)"', drawings))
    assert told == sorted(c.text("alt", "nl") for c in dossier.charts if c.native)


def test_bars_grow_from_zero_with_the_first_on_top(chosen: Dossier) -> None:
    chart = chosen.chart("business-aid-by-legal-form")
    with zipfile.ZipFile(io.BytesIO(chart_workbook(chosen, chart, "nl"))) as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    names, values = xml.split("<c:catAx>")[1].split("</c:catAx>")[0], xml.split("<c:valAx>")[1]
    assert '<c:orientation val="maxMin"/>' in names
    assert '<c:orientation val="minMax"/>' in values
    assert '<c:min val="0"/>' in values


def test_cells_are_never_formulas(hostile: Dossier) -> None:
    book = opened(build(hostile, "nl"))
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if cell.hyperlink is not None:
                    assert cell.hyperlink.target is None  # only links within the workbook
                seen.add(cell.value)
    assert set(HOSTILE[:2]) <= seen


def test_one_small_workbook_a_chart(chosen: Dossier) -> None:
    for chart in chosen.charts:
        content = chart_workbook(chosen, chart, "fr")
        assert content == chart_workbook(chosen, chart, "fr")
        (sheet,) = opened(content).worksheets
        assert sheet["A1"].value == chart.headline("fr")
        said = " ".join(str(r[0].value) for r in sheet.iter_rows(max_row=9))
        for key in ("source", "base", "limits"):
            assert chart.text(key, "fr") in said


def test_the_same_bytes_twice_and_fixed_dates(chosen: Dossier) -> None:
    content = made(chosen, "en")
    assert build(chosen, "en") == content
    assert opened(content).properties.created.date() == chosen.data_date


@pytest.mark.parametrize("lang", ["nl", "fr"])
def test_headers_are_in_the_language(chosen: Dossier, lang: Language) -> None:
    book = opened(made(chosen, lang))
    charts = {chart.id[:31] for chart in chosen.charts}
    for sheet in book.worksheets:
        if sheet.title in charts:
            continue  # columns of a chart are those of its CSV
        header = " ".join(str(cell.value or "") for cell in next(sheet.iter_rows()))
        assert english_in(header) == set(), header
        assert "{" not in header
