"""What is claimed and by which criterion a claim holds, and the paper's own findings in our words.

Peychev, Müller, Fischer and Vechev, "Automated Classification of Model Errors on ImageNet", NeurIPS 2023
(arXiv 2401.02430).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from errata.trends.statements import (
    ENDS,
    FALLEN_BY,
    FEWEST_MATCHES,
    LITTLE,
    MAJORITY,
    MATCHED,
    STRONG,
    Statement,
    all_of,
)

DATASET = "imagenet"
"""The data set that the paper's findings are about."""

CLOSE = 0.5
"""Pooled shares that differ by at most so many points agree: the tables at hand may lack a few of the 962 models."""


@dataclass(frozen=True)
class Claim:
    """A claim in a sentence, when it holds, and where its numbers come from."""

    name: str
    sentence: str
    holds_if: str
    computed_from: str


_CLAIMS = (
    Claim(
        "accuracy_predicts_shares",
        "A model's top-1 accuracy predicts what kinds of errors it makes.",
        f"For every category, top-1 explains more than {STRONG:.0f} % of the variance of its share.",
        "Per category: its share in each model against top-1 on the group's images, along two lines that change where "
        "the fit is best; variances allow for the number of coefficients.",
    ),
    Claim(
        "accuracy_predicts_share",
        "A model's top-1 accuracy predicts the share of this category.",
        f"Top-1 explains more than {STRONG:.0f} % of the variance of the share.",
        "As for all categories together.",
    ),
    Claim(
        "failures_fall_faster",
        "Model failures fall faster than multi-label errors, so the MLA understates progress.",
        "The power that links the two counts is above 1.",
        "Least-squares slope of ln(model failures) against ln(multi-label errors) over the models that have both.",
    ),
    Claim(
        "failure_share_falls",
        "The better the model, the smaller the share of model failures.",
        "The share falls with the MLA.",
        "Least-squares slope of the share of model failures among the multi-label errors against the group's MLA.",
    ),
    Claim(
        "failure_share_bends",
        "Beyond an inflection point the share of model failures falls faster.",
        "The slope above the inflection point is steeper than the slope below it.",
        "Two least-squares lines below and above the MLA that fits best. Its limits are those of the profile "
        "likelihood (Hansen 2000); those of the slopes take it as found.",
    ),
    Claim(
        "artifacts_fail_more",
        "Model failures are a larger part of the errors on artifacts than of those on organisms.",
        "The difference of the two shares is above 0.",
        "Multi-label errors of all models together, artifacts minus organisms.",
    ),
    Claim(
        "artifact_failures_drop",
        "On artifacts, the share of model failures more than halves from weak models to strong ones.",
        f"It falls by more than {FALLEN_BY:.0f} % of itself.",
        f"The two lines of the share against the MLA on artifacts, at the {ENDS[0]}th and {ENDS[1]}th percentile of "
        "the models' MLA.",
    ),
    Claim(
        "organisms_fine_grained",
        "Most multi-label errors on organisms are fine-grained.",
        f"The fine-grained share is above {MAJORITY:.0f} %.",
        "Multi-label errors of all models together.",
    ),
    Claim(
        "data_lowers_failures",
        "At equal accuracy, models trained on more data have a smaller share of model failures.",
        "Both differences are below 0.",
        "(1) Coefficient of log10(training images) in a regression of the share on it and on two lines along the MLA. "
        f"(2) Models trained on more than ImageNet-1k minus others within {MATCHED} points of MLA, where there are at "
        f"least {FEWEST_MATCHES}.",
    ),
    Claim(
        "data_raises_accuracy",
        "At an equal number of parameters, models trained on more data have a higher MLA.",
        "The gain is above 0.",
        "Coefficient of log10(training images) in a regression of the MLA on it and on log10(parameters).",
    ),
    Claim(
        "architecture_matters_little",
        "At equal accuracy, the architecture matters little.",
        f"It explains less than {LITTLE:.0f} % of the variance of the share.",
        "By how much the variance that two lines along the accuracy leave shrinks if every architecture has a level of "
        "its own, in per cent of the whole variance; allows for the number of architectures, so it can be below 0.",
    ),
)

