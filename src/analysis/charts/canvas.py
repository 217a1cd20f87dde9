"""The sheet a chart draws on: text, rules, cards, bars, dumbbells, lines and their labels.

All lengths are points, x from the left and y from the top of the picture. A chart draws inside
``canvas.area``, whose left edge is that of the headline: row labels start there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis import language
from analysis.charts import layout, style
from analysis.charts.layout import Box, Run, Scale

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.charts.record import ChartRecord

CAP_HEIGHT = 0.66  # of the type size, in Source Sans
HATCH_STEP = 4.5
DOT_STEP = 5.0

Align = Literal["left", "center", "right"]
VerticalAlign = Literal["top", "middle", "baseline", "bottom"]
State = Literal["open", "thin", "closed", "none", "unknown"]
Mark = Literal["dot", "ring", "square", "diamond", "tick"]


@dataclass(frozen=True)
class EndLabel:
    """What stands at the end of a line: where the line ends, its name and its last value."""

    y: float
    name: str
    value: str = ""
    colour: str = style.INK


class Canvas:
    """One picture in one language and one shape, while it is drawn.

    Attributes:
        record: The chart.
        lang: Language of its texts.
        shape: Wide or column, with the type sizes.
        figure: The matplotlib figure, for what the helpers do not do.
        paper: Axes over the whole picture in points, y downwards.
        area: Where the chart draws.
    """

    def __init__(
        self, record: ChartRecord, lang: language.Language, shape: style.Shape, size: Box, area: Box
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.record = record
        self.lang = lang
        self.shape = shape
        self.page = size
        self.area = area
        self.figure: Figure = Figure(figsize=(size.width / 72, size.height / 72), dpi=shape.dpi)
        FigureCanvasAgg(self.figure)
        self.paper: Axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, size.width))
        self.paper.set_ylim(size.height, 0)
        self.paper.set_axis_off()

    def _add(self, artist: Artist) -> None:
        self.paper.add_artist(artist)
        # Nothing is cut at the page's edge: the check for clipped texts must see it stick out.
        artist.set_clip_on(False)

    # Words

    @property
    def data(self) -> pd.DataFrame:
        """The numbers behind the drawing."""
        return self.record.data

    @property
    def is_wide(self) -> bool:
        """Whether this is the wide shape."""
        return self.shape.name == "wide"

    def text(self, key: str, **values: object) -> str:
        """Return a text of the chart's catalogue, filled."""
        return self.record.text(key, self.lang, **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number as the language does."""
        return language.number(value, self.lang, decimals)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Write a share (0.25) as a percentage, as the language does."""
        return language.percent(share, self.lang, decimals)

    def euro(self, value: float, decimals: int | None = None) -> str:
        """Write an amount in EUR short: in thousands or millions."""
        return language.short_euro(value, self.lang, decimals)

    def date(self, day: dt.date) -> str:
        """Write a day in full."""
        return language.date(day, self.lang)

    # Type

    def size(self, role: style.Role = "body") -> float:
        """Return the type size of a role in this shape."""
        return self.shape.sizes[role]

    def line_height(self, role: style.Role = "body") -> float:
        """Return the distance between two baselines of a role."""
        return self.size(role) * style.LINE_SPACING[role]

    def text_width(
        self, text: str, role: style.Role = "body", weight: style.Weight = "regular"
    ) -> float:
        """Return the width of one line."""
        return layout.text_width(text, self.size(role), weight)

    def widest(
        self, texts: Sequence[str], role: style.Role = "body", weight: style.Weight = "regular"
    ) -> float:
        """Return the width of the longest of some lines, 0 for none."""
        return max((self.text_width(text, role, weight) for text in texts), default=0.0)

    def wrap(
        self, text: str, width: float, role: style.Role = "body", weight: style.Weight = "regular"
    ) -> list[str]:
        """Break a text in lines no wider than ``width``."""
        return layout.wrap(text, width, self.size(role), weight)

    def text_height(
        self,
        text: str,
        width: float,
        role: style.Role = "body",
        weight: style.Weight = "regular",
    ) -> float:
        """Return the height a wrapped text takes, first cap to last baseline."""
        lines = len(self.wrap(text, width, role, weight))
        return CAP_HEIGHT * self.size(role) + (lines - 1) * self.line_height(role)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        role: style.Role = "body",
        size: float | None = None,
        weight: style.Weight = "regular",
        colour: str = style.INK,
        align: Align = "left",
        valign: VerticalAlign = "top",
        width: float | None = None,
        clear: bool = False,
    ) -> Box:
        """Write a text; return the box it takes, top of the capitals to last baseline.

        Args:
            x: Left edge, centre or right edge, by ``align``.
            y: Top of the capitals, their middle, the first or (``bottom``) last baseline.
            text: What to write; line breaks stay.
            role: Size of the type.
            size: Another size than the role's, in points (large numbers in cards).
            weight: Of the type.
            colour: Of the type.
            align: Where ``x`` is.
            valign: Where ``y`` is.
            width: Break lines at this width.
            clear: Wipe the ground under the text (over hatching and rules).
        """
        points = size or self.size(role)
        lines = layout.wrap(text, width, points, weight) if width is not None else text.split("\n")
        step = points * style.LINE_SPACING[role]
        height = CAP_HEIGHT * points + (len(lines) - 1) * step
        rise = {"top": 0.0, "middle": height / 2, "baseline": CAP_HEIGHT * points, "bottom": height}
        top = y - rise[valign]
        widest = max(layout.text_width(line, points, weight) for line in lines)
        left = {"left": x, "center": x - widest / 2, "right": x - widest}[align]
        taken = Box(left, top, widest, height)
        if clear:
            pad = 0.22 * points
            self.fill(taken.inset(-pad, -pad, -pad, -pad), style.PAPER, zorder=2.5)
        for index, line in enumerate(lines):
            self._type(
                x, top + CAP_HEIGHT * points + index * step, line, points, weight, colour, align
            )
        return taken

    def write_runs(
        self, x: float, y: float, runs: Sequence[Run], width: float, role: style.Role = "body"
    ) -> float:
        """Write words of several weights or colours as one paragraph; return its height.

        ``y`` is the top of the first line's capitals.
        """
        step = self.line_height(role)
        lines = layout.wrap_runs(runs, width, self.size(role))
        for index, line in enumerate(lines):
            baseline = y + CAP_HEIGHT * self.size(role) + index * step
            for start, run in line:
                self._type(x + start, baseline, run.text, self.size(role), run.weight, run.colour)
        return CAP_HEIGHT * self.size(role) + (len(lines) - 1) * step

    def _type(
        self,
        x: float,
        baseline: float,
        line: str,
        points: float,
        weight: style.Weight,
        colour: str,
        align: Align = "left",
    ) -> None:
        if line:
            self.paper.text(
                x,
                baseline,
                line,
                fontproperties=style.font(points, weight),
                color=colour,
                ha=align,
                va="baseline",
                zorder=4,
            )

    # Rules and fills

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        colour: str = style.INK,
        width: float = style.THIN,
        dash: str = "solid",
        zorder: float = 2.0,
    ) -> None:
        """Draw one straight line."""
        self.path([x0, x1], [y0, y1], colour=colour, width=width, dash=dash, zorder=zorder)

    def path(
        self,
        xs: Any,
        ys: Any,
        *,
        colour: str = style.INK,
        width: float = style.MEDIUM,
        dash: str = "solid",
        marker: Mark | None = None,
        zorder: float = 3.0,
        sharp: bool = False,
    ) -> None:
        """Draw a line through places; a place that is not a number is a gap, never joined over."""
        from matplotlib.lines import Line2D

        x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        line = Line2D(
            x,
            y,
            color=colour,
            linewidth=width,
            linestyle=(0, style.DASHES[dash]) if style.DASHES[dash] else "-",
            solid_capstyle="projecting" if sharp else "butt" if len(x) == 2 else "round",
            solid_joinstyle="miter" if sharp else "round",
            zorder=zorder,
        )
        self._add(line)
        if marker:
            for at in np.flatnonzero(np.isfinite(x) & np.isfinite(y)):
                self.mark(float(x[at]), float(y[at]), marker, colour=colour, zorder=zorder + 0.1)

    def fill(
        self,
        box: Box,
        colour: str = style.GREY,
        how: style.Fill = "solid",
        *,
        zorder: float = 1.0,
        line: float | None = None,
    ) -> None:
        """Fill a box: solid, tint, hatched, dotted, outlined (edge drawn inwards) or empty.

        Hatching and dots are drawn as lines, not as patterns: Word and LibreOffice show patterns
        badly, and lines are the same in SVG, PNG and PDF.
        """
        from matplotlib.patches import PathPatch, Rectangle
        from matplotlib.path import Path

        if how == "empty" or box.width <= 0 or box.height <= 0:
            return
        if how in ("solid", "tint"):
            shade = colour if how == "solid" else tint(colour)
            self._add(
                Rectangle(
                    (box.left, box.top), box.width, box.height, facecolor=shade, zorder=zorder
                )
            )
            return
        edge = line or {"outlined": style.MEDIUM, "hatched": style.THIN, "dotted": 1.3}[how]
        if how == "outlined":
            inner = box.inset(edge / 2, edge / 2, edge / 2, edge / 2)
            self._add(
                Rectangle(
                    (inner.left, inner.top),
                    inner.width,
                    inner.height,
                    facecolor=style.PAPER,
                    edgecolor=colour,
                    linewidth=edge,
                    joinstyle="miter",
                    zorder=zorder,
                )
            )
            return
        strokes = _diagonals(box) if how == "hatched" else _dotted_rows(box)
        if not len(strokes):
            return
        codes = np.tile([Path.MOVETO, Path.LINETO], len(strokes) // 2)
        self._add(
            PathPatch(
                Path(strokes, codes),
                facecolor="none",
                edgecolor=colour,
                linewidth=edge,
                linestyle=(0, (0.01, DOT_STEP - 0.01)) if how == "dotted" else "-",
                capstyle="round" if how == "dotted" else "butt",
                zorder=zorder,
            )
        )

    def outline(
        self, box: Box, colour: str = style.HAIRLINE, width: float = 0.8, *, zorder: float = 1.1
    ) -> None:
        """Draw the edge of a box, inwards, and leave what is in it."""
        r = width / 2
        inner = box.inset(r, r, r, r)
        xs = [inner.left, inner.right, inner.right, inner.left, inner.left]
        ys = [inner.top, inner.top, inner.bottom, inner.bottom, inner.top]
        self.path(xs, ys, colour=colour, width=width, zorder=zorder, sharp=True)

    def mark(
        self,
        x: float,
        y: float,
        kind: Mark = "dot",
        *,
        colour: str = style.INK,
        size: float | None = None,
        zorder: float = 3.2,
    ) -> None:
        """Draw one marker, ``size`` points across (default: two thirds of the body type)."""
        from matplotlib.patches import Circle, Polygon

        across = size or 0.66 * self.size("body")
        r = across / 2
        if kind == "tick":
            self.rule(x, y - across, x, y + across, colour=colour, width=1.4, zorder=zorder)
        elif kind in ("dot", "ring"):
            hollow = kind == "ring"
            self._add(
                Circle(
                    (x, y),
                    r - (0.8 if hollow else 0),
                    facecolor=style.PAPER if hollow else colour,
                    edgecolor=colour,
                    linewidth=1.6 if hollow else 0,
                    zorder=zorder,
                )
            )
        else:
            reach = r * (1.25 if kind == "diamond" else 0.9)
            corners = (
                [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
                if kind == "diamond"
                else [
                    (x - reach, y - reach),
                    (x + reach, y - reach),
                    (x + reach, y + reach),
                    (x - reach, y + reach),
                ]
            )
            self._add(Polygon(corners, closed=True, facecolor=colour, zorder=zorder))

    # Pieces of charts

    def card(self, box: Box, state: State, text: str = "", note: str = "") -> None:
        """Draw one cell of a gap map; the state shows by fill and by pattern.

        Args:
            box: The cell.
            state: ``open`` solid, ``thin`` outlined, ``closed`` hatched, ``none`` a bold dash in
                the accent (the gap), ``unknown`` dotted.
            text: Large: a number, or the year of closing; in an unknown cell it stays quiet.
            note: Small, under the text.
        """
        looks: Mapping[State, tuple[style.Fill, str, str]] = {
            "open": ("solid", style.SLATE, style.PAPER),
            "thin": ("outlined", style.SLATE, style.SLATE),
            "closed": ("hatched", style.GREY, style.INK),
            "none": ("empty", style.PAPER, style.ACCENT),
            "unknown": ("dotted", style.GREY, style.QUIET),
        }
        how, colour, ink = looks[state]
        self.fill(box, colour, how)
        if state in ("closed", "unknown"):
            self.outline(box)
        if state == "none":
            self.fill(box, style.ACCENT, "outlined", line=style.THIN)
            half = min(0.2 * box.width, 0.9 * self.size("body"))
            y = box.middle - (0.5 * self.size("small") if note else 0)
            self.rule(
                box.centre - half, y, box.centre + half, y, colour=ink, width=style.BOLD + 0.6
            )
        over = state in ("closed", "unknown")
        loud = state in ("open", "thin")
        room = box.height - (self.line_height("small") if note else 0)
        large = min(self.size("headline") * 0.8, 0.62 * room) if loud else self.size("body")
        room_across = (box.width - 6) / max(layout.text_width(text, large, "semibold"), 1)
        large = max(large * min(room_across, 1), self.size("small"))
        middle = box.middle - (0.5 * self.line_height("small") if note else 0)
        if text and state != "none":
            self.write(
                box.centre, middle, text, size=large, colour=ink, align="center", valign="middle",
                weight="semibold" if state != "unknown" else "regular", clear=over,
            )  # fmt: skip
        if note:
            low = middle + 0.5 * CAP_HEIGHT * large + 0.45 * self.size("small")
            self.write(
                box.centre, low, note, role="small", colour=ink, align="center",
                width=box.width - 4, clear=over,
            )  # fmt: skip

    def bar(
        self,
        scale: Scale,
        row: Box,
        low: Any,
        high: Any,
        *,
        colour: str = style.GREY,
        how: style.Fill = "solid",
        label: str = "",
        label_colour: str = style.INK,
        weight: style.Weight = "regular",
        thickness: float | None = None,
    ) -> Box:
        """Draw a horizontal bar from one value to another in a row; its label stands behind it.

        Args:
            scale: Horizontal.
            row: Gives the height; the bar lies in its middle.
            low: Where the bar begins: zero, or a day.
            high: Where it ends.
            colour: Of the bar.
            how: Its fill.
            label: Written behind the bar.
            label_colour: Of the label.
            weight: Of the label.
            thickness: At most this thick; default twice the body type, so that few bars do not
                become blocks.

        Returns:
            The bar.
        """
        left, right = scale(low), scale(high)
        lane = row.slice(thickness or 2 * self.size("body"))
        box = Box(left, lane.top, right - left, lane.height)
        self.fill(box, colour, how)
        if label:
            self.write(
                box.right + style.SPACE_1, row.middle, label, valign="middle",
                colour=label_colour, weight=weight,
            )  # fmt: skip
        return box

    def span(
        self,
        scale: Scale,
        y: float,
        low: Any,
        high: Any,
        *,
        colour: str = style.INK,
        width: float = style.THIN,
    ) -> None:
        """Draw a range between two values, with small ends: what sources or intervals allow."""
        left, right, reach = scale(low), scale(high), 0.28 * self.size("body")
        self.rule(left, y, right, y, colour=colour, width=width, zorder=3)
        for x in (left, right):
            self.rule(x, y - reach, x, y + reach, colour=colour, width=width, zorder=3)

    def dumbbell(
        self,
        scale: Scale,
        y: float,
        first: float,
        second: float,
        *,
        colour: str = style.INK,
        labels: tuple[str, str] = ("", ""),
        end: str = "",
    ) -> None:
        """Draw a ring at one value, a dot at another and what lies between them.

        Args:
            scale: Horizontal.
            y: Height of the row's middle.
            first: Value of the ring (submitted).
            second: Value of the dot (selected).
            colour: Of both.
            labels: Written outside the ring and outside the dot.
            end: Written after everything (the rate), in semibold.
        """
        a, b = scale(first), scale(second)
        self.rule(a, y, b, y, colour=colour, width=style.MEDIUM)
        self.mark(a, y, "ring", colour=colour)
        self.mark(b, y, "dot", colour=colour)
        off = 0.33 * self.size("body") + style.SPACE_1
        last = max(a, b) + off
        for place, other, label, ink in ((a, b, labels[0], style.QUIET), (b, a, labels[1], colour)):
            if label:
                to_left = place < other or (place == other and label is labels[1])
                taken = self.write(
                    place - off if to_left else place + off, y, label, colour=ink,
                    align="right" if to_left else "left", valign="middle",
                )  # fmt: skip
                last = max(last, taken.right + style.SPACE_2)
        if end:
            self.write(last, y, end, weight="semibold", colour=colour, valign="middle")

    def steps(self, box: Box, filled: int, total: int, *, colour: str = style.INK) -> None:
        """Draw strength as filled squares out of a total, from the left, as high as the box."""
        for index in range(total):
            square = Box(box.left + index * (box.height + 3), box.top, box.height, box.height)
            self.fill(square, colour if index < filled else style.GREY, "solid" if index < filled else "outlined", line=style.THIN)  # fmt: skip

    def x_axis(
        self,
        scale: Scale,
        box: Box,
        ticks: Sequence[Any],
        labels: Sequence[str],
        *,
        title: str = "",
        grid: bool = True,
        side: Literal["top", "bottom"] = "top",
        role: style.Role = "small",
    ) -> None:
        """Draw a horizontal axis: hairlines through the box, labels and title outside it.

        Leave :meth:`axis_height` for it above (or below) the box. A label that would run into its
        neighbour is left out, its hairline stays.
        """
        free = -np.inf
        gap = style.SPACE_1
        for tick, label in zip(ticks, labels, strict=True):
            x = scale(tick)
            if grid:
                self.rule(x, box.top, x, box.bottom, colour=style.HAIRLINE, width=style.HAIR, zorder=0.5)  # fmt: skip
            half = self.text_width(label, role) / 2
            centre = min(max(x, self.area.left + half), self.area.right - half)
            if label and centre - half >= free:
                y = (
                    box.top - gap
                    if side == "top"
                    else box.bottom + gap + CAP_HEIGHT * self.size(role)
                )
                self.write(centre, y, label, role=role, colour=style.QUIET, align="center", valign="baseline")  # fmt: skip
                free = centre + half + 0.6 * self.size(role)
        if title:
            y = (
                box.top - gap - self.line_height(role) - 1
                if side == "top"
                else box.bottom + gap + CAP_HEIGHT * self.size(role) + self.line_height(role)
            )
            self.write(box.left, y, title, role=role, colour=style.QUIET, valign="baseline")

    def axis_height(self, *, title: bool = False, role: style.Role = "small") -> float:
        """Return the height that :meth:`x_axis` takes outside its box."""
        labels = style.SPACE_1 + self.size(role)
        return labels + (self.line_height(role) + 1 if title else 0)

    def y_axis(
        self,
        scale: Scale,
        box: Box,
        ticks: Sequence[float],
        labels: Sequence[str],
        *,
        title: str = "",
        role: style.Role = "small",
    ) -> None:
        """Draw a vertical axis: hairlines across the box, labels on them at its left edge.

        The title stands horizontally above the axis; leave one line for it and the top label
        (:meth:`y_axis_height`). The plot starts right of the labels:
        ``box.left + widest(labels) + SPACE_2``.
        """
        for tick, label in zip(ticks, labels, strict=True):
            y = scale(tick)
            zero = tick == 0
            self.rule(
                box.left, y, box.right, y, zorder=0.6 if zero else 0.5,
                colour=style.INK if zero else style.HAIRLINE, width=0.8 if zero else style.HAIR,
            )  # fmt: skip
            self.write(box.left, y - 2.5, label, role=role, colour=style.QUIET, valign="baseline")
        if title:
            top = min(scale(tick) for tick in ticks) - 5.5 - self.line_height(role)
            self.write(box.left, top, title, role=role, colour=style.QUIET, valign="baseline")

    def y_axis_height(self, *, title: bool = True, role: style.Role = "small") -> float:
        """Return the room that :meth:`y_axis` takes above its box."""
        return 5.5 + self.size(role) + (self.line_height(role) if title else 0)

    def date_rule(
        self,
        x: float,
        top: float,
        bottom: float,
        label: str,
        *,
        colour: str = style.INK,
        align: Align = "left",
        role: style.Role = "small",
        dash: str = "solid",
    ) -> Box:
        """Draw a day as a vertical rule, its label above it; return the label's box."""
        self.rule(x, top, x, bottom, colour=colour, width=0.9, dash=dash, zorder=2.2)
        nudge = {"left": -0.4, "center": 0.0, "right": 0.4}[align]
        return self.write(x + nudge, top - style.SPACE_1, label, role=role, colour=colour, weight="semibold", align=align, valign="baseline")  # fmt: skip

    def gap(
        self,
        x0: float,
        x1: float,
        top: float,
        bottom: float,
        label: str,
        role: style.Role = "small",
    ) -> None:
        """Mark a stretch without data: a pale band with a word, so that it is seen, not bridged."""
        self.fill(Box(x0, top, x1 - x0, bottom - top), style.GROUND, zorder=0.4)
        self.write(
            (x0 + x1) / 2, top + style.SPACE_1, label, role=role, colour=style.QUIET,
            align="center", width=max(x1 - x0 - 4, 1),
        )  # fmt: skip

    def end_labels(
        self,
        x: float,
        labels: Sequence[EndLabel],
        low: float,
        high: float,
        *,
        role: style.Role = "body",
    ) -> None:
        """Write name and value at the end of each line, moved apart where they would collide.

        Args:
            x: Where the lines end.
            labels: One per line.
            low: Upper edge that labels keep within (smallest y).
            high: Lower edge.
            role: Size of the type.
        """
        places = layout.spread([label.y for label in labels], self.line_height(role), low, high)
        for label, y in zip(labels, places, strict=True):
            start = x + style.SPACE_2
            if abs(y - label.y) > 1.5:
                start += style.SPACE_2
                self.path([x + 3, x + 6, start - 3], [label.y, label.y, y], colour=label.colour, width=0.7)  # fmt: skip
            runs = [Run(label.name, "regular", label.colour)]
            if label.value:
                runs.append(Run(label.value, "semibold", label.colour))
            self.write_runs(start, y - CAP_HEIGHT * self.size(role) / 2, runs, 1e6, role)

    def end_label_width(self, labels: Sequence[EndLabel], role: style.Role = "body") -> float:
        """Return the room that :meth:`end_labels` needs right of the lines."""
        words = [
            self.text_width(label.name, role)
            + (self.text_width(f" {label.value}", role, "semibold") if label.value else 0)
            for label in labels
        ]
        return max(words, default=0.0) + 2 * style.SPACE_2 + 1

    def legend(
        self,
        samples: Sequence[tuple[Callable[[Box], None], str]],
        x: float,
        y: float,
        width: float,
        *,
        sample: tuple[float, float] | None = None,
        role: style.Role = "small",
        draw: bool = True,
    ) -> float:
        """Draw samples of the drawing with a word each, in rows; return the height taken.

        Args:
            samples: A function that draws one sample in a box, and its label.
            x: Left edge.
            y: Upper edge.
            width: Room from the left edge.
            sample: Width and height of a sample.
            role: Size of the type.
            draw: Only measure when false.
        """
        wide, high = sample or (2.0 * self.size(role), 1.15 * self.size(role))
        left, top, row = x, y, high + style.SPACE_2 * 0.75
        for paint, label in samples:
            long = wide + style.SPACE_1 + 1 + self.text_width(label, role)
            if left > x and left + long > x + width:
                left, top = x, top + row
            if draw:
                paint(Box(left, top, wide, high))
                self.write(left + wide + style.SPACE_1 + 1, top + high / 2, label, role=role, colour=style.QUIET, valign="middle")  # fmt: skip
            left += long + 1.6 * self.size(role)
        return top + high - y if samples else 0.0

    def axes(self, box: Box, x: tuple[Any, Any], y: tuple[Any, Any]) -> Axes:
        """Give plain matplotlib axes in a box, for what the helpers do not draw."""
        page = self.page
        axes = self.figure.add_axes(
            (
                box.left / page.width,
                1 - box.bottom / page.height,
                box.width / page.width,
                box.height / page.height,
            ),
            xlim=x,
            ylim=y,
        )
        axes.tick_params(length=0, labelsize=self.size("small"), pad=3)
        return axes


def shortened(canvas: Canvas, text: str, width: float, role: style.Role = "body") -> str:
    """Return a name as long as it fits on one line, with … where words had to go."""
    lines = canvas.wrap(text, width, role)
    return text if len(lines) == 1 else f"{lines[0].rstrip(',;: ')}…"


def tint(colour: str, strength: float = 0.22) -> str:
    """Mix a colour with white: a ground for text, never a mark of its own."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * strength):02x}" for part in parts)


def _diagonals(box: Box) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return end points of rising strokes clipped to the box; strokes of neighbours line up."""
    step = min(HATCH_STEP, max(0.3 * box.height, 2.6)) * np.sqrt(2)
    first = np.ceil((box.left + box.top) / step + 1e-9)
    last = np.floor((box.right + box.bottom) / step - 1e-9)
    sums = np.arange(first, last + 1) * step
    x0 = np.maximum(box.left, sums - box.bottom)
    x1 = np.minimum(box.right, sums - box.top)
    return np.stack([x0, sums - x0, x1, sums - x1], axis=1).reshape(-1, 2)


def _dotted_rows(box: Box) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return end points of rows that a dash of no length turns into dots, centred in the box."""
    rows = max(int((box.height - 2.6) // DOT_STEP), 0)
    dots = max(int((box.width - 4) // DOT_STEP), 0)
    left = box.centre - dots * DOT_STEP / 2
    ys = box.middle + (np.arange(rows + 1) - rows / 2) * DOT_STEP
    ends = np.full_like(ys, left + dots * DOT_STEP + 0.05)
    return np.stack([np.full_like(ys, left), ys, ends, ys], axis=1).reshape(-1, 2)
