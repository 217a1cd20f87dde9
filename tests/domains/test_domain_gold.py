import json

import pytest

from analysis.domains.gold import PARTS, city_rows, part, read_labels
from analysis.errors import InputError
from analysis.project import PACKAGE

LABELS = PACKAGE.parents[1] / "data" / "raw" / "labels" / "city_subsidies_gold.csv"


def test_stored_labels_are_sound_and_hold_no_text():
    labels = read_labels(LABELS)
    assert len(labels) == 240
    assert labels.groupby("year").size().tolist() == [60, 60, 60, 60]
    header = LABELS.read_text("utf-8").splitlines()[0].split(",")
    assert not {"beneficiary_name", "object", "amount_eur"} & set(header)


def test_parts_are_a_fixed_draw():
    labels = read_labels(LABELS)
    assert set(labels["part"]) == set(PARTS)
    assert part("C2019-0485") == part("C2019-0485")
    shares = labels["part"].value_counts(normalize=True)
    assert 0.4 < shares["development"] < 0.6


def test_wrong_label_is_named(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_text(
        "label_id,year,row_index,domain_gold,si_signal_gold\nX-1,2020,0,cuture,none\nX-1,2020,1,,no\n"
    )
    with pytest.raises(InputError) as error:
        read_labels(path)
    said = str(error.value)
    assert "cuture" in said
    assert "row 3, column si_signal_gold" in said
    assert "equal ids" in said


def test_missing_labels(tmp_path):
    with pytest.raises(InputError, match="--labels"):
        read_labels(tmp_path / "no.csv")


def test_published_rows_are_read_by_fragments_of_the_header(tmp_path):
    folder = tmp_path / "city-of-brussels"
    folder.mkdir()
    record = {
        "article_complet_volledig_artikel": "76410/33202",
        "le_numero_de_bce_du_beneficiaire_de_la_subvention_kbo": 422143307.0,
        "nom_du_beneficiaire_de_la_subvention_2031": "Synthetic club",
        "nom_de_la_subvention_naam": "Subside",
        "l_objet_de_la_subvention": None,
    }
    (folder / "data-2031.json").write_text(json.dumps([record, record]), "utf-8")
    rows = city_rows(tmp_path, [2031])
    assert rows["row_index"].tolist() == [0, 1]
    first = rows.iloc[0]
    assert first["beneficiary_name"] == "Synthetic club"
    assert first["beneficiary_id"] == "0422143307"
    assert first["object"] == ""
    assert first["budget_article"] == "76410/33202"
    with pytest.raises(InputError, match="ANALYSIS_MIRROR"):
        city_rows(tmp_path, [2032])


def test_second_annotator_labelled_rows_outside_the_gold_file():
    second = read_labels(LABELS.with_name("second_annotator.csv"))
    samples = second["label_id"].str.partition("-")[0]
    assert samples.value_counts().to_dict() == {"first": 300, "second": 200}
    places = ["year", "row_index"]
    assert not second.duplicated(places).any()
    assert second.merge(read_labels(LABELS), on=places).empty
