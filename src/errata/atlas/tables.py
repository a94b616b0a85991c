"""The tables of an error atlas."""

import polars as pl

from errata.tables import (
    CLASS,
    CLASS_ID,
    CLASS_OR_NULL,
    COUNT,
    PERCENT,
    TEXT,
    TEXT_OR_NULL,
    Column,
    Table,
)

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
sorted by wnid and then by file name. The file is sealed. Version 1 had no seal."""

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

_labels = Column(pl.Float64, nullable=True, low=1)

LABEL_STATISTICS = Table(
    "label_statistics",
    key=("group",),
    columns={
        "group": TEXT,
        "images": COUNT,
        "classes": COUNT.means("Classes of the group.", "classes"),
        "several_labels": COUNT.means("Images with more than one label.", "images"),
        "share_several_labels": PERCENT.means("Their share of the images.", "per cent"),
        "labels_per_image": _labels.means("Labels of an image, mean.", "labels"),
        "labels_where_several": _labels.means("The same over images with more than one label.", "labels"),
    },
)
"""What the images of a group show, by their labels. Only images that count."""

GROUP_OVERLAPS = Table(
    "group_overlaps",
    key=("group", "other_group"),
    columns={
        "group": TEXT,
        "other_group": TEXT.means("Another group."),
        "images": COUNT.means("Images that count and have labels in both groups.", "images"),
    },
)
"""How many images are in two groups."""

SUPERCLASS_MEMBERS = Table(
    "superclass_members",
    key=("superclass", "class_id"),
    columns={"superclass": TEXT, "class_id": CLASS, "wnid": TEXT, "name": TEXT, "group": TEXT.means("Its group.")},
)
"""The members of every superclass of two classes or more. A class may be in several; one in none is not listed."""

PRONE_PAIRS = Table(
    "prone_pairs",
    key=("class_a", "class_b"),
    columns={
        "class_a": CLASS,
        "name_a": TEXT.means("Name of the first class."),
        "class_b": CLASS,
        "name_b": TEXT.means("Name of the second class."),
        "images": COUNT.means("Images that are known to show both.", "images"),
    },
)
"""Every pair of classes that is prone to spurious correlations: at least two images show both, and they share no
superclass."""
