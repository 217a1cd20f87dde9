"""Find out which column is which, from a vocabulary and from what stands in the column.

The words are data (``rules/inventories/headers.csv``): a term counts ``for`` a field or
``against`` it. A header is cut into words without accents, small words, years and units, so that
``montant_prevu_au_budget_2023_bedrag_voorzien_op_begroting_2023`` and ``Montant prévu au budget
2017`` meet the same terms.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pyarrow.compute as pc

from analysis.errors import Fault, InputError
from analysis.inventories.cells import Cells
from analysis.project import RULES

CONFIDENT = 0.6
POSSIBLE = 0.42
NEEDED = ("beneficiary_name", "amount_eur")
# In the order in which they win a column at equal score.
FIELDS = (
    "beneficiary_name",
    "amount_eur",
    "amount_planned_eur",
    "beneficiary_id",
    "object",
    "object_fr",
    "object_nl",
    "title",
    "year",
    "end_year",
    "budget_article",
    "budget_function",
    "programme_id",
    "first_name",
    "currency",
    "row_type",
)
_SMALL = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "van",
        "het",
        "der",
        "den",
        "the",
        "of",
        "in",
        "en",
        "et",
        "a",
        "au",
        "aux",
        "pour",
        "voor",
        "op",
        "par",
        "door",
        "to",
        "for",
        "by",
        "un",
        "une",
        "een",
        "te",
        "s",
        "sur",
        "uit",
        "is",
        "dans",
        "ou",
        "or",
        "and",
    ]
)
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")
_THOUSANDS = re.compile(
    r"(?i)\bk\s*€|\bk\s*eur\b|€\s*k\b|\bkeur\b|milliers? d.?\s*euros?|en milliers|x\s*1[. ]?000\b|"
    r"\bduizend(?:en)?\s+euro|in duizend|thousands? of euro|in thousands|\(000\)|\b1[. ]?000\s*(?:€|eur)"
)
_MILLIONS = re.compile(
    r"(?i)\bm\s*€|\bmeur\b|\bmio\b|millions? d.?\s*euros?|en millions|miljoen(?:en)?\s+euro|in miljoen|"
    r"in millions|millions of euro"
)
_MARKED = {
    "fr": re.compile(r"(?i)\b(?:fr|fran[cç]ais|frans|french)\b"),
    "nl": re.compile(r"(?i)\b(?:nl|n[ée]erlandais|nederlands|dutch)\b"),
}


@dataclass(frozen=True)
class Term:
    """One entry of the vocabulary."""

    field: str
    language: str
    words: tuple[str, ...]
    effect: str
    weight: float
    phase: str
    row_kind: str


@dataclass(frozen=True)
class Match:
    """How well a header fits a field."""

    score: float
    languages: frozenset[str] = frozenset()
    phase: str = ""
    row_kind: str = ""


@dataclass
class Columns:
    """Which column holds which field.

    Attributes:
        fields: Field → position of its column.
        scores: Field → confidence between 0 and 1 (1.0 for ``--map``).
        names: All headers.
        unsure: Fields mapped below the confident score.
        guesses: Field → best candidates for fields without a column: header, score, why.
        phase: Phase of the amount: ``awarded``, ``paid`` or ``budgeted``.
        row_kind: What a row of this file is when its header says so, else empty.
        year: Year inside a header, if they agree on one.
        multiplier: 1, 1000 or 1000000: the unit that the amount's header names.
        planned_multiplier: The same for the planned amount.
        second_name: Column with the beneficiary's name in the other language.
        years: Headers of amounts that differ in the year only, when there are several.
    """

    names: list[str]
    fields: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    guesses: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    decisions: list[str] = field(default_factory=list)
    phase: str = "awarded"
    row_kind: str = ""
    year: int | None = None
    multiplier: int = 1
    planned_multiplier: int = 1
    second_name: int | None = None
    years: list[str] = field(default_factory=list)

    @property
    def mapped(self) -> dict[str, str]:
        """Field → header, in the order of the contract."""
        return {name: self.names[self.fields[name]] for name in FIELDS if name in self.fields}

    @property
    def unmapped(self) -> list[str]:
        """Headers that no field uses."""
        used = {*self.fields.values(), self.second_name}
        return [name for place, name in enumerate(self.names) if place not in used and name]


@cache
def vocabulary() -> tuple[Term, ...]:
    """Load the terms, normalised like headers."""
    path = RULES / "inventories" / "headers.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(
            Term(
                row["field"],
                row["language"],
                words(row["term"]),
                row["effect"],
                float(row["weight"]),
                row["phase"],
                row["row_kind"],
            )
            for row in csv.DictReader(handle)
        )


@cache
def _by_first_word() -> Mapping[str, tuple[Term, ...]]:
    index: dict[str, list[Term]] = {}
    for term in vocabulary():
        index.setdefault(term.words[0], []).append(term)
    return {first: tuple(terms) for first, terms in index.items()}


@cache
def _known_words() -> frozenset[str]:
    return frozenset(word for term in vocabulary() for word in term.words if len(word) >= 6)


@cache
def words(header: str) -> tuple[str, ...]:
    """Cut a header into comparable words.

    Examples:
        >>> words("Nom du bénéficiaire (2023)")
        ('nom', 'beneficiaire')
        >>> words("kboNummer_van_de_begunstigde")
        ('kbo', 'nummer', 'begunstigde')
    """
    text = header
    if _YEAR.sub("", text).strip().count(" ") >= text.count("_") and re.search(
        r"[^\W_]_[^\W_]|_[^\W_]", text
    ):
        # A converter wrote "_" for the accented letter it could not; é is by far the commonest.
        text = re.sub(r"(?<=[^\W\d_])_|_(?=[^\W\d_])", "e", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = unicodedata.normalize(
        "NFKD", text.casefold().replace("œ", "oe").replace("º", "").replace("°", "")
    )
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).lower()
    text = _YEAR.sub(" ", text.replace("_", " "))
    return tuple(word for word in re.findall(r"[^\W_]+", text) if word not in _SMALL)


@cache
def score(header: str) -> Mapping[str, Match]:
    """Score a header for every field it may stand for (0 to 1)."""
    cut = tuple(_nearest(word) for word in words(header))
    if not cut:
        return {}
    spaced = header.replace("_", " ")
    marked = {lang for lang, pattern in _MARKED.items() if pattern.search(spaced)}
    hits: dict[str, list[tuple[Term, set[int]]]] = {}
    against: dict[str, list[set[int]]] = {}
    index = _by_first_word()
    for term in dict.fromkeys(term for word in cut for term in index.get(word, ())):
        places = _places(cut, term.words)
        if places is None:
            continue
        if term.effect == "for":
            hits.setdefault(term.field, []).append((term, places))
        else:
            against.setdefault(term.field, []).append(places)
    found: dict[str, Match] = {}
    for name, terms in hits.items():
        # Several terms may say the same; the one that explains most of the header speaks.
        best, places = max(terms, key=lambda hit: (hit[0].weight, len(hit[1]), hit[0].words))
        strong = set().union(*(p for t, p in terms if t.weight >= best.weight - 0.3))
        covered = len(strong) / len(cut)
        value = best.weight * (0.72 + 0.28 * covered)
        own = set().union(*(p for t, p in terms if len(p) > 1))
        contrary = [p for p in against.get(name, []) if not p <= own]
        if contrary:
            # A multi-word term that is the header's own head survives a contrary word behind it.
            value *= 0.55 if best.weight >= 1 and len(best.words) > 1 else 0.3
        languages = frozenset(marked or {t.language for t, _ in terms if t.weight >= 0.7})
        phase = next(
            (
                t.phase
                for t, _ in sorted(terms, key=lambda h: -h[0].weight)
                if t.weight >= best.weight and t.phase
            ),
            "",
        )
        kind = next((t.row_kind for t, _ in terms if t.row_kind), "")
        found[name] = Match(round(min(value, 1.0), 4), languages, phase, kind)
    return found


def _places(cut: Sequence[str], term: Sequence[str]) -> set[int] | None:
    size = len(term)
    for start in range(len(cut) - size + 1):
        if tuple(cut[start : start + size]) == tuple(term):
            return set(range(start, start + size))
    return None


@cache
def _nearest(word: str) -> str:
    """Take a mistyped long word for the vocabulary's word it is closest to."""
    known = _known_words()
    if len(word) < 6 or word in known:
        return word
    # A slip of the pen seldom changes the first letter or the length by more than two.
    likely = [one for one in known if one[0] == word[0] and abs(len(one) - len(word)) <= 2]
    close = difflib.get_close_matches(word, sorted(likely), n=1, cutoff=0.88)
    return close[0] if close else word


