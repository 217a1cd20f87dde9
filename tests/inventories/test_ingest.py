"""What ends up in the tables, and what never does."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.commands.ingest import command
from analysis.errors import InputError
from analysis.inventories import ingest
from analysis.inventories.awards import COLUMNS
from analysis.inventories.output import write
from corpus import BODY, GRID, HEAD, xlsx

CONTRACT = [
    "award_id",
    "funder_id",
    "programme_id",
    "year",
    "end_year",
    "beneficiary_name",
    "beneficiary_id",
    "beneficiary_id_state",
    "beneficiary_kind",
    "title",
    "object",
    "object_fr",
    "object_nl",
    "amount_eur",
    "amount_state",
    "amount_planned_eur",
    "amount_phase",
    "budget_article",
    "budget_function",
    "row_kind",
    "source_file",
    "source_sheet",
    "source_row",
    "source_sha256",
    "flags",
]
LEDGER = [
    "file",
    "sha256",
    "format",
    "sheet",
    "header_row",
    "rows_read",
    "rows_kept",
    "rows_quarantined",
    "rows_ignored",
    "amount_kept_eur",
    "amount_quarantined_eur",
    "beneficiary_ids_valid",
    "beneficiary_ids_missing",
    "beneficiary_ids_invalid",
    "natural_persons_masked",
    "columns",
    "unmapped_columns",
    "decisions",
]


def rows(result):
    return result.awards.to_dict("records")


def test_the_contract_of_columns_and_ledger(read):
    result = read(BODY)
    assert list(result.awards.columns) == list(COLUMNS) == CONTRACT
    entry = result.ledger["files"][0]
    assert list(entry)[: len(LEDGER)] == LEDGER
    assert entry["header_row"] == 1
    assert entry["sha256"] == hashlib.sha256(BODY.encode()).hexdigest()
    assert entry["columns"]["amount_eur"] == "Montant octroyé"
    assert result.ledger["totals"]["rows_kept"] == 2


def test_one_row_in_full(read):
    first = rows(read(BODY))[0]
    assert first["beneficiary_id"] == "BE-BCE_KBO-0422143307"
    assert first["beneficiary_kind"] == "organisation"
    assert (first["object_fr"], first["object_nl"]) == ("Projet de quartier", "Wijkproject")
    assert (first["amount_eur"], first["amount_state"], first["amount_phase"]) == (
        1234.5,
        "reported",
        "awarded",
    )
    assert (first["year"], first["source_row"], first["row_kind"]) == (2022, 2, "award")


def test_ids_survive_any_order_and_equal_payments_stay_apart(read):
    lines = [f"Club {n % 4} fictif asbl;;Achat {n % 3};{n % 2},00;2022" for n in range(40)]
    first = read("\n".join([HEAD, *lines]), "a.csv").awards
    assert first["award_id"].is_unique
    random.Random(3).shuffle(lines)
    second = read("\n".join([HEAD, *lines]), "b.csv").awards
    key = ["award_id", "beneficiary_name", "object", "amount_eur"]
    pd.testing.assert_frame_equal(
        first[key].sort_values("award_id", ignore_index=True),
        second[key].sort_values("award_id", ignore_index=True),
    )


def test_the_running_number_follows_content_not_place(read):
    head = "Bénéficiaire;Objet;Montant octroyé;Année;Article budgétaire"
    lines = ["Club asbl;Aide;5,00;2022;762/33201", "Club asbl;Aide;5,00;2022;764/33201"]
    one = read("\n".join([head, *lines]), "a.csv").awards.set_index("budget_article")["award_id"]
    two = read("\n".join([head, *reversed(lines)]), "b.csv").awards.set_index("budget_article")[
        "award_id"
    ]
    assert one.to_dict() == two.to_dict()
    assert one.nunique() == 2


def test_the_id_does_not_change_between_versions(read):
    """Written down once; a change here breaks every link to an award."""
    found = read(BODY, funder_id="fictive").awards["award_id"].tolist()
    key = "\x1f".join(
        [
            "fictive",
            "2022",
            "BE-BCE_KBO-0422143307",
            "Projet de quartier / Wijkproject",
            "award",
            "123450",
        ]
    )
    assert found[0] == f"{siphash(key.encode()):016x}-1"


def siphash(message: bytes, key: bytes = b"0123456789123456") -> int:
    """SipHash-2-4 after its authors' paper, to check the ids against another implementation."""
    mask = (1 << 64) - 1
    k0, k1 = (int.from_bytes(key[place : place + 8], "little") for place in (0, 8))
    v = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]

    def rotate(value, by):
        return (value << by | value >> 64 - by) & mask

    def rounds(times):
        for _ in range(times):
            v[0] = (v[0] + v[1]) & mask
            v[1] = rotate(v[1], 13) ^ v[0]
            v[0] = rotate(v[0], 32)
            v[2] = (v[2] + v[3]) & mask
            v[3] = rotate(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & mask
            v[3] = rotate(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & mask
            v[1] = rotate(v[1], 17) ^ v[2]
            v[2] = rotate(v[2], 32)

    padded = message + b"\0" * (7 - len(message) % 8) + bytes([len(message) & 255])
    for place in range(0, len(padded), 8):
        word = int.from_bytes(padded[place : place + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    value = v[0] ^ v[1] ^ v[2] ^ v[3]
    # pandas spreads the bits once more (the finaliser of SplitMix64).
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & mask
    return value ^ value >> 31


def test_amount_states_and_flags(read):
    text = (
        BODY
        + "\nClub A asbl;;Achat;#REF!;2022\nClub B asbl;;Achat;;2022\nClub C asbl;;Achat;0,00;2022\nClub D asbl;;Remboursement;-5,00;2022\n"
    )
    result = read(text)
    found = result.awards.set_index("beneficiary_name")
    assert found["amount_state"].tolist()[2:] == [
        "unreadable",
        "not_published",
        "reported_zero",
        "reported",
    ]
    assert found["amount_eur"].isna().tolist()[2:] == [True, True, False, False]
    assert found.loc["Club A asbl", "flags"] == "amount_unreadable:#REF!"
    assert found.loc["Club D asbl", "row_kind"] == "repayment"


def test_duplicates_are_flagged_never_dropped(read):
    head = "Bénéficiaire;Objet;Montant octroyé;Année;Article budgétaire"
    lines = [
        "Club asbl;Aide;5,00;2022;1",
        "Club asbl;Aide;5,00;2022;1",
        "Kring vzw;Hulp;7,00;2022;1",
        "Kring vzw;Hulp;7,00;2022;2",
        "Fonds;Hulp;7,00;2022;2",
    ]
    flags = read("\n".join([head, *lines])).awards["flags"].tolist()
    assert "duplicate_exact:" in flags[0] and flags[0] == flags[1]
    assert "duplicate_payment:" in flags[2] and flags[2] == flags[3]
    assert flags[4] == ""


def test_planned_and_granted_rows_are_paired(read, tmp_path):
    (tmp_path / "a.csv").write_text("Bénéficiaire;Objet;Budget 2022\nClub fictif asbl;Aide;5,00\n")
    (tmp_path / "b.csv").write_text(
        "Bénéficiaire;Objet;Montant octroyé 2022\nClub fictif asbl;Aide;4,00\n"
    )
    result = ingest([tmp_path / "a.csv", tmp_path / "b.csv"], "fictive")
    assert result.awards["flags"].str.contains("planned_granted_pair:").all()
    assert result.awards["amount_phase"].tolist() == ["budgeted", "awarded"]
    assert result.awards["year"].tolist() == [2022, 2022]


SECRET = "Jeannine Ghislaine Onbestaande"


def persons_file():
    return "\n".join(
        [
            HEAD,
            f"{SECRET};;Prime à {SECRET};100,00;2022",
            "M. Octave Inventeur;;Prime;50,00;2022",
            f"Club fictif asbl;;Prix pour Mme {SECRET};10,00;2022",
            ";;Sans nom;20,00;2022",
            "Piet Verzonnenman;85.07.30-033.28;Premie;30,00;2022",
            f"{SECRET};;Trop; de; cellules;7,00;2022",
        ]
    )


def test_no_person_is_ever_written(read, tmp_path):
    result = read(persons_file())
    write(result, tmp_path / "out")
    everything = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").iterdir()))
    for part in (
        "Jeannine",
        "Onbestaande",
        "Octave",
        "Inventeur",
        "Verzonnenman",
        "85.07",
        "850730",
    ):
        assert part.encode() not in everything
    assert result.ledger["totals"]["natural_persons_masked"] == 3
    assert result.awards["beneficiary_kind"].tolist() == [
        "natural_person",
        "natural_person",
        "organisation",
        "natural_person",
    ]
    assert "beneficiary_id_invalid:withheld" in result.awards["flags"].iloc[3]


def test_quarantine_repeats_only_columns_it_understands(read, tmp_path):
    text = "Bénéficiaire;Responsable;Objet;Montant octroyé\n;Jeannine Onbestaande;Aide;5,00\nClub asbl;Xyl Onbestaande;Aide;7,00\n"
    result = read(text)
    assert result.quarantine["cells"].tolist() == ["Objet=Aide | Montant octroyé=5,00"]
    write(result, tmp_path / "out")
    everything = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").iterdir()))
    assert b"Onbestaande" not in everything


def test_names_are_kept_only_when_asked(read):
    result = read(persons_file(), keep_personal_names=True)
    assert SECRET in result.awards["beneficiary_name"].tolist()
    assert result.ledger["totals"]["natural_persons_masked"] == 0
    assert result.ledger["totals"]["natural_persons_found"] == 3


def test_first_names_in_their_own_column(read, tmp_path):
    result = read(
        "Nom;Prénom;Objet;Montant octroyé\nOnbestaande;Xyl;Prime;5,00\nClub fictif asbl;;Aide;6,00\n"
    )
    assert result.awards["beneficiary_kind"].tolist() == ["natural_person", "organisation"]
    write(result, tmp_path / "out")
    assert b"Onbestaande" not in b"".join(
        path.read_bytes() for path in (tmp_path / "out").iterdir()
    )


def test_a_doubtful_name_with_a_number_elsewhere_is_an_organisation(read):
    text = (
        HEAD
        + "\nZabriski Pwint;0422.143.307;Aide;5,00;2022\nZabriski Pwint;;Aide;6,00;2022\nQuorvel Zinth;;Aide;7,00;2022"
    )
    assert read(text).awards["beneficiary_kind"].tolist() == [
        "organisation",
        "unknown",
        "natural_person",
    ]


def test_texts_are_split_only_where_the_separator_is_one(read):
    objects = [
        "Fonctionnement de la maison / Werking van het huis",
        "Werking van het huis - Fonctionnement de la maison",
        "Festival Nord - Sud",
        "Animation de rue – Straatanimatie",
        "Subvention pour le projet A - B de la maison / Subsidie voor het project A - B van het huis",
    ]
    found = read("\n".join([HEAD, *(f"Club asbl;;{text};5,00;2022" for text in objects)])).awards
    assert found["object"].tolist() == objects
    halves = list(zip(found["object_fr"], found["object_nl"], strict=True))
    assert halves[0] == ("Fonctionnement de la maison", "Werking van het huis")
    assert halves[1] == ("Fonctionnement de la maison", "Werking van het huis")
    assert halves[2] == ("", "")
    assert halves[3] == ("Animation de rue", "Straatanimatie")
    assert halves[4] == (
        "Subvention pour le projet A - B de la maison",
        "Subsidie voor het project A - B van het huis",
    )


def test_repairs_keep_the_original(read):
    result = read('Bénéficiaire;Objet;Montant octroyé\n"Club\nfictif  asbl";FÃªte;5,00\n')
    first = rows(result)[0]
    assert (first["beneficiary_name"], first["object"]) == ("Club fictif asbl", "Fête")
    assert first["flags"] == "name_line_break;text_repaired"
    assert result.repairs[["field", "published", "written"]].values.tolist() == [
        ["beneficiary_name", "Club\nfictif  asbl", "Club fictif asbl"],
        ["object", "FÃªte", "Fête"],
    ]


def test_rows_of_a_csv_are_counted_as_a_spreadsheet_counts_them(read):
    text = (
        'Bénéficiaire;Objet;Montant octroyé\n"Club\nfictif asbl";Aide;5,00\n\nKring vzw;Hulp;6,00\n'
    )
    assert read(text).awards["source_row"].tolist() == [2, 4]


def test_an_association_called_total_is_no_total(read):
    text = (
        HEAD
        + "\nTotal Théâtre asbl;0422.143.307;Pièce;5,00;2022\nTotaal vzw;;Stuk;6,00;2022\nTotal;;;11,00;\n"
    )
    result = read(text)
    assert result.awards["beneficiary_name"].tolist() == ["Total Théâtre asbl", "Totaal vzw"]
    assert result.ignored["reason"].tolist() == ["total"]


def test_a_wrong_total_is_reported(read):
    result = read(BODY + "\nTotal général;;;99.999,00;\n")
    assert "totals_off" in result.quality["check"].tolist()
    assert any(
        "99999.00" in decision and "11234.50" in decision
        for decision in result.ledger["files"][0]["decisions"]
    )


def test_a_total_without_a_label_is_found_by_its_sum(read):
    assert read(BODY + "\n;;;11.234,50;\n").ignored["reason"].tolist() == ["total"]


def test_cells_merged_over_rows_count_for_each_row(read):
    grid = [GRID[0], GRID[1], [None, None, "Autre projet", 50, 2022], GRID[2]]
    result = read(xlsx(grid, merged=[(1, 0, 2, 0, "Les Ateliers inventés asbl")]), "m.xlsx")
    assert result.awards["beneficiary_name"].tolist()[:2] == ["Les Ateliers inventés asbl"] * 2
    assert result.ledger["totals"]["amount_kept_eur"] == 11284.5


def test_french_community_instalments_and_repayments(read):
    records = [
        {
            "index": "L1",
            "ministre": "X",
            "beneficiaire": "Club fictif asbl",
            "numero_bce": "0422143307",
            "libelle_du_budget": "Aide",
            "montant_du_soutien_eur": 500.0,
        },
        {
            "index": "L2",
            "ministre": "X",
            "beneficiaire": "Club fictif asbl",
            "numero_bce": "0422143307",
            "libelle_du_budget": "Aide",
            "montant_du_soutien_eur": -20.5,
        },
    ]
    result = read(json.dumps(records), "fwb-cadastre-2021.json")
    assert result.awards["row_kind"].tolist() == ["instalment", "repayment"]
    assert result.awards["amount_phase"].unique().tolist() == ["paid"]
    assert result.awards["year"].unique().tolist() == [2021]
    assert result.ledger["totals"]["amount_kept_eur"] == 479.5


def test_scdl_and_360giving_headers(read):
    scdl = "nomAttribuant,idAttribuant,dateConvention,nomBeneficiaire,idBeneficiaire,objet,montant,nature\nVille,1,2021-03-04,Club fictif,12345678900012,Aide,500.50,aide en numéraire\n"
    first = rows(read(scdl, "scdl.csv"))[0]
    assert (first["year"], first["amount_eur"], first["beneficiary_id_state"]) == (
        2021,
        500.5,
        "invalid",
    )
    giving = {
        "grants": [
            {
                "id": "x-1",
                "title": "Aid",
                "description": "Balls",
                "currency": "EUR",
                "amountAwarded": 12.5,
                "awardDate": "2020-05-06",
                "recipientOrganization": [{"id": "BE-BCE_KBO-0422143307", "name": "Invented Club"}],
                "fundingOrganization": [{"id": "y", "name": "Invented Town"}],
            }
        ]
    }
    first = rows(read(json.dumps(giving), "g.json"))[0]
    assert (first["beneficiary_name"], first["beneficiary_id"], first["amount_eur"]) == (
        "Invented Club",
        "BE-BCE_KBO-0422143307",
        12.5,
    )


def test_a_file_without_header_says_so(read):
    with pytest.raises(InputError, match="no header"):
        read("Club asbl;Aide;500,00\nKring vzw;Hulp;600,00\n")


def test_one_total_per_beneficiary(read):
    result = read(
        "Secteur;Bénéficiaire;Total\nSanté;Club asbl;1.500,00\nAide;Kring vzw;2.500,00\nTotal;;4.000,00\n"
    )
    assert result.awards["amount_eur"].tolist() == [1500.0, 2500.0]
    assert result.ignored["reason"].tolist() == ["total"]


def test_years_from_file_sheet_and_option(read):
    text = "Begunstigde;Doel;Toegekend bedrag\nKring vzw;Hulp;5,00\n"
    assert read(text, "toelagen_2018.csv").awards["year"].tolist() == [2018]
    assert read(text, "toelagen.csv", year=2017).awards["year"].tolist() == [2017]
    assert read(text, "toelagen.csv").awards["year"].isna().all()


def test_the_same_file_twice_is_refused(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(BODY)
    with pytest.raises(InputError, match="same content"):
        ingest([tmp_path / "a.csv", tmp_path / "b.csv"], "fictive")


def test_cells_are_data_not_formulas_or_pages(read, tmp_path):
    nasty = "<script>alert(1)</script>"
    text = HEAD + f"\n=HYPERLINK(1) asbl;;{nasty};5,00;2022\n@club asbl;abc;-note;#REF!;2022\n"
    result = read(text, "<b>x.csv")
    write(result, tmp_path / "out")
    table = list(
        csv.reader(io.StringIO((tmp_path / "out" / "awards.csv").read_text(encoding="utf-8")))
    )
    assert [row[5] for row in table[1:]] == ["'=HYPERLINK(1) asbl", "'@club asbl"]
    page = (tmp_path / "out" / "quality.html").read_text(encoding="utf-8")
    assert "<script" not in page and "<b>x" not in page and "&lt;b&gt;x.csv" in page


def test_written_tables_hold_what_was_read_to_the_cent(read, tmp_path):
    result = read(BODY + '\n"Club ""A"", fictif asbl";;"Aide; rapide";0,10;2022\n')
    write(result, tmp_path / "out")
    back = pd.read_csv(tmp_path / "out" / "awards.csv", dtype=str, keep_default_na=False)
    assert sum(map(Decimal, back["amount_eur"])) == Decimal("11234.60")
    assert back["amount_eur"].tolist() == ["1234.50", "10000.00", "0.10"]
    assert back["beneficiary_name"].iloc[2] == 'Club "A", fictif asbl'
    assert back["object"].iloc[2] == "Aide; rapide"


def test_same_input_same_bytes(read, tmp_path):
    for name in ("one", "two"):
        write(read(BODY), tmp_path / name)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_missing_large_amount_is_caught_by_comparing_years(tmp_path):
    head = "Bénéficiaire;N° BCE;Objet;Montant prévu au budget;Montant octroyé;Année"
    for year, big in ((2020, "900.000,00"), (2021, ""), (2022, "950.000,00")):
        lines = [f"Service public fictif;0422.143.307;Dotation;940.000,00;{big};{year}"]
        lines += [f"Club {n} asbl;;Aide;10.000,00;10.000,00;{year}" for n in range(20)]
        (tmp_path / f"{year}.csv").write_text("\n".join([head, *lines]))
    result = ingest(sorted(tmp_path.glob("*.csv")), "fictive")
    years = result.years.set_index("year")
    assert years.loc[2021, "planned_not_published_eur"] == 940000
    assert years.loc[2021, "rows_without_amount"] == 1
    gap = result.quality[result.quality["check"] == "year_large_beneficiary_gap"]
    assert gap["year"].tolist() == [2021]
    assert gap["amount_eur"].tolist() == [900000]
    assert gap["importance"].tolist() == ["high"]
    jumps = result.quality[result.quality["check"] == "year_sum_jump"]
    assert jumps["year"].tolist() == [2021, 2022]


CORRECTIONS = "table,row_id,field,expected,new,reason,status\n"


def test_declared_corrections_are_applied_and_booked(read, tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(
        CORRECTIONS + "awards,list.csv:2,amount_eur,1234.50,1243.50,digits swapped,reported\n"
    )
    result = read(BODY, corrections=path)
    assert result.awards["amount_eur"].tolist() == [1243.5, 10000.0]
    assert result.awards["flags"].iloc[0] == "corrected:amount_eur"
    assert result.ledger["totals"]["amount_kept_eur"] == 11243.5
    assert result.ledger["totals"]["corrections_applied"] == 1
    award_id = read(BODY).awards["award_id"].iloc[1]
    path.write_text(CORRECTIONS + f"awards,{award_id},year,2022,2021,wrong year,open\n")
    assert read(BODY, corrections=path).awards["year"].tolist() == [2022, 2021]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("awards,list.csv:99,amount_eur,1,2,typo,open", "matches no row"),
        ("awards,list.csv:2,amount_eur,1234.51,2,typo,open", "expects '1234.51'"),
        ("awards,list.csv:2,amount_eur,1234.50,many,typo,open", "not an amount"),
        ("awards,list.csv:2,award_id,x,y,typo,open", "can be corrected"),
        ("awards,list.csv:2,year,2022,2021,,open", "must say why"),
        ("awards,list.csv:2,year,2022,2021,typo,maybe", "must be one of"),
        ("needs,list.csv:2,year,2022,2021,typo,open", "must be awards"),
    ],
)
def test_corrections_that_do_not_fit_stop_the_run(read, tmp_path, line, words):
    path = tmp_path / "corrections.csv"
    path.write_text(CORRECTIONS + line + "\n")
    with pytest.raises(InputError) as caught:
        read(BODY, corrections=path)
    assert words in str(caught.value)


def test_the_command_says_what_it_did(tmp_path):
    (tmp_path / "list.csv").write_text(BODY)
    done = CliRunner().invoke(
        command,
        [
            str(tmp_path / "list.csv"),
            "--funder",
            "fictive",
            "--lang",
            "nl",
            "--out",
            str(tmp_path / "out"),
        ],
    )
    assert done.exit_code == 0, done.output
    assert "2 rows read, 2 kept, 0 quarantined, 0 ignored" in done.output
    assert "EUR 11,234.50 kept" in done.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "awards.csv",
        "quarantine.csv",
        "ledger.json",
        "quality.html",
        "quality.md",
        "faults.csv",
        "faults.nl.md",
    } <= names
    assert "faults.fr.md" not in names


def test_a_missing_column_prints_the_map_line_that_works(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Wie;Wat;Hoeveel precies\nKring vzw;Hulp;5,00\nBond vzw;Hulp;6,00\n")
    arguments = [str(path), "--funder", "fictive", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(command, arguments)
    assert isinstance(done.exception, InputError)
    said = str(done.exception)
    assert "--map 'amount_eur=Hoeveel precies'" in said and "--map 'beneficiary_name=Wie'" in said
    assert not (tmp_path / "out").exists()
    done = CliRunner().invoke(
        command,
        [*arguments, "--map", "amount_eur=Hoeveel precies", "--map", "beneficiary_name=Wie"],
    )
    assert done.exit_code == 0
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text(encoding="utf-8"))
    assert ledger["totals"]["amount_kept_eur"] == 11.0


def test_reports_in_three_languages(read, tmp_path):
    write(read(persons_file()), tmp_path / "out")
    page = (tmp_path / "out" / "quality.md").read_text(encoding="utf-8")
    assert page.index("Bevindingen") < page.index("Constats") < page.index("Findings")
    letter = (tmp_path / "out" / "faults.fr.md").read_text(encoding="utf-8")
    assert "personnes physiques" in letter


def test_every_check_has_its_texts():
    from analysis.inventories.quality import IMPORTANCE
    from analysis.language import texts

    found = {key.split(".")[1] for key in texts("quality") if key.startswith("checks.")}
    assert found == set(IMPORTANCE)
    for name in IMPORTANCE:
        assert {f"checks.{name}.{part}" for part in ("title", "why", "mend")} <= set(
            texts("quality")
        )
    assert set(IMPORTANCE.values()) == {"high", "medium", "low"}


def test_other_sheets_are_accounted_for(read):
    result = read(
        xlsx(None, sheets={"Uitleg": [["Dit is uitleg"], ["Nog uitleg"]], "2021": GRID}),
        "book.xlsx",
    )
    assert [entry["sheet"] for entry in result.ledger["files"]] == ["Uitleg", "2021"]
    assert result.ledger["files"][0]["rows_ignored"] == result.ledger["files"][0]["rows_read"] == 2
    only = read(xlsx(None, sheets={"2020": GRID, "2021": GRID}), "book2.xlsx", sheets=["2021"])
    assert only.awards["source_sheet"].unique().tolist() == ["2021"]


def test_funder_and_year_are_checked(read):
    with pytest.raises(InputError, match="not an id"):
        read(BODY, funder_id="../x y")
    with pytest.raises(InputError, match="not a year"):
        read(BODY, year=20222)


def test_folder_and_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(InputError):
            ingest([Path(path)], "fictive")
