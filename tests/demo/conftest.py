"""The demo world's pictures (undrawn), its tables as files, and what Errata knows about its classes."""

from pathlib import Path

import numpy as np
import pytest

from errata.classes.pairs import overlap_matrix, read_overlap
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.tables import WORDNET
from errata.classes.wordnet import WordNet
from errata.tables import read_table
from errata_demo.names import CLASSES
from errata_demo.scene import Picture
from errata_demo.world import class_ids, imagenet_m, validation_pictures
from errata_demo.write import write_experts, write_multilabels, write_planted, write_real, write_targets


@pytest.fixture(scope="session")
def demo_pictures() -> dict[str, Picture]:
    return validation_pictures(1)


@pytest.fixture(scope="session")
def demo_nouns(project) -> WordNet:
    return WordNet.from_table(read_table(WORDNET, project / "resources/wordnet/nouns.parquet"))


@pytest.fixture(scope="session")
def demo_sharing(project, demo_nouns) -> np.ndarray:
    """Which classes of the demo vocabulary share a superclass."""
    superclasses = read_superclasses(project / "resources/superclasses.yaml")
    return sharing_matrix(select_classes(superclasses, list(CLASSES.values()), demo_nouns), len(CLASSES))


@pytest.fixture(scope="session")
def demo_overlap(project) -> np.ndarray:
    """[target, prediction]: which predictions are accepted for which targets."""
    return overlap_matrix(read_overlap(project / "resources/class_overlap.csv", list(CLASSES.values())), len(CLASSES))


@pytest.fixture(scope="session")
def demo_tables(demo_pictures, tmp_path_factory) -> Path:
    """A folder with the demo world's label sets in the published layouts."""
    folder = tmp_path_factory.mktemp("demo-world")
    write_targets(folder / "targets.csv", demo_pictures)
    write_multilabels(folder / "multilabels.json", demo_pictures, imagenet_m=imagenet_m(demo_pictures))
    write_real(folder / "real.json", demo_pictures, class_ids())
    write_experts(folder / "experts.json", demo_pictures, class_ids())
    write_planted(folder / "planted.parquet", demo_pictures, class_ids())
    return folder
