"""Chart: is there a way from first idea to scaling for each legal form, and where does it break?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts import style
from analysis.charts.canvas import State
from analysis.charts.record import ChartRecord
from analysis.coverage import PAPER_DAY
from analysis.coverage_history import CHAIN, chain_links, chain_test, chain_without_each_funder
from analysis.demands.setting import DAYS
from analysis.tables import Tables, as_of
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.charts.canvas import Canvas

FORMS = ("asbl_vzw", "cooperative", "company")


def chain_from_start_to_scale(tables: Tables) -> ChartRecord:
    """Build the chain test for three legal forms on three days."""
    now = as_of(tables)
    links = chain_links(tables, [DAYS["start"], PAPER_DAY, now], now, FORMS)
    tested: dict[Any, dict[Any, Any]] = (
        chain_test(links).set_index(["date", "legal_form"]).to_dict("index")
    )
    own = tested[now, "asbl_vzw"]
    without = chain_without_each_funder(tables, now, now)
    breaking = without[without["left_out"].ne("") & without["path"].ne("yes")]
    narrow = links[links["date"].eq(now) & links["legal_form"].eq("asbl_vzw")]
    path = str(own["path"])
    return ChartRecord(
        id="chain-from-start-to-scale",
        demands=("S1",),
        data=links.assign(unit="families of programmes"),
        values={
            "links": len(CHAIN),
            "narrowest": int(own["narrowest"]),
            "single": int(narrow["open"].le(1).sum()),
            "funders": int(without["left_out"].ne("").sum()),
            "breaking": len(breaking),
            "cooperative_open": int(tested[now, "cooperative"]["links_open"]),
            "today": now,
            "plea": PAPER_DAY,
            "start": DAYS["start"],
        },
        claim="thread" if path == "yes" and len(breaking) else path,
        data_date=now,
        sources=(),
        draw=draw,
        column_height_mm=112,
    )


def draw(canvas: Canvas) -> None:
    """Draw a row a legal form and day: four cards in the order of a project's life."""
    data, area = canvas.data, canvas.area
    days = sorted(set(data["date"]))
    names = [canvas.text(f"label.form.{form}") for form in FORMS]
    dates = [canvas.date(day) for day in days]
    width = max(canvas.widest(names, "body", "semibold"), canvas.widest(dates, "small"))
    heads = [canvas.wrap(term("stage", stage)[canvas.lang], (area.width - width) / 4 - 30) for stage in CHAIN]  # fmt: skip
    head = max(map(len, heads)) * canvas.line_height("body") + style.SPACE_2
    grid = area.inset(left=width + style.SPACE_3, top=head)
    columns = grid.columns(len(CHAIN), gap=style.SPACE_3)
    for lines, column in zip(heads, columns, strict=True):
        canvas.write(column.centre, area.top + head - style.SPACE_2, "\n".join(lines), align="center", valign="bottom")  # fmt: skip
    cells: dict[Any, dict[Any, Any]] = data.set_index(["legal_form", "date", "stage"]).to_dict(
        "index"
    )
    states: dict[str, State] = {"possible": "unknown", "unplaced": "unknown", "none": "none"}
    groups = grid.rows(len(FORMS), gap=style.SPACE_3)
    for form, name, group in zip(FORMS, names, groups, strict=True):
        for day, written, row in zip(days, dates, group.rows(len(days), gap=3), strict=True):
            if day == days[0]:
                canvas.write(area.left, group.top, name, weight="semibold")
            at = row.middle + (0.5 * canvas.line_height("body") if day == days[0] else 0)
            canvas.write(area.left, at, written, role="small", colour=style.QUIET, valign="middle")
            last = None
            for stage, column in zip(CHAIN, columns, strict=True):
                cell = cells[form, day, stage]
                count = int(cell["open"])
                state = states.get(str(cell["link"]), "open" if count > 1 else "thin")
                card = type(row)(column.left, row.top, column.width, row.height)
                if last is not None:
                    dash = "solid" if count and last else "dotted"
                    canvas.rule(column.left - style.SPACE_3, row.middle, column.left, row.middle, colour=style.SLATE if count and last else style.GREY, width=style.MEDIUM, dash=dash)  # fmt: skip
                possible = int(cell["possible"])
                extra = f"0 +\u202f{canvas.number(possible)}"
                canvas.card(card, state, canvas.number(count) if count else extra)
                last = count
