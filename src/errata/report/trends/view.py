"""What the page of trends says and shows: the statements in words made from their numbers, ready for the template."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from errata.categories import CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED
from errata.groups import GROUPS
from errata.report.numerals import plain, signed
from errata.report.style import LOOKS, CategoryLook
from errata.trends.claims import CLAIMS, DATASET, FINDINGS, Claim, Figure, Finding, published_figures
from errata.trends.cloud import accuracy_kind
from errata.trends.jackknife import Estimate
from errata.trends.statements import ENDS, MATCHED, Statement

PER_CATEGORY = ("accuracy_predicts_share", "architecture_matters_little")
"""Claims that are made of every category; a table shows them."""

LEADING = ("model_failure", OPEN_WORLD_UNCHECKED, "fine_grained")
"""Whose statement stands for a claim that is made of every category, the first that is known."""

ON = {"all": "On all images", "organism": "On organisms", "artifact": "On artifacts", "other": "On other images"}

_MODELS = {"published": "Published models", "here": "Models of this report"}


@dataclass(frozen=True)
class Said:
    """A statement about one set of models, and the same in words."""

    models_from: str
    about: Statement
    sentence: str


@dataclass(frozen=True)
class ClaimCard:
    """A claim, what every set of models says about it, and what they say in the single groups."""

    claim: Claim
    said: tuple[Said, ...]
    by_group: tuple[Said, ...]


def claim_cards(sets: Mapping[str, Sequence[Statement]]) -> list[ClaimCard]:
    """Return a card per claim, with the statements of each set of models, `published` or `here`."""
    cards = []
    for claim in CLAIMS.values():
        if claim.name == "accuracy_predicts_share":
            continue
        leading = [(name, _leading(statements, claim.name)) for name, statements in sets.items()]
        said = tuple(_said(name, statement) for name, statement in leading if statement is not None)
        groups = tuple(
            _said(name, each)
            for name, statement in leading
            for each in sets[name]
            if statement is not None
            and each.name == claim.name
            and each.category == statement.category
            and each.group != statement.group
            and each.measures
        )
        if said:
            cards.append(ClaimCard(claim, said, groups))
    return cards


def _leading(statements: Sequence[Statement], name: str) -> Statement | None:
    """Return the statement that stands for a claim, if possible about all images, and about the category that leads."""
    found = [each for each in statements if each.name == name]
    if name in PER_CATEGORY:
        order = {category: place for place, category in enumerate(LEADING)}
        found.sort(key=lambda each: order.get(each.category, len(order)))
    return min(found, key=lambda each: each.group != "all", default=None)


def _said(models_from: str, statement: Statement) -> Said:
    return Said(models_from, statement, sentence(statement))


def finding_rows(statements: Sequence[Statement], dataset: str) -> list[tuple[Finding, str, list[str]]]:
    """Return the paper's findings about a data set, whether statements about its own models agree, and these."""
    if dataset != DATASET:
        return []
    rows = []
    for finding in FINDINGS:
        used = [
            _leading([each for each in statements if (each.name, each.group) == wanted], wanted[0])
            for wanted in finding.statements
        ]
        sentences = [sentence(each) for each in used if each is not None]
        sentences += [_range(statements, name, group) for name, group in finding.statements if name in PER_CATEGORY]
        rows.append((finding, finding.agreement(statements), sentences))
    return rows


def _range(statements: Sequence[Statement], name: str, group: str) -> str:
    """Return between which numbers the categories lie, for a claim that is made of each."""
    found = [each for each in statements if (each.name, each.group) == (name, group) and each.measures]
    if not found:
        return "No category can be looked at."
    found.sort(key=lambda each: each.measures[0].estimate.value)
    least, most = (
        f"{number(each.measures[0].estimate, '%')} for {LOOKS[each.category].label}" for each in (found[0], found[-1])
    )
    return f"Over all categories: from {least} to {most}."