# ------------------------------------------------------------------- contents

_AMOUNT = r"^[(\-−+]?\s*(?:€|EUR)?\s*[\d][\d.,'’\s\x{00a0}\x{202f}]*(?:€|EUR|euros?)?\s*[)\-]?$"
_YEARISH = r"^(?:19|20)\d{2}$|^(?:19|20)\d{2}\s*[-/]\s*(?:(?:19|20)?\d{2})$|^\d{4}-\d{2}-\d{2}|^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
_IDISH = r"^(?i:BE[-_]?BCE_KBO-|BE|TVA|BTW|BCE|KBO)?[\s.:]*[01]?[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{3}(?:\.0)?$"


@dataclass(frozen=True)
class Content:
    """What share of the filled cells (0 to 1) looks like what."""

    filled: float
    amount: float
    year: float
    enterprise: float
    wordy: float


def content(cells: Cells) -> Content:
    """Look at up to 300 filled cells of a column."""
    import pyarrow as pa

    sample = pa.array(cells.sample(), pa.string())
    if not len(sample):
        return Content(0.0, 0.0, 0.0, 0.0, 0.0)

    def share(pattern: str) -> float:
        return float(pc.mean(pc.match_substring_regex(sample, pattern).cast(pa.float64())).as_py())

    return Content(1.0, share(_AMOUNT), share(_YEARISH), share(_IDISH), share(r"\p{L}{3,}"))


