"""The charts as slides: native charts that people can edit where the kind allows, else the picture."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis import files
from analysis.charts import style
from analysis.charts.native import NativeChart
from analysis.dossier import content
from analysis.dossier.charts import Chart
from analysis.dossier.content import Dossier, caption_lines
from analysis.language import LOCALES, Language, text

if TYPE_CHECKING:
    from pptx.presentation import Presentation

FONT = "Calibri"
# More bars than this on one slide cannot be read: then the picture stands for them.
MOST_BARS = 36
MOST_CATEGORIES = 12
_WIDTH, _HEIGHT = 12192000, 6858000  # EMU: 13.333 × 7.5 inch
_MARGIN = 406400
_COLOURS = (style.SLATE, style.GREY, style.INK, style.BLUE, style.PURPLE, style.GREEN, style.QUIET, style.HAIRLINE)  # fmt: skip


def build(dossier: Dossier, lang: Language) -> bytes:
    """Return the slides in one language as PPTX; same dossier, same bytes."""
    import pptx
    from pptx.util import Emu

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Emu(_WIDTH), Emu(_HEIGHT)
    _properties(deck, dossier, lang)
    _master(deck, dossier)
    _title_slide(deck, dossier, lang)
    for group in content.GROUPS:
        if dossier.in_group(group):
            _verdict_slide(deck, dossier, group, lang)
    for chart in dossier.charts:
        _chart_slide(deck, dossier, chart, lang)
    buffer = io.BytesIO()
    deck.save(buffer)
    return files.steady_zip(buffer.getvalue())


def fits_native(chart: NativeChart) -> bool:
    """Say whether a native chart can be read on a slide."""
    bars = len(chart.categories)
    if chart.kind in ("bar", "column"):
        bars *= len(chart.series)
    return bars <= MOST_BARS and (chart.kind == "line" or len(chart.categories) <= MOST_CATEGORIES)


def _properties(deck: Presentation, dossier: Dossier, lang: Language) -> None:
    core = deck.core_properties
    core.title, core.subject = text("dossier", "title", lang), text("dossier", "subtitle", lang)
    core.author = core.last_modified_by = dossier.brand.name[lang]
    core.language = LOCALES[lang].replace("_", "-")
    core.comments = dossier.edition.stamp(lang)
    core.version, core.revision = dossier.edition.version, 1
    core.created = core.modified = dt.datetime.combine(dossier.data_date, dt.time())


def _colour(value: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(value.removeprefix("#").upper())


def _master(deck: Presentation, dossier: Dossier) -> None:
    """Dress the layouts that are used: title (0) and title only (5); remove the others."""
    from lxml import etree

    theme = next(
        part for part in deck.part.package.iter_parts() if str(part.partname).startswith("/ppt/theme/theme1")
    )  # fmt: skip
    root = etree.fromstring(theme.blob)
    space = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    for one in root.findall(".//a:latin", space)[:2]:
        one.set("typeface", FONT)
    tokens = {"dk1": dossier.brand.ink, "accent1": dossier.brand.accent, "accent2": style.SLATE, "accent3": style.GREY, "hlink": dossier.brand.accent}  # fmt: skip
    for name, value in tokens.items():
        slot = root.find(f".//a:clrScheme/a:{name}", space)
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, f"{{{space['a']}}}srgbClr").set("val", value.removeprefix("#"))
    theme._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    layouts = deck.slide_layouts
    for layout in [one for place, one in enumerate(layouts) if place not in (0, 5)]:
        layouts.remove(layout)
    for layout, top, height, size in ((layouts[0], 1800000, 1500000, 40), (layouts[1], 200000, 850000, 22)):  # fmt: skip
        for shape in list(layout.placeholders):
            kind = shape.placeholder_format.type
            if str(kind).startswith(("TITLE", "CENTER_TITLE")):
                _place(shape, _MARGIN, top, _WIDTH - 2 * _MARGIN, height)
                _text_of(shape, size, bold=True)
            elif str(kind).startswith("SUBTITLE"):
                _place(shape, _MARGIN, top + height + 100000, _WIDTH - 2 * _MARGIN, 900000)
                _text_of(shape, 20)
            else:
                shape._element.getparent().remove(shape._element)
    for shape in list(deck.slide_master.placeholders):
        if str(shape.placeholder_format.type).startswith(("DATE", "FOOTER", "SLIDE_NUMBER")):
            shape._element.getparent().remove(shape._element)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _text_of(shape: Any, size: int, bold: bool = False) -> None:
    """Set size, weight and left alignment of a layout's placeholder for the slides that use it."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.BOTTOM if size > 30 else MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = 0
    body = frame._txBody
    levels = body.find("{http://schemas.openxmlformats.org/drawingml/2006/main}lstStyle")
    for child in list(levels):
        levels.remove(child)
    from lxml import etree

    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    level = etree.SubElement(levels, f"{{{space}}}lvl1pPr", algn="l", marL="0", indent="0")
    etree.SubElement(level, f"{{{space}}}buNone")
    etree.SubElement(level, f"{{{space}}}defRPr", sz=str(size * 100), b="1" if bold else "0")
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size = Pt(size)


