"""Tell natural persons from organisations by name, and mask them before anything is written.

The words and first names are data (``rules/inventories``): organisation words, titles of persons,
particles, first names, groups, and an allow-list of organisations that look like persons. How
good this is, is measured on labelled lists (see docs/inventories.md): a missed person is worse
than a masked association, so doubt masks.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.project import RULES

MASK = "[natural person]"
KINDS = ("organisation", "natural_person", "group", "unknown")
_FOLDER = RULES / "inventories"
# A title that stands before a capital letter names a person wherever it stands.
_TITLED = re.compile(
    r"\b(?:Monsieur|Madame|Mademoiselle|Mme|Mmes|Mlle|Mevrouw|Mevr|Mej|Dhr|dhr|mevr|mevrouw|De heer|de heer|Dame|M|Mr|MM|Mrs|Ms)"
    r"(?:\.|\b)(?:\s*(?:et|en|&)\s*(?:Mme|Mevr|mevr|Madame|Mr|M)\.?)?\s+"
    r"(?:(?:van|de|der|den|du|le|la|el|ben|Van|De|Der|Den|Du|Le|La|El|Ben)\s+)*"
    r"[A-ZÀ-ÖØ-Þ][\w'’.-]*(?:\s+(?:(?:van|de|der|den|du|le|la|el|ben|Van|De|Der|Den|Du|Le|La|El|Ben)\s+)*[A-ZÀ-ÖØ-Þ][\w'’-]+){0,3}"
)
_TITLED_QUICK = r"\b(?:Monsieur|Madame|Mademoiselle|Mmes?|Mlle|[Mm]evr(?:ouw)?|Mej|[Dd]hr|[Dd]e heer|Dame|MM?\.|Mr|Mrs|Ms)\b|\bM\.? [A-Z]"

# Quick look: may this name begin with a person's title?
MAYBE_TITLED = r"(?i)^\W*(?:m|mr|mme|mmes|mlle|mrs|ms|miss|mm|monsieur|madame|mademoiselle|messieurs|mesdames|dhr|de heer|heer|de h|mevr|mevrouw|mw|mej|juffrouw|dr|docteur|dokter|prof|professeur|professor|ma[iî]tre|mtr|[ée]poux|[ée]pouse|echtgeno|veuve|weduwe|abb[ée]|soeur|sieur)\b"


@dataclass(frozen=True)
class Words:
    """The vocabulary, folded to lower case without accents."""

    organisation: frozenset[str]
    honorific: frozenset[str]
    group: frozenset[str]
    particle: frozenset[str]
    ordinary: frozenset[str]
    first_names: frozenset[str]
    allowed: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes straight."""
    text = unicodedata.normalize(
        "NFKD", text.casefold().replace("’", "'").replace("ı", "i").replace("ł", "l")
    )
    return "".join(letter for letter in text if not unicodedata.combining(letter))


