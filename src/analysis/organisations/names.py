"""Belgian names of organisations, made comparable.

A name as published ("Mont des Arts en abrégé MdA / Kunstberg asbl") holds several readings: the
whole, its French and Dutch halves, its abbreviation. Each reading becomes *words* (lower case, no
accents, articles or legal form) and a *key* (the words without spaces, so that "Saint-Louis",
"Saint Louis" and "SaintLouis" are one).

The work is one set of DuckDB expressions, used for the register and for the names looked up: three
million names take seconds, and both sides cannot drift apart.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analysis.organisations.store import connect
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

#: What a reading is of its name.
KINDS = ("whole", "with_short", "part", "short")


@cache
def words_with_role(role: str) -> tuple[str, ...]:
    """Return the words of ``rules/name_words.csv`` with one role (article, generic, place)."""
    import pandas as pd

    words = pd.read_csv(RULES / "name_words.csv", dtype=str, keep_default_na=False)
    return tuple(sorted(set(words.loc[words["role"] == role, "word"])))


@cache
def _alternatives(file: str, column: str, places: tuple[str, ...] = ()) -> str:
    """Join the written forms of a rule file as a regular expression, longest first."""
    import re

    import pandas as pd

    rules = pd.read_csv(RULES / file, dtype=str, keep_default_na=False)
    if places:
        # A class word alone ("fondation", "mutualité") is part of the name, not a form to cut.
        rules = rules.loc[rules["place"].isin(places) & (rules["code"] != "")]
    written = sorted(set(rules[column]), key=lambda text: (-len(text), text))
    return "|".join(re.escape(text).replace(r"\ ", " ") for text in written)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def plain_sql(text: str) -> str:
    """Return the DuckDB expression for lower case without accents, ligatures or curly signs."""
    expression = f"lower(strip_accents({text}))"
    for old, new in (("œ", "oe"), ("æ", "ae"), ("ß", "ss"), ("’", "'"), ("‘", "'"), ("`", "'")):
        expression = f"replace({expression}, {_quoted(old)}, {_quoted(new)})"
    return expression


#: Articles and prepositions that only one of the two languages has, where a hyphen without spaces
#: may stand between a French and a Dutch name.
_FRENCH = "la|le|les|du|des|et|pour|au|aux|l|d"
_DUTCH = "van|voor|het|der|den|te|ter"


def _doubles_split_sql(plain: str) -> str:
    """Return the expression that sets ``/`` between halves in two languages joined by a hyphen."""
    split = plain
    for one, other in ((_FRENCH, _DUTCH), (_DUTCH, _FRENCH)):
        split = (
            rf"regexp_replace({split}, "
            rf"'^(.*\b(?:{one})\b.*[^\s-])-([^\s-].*\b(?:{other})\b.*)$', '\1 / \2')"
        )
    # Few names have a hyphen: one look spares the others both passes.
    return f"CASE WHEN contains({plain}, '-') THEN {split} ELSE {plain} END"


def spaced_sql(plain: str, *, elided: bool = False) -> str:
    """Return the expression for words of plain text: initials closed up, all signs spaces.

    Args:
        plain: Expression for plain text.
        elided: Drop the elided articles (``l'école`` → ``ecole``).
    """
    if elided:
        plain = rf"regexp_replace({plain}, '\b([dljmnst]|qu)''', ' ', 'g')"
    # "arkadia.be" is "arkadia"; "hub.brussels" keeps its town, which is half its name.
    bare = rf"regexp_replace({plain}, '([a-z0-9])[.](?:be|org|com|net|eu)\b', '\1', 'g')"
    closed = rf"regexp_replace({bare}, '\b([a-z0-9])[.]', '\1', 'g')"
    closed = f"CASE WHEN contains({plain}, '.') THEN {closed} ELSE {plain} END"
    return rf"trim(regexp_replace({closed}, '[^\p{{L}}\p{{N}}]+', ' ', 'g'))"


def words_sql(plain: str) -> str:
    """Return the DuckDB expression that turns plain text into words.

    Elided articles go, initials close up (``c.a.r.s.`` → ``cars``), all other signs become spaces,
    then legal forms and articles go; a name made of nothing else keeps its words.
    """
    spaced = spaced_sql(plain, elided=True)
    anywhere = _alternatives("legal_form_words.csv", "written", ("anywhere",))
    edge = _alternatives("legal_form_words.csv", "written", ("edge", "setoff"))
    articles = "|".join(words_with_role("article"))
    bare = rf"regexp_replace({spaced}, '\b({anywhere})\b', ' ', 'g')"
    bare = rf"regexp_replace(trim({bare}), '\s+({edge})$|^(sprl|bvba|sa|nv|srl|bv)\s+', '', 'g')"
    bare = rf"regexp_replace({bare}, '\b({articles})\b', ' ', 'g')"
    bare = rf"trim(regexp_replace({bare}, '\s+', ' ', 'g'))"
    return f"CASE WHEN length({bare}) > 1 THEN {bare} ELSE {spaced} END"


@cache
def _synonyms() -> tuple[tuple[str, str], ...]:
    """Return (regular expression, canonical word), single words first, longest phrases last."""
    import pandas as pd

    rules = pd.read_csv(RULES / "name_synonyms.csv", dtype=str, keep_default_na=False)
    # "Vrije Universiteit Brussel" is only known once "Brussel" is written the one way.
    rules["phrase"] = rules["written"].str.contains(" ")
    return tuple(
        ("|".join(group["written"]), str(canonical))
        for (_, canonical), group in rules.groupby(["phrase", "canonical"])
    )


def synonyms_sql(words: str) -> str:
    """Return the DuckDB expression that writes known abbreviations and doubles one way."""
    replaced = words
    for written, canonical in _synonyms():
        replaced = rf"regexp_replace({replaced}, '\b({written})\b', '{canonical}', 'g')"
    # Few names hold any of them: one look spares the others all the passes.
    every = "|".join(written for written, _ in _synonyms())
    return rf"CASE WHEN regexp_matches({words}, '\b({every})\b') THEN {replaced} ELSE {words} END"


def readings_sql(source: str, identifier: str = "name_id", name: str = "name") -> str:
    """Return the query that gives every reading of every name.

    Args:
        source: Table or sub-query with the two columns.
        identifier: Column that names the row.
        name: Column with the name as published.

    Returns:
        SQL with columns ``identifier, kind`` (see :data:`KINDS`)``, words, key``; readings without
        any letter or digit are left out, equal keys of one name appear once, the strongest kind.
    """
    marker = _alternatives("name_markers.csv", "pattern")
    cut = rf"'[\s,(:]*\b(?:{marker})\b\.?[\s:\"»«]*'"
    split = r"'\s*[/|]\s*|\s+[-–—]+\s*|[-–—]+\s+'"
    # The chain of steps, each one column, so that no expression is computed twice.
    return f"""
    SELECT {identifier}, arg_min(kind, strength) AS kind, arg_min(words, strength) AS words, key
    FROM (
      SELECT {identifier}, kind, strength, words, replace(words, ' ', '') AS key
      FROM (
        SELECT {identifier}, kind, strength,
          unnest(list_distinct([bare, {synonyms_sql("bare")}])) AS words
        FROM (SELECT {identifier}, kind, strength, {words_sql("reading")} AS bare
        FROM (
          SELECT {identifier}, unnest(list_concat(
              [{{'kind': 'whole', 'strength': 0, 'reading': array_to_string(mains, ' ')}}],
              CASE WHEN len(shorts) > 0 THEN [{{'kind': 'with_short', 'strength': 1,
                'reading': array_to_string(mains, ' ') || ' ' || array_to_string(shorts, ' ')}}]
                ELSE [] END,
              CASE WHEN len(mains) > 1 THEN list_transform(mains,
                lambda m: {{'kind': 'part', 'strength': 2, 'reading': m}}) ELSE [] END,
              list_transform(shorts, lambda s: {{'kind': 'short', 'strength': 3, 'reading': s}})
            ), recursive := true)
          FROM (
            SELECT {identifier},
              list_filter(list_transform(pieces, lambda p: p[1]), lambda m: m <> '') AS mains,
              list_filter(flatten(list_transform(list_concat(
                  flatten(list_transform(pieces, lambda p: p[2:])), brackets),
                lambda s: string_split_regex(s, '\\s*[/|]\\s*|\\s+ou\\s+|\\s+of\\s+'))),
                lambda s: length(s) > 1) AS shorts
            FROM (
              SELECT {identifier}, brackets,
                list_transform(string_split_regex(body, {split}),
                  lambda segment: string_split_regex(trim(segment), {cut})) AS pieces
              FROM (
                SELECT {identifier}, brackets,
                  CASE WHEN trim(stripped) = '' THEN plain ELSE stripped END AS body
                FROM (
                  SELECT {identifier}, plain,
                    regexp_extract_all(plain, '\\(([^()]{{2,25}})\\)', 1) AS brackets,
                    regexp_replace(plain, '\\([^()]{{2,25}}\\)', ' ', 'g') AS stripped
                  FROM (SELECT {identifier}, {_doubles_split_sql("plain")} AS plain
                        FROM (SELECT {identifier}, {plain_sql(name)} AS plain
                              FROM {source} WHERE {name} IS NOT NULL))
                )
              )
            )
          )
        )
        )
      )
    )
    WHERE key <> ''
    GROUP BY {identifier}, key
    """


def readings(names: pd.Series) -> pd.DataFrame:
    """Return every reading of every name.

    Args:
        names: Names as published; empty cells give no reading.

    Returns:
        Columns ``position`` (place in ``names``, from 0), ``kind``, ``words``, ``key``; sorted.
    """
    import pandas as pd

    source = pd.DataFrame({"position": range(len(names)), "name": names.astype("str").to_numpy()})
    with connect() as connection:
        connection.register("asked", source)
        return connection.execute(
            f"SELECT * FROM ({readings_sql('asked', 'position')}) "
            "ORDER BY position, kind = 'short', kind = 'part', kind = 'with_short', key"
        ).df()


def spaced(names: pd.Series) -> pd.Series:
    """Return names in lower case without accents and signs, every word kept; same index."""
    import pandas as pd

    source = pd.DataFrame({"position": range(len(names)), "name": names.astype("str").to_numpy()})
    with connect() as connection:
        connection.register("asked", source)
        found = connection.execute(
            f"SELECT coalesce({spaced_sql(plain_sql('name'))}, '') AS text "
            "FROM asked ORDER BY position"
        ).df()
    return found["text"].astype("str").set_axis(names.index)


def normalise(names: pd.Series) -> pd.Series:
    """Return the key of each whole name, empty where there is none; same index.

    Equal keys mean the same name but for accents, case, signs, articles, legal form, the
    separator between languages and a stated abbreviation.
    """
    import pandas as pd

    source = pd.DataFrame({"position": range(len(names)), "name": names.astype("str").to_numpy()})
    with connect() as connection:
        connection.register("asked", source)
        found = connection.execute(
            # Both writings of a name with synonyms end in the one writing.
            f"SELECT position, min(replace({synonyms_sql('words')}, ' ', '')) AS key "
            f"FROM ({readings_sql('asked', 'position')}) WHERE kind = 'whole' GROUP BY position"
        ).df()
    keys = pd.Series("", index=range(len(names)), dtype="str")
    keys.update(found.set_index("position")["key"])
    return keys.set_axis(names.index)
