import dataclasses

import pandas as pd
import pytest

from analysis.domains.classify import ADDED, beneficiary_key, classify, functional_code
from analysis.domains.rules import load_rules
from analysis.errors import InputError

CITY = "city-of-brussels"


def one(**cells):
    return classify(pd.DataFrame([cells])).iloc[0]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("École de devoirs et alphabétisation", "education"),
        ("huiswerkklas voor leerlingen", "education"),
        ("Distribution de colis alimentaires aux sans-abri", "social_action"),
        ("voedselbedeling en opvang voor daklozen", "social_action"),
        ("Consultations en santé mentale", "health"),
        ("preventie van drugsverslaving", "health"),
        ("Festival de théâtre et concerts", "culture"),
        ("tentoonstelling in het museum", "culture"),
        ("accompagnement de chercheurs d'emploi", "employment"),
        ("begeleiding van werkzoekenden", "employment"),
        ("logements sociaux et agence immobilière sociale", "housing"),
        ("sociale woningen", "housing"),
        ("tournoi de football", "sport"),
        ("zwemclub", "sport"),
        ("potager collectif et compost", "environment"),
        ("fietsherstelplaats en moestuin", "environment"),
        ("illuminations de l'association des commerçants", "economy"),
        ("handelaarsvereniging en kerstmarkt", "economy"),
        ("fabrique d'église", "worship"),
        ("gardiens de la paix", "safety"),
        ("coopération au développement à Kinshasa", "international"),
        ("ontwikkelingssamenwerking", "international"),
        ("cotisation de membre", "administration"),
        ("lidmaatschapsbijdrage", "administration"),
    ],
)
def test_object_alone(text, domain):
    assert one(object=text)["domain"] == domain


def test_all_columns_and_rows_stay_as_they_are():
    awards = pd.DataFrame(
        {
            "award_id": ["b", "a", "b"],
            "object": ["vélo", "théâtre", ""],
            "amount_eur": ["1.10", "", "-3"],
            "flags": ["=x", None, "00"],
        },
        index=[7, 7, 3],
    )
    result = classify(awards)
    pd.testing.assert_frame_equal(result[awards.columns], awards)
    assert list(result.columns) == [*awards.columns, *ADDED]


def test_object_goes_before_code_and_code_before_nothing():
    code = {"beneficiary_name": "Abcdef", "budget_article": "76410/33202"}
    assert one(object="Fonctionnement - Werkingskosten", **code)["domain"] == "sport"
    judged = one(object="festival de théâtre", **code)
    assert judged["domain"] == "culture"
    assert judged["domain_basis"] == "object_terms"


def test_name_speaks_where_the_object_is_operating_money():
    judged = one(beneficiary_name="Orchestre de chambre", object="Fonctionnement")
    assert (judged["domain"], judged["domain_basis"]) == ("culture", "name_terms")


def test_other_rows_of_the_same_beneficiary_speak_last():
    awards = pd.DataFrame(
        {
            "beneficiary_name": ["Xyzzy", "XYZZY", "Plugh"],
            "object": ["match de basket", "Fonctionnement", "Fonctionnement"],
        }
    )
    result = classify(awards)
    assert result["domain"].tolist() == ["sport", "sport", "other"]
    assert result.loc[1, "domain_basis"] == "same_beneficiary"
    assert result.loc[2, "domain_reason"].startswith("read, but nothing in it")
    assert result.loc[2, "domain_confidence"] == 0


def test_other_is_read_and_unknown_is_not():
    awards = pd.DataFrame(
        {
            "beneficiary_name": ["Plugh", "Plugh", "Plugh", "", ""],
            "object": ["projet Xyzzy", "Xyzzy", "", "projet Xyzzy", ""],
        }
    )
    result = classify(awards)
    assert result["domain"].tolist() == ["other", *["unknown"] * 4]
    assert (result["domain_reason"] == "no evidence found").tolist() == [False, *[True] * 4]


def test_reason_names_the_terms():
    reason = one(object="École de devoirs, alphabétisation")["domain_reason"]
    assert reason == "terms: école* de devoirs, alphabétisation"


def test_the_two_languages_of_a_text_do_not_add_up():
    rules = load_rules()
    from analysis.domains.classify import evidence

    table = pd.DataFrame({"object": ["vélo", "fiets", "vélo / fiets"]})
    layers, _ = evidence(table, rules)
    points = layers["object"][:, rules.choices.index("environment")]
    assert points[2] == max(points[0], points[1])


def test_halves_are_read_only_where_the_whole_is_missing():
    assert one(object_fr="natation", object_nl="zwemmen")["domain"] == "sport"
    assert one(object="théâtre", object_fr="natation", object_nl="zwemmen")["domain"] == "culture"


