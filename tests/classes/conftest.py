"""WordNet and the 1000 classes."""

import pytest

from errata.classes.tables import WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.tables import read_table


@pytest.fixture(scope="session")
def nouns(project) -> WordNet:
    return WordNet.from_table(read_table(WORDNET, project / "resources/wordnet/nouns.parquet"))


@pytest.fixture(scope="session")
def wnids(project) -> list[str]:
    return read_vocabulary(project / "resources/vocabularies/imagenet1k.csv")


@pytest.fixture(scope="session")
def classes(wnids, nouns):
    return build_classes(wnids, nouns)
