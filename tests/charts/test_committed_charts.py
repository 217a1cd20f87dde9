"""The charts in reports/ are those of the records, whole in three languages, and can be read aloud.

Pictures are judged where they are written: a chart with overlapping, clipped or tiny text is
refused by the renderer (tested with synthetic charts), so what is committed was judged.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest
from evidence_charts import evidence
from synthetic_charts import gap_map

from analysis.charts import style
from analysis.charts.index import faults, read_index
from analysis.charts.record import ChartRecord, text_faults
from analysis.charts.registry import BUILDERS, LOCAL_BUILDERS, build_records, chart
from analysis.charts.render import pictures_of
from analysis.errors import CheckFailed, InputError
from analysis.language import LANGUAGES
from analysis.notebooks import png_texts
from analysis.project import Project

ENDINGS = {"svg", "png", "pdf", "column.svg", "column.png", "column.pdf", "csv", "md"}


@cache
def records() -> tuple[ChartRecord, ...]:
    return tuple(build_records(evidence()))


def test_committed_charts_are_those_of_their_records(project: Project) -> None:
    assert [str(fault) for fault in faults(records(), project.reports)] == []


def test_every_chart_has_every_file(project: Project) -> None:
    for entry in read_index(project.reports).values():
        names = {f"{lang}/charts/{entry['id']}.{end}" for lang in LANGUAGES for end in ENDINGS}
        assert set(entry["files"]) == names


def test_texts_are_whole_and_no_figure_is_typed() -> None:
    assert [str(fault) for record in records() for fault in text_faults(record)] == []


def test_the_name_of_a_builder_is_the_id_of_its_chart() -> None:
    built = [record.id for record in records()]
    assert built[: len(BUILDERS)] == [each.__name__.replace("_", "-") for each in BUILDERS]
    assert len(built) in (len(BUILDERS), len(BUILDERS) + len(LOCAL_BUILDERS))
    with pytest.raises(InputError, match="No chart called nothing"):
        chart(evidence(), "nothing")


def test_alt_text_is_read_back_from_every_picture(project: Project) -> None:
    for record in records():
        for lang in LANGUAGES:
            alt = record.text("alt", lang)
            folder = project.reports / lang / "charts"
            for infix in ("", ".column"):
                png = png_texts((folder / f"{record.id}{infix}.png").read_bytes())
                assert png["Description"] == alt
                svg = ET.fromstring((folder / f"{record.id}{infix}.svg").read_bytes())
                described = svg.find("{http://www.w3.org/2000/svg}desc")
                assert described is not None
                assert described.text == alt
            assert alt in (folder / f"{record.id}.md").read_text("utf-8").replace("\\", "")


def test_a_chart_that_cannot_be_read_is_not_written(tmp_path: Path) -> None:
    record = gap_map()

    def scribble(canvas: object) -> None:
        for _ in range(2):
            canvas.write(40, 200, "the same place twice", valign="middle")  # type: ignore[attr-defined]

    import dataclasses

    broken = dataclasses.replace(record, draw=scribble)
    with pytest.raises(CheckFailed, match="cannot be read"):
        pictures_of(broken, "en", style.WIDE, ["svg"])
