from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.demands.output import demand_records
from analysis.project import Project
from analysis.tables import load


@pytest.fixture(scope="session")
def tables(project: Project) -> dict[str, pd.DataFrame]:
    return load(project.processed)


@pytest.fixture(scope="session")
def records(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in demand_records(tables)}