@cache
def vocabulary() -> Words:
    """Load the words."""
    kinds: dict[str, set[str]] = {}
    for row in _rows("name_words.csv"):
        kinds.setdefault(row["kind"], set()).add(fold(row["word"]))
    return Words(
        frozenset(kinds["organisation"]),
        frozenset(kinds["honorific"]),
        frozenset(kinds["group"]),
        frozenset(kinds["particle"]),
        frozenset(fold(row["mark"]) for row in _rows("language_marks.csv") if row["kind"] == "word")
        - kinds["particle"],
        frozenset(row["name"] for row in _rows("first_names.csv")),
        tuple(
            " ".join(fold(row["name"]).split()) for row in _rows("organisations_like_persons.csv")
        ),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def kind_of_name(name: str) -> tuple[str, bool]:
    """Judge one name.

    Args:
        name: As published.

    Returns:
        ``organisation``, ``natural_person``, ``doubtful`` (a person unless something else says
        otherwise), ``group`` or ``unknown``, and whether a title (``M.``, ``Mme``, ``dhr.``) says
        that it is a person.
    """
    known = vocabulary()
    if re.search(r"[,;&]| et | en ", name) and (together := _several(name)):
        return together, False
    folded = " ".join(fold(name).split())
    halves = [half.strip(" .()") for half in re.split(r"\s*[-–/]\s+|\s+[-–/]\s*", folded)]
    if any(half in known.group for half in (folded.strip(" .()"), *halves)):
        return "group", False
    pieces = re.findall(r"[^\W\d_]+(?:['.-][^\W\d_]+)*\.?", folded)
    bare = [piece.strip(".") for piece in pieces]
    if len(bare) == 2 and bare[1] == "noel" and _is_first_name(bare[0], known):
        return "natural_person", False
    if any(_is_organisation(piece, known) for piece in bare) or any(
        re.search(rf"\b{re.escape(allowed)}\b", folded) for allowed in _allowed_near(folded)
    ):
        return "organisation", False
    titled = _titled(folded, bare, known)
    rest = [piece for piece in bare if piece not in known.honorific] if titled else bare
    core = [piece for piece in rest if piece not in known.particle]
    if re.search(r"\d", name) or not core:
        return "unknown", titled and bool(core)
    if titled and len(core) <= 5:
        return "natural_person", True
    if len(rest) > 6 or len(core) > 5 or not _capitals(name):
        return "unknown", False
    initials = sum(len(piece) == 1 for piece in core)
    firsts = [place for place, piece in enumerate(core) if _is_first_name(piece, known)]
    plain = not any(piece in known.ordinary for piece in core) and _small_words_fit(rest)
    if not plain:
        return "unknown", False
    if (
        2 <= len(core) <= 4
        and firsts
        and (len(core) - len(firsts) <= 2 or {0, len(core) - 1} & set(firsts))
    ):
        return "natural_person", False
    if (
        len(core) - initials == 1
        and 1 <= initials <= 2
        and len(bare) <= 3
        and re.search(r"\b[A-Z]\.", name)
    ):
        return "natural_person", False
    if _REGISTER_ORDER.fullmatch(name.strip()) or _NATURAL_ORDER.fullmatch(name.strip()):
        return "natural_person", False
    if len(rest) in (2, 3) and _SURNAME.search(folded) and len(core) <= 3:
        return "natural_person", False
    # Two or three capitalised words that are no words of ours: most often a person.
    if (
        2 <= len(core) == len(rest) <= 3
        and all(len(piece) > 2 for piece in core)
        and "-" not in name
    ):
        return "doubtful", False
    return "unknown", False


# DUPONT Jean, as registers write persons; Jean DUPONT, as forms do.
_REGISTER_ORDER = re.compile(
    r"[A-ZÀ-Þ][A-ZÀ-Þ' -]{2,},? +[A-ZÀ-Þ][a-zß-ÿ]+(?:[- ][A-ZÀ-Þ][a-zß-ÿ]+)?"
)
_NATURAL_ORDER = re.compile(
    r"[A-ZÀ-Þ][a-zß-ÿ]{2,}(?:[- ][A-ZÀ-Þ][a-zß-ÿ]+)? +[A-ZÀ-Þ][A-ZÀ-Þ'-]{2,}(?: [A-ZÀ-Þ'-]{3,})?"
)
# Vandevelde, Vanden Berghe, El Khattabi, Ben Salah, Aït Ali.
_SURNAME = re.compile(
    r"^[\w'-]+ (?:van(?:de|den|der|h|b|c|d|g|k|l|m|n|o|p|r|s|t|w)\w{3,}|(?:el|ben|bel|ait|ould|abou|bou) \w{3,})$"
)


@cache
def _allowed_index() -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for allowed in vocabulary().allowed:
        index.setdefault(allowed.split()[0], []).append(allowed)
    return {first: tuple(names) for first, names in index.items()}


def _allowed_near(folded: str) -> list[str]:
    index = _allowed_index()
    return [name for word in re.findall(r"[\w'-]+", folded) for name in index.get(word, ())]


def _is_organisation(piece: str, known: Words) -> bool:
    if piece in known.organisation or piece.replace(".", "") in known.organisation:
        return True
    # Dutch and French build organisation words by composition.
    return len(piece) > 7 and piece.endswith(
        (
            "club",
            "huis",
            "school",
            "centrum",
            "vereniging",
            "werking",
            "dienst",
            "kring",
            "comite",
            "festival",
            "theater",
            "straat",
            "laan",
            "plein",
            "wijk",
            "koor",
            "groep",
            "tuin",
            "bond",
            "thèque",
            "theque",
            "logie",
            "fonds",
            "feest",
            "schap",
            "raad",
            "steunpunt",
            "winkel",
            "atelier",
            "museum",
            "bibliotheek",
            "markt",
            "sport",
        )
    )


def _several(name: str) -> str:
    """Judge a list such as "A B, C D et E F": persons when each is one."""
    parts = [part.strip() for part in re.split(r"[,;&]| et | en ", name) if part.strip()]
    if len(parts) < 2 or not all(2 <= len(part.split()) <= 4 for part in parts):
        return ""
    found = [kind_of_name(part)[0] for part in parts]
    persons = found.count("natural_person")
    return "natural_person" if persons and set(found) <= {"natural_person", "doubtful"} else ""


def _titled(folded: str, bare: list[str], known: Words) -> bool:
    if not bare or len(bare) < 2:
        return False
    if re.match(r"(?:de heer|de h\.)\s", folded):
        return True
    return bare[0] in known.honorific and (
        bare[0] != "me" and bare[0] != "pere" and bare[0] != "dame"
    )


def _is_first_name(piece: str, known: Words) -> bool:
    if piece in known.first_names:
        return len(piece) > 2
    parts = piece.split("-")
    return len(parts) > 1 and all(part in known.first_names for part in parts)


def _capitals(name: str) -> bool:
    """Persons are written with capitals, or in capitals throughout, or all in lower case."""
    first = [word[0] for word in re.findall(r"[^\W\d_][\w'’.-]*", name)]
    return bool(first) and (sum(letter.isupper() for letter in first) >= 2 or name.islower())


def _small_words_fit(rest: list[str]) -> bool:
    """Tell whether the small words can be a person's: those of "Rose des Vents" cannot."""
    inside = [piece for piece in rest if len(piece) < 4]
    return not ({"des", "du", "in", "te", "l", "les", "aux", "au", "for", "of"} & set(inside)) or (
        "du" in inside and len(rest) == 3
    )


def kinds(names: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Judge distinct names.

    Returns:
        Kind per name, and whether a title says person.
    """
    kind = np.full(len(names), "unknown", dtype=object)
    titled = np.zeros(len(names), dtype=bool)
    judged: dict[str, tuple[str, bool]] = {}
    # Names that differ in digits only are judged once: "Ecole 12", "Ecole 13".
    shapes = pc.replace_substring_regex(names, r"\d+", "0").to_pylist()
    for place, shape in enumerate(shapes):
        found = judged.get(shape)
        if found is None:
            found = judged[shape] = kind_of_name(shape)
        kind[place], titled[place] = found
    return kind, titled


def mask_in_text(texts: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Mask titled persons inside longer texts (objects, notes).

    Returns:
        The texts, and which changed.
    """
    if not len(texts):
        return texts, np.zeros(0, dtype=bool)
    suspect = (
        pc.match_substring_regex(texts, _TITLED_QUICK).to_numpy(zero_copy_only=False).astype(bool)
    )
    if not suspect.any():
        return texts, suspect
    values = texts.to_numpy(zero_copy_only=False).copy()
    changed = np.zeros(len(values), dtype=bool)
    for place in np.flatnonzero(suspect):
        masked = _TITLED.sub(_mask_person, values[place])
        changed[place] = masked != values[place]
        values[place] = masked
    return pa.array(values, pa.string()), changed


def _mask_person(match: re.Match[str]) -> str:
    following = {piece.strip(".") for piece in re.findall(r"[^\W\d_]+", fold(match.group()))}
    return match.group() if following & vocabulary().organisation else MASK
