"""The tables of an error atlas."""

import polars as pl

from errata.tables import CLASS, CLASS_ID, CLASS_OR_NULL, TEXT, TEXT_OR_NULL, Column, Table

ATLAS = Table(
    "atlas",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "position": Column(pl.Int32, low=0),
        "target": CLASS,
        "multi_labels": Column(pl.List(CLASS_ID)),
        "is_problematic": Column(pl.Boolean),
        "in_organism": Column(pl.Boolean),
        "in_artifact": Column(pl.Boolean),
        "in_other": Column(pl.Boolean),
        "is_imagenet_m": Column(pl.Boolean, nullable=True),
    },
    more_columns=True,
    version=2,
)
"""Every annotated image. `outcomes` follows: one outcome code (uint8) per class; `errata.atlas.compiled` says what the
codes mean. `folder_rank` (int32) may precede it: the image's rank if all images of the data set, annotated or not, are
sorted by class id and then by file name. The file is sealed. Version 1 had no seal."""

EVIDENCE = Table(
    "evidence",
    key=("kind", "file_name", "class_a", "class_b", "text"),
    columns={
        "kind": TEXT.means("What kind of fact the row states."),
        "file_name": TEXT_OR_NULL,
        "class_a": CLASS_OR_NULL.means("The class that the fact is about.", "class id"),
        "class_b": CLASS_OR_NULL.means("The other class, if there are two.", "class id"),
        "number": Column(pl.Float64, nullable=True, meaning="The fact's number, such as a count or a rank."),
        "text": TEXT_OR_NULL.means("The fact's text, such as a name or a reason."),
    },
)
"""One fact per row, see `errata.atlas.evidence` for the kinds."""
