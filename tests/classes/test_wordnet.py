from pathlib import Path

import polars as pl
import pytest

from errata.classes.tables import WORDNET
from errata.classes.wordnet import WordNet
from errata.errors import InputError
from errata.tables import read_table

DATABASES = (Path("/usr/share/wordnet"), Path("/usr/share/nltk_data/corpora/wordnet"))


@pytest.fixture(scope="module")
def table(project) -> pl.DataFrame:
    return read_table(WORDNET, project / "resources/wordnet/nouns.parquet")


@pytest.fixture(scope="module")
def wordnet(table) -> WordNet:
    return WordNet.from_table(table)


def test_the_frozen_table_has_every_noun_synset_of_wordnet_3_0(wordnet):
    assert len(wordnet.synsets) == 82_115  # WordNet 3.0, wnstats(7WN)


def test_a_synset_is_named_by_its_first_lemma_and_the_number_of_its_sense(table):
    names = dict(table.select("offset", "name").iter_rows())
    assert (names[2012849], names[3126707]) == ("crane.n.05", "crane.n.04")  # the bird and the machine
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("related", ["hypernyms", "instance_hypernyms", "hyponyms", "instance_hyponyms"])
def test_related_synsets_are_in_the_order_of_their_names(table, related):
    names = dict(table.select("offset", "name").iter_rows())
    listed = [[names[offset] for offset in offsets] for offsets in table[related]]
    assert listed == [sorted(some) for some in listed]


@pytest.mark.slow
def test_the_frozen_table_equals_one_rebuilt_from_a_wordnet_database(table):
    pytest.importorskip("nltk")
    from errata.classes.wordnet_build import build_wordnet

    database = next((folder for folder in DATABASES if (folder / "data.noun").is_file()), None)
    if database is None:
        pytest.skip(f"no WordNet database in {' or '.join(map(str, DATABASES))} (Debian: wordnet-base)")
    assert build_wordnet(database).equals(table)


def test_a_folder_without_wordnet_is_refused_with_the_missing_files(tmp_path):
    pytest.importorskip("nltk")
    from errata.classes.wordnet_build import build_wordnet

    with pytest.raises(InputError, match=r"data\.noun"):
        build_wordnet(tmp_path)


def test_the_lemma_name_crane_stands_for_a_bird_and_a_machine(wordnet):
    assert wordnet.synset("n02012849").lemmas == wordnet.synset("n03126707").lemmas == ("crane",)
    assert "bird" in wordnet.lemmas_above(2012849)
    assert "bird" not in wordnet.lemmas_above(3126707)


def test_every_hypernym_path_goes_from_the_root_to_the_synset(wordnet):
    paths = wordnet.hypernym_paths(2123045)
    assert {path[-1] for path in paths} == {2123045}
    assert {wordnet.synsets[path[0]].lemmas for path in paths} == {("entity",)}


def test_siblings_are_the_hyponyms_of_the_direct_hypernyms(wordnet):
    names = [wordnet.synsets[offset].lemmas[0] for offset in wordnet.siblings(2123045)]
    assert "Persian_cat" in names
    assert "tabby" in names


@pytest.mark.parametrize("wnid", ["02123045", "n2123045", "n00000000", "nabcdefgh", ""])
def test_an_id_that_no_noun_has_is_refused(wordnet, wnid):
    with pytest.raises(InputError, match="noun synset"):
        wordnet.synset(wnid)
