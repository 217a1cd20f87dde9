"""Find the table inside a sheet: its header, and which rows below it are rows of the table.

Publishers put titles above the header, spread it over two lines, group rows under headings, add
sub-totals, totals and notes. None of these is an award, and none is summed as one; each is
ignored with a reason that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.inventories.amounts import UNREADABLE, Amounts
from analysis.inventories.cells import Cells, Mask, matches
from analysis.inventories.formats import Sheet
from analysis.inventories.headers import CONFIDENT, POSSIBLE, Columns, map_columns, score, words

_SEARCHED = 60
_LABEL = (
    r"(?i)^[\s*=>–—-]*(?:sous[\s-]?tota(?:l|ux)|totaux|total|sub[\s-]?totaa?l|sub[\s-]?totalen|totaal|totalen|"
    r"eindtotaal|algemeen totaal|total g[ée]n[ée]ral|total generaal|grand total|somme totale|g[ée]n[ée]ral total|"
    r"report|à reporter|over te dragen|som|solde total|generaal totaal|somme|montant total|totaal bedrag|"
    r"totale bedrag|totaalbedrag|total amount)\b"
)
_ALONE = (
    r"(?i)^[\s*=>–—-]*(?:(?:sous[\s-]?)?tota(?:l|ux)|(?:sub[\s-]?)?totaa?l|(?:sub)?totalen|eindtotaal|algemeen totaal|"
    r"total g[ée]n[ée]ral|grand total|som|somme|report|à reporter)[\s.:=*/–-]*"
    r"(?:(?:sub|sous)?-?\s?tota+l|g[ée]n[ée]ral|generaal|algemeen|eur|€|\d{4}|ttc|tvac|htva)*[\s.:=*]*$"
)
_NOTE = (
    r"(?i)^\s*(?:\*+|\(?[*¹²³]\)?|\(\d{1,2}\)\s|n\.?\s?b\.?\s*[:.]|note|remarques?|opmerking|source|bron|légende|legende|"
    r"\(\*\)|voir|zie|mise à jour|bijgewerkt|date de|datum|page \d|pagina|\d+/\d+$|fait à|gedaan te|imprimé|afgedrukt)"
)
_HEADING = (
    r"(?i)^\s*(?:priorit[ée]|prioriteit|axe|as |chapitre|hoofdstuk|titre|titel|section|sectie|afdeling|service|dienst|"
    r"d[ée]partement|departement|fonction|functie|article|artikel|secteur|sector|domaine|domein|mission|opdracht|"
    r"programme|programma|cat[ée]gorie|categorie|rubrique|rubriek|budget|begroting|direction|directie|échevin|"
    r"schepen|subsides?|toelagen?|subsidies|volet|luik|groupe|groep|mesure|maatregel|[ivx]+[.)]\s|[a-z][.)]\s|"
    r"\d+(?:\.\d+)*[.):]?\s+\D|culture|cultuur|sport|jeunesse|jeugd|enseignement|onderwijs)"
)
_EMPTY_NAME = r"(?i)^(?:[-–—./?]+|n/?a|#n/a|néant|nihil|null|none|nan)$"
_ERROR = r"^#(?:REF|N/?A|NOM|NAME|VALEUR|VALUE|WAARDE|DIV/0|NUL|NULL|GETAL|NUM|NB|VERW)[!?]?$"
# Fields that a vertically merged cell stands for on each of its rows; amounts would be counted twice.
_FILLED_DOWN = (
    "beneficiary_name",
    "beneficiary_id",
    "title",
    "object",
    "year",
    "end_year",
    "budget_article",
    "budget_function",
    "programme_id",
)


@dataclass
class Table:
    """A sheet with its header found.

    Attributes:
        columns: The cells below the header.
        rows: Row number of each, as a person sees it.
        mapping: Which column holds which field.
        header_row: Row number of the last line of the header; ``None`` where the format names
            its columns.
        above: The texts that stand above the header.
    """

    sheet: Sheet
    columns: list[Cells]
    rows: npt.NDArray[np.int64]
    mapping: Columns
    header_row: int | None
    above: list[str] = field(default_factory=list)

    def cells(self, name: str) -> Cells | None:
        """Return the column of a field, ``None`` when the table has none."""
        place = self.mapping.fields.get(name)
        return None if place is None else self.columns[place]

    @property
    def complete(self) -> bool:
        """Whether beneficiary and amount were found."""
        return not self.mapping.guesses


def find_table(sheet: Sheet, chosen: Mapping[str, str] | None = None) -> Table:
    """Find header and columns of a sheet.

    Args:
        sheet: A sheet as read.
        chosen: ``--map``: field → header.

    Returns:
        The table; ``mapping.guesses`` tells which needed columns were not found.
    """
    if sheet.names is not None:
        mapping = map_columns(sheet.names, sheet.columns, chosen, sheet.path.name)
        return Table(sheet, list(sheet.columns), sheet.rows, mapping, None)
    head = sheet.head(_SEARCHED)
    start, size, names = _find_header(head, sheet, chosen or {})
    below = np.arange(start + size, len(sheet), dtype=np.int64)
    columns = [column.take(below) for column in sheet.columns]
    mapping = map_columns(names, columns, chosen, sheet.path.name)
    columns = _fill_merged(sheet, columns, mapping, start + size)
    above = [cell for row in head[:start] for cell in row if cell]
    header_row = int(sheet.rows[start + size - 1]) if len(sheet) else None
    if size > 1:
        mapping.decisions.append(f"header: it stands on {size} lines, joined")
    if above:
        mapping.decisions.append(
            f"header: found in row {header_row}; {sum(any(row) for row in head[:start])} rows above it are a title"
        )
    return Table(sheet, columns, sheet.rows[below], mapping, header_row, above)


def _find_header(
    head: Sequence[Sequence[str]], sheet: Sheet, chosen: Mapping[str, str]
) -> tuple[int, int, list[str]]:
    best: tuple[float, int, int, list[str]] | None = None
    wanted = {words(header) for header in chosen.values() if not header.startswith("#")}
    numeric = [_numeric_cells(row) for row in head]
    for start in range(len(head)):
        for size in (1, 2, 3):
            lines = head[start : start + size]
            if len(lines) < size or not any(lines[0]) or not any(lines[-1]):
                continue
            if max(numeric[start : start + size]):
                # An amount or number in a line: that is data.
                break
            names = _joined(lines, sheet, start)
            value = _header_score(names, lines, wanted)
            if value > 0 and (best is None or value > best[0] + 1e-9):
                best = (value, start, size, names)
    if best is not None:
        return best[1:]
    for start, row in enumerate(head):
        if sum(bool(cell) for cell in row) >= min(2, len(row)):
            return start, 1, list(row)
    return 0, 1, list(head[0]) if head else []


_NUMBER = re.compile(r"[(\-€ ]*\d[\d.,'\s\u00a0\u202f]*(?:€|EUR)?\)?")


def _numeric_cells(row: Sequence[str]) -> int:
    """Count cells that hold a number other than a year."""
    return sum(
        bool(_NUMBER.fullmatch(cell)) and not re.fullmatch(r"(?:19|20)\d\d", cell)
        for cell in row
        if cell
    )


def _joined(lines: Sequence[Sequence[str]], sheet: Sheet, start: int) -> list[str]:
    """Join the lines of a header; what spans several columns counts for each."""
    names = [""] * len(lines[0])
    for number, line in enumerate(lines):
        full = list(line)
        for top, left, bottom, right in sheet.merged:
            if top <= start + number <= bottom and left < len(full):
                source = lines[top - start][left] if 0 <= top - start < len(lines) else full[left]
                for place in range(left, min(right + 1, len(full))):
                    full[place] = full[place] or source
        if number < len(lines) - 1:
            below = lines[number + 1]
            for place in range(1, len(full)):
                if not line[place] and below[place] and full[place - 1] and not full[place]:
                    full[place] = full[place - 1]
        names = [
            name if cell in name.split("\n") else f"{name}\n{cell}".strip("\n")
            for name, cell in zip(names, full, strict=True)
        ]
    return [" ".join(name.split()) for name in names]


def _header_score(
    names: Sequence[str], lines: Sequence[Sequence[str]], wanted: set[tuple[str, ...]]
) -> float:
    fields: dict[str, float] = {}
    columns = 0
    for name in names:
        if not name or len(name) > 300:
            continue
        found = score(name)
        exact = 1.0 if words(name) in wanted and words(name) else 0.0
        strong = {f: m.score for f, m in found.items() if m.score >= POSSIBLE}
        if not strong and not exact:
            continue
        columns += 1
        if strong:
            top = max(strong, key=lambda f: strong[f])
            fields[top] = max(fields.get(top, 0.0), strong[top])
        if exact:
            fields[f"--map {name}"] = 1.0
    if columns < 2 and not wanted:
        return 0.0
    value = sum(fields.values())
    value += 1.0 * ("beneficiary_name" in fields) + 1.0 * bool(
        {"amount_eur", "amount_planned_eur"} & set(fields)
    )
    if len(fields) < 2:
        return 0.0
    for line in lines:
        filled = [cell for cell in line if cell]
        value -= 0.5 * sum(len(cell) > 120 for cell in filled) * (len(filled) > 3)
    return value - 0.15 * (len(lines) - 1)


def _fill_merged(sheet: Sheet, columns: list[Cells], mapping: Columns, start: int) -> list[Cells]:
    """Repeat vertically merged cells on each of their rows, except amounts."""
    if not sheet.merged:
        return columns
    filled = {place for name, place in mapping.fields.items() if name in _FILLED_DOWN}
    count = 0
    codes = {place: columns[place].codes.copy() for place in filled}
    for top, left, bottom, right in sheet.merged:
        if left == right and left in codes and bottom > top >= start:
            part = codes[left][top - start : bottom - start + 1]
            if len(part) and (part[1:] < 0).all() and part[0] >= 0:
                part[:] = part[0]
                count += 1
    if not count:
        return columns
    mapping.decisions.append(f"merged: {count} cells merged over several rows count for each row")
    return [
        Cells(column.values, codes[place], column.numbers) if place in codes else column
        for place, column in enumerate(columns)
    ]


# ----------------------------------------------------------------------- rows

IGNORED = ("blank", "repeated_header", "column_numbers", "total", "heading", "note")
QUARANTINED = (
    "no_beneficiary",
    "beneficiary_unreadable",
    "no_beneficiary_no_amount",
    "too_many_cells",
    "not_a_record",
)


@dataclass
class Sorted:
    """What each row below the header is.

    Attributes:
        reason: Per row empty (an award), a reason of ``IGNORED`` or one of ``QUARANTINED``.
        kept: Rows that are awards.
        decisions: What the totals of the file say about its rows.
        totals_off: Row number, published and counted total in cents, where they differ.
    """

    reason: npt.NDArray[Any]
    kept: Mask
    decisions: list[str] = field(default_factory=list)
    totals_off: list[tuple[int, int, int]] = field(default_factory=list)


def sort_rows(table: Table, amounts: Amounts, planned: Amounts | None, has_number: Mask) -> Sorted:
    """Tell awards from headings, totals, notes and rows that cannot be used.

    Args:
        table: The table with its columns.
        amounts: Its amounts.
        planned: Its planned amounts, if any.
        has_number: Rows with a well-formed enterprise or establishment number.
    """
    size = len(table.rows)
    reason = np.full(size, "", dtype=object)
    names = table.cells("beneficiary_name")
    if not size or names is None:
        return Sorted(reason, np.ones(size, dtype=bool))
    filled = np.zeros(size, dtype=np.int64)
    for column in table.columns:
        filled += ~column.blank
    nameless = names.blank | names.spread(matches(names.values, _EMPTY_NAME), True)
    broken = names.spread(matches(names.values, _ERROR), False)
    id_cells = table.cells("beneficiary_id")
    no_id = np.ones(size, dtype=bool) if id_cells is None else id_cells.blank
    readable = amounts.readable
    money = readable | (amounts.state == UNREADABLE)
    if planned is not None:
        money |= planned.readable | (planned.state == UNREADABLE)
    label = _label_rows(table, names, nameless, no_id)
    reason[filled == 0] = "blank"
    open_ = filled > 0

    headers = _repeated_headers(table, names, open_ & (amounts.state == UNREADABLE))
    reason[headers] = "repeated_header"
    numbers = open_ & _column_numbers(table, names)
    reason[numbers] = "column_numbers"
    open_ &= ~headers & ~numbers
    reason[open_ & label] = "total"
    open_ &= ~label

    lost = open_ & nameless & ~has_number
    wordless = lost & ~money
    few = filled <= 2
    reason[wordless & few] = "heading"
    reason[wordless & ~few] = "no_beneficiary_no_amount"
    reason[lost & money] = "no_beneficiary"
    reason[open_ & broken & ~has_number] = "beneficiary_unreadable"

    alone = open_ & ~nameless & (filled == 1) & ~money & no_id
    width = sum(bool((~column.blank).any()) for column in table.columns)
    if width < 4:
        alone &= names.spread(matches(names.values, _HEADING) | matches(names.values, _NOTE), False)
    reason[alone] = "heading"
    _notes(table, reason)
    result = Sorted(reason, np.asarray(reason == "", dtype=bool))
    _check_totals(table, amounts, readable, result)
    return result


def _label_rows(table: Table, names: Cells, nameless: Mask, no_id: Mask) -> Mask:
    """Rows that a label calls a total: in the name's place, or anywhere when there is no name."""
    size = len(table.rows)
    numeric = {
        table.mapping.fields.get(f)
        for f in ("amount_eur", "amount_planned_eur", "year", "end_year")
    }
    own = names.spread(matches(names.values, _ALONE), False)
    starts = names.spread(matches(names.values, _LABEL), False)
    others = np.zeros(size, dtype=bool)
    text_beside = np.zeros(size, dtype=bool)
    for place, column in enumerate(table.columns):
        if column is names or place in numeric or not len(column.values):
            continue
        hit = column.spread(matches(column.values, _LABEL), False)
        others |= hit
        # Spreadsheets write "Total" in the first column and leave or repeat nothing else.
        text_beside |= (
            ~column.blank & ~hit & ~column.spread(matches(column.values, r"^[\d\s.,()€%-]+$"), True)
        )
    return no_id & (
        (own & ~(text_beside & ~others)) | (starts & ~text_beside) | (nameless & others)
    )


