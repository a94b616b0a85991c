"""The tables about targets and labels."""

import polars as pl

from errata.tables import CLASS, CLASS_ID, TEXT, TEXT_OR_NULL, Column, Table

TARGETS = Table(
    "targets",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "position": Column(pl.Int32, low=0),
        "target": CLASS,
    },
)
"""Every image of a data set; `position` is its rank by file name."""

LABELS = Table(
    "labels",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "position": Column(pl.Int32, low=0),
        "target": CLASS,
        "multi_labels": Column(pl.List(CLASS_ID)),
        "unclear_labels": Column(pl.List(CLASS_ID)),
        "is_problematic": Column(pl.Boolean),
        "is_non_prototypical": Column(pl.Boolean, nullable=True),
        "non_prototypical_source": TEXT_OR_NULL,
        "is_imagenet_m": Column(pl.Boolean, nullable=True),
    },
)
"""Annotated images only. `position` is the image's rank in the whole data set, which may be larger. A null flag
means that the property is undefined on this data set."""

ANNOTATED = Table(
    "annotated",
    key=("file_name",),
    columns={"file_name": TEXT, "position": Column(pl.Int32, low=0)},
)
"""The images that have multi-labels: those that models are run on where the setting `subset` says so."""

UNREADABLE = Table(
    "unreadable",
    key=("file_name",),
    columns={"file_name": TEXT, "problem": TEXT.means("Why the image cannot be read.")},
)
"""Annotated images that cannot be read and are left out of the atlas."""
