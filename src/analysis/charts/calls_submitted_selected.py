"""Chart: applications submitted, admissible and selected, round by round, with the rate."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.calls import (
    brussels_rounds,
    published_parts,
    share_below,
    success_rates,
    unmet_demand,
    without_each_funder,
)
from analysis.charts import style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

Row = dict[Hashable, Any]
ID = "calls-submitted-selected"
HALF = 0.5
# From here on the headline counts the rounds below half, under it those above.
MOST = 0.5


def calls_submitted_selected(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables."""
    in_scope = brussels_rounds(tables["calls"], tables["municipalities"])
    rates = success_rates(in_scope, tables["funding_facts"])
    parts = published_parts(in_scope)
    below = int(rates["rate_high"].lt(HALF).sum())
    lowest, highest = without_each_funder(rates, HALF)
    sources = sorted({each for ids in rates["source_ids"] for each in ids.split(";")})
    return ChartRecord(
        id=ID,
        demands=("S1", "S2", "S3", "S7"),
        data=_data(rates),
        values={
            "rounds": len(rates),
            "below": below,
            "above": len(rates) - below,
            "half": HALF,
            "median_rate": float(rates["rate"].median()),
            "least": float(rates["rate"].min()),
            "most": float(rates["rate"].max()),
            "unmet": unmet_demand(rates),
            "in_scope": len(in_scope),
            "submitted_only": parts["submitted_only"],
            "selected_only": parts["selected_only"],
            "neither": parts["neither"],
            "outside": len(tables["calls"]) - len(in_scope),
            "inexact": int(rates["exact"].eq("no").sum()),
            "without_low": lowest,
            "without_high": highest,
            "first_year": f"{rates['year'].min()}",
            "last_year": f"{rates['end_year'].max()}",
            "sources": len(sources),
        },
        claim="most_below" if share_below(rates, HALF) > MOST else "few_below",
        data_date=as_of(tables),
        sources=tuple(sources),
        draw=draw,
        native=native,
        column_height_mm=150,
    )


