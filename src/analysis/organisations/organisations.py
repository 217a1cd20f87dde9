"""One row an organisation, and the same list for people who work in OpenRefine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import InputError
from analysis.organisations.contradictions import doubtful_rows, find_contradictions
from analysis.organisations.legal_forms import add_legal_forms
from analysis.organisations.names import normalise
from analysis.organisations.numbers import PREFIX

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

#: Phases of money, in their order; totals are never added over them.
PHASES = ("budgeted", "announced", "committed", "awarded", "paid")
COLUMNS = (
    "organisation_id",
    "id_basis",
    "name",
    "spellings",
    "form_code",
    "form_class",
    "form_basis",
    "public_body",
    "social_purpose",
    "public_law",
    "municipality",
    "first_seen",
    "last_seen",
    "awards",
    "awards_contradicted",
    "total_planned_eur",
    *(f"total_{phase}_eur" for phase in PHASES),
)
_NEEDED = ("beneficiary_id", "beneficiary_name", "year", "amount_eur", "amount_phase")


@dataclass(frozen=True)
class Organisations:
    """The organisations behind some awards, and what is not among them.

    Attributes:
        table: One row an organisation, columns :data:`COLUMNS`; amounts in nominal EUR, missing
            where no amount of that phase is known.
        members: One row an award that is listed: its position in the awards given, organisation_id,
            form_class, form_basis, public_body.
        contradictions: See :func:`analysis.organisations.contradictions.find_contradictions`.
        left_out: Reason → (rows, EUR of all phases that are known).
    """

    table: pd.DataFrame
    members: pd.DataFrame
    contradictions: pd.DataFrame
    left_out: Mapping[str, tuple[int, float]]


def build_organisations(
    awards: pd.DataFrame, register: duckdb.DuckDBPyConnection | None = None
) -> Organisations:
    """Gather awards by organisation.

    Args:
        awards: Tidy awards: ``beneficiary_id, beneficiary_name, year, amount_eur`` (EUR nominal)
            ``, amount_phase``; optionally ``beneficiary_kind, amount_planned_eur, municipality``,
            and ``matched_id, decision`` of ``analysis match``, used where there is no number.
        register: An open register; it knows the form and the seat.

    Raises:
        InputError: A column is missing.
    """
    import pandas as pd

    for column in _NEEDED:
        if column not in awards:
            raise InputError(f"Awards lack the column {column}; give the awards.csv of `ingest`.")
    rows = awards.reset_index(drop=True).copy()
    rows["beneficiary_id"] = rows["beneficiary_id"].astype("str").fillna("")
    rows["beneficiary_name"] = rows["beneficiary_name"].astype("str").fillna("").str.strip()
    rows["key"] = normalise(rows["beneficiary_name"])
    kind = (
        rows["beneficiary_kind"].astype("str").fillna("unknown")
        if "beneficiary_kind" in rows
        else pd.Series("unknown", index=rows.index, dtype="str")
    )
    reasons = pd.Series("", index=rows.index, dtype="str")
    reasons = reasons.mask(kind == "natural_person", "natural persons: never listed")
    reasons = reasons.mask(kind == "group", "several beneficiaries in one row")
    nameless = (rows["key"] == "") & (rows["beneficiary_id"] == "") & (reasons == "")
    reasons = reasons.mask(nameless, "neither a name nor a number")
    left_out = {
        reason: (len(group), _euros(group["amount_eur"]) or 0.0)
        for reason, group in rows.groupby(reasons)
        if reason
    }
    rows["position"] = rows.index
    rows = rows.loc[reasons == ""].reset_index(drop=True)

    contradictions = find_contradictions(rows, register)
    rows["doubtful"] = doubtful_rows(rows, contradictions)
    rows["id_basis"] = "number"
    rows["organisation_id"] = rows["beneficiary_id"]
    if {"matched_id", "decision"} <= set(rows.columns):
        found = (rows["organisation_id"] == "") & (rows["decision"] == "match")
        rows["organisation_id"] = rows["organisation_id"].mask(found, rows["matched_id"])
        rows["id_basis"] = rows["id_basis"].mask(found, "match")
    bare = rows["organisation_id"] == ""
    rows["organisation_id"] = rows["organisation_id"].mask(bare, rows["key"].map(_name_id))
    rows["id_basis"] = rows["id_basis"].mask(bare, "name")

    formed = add_legal_forms(
        rows.assign(
            beneficiary_id=rows["organisation_id"].where(
                rows["organisation_id"].str.startswith(PREFIX), ""
            ),
            number_doubtful=rows["doubtful"],
        ),
        register,
    )
    table = _gather(formed)
    table["municipality"] = _municipalities(table, formed, register)
    return Organisations(
        table.reindex(columns=list(COLUMNS)).sort_values("organisation_id", ignore_index=True),
        formed[["position", "organisation_id", "form_class", "form_basis", "public_body"]],
        contradictions,
        left_out,
    )


def _name_id(key: str) -> str:
    """Return the id of an organisation known by name only; stable over runs and files."""
    return "NAME-" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _euros(amounts: pd.Series) -> float | None:
    """Return the sum to the cent; None when no amount is known."""
    import pandas as pd

    known = pd.to_numeric(amounts, errors="coerce").dropna()
    return None if known.empty else int((known * 100).round().astype("int64").sum()) / 100


def _gather(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    # Known before unknown, sure before doubtful: the first row of each then speaks for it.
    bases = {"register": 0, "number": 1, "name": 2, "unknown": 3}
    ordered = rows.assign(
        basis_rank=rows["form_basis"].map(bases),
        year_number=pd.to_numeric(rows["year"], errors="coerce"),
    )
    counts = ordered.groupby(["organisation_id", "beneficiary_name"], as_index=False).agg(
        n=("year", "size"), last=("year_number", "max"), doubtful=("doubtful", "min")
    )
    counts = counts.sort_values(
        ["organisation_id", "doubtful", "n", "last", "beneficiary_name"],
        ascending=[True, True, False, False, True],
    )
    spelled = counts.groupby("organisation_id").agg(
        name=("beneficiary_name", "first"), spellings=("beneficiary_name", " | ".join)
    )
    form_columns = [
        "form_code", "form_class", "form_basis", "public_body", "social_purpose", "public_law",
        "id_basis",
    ]  # fmt: skip
    forms = (
        ordered.sort_values(["organisation_id", "basis_rank", "doubtful", "form_code"])
        .groupby("organisation_id")[form_columns]
        .first()
    )
    groups = ordered.groupby("organisation_id")
    table = spelled.join(forms).join(
        groups.agg(
            first_seen=("year_number", "min"),
            last_seen=("year_number", "max"),
            awards=("year", "size"),
            awards_contradicted=("doubtful", "sum"),
        )
    )
    for column in ("first_seen", "last_seen", "awards_contradicted"):
        table[column] = table[column].astype("Int64")
    for phase in PHASES:
        amounts = rows.loc[rows["amount_phase"] == phase]
        table[f"total_{phase}_eur"] = amounts.groupby("organisation_id")["amount_eur"].agg(_euros)
    if "amount_planned_eur" in rows:
        table["total_planned_eur"] = rows.groupby("organisation_id")["amount_planned_eur"].agg(
            _euros
        )
    return table.reset_index()


def _municipalities(
    table: pd.DataFrame, rows: pd.DataFrame, register: duckdb.DuckDBPyConnection | None
) -> pd.Series:
    import pandas as pd

    known: dict[str, str] = {}
    if "municipality" in rows:
        told = rows.loc[rows["municipality"].fillna("") != ""]
        known |= told.groupby("organisation_id")["municipality"].agg(lambda s: s.mode().iloc[0])
    if register is not None:
        numbers = table["organisation_id"].loc[table["organisation_id"].str.startswith(PREFIX)]
        register.register("listed", pd.DataFrame({"number": numbers.str[-10:].astype("int64")}))
        seats = register.execute(
            """SELECT number, municipality_fr, municipality_nl
            FROM seat SEMI JOIN listed USING (number)"""
        ).fetchall()
        register.unregister("listed")
        known |= {
            f"{PREFIX}{number:010d}": " / ".join(dict.fromkeys(n for n in (fr, nl) if n))
            for number, fr, nl in seats
        }
    return table["organisation_id"].map(known).astype("str").fillna("")


def manifest(name: str = "Organisations in Brussels subsidy inventories") -> dict[str, Any]:
    """Return the manifest of a W3C reconciliation service (Reconciliation API 0.2)."""
    return {
        "versions": ["0.2"],
        "name": name,
        "identifierSpace": "http://org-id.guide/list/BE-BCE_KBO",
        "schemaSpace": "https://www.w3.org/ns/org#",
        "defaultTypes": [{"id": "Organization", "name": "Organization"}],
    }


def reconciliation(table: pd.DataFrame) -> dict[str, Any]:
    """Return the organisations in the shape of a reconciliation service, as one static document.

    Args:
        table: :attr:`Organisations.table`.

    Returns:
        ``manifest`` and ``entities`` (``id, name, description, type, alternateNames``), ready for
        JSON.
    """
    columns = ["organisation_id", "name", "spellings", "form_class", "municipality"]
    first, last = (table[name].astype("str").fillna("") for name in ("first_seen", "last_seen"))
    seen = (first + "-" + last).where(first != "", "")
    entities = []
    for (identifier, name, spellings, form, town), years in zip(
        table[columns].astype("str").to_numpy().tolist(), seen, strict=True
    ):
        described = [form, town, years]
        entities.append(
            {
                "id": identifier,
                "name": name,
                "description": ", ".join(part for part in described if part),
                "type": [
                    {"id": "Organization", "name": "Organization"},
                    {"id": f"form/{form}", "name": form},
                ],
                "alternateNames": [s for s in spellings.split(" | ") if s != name],
            }
        )
    return {"manifest": manifest(), "entities": entities}


def reconciliation_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a spelling: ``id, name, legal_form, municipality``, for reconcile-csv."""
    rows = table[["organisation_id", "spellings", "form_class", "municipality"]].copy()
    rows["name"] = rows["spellings"].str.split(" | ", regex=False)
    rows = rows.explode("name", ignore_index=True)
    return rows.rename(columns={"organisation_id": "id", "form_class": "legal_form"})[
        ["id", "name", "legal_form", "municipality"]
    ]


