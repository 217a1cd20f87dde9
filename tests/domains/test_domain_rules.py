import shutil

import pytest

from analysis.domains.matching import term_words
from analysis.domains.rules import FOLDER, load_rules
from analysis.errors import InputError


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(FOLDER, folder)
    return folder


def test_package_rules_are_sound():
    rules = load_rules()
    assert "unknown" not in rules.choices
    assert {"education", "social_action", "health", "employment", "housing"} <= rules.needs


def test_every_domain_with_rows_has_terms_in_both_languages():
    terms = load_rules().terms
    for domain in set(load_rules().choices) - {"other"}:
        assert {"fr", "nl"} <= set(terms.loc[terms["domain"] == domain, "language"]), domain


@pytest.mark.parametrize(
    ("table", "column", "by"),
    [
        ("terms", "term", ["domain", "language", "where"]),
        ("programmes", "term", []),
        ("signals", "term", ["signal"]),
        ("organisations", "name", []),
    ],
)
def test_no_term_stands_twice_in_other_spelling(table, column, by):
    """Two spellings that read alike would count double."""
    frame = getattr(load_rules(), table)
    plain = frame[column].map(lambda term: " ".join(term_words(term)))
    keys = frame[by].assign(plain=plain)
    assert keys[keys.duplicated()].empty


def test_both_does_not_repeat_a_term_of_object_or_name():
    terms = load_rules().terms
    plain = terms.assign(term=terms["term"].map(lambda term: " ".join(term_words(term))))
    keys = ["domain", "language", "term"]
    both = plain[plain["where"] == "both"]
    part = plain[plain["where"] != "both"]
    assert both.merge(part, on=keys).empty


def test_a_programme_has_one_domain_and_one_signal():
    programmes = load_rules().programmes
    for column in ("domain", "si_signal"):
        assert (programmes.groupby("programme")[column].nunique() == 1).all(), column


def test_functional_codes_are_three_digits_for_everybody_and_five_for_one_funder():
    codes = load_rules().functional_codes
    general = codes["scope"] == "belgium"
    assert codes.loc[general, "code"].str.fullmatch(r"\d{3}").all()
    assert codes.loc[~general, "code"].str.fullmatch(r"\d{5}").all()
    assert codes["source"].str.len().gt(20).all()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("terms.csv", "education,fr,both", "eduction,fr,both", "eduction"),
        ("terms.csv", ",both,", ",somewhere,", "somewhere"),
        ("settings.csv", "name_share,1.0", "name_share,much", "much"),
        ("signals.csv", "event,fr,", "happening,fr,", "happening"),
    ],
)
def test_wrong_cell_is_named_with_file_row_and_column(copied, file, old, new, said):
    path = copied / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as error:
        load_rules(copied)
    assert file in str(error.value)
    assert "row" in str(error.value)
    assert said in str(error.value)


def test_missing_file_and_missing_column(copied):
    (copied / "signals.csv").unlink()
    with pytest.raises(InputError, match=r"signals\.csv is missing"):
        load_rules(copied)
    shutil.copy(FOLDER / "signals.csv", copied)
    path = copied / "terms.csv"
    path.write_text(path.read_text("utf-8").replace("weight", "size", 1), "utf-8")
    with pytest.raises(InputError, match="weight"):
        load_rules(copied)
