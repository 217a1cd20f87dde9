"""Chart: what public buyers publish about social clauses in their contracts (E1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.calls import wilson_interval
from analysis.charts import style
from analysis.charts.layout import Scale
from analysis.charts.names import funder_names
from analysis.charts.record import ChartRecord
from analysis.language import LANGUAGES
from analysis.tables import Tables, as_of

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

PROGRAMME = "bcr-social-clauses"
PART, WHOLE = "F0912", "F0911"
_KINDS = {"contracts": "volume", "eligibility_threshold": "rule", "milestone_year": "rule"}


def clauses_published(tables: Tables) -> ChartRecord:
    """Build: a row an authority with any figure, and whether a share follows from it."""
    facts = tables["funding_facts"]
    rows = facts[facts["programme_id"].eq(PROGRAMME)]
    usable = rows[rows["fact_id"].isin([PART, WHOLE])].set_index("fact_id")["value"]
    part, whole = float(usable[PART]), float(usable[WHOLE])
    low, high = (float(end[0]) for end in wilson_interval(part, whole))
    names = funder_names(tables["funders"], sorted(set(rows["funder_id"])))
    found = []
    for funder, group in rows.groupby("funder_id", sort=True):
        share = set(group["fact_id"]) >= {PART, WHOLE}
        kind = "share" if share else _KINDS[str(group["indicator"].iloc[0])]
        numbers = group[group["indicator"].eq("contracts")]["value"]
        if kind == "volume" and float(numbers.max()) == 1:
            kind = "one"
        found.append(
            {
                "funder_id": funder,
                **{f"name_{lang}": names[str(funder)][lang] for lang in LANGUAGES},
                "kind": kind,
                "contracts": float(numbers.max()) if len(numbers) else float("nan"),
                "at_least": "yes" if group["value_kind"].eq("at_least").any() else "no",
                "share": part / whole if share else float("nan"),
                "low": low if share else float("nan"),
                "high": high if share else float("nan"),
                "years": _years(group),
                "row_ids": ";".join(sorted(group["fact_id"])),
            }
        )
    order = ["share", "volume", "one", "rule"]
    data = pd.DataFrame(found).sort_values(
        ["kind", "funder_id"], key=lambda c: c.map(order.index) if c.name == "kind" else c,
        ignore_index=True,
    )  # fmt: skip
    levels = tables["funders"].set_index("funder_id")["level"]
    buyers = int(data["funder_id"].map(levels).eq("municipality").sum())
    now = as_of(tables)
    return ChartRecord(
        id="clauses-published",
        demands=("E1",),
        data=data.assign(unit="contracts; share 0-1 with Wilson interval"),
        values={
            "authorities": len(data),
            "with_share": int(data["kind"].eq("share").sum()),
            "share": part / whole,
            "low": low,
            "high": high,
            "part": int(part),
            "whole": int(whole),
            "year": str(rows.loc[rows["fact_id"].eq(WHOLE), "period_start"].iloc[0]),
            "municipalities": len(tables["municipalities"]),
            "municipalities_with_figure": buyers,
            "level": 0.95,
        },
        claim="one" if data["kind"].eq("share").sum() == 1 else "several",
        data_date=now,
        sources=tuple(sorted(set(rows["source_id"]))),
        draw=draw,
        column_height_mm=84,
    )


def _years(group: pd.DataFrame) -> str:
    starts = sorted({str(one)[:4] for one in group["period_start"] if str(one)})
    ends = sorted({str(one)[:4] for one in group["period_end"] if str(one)})
    years = list(dict.fromkeys([*starts[:1], *ends[-1:]]))
    return "–".join(years)


def draw(canvas: Canvas) -> None:
    """Draw a row an authority: what is published in words, the one share with its interval."""
    area, rows = canvas.area, canvas.data.to_dict("records")
    share = 0.3 if canvas.is_wide else 0.28
    names = [canvas.wrap(row[f"name_{canvas.lang}"], share * area.width, "body", "semibold") for row in rows]  # fmt: skip
    width = max(canvas.text_width(line, "body", "semibold") for each in names for line in each)
    words, plot = area.inset(left=width + style.SPACE_3).columns((0.6, 0.4), gap=style.SPACE_3)
    head = canvas.axis_height(title=True) + style.SPACE_1
    end = canvas.text_width(canvas.percent(1), "body", "semibold") + style.SPACE_2
    plot = plot.inset(top=head, right=end)
    scale = Scale.of(0, 1, plot.left, plot.right)
    ticks = [0.0, 0.5, 1.0]
    canvas.x_axis(scale, plot, ticks, [canvas.percent(t) for t in ticks], title=canvas.text("label.axis"))  # fmt: skip
    lines = area.inset(top=head).rows(len(rows))
    for row, name, line in zip(rows, names, lines, strict=True):
        canvas.rule(area.left, line.top, area.right, line.top, colour=style.HAIRLINE, width=style.HAIR, zorder=0.4)  # fmt: skip
        canvas.write(area.left, line.middle, "\n".join(name), weight="semibold", valign="middle")
        number = "" if pd.isna(row["contracts"]) else canvas.number(row["contracts"])
        if row["at_least"] == "yes":
            number = f"≥\u202f{number}"
        said = canvas.text(f"label.kind.{row['kind']}", number=number)
        if row["years"]:
            said += f" ({row['years']})"
        canvas.write(words.left, line.middle, said, valign="middle", width=words.width)
        if row["kind"] == "share":
            canvas.span(scale, line.middle, row["low"], row["high"], colour=style.ACCENT, width=1.4)
            canvas.mark(scale(row["share"]), line.middle, colour=style.ACCENT)
            canvas.write(area.right, line.middle, canvas.percent(row["share"]), weight="semibold", colour=style.ACCENT, align="right", valign="middle")  # fmt: skip
        else:
            canvas.write(plot.left, line.middle, canvas.text("label.no_share"), colour=style.QUIET, role="small", valign="middle")  # fmt: skip
