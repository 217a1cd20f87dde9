"""Legal forms: what an organisation is in law, and how we know.

The Belgian company code of 2019 (in force since 1 May 2019) closed a dozen forms: `legal_forms.csv`
says until when each could be founded and what it became. A form comes from the register, else from
the number of a known public body, else from the name, else it is unknown; the basis is a column.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from analysis.organisations.names import spaced
from analysis.project import RULES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

CLASSES = (
    "asbl-vzw",
    "cooperative",
    "company",
    "public",
    "foundation",
    "university",
    "mutual",
    "natural person",
    "foreign",
    "other",
    "unknown",
)
BASES = ("register", "number", "name", "unknown")
#: Codes that say only that nothing is known.
EMPTY_CODES = ("", "999", "000")


def _read(file: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(RULES / file, dtype="str", keep_default_na=False)


@cache
def legal_forms() -> pd.DataFrame:
    """Return the table of legal forms, one row a KBO code.

    Columns: ``code, name_fr, name_nl, name_en, abbreviation_fr, abbreviation_nl, form_class,
    social_purpose, public_law, valid_from, valid_to`` (last day on which one could be founded)
    ``, kept_until`` (last day of the transition), ``replaced_by, source``.
    """
    return _read("legal_forms.csv")


@cache
def written_forms() -> pd.DataFrame:
    """Return how forms are written in names (``legal_form_words.csv``), longest first."""
    words = _read("legal_form_words.csv")
    order = words["written"].str.len().sort_values(ascending=False, kind="stable").index
    return words.loc[order].reset_index(drop=True)


@cache
def public_bodies() -> pd.DataFrame:
    """Return the reviewed list of public bodies and universities (``public_bodies.csv``)."""
    return _read("public_bodies.csv")


def form_codes(cells: pd.Series) -> pd.Series:
    """Return KBO codes for legal forms written as codes, abbreviations or in full.

    Args:
        cells: ``"017"``, ``"17"``, ``"ASBL"``, ``"société coopérative"`` ...

    Returns:
        Codes of three digits, empty where the form is not known; same index.
    """
    forms = legal_forms()
    text = cells.astype("str").fillna("").str.strip()
    code = text.str.zfill(3).where(text.str.fullmatch(r"\d{1,3}"), "")
    known = code.where(code.isin(forms["code"]), "")
    words = written_forms()
    meaning = dict(zip(words["written"], words["code"], strict=True))
    for column in ("name_fr", "name_nl", "name_en", "abbreviation_fr", "abbreviation_nl"):
        for written, form in zip(spaced(forms[column]), forms["code"], strict=True):
            if written:
                meaning.setdefault(written, form)
    return known.where(known != "", spaced(text).map(meaning).astype("str").fillna("")).astype(
        "str"
    )


def _set_off(written: str) -> str:
    """Return the pattern for a short form that is certain only when set off: ``, SC`` or ``(CV)``.

    "SC" is also a sporting club and "CV" a curriculum vitae: capitals after a comma or in brackets
    tell the form, or the word "coop" beside it.
    """
    letters = r"\.?".join(map(re.escape, written.replace(" ", "").upper()))
    return rf"(?:,\s*|\(\s*){letters}\.?\s*\)?\s*$"


def forms_in_names(names: pd.Series) -> pd.DataFrame:
    """Read the legal form out of names.

    Args:
        names: Names as published.

    Returns:
        Columns ``form_code`` (may be empty when only the class is said) and ``form_class``
        (empty when the name does not tell), same index.
    """
    import pandas as pd

    published = names.astype("str").fillna("")
    unique = pd.Series(published.unique(), dtype="str")
    text = spaced(unique)
    code = pd.Series("", index=unique.index, dtype="str")
    form_class = code.copy()

    def take(rows: pd.Series, rule_code: str, rule_class: str) -> None:
        rows = rows & (form_class == "")
        code[rows], form_class[rows] = rule_code, rule_class

    coop = text.str.contains("coop")
    rules = written_forms()
    # Certain words first, whatever their length; then what stands at an edge; last the words that
    # only tell the class.
    places = ["anywhere", "edge", "setoff", "begin", "end"]
    ranked = rules.assign(rank=rules["place"].map(places.index)).sort_values("rank", kind="stable")
    for rule in ranked.itertuples():
        word = re.escape(str(rule.written))
        if rule.place == "anywhere":
            rows = text.str.contains(rf"(?:^|\s){word}(?:\s|$)")
        elif rule.place == "edge":
            # Two letters only in capitals or set off: "Casa" ends in "sa", "Viva SA" has a form.
            letters = r"\.?".join(str(rule.written).replace(" ", "").upper())
            rows = text.str.contains(rf"\s{word}$")
            if len(str(rule.written)) == 2:
                rows &= unique.str.contains(
                    rf"[\s,(]{letters}\.?\)?\s*$|[,(]\s*(?i:{letters})\.?\)?\s*$"
                )
        elif rule.place == "setoff":
            rows = unique.str.contains(_set_off(str(rule.written)), regex=True)
            if rule.form_class == "cooperative":
                rows |= coop & text.str.contains(rf"\s{word}$")
        elif rule.place == "begin":
            rows = text.str.contains(rf"^(?:la |le |de |het )?{word}(?:\s|$)")
        else:
            rows = text.str.contains(rf"\s{word}$")
        take(rows, str(rule.code), str(rule.form_class))
    found = pd.DataFrame({"form_code": code, "form_class": form_class}).set_axis(unique)
    return found.loc[published.to_list()].set_axis(names.index)


def bodies_in_names(names: pd.Series) -> pd.DataFrame:
    """Recognise public bodies and universities by name.

    Args:
        names: Names as published.

    Returns:
        Columns ``public_body`` (its kind: municipality, police zone ...), ``form_code``,
        ``form_class``, empty where the name is none of them; same index.
    """
    import pandas as pd

    published = names.astype("str").fillna("")
    unique = pd.Series(published.unique(), dtype="str")
    text = spaced(unique)
    found = pd.DataFrame("", index=unique, columns=["public_body", "form_code", "form_class"])
    for body in (
        public_bodies().query("pattern != ''").rename(columns={"except": "except_"}).itertuples()
    ):
        rows = text.str.contains(_uncaught(str(body.pattern)))
        # "Les amis de ..." is not the body; nor is an association that says it is one.
        if body.except_:
            rows &= ~text.str.contains(_uncaught(str(body.except_)))
        rows &= found["public_body"].eq("").to_numpy()
        found.loc[rows.to_numpy()] = [str(body.kind), str(body.form_code), str(body.form_class)]
    return found.loc[published.to_list()].set_axis(names.index)


def _uncaught(pattern: str) -> str:
    # pandas warns of groups that catch something; ours only join alternatives.
    return re.sub(r"\((?!\?)", "(?:", pattern)


def add_legal_forms(
    frame: pd.DataFrame, register: duckdb.DuckDBPyConnection | None = None
) -> pd.DataFrame:
    """Say of every row which legal form its organisation has, and how that is known.

    Order: the register's code; the number of a reviewed public body or university (which no code
    gives away: it also decides the class where the register has a code); the name; unknown.

    Args:
        frame: Columns ``beneficiary_id`` (``BE-BCE_KBO-...`` or empty), ``beneficiary_name``;
            optionally ``beneficiary_kind``, whose natural persons are a class of their own, and
            ``number_doubtful`` (bool): rows whose number contradicts their name, so that the
            form is read from the name alone.
        register: An open register.

    Returns:
        The frame with ``form_code`` (KBO code or empty), ``form_class`` (:data:`CLASSES`),
        ``form_basis`` (:data:`BASES`), ``public_body`` (kind or empty), ``social_purpose`` and
        ``public_law`` (yes, no, unknown).
    """
    import pandas as pd

    forms = legal_forms().set_index("code")
    ids = frame["beneficiary_id"].astype("str").fillna("")
    if "number_doubtful" in frame:
        ids = ids.mask(frame["number_doubtful"].astype(bool), "")
    code = pd.Series("", index=frame.index, dtype="str")
    basis = pd.Series("unknown", index=frame.index, dtype="str")
    form_class = pd.Series("unknown", index=frame.index, dtype="str")
    body = pd.Series("", index=frame.index, dtype="str")

    if register is not None:
        known = _codes_in_register(register, ids)
        usable = ~known.isin(EMPTY_CODES)
        classes = {**forms["form_class"].to_dict(), "person": "natural person"}
        code = code.mask(usable, known.replace("person", ""))
        form_class = form_class.mask(usable, known.map(classes).astype("str").fillna("other"))
        basis = basis.mask(usable, "register")

    bodies = public_bodies().query("number != ''").drop_duplicates("number").set_index("number")
    numbers = ids.str[-10:]
    listed = numbers.isin(bodies.index) & (ids != "")
    body = body.mask(listed, numbers.map(bodies["kind"]).astype("str").fillna(""))
    form_class = form_class.mask(listed, numbers.map(bodies["form_class"]).astype("str").fillna(""))
    code = code.mask(
        listed & (code == ""), numbers.map(bodies["form_code"]).astype("str").fillna("")
    )
    basis = basis.mask(listed & (basis == "unknown"), "number")

    names = frame["beneficiary_name"]
    # A form stated in the name ("... asbl") is stronger than a likeness to a public body.
    for found in (forms_in_names(names), bodies_in_names(names)):
        rows = (basis == "unknown") & (found["form_class"] != "")
        code = code.mask(rows, found["form_code"])
        form_class = form_class.mask(rows, found["form_class"])
        basis = basis.mask(rows, "name")
        if "public_body" in found:
            body = body.mask(rows, found["public_body"])

    if "beneficiary_kind" in frame:
        person = frame["beneficiary_kind"].eq("natural_person").fillna(False).astype(bool)
        form_class = form_class.mask(person, "natural person")
        code = code.mask(person, "")
        basis = basis.mask(person, "name")
    return frame.assign(
        form_code=code,
        form_class=form_class,
        form_basis=basis,
        public_body=body,
        social_purpose=code.map(forms["social_purpose"]).astype("str").fillna("unknown"),
        public_law=code.map(forms["public_law"])
        .astype("str")
        .fillna(form_class.map({"public": "yes"}).astype("str"))
        .fillna("unknown"),
    )


def _codes_in_register(register: duckdb.DuckDBPyConnection, ids: pd.Series) -> pd.Series:
    import pandas as pd

    asked = pd.DataFrame({"number": sorted({int(i[-10:]) for i in ids if i})}, dtype="int64")
    register.register("asked_number", asked)
    found = register.execute(
        """SELECT number, CASE WHEN type = '1' THEN 'person' ELSE coalesce(form_cac, form) END
        FROM enterprise SEMI JOIN asked_number USING (number)"""
    ).fetchall()
    register.unregister("asked_number")
    codes = {f"{number:010d}": form or "" for number, form in found}
    return ids.str[-10:].map(codes).astype("str").fillna("")
