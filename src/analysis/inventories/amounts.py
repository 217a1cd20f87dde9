"""Read amounts as published, exactly to the cent, and never take the unreadable for zero.

A column is read as a whole: ``1.234`` is a thousand or a little more than one depending on how
the other cells of the same column write their decimals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories.cells import Cells, Mask, matches

STATES = ("reported", "reported_zero", "not_published", "unreadable")
REPORTED, ZERO, NOT_PUBLISHED, UNREADABLE = (np.int8(place) for place in range(4))
# Ten thousand billion euro; anything longer is a number of something else.
MAX_CENTS = 10**15
_NOTHING = (
    r"(?i)^(?:€|eur)?\s*(?:[-–—−./?]+|n/?a|n\.a\.|nan|null|none|nvt|n\.v\.t\.?|p\.?m\.?|pm|pour m[ée]moire|pro memorie|"
    r"n[ée]ant|nihil|geen|aucun|s\.?o\.?|sans objet|non communiqu[ée]|niet meegedeeld|not published|"
    r"en attente|à d[ée]terminer|nog te bepalen|tbd|nc|n\.c\.)\s*(?:€|eur)?$"
)
_SPACES = r"[\s\x{00a0}\x{2007}\x{2009}\x{202f}\x{200b}]+"
_CURRENCY = r"(?i)^(?:€|eur(?:os?)?\b)\s*|\s*(?:€|\beur(?:os?)?)\.?$"
_PLAIN = r"^-?(?:\d{1,3}(?:\.\d{3})+|\d+),\d{2}$"
_COMMA = r"^\d{1,3}(?:[. ']\d{3})*,\d{1,2}$|^\d+,\d{1,2}$"
_POINT = r"^\d{1,3}(?:[, ']\d{3})*\.\d{1,2}$|^\d+\.\d{1,2}$"
_WHOLE = r"^\d+$|^\d{1,3}(?:[ ']\d{3})+$"
_POINT_GROUPS = r"^\d{1,3}(?:\.\d{3}){2,}$"
_COMMA_GROUPS = r"^\d{1,3}(?:,\d{3}){2,}$"
_EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"
_LONG = r"^\d+[.,]\d{3,}$"
_SHORT_SCALE = re.compile(
    r"(?i)^(\d+(?:[.,]\d{1,3})?) ?(k|m|mio|mln|million|millions|miljoen|mille|duizend)$"
)
_SCALES = {"k": 1000, "mille": 1000, "duizend": 1000}


@dataclass(frozen=True)
class Amounts:
    """Amounts of one column, one entry per row.

    Attributes:
        cents: Integer cents; 0 where the state is not reported.
        state: Place in ``STATES``.
        rounded: The file gave parts of a cent beyond the noise of floats.
        assumed: The cell reads as thousands or as decimals; the column decided.
        abbreviated: The cell was shortened (``12k``).
        decision: How ambiguous cells were read and why, empty when there were none.
    """

    cents: npt.NDArray[np.int64]
    state: npt.NDArray[Any]
    rounded: Mask
    assumed: Mask
    abbreviated: Mask
    decision: str = ""

    @property
    def readable(self) -> Mask:
        """Rows with an amount, zero included."""
        return np.asarray(self.state <= ZERO, dtype=bool)


def read_amounts(cells: Cells, multiplier: int = 1) -> Amounts:
    """Read a column of amounts.

    Args:
        cells: The column: texts, or numbers as the file stored them.
        multiplier: 1000 when the header says thousands of euro.

    Returns:
        EUR cents (nominal, as published) with state and marks per row.
    """
    size = len(cells.values)
    cents = np.zeros(size, dtype=np.int64)
    state = np.full(size, UNREADABLE)
    rounded = np.zeros(size, dtype=bool)
    assumed = np.zeros(size, dtype=bool)
    short = np.zeros(size, dtype=bool)
    numbers = cells.numbers if cells.numbers is not None else np.full(size, np.nan)
    typed = ~np.isnan(numbers) & (np.abs(numbers) * multiplier < MAX_CENTS / 100)
    if typed.any():
        value = numbers[typed] * multiplier
        exact = np.rint(value * 100)
        cents[typed] = exact.astype(np.int64)
        rounded[typed] = np.abs(value * 100 - exact) > 0.01
        state[typed] = REPORTED
    decision = ""
    text = np.isnan(numbers)
    if text.any():
        # How often each text occurs, so that the column votes by rows, not by distinct values.
        filled = cells.codes[cells.codes >= 0]
        times = np.bincount(filled, minlength=size)[text]
        found = _read_texts(cells.values.filter(pa.array(text)), times, multiplier)
        cents[text], state[text], rounded[text], assumed[text], short[text], decision = found
    zero = (state == REPORTED) & (cents == 0)
    # A fraction of a cent is not a zero that somebody reported.
    state[zero & ~rounded] = ZERO
    return Amounts(
        cells.spread(cents, 0),
        cells.spread(state, NOT_PUBLISHED),
        cells.spread(rounded, False),
        cells.spread(assumed, False),
        cells.spread(short, False),
        decision,
    )


def read_amount(text: str, decimal: str = ",") -> int | None:
    """Read one amount in cents; ``decimal`` decides the ambiguous ``1.234``.

    Returns:
        Cents, or ``None`` when it is not an amount.
    """
    column = Cells(pa.array([text.strip()]), np.zeros(1, dtype=np.int64))
    if not text.strip():
        return None
    vote = Cells(
        pa.array([text.strip(), "1,50" if decimal == "," else "1.50"]),
        np.array([0, 1], dtype=np.int64),
    )
    read = read_amounts(vote if text.strip() not in ("1,50", "1.50") else column)
    return int(read.cents[0]) if read.readable[0] else None


def _read_texts(
    texts: pa.Array, times: npt.NDArray[np.int64], multiplier: int
) -> tuple[Any, Any, Any, Any, Any, str]:
    size = len(texts)
    cents = np.zeros(size, dtype=np.int64)
    state = np.full(size, UNREADABLE)
    rounded, assumed, short = (np.zeros(size, dtype=bool) for _ in range(3))
    plain = matches(texts, _PLAIN)
    if plain.all() and size:
        # The usual column: every cell 1.234,56. Cents are its digits.
        digits = pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", "")
        fits = matches(digits, r"^-?\d{1,15}$")
        cents = pc.cast(pc.if_else(pa.array(fits), digits, "0"), pa.int64()).to_numpy() * multiplier
        fits &= np.abs(cents) <= MAX_CENTS
        state[fits] = REPORTED
        return np.where(fits, cents, 0), state, rounded, assumed, short, ""
    if plain.sum() > 1_000:
        # Read the usual cells the short way and the others the long way; both vote.
        return _in_two(texts, times, multiplier, plain)
    return _read_any(texts, times, multiplier, 0)


def _in_two(
    texts: pa.Array, times: npt.NDArray[np.int64], multiplier: int, plain: Mask
) -> tuple[Any, Any, Any, Any, Any, str]:
    usual = _read_texts(texts.filter(pa.array(plain)), times[plain], multiplier)
    other = _read_any(
        texts.filter(pa.array(~plain)), times[~plain], multiplier, int(times[plain].sum())
    )
    both = []
    for one, two in zip(usual[:5], other[:5], strict=True):
        whole = np.empty(len(texts), dtype=one.dtype)
        whole[plain], whole[~plain] = one, two
        both.append(whole)
    return (*both, other[5])  # type: ignore[return-value]


def _read_any(
    texts: pa.Array, times: npt.NDArray[np.int64], multiplier: int, comma_elsewhere: int
) -> tuple[Any, Any, Any, Any, Any, str]:
    size = len(texts)
    cents = np.zeros(size, dtype=np.int64)
    state = np.full(size, UNREADABLE)
    rounded, assumed, short = (np.zeros(size, dtype=bool) for _ in range(3))
    state[matches(texts, _NOTHING)] = NOT_PUBLISHED
    core = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _SPACES, " "))
    core = pc.replace_substring_regex(core, "[’`´]", "'")
    core = pc.replace_substring_regex(core, "−", "-")
    brackets = matches(core, r"^\(.*\)$")
    core = pc.replace_substring_regex(core, r"^\((.*)\)$", r"\1")
    core = pc.replace_substring_regex(_undress(core), r",-+$|,=$|,–$", "")
    lead, trail = matches(core, r"^-"), matches(core, r"-$")
    core = pc.replace_substring_regex(core, r"^[-+] ?| ?-$", "")
    core = _undress(core)
    core = pc.replace_substring_regex(core, r"([.,]) (\d)", r"\1\2")
    twice = brackets.astype(int) + lead + trail > 1
    sign = np.where(brackets | lead | trail, -1, 1)
    either = matches(core, _EITHER)
    comma, point = matches(core, _COMMA), matches(core, _POINT)
    point_groups, comma_groups = matches(core, _POINT_GROUPS), matches(core, _COMMA_GROUPS)
    for_comma = int(times[comma | point_groups].sum()) + comma_elsewhere
    for_point = int(times[point | comma_groups].sum())
    decimal, decision = _vote(core, either, times, for_comma, for_point)
    with_point = matches(core, r"\.") & either
    decimals = either & (with_point if decimal == "." else ~with_point)
    grouped = either & ~decimals
    whole = matches(core, _WHOLE) | point_groups | comma_groups | grouped
    exact = (whole | comma | point) & ~twice
    cents[exact], fits = _exact_cents(core.filter(pa.array(exact)), whole[exact])
    state[exact] = np.where(fits, REPORTED, UNREADABLE)
    # Plain decimals with more than two digits: floats written out.
    long = ((matches(core, _LONG) & ~either) | decimals) & ~whole & ~comma & ~point & ~twice
    for place in np.flatnonzero(long):
        value = Decimal(core[int(place)].as_py().replace(",", "."))
        if value < MAX_CENTS // 100:
            kept = value.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
            cents[place] = int(kept * 100)
            rounded[place] = abs(kept - value) > Decimal("0.0001")
            state[place] = REPORTED
    for place in np.flatnonzero((state == UNREADABLE) & matches(core, r"(?i)^\d.*[a-z]$") & ~twice):
        if match := _SHORT_SCALE.match(core[int(place)].as_py()):
            scale = _SCALES.get(match.group(2).lower(), 1_000_000)
            value = Decimal(match.group(1).replace(",", ".")) * scale
            if value < MAX_CENTS // 100:
                cents[place], state[place], short[place] = int(value * 100), REPORTED, True
    assumed[either & (state == REPORTED)] = True
    cents *= sign
    if multiplier != 1:
        far = np.abs(cents) > MAX_CENTS // multiplier
        cents = np.where(far, 0, cents * multiplier)
        state[far] = UNREADABLE
    return cents, state, rounded, assumed, short, decision


def _undress(core: pa.Array) -> pa.Array:
    core = pc.replace_substring_regex(core, r"^-\s*(?:€|(?i:eur))\s*", "-")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(core, _CURRENCY, ""))


def _vote(
    core: pa.Array, either: Mask, times: npt.NDArray[np.int64], for_comma: int, for_point: int
) -> tuple[str, str]:
    """Decide the decimal mark of a column that has cells such as ``1.234``."""
    if not either.any():
        return ",", ""
    count = int(times[either].sum())
    example = core.filter(pa.array(either))[0].as_py()
    mark = "." if "." in example else ","
    dotted = int(times[either & matches(core, r"\.")].sum())
    if for_comma != for_point:
        decimal = "," if for_comma > for_point else "."
        why = f"{max(for_comma, for_point)} other cells of the column write a decimal {'comma' if decimal == ',' else 'point'}"
        if min(for_comma, for_point):
            why += f", against {min(for_comma, for_point)}"
    else:
        # Three decimals do not occur in amounts of money; the mark must be one of thousands.
        decimal = "," if dotted >= count - dotted else "."
        why = "no other cell of the column tells; amounts do not have three decimals"
    reading = "decimals" if decimal == mark else "thousands"
    return decimal, f"{count} cells such as {example!r} were read as {reading}: {why}"


def _exact_cents(core: pa.Array, whole: Mask) -> tuple[npt.NDArray[np.int64], Mask]:
    digits = pc.replace_substring_regex(core, r"[.,]\d{1,2}$", "")
    digits = pc.if_else(pa.array(whole), core, digits)
    digits = pc.replace_substring_regex(digits, r"[^\d]", "")
    parts = pc.if_else(
        pa.array(whole),
        "00",
        pc.utf8_rpad(pc.replace_substring_regex(core, r"^.*[.,]", ""), 2, "0"),
    )
    fits = pc.less_equal(pc.utf8_length(digits), 13).to_numpy(zero_copy_only=False).astype(bool)
    joined = pc.binary_join_element_wise(digits, parts, "")
    joined = pc.if_else(pa.array(fits), joined, "0")
    return pc.cast(joined, pa.int64()).to_numpy(zero_copy_only=False), fits


def total(cents: npt.NDArray[np.int64], keep: Sequence[bool] | Mask | None = None) -> int:
    """Add integer cents exactly."""
    return int(cents.sum() if keep is None else cents[np.asarray(keep)].sum())
