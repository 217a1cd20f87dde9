"""The dossier as a Word file: real styles, captions, endnotes, a table of contents that is right.

The text is in a font that readers have (the charts keep the project's own, as pictures); nothing in
the file depends on when it was built.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis import files
from analysis.charts import style
from analysis.dossier import content, listings, method
from analysis.dossier.charts import Chart
from analysis.dossier.content import Dossier, caption_lines
from analysis.dossier.endnotes import Endnotes
from analysis.language import LOCALES, Language, date, text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

FONT = "Calibri"
PICTURE_MM = 160


def build(dossier: Dossier, lang: Language) -> bytes:
    """Return the dossier in one language as DOCX; same dossier, same bytes."""
    return _Writer(dossier, lang).document()


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, dossier: Dossier, lang: Language) -> None:
        import docx

        self.dossier, self.lang = dossier, lang
        self.doc: Document = docx.Document()
        self.notes = Endnotes(self.doc)
        self.figures: dict[str, int] = {}
        self.headings: list[tuple[int, str, str]] = []
        self.objections = dossier.objections(lang)

    def document(self) -> bytes:
        _styles(self.doc, self.dossier, self.lang)
        _properties(self.doc, self.dossier, self.lang)
        self._title_page()
        place = self.doc.add_paragraph(self.word("contents"), style="TOC Heading")
        self._summary()
        for group in content.GROUPS:
            demands = self.dossier.in_group(group)
            if demands:
                self.heading(text("dossier", f"group.{group}", self.lang), 1)
            for demand in demands:
                self._demand(demand)
        self._rest_of_charts()
        self._appendix()
        self._method()
        self._changes()
        self.heading(self.shared("part.cite"), 1)
        self.doc.add_paragraph(self.dossier.edition.citation(self.lang))
        self.heading(self.shared("part.sources"), 1)
        self._contents(place)
        self._header_and_footer()
        self.notes.finish()
        buffer = io.BytesIO()
        self.doc.save(buffer)
        return files.steady_zip(buffer.getvalue())

    # Words

    def word(self, key: str, **values: object) -> str:
        return text("dossier_word", key, self.lang, **values)

    def shared(self, key: str) -> str:
        return text("dossier", key, self.lang)

    # Parts

    def heading(self, words: str, level: int) -> None:
        mark = f"_Toc{len(self.headings) + 1:06d}"
        paragraph = self.doc.add_heading(words, level)
        _bookmark(paragraph, mark, len(self.headings) + 1)
        self.headings.append((level, words, mark))

    def _title_page(self) -> None:
        from docx.shared import Mm

        dossier, lang = self.dossier, self.lang
        if dossier.brand.logo:
            picture = (
                self.doc.add_paragraph()
                .add_run()
                .add_picture(io.BytesIO(dossier.brand.logo), height=Mm(18))
            )
            _alt(picture, dossier.brand.name[lang])
        self.doc.add_paragraph(self.shared("title"), style="Title")
        if dossier.is_whole:
            subtitle = self.shared("subtitle")
        else:
            ids = ", ".join(str(one["id"]) for one in dossier.demands)
            subtitle = text("dossier", "subtitle_chosen", lang, ids=ids)
        self.doc.add_paragraph(subtitle, style="Subtitle")
        self.doc.add_paragraph(self.shared("what_it_is"))
        self.doc.add_paragraph(dossier.edition.stamp(lang), style="Stamp")
        self.doc.add_paragraph(f"{dossier.brand.name[lang]}. {dossier.brand.contact[lang]}", style="Stamp")  # fmt: skip
        self.doc.add_paragraph(self.shared("licence"), style="Stamp")

    def _summary(self) -> None:
        self.heading(self.word("summary"), 1)
        self.doc.paragraphs[-1].paragraph_format.page_break_before = True
        header = [self.shared("part.demand"), self.shared("part.verdict"), self.shared("part.answer")]  # fmt: skip
        rows = [
            [
                f"{one['id']} {one['title'][self.lang]}",
                f"{one['verdict_label'][self.lang]}"
                + (
                    f" ({content.strength_text(one, self.lang)})"
                    if one["verdict"] != "not_testable"
                    else ""
                ),
                one["main_text"][self.lang],
            ]
            for one in self.dossier.demands
        ]
        self.table(header, rows, (50, 35, 75))

    def _demand(self, demand: Mapping[str, Any]) -> None:
        lang = self.lang
        self.heading(f"{demand['id']} {demand['title'][lang]}", 2)
        verdict = self.doc.add_paragraph(style="Verdict")
        verdict.add_run(demand["verdict_label"][lang])
        if demand["verdict"] != "not_testable":
            verdict.add_run(f" · {content.strength_text(demand, lang)}")
        answer = self.doc.add_paragraph(demand["main_text"][lang], style="Lead")
        sources = [
            self.dossier.sources[one["source_id"]]
            for one in demand["sources"]
            if one["source_id"] in self.dossier.sources
        ]
        if sources:
            lines = [self.word("sources_of", id=demand["id"])]
            lines += [f"{one.publisher}, {one.url}" for one in sources]
            self.notes.add(answer, lines)
        for key in ("asks", "statement"):
            self.doc.add_heading(self.shared(f"part.{key}"), 3)
            paragraph = self.doc.add_paragraph(demand[key][lang])
            if key == "asks":
                paragraph.add_run(" ")
                _link(paragraph, content.PAPER[lang], self.shared("part.paper"))
        for side in ("evidence_for", "evidence_against", "evidence_undecided"):
            if demand[side] or side != "evidence_undecided":
                self.doc.add_heading(self.shared(f"part.{side}"), 3)
                self.bullets([one["text"][lang] for one in demand[side]] or ["–"])
        for chart in self.dossier.charts_of(demand):
            if demand["id"] in chart.demands and chart.id in demand["charts"]:
                self._chart(chart)
        self.doc.add_heading(self.shared("part.unknowns"), 3)
        for one in demand["unknowns"]:
            self.doc.add_paragraph(one[lang])
        self.doc.add_heading(self.shared("part.sensitivity"), 3)
        self.bullets([f"{h.sentence} {h.told}" for h in content.holds(self.dossier, demand, lang)])
        against = [one for one in self.objections if demand["id"] in one.about]
        if against:
            self.doc.add_heading(self.shared("part.objections"), 3)
            for one in against:
                self.doc.add_paragraph(one.says, style="Quote")
                answer = self.doc.add_paragraph()
                answer.add_run(f"{self.shared('part.objection_answer')}. ").bold = True
                answer.add_run(one.answer)
                settles = self.doc.add_paragraph()
                settles.add_run(f"{self.shared('part.objection_settles')}. ").bold = True
                settles.add_run(one.settles)
        self.doc.add_heading(self.shared("part.data_request"), 3)
        self.doc.add_paragraph(demand["data_request"]["text"][lang])

    def _chart(self, chart: Chart) -> None:
        from docx.shared import Mm

        lang = self.lang
        if chart.id in self.figures:
            number = self.figures[chart.id]
            self.doc.add_paragraph(self.word("see_figure", number=number, headline=chart.headline(lang)), style="Stamp")  # fmt: skip
            return
        self.figures[chart.id] = len(self.figures) + 1
        picture_line = self.doc.add_paragraph(style="Picture")
        picture = picture_line.add_run().add_picture(
            str(chart.file(lang, "column.png")), width=Mm(PICTURE_MM)
        )
        _alt(picture, chart.text("alt", lang), chart.headline(lang))
        caption = self.doc.add_paragraph(style="Caption")
        caption.add_run(f"{self.word('figure')} ")
        _field(caption, "SEQ Figure \\* ARABIC", str(self.figures[chart.id]))
        caption.add_run(f". {chart.headline(lang)}")
        # Base and source stand in the picture's own footer.
        for label, sentence in caption_lines(chart, lang, ("missing", "how_to_read", "limits")):
            note = self.doc.add_paragraph(style="Caption Note")
            note.add_run(f"{label} ").bold = True
            note.add_run(sentence)

    def _rest_of_charts(self) -> None:
        rest = [chart for chart in self.dossier.charts if chart.id not in self.figures]
        if rest and self.dossier.is_whole:
            self.heading(self.shared("part.charts"), 1)
            for chart in rest:
                self._chart(chart)

    def _appendix(self) -> None:
        lang, day = self.lang, date(self.dossier.data_date, self.lang)
        self.heading(self.word("appendix", day=day), 1)
        self.doc.add_paragraph(self.word("appendix_intro"))
        rows = listings.open_programmes(self.dossier.tables, lang)
        header = [self.shared(f"column.{key}") for key in ("programme", "funder", "legal_form", "stage")]  # fmt: skip
        self.table(header, rows, (50, 35, 35, 40))

    def _method(self) -> None:
        self.heading(self.shared("part.method"), 1)
        for section in method.sections(self.dossier, self.lang):
            self.heading(section.title, 2)
            for one in section.paragraphs:
                self.doc.add_paragraph(one)
            if section.rows:
                widths = tuple(PICTURE_MM // len(section.header) for _ in section.header)
                self.table(list(section.header), [list(row) for row in section.rows], widths)

    def _changes(self) -> None:
        from analysis.dossier.changes import told

        self.heading(self.shared("part.changes"), 1)
        found = told(self.dossier, self.lang)
        self.doc.add_paragraph(found.intro)
        if found.rows:
            self.table(list(found.header), [list(row) for row in found.rows], (70, 40, 25, 25))
        if found.added:
            self.doc.add_heading(self.shared("changes.added"), 3)
            self.bullets(found.added)

    # Pieces

    def bullets(self, lines: list[str]) -> None:
        for line in lines:
            self.doc.add_paragraph(line, style="List Bullet")

    def table(self, header: list[str], rows: list[list[str]], widths_mm: tuple[int, ...]) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        table = self.doc.add_table(rows=1, cols=len(header), style="Dossier Table")
        table.autofit = False
        for cell, words in zip(table.rows[0].cells, header, strict=True):
            cell.text = words
        properties: Any = table.rows[0]._tr.get_or_add_trPr()
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        properties.append(repeated)
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for row in rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
        for line in table.rows:
            keep: Any = line._tr.get_or_add_trPr()
            keep.append(OxmlElement("w:cantSplit"))
            for cell, width in zip(line.cells, widths_mm, strict=True):
                cell.width = Mm(width)
                for paragraph in cell.paragraphs:
                    paragraph.style = self.doc.styles["Table Text"]
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
        self.doc.add_paragraph(style="Picture")

    def _contents(self, place: Paragraph) -> None:
        """Fill the table of contents: entries as they are now, so that nobody must update it."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        after: Any = place._p
        entries = [one for one in self.headings if one[0] <= 2]
        for number, (level, words, mark) in enumerate(entries):
            paragraph = self.doc.add_paragraph(style=f"TOC {level}")
            if number == 0:
                _field_start(paragraph, 'TOC \\o "1-2" \\n \\h \\z \\u')
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), mark)
            run, content_ = OxmlElement("w:r"), OxmlElement("w:t")
            content_.set(qn("xml:space"), "preserve")
            content_.text = words
            run.append(content_)
            link.append(run)
            paragraph._p.append(link)
            if number == len(entries) - 1:
                _field_end(paragraph)
            after.addnext(paragraph._p)
            after = paragraph._p

    def _header_and_footer(self) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        section = self.doc.sections[0]
        notes, form = OxmlElement("w:endnotePr"), OxmlElement("w:numFmt")
        form.set(qn("w:val"), "decimal")
        notes.append(form)
        size: Any = section._sectPr.find(qn("w:pgSz"))
        size.addprevious(notes)
        section.different_first_page_header_footer = True
        head = section.header.paragraphs[0]
        head.text = self.shared("title")
        head.style = self.doc.styles["Stamp"]
        foot = section.footer.paragraphs[0]
        foot.style = self.doc.styles["Stamp"]
        foot.add_run(f"{self.dossier.edition.stamp(self.lang)} · {self.word('page')} ")
        _field(foot, "PAGE", "1")


