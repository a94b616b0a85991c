import pytest

from errata.classes.hypernyms import NOUNS, find_nouns


@pytest.fixture(scope="session")
def nouns():
    return find_nouns(NOUNS, needed=True)
