"""Fixtures of the register and of the matching; all synthetic (see organisations_synthetic)."""

from pathlib import Path

import pandas as pd
import pytest
from organisations_synthetic import FULL, organisation, write_extract


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return write_extract(tmp_path / "KboOpenData_0140_synthetic_Full", FULL)


@pytest.fixture
def awards() -> pd.DataFrame:
    """Synthetic awards of three years, with the ways in which publishers write one name."""
    rows = [
        (4000011, "Les Jardins Suspendus de Brume - De Hangende Tuinen van Brume", 2019),
        (4000011, "Les Jardins Suspendus de Brume/De Hangende Tuinen van Brume", 2020),
        (4000012, "Centre d'Appui et de Relais Solidaire des Lanternes, en abrégé CARSL", 2019),
        (4000012, "Centre d'Appui et de Relais Solidaire des Lanternes", 2020),
        (4000013, "Amicale de Zandbeek", 2019),
        (4000014, "Amicale de Kwikbeek", 2019),
        (4000015, "The Paper Bridge", 2020),
        (4000016, "Institut Saint-Zénobe", 2020),
        (4000017, "Kiosque", 2019),
        (4000018, "Le Kiosque", 2020),
        (4000019, "Maison de Quartier Brume-Nord", 2021),
        (4000020, "Karaté-do Shotoval Brussels", 2021),
        (4000021, "Cercle des Lampions - Jette", 2021),
        (None, "Collectif sans numéro", 2021),
    ]
    return pd.DataFrame(
        {
            "beneficiary_id": ["" if n is None else organisation(n) for n, _, _ in rows],
            "beneficiary_name": [name for _, name, _ in rows],
            "year": [year for _, _, year in rows],
        }
    )
