"""The dossier on the project's own charts, one on two demands, and one with hostile cells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dossier_cells import HOSTILE

from analysis.dossier.content import Dossier, choose
from analysis.dossier.publish import read_dossier
from analysis.project import Project


@pytest.fixture(scope="session")
def dossier(project: Project) -> Dossier:
    return read_dossier(project)


@pytest.fixture(scope="session")
def chosen(dossier: Dossier) -> Dossier:
    """Two demands: small and quick to write."""
    return choose(dossier, ["S6", "E6"])


@pytest.fixture(scope="session")
def hostile(chosen: Dossier) -> Dossier:
    """Cells that would like to be markup, formulas or links."""
    tables = dict(chosen.tables)
    awards = tables["awards"].copy()
    for column, words in (("beneficiary", HOSTILE[0]), ("project", HOSTILE[1])):
        awards[column] = awards[column].astype("object")
        awards.loc[awards.index[:3], column] = words
    awards["legal_form"] = awards["legal_form"].astype("object")
    awards.loc[awards.index[:3], "legal_form"] = "asbl-vzw"
    programmes = tables["programmes"].copy()
    for column in ("name_nl", "name_fr", "name_en"):
        programmes[column] = programmes[column].astype("object")
        programmes[column] = [HOSTILE[place % 3] for place in range(len(programmes))]
    sources = tables["sources"].copy()
    sources["url"] = sources["url"].astype("object")
    sources.loc[sources.index[::7], "url"] = HOSTILE[3]
    sources["publisher"] = sources["publisher"].astype("object")
    sources.loc[sources.index[::7], "publisher"] = HOSTILE[0]
    organisations = tables["organisations"].copy()
    organisations["name"] = organisations["name"].astype("object")
    organisations.loc[organisations.index[:2], "name"] = HOSTILE[1]
    tables |= {
        "awards": awards, "programmes": programmes, "sources": sources,
        "organisations": organisations,
    }  # fmt: skip
    return replace(chosen, tables=tables)