def answer_queries(
    register: duckdb.DuckDBPyConnection, queries: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Answer a batch of reconciliation queries (Reconciliation API 0.2) from a register.

    Args:
        register: An open register.
        queries: ``{"q0": {"query": "name", ...}, ...}``.

    Returns:
        ``{"q0": {"result": [{"id", "name", "score", "match", "type"}, ...]}, ...}``; ``match`` is
        true only where the decision is one.

    Raises:
        InputError: A query has no text.
    """
    import pandas as pd

    from analysis.organisations.match import match_names

    bad = [key for key, query in queries.items() if not str(query.get("query", "")).strip()]
    if bad:
        raise InputError(f"Query {bad[0]!r} has no text in its field query.")
    names = pd.Series({key: str(query["query"]) for key, query in queries.items()}, dtype="str")
    found = match_names(register, names)
    kinds = [{"id": "Organization", "name": "Organization"}]
    answers: dict[str, Any] = {}
    for key, row in found.iterrows():
        results = []
        if not pd.isna(row["matched_id"]):
            results.append(
                {
                    "id": row["matched_id"],
                    "name": row["matched_name"],
                    "score": round(float(row["score"]), 1),
                    "match": row["decision"] == "match",
                    "type": kinds,
                }
            )
        answers[str(key)] = {"result": results}
    return answers
