"""The general list of things that pictures show, from WordNet."""

import numpy as np
import polars as pl
import pytest

from errata.classes.hypernyms import Nouns
from errata.classes.wordnet import WordNet
from errata.errors import InputError
from errata.own_data.class_table import read_own_classes
from errata.own_data.general_nouns import SHOWN, general_nouns
from errata.own_data.outside import read_outside

ARTIFACT, IDEA = int(SHOWN["artifact"][1:]), 7
TOOL, SAW, BUZZ_SAW, BANK, CLAW, HOPE, WISH = 101, 102, 103, 104, 105, 106, 107
SYNSETS = {
    ARTIFACT: (["artifact"], None),
    IDEA: (["idea"], None),
    TOOL: (["tool"], ARTIFACT),
    SAW: (["saw", "power_saw"], TOOL),
    BUZZ_SAW: (["buzz_saw"], SAW),
    BANK: (["bank"], ARTIFACT),
    CLAW: (["claw"], BANK),
    HOPE: (["saw", "bank", "hope"], IDEA),
    WISH: (["wish"], HOPE),
}
"""Names and hypernym. Two names have two meanings each: saw and bank."""


@pytest.fixture
def nouns() -> Nouns:
    rows = [
        (offset, lemmas, [] if above is None else [above], [], [o for o, (_, a) in SYNSETS.items() if a == offset])
        for offset, (lemmas, above) in SYNSETS.items()
    ]
    columns = ["offset", "lemmas", "hypernyms", "instance_hypernyms", "hyponyms"]
    lists = {name: pl.List(pl.Int32) for name in columns[2:]}
    return Nouns(
        WordNet.from_table(pl.DataFrame(rows, {"offset": pl.Int32, "lemmas": pl.List(pl.String)} | lists, orient="row"))
    )


def classes(*names: str):
    return read_own_classes(pl.DataFrame({"name": names}))


def test_things_have_kinds_of_their_own_and_only_their_unambiguous_names(nouns):
    # a buzz saw and a claw have no kinds, bank has another meaning, hope is nothing that a picture shows
    assert general_nouns(nouns, classes("cup")) == [("tool",), ("power saw",)]


def test_what_a_class_is_a_kind_of_is_left_out(nouns):
    assert general_nouns(nouns, classes("buzz saw")) == []


def test_kinds_of_a_class_are_left_out(nouns):
    assert general_nouns(nouns, classes("tool")) == []


def test_a_class_whose_name_has_two_meanings_leaves_nothing_out(nouns):
    assert general_nouns(nouns, classes("bank")) == [("tool",), ("power saw",)]


def test_of_the_whole_wordnet_it_has_some_thousand_things():
    known = classes("zebra", "tulip")
    outside = read_outside("nouns", known, np.eye(2, dtype=bool))
    assert outside.words == "3,598 things of a general list, the same for every class"


def test_wordnet_beside_a_list_of_names_is_refused_not_ignored():
    with pytest.raises(InputError, match="--wordnet: a list of names is not looked up"):
        read_outside(["burr"], classes("cup"), np.eye(1, dtype=bool), wordnet="nouns.parquet")
