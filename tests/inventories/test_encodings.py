from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inventories.encodings import decode, mend_mojibake

SENTENCES = [
    "Bénéficiaire;Montant octroyé;Année à préciser;Crèche « L'Été »",
    "Fédération des maîtres nageurs; très léger; où; ça; forêt; Noël",
    "Begunstigde;Toegekend bedrag;coördinatie;ruïne;financiële steun; één",
    "Fête de la musique; hôpital; théâtre; société; dégâts; œuvre",
]


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "latin-1"]
)
def test_each_encoding_is_found(text, encoding):
    if encoding == "latin-1":
        text = text.replace("œ", "oe")
    assert decode(text.encode(encoding)).text == text


@given(
    st.lists(st.sampled_from(" ".join(SENTENCES).split()), min_size=6, max_size=40),
    st.sampled_from(["cp1252", "mac_roman", "utf-8"]),
)
def test_words_of_both_languages_survive(chosen, encoding):
    text = "\n".join(["Bénéficiaire;Crèche;Année", *chosen])
    assert decode(text.encode(encoding)).text == text


def test_a_few_stray_bytes_do_not_change_a_utf8_file():
    content = ("é" * 50).encode() + b"\x92" + "à".encode()
    read = decode(content)
    assert (read.encoding, read.text) == ("utf-8", "é" * 50 + "’à")
    assert "1 stray" in read.note


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content):
    assert isinstance(decode(content).text, str)


@pytest.mark.parametrize("text", [*SENTENCES, "l’été à 5 €", "Coöperatie – één"])
@pytest.mark.parametrize("wrong", ["cp1252", "mac_roman"])
def test_text_read_the_wrong_way_is_restored(text, wrong):
    raw = text.encode("utf-8")
    spoiled = "".join(
        one.decode(wrong)
        if wrong == "mac_roman" or one not in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
        else one.decode("latin-1")
        for one in (bytes([byte]) for byte in raw)
    )
    assert mend_mojibake(spoiled) == text


@given(st.text(alphabet="abcdéèêëàâçùûîïôöÉÈÀÊ’‘«»€ -'", max_size=60))
def test_sound_text_is_left_alone(text):
    assert mend_mojibake(text) == text


def test_mac_roman_twice_is_undone_where_letters_are_left():
    spoiled = "Pôle à la crèche (€)".encode("mac_roman").decode("cp1252", errors="replace")
    if "\ufffd" not in spoiled:
        assert decode(spoiled.encode("mac_roman")).text.startswith("Pôle à")
    assert (
        decode(b"P\xaale d'innovation et aide \xf6 la ville; cr\x8fche").text
        == "Pôle d'innovation et aide à la ville; crèche"
    )
