"""Synthetic charts: invented numbers and names, texts as long as real ones get.

They use every helper of the canvas, so that the frame is tested on more than one kind of drawing.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.charts import style
from analysis.charts.canvas import CAP_HEIGHT, Canvas, EndLabel, State
from analysis.charts.layout import Box, Scale
from analysis.charts.record import Catalogue, ChartRecord

FRAME: dict[str, dict[str, str]] = {
    "base": {
        "nl": "{known} van {all} verzonnen instrumenten waren die dag open; voor {unknown} staat nergens wie mag indienen. De voorwaarden zijn nagelezen op de openbare pagina's van de uitgevers.",
        "fr": "{known} des {all} instruments inventés étaient ouverts ce jour-là ; pour {unknown}, rien n'indique qui peut introduire une demande. Conditions relues sur les pages publiques des éditeurs.",
        "en": "{known} of {all} invented instruments were open that day; for {unknown} nothing says who may apply. Conditions were read again on the publishers' public pages.",
    },
    "missing": {
        "nl": "Privéfondsen die hun voorwaarden niet publiceren.",
        "fr": "Les fonds privés qui ne publient pas leurs conditions.",
        "en": "Private funds that do not publish their conditions.",
    },
    "source": {
        "nl": "verzonnen gegevens voor een test: Gewestelijk Fonds voor Voorbeelden, Instituut voor Verzonnen Statistiek, eigen telling",
        "fr": "données inventées pour un test : Fonds régional des Exemples, Institut de la Statistique imaginaire, comptage propre",
        "en": "invented data for a test: Fonds régional des Exemples / Gewestelijk Fonds voor Voorbeelden, own count",
    },
    "how_to_read": {
        "nl": "Een gevuld vak is een fase waarin die rechtsvorm terechtkan.",
        "fr": "Une case pleine : cette forme juridique peut s'y adresser.",
        "en": "A filled cell is a stage at which that legal form may apply.",
    },
    "limits": {
        "nl": "Een open instrument is nog geen toegekend geld.",
        "fr": "Un instrument ouvert n'est pas encore de l'argent accordé.",
        "en": "An open instrument is not yet money awarded.",
    },
    "alt": {
        "nl": "Raster met zes fasen en vier rechtsvormen op twee data; {none} vakken zijn leeg. Het toont waar geen enkel instrument open is.",
        "fr": "Grille de six phases et quatre formes juridiques à deux dates ; {none} cases sont vides. Elle montre où aucun instrument n'est ouvert.",
        "en": "Grid of six stages and four legal forms on two dates; {none} cells are empty. It shows where no instrument is open.",
    },
}

STAGES = {
    "emergence": ("Ontstaan van het idee", "Émergence de l'idée", "Emergence of the idea"),
    "time": ("Betaalde werktijd", "Temps de travail rémunéré", "Paid working time"),
    "model": ("Structuur en model", "Structuration et modélisation", "Structure and model"),
    "stable": ("Duurzame verankering", "Stabilisation structurelle", "Structural stability"),
    "scale": ("Opschaling", "Changement d'échelle", "Scaling up"),
    "impact": (
        "Meting van sociale impact",
        "Évaluation de l'impact social",
        "Social-impact assessment",
    ),
}
FORMS = {
    "asbl": ("vzw", "asbl", "vzw/asbl"),
    "coop": ("coöperatie", "coopérative", "co-operative"),
    "company": ("bedrijf", "société", "company"),
    "public": ("overheid", "pouvoir public", "public body"),
}
LABELS: dict[str, tuple[str, str, str]] = {
    **{f"stage.{key}": words for key, words in STAGES.items()},
    **{f"form.{key}": words for key, words in FORMS.items()},
    "state.open": ("open", "ouvert", "open"),
    "state.thin": ("één instrument", "un seul instrument", "one instrument"),
    "state.closed": ("gesloten of opgeschort, met jaar", "fermé ou suspendu, avec l'année", "closed or suspended, with year"),
    "state.none": ("niets gevonden", "rien trouvé", "none found"),
    "state.unknown": ("onbekend, aantal", "inconnu, nombre", "unknown, number"),
    "axis.share": ("aandeel van de huishoudens, in %", "part des ménages, en %", "share of households, in %"),
    "axis.projects": ("aantal projecten per oproep", "nombre de projets par appel", "projects per call"),
    "gap": ("geen meting", "pas de mesure", "no survey"),
    "rule.paper": ("pleitnota", "plaidoyer", "paper"),
    "rule.today": ("vandaag", "aujourd'hui", "today"),
    "line.a": ("Verzonnen gewest", "Région imaginaire", "Invented Region"),
    "line.b": ("Verzonnen buurland", "Pays voisin imaginaire", "Invented neighbour"),
    "line.c": ("Verzonnen gemiddelde", "Moyenne imaginaire", "Invented average"),
    "line.d": ("Ander gewest", "Autre région", "Other Region"),
    "submitted": ("ingediend", "introduits", "submitted"),
    "selected": ("geselecteerd", "retenus", "selected"),
    "fund": ("Fonds voor {name}", "Fonds pour {name}", "Fund for {name}"),
}  # fmt: skip


def catalogue(subtitle: tuple[str, str, str], headline: tuple[str, str, str]) -> Catalogue:
    langs = ("nl", "fr", "en")
    return {
        **FRAME,
        "headline.gap": dict(zip(langs, headline, strict=True)),
        "headline.none": {"nl": "Geen leemte", "fr": "Aucune lacune", "en": "No gap"},
        "subtitle": dict(zip(langs, subtitle, strict=True)),
        **{f"label.{key}": dict(zip(langs, words, strict=True)) for key, words in LABELS.items()},
    }  # type: ignore[return-value]


def gap_map() -> ChartRecord:
    random = np.random.default_rng(7)
    rows = [
        (day, stage, form)
        for day in (dt.date(2023, 12, 5), dt.date(2026, 11, 23))
        for stage in STAGES
        for form in FORMS
    ]
    states = random.choice(["open", "thin", "closed", "none", "unknown"], size=len(rows), p=[0.25, 0.2, 0.12, 0.18, 0.25])  # fmt: skip
    data = pd.DataFrame(rows, columns=["date", "stage", "legal_form"]).assign(
        date=lambda frame: pd.to_datetime(frame["date"]),
        state=states,
        instruments=random.integers(2, 15, len(rows)),
    )
    return ChartRecord(
        id="synthetic-gap-map",
        demands=("S1", "S2", "S6"),
        data=data,
        values={"known": 41, "all": 1259, "unknown": 18, "none": int((states == "none").sum())},
        claim="gap" if (states == "none").any() else "none",
        data_date=dt.date(2026, 11, 23),
        sources=("X001", "X002"),
        draw=draw_gap_map,
        column_height_mm=118,
        catalogue=catalogue(
            (
                "Aantal open instrumenten per fase van een project en per rechtsvorm, Brussels Hoofdstedelijk Gewest, op twee data; steun in geld, toegekende bedragen",
                "Nombre d'instruments ouverts par phase de la vie d'un projet et par forme juridique, Région de Bruxelles-Capitale, à deux dates ; soutien financier, montants engagés",
                "Instruments open per stage of a project's life and legal form, Brussels-Capital Region, on two dates; support in money",
            ),
            (
                "Voor verenigingen opent geen enkel verzonnen instrument het betaalde werk aan nieuwe ideeën",
                "Aucun instrument inventé n'ouvre aux associations le temps de travail des projets émergents",
                "No invented instrument opens paid working time on new ideas to associations",
            ),
        ),
    )  # fmt: skip


def draw_gap_map(canvas: Canvas) -> None:
    samples: list[tuple[State, str]] = [("open", "8"), ("thin", "1"), ("closed", ""), ("none", ""), ("unknown", "")]  # fmt: skip
    legend = [
        (lambda box, state=state: canvas.card(box, state), canvas.text(f"label.state.{state}"))
        for state, _ in samples
    ]
    area = canvas.area
    taken = canvas.legend(legend, area.left, area.top, area.width)
    grid = area.inset(top=taken + style.SPACE_3)
    stages = [canvas.text(f"label.stage.{stage}") for stage in STAGES]
    names, cells = grid.from_left(min(canvas.widest(stages), 0.3 * grid.width), gap=style.SPACE_2)
    head = canvas.line_height("body") + 2.4 * canvas.line_height("small")
    header, body = cells.from_top(head)
    rows = body.rows(len(STAGES), gap=3)
    for row, label in zip(rows, stages, strict=True):
        canvas.write(names.left, row.middle, label, valign="middle", width=names.width)
    panels = zip(canvas.data.groupby("date"), header.columns(2, gap=16), strict=True)
    for (day, frame), panel in panels:
        canvas.write(panel.left, panel.top, canvas.date(day.date()), weight="semibold")
        for form, column in zip(FORMS, panel.columns(len(FORMS), gap=3), strict=True):
            canvas.write(
                column.left, panel.bottom - 5, canvas.text(f"label.form.{form}"),
                role="small", colour=style.QUIET, valign="bottom", width=column.width,
            )  # fmt: skip
            states = frame[frame["legal_form"] == form].set_index("stage")
            for stage, row in zip(STAGES, rows, strict=True):
                state, number = states.loc[stage, "state"], states.loc[stage, "instruments"]
                text = {"open": canvas.number(number), "thin": "1", "closed": "2024", "none": "", "unknown": str(number)}[state]  # fmt: skip
                canvas.card(Box(column.left, row.top, column.width, row.height), state, text)


def lines() -> ChartRecord:
    years = np.arange(2008, 2026)
    random = np.random.default_rng(3)
    values = {
        "a": 26 + np.cumsum(random.normal(0.2, 0.8, len(years))),
        "b": 14 + np.cumsum(random.normal(0.0, 0.4, len(years))),
        "c": 14.6 + np.cumsum(random.normal(0.0, 0.35, len(years))),
        "d": 13.6 + np.cumsum(random.normal(0.05, 0.3, len(years))),
    }
    data = pd.concat(
        [pd.DataFrame({"series": key, "year": years, "share": series}) for key, series in values.items()]
    ).reset_index(drop=True)  # fmt: skip
    data.loc[data["series"].eq("a") & data["year"].isin([2019, 2020]), "share"] = np.nan
    return ChartRecord(
        id="synthetic-lines",
        demands=("S2",),
        data=data,
        values={"known": 17, "all": 19, "unknown": 2, "none": 3},
        claim="gap",
        data_date=dt.date(2025, 12, 31),
        sources=("X003",),
        draw=draw_lines,
        column_height_mm=78,
        catalogue=catalogue(
            (
                "Huishoudens onder de verzonnen drempel, in procent van alle huishoudens, jaargemiddelden; breuk in de reeks waar niet gemeten is",
                "Ménages sous le seuil imaginaire, en pourcentage de l'ensemble des ménages, moyennes annuelles ; série interrompue là où rien n'a été mesuré",
                "Households under the invented threshold, per cent of all households, yearly means; the series breaks where nothing was measured",
            ),
            (
                "In het verzonnen gewest leeft een op de vier huishoudens onder de drempel",
                "Dans la Région imaginaire, un ménage sur quatre vit sous le seuil",
                "In the invented Region one household in four lives under the threshold",
            ),
        ),
    )


def draw_lines(canvas: Canvas) -> None:
    area = canvas.area
    looks = {"a": (style.ACCENT, "solid"), "b": (style.INK, "dashed"), "c": (style.GREY, "long"), "d": (style.BLUE, "dotted")}  # fmt: skip
    ticks = [0.0, 10.0, 20.0, 30.0]
    marks = [canvas.number(tick) for tick in ticks]
    last = canvas.data[canvas.data["year"].eq(canvas.data["year"].max())].set_index("series")
    names = [canvas.text(f"label.line.{key}") for key in looks]
    written = [canvas.number(last.loc[key, "share"], 1) for key in looks]
    widest = canvas.end_label_width(
        [EndLabel(0, n, v) for n, v in zip(names, written, strict=True)]
    )
    plot = area.inset(
        left=canvas.widest(marks, "small") + style.SPACE_3,
        right=widest,
        top=canvas.y_axis_height(),
        bottom=canvas.axis_height(),
    )
    y = Scale.of(0, 30, plot.bottom, plot.top)
    x = Scale.of(2008, 2025, plot.left, plot.right)
    canvas.y_axis(y, Box(area.left, plot.top, plot.right - area.left, plot.height), ticks, marks, title=canvas.text("label.axis.share"))  # fmt: skip
    years = [2008, 2012, 2016, 2020, 2025]
    canvas.x_axis(x, plot, years, [str(year) for year in years], grid=False, side="bottom")
    canvas.gap(x(2018), x(2021), y(30), plot.bottom, canvas.text("label.gap"))
    ends = []
    for (key, (colour, dash)), name, value in zip(looks.items(), names, written, strict=True):
        series = canvas.data[canvas.data["series"] == key]
        canvas.path(x.place(series["year"]), y.place(series["share"]), colour=colour, dash=dash)
        ends.append(EndLabel(y(series["share"].iloc[-1]), name, value, style.QUIET if key == "c" else colour))  # fmt: skip
    canvas.end_labels(plot.right, ends, plot.top, plot.bottom)


def rows() -> ChartRecord:
    random = np.random.default_rng(11)
    starts = pd.to_datetime("2015-01-01") + pd.to_timedelta(random.integers(0, 2500, 9), unit="D")
    ends = starts + pd.to_timedelta(random.integers(400, 1500, 9), unit="D")
    submitted = random.integers(20, 160, 9)
    data = pd.DataFrame(
        {
            "programme": [f"Programme {letter} pour l'innovation sociale" for letter in "ABCDEFGHI"],
            "from": starts,
            "to": ends,
            "state": ["open", "closed", "unknown"] * 3,
            "submitted": submitted,
            "selected": (submitted * random.uniform(0.08, 0.6, 9)).round().astype(int),
        }
    )  # fmt: skip
    return ChartRecord(
        id="synthetic-rows",
        demands=(),
        data=data,
        values={"known": 9, "all": 9, "unknown": 3, "none": 1},
        claim="gap",
        data_date=dt.date(2026, 11, 23),
        sources=("X004",),
        draw=draw_rows,
        column_height_mm=90,
        catalogue=catalogue(
            ("Verzonnen programma's", "Programmes inventés", "Invented programmes"),
            (
                "Drie verzonnen programma's op vier sluiten voor de nieuwe begint",
                "Trois programmes inventés sur quatre ferment avant le suivant",
                "Three in four invented programmes close before the next opens",
            ),
        ),
    )


def draw_rows(canvas: Canvas) -> None:
    area, data = canvas.area, canvas.data
    names, rest = area.from_left(
        min(canvas.widest(list(data["programme"])), 0.26 * area.width), gap=style.SPACE_3
    )
    top = canvas.axis_height() + canvas.line_height("small") + style.SPACE_2
    rest = rest.inset(top=top)
    life, calls = rest.columns([0.55, 0.45], gap=style.SPACE_4)
    time = Scale.of(dt.date(2015, 1, 1), dt.date(2026, 12, 31), life.left, life.right)
    days = time.year_starts(every=3)
    canvas.x_axis(time, life, days, [str(day.year) for day in days])
    for day, key, align in ((dt.date(2023, 12, 5), "paper", "right"), (dt.date(2026, 11, 23), "today", "right")):  # fmt: skip
        lift = canvas.line_height("small") + style.SPACE_1
        if key == "paper":
            canvas.date_rule(time(day), life.top - lift, life.bottom, canvas.text(f"label.rule.{key}"), align=align, colour=style.ACCENT)  # fmt: skip
        else:
            canvas.date_rule(time(day), life.top - lift, life.bottom, canvas.text(f"label.rule.{key}"), align="center", dash="dotted")  # fmt: skip
    count = Scale.of(0, 200, calls.left, calls.right - 50)
    canvas.x_axis(count, calls, count.ticks(3), [canvas.number(tick) for tick in count.ticks(3)], title=canvas.text("label.axis.projects"))  # fmt: skip
    fills: dict[str, style.Fill] = {"open": "solid", "closed": "hatched", "unknown": "dotted"}
    for item, row in zip(data.to_dict("records"), rest.rows(len(data)), strict=True):
        canvas.write(names.left, row.middle, item["programme"], valign="middle", width=names.width, role="small")  # fmt: skip
        thin = Box(row.left, row.middle - 4, row.width, 8)
        canvas.bar(time, thin, item["from"].date(), item["to"].date(), how=fills[item["state"]], colour=style.SLATE)  # fmt: skip
        canvas.dumbbell(
            count, row.middle, item["submitted"], item["selected"],
            labels=(canvas.number(item["submitted"]), canvas.number(item["selected"])),
            end=canvas.percent(item["selected"] / item["submitted"]),
        )  # fmt: skip
    canvas.span(count, rest.bottom - 2, 20, 60)
    canvas.steps(Box(calls.right - 40, rest.bottom - 6, 6, 6), 2, 3)
    assert CAP_HEIGHT < 1


RECORDS = (gap_map, lines, rows)
