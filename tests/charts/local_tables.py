"""Made-up local subsidies: no row of a publisher's file is in here."""

from __future__ import annotations

import pandas as pd

DOMAINS = ("culture", "social_action", "sport", "environment", "education", "economy")
YEARS = (2019, 2020, 2021, 2023)
OBJECTS = ("Fonctionnement / Werkingskosten", "Projet de quartier", "Cotisation", "Divers")


def synthetic_awards(organisations: int = 60) -> pd.DataFrame:
    """Return four synthetic files: one public body, many organisations, one row without a name."""
    rows = []
    for year in YEARS:
        for number in range(organisations):
            # Two of three stay from file to file, the rest is new in each.
            stays = number % 3
            name = f"NAME-{number}" if stays else f"NAME-{number}-{year}"
            rows.append(
                {
                    "year": year,
                    "organisation_id": name,
                    "beneficiary_kind": "organisation",
                    "public_body": "",
                    "form_class": "asbl-vzw" if number < 6 else "unknown",
                    "form_basis": "name" if number < 6 else "unknown",
                    "amount_eur": 1000.0 * (1 + number),
                    "object": OBJECTS[number % 4],
                    "domain": DOMAINS[number % 6],
                    "si_signal": ("none", "none", "possible", "clear")[number % 4],
                }
            )
        hidden = year == 2021
        rows.append(
            {
                "year": year,
                "organisation_id": "NAME-cpas",
                "beneficiary_kind": "organisation",
                "public_body": "cpas-ocmw",
                "form_class": "public",
                "form_basis": "number",
                "amount_eur": float("nan") if hidden else 5e6,
                "amount_state": "not_published" if hidden else "reported",
                "amount_planned_eur": 4e6 if hidden else float("nan"),
                "object": "Dotation",
                "domain": "social_action",
                "si_signal": "none",
            }
        )
        rows.append(
            {
                "year": year,
                "organisation_id": "NAME-police",
                "beneficiary_kind": "organisation",
                "public_body": "police zone",
                "form_class": "public",
                "form_basis": "number",
                "amount_eur": 6e6,
                "object": "Dotation",
                "domain": "safety",
                "si_signal": "none",
            }
        )
        rows.append(
            {
                "year": year,
                "organisation_id": "",
                "beneficiary_kind": "natural_person",
                "public_body": "",
                "form_class": "",
                "form_basis": "",
                "amount_eur": 500.0,
                "object": "Prime",
                "domain": "unknown",
                "si_signal": "none",
            }
        )
    frame = pd.DataFrame(rows)
    frame["amount_state"] = frame["amount_state"].fillna("reported")
    frame["amount_phase"] = frame["year"].map({2019: "budgeted"}).fillna("awarded")
    frame["funder_id"] = "ville-de-bruxelles"
    frame["beneficiary_id"] = frame["organisation_id"]
    frame["source_row"] = (frame.groupby("year").cumcount() + 1).astype(str)
    return frame


def synthetic_organisations(
    awards: pd.DataFrame, contradicted: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return the organisations of synthetic awards, some with contradicted numbers."""
    ids = sorted(set(awards["organisation_id"]) - {""})
    return pd.DataFrame(
        {
            "organisation_id": ids,
            "awards_contradicted": ["1" if each in contradicted else "0" for each in ids],
        }
    )


def synthetic_labels(awards: pd.DataFrame, wrong_every: int = 10) -> pd.DataFrame:
    """Return labels for the rows of one synthetic file that agree, but for some."""
    rows = awards[awards["year"].eq(2021) & awards["domain"].isin(DOMAINS)].reset_index(drop=True)
    gold = rows["domain"].mask(rows.index % wrong_every == 0, "culture")
    return pd.DataFrame(
        {
            "label_id": [f"X{number}" for number in rows.index],
            "year": rows["year"],
            "row_index": rows["source_row"].astype(int) - 1,
            "domain_gold": gold,
            "si_signal_gold": rows["si_signal"],
            "part": "unseen",
        }
    )
