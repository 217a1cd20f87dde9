"""A synthetic KBO/BCE Open Data extract of the real layout and size.

Nothing in it is real: names are drawn from invented syllables and common words, numbers are counted
up. The sizes are those of extract 140 (October 2025) as published by re-users. Every entity has a
name of two to five words; a fixed share is bilingual, abbreviated or shares its name with others.

    python benchmarks/synthetic_kbo.py FOLDER [--scale 1.0] [--zip]
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

import duckdb

ENTERPRISES, ESTABLISHMENTS, DENOMINATIONS = 1_938_239, 1_672_491, 3_309_908
ADDRESSES, ACTIVITIES, CODES, BRANCHES = 2_841_756, 36_306_369, 21_501, 7_326

SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bru",
    "bul",
    "ca",
    "ce",
    "co",
    "cra",
    "da",
    "de",
    "di",
    "do",
    "dra",
    "fa",
    "fe",
    "fi",
    "fo",
    "fra",
    "ga",
    "ge",
    "gi",
    "go",
    "gra",
    "ha",
    "he",
    "ho",
    "ja",
    "jo",
    "ka",
    "ke",
    "ki",
    "ko",
    "kra",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "nu",
    "pa",
    "pe",
    "pi",
    "po",
    "pra",
    "ra",
    "re",
    "ri",
    "ro",
    "ru",
    "sa",
    "se",
    "si",
    "so",
    "stra",
    "ta",
    "te",
    "ti",
    "to",
    "tra",
    "va",
    "ve",
    "vi",
    "vo",
    "wa",
    "we",
    "wi",
    "xa",
    "ya",
    "za",
    "ze",
    "zi",
    "zo",
    "lin",
    "man",
    "ster",
    "mar",
    "pol",
    "ter",
    "ven",
    "win",
    "zel",
    "bach",
    "dorf",
    "gem",
    "hout",
    "kerk",
    "lan",
    "mond",
]
COMMON = [
    "maison",
    "centre",
    "atelier",
    "association",
    "club",
    "cercle",
    "comite",
    "amis",
    "ecole",
    "bureau",
    "service",
    "groupe",
    "huis",
    "vereniging",
    "vrienden",
    "kring",
    "school",
    "dienst",
    "groep",
    "stichting",
    "fondation",
    "theatre",
    "museum",
    "sport",
    "culture",
    "jeunes",
    "jeugd",
    "sociale",
    "bruxelles",
    "brussel",
    "saint",
    "sint",
    "royal",
    "koninklijke",
    "consulting",
    "services",
    "management",
    "immo",
    "invest",
    "construct",
    "bouw",
    "garage",
    "boulangerie",
    "bakkerij",
    "coiffure",
    "pharmacie",
    "transport",
]
TOWNS = (
    ("Bruxelles", "Brussel", "1000"),
    ("Ixelles", "Elsene", "1050"),
    ("Jette", "Jette", "1090"),
    ("Liège", "Luik", "4000"),
    ("Gand", "Gent", "9000"),
    ("Anvers", "Antwerpen", "2000"),
    ("Mons", "Bergen", "7000"),
    ("Evere", "Evere", "1140"),
    ("Uccle", "Ukkel", "1180"),
)


def dotted(number: str) -> str:
    """SQL for ``0200.065.765``, or for an establishment ``2.000.000.537``, from a whole number."""
    digits = f"lpad(({number})::VARCHAR, 10, '0')"
    place = f"CASE WHEN {number} >= 2000000000 THEN '.' ELSE '' END"
    return (
        f"(substr({digits},1,1)||{place}||substr({digits},2,3)||'.'||substr({digits},5,3)"
        f"||'.'||substr({digits},8,3))"
    )


def valid(place: str, first: int) -> str:
    """SQL for the n-th valid number from ``first`` (its first eight digits) on."""
    return f"(({first} + {place}) * 100 + 97 - ({first} + {place}) % 97)"


def write(folder: Path, scale: float = 1.0) -> None:
    """Write the nine tables, ``scale`` times the real size."""
    folder.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    db.execute("SET memory_limit = '4GB'; SET preserve_insertion_order = false")
    db.execute(f"SET temp_directory = '{folder}/spill'")
    size = {
        name: max(10, int(count * scale))
        for name, count in {
            "enterprise": ENTERPRISES, "establishment": ESTABLISHMENTS,
            "denomination": DENOMINATIONS, "address": ADDRESSES, "activity": ACTIVITIES,
            "branch": BRANCHES,
        }.items()
    }  # fmt: skip
    quoted = "[" + ",".join(f"'{s}'" for s in SYLLABLES) + "]"
    common = "[" + ",".join(f"'{s}'" for s in COMMON) + "]"

    def draw(seed: str, of: str) -> str:
        return f"(hash({seed}, 20251023) % ({of})::UBIGINT)::BIGINT"

    # 400,000 invented words of two to four syllables; a word's rank decides how often it is drawn.
    db.execute(
        f"""CREATE TABLE vocabulary AS SELECT i, list_aggregate(list_transform(
            range(2 + {draw("i * 7 + 1", "3")}),
            lambda k: {quoted}[1 + (hash(i, k, 5) % {len(SYLLABLES)})::BIGINT]), 'string_agg', '')
            AS word FROM range(400000) t(i)"""
    )
    entity = f"""CASE
        WHEN i < {size["enterprise"]} THEN {valid("i", 2_000_006)}
        WHEN i < {size["enterprise"] + size["establishment"] // 2}
          THEN {valid(f"(i - {size['enterprise']}) * 2", 20_000_005)}
        ELSE {valid(draw("i", str(size["enterprise"])), 2_000_006)} END"""
    word = "(pow(((hash(i, {k}, 11) % 1000000) / 1e6), 3) * 399999)::BIGINT"
    db.execute(
        f"""CREATE TABLE named AS SELECT i, entity, language, kind,
              CASE WHEN i % 50 = 7 THEN w1 || ' ' || w2 || ' - ' || w3 || ' ' || w4
                   WHEN i % 60 = 11 THEN w1 || ' ' || w2 || ' en abrégé ' || upper(left(w1, 3))
                   WHEN i % 3 = 0 THEN c || ' ' || w1 || ' ' || w2
                   WHEN i % 3 = 1 THEN w1 || ' ' || w2 || ' ' || w3
                   ELSE c || ' de ' || w1 || ' ' || w2 || ' ' || w3 END AS name
        FROM (SELECT i, {entity} AS entity, 1 + i % 2 AS language,
                     CASE WHEN i % 10 < 7 THEN '001' WHEN i % 10 < 8 THEN '002' ELSE '003' END AS kind,
                     {common}[1 + (hash(i, 3) % {len(COMMON)})::BIGINT] AS c,
                     {", ".join(f"{word.format(k=k)} AS p{k}" for k in range(4))}
              FROM range({size["denomination"]}) t(i))
        {" ".join(f"JOIN (SELECT i AS p{k}, word AS w{k + 1} FROM vocabulary) USING (p{k})" for k in range(4))}"""
    )
    tables = {
        # All are legal persons, so that every one of the names is indexed: the hardest case.
        "enterprise": f"""SELECT {dotted(valid("i", 2_000_006))} AS "EnterpriseNumber", 'AC' AS "Status",
            '000' AS "JuridicalSituation", '2' AS "TypeOfEnterprise",
            ['017','610','014','706','015','125','029'][1 + i % 7] AS "JuridicalForm",
            NULL AS "JuridicalFormCAC",
            strftime(DATE '1960-01-01' + (i % 23000)::INTEGER, '%d-%m-%Y') AS "StartDate"
            FROM range({size["enterprise"]}) t(i)""",
        "establishment": f"""SELECT {dotted(valid("i", 20_000_005))} AS "EstablishmentNumber",
            strftime(DATE '1990-01-01' + (i % 12000)::INTEGER, '%d-%m-%Y') AS "StartDate",
            {dotted(valid(f"i % {size['enterprise']}", 2_000_006))} AS "EnterpriseNumber"
            FROM range({size["establishment"]}) t(i)""",
        "denomination": f"""SELECT {dotted("entity")} AS "EntityNumber", language::VARCHAR AS "Language",
            kind AS "TypeOfDenomination", name AS "Denomination" FROM named ORDER BY entity, i""",
        "address": f"""SELECT CASE WHEN i < {size["enterprise"]} THEN {dotted(valid("i", 2_000_006))}
              ELSE {dotted(valid(f"i - {size['enterprise']}", 20_000_005))} END AS "EntityNumber",
            CASE WHEN i < {size["enterprise"]} THEN 'REGO' ELSE 'BAET' END AS "TypeOfAddress",
            NULL AS "CountryNL", NULL AS "CountryFR",
            {[t[2] for t in TOWNS]}[1 + i % 9] AS "Zipcode",
            {[t[1] for t in TOWNS]}[1 + i % 9] AS "MunicipalityNL",
            {[t[0] for t in TOWNS]}[1 + i % 9] AS "MunicipalityFR",
            'Kerkstraat' AS "StreetNL", 'Rue de l''Église' AS "StreetFR",
            (1 + i % 300)::VARCHAR AS "HouseNumber", NULL AS "Box", NULL AS "ExtraAddressInfo",
            CASE WHEN i % 400 = 13 THEN '31-12-2020' END AS "DateStrikingOff"
            FROM range({size["address"]}) t(i)""",
        "activity": f"""SELECT CASE WHEN i % 2 = 0
              THEN {dotted(valid(f"(i // 2) % {size['enterprise']}", 2_000_006))}
              ELSE {dotted(valid(f"(i // 2) % {size['establishment']}", 20_000_005))} END AS "EntityNumber",
            ['001','003','006'][1 + i % 3] AS "ActivityGroup",
            ['2003','2008','2025'][1 + (i // 7) % 3] AS "NaceVersion",
            (10000 + hash(i) % 89999)::VARCHAR AS "NaceCode",
            CASE WHEN i % 5 < 2 THEN 'MAIN' ELSE 'SECO' END AS "Classification"
            FROM range({size["activity"]}) t(i)""",
        "code": f"""SELECT 'Nace2008' AS "Category", lpad(i::VARCHAR, 5, '0') AS "Code",
            CASE WHEN i % 2 = 0 THEN 'FR' ELSE 'NL' END AS "Language", 'synthetic ' || i AS "Description"
            FROM range({CODES}) t(i)""",
        "contact": f"""SELECT {dotted(valid("i", 2_000_006))} AS "EntityNumber", 'ENT' AS "EntityContact",
            'WEB' AS "ContactType", 'synthetic.example' AS "Value"
            FROM range({size["enterprise"] // 3}) t(i)""",
        "branch": f"""SELECT {dotted(valid("i", 90_000_066))} AS "Id", '01-01-2001' AS "StartDate",
            {dotted(valid("i", 2_000_006))} AS "EnterpriseNumber" FROM range({size["branch"]}) t(i)""",
    }
    for table, query in tables.items():
        # Text quoted, dates and empty fields bare, as the publisher writes them.
        dates = {"StartDate", "DateStrikingOff"}
        columns = [row[0] for row in db.execute(f"DESCRIBE {query}").fetchall()]
        forced = ", ".join(f'"{c}"' for c in columns if c not in dates)
        db.execute(
            f"COPY ({query}) TO '{folder / f'{table}.csv'}' (HEADER, DELIMITER ',', FORCE_QUOTE ({forced}))"
        )
    (folder / "meta.csv").write_text(
        '"Variable","Value"\n"SnapshotDate","23-10-2025"\n"ExtractTimestamp","24-10-2025 00:00:00"\n'
        '"ExtractType","full"\n"ExtractNumber","140"\n"Version","synthetic"\n'
    )
    db.close()


def write_zip(folder: Path) -> None:
    """Pack the tables into FOLDER.zip."""
    with zipfile.ZipFile(
        folder.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=1
    ) as archive:
        for path in sorted(folder.glob("*.csv")):
            archive.write(path, path.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--zip", action="store_true", help="also write FOLDER.zip")
    options = parser.parse_args()
    write(options.folder, options.scale)
    if options.zip:
        write_zip(options.folder)


if __name__ == "__main__":
    main()