def figure_rows(published: pl.DataFrame, dataset: str) -> list[tuple[CategoryLook, list[tuple | None]]]:
    """Return the paper's pooled shares beside ours: category, and (published, ours, agrees) for every group."""
    figures = {(each.group, each.category): each for each in published_figures(published, dataset)}
    groups = figure_groups(published, dataset)
    rows = []
    for category in dict.fromkeys(category for _, category in figures):
        cells = [figures.get((group, category)) for group in groups]
        rows.append((LOOKS[category], [each and _figure(each) for each in cells]))
    return rows


def figure_groups(published: pl.DataFrame, dataset: str) -> list[str]:
    """Return the groups that the paper gives pooled shares of."""
    known = {each.group for each in published_figures(published, dataset)}
    return [group for group in GROUPS if group in known]


def _figure(figure: Figure) -> tuple[str, str, str, bool]:
    return plain(figure.published), plain(figure.ours), apart(figure.ours - figure.published), figure.agrees


def matrix(statements: Sequence[Statement], name: str, measure: str, groups: Sequence[str]) -> list[tuple]:
    """Return every category with its number in every group: text, interval, verdict, and its value for a tint."""
    found = {(each.category, each.group): each for each in statements if each.name == name and each.measures}
    rows = []
    for category in CATEGORY_COLUMNS:
        if any(key[0] == category for key in found):
            rows.append((LOOKS[category], [_cell(found.get((category, group)), measure) for group in groups]))
    return rows


def _cell(statement: Statement | None, measure: str) -> tuple[str, str, str, float] | None:
    if statement is None:
        return None
    estimate = statement.of(measure)
    limits = f"{plain(estimate.low)} to {plain(estimate.high)}"
    return plain(estimate.value), limits, statement.holds, min(max(estimate.value, 0.0), 100.0)


def line_rows(lines: pl.DataFrame) -> list[dict]:
    """Return the lines of every share against its own accuracy: one row per group and category, pieces side by side."""
    rows = []
    for group in GROUPS:
        for category in CATEGORY_COLUMNS:
            pieces = lines.filter(
                group=group, category=category, quantity="share", accuracy_kind=accuracy_kind(category)
            ).to_dicts()
            if pieces:
                rows.append({"group": group, "look": LOOKS[category], "pieces": pieces, "first": pieces[0]})
    return rows


def summary(
    sets: Mapping[str, Sequence[Statement]], cards: Sequence[ClaimCard], rows: Sequence[tuple[Finding, str, list[str]]]
) -> list[str]:
    """Return what the page found, in sentences."""
    lines = []
    agreeing = [agreement for _, agreement, _ in rows if agreement == "agree"]
    if rows:
        lines.append(
            f"{len(agreeing)} of the {len(rows)} findings of the paper that are looked at here come out of its tables "
            "again, by criteria that are written down below."
        )
    for name in sets:
        said = [each for card in cards for each in card.said if each.models_from == name]
        holds = {verdict: sum(each.about.holds == verdict for each in said) for verdict in ("yes", "no", "cannot tell")}
        models = max((each.about.models for each in said), default=0)
        who = f"the {models} published models" if name == "published" else "the models of this report"
        if holds["cannot tell"] == len(said):
            lines.append(f"For {who}, none of the {len(said)} claims can be told.")
            continue
        lines.append(
            f"For {who}, {holds['yes']} of {len(said)} claims hold, {holds['no']} do not, and "
            f"{holds['cannot tell']} cannot be told."
        )
    return lines


def write_statements(sets: Mapping[str, Sequence[Statement]], path: Path) -> None:
    """Write every statement of each set of models, `published` or `here`, with its criterion and its origin."""
    parts = ["# Statements about trends\n"]
    for name, statements in sets.items():
        parts.append(f"\n## {_MODELS[name]}\n")
        for claim in CLAIMS.values():
            of_claim = [each for each in statements if each.name == claim.name]
            if of_claim:
                parts.append(f"\n**{claim.sentence}** Holds if: {claim.holds_if} From: {claim.computed_from}\n\n")
                parts += [f"- {each.holds}: {sentence(each)}\n" for each in of_claim]
    path.write_text("".join(parts), encoding="utf-8")


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


