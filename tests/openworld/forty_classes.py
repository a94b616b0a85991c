"""Forty real classes with their synsets and superclasses, and random images: all that the open world asks for."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from atlas.world import random_world
from errata.atlas.decision import ClassKnowledge
from errata.classes.proposals import Proposer
from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.vocabulary import build_classes
from errata.openworld.prompts import list_prompts

# fmt: off
WNIDS = sorted([
    "n02123045", "n02123394", "n02123597", "n02391049", "n02389026", "n01558993", "n01580077", "n01531178",
    "n02279972", "n02281406", "n01443537", "n02607072", "n02206856", "n11939491", "n03063599", "n04398044",
    "n07930864", "n03085013", "n03793489", "n03642806", "n03272010", "n02676566", "n04536866", "n04285008",
    "n03770679", "n04146614", "n04612504", "n04147183", "n04355933", "n04356056", "n02802426", "n04254680",
    "n04380533", "n07747607", "n07749582", "n07742313", "n07745940", "n07873807", "n09472597", "n09193705",
])
# fmt: on
TEMPLATE = "A photo of a {lemma}"
DIMENSIONS = 12
TRAIN_IMAGES = 150


@dataclass(frozen=True)
class FortyClasses:
    """Class knowledge of the forty classes, made once."""

    proposer: Proposer
    classes: pl.DataFrame
    superclasses: pl.DataFrame
    prompts: pl.DataFrame


@dataclass(frozen=True)
class RandomImages:
    """Random vectors and labels on the forty classes."""

    labels: pl.DataFrame
    knowledge: ClassKnowledge
    image_vectors: np.ndarray
    prompt_vectors: np.ndarray
    train_vectors: np.ndarray
    train_classes: np.ndarray


def forty_classes(wordnet, superclass_file) -> FortyClasses:
    """Resolve the classes in WordNet and in the shipped superclasses."""
    superclasses = select_classes(read_superclasses(superclass_file), WNIDS, wordnet)
    proposer = Proposer.of_classes(wordnet, WNIDS, sharing_matrix(superclasses, len(WNIDS)))
    return FortyClasses(proposer, build_classes(WNIDS, wordnet), superclasses, list_prompts(proposer, TEMPLATE))


def unit_vectors(rng, count, dimensions=DIMENSIONS):
    """Draw vectors of length one."""
    vectors = rng.normal(size=(count, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def random_images(forty: FortyClasses, seed: int, *, images: int = 40) -> RandomImages:
    """Draw labels and vectors; some training images are copies of others, and some are unreadable."""
    world = random_world(seed, classes=len(WNIDS), images=images)
    rng = np.random.default_rng(seed)
    train_vectors = unit_vectors(rng, TRAIN_IMAGES)
    train_vectors[100:120] = train_vectors[20:40]
    train_vectors[rng.integers(0, TRAIN_IMAGES, 5)] = np.nan
    return RandomImages(
        labels=world.labels,
        knowledge=ClassKnowledge(world.knowledge.overlap, forty.proposer.sharing, world.knowledge.spurious),
        image_vectors=unit_vectors(rng, images),
        prompt_vectors=unit_vectors(rng, forty.prompts["text_row"].n_unique()),
        train_vectors=train_vectors,
        train_classes=rng.integers(0, len(WNIDS), TRAIN_IMAGES).astype(np.int16),
    )
