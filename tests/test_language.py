"""Numbers and dates as the three languages write them; texts complete in all three."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analysis import language
from analysis.errors import InputError
from analysis.language import LANGUAGES
from analysis.project import TEXTS

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("nl", ["1.234.567,5", "25,6%", f"€{NO_BREAK}1.234,50", "€ 1,2 mln", "5 december 2023"]),
        ("fr", [f"1{NARROW}234{NARROW}567,5", f"25,6{NO_BREAK}%", f"1{NARROW}234,50{NO_BREAK}€", "1,2 M€", "5 décembre 2023"]),
        ("en", ["1,234,567.5", "25.6%", "€1,234.50", "€1.2m", "5 December 2023"]),
    ],
)  # fmt: skip
def test_each_language_writes_its_own_way(lang: language.Language, written: list[str]) -> None:
    made = [
        language.number(1234567.5, lang, 1),
        language.percent(0.256, lang, 1),
        language.euro(1234.5, lang, 2),
        language.short_euro(1.25e6, lang),
        language.date(dt.date(2023, 12, 5), lang),
    ]
    spaces = str.maketrans({NO_BREAK: " ", NARROW: " "})
    assert [one.translate(spaces) for one in made] == [one.translate(spaces) for one in written]


@pytest.mark.parametrize("value", [1200, 1200.0, np.int64(1200), np.float64(1200)])
def test_placeholders_are_written_in_the_language(value: float) -> None:
    assert language.fill("{n}", "nl", {"n": value}) == "1.200"
    assert language.fill("{n:number.1}", "en", {"n": value}) == "1,200.0"
    assert language.fill("{y:plain}", "nl", {"y": 2023}) == "2023"
    assert language.fill("{d}", "nl", {"d": dt.date(2023, 12, 5)}) == "5 december 2023"


def test_a_placeholder_without_value_or_with_an_unknown_form_is_refused() -> None:
    with pytest.raises(KeyError):
        language.fill("{n}", "nl", {})
    with pytest.raises(ValueError, match="unknown way"):
        language.fill("{n:sideways}", "nl", {"n": 1})


def test_every_catalogue_is_complete_in_three_languages() -> None:
    catalogues = sorted(TEXTS.rglob("*.yaml"))
    assert catalogues
    for path in catalogues:
        topic = path.relative_to(TEXTS).with_suffix("").as_posix()
        for key, by_language in language.texts(topic).items():
            assert set(by_language) == set(LANGUAGES), (topic, key)
            assert all(by_language.values()), (topic, key)


def test_a_text_that_lacks_a_language_is_refused(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "broken.yaml").write_text("title:\n  nl: een\n  fr: un\n", "utf-8")
    monkeypatch.setattr(language, "TEXTS", folder)
    with pytest.raises(InputError, match="each of nl, fr and en"):
        language.texts("broken")
