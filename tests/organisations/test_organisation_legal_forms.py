import datetime as dt
import re

import pandas as pd
import pytest
from organisations_synthetic import number, organisation

from analysis.organisations.legal_forms import (
    BASES,
    CLASSES,
    add_legal_forms,
    bodies_in_names,
    form_codes,
    forms_in_names,
    legal_forms,
    public_bodies,
    written_forms,
)
from analysis.organisations.names import spaced, words_with_role
from analysis.organisations.numbers import enterprise_ids
from analysis.organisations.register import build_register
from analysis.organisations.store import opened
from analysis.project import RULES


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def test_the_table_of_forms_is_sound() -> None:
    forms = legal_forms()
    assert len(forms) == 122
    assert forms["code"].is_unique and forms["code"].str.fullmatch(r"\d{3}").all()
    assert (forms[["name_fr", "name_nl", "source"]] != "").all(axis=None)
    assert set(forms["form_class"]) <= set(CLASSES)
    assert set(forms["social_purpose"]) | set(forms["public_law"]) == {"yes", "no"}
    assert set(forms["replaced_by"]) - {""} <= set(forms["code"])
    for row in forms.itertuples():
        start, end, kept = day(row.valid_from), day(row.valid_to), day(row.kept_until)
        assert not (start and end) or start < end, row.code
        assert not kept or (end and end < kept), row.code


def test_the_company_code_of_2019_closes_and_opens_forms() -> None:
    forms = legal_forms().set_index("code")
    closed = forms.loc[["008", "006", "015", "010", "012", "013", "508", "515"]]
    assert (closed["valid_to"] == "2019-04-30").all()
    assert (closed["kept_until"] == "2023-12-31").all()
    opened_then = forms.loc[["610", "612", "706"]]
    assert (opened_then["valid_from"] == "2019-05-01").all()
    assert (opened_then["valid_to"] == "").all()
    assert forms.loc["008", "replaced_by"] == forms.loc["508", "replaced_by"] == "706"
    assert forms.loc["015", "replaced_by"] == "610"
    assert forms.loc["017", "valid_to"] == forms.loc["014", "valid_to"] == ""
    assert (forms.loc[["506", "508", "515", "608"], "social_purpose"] == "yes").all()
    assert (forms.loc[["117", "114", "716", "411", "412"], "public_law"] == "yes").all()


@pytest.mark.parametrize(
    ("fr", "nl", "code"),
    [
        ("ASBL", "VZW", "017"),
        ("AISBL", "IVZW", "125"),
        ("SC", "CV", "706"),
        ("SCRL", "CVBA", "008"),
        ("SCRLFS", "CVBA-SO", "508"),
        ("SRL", "BV", "610"),
        ("SPRL", "BVBA", "015"),
        ("SA", "NV", "014"),
        ("Fondation privée", "Private stichting", "026"),
        ("Fondation d'utilité publique", "Stichting van openbaar nut", "029"),
        ("CPAS", "OCMW", "412"),
    ],
)
def test_french_and_dutch_name_one_form(fr: str, nl: str, code: str) -> None:
    found = form_codes(pd.Series([fr, nl, fr.lower()]))
    assert set(found) == {code} or (code == "412" and set(found) <= {"412", "126"})


def test_codes_are_read_as_written() -> None:
    cells = pd.Series(["17", "017", "xyz", "", None, "998"], index=list("abcdef"))
    assert form_codes(cells).to_dict() == {
        "a": "017", "b": "017", "c": "", "d": "", "e": "", "f": "",
    }  # fmt: skip


def test_written_forms_and_words_are_sound() -> None:
    words = written_forms()
    assert words["written"].is_unique
    assert (spaced(words["written"]) == words["written"]).all()
    assert set(words["form_class"]) <= set(CLASSES)
    assert set(words["place"]) == {"anywhere", "edge", "setoff", "begin", "end"}
    assert set(words["code"]) - {""} <= set(legal_forms()["code"])
    classes = legal_forms().set_index("code")["form_class"]
    coded = words.loc[words["code"] != ""]
    assert (coded["code"].map(classes) == coded["form_class"]).all()
    for file in ("name_words.csv", "name_synonyms.csv", "name_markers.csv"):
        table = pd.read_csv(RULES / file, dtype=str, keep_default_na=False)
        text = table[table.columns[0]]
        assert (spaced(text) == text).all(), file
        assert not table.iloc[:, :2].duplicated().any(), file
    assert not set(words_with_role("article")) & set(words_with_role("generic"))


def test_the_list_of_public_bodies_is_sound() -> None:
    bodies = public_bodies()
    numbers = bodies.loc[bodies["number"] != "", "number"]
    assert numbers.is_unique
    assert (enterprise_ids(numbers) != "").all()
    assert set(bodies["form_class"]) <= set(CLASSES)
    assert set(bodies["form_code"]) - {""} <= set(legal_forms()["code"])
    assert ((bodies["number"] != "") | (bodies["pattern"] != "")).all()
    assert (bodies["source"] != "").all()
    for pattern in [*bodies["pattern"], *bodies["except"]]:
        re.compile(pattern)
    kinds = {"municipality", "cpas-ocmw", "police zone", "church fabric", "hospital"}
    assert kinds | {"university", "haute ecole"} <= set(bodies["kind"])


