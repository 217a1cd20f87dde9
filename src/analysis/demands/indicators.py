"""Indicators of the demands: a closed registry of pure functions on one reading of the evidence.

Each function takes a :class:`~analysis.demands.setting.Setting` and the arguments that stand in
``rules/demands/<ID>.yaml``, and returns an :class:`Indicator`. Coverage follows
``docs/gap-map-protocol.md``: the unit is a family of programmes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.calls import wilson_interval
from analysis.demands.setting import NO, UNKNOWN, YES, Setting
from analysis.status import ENDED


@dataclass(frozen=True)
class Indicator:
    """One value with what it rests on.

    Attributes:
        value: The value in the unit of its record; None when nothing is known.
        low: Lowest value: worst case for unknown cells, Wilson bound, or lowest source.
        high: Highest value.
        base: Families, aids, awards or other units that the value rests on (count).
        known_share: Share of the units examined whose codes are known (0-1).
        row_ids: Rows behind the value and its bounds, sorted.
        period: Days or years that the value speaks of, when the rows say it.
        known: Units of the base whose codes are known, when they are fewer.
        names: Kinds or authorities that are counted.
    """

    value: float | None
    low: float | None
    high: float | None
    base: int
    known_share: float | None
    row_ids: tuple[str, ...]
    period: str = ""
    known: int | None = None
    names: tuple[str, ...] = ()

    @property
    def known_units(self) -> int:
        """Units whose codes are known; the base when nothing in it is unknown."""
        return self.base if self.known is None else self.known


Function = Callable[..., Indicator]
REGISTRY: dict[str, Function] = {}


def registered(function: Function) -> Function:
    """Put a function in the closed registry under its own name."""
    REGISTRY[function.__name__] = function
    return function


def compute(setting: Setting, function: str, arguments: Mapping[str, Any]) -> Indicator:
    """Compute one indicator by name.

    Raises:
        KeyError: The registry has no such function.
    """
    return REGISTRY[function](setting, **arguments)


def wilson(successes: float, total: float) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share (0-1), see :func:`wilson_interval`."""
    low, high = wilson_interval(successes, total)
    return float(low[0]), float(high[0])


@dataclass(frozen=True)
class _Fits:
    """What could fit: families by how well they do, and all programmes behind them."""

    open: frozenset[str]
    possible: frozenset[str]
    ended: frozenset[str]
    rows: tuple[tuple[str, str], ...]

    @property
    def families(self) -> int:
        return len(self.open | self.possible | self.ended)

    @property
    def known(self) -> int:
        return self.families - len(self.possible)

    @property
    def known_share(self) -> float | None:
        return self.known / self.families if self.families else None

    @property
    def row_ids(self) -> tuple[str, ...]:
        return tuple(sorted(programme for programme, _ in self.rows))


def _fit(
    setting: Setting,
    day: str,
    stages: Sequence[str],
    forms: Sequence[str],
    reading: str,
    domains: str,
    funders: Sequence[str],
) -> _Fits:
    state = setting.states_of_rows(day)
    code = np.full(len(state), YES, dtype=np.int8)
    if stages:
        # Several stages: one of them is enough; a stage not known to be supported is no fit.
        any_stage = np.max([setting.codes("stage", stage) for stage in stages], axis=0)
        code = np.minimum(code, np.where(any_stage == YES, YES, NO))
    for form in forms:
        code = np.minimum(code, setting.codes("form", form))
    if reading:
        answer = setting.codes("reading", reading.removesuffix("!"))
        code = np.minimum(code, -answer if reading.endswith("!") else answer)
    if domains == "across":
        domain = setting.column("domain")
        across = (domain == "any") | (np.char.find(domain, ";") >= 0)
        code = np.minimum(code, np.where(domain == "", UNKNOWN, np.where(across, YES, NO)))
    if funders:
        code = np.minimum(code, np.where(np.isin(setting.column("funder_id"), funders), YES, NO))
    family, programme = setting.column("family_id"), setting.column("programme_id")
    is_open = (code == YES) & (state == "open")
    is_ended = (code == YES) & np.isin(state, ENDED)
    may_be = (code != NO) & np.isin(state, ["open", "unknown"]) & ~is_open
    found = frozenset(family[is_open].tolist())
    fits = is_open | is_ended | may_be
    return _Fits(
        open=found,
        possible=frozenset(family[may_be].tolist()) - found,
        ended=frozenset(family[is_ended].tolist()),
        rows=tuple(zip(programme[fits].tolist(), family[fits].tolist(), strict=True)),
    )