def _styles(doc: Document, dossier: Dossier, lang: Language) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    def colour(value: str) -> RGBColor:
        return RGBColor.from_string(value.removeprefix("#").upper())

    ink, accent = colour(dossier.brand.ink), colour(dossier.brand.accent)
    quiet = colour(style.QUIET)
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)

    def dress(name: str, size: float, **more: Any) -> Any:
        styles = doc.styles
        known = name in [one.name for one in styles]
        one: Any = styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        one.font.name, one.font.size = FONT, Pt(size)
        fonts = one.element.get_or_add_rPr().get_or_add_rFonts()
        for which in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(which), FONT)
        for which in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(which), None)
        one.font.color.rgb = more.get("colour", ink)
        one.font.bold, one.font.italic = more.get("bold", False), more.get("italic", False)
        shape = one.paragraph_format
        shape.space_before, shape.space_after = Pt(more.get("before", 0)), Pt(more.get("after", 6))
        shape.line_spacing = more.get("line", 1.15)
        shape.keep_with_next = more.get("keep", False)
        if not known:
            one.base_style = styles["Normal"]
        return one

    dress("Normal", 10.5)
    language = doc.styles["Normal"].element.get_or_add_rPr()
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), LOCALES[lang].replace("_", "-"))
    language.append(tag)
    title = dress("Title", 30, bold=True, after=8, line=1.05, before=24)
    for border in title.element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    dress("Subtitle", 15, colour=quiet, after=12)
    dress("Heading 1", 20, bold=True, before=28, after=8, keep=True, line=1.1)
    dress("Heading 2", 15, bold=True, before=22, after=4, keep=True, line=1.1)
    dress("Heading 3", 11, bold=True, before=10, after=2, keep=True)
    dress("TOC Heading", 15, bold=True, before=18, after=6)
    dress("TOC 1", 10, bold=True, before=4, after=1, line=1.0)
    dress("TOC 2", 10, after=0, line=1.0).paragraph_format.left_indent = Mm(6)
    dress("Lead", 12.5, after=8)
    dress("Verdict", 12.5, bold=True, colour=accent, after=2, keep=True)
    dress("Stamp", 9, colour=quiet, after=3)
    dress("Picture", 4, after=2, before=6, line=1.0, keep=True)
    dress("Caption", 9.5, bold=True, after=2, keep=True)
    dress("Caption Note", 8.5, colour=quiet, after=2)
    dress("Table Text", 9, after=1, line=1.05)
    quote = dress("Quote", 10.5, bold=True, before=6, after=2, keep=True)
    quote.paragraph_format.left_indent = Mm(0)
    dress("List Bullet", 10.5, after=3)
    dress("endnote text", 8, after=0, line=1.0)
    doc.styles["endnote text"].element.set(qn("w:styleId"), "EndnoteText")
    raised: Any = doc.styles.add_style("Endnote Reference", WD_STYLE_TYPE.CHARACTER)
    raised.font.superscript = True
    raised.element.set(qn("w:styleId"), "EndnoteReference")
    table: Any = doc.styles.add_style("Dossier Table", WD_STYLE_TYPE.TABLE)
    table.base_style = doc.styles["Normal Table"]
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        edge = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", style.HAIRLINE[1:])):  # fmt: skip
            edge.set(qn(f"w:{key}"), value)
        borders.append(edge)
    properties = OxmlElement("w:tblPr")
    properties.append(borders)
    table.element.append(properties)


