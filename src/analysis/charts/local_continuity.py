"""Chart: which organisations are found again in the next file, and in how many files they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import style
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.subsidies import files_seen, followed, found_again
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas
    from analysis.language import Language

ID = "local-continuity"
HALF = 0.5


def local_continuity(tables: Tables) -> ChartRecord:
    """Build the record from the checked tables and the local ones."""
    years, apart = followed(tables["local_awards"], tables["local_organisations"])
    again, seen = found_again(years), files_seen(years)
    data = pd.concat(
        [again.assign(part="found_again"), seen.assign(part="files_seen")], ignore_index=True
    )
    counts = ["year", "next_year", "years_between", "found_again", "organisations_next", "new_next", "files"]  # fmt: skip
    data[counts] = data[counts].astype("Int64")
    data["unit"] = "organisations"
    one_year = again[again["years_between"].eq(1)]
    longer = again[again["years_between"].gt(1)]
    return ChartRecord(
        id=ID,
        demands=("S1",),
        data=data[["part", "unit", *again.columns, "files"]],
        values={
            "organisations": int(seen["organisations"].sum()),
            "apart": apart,
            "files": int(years["year"].nunique()),
            "first_year": str(int(years["year"].min())),
            "last_year": str(int(years["year"].max())),
            "share_least": float(one_year["share"].min()),
            "share_most": float(one_year["share"].max()),
            "low": float(one_year["low"].min()),
            "high": float(one_year["high"].max()),
            "long_from": str(int(longer["year"].iloc[0])) if len(longer) else "–",
            "long_to": str(int(longer["next_year"].iloc[0])) if len(longer) else "–",
            "long_share": float(longer["share"].iloc[0]) if len(longer) else float("nan"),
            "level": 0.95,
            "once": int(seen["organisations"].iloc[0]),
            "once_share": float(seen["share"].iloc[0]),
            "always": int(seen["organisations"].iloc[-1]),
            "always_share": float(seen["share"].iloc[-1]),
            "new_least": float(again["new_share"].min()),
            "new_most": float(again["new_share"].max()),
        },
        claim=_claim(one_year),
        data_date=as_of(tables),
        sources=("city-of-brussels",),
        draw=draw,
        native=native,
        column_height_mm=104,
    )


def _claim(one_year: pd.DataFrame) -> str:
    """Judge by the interval, not by the share alone."""
    if float(one_year["low"].min()) > HALF:
        return "most_return"
    return "few_return" if float(one_year["high"].max()) < HALF else "mixed"


def draw(canvas: Canvas) -> None:
    """Draw the share found again with its interval, and the number of files beside it."""
    area = canvas.area
    left, right = (
        area.columns((0.56, 0.44), gap=style.SPACE_4)
        if canvas.is_wide
        else area.rows((0.5, 0.5), gap=style.SPACE_3)
    )
    _again(canvas, left)
    _seen(canvas, right)


def _again(canvas: Canvas, panel: Box) -> None:
    rows = canvas.data[canvas.data["part"].eq("found_again")].to_dict("records")
    head = _title(canvas, panel, "label.again")
    names = [canvas.text("label.step", year=str(r["year"]), next=str(r["next_year"])) for r in rows]
    notes = [canvas.text(f"label.years_between.{'one' if r['years_between'] == 1 else 'more'}", years=r["years_between"]) for r in rows]  # fmt: skip
    width = max(canvas.widest(names, "body", "semibold"), canvas.widest(notes, "small"))
    foot = canvas.axis_height()
    body = panel.inset(left=width + style.SPACE_3, top=head + foot + style.SPACE_1, right=style.SPACE_3)  # fmt: skip
    scale = Scale.of(0, 1, body.left, body.right)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    canvas.x_axis(scale, body, ticks, [canvas.percent(t) for t in ticks])
    for r, name, note, row in zip(rows, names, notes, body.rows(len(rows)), strict=True):
        one = r["years_between"] == 1
        step = 0.55 * canvas.line_height("body")
        canvas.write(panel.left, row.middle - step, name, weight="semibold", valign="middle")
        canvas.write(panel.left, row.middle + step, note, role="small", colour=style.QUIET, valign="middle")  # fmt: skip
        colour = style.ACCENT if one else style.INK
        y = row.middle
        canvas.span(scale, y, r["low"], r["high"], colour=colour)
        canvas.mark(scale(r["share"]), y, "dot" if one else "ring", colour=colour)
        said = canvas.text("label.share", share=r["share"], found=r["found_again"], all=r["organisations"])  # fmt: skip
        fresh = canvas.text("label.new", next=str(r["next_year"]), new=r["new_next"], share=r["new_share"])  # fmt: skip
        above = y - 0.9 * canvas.size("body")
        canvas.write(scale(r["share"]), above, said, role="small", weight="semibold", colour=colour, align="center", valign="bottom", clear=True)  # fmt: skip
        canvas.write(body.right, y + 0.9 * canvas.size("body"), fresh, role="small", colour=style.QUIET, align="right", clear=True)  # fmt: skip


def _seen(canvas: Canvas, panel: Box) -> None:
    rows = canvas.data[canvas.data["part"].eq("files_seen")].to_dict("records")
    head = _title(canvas, panel, "label.seen")
    names = [canvas.text(f"label.files.{'one' if r['files'] == 1 else 'more'}", files=r["files"]) for r in rows]  # fmt: skip
    ends = [canvas.text("label.count", count=r["organisations"], share=r["share"]) for r in rows]
    width = canvas.widest(names) + style.SPACE_3
    body = panel.inset(left=width, top=head, right=canvas.widest(ends) + style.SPACE_2)
    scale = Scale.of(0, max(r["organisations"] for r in rows), body.left, body.right)
    for r, name, end, row in zip(rows, names, ends, body.rows(len(rows)), strict=True):
        canvas.write(panel.left, row.middle, name, valign="middle")
        canvas.bar(scale, row, 0, r["organisations"], colour=style.SLATE, label=end, thickness=1.6 * canvas.size("body"))  # fmt: skip


def _title(canvas: Canvas, panel: Box, key: str) -> float:
    title = canvas.text(key)
    canvas.write(panel.left, panel.top, title, weight="semibold", width=panel.width)
    lines = len(canvas.wrap(title, panel.width, "body", "semibold"))
    return (lines + 0.4) * canvas.line_height("body")


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the shares found again as bars."""
    rows = record.data[record.data["part"].eq("found_again")].to_dict("records")
    return NativeChart(
        kind="bar",
        categories=tuple(
            record.text("label.step", lang, year=str(row["year"]), next=str(row["next_year"]))
            for row in rows
        ),
        series=(
            NativeSeries(
                record.text("label.again", lang),
                tuple(float(row["share"]) for row in rows),
                accent=True,
            ),
        ),
        unit="share",
        axis_title=record.text("label.again", lang),
    )
