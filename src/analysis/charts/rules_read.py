"""Charts: what the texts of rules say, and on what they are silent (S4, S6, E5, E7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis.charts import answer_bars
from analysis.charts.record import ChartRecord
from analysis.coverage import LEGAL_FORMS, instruments
from analysis.demands.records import readings
from analysis.tables import Tables, as_of

# Questions put to the rules, with the demand that they bear on.
QUESTIONS = ("rd_costs", "keeps_surplus", "spreading", "ip_protection", "multi_year", "needs_accreditation")  # fmt: skip
SILENT_QUESTIONS = ("rd_costs", "keeps_surplus")
CONDITIONS = ("public_money_test", "vat_liable")


def what_rules_say(tables: Tables) -> ChartRecord:
    """Build: of the rules that were read for a question, how many answer it."""
    read = _read(tables)
    data = _table((question, read[read["question"].eq(question)]) for question in QUESTIONS)
    silent = data[data["row"].isin(SILENT_QUESTIONS)]
    told = int(silent[["yes", "no"]].to_numpy().sum())
    accept = int(silent["yes"].sum())
    now = as_of(tables)
    return ChartRecord(
        id="what-rules-say",
        demands=("S4", "E5", "E7"),
        data=data,
        values={
            "rules": int(read.loc[read["question"].isin(QUESTIONS), "row_id"].nunique()),
            "asked": int(silent["total"].max()),
            "accept": accept,
            "told": told,
            "unread": _unread(tables, read, QUESTIONS),
            "families": int(instruments(tables)["family_id"].nunique()),
        },
        claim="some_accept" if accept else "some_refuse" if told else "silent",
        data_date=now,
        sources=_sources(tables, data),
        draw=answer_bars.draw,
        column_height_mm=92,
        native=answer_bars.native,
    )


def business_aid_by_legal_form(tables: Tables) -> ChartRecord:
    """Build: which legal forms the premiums for enterprises admit by their own text."""
    read = _read(tables)
    aid = set(read.loc[read["question"].eq("business_aid") & read["answer"].eq("yes"), "row_id"])
    forms = tables["programme_legal_forms"]
    forms = forms[forms["programme_id"].isin(aid)].rename(
        columns={"programme_id": "row_id", "open_to": "answer"}
    )
    by_form = _table((form, forms[forms["legal_form"].eq(form)]) for form in LEGAL_FORMS[:3])
    conditions = _table(
        (question, read[read["question"].eq(question) & read["row_id"].isin(aid)])
        for question in CONDITIONS
    )
    data = pd.concat([by_form, conditions], ignore_index=True)
    told: dict[Any, dict[Any, Any]] = data.set_index("row").to_dict("index")
    own = told["asbl_vzw"]
    yes, total = int(own["yes"]), int(own["total"])
    return ChartRecord(
        id="business-aid-by-legal-form",
        demands=("S6",),
        data=data,
        values={
            "premiums": total,
            "admit": yes,
            "exclude": int(own["no"]),
            "silent": int(own["unknown"]),
            "share": yes / total,
            "most": (yes + int(own["unknown"])) / total,
            "companies": int(told["company"]["yes"]),
            "cooperatives": int(told["cooperative"]["yes"]),
            "half": 0.5,
        },
        claim="fewer_than_half" if yes * 2 < total else "half_or_more",
        data_date=as_of(tables),
        sources=_sources(tables, data),
        draw=answer_bars.draw,
        column_height_mm=84,
        native=answer_bars.native,
    )


def _read(tables: Tables) -> pd.DataFrame:
    read = readings()
    return read[read["row_id"].isin(instruments(tables)["programme_id"])]


def _table(parts: Iterable[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Count answers: row, yes, no, unknown, total (programmes, counts), row_ids, unit."""
    rows = []
    for row, part in parts:
        counts = part["answer"].value_counts()
        found = {answer: int(counts.get(answer, 0)) for answer in answer_bars.ANSWERS}
        ids = ";".join(sorted(part["row_id"].astype(str)))
        rows.append({"row": row, **found, "total": len(part), "row_ids": ids})
    return pd.DataFrame(rows).assign(unit="programmes")


def _unread(tables: Tables, read: pd.DataFrame, questions: Iterable[str]) -> int:
    """Count the programmes that were read for none of the questions."""
    seen = set(read.loc[read["question"].isin(list(questions)), "row_id"])
    return int((~instruments(tables)["programme_id"].isin(seen)).sum())


def _sources(tables: Tables, data: pd.DataFrame) -> tuple[str, ...]:
    behind = {one for ids in data["row_ids"] for one in ids.split(";") if one}
    programmes = tables["programmes"]
    return tuple(sorted(set(programmes.loc[programmes["programme_id"].isin(behind), "source_id"])))
