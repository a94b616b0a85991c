"""Everything that is compiled from the real label sets, once for all fidelity tests."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.atlas.compiled import Atlas
from errata.atlas.decision import ClassKnowledge, compile_atlas
from errata.classes.pairs import count_cooccurrence, overlap_matrix, read_overlap, spurious_matrix
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.tables import WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.labels.label_table import build_labels, read_experts
from errata.labels.multilabels import read_multilabels
from errata.labels.reassessed import read_real
from errata.labels.targets import read_targets
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.profiles.answers import Answers, look_up
from errata.profiles.build import build_profile
from errata.tables import read_table

EXACT_MODELS = ["densenet121", "densenet169", "resnet18", "squeezenet1_0", "vgg11", "vgg13_bn", "vgg16", "vgg19_bn"]
"""Models whose predictions are those that the paper used."""


@dataclass(frozen=True)
class ImageNet:
    """Class knowledge, labels and the `labels` atlas of the real data."""

    wordnet: WordNet
    wnids: list[str]
    classes: pl.DataFrame
    superclasses: pl.DataFrame
    sharing: np.ndarray
    targets: pl.DataFrame
    labels: pl.DataFrame
    reassessed: pl.DataFrame
    cooccurrence: pl.DataFrame
    atlas: Atlas


@pytest.fixture(scope="session")
def imagenet(real: Path, project: Path) -> ImageNet:
    resources = project / "resources"
    wordnet = WordNet.from_table(read_table(WORDNET, resources / "wordnet/nouns.parquet"))
    wnids = read_vocabulary(resources / "vocabularies/imagenet1k.csv")
    classes = build_classes(wnids, wordnet)
    superclasses = select_classes(read_superclasses(resources / "superclasses.yaml"), wnids, wordnet)
    sharing = sharing_matrix(superclasses, 1000)
    targets = read_targets(real / "mirror/imagenet-validation-original.json", wnids)
    labels = build_labels(
        targets,
        multilabels=read_multilabels(real / "human_accuracy_v3.0.0.rebuilt.json", wnids),
        experts=read_experts({name: real / f"mirror/{name}_mistakes.json" for name in ("vit3b", "greedy_soups")}),
    )
    reassessed = read_real(real / "mirror/real.json", targets)
    cooccurrence = count_cooccurrence(reassessed.join(labels, on="file_name", how="anti"), sharing)
    overlap = overlap_matrix(read_overlap(resources / "class_overlap.csv", wnids), 1000)
    atlas = compile_atlas(
        labels,
        classes,
        ClassKnowledge(overlap, sharing, spurious_matrix(cooccurrence, 1000)),
        name="labels",
        dataset="imagenet",
        dataset_images=50_000,
        has_multilabels=True,
    )
    return ImageNet(wordnet, wnids, classes, superclasses, sharing, targets, labels, reassessed, cooccurrence, atlas)


@pytest.fixture(scope="session")
def exact_answers(real, imagenet) -> Answers:
    """Answers of the models whose predictions are those that the paper used."""
    return _answers(imagenet.atlas, [real / f"predictions/{model}.parquet" for model in EXACT_MODELS])


@pytest.fixture(scope="session")
def unseen(real) -> Path:
    """The folder of what was published of eight further models; skips where it is absent."""
    folder = real.parent / "unseen"
    if not folder.is_dir():
        pytest.skip(f"no folder `unseen` beside {real}")
    return folder


@pytest.fixture(scope="session")
def unseen_profile(unseen, imagenet) -> pl.DataFrame:
    """The profile of the eight further models."""
    return build_profile(imagenet.atlas, _answers(imagenet.atlas, sorted(unseen.glob("predictions/*.parquet"))))


def _answers(atlas: Atlas, files: list[Path]) -> Answers:
    aligner = Aligner(atlas)
    examined = [examine(file, aligner)[0] for file in files]
    assert all(diagnosis.is_usable for diagnosis, _ in examined)
    return look_up(atlas, [file.stem for file in files], np.stack([predicted for _, predicted in examined]))


@pytest.fixture(scope="session")
def exact_profile(imagenet, exact_answers) -> pl.DataFrame:
    return build_profile(imagenet.atlas, exact_answers)


@pytest.fixture(scope="session")
def published_rows(real) -> dict[tuple[str, str], dict]:
    """The paper's own row of each of the exact models in each group."""
    rows = {}
    for group in ("all", "organism", "artifact", "other"):
        with (real / f"reference_stats/imagenet/{group}.csv").open() as stream:
            by_name = {row["model_dir_id"]: row for row in csv.DictReader(stream)}
        rows |= {(model, group): by_name[f"torchvision--{model}"] for model in EXACT_MODELS}
    return rows
