"""From a chart record to files: pictures in two shapes, the numbers behind them, a caption."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from xml.sax.saxutils import escape

from analysis import files, language
from analysis.charts import style
from analysis.charts.check import legibility_faults
from analysis.charts.frame import compose
from analysis.charts.record import ChartRecord, frame_text
from analysis.errors import CheckFailed, Fault
from analysis.language import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Format = Literal["svg", "png", "pdf", "csv", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)
PICTURES: tuple[Format, ...] = ("svg", "png", "pdf")
NOTEBOOK_DPI = 110

# Coordinates with six decimals of a point are noise that makes files a third larger.
_OWN_TITLE = re.compile(rb"\s*<title>[^<]*</title>")
_STYLE_RULE = re.compile(rb"\s*<defs>\s*<style[^>]*>\*\{[^}]*\}</style>\s*</defs>")
# The scale of the letters is no coordinate: rounding it would stretch every word.
# Half of a picture was the long names of its letters: one sign a font and a place as attribute.
_FONT_SIGNS = {
    b"SourceSansPro-Regular-": b"r",
    b"SourceSansPro-Semibold-": b"s",
    b"SourceSansPro-Bold-": b"b",
    b"DejaVuSans-Bold-": b"e",
    b"DejaVuSans-": b"d",
}
_LETTER = re.compile(b'(#|id=")(' + b"|".join(_FONT_SIGNS) + b")")
_PLACE = re.compile(rb'(<use [^>]*)transform="translate\(([\d.]+) 0\)"/>')
# What a reader of the file does not need: names of groups nobody links to, texts as comments, and
# groups around a single path.
_GROUP_NAME = re.compile(rb' id="(?:patch|text|line2d|axes|figure|PathCollection)_\d+"')
_COMMENT = re.compile(rb"<!--.*?-->\n", re.DOTALL)
_LONE_GROUP = re.compile(rb"<g>\n(<path [^>]*/>)\n</g>")
_INDENT = re.compile(rb"\n +")
_LONG_DECIMALS = re.compile(rb"(scale\([^)]*\))|(?<=\d)(\.\d{2})\d+")


def render(
    record: ChartRecord,
    lang: Language,
    out: Path,
    formats: Iterable[Format] = FORMATS,
    shapes: Iterable[str] = tuple(style.SHAPES),
) -> list[Path]:
    """Write one chart in one language below ``out/<lang>/charts``.

    Args:
        record: The chart.
        lang: Its language.
        out: Folder of the reports.
        formats: Any of svg, png, pdf, csv, md.
        shapes: ``wide`` (``<id>.svg``) and ``column`` (``<id>.column.svg``).

    Returns:
        The files written. Same record, same bytes.
    """
    wanted = set(formats)
    folder = out / lang / "charts"
    written: list[Path] = []

    def write(name: str, content: bytes) -> None:
        path = folder / name
        files.write_bytes(path, content)
        written.append(path)

    pictures = [each for each in PICTURES if each in wanted]
    for name in shapes if pictures else ():
        infix = "" if name == "wide" else f".{name}"
        for each, content in pictures_of(record, lang, style.SHAPES[name], pictures).items():
            write(f"{record.id}{infix}.{each}", content)
    if "csv" in wanted:
        write(f"{record.id}.csv", files.csv_bytes(record.data))
    if "md" in wanted:
        write(f"{record.id}.md", caption(record, lang).encode("utf-8"))
    return written


def pictures_of(
    record: ChartRecord, lang: Language, shape: style.Shape, formats: Sequence[Format] = PICTURES
) -> dict[Format, bytes]:
    """Draw a chart once and return it in each picture format.

    Raises:
        CheckFailed: A text overlaps another, leaves the picture or is too small to read: such a
            picture is never written.
    """
    with style.settings(f"{record.id}.{shape.name}.{lang}"):
        figure = compose(record, lang, shape)
        if found := legibility_faults(figure):
            raise CheckFailed(
                f"{record.id} ({lang}, {shape.name}) cannot be read:",
                [Fault(f"texts/charts/{record.id}.yaml", words) for words in found],
            )
        return {each: _save(figure, record, lang, shape, each) for each in formats}


def _save(
    figure: Figure,
    record: ChartRecord,
    lang: Language,
    shape: style.Shape,
    form: Format,
    dpi: int | None = None,
) -> bytes:
    title, alt = record.headline(lang), record.text("alt", lang)
    source = record.text("source", lang)
    buffer = io.BytesIO()
    # None leaves out what would differ from one run or one machine to the next.
    metadata: dict[Format, dict[str, Any]] = {
        "svg": {
            "Date": None,
            "Creator": None,
            "Title": title,
            "Description": alt,
            "Identifier": record.id,
            "Language": lang,
            "Source": source,
            "Rights": "CC BY 4.0",
            "Keywords": list(record.demands),
        },
        "png": {
            "Title": title,
            "Description": alt,
            "Source": source,
            "Copyright": "CC BY 4.0",
        },
        "pdf": {
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
            "Title": title,
            "Subject": alt,
            "Keywords": " ".join((record.id, lang, *record.demands)),
        },
    }
    if form == "png":
        return _indexed_png(figure, dpi or shape.dpi, metadata["png"])
    figure.savefig(buffer, format=form, metadata=metadata[form])
    return (
        _accessible(buffer.getvalue(), record, lang, shape) if form == "svg" else buffer.getvalue()
    )


def _indexed_png(figure: Figure, dpi: int, words: dict[str, str]) -> bytes:
    """Return a PNG with a palette of 256 colours, a third of the size, with its texts.

    There are few colours and their edges: the palette holds those of the tokens exactly.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    usual = figure.dpi
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    picture = Image.fromarray(pixels).convert("RGB")
    figure.set_dpi(usual)
    indexed = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    info = PngInfo()
    for key, text in words.items():
        # iTXt: tEXt is Latin-1 only, and a dash or a narrow space is not.
        info.add_itxt(key, text)
    out = io.BytesIO()
    indexed.save(out, "PNG", dpi=(dpi, dpi), pnginfo=info)
    return out.getvalue()


