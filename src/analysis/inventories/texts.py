"""Repair published text: spaces, line breaks, characters read the wrong way."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.inventories.cells import matches
from analysis.inventories.encodings import SUSPECT, mend_mojibake

_SPACES = r"[\s\x{00a0}\x{2007}\x{2009}\x{202f}\x{200b}\x{feff}\x{00ad}\x{0085}\x{2028}\x{2029}]+"
# Nothing to repair: printable, single spaces, none of the letters that damage begins with.
_CLEAN = r"^(?:[!-%'-~\x{00a1}-\x{00c1}\x{00c6}-\x{00ff}‘’“”–—€œŒ]+ ?)*$"
_CONTROLS = r"[\x00-\x08\x0e-\x1f\x7f]"
_ENTITY = r"&(?:#\d{2,5}|[a-zA-Z]{2,8});"


@dataclass(frozen=True)
class Mended:
    """Repaired distinct texts.

    Attributes:
        texts: The repaired texts; null where nothing is left.
        line_break: The published text had a line break inside.
        mojibake: Characters were restored.
        changed: Anything was changed.
    """

    texts: pa.Array
    line_break: npt.NDArray[np.bool_]
    mojibake: npt.NDArray[np.bool_]
    changed: npt.NDArray[np.bool_]


def mend(texts: pa.Array) -> Mended:
    """Repair distinct texts; only what is surely damage changes."""
    doubtful = ~matches(texts, _CLEAN)
    if not doubtful.any():
        none = np.zeros(len(texts), dtype=bool)
        return Mended(texts, none, none, none)
    if doubtful.mean() > 0.5:
        return _mend(texts)
    part = _mend(texts.filter(pa.array(doubtful)))
    whole = [np.zeros(len(texts), dtype=bool) for _ in range(3)]
    for one, found in zip(whole, (part.line_break, part.mojibake, part.changed), strict=True):
        one[doubtful] = found
    return Mended(pc.replace_with_mask(texts, pa.array(doubtful), part.texts), *whole)


def _mend(texts: pa.Array) -> Mended:
    breaks = matches(texts, r"[\r\n]")
    result = texts
    suspect = matches(texts, SUSPECT)
    entities = matches(texts, _ENTITY)
    touched = suspect | entities
    restored = np.zeros(len(texts), dtype=bool)
    if touched.any():
        values = texts.to_numpy(zero_copy_only=False).copy()
        for place in np.flatnonzero(touched):
            mended = mend_mojibake(values[place])
            if entities[place]:
                mended = html.unescape(mended)
            restored[place] = mended != values[place]
            values[place] = mended
        result = pa.array(values, pa.string())
    odd = matches(
        result,
        rf"  |{_CONTROLS}|[\t\r\n\v\f\x{{00a0}}\x{{2007}}\x{{2009}}\x{{202f}}\x{{200b}}\x{{feff}}\x{{00ad}}\x{{0085}}\x{{2028}}\x{{2029}}]",
    )
    if odd.any():
        result = pc.replace_substring_regex(result, _CONTROLS, "")
        result = pc.utf8_trim_whitespace(pc.replace_substring_regex(result, _SPACES, " "))
    empty = pc.equal(result, "")
    return Mended(
        pc.if_else(empty, pa.scalar(None, pa.string()), result), breaks, restored, odd | restored
    )
