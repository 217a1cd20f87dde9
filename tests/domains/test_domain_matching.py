import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.domains.matching import find_terms, normalise, term_words


def found(text, *terms):
    hits = find_terms(normalise(pd.Series([text])), pd.Series(list(terms)))
    return [terms[index] for index in hits["term"]]


def test_normalise_keeps_words_only():
    texts = pd.Series(["L'École d'Été – « Œuvre »", None, "50+ / vélo"])
    assert normalise(texts).tolist() == ["l ecole d ete oeuvre", "", "50 velo"]


def test_star_stands_for_letters_at_the_end_or_start_of_a_word():
    assert found("Écoles de devoirs", "école* de devoirs") == ["école* de devoirs"]
    assert found("basisschool", "*school") == ["*school"]
    assert found("schoolfeest", "*school") == []
    assert found("jeugdtheaters", "*theater*") == ["*theater*"]
    assert found("le parc", "par") == []


def test_words_of_a_term_must_follow_each_other():
    assert found("soutien aux élèves scolaires", "soutien scolaire*") == []
    assert found("le soutien scolaire", "soutien scolaire*") == ["soutien scolaire*"]


def test_longer_term_hides_the_words_inside_it():
    assert found("école de devoirs", "école", "école de devoirs") == ["école de devoirs"]
    both = found("école de devoirs et école du cirque", "école", "école de devoirs")
    assert sorted(both) == ["école", "école de devoirs"]


def test_more_letters_hide_fewer_at_the_same_place():
    assert found("concertation", "concert*", "concertation") == ["concertation"]
    assert found("handicap", "handicap*", "handicap") == ["handicap*", "handicap"]


def test_each_term_counts_once_a_text_and_positions_are_words():
    hits = find_terms(pd.Series(["un velo et un velo"]), pd.Series(["velo*"]))
    assert hits["start"].tolist() == [1]


def test_nothing_to_find_gives_an_empty_table():
    for texts, terms in ((["", ""], ["velo"]), (["velo"], [])):
        hits = find_terms(pd.Series(texts, dtype="str"), pd.Series(terms, dtype="str"))
        assert hits.empty
        assert list(hits.columns) == ["text", "term", "start"]


words = st.sampled_from(["a", "ab", "abc", "b", "bc", "c"])
patterns = st.sampled_from(["a", "ab", "a*", "*b", "*b*", "c", "bc*"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(words, max_size=5).map(" ".join), min_size=1, max_size=4),
    st.lists(st.lists(patterns, min_size=1, max_size=2).map(" ".join), min_size=1, max_size=3),
)
def test_agrees_with_plain_search(texts, terms):
    """Reference: one regular expression a word pattern, tried at every position."""

    def spans(text, term):
        tokens, parts = text.split(), term_words(term)
        regexes = [re.compile(p.replace("*", "[a-z]*")) for p in parts]
        return [
            (i, i + len(parts))
            for i in range(len(tokens) - len(parts) + 1)
            if all(r.fullmatch(t) for r, t in zip(regexes, tokens[i:], strict=False))
        ]

    expected = set()
    for number, text in enumerate(texts):
        letters = {t: sum(len(w.strip("*")) for w in term_words(t)) for t in terms}
        hits = [(s, t) for t in terms for s in spans(text, t)]
        most = {s: max(letters[t] for s2, t in hits if s2 == s) for s, _ in hits}
        hits = [(s, t) for s, t in hits if letters[t] == most[s]]
        for (start, end), term in hits:
            inside = any(
                s[0] <= start and end <= s[1] and end - start < s[1] - s[0] for s, _ in hits
            )
            if not inside:
                expected.update((number, i) for i, t in enumerate(terms) if t == term)
    result = find_terms(pd.Series(texts, dtype="str"), pd.Series(terms, dtype="str"))
    assert set(zip(result["text"], result["term"], strict=True)) == expected
