"""Charts on local subsidies, drawn from made-up rows; and from the publishers' where at hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

import pandas as pd
import pytest
from evidence_charts import PROCESSED, evidence, headline_faults
from local_tables import synthetic_awards, synthetic_labels, synthetic_organisations

from analysis.charts import style
from analysis.charts.check import overlaps, smallest_text_pt
from analysis.charts.frame import compose
from analysis.charts.legal_forms_known import legal_forms_known
from analysis.charts.local_continuity import local_continuity
from analysis.charts.local_domains import local_domains
from analysis.charts.local_money_by_beneficiary import local_money_by_beneficiary
from analysis.charts.local_operating_or_project import local_operating_or_project
from analysis.charts.organisations_concentration import organisations_concentration
from analysis.charts.record import ChartRecord, text_faults
from analysis.charts.registry import LOCAL_BUILDERS, builders_for
from analysis.local import load_local
from analysis.tables import Tables

CLAIMS = {
    "local-money-by-beneficiary": ("mostly_public", "not_mostly_public"),
    "local-operating-or-project": ("falling", "not_told", "told"),
    "local-continuity": ("most_return", "few_return", "mixed"),
    "local-domains": ("minority", "majority", "open"),
    "organisations-concentration": ("concentrated", "spread"),
    "legal-forms-known": ("mostly_unknown", "mostly_known"),
}


def tables(awards: pd.DataFrame | None = None, contradicted: tuple[str, ...] = ()) -> Tables:
    rows = synthetic_awards() if awards is None else awards
    return evidence(
        local_awards=rows, local_organisations=synthetic_organisations(rows, contradicted)
    )


@cache
def builders() -> dict[str, Callable[[Tables], ChartRecord]]:
    labels = synthetic_labels(synthetic_awards())
    return {
        each.__name__.replace("_", "-"): partial(each, labels=labels)
        if each is local_domains
        else each
        for each in LOCAL_BUILDERS
    }


@pytest.mark.parametrize("chart_id", CLAIMS)
def test_texts_and_pictures_are_whole(chart_id: str) -> None:
    record = builders()[chart_id](tables())
    assert record.id == chart_id
    assert text_faults(record) == []
    assert headline_faults(record, CLAIMS[chart_id]) == []
    # The longest language; what is published is judged in all three where it is written.
    for shape in style.SHAPES.values():
        with style.settings("test"):
            figure = compose(record, "fr", shape)
            assert [str(clash) for clash in overlaps(figure)] == []
            assert smallest_text_pt(figure) >= 7


def test_all_are_registered_and_only_drawn_with_the_files() -> None:
    assert set(builders()) == set(CLAIMS)
    without = {name: frame for name, frame in evidence().items() if not name.startswith("local_")}
    assert not set(LOCAL_BUILDERS) & set(builders_for(without))
    assert set(LOCAL_BUILDERS) <= set(builders_for(tables()))


def test_money_headline_turns_when_public_bodies_get_less() -> None:
    awards = synthetic_awards()
    assert local_money_by_beneficiary(tables(awards)).claim == "mostly_public"
    awards.loc[awards["public_body"].ne(""), "amount_eur"] = 10.0
    assert local_money_by_beneficiary(tables(awards)).claim == "not_mostly_public"


def test_hole_stays_a_hole() -> None:
    data = local_money_by_beneficiary(tables()).data.set_index(["year", "group"])
    assert data.loc[(2021, "public"), "amount_eur"] == 6e6
    assert data.loc[(2021, "public"), "planned_not_published_eur"] == 4e6
    assert data.loc[2022, "amount_eur"].isna().all()
    assert data.loc[(2019, "public"), "phase"] == "budgeted"


def test_fall_is_claimed_only_when_the_unknown_cannot_undo_it() -> None:
    awards = synthetic_awards()
    assert local_operating_or_project(tables(awards)).claim == "not_told"
    for year, every in ((2019, 60), (2020, 40), (2021, 20), (2023, 1)):
        rows = awards.index[awards["year"].eq(year)][:60]
        awards.loc[rows, "object"] = "Projet"
        awards.loc[rows[:every], "object"] = "Fonctionnement"
    assert local_operating_or_project(tables(awards)).claim == "falling"
    awards.loc[awards["year"].eq(2023), "object"] = "Fonctionnement"
    assert local_operating_or_project(tables(awards)).claim == "told"


def test_continuity_headline_follows_the_interval() -> None:
    awards = synthetic_awards()
    assert local_continuity(tables(awards)).claim == "most_return"
    alone = awards.copy()
    alone["organisation_id"] = alone["organisation_id"] + "-" + alone["year"].astype(str)
    assert local_continuity(tables(alone)).claim == "few_return"
    # Twelve organisations prove nothing: the interval holds one half.
    assert local_continuity(tables(synthetic_awards(12))).claim == "mixed"


def test_contradicted_organisations_are_counted_apart() -> None:
    record = local_continuity(tables(contradicted=("NAME-1", "NAME-2")))
    assert record.values["apart"] == 2
    assert record.values["organisations"] == local_continuity(tables()).values["organisations"] - 2


def test_signal_headline_turns_and_thin_classes_have_no_interval() -> None:
    awards = synthetic_awards()
    labels = synthetic_labels(awards)
    record = local_domains(tables(awards), labels[labels.index % 12 != 5])
    thin = record.data["labelled_rows"] < 10
    assert thin.any()
    assert record.data.loc[thin, ["low", "high"]].isna().all().all()
    assert record.data.loc[~thin, ["low", "high"]].notna().all().all()
    named = awards["beneficiary_kind"].eq("organisation")
    few, many = awards.copy(), awards.copy()
    few.loc[named, "si_signal"] = [
        "possible" if number % 6 == 0 else "none" for number in range(int(named.sum()))
    ]
    many.loc[named, "si_signal"] = "possible"
    many.loc[many.index[named][::12], "si_signal"] = "none"
    assert local_domains(tables(few), synthetic_labels(few, 7)).claim == "minority"
    assert local_domains(tables(many), synthetic_labels(many, 7)).claim == "majority"


def test_concentration_headline_turns() -> None:
    awards = synthetic_awards()
    assert organisations_concentration(tables(awards)).claim == "spread"
    awards.loc[awards["organisation_id"].eq("NAME-1"), "amount_eur"] = 1e8
    assert organisations_concentration(tables(awards)).claim == "concentrated"


def test_forms_headline_turns() -> None:
    awards = synthetic_awards()
    assert legal_forms_known(tables(awards)).claim == "mostly_unknown"
    awards["form_class"] = awards["form_class"].replace("unknown", "asbl-vzw")
    awards["form_basis"] = awards["form_basis"].replace("unknown", "name")
    assert legal_forms_known(tables(awards)).claim == "mostly_known"


def test_no_name_and_no_id_leaves_the_rows() -> None:
    for build in builders().values():
        record = build(tables())
        said = record.data.to_csv() + str(dict(record.values))
        assert not re.search(r"NAME-|BE-BCE_KBO-", said)


@pytest.mark.mirror
@pytest.mark.parametrize("chart_id", CLAIMS)
def test_published_files_make_whole_charts(chart_id: str) -> None:
    local = load_local(PROCESSED)
    if not local:
        pytest.skip("local tables are absent: build with --mirror or ANALYSIS_MIRROR")
    build = next(b for b in LOCAL_BUILDERS if b.__name__.replace("_", "-") == chart_id)
    record = build(evidence(**local))
    assert text_faults(record) == []
    said = record.data.to_csv()
    names = {name for name in local["local_organisations"]["name"] if len(name) > 12}
    assert not [name for name in names if name in said]
    if "organisations" in record.data and "amount_eur" in record.data and chart_id != "local-money-by-beneficiary":  # fmt: skip
        few = record.data["organisations"].between(1, 4)
        assert record.data.loc[few, "amount_eur"].isna().all()
