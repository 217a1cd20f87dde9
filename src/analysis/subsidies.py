"""Local subsidies: to whom, for what kind of cost, and who comes back.

The frames are those of :mod:`analysis.local` (``local_awards`` and its companions). Amounts are
nominal EUR of the phase that the file states; phases are never added. All answers are aggregates:
no names, and no amounts of groups of fewer than :data:`FEW` organisations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.calls import wilson_interval
from analysis.concentration import lorenz, per_organisation, spread
from analysis.prices import to_constant
from analysis.project import RULES

if TYPE_CHECKING:
    from pathlib import Path

#: Who receives, in the order of drawing. ``not_named``: private persons, several beneficiaries in
#: one row, or words that name no organisation.
GROUPS = ("public", "form_known", "form_unknown", "not_named")
PUBLIC_FORMS = ("public", "university")
KINDS = ("operating", "project", "other", "not_told")
KINDS_FILE = RULES / "local_object_kind.csv"
#: Groups of fewer organisations are counted, but their money is not told.
FEW = 5
GRANTED = "awarded"
#: Points of a published Lorenz curve: steps wide enough that no single beneficiary can be read.
LORENZ_STEPS = 50


def beneficiary_group(awards: pd.DataFrame) -> pd.Series:
    """Say for each row who receives (one of :data:`GROUPS`).

    Public is what the list of public bodies, the number or the name gives away; bodies that a
    municipality founded as an association are not seen.

    Args:
        awards: public_body, form_class, beneficiary_kind, organisation_id.

    Returns:
        Text, index of ``awards``.
    """
    public = awards["public_body"].ne("") | awards["form_class"].isin(PUBLIC_FORMS)
    named = awards["beneficiary_kind"].eq("organisation") & awards["organisation_id"].ne("")
    unknown = awards["form_class"].isin(("", "unknown"))
    return pd.Series(
        np.select([public, ~named, ~unknown], [GROUPS[0], GROUPS[3], GROUPS[1]], GROUPS[2]),
        index=awards.index,
        dtype="str",
    )


def organisations_outside_government(awards: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of named organisations that are not recognised as public bodies."""
    return awards[beneficiary_group(awards).isin(GROUPS[1:3])]


