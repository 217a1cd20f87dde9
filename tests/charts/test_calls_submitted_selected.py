from __future__ import annotations

import csv

import pandas as pd
from evidence_charts import PROCESSED, evidence, headline_faults

from analysis.charts.calls_submitted_selected import calls_submitted_selected, slug
from analysis.charts.record import text_faults


def test_texts_are_whole() -> None:
    record = calls_submitted_selected(evidence())
    assert text_faults(record) == []
    assert headline_faults(record, ("most_below", "few_below")) == []


def test_every_call_has_a_short_label() -> None:
    record = calls_submitted_selected(evidence())
    wanted = {f"label.call.{slug(subject)}" for subject in record.data["subject"]}
    assert wanted <= set(record.texts)


def test_headline_turns_when_most_rounds_select_most() -> None:
    calls = evidence()["calls"].copy()
    assert calls_submitted_selected(evidence()).claim == "most_below"
    both = calls["submitted"].notna() & calls["selected"].notna()
    for end in ("", "_low", "_high"):
        calls.loc[both, f"selected{end}"] = calls.loc[both, "submitted"]
        calls.loc[both, f"submitted{end}"] = calls.loc[both, "submitted"]
    turned = calls_submitted_selected(evidence(calls=calls))
    assert turned.claim == "few_below"
    assert turned.values["below"] == 0
    assert text_faults(turned) == []


def test_counts_of_the_base_line_add_up_and_agree_with_the_file() -> None:
    values = calls_submitted_selected(evidence()).values
    assert values["rounds"] + values["submitted_only"] + values["selected_only"] + values["neither"] == values["in_scope"]  # type: ignore[operator]  # fmt: skip
    with (PROCESSED / "calls.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert values["in_scope"] + values["outside"] == len(rows)  # type: ignore[operator]
    region = [r for r in rows if r["programme_id"] and r["scope"].startswith(("Brussels-Capital Region", "Bruxelles (", "Ixelles"))]  # fmt: skip
    assert values["in_scope"] == len(region)
    alone = [r for r in region if r["selected"] and not r["submitted"]]
    assert values["selected_only"] == len(alone)
    exact = [r for r in region if r["submitted"] and r["selected"]]
    below = [r for r in exact if int(r["selected_high"]) / int(r["submitted_low"]) < 0.5]
    assert values["below"] == len(below)


def test_rows_can_be_traced_and_programmes_stay_together() -> None:
    data = calls_submitted_selected(evidence()).data
    assert data["fact_ids"].ne("").all()
    assert data["source_ids"].ne("").all()
    changes = (data["subject"] != data["subject"].shift()).sum()
    assert changes == data["subject"].nunique()
    assert isinstance(data, pd.DataFrame)
    assert data["call_id"].is_unique
