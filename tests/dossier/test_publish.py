"""Publishing: what is stale is written, what is not is left, and a selection harms nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.commands.report import command
from analysis.dossier.charts import Chart, read_charts
from analysis.dossier.content import Dossier
from analysis.dossier.publish import (
    Output,
    faults,
    outputs,
    publish,
    read_index,
    selection,
    stale,
)
from analysis.errors import InputError
from analysis.files import sha256
from analysis.project import Project

QUICK = [Output("xlsx", "nl"), Output("xlsx", "fr"), Output("html", "")]


def with_text(dossier: Dossier, chart_id: str, lang: str, words: str) -> Dossier:
    """Change one text of one chart in one language."""

    def other(chart: Chart) -> Chart:
        if chart.id != chart_id:
            return chart
        texts: Any = {key: dict(by) for key, by in chart.texts.items()}
        texts["limits"][lang] = words
        return replace(chart, texts=texts)

    return replace(dossier, charts=tuple(map(other, dossier.charts)))


def test_only_what_depends_on_a_text_is_stale(chosen: Dossier, tmp_path: Path) -> None:
    publish(chosen, QUICK, tmp_path, workers=1)
    assert stale(chosen, QUICK, tmp_path) == []
    changed = with_text(chosen, chosen.charts[0].id, "nl", "anders")
    assert stale(changed, QUICK, tmp_path) == [Output("xlsx", "nl")]
    assert [f.row or f.file for f in faults(changed, tmp_path)] != []


def test_a_changed_file_is_stale_and_named(chosen: Dossier, tmp_path: Path) -> None:
    publish(chosen, QUICK, tmp_path, workers=1)
    (tmp_path / "index.html").write_text("spoilt")
    assert stale(chosen, QUICK, tmp_path) == [Output("html", "")]
    assert any(f.file == "index.html" for f in faults(chosen, tmp_path))


def test_files_that_are_gone_are_removed(chosen: Dossier, tmp_path: Path) -> None:
    publish(chosen, QUICK, tmp_path, workers=1)
    first = chosen.charts[0]
    assert (tmp_path / first.name("nl", "xlsx")).is_file()
    publish(replace(chosen, charts=chosen.charts[1:]), [Output("xlsx", "nl")], tmp_path, workers=1)
    assert not (tmp_path / first.name("nl", "xlsx")).exists()
    assert (tmp_path / first.name("fr", "xlsx")).is_file()


def test_the_number_of_workers_changes_no_byte(chosen: Dossier, tmp_path: Path) -> None:
    for workers in (1, 2):
        publish(chosen, QUICK, tmp_path / str(workers), workers=workers)
    one, two = (read_index(tmp_path / str(workers)) for workers in (1, 2))
    assert one == two


def test_outputs_are_all_formats_in_all_languages() -> None:
    assert len(outputs()) == 3 * 5 + 1
    assert outputs(["nl"], ["docx"]) == [Output("docx", "nl")]
    assert Output("html", "") in outputs(["fr"], ["html"])


def test_a_selection_has_its_own_folder(project: Project, tmp_path: Path) -> None:
    done = selection(project, tmp_path, ["S6"], None, ["nl"], ["html"])
    assert done == {"nl/html": done["nl/html"], "shared/html": done["shared/html"]}
    assert (tmp_path / "nl" / "demands" / "S6.html").is_file()
    assert not (tmp_path / "nl" / "demands" / "S1.html").exists()
    assert (tmp_path / "nl" / "charts" / "business-aid-by-legal-form.svg").is_file()
    with pytest.raises(InputError, match="name another --out"):
        selection(project, project.reports, ["S6"])


def test_a_brand_redraws_the_charts(project: Project, tmp_path: Path) -> None:
    from analysis.charts import style

    brand_file = tmp_path / "ours.yaml"
    brand_file.write_text(
        'name: {nl: K, fr: F, en: O}\naccent: "#1f5fa8"\ncontact: {nl: a, fr: b, en: c}\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    result = CliRunner().invoke(
        command,
        ["--demand", "E3", "--lang", "fr", "--format", "html", "--brand", str(brand_file), "--out", str(out)],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    svg = (out / "fr" / "charts" / "verdicts.svg").read_text("utf-8")
    assert "#1f5fa8" in svg
    assert style.ACCENT not in svg
    assert "#1f5fa8" in (out / "assets" / "brand.css").read_text("utf-8")
    ours = project.reports / "fr" / "charts" / "verdicts.svg"
    assert style.ACCENT in ours.read_text("utf-8")


def test_wrong_demand_and_brand_are_plain_errors(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--demand", "X1", "--out", str(tmp_path)])
    assert isinstance(result.exception, InputError)
    assert "No demand called X1" in str(result.exception)
    result = CliRunner().invoke(command, ["--brand", str(tmp_path / "none.yaml")])
    assert isinstance(result.exception, InputError)


def test_published_charts_are_those_of_the_index(project: Project, tmp_path: Path) -> None:
    charts = read_charts(project.reports)
    assert len(charts) >= 29
    for chart in charts:
        for name, checksum in chart.files.items():
            assert sha256(project.reports / name) == checksum
    with pytest.raises(InputError, match="No charts are drawn yet"):
        read_charts(tmp_path)
