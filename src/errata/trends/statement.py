"""A statement about a set of models: numbers with intervals, and whether it holds by a criterion that is written down.

The words are made from the numbers (`errata.trends.words`), never the other way round.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from errata.tables import check_table
from errata.trends.jackknife import Estimate
from errata.trends.tables import STATEMENTS

VERDICTS = ("yes", "no", "cannot tell")

FEWEST_MODELS = 20
"""With fewer models no statement is made."""


@dataclass(frozen=True)
class Measure:
    """A number of a statement; `decides` if the criterion looks at it."""

    name: str
    unit: str
    estimate: Estimate
    decides: bool = False


@dataclass(frozen=True)
class Statement:
    """What one set of models says about one question.

    Attributes
    ----------
    name, group, category : str
        Which claim (`errata.trends.claims`), in which group, about which category; `category` may be empty.
    models, blocks : int
        How many models were used, of how many kinds.
    holds : str
        One of `VERDICTS`.
    measures : tuple of Measure
        The first is the one that matters most.
    why : str
        Why nothing could be computed, if so.
    """

    name: str
    group: str
    category: str
    models: int
    blocks: int
    holds: str
    measures: tuple[Measure, ...] = ()
    why: str = ""

    def of(self, measure: str) -> Estimate:
        """Return a measure's estimate.

        Raises
        ------
        KeyError
            If the statement has no such measure.
        """
        found = [each.estimate for each in self.measures if each.name == measure]
        if not found:
            raise KeyError(f"statement '{self.name}' has no measure '{measure}'")
        return found[0]


def above(estimate: Estimate, bound: float) -> str:
    """Return whether a number is above a bound: yes or no if its whole interval is on one side of it."""
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return "cannot tell"
    return "yes" if estimate.low > bound else "no" if estimate.high < bound else "cannot tell"


def below(estimate: Estimate, bound: float) -> str:
    """Return whether a number is below a bound: yes or no if its whole interval is on one side of it."""
    return above(estimate.negative, -bound)


def all_of(verdicts: Iterable[str]) -> str:
    """Return `yes` if all are, `no` if one is, else `cannot tell`."""
    verdicts = list(verdicts)
    if "no" in verdicts:
        return "no"
    return "yes" if verdicts and all(verdict == "yes" for verdict in verdicts) else "cannot tell"


def statement_table(sets: dict[str, Iterable[Statement]]) -> pl.DataFrame:
    """Return table `STATEMENTS` of the statements about each set of models, `published` or `here`."""
    rows = []
    for models_from, statements in sets.items():
        for each in statements:
            about = (models_from, each.name, each.group, each.category)
            end = (each.models, each.blocks, each.holds, each.why or None)
            rows += [
                (*about, part.name, part.unit, part.decides, *map(_known, _limits(part.estimate)), *end)
                for part in each.measures
            ]
            if not each.measures:
                rows.append((*about, "none", "none", True, None, None, None, *end))
    schema = {name: column.dtype for name, column in STATEMENTS.columns.items()}
    return check_table(pl.DataFrame(rows, schema=schema, orient="row"), STATEMENTS, where="statements")


def _limits(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
