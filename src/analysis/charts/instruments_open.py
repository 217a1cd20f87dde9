"""Charts: instruments of one kind, known to be open and possibly open, on three days.

One builder a chart. The unit is a family of programmes (``docs/gap-map-protocol.md``); the counts
are those of the demands (:func:`analysis.demands.indicators.families_open`), so that a chart and
a verdict cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.charts import known_possible
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY, instruments
from analysis.demands.indicators import families_open
from analysis.demands.records import readings
from analysis.demands.setting import DAYS, Setting
from analysis.tables import Tables, as_of

EVERY_DAY = ("start", "plea", "today")
Asked = Mapping[str, Mapping[str, Any]]

AUTHORITIES = {
    "region": (
        "actiris", "brussels-capital-region", "bruxelles-economie-emploi", "equal-brussels",
        "innoviris", "hub-brussels",
    ),
    "cocom": ("cocom", "iriscare", "region-cocom"),
    "cocof": ("cocof",),
    "vgc": ("vgc",),
}  # fmt: skip


def start_without_accreditation(tables: Tables) -> ChartRecord:
    """Build: a start for an association without accreditation, in one domain or across (S2)."""
    open_to: dict[str, Any] = {"stages": ["emergence"], "forms": ["asbl_vzw"]}
    free = {**open_to, "reading": "needs_accreditation!"}
    asked = {"any": open_to, "free": free, "across": {**free, "domains": "across"}}
    return _record("start-without-accreditation", ("S2",), tables, asked, spoken="across")


def several_years_by_authority(tables: Tables) -> ChartRecord:
    """Build: multi-year and one-off instruments for associations, by authority (S3)."""
    asked = {
        f"{name}_{kind}": {
            "forms": ["asbl_vzw"], "funders": funders, "reading": f"multi_year{mark}",
        }
        for kind, mark in (("multi", ""), ("single", "!"))
        for name, funders in AUTHORITIES.items()
    }  # fmt: skip
    return _record(
        "several-years-by-authority", ("S3",), tables, asked,
        spoken=[f"{name}_multi" for name in AUTHORITIES], height=118,
    )  # fmt: skip


def collaboration_instruments(tables: Tables) -> ChartRecord:
    """Build: instruments that pay for working together (S5, S7)."""
    base: dict[str, Any] = {"stages": ["collaboration"], "forms": ["asbl_vzw"]}
    asked = {
        "any": base,
        "university": {**base, "forms": ["asbl_vzw", "university"]},
        "cooperative": {**base, "forms": ["asbl_vzw", "cooperative"]},
        "social_economy": {**base, "reading": "se_collaboration"},
    }
    return _record(
        "collaboration-instruments", ("S5", "S7"), tables, asked,
        spoken=["university", "social_economy"],
    )  # fmt: skip


def advice_offer(tables: Tables) -> ChartRecord:
    """Build: instruments for advice and coaching by legal form (E2)."""
    asked = {
        form: {"stages": ["advice"], "forms": [form]}
        for form in ("asbl_vzw", "cooperative", "company", "natural_person")
    }
    return _record("advice-offer", ("E2",), tables, asked, spoken=["asbl_vzw", "cooperative"])


def impact_money(tables: Tables) -> ChartRecord:
    """Build: instruments that pay for measuring impact, by legal form (E6)."""
    asked = {
        form: {"stages": ["impact_assessment"], "forms": [form]}
        for form in ("asbl_vzw", "cooperative", "company", "university")
    }
    return _record("impact-money", ("E6", "S1"), tables, asked, spoken="asbl_vzw")


def research_programmes(tables: Tables) -> ChartRecord:
    """Build: research programmes for universities and associations, participatory or not (E4)."""
    base: dict[str, Any] = {"stages": ["research"]}
    asked = {
        "university": {**base, "forms": ["university"]},
        "asbl_vzw": {**base, "forms": ["asbl_vzw"]},
        "both": {**base, "forms": ["asbl_vzw", "university"]},
        "participatory": {**base, "forms": ["university"], "reading": "participatory"},
    }
    return _record("research-programmes", ("E4", "S5", "S4"), tables, asked, spoken="participatory")


def spreading_and_scaling(tables: Tables) -> ChartRecord:
    """Build: instruments for taking an existing project elsewhere, by legal form (E5)."""
    asked = {
        form: {"stages": ["scaling"], "forms": [form]}
        for form in ("asbl_vzw", "cooperative", "company")
    }
    return _record("spreading-and-scaling", ("E5", "S1"), tables, asked, spoken="asbl_vzw")


def _record(
    name: str,
    demands: tuple[str, ...],
    tables: Tables,
    asked: Asked,
    spoken: str | Sequence[str],
    height: float = 78,
) -> ChartRecord:
    keys = [spoken] if isinstance(spoken, str) else list(spoken)
    data = counts(tables, asked)
    data["spoken"] = data["row"].isin(keys).map({True: "yes", False: "no"})
    now = as_of(tables)
    days = {**DAYS, "today": now}
    of_spoken = data[data["row"].isin(keys)]
    values: dict[str, object] = {
        "start": DAYS["start"],
        "plea": PAPER_DAY,
        "today": now,
        "families": int(instruments(tables)["family_id"].nunique()),
    }
    for row in asked:
        for day in EVERY_DAY:
            cell = data[data["row"].eq(row) & data["day"].eq(days[day])].iloc[0]
            values[f"{row}_{day}"] = int(cell["known"])
            values[f"{row}_{day}_more"] = int(cell["possible"])
    for day in EVERY_DAY:
        on_day = of_spoken[of_spoken["day"].eq(days[day])]
        values[f"spoken_{day}"] = int(on_day["known"].sum())
        values[f"without_{day}"] = int(on_day["known"].eq(0).sum())
    values["spoken_rows"] = len(keys)
    return ChartRecord(
        id=name,
        demands=demands,
        data=data,
        values=values,
        claim=_claim(values),
        data_date=now,
        sources=_sources(tables, data),
        draw=known_possible.draw,
        column_height_mm=height,
        native=known_possible.native,
    )


def _claim(values: Mapping[str, object]) -> str:
    """Choose by what is known of the rows that the headline speaks of, today and then."""
    now, then = int(str(values["spoken_today"])), int(str(values["spoken_plea"]))
    if now == 0:
        return "none_now" if then else "never"
    return "fewer" if now < then else "not_fewer"


def counts(tables: Tables, asked: Asked) -> pd.DataFrame:
    """Count what is asked on the three days.

    Args:
        tables: Checked tables.
        asked: Row → arguments of :func:`families_open` without the day.

    Returns:
        row, day, known (families known to be open), possible (further families that could be:
        legal form, reading or status unknown), row_ids (programmes behind both, ;-separated), unit.
    """
    setting = Setting(tables, readings())
    found = []
    for row, arguments in asked.items():
        for day in EVERY_DAY:
            one = families_open(setting, day, **arguments)
            known = int(one.value or 0)
            found.append(
                {
                    "row": row,
                    "day": setting.day(day),
                    "known": known,
                    "possible": int(one.high or 0) - known,
                    "row_ids": ";".join(one.row_ids),
                }
            )
    return pd.DataFrame(found).assign(unit="families of programmes")


def _sources(tables: Tables, data: pd.DataFrame) -> tuple[str, ...]:
    behind = {one for ids in data["row_ids"] for one in ids.split(";") if one}
    programmes = tables["programmes"]
    rows = programmes[programmes["programme_id"].isin(behind)]
    return tuple(sorted(set(rows["source_id"]) - {""}))