def _words(
    slide: Any, words: str, box: tuple[int, int, int, int], size: float, colour: str, lang: Language
) -> Any:
    from pptx.util import Pt

    shape = slide.shapes.add_textbox(*box)
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.text = words
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size, run.font.name = Pt(size), FONT
            run.font.color.rgb = _colour(colour)
            run.font.language_id = None
            run._r.get_or_add_rPr().set("lang", LOCALES[lang].replace("_", "-"))
    return shape


def _title(slide: Any, words: str, lang: Language) -> None:
    slide.shapes.title.text = words
    for run in slide.shapes.title.text_frame.paragraphs[0].runs:
        run._r.get_or_add_rPr().set("lang", LOCALES[lang].replace("_", "-"))


def _title_slide(deck: Presentation, dossier: Dossier, lang: Language) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    _title(slide, text("dossier", "title", lang), lang)
    if dossier.is_whole:
        subtitle = text("dossier", "subtitle", lang)
    else:
        ids = ", ".join(str(one["id"]) for one in dossier.demands)
        subtitle = text("dossier", "subtitle_chosen", lang, ids=ids)
    slide.placeholders[1].text = subtitle
    if dossier.brand.logo:
        logo = slide.shapes.add_picture(io.BytesIO(dossier.brand.logo), _MARGIN, _MARGIN, height=700000)  # fmt: skip
        logo._element._nvXxPr.cNvPr.set("descr", dossier.brand.name[lang])
    lines = [
        dossier.edition.stamp(lang),
        f"{dossier.brand.name[lang]}. {dossier.brand.contact[lang]}",
        text("dossier", "licence", lang),
    ]
    _words(slide, "\n".join(lines), (_MARGIN, 5300000, _WIDTH - 2 * _MARGIN, 1100000), 12, style.QUIET, lang)  # fmt: skip


def _verdict_slide(deck: Presentation, dossier: Dossier, group: str, lang: Language) -> None:
    from pptx.util import Pt

    slide = deck.slides.add_slide(deck.slide_layouts[1])
    _title(slide, text("dossier", f"group.{group}", lang), lang)
    demands = dossier.in_group(group)
    shape = slide.shapes.add_table(
        len(demands) + 1, 4, _MARGIN, 1200000, _WIDTH - 2 * _MARGIN, 400000 * (len(demands) + 1)
    )
    shape._element._nvXxPr.cNvPr.set("descr", text("dossier", f"group.{group}", lang))
    table = shape.table
    table.horz_banding = False
    for column, width in zip(table.columns, (600000, 3600000, 2300000, _WIDTH - 2 * _MARGIN - 6500000), strict=True):  # fmt: skip
        column.width = width
    header = ["", *(text("dossier", f"part.{key}", lang) for key in ("demand", "verdict", "answer"))]  # fmt: skip
    rows = [header] + [
        [str(one["id"]), one["title"][lang], one["verdict_label"][lang], one["main_text"][lang]]
        for one in demands
    ]
    for line, cells in zip(table.rows, rows, strict=True):
        for place, (cell, words) in enumerate(zip(line.cells, cells, strict=True)):
            cell.text = words
            cell.fill.background()
            cell.margin_left = 0
            for run in cell.text_frame.paragraphs[0].runs:
                run.font.size = Pt(11)
                run.font.bold = place in (0, 2) or cells is header
                run.font.color.rgb = _colour(dossier.brand.accent if place == 2 and cells is not header else dossier.brand.ink)  # fmt: skip
                run._r.get_or_add_rPr().set("lang", LOCALES[lang].replace("_", "-"))
    _footer(slide, dossier.edition.stamp(lang), lang)


def _footer(slide: Any, words: str, lang: Language) -> None:
    _words(slide, words, (_MARGIN, _HEIGHT - 420000, _WIDTH - 2 * _MARGIN - 700000, 330000), 9, style.QUIET, lang)  # fmt: skip
    number = _words(slide, "‹#›", (_WIDTH - _MARGIN - 600000, _HEIGHT - 420000, 600000, 330000), 9, style.QUIET, lang)  # fmt: skip
    _slide_number(number)


def _slide_number(shape: Any) -> None:
    """Make the text of a box the number of its slide (a field of PowerPoint)."""
    from lxml import etree

    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    paragraph = shape.text_frame.paragraphs[0]._p
    run = paragraph.find(f"{{{space}}}r")
    field = etree.SubElement(
        paragraph, f"{{{space}}}fld",
        id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum",
    )  # fmt: skip
    for child in list(run):
        field.append(child)
    paragraph.remove(run)


