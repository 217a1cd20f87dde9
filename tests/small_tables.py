"""Synthetic tables of a few invented programmes, for rules worked out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from analysis.coverage import LEGAL_FORMS, STAGES
from analysis.status import status_intervals

AS_OF = dt.date(2026, 11, 23)
BLANK = {
    "parent_programme_id": "",
    "funder_id": "invented-fund",
    "name_fr": "",
    "name_nl": "",
    "name_en": "",
    "kind": "scheme",
    "amount_max_eur": None,
    "wage_scheme": "no",
    "first_year": "",
    "last_year": "",
    "status": "unknown",
    "status_as_of": "",
    "source_id": "S00000000",
}


def sign(programme: str, start: str, end: str = "") -> dict[str, str]:
    return {
        "programme_id": programme,
        "start": start,
        "end": end or start,
        "kind": "note",
        "row_id": "",
        "source_id": "S00000000",
    }


def tables(
    programmes: list[dict[str, object]], signs: list[dict[str, str]], as_of: dt.date = AS_OF
) -> dict[str, pd.DataFrame]:
    """Build tables; each programme has ``id``, ``stages`` and ``forms`` (code → answer)."""
    rows, stages, forms = [], [], []
    for given in programmes:
        extra = {key: value for key, value in given.items() if key not in ("id", "stages", "forms")}
        row = {**BLANK, "programme_id": given["id"], "family_id": given["id"], **extra}
        rows.append(row)
        answers: Mapping[str, str] = given.get("stages", {})  # type: ignore[assignment]
        default = answers.get("rest", "no")
        stages += [(given["id"], one, answers.get(one, default)) for one in STAGES]
        answers = given.get("forms", {})  # type: ignore[assignment]
        default = answers.get("rest", "no")
        forms += [(given["id"], one, answers.get(one, default)) for one in LEGAL_FORMS]
    frame = pd.DataFrame(rows)
    seen = pd.DataFrame(
        signs, columns=["programme_id", "start", "end", "kind", "row_id", "source_id"]
    )
    intervals = status_intervals(frame, seen, as_of)
    typed = frame.assign(
        amount_max_eur=pd.to_numeric(frame["amount_max_eur"]).astype(float),
        first_year=pd.to_numeric(frame["first_year"].replace("", None)).astype("Int64"),
        last_year=pd.to_numeric(frame["last_year"].replace("", None)).astype("Int64"),
    )
    return {
        "programmes": typed,
        "programme_status": intervals,
        "programme_stages": pd.DataFrame(stages, columns=["programme_id", "stage", "supports"]),
        "programme_legal_forms": pd.DataFrame(
            forms, columns=["programme_id", "legal_form", "open_to"]
        ),
        "sightings": seen,
        "edition": pd.DataFrame({"as_of": [as_of.isoformat()], "version": ["0"]}),
    }
