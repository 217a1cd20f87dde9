"""Chart: how many instruments are known to be open to an association, year by year (S1, S2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY, candidates
from analysis.coverage_history import year_ends
from analysis.tables import Tables, as_of
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

KINDS = (
    "emergence", "working_time", "structuring", "structural_stabilisation", "scaling",
    "impact_assessment",
)  # fmt: skip
FORMS = ("asbl_vzw", "company")


def support_over_the_years(tables: Tables) -> ChartRecord:
    """Build the counts at the end of each year for the six kinds of support of S1."""
    now = as_of(tables)
    days = year_ends(now)
    data = _counts(tables, days, now)
    own = data[data["legal_form"].eq("asbl_vzw")]
    total = own.groupby("day")["open"].sum()
    last, most = int(total.iloc[-1]), int(total.max())
    peak = next(day for day in days if int(total[day]) == most)
    empty = own[own["day"].eq(now) & own["open"].eq(0)]
    return ChartRecord(
        id="support-over-the-years",
        demands=("S1", "S2"),
        data=data,
        values={
            "kinds": len(KINDS),
            "empty": len(empty),
            "last": last,
            "most": most,
            "peak_year": peak.year,
            "first_year": days[0].year,
            "last_day": now,
            "plea": PAPER_DAY,
            "possible": int(own.loc[own["day"].eq(now), "possible"].sum()),
        },
        claim="peak_past" if last < most else "at_peak",
        data_date=now,
        sources=(),
        draw=draw,
        column_height_mm=120,
        native=native,
    )


def _counts(tables: Tables, days: list[dt.date], now: dt.date) -> pd.DataFrame:
    """Count families: day, stage, legal_form, open, possible (further ones), unit."""
    found = []
    for day in days:
        fits = candidates(tables, day, now, None, KINDS, FORMS)
        fits = fits[fits["fit"].isin(["open", "possible"])]
        rank = fits["fit"].map({"open": 0, "possible": 1})
        best = rank.groupby([fits["stage"], fits["legal_form"], fits["family_id"]]).min()
        counts = best.groupby(level=["stage", "legal_form"]).value_counts().to_dict()
        for stage in KINDS:
            for form in FORMS:
                found.append(
                    {
                        "day": day,
                        "stage": stage,
                        "legal_form": form,
                        "open": int(counts.get((stage, form, 0), 0)),
                        "possible": int(counts.get((stage, form, 1), 0)),
                    }
                )
    return pd.DataFrame(found).assign(unit="families of programmes")


def draw(canvas: Canvas) -> None:
    """Draw one panel a kind of support, all on one scale."""
    data, area = canvas.data, canvas.area
    top = area.top + _legend(canvas, area) + style.SPACE_3
    body = Box(area.left, top, area.width, area.bottom - top)
    rows = body.rows(2 if canvas.is_wide else 3, gap=style.SPACE_3)
    panels = [p for row in rows for p in row.columns(3 if canvas.is_wide else 2, gap=style.SPACE_4)]
    most = max(float(data["open"].max()), 1.0)
    for stage, panel in zip(KINDS, panels, strict=True):
        _panel(canvas, stage, panel, most)


def _panel(canvas: Canvas, stage: str, panel: Box, most: float) -> None:
    rows = canvas.data[canvas.data["stage"].eq(stage)]
    canvas.write(panel.left, panel.top, term("stage", stage)[canvas.lang], weight="semibold")
    labels = 1.4 * canvas.size("small")
    plot = panel.inset(
        left=labels, right=canvas.text_width("88", "body", "semibold") + style.SPACE_3,
        top=1.9 * canvas.line_height("body"), bottom=canvas.axis_height(),
    )  # fmt: skip
    days = sorted(set(rows["day"]))
    x = Scale.of(days[0], days[-1], plot.left, plot.right)
    y = Scale.of(0, most, plot.bottom, plot.top)
    ticks = y.ticks(2)
    box = Box(panel.left, plot.top, plot.right - panel.left, plot.height)
    canvas.y_axis(y, box, ticks, [canvas.number(t) for t in ticks])
    canvas.x_axis(
        x, plot, [days[0], PAPER_DAY, days[-1]], [str(d.year) for d in (days[0], PAPER_DAY, days[-1])],
        side="bottom", grid=False,
    )  # fmt: skip
    canvas.rule(x(PAPER_DAY), plot.top, x(PAPER_DAY), plot.bottom, colour=style.GREY, width=0.8, dash="dashed")  # fmt: skip
    ends = []
    for form, colour, dash in (("company", style.INK, "dashed"), ("asbl_vzw", style.ACCENT, "solid")):  # fmt: skip
        line = rows[rows["legal_form"].eq(form)].sort_values("day")
        ys = y.place(line["open"].to_numpy(dtype=float))
        xs = [x(day) for day in line["day"]]
        canvas.path(xs, ys, colour=colour, dash=dash, width=style.MEDIUM if form == "asbl_vzw" else style.THIN)  # fmt: skip
        ends.append((float(ys[-1]), int(line["open"].iloc[-1]), colour))
    last = ends[1]
    canvas.mark(plot.right, last[0], colour=style.ACCENT, size=0.5 * canvas.size("body"))
    canvas.write(plot.right + style.SPACE_2, last[0], canvas.number(last[1]), weight="semibold", colour=style.ACCENT, valign="middle")  # fmt: skip


def _legend(canvas: Canvas, area: Box) -> float:
    def own(box: Box) -> None:
        canvas.rule(box.left, box.middle, box.right, box.middle, colour=style.ACCENT, width=style.MEDIUM)  # fmt: skip

    def other(box: Box) -> None:
        canvas.rule(box.left, box.middle, box.right, box.middle, dash="dashed")

    samples = [(own, canvas.text("label.asbl_vzw")), (other, canvas.text("label.company"))]
    return canvas.legend(samples, area.left, area.top, area.width)


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the same as lines: one a kind of support, for associations."""
    own = record.data[record.data["legal_form"].eq("asbl_vzw")]
    days = sorted(set(own["day"]))
    wide = own.pivot(index="stage", columns="day", values="open")
    return NativeChart(
        kind="line",
        categories=tuple(str(day.year) for day in days),
        series=tuple(
            NativeSeries(
                term("stage", stage)[lang], tuple(int(str(wide.loc[stage, day])) for day in days)
            )
            for stage in KINDS
        ),
        unit="count",
        axis_title=record.text("label.axis", lang),
    )