@dataclass(frozen=True)
class _Number:
    """A number in a template: `{name:+2 points}` asks for sign, digits and unit, `{name:limits}` for its limits."""

    estimate: Estimate

    def __format__(self, how: str) -> str:
        if how == "limits":
            return f"{plain(self.estimate.low)} and {plain(self.estimate.high)}"
        digits, _, unit = how.removeprefix("+").partition(" ")
        return number(self.estimate, unit, digits=int(digits), sign=how.startswith("+"))


def sentence(statement: Statement) -> str:
    """Return what a statement found, in a sentence or two; why nothing could be found, where so."""
    if not statement.measures:
        return f"{ON[statement.group]}: cannot be computed; {statement.why}."
    values: dict[str, object] = {"on": ON[statement.group]}
    if statement.category:
        values["label"] = LOOKS[statement.category].label
    for each in statement.measures:
        name, _, category = each.name.partition("_explained_")
        values |= {name: _Number(each.estimate), f"{name}_label": LOOKS[category].label if category else ""}
    text = _SENTENCES[statement.name]
    if "added_by_training_data" in values:
        text += " The training data explain {added_by_training_data:1 %}."
    return text.format_map(values)


_SENTENCES = {
    "accuracy_predicts_shares": "{on} top-1 explains {most:1 %} of the variance of a category's share for the most "
    "predictable one, {most_label}, and {least:1 %} for the least, {least_label}.",
    "accuracy_predicts_share": "{on} top-1 explains {explained:1 %} of the variance of the share of {label}.",
    "failures_fall_faster": "{on}, whenever the multi-label errors halve, model failures fall by "
    "{fall_when_errors_halve:1 %} instead of 50 %: they go as the errors to the power {power:2}.",
    "failure_share_falls": "{on} the share of model failures changes by {slope:+2 points} per point of MLA.",
    "failure_share_bends": "{on} the share changes by {slope_below:+2 points} per point of MLA up to an MLA of "
    "{inflection:1 %} and by {slope_above:+2 points} beyond. Without any one kind of model the inflection point lies "
    "between {inflection_without_a_block:limits}.",
    "artifacts_fail_more": "Model failures are {share_on_artifacts:1 %} of the multi-label errors on artifacts and "
    "{share_on_organisms:1 %} on organisms, a difference of {difference:+1 points}.",
    "artifact_failures_drop": "On artifacts the share falls from {share_of_weak_models:1 %} for models at the "
    f"{ENDS[0]}th percentile of MLA to {{share_of_strong_models:1 %}} at the {ENDS[1]}th: by {{fallen_by:1 %}} of "
    "itself.",
    "organisms_fine_grained": "Fine-grained errors are {share_on_organisms:1 %} of the multi-label errors on "
    "organisms; on artifacts they are {share_on_artifacts:1 %}.",
    "data_lowers_failures": "{on}, ten times the training images go with {per_tenfold:+2 points} in the share of model "
    "failures at equal MLA, and {fine_grained_per_tenfold:+2 points} in the fine-grained share. Models trained on more "
    "than ImageNet-1k have {matched:+1 points} of model failures compared with the others within "
    f"{MATCHED} points of MLA.",
    "data_raises_accuracy": "Ten times the training images go with {per_tenfold:+2 points} of MLA at an equal number "
    "of parameters; ten times the parameters, at equal data, with {per_tenfold_parameters:+2 points}.",
    "architecture_matters_little": "{on} the architecture explains {added:1 %} of the variance of the share of {label} "
    "beyond what the accuracy does; at equal accuracy, architectures typically differ by "
    "{typical_difference:2 points}.",
}
"""What is said of every claim, with the statement's measures by name."""
