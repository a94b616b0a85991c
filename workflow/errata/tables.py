"""The tables that rules hand to each other, each declared once.

A table is a Parquet file. Writing checks it against its declaration and so does reading: columns, dtypes, nulls,
ranges and the uniqueness of the key. Row identity is always a key column, never the order of the rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from errata.files import written_whole
from errata.input_error import InputError

CLASS_ID = pl.Int16
"""Class ids are ranks of the wnids, 0..999 for ImageNet."""


@dataclass(frozen=True)
class Column:
    """A column of a table: dtype, whether nulls may occur, and the closed range of its values."""

    dtype: pl.DataType | type[pl.DataType]
    nullable: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """The declaration of a table: its columns in order, its key, and whether further columns may follow."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    more_columns: bool = False
    version: int = field(default=1)


_class = Column(CLASS_ID, low=0)
_count = Column(pl.Int32, low=0)
_defined_count = Column(pl.Int32, nullable=True, low=0)
_percent = Column(pl.Float64, nullable=True, low=0, high=100)

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

CLASSES = Table(
    "classes",
    key=("class_id",),
    columns={
        "class_id": _class,
        "wnid": Column(pl.String),
        "name": Column(pl.String),
        "lemmas": Column(pl.List(pl.String)),
        "group": Column(pl.String),
    },
)

SUPERCLASSES = Table(
    "superclasses",
    key=("superclass", "class_id"),
    columns={"superclass": Column(pl.String), "class_id": _class},
)

OVERLAP = Table(
    "overlap",
    key=("target", "predicted_class"),
    columns={"target": _class, "predicted_class": _class, "reason": Column(pl.String)},
)

COOCCURRENCE = Table(
    "cooccurrence",
    key=("class_a", "class_b"),
    columns={
        "class_a": _class,
        "class_b": _class,
        "count": Column(pl.Int32, low=1),
        "shares_superclass": Column(pl.Boolean),
        "is_spurious_prone": Column(pl.Boolean),
    },
)

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
"""`outcomes` follows: one outcome code (uint8) per class; `errata.atlas.atlas` says what the codes mean."""

EVIDENCE = Table(
    "evidence",
    key=("kind", "file_name", "class_a", "class_b", "text"),
    columns={
        "kind": Column(pl.String),
        "file_name": Column(pl.String, nullable=True),
        "class_a": Column(CLASS_ID, nullable=True, low=0),
        "class_b": Column(CLASS_ID, nullable=True, low=0),
        "number": Column(pl.Float64, nullable=True),
        "text": Column(pl.String, nullable=True),
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

POOLED = Table(
    "pooled",
    key=("group", "category"),
    columns={
        "group": Column(pl.String),
        "category": Column(pl.String),
        "models": _count,
        "count": Column(pl.Int64, nullable=True, low=0),
        "denominator": Column(pl.Int64, low=0),
        "share": _percent,
        "share_low": _percent,
        "share_high": _percent,
    },
)

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
        "location": Column(pl.String),
        "offset": Column(pl.Int64, nullable=True, low=0),
        "bytes": Column(pl.Int64, low=0),
        "width": Column(pl.Int32, nullable=True, low=1),
        "height": Column(pl.Int32, nullable=True, low=1),
        "mode": Column(pl.String, nullable=True),
        "problem": Column(pl.String, nullable=True),
    },
)
"""Where the pixels of every image of a data set are: `location` is the path in the folder or the member of the tar,
`offset` where its bytes start in the tar (null for files). `problem` says why an image cannot be read; null if it can.
Rows are by `position`; row i of views and embeddings is row i here."""

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
        "prompt": Column(pl.String),
        "text_row": Column(pl.Int32, low=0),
    },
)
"""Every synset that can be proposed and its lemma names. `text_row` is the row of the prompt among the distinct
prompts, in order of first appearance; that is the row order of prompt embeddings."""

NEIGHBOURS = Table(
    "neighbours",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "train_positions": Column(pl.List(pl.Int32)),
        "train_classes": Column(pl.List(CLASS_ID)),
        "cosines": Column(pl.List(pl.Float32), nullable=True),
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
        "is_oov": Column(pl.Boolean),
        "margin": Column(pl.Float32, low=-1, high=1),
        "proposals": Column(pl.Int32, low=1),
        "best_offsets": Column(pl.List(pl.Int32)),
        "best_lemmas": Column(pl.List(pl.String)),
        "best_probabilities": Column(pl.List(pl.Float32)),
        "neighbour_rank": Column(pl.Int16, low=1),
        "neighbour_class": _class,
    },
)
"""The open-world check of every (image, class) that passes the visual gate. `proposals` counts prompts. The best
synsets come with their best lemma and their probability, best first. `margin` is the probability of the best synset
that is out of vocabulary minus that of the best one that is not: near zero, the call was close.
`neighbour_rank` and `neighbour_class` say which neighbour opened the gate."""

PLANTED = Table(
    "planted",
    key=("file_name",),
    columns={
        "file_name": Column(pl.String),
        "cause": Column(pl.String, nullable=True),
        "confuser": Column(CLASS_ID, nullable=True, low=0),
        "note": Column(pl.String),
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
        "cause": Column(pl.String, nullable=True),
        "category": Column(pl.String),
        "as_planted": Column(pl.Boolean),
        "errors": _count,
        "images": _count,
        "of_errors": _count,
        "of_images": _count,
        "share": _percent,
        "share_low": _percent,
        "share_high": _percent,
        "behind": Column(pl.Float64, nullable=True, low=-100, high=100),
        "behind_low": Column(pl.Float64, nullable=True, low=-100, high=100),
        "behind_high": Column(pl.Float64, nullable=True, low=-100, high=100),
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
        "category": Column(pl.String),
        "mass": _percent,
    },
)
"""Mean probability that a model gives to answers of each category, per cent of all probability; `correct` and
`beyond_top_classes`, the mass outside the stored classes, included. A null mass is undefined in the atlas."""


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
