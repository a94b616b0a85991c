"""Mistakes of all models: every distinct wrong answer with the models that give it, and the tables made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas
from errata.categories import CATEGORY_COLUMNS
from errata.mistakes import tables
from errata.mistakes.breakdown import by_class, by_superclass, confusions, difficulty, spurious_pairs
from errata.mistakes.tables import MISTAKES
from errata.tables import check_table, read_table, tables_in, write_table


def count_mistakes(errors: pl.LazyFrame, models: int) -> pl.DataFrame:
    """Count the models that give each wrong answer.

    `errors`: the table `errata.predictions.tables.ERRORS`, of any number of models; it is read in a stream.
    `models`: all models, those without errors included.
    Returns the table `errata.mistakes.tables.MISTAKES`.
    """
    answer = ("category", "file_name", "target", "predicted_class", "provisional_category")
    counted = errors.group_by(answer).agg(pl.len().cast(pl.Int32).alias("models")).collect(engine="streaming")
    severity = pl.col("category").replace_strict(CATEGORY_COLUMNS, range(len(CATEGORY_COLUMNS)))
    ranked = counted.sort(severity, -pl.col("models"), "file_name", "predicted_class").with_columns(
        rank=(pl.int_range(pl.len()).over("category") + 1).cast(pl.Int32),
        share=100 * pl.col("models") / models,
    )
    return check_table(ranked.select(*MISTAKES.columns), MISTAKES, where="mistakes")


@dataclass(frozen=True)
class Mistakes:
    """The mistakes of all models together.

    `mistakes`, `class_mistakes`, `superclass_mistakes`, `confusions`, `spurious_pairs`, `difficulty`: the tables of
        these names in `errata.mistakes.tables`.
    """

    mistakes: pl.DataFrame
    class_mistakes: pl.DataFrame
    superclass_mistakes: pl.DataFrame
    confusions: pl.DataFrame
    spurious_pairs: pl.DataFrame
    difficulty: pl.DataFrame


TABLES = tables_in(tables)
"""The tables by name, which is also the name of the field and of the file."""


def list_mistakes(errors: pl.LazyFrame, models: Sequence[str], atlas: Atlas, evidence: pl.DataFrame) -> Mistakes:
    """Collect the mistakes of all models.

    `errors`: the table `errata.predictions.tables.ERRORS`; only its distinct answers are ever in memory.
    `models`: those that are looked at, those without errors included. Each must have predictions of all images that
    count, since an image without an error is taken for answered rightly.
    `atlas`: the atlas that they were classified with.
    `evidence`: the table `errata.atlas.tables.EVIDENCE` beside it.
    """
    count = len(models)
    counted = count_mistakes(errors.filter(pl.col("model").is_in(models)), count)
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    return Mistakes(
        mistakes=counted,
        class_mistakes=by_class(atlas, counted, count),
        superclass_mistakes=by_superclass(atlas, counted, members, count),
        confusions=confusions(atlas, counted),
        spurious_pairs=spurious_pairs(atlas, counted, evidence),
        difficulty=difficulty(atlas, counted, count),
    )


def write_mistakes(mistakes: Mistakes, folder: Path | str, *, metadata: dict[str, str]) -> None:
    """Write every table into `folder`, under its name."""
    for name in (field.name for field in fields(mistakes)):
        write_table(getattr(mistakes, name), TABLES[name], Path(folder) / f"{name}.parquet", metadata=metadata)


def read_mistakes(folder: Path | str) -> Mistakes:
    """Read the tables that `write_mistakes` wrote."""
    return Mistakes(**{name: read_table(table, Path(folder) / f"{name}.parquet") for name, table in TABLES.items()})
