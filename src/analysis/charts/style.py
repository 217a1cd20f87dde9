"""Design tokens: type, ink, accent, spacing; and the sums that show they can be read.

Everything is measured in points (1/72 inch), from the top left corner, as one reads a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

Weight = Literal["regular", "semibold", "bold"]
Role = Literal["headline", "body", "small"]
Fill = Literal["solid", "tint", "hatched", "dotted", "outlined", "empty"]

PAPER = "#ffffff"
INK = "#1b1b1f"
QUIET = "#55555c"  # secondary text
GREY = "#83838a"  # marks that recede
HAIRLINE = "#d3d3d8"  # grid: guides the eye, carries no data
GROUND = "#f2f2f4"  # bands behind a group of rows, carries no data
ACCENT = "#b83a00"  # what the headline speaks of
BLUE = "#0072b2"
VERMILION = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"
SLATE = "#3f6478"  # the quiet solid of cards: there, but not the news

# Colours that may stand side by side to tell categories apart (Okabe and Ito 2008, and ink).
CATEGORIES = (INK, BLUE, VERMILION, GREEN, PURPLE)
# Colours of marks beside the accent.
MARKS = (INK, GREY, SLATE, ACCENT, BLUE, VERMILION, GREEN, PURPLE)
TEXT_COLOURS = (INK, QUIET, ACCENT, SLATE)

HAIR, THIN, MEDIUM, BOLD = 0.5, 1.0, 1.8, 3.2  # line widths
SPACE_1, SPACE_2, SPACE_3, SPACE_4 = 4.0, 8.0, 16.0, 32.0
# A line that tells series apart when colour does not: dash lengths in points.
DASHES: Mapping[str, tuple[float, ...]] = {
    "solid": (),
    "dashed": (5.0, 2.5),
    "dotted": (1.2, 2.2),
    "long": (9.0, 3.0),
}

FAMILY, FALLBACK = "Analysis Sans", "Analysis Sans Fallback"
# Our file, the file of matplotlib that has the signs ours lacks (● U+25CF), the weight.
_FILES: Mapping[Weight, tuple[str, str, int]] = {
    "regular": ("SourceSansPro-Regular.ttf", "DejaVuSans.ttf", 400),
    "semibold": ("SourceSansPro-Semibold.ttf", "DejaVuSans-Bold.ttf", 600),
    "bold": ("SourceSansPro-Bold.ttf", "DejaVuSans-Bold.ttf", 700),
}
LINE_SPACING: Mapping[Role, float] = {"headline": 1.14, "body": 1.28, "small": 1.3}


@dataclass(frozen=True)
class Shape:
    """One of the two forms of a picture; lengths in points.

    Attributes:
        name: ``wide`` or ``column``.
        width: Of the whole picture.
        height: Of the whole picture; ``None`` where the chart asks for its own.
        margin: Left and right.
        top: Margin above the headline.
        bottom: Margin under the footer.
        sizes: Type size of each role.
        dpi: Of the PNG.
    """

    name: str
    width: float
    height: float | None
    margin: float
    top: float
    bottom: float
    sizes: Mapping[Role, float]
    dpi: int


MM = 72 / 25.4
# 13.333 × 7.5 inch is the slide of PowerPoint and Impress; 144 dpi makes it 1920 × 1080 pixels.
WIDE = Shape(
    "wide", 960.0, 540.0, 32.0, 26.0, 18.0, {"headline": 25.0, "body": 13.0, "small": 10.5}, 144
)
# 160 mm is the text width of a Word page with usual margins; its text needs no margin of its own.
# Its PNG is the one for print.
COLUMN = Shape(
    "column",
    160 * MM,
    None,
    2.0,
    6.0,
    4.0,
    {"headline": 15.0, "body": 9.0, "small": 7.5},
    300,  # print
)
SHAPES: Mapping[str, Shape] = {"wide": WIDE, "column": COLUMN}


def font_folder() -> Path:
    """Return the folder with the files of our font.

    Raises:
        ModuleNotFoundError: The package with the font is not installed.
    """
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("font_source_sans_pro is not installed (see pyproject.toml)")
    return Path(next(iter(spec.submodule_search_locations))) / "files"


@cache
def _register_fonts() -> None:
    """Make our font known to matplotlib under a name of our own.

    The own name keeps another version of the same font, installed on somebody's machine, out of
    our pictures: same input, same bytes.
    """
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontEntry, fontManager

    ours, theirs = font_folder(), Path(get_data_path()) / "fonts" / "ttf"
    for weight, (file, fallback, number) in _FILES.items():
        for path, name in ((ours / file, FAMILY), (theirs / fallback, FALLBACK)):
            if not path.is_file():
                raise FileNotFoundError(f"no font file for the {weight} type: {path.name}")
            fontManager.ttflist.append(
                FontEntry(
                    fname=str(path),
                    name=name,
                    style="normal",
                    variant="normal",
                    weight=number,
                    stretch="normal",
                    size="scalable",
                )
            )


@cache
def font(size: float, weight: Weight = "regular") -> FontProperties:
    """Return the font at a size in points; DejaVu Sans gives the signs that it lacks."""
    from matplotlib.font_manager import FontProperties

    _register_fonts()
    return FontProperties(family=[FAMILY, FALLBACK], size=size, weight=_FILES[weight][2])


@contextmanager
def settings(salt: str) -> Iterator[None]:
    """Set matplotlib so that every picture is alike and the same input gives the same bytes.

    Text becomes paths in SVG: Word, LibreOffice and browsers do not have the font, and a
    replacement font would break a layout that is measured. PDF keeps real, searchable text.

    Args:
        salt: Makes the ids inside an SVG differ between pictures but not between runs.
    """
    import matplotlib as mpl

    _register_fonts()
    with mpl.rc_context(
        {
            "svg.hashsalt": salt,
            "svg.fonttype": "path",
            "pdf.fonttype": 42,
            "text.hinting": "none",
            "text.parse_math": False,
            "text.usetex": False,
            "font.family": [FAMILY, FALLBACK],
            "text.color": INK,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.unicode_minus": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.linewidth": HAIR,
            "axes.facecolor": "none",
            "xtick.color": QUIET,
            "ytick.color": QUIET,
            "figure.facecolor": PAPER,
            "savefig.facecolor": PAPER,
            "savefig.bbox": None,
            "path.simplify": False,
            "lines.scale_dashes": False,
            "lines.solid_capstyle": "butt",
            "patch.linewidth": 0.0,
        }
    ):
        yield


@contextmanager
def accented(colour: str) -> Iterator[None]:
    """Draw in another accent: an organisation's own, checked by whoever asks for it."""
    global ACCENT
    ours, ACCENT = ACCENT, colour
    try:
        yield
    finally:
        ACCENT = ours


