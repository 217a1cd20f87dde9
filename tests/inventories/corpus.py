"""Synthetic inventories, sound and broken. Every name, number and amount is invented.

``BUILDERS`` maps a file name to a function that returns its bytes; what each must give stands in
``tests/fixtures/inventories/expected.csv``.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

HEAD = "Bénéficiaire;N° BCE;Objet;Montant octroyé;Année"
ROWS = [
    "Les Ateliers inventés asbl;0422.143.307;Projet de quartier / Wijkproject;1.234,50;2022",
    "De Verzonnen Werkplaats vzw;BE 0403 170 701;Werking van het huis / Fonctionnement de la maison;10.000,00;2022",
]
BODY = "\n".join([HEAD, *ROWS])


def csv(text: str = BODY, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


def xlsx(grid, *, merged=(), sheets=None, hidden=(), extra=None) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, rows in (sheets or {"2022": grid}).items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(place, column, cell)
        for top, left, bottom, right, text in merged:
            sheet.merge_range(top, left, bottom, right, text)
        if name in hidden:
            sheet.hide()
    book.close()
    content = stream.getvalue()
    return with_parts(content, extra) if extra else content


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """Copy an archive, adding or replacing parts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry.filename))
        for name, part in parts.items():
            new.writestr(name, part)
    return stream.getvalue()


GRID = [
    ["Bénéficiaire", "N° BCE", "Objet", "Montant octroyé", "Année"],
    ["Les Ateliers inventés asbl", 422143307, "Projet de quartier / Wijkproject", 1234.5, 2022],
    ["De Verzonnen Werkplaats vzw", 403170701, "Werking / Fonctionnement", 10000, 2022],
]
SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def far_cell() -> bytes:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return xlsx(GRID, extra={"xl/worksheets/sheet1.xml": SHEET % rows})


def bomb() -> bytes:
    return xlsx(GRID, extra={"xl/worksheets/sheet1.xml": SHEET % (b" " * 120_000_000)})


def lying_bomb() -> bytes:
    """An archive whose directory declares a small size for a part that unfolds to 600 MB."""
    name = b"xl/worksheets/sheet1.xml"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    folded = b"".join(
        [packer.compress(SHEET[:120])]
        + [packer.compress(b" " * 10_000_000) for _ in range(12)]
        + [packer.flush()]
    )
    base = xlsx(GRID)
    parts = {}
    with zipfile.ZipFile(io.BytesIO(base)) as old:
        for entry in old.infolist():
            if entry.filename.encode() != name:
                parts[entry.filename.encode()] = (
                    zlib.compressobj(9, zlib.DEFLATED, -15),
                    old.read(entry.filename),
                )
    out, directory, count = io.BytesIO(), io.BytesIO(), 0

    def add(path: bytes, data: bytes, size: int) -> None:
        nonlocal count
        offset = out.tell()
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(data), size, len(path), 0)
        out.write(b"PK\x03\x04" + fields + path + data)
        directory.write(
            b"PK\x01\x02"
            + struct.pack("<H", 20)
            + fields
            + struct.pack("<HHHII", 0, 0, 0, 0, offset)
            + path
        )
        count += 1

    for path, (one, data) in parts.items():
        add(path, one.compress(data) + one.flush(), len(data))
    add(name, folded, 20_000)
    start = out.tell()
    out.write(directory.getvalue())
    out.write(
        b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory.getvalue()), start, 0)
    )
    return out.getvalue()


