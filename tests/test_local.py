"""Local subsidies: read where the publishers' files are at hand, absent without harm where not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.local import TABLES, build_local, inventories, load_local
from analysis.project import Project, mirror_folder


def synthetic_inventory(folder: Path, year: int, amounts: list[str]) -> Path:
    """A City-like inventory with invented names (synthetic)."""
    rows = [
        {
            "nom_du_beneficiaire_naam_begunstigde": f"Association inventée {number} asbl",
            "numero_bce_kbo_nummer": None,
            "objet_doel": "Frais de fonctionnement / Werkingskosten",
            "montant_octroye_toegekend_bedrag": amount,
            "annee_budgetaire_debut_begroting_jaar_begin": str(year),
        }
        for number, amount in enumerate(amounts)
    ]
    path = folder / "city-of-brussels" / f"data-{year}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), "utf-8")
    return path


def test_nothing_at_hand_is_no_fault(tmp_path: Path) -> None:
    assert inventories(Project(tmp_path), tmp_path / "nowhere") == []
    assert load_local(tmp_path) == {}


def test_inventories_are_read_once(tmp_path: Path) -> None:
    paths = [
        synthetic_inventory(tmp_path, 2031, ["1.000,00", "250,50"]),
        synthetic_inventory(tmp_path, 2032, ["1.000,00"]),
    ]
    assert inventories(Project(tmp_path), tmp_path) == paths
    out = tmp_path / "processed"
    first, second = build_local(paths, out), build_local(paths, out)
    assert (first.rows, first.unchanged_input, second.unchanged_input) == (3, False, True)
    tables = load_local(out)
    assert set(tables) == set(TABLES)
    awards = tables["local_awards"]
    assert awards["amount_eur"].sum() == 2250.5
    assert set(awards["form_class"]) == {"asbl-vzw"}
    assert awards.groupby("organisation_id").size().max() == 2
    synthetic_inventory(tmp_path, 2032, ["1.000,01"])
    assert not build_local(paths, out).unchanged_input


@pytest.mark.mirror
def test_the_city_files_keep_every_row_and_cent(project: Project, tmp_path: Path) -> None:
    paths = inventories(project, mirror_folder(project))
    build_local(paths, tmp_path)
    awards = load_local(tmp_path)["local_awards"]
    published = {path.name: len(json.loads(path.read_text("utf-8"))) for path in paths}
    assert awards.groupby("source_file").size().to_dict() == published
    ledger = json.loads((tmp_path / "local" / "ledger.json").read_text("utf-8"))
    cents = (awards["amount_eur"].dropna() * 100).round().astype("int64").sum()
    assert round(float(ledger["totals"]["amount_kept_eur"]) * 100) == cents
    # Natural persons leave no name: only the mask.
    persons = awards[awards["beneficiary_kind"] == "natural_person"]
    assert persons["beneficiary_name"].nunique() == 1
    assert persons["organisation_id"].eq("").all()


@pytest.mark.mirror
def test_every_award_of_an_organisation_leads_to_its_row(project: Project, tmp_path: Path) -> None:
    build_local(inventories(project, mirror_folder(project)), tmp_path)
    tables = load_local(tmp_path)
    awards = tables["local_awards"]
    known = awards[awards["organisation_id"] != ""]
    organisations = tables["local_organisations"]
    assert set(known["organisation_id"]) == set(organisations["organisation_id"])
    counts = pd.to_numeric(organisations["awards"])
    assert counts.sum() == len(known)
