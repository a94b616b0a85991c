"""The decision rules, in order; the first that holds names the outcome, and the last always holds.

The rules are Peychev et al. 2023, section 4, in the order of their published code (minimal severity first, except
that spurious correlations come before non-prototypical images).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from errata.atlas.facts import Facts
from errata.atlas.outcomes import CODES, CORRECT
from errata.categories import OPEN_WORLD_UNCHECKED


@dataclass(frozen=True)
class Rule:
    """A named rule: where it holds, answers get its outcome, unless an earlier rule held."""

    name: str
    holds: Callable[[Facts], np.ndarray]


def _out_of_vocabulary(facts: Facts) -> np.ndarray:
    if facts.is_oov is None:
        raise ValueError("the facts hold no open-world evidence")
    return facts.is_oov


_correct = Rule(CORRECT, lambda facts: facts.is_target & facts.target_in_multilabel)
_class_overlap = Rule("class_overlap", lambda facts: facts.in_overlap)
_multi_label = Rule("multi_label", lambda facts: facts.in_multilabel)
_fine_grained = Rule("fine_grained", lambda facts: facts.shares_with_multilabel)
_open_world = Rule("fine_grained_oov", _out_of_vocabulary)
_after_open_world = (
    Rule("spurious_correlation", lambda facts: facts.pairs_with_multilabel),
    Rule("non_prototypical", lambda facts: facts.is_non_prototypical),
    Rule("model_failure", lambda facts: np.ones_like(facts.is_non_prototypical)),
)

RULES: tuple[Rule, ...] = (_correct, _class_overlap, _multi_label, _fine_grained, _open_world, *_after_open_world)
"""The rules for images that count."""

PROBLEMATIC_RULES: tuple[Rule, ...] = (
    Rule("unlabelled_correct", lambda facts: facts.no_label & facts.is_target),
    Rule("unlabelled_overlap", lambda facts: facts.no_label & facts.in_overlap),
    Rule("unlabelled_wrong", lambda facts: facts.no_label),
    _correct,
    _class_overlap,
    _multi_label,
    _fine_grained,
    Rule("similar_to_target", lambda facts: ~facts.target_in_multilabel & facts.shares_with_target),
    Rule("co_occurs_with_target", lambda facts: ~facts.target_in_multilabel & facts.pairs_with_target),
    _open_world,
    *_after_open_world,
)
"""The rules for images that the annotators called problematic; statistics leave these images out."""


def decide(facts: Facts) -> np.ndarray:
    """Return the outcome code of every (image, class) of a chunk.

    Without open-world evidence, answers that reach the open-world rule become `open_world_unchecked`, with what the
    later rules say as the provisional category.

    Returns
    -------
    numpy.ndarray
        uint8, shape (images, classes); codes of `errata.atlas.outcomes`.
    """
    return np.where(facts.is_problematic, _first_that_holds(PROBLEMATIC_RULES, facts), _first_that_holds(RULES, facts))


def _first_that_holds(rules: tuple[Rule, ...], facts: Facts) -> np.ndarray:
    reached = np.ones_like(facts.is_target)
    outcomes = np.zeros(facts.is_target.shape, dtype=np.uint8)
    unchecked = False
    for rule in rules:
        if rule is _open_world and facts.is_oov is None:
            unchecked = True
            continue
        code = CODES[OPEN_WORLD_UNCHECKED, rule.name] if unchecked else CODES[rule.name, None]
        here = reached & rule.holds(facts)
        outcomes[here] = code
        reached &= ~here
    return outcomes
