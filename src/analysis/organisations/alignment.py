"""How alike two names are, word by word, and in what they differ.

A letter-by-letter ratio cannot tell "Amicale de Laeken" from "Amicale de Haren": the common part
is long, the part that matters short. Here each word weighs what it tells (a word in many names
tells little), words are paired whatever their order, typing errors and lost spaces are allowed, and
what is left over on each side is kept, because words left over on *both* sides speak of two
organisations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from analysis.organisations.names import words_with_role

#: Words that name a kind of body, and words for Brussels, tell less than their rarity says.
GENERIC_FACTOR = 0.5
PLACE_FACTOR = 0.25
#: Shortest word in which a typing error is allowed, and how alike the two must be.
TYPO_LENGTH, TYPO_LIKENESS = 5, 0.79
#: In shorter words one letter may differ, if one of the two has four letters.
SHORT_LENGTH = 4
#: A word that weighs this much is a distinguishing one.
DISTINCTIVE = 0.3


@cache
def _factors() -> Mapping[str, float]:
    return dict.fromkeys(words_with_role("generic"), GENERIC_FACTOR) | dict.fromkeys(
        words_with_role("place"), PLACE_FACTOR
    )


def word_weights(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """Return what each word tells, from 0 (in every name) to 1 (in one name of many).

    The weight is the inverse document frequency, scaled to its maximum, times a factor for generic
    words and words for Brussels (``rules/name_words.csv``).

    Args:
        counts: Word → number of keys that hold it; 0 for a word that the register does not know.
        total: Number of keys in the register.
    """
    factors = _factors()
    # A register of a few names has no statistics: it is weighed as one of a thousand.
    size = max(total, 1000)
    top = math.log(1 + size)
    return {
        word: factors.get(word, 1.0) * max(0.05, math.log(1 + size / max(count, 1)) / top)
        for word, count in counts.items()
    }


@dataclass(frozen=True)
class Alignment:
    """What two names share.

    Attributes:
        score: Share of the weight of both names that is paired, 0 to 100.
        contained: Share of the lighter name that is found in the other, 0 to 100.
        evidence: Weight of the paired words of the lighter side: about 1 for each telling word.
        sure: The part of the evidence that is letter for letter the same.
        left_over: Distinguishing words of the first name without a partner.
        right_over: The same of the second name.
        digits_differ: A number stands on one side only, or on both and differs.
        around: Words on one side only that speak of a body around the other ("friends of").
        places: Words for Brussels on one side only.
        typos: Pairs of words that are alike, not equal.
    """

    score: float
    contained: float
    evidence: float
    sure: float
    left_over: tuple[str, ...]
    right_over: tuple[str, ...]
    digits_differ: bool
    around: tuple[str, ...]
    places: tuple[str, ...]
    typos: tuple[tuple[str, str], ...]

    @property
    def conflict(self) -> bool:
        """Whether each name has a distinguishing word that the other lacks."""
        return bool(self.left_over and self.right_over)


def _likeness(one: str, other: str) -> float:
    from rapidfuzz.distance import OSA

    if max(len(one), len(other)) < SHORT_LENGTH or any(c.isdigit() for c in one + other):
        return 0.0
    if min(len(one), len(other)) < TYPO_LENGTH:
        near = OSA.distance(one, other, score_cutoff=1) <= 1
        return float(OSA.normalized_similarity(one, other)) if near else 0.0
    return float(OSA.normalized_similarity(one, other, score_cutoff=TYPO_LIKENESS))


def _joined(words: list[str], free: list[int], target: str) -> list[int]:
    """Return places of neighbouring free words that, written together, give the target.

    Articles are gone from the words, but not from what was written together: "Zwem- en Bad..."
    became "zwem bad", "ZwemenBad..." is one word.
    """
    for start in range(len(free)):
        if not target.startswith(words[free[start]]):
            continue
        texts = {words[free[start]]}
        for end in range(start + 1, min(start + 4, len(free))):
            if free[end] != free[end - 1] + 1:
                break
            texts = {
                text + article + words[free[end]]
                for text in texts
                for article in ("", *words_with_role("article"))
                if target.startswith(text + article + words[free[end]])
            }
            if target in texts:
                return free[start : end + 1]
    return []


def align(one: str, other: str, weights: Mapping[str, float]) -> Alignment:
    """Pair the words of two names.

    Args:
        one: Words of the first name, separated by spaces.
        other: Words of the second name.
        weights: What each word tells, from :func:`word_weights`; unknown words weigh 1.
    """
    # A word said twice (the same name in both languages) says nothing new.
    a, b = list(dict.fromkeys(one.split())), list(dict.fromkeys(other.split()))
    weight_a = [weights.get(word, 1.0) for word in a]
    weight_b = [weights.get(word, 1.0) for word in b]
    place_b = {word: place for place, word in enumerate(b)}
    free_a, used_b = [], set()
    paired_a = paired_b = slipped = 0.0
    typos: list[tuple[str, str]] = []
    for place, word in enumerate(a):
        if word in place_b:
            used_b.add(place_b[word])
            paired_a += weight_a[place]
            paired_b += weight_b[place_b[word]]
        else:
            free_a.append(place)
    free_b = [place for place in range(len(b)) if place not in used_b]
    for place in list(free_a):
        if len(a[place]) >= TYPO_LENGTH and (run := _joined(b, free_b, a[place])):
            free_a.remove(place)
            free_b = [p for p in free_b if p not in run]
            paired_a += weight_a[place]
            paired_b += sum(weight_b[p] for p in run)
    for place in list(free_b):
        if len(b[place]) >= TYPO_LENGTH and (run := _joined(a, free_a, b[place])):
            free_b.remove(place)
            free_a = [p for p in free_a if p not in run]
            paired_b += weight_b[place]
            paired_a += sum(weight_a[p] for p in run)
    for place in list(free_a):
        alike = [(_likeness(a[place], b[twin]), -twin) for twin in free_b]
        if alike and (best := max(alike))[0] > 0:
            likeness, twin = best[0], -best[1]
            free_a.remove(place)
            free_b.remove(twin)
            # A slip of a common word tells as little as the common word.
            weight = min(weight_a[place], weight_b[twin])
            weight_a[place] = weight_b[twin] = weight
            paired_a += weight * likeness
            paired_b += weight * likeness
            slipped += weight * likeness
            typos.append((a[place], b[twin]))
    total_a, total_b = sum(weight_a), sum(weight_b)
    left = [a[place] for place in free_a]
    right = [b[place] for place in free_b]
    return Alignment(
        score=100 * (paired_a + paired_b) / (total_a + total_b),
        contained=100 * (paired_a / total_a if total_a < total_b else paired_b / total_b),
        evidence=min(paired_a, paired_b),
        sure=min(paired_a, paired_b) - slipped,
        left_over=tuple(a[p] for p in free_a if weight_a[p] >= DISTINCTIVE),
        right_over=tuple(b[p] for p in free_b if weight_b[p] >= DISTINCTIVE),
        digits_differ=any(word.isdigit() for word in left + right),
        around=tuple(word for word in left + right if word in words_with_role("satellite")),
        places=tuple(word for word in left + right if word in words_with_role("place")),
        typos=tuple(typos),
    )
