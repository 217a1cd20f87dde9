"""Three languages: texts from catalogues, numbers and dates as each language writes them."""

from __future__ import annotations

import datetime as dt
import numbers
import string
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args

from analysis.errors import InputError
from analysis.project import TEXTS

Language = Literal["nl", "fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# en_GB, because en_BE writes numbers with the separators of French and Dutch.
LOCALES: dict[Language, str] = {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB"}


@cache
def texts(topic: str) -> Mapping[str, Mapping[Language, str]]:
    """Load one catalogue, ``texts/<topic>.yaml``: key → language → text.

    Nested keys are joined with a point (``gap_map.headline``).

    Raises:
        InputError: A key lacks one of the three languages or has one that is not ours.
    """
    import yaml

    path = TEXTS / f"{topic}.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found: dict[str, Mapping[Language, str]] = {}

    def walk(node: Mapping[str, Any], prefix: str) -> None:
        if set(node) & set(LANGUAGES):
            if set(node) != set(LANGUAGES) or not all(isinstance(t, str) for t in node.values()):
                raise InputError(
                    f"{path.name}: {prefix} must have a text in each of nl, fr and en."
                )
            found[prefix] = {lang: node[lang].strip() for lang in LANGUAGES}
            return
        for key, child in node.items():
            if not isinstance(child, Mapping):
                raise InputError(f"{path.name}: {prefix}.{key} is not a text in nl, fr and en.")
            walk(child, f"{prefix}.{key}" if prefix else str(key))

    walk(content, "")
    return found


class _LanguageFormatter(string.Formatter):
    """Fill placeholders; the part after the colon names how a value is written.

    ``{n}`` a number in the language; ``{n:number.1}`` with one decimal; ``{share:percent}`` of a
    share; ``{sum:euro}`` in full; ``{sum:short_euro}`` in k or millions; ``{day:date}``;
    ``{year:plain}`` as it is.
    """

    def __init__(self, lang: Language) -> None:
        self._lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        kind, _, decimals = format_spec.partition(".")
        if not kind:
            if isinstance(value, dt.date):
                return date(value, self._lang)
            # numpy's numbers are registered with numbers.Real as well
            if isinstance(value, numbers.Real) and str(value) not in ("True", "False"):
                return number(float(value), self._lang)
            return str(value)
        if kind == "plain":
            return str(value)
        if kind == "date":
            return date(value, self._lang)
        if kind in ("number", "percent", "euro"):
            return _WRITERS[kind](value, self._lang, int(decimals or 0))
        if kind == "short_euro":
            return short_euro(value, self._lang, int(decimals) if decimals else None)
        raise ValueError(f"unknown way to write a value: {format_spec!r}")


def fill(template: str, lang: Language, values: Mapping[str, object]) -> str:
    """Fill the placeholders of one template in one language.

    Raises:
        KeyError: A placeholder has no value.
        ValueError: A placeholder names a way of writing that does not exist.
    """
    return _LanguageFormatter(lang).vformat(template, (), values)


def text(topic: str, key: str, lang: Language, /, **values: object) -> str:
    """Return one text of a catalogue, its ``{placeholders}`` filled (see :func:`fill`).

    Raises:
        KeyError: The catalogue has no such key, or a placeholder has no value.
    """
    return fill(texts(topic)[key][lang], lang, values)


def number(value: float, lang: Language, decimals: int = 0) -> str:
    """Write a number: 1 234,5 (fr), 1.234,5 (nl), 1,234.5 (en)."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=LOCALES[lang])


def percent(share: float, lang: Language, decimals: int = 0) -> str:
    """Write a share (0.25 → 25%), with the space that the language wants."""
    from babel.numbers import format_percent

    pattern = {"nl": "#,##0{}%", "fr": "#,##0{}\u00a0%", "en": "#,##0{}%"}[lang]
    return format_percent(
        share, format=pattern.format("." + "0" * decimals if decimals else ""), locale=LOCALES[lang]
    )


def euro(value: float, lang: Language, decimals: int = 0) -> str:
    """Write an amount in full, with the euro sign where the language puts it."""
    from babel.numbers import format_currency

    pattern = {"nl": "¤\u00a0#,##0{}", "fr": "#,##0{}\u00a0¤", "en": "¤#,##0{}"}[lang]
    return format_currency(
        value,
        "EUR",
        format=pattern.format("." + "0" * decimals if decimals else ""),
        locale=LOCALES[lang],
        currency_digits=False,
    )


def short_euro(value: float, lang: Language, decimals: int | None = None) -> str:
    """Write an amount in thousands or millions: € 1,2 mln (nl), 1,2 M€ (fr), €1.2m (en)."""
    scale, units = (1.0, {"nl": "", "fr": "", "en": ""})
    if abs(value) >= 999_500:
        scale, units = 1e6, {"nl": "\u00a0mln", "fr": "\u00a0M", "en": "m"}
    elif abs(value) >= 1_000:
        scale, units = 1e3, {"nl": "k", "fr": "\u00a0k", "en": "k"}
    scaled = value / scale
    if decimals is None:
        decimals = 1 if scale == 1e6 and abs(scaled) < 100 and round(scaled, 1) % 1 else 0
    written = number(scaled, lang, decimals)
    return {
        "nl": f"€\u00a0{written}{units['nl']}",
        "fr": f"{written}{units['fr']}€" if units["fr"] else f"{written}\u00a0€",
        "en": f"€{written}{units['en']}",
    }[lang]


def date(value: dt.date, lang: Language) -> str:
    """Write a day in full: 5 december 2023, 5 décembre 2023, 5 December 2023."""
    from babel.dates import format_date

    return format_date(value, format="d MMMM y", locale=LOCALES[lang])


_WRITERS = {"number": number, "percent": percent, "euro": euro}
