"""Which rules hold for given answers: the one that decides, and those that would decide if it did not exist."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from errata.atlas.decision import PROBLEMATIC_RULES, RULES, Rule
from errata.atlas.facts import ClassKnowledge, facts_in_chunks
from errata.atlas.outcomes import CORRECT
from errata.categories import OPEN_WORLD_UNCHECKED
from errata.classes.superclasses import sharing_matrix

NO, YES, UNKNOWN = 0, 1, 2

_OPEN_WORLD = "fine_grained_oov"


@dataclass(frozen=True)
class RuleStates:
    """What the rules say about answers.

    Attributes
    ----------
    otherwise : list of str or None
        What each answer would be if the rule that decided did not exist: `open_world_unchecked` if the open world
        would have to be asked; None if the answer is correct or was not checked, and after the last rule.
    texts : list of str
        All rules with whether they hold, in words.
    """

    otherwise: list[str | None]
    texts: list[str]


def rule_states(
    labels: pl.DataFrame, answers: pl.DataFrame, categories: pl.Series, knowledge: ClassKnowledge
) -> RuleStates:
    """Ask every rule about every answer.

    Parameters
    ----------
    labels : polars.DataFrame
        Of the images: `file_name`, `target`, `is_problematic`, `multi_labels`, `is_non_prototypical`.
    answers : polars.DataFrame
        `image`, the row of `labels`; `predicted_class`; and `is_oov`, what the open-world check says, null where it
        was not asked, so that nothing after it can be told.
    categories : polars.Series
        What each answer is in the atlas.
    knowledge : ClassKnowledge
    """
    image, predicted = answers["image"].to_numpy(), answers["predicted_class"].to_numpy()
    problematic = labels["is_problematic"].to_numpy()[image]
    state_of_oov = answers.select(
        pl.when(pl.col("is_oov").is_null()).then(UNKNOWN).otherwise(pl.col("is_oov").cast(pl.Int8))
    ).to_series()
    otherwise = np.full(len(image), None, dtype=object)
    texts = np.full(len(image), "", dtype=object)
    for rules, here in ((RULES, ~problematic), (PROBLEMATIC_RULES, problematic)):
        rows = np.flatnonzero(here)
        if not len(rows):
            continue
        states = _states(rules, labels, image[rows], predicted[rows], knowledge)
        states[:, [rule.name for rule in rules].index(_OPEN_WORLD)] = state_of_oov.to_numpy()[rows]
        otherwise[rows] = _otherwise(rules, states, categories.to_numpy()[rows])
        texts[rows] = _texts(rules, states)
    return RuleStates(otherwise.tolist(), texts.tolist())


def knowledge_of(evidence: pl.DataFrame, classes: int) -> ClassKnowledge:
    """Return the relations between classes that the table `errata.atlas.tables.EVIDENCE` tells."""
    overlap, spurious = (np.zeros((classes, classes), dtype=bool) for _ in range(2))
    overlap[_pairs(evidence.filter(kind="class_overlap"))] = True
    spurious[_pairs(evidence.filter(kind="cooccurrence", text="spurious-prone"))] = True
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    return ClassKnowledge(overlap, sharing_matrix(members, classes), spurious | spurious.T)


def _pairs(facts: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return facts["class_a"].to_numpy(), facts["class_b"].to_numpy()


def _states(
    rules: tuple[Rule, ...], labels: pl.DataFrame, image: np.ndarray, predicted: np.ndarray, knowledge: ClassKnowledge
) -> np.ndarray:
    """Return whether each rule holds, uint8 [answers, rules]; the column of the open world is left at NO."""
    states = np.zeros((len(image), len(rules)), dtype=np.uint8)
    for facts in facts_in_chunks(labels, knowledge):
        inside = np.flatnonzero((image >= facts.rows.start) & (image < facts.rows.stop))
        at = image[inside] - facts.rows.start, predicted[inside]
        for column, rule in enumerate(rules):
            if rule.name != _OPEN_WORLD:
                states[inside, column] = np.broadcast_to(rule.holds(facts), facts.is_target.shape)[at]
    return states


def _otherwise(rules: tuple[Rule, ...], states: np.ndarray, decided: np.ndarray) -> np.ndarray:
    """Return the name of the first rule after the one that decided that holds or cannot be told."""
    names = [rule.name for rule in rules]
    position = {name: place for place, name in enumerate(names)}
    # answers that were not checked are decided by no rule, so nothing comes after
    places = np.array([position.get(name, len(names)) for name in decided])
    later = (states != NO) & (np.arange(len(names)) > places[:, None])
    first = later.argmax(axis=1)
    unknown = states[np.arange(len(states)), first] == UNKNOWN
    found = np.where(unknown, OPEN_WORLD_UNCHECKED, np.array(names, dtype=object)[first])
    found[~later.any(axis=1) | (decided == CORRECT)] = None
    return found


def _texts(rules: tuple[Rule, ...], states: np.ndarray) -> np.ndarray:
    """Return the states of all rules in words; equal ones are put into words once."""
    distinct, inverse = np.unique(states, axis=0, return_inverse=True)
    word = {NO: "no", YES: "yes", UNKNOWN: "not asked"}
    texts = [
        ", ".join(f"{rule.name} {word[state]}" for rule, state in zip(rules, row, strict=True)) for row in distinct
    ]
    return np.array(texts, dtype=object)[inverse.ravel()]