def money_by_group(awards: pd.DataFrame, index: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Add up money by year and group of beneficiary; what was not published stands apart.

    Args:
        awards: Local awards.
        index: Price index (:func:`analysis.prices.price_index`).
        base_year: Year whose prices the constant amounts have.

    Returns:
        One row a year of the span and group: year, group, phase, rows, organisations (counts),
        associations (organisations known as asbl-vzw, count), amount_eur (nominal; missing where
        no file exists), amount_constant_eur (prices of ``base_year``), rows_not_published (count),
        planned_not_published_eur (nominal, planned: stands for nothing granted; not told for
        fewer than :data:`FEW` rows outside public bodies), in_files (yes,
        no).
    """
    rows = awards.assign(group=beneficiary_group(awards))
    hidden = rows["amount_state"].isin(("not_published", "unreadable"))
    rows["hole_rows"] = hidden.astype(int)
    rows["hole_eur"] = rows["amount_planned_eur"].where(hidden)
    rows["organisation"] = rows["organisation_id"].where(rows["organisation_id"].ne(""))
    rows["association"] = rows["organisation"].where(rows["form_class"].eq("asbl-vzw"))
    table = rows.groupby(["year", "group"]).agg(
        rows=("group", "size"),
        organisations=("organisation", "nunique"),
        associations=("association", "nunique"),
        amount_eur=("amount_eur", lambda amounts: amounts.sum(min_count=1)),
        rows_not_published=("hole_rows", "sum"),
        planned_not_published_eur=("hole_eur", "sum"),
    )
    years = range(int(awards["year"].min()), int(awards["year"].max()) + 1)
    present = set(awards["year"])
    wanted = pd.MultiIndex.from_product([years, GROUPS], names=["year", "group"])
    table = table.reindex(wanted).reset_index()
    listed = table["year"].isin(present)
    # A group without rows in a file that exists received nothing; a file that is absent is unknown.
    counts = ["rows", "organisations", "associations", "rows_not_published", "planned_not_published_eur"]  # fmt: skip
    table.loc[listed, counts] = table.loc[listed, counts].fillna(0)
    # One organisation's planned amount is not ours to publish, a public body's is.
    single = table["group"].ne(GROUPS[0]) & table["rows_not_published"].between(1, FEW - 1)
    table.loc[single, "planned_not_published_eur"] = np.nan
    nothing = listed & table["rows"].eq(0)
    table.loc[nothing, "amount_eur"] = 0.0
    phases = awards.groupby("year")["amount_phase"].agg(lambda seen: ";".join(sorted(set(seen))))
    table["phase"] = table["year"].map(phases).fillna("")
    table["amount_constant_eur"] = to_constant(table["amount_eur"], table["year"], base_year, index)
    table["price_year"] = base_year
    table["in_files"] = np.where(listed, "yes", "no")
    whole = counts[:4]
    table[whole] = table[whole].astype("Int64")
    columns = ["year", "in_files", "phase", "group", "rows", "organisations", "associations", "amount_eur", "amount_constant_eur", "price_year", "rows_not_published", "planned_not_published_eur"]  # fmt: skip
    return table[columns]


def read_object_kinds(path: Path = KINDS_FILE) -> pd.DataFrame:
    """Read the terms that tell operating from project money: kind, lang, term, note.

    A term without a kind says nothing and hides the terms inside it.
    """
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def object_kind(awards: pd.DataFrame, terms: pd.DataFrame | None = None) -> pd.DataFrame:
    """Tell from the object's words what kind of cost a row pays.

    Operating and project in one text contradict: ``not_told``. Purchases and membership fees count
    only where neither is said.

    Args:
        awards: object (text).
        terms: See :func:`read_object_kinds`.

    Returns:
        The rows with kind (one of :data:`KINDS`) and both (operating and project are said).
    """
    from analysis.domains.matching import find_terms, normalise

    rules = read_object_kinds() if terms is None else terms
    texts = normalise(awards["object"]).set_axis(range(len(awards)))
    found = find_terms(texts, rules["term"])
    said = found["term"].map(rules["kind"])
    place = pd.RangeIndex(len(awards))
    operating, project, other = (place.isin(found.loc[said.eq(kind), "text"]) for kind in KINDS[:3])
    both = operating & project
    kind = np.select([both, operating, project, other], [KINDS[3], *KINDS[:3]], KINDS[3])
    return awards.assign(kind=pd.Series(kind, index=awards.index, dtype="str"), both=both)


def kinds_by_year(awards: pd.DataFrame, terms: pd.DataFrame | None = None) -> pd.DataFrame:
    """Share rows and euros out over kinds of cost, year by year, public bodies left out.

    Returns:
        year, phase, kind, rows, organisations (counts), row_share (0-1), amount_eur (nominal;
        missing for fewer than :data:`FEW` organisations), eur_share (0-1), rows_both (count of
        rows that say operating and project: within ``not_told``).
    """
    rows = object_kind(organisations_outside_government(awards), terms)
    table = rows.groupby(["year", "kind"]).agg(
        phase=("amount_phase", "first"),
        rows=("kind", "size"),
        organisations=("organisation_id", "nunique"),
        amount_eur=("amount_eur", "sum"),
        rows_both=("both", "sum"),
    )
    wanted = pd.MultiIndex.from_product([sorted(set(rows["year"])), KINDS], names=["year", "kind"])
    table = table.reindex(wanted)
    counts = ["rows", "organisations", "rows_both"]
    table[counts] = table[counts].fillna(0).astype(int)
    table["phase"] = table.groupby("year")["phase"].transform("first")
    table["amount_eur"] = table["amount_eur"].fillna(0.0)
    table["row_share"] = table["rows"] / table.groupby("year")["rows"].transform("sum")
    table["eur_share"] = table["amount_eur"] / table.groupby("year")["amount_eur"].transform("sum")
    few = table["organisations"].between(1, FEW - 1)
    table.loc[few, ["amount_eur", "eur_share"]] = np.nan
    return table.reset_index()[
        ["year", "phase", "kind", "rows", "organisations", "row_share", "amount_eur", "eur_share", "rows_both"]
    ]  # fmt: skip


def followed(awards: pd.DataFrame, organisations: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return organisation-years that can be followed, and how many organisations cannot.

    Organisations whose number or name is contradicted somewhere are set apart: they would look as
    if they came and went.

    Args:
        awards: Local awards.
        organisations: organisation_id, awards_contradicted.

    Returns:
        organisation_id, funder_id, year (unique); organisations set apart (count).
    """
    rows = organisations_outside_government(awards)
    doubt = pd.to_numeric(organisations["awards_contradicted"]).gt(0)
    apart = rows["organisation_id"].isin(organisations.loc[doubt, "organisation_id"])
    kept = rows.loc[~apart, ["organisation_id", "funder_id", "year"]].drop_duplicates()
    return kept.reset_index(drop=True), int(rows.loc[apart, "organisation_id"].nunique())


def found_again(years: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the organisations of one file that are in the next file.

    Over a hole the next file is not the next year: compare only equal ``years_between``.

    Args:
        years: See :func:`followed`, of one funder.

    Returns:
        year, next_year, years_between, organisations, found_again (counts), share, low, high (0-1;
        Wilson, 95 percent), organisations_next, new_next (counts: in no earlier file), new_share.
    """
    by_year = years.groupby("year")["organisation_id"].agg(set).sort_index()
    records = []
    earlier: set[str] = set()
    for (year, here), (following, there) in zip(
        list(by_year.items())[:-1], list(by_year.items())[1:], strict=True
    ):
        earlier |= here
        records.append(
            (year, following, following - year, len(here), len(here & there), len(there), len(there - earlier))  # type: ignore[operator]
        )  # fmt: skip
    table = pd.DataFrame(
        records,
        columns=["year", "next_year", "years_between", "organisations", "found_again", "organisations_next", "new_next"],
    )  # fmt: skip
    table.insert(5, "share", table["found_again"] / table["organisations"])
    low, high = wilson_interval(table["found_again"], table["organisations"])
    table.insert(6, "low", low)
    table.insert(7, "high", high)
    table["new_share"] = table["new_next"] / table["organisations_next"]
    return table


def files_seen(years: pd.DataFrame) -> pd.DataFrame:
    """Count organisations by the number of files they are in: files, organisations, share (0-1)."""
    seen = years.groupby("organisation_id")["year"].nunique()
    counts = seen.value_counts().reindex(range(1, years["year"].nunique() + 1), fill_value=0)
    return pd.DataFrame(
        {
            "files": counts.index,
            "organisations": counts.to_numpy(),
            "share": counts.to_numpy() / len(seen),
        }
    )


def labelled(awards: pd.DataFrame, labels: pd.DataFrame, parts: tuple[str, ...]) -> pd.DataFrame:
    """Put the machine's judgement beside the labels.

    Args:
        awards: Local awards with year, source_row (1 = first record), domain, si_signal.
        labels: See :func:`analysis.domains.gold.read_labels`.
        parts: Which parts of the labels.

    Returns:
        domain_gold, si_signal_gold, domain, si_signal; one row a labelled row.
    """
    wanted = labels[labels["part"].isin(parts)].assign(
        year=lambda rows: rows["year"].astype(int),
        source_row=lambda rows: rows["row_index"].astype(int) + 1,
    )
    judged = awards[["year", "source_row", "domain", "si_signal"]].astype({"source_row": int})
    joined = wanted.merge(judged, on=["year", "source_row"], how="inner", validate="one_to_one")
    return joined[["domain_gold", "si_signal_gold", "domain", "si_signal"]]


def domain_shares(awards: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Share rows and euros out over domains and signals, corrected for the machine's mistakes.

    Public bodies, and rows that name no organisation, are left out of the shares. Domains with
    fewer than :data:`FEW` organisations are drawn together as ``few``.

    Args:
        awards: Local awards of one phase.
        gold: See :func:`labelled`.

    Returns:
        dimension (``domain``, ``si_signal``, ``si_any``), value, measure (``rows``, ``eur``),
        rows, organisations (counts), public_rows (rows of public bodies, count), share_observed,
        share_corrected, low, high (0-1), labelled_rows.
    """
    from analysis.domains.rules import SIGNALS, load_rules

    some = awards.assign(si_any=awards["si_signal"].replace({"clear": "any", "possible": "any"}))
    truth = gold.assign(
        si_any=gold["si_signal"].replace({"clear": "any", "possible": "any"}),
        si_any_gold=gold["si_signal_gold"].replace({"clear": "any", "possible": "any"}),
    )
    rows = organisations_outside_government(some)
    sizes = rows.groupby("domain")["organisation_id"].nunique()
    few = sizes.index[sizes < FEW]
    names = list(load_rules().choices)
    classes = {
        "domain": [name for name in [*names, "unknown"] if name not in few],
        "si_signal": list(SIGNALS),
        "si_any": ["any", "none"],
    }
    classes["domain"] = list(dict.fromkeys([*classes["domain"], "few"]))
    pool = dict.fromkeys(few, "few")
    public = some[beneficiary_group(some).eq(GROUPS[0])]
    tables = []
    for dimension, values in classes.items():
        pooled = pool if dimension == "domain" else {}
        tables.append(_corrected(rows, public, truth, dimension, values, pooled))
    return pd.concat(tables, ignore_index=True)


def _corrected(
    rows: pd.DataFrame,
    public: pd.DataFrame,
    truth: pd.DataFrame,
    dimension: str,
    classes: list[str],
    pool: dict[str, str],
) -> pd.DataFrame:
    from analysis.domains.shares import correct_shares

    agreed = truth[truth[f"{dimension}_gold"].ne("")]
    predicted = rows[dimension].replace(pool)
    counts = rows.groupby(predicted)["organisation_id"].agg(["size", "nunique"])
    of_public = public[dimension].replace(pool).value_counts()
    found = []
    for measure, weights in (("rows", None), ("eur", rows["amount_eur"])):
        shares = correct_shares(
            predicted,
            agreed[f"{dimension}_gold"].replace(pool),
            agreed[dimension].replace(pool),
            classes,
            weights=weights,
        ).rename(columns={"domain": "value", "gold_rows": "labelled_rows"})
        shares.insert(0, "dimension", dimension)
        shares.insert(2, "measure", measure)
        shares.insert(3, "rows", shares["value"].map(counts["size"]).fillna(0).astype(int))
        shares.insert(4, "organisations", shares["value"].map(counts["nunique"]).fillna(0).astype(int))  # fmt: skip
        shares.insert(5, "public_rows", shares["value"].map(of_public).fillna(0).astype(int))
        found.append(shares)
    return pd.concat(found, ignore_index=True)


def concentration_by_year(awards: pd.DataFrame, top: int = 10) -> pd.DataFrame:
    """Describe year by year how money is spread over organisations outside government.

    Returns:
        year, phase, organisations, rows_without_amount (counts), total_eur, mean_eur, median_eur
        (nominal), top_share (of the ``top`` largest, 0-1), hhi, gini, gini_low, gini_high.
    """
    records = []
    for year, rows in organisations_outside_government(awards).groupby("year"):
        sums = per_organisation(rows)
        found = spread(sums["amount_eur"], top)
        records.append(
            {
                "year": year,
                "phase": rows["amount_phase"].iloc[0],
                "organisations": int(found["known"]),
                "rows_without_amount": int(sums["without_amount"].sum()),
                "total_eur": round(found["total"], 2),
                "mean_eur": found["mean"],
                "median_eur": found["median"],
                "top": top,
                **{name: found[name] for name in ("top_share", "hhi", "gini", "gini_low", "gini_high")},
            }
        )  # fmt: skip
    return pd.DataFrame(records)


def lorenz_by_year(awards: pd.DataFrame, steps: int = LORENZ_STEPS) -> pd.DataFrame:
    """Return the Lorenz curve of each year at equal steps: year, organisations, money (0-1).

    The curve is read off at ``steps`` places, never at single organisations.
    """
    places = np.linspace(0, 1, steps + 1)
    curves = []
    for year, rows in organisations_outside_government(awards).groupby("year"):
        curve = lorenz(per_organisation(rows)["amount_eur"])
        money = np.interp(places, curve["organisations"], curve["money"])
        curves.append(pd.DataFrame({"year": year, "organisations": places, "money": money}))
    return pd.concat(curves, ignore_index=True)


def forms_known(awards: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Count for how much the legal form is known without the register, and from what.

    Args:
        awards: Local awards.
        evidence: Table ``awards`` of the evidence base: legal_form, legal_form_basis, counted.

    Returns:
        collection (``city_public``, ``city_others``, ``evidence``), measure (``rows``, ``eur``),
        basis (``number``, ``name``, ``stated``, ``inferred``, ``basis_not_told``, ``unknown``),
        rows (count), share (0-1). Euros: granted amounts of the City only.
    """
    group = beneficiary_group(awards)
    named = awards[group.ne("not_named")].assign(group=group)
    named["basis"] = named["form_basis"].replace("", "unknown")
    tables = []
    for name, wanted in (("city_public", GROUPS[:1]), ("city_others", GROUPS[1:3])):
        rows = named[named["group"].isin(wanted)]
        granted = rows[rows["amount_phase"].eq(GRANTED)]
        tables.append(_shares(name, "rows", rows["basis"], None))
        tables.append(_shares(name, "eur", granted["basis"], granted["amount_eur"]))
    counted = evidence[evidence["counted"].eq("yes") & evidence["legal_form"].ne("natural_person")]
    basis = counted["legal_form_basis"].mask(counted["legal_form"].eq("unknown"), "unknown")
    tables.append(_shares("evidence", "rows", basis.replace("", "basis_not_told"), None))
    return pd.concat(tables, ignore_index=True)


def _shares(
    collection: str, measure: str, basis: pd.Series, weights: pd.Series | None
) -> pd.DataFrame:
    counts = basis.value_counts()
    sums = counts if weights is None else weights.groupby(basis).sum()
    table = pd.DataFrame({"rows": counts, "share": sums / sums.sum()}).sort_index()
    table = table.rename_axis("basis").reset_index()
    table.insert(0, "measure", measure)
    table.insert(0, "collection", collection)
    return table
