"""The numbers as workbooks: a sheet a chart with a native chart, and the tables for readers.

Cells are data: nothing from a table is ever a formula or a link target of its own making.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from analysis import files
from analysis.charts import style
from analysis.charts.native import NativeChart
from analysis.dossier import listings
from analysis.dossier.charts import Chart
from analysis.dossier.content import Dossier, caption_lines
from analysis.language import Language, text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_MOST_NAME = 31
FONT = "Calibri"


def build(dossier: Dossier, lang: Language) -> bytes:
    """Return the whole workbook in one language as XLSX; same dossier, same bytes."""
    book = _Book(dossier, lang)
    sheets: list[tuple[str, str]] = []
    contents = book.sheet(book.word("contents"))
    sheets.append((book.demands(), book.shared("part.verdict")))
    for title, write in (
        ("part.indicators", book.indicators),
        ("part.programmes", book.programmes),
        ("part.funders", book.funders),
        ("part.awards", book.awards),
        ("part.organisations", book.organisations),
    ):
        sheets.append((write(), book.shared(title)))
    for chart in dossier.charts:
        sheets.append((book.chart(chart), chart.headline(lang)))
    sheets.append((book.sources(), book.shared("part.sources")))
    sheets.append((book.dictionary(), book.word("dictionary")))
    book.contents(contents, sheets)
    return book.close()


def chart_workbook(dossier: Dossier, chart: Chart, lang: Language) -> bytes:
    """Return a small workbook with one chart's numbers, its native chart and its caption."""
    book = _Book(dossier, lang)
    book.chart(chart)
    return book.close()


