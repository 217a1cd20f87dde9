"""Need by municipality: the 19 as tiles, and as a sorted strip of dots beside the Region."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas, tint
from analysis.charts.layout import Box, Scale
from analysis.charts.native import NativeChart, NativeSeries
from analysis.charts.record import ChartRecord
from analysis.language import Language
from analysis.need import (
    COUNTRY_NIS,
    MUNICIPALITIES,
    REGION_NIS,
    latest_complete_year,
    municipal_coverage,
    municipal_values,
    municipality_tiles,
    reference_value,
)
from analysis.tables import Tables, as_of

ID = "need-by-municipality"
POVERTY = "poverty_risk_administrative"
INCOME = "median_taxable_income"
CLASS_WIDTH = 5.0
UNEVEN_FROM = 2.0


def need_by_municipality(tables: Tables, year: int | None = None) -> ChartRecord:
    """Build the chart of the administrative poverty risk in the 19 municipalities.

    Args:
        tables: Checked tables.
        year: Income year; by default the newest one in which all 19 have a value.

    Returns:
        The record; its data hold one row a municipality and indicator, and the references.
    """
    year = latest_complete_year(tables, POVERTY) if year is None else year
    risk = municipal_values(tables, POVERTY, year)
    income_year = latest_complete_year(tables, INCOME)
    income = municipal_values(tables, INCOME, income_year)
    region = reference_value(tables, POVERTY, year, REGION_NIS)
    country = reference_value(tables, INCOME, income_year, COUNTRY_NIS)
    known = risk.dropna(subset="value")
    highest, lowest = known.iloc[0], known.iloc[-1]
    ratio = float(highest["value"] / lowest["value"])
    panels = municipal_coverage(tables)
    dated = panels[panels["period_start"].ne("")]
    regional = float(region["value"].iloc[0]) if len(region) else math.nan
    values: dict[str, object] = {
        "year": str(year),
        "income_year": str(income_year),
        "known": len(known),
        "all": MUNICIPALITIES,
        "highest": _name(highest),
        "lowest": _name(lowest),
        "high": float(highest["value"]),
        "low": float(lowest["value"]),
        "ratio": ratio,
        "region": regional,
        "above": int(known["value"].gt(regional).sum()),
        "income_low": float(income["value"].min()),
        "income_high": float(income["value"].max()),
        "income_known": int(income["value"].notna().sum()),
        "indicators": panels["indicator"].nunique(),
        "indicators_complete": dated.loc[dated["complete"], "indicator"].nunique(),
        "panels": len(panels),
        "panels_complete": int(panels["complete"].sum()),
        "panels_few": int(panels["municipalities"].lt(MUNICIPALITIES / 2).sum()),
    }
    used = pd.concat([risk, income, region, country])["source_id"]
    return ChartRecord(
        id=ID,
        demands=("S1", "S2"),
        data=_published(tables, risk, income, region, country),
        values=values,
        claim="uneven" if ratio >= UNEVEN_FROM else "even",
        data_date=as_of(tables),
        sources=tuple(sorted(set(used[used.notna() & used.ne("")]))),
        draw=partial(draw, risk=risk, income=income, region=region, country=country),
        native=native,
        column_height_mm=178,
    )


def _name(row: pd.Series) -> dict[str, str]:
    # English has no official form: the French one stands in English texts on Brussels.
    return {"nl": row["name_nl"], "fr": row["name_fr"], "en": row["name_fr"]}


def _published(
    tables: Tables,
    risk: pd.DataFrame,
    income: pd.DataFrame,
    region: pd.DataFrame,
    country: pd.DataFrame,
) -> pd.DataFrame:
    columns = [
        "area_kind", "nis_code", "name_fr", "name_nl", "indicator", "year", "value", "unit",
        "value_kind", "need_id", "source_id",
    ]  # fmt: skip
    references = pd.concat(
        [
            frame.assign(
                name_fr=frame["area"], name_nl="", year=frame["period_start"].str[:4].astype(int)
            )
            for frame in (region, country)
        ]
    )
    tiles = municipality_tiles().rename(columns={"column": "tile_column", "row": "tile_row"})
    rows = pd.concat([risk, income]).assign(area_kind="municipality")
    out = pd.concat([rows[columns], references[columns]], ignore_index=True)
    sources = tables["sources"].set_index("source_id")
    return out.merge(tiles, on="nis_code", how="left").assign(
        tile_column=lambda frame: frame["tile_column"].astype("Int64"),
        tile_row=lambda frame: frame["tile_row"].astype("Int64"),
        publisher=out["source_id"].map(sources["publisher"]).fillna(""),
        url=out["source_id"].map(sources["url"]).fillna(""),
    )


def draw(
    canvas: Canvas,
    risk: pd.DataFrame,
    income: pd.DataFrame,
    region: pd.DataFrame,
    country: pd.DataFrame,
) -> None:
    """Draw the tiles and the strip: beside each other when wide, below each other in a column."""
    if canvas.is_wide:
        left, right = canvas.area.columns([0.47, 0.53], gap=style.SPACE_4)
    else:
        left, right = canvas.area.rows([0.45, 0.55], gap=style.SPACE_3)
    _tiles(canvas, left, risk)
    _strips(canvas, right, risk, income, region, country)


def _label(canvas: Canvas, row: pd.Series) -> str:
    return str(row["name_nl"] if canvas.lang == "nl" else row["name_fr"])


def _named(risk: pd.DataFrame) -> set[str]:
    """Return the municipalities that the headline speaks of: the highest and the lowest."""
    known = risk.dropna(subset="value")
    return {str(known["nis_code"].iloc[0]), str(known["nis_code"].iloc[-1])}


def _classes(risk: pd.DataFrame) -> list[float]:
    """Return the lower bounds of the classes of five points that hold the values."""
    low = math.floor(risk["value"].min() / CLASS_WIDTH) * CLASS_WIDTH
    high = math.floor(risk["value"].max() / CLASS_WIDTH) * CLASS_WIDTH
    return [low + CLASS_WIDTH * step for step in range(round((high - low) / CLASS_WIDTH) + 1)]


def _shade(value: float, classes: list[float]) -> str:
    place = sum(value >= bound for bound in classes) - 1
    share = place / max(len(classes) - 1, 1)
    # The middle of the range is left out: neither ink nor paper can be read on it.
    strength = 0.08 + 0.65 * share if share < 0.7 else 0.85 + 0.5 * (share - 0.7)
    return tint(style.SLATE, min(strength, 1.0))


def _ink(ground: str) -> str:
    return max((style.INK, style.PAPER), key=lambda colour: style.contrast(colour, ground))


def _tiles(canvas: Canvas, box: Box, risk: pd.DataFrame) -> None:
    tiles = risk.merge(municipality_tiles(), on="nis_code", validate="one_to_one")
    gap = 3.0
    columns = box.columns(int(tiles["column"].max()) + 1, gap=gap)
    rows = box.rows(int(tiles["row"].max()) + 1, gap=gap)
    classes, named = _classes(risk), _named(risk)
    for _, tile in tiles.iterrows():
        column, row = columns[tile["column"]], rows[tile["row"]]
        cell = Box(column.left, row.top, column.width, row.height)
        _tile(canvas, cell, tile, classes, tile["nis_code"] in named)
    free = _free_corner(tiles, columns, rows)
    _tile_legend(canvas, free, classes, bool(risk["value"].isna().any()))


def _free_corner(tiles: pd.DataFrame, columns: list[Box], rows: list[Box]) -> Box:
    """Return the empty cells at the right end of the first row: room for the legend."""
    last = int(tiles.loc[tiles["row"].eq(0), "column"].max())
    start = columns[last].right + 2 * style.SPACE_2
    return Box(start, rows[0].top, columns[-1].right - start, rows[0].height)


def _tile(canvas: Canvas, cell: Box, tile: pd.Series, classes: list[float], loud: bool) -> None:
    size = canvas.size("small")
    lines = _break_name(canvas, _label(canvas, tile), cell.width - 8)
    height = CAP_HEIGHT * size + (len(lines) - 1) * 1.12 * size
    value_size = canvas.size("body")
    both = height + 0.65 * size + CAP_HEIGHT * value_size
    top = cell.middle - both / 2
    missing = pd.isna(tile["value"])
    if missing:
        canvas.fill(cell, style.GREY, "hatched")
        canvas.outline(cell)
        ink = style.INK
    else:
        ground = _shade(tile["value"], classes)
        canvas.fill(cell, ground)
        ink = _ink(ground)
    if loud:
        canvas.outline(cell.inset(-1, -1, -1, -1), style.ACCENT, 2.4, zorder=2)
    for place, line in enumerate(lines):
        canvas.write(cell.centre, top + place * 1.12 * size, line, role="small", colour=ink, align="center", clear=missing)  # fmt: skip
    written = canvas.text("no_value") if missing else canvas.number(tile["value"], 1)
    canvas.write(
        cell.centre, top + height + 0.65 * size, written, colour=ink, align="center",
        weight="semibold", clear=missing,
    )  # fmt: skip


def _break_name(canvas: Canvas, name: str, width: float) -> list[str]:
    """Break a name at its hyphens where it is wider than its tile; the hyphen stays."""
    if canvas.text_width(name, "small") <= width:
        return [name]
    parts = name.split("-")
    cuts = [("-".join(parts[:cut]) + "-", "-".join(parts[cut:])) for cut in range(1, len(parts))]
    best = min(cuts, key=lambda pair: canvas.widest(list(pair), "small"), default=(name,))
    if canvas.widest(list(best), "small") <= width:
        return list(best)
    return [f"{part}-" for part in parts[:-1]] + parts[-1:]


def _tile_legend(canvas: Canvas, box: Box, classes: list[float], has_missing: bool) -> None:
    canvas.write(box.left, box.top, canvas.text("legend.title"), role="small", colour=style.QUIET)
    samples: list[tuple[Callable[[Box], None], str]] = [
        (
            partial(canvas.fill, colour=_shade(bound, classes)),
            canvas.text("legend.class", low=canvas.number(bound), high=canvas.number(bound + CLASS_WIDTH)),
        )
        for bound in classes
    ]  # fmt: skip
    if has_missing:
        samples.append((partial(canvas.fill, colour=style.GREY, how="hatched"), canvas.text("no_value")))  # fmt: skip
    top = box.top + canvas.line_height("small") + 2
    size = canvas.size("small")
    canvas.legend(samples, box.left, top, box.width, sample=(1.1 * size, 1.1 * size))


def _strips(
    canvas: Canvas,
    box: Box,
    risk: pd.DataFrame,
    income: pd.DataFrame,
    region: pd.DataFrame,
    country: pd.DataFrame,
) -> None:
    """Draw one row a municipality, sorted by poverty risk: its rate and its median income."""
    names = [_label(canvas, row) for _, row in risk.iterrows()]
    named = risk["nis_code"].isin(_named(risk)).tolist()
    column, rest = box.from_left(canvas.widest(names, "small", "semibold"), gap=style.SPACE_2)
    titles = (canvas.text("axis.risk"), canvas.text("axis.income"))
    first, second = rest.columns([0.56, 0.44], gap=style.SPACE_3)
    lines = max(
        len(canvas.wrap(title, cell.width, "small"))
        for title, cell in zip(titles, (first, second), strict=True)
    )
    head = (lines + 1.35) * canvas.line_height("small")
    body = Box(column.left, box.top + head, box.width, box.height - head)
    rows = body.rows(len(risk))
    for row, name, loud in zip(rows, names, named, strict=True):
        canvas.write(
            column.left, row.middle, name, role="small", valign="middle",
            weight="semibold" if loud else "regular", colour=style.ACCENT if loud else style.INK,
        )  # fmt: skip
        canvas.rule(first.left, row.middle, second.right, row.middle, colour=style.HAIRLINE, width=style.HAIR, zorder=0.5)  # fmt: skip
    ordered = income.set_index("nis_code").reindex(risk["nis_code"]).reset_index()
    for cell, title, frame, reference, words in (
        (first, titles[0], risk, region, "region"),
        (second, titles[1], ordered, country, "country"),
    ):
        place = Box(cell.left, body.top, cell.width, body.height)
        canvas.write(cell.left, box.top, title, role="small", colour=style.QUIET, width=cell.width)
        _strip(canvas, place, frame, named, reference, words)


def _strip(
    canvas: Canvas,
    box: Box,
    frame: pd.DataFrame,
    named: list[bool],
    reference: pd.DataFrame,
    words: str,
) -> None:
    import seaborn

    percent = frame["unit"].eq("percent").any()
    decimals = 1 if percent else 0
    # The value of the highest and the lowest stands behind its dot.
    written = [canvas.number(value, decimals) for value in frame["value"].dropna()]
    room = canvas.widest(written, "small") + style.SPACE_2
    top = float(frame["value"].max())
    scale = Scale.of(0, top, box.left, box.right - room)
    high = top * (box.width / (box.width - room))
    axes = canvas.axes(box, (0, high), (len(frame) - 0.5, -0.5))
    shown = pd.DataFrame(
        {
            "value": frame["value"].to_numpy(),
            "row": [str(place) for place in range(len(frame))],
            "loud": ["named" if loud else "other" for loud in named],
        }
    )
    seaborn.stripplot(
        data=shown, x="value", y="row", hue="loud", ax=axes, jitter=False, legend=False,
        palette={"named": style.ACCENT, "other": style.SLATE}, size=0.5 * canvas.size("body"),
        order=list(shown["row"]), hue_order=["named", "other"], linewidth=0,
    )  # fmt: skip
    # Names, values and the reference are written on the sheet, in its type.
    axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
    axes.set(xlim=(0, high), ylim=(len(frame) - 0.5, -0.5))
    axes.set_axis_off()
    canvas.rule(box.left, box.top, box.left, box.bottom, colour=style.INK, width=0.8, zorder=0.6)
    canvas.write(box.left, box.top - 5, canvas.number(0), role="small", colour=style.QUIET, valign="baseline")  # fmt: skip
    for place, (value, row) in enumerate(zip(frame["value"], box.rows(len(frame)), strict=True)):
        if pd.isna(value):
            canvas.write(box.left + 4, row.middle, canvas.text("no_value"), role="small", colour=style.QUIET, valign="middle", clear=True)  # fmt: skip
        elif named[place]:
            canvas.write(scale(value) + style.SPACE_2 * 0.8, row.middle, canvas.number(value, decimals), role="small", weight="semibold", colour=style.ACCENT, valign="middle", clear=True)  # fmt: skip
    if len(reference):
        value = float(reference["value"].iloc[0])
        sign = "≈" if reference["value_kind"].iloc[0] == "approx" else ""
        label = canvas.text(words, value=sign + canvas.number(value, decimals))
        half = canvas.text_width(label, "small", "semibold") / 2
        x = scale(value)
        centre = min(max(x, box.left + half), box.right - half)
        canvas.rule(x, box.top - 2, x, box.bottom, colour=style.INK, width=0.9, dash="solid" if words == "region" else "dashed", zorder=2.2)  # fmt: skip
        canvas.write(centre, box.top - 5, label, role="small", weight="semibold", align="center", valign="baseline")  # fmt: skip


def native(record: ChartRecord, lang: Language) -> NativeChart:
    """Tell the first indicator as bars, one a municipality, from the highest."""
    rows = record.data[record.data["area_kind"].eq("municipality")]
    first = str(rows["indicator"].iloc[0])
    rows = rows[rows["indicator"].eq(first)].sort_values("value", ascending=False)
    name = "name_nl" if lang == "nl" else "name_fr"
    return NativeChart(
        kind="bar",
        categories=tuple(rows[name].astype(str)),
        series=(
            NativeSeries(
                record.text("subtitle", lang), tuple(float(v) for v in rows["value"]), accent=True
            ),
        ),
        unit="number",
        axis_title="%",
    )
