"""Chart: who leads the projects of research and cohesion programmes (E4, S5)."""

from __future__ import annotations

import math

import pandas as pd

from analysis.charts import interval_dots
from analysis.charts.record import ChartRecord
from analysis.demands.indicators import awards_led_by
from analysis.demands.records import readings
from analysis.demands.setting import Setting
from analysis.tables import Tables, as_of

# Programmes that publish enough projects to speak of shares, and whom the demand is about.
PROGRAMMES = ("innoviris-co-create", "innoviris-prospective-research", "erdf-brussels-2014-2020")
LEADERS = {"associations": ("asbl-vzw", "cooperative"), "universities": ("university",)}
SPOKEN = "innoviris-co-create"


def project_leaders(tables: Tables) -> ChartRecord:
    """Build: share of projects led by associations or cooperatives, and by universities."""
    setting = Setting(tables, readings())
    rows = []
    for programme in PROGRAMMES:
        for leader, forms in LEADERS.items():
            one = awards_led_by(setting, programme, forms)
            rows.append(
                {
                    "row": f"{programme.replace('-', '_')}_{leader}",
                    "value": math.nan if one.value is None else one.value,
                    "low": math.nan if one.low is None else one.low,
                    "high": math.nan if one.high is None else one.high,
                    "base": one.base,
                    "projects": len(one.row_ids),
                    "spoken": programme == SPOKEN and leader == "associations",
                    "row_ids": ";".join(one.row_ids),
                    "unit": "share of projects whose leader is known",
                }
            )
    data = pd.DataFrame(rows)
    co_create = next(row for row in rows if row["spoken"])
    low, high = float(str(co_create["low"])), float(str(co_create["high"]))
    awards = tables["awards"]
    behind = {one for ids in data["row_ids"] for one in ids.split(";")}
    return ChartRecord(
        id="project-leaders",
        demands=("E4", "S5"),
        data=data,
        values={
            "share": float(str(co_create["value"])),
            "low": low,
            "high": high,
            "known": int(str(co_create["base"])),
            "projects": int(str(co_create["projects"])),
            "all_projects": len(behind),
        },
        claim="associations" if low >= 0.5 else "universities" if high < 0.5 else "open_question",
        data_date=as_of(tables),
        sources=tuple(sorted(set(awards.loc[awards["award_id"].isin(behind), "source_id"]))),
        draw=interval_dots.draw,
        column_height_mm=96,
        native=interval_dots.native,
    )
