"""Agreement of two codings: hand-worked cases, and the published sample."""

from __future__ import annotations

import csv
import random
from collections import Counter
from math import isclose

import pandas as pd
import pytest

from analysis.coding_quality import (
    COLUMNS,
    agreement,
    agreement_table,
    disagreements,
    kappa,
    paired_codes,
)
from analysis.errors import InputError
from analysis.project import Project
from analysis.tables import load


def recoding(project: Project) -> pd.DataFrame:
    return load(project.processed)["recoding"].astype("str")


def test_kappa_of_a_textbook_table() -> None:
    # Two readers, 50 items: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
    # Observed 35/50 = .7; chance .5*.6 + .5*.4 = .5; kappa = .2/.5 = .4.
    first = pd.Series(["yes"] * 25 + ["no"] * 25)
    second = pd.Series(["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15)
    value, low, high = kappa(first, second)
    assert value == pytest.approx(0.4)
    # Fleiss, Cohen and Everitt by hand: A = .4[.5-1.1*.3]^2 + .3[.5-.9*.3]^2 = .02743,
    # B = .3^2(.1*(.6+.5)^2 + .2*(.4+.5)^2) = .02547, C = (.35-1+.7)^2 = .0025;
    # variance = (A + B - C) / (50*.5^4) = .016128, error .126996.
    assert low == pytest.approx(0.4 - 1.959964 * 0.126996, abs=1e-5)
    assert high == pytest.approx(0.4 + 1.959964 * 0.126996, abs=1e-5)


def test_kappa_at_its_ends() -> None:
    codes = pd.Series(["yes", "no", "unknown"] * 5)
    assert kappa(codes, codes) == (1.0, 1.0, 1.0)
    same = pd.Series(["no"] * 9)
    assert kappa(same, same) == (None, None, None)
    value, *_ = kappa(pd.Series(["yes", "no"] * 6), pd.Series(["no", "yes"] * 6))
    assert value == pytest.approx(-1)


def test_the_sample_is_the_one_that_was_drawn(project: Project) -> None:
    with (project.processed / "programmes.csv").open(encoding="utf-8", newline="") as handle:
        ids = sorted(
            row["programme_id"]
            for row in csv.DictReader(handle)
            if row["kind"] not in ("law", "strategy")
        )
    drawn = sorted(random.Random(20231205).sample(ids, 48))
    assert recoding(project)["programme_id"].tolist() == drawn


def test_agreement_a_second_time(project: Project) -> None:
    second = {row["programme_id"]: row for row in recoding(project).to_dict("records")}
    first: dict[tuple[str, str], str] = {}
    for name, key, prefix, code in (
        ("programme_stages", "stage", "stage_", "supports"),
        ("programme_legal_forms", "legal_form", "open_", "open_to"),
    ):
        with (project.processed / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                first[row["programme_id"], prefix + row[key]] = row[code]
    found = agreement(load(project.processed), recoding(project)).set_index("column")
    assert list(found.index) == [*COLUMNS, "all stages", "all legal forms"]
    for column in COLUMNS:
        pairs = [(first[one, column], row[column]) for one, row in second.items()]
        n = len(pairs)
        agree = sum(a == b for a, b in pairs) / n
        chance = sum(
            Counter(a for a, _ in pairs)[c] * Counter(b for _, b in pairs)[c] for c in set(sum(pairs, ()))
        ) / n**2  # fmt: skip
        assert isclose(found.loc[column, "agree_percent"], 100 * agree)
        assert isclose(found.loc[column, "kappa"], (agree - chance) / (1 - chance))
        assert found.loc[column, "opposite"] == sum({a, b} == {"yes", "no"} for a, b in pairs)
    assert len(disagreements(load(project.processed), recoding(project))) == int(
        found.loc[list(COLUMNS), "opposite"].sum()
    )


def test_the_page_shows_the_present_figures(project: Project) -> None:
    table = agreement_table(agreement(load(project.processed), recoding(project)))
    assert table in (project.root / "docs" / "coding-quality.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [("stage_advice", "maybe", "yes, no or unknown"), ("programme_id", "nowhere", "no such")],
)
def test_broken_recoding_is_named(project: Project, column: str, value: str, word: str) -> None:
    broken = recoding(project)
    broken.loc[0, column] = value
    with pytest.raises(InputError, match=word):
        paired_codes(load(project.processed), broken)
