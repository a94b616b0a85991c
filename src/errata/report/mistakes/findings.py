"""What the page of mistakes says first, in sentences with numbers."""

from dataclasses import dataclass

import polars as pl

from errata.categories import FORGIVEN
from errata.mistakes.listing import Mistakes
from errata.report.mistakes.rows import class_names
from errata.report.numerals import rounded, share, whole

STEPS = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
"""Shares of the models that are wrong, between which images are counted."""


@dataclass(frozen=True)
class Step:
    """Images that between two numbers of models are wrong about: in words, how many, and their shares in per cent."""

    words: str
    images: int
    share: float
    errors: int
    errors_share: float


def findings(listed: Mistakes) -> list[str]:
    """Return a few sentences about all mistakes together; the first one is the most telling."""
    difficulty = listed.difficulty
    models, images = int(difficulty["models"][0]), difficulty.height
    errors = int(difficulty["wrong"].sum())
    if not errors:
        return ["No model makes any mistake on the images that count."]
    if models == 1:
        return [f"{whole(errors)} of {whole(images)} images are answered wrongly. {_most_confused(listed)}"]
    lengths = difficulty["wrong"].sort(descending=True).cum_sum()
    half = int((lengths < errors / 2).sum()) + 1
    everyone = int((difficulty["wrong"] == models).sum())
    nobody = int((difficulty["wrong"] == 0).sum())
    shared = listed.mistakes.filter(2 * pl.col("models") > models)
    return [
        f"Half of all errors are on {whole(half)} of {whole(images)} images ({rounded(share(half, images))}): "
        f"{whole(everyone)} images defeat all {whole(models)} models, {whole(nobody)} none.",
        f"There are {whole(listed.mistakes.height)} different mistakes, an image and a wrong answer each. "
        f"{whole(shared.height)} of them are made by more than half of the models; these are "
        f"{rounded(share(int(shared['models'].sum()), errors))} of all errors. {_most_confused(listed)}",
    ]


def difficulty_steps(listed: Mistakes) -> list[Step]:
    """Return how the images are spread over the share of models that are wrong."""
    wrong = listed.difficulty["wrong"]
    models, total = int(listed.difficulty["models"][0]), max(int(wrong.sum()), 1)
    inner = sorted({round(step * models) for step in STEPS[1:-1]} - {0, models})
    limits = [(0, 0), *zip([1, *(limit + 1 for limit in inner)], [*inner, models - 1], strict=True), (models, models)]
    steps = []
    for low, high in limits:
        if low > high:
            continue
        inside = wrong.filter(wrong.is_between(low, high))
        errors = int(inside.sum())
        steps.append(
            Step(_words(low, high, models), len(inside), 100 * len(inside) / len(wrong), errors, 100 * errors / total)
        )
    return steps


def _words(low: int, high: int, models: int) -> str:
    if high == 0:
        return "none"
    if low == models:
        return "all" if models > 1 else "the model"
    return whole(low) if low == high else f"{whole(low)} to {whole(high)}"


def _most_confused(listed: Mistakes) -> str:
    names = class_names(listed)
    real = (
        listed.mistakes.filter(~pl.col("category").is_in(FORGIVEN))
        .group_by("target", "predicted_class")
        .agg(pl.col("models").sum())
        .sort("models", "target", "predicted_class", descending=[True, False, False])
    )
    if real.is_empty():
        return ""
    target, predicted, errors = real.row(0)
    return (
        f"Apart from what class overlap and multi-labels forgive, the most frequent is {names[target]} taken for "
        f"{names[predicted]}: {whole(errors)} errors."
    )
