"""WordNet and forty of its classes, once for all tests of the room."""

import pytest

from errata.classes.tables import WORDNET
from errata.classes.wordnet import WordNet
from errata.tables import read_table
from openworld.forty_classes import FortyClasses, forty_classes


@pytest.fixture(scope="session")
def wordnet(project) -> WordNet:
    return WordNet.from_table(read_table(WORDNET, project / "resources/wordnet/nouns.parquet"))


@pytest.fixture(scope="session")
def forty(project, wordnet) -> FortyClasses:
    return forty_classes(wordnet, project / "resources/superclasses.yaml")


@pytest.fixture(scope="session")
def nouns(project) -> dict[int, dict]:
    """WordNet as plain rows by offset, for the literal implementation."""
    rows = read_table(WORDNET, project / "resources/wordnet/nouns.parquet").to_dicts()
    return {row["offset"]: row for row in rows}
