"""The tables that rules hand to each other, each declared once.

A table is a Parquet file. Writing checks it against its declaration and so does reading: columns, dtypes, nulls,
ranges and the uniqueness of the key. Row identity is always a key column, never the order of the rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from errata.files import written_whole
from errata.input_error import InputError

CLASS_ID = pl.Int16
"""Class ids are ranks of the wnids, 0..999 for ImageNet."""


@dataclass(frozen=True)
class Column:
    """A column of a table: dtype, whether nulls may occur, and the closed range of its values.

    `meaning` (a sentence) and `unit` are given where `errata.column_meanings` does not have the column's name, or
    where the name means something else in this table.
    """

    dtype: pl.DataType | type[pl.DataType]
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    meaning: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """The declaration of a table: its columns in order, its key, and whether further columns may follow."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    more_columns: bool = False
    version: int = field(default=1)


_text = Column(pl.String)
_class = Column(CLASS_ID, low=0)
_count = Column(pl.Int32, low=0)
_defined_count = Column(pl.Int32, nullable=True, low=0)
_percent = Column(pl.Float64, nullable=True, low=0, high=100)


def _limits(of: str) -> dict[str, Column]:
    """Return the columns of the 95 % interval of a percentage."""
    return {
        f"{of}_{end}": replace(_percent, meaning=f"{side} 95 % limit of {of}.", unit="per cent")
        for end, side in (("low", "Lower"), ("high", "Upper"))
    }


WORDNET = Table(
    "wordnet",
    key=("offset",),
    columns={
        "offset": Column(pl.Int32, low=0),
        "lemmas": Column(pl.List(pl.String)),
        "hypernyms": Column(pl.List(pl.Int32)),
        "instance_hypernyms": Column(pl.List(pl.Int32)),
        "hyponyms": Column(pl.List(pl.Int32)),
        "instance_hyponyms": Column(pl.List(pl.Int32)),
    },
)
"""The nouns of WordNet 3.0."""

CLASSES = Table(
    "classes",
    key=("class_id",),
    columns={
        "class_id": _class,
        "wnid": Column(pl.String),
        "name": Column(pl.String),
        "lemmas": Column(pl.List(pl.String)),
        "group": Column(pl.String, meaning="The class is an organism, an artifact or other."),
    },
)
"""The classes of a vocabulary, in class-id order."""

SUPERCLASSES = Table(
    "superclasses",
    key=("superclass", "class_id"),
    columns={"superclass": Column(pl.String), "class_id": _class},
)
"""Which class is in which superclass; a class in none is a superclass of its own and has no row."""

OVERLAP = Table(
    "overlap",
    key=("target", "predicted_class"),
    columns={
        "target": _class,
        "predicted_class": _class,
        "reason": Column(pl.String, meaning="Why the prediction is accepted for the target."),
    },
)
"""Pairs of classes whose meanings overlap: the prediction is accepted for the target."""

COOCCURRENCE = Table(
    "cooccurrence",
    key=("class_a", "class_b"),
    columns={
        "class_a": _class,
        "class_b": _class,
        "count": Column(pl.Int32, low=1, meaning="Images whose re-assessed labels name both.", unit="images"),
        "shares_superclass": Column(pl.Boolean),
        "is_spurious_prone": Column(pl.Boolean),
    },
)
"""Pairs of classes that occur together on images without multi-labels."""

TARGETS = Table(
    "targets",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "position": Column(pl.Int32, low=0),
        "target": _class,
    },
)
"""Every image of a data set; `position` is its rank by file name."""

LABELS = Table(
    "labels",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "position": Column(pl.Int32, low=0),
        "target": _class,
        "multi_labels": Column(pl.List(CLASS_ID)),
        "unclear_labels": Column(pl.List(CLASS_ID)),
        "is_problematic": Column(pl.Boolean),
        "is_non_prototypical": Column(pl.Boolean, nullable=True),
        "non_prototypical_source": Column(pl.String, nullable=True),
        "is_imagenet_m": Column(pl.Boolean, nullable=True),
    },
)
"""Annotated images only. `position` is the image's rank in the whole data set, which may be larger. A null flag
means that the property is undefined on this data set."""

