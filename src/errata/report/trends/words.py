"""The statements in words, made from their numbers."""

import math
from collections.abc import Callable

from errata.report.categories import LOOKS
from errata.report.numerals import plain, signed, whole
from errata.trends.groups_compared import ENDS
from errata.trends.jackknife import Estimate
from errata.trends.statement import Statement
from errata.trends.training_data import ALIKE

ON = {"all": "On all images", "organism": "On organisms", "artifact": "On artifacts", "other": "On other images"}


def number(estimate: Estimate, unit: str, *, digits: int = 1, sign: bool = False) -> str:
    """Return a number with its interval, `64.7 % (63.5–65.8)`."""
    write = (lambda value: signed(value, digits)) if sign else (lambda value: plain(value, digits))
    text = f"{write(estimate.value)}{f' {unit}' if unit else ''}"
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return text
    return f"{text} ({write(estimate.low)} to {write(estimate.high)})"


def apart(difference: float) -> str:
    """Return a difference in points with its sign; none on a rounded 0."""
    return plain(0.0) if f"{abs(difference):.1f}" == "0.0" else signed(difference)


def sentence(statement: Statement) -> str:
    """Return what a statement found, in a sentence or two; why nothing could be found, where so."""
    if not statement.measures:
        return f"{ON[statement.group]}: cannot be computed; {statement.why}."
    return _SENTENCES[statement.name](statement)


def _accuracy_predicts_shares(statement: Statement) -> str:
    least, most = statement.measures
    names = [LOOKS[each.name.split("_explained_")[1]].label for each in (least, most)]
    return (
        f"{ON[statement.group]} top-1 explains {number(most.estimate, '%')} of the variance of a category's share for "
        f"the most predictable one, {names[1]}, and {number(least.estimate, '%')} for the least, {names[0]}."
    )


def _accuracy_predicts_share(statement: Statement) -> str:
    return (
        f"{ON[statement.group]} top-1 explains {number(statement.of('explained'), '%')} of the variance of the share "
        f"of {LOOKS[statement.category].label}."
    )


def _failures_fall_faster(statement: Statement) -> str:
    return (
        f"{ON[statement.group]}, whenever the multi-label errors halve, model failures fall by "
        f"{number(statement.of('fall_when_errors_halve'), '%')} instead of 50 %: they go as the errors to "
        f"the power {number(statement.of('power'), '', digits=2)}."
    )


def _failure_share_falls(statement: Statement) -> str:
    return (
        f"{ON[statement.group]} the share of model failures changes by "
        f"{number(statement.of('slope'), 'points', digits=2, sign=True)} per point of MLA."
    )


def _failure_share_bends(statement: Statement) -> str:
    moved = statement.of("inflection_without_a_block")
    return (
        f"{ON[statement.group]} the share changes by "
        f"{number(statement.of('slope_below'), 'points', digits=2, sign=True)} per point of MLA up to an MLA of "
        f"{number(statement.of('inflection'), '%')} and by "
        f"{number(statement.of('slope_above'), 'points', digits=2, sign=True)} beyond. Without any one kind of model "
        f"the inflection point lies between {plain(moved.low)} and {plain(moved.high)}."
    )


def _artifacts_fail_more(statement: Statement) -> str:
    return (
        f"Model failures are {number(statement.of('share_on_artifacts'), '%')} of the multi-label errors on artifacts "
        f"and {number(statement.of('share_on_organisms'), '%')} on organisms, a difference of "
        f"{number(statement.of('difference'), 'points', sign=True)}."
    )


def _artifact_failures_drop(statement: Statement) -> str:
    return (
        f"On artifacts the share falls from {number(statement.of('share_of_weak_models'), '%')} for models at the "
        f"{ENDS[0]}th percentile of MLA to {number(statement.of('share_of_strong_models'), '%')} at the {ENDS[1]}th: "
        f"by {number(statement.of('fallen_by'), '%')} of itself."
    )


def _organisms_fine_grained(statement: Statement) -> str:
    return (
        f"Fine-grained errors are {number(statement.of('share_on_organisms'), '%')} of the multi-label errors on "
        f"organisms; on artifacts they are {number(statement.of('share_on_artifacts'), '%')}."
    )


def _data_lowers_failures(statement: Statement) -> str:
    return (
        f"{ON[statement.group]}, ten times the training images go with "
        f"{number(statement.of('per_tenfold'), 'points', digits=2, sign=True)} in the share of model failures at equal "
        f"MLA, and {number(statement.of('fine_grained_per_tenfold'), 'points', digits=2, sign=True)} in the "
        f"fine-grained share. Models trained on more than ImageNet-1k have "
        f"{number(statement.of('matched'), 'points', sign=True)} of model failures compared with the others within "
        f"{ALIKE} points of MLA."
    )


def _data_raises_accuracy(statement: Statement) -> str:
    return (
        f"Ten times the training images go with {number(statement.of('per_tenfold'), 'points', digits=2, sign=True)} "
        f"of MLA at an equal number of parameters; ten times the parameters, at equal data, with "
        f"{number(statement.of('per_tenfold_parameters'), 'points', digits=2, sign=True)}."
    )


def _architecture_matters_little(statement: Statement) -> str:
    text = (
        f"{ON[statement.group]} the architecture explains {number(statement.of('added'), '%')} of the variance of the "
        f"share of {LOOKS[statement.category].label} beyond what the accuracy does; at equal accuracy, architectures "
        f"typically differ by {number(statement.of('typical_difference'), 'points', digits=2)}."
    )
    if any(each.name == "added_by_training_data" for each in statement.measures):
        text += f" The training data explain {number(statement.of('added_by_training_data'), '%')}."
    return text


_SENTENCES: dict[str, Callable[[Statement], str]] = {
    "accuracy_predicts_shares": _accuracy_predicts_shares,
    "accuracy_predicts_share": _accuracy_predicts_share,
    "failures_fall_faster": _failures_fall_faster,
    "failure_share_falls": _failure_share_falls,
    "failure_share_bends": _failure_share_bends,
    "artifacts_fail_more": _artifacts_fail_more,
    "artifact_failures_drop": _artifact_failures_drop,
    "organisms_fine_grained": _organisms_fine_grained,
    "data_lowers_failures": _data_lowers_failures,
    "data_raises_accuracy": _data_raises_accuracy,
    "architecture_matters_little": _architecture_matters_little,
}


def models_counted(statement: Statement) -> str:
    """Return of how many models, of how many kinds, a statement speaks."""
    return f"{whole(statement.models)} models of {whole(statement.blocks)} kinds"