@registered
def families_open(
    setting: Setting,
    day: str,
    stages: Sequence[str] = (),
    forms: Sequence[str] = (),
    reading: str = "",
    domains: str = "",
    funders: Sequence[str] = (),
) -> Indicator:
    """Count the families with a programme known to be open on a day and to fit.

    Args:
        setting: Reading of the evidence.
        day: ``start``, ``plea`` or ``today``.
        stages: Kinds of support; one of them is enough.
        forms: Legal forms; all of them must be admitted.
        reading: Question of ``readings.csv`` to be answered yes; with ``!`` behind it, no.
        domains: ``across`` = domain ``any`` or several domains.
        funders: Only these funders.

    Returns:
        Count; low is the count itself, high adds the families of which the legal form, the
        reading or the status that day is not known.
    """
    fits = _fit(setting, day, stages, forms, reading, domains, funders)
    return Indicator(
        value=len(fits.open),
        low=len(fits.open),
        high=len(fits.open | fits.possible),
        base=fits.families,
        known_share=fits.known_share,
        row_ids=fits.row_ids,
        known=fits.known,
    )


@registered
def kinds_with_at_most(
    setting: Setting,
    day: str,
    kinds: Sequence[str],
    forms: Sequence[str],
    at_most: int,
    wide: bool = False,
) -> Indicator:
    """Count the kinds of support for which at most so many open families are known.

    Args:
        setting: Reading of the evidence.
        day: ``start``, ``plea`` or ``today``.
        kinds: Stages of a project's life.
        forms: Legal forms; all of them must be admitted.
        at_most: Highest number of open families that still counts as too few.
        wide: Count wages of job schemes as paid working time, whatever the setting says.

    Returns:
        Count of kinds; low = were every possible family open, high = the count itself.
    """
    read = setting.widely if wide else setting
    each = [families_open(read, day, [kind], forms) for kind in kinds]
    names = tuple(
        kind
        for kind, one in zip(kinds, each, strict=True)
        if one.value is not None and one.value <= at_most
    )
    sure = sum(one.high is not None and one.high <= at_most for one in each)
    shares = [one.known_share for one in each if one.known_share is not None]
    return Indicator(
        value=len(names),
        low=sure,
        high=len(names),
        base=sum(one.base for one in each),
        known_share=sum(shares) / len(shares) if shares else None,
        row_ids=tuple(sorted({row for one in each for row in one.row_ids})),
        known=sum(one.known_units for one in each),
        names=names,
    )


@registered
def authorities_without(
    setting: Setting,
    day: str,
    authorities: Mapping[str, Sequence[str]],
    reading: str,
    forms: Sequence[str],
) -> Indicator:
    """Count the authorities without a family known to be open and answering yes to a reading.

    Args:
        setting: Reading of the evidence.
        day: ``start``, ``plea`` or ``today``.
        authorities: Name of the authority → its funders.
        reading: Question of ``readings.csv``.
        forms: Legal forms; all of them must be admitted.

    Returns:
        Count; low = were every possible family open, high = the count itself.
    """
    present = set(setting.frame("programmes")["funder_id"])
    # An authority all of whose rows a variant leaves out is not judged.
    each = {
        name: families_open(setting, day, forms=forms, reading=reading, funders=funders)
        for name, funders in authorities.items()
        if present & set(funders)
    }
    names = tuple(name for name, one in each.items() if one.value == 0)
    values = each.values()
    return Indicator(
        value=len(names) if each else None,
        low=sum(one.high == 0 for one in values) if each else None,
        high=len(names) if each else None,
        base=sum(one.base for one in values),
        known_share=None,
        row_ids=tuple(sorted({row for one in values for row in one.row_ids})),
        known=sum(one.known_units for one in values),
        names=names,
    )


@registered
def share_admitting(
    setting: Setting, among: str, form: str, states: Sequence[str] = (), day: str = "today"
) -> Indicator:
    """Give the share of aids whose text says that a legal form may apply.

    Args:
        setting: Reading of the evidence.
        among: Question of ``readings.csv`` that says which programmes are meant (answer yes).
        form: Legal form.
        states: Only programmes in these states that day; empty = all.
        day: Day of the states.

    Returns:
        Share (0-1) of yes among all; low = yes only, high = yes and unknown. None when no text
        tells.
    """
    ids = _read_yes(setting, among)
    if states:
        ids = [one for one in ids if setting.states(day).get(one, "unknown") in states]
    codes = setting.open_to[form].astype("str").reindex(ids).fillna("unknown")
    return _share_of_codes(codes, ids)


def _read_yes(setting: Setting, question: str) -> list[str]:
    answers = setting.answers(question)
    yes = set(answers.index[answers == "yes"])
    return sorted(yes & set(setting.frame("programmes")["programme_id"]))