ANNOTATED = Table(
    "annotated",
    key=("file_name",),
    columns={"file_name": Column(pl.String), "position": Column(pl.Int32, low=0)},
)
"""The images that have multi-labels: those that models are run on where the setting `subset` says so."""

ATLAS = Table(
    "atlas",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "position": Column(pl.Int32, low=0),
        "target": _class,
        "is_problematic": Column(pl.Boolean),
        "in_organism": Column(pl.Boolean),
        "in_artifact": Column(pl.Boolean),
        "in_other": Column(pl.Boolean),
        "is_imagenet_m": Column(pl.Boolean, nullable=True),
    },
    more_columns=True,
)
"""Every annotated image. `outcomes` follows: one outcome code (uint8) per class; `errata.atlas.atlas` says what the
codes mean."""

EVIDENCE = Table(
    "evidence",
    key=("kind", "file_name", "class_a", "class_b", "text"),
    columns={
        "kind": Column(pl.String, meaning="What kind of fact the row states."),
        "file_name": Column(pl.String, nullable=True),
        "class_a": Column(CLASS_ID, nullable=True, low=0, meaning="The class that the fact is about.", unit="class id"),
        "class_b": Column(
            CLASS_ID, nullable=True, low=0, meaning="The other class, if there are two.", unit="class id"
        ),
        "number": Column(pl.Float64, nullable=True, meaning="The fact's number, such as a count or a rank."),
        "text": Column(pl.String, nullable=True, meaning="The fact's text, such as a name or a reason."),
    },
)
"""One fact per row, see `errata.atlas.evidence` for the kinds."""

_answer = {"model": Column(pl.String), "file_name": Column(pl.String), "target": _class, "predicted_class": _class}
_provisional = {"provisional_category": Column(pl.String, nullable=True)}

ERRORS = Table(
    "errors",
    key=("model", "file_name"),
    columns={**_answer, "category": Column(pl.String), **_provisional},
)
"""Images that count and whose prediction is not the target."""

ERROR_FILE = Table(
    "error_file",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "target": _class,
        "target_name": Column(pl.String, meaning="Name of the target class."),
        "predicted_class": _class,
        "predicted_name": Column(pl.String, meaning="Name of the predicted class."),
        "category": Column(pl.String),
        **_provisional,
    },
)
"""The errors of one model, a CSV: `errors/{model}.csv` of `errata classify`, `data/errors/{model}.csv` of a report."""

PROBLEMATIC = Table(
    "problematic",
    key=("model", "file_name"),
    columns={**_answer, "outcome": Column(pl.String), **_provisional},
)
"""Outcomes of the problematic images, which every statistic leaves out."""

CATEGORY_COLUMNS = (
    "class_overlap",
    "multi_label",
    "fine_grained",
    "open_world_unchecked",
    "fine_grained_oov",
    "spurious_correlation",
    "non_prototypical",
    "model_failure",
)
"""The categories of errors, least severe first; every error is counted in exactly one."""

PROFILE = Table(
    "profile",
    key=("model", "group"),
    columns={
        "model": Column(pl.String),
        "group": Column(pl.String),
        "images": _count,
        "correct": _count,
        "top1_errors": _count,
        **dict.fromkeys(CATEGORY_COLUMNS, _defined_count),
        "mla": _percent,
        "mla_minor": _percent,
        "mla_explainable": _percent,
    },
    more_columns=True,
)
"""Counts and accuracies of every model and group; `errata.profile.further_columns` declares what follows."""

POOLED = Table(
    "pooled",
    key=("group", "category"),
    columns={
        "group": Column(pl.String),
        "category": Column(pl.String),
        "models": _count,
        "count": Column(pl.Int64, nullable=True, low=0, meaning="Errors of the category.", unit="errors"),
        "denominator": Column(pl.Int64, low=0),
        "share": replace(_percent, meaning="count as a share of denominator.", unit="per cent"),
        **_limits("share"),
    },
)
"""The errors of all models together."""

