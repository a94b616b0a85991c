"""Declare the tables of the open-world check."""

import polars as pl

from errata.tables import CLASS, CLASS_ID, TEXT, Column, Table

OWN_CLASS, OWN_NAME = 1_000_000_000, 2_000_000_000
"""Where a list of names takes WordNet's place, offsets are these and the class id, or the place in the list; offsets of
WordNet have eight digits."""

PROMPTS = Table(
    "prompts",
    key=("offset", "lemma"),
    columns={
        "offset": Column(pl.Int32, low=0),
        "lemma": TEXT,
        "prompt": TEXT.means("What the encoder reads for this lemma."),
        "text_row": Column(pl.Int32, low=0, meaning="Row of the prompt among the prompt embeddings."),
    },
)
"""Every synset that can be proposed and its lemma names. `text_row` is the row of the prompt among the distinct
prompts, in order of first appearance; that is the row order of prompt embeddings."""

NEIGHBOURS = Table(
    "neighbours",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "train_positions": Column(
            pl.List(pl.Int32), meaning="Positions of the nearest training images, nearest first."
        ),
        "train_classes": Column(pl.List(CLASS_ID), meaning="Their classes.", unit="class id"),
        "cosines": Column(
            pl.List(pl.Float32), nullable=True, meaning="Their similarities to the image.", unit="cosine"
        ),
    },
)
"""The nearest training images of every readable image, nearest first. `train_positions` are positions in the training
set's table of images. Imported neighbours come without cosines."""

VERDICTS = Table(
    "verdicts",
    key=("file_name", "predicted_class"),
    columns={
        "file_name": TEXT,
        "predicted_class": CLASS,
        "is_oov": Column(pl.Boolean, meaning="Whether the answer is out of vocabulary."),
        "margin": Column(
            pl.Float32,
            low=-1,
            high=1,
            meaning="Probability of the best proposal out of vocabulary minus that of the best other one.",
            unit="probability",
        ),
        "proposals": Column(pl.Int32, low=1, meaning="Prompts that competed.", unit="prompts"),
        "best_offsets": Column(
            pl.List(pl.Int32),
            meaning="The most probable synsets, best first; where a list of names takes WordNet's place, 1,000,000,000 "
            "and the class id, or 2,000,000,000 and the place in the list, from 0.",
            unit="offset",
        ),
        "best_lemmas": Column(pl.List(pl.String), meaning="The best lemma of each."),
        "best_probabilities": Column(pl.List(pl.Float32), meaning="Their probabilities.", unit="probability"),
        "neighbour_rank": Column(pl.Int16, low=1, meaning="Rank of the neighbour that opened the visual gate, from 1."),
        "neighbour_class": CLASS.means("Class of that neighbour.", "class id"),
    },
    version=2,
)
"""The open-world check of every (image, class) that passes the visual gate. `proposals` counts prompts. The best
synsets come with their best lemma and their probability, best first. `margin` is the probability of the best synset
that is out of vocabulary minus that of the best one that is not: near zero, the call was close.
`neighbour_rank` and `neighbour_class` say which neighbour opened the gate."""
