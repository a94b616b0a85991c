"""What form and colour of a mark stand for in the plot of the page of trends."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

FORMS: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((-1.1, -0.8), (1.1, -0.8), (0.0, 1.2)),
    "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    "inverted triangle": ((-1.1, 0.8), (1.1, 0.8), (0.0, -1.2)),
    "cross": (
        *((-1.2, -0.4), (-0.4, -0.4), (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4)),
        *((1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4)),
    ),
    "hexagon": ((-0.6, -1.0), (0.6, -1.0), (1.15, 0.0), (0.6, 1.0), (-0.6, 1.0), (-1.15, 0.0)),
}
"""Corners of every form but the circle, for a mark of radius 1; y goes up."""

OWN_FORMS = ("circle", "square", "triangle", "diamond", "inverted triangle")
"""Forms of the most common labels, in order; all others are crosses, and what is not known is a hexagon."""

OTHERS, NOT_KNOWN = "others", "not known"

COLOURS = ("#8457b5", "#3f78cf", "#17968a", "#74a81b", "#e39b12")
UNKNOWN_COLOUR = "#8b95a1"


@dataclass(frozen=True)
class Scale:
    """A colour scale in steps: `limits` are the borders between them, `labels` one word per colour."""

    column: str
    title: str
    limits: tuple[float, ...]
    labels: tuple[str, ...]

    def step(self, value: float | None) -> int:
        """Return which step a value is in, from 0; -1 for a value that is not known."""
        return -1 if value is None else sum(value >= limit for limit in self.limits)


SCALES = {
    "parameters": Scale(
        "parameters",
        "parameters",
        (1e7, 3e7, 1e8, 3e8),
        ("below 10 M", "10–30 M", "30–100 M", "100–300 M", "300 M or more"),
    ),
    "training_images": Scale(
        "training_images",
        "training images",
        (1.5e6, 5e7, 5e8, 1.5e9),
        ("up to 1.5 M", "1.5–50 M", "50–500 M", "0.5–1.5 G", "1.5 G or more"),
    ),
}

MARKS = {
    "training_data": "training data",
    "architecture": "architecture",
    "architecture_family": "architecture family",
}
"""What the form of a mark can stand for."""


def forms_of(models: pl.DataFrame, column: str) -> dict[str, str]:
    """Return the form of every label of a column that has one of its own, most common first.

    Labels of equal frequency are in alphabetical order.
    """
    counts = models.unique("model")[column].drop_nulls().value_counts().sort("count", column, descending=[True, False])
    return dict(zip(counts[column], OWN_FORMS, strict=False))


def form_labels(labels: Sequence[str | None], forms: dict[str, str]) -> list[str]:
    """Return what the legend calls each label: itself, `others` or `not known`."""
    return [NOT_KNOWN if label is None else label if label in forms else OTHERS for label in labels]


def form_named(label: str, forms: dict[str, str]) -> str:
    """Return the form of what the legend calls by a label."""
    return forms.get(label) or {OTHERS: "cross", NOT_KNOWN: "hexagon"}[label]