_points = Column(pl.Float64, nullable=True, low=-100, high=100)
_gain = replace(_points, low=0, meaning="What the accuracy would gain.", unit="points")

WHAT_IF = Table(
    "what_if",
    key=("model", "group", "accuracy", "category"),
    columns={
        "model": Column(pl.String),
        "group": Column(pl.String),
        "accuracy": Column(pl.String, meaning="The accuracy: top1, mla, mla_minor or mla_explainable."),
        "category": replace(_text, meaning="Category whose errors are fixed; may be a provisional one."),
        "errors": replace(_count, meaning="Errors of the category.", unit="errors"),
        "gain": _gain,
        "gain_low": replace(_gain, meaning="Lower 95 % limit of gain."),
        "gain_high": replace(_gain, meaning="Upper 95 % limit of gain."),
        "fixed": replace(_percent, meaning="The accuracy if the errors of the category were fixed.", unit="per cent"),
        "gain_so_far": replace(_gain, meaning="The gain if those of every less severe category were fixed as well."),
        "gain_so_far_low": replace(_gain, meaning="Lower 95 % limit of gain_so_far."),
        "gain_so_far_high": replace(_gain, meaning="Upper 95 % limit of gain_so_far."),
        "fixed_so_far": replace(_percent, meaning="The accuracy with gain_so_far.", unit="per cent"),
    },
)
"""What the accuracies of every model and group would be if its errors of a category were answered correctly: of this
category alone, and of it and all less severe ones. A category that an accuracy forgives has no row, since fixing it
gains nothing, and one that is undefined has none either. Provisional categories stand alone: their gains are upper
bounds, and `gain_so_far` is null."""

PUBLISHED = Table(
    "published",
    key=("model", "group"),
    columns={
        "model": Column(pl.String),
        "group": Column(pl.String),
        "images": _count,
        "correct": _count,
        "top1_errors": _count,
        **{name: _defined_count for name in CATEGORY_COLUMNS if name != "open_world_unchecked"},
        "mla": _percent,
        "mla_minor": _percent,
        "mla_explainable": _percent,
        "top1": _percent,
        "parameters": Column(pl.Int64, nullable=True, low=0),
        "training_data": Column(pl.String, nullable=True),
        "architecture": Column(pl.String, nullable=True),
        "architecture_name": Column(pl.String, nullable=True),
        "architecture_family": Column(pl.String, nullable=True),
    },
    version=2,
)
"""The paper's own counts per model and group, under Errata's names. `top1` is over all 50,000 images. The paper sorts
its models into 70 architectures by name (resnext), these into 14 (ResNet), and those into 4 families (cnn)."""

IMAGES = Table(
    "images",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "position": Column(pl.Int32, low=0),
        "location": Column(pl.String, meaning="Path in the folder, or member of the tar."),
        "offset": Column(pl.Int64, nullable=True, low=0, meaning="Where its bytes start in the tar.", unit="bytes"),
        "bytes": Column(pl.Int64, low=0, meaning="Size of the file.", unit="bytes"),
        "width": Column(pl.Int32, nullable=True, low=1, meaning="Width of the image.", unit="pixels"),
        "height": Column(pl.Int32, nullable=True, low=1, meaning="Height of the image.", unit="pixels"),
        "mode": Column(pl.String, nullable=True, meaning="Pillow's name for its kind of pixels."),
        "problem": Column(pl.String, nullable=True, meaning="Why the image cannot be read; null if it can."),
    },
)
"""Where the pixels of every image of a data set are: `location` is the path in the folder or the member of the tar,
`offset` where its bytes start in the tar (null for files). `problem` says why an image cannot be read; null if it can.
Rows are by `position`; row i of views and embeddings is row i here."""

