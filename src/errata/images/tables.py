"""Declare the table of the images of a data set."""

import polars as pl

from errata.tables import LARGE_COUNT, TEXT, TEXT_OR_NULL, Column, Table

ABSENT = "not in this part of the data set"
"""The problem of an image that is not there, where only a part of a data set is."""

IMAGES = Table(
    "images",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "position": Column(pl.Int32, low=0),
        "location": TEXT.means("Path in the folder, or member of the tar; empty if it is not there."),
        "offset": Column(pl.Int64, nullable=True, low=0, meaning="Where its bytes start in the tar.", unit="bytes"),
        "bytes": LARGE_COUNT.means("Size of the file.", "bytes"),
        "width": Column(pl.Int32, nullable=True, low=1, meaning="Width of the image.", unit="pixels"),
        "height": Column(pl.Int32, nullable=True, low=1, meaning="Height of the image.", unit="pixels"),
        "mode": TEXT_OR_NULL.means("Pillow's name for its kind of pixels."),
        "problem": TEXT_OR_NULL.means("Why the image cannot be read; null if it can."),
    },
)
"""Where the pixels of every image of a data set are: `location` is the path in the folder or the member of the tar,
`offset` where its bytes start in the tar (null for files). `problem` says why an image cannot be read; null if it can.
Rows are by `position`; row i of views and embeddings is row i here."""
