"""The evidence beside an atlas: one fact per row, enough to say why an answer is what it is.

Kinds of facts: `multi_label` (image, label; text `correct` or `unclear`), `superclass` (member; text: its name),
`class_overlap` (target, prediction; text: the reason), `cooccurrence` (two classes; number: images that show both;
text `spurious-prone` or `shares a superclass` or `too rare`), `non_prototypical` (image; text: the expert lists).
"""

from pathlib import Path

import polars as pl

from errata.tables import EVIDENCE

_NONE = {name: pl.lit(None, dtype=column.dtype).alias(name) for name, column in EVIDENCE.columns.items()}


def build_evidence(
    labels: pl.DataFrame, *, superclasses: pl.DataFrame, overlap: pl.DataFrame, cooccurrence: pl.DataFrame
) -> pl.DataFrame:
    """Gather the facts behind an atlas from the tables that it is compiled from.

    Returns
    -------
    polars.DataFrame
        The table `errata.tables.EVIDENCE`.
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
    return pl.concat(_facts(kind, rows) for kind, rows in facts.items())


def evidence_path(atlas_path: Path | str) -> Path:
    """Return where the evidence of an atlas lies: beside it, `labels.parquet` -> `labels.evidence.parquet`."""
    path = Path(atlas_path)
    return path.with_name(f"{path.stem}.evidence{path.suffix}")


def _facts(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    absent = [column for name, column in _NONE.items() if name not in rows.columns and name != "kind"]
    return rows.with_columns(pl.lit(kind).alias("kind"), *absent).select(*EVIDENCE.columns)