UNREADABLE = Table(
    "unreadable",
    key=("file_name",),
    columns={"file_name": Column(pl.String), "problem": Column(pl.String, meaning="Why the image cannot be read.")},
)
"""Annotated images that cannot be read and are left out of the atlas."""

PREDICTIONS = Table(
    "predictions",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "predicted_class": _class,
        "predicted_probability": Column(pl.Float32, low=0, high=1.0001),
        "top_classes": Column(pl.List(CLASS_ID)),
        "top_probabilities": Column(pl.List(pl.Float32)),
        "target_probability": Column(pl.Float32, low=0, high=1.0001),
        "target_rank": Column(CLASS_ID, low=1),
        "entropy": Column(pl.Float32, low=-0.001),
    },
)
"""What a model says about every readable image: the ten most probable classes, best first (fewer if there are fewer
classes), rank (from 1) and probability of the target, entropy in nats."""

PROMPTS = Table(
    "prompts",
    key=("offset", "lemma"),
    columns={
        "offset": Column(pl.Int32, low=0),
        "lemma": Column(pl.String),
        "prompt": Column(pl.String, meaning="What the encoder reads for this lemma."),
        "text_row": Column(pl.Int32, low=0, meaning="Row of the prompt among the prompt embeddings."),
    },
)
"""Every synset that can be proposed and its lemma names. `text_row` is the row of the prompt among the distinct
prompts, in order of first appearance; that is the row order of prompt embeddings."""

NEIGHBOURS = Table(
    "neighbours",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
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
        "file_name": Column(pl.String),
        "predicted_class": _class,
        "is_oov": Column(pl.Boolean, meaning="Whether the answer is out of vocabulary."),
        "margin": Column(
            pl.Float32,
            low=-1,
            high=1,
            meaning="Probability of the best proposal out of vocabulary minus that of the best other one.",
            unit="probability",
        ),
        "proposals": Column(pl.Int32, low=1, meaning="Prompts that competed.", unit="prompts"),
        "best_offsets": Column(pl.List(pl.Int32), meaning="The most probable synsets, best first.", unit="offset"),
        "best_lemmas": Column(pl.List(pl.String), meaning="The best lemma of each."),
        "best_probabilities": Column(pl.List(pl.Float32), meaning="Their probabilities.", unit="probability"),
        "neighbour_rank": Column(pl.Int16, low=1, meaning="Rank of the neighbour that opened the visual gate, from 1."),
        "neighbour_class": replace(_class, meaning="Class of that neighbour.", unit="class id"),
    },
)
"""The open-world check of every (image, class) that passes the visual gate. `proposals` counts prompts. The best
synsets come with their best lemma and their probability, best first. `margin` is the probability of the best synset
that is out of vocabulary minus that of the best one that is not: near zero, the call was close.
`neighbour_rank` and `neighbour_class` say which neighbour opened the gate."""

_cause = Column(pl.String, nullable=True, meaning="Category whose cause was planted; null: none, a typical image.")

PLANTED = Table(
    "planted",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "cause": _cause,
        "confuser": Column(
            CLASS_ID, nullable=True, low=0, meaning="The class that the cause leads to, if to one.", unit="class id"
        ),
        "note": Column(pl.String, meaning="What the image shows, in words."),
    },
)
"""What was planted in the images of a data set that was made on purpose: the category whose cause it is (null: none,
a typical image), and the class that a model would take it for because of it (null: no one class). `note` says in words
what the image shows."""