def linear_rgb(colour: str) -> NDArray[np.float64]:
    """Return the linear-light red, green and blue (0-1) of a ``#rrggbb`` colour (IEC 61966-2-1)."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ linear_rgb(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


# Full loss of one cone type, linear RGB → linear RGB (Machado, Oliveira and Fernandes 2009,
# "A physiologically-based model for simulation of color vision deficiency", severity 1.0).
_DEFICIENCY: Mapping[str, NDArray[np.float64]] = {
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = (_RGB_TO_XYZ @ np.clip(rgb, 0, 1)) / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, deficiency: str = "") -> float:
    """Return how far apart two colours look: CIE 1976 ΔE*ab (about 2 is just noticeable).

    Args:
        one: ``#rrggbb``.
        other: ``#rrggbb``.
        deficiency: ``protan``, ``deutan`` or ``tritan`` for full colour-vision deficiency, empty
            for none.
    """
    matrix = _DEFICIENCY[deficiency] if deficiency else np.eye(3)
    seen = [_lab(matrix @ linear_rgb(colour)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def closest_pair(colours: tuple[str, ...], deficiency: str = "") -> tuple[float, str, str]:
    """Return the smallest :func:`distance` within a palette, with its two colours."""
    return min((distance(a, b, deficiency), a, b) for a, b in combinations(colours, 2))