def _repeated_headers(table: Table, names: Cells, candidates: Mask) -> Mask:
    result = np.zeros(len(table.rows), dtype=bool)
    if not candidates.any():
        return result
    amount = table.cells("amount_eur")
    assert amount is not None  # noqa: S101 - rows are sorted only when both columns are found

    def is_header(cells: Cells, fields: tuple[str, ...]) -> Mask:
        used = np.zeros(len(cells.values), dtype=bool)
        codes = cells.codes[candidates]
        for code in np.unique(codes[codes >= 0])[:2000]:
            text = cells.values[int(code)].as_py()
            found = score(text) if len(text) < 300 else {}
            used[code] = any(found[f].score >= CONFIDENT for f in fields if f in found)
        return cells.spread(used, False)

    money = is_header(amount, ("amount_eur", "amount_planned_eur"))
    return candidates & money & is_header(names, ("beneficiary_name",))


def _column_numbers(table: Table, names: Cells) -> Mask:
    """A line such as (1) (2) (3) under the header."""
    small = names.spread(matches(names.values, r"^\(?\d{1,2}\)?$"), False)
    if not small[:3].any():
        return np.zeros(len(table.rows), dtype=bool)
    small[3:] = False
    for column in table.columns:
        small &= column.blank | column.spread(matches(column.values, r"^\(?\d{1,2}\)?$"), True)
    return small