def _share_of_codes(codes: pd.Series, ids: Sequence[str]) -> Indicator:
    total, yes = len(codes), int(codes.eq("yes").sum())
    unknown = int(codes.eq("unknown").sum())
    known = total - unknown
    return Indicator(
        value=yes / total if known else None,
        low=yes / total if total else None,
        high=(yes + unknown) / total if total else None,
        base=known,
        known_share=known / total if total else None,
        row_ids=tuple(ids),
    )


@registered
def programmes_answering(
    setting: Setting, question: str, answer: str = "yes", alive: str = ""
) -> Indicator:
    """Count the programmes whose text gives an answer to a reading.

    Args:
        setting: Reading of the evidence.
        question: Question of ``readings.csv``.
        answer: The answer counted.
        alive: A day; only programmes that are open, or of unknown status, that day.

    Returns:
        Count; low = those known to be open that day (with ``alive``), else the count; high adds
        the programmes read without an answer.
    """
    answers = setting.answers(question)
    answers = answers[answers.index.isin(setting.frame("programmes")["programme_id"])]
    low_ids = answers.index[answers == answer]
    if alive:
        states = setting.states(alive).astype("str").reindex(answers.index).fillna("unknown")
        low_ids = answers.index[(answers == answer) & states.eq("open")]
        answers = answers[states.isin(["open", "unknown"])]
    given = int((answers == answer).sum())
    return Indicator(
        value=given,
        low=len(low_ids),
        high=given + int((answers == "unknown").sum()),
        base=int((answers != "unknown").sum()),
        known_share=float((answers != "unknown").mean()) if len(answers) else None,
        row_ids=tuple(sorted(answers.index)),
    )


@registered
def awards_led_by(setting: Setting, programme: str, forms: Sequence[str]) -> Indicator:
    """Give the share of a programme's projects led by one of some legal forms.

    Returns:
        Share (0-1) among projects whose leader is known; low and high: all unknown leaders are
        of another, or of that, form.
    """
    awards = setting.frame("awards")
    awards = awards[awards["programme_id"].eq(programme) & awards["counted"].eq("yes")]
    known = awards[awards["legal_form"] != "unknown"]
    led = int(known["legal_form"].isin(forms).sum())
    total = len(awards)
    return Indicator(
        value=led / len(known) if len(known) else None,
        low=led / total if total else None,
        high=(led + total - len(known)) / total if total else None,
        base=len(known),
        known_share=len(known) / total if total else None,
        row_ids=tuple(sorted(awards["award_id"])),
    )


@registered
def awards_naming(setting: Setting, words: Sequence[str]) -> Indicator:
    """Count the awards whose project, beneficiary or partners name one of some words."""
    awards = setting.frame("awards")
    awards = awards[awards["counted"] == "yes"]
    text = awards["project"] + " " + awards["beneficiary"] + " " + awards["partners"]
    hit = text.str.contains("|".join(words), case=False, regex=True)
    named = awards["beneficiary"] != ""
    return Indicator(
        value=int(hit.sum()),
        low=int(hit.sum()),
        high=None,
        base=int(named.sum()),
        known_share=float(named.mean()),
        row_ids=tuple(sorted(awards.loc[hit, "award_id"])),
    )


@registered
def amounts_public(setting: Setting) -> Indicator:
    """Give the share of counted awards for which an amount is public (0-1, Wilson interval)."""
    awards = setting.frame("awards")
    awards = awards[awards["counted"] == "yes"]
    stated = awards["amount_eur"].notna()
    low, high = wilson(float(stated.sum()), len(awards)) if len(awards) else (None, None)
    return Indicator(
        value=float(stated.mean()) if len(awards) else None,
        low=low,
        high=high,
        base=len(awards),
        known_share=1.0 if len(awards) else None,
        row_ids=tuple(sorted(awards.loc[stated, "award_id"])),
    )


@registered
def success_rate(setting: Setting, programmes: Sequence[str]) -> Indicator:
    """Give selected ÷ submitted over the rounds of some programmes that publish both.

    Returns:
        Share (0-1) with its Wilson interval; base = applications submitted (count). Projects
        can apply more than once, so the interval is a description, not a test.
    """
    calls = setting.frame("calls")
    calls = calls[calls["programme_id"].isin(programmes)]
    both = calls[calls["submitted"].notna() & calls["selected"].notna()]
    submitted, selected = float(both["submitted"].sum()), float(both["selected"].sum())
    low, high = wilson(selected, submitted) if submitted else (None, None)
    return Indicator(
        value=selected / submitted if submitted else None,
        low=low,
        high=high,
        base=int(submitted),
        known_share=len(both) / len(calls) if len(calls) else None,
        row_ids=_split(both["fact_ids"]),
        period=_years(both),
    )


