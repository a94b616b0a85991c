"""What the pages show of the soft error profile: where probability goes, beside where first answers go."""

from collections.abc import Mapping
from dataclasses import dataclass

from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED
from errata.profiles.build import BEYOND_TOP_CLASSES
from errata.report.numerals import rounded, share
from errata.report.style import LOOKS, SOFT_LOOKS, CategoryLook
from errata.results import Results

_NAMES = ("correct", *CATEGORY_COLUMNS, BEYOND_TOP_CLASSES)


@dataclass(frozen=True)
class SoftCard:
    """A model in a group: of each category, per cent of the images by first answers and per cent of the probability.

    None where undefined; `answers` of what lies beyond the stored classes is None, since no first answer does.
    """

    answers: Mapping[str, float | None]
    mass: Mapping[str, float | None]


@dataclass(frozen=True)
class SoftView:
    """The soft profiles of all models.

    `models`: model -> group -> card.
    `categories`, `defined`: all categories, and those that the atlas defines.
    `findings`: in sentences.
    """

    models: Mapping[str, Mapping[str, SoftCard]]
    categories: list[CategoryLook]
    defined: list[CategoryLook]
    findings: list[str]


def soft_look(name: str) -> CategoryLook:
    """Return how a category of a soft profile looks; `correct` and what lies beyond the stored classes included."""
    return SOFT_LOOKS.get(name) or LOOKS[name]


def soft_view(results: Results) -> SoftView | None:
    """Return what is shown of the soft profile, or None if there is none of these models."""
    if results.soft_profile is None:
        return None
    soft = results.soft_profile.join(results.profile.select("model").unique(), on="model", how="semi")
    if soft.is_empty():
        return None
    masses: dict[tuple[str, str], dict[str, float | None]] = {}
    for model, group, category, mass in soft.select("model", "group", "category", "mass").iter_rows():
        masses.setdefault((model, group), {})[category] = mass
    hard = {(row["model"], row["group"]): row for row in results.profile.iter_rows(named=True)}
    shown = [name for name in _NAMES if name != OPEN_WORLD_UNCHECKED or not results.facts.open_world_checked]
    models: dict[str, dict[str, SoftCard]] = {}
    for model in dict.fromkeys(model for model, _ in masses):
        models[model] = {
            group: _card(masses[model, group], hard.get((model, group), {}), shown)
            for group in results.groups
            if (model, group) in masses
        }
    known = set(soft.filter(soft["mass"].is_not_null())["category"])
    return SoftView(
        models=models,
        categories=[soft_look(name) for name in shown],
        defined=[soft_look(name) for name in shown if name in known],
        findings=[_finding(models)],
    )


def _card(masses: Mapping[str, float | None], row: Mapping, shown: list[str]) -> SoftCard:
    answers = {name: None if row.get(name) is None else share(row[name], row["images"]) for name in shown}
    return SoftCard(answers, {name: masses.get(name) for name in shown})


def _finding(models: Mapping[str, Mapping[str, SoftCard]]) -> str:
    cards = [groups["all"] for groups in models.values() if "all" in groups]

    def mean(name: str, attribute: str) -> float | None:
        values = [getattr(card, attribute)[name] for card in cards]
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    label, first = mean("correct", "mass"), mean("correct", "answers")
    forgiven = sum(mean(name, "mass") or 0 for name in FORGIVEN)
    who = next(iter(models)) if len(cards) == 1 else "the average model"
    text = (
        f"Of its probability, {who} gives {rounded(label)} to the label, which is its first answer on "
        f"{rounded(first)} of the images. {rounded(forgiven)} goes to answers that are no mistake either"
    )
    beyond = mean(BEYOND_TOP_CLASSES, "mass")
    return f"{text}, and {rounded(beyond)} to classes beyond the most probable ones that were kept."
