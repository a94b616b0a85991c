"""What the paper reports, in our words, beside what we compute from its tables.

Peychev, Müller, Fischer and Vechev, "Automated Classification of Model Errors on ImageNet", NeurIPS 2023
(arXiv 2401.02430).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from errata.trends.statement import Statement, all_of

DATASET = "imagenet"
"""The data set that the findings are about."""

CLOSE = 0.5
"""Pooled shares that differ by at most so many points agree: the tables at hand may lack a few of the 962 models."""


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