def _fits(name: str, seen: Content) -> float:
    """Return the factor by which the content confirms or denies a field."""
    if not seen.filled:
        return 0.9
    if name in ("amount_eur", "amount_planned_eur"):
        if seen.year > 0.9:
            return 0.4
        return 1.0 if seen.amount >= 0.4 else 0.9 if seen.wordy < 0.5 else 0.3
    if name in ("year", "end_year"):
        return 1.0 if seen.year >= 0.4 else 0.3
    if name == "beneficiary_id":
        return 0.3 if seen.wordy > 0.7 and seen.enterprise < 0.1 else 1.0
    if name in ("beneficiary_name", "object", "object_fr", "object_nl", "title", "first_name"):
        return 1.0 if seen.wordy >= 0.4 else 0.35
    return 1.0


# -------------------------------------------------------------------- mapping


def map_columns(
    names: list[str],
    columns: Sequence[Cells],
    chosen: Mapping[str, str] | None = None,
    file: str = "",
) -> Columns:
    """Give each field its column.

    Args:
        names: Headers, one per column, empty where there is none.
        columns: The cells under them.
        chosen: ``--map``: field → header (as written, in any case or spacing) or ``#3`` for the
            third column.
        file: Name of the file for messages.

    Raises:
        InputError: ``chosen`` names a field or a header that does not exist.
    """
    result = Columns(list(names))
    taken: set[int] = set()
    for name, header in (chosen or {}).items():
        place = _chosen_place(name, header, names, file)
        result.fields[name] = place
        result.scores[name] = 1.0
        taken.add(place)
        result.decisions.append(f"columns: {name} is {names[place]!r}, as given with --map")
    seen = [content(cells) for cells in columns]
    matches = [score(header) if header else {} for header in names]
    scored: list[tuple[float, int, int]] = []
    for place in range(len(names)):
        for order, name in enumerate(FIELDS):
            match = matches[place].get(name)
            value = (match.score if match else 0.0) * _fits(name, seen[place])
            if name == "beneficiary_id" and seen[place].enterprise > 0.6 and value < 0.7:
                # Enterprise numbers show by their form whatever the header says.
                value = max(value, 0.62 if _check_share(columns[place]) > 0.6 else 0.0)
            if value > 0:
                scored.append((value, order, place))
    scored.sort(key=lambda one: (-one[0], one[1], one[2]))
    _two_languages(scored, matches, seen, result, taken)
    for value, order, place in scored:
        name = FIELDS[order]
        if place in taken or name in result.fields or value < POSSIBLE:
            continue
        if name == "object" and "object_fr" in result.fields:
            continue
        result.fields[name] = place
        result.scores[name] = round(value, 2)
        taken.add(place)
    if "amount_eur" not in (chosen or {}):
        _several_years(result, seen)
        _amount_from_planned(result, matches)
        _several_years(result, seen)
    for name in [n for n in FIELDS if n in result.fields and result.scores[n] < CONFIDENT]:
        result.unsure.append(name)
        result.decisions.append(
            f"columns: {name} is {names[result.fields[name]]!r} without much confidence "
            f"({result.scores[name]:.2f}); if it is wrong: --map '{name}=OTHER HEADER'"
        )
    for name in NEEDED:
        if name not in result.fields:
            result.guesses[name] = _guesses(name, scored, seen, names, taken)
            if name == "amount_eur" and result.years:
                result.guesses[name] = [(header, 1.0) for header in result.years]
    _from_headers(result, matches, names)
    return result