def _chart_slide(deck: Presentation, dossier: Dossier, chart: Chart, lang: Language) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    _title(slide, chart.headline(lang), lang)
    native = chart.native[lang] if chart.native else None
    if native is not None and fits_native(native):
        _words(slide, chart.text("subtitle", lang), (_MARGIN, 1080000, _WIDTH - 2 * _MARGIN, 420000), 12, style.QUIET, lang)  # fmt: skip
        _native(slide, dossier, native, chart, lang)
        base, source = caption_lines(chart, lang, ("base", "source"))
        foot = f"{base[0]} {base[1]}\n{source[0]} {source[1]}"
        _words(slide, foot, (_MARGIN, _HEIGHT - 1060000, _WIDTH - 2 * _MARGIN, 600000), 9, style.QUIET, lang)  # fmt: skip
    else:
        # The picture without its own headline: the slide's title says it.
        _picture(slide, chart, lang)
    _footer(slide, f"{chart.text('footnote', lang)} · {dossier.edition.stamp(lang)}", lang)
    notes = [f"{label} {sentence}" for label, sentence in caption_lines(chart, lang)]
    notes.append(dossier.edition.chart_citation(chart, lang))
    slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _picture(slide: Any, chart: Chart, lang: Language) -> None:
    share = 0.105  # of the wide picture's height that its headline takes
    height = _HEIGHT - 1100000 - 440000
    width = round(height * 16 / 9 / (1 - share))
    width = min(width, _WIDTH - 2 * _MARGIN)
    height = round(width * (1 - share) * 9 / 16)
    picture = slide.shapes.add_picture(str(chart.file(lang, "png")), (_WIDTH - width) // 2, 1080000, width, height)  # fmt: skip
    picture.crop_top = share
    picture.name = chart.id
    picture._element._nvXxPr.cNvPr.set("descr", chart.text("alt", lang))


def _native(
    slide: Any, dossier: Dossier, native: NativeChart, chart: Chart, lang: Language
) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
    from pptx.util import Pt

    kinds: Mapping[str, Any] = {
        "bar": XL_CHART_TYPE.BAR_CLUSTERED,
        "stacked_bar": XL_CHART_TYPE.BAR_STACKED,
        "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
        "stacked_column": XL_CHART_TYPE.COLUMN_STACKED,
        "line": XL_CHART_TYPE.LINE_MARKERS,
    }
    form = number_format(native)
    data = CategoryChartData(number_format=form)
    data.categories = list(native.categories)
    for series in native.series:
        data.add_series(series.name, series.values)
    box = (_MARGIN, 1500000, _WIDTH - 2 * _MARGIN, _HEIGHT - 1500000 - 1100000)
    frame = slide.shapes.add_chart(kinds[native.kind], *box, data)
    frame.name = chart.id
    frame._element._nvXxPr.cNvPr.set("descr", chart.text("alt", lang))
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(11 if len(native.categories) <= 12 else 9), FONT
    drawn.font.color.rgb = _colour(style.INK)
    drawn.has_title = False
    drawn.has_legend = len(native.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.TOP
        drawn.legend.include_in_layout = False
    values, categories = drawn.value_axis, drawn.category_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = _colour(style.HAIRLINE)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = form, False
    values.minimum_scale = 0
    categories.format.line.color.rgb = _colour(style.GREY)
    categories.has_major_gridlines = False
    if native.kind in ("bar", "stacked_bar"):
        categories.reverse_order = True  # the first category on top
        _every_label(categories)
    plot = drawn.plots[0]
    if native.kind != "line":
        plot.gap_width = 45
    accented = any(series.accent for series in native.series)
    rest = iter(_COLOURS * 2)
    for place, (series, told) in enumerate(zip(plot.series, native.series, strict=True)):
        ours = told.accent or (not accented and place == 0)
        shade = dossier.brand.accent if ours else style.HAIRLINE if told.recedes else next(rest)
        if native.kind == "line":
            series.format.line.color.rgb = _colour(shade)
            series.format.line.width = Pt(2.25)
            series.smooth = False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = _colour(shade)
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = _colour(shade)
    if native.kind != "line" and len(native.categories) * len(native.series) <= MOST_BARS:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = form, False
        labels.font.size = Pt(10)
        if native.kind in ("bar", "column"):
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
        else:
            # Parts of nothing need no label; light parts need dark ones.
            labels.number_format = f"{form};;;"
            for series, told in zip(plot.series, native.series, strict=True):
                own = series.data_labels
                own.show_value, own.number_format, own.number_format_is_linked = (
                    True,
                    f"{form};;;",
                    False,
                )
                own.font.size = Pt(10)
                own.font.color.rgb = _colour(style.INK if told.recedes else style.PAPER)


def _every_label(categories: Any) -> None:
    """Ask for the name of every bar: programs leave some out where they find it crowded."""
    from lxml import etree

    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    element = categories._element
    skip = etree.Element(f"{{{space}}}tickLblSkip", val="1")
    last = element.find(f"{{{space}}}noMultiLvlLbl")
    if last is None:
        element.append(skip)
    else:
        last.addprevious(skip)


def number_format(native: NativeChart) -> str:
    """Return the number format of a native chart: office programs localise the signs."""
    return {"share": "0%", "EUR": "#,##0", "count": "#,##0", "number": "#,##0.0"}[native.unit]