class _Book:
    """One workbook while it is written."""

    def __init__(self, dossier: Dossier, lang: Language) -> None:
        import xlsxwriter

        self.dossier, self.lang = dossier, lang
        self.buffer = io.BytesIO()
        self.book: Workbook = xlsxwriter.Workbook(
            self.buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self.book.set_properties(
            {
                "title": text("dossier", "title", lang),
                "subject": text("dossier", "subtitle", lang),
                "author": dossier.brand.name[lang],
                "comments": dossier.edition.stamp(lang),
                "created": dt.datetime.combine(dossier.data_date, dt.time()),
            }
        )
        plain = {"font_name": FONT, "font_size": 10, "valign": "top"}
        self.formats = {
            "text": self.book.add_format({**plain, "text_wrap": True}),
            "plain": self.book.add_format(plain),
            "number": self.book.add_format({**plain, "num_format": "#,##0.####"}),
            "integer": self.book.add_format({**plain, "num_format": "#,##0"}),
            "code": self.book.add_format({**plain, "num_format": "0"}),
            "share": self.book.add_format({**plain, "num_format": "0.0%"}),
            "day": self.book.add_format({**plain, "num_format": "yyyy-mm-dd"}),
            "head": self.book.add_format(
                {**plain, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": style.GROUND}
            ),
            "title": self.book.add_format({**plain, "bold": True, "font_size": 14, "font_color": dossier.brand.ink}),
            "quiet": self.book.add_format({**plain, "font_color": style.QUIET}),
            "note": self.book.add_format({**plain, "font_color": style.QUIET, "text_wrap": True}),
            "bold": self.book.add_format({**plain, "bold": True}),
            "link": self.book.add_format({**plain, "font_color": dossier.brand.accent, "underline": 1}),
        }  # fmt: skip
        self.names: set[str] = set()

    def word(self, key: str, **values: object) -> str:
        return text("dossier_workbook", key, self.lang, **values)

    def shared(self, key: str) -> str:
        return text("dossier", key, self.lang)

    def close(self) -> bytes:
        self.book.close()
        return files.steady_zip(self.buffer.getvalue())

    def sheet(self, wanted: str) -> Worksheet:
        """Add a sheet under a name that is allowed and not taken."""
        name = _FORBIDDEN.sub(" ", wanted)[:_MOST_NAME].strip()
        number = 2
        while name.casefold() in self.names:
            end = f" {number}"
            name = f"{_FORBIDDEN.sub(' ', wanted)[: _MOST_NAME - len(end)].strip()}{end}"
            number += 1
        self.names.add(name.casefold())
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    # Tables

    def table(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        widths: Sequence[float],
        shares: Sequence[int] = (),
    ) -> str:
        """Write one table with filter and frozen header; returns the name of its sheet."""
        sheet = self.sheet(name)
        for column, (words, width) in enumerate(zip(header, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words, self.formats["head"])
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self.cell(sheet, last, column, cell, share=column in shares)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(last, 1), len(header) - 1)
        sheet.repeat_rows(0)
        return str(sheet.get_name())

    def cell(
        self, sheet: Worksheet, row: int, column: int, value: object, share: bool = False
    ) -> None:
        """Write one value by its type; what is not known stays empty."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.formats["plain"])
        elif isinstance(value, dt.date):
            day = dt.datetime.combine(value, dt.time())
            sheet.write_datetime(row, column, day, self.formats["day"])
        elif isinstance(value, int | float):
            form = "share" if share else "integer" if float(value).is_integer() else "number"
            sheet.write_number(row, column, float(value), self.formats[form])
        else:
            sheet.write_string(row, column, str(value), self.formats["text"])

    def demands(self) -> str:
        header = [self.shared("column.id"), *(self.shared(f"part.{k}") for k in ("demand", "verdict", "strength", "answer", "statement", "unknowns", "data_request"))]  # fmt: skip
        rows = [
            (
                one["id"], one["title"][self.lang], one["verdict_label"][self.lang],
                one["strength"] if one["verdict"] != "not_testable" else None,
                one["main_text"][self.lang], one["statement"][self.lang],
                " ".join(each[self.lang] for each in one["unknowns"]),
                one["data_request"]["text"][self.lang],
            )
            for one in self.dossier.demands
        ]  # fmt: skip
        return self.table(self.shared("part.verdict"), header, rows, (7, 34, 24, 11, 60, 50, 60, 50))  # fmt: skip

    def indicators(self) -> str:
        keys = ("demand", "name", "value", "low", "high", "unit", "period", "phase", "base", "rows")
        header = [self.word(f"indicator.{key}") for key in keys]
        rows = [
            (
                demand["id"], one["id"], one["value"], one["interval"]["low"],
                one["interval"]["high"], self.shared(f"unit.{one['unit']}"), one["period"],
                one["phase"] or "", one["base"], ";".join(one["row_ids"]),
            )
            for demand in self.dossier.demands
            for one in demand["indicators"]
        ]  # fmt: skip
        return self.table(self.shared("part.indicators"), header, rows, (8, 22, 12, 12, 12, 11, 22, 12, 11, 60))  # fmt: skip

    def programmes(self) -> str:
        rows = listings.programme_rows(self.dossier.tables, self.lang)
        word = listings.word
        forms = [word("legal_form", one, self.lang) for one in rows[0].forms] if rows else []
        stages = [word("stage", one, self.lang) for one in rows[0].stages] if rows else []
        header = [
            *(self.shared(f"column.{k}") for k in ("id", "programme", "funder", "kind", "domain", "amount_min", "amount_max", "state")),
            *forms, *stages, self.shared("column.sources"),
        ]  # fmt: skip

        def line(row: listings.ProgrammeRow) -> list[object]:
            answers = [*row.forms.values(), *row.stages.values()]
            return [
                row.id, row.name, row.funder, row.kind, ", ".join(row.domains), row.least,
                row.most, word("state", row.state, self.lang),
                *(word("answer", one, self.lang) for one in answers), _urls(row.sources),
            ]  # fmt: skip

        widths = [24, 40, 28, 14, 22, 13, 13, 12, *([11] * (len(forms) + len(stages))), 60]
        return self.table(self.shared("part.programmes"), header, map(line, rows), widths)

    def funders(self) -> str:
        keys = ("id", "funder", "level", "programmes", "open", "awards", "with_amount")
        rows = [
            (r.id, r.name, r.level, r.programmes, r.open, r.awards, r.with_amount)
            for r in listings.funder_rows(self.dossier.tables, self.lang)
        ]
        header = [self.shared(f"column.{key}") for key in keys]
        return self.table(self.shared("part.funders"), header, rows, (28, 44, 22, 12, 12, 12, 12))

    def awards(self) -> str:
        keys = ("id", "year", "beneficiary", "project", "legal_form", "funder", "programme", "domain", "municipality", "amount", "amount_kind", "sources")  # fmt: skip
        rows = [
            (
                r.id, r.year, r.beneficiary, r.project, r.form, r.funder, r.programme, r.domain,
                r.municipality, r.amount, r.amount_kind, _urls(r.sources),
            )
            for r in listings.award_rows(self.dossier.tables, self.lang)
        ]  # fmt: skip
        header = [self.shared(f"column.{key}") for key in keys]
        return self.table(self.shared("part.awards"), header, rows, (8, 7, 34, 34, 14, 26, 30, 18, 18, 16, 16, 60))  # fmt: skip

    def organisations(self) -> str:
        keys = ("id", "organisation", "legal_form", "municipality", "awards", "total", "first_year", "last_year")  # fmt: skip
        rows = [
            (r.id, r.name, r.form, r.municipality, r.awards, r.total, r.first_year, r.last_year)
            for r in listings.organisation_rows(self.dossier.tables, self.lang)
        ]
        header = [self.shared(f"column.{key}") for key in keys]
        return self.table(self.shared("part.organisations"), header, rows, (22, 44, 16, 20, 11, 18, 10, 10))  # fmt: skip

    def sources(self) -> str:
        header = [self.shared("column.id"), self.word("publisher"), self.word("url"), self.word("published")]  # fmt: skip
        rows = [
            (one.id, one.publisher, one.url, one.published) for one in self.dossier.sources.values()
        ]
        return self.table(self.shared("part.sources"), header, rows, (14, 40, 90, 14))

    def dictionary(self) -> str:
        from analysis.language import texts

        header = [self.word("term"), self.word("meaning")]
        rows = [
            (self.word(f"dictionary_of.{key}.term"), self.word(f"dictionary_of.{key}.meaning"))
            for key in dict.fromkeys(
                name.split(".")[1]
                for name in texts("dossier_workbook")
                if name.startswith("dictionary_of.")
            )
        ]
        return self.table(self.word("dictionary"), header, rows, (34, 110))

    def contents(self, sheet: Worksheet, sheets: Sequence[tuple[str, str]]) -> None:
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, self.shared("title"), self.formats["title"])
        for row, line in enumerate(
            (
                self.dossier.edition.stamp(self.lang), self.shared("licence"),
                self.dossier.edition.citation(self.lang),
                f"{self.dossier.brand.name[self.lang]}. {self.dossier.brand.contact[self.lang]}",
            ),
            start=1,
        ):  # fmt: skip
            sheet.write_string(row, 0, line, self.formats["quiet"])
        for row, (name, title) in enumerate(sheets, start=6):
            # The name of a sheet of ours: no cell decides where a link goes.
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.formats["link"], name)
            sheet.write_string(row, 1, title, self.formats["plain"])

    # Charts

    def chart(self, chart: Chart) -> str:
        """Write one chart: what it says, its numbers, and the native chart beside them."""
        lang = self.lang
        sheet = self.sheet(chart.id)
        sheet.write_string(0, 0, chart.headline(lang), self.formats["title"])
        sheet.write_string(1, 0, chart.text("subtitle", lang), self.formats["quiet"])
        row = 2
        for label, sentence in caption_lines(chart, lang):
            sheet.write_string(row, 0, f"{label} {sentence}", self.formats["quiet"])
            row += 1
        sheet.write_string(row, 0, self.dossier.edition.chart_citation(chart, lang), self.formats["quiet"])  # fmt: skip
        row += 2
        native = chart.native[lang] if chart.native else None
        if native is not None:
            row = self._native(sheet, native, chart, row)
        header, rows = _read(chart, lang)
        top = row
        for column, name in enumerate(header):
            sheet.write_string(top, column, name, self.formats["head"])
        for line in rows:
            row += 1
            for column, cell in enumerate(line):
                self._typed(sheet, row, column, cell)
        for column in range(len(header)):
            longest = max([len(header[column]), *(len(line[column]) for line in rows[:200])])
            sheet.set_column(column, column, min(max(10, longest + 1), 46))
        sheet.autofilter(top, 0, max(row, top + 1), max(len(header) - 1, 0))
        if native is None:
            sheet.freeze_panes(top + 1, 0)
        return str(sheet.get_name())

    def _typed(self, sheet: Worksheet, row: int, column: int, cell: str) -> None:
        if _NUMBER.fullmatch(cell):
            value = float(cell)
            year = value.is_integer() and 1900 <= value <= 2100
            form = "code" if year else "integer" if value.is_integer() else "number"
            sheet.write_number(row, column, value, self.formats[form])
        elif _DAY.fullmatch(cell):
            self.cell(sheet, row, column, dt.date.fromisoformat(cell))
        elif cell:
            sheet.write_string(row, column, cell, self.formats["plain"])

    def _native(self, sheet: Worksheet, native: NativeChart, chart: Chart, top: int) -> int:
        """Write what the native chart draws as a small table, and the chart under it."""
        sheet.write_string(top, 0, native.axis_title, self.formats["head"])
        for column, series in enumerate(native.series, start=1):
            sheet.write_string(top, column, series.name, self.formats["head"])
        form = self.formats["share" if native.unit == "share" else "number"]
        for place, category in enumerate(native.categories, start=1):
            sheet.write_string(top + place, 0, category, self.formats["plain"])
            for column, series in enumerate(native.series, start=1):
                value = series.values[place - 1]
                if value is not None:
                    sheet.write_number(top + place, column, value, form)
        last = top + len(native.categories)
        kinds: dict[str, dict[str, Any]] = {
            "bar": {"type": "bar"},
            "stacked_bar": {"type": "bar", "subtype": "stacked"},
            "column": {"type": "column"},
            "stacked_column": {"type": "column", "subtype": "stacked"},
            "line": {"type": "line"},
        }
        drawn = self.book.add_chart(kinds[native.kind])
        name = sheet.get_name()
        accented = any(series.accent for series in native.series)
        colours = iter((style.SLATE, style.GREY, style.INK, style.BLUE, style.PURPLE, style.GREEN, style.QUIET) * 3)  # fmt: skip
        for column, series in enumerate(native.series, start=1):
            ours = series.accent or (not accented and column == 1)
            colour = (
                self.dossier.brand.accent
                if ours
                else style.HAIRLINE
                if series.recedes
                else next(colours)
            )
            look = {"line": {"color": colour, "width": 2.25}} if native.kind == "line" else {"fill": {"color": colour}, "gap": 45}  # fmt: skip
            drawn.add_series(
                {
                    "name": [name, top, column],
                    "categories": [name, top + 1, 0, last, 0],
                    "values": [name, top + 1, column, last, column],
                    **look,
                }
            )
        font = {"name": FONT, "size": 9}
        percent = {"num_format": "0%"} if native.unit == "share" else {}
        lying = native.kind in ("bar", "stacked_bar")
        values = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": style.HAIRLINE, "width": 0.5}}, "num_font": font, "name": native.axis_title, "name_font": {**font, "bold": False}, **percent}  # fmt: skip
        categories = {"num_font": font, **({"reverse": True} if lying else {})}
        # In lying charts the library calls the upright axis, that of the categories, y.
        drawn.set_x_axis(values if lying else categories)
        drawn.set_y_axis(categories if lying else values)
        drawn.set_title({"name": chart.headline(self.lang), "name_font": {"name": FONT, "size": 12}, "overlay": False})  # fmt: skip
        drawn.set_legend({"position": "top", "font": font} if len(native.series) > 1 else {"none": True})  # fmt: skip
        drawn.show_blanks_as("gap")
        height = max(300, 22 * len(native.categories) * (len(native.series) if native.kind == "bar" else 1) + 120) if lying else 360  # fmt: skip
        height = min(height, 1400)
        drawn.set_size({"width": 820, "height": height})
        place = last + 2
        sheet.insert_chart(place, 0, drawn, {"description": chart.text("alt", self.lang)})
        return place + height // 20 + 2


def _read(chart: Chart, lang: Language) -> tuple[list[str], list[list[str]]]:
    with chart.file(lang, "csv").open(encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    return header, rows


def _urls(sources: Iterable[listings.Source]) -> str:
    return "; ".join(one.url or one.publisher for one in sources)
