"""Real endnotes for python-docx, which has none: one part of the package, in the library's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/endnotes"
# Notes 0 and 1 are the rule above the notes and its continuation; every reader expects them.
_RULES = (
    '<w:endnote xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
    'w:lineRule="auto"/></w:pPr><w:r><w:{mark}/></w:r></w:p></w:endnote>'
)


class Endnotes:
    """Collects the endnotes of a document; :meth:`finish` puts them into its package."""

    def __init__(self, document: Document) -> None:
        from docx.oxml import OxmlElement, parse_xml

        self._document = document
        self._root: Any = OxmlElement("w:endnotes")
        for number, kind, mark in (
            (-1, "separator", "separator"),
            (0, "continuationSeparator", "continuationSeparator"),
        ):
            self._root.append(parse_xml(_RULES.format(kind=kind, number=number, mark=mark)))
        self.count = 0

    def add(self, paragraph: Paragraph, lines: list[str]) -> int:
        """Put a reference at the end of a paragraph and its note into the list.

        Args:
            paragraph: Where the number stands.
            lines: Text of the note, a paragraph each.

        Returns:
            The number of the note.
        """
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self.count += 1
        run: Any = paragraph.add_run()
        run.style = self._document.styles["Endnote Reference"]
        reference = OxmlElement("w:endnoteReference")
        reference.set(qn("w:id"), str(self.count))
        run._r.append(reference)
        note = OxmlElement("w:endnote")
        note.set(qn("w:id"), str(self.count))
        for place, line in enumerate(lines):
            note.append(self._paragraph(line, numbered=place == 0))
        self._root.append(note)
        return self.count

    def _paragraph(self, line: str, numbered: bool) -> Any:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph, properties, style = (OxmlElement(f"w:{n}") for n in ("p", "pPr", "pStyle"))
        style.set(qn("w:val"), "EndnoteText")
        properties.append(style)
        paragraph.append(properties)
        if numbered:
            run, look, mark = (OxmlElement(f"w:{n}") for n in ("r", "rPr", "endnoteRef"))
            raised = OxmlElement("w:rStyle")
            raised.set(qn("w:val"), "EndnoteReference")
            look.append(raised)
            run.extend([look, mark])
            paragraph.append(run)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = f" {line}" if numbered else line
        run.append(text)
        paragraph.append(run)
        return paragraph

    def finish(self) -> None:
        """Put the notes into the document's package."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.oxml.xmlchemy import serialize_for_reading

        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        blob = (head + serialize_for_reading(self._root)).encode("utf-8")
        package = self._document.part.package
        part = Part(PackURI("/word/endnotes.xml"), _TYPE, blob, package)
        self._document.part.relate_to(part, _RELATION)
