"""The same numbers as a chart that office programs draw themselves, so that people can edit it.

A :class:`NativeChart` is in the reader's language already; the writers of slides and workbooks
only translate it to their library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bar", "stacked_bar", "column", "stacked_column", "line"]
Unit = Literal["count", "share", "EUR", "number"]


@dataclass(frozen=True)
class NativeSeries:
    """One series of a native chart.

    Attributes:
        name: In the reader's language.
        values: One a category, in the unit of the chart; ``None`` where nothing is known: a gap
            in a line, no bar. Never zero for unknown.
        accent: Whether it is what the headline speaks of.
        recedes: Whether it is what is not known, or only the ground for another series.
    """

    name: str
    values: tuple[float | None, ...]
    accent: bool = False
    recedes: bool = False


@dataclass(frozen=True)
class NativeChart:
    """A chart that PowerPoint, Impress, Excel and Calc can draw from its numbers.

    Attributes:
        kind: Bars lie, columns stand.
        categories: Labels in the order in which a reader meets them, bars from top to bottom.
        series: At least one.
        unit: Of all values: ``share`` is 0-1 and shown in percent, ``EUR`` nominal unless the
            subtitle says otherwise.
        axis_title: What the values are, in the reader's language.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[NativeSeries, ...]
    unit: Unit
    axis_title: str

    def __post_init__(self) -> None:
        if not self.series or not self.categories:
            raise ValueError("a native chart has at least one series and one category")
        for one in self.series:
            if len(one.values) != len(self.categories):
                raise ValueError(f"series {one.name!r} has not one value a category")
