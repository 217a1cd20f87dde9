"""Turn one table into rows of ``awards.csv``, with everything that was noticed on the way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories import bilingual, persons, texts
from analysis.inventories.amounts import NOT_PUBLISHED, STATES, UNREADABLE, Amounts, read_amounts
from analysis.inventories.cells import Cells, Mask, blank_cells, matches
from analysis.inventories.enterprise_numbers import (
    ESTABLISHMENT,
    INVALID,
    MISSING,
    PREFIX,
    VALID,
    read_numbers,
)
from analysis.inventories.enterprise_numbers import STATES as ID_STATES
from analysis.inventories.layout import IGNORED, Sorted, Table, sort_rows

COLUMNS = (
    "award_id",
    "funder_id",
    "programme_id",
    "year",
    "end_year",
    "beneficiary_name",
    "beneficiary_id",
    "beneficiary_id_state",
    "beneficiary_kind",
    "title",
    "object",
    "object_fr",
    "object_nl",
    "amount_eur",
    "amount_state",
    "amount_planned_eur",
    "amount_phase",
    "budget_article",
    "budget_function",
    "row_kind",
    "source_file",
    "source_sheet",
    "source_row",
    "source_sha256",
    "flags",
)
ROW_KINDS = ("award", "instalment", "repayment", "group")
_YEAR = r"(?:^|\D)(?P<year>19[89]\d|20[0-4]\d)(?:\D|$)"
_SPAN = r"^(?:19|20)\d{2}\s*[-–/]\s*(?P<end>(?:19|20)?\d{2})$"
_REPAYMENT = r"(?i)rembours|r[ée]cup[ée]ration|restitution|terugbetal|terugvorder|terugstort|repayment|refund|recovery|trop[- ]per[çc]u"
_INSTALMENT = r"(?i)tranche|acompte|avance|solde|liquidation|schijf|voorschot|saldo|vereffening|instal|advance|balance|\d+\s*/\s*\d+|^\d+$"


@dataclass
class Part:
    """What came out of one sheet.

    Attributes:
        fields: Column of ``awards.csv`` → one value per kept row (ids and flags come later).
        cents: Granted amount in EUR cents, 0 where it is not reported.
        planned_cents: Planned amount in EUR cents.
        has_planned: Rows with a readable planned amount.
        who: The beneficiary as published or its number, for comparing rows; never written.
        marks: Flag → rows that have it.
        notes: Flag with a value → text per row, null where it does not apply.
        quarantine: Rows that look like awards but cannot be used, with the reason.
        ignored: Rows that are no awards, with the reason.
        repairs: Cells whose text was repaired: as published and as written.
        ledger: The entry of this sheet in the ledger.
    """

    fields: dict[str, pa.Array]
    cents: npt.NDArray[np.int64]
    planned_cents: npt.NDArray[np.int64]
    has_planned: Mask
    who: pa.Array
    marks: dict[str, Mask]
    notes: dict[str, pa.Array]
    quarantine: pd.DataFrame
    ignored: pd.DataFrame
    repairs: pd.DataFrame
    ledger: dict[str, Any]
    totals_off: list[tuple[int, int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cents)


@dataclass(frozen=True)
class Reading:
    """How the user wants files to be read."""

    funder_id: str
    year: int | None = None
    keep_personal_names: bool = False


def read_table(table: Table, how: Reading) -> Part:
    """Read one table whose beneficiary and amount columns are known."""
    sheet, mapping = table.sheet, table.mapping
    size = len(table.rows)
    decisions = [*sheet.decisions, *mapping.decisions]
    money = _cells(table, "amount_eur")
    amounts = _amounts(table, "amount_eur", mapping.multiplier)
    planned_cells = table.cells("amount_planned_eur")
    planned = (
        None if planned_cells is None else read_amounts(planned_cells, mapping.planned_multiplier)
    )
    for name, one in (("amount_eur", amounts), ("amount_planned_eur", planned)):
        if one is not None and one.decision:
            decisions.append(f"amount_separator: {name}: {one.decision}")
    ids = _cells(table, "beneficiary_id")
    numbers = read_numbers(ids.values)
    id_state = ids.spread(numbers.state, MISSING)
    second = mapping.second_name
    if second is not None:
        _coalesce(table, second)
    sorted_rows = sort_rows(
        table, amounts, planned, (id_state == VALID) | (id_state == ESTABLISHMENT)
    )
    decisions += sorted_rows.decisions
    kept = np.flatnonzero(sorted_rows.kept)

    part = _Builder(table, how, kept, decisions)
    part.amounts(amounts, planned, money)
    part.numbers(ids, numbers, id_state)
    part.names(ids, numbers, id_state)
    part.words()
    part.years()
    part.kinds(amounts)
    quarantine = _quarantine(table, sorted_rows, amounts)
    return part.finish(sorted_rows, quarantine, size)


def _cells(table: Table, name: str) -> Cells:
    cells = table.cells(name)
    return blank_cells(len(table.rows)) if cells is None else cells


def _amounts(table: Table, name: str, multiplier: int) -> Amounts:
    return read_amounts(_cells(table, name), multiplier)


def _coalesce(table: Table, second: int) -> None:
    """Take the name in the other language where the first is blank."""
    first = table.mapping.fields["beneficiary_name"]
    one, other = table.columns[first], table.columns[second]
    gap = one.blank & ~other.blank
    if gap.any():
        codes = np.where(gap, other.codes + len(one.values), one.codes)
        values = pa.concat_arrays([one.values, other.values])
        table.columns[first] = Cells(values, codes)


class _Builder:
    """Collects the columns of one table; each method reads one group of fields."""

    def __init__(
        self, table: Table, how: Reading, kept: npt.NDArray[np.int64], decisions: list[str]
    ) -> None:
        self.table, self.how, self.kept, self.decisions = table, how, kept, decisions
        self.fields: dict[str, pa.Array] = {}
        self.marks: dict[str, Mask] = {}
        self.note_texts: dict[str, pa.Array] = {}
        self.repairs: list[pd.DataFrame] = []
        self.size = len(kept)
        self.natural = np.zeros(self.size, dtype=bool)

    def _kept(self, name: str) -> Cells:
        return _cells(self.table, name).take(self.kept)

    def amounts(self, amounts: Amounts, planned: Amounts | None, money: Cells) -> None:
        """Granted and planned amounts with their states."""
        kept, mapping = self.kept, self.table.mapping
        state, cents = amounts.state[kept].copy(), amounts.cents[kept].copy()
        foreign = self._foreign()
        if foreign is not None:
            strange = pc.is_valid(foreign).to_numpy(zero_copy_only=False).astype(bool)
            state[strange & (state != NOT_PUBLISHED)] = UNREADABLE
            cents[strange] = 0
            self.note_texts["currency"] = foreign
        self.state, self.cents = state, cents
        self.fields["amount_state"] = pa.array(STATES).take(pa.array(state))
        phase = pa.scalar(mapping.phase, pa.string())
        self.fields["amount_phase"] = pa.repeat(phase, self.size)
        self.has_planned = np.zeros(self.size, dtype=bool)
        self.planned_cents = np.zeros(self.size, dtype=np.int64)
        if planned is not None:
            self.has_planned = planned.readable[kept]
            self.planned_cents = planned.cents[kept]
        reported = state < NOT_PUBLISHED
        self.marks["amount_rounded"] = amounts.rounded[kept] & reported
        self.marks["amount_ambiguous"] = amounts.assumed[kept] & reported
        self.marks["amount_abbreviated"] = amounts.abbreviated[kept] & reported
        self.marks["granted_not_published_planned_known"] = (
            ~reported & self.has_planned & (self.planned_cents != 0)
        )
        unreadable = (state == UNREADABLE) & ~money.take(kept).blank
        if unreadable.any():
            self.note_texts["amount_unreadable"] = _only(money.take(kept), unreadable)

    def _foreign(self) -> pa.Array | None:
        cells = self._kept("currency")
        if cells.blank.all():
            return None
        euro = matches(cells.values, r"(?i)^(?:eur|euros?|€|978)$")
        return _only(cells, ~cells.spread(euro, True))

    def numbers(self, ids: Cells, numbers: Any, id_state: npt.NDArray[Any]) -> None:
        """Enterprise numbers and their states."""
        state = id_state[self.kept]
        kept_ids = ids.take(self.kept)
        self.id_state = state
        self.fields["beneficiary_id_state"] = pa.array(ID_STATES).take(pa.array(state))
        written = (
            pa.array(
                np.where(numbers.state == VALID, PREFIX + numbers.digits.astype(object), ""),
                pa.string(),
            )
            if len(ids.values)
            else pa.array([], pa.string())
        )
        self.fields["beneficiary_id"] = pc.fill_null(kept_ids.rows(written), "")
        digits = pa.array(numbers.digits, pa.string())
        establishment = state == ESTABLISHMENT
        if establishment.any():
            self.note_texts["beneficiary_id_establishment"] = _only(kept_ids, establishment, digits)
            wrong = kept_ids.spread(~numbers.sound, False)
            self.marks["establishment_check_digits_wrong"] = establishment & wrong
        invalid = state == INVALID
        if invalid.any():
            # A national register number names a person: it is counted, never repeated.
            shown = pc.if_else(pa.array(numbers.personal), "withheld", kept_ids.values)
            self.note_texts["beneficiary_id_invalid"] = _only(
                kept_ids, invalid, persons.mask_in_text(shown)[0]
            )

    def names(self, ids: Cells, numbers: Any, id_state: npt.NDArray[Any]) -> None:
        """Names, kinds of beneficiaries, and the masking of natural persons."""
        cells = self._kept("beneficiary_name")
        numbered = (self.id_state == VALID) | (self.id_state == ESTABLISHMENT)
        mended = texts.mend(cells.values)
        first = self._kept("first_name")
        judged = ~cells.blank
        if first.blank.all():
            # With a number only a title can make a person of it; most names need no judging.
            judged &= ~numbered | cells.spread(matches(cells.values, persons.MAYBE_TITLED), False)
        used = np.unique(cells.codes[judged])
        kind, titled = (
            np.full(len(cells.values), "unknown", dtype=object),
            np.zeros(len(cells.values), dtype=bool),
        )
        if len(used):
            filled = pc.fill_null(mended.texts, "").take(pa.array(used))
            kind[used], titled[used] = persons.kinds(filled)
        # A doubtful name that stands with a number elsewhere in the file is an organisation.
        with_number = np.zeros(len(kind), dtype=bool)
        with_number[np.unique(cells.codes[numbered & ~cells.blank])] = True
        kind[(kind == "doubtful") & with_number] = "unknown"
        kind[kind == "doubtful"] = "natural_person"
        is_person = cells.spread(kind == "natural_person", False)
        is_organisation = cells.spread(kind == "organisation", False)
        titled_row = cells.spread(titled, False)
        personal = ids.take(self.kept).spread(numbers.personal, False) & (self.id_state == INVALID)
        natural = is_person & (titled_row | ~numbered)
        natural |= personal | (~first.blank & (~numbered | titled_row) & ~is_organisation)
        natural &= ~cells.blank
        self.natural = natural
        # Places in persons.KINDS.
        self.group = cells.spread(kind == "group", False) & ~natural
        result = np.where(numbered | is_organisation, 0, 3)
        result[self.group] = 2
        result[natural] = 1
        self.fields["beneficiary_kind"] = pa.array(persons.KINDS).take(pa.array(result))
        whole = pc.fill_null(cells.rows(mended.texts), "")
        nameless = pc.equal(self.fields["beneficiary_id"], "")
        lower = pc.fill_null(cells.rows(pc.utf8_lower(mended.texts)), "")
        self.who = pc.if_else(nameless, lower, self.fields["beneficiary_id"])
        if not first.blank.all():
            full = pc.binary_join_element_wise(pc.fill_null(first.rows(), ""), whole, " ")
            whole = pc.if_else(pa.array(natural), pc.utf8_trim_whitespace(full), whole)
            self.who = pc.if_else(nameless, pc.utf8_lower(whole), self.who)
        self.true_names = whole
        shown = whole
        if not self.how.keep_personal_names:
            shown = pc.if_else(pa.array(natural), persons.MASK, whole) if natural.any() else whole
            self.marks["person_masked"] = natural
        else:
            self.marks["personal_name_kept"] = natural
        self.fields["beneficiary_name"] = shown
        self.marks["name_line_break"] = cells.spread(mended.line_break, False)
        self.marks["no_beneficiary_name"] = cells.blank
        self._repaired("beneficiary_name", cells, mended, ~natural)

    def words(self) -> None:
        """Title, object and its languages, budget and programme."""
        inside = np.zeros(self.size, dtype=bool)
        repaired = np.zeros(self.size, dtype=bool)
        for name in (
            "title",
            "object",
            "object_fr",
            "object_nl",
            "budget_article",
            "budget_function",
            "programme_id",
        ):
            cells = self._kept(name)
            if not len(cells.values):
                self.fields.setdefault(name, pa.repeat(pa.scalar(""), self.size))
                if name == "object":
                    self.fields["object_fr"] = self.fields["object_nl"] = self.fields[name]
                continue
            mended = texts.mend(cells.values)
            repaired |= cells.spread(mended.mojibake, False)
            shown, masked = mended.texts, np.zeros(len(cells.values), dtype=bool)
            if not self.how.keep_personal_names and len(cells.values):
                shown, masked = persons.mask_in_text(pc.fill_null(mended.texts, ""))
                inside |= cells.spread(masked, False)
            if name == "object":
                halves = bilingual.split(shown)
                self.fields["object_fr"] = pc.fill_null(cells.rows(halves.fr), "")
                self.fields["object_nl"] = pc.fill_null(cells.rows(halves.nl), "")
                self.decisions.append(
                    f"bilingual: object split in French and Dutch in {int(cells.spread(halves.done, False).sum())} of {self.size} rows"
                ) if len(cells.values) else None
            if name in ("object_fr", "object_nl") and self.table.cells(name) is None:
                continue
            self.fields[name] = pc.fill_null(cells.rows(shown), "")
            self._repaired(name, cells, mended, cells.spread(~masked, True))
        if self.table.cells("object_fr") is not None and self.table.cells("object") is None:
            fr, nl = self.fields["object_fr"], self.fields["object_nl"]
            gap = pc.or_(pc.equal(fr, ""), pc.equal(nl, ""))
            self.fields["object"] = pc.if_else(
                gap,
                pc.binary_join_element_wise(fr, nl, ""),
                pc.binary_join_element_wise(fr, nl, " / "),
            )
        if self.table.cells("budget_function") is None:
            article = self.fields["budget_article"]
            municipal = pc.match_substring_regex(article, r"^\d{3,5}\s*[/-]\s*\d{3,}")
            self.fields["budget_function"] = pc.if_else(
                municipal, pc.utf8_slice_codeunits(article, 0, 3), ""
            )
        if not self.how.keep_personal_names:
            inside |= self._mask_repeated_names()
            self.marks["person_in_text_masked"] = inside
        self.marks["text_repaired"] = repaired

    def _mask_repeated_names(self) -> Mask:
        """Mask the beneficiary's own name where object or title repeats it."""
        places = np.flatnonzero(self.natural)
        changed = np.zeros(self.size, dtype=bool)
        if not len(places):
            return changed
        index = pa.array(places)
        owners = self.true_names.take(index).to_pylist()
        patterns = {owner: _name_pattern(owner) for owner in set(owners)}
        for name in ("title", "object", "object_fr", "object_nl", "programme_id"):
            found = self.fields[name].take(index).to_pylist()
            new = [
                pattern.sub(persons.MASK, text) if (pattern := patterns[owner]) else text
                for owner, text in zip(owners, found, strict=True)
            ]
            different = np.array([a != b for a, b in zip(found, new, strict=True)], dtype=bool)
            if different.any():
                values = self.fields[name].to_numpy(zero_copy_only=False).copy()
                values[places] = new
                self.fields[name] = pa.array(values, pa.string())
                changed[places[different]] = True
        return changed

    def _repaired(self, name: str, cells: Cells, mended: texts.Mended, shown: Mask) -> None:
        touched = cells.spread(mended.changed, False) & shown
        if touched.any():
            rows = np.flatnonzero(touched)
            index = pa.array(rows)
            self.repairs.append(
                pd.DataFrame(
                    {
                        "source_row": self.table.rows[self.kept[rows]],
                        "field": name,
                        "published": persons.mask_in_text(cells.rows().take(index))[0].to_pandas(),
                        "written": self.fields[name].take(index).to_pandas()
                        if name in self.fields
                        else "",
                    }
                )
            )

    def years(self) -> None:
        """Start and end years, from the rows or from what the file says about itself."""
        start_cells, end_cells = self._kept("year"), self._kept("end_year")
        start, span_end = _read_years(start_cells)
        end, _ = _read_years(end_cells)
        end = np.where((end < 0) & end_cells.blank, span_end, end)
        bad = ~start_cells.blank & (start < 0)
        if bad.any():
            self.note_texts["year_unreadable"] = _only(start_cells, bad)
        gap = start < 0
        if gap.any():
            year, why = self._year_of_file()
            if year is not None:
                start = np.where(gap, year, start)
                self.marks["year_from_file"] = gap
                self.decisions.append(f"year: {year} for {int(gap.sum())} rows, {why}")
            else:
                self.decisions.append(
                    f"year: not known for {int(gap.sum())} rows; give it with --year"
                )
        elif self.how.year is not None and (start != self.how.year).any():
            self.decisions.append(
                f"year: {int((start != self.how.year).sum())} rows say another year than --year {self.how.year}; the rows are believed"
            )
        self.start, self.end = start, end
        self.fields["year"] = pa.array(start, pa.int64(), mask=start < 0)
        self.fields["end_year"] = pa.array(end, pa.int64(), mask=end < 0)
        self.marks["end_before_start"] = (start > 0) & (end > 0) & (end < start)

    def _year_of_file(self) -> tuple[int | None, str]:
        if self.how.year is not None:
            return self.how.year, "as given with --year"
        sheet = self.table.sheet
        for text, where in (
            (sheet.name, "from the name of the sheet"),
            (" ".join(self.table.above), "from the title above the table"),
            (str(self.table.mapping.year or ""), "from a header"),
            (sheet.path.stem.replace("_", " "), "from the name of the file"),
        ):
            found = {int(year) for year in re.findall(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)", text)}
            if len(found) == 1:
                return found.pop(), where
        return None, ""

    def kinds(self, amounts: Amounts) -> None:
        """What each row is: an award, an instalment, a repayment or a group of beneficiaries."""
        kind = np.full(self.size, ROW_KINDS.index(self.table.mapping.row_kind or "award"))
        types = self._kept("row_type")
        if not types.blank.all():
            kind[types.spread(matches(types.values, _INSTALMENT), False)] = ROW_KINDS.index(
                "instalment"
            )
            kind[types.spread(matches(types.values, _REPAYMENT), False)] = ROW_KINDS.index(
                "repayment"
            )
        kind[self.group] = ROW_KINDS.index("group")
        kind[self.cents < 0] = ROW_KINDS.index("repayment")
        self.fields["row_kind"] = pa.array(ROW_KINDS).take(pa.array(kind))

    def finish(self, sorted_rows: Sorted, quarantine: pd.DataFrame, size: int) -> Part:
        """Put the part together with its ledger entry."""
        sheet, mapping = self.table.sheet, self.table.mapping
        left_out = np.flatnonzero(~sorted_rows.kept)
        ignored_places = left_out[np.isin(sorted_rows.reason[left_out], IGNORED)]
        reasons = Counter(sorted_rows.reason[ignored_places].tolist())
        ignored = pd.DataFrame(
            {
                "source_row": self.table.rows[ignored_places],
                "reason": sorted_rows.reason[ignored_places],
            }
        )
        state = self.id_state
        quarantined_cents = int(quarantine["cents"].sum()) if len(quarantine) else 0
        entry: dict[str, Any] = {
            "file": sheet.path.name,
            "sha256": sheet.sha256,
            "format": sheet.format,
            "sheet": sheet.name,
            "header_row": self.table.header_row,
            "rows_read": size + len([m for m in sheet.misplaced if _below(self.table, m[0])]),
            "rows_kept": self.size,
            "rows_quarantined": len(quarantine),
            "rows_ignored": len(ignored_places),
            "amount_kept_eur": int(self.cents.sum()) / 100,
            "amount_quarantined_eur": quarantined_cents / 100,
            "beneficiary_ids_valid": int((state == VALID).sum()),
            "beneficiary_ids_missing": int((state == MISSING).sum()),
            "beneficiary_ids_invalid": int((state >= INVALID).sum()),
            "natural_persons_masked": 0
            if self.how.keep_personal_names
            else int(self.natural.sum()),
            "columns": mapping.mapped,
            "unmapped_columns": mapping.unmapped,
            "decisions": self.decisions,
            "beneficiary_ids_establishment": int((state == ESTABLISHMENT).sum()),
            "natural_persons_found": int(self.natural.sum()),
            "rows_ignored_by_reason": {
                reason: reasons[reason] for reason in IGNORED if reasons[reason]
            },
            "rows_quarantined_by_reason": {
                str(k): int(v) for k, v in sorted(quarantine["reason"].value_counts().items())
            },
            "columns_unsure": mapping.unsure,
        }
        self.fields["source_row"] = pa.array(self.table.rows[self.kept], pa.int64())
        repairs = (
            pd.concat(self.repairs, ignore_index=True)
            if self.repairs
            else pd.DataFrame(columns=["source_row", "field", "published", "written"])
        )
        return Part(
            self.fields,
            self.cents,
            self.planned_cents,
            self.has_planned,
            self.who,
            self.marks,
            self.note_texts,
            quarantine,
            ignored,
            repairs,
            entry,
            sorted_rows.totals_off,
        )


def _below(table: Table, row: int) -> bool:
    return table.header_row is None or row > table.header_row


def _quarantine(table: Table, sorted_rows: Sorted, amounts: Amounts) -> pd.DataFrame:
    """List the rows that could not be used, with what they hold, persons masked."""
    left_out = np.flatnonzero(~sorted_rows.kept)
    places = left_out[~np.isin(sorted_rows.reason[left_out], IGNORED)]
    listed: dict[str, list[Any]] = {
        "source_row": [],
        "reason": [],
        "cents": [],
        "amount_state": [],
        "cells": [],
    }
    if len(places):
        index = pa.array(places)
        parts = []
        # Only columns whose meaning is known, and no names: an unused column may name a person.
        for name, place in sorted(table.mapping.fields.items(), key=lambda one: one[1]):
            if name in ("beneficiary_name", "first_name"):
                continue
            header, column = table.mapping.names[place], table.columns[place]
            shown = pc.fill_null(column.rows().take(index), "")
            label = f"{header}=" if header else "="
            parts.append(
                pc.if_else(pc.equal(shown, ""), "", pc.binary_join_element_wise(label, shown, ""))
            )
        lines = (
            pc.binary_join_element_wise(*parts, "\x1f") if parts else pa.array([""] * len(places))
        )
        lines = pc.replace_substring_regex(lines, "\x1f+", " | ")
        lines = pc.utf8_slice_codeunits(persons.mask_in_text(lines)[0], 0, 500)
        listed = {
            "source_row": table.rows[places].tolist(),
            "reason": sorted_rows.reason[places].tolist(),
            "cents": amounts.cents[places].tolist(),
            "amount_state": [STATES[state] for state in amounts.state[places]],
            "cells": lines.to_pylist(),
        }
    for row, reason, _ in table.sheet.misplaced:
        if _below(table, row):
            # Its cells cannot be told apart, so a person's name could stand anywhere: not repeated.
            listed["source_row"].append(row)
            listed["reason"].append(reason)
            listed["cents"].append(0)
            listed["amount_state"].append("unreadable")
            listed["cells"].append("")
    frame = pd.DataFrame(listed)
    return frame.sort_values("source_row", kind="stable", ignore_index=True)


def _only(cells: Cells, where: Mask, values: pa.Array | None = None) -> pa.Array:
    taken = cells.rows(values)
    return pc.if_else(pa.array(where), taken, pa.scalar(None, pa.string()))


def _read_years(cells: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Read years from years, dates and spans such as 2020-2021; -1 where there is none."""
    size = len(cells.values)
    if not size:
        none = np.full(len(cells), -1, dtype=np.int64)
        return none, none.copy()
    found = pc.struct_field(pc.extract_regex(cells.values, _YEAR), "year")
    year = (
        pc.fill_null(pc.cast(found, pa.int64()), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    tail = pc.struct_field(pc.extract_regex(cells.values, _SPAN), "end")
    end = (
        pc.fill_null(pc.cast(tail, pa.int64()), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    end = np.where((end >= 0) & (end < 100), year // 100 * 100 + end, end)
    return cells.spread(year, -1), cells.spread(end, -1)


def _name_pattern(name: str) -> re.Pattern[str] | None:
    pieces = [piece for piece in re.findall(r"[^\W\d_][\w'’-]*", name) if len(piece) > 1]
    pieces = [
        piece for piece in pieces if persons.fold(piece) not in persons.vocabulary().honorific
    ]
    if len(pieces) < 2 or len(pieces) > 6:
        return None
    orders = {
        tuple(pieces),
        tuple(reversed(pieces)),
        (*pieces[1:], pieces[0]),
        (pieces[-1], *pieces[:-1]),
    }
    return re.compile(
        "|".join(r"\W+".join(map(re.escape, order)) for order in sorted(orders)), re.I
    )