RECALL = Table(
    "recall",
    key=("atlas", "cause", "category", "as_planted"),
    columns={
        "atlas": Column(pl.String),
        "cause": _cause,
        "category": replace(_text, meaning="Category that the errors were assigned to."),
        "as_planted": Column(pl.Boolean, meaning="Only errors that the plant accounts for; else all errors."),
        "errors": replace(_count, meaning="Errors of all models with this cause and category.", unit="errors"),
        "images": replace(_count, meaning="Images that they are on.", unit="images"),
        "of_errors": replace(_count, meaning="Errors with this cause, of any category.", unit="errors"),
        "of_images": replace(_count, meaning="Images that those are on.", unit="images"),
        "share": replace(_percent, meaning="errors as a share of of_errors.", unit="per cent"),
        **_limits("share"),
        "behind": replace(_points, meaning="How far the best atlas is ahead in recall.", unit="points"),
        "behind_low": replace(_points, meaning="Lower 95 % limit of behind.", unit="points"),
        "behind_high": replace(_points, meaning="Upper 95 % limit of behind.", unit="points"),
    },
)
"""How often the errors of all models on images with a planted cause were assigned to each category: errors and
distinct images, out of how many, and the share of the errors in per cent with its 95 % interval. Where category and
cause are the same, the share is the recall, and `behind` is how many points the best atlas is ahead. `as_planted`:
only errors that the plant accounts for, whose prediction is the planted class, or any where no one class was planted;
the other rows are about all errors. A null cause stands for typical images."""

SOFT_PROFILE = Table(
    "soft_profile",
    key=("model", "group", "category"),
    columns={
        "model": Column(pl.String),
        "group": Column(pl.String),
        "category": replace(_text, meaning="Category, or correct, or beyond_top_classes: outside the stored classes."),
        "mass": replace(_percent, meaning="Mean probability that goes to the category.", unit="per cent"),
    },
)
"""Mean probability that a model gives to answers of each category, per cent of all probability; `correct` and
`beyond_top_classes`, the mass outside the stored classes, included. A null mass is undefined in the atlas."""


PROVISIONAL_COLUMNS = (
    "provisional_spurious_correlation",
    "provisional_non_prototypical",
    "provisional_model_failure",
)
"""What unchecked errors would be if nothing were out of vocabulary."""

_error_counts = dict.fromkeys((*CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS), _defined_count)

MISTAKES = Table(
    "mistakes",
    key=("file_name", "predicted_class"),
    columns={
        "category": Column(pl.String),
        "rank": Column(pl.Int32, low=1, meaning="Rank within the category by the number of models, from 1."),
        "file_name": Column(pl.String),
        "target": _class,
        "predicted_class": _class,
        **_provisional,
        "models": Column(pl.Int32, low=1, meaning="Models that give this answer.", unit="models"),
        "share": replace(_percent, meaning="Their share of all models.", unit="per cent"),
    },
)
"""Every wrong answer that some model gives to an image that counts: how many models give it, and their share of all
models in per cent. `rank` orders the mistakes of a category by the number of models; rows are by category and rank. The
data of a report hold the first 1,000 of each category."""

_breakdown = {
    "role": Column(pl.String, meaning="`target` or `prediction`: which of the two is looked at."),
    "images": replace(_count, meaning="Images whose target it is, or images it is wrongly given to.", unit="images"),
    "answers": Column(
        pl.Int64, low=0, meaning="Answers of all models to these targets, or that name it.", unit="answers"
    ),
    "errors": replace(_count, meaning="How many of the answers are wrong.", unit="errors"),
    "error_share": replace(_percent, meaning="errors as a share of answers.", unit="per cent"),
}

CLASS_MISTAKES = Table(
    "class_mistakes",
    key=("class_id", "role"),
    columns={
        "class_id": _class,
        "name": Column(pl.String),
        "group": Column(pl.String, meaning="The class is an organism, an artifact or other."),
        **_breakdown,
        **_error_counts,
    },
)
"""Errors of all models by class. As `target`: of the answers to the images of the class, how many are wrong. As
`prediction`: of the answers that name the class, how many are wrong; `images` are those it is wrongly given to.
Categories that cannot be decided are null."""

SUPERCLASS_MISTAKES = Table(
    "superclass_mistakes",
    key=("superclass", "role"),
    columns={
        "superclass": Column(pl.String),
        "classes": Column(pl.Int32, low=1, meaning="Classes in the superclass.", unit="classes"),
        **_breakdown,
        "within": replace(_count, meaning="Errors whose target and prediction are both in it.", unit="errors"),
        **_error_counts,
    },
)
"""The same, added up over the classes of a superclass; a class in several superclasses counts in each. `within`
counts the errors whose target and prediction both belong to it."""

