"""Synthetic registers and extracts: no name, number or amount in here is of a real organisation,
except bodies of public law in the tests of the reviewed list."""

from __future__ import annotations

import zipfile
from pathlib import Path


def number(first_eight: int) -> str:
    """A valid enterprise number from its first eight digits (synthetic)."""
    return f"{first_eight:08d}{97 - first_eight % 97:02d}"


def dotted(first_eight: int) -> str:
    digits = number(first_eight)
    if digits[0] in "23456789":
        return f"{digits[0]}.{digits[1:4]}.{digits[4:7]}.{digits[7:]}"
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def organisation(first_eight: int) -> str:
    return f"BE-BCE_KBO-{number(first_eight)}"


# Every documented oddity: dotted numbers, bare dates and empty fields, struck-off seats, a comma
# and a quote inside quotes, codes for language and kind, places of an enterprise, two versions of
# NACE, a natural person whose name must go while the trade name stays.
FULL = {
    "meta": [
        '"Variable","Value"',
        '"SnapshotDate","01-01-2025"',
        '"ExtractType","full"',
        '"ExtractNumber","140"',
    ],
    "code": ['"Category","Code","Language","Description"', '"Language","1","FR","Français"'],
    "enterprise": [
        '"EnterpriseNumber","Status","JuridicalSituation","TypeOfEnterprise","JuridicalForm","JuridicalFormCAC","StartDate"',
        f'"{dotted(4000001)}","AC","000","2","017",,09-08-1960',
        f'"{dotted(4000002)}","AC","000","2","008","706",01-05-2001',
        f'"{dotted(4000003)}","AC","000","1",,,15-03-2019',
        f'"{dotted(10000004)}","AC","000","2","610",,20-09-2023',
    ],
    "establishment": [
        '"EstablishmentNumber","StartDate","EnterpriseNumber"',
        f'"{dotted(20000001)}",01-01-1991,"{dotted(4000001)}"',
        f'"{dotted(20000002)}",,"{dotted(4000003)}"',
    ],
    "branch": [
        '"Id","StartDate","EnterpriseNumber"',
        f'"{dotted(90000001)}",02-02-2002,"{dotted(10000004)}"',
    ],
    "denomination": [
        '"EntityNumber","Language","TypeOfDenomination","Denomination"',
        f'"{dotted(4000001)}","1","001","Les Moulins d\'Argile"',
        f'"{dotted(4000001)}","2","001","De Leemmolens"',
        f'"{dotted(4000001)}","0","002","L.M.A."',
        f'"{dotted(20000001)}","1","003","Atelier ""Argile"", section Nord"',
        f'"{dotted(4000002)}","1","001","Coopérative du Grain"',
        f'"{dotted(4000003)}","1","001","Zazou Perlin"',
        f'"{dotted(4000003)}","1","003","Perlin Peinture"',
        f'"{dotted(20000002)}","1","003","Aux Sept Couleurs"',
        f'"{dotted(10000004)}","4","001","Quartz Lantern"',
        f'"{dotted(90000001)}","4","004","Quartz Lantern Branch"',
        f'"{dotted(10000004)}","4","001",',
    ],
    "address": [
        '"EntityNumber","TypeOfAddress","CountryNL","CountryFR","Zipcode","MunicipalityNL","MunicipalityFR","StreetNL","StreetFR","HouseNumber","Box","ExtraAddressInfo","DateStrikingOff"',
        f'"{dotted(4000001)}","REGO",,,"1190","Vorst","Forest","X","Y","1",,,31-12-2020',
        f'"{dotted(4000001)}","REGO",,,"1090","Jette","Jette","X","Y","2",,,',
        f'"{dotted(20000001)}","BAET",,,"1000","Brussel","Bruxelles","X","Y","3",,,',
        f'"{dotted(4000002)}","REGO",,,"1050","Elsene","Ixelles","X","Y","4",,,',
    ],
    "activity": [
        '"EntityNumber","ActivityGroup","NaceVersion","NaceCode","Classification"',
        f'"{dotted(4000001)}","006","2003","91330","MAIN"',
        f'"{dotted(4000001)}","006","2008","94992","MAIN"',
        f'"{dotted(4000001)}","006","2008","85599","MAIN"',
        f'"{dotted(4000001)}","006","2008","85599","MAIN"',
        f'"{dotted(4000001)}","001","2008","56101","SECO"',
        f'"{dotted(20000001)}","001","2025","56101","MAIN"',
    ],
}
UPDATE = {
    "meta": [
        '"Variable","Value"',
        '"ExtractType","update"',
        '"ExtractNumber","141"',
    ],
    "enterprise_delete": ['"EnterpriseNumber"', f'"{dotted(10000004)}"'],
    "enterprise_insert": [
        FULL["enterprise"][0],
        f'"{dotted(4000005)}","AC","000","2","125",,03-01-2025',
    ],
    "denomination_delete": [
        '"EntityNumber"',
        f'"{dotted(4000002)}"',
        f'"{dotted(10000004)}"',
        f'"{dotted(90000001)}"',
    ],
    "denomination_insert": [
        FULL["denomination"][0],
        f'"{dotted(4000002)}","1","001","Grainerie Commune"',
        f'"{dotted(4000005)}","1","001","Phare Vert"',
    ],
    "address_delete": ['"EntityNumber"', f'"{dotted(4000002)}"'],
    "address_insert": [
        FULL["address"][0],
        f'"{dotted(4000002)}","REGO",,,"1180","Ukkel","Uccle","X","Y","4",,,',
    ],
}


def write_extract(folder: Path, tables: dict[str, list[str]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for table, lines in tables.items():
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, f"KboOpenData/{file.name}")
    return path
