"""Find how a text file was written, and mend text that was read the wrong way before us."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that cp1252 leaves undefined: a file that has them was not written in it.
_NOT_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
# What Dutch and French really use. Everything else beyond ASCII counts against a reading.
_LOWER = frozenset("àâäçèéêëîïíôöóùûüœæáñ")
_UPPER = frozenset("ÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŒÆ")
_SIGNS = frozenset("€’‘“”«»–—…°²³ºª·•§£\u00a0")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_SAMPLE = 4_000_000


@dataclass(frozen=True)
class Decoded:
    """A text with the encoding it was found to be in, and what was odd about it."""

    text: str
    encoding: str
    note: str = ""


def decode(content: bytes) -> Decoded:
    """Decode the bytes of a text file.

    A byte order mark decides; else UTF-8 when the whole file obeys it; else the one of cp1252,
    Latin-1 and Mac Roman under which the accented letters make Dutch and French words. UTF-8
    with a few stray bytes stays UTF-8, the strays read as cp1252.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding), encoding)
            except UnicodeDecodeError:
                break
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if wide := _wide_without_mark(content):
        return wide
    sequences = len(_MULTIBYTE.findall(content))
    strays = len(_HIGH.findall(_MULTIBYTE.sub(b"", content)))
    if sequences >= 5 * strays:
        text = content.decode("utf-8", errors="stray_cp1252")
        return Decoded(text.lstrip("\ufeff"), "utf-8", f"{strays} stray bytes were read as cp1252")
    encoding = _single_byte(content)
    text = content.decode(encoding)
    if encoding == "mac_roman" and (twice := _TWICE.subn(_once, text))[1]:
        note = f"{twice[1]} letters had been through Mac Roman twice and were restored"
        return Decoded(twice[0], encoding, note)
    return Decoded(text, {"iso8859-1": "latin-1"}.get(encoding, encoding))


def _wide_without_mark(content: bytes) -> Decoded | None:
    head = content[:4000]
    for encoding, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(head) > 3 and head[offset::2].count(0) > 0.4 * len(head):
            try:
                return Decoded(content.decode(encoding), encoding)
            except UnicodeDecodeError:
                return None
    return None


def _single_byte(content: bytes) -> str:
    high = set(_HIGH.findall(content[:_SAMPLE]))
    controls = {byte for byte in high if byte < b"\xa0"}
    candidates = ["mac_roman"]
    if not controls:
        candidates.insert(0, "iso8859-1")
    elif not controls & {bytes([byte]) for byte in _NOT_CP1252}:
        candidates.insert(0, "cp1252")
    scores = {name: _plausibility(content[:_SAMPLE].decode(name)) for name in candidates}
    best = max(candidates, key=lambda name: scores[name])
    if best == "mac_roman" and scores[best] <= 0 and not controls:
        return "iso8859-1"
    return best


def _plausibility(text: str) -> float:
    """Count accented letters where words have them, minus signs that no such text has."""
    score = 0.0
    for match in re.finditer(r"(.?)([^\x00-\x7f])(?=(.?))", text, flags=re.DOTALL):
        before, letter, after = match.group(1), match.group(2), match.group(3)
        if letter in _LOWER:
            # An accent inside or at the edge of a lower-case word.
            good = before.islower() or after.islower() or not (before.isalpha() or after.isalpha())
            score += 1.0 if good else -0.5
        elif letter in _UPPER:
            score += 0.6 if not before.islower() else -1.0
        elif letter in _SIGNS:
            score += 0.5 if not (before.isalpha() and after.isalpha()) or letter == "’" else -0.5
        else:
            score -= 1.0
    return score


def _stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start : error.start + 1]
    return byte.decode("cp1252", errors="replace"), error.start + 1


codecs.register_error("stray_cp1252", _stray)

# Mac Roman read as cp1252 and saved as Mac Roman again: à became ˆ, ô ™, â ‰, € Û, ° ¡.
_TWICE = re.compile(r"(?<=\w)[ˆ™‰ŽŠ](?=\w)|(?<=[ '’])ˆ(?=\s)|(?<=\()Û(?=\))|(?<=N)¡|(?<=\d )Û")


def _once(match: re.Match[str]) -> str:
    return match.group().encode("cp1252").decode("mac_roman")


# UTF-8 bytes that somebody read as cp1252/Latin-1 (Ã©) or as Mac Roman (√©).
_LATIN_RUN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3}"
)
_MAC_RUN = re.compile("[√≈¬ƒ][^\x00-\x7f]|‚[^\x00-\x7f]{2}")
SUSPECT = "Ã|Â|â€|√|‚|≈|¬|ƒ|Å|Ä"
# Latin-1 and Latin Extended-A: what names in Belgium are written with.
_LATIN_END = 0x180


def mend_mojibake(text: str) -> str:
    """Undo UTF-8 that was read as cp1252, Latin-1 or Mac Roman; leave everything else alone.

    Only runs that decode to one plausible character are changed, so a real ``Â`` stays.
    """
    if any(sign in text for sign in "√≈¬‚ƒ"):
        text = _MAC_RUN.sub(lambda match: _redecode(match.group(), "mac_roman"), text)
    for _ in range(2):
        mended = _LATIN_RUN.sub(lambda match: _redecode(match.group(), "cp1252"), text)
        if mended == text:
            return text
        text = mended
    return text


def _redecode(run: str, encoding: str) -> str:
    for length in range(len(run), 1, -1):
        part = run[:length]
        try:
            raw = b"".join(_raw(letter, encoding) for letter in part)
            fixed = raw.decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if len(fixed) == 1 and (fixed in _SIGNS or (fixed.isalpha() and ord(fixed) < _LATIN_END)):
            return fixed + run[length:]
    return run


def _raw(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return letter.encode("latin-1")
