"""Read enterprise numbers (KBO/BCE) as people type them, and say which are real.

An enterprise number has ten digits, the first 0 or 1, the last two 97 minus the remainder of the
first eight by 97 (the rule that ``stdnum.be.vat`` of python-stdnum checks; the tests compare).
Numbers that begin with 2 to 8 belong to establishment units and obey the same rule.
Nothing is repaired beyond the leading zero that spreadsheets drop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories.cells import matches

PREFIX = "BE-BCE_KBO-"
STATES = ("valid", "missing", "invalid", "establishment")
VALID, MISSING, INVALID, ESTABLISHMENT = (np.int8(place) for place in range(4))
_NOTHING = (
    r"(?i)^(?:[-–—./?x_*]+|0+(?:\.0+)?|n/?a|n\.a\.|nihil|n[ée]ant|geen|aucune?|none|null|nan|inconnue?|onbekend|unknown|"
    r"en cours|in aanvraag|nvt|n\.v\.t\.?|sans objet|pas de (?:n[°o]|num[ée]ro).*|geen (?:nr|nummer|kbo).*|"
    r"pas d.application|non applicable|/|s\.?o\.?|personne physique|natuurlijke? persoon|particulier|priv[ée]|"
    r"association de fait|feitelijke vereniging|\(?vide\)?|\(?leeg\)?)$"
)
_DRESS = r"(?i)^(?:BE[-_ ]?BCE[_-]KBO[-_: ]*|(?:n[°ro.]*\s*)?(?:bce|kbo|tva|btw|vat|entreprise|rpm|rpr)[\s.:°n-]*)?(?:BE)?[\s.:-]*"
_SEPARATORS = r"[\s.\-–/\x{00a0}\x{202f}·_]"


@dataclass(frozen=True)
class Numbers:
    """What a column of distinct texts holds.

    Attributes:
        digits: Ten digits where the state is valid or establishment, else empty.
        state: Place in ``STATES``.
        sound: Whether the check digits are right (also for establishment units).
        personal: The text has the form of a national register number, which names a person.
    """

    digits: npt.NDArray[Any]
    state: npt.NDArray[Any]
    sound: npt.NDArray[np.bool_]
    personal: npt.NDArray[np.bool_]


def read_numbers(texts: pa.Array) -> Numbers:
    """Read distinct texts as enterprise numbers.

    Args:
        texts: Non-blank texts: integers that lost the zero, dots, spaces, ``BE``, floats.

    Returns:
        One entry per text.
    """
    size = len(texts)
    if not size:
        none = np.array([], dtype=object)
        return Numbers(
            none, np.array([], dtype=np.int8), np.array([], dtype=bool), np.array([], dtype=bool)
        )
    nothing = matches(texts, _NOTHING)
    bare = pc.replace_substring_regex(texts, r"\.0+$", "")
    bare = pc.replace_substring_regex(bare, _DRESS, "")
    bare = pc.replace_substring_regex(bare, _SEPARATORS, "")
    numeric = matches(bare, r"^\d{9,10}$")
    padded = pc.utf8_lpad(bare, 10, "0")
    values = pc.cast(pc.if_else(pa.array(numeric), padded, "0"), pa.int64()).to_numpy()
    sound = numeric & (97 - (values // 100) % 97 == values % 100)
    first = values // 1_000_000_000
    enterprise = sound & (first <= 1)
    establishment = numeric & (first >= 2) & (first <= 8)
    state = np.full(size, INVALID)
    state[nothing] = MISSING
    state[enterprise & ~nothing] = VALID
    state[establishment & ~nothing] = ESTABLISHMENT
    digits = np.where(enterprise | establishment, padded.to_numpy(zero_copy_only=False), "")
    # 11 digits: date of birth, serial number, check digits modulo 97.
    personal = matches(bare, r"^\d{2}(?:[024]\d|[135][0-2])[0-3]\d{6}$")
    return Numbers(digits, state, sound, personal)
