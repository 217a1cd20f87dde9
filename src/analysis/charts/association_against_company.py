"""Chart: instruments known to be open to an association and to a company, per stage (S1, S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts import style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY, STAGES
from analysis.coverage_history import form_distance
from analysis.demands.setting import DAYS
from analysis.language import date
from analysis.tables import Tables, as_of
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language


def association_against_company(tables: Tables) -> ChartRecord:
    """Build: both counts per stage on three days, with what is certain of their difference."""
    now = as_of(tables)
    days = [DAYS["start"], PAPER_DAY, now]
    data = form_distance(tables, days, now).assign(unit="families of programmes")
    today = data[data["date"].eq(now)]
    then = data[data["date"].eq(PAPER_DAY)]
    behind = int(today["own_open"].lt(today["other_open"]).sum())
    ahead = int(today["own_open"].gt(today["other_open"]).sum())
    return ChartRecord(
        id="association-against-company",
        demands=("S1", "S6"),
        data=data,
        values={
            "stages": len(STAGES),
            "behind": behind,
            "ahead": ahead,
            "behind_then": int(then["own_open"].lt(then["other_open"]).sum()),
            "ahead_then": int(then["own_open"].gt(then["other_open"]).sum()),
            "certain": int(data["other_only_low"].sum()),
            "start": DAYS["start"],
            "plea": PAPER_DAY,
            "today": now,
        },
        claim="behind" if behind > ahead else "ahead" if ahead > behind else "level",
        data_date=now,
        sources=(),
        draw=draw,
        column_height_mm=110,
        native=native,
    )


def draw(canvas: Canvas) -> None:
    """Draw a row a stage and a lane a day: dot for the association, ring for the company."""
    data, area = canvas.data, canvas.area
    size = 0.8 * canvas.size("body")

    def own(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "dot", colour=style.ACCENT, size=size)

    def other(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "ring", colour=style.INK, size=size)

    samples = [(own, canvas.text("label.own")), (other, canvas.text("label.other"))]
    top = area.top + canvas.legend(samples, area.left, area.top, area.width) + style.SPACE_3
    names = [term("stage", stage)[canvas.lang] for stage in STAGES]
    width = canvas.widest(names) + style.SPACE_3
    head = canvas.line_height("body") + canvas.axis_height() + style.SPACE_1
    body = Box(area.left, top + head, area.width, area.bottom - top - head)
    lanes = body.inset(left=width, right=size).columns(3, gap=style.SPACE_4)
    most = float(data[["own_open", "other_open"]].max().max())
    cells: dict[Any, dict[Any, Any]] = data.set_index(["stage", "date"]).to_dict("index")
    days = sorted(set(data["date"]))
    for name, row in zip(names, body.rows(len(STAGES)), strict=True):
        canvas.write(area.left, row.middle, name, valign="middle")
    for day, lane in zip(days, lanes, strict=True):
        canvas.write(lane.left, top, canvas.date(day), weight="semibold")
        scale = Scale.of(0, max(most, 1.0), lane.left, lane.right)
        ticks = [0.0, float(round(most / 2)), most]
        canvas.x_axis(scale, lane, ticks, [canvas.number(t) for t in ticks])
        for stage, row in zip(STAGES, body.rows(len(STAGES)), strict=True):
            cell = cells[stage, day]
            a, b = int(cell["own_open"]), int(cell["other_open"])
            canvas.rule(scale(min(a, b)), row.middle, scale(max(a, b)), row.middle, colour=style.GREY, width=style.MEDIUM)  # fmt: skip
            canvas.mark(scale(b), row.middle, "ring", colour=style.INK, size=1.25 * size if a == b else size)  # fmt: skip
            canvas.mark(scale(a), row.middle, "dot", colour=style.ACCENT, size=0.7 * size if a == b else size)  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as bars, both forms side by side, on the three days."""
    data = record.data.sort_values(["date"], kind="stable")
    return NativeChart(
        kind="bar",
        categories=tuple(
            f"{term('stage', stage)[lang]} – {date(day, lang)}"
            for stage, day in zip(data["stage"], data["date"], strict=True)
        ),
        series=(
            NativeSeries(record.text("label.own", lang), tuple(map(int, data["own_open"])), True),
            NativeSeries(record.text("label.other", lang), tuple(map(int, data["other_open"]))),
        ),
        unit="count",
        axis_title=record.text("label.axis", lang),
    )