_pair_errors = {
    "errors": Column(pl.Int32, low=1, meaning="Errors of all models with this pair.", unit="errors"),
    "images": Column(pl.Int32, low=1, meaning="Images on which they are made.", unit="images"),
}

CONFUSIONS = Table(
    "confusions",
    key=("target", "predicted_class"),
    columns={
        "target": _class,
        "target_name": Column(pl.String, meaning="Name of the target."),
        "predicted_class": _class,
        "predicted_name": Column(pl.String, meaning="Name of the predicted class."),
        **_pair_errors,
        **_error_counts,
    },
)
"""Pairs of target and wrong prediction: errors of all models, distinct images, and errors by category; most frequent
first. The data of a report hold the first 1,000."""

SPURIOUS_PAIRS = Table(
    "spurious_pairs",
    key=("label", "predicted_class"),
    columns={
        "label": replace(_class, meaning="A label of the image, the target or another.", unit="class id"),
        "label_name": Column(pl.String, meaning="Name of the label."),
        "predicted_class": _class,
        "predicted_name": Column(pl.String, meaning="Name of the predicted class."),
        "cooccurrences": Column(pl.Int32, low=1, meaning="Images that are known to show both.", unit="images"),
        **_pair_errors,
        "is_provisional": Column(pl.Boolean, meaning="Whether the open world was not checked."),
    },
)
"""Spurious-prone pairs that models fall for: a label of the image, the prediction, how many images show both, and how
many errors of category `spurious_correlation` the pair accounts for (provisionally, where the open world was not
checked). An error counts in every pair that accounts for it. Most errors first."""

DIFFICULTY = Table(
    "difficulty",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "target": _class,
        "models": replace(_count, meaning="All models.", unit="models"),
        "wrong": replace(_count, meaning="Models whose answer is not the target.", unit="models"),
        "share_wrong": replace(_percent, meaning="Their share of all models.", unit="per cent"),
        "multi_label_errors": replace(_count, meaning="Models that make a multi-label error.", unit="models"),
        "share_multi_label_errors": replace(_percent, meaning="Their share of all models.", unit="per cent"),
        "answers": Column(pl.Int32, low=1, meaning="Different answers, the target included.", unit="answers"),
        "entropy": Column(pl.Float64, low=0, meaning="Entropy of the answers over the models.", unit="nats"),
        "common_mistake": Column(
            CLASS_ID, nullable=True, low=0, meaning="The most common wrong answer.", unit="class id"
        ),
        "common_mistake_category": Column(pl.String, nullable=True, meaning="Its category."),
        "common_mistake_models": replace(_count, meaning="Models that give it.", unit="models"),
    },
)
"""Every image that counts: how many models are wrong about it, how many with a multi-label error, how many different
answers there are, their entropy over the models in nats, and the most common wrong answer. Most difficult first."""


def write_table(
    frame: pl.DataFrame, table: Table, path: Path | str, *, metadata: Mapping[str, str] | None = None
) -> None:
    """Check `frame` against `table` and write it to `path` as Parquet, whole or not at all.

    Raises
    ------
    InputError
        If a column is missing or has another dtype, a null, a value out of range, or the key repeats.
    """
    frame = check_table(frame, table, where=str(path))
    with written_whole(path) as temporary:
        frame.write_parquet(temporary, compression="zstd", metadata=_notes(table, metadata))