def _data(rates: pd.DataFrame) -> pd.DataFrame:
    """Order the rounds as they are drawn: programmes with several rounds first, then by rate."""
    data = rates.assign(unit="applications")
    group = data.groupby("subject")
    data["rounds_of_call"] = group["call_id"].transform("size")
    asked, chosen = group["submitted"].transform("sum"), group["selected"].transform("sum")
    data["rate_all_rounds"] = chosen.astype(float) / asked.astype(float)
    data["several"] = data["rounds_of_call"] > 1
    data = data.sort_values(
        ["several", "rate_all_rounds", "subject", "year"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )
    first = ["call_id", "subject", "scope", "year", "end_year", "unit"]
    last = ["fact_ids", "source_ids"]
    return data[
        first + [c for c in data if c not in (*first, *last, "rate_all_rounds", "several")] + last
    ]


def slug(subject: str) -> str:
    """Return the key of a call's short label."""
    plain = unicodedata.normalize("NFKD", subject).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _label(canvas: Canvas, subject: str) -> str:
    key = f"label.call.{slug(subject)}"
    return canvas.text(key) if key in canvas.record.texts else subject


def draw(canvas: Canvas) -> None:
    """Draw the rounds: side by side in the wide shape, one below the other in the column."""
    data, area = canvas.data, canvas.area
    taken = _legend(canvas, area)
    area = area.inset(top=taken + style.SPACE_2 * 1.25)
    several = data[data["rounds_of_call"] > 1]
    single = data[data["rounds_of_call"] == 1]
    blocks = [(k, rows) for k, rows in (("several", several), ("single", single)) if len(rows)]
    if canvas.is_wide:
        boxes = area.columns(len(blocks), gap=style.SPACE_4 * 0.9)
        tallest = max(len(rows) for _, rows in blocks)
        heights = [tallest] * len(blocks)
    else:
        heights = [len(rows) for _, rows in blocks]
        head = _head(canvas)
        free = area.height - head * len(blocks) - style.SPACE_2 * (len(blocks) - 1)
        boxes, rest = [], area
        for height in heights:
            box, rest = rest.from_top(head + free * height / sum(heights), gap=style.SPACE_2)
            boxes.append(box)
    names = min(
        canvas.widest([_label(canvas, subject) for subject in data["subject"]], "small"),
        (0.31 if canvas.is_wide else 0.34) * boxes[0].width,
    )
    for (key, rows), box, slots in zip(blocks, boxes, heights, strict=True):
        _block(canvas, canvas.text(f"label.{key}"), rows, box, slots, names)


def _head(canvas: Canvas) -> float:
    return canvas.line_height("small") + style.SPACE_2


def _legend(canvas: Canvas, area: Box) -> float:
    small = 0.62 * canvas.size("body")

    def asked(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "ring", size=small)

    def chosen(box: Box) -> None:
        canvas.mark(box.centre, box.middle, "dot", size=small)

    def rate(box: Box) -> None:
        canvas.rule(box.left, box.middle, box.right, box.middle, colour=style.ACCENT)
        canvas.mark(box.centre, box.middle, "diamond", colour=style.ACCENT, size=small)

    samples = [
        (asked, canvas.text("label.submitted")),
        (chosen, canvas.text("label.selected")),
        (rate, canvas.text("label.rate")),
    ]
    return canvas.legend(samples, area.left, area.top, area.width)


def _block(
    canvas: Canvas, title: str, rows: pd.DataFrame, box: Box, slots: int, names: float
) -> None:
    head, body = box.from_top(_head(canvas))
    small = canvas.size("small")
    canvas.write(head.left, body.top - style.SPACE_1, title, role="small", weight="semibold", valign="baseline")  # fmt: skip
    body = Box(body.left, body.top, body.width, body.height * len(rows) / slots)
    # Widths from all rounds, so that both blocks have the same scales.
    records = canvas.data.to_dict("records")
    years = canvas.widest([_years(row) for row in records], "small")
    written = canvas.widest([_rate(canvas, row) for row in records], "small", "semibold")
    _, rest = body.from_left(names + style.SPACE_1 + years, gap=style.SPACE_2)
    rest, ends = rest.from_right(written, gap=style.SPACE_2)
    counts, shares = rest.columns([0.66, 0.34], gap=style.SPACE_2)
    # Room for the numbers left of the smallest dot and right of the largest ring.
    every = canvas.data
    low = max(1.0, float(every[["selected_low", "submitted_low"]].min().min()))
    high = float(every[["selected_high", "submitted_high"]].max().max())
    width = canvas.text_width(canvas.number(high), "small") + 0.75 * small
    left = canvas.text_width("0", "small") + 0.75 * small
    count = Scale.of(math.log(low), math.log(high), counts.left + left, counts.right - width * 1.25)
    share = Scale.of(0, 1, shares.left + 3, shares.right - 3)
    ticks = [0.0, HALF, 1.0]
    plot = Box(shares.left, body.top, shares.width, body.height)
    canvas.x_axis(share, plot, ticks, [canvas.percent(tick) for tick in ticks])
    canvas.rule(share(HALF), body.top, share(HALF), body.bottom, colour=style.GREY, width=0.9, zorder=1.5)  # fmt: skip
    before = ""
    drawn = rows.astype({"admissible": float}).to_dict("records")
    for row, line in zip(drawn, body.rows(len(rows)), strict=True):
        if row["subject"] != before:
            if before:
                canvas.rule(box.left, line.top, box.right, line.top, colour=style.HAIRLINE, width=style.HAIR, zorder=0.4)  # fmt: skip
            lines = canvas.wrap(_label(canvas, row["subject"]), names, "small")
            canvas.write(box.left, line.middle, "\n".join(lines), role="small", valign="middle")
        before = row["subject"]
        year_right = box.left + names + style.SPACE_1 + years
        canvas.write(year_right, line.middle, _years(row), role="small", colour=style.QUIET, align="right", valign="middle")  # fmt: skip
        _dumbbell(canvas, count, line.middle, row)
        _share(canvas, share, line.middle, row)
        canvas.write(ends.right, line.middle, _rate(canvas, row), role="small", weight="semibold", align="right", valign="middle", colour=_colour(row))  # fmt: skip


def _colour(row: Row) -> str:
    return style.ACCENT if float(row["rate_high"]) < HALF else style.INK


def _years(row: Row) -> str:
    first, last = str(row["year"]), str(row["end_year"])
    return first if first == last else f"{first}–{last[2:]}"


_SIGNS = {"exact": "", "approx": "≈\u202f", "at_least": "≥\u202f", "at_most": "≤\u202f"}


def _count(canvas: Canvas, row: Row, role: str) -> str:
    low, high = (float(row[f"{role}_{end}"]) for end in ("low", "high"))
    if low != high:
        return f"{canvas.number(low)}–{canvas.number(high)}"
    return _SIGNS[str(row[f"{role}_kind"])] + canvas.number(low)


def _rate(canvas: Canvas, row: Row) -> str:
    low, high = float(row["rate_low"]), float(row["rate_high"])
    if round(100 * low) != round(100 * high):
        return f"{canvas.number(100 * low)}–{canvas.percent(high)}"
    about = {str(row["submitted_kind"]), str(row["selected_kind"])} != {"exact"}
    return (_SIGNS["approx"] if about else "") + canvas.percent(float(row["rate"]))


def _dumbbell(canvas: Canvas, scale: Scale, y: float, row: Row) -> None:
    """Draw ring and dot; on the scale of orders an equal length is an equal rate."""
    size = 0.62 * canvas.size("body")

    def place(value: float) -> float:
        # None selected has no place on such a scale: it stands at its left end, with its 0.
        return scale(max(math.log(max(float(value), 1.0)), scale.low))

    a, b = place(row["submitted"]), place(row["selected"])
    canvas.rule(a, y, b, y, width=1.2, colour=style.GREY)
    right, left = a, b
    for role, colour in (("submitted", style.INK), ("selected", style.INK)):
        low, high = place(row[f"{role}_low"]), place(row[f"{role}_high"])
        if low != high:
            canvas.rule(low, y, high, y, width=style.BOLD, colour=colour)
            right, left = max(right, high), min(left, low)
    canvas.mark(a, y, "ring", size=size)
    canvas.mark(b, y, "dot", size=size)
    asked = _count(canvas, row, "submitted")
    if not math.isnan(row["admissible"]):
        admissible = canvas.number(float(row["admissible"]))
        asked = canvas.text("label.admissible", asked=asked, admissible=admissible)
    off = 0.5 * size + 2.5
    canvas.write(right + off, y, asked, role="small", colour=style.QUIET, valign="middle")
    chosen = _count(canvas, row, "selected")
    canvas.write(left - off, y, chosen, role="small", align="right", valign="middle")


def _share(canvas: Canvas, scale: Scale, y: float, row: Row) -> None:
    colour = _colour(row)
    low, high = (scale(float(row[f"wilson_{end}"])) for end in ("low", "high"))
    canvas.rule(low, y, high, y, colour=colour, width=1.1)
    ends = [float(row["rate_low"]), float(row["rate_high"])]
    if ends[0] != ends[1]:
        canvas.rule(scale(ends[0]), y, scale(ends[1]), y, colour=colour, width=style.BOLD)
    canvas.mark(scale(float(row["rate"])), y, "diamond", colour=colour, size=0.62 * canvas.size("body"))  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the rounds as bars: submitted and selected, the chosen value of each."""
    rows = record.data.to_dict("records")

    def name(row: dict[Any, Any]) -> str:
        key = f"label.call.{slug(str(row['subject']))}"
        called = record.text(key, lang) if key in record.texts else str(row["subject"])
        return f"{called}, {_years(row)}"

    return NativeChart(
        kind="bar",
        categories=tuple(name(row) for row in rows),
        series=(
            NativeSeries(
                record.text("label.submitted", lang),
                tuple(float(row["submitted"]) for row in rows),
                recedes=True,
            ),
            NativeSeries(
                record.text("label.selected", lang),
                tuple(float(row["selected"]) for row in rows),
                accent=True,
            ),
        ),
        unit="count",
        axis_title=record.text("label.submitted", lang),
    )