def _accessible(svg: bytes, record: ChartRecord, lang: Language, shape: style.Shape) -> bytes:
    """Give an SVG its role, its title and its description, where screen readers look for them."""
    mark = f"{record.id}-{shape.name}-{lang}"
    head = (
        f'<svg role="img" lang="{lang}" xml:lang="{lang}" '
        f'aria-labelledby="{mark}-title {mark}-desc" stroke-linejoin="round" stroke-linecap="butt"'
    )
    words = (
        f'<title id="{mark}-title">{escape(record.headline(lang))}</title>\n'
        f' <desc id="{mark}-desc">{escape(record.text("alt", lang))}</desc>\n'
    )
    # The writer's own title and its style rule for everything: the rule would reach the whole page
    # when the picture is set into one, so it becomes attributes of this picture.
    svg = _OWN_TITLE.sub(b"", svg, count=1)
    svg, rules = _STYLE_RULE.subn(b"", svg, count=1)
    if rules != 1:
        raise RuntimeError("matplotlib writes SVG in another way: look at _STYLE_RULE")
    start = svg.index(b"<svg")
    end = svg.index(b">", start) + 1
    body = _LONG_DECIMALS.sub(rb"\1\2", svg[end:])
    body = _LETTER.sub(lambda found: found[1] + _FONT_SIGNS[found[2]], body)
    body = _INDENT.sub(b"\n", body)
    for needless, kept in ((_GROUP_NAME, b""), (_COMMENT, b""), (_LONE_GROUP, rb"\1")):
        body = needless.sub(kept, body)
    body = _PLACE.sub(rb'\1x="\2"/>', body)
    return b"".join(
        [
            svg[:start],
            head.encode(),
            svg[start + len(b"<svg") : end],
            b"\n ",
            words.encode("utf-8"),
            body.lstrip(b"\n"),
        ]
    )


_MARKDOWN = re.compile(r"([\\`*_\[\]<>])")