def _check_share(cells: Cells) -> float:
    from analysis.inventories.enterprise_numbers import VALID, read_numbers

    sample = cells.values[:300]
    states = read_numbers(sample).state
    return float((states == VALID).mean()) if len(states) else 0.0


def _chosen_place(name: str, header: str, names: Sequence[str], file: str) -> int:
    if name not in FIELDS:
        raise InputError(
            f"--map: there is no field {name!r}.",
            [Fault(file or "--map", f"the fields are: {', '.join(FIELDS)}")],
        )
    if header.startswith("#") and header[1:].isdigit() and 0 < int(header[1:]) <= len(names):
        return int(header[1:]) - 1
    for same in (str, str.strip, lambda text: " ".join(words(text))):
        places = [
            place for place, other in enumerate(names) if other and same(other) == same(header)
        ]
        if len(places) == 1:
            return places[0]
        if len(places) > 1:
            raise InputError(
                f"--map: {header!r} stands above {len(places)} columns; name one by its number.",
                [
                    Fault(
                        file,
                        f"use --map '{name}=#{places[0] + 1}' or another of these",
                        column=header,
                    )
                ],
            )
    raise InputError(
        f"--map: there is no column {header!r}.",
        [Fault(file, f"its columns are: {', '.join(repr(n) for n in names if n)}")],
    )


def _two_languages(
    scored: Sequence[tuple[float, int, int]],
    matches: Sequence[Mapping[str, Match]],
    seen: Sequence[Content],
    result: Columns,
    taken: set[int],
) -> None:
    """Recognise a pair of columns that say the same in French and in Dutch."""
    for name in ("object", "beneficiary_name"):
        if name in result.fields:
            continue
        best: dict[str, tuple[float, int]] = {}
        for value, order, place in scored:
            if FIELDS[order] != name or value < CONFIDENT or place in taken:
                continue
            others = [m.score for f, m in matches[place].items() if f != name]
            if others and max(others) > value:
                continue
            languages = matches[place][name].languages
            if len(languages) == 1 and (lang := next(iter(languages))) in ("fr", "nl"):
                best.setdefault(lang, (value, place))
        if (
            len(best) < 2
            or best["fr"][1] == best["nl"][1]
            or min(v for v, _ in best.values()) < 0.65
        ):
            continue
        if name == "object":
            for lang, (value, place) in best.items():
                result.fields[f"object_{lang}"] = place
                result.scores[f"object_{lang}"] = round(value, 2)
                taken.add(place)
        else:
            first, second = sorted(place for _, place in best.values())
            result.fields[name], result.second_name = first, second
            result.scores[name] = round(min(value for value, _ in best.values()), 2)
            taken.update((first, second))
            result.decisions.append(
                f"columns: the name stands in two languages, {result.names[first]!r} and "
                f"{result.names[second]!r}; the first is taken, the second where it is blank"
            )


