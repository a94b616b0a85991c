"""The evidence beside an atlas: one fact per row, enough to say why an answer is what it is.

Kinds of facts: `multi_label` (image, label; text `correct` or `unclear`), `superclass` (member; text: its name),
`class_overlap` (target, prediction; text: the reason), `cooccurrence` (two classes; number: images that show both;
text `spurious-prone` or `shares a superclass` or `too rare`), `non_prototypical` (image; text: the expert lists),
`neighbour` (image, class of one of its nearest training images; number: the cosine, if known; text: rank and name of
that image; or one of the classes whose names are most like it, text: rank and `by name`), and, where an atlas was
restricted to some classes, `outside_label` (image; text: a label that is none of them; or image and class: which label
shares a superclass with it or, with the number of images, is often seen together with it). Where the open world was
asked, the table of verdicts lies beside the evidence.
"""

from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.tables import EVIDENCE
from errata.errors import InputError
from errata.files import sha256_of
from errata.openworld.tables import VERDICTS
from errata.tables import read_table, scan_table

_NONE = {name: pl.lit(None, dtype=column.dtype).alias(name) for name, column in EVIDENCE.columns.items()}


def build_evidence(
    labels: pl.DataFrame,
    *,
    superclasses: pl.DataFrame,
    overlap: pl.DataFrame,
    cooccurrence: pl.DataFrame,
    neighbours: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Gather the facts behind an atlas from the tables that it is compiled from.

    Parameters
    ----------
    labels, superclasses, overlap, cooccurrence : polars.DataFrame
        The tables `errata.labels.tables.LABELS`, `SUPERCLASSES`, `OVERLAP` and `COOCCURRENCE`.
    neighbours : polars.DataFrame, optional
        What `neighbour_facts` returned, where the open world was asked.

    Returns
    -------
    polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE`.
    """
    unclear = pl.col("unclear_labels").list.contains(pl.col("multi_labels"))
    multi_labels = (
        labels.select("file_name", "multi_labels", "unclear_labels")
        .explode("multi_labels", empty_as_null=False)
        .select(
            "file_name",
            class_a="multi_labels",
            text=pl.when(unclear).then(pl.lit("unclear")).otherwise(pl.lit("correct")),
        )
    )
    pair_text = (
        pl.when("is_spurious_prone")
        .then(pl.lit("spurious-prone"))
        .when("shares_superclass")
        .then(pl.lit("shares a superclass"))
        .otherwise(pl.lit("too rare"))
    )
    facts = {
        "multi_label": multi_labels,
        "superclass": superclasses.select(class_a="class_id", text="superclass"),
        "class_overlap": overlap.select(class_a="target", class_b="predicted_class", text="reason"),
        "cooccurrence": cooccurrence.select(
            "class_a", "class_b", number=pl.col("count").cast(pl.Float64), text=pair_text
        ),
        "non_prototypical": labels.filter("is_non_prototypical").select("file_name", text="non_prototypical_source"),
    }
    if neighbours is not None:
        facts["neighbour"] = neighbours
    return pl.concat(fact_rows(kind, rows) for kind, rows in facts.items())


def neighbour_facts(
    labels: pl.DataFrame, neighbours: pl.DataFrame, *, count: int, train_files: pl.Series | None = None
) -> pl.DataFrame:
    """Return the nearest training images of annotated images, one per row.

    Parameters
    ----------
    labels, neighbours : polars.DataFrame
        The tables `errata.labels.tables.LABELS` and `NEIGHBOURS`.
    count : int
        How many neighbours the atlas uses.
    train_files : polars.Series, optional
        File names of the training images, by position; without them, the position stands for the name.

    Returns
    -------
    polars.DataFrame
        Columns `file_name`, `class_a`, `number` and `text`.
    """
    nearest = (
        labels.select("file_name")
        .join(neighbours, on="file_name", maintain_order="left")
        .select(
            "file_name",
            pl.col("train_positions", "train_classes", "cosines").list.head(count),
            rank=pl.int_ranges(pl.col("train_classes").list.head(count).list.len()),
        )
        .explode("train_positions", "train_classes", "rank", empty_as_null=False)
    )
    positions = nearest["train_positions"]
    names = pl.format("training image {}", positions) if train_files is None else train_files.gather(positions)
    return nearest.select(
        "file_name",
        class_a="train_classes",
        number=pl.col("cosines").list.get("rank", null_on_oob=True).cast(pl.Float64),
        text=pl.format("{} {}", pl.col("rank") + 1, names),
    )


def verdicts_path(atlas_path: Path | str) -> Path:
    """Return where the verdicts behind an atlas lie, if there are any: `paper.parquet` -> `paper.verdicts.parquet`."""
    path = Path(atlas_path)
    return path.with_name(f"{path.stem}.verdicts{path.suffix}")


def evidence_path(atlas_path: Path | str) -> Path:
    """Return where the evidence of an atlas lies: beside it, `labels.parquet` -> `labels.evidence.parquet`."""
    path = Path(atlas_path)
    return path.with_name(f"{path.stem}.evidence{path.suffix}")


def read_evidence(atlas: Atlas, path: Path | str) -> pl.DataFrame:
    """Read the evidence of an atlas.

    Raises
    ------
    InputError
        If the file is missing, damaged, or belongs to another atlas.
    """
    _check_beside(atlas, "evidence", path)
    return read_table(EVIDENCE, path)


def scan_verdicts(atlas: Atlas, path: Path | str) -> pl.LazyFrame | None:
    """Open the verdicts behind an atlas; None where the open world was not asked.

    Raises
    ------
    InputError
        If the file is missing, damaged, or belongs to another atlas.
    """
    if "verdicts" not in atlas.beside:
        return None
    _check_beside(atlas, "verdicts", path)
    return scan_table(VERDICTS, path)


def _check_beside(atlas: Atlas, role: str, path: Path | str) -> None:
    expected = atlas.beside.get(role)
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file. The {role} of the atlas '{atlas.name}' must lie beside it.")
    if expected is None:
        raise InputError(f"{path}: the atlas '{atlas.name}' was written without {role}; this file is not its own.")
    found = sha256_of(path)
    if found != expected:
        raise InputError(
            f"{path}: this file is damaged or belongs to another atlas: the atlas '{atlas.name}' of '{atlas.dataset}' "
            f"was written with {role} whose SHA-256 is {expected[:12]}…, this file's is {found[:12]}…. Copy both from "
            "one place, or compile the atlas again."
        )


def fact_rows(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return facts of a kind with all columns of the evidence."""
    absent = [column for name, column in _NONE.items() if name not in rows.columns and name != "kind"]
    return rows.with_columns(pl.lit(kind).alias("kind"), *absent).select(*EVIDENCE.columns)