def _properties(doc: Document, dossier: Dossier, lang: Language) -> None:
    day = dt.datetime.combine(dossier.data_date, dt.time(), dt.UTC).replace(tzinfo=None)
    core = doc.core_properties
    core.title, core.subject = text("dossier", "title", lang), text("dossier", "subtitle", lang)
    core.author = core.last_modified_by = dossier.brand.name[lang]
    core.language = LOCALES[lang].replace("_", "-")
    core.keywords = ", ".join(str(one["id"]) for one in dossier.demands)
    core.comments = dossier.edition.stamp(lang)
    core.created = core.modified = day
    core.revision, core.version = 1, dossier.edition.version


def _alt(picture: Any, words: str, title: str = "") -> None:
    properties = picture._inline.docPr
    properties.set("descr", words)
    if title:
        properties.set("title", title)


def _bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (start, end):
        one.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    element: Any = paragraph._p
    element.insert(1, start)
    element.append(end)


def _link(paragraph: Paragraph, url: str, words: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, True))
    run: Any = paragraph.add_run(words)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _field(paragraph: Paragraph, code: str, shown: str) -> None:
    _field_start(paragraph, code)
    paragraph.add_run(shown)
    _field_end(paragraph)


def _field_start(paragraph: Paragraph, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    _field_mark(paragraph, "begin")
    run: Any = paragraph.add_run()
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    run._r.append(instruction)
    _field_mark(paragraph, "separate")


def _field_end(paragraph: Paragraph) -> None:
    _field_mark(paragraph, "end")


def _field_mark(paragraph: Paragraph, kind: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run: Any = paragraph.add_run()
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run._r.append(mark)
