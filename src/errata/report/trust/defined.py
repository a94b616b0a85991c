"""What the page shows of what is defined on which data set."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.report.categories import LOOKS

_WORDS = {
    "problematic_images": "problematic images",
    "imagenet_m_errors": "errors on ImageNet-M",
    "published_comparison": "comparison with the paper's models",
    "expert_agreement": "agreement with experts",
    "label_set_swap": "another label set",
    "truth_test": "truth test",
}


@dataclass(frozen=True)
class DefinedView:
    """A table: data sets (name, title, whether in the run), and for every quantity its row of each data set."""

    datasets: list[tuple[str, str, bool]]
    quantities: list[tuple[str, list[Mapping]]]


def defined_view(defined: pl.DataFrame) -> DefinedView:
    """Return what is shown of the table `errata.trust.tables.DEFINED`."""
    datasets = defined.select("dataset", "title", "in_run").unique(maintain_order=True).rows()
    cells = {(row["dataset"], row["quantity"]): row for row in defined.to_dicts()}
    names = defined["quantity"].unique(maintain_order=True)
    return DefinedView(datasets, [(_words(name), [cells[dataset, name] for dataset, *_ in datasets]) for name in names])


def _words(quantity: str) -> str:
    return _WORDS.get(quantity) or LOOKS[quantity].label
