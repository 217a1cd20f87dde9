"""From indicators to a verdict: one rule for all fourteen demands (``docs/demands.md``)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.demands.indicators import Indicator

VERDICTS = (
    "supported",
    "supported_with_reservation",
    "mixed",
    "contradicted",
    "not_testable",
)
OUTCOMES = ("for", "against", "between", "unknown")
ENOUGH_ROWS = 10  # units behind the deciding indicators for the first step of strength
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Threshold:
    """A comparison written before the number is computed."""

    op: str
    value: float

    def met(self, number: float) -> bool:
        """Say whether a number passes."""
        return _COMPARE[self.op](number, self.value)


@dataclass(frozen=True)
class Criterion:
    """What would support and what would contradict a statement.

    Attributes:
        id: Key within the demand.
        indicator: Indicator that it looks at.
        supports: Threshold for the statement.
        contradicts: Threshold against it.
        min_base: Fewer units of known codes than this behind the value: unknown.
    """

    id: str
    indicator: str
    supports: Threshold
    contradicts: Threshold
    min_base: int = 1


@dataclass(frozen=True)
class Examined:
    """A criterion in the base case, in the variants, and at the bounds of what is unknown.

    Attributes:
        criterion: What was tested.
        base: Outcome in the base case.
        variants: Outcome per variant.
        bounds: Outcomes at the low and the high end of the value.
        units: Units of known codes behind the base value (count).
    """

    criterion: Criterion
    base: str
    variants: Mapping[str, str]
    bounds: tuple[str, str]
    units: int

    @property
    def holds(self) -> bool:
        """Every variant gives the outcome of the base case."""
        return all(outcome == self.base for outcome in self.variants.values())

    @property
    def firm(self) -> bool:
        """Both ends of the interval give the outcome of the base case."""
        return all(outcome == self.base for outcome in self.bounds)

    @property
    def sides(self) -> set[str]:
        """Sides that the criterion speaks for: a variant that turns it round adds the other side."""
        if self.base not in ("for", "against"):
            return set()
        return {self.base} | {o for o in self.variants.values() if o in ("for", "against")}


@dataclass(frozen=True)
class Judgement:
    """A verdict and the steps of strength of evidence behind it (0-3)."""

    verdict: str
    strength: int
    enough_rows: bool
    holds: bool
    firm: bool


def outcome(criterion: Criterion, value: float | None, known: int) -> str:
    """Compare one value with the thresholds of a criterion."""
    if value is None or known < criterion.min_base:
        return "unknown"
    if criterion.supports.met(value):
        return "for"
    return "against" if criterion.contradicts.met(value) else "between"


def examine(criterion: Criterion, base: Indicator, variants: Mapping[str, Indicator]) -> Examined:
    """Evaluate a criterion on the base case, on every variant and at the bounds.

    A value without a known bound on one side keeps its own value there.
    """
    ends = tuple(
        outcome(criterion, base.value if end is None else end, base.known_units)
        for end in (base.low, base.high)
    )
    return Examined(
        criterion,
        outcome(criterion, base.value, base.known_units),
        {name: outcome(criterion, one.value, one.known_units) for name, one in variants.items()},
        (ends[0], ends[1]),
        base.known_units,
    )


def judge(tested: Sequence[Examined]) -> Judgement:
    """Derive the verdict from the deciding criteria.

    1. No criterion has a known outcome: not testable.
    2. Criteria, or one criterion in its variants, speak for both sides: mixed. So does a
       demand whose known values all lie between the thresholds.
    3. All speak for the statement: supported; with reservation when a criterion is unknown or
       lies between, a variant changes an outcome, or an end of an interval does.
    4. All speak against it: contradicted; mixed under the conditions of the reservation.
    """
    known = [one for one in tested if one.base != "unknown"]
    if not known:
        return Judgement("not_testable", 0, False, False, False)
    enough = all(one.units >= ENOUGH_ROWS for one in known)
    holds, firm = all(one.holds for one in known), all(one.firm for one in known)
    sides = set().union(*(one.sides for one in known))
    clear = holds and firm and all(one.base in ("for", "against") for one in tested)
    if sides == {"for"}:
        verdict = "supported" if clear else "supported_with_reservation"
    elif sides == {"against"} and clear:
        verdict = "contradicted"
    else:
        verdict = "mixed"
    return Judgement(verdict, enough + holds + firm, enough, holds, firm)