def caption(record: ChartRecord, lang: Language) -> str:
    """Return the caption file: all that goes with the picture when it is pasted elsewhere."""

    def plain(text: str) -> str:
        # Not str.split: it would also break at the narrow space inside a number.
        return _MARKDOWN.sub(r"\\\1", re.sub(r"[ \t\n]+", " ", text))

    def item(label: str, content: str) -> str:
        return f"**{frame_text(label, lang)}** {content}"

    alt = plain(record.text("alt", lang))
    day = language.date(record.data_date, lang)
    demands = ", ".join(record.demands) or frame_text("no_demands", lang)
    data = f"[{frame_text('data_link', lang)}]({record.id}.csv), "
    parts = [
        f"# {plain(record.headline(lang))}",
        plain(record.text("subtitle", lang)),
        f"![{alt}]({record.id}.svg)",
        *(
            item(key, plain(record.text(key, lang)))
            for key in ("source", "base", "missing", "how_to_read", "limits")
        ),
        item("alt", alt),
        item("data_title", data + frame_text("data_until", lang, day=day)),
        item("demands_title", demands),
        item("chart_title", record.id),
        item("licence_title", frame_text("licence", lang)),
    ]
    return "\n\n".join(parts) + "\n"


def show(record: ChartRecord, lang: Language = "en", shape: str = "wide") -> None:
    """Show a chart in a notebook, with its alt text, and print its key figures.

    The comparison of notebooks (nbval) is blind to pictures; the printed figures and the alt text
    as plain text are what it compares.
    """
    import base64

    from IPython.display import display

    form = style.SHAPES[shape]
    with style.settings(f"{record.id}.{shape}.{lang}"):
        png = _save(compose(record, lang, form), record, lang, form, "png", NOTEBOOK_DPI)
    alt = record.text("alt", lang)
    display(  # type: ignore[no-untyped-call]
        {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt, "width": round(form.width)}},
    )
    print("\n".join(key_figures(record, lang)))


def key_figures(record: ChartRecord, lang: Language) -> list[str]:
    """Return what a chart says in text: headline, base, and each value with its name."""
    lines = [
        record.headline(lang),
        f"{frame_text('base', lang)} {record.text('base', lang)}",
    ]
    for name, value in record.values.items():
        spoken = value[lang] if isinstance(value, dict) else value
        written = f"{spoken:.10g}" if isinstance(spoken, float) else str(spoken)
        lines.append(f"{name} = {written}")
    return lines


def render_all(
    charts: Sequence[tuple[ChartRecord, Language]],
    out: Path = Path("reports"),
    formats: Sequence[Format] = FORMATS,
    shapes: Sequence[str] = tuple(style.SHAPES),
    workers: int | None = None,
    accent: str = style.ACCENT,
) -> list[Path]:
    """Write charts, on all cores; the files do not depend on how many there are.

    Args:
        charts: Which charts in which language.
        out: Folder of the reports.
        formats: See :func:`render`.
        shapes: See :func:`render`.
        workers: Processes; default one per core, and none beside this one for few pictures.
        accent: ``#rrggbb`` of what headlines speak of, where it is not ours.

    Returns:
        The files written, sorted.
    """
    from tqdm import tqdm

    jobs = [(record, lang, out, tuple(formats), tuple(shapes), accent) for record, lang in charts]
    # A new process takes about as long to start as three pictures take to draw.
    worth_it = bool(set(formats) & set(PICTURES)) and len(jobs) > 2
    processes = min(workers or ((os.cpu_count() or 1) if worth_it else 1), max(len(jobs), 1))
    written: list[Path] = []
    with tqdm(total=len(jobs), desc="charts", unit="chart", disable=None) as progress:
        if processes == 1:
            for job in jobs:
                written += _job(job)
                progress.update()
        else:
            # spawn: the same on all systems, and no forked locks.
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                for paths in pool.map(_job, jobs):
                    written += paths
                    progress.update()
    return sorted(written)


def _job(
    job: tuple[ChartRecord, Language, Path, tuple[Format, ...], tuple[str, ...], str],
) -> list[Path]:
    record, lang, out, formats, shapes, accent = job
    with style.accented(accent):
        return render(record, lang, out, formats, shapes)
