"""Training the demo world's models from scratch, as they are shipped."""

import json
import math
from pathlib import Path

import numpy as np

from errata.classes.proposals import Proposer
from errata.classes.tables import WORDNET
from errata.classes.wordnet import WordNet
from errata.files import atomic_write
from errata.tables import read_table
from errata_demo.captions import caption_words, list_captions
from errata_demo.encoder import learn_merges, write_merges
from errata_demo.lessons import classifier_lessons, drawn, encoder_lessons
from errata_demo.names import CLASSES, WNIDS
from errata_demo.world import class_ids

LESSON_SEED = 7
"""Seed of the pictures that models learn from; the worlds that they are tested on have other individuals."""
READABLE = 0o644
"""safetensors makes files that only their owner can read."""


def train_shipped_classifier(model: str, output: Path | str, *, threads: int) -> None:
    """Train a model under test on freshly drawn pictures and write its weights as safetensors, float16."""
    from safetensors.torch import save_file

    from errata_demo.classifiers import RECIPES, preprocessing, train_classifier

    recipe = RECIPES[model]
    prepared = preprocessing(recipe)
    pictures = classifier_lessons(LESSON_SEED, recipe.pictures)
    pixels = drawn(
        [picture.scene for picture in pictures],
        size=recipe.size,
        resize=math.floor(recipe.size / prepared["crop_pct"]),
        interpolation=prepared["interpolation"],
        threads=threads,
    )
    targets = np.array([class_ids()[picture.target] for picture in pictures])
    weights, _ = train_classifier(recipe, pixels, targets, class_count=len(CLASSES))
    with atomic_write(output) as temporary:
        save_file(weights, temporary, metadata={"pretrained_cfg": json.dumps(prepared)})
        temporary.chmod(READABLE)


def train_shipped_encoder(
    encoder: str, *, wordnet: Path | str, threads: int, config: Path | str, weights: Path | str, merges: Path | str
) -> None:
    """Train an encoder on freshly drawn pictures and write its open_clip folder: configuration, weights, tokenizer."""
    from open_clip.tokenizer import SimpleTokenizer
    from safetensors.torch import save_file

    from errata_demo.encoder import (
        CONTEXT_LENGTH,
        IMAGE_SIZE,
        MERGES,
        RECIPES,
        encoder_config,
        train_encoder,
    )

    recipe = RECIPES[encoder]
    captions = list_captions(demo_proposer(WordNet.from_table(read_table(WORDNET, wordnet))), WNIDS.values())
    write_merges(learn_merges(caption_words(captions), MERGES), merges)
    tokenizer = SimpleTokenizer(str(merges), context_length=CONTEXT_LENGTH)
    lessons = encoder_lessons(LESSON_SEED, recipe.pictures)
    pixels = drawn(
        [lesson.picture.scene for lesson in lessons],
        size=IMAGE_SIZE,
        resize=IMAGE_SIZE,
        interpolation="bicubic",
        threads=threads,
    )
    said = np.stack([captions.targets(lesson.wnids, lesson.shares) for lesson in lessons])
    against = np.stack([captions.counts(lesson.wnids) for lesson in lessons])
    state, _ = train_encoder(recipe, pixels, said, against, captions=captions, tokenizer=tokenizer)
    with atomic_write(weights) as temporary:
        save_file(state, temporary)
        temporary.chmod(READABLE)
    with atomic_write(config) as temporary:
        content = encoder_config(recipe, vocab_size=tokenizer.vocab_size)
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def demo_proposer(wordnet: WordNet) -> Proposer:
    """Return the proposer of the demo vocabulary; which names it can propose does not depend on superclasses."""
    offsets = tuple(wordnet.synset(wnid).offset for wnid in CLASSES.values())
    return Proposer(wordnet, offsets, np.eye(len(offsets), dtype=bool))