def compound(names: list[str]) -> bytes:
    """The first sector and a directory of an old office file, with these streams named in it."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    )


def ods(rows: str) -> bytes:
    stream = io.BytesIO()
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Lijst">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


def ods_row(cells: list[object], repeat: int = 1) -> str:
    body = "".join(
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
        if isinstance(cell, int | float)
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    times = f' table:number-rows-repeated="{repeat}"' if repeat > 1 else ""
    return f"<table:table-row{times}>{body}</table:table-row>"


def parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet as format_

    table = pa.table({name: [row[place] for row in GRID[1:]] for place, name in enumerate(GRID[0])})
    stream = io.BytesIO()
    format_.write_table(table, stream)
    return stream.getvalue()


RECORDS = [dict(zip(GRID[0], row, strict=True)) for row in GRID[1:]]
LATIN = BODY.replace("€", "EUR")
TITLED = [
    ["Commune imaginaire / Denkbeeldige gemeente"],
    ["Inventaire des subventions 2022"],
    [],
    *GRID,
    ["TOTAL", None, None, 11234.5, None],
    [],
    ["* montants provisoires"],
]
TWO_LINES = [
    ["Bénéficiaire", None, "Objet", "Montant", None],
    ["Nom", "N° BCE", None, "prévu 2022", "octroyé 2022"],
    ["Les Ateliers inventés asbl", "0422143307", "Projet", 1300, 1234.5],
    ["De Verzonnen Werkplaats vzw", "0403170701", "Werking", 10000, 10000],
]
BILINGUAL_LINES = [
    ["Bénéficiaire", "N° BCE", "Objet", "Montant octroyé"],
    ["Begunstigde", "KBO-nummer", "Doel", "Toegekend bedrag"],
    *[row[:4] for row in GRID[1:]],
]
GROUPED = [
    GRID[0],
    ["Priorité 1 : culture"],
    GRID[1],
    ["Sous-total priorité 1", None, None, 1234.5, None],
    ["Priorité 2 : jeunesse"],
    GRID[2],
    ["Sous-total priorité 2", None, None, 10000, None],
    ["Total général", None, None, 11234.5, None],
    ["Source : service des subventions"],
]

BUILDERS = {
    # sound, in many dresses
    "plain.csv": csv,
    "bom.csv": lambda: csv(encoding="utf-8-sig"),
    "cp1252.csv": lambda: csv(BODY.replace("Projet de quartier", "Projet d’été à 5 €"), "cp1252"),
    "latin1.csv": lambda: csv(LATIN, "latin-1"),
    "macroman.csv": lambda: csv(BODY, "mac_roman"),
    "utf16.csv": lambda: csv(encoding="utf-16"),
    "tabs.tsv": lambda: csv(BODY.replace(";", "\t")),
    "pipes.csv": lambda: csv(BODY.replace(";", "|")),
    "commas.csv": lambda: csv(
        'beneficiary,enterprise number,purpose,amount awarded,year\n"Invented, Workshop vzw",0422143307,Work,"1,234.50",2022\nOther Workshop vzw,0403170701,Work,"10,000.00",2022\n'
    ),
    "title-block.csv": lambda: csv(
        "Inventaire des subventions;;;;\n;;;;\n" + BODY + "\n;;Total;11.234,50;\n"
    ),
    "ragged-title.csv": lambda: csv(
        "Inventaire des subventions 2022\n\n" + BODY + "\n\nSource : service fictif\n"
    ),
    "records.json": lambda: json.dumps(RECORDS).encode(),
    "results.json": lambda: json.dumps({"total_count": 2, "results": RECORDS}).encode(),
    "first-page.json": lambda: json.dumps({"total_count": 900, "results": RECORDS}).encode(),
    "fields.json": lambda: json.dumps(
        [{"recordid": "x", "fields": one} for one in RECORDS]
    ).encode(),
    "lines.jsonl": lambda: "\n".join(json.dumps(one) for one in RECORDS).encode(),
    "columns.json": lambda: json.dumps(
        {name: [one[name] for one in RECORDS] for name in GRID[0]}
    ).encode(),
    "plain.xlsx": lambda: xlsx(GRID),
    "titled.xlsx": lambda: xlsx(TITLED),
    "two-lines.xlsx": lambda: xlsx(TWO_LINES),
    "bilingual-lines.xlsx": lambda: xlsx(BILINGUAL_LINES),
    "grouped.xlsx": lambda: xlsx(GROUPED),
    "two-sheets.xlsx": lambda: xlsx(
        None,
        sheets={
            "Lisez-moi": [["Ce fichier contient les subventions"]],
            "2021": GRID[:2],
            "2022": [GRID[0], GRID[2]],
        },
    ),
    "hidden.xlsx": lambda: xlsx(
        None, sheets={"2022": GRID, "brouillon": GRID[:2]}, hidden=("brouillon",)
    ),
    "plain.ods": lambda: ods("".join(ods_row(row) for row in GRID)),
    "plain.parquet": parquet,
    # faulty rows
    "too-many-cells.csv": lambda: csv(
        BODY + "\nUn club asbl;;Achat; ballons; filets;500,00;2022\n"
    ),
    "no-beneficiary.csv": lambda: csv(BODY + "\n;;Achat de matériel;500,00;2022\n"),
    "not-a-record.json": lambda: json.dumps([*RECORDS, "texte", 12]).encode(),
    "errors.csv": lambda: csv(
        BODY
        + "\nClub fictif asbl;;Achat;#REF!;2022\nCercle fictif asbl;;Achat;-;2022\nFonds fictif asbl;;Achat;voir annexe;2022\n"
    ),
    "repeated-header.csv": lambda: csv(BODY + "\n" + BODY.replace("1.234,50", "2.000,00")),
    "pounds.csv": lambda: csv(
        "Recipient Org:Name,Description,Amount Awarded,Currency,Award Date\nInvented Club asbl,Balls,100.00,GBP,2022-05-01\nOther Club asbl,Balls,200.50,EUR,2022-05-02\n"
    ),
    # unusable
    "empty.csv": lambda: b"",
    "blank-lines.csv": lambda: b"\n\n  \n",
    "header-without-amount.csv": lambda: csv(
        "Bénéficiaire;Objet;Statut\nClub fictif asbl;Achat;ok\n"
    ),
    "header-without-name.csv": lambda: csv("Code;Montant octroyé\n12;500,00\n"),
    "open-quote.csv": lambda: csv(BODY + '\nClub "fictif;;"Achat' + "\n texte;" * 30_000),
    "nul-bytes.csv": lambda: BODY.encode() + b"\0\0\0\nx;;y;1;2",
    "web-page.csv": lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "document.pdf": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "packed.csv.gz": lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\0" * 40,
    "cut-off.json": lambda: json.dumps(RECORDS).encode()[:-30],
    "deep.json": lambda: b"[" * 200_000,
    "scalar.json": lambda: b"42",
    "no-records.json": lambda: b"[]",
    "huge-cell.json": lambda: json.dumps([{**RECORDS[0], "Objet": "x" * 2_000_000}]).encode(),
    "truncated.xlsx": lambda: xlsx(GRID)[:-900],
    "broken-part.xlsx": lambda: _spoiled(xlsx(GRID)),
    "empty.xlsx": lambda: b"",
    "text.xlsx": lambda: csv(),
    "zero-sheets.xlsx": lambda: xlsx(
        GRID,
        extra={
            "xl/workbook.xml": b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'
        },
    ),
    "blank-sheet.xlsx": lambda: xlsx([]),
    "locked.xlsx": lambda: compound(["EncryptedPackage", "EncryptionInfo"]),
    "old-macro.xls": lambda: compound(["Workbook", "_VBA_PROJECT"]),
    "damaged.xls": lambda: compound(["Workbook"]),
    "word.doc": lambda: compound(["WordDocument"]),
    "macro.xlsm": lambda: xlsx(GRID, extra={"xl/vbaProject.bin": b"macro"}),
    "macro-renamed.xlsx": lambda: xlsx(GRID, extra={"xl/vbaProject.bin": b"macro"}),
    "bomb.xlsx": bomb,
    "lying-bomb.xlsx": lying_bomb,
    "far-cell.xlsx": far_cell,
    "repeat-bomb.ods": lambda: ods(ods_row(GRID[0]) + ods_row(GRID[1], 1_000_000)),
    "archive.zip": lambda: with_parts(_zip({"a.txt": b"x"}), {}),
    "damaged.parquet": lambda: parquet()[:200],
}


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _spoiled(content: bytes) -> bytes:
    place = content.find(b"xl/worksheets/sheet1.xml") + 40
    return content[:place] + b"\xff" * 60 + content[place + 60 :]