def _years(calls: pd.DataFrame) -> str:
    if calls.empty:
        return ""
    return f"{int(calls['year'].min())}/{int(calls['end_year'].max())}"


def _split(cells: pd.Series) -> tuple[str, ...]:
    return tuple(sorted({one for cell in cells for one in cell.split(";")}))


@registered
def fact(setting: Setting, fact_id: str) -> Indicator:
    """Return one published figure with the lowest and highest value among its sources."""
    facts = setting.frame("funding_facts")
    row = facts[facts["fact_id"] == fact_id]
    if row.empty:
        return Indicator(None, None, None, 0, None, ())
    one = row.iloc[0]
    return Indicator(
        value=float(one["value"]),
        low=float(one["low"]),
        high=float(one["high"]),
        base=len(str(one["member_ids"]).split(";")),
        known_share=1.0,
        row_ids=(fact_id,),
        period="/".join(dict.fromkeys(filter(None, (one["period_start"], one["period_end"])))),
    )


@registered
def facts_ratio(setting: Setting, part: str, whole: str, counts: bool = False) -> Indicator:
    """Give one published figure as a share of another.

    Args:
        setting: Reading of the evidence.
        part: Fact in the numerator.
        whole: Fact in the denominator.
        counts: Both are counts and the part belongs to the whole: Wilson interval; otherwise the
            interval comes from the lowest and highest sources.
    """
    top, bottom = fact(setting, part), fact(setting, whole)
    if not top.value or not bottom.value or top.low is None or bottom.low is None:
        return Indicator(None, None, None, 0, None, ())
    if counts:
        low, high = wilson(top.value, bottom.value)
    else:
        low, high = top.low / (bottom.high or bottom.value), (top.high or top.value) / bottom.low
    return Indicator(
        value=top.value / bottom.value,
        low=low,
        high=high,
        base=int(bottom.value) if counts else 2,
        known_share=1.0,
        row_ids=(part, whole),
        period=top.period or bottom.period,
    )


@registered
def authorities_publishing(setting: Setting, programme: str, facts: Sequence[str]) -> Indicator:
    """Count the authorities that publish a figure from which a share can be computed.

    Args:
        setting: Reading of the evidence.
        programme: Programme that the figures belong to.
        facts: Figures that give numerator and denominator of a share.

    Returns:
        Count of funders; base = the funders with any figure on the subject.
    """
    rows = setting.frame("funding_facts")
    rows = rows[rows["programme_id"] == programme]
    usable = rows[rows["fact_id"].isin(facts)]
    publishers = usable["funder_id"].nunique()
    return Indicator(
        value=publishers,
        low=publishers,
        high=None,
        base=rows["funder_id"].nunique(),
        known_share=None,
        row_ids=tuple(sorted(rows["fact_id"])),
    )


@registered
def facts_about(setting: Setting, words: Sequence[str]) -> Indicator:
    """Count the published amounts (EUR) whose subject names one of some words.

    Returns:
        Count of figures, not a sum: amounts of different phases are never added.
    """
    rows = setting.frame("funding_facts")
    money = rows[rows["unit"] == "EUR"]
    hit = money["programme"].str.contains("|".join(words), case=False, regex=True)
    return Indicator(
        value=int(hit.sum()),
        low=int(hit.sum()),
        high=None,
        base=len(money),
        known_share=1.0,
        row_ids=tuple(sorted(money.loc[hit, "fact_id"])),
    )


@registered
def families_new(
    setting: Setting,
    since: str,
    day: str,
    stages: Sequence[str] = (),
    forms: Sequence[str] = (),
    reading: str = "",
    funders: Sequence[str] = (),
) -> Indicator:
    """Count the families open on a day that were not known to be open on an earlier one.

    Args:
        setting: Reading of the evidence.
        since: The earlier day.
        day: The later day.
        stages: As in :func:`families_open`.
        forms: As in :func:`families_open`.
        reading: As in :func:`families_open`.
        funders: As in :func:`families_open`.

    Returns:
        Count; low leaves out those that may have been open on the earlier day already.
    """
    before = _fit(setting, since, stages, forms, reading, "", funders)
    after = _fit(setting, day, stages, forms, reading, "", funders)
    new = after.open - before.open
    return Indicator(
        value=len(new),
        low=len(new - before.possible),
        high=len(new),
        base=after.families,
        known_share=after.known_share,
        row_ids=tuple(sorted(programme for programme, family in after.rows if family in new)),
        known=after.known,
    )
