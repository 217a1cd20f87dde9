"""Awards of the evidence base: what counts as one, and what does not."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.notes import reader_notes

# What was given to somebody; a project's cost or the money of others is not the beneficiary's.
GIVEN = ("granted", "prize")


def clean_awards(raw: pd.DataFrame) -> pd.DataFrame:
    """Mark the awards that count once, and give readers their note.

    A topic without name or beneficiary is no award; of rows that say the same (``same_as``) the
    first counts. All rows stay in the table.

    Args:
        raw: Corrected text frame of ``awards``.

    Returns:
        Text frame with counted (yes/no) and not_counted_because added; one row for each raw row.
    """
    frame = raw.copy()
    frame["not_counted_because"] = ""
    repeated = frame["same_as"].ne("") & frame.duplicated("same_as")
    frame.loc[repeated, "not_counted_because"] = "same_as_other_row"
    frame.loc[frame["row_kind"] == "topic_only", "not_counted_because"] = "topic_only"
    frame["counted"] = (
        frame["not_counted_because"].eq("").map({True: "yes", False: "no"}).astype("str")
    )
    frame["note"] = reader_notes(raw["note"])
    return frame


DIMENSIONS = ("funder_id", "legal_form", "domain")
NOT_STATED = "not_stated"
UNVERIFIED = "unverified"


def award_organisations(awards: pd.DataFrame) -> pd.DataFrame:
    """Gather the counted awards by organisation.

    The legal form is the one that the evidence states or infers; where it is silent, the one the
    name gives. Natural persons, groups and names that look like persons are not listed.

    Args:
        awards: Text frame as from :func:`clean_awards`.

    Returns:
        Text frame, one row an organisation: organisation_id, name, spellings, form_class,
        form_basis (evidence, name, unknown), municipality, first_seen, last_seen (years), awards
        (count), total_awarded_eur (EUR nominal, grants and prizes that state an amount; empty
        where none does), award_ids; sorted.
    """
    from analysis.organisations.organisations import build_organisations

    rows = awards[awards["counted"].eq("yes") & awards["beneficiary"].ne("")]
    rows = rows.reset_index(drop=True)
    kinds = _kinds_of_names(rows)
    persons = perhaps_persons(rows)
    start_year = rows["start"].str[:4]
    found = build_organisations(
        pd.DataFrame(
            {
                "beneficiary_id": "",
                "beneficiary_name": rows["beneficiary"],
                "beneficiary_kind": kinds.where(kinds == "group", "organisation").mask(
                    persons, "natural_person"
                ),
                "year": rows["call_year"].where(rows["call_year"] != "", start_year),
                "amount_eur": pd.to_numeric(rows["amount_eur"].replace("", None)).where(
                    rows["amount_kind"].isin(GIVEN)
                ),
                "amount_phase": "awarded",
                "municipality": rows["municipality"],
            }
        )
    )
    members = found.members.set_index("position")["organisation_id"]
    behind = rows.assign(organisation_id=members.reindex(rows.index))
    behind = behind[behind["organisation_id"].notna()]
    stated = behind[behind["legal_form"] != "unknown"]
    form = stated.groupby("organisation_id")["legal_form"].agg(lambda forms: forms.mode().iloc[0])
    table = found.table.set_index("organisation_id")
    known = form.reindex(table.index)
    table["form_basis"] = table["form_basis"].mask(known.notna(), "evidence")
    table["form_class"] = table["form_class"].mask(known.notna(), known)
    table["award_ids"] = behind.groupby("organisation_id")["award_id"].agg(";".join)
    for column in ("first_seen", "last_seen"):
        table[column] = table[column].astype("str").fillna("")
    table = table.reset_index().fillna({"municipality": ""})
    return table[
        [
            "organisation_id", "name", "spellings", "form_class", "form_basis", "municipality",
            "first_seen", "last_seen", "awards", "total_awarded_eur", "award_ids",
        ]
    ].sort_values("organisation_id", ignore_index=True)  # fmt: skip


def perhaps_persons(awards: pd.DataFrame) -> pd.Series:
    """Say for each award whether its beneficiary is, or by its name may be, a natural person.

    Args:
        awards: legal_form, beneficiary.

    Returns:
        Boolean series, same index: such a name never leaves the tables.
    """
    kinds = _kinds_of_names(awards)
    return awards["legal_form"].eq("natural_person") | (
        awards["legal_form"].eq("unknown") & kinds.isin(["natural_person", "doubtful"])
    )


def _kinds_of_names(awards: pd.DataFrame) -> pd.Series:
    from analysis.inventories.persons import kind_of_name

    return awards["beneficiary"].map(lambda name: kind_of_name(name)[0])


def counted_awards(awards: pd.DataFrame) -> pd.DataFrame:
    """Return the awards that count once (``counted`` = yes)."""
    return awards[awards["counted"].eq("yes")]


def stated_amounts(awards: pd.DataFrame, dimensions: Iterable[str] = DIMENSIONS) -> pd.DataFrame:
    """Count awards, and those that state an amount, by funder, legal form and domain.

    Args:
        awards: Table ``awards``; rows that do not count are left out.
        dimensions: Columns to group by, one at a time.

    Returns:
        One row a group and one for all (dimension ``all``): dimension, value (``not_stated``
        for an empty cell), awards (count), with_amount (count), share_with_amount (0-1), and one
        count for each kind of amount (``granted``, ``prize``, ``eu_share``,
        ``total_project_cost``, ``kind_not_stated``): kinds are counted side by side, amounts of
        different kinds are never added; award_ids (;-joined).
    """
    rows = counted_awards(awards)
    known = rows["amount_eur"].notna()
    kind = rows["amount_kind"].where(rows["amount_kind"] != "", "kind_not_stated")
    kinds = ["granted", "prize", "eu_share", "total_project_cost", "kind_not_stated"]
    flags = pd.DataFrame({name: known & kind.eq(name) for name in kinds}).assign(
        awards=True, with_amount=known
    )
    found = []
    for dimension in ("all", *dimensions):
        value = (
            pd.Series("all", index=rows.index)
            if dimension == "all"
            else rows[dimension].where(rows[dimension] != "", NOT_STATED)
        )
        groups = value.rename("value")
        counts = flags.groupby(groups).sum()
        counts["award_ids"] = rows["award_id"].groupby(groups).agg(";".join)
        counts = counts.reset_index()
        found.append(counts.assign(dimension=dimension))
    table = pd.concat(found, ignore_index=True)
    table["share_with_amount"] = table["with_amount"] / table["awards"]
    columns = [
        "dimension",
        "value",
        "awards",
        "with_amount",
        "share_with_amount",
        *kinds,
        "award_ids",
    ]
    return table[columns].sort_values(
        ["dimension", "awards", "value"], ascending=[True, False, True], ignore_index=True
    )


def share_without_amount(awards: pd.DataFrame) -> float:
    """Return the share of counted awards that state no amount (0-1)."""
    return float(counted_awards(awards)["amount_eur"].isna().mean())


def share_without_each_funder(awards: pd.DataFrame) -> tuple[float, float]:
    """Return lowest and highest :func:`share_without_amount` with one funder left out."""
    funders = sorted(set(awards["funder_id"]))
    shares = [share_without_amount(awards[awards["funder_id"] != funder]) for funder in funders]
    return min(shares), max(shares)
