"""What to expect of the models of a run. No heavy imports: every Snakemake job may read this."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from errata.model_facts import Facts
from errata.published.paper import PaperModel

EXPECTED_ON = "imagenet"
"""The accuracies of the model sheet are on the data set whose published tables have this name."""


@dataclass(frozen=True)
class Expected:
    """What to expect of a model, None where nothing is known.

    Attributes
    ----------
    top1 : float or None
        Per cent, over all images of the data set.
    source : str or None
        Who published it.
    published : str or None
        Name of the same weights in the paper's tables.
    """

    top1: float | None = None
    source: str | None = None
    published: str | None = None


def expectations(
    models: Iterable[str],
    *,
    published_tables: str | None,
    facts: Mapping[str, Facts],
    paper: Iterable[PaperModel],
) -> dict[str, Expected]:
    """Return what to expect of models on a data set; models of which nothing is known are left out.

    Parameters
    ----------
    models : iterable of str
        Names of the models that are run.
    published_tables : str or None
        Which of the paper's tables belong to the data set; None: none do.
    facts : mapping
        What the model sheet knows, by name.
    paper : iterable of PaperModel
        The paper's models.
    """
    published = {row.model: row.published for row in paper if row.model} if published_tables else {}
    known = {}
    for name in models:
        fact = facts.get(name, Facts()) if published_tables == EXPECTED_ON else Facts()
        expected = Expected(fact.expected_top1, fact.expected_from, published.get(name))
        if expected != Expected():
            known[name] = expected
    return known