@pytest.mark.parametrize(
    ("name", "code", "form_class"),
    [
        ("Les Lucioles asbl", "017", "asbl-vzw"),
        ("De Lucht V.Z.W.", "017", "asbl-vzw"),
        ("Fondation des Lucioles ASBL", "017", "asbl-vzw"),
        ("Fondation des Lucioles", "", "foundation"),
        ("Grainerie scrl à finalité sociale", "508", "cooperative"),
        ("Graanhandel CVBA-SO", "508", "cooperative"),
        ("Grainerie SCRL", "008", "cooperative"),
        ("Grainerie, SC", "706", "cooperative"),
        ("Graancoop CV", "706", "cooperative"),
        ("Grainerie (CV)", "706", "cooperative"),
        # The traps: a sporting club, a curriculum vitae, words that end like a form.
        ("Brume SC", "", ""),
        ("Royal Brume S.C.", "", ""),
        ("Atelier CV", "", ""),
        ("Ma Casa", "", ""),
        ("Le Son", "", ""),
        ("Garage Zed SA", "014", "company"),
        ("Nova NV", "014", "company"),
        ("Zed srl", "610", "company"),
        ("Mutualité de la Brume", "019", "mutual"),
        ("Brume", "", ""),
        ("", "", ""),
    ],
)
def test_the_form_in_a_name(name: str, code: str, form_class: str) -> None:
    found = forms_in_names(pd.Series([name])).iloc[0]
    assert (found["form_code"], found["form_class"]) == (code, form_class)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Commune d'Ixelles", "municipality"),
        ("Gemeente Elsene", "municipality"),
        ("Commune libre de la Brume", ""),
        ("C.P.A.S. d'Uccle", "cpas-ocmw"),
        ("OCMW Ukkel", "cpas-ocmw"),
        ("Amicale du personnel du CPAS", ""),
        ("Zone de police Brume", "police zone"),
        ("Harmonie de la police de Brume", ""),
        ("Fabrique d'église Saint-Zénobe", "church fabric"),
        ("Kerkfabriek Sint-Zenobius", "church fabric"),
        ("Université Libre de Bruxelles", "university"),
        ("Cercle d'histoire de l'Université libre de Bruxelles", ""),
        ("Vrije Universiteit Brussel", "university"),
        ("Haute École de la Brume", "haute ecole"),
        ("Les Amis du CHU Saint-Pierre", ""),
        ("CHU Saint-Pierre", "hospital"),
    ],
)
def test_public_bodies_by_name(name: str, body: str) -> None:
    assert bodies_in_names(pd.Series([name]))["public_body"].iloc[0] == body


def test_the_basis_is_register_then_number_then_name(tmp_path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(
        "enterprise_number,name,legal_form\n"
        f"{number(4000051)},Phare,SCRL\n{number(4000052)},Sans,\n0407626464,ULB,151\n"
    )
    build_register(source, tmp_path / "r.duckdb")
    frame = pd.DataFrame(
        {
            "beneficiary_id": [
                organisation(4000051), organisation(4000052), "BE-BCE_KBO-0407626464",
                "BE-BCE_KBO-0449012406", "", "", "BE-BCE_KBO-0449012406",
            ],
            "beneficiary_name": [
                "Phare asbl", "Sans asbl", "Université", "Vrije Univ", "Commune de Jette", "Quoi",
                "Tout autre chose",
            ],
            "beneficiary_kind": ["organisation"] * 7,
            "number_doubtful": [False] * 6 + [True],
        },
        index=range(10, 17),
    )  # fmt: skip
    with opened(tmp_path / "r.duckdb") as register:
        found = add_legal_forms(frame, register)
    assert found.index.equals(frame.index)
    assert found["form_basis"].tolist() == [
        "register", "name", "register", "number", "name", "unknown", "unknown",
    ]  # fmt: skip
    assert found["form_class"].tolist() == [
        "cooperative", "asbl-vzw", "university", "university", "public", "unknown", "unknown",
    ]  # fmt: skip
    assert found["form_code"].tolist() == ["008", "017", "151", "", "411", "", ""]
    assert found["public_law"].tolist()[:1] + found["public_law"].tolist()[4:6] == [
        "no", "yes", "unknown",
    ]  # fmt: skip
    assert set(found["form_basis"]) <= set(BASES)


def test_a_natural_person_is_a_class_of_its_own() -> None:
    frame = pd.DataFrame(
        {
            "beneficiary_id": [""],
            "beneficiary_name": ["masked asbl"],
            "beneficiary_kind": ["natural_person"],
        }
    )
    found = add_legal_forms(frame).iloc[0]
    assert (found["form_class"], found["form_code"]) == ("natural person", "")
