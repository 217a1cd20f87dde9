"""Split a text that says the same in French and Dutch, only where the separator is really one.

A dash joins names as often as it separates languages. A cut is made where what stands before it
reads as one language and what follows as the other; how sure that must be depends on whether
the column as a whole is written that way. Else the text stays whole.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories.cells import as_mask, matches
from analysis.project import RULES

SEPARATOR = r"\s+/\s*|\s*/\s+|\s+[-–—]\s+|\s+\|\s+|\s*\|\|\s*|\s//\s"
_SEPARATOR = re.compile(SEPARATOR)
# How much more one side must read as its language than the other does.
_SURE = 3.0
_SURE_IN_BILINGUAL_COLUMN = 1.0


@dataclass(frozen=True)
class Split:
    """The two halves of each distinct text; null where it was left whole."""

    fr: pa.Array
    nl: pa.Array

    @property
    def done(self) -> npt.NDArray[np.bool_]:
        """Texts that were split."""
        return as_mask(pc.is_valid(self.fr))


@cache
def _marks() -> dict[str, tuple[frozenset[str], re.Pattern[str]]]:
    words: dict[str, set[str]] = {"fr": set(), "nl": set()}
    patterns: dict[str, list[str]] = {"fr": [], "nl": []}
    path = RULES / "inventories" / "language_marks.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["kind"] == "word":
                words[row["language"]].add(row["mark"])
            else:
                patterns[row["language"]].append(row["mark"].replace(r"\p{L}", r"[^\W\d_]"))
    return {lang: (frozenset(words[lang]), re.compile("|".join(patterns[lang]))) for lang in words}


@cache
def _word_lean(word: str) -> float:
    """Return how French (above 0) or Dutch (below 0) one word is."""
    marks = _marks()
    lean = 0.0
    for lang, sign in (("fr", 1.0), ("nl", -1.0)):
        known, pattern = marks[lang]
        if word in known:
            lean += 2.0 * sign
        elif pattern.search(word):
            lean += 1.0 * sign
    return lean


def lean(text: str) -> float:
    """Return how French (above 0) or Dutch (below 0) a text reads."""
    return sum(
        _word_lean(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
    )


def _cut(text: str, sure: float) -> tuple[int, int, bool] | None:
    """Find the cut: start and end of the separator, and whether French stands first."""
    best: tuple[float, int, int, bool] | None = None
    for match in _SEPARATOR.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if not left.strip() or not right.strip():
            continue
        before, after = lean(left), lean(right)
        spread = before - after
        # One half may be mute (a name, a loan word), but neither may read as the wrong language.
        for sign in (1.0, -1.0):
            if sign * spread >= sure and sign * before >= 0 and sign * after <= 0:
                balance = min(len(left), len(right)) / max(len(left), len(right))
                value = sign * spread + 2.0 * balance
                if best is None or value > best[0]:
                    best = (value, match.start(), match.end(), sign > 0)
    return None if best is None else best[1:]


def split(texts: pa.Array) -> Split:
    """Split the distinct texts of one column.

    Args:
        texts: Texts with single spaces.

    Returns:
        French and Dutch halves.
    """
    size = len(texts)
    none = pa.nulls(size, pa.string())
    if not size:
        return Split(none, none)
    has = matches(texts, SEPARATOR)
    if not has.any():
        return Split(none, none)
    candidates = np.flatnonzero(has)
    chosen = texts.filter(pa.array(has))
    # Texts that differ in digits only are judged once; digits keep their number, so places hold.
    shapes = pc.replace_substring_regex(chosen, r"\d", "0").to_pylist()
    distinct = list(dict.fromkeys(shapes))
    first = {shape: _cut(shape, _SURE) for shape in distinct}
    bilingual = sum(cut is not None for cut in first.values()) > 0.5 * len(distinct)
    if bilingual:
        first = {
            shape: cut or _cut(shape, _SURE_IN_BILINGUAL_COLUMN) for shape, cut in first.items()
        }
    fr: npt.NDArray[Any] = np.full(size, None, dtype=object)
    nl: npt.NDArray[Any] = np.full(size, None, dtype=object)
    for place, text, shape in zip(candidates.tolist(), chosen.to_pylist(), shapes, strict=True):
        cut = first[shape]
        if cut is None:
            continue
        start, end, french_first = cut
        left, right = text[:start].strip(), text[end:].strip()
        fr[place], nl[place] = (left, right) if french_first else (right, left)
    return Split(pa.array(fr, pa.string()), pa.array(nl, pa.string()))