def _amount_from_planned(result: Columns, matches: Sequence[Mapping[str, Match]]) -> None:
    planned = result.fields.get("amount_planned_eur")
    current = result.fields.get("amount_eur")
    if (
        planned is None
        or result.years
        or (current is not None and result.scores["amount_eur"] >= CONFIDENT)
    ):
        return
    # Some files have one amount, and name it after the budget.
    result.fields["amount_eur"] = planned
    result.scores["amount_eur"] = result.scores.pop("amount_planned_eur")
    del result.fields["amount_planned_eur"]
    result.phase = "budgeted"
    result.decisions.append(
        f"columns: the only amount is {result.names[planned]!r}; it is taken as amount_eur with "
        "phase budgeted"
    )


def _several_years(result: Columns, seen: Sequence[Content]) -> None:
    """Refuse to pick one of several years that stand side by side."""
    place = result.fields.get("amount_eur")
    if place is None:
        return
    alike = [
        other
        for other, name in enumerate(result.names)
        if words(name) == words(result.names[place])
        and _YEAR.search(name.replace("_", " "))
        and seen[other].amount > 0.4
    ]
    if len({_YEAR.search(result.names[other].replace("_", " ")).group() for other in alike}) > 1:  # type: ignore[union-attr]
        result.years = [result.names[other] for other in alike]
        del result.fields["amount_eur"], result.scores["amount_eur"]


def _guesses(
    name: str,
    scored: Sequence[tuple[float, int, int]],
    seen: Sequence[Content],
    names: Sequence[str],
    taken: set[int],
) -> list[tuple[str, float]]:
    by_word = {place: value for value, order, place in scored if FIELDS[order] == name}
    ranked: list[tuple[float, int]] = []
    for place, header in enumerate(names):
        look = seen[place]
        if not look.filled and not header:
            continue
        value = by_word.get(place, 0.0)
        if name == "amount_eur":
            value += 0.3 * look.amount * (look.year < 0.5) * (look.enterprise < 0.5)
        else:
            value += 0.3 * look.wordy
        ranked.append((value - 0.15 * (place in taken), place))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    return [
        (names[place] or f"#{place + 1}", round(value, 2))
        for value, place in ranked[:3]
        if value > 0
    ]


def _from_headers(
    result: Columns, matches: Sequence[Mapping[str, Match]], names: Sequence[str]
) -> None:
    """Take the phase, the unit and the year that headers carry."""
    if (place := result.fields.get("amount_eur")) is not None:
        if result.phase != "budgeted":
            match = matches[place].get("amount_eur", Match(0.0))
            result.phase = match.phase or "awarded"
            result.row_kind = match.row_kind
        result.multiplier = _unit(names[place])
        if result.multiplier != 1:
            result.decisions.append(
                f"amount_unit: {names[place]!r} says that amounts are in {result.multiplier:,} euro; "
                "they are multiplied"
            )
    if (place := result.fields.get("amount_planned_eur")) is not None:
        result.planned_multiplier = _unit(names[place])
    if (place := result.fields.get("amount_eur")) is not None:
        own = {int(year) for year in _YEAR.findall(names[place].replace("_", " "))}
        if len(own) == 1:
            result.year = own.pop()
            return
    years = {int(year) for name in names for year in _YEAR.findall(name.replace("_", " "))}
    if len(years) == 1:
        result.year = years.pop()


def _unit(header: str) -> int:
    if _THOUSANDS.search(header):
        return 1_000
    return 1_000_000 if _MILLIONS.search(header) else 1