CLAIMS: dict[str, Claim] = {claim.name: claim for claim in _CLAIMS}


@dataclass(frozen=True)
class Finding:
    """A finding of the paper in our words, where it stands, and the statements (name, group) that it amounts to."""

    says: str
    where: str
    statements: tuple[tuple[str, str], ...]

    def agreement(self, statements: Iterable[Statement]) -> str:
        """Return whether the statements agree with it: `agree`, `disagree` or `cannot tell`."""
        wanted = set(self.statements)
        found = [each.holds for each in statements if (each.name, each.group) in wanted]
        holds = all_of(found) if len(found) >= len(wanted) else "cannot tell"
        return {"yes": "agree", "no": "disagree"}.get(holds, "cannot tell")


FINDINGS = (
    Finding(
        "Top-1 accuracy predicts the portion of every type of error, over architectures, sizes and training data.",
        "abstract; figures of the share of each type against accuracy",
        (("accuracy_predicts_shares", "all"),),
    ),
    Finding(
        "The portion of severe errors drops markedly with accuracy.",
        "abstract; results on model failures",
        (("failure_share_falls", "all"), ("failure_share_bends", "all")),
    ),
    Finding(
        "Model failures fall faster than multi-label errors, so the MLA, too, is pessimistic about progress.",
        "results on model failures",
        (("failures_fall_faster", "all"),),
    ),
    Finding(
        "Model failures are a larger portion of the errors on artifacts.",
        "results by group, organisms and artifacts",
        (("artifacts_fail_more", "artifact"),),
    ),
    Finding(
        "On artifacts, too, model failures drop fast.",
        "results by group, organisms and artifacts",
        (("failures_fall_faster", "artifact"), ("failure_share_falls", "artifact")),
    ),
    Finding(
        "Most errors on organisms are fine-grained.",
        "results by group, organisms and artifacts",
        (("organisms_fine_grained", "organism"),),
    ),
    Finding(
        "Larger pre-training data help at equal accuracy.",
        "figures with the training data as marker and their size as colour",
        (("data_lowers_failures", "all"),),
    ),
    Finding(
        "The architecture matters little.",
        "figures with the architecture family as marker",
        (("architecture_matters_little", "all"),),
    ),
)

POOLED_SHARES = {
    ("imagenet", "all"): (41.2, 8.8, 6.3, 0.5, 43.1),
    ("imagenet", "organism"): (65.6, 3.3, 1.9, 0.4, 28.8),
    ("imagenet", "artifact"): (30.8, 11.0, 8.0, 0.6, 49.7),
    ("imagenet-a", "all"): (12.8, 12.3, 1.0, None, 73.9),
}
"""The paper's shares of `POOLED_CATEGORIES` among the multi-label errors of all 962 models, per cent."""

POOLED_CATEGORIES = (
    "fine_grained",
    "fine_grained_oov",
    "spurious_correlation",
    "non_prototypical",
    "model_failure",
)


@dataclass(frozen=True)
class Figure:
    """A published share beside ours, per cent."""

    group: str
    category: str
    published: float
    ours: float

    @property
    def agrees(self) -> bool:
        """Whether they differ by at most `CLOSE` points."""
        return abs(self.published - self.ours) <= CLOSE


def published_figures(models: pl.DataFrame, dataset: str) -> list[Figure]:
    """Return the paper's pooled shares on a data set beside those of its models at hand."""
    figures = []
    for (where, group), shares in POOLED_SHARES.items():
        rows = models.filter(pl.col("group") == group)
        if where != dataset or not rows["mle"].sum():
            continue
        for category, published in zip(POOLED_CATEGORIES, shares, strict=True):
            if published is not None and rows[category].is_not_null().any():
                ours = 100 * rows[category].cast(pl.Int64).sum() / rows["mle"].cast(pl.Int64).sum()
                figures.append(Figure(group, category, published, ours))
    return figures