def _notes(table: Table, reason: npt.NDArray[Any]) -> None:
    """Among headings, tell the notes: below the last award, or worded as one."""
    places = np.flatnonzero(reason == "heading")
    if not len(places):
        return
    data = np.flatnonzero((reason == "") | (reason == "no_beneficiary"))
    last = data[-1] if len(data) else -1
    for place in places:
        text = next(
            (c.values[int(c.codes[place])].as_py() for c in table.columns if c.codes[place] >= 0),
            "",
        )
        if place > last or re.match(_NOTE, text) or len(text) > 200:
            reason[place] = "note"


def _check_totals(table: Table, amounts: Amounts, readable: Mask, result: Sorted) -> None:
    """Compare published totals with what they should be the sum of; find totals without label."""
    reason = result.reason
    counted = np.where(result.kept & readable, amounts.cents, 0)
    left_out = np.flatnonzero(~result.kept & readable)
    if not len(left_out):
        return
    running = np.cumsum(counted)
    candidates = left_out[np.isin(reason[left_out], ("total", "no_beneficiary"))]
    if len(candidates) > 1_000:
        return
    starts = {0}
    agreed = 0
    for place in candidates:
        before = int(running[place])
        sums = {before - (int(running[start - 1]) if start else 0) for start in starts}
        published = int(amounts.cents[place])
        equal = published in sums and published != 0
        if reason[place] == "no_beneficiary":
            if not equal:
                continue
            reason[place] = "total"
            result.decisions.append(
                f"totals: row {table.rows[place]} has no label, but its amount is the sum of the rows above it"
            )
        if equal:
            agreed += 1
        else:
            nearest = min(sums, key=lambda value: abs(value - published))
            result.totals_off.append((int(table.rows[place]), published, nearest))
        starts.add(int(place) + 1)
    totals = int((reason == "total").sum())
    if totals:
        off = "".join(
            f"; row {row} says {published / 100:.2f}, the rows add up to {nearest / 100:.2f}"
            for row, published, nearest in result.totals_off[:20]
        )
        result.decisions.append(
            f"totals: {totals} rows of totals are left out of the sums; {agreed} equal the sum of their rows{off}"
        )