def write_table_in_parts(
    parts: Iterable[pl.DataFrame], table: Table, path: Path | str, *, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a large table part by part, whole or not at all, with no more than a few parts in memory.

    Every part is checked like a table; the caller makes sure that no key occurs in two parts.
    """

    def checked_parts(*_pushed_down: object) -> Iterator[pl.DataFrame]:
        for part in parts:
            yield check_table(part, table, where=str(path))

    schema = {name: column.dtype for name, column in table.columns.items()}
    with written_whole(path) as temporary:
        register_io_source(checked_parts, schema=schema).sink_parquet(
            temporary, compression="zstd", metadata=_notes(table, metadata)
        )


def read_table(table: Table, path: Path | str) -> pl.DataFrame:
    """Read a table that `write_table` wrote, checked again.

    Raises
    ------
    InputError
        If the file is no Parquet file, is another table or another version of it, or breaks its declaration.
    """
    _check_notes(table, path)
    return check_table(pl.read_parquet(path), table, where=str(path))


def scan_table(table: Table, path: Path | str) -> pl.LazyFrame:
    """Open a large table that `write_table` wrote, to read parts of it; its dtypes are checked, its rows are not.

    Raises
    ------
    InputError
        If the file is no Parquet file, is another table or another version of it, or has other columns.
    """
    _check_notes(table, path)
    frame = pl.scan_parquet(path)
    check_table(pl.DataFrame(schema=frame.collect_schema()), table, where=str(path))
    return frame


def _check_notes(table: Table, path: Path | str) -> None:
    notes = read_metadata(path)
    found = (notes.get("errata.table"), notes.get("errata.table_version"))
    if found != (table.name, str(table.version)):
        raise InputError(
            f"{path}: expected an Errata table '{table.name}' version {table.version}, found "
            f"{f'table {found[0]!r} version {found[1]}' if found[0] else 'a Parquet file that Errata did not write'}. "
            "Build it again with this version of Errata."
        )


def read_metadata(path: Path | str) -> dict[str, str]:
    """Return the key-value metadata of a Parquet file.

    Raises
    ------
    InputError
        If there is no such file or it is not a Parquet file.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file.")
    try:
        return pl.read_parquet_metadata(path)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path}: expected a Parquet file, but it cannot be read as one ({error}).") from error


def check_table(frame: pl.DataFrame, table: Table, *, where: str) -> pl.DataFrame:
    """Return `frame` with the declared columns first, or raise an InputError that says what is wrong and where."""
    missing = [name for name in table.columns if name not in frame.columns]
    if missing:
        raise InputError(
            f"{where}: table '{table.name}' lacks the column(s) {', '.join(missing)}; found {', '.join(frame.columns)}."
        )
    extra = [name for name in frame.columns if name not in table.columns]
    if extra and not table.more_columns:
        raise InputError(f"{where}: table '{table.name}' has unexpected column(s) {', '.join(extra)}.")
    for name, column in table.columns.items():
        _check_column(frame[name], column, where=f"{where}: table '{table.name}', column '{name}'")
    repeated = frame.select(pl.struct(table.key).is_duplicated().sum()).item() if table.key else 0
    if repeated:
        first = frame.filter(pl.struct(table.key).is_duplicated()).select(table.key).row(0)
        raise InputError(
            f"{where}: table '{table.name}' must have one row per {', '.join(table.key)}; "
            f"{repeated} rows repeat one, first {first}."
        )
    return frame.select(*table.columns, *extra)


def _notes(table: Table, metadata: Mapping[str, str] | None) -> dict[str, str]:
    return {"errata.table": table.name, "errata.table_version": str(table.version), **(metadata or {})}


def _check_column(values: pl.Series, column: Column, *, where: str) -> None:
    if values.dtype != column.dtype:
        raise InputError(f"{where}: expected {column.dtype}, found {values.dtype}.")
    if not column.nullable and values.null_count():
        raise InputError(f"{where}: {values.null_count()} value(s) are missing, none may be.")
    if column.low is None and column.high is None:
        return
    low, high = values.min(), values.max()
    if low is not None and column.low is not None and low < column.low:
        raise InputError(f"{where}: found {low}, expected at least {column.low}.")
    if high is not None and column.high is not None and high > column.high:
        raise InputError(f"{where}: found {high}, expected at most {column.high}.")