def test_divided_evidence_is_unknown_and_says_between_what():
    rules = load_rules()
    strict = dataclasses.replace(rules, settings={**rules.settings, "min_confidence": 0.9})
    judged = classify(pd.DataFrame({"object": ["théâtre et natation"]}), rules=strict).iloc[0]
    assert judged["domain"] == "unknown"
    assert judged["domain_reason"].startswith("not sure enough between culture and sport")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"budget_article": "76410/33202"}, "764"),
        ({"budget_article": "76410-33202"}, "764"),
        ({"budget_article": "764/332-02"}, "764"),
        ({"budget_article": "7641033202"}, "764"),
        ({"budget_function": "84210", "budget_article": "764/1"}, "842"),
        ({"budget_article": "84210/33202", "funder_id": CITY}, "84210"),
        ({"budget_article": "84210/33202", "funder_id": "Ville de Bruxelles"}, "84210"),
        ({"budget_article": "84210/33202", "funder_id": "ixelles"}, "842"),
        ({"budget_article": "99999/1"}, ""),
        ({"budget_article": "bla"}, ""),
        ({"object": "no code"}, ""),
    ],
)
def test_functional_code(cells, code):
    assert functional_code(pd.DataFrame([cells]), load_rules()).tolist() == [code]


def test_order_of_rows_does_not_matter():
    awards = pd.DataFrame(
        {
            "beneficiary_name": ["A asbl", "B vzw", "A asbl", "C", ""],
            "object": ["natation", "werking", "Fonctionnement", "projet vélo", "fête"],
            "budget_article": ["", "76210/33202", "", "", ""],
        }
    )
    forward = classify(awards)
    backward = classify(awards.iloc[::-1]).iloc[::-1]
    pd.testing.assert_frame_equal(forward, backward)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Égalité des chances : appel à projets", "clear"),
        ("projet pilote de logement pour sans-abri", "clear"),
        ("innovation sociale : aide alimentaire", "clear"),
        ("projet de soutien aux sans-abri", "possible"),
        ("ateliers d'alphabétisation", "possible"),
        ("begeleiding van werkzoekenden", "possible"),
        ("projet de potager collectif", "possible"),
        ("Fonctionnement de la maison de jeunes", "none"),
        ("werkingskosten opvang voor daklozen", "none"),
        ("travaux à la maison de repos", "none"),
        ("conférence sur la pauvreté", "none"),
        ("projet de concert de jazz", "none"),
        ("tournoi de football", "none"),
        ("cotisation", "none"),
    ],
)
def test_signal(text, signal):
    judged = one(object=text)
    assert judged["si_signal"] == signal, judged["si_reason"]


def test_signal_of_a_public_body_needs_a_project():
    cells = {"object": "accueil de nuit des migrants"}
    assert one(beneficiary_name="Plateforme citoyenne", **cells)["si_signal"] == "possible"
    bare = {"object": "migrants - migranten"}
    assert one(beneficiary_name="Plateforme citoyenne", **bare)["si_signal"] == "possible"
    assert one(beneficiary_name="CPAS", **bare)["si_signal"] == "none"


def test_title_gives_a_domain_but_no_signal():
    judged = one(object="", title="Subside aide alimentaire")
    assert (judged["domain"], judged["si_signal"]) == ("social_action", "none")


def test_empty_table_keeps_its_columns():
    result = classify(pd.DataFrame({"object": pd.Series([], dtype="str")}))
    assert list(result.columns) == ["object", *ADDED]
    assert result.empty


def test_neither_object_nor_name():
    with pytest.raises(InputError, match="beneficiary_name or object"):
        classify(pd.DataFrame({"amount_eur": ["1"]}), file="a.csv")


def test_judged_before():
    with pytest.raises(InputError, match="domain"):
        classify(pd.DataFrame({"object": ["x"], "domain": ["culture"]}))


def test_beneficiaries_are_told_apart_by_name_not_by_a_shared_number():
    awards = pd.DataFrame(
        {
            "beneficiary_name": ["Xyzzy en abrégé XY", "XYZZY", "Plugh", ""],
            "beneficiary_id": ["BE-BCE_KBO-0422143307"] * 4,
        }
    )
    assert beneficiary_key(awards).tolist() == ["xyzzy", "xyzzy", "plugh", "0422143307"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Fonctionnement", True),
        ("project Xyzzy", True),
        ("operating costs", True),
        ("Xyzzy", False),
        ("commission communautaire", False),
        ("", False),
    ],
)
def test_kind_of_money_is_read_whatever_the_field(text, read):
    from analysis.domains.signals import read_as_kind

    assert read_as_kind(pd.Series([text]), load_rules()).tolist() == [read]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Membership fee", "administration"),
        ("Mental health support", "health"),
        ("Training for jobseekers", "employment"),
        ("Homework school for pupils", "education"),
    ],
)
def test_english_objects(text, domain):
    assert one(object=text)["domain"] == domain
