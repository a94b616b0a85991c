"""The tables of predictions and of the errors among them."""

import polars as pl

from errata.tables import CLASS, CLASS_ID, TEXT, TEXT_OR_NULL, Column, Table

PREDICTIONS = Table(
    "predictions",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "predicted_class": CLASS,
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

_answer = {"model": TEXT, "file_name": TEXT, "target": CLASS, "predicted_class": CLASS}

ERRORS = Table(
    "errors",
    key=("model", "file_name"),
    columns={**_answer, "category": TEXT, "provisional_category": TEXT_OR_NULL},
)
"""Images that count and whose prediction is not the target."""

ERROR_FILE = Table(
    "error_file",
    key=("file_name",),
    columns={
        "file_name": TEXT,
        "target": CLASS,
        "target_name": TEXT.means("Name of the target class."),
        "predicted_class": CLASS,
        "predicted_name": TEXT.means("Name of the predicted class."),
        "category": TEXT,
        "provisional_category": TEXT_OR_NULL,
    },
)
"""The errors of one model, a CSV: `errors/{model}.csv` of `errata classify`, `data/errors/{model}.csv` of a report."""

CONFIDENCES = Table(
    "confidences",
    key=("model", "file_name"),
    columns={
        "model": TEXT,
        "file_name": TEXT,
        "confidence": Column(pl.Float32, low=0, high=1.0001, meaning="Probability of the predicted class."),
    },
)
"""How sure models were of the wrong answers in `errors`, where their predictions say so, to three digits."""

PROBLEMATIC = Table(
    "problematic",
    key=("model", "file_name"),
    columns={**_answer, "outcome": TEXT, "provisional_category": TEXT_OR_NULL},
)
"""Outcomes of the problematic images, which every statistic leaves out."""
