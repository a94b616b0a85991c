"""The tables about classes: WordNet, the vocabulary, and how classes relate."""

import polars as pl

from errata.tables import CLASS, TEXT, Column, Table

WORDNET = Table(
    "wordnet",
    key=("offset",),
    columns={
        "offset": Column(pl.Int32, low=0),
        "name": TEXT.means("The first lemma name, the part of speech and the number of the sense: crane.n.04."),
        "lemmas": Column(pl.List(pl.String)),
        "hypernyms": Column(pl.List(pl.Int32)),
        "instance_hypernyms": Column(pl.List(pl.Int32)),
        "hyponyms": Column(pl.List(pl.Int32)),
        "instance_hyponyms": Column(pl.List(pl.Int32)),
    },
    version=2,
)
"""The nouns of WordNet 3.0. Related synsets are in the order of their names, and so are the proposals made of them."""

CLASSES = Table(
    "classes",
    key=("class_id",),
    columns={
        "class_id": CLASS,
        "wnid": TEXT,
        "name": TEXT,
        "lemmas": Column(pl.List(pl.String)),
        "group": TEXT.means("The class is an organism, an artifact or other."),
    },
)
"""The classes of a vocabulary, in class-id order."""

SUPERCLASSES = Table(
    "superclasses",
    key=("superclass", "class_id"),
    columns={"superclass": TEXT, "class_id": CLASS},
)
"""Which class is in which superclass; a class in none is a superclass of its own and has no row."""

OVERLAP = Table(
    "overlap",
    key=("target", "predicted_class"),
    columns={
        "target": CLASS,
        "predicted_class": CLASS,
        "reason": TEXT.means("Why the prediction is accepted for the target."),
    },
)
"""Pairs of classes whose meanings overlap: the prediction is accepted for the target."""

COOCCURRENCE = Table(
    "cooccurrence",
    key=("class_a", "class_b"),
    columns={
        "class_a": CLASS,
        "class_b": CLASS,
        "count": Column(pl.Int32, low=1, meaning="Images whose re-assessed labels name both.", unit="images"),
        "shares_superclass": Column(pl.Boolean),
        "is_spurious_prone": Column(pl.Boolean),
    },
)
"""Pairs of classes that occur together on images without multi-labels."""
