"""What is claimed, by which criterion a claim holds, and what its numbers are computed from.

Numbers come from `errata.trends.findings`; the bounds named here are the constants of the modules that compute them.
"""

from dataclasses import dataclass

from errata.trends.accuracy import STRONG
from errata.trends.architecture import LITTLE
from errata.trends.groups_compared import ENDS, FALLEN_BY, MAJORITY
from errata.trends.training_data import ALIKE, FEWEST_MATCHES


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
        f"(2) Models trained on more than ImageNet-1k minus others within {ALIKE} points of MLA, where there are at "
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
