"""What the page shows of the published counts beside ours."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import OPEN_WORLD_UNCHECKED
from errata.report.categories import GROUP_NAMES, LOOKS
from errata.report.numerals import counted, whole

MOST_ROWS = 60
"""Rows on the page, those with differences first; the data have all."""

_WORDS = {
    "images": "images",
    "correct": "correct",
    "top1_errors": "top-1 errors",
    OPEN_WORLD_UNCHECKED: "not checked; the paper's sum of the last four",
    "mla": "MLA",
    "mla_minor": "MLA, minor errors forgiven",
    "mla_explainable": "MLA, explainable errors forgiven",
}


@dataclass(frozen=True)
class FidelityView:
    """Counts of models that a published model matches.

    Attributes
    ----------
    quantities : list of (str, str)
        Name in the table and in words.
    rows : list of (str, str, str, dict)
        Model, published model, group in words, and quantity -> row of `errata.trust.tables.FIDELITY`.
    models, figures, exact, largest_difference, all_rows
        How many models and figures there are, how many figures are exact, by how much a count differs at most, and
        how many rows there would be in all.
    """

    quantities: list[tuple[str, str]]
    rows: list[tuple[str, str, str, Mapping[str, Mapping]]]
    models: int
    figures: int
    exact: int
    largest_difference: float
    all_rows: int

    @property
    def finding(self) -> str:
        """In a sentence."""
        text = (
            f"{counted(self.models, 'model')} of this report made the predictions that the "
            f"paper used. Of {whole(self.figures)} published figures about them {whole(self.exact)} are met exactly"
        )
        if self.exact == self.figures:
            return f"{text}."
        return f"{text}; the others differ by {self.largest_difference:,.4g} at most."


def fidelity_view(fidelity: pl.DataFrame) -> FidelityView | None:
    """Return what is shown of the counts, or None if no published model was matched."""
    if fidelity.is_empty():
        return None
    rows = [
        (model, published, GROUP_NAMES[group], {row["quantity"]: row for row in part.to_dicts()})
        for (model, published, group), part in fidelity.group_by(
            "model", "published_model", "group", maintain_order=True
        )
    ]
    shown = sorted(rows, key=lambda row: all(cell["is_exact"] for cell in row[3].values()))
    return FidelityView(
        quantities=[(name, _words(name)) for name in fidelity["quantity"].unique(maintain_order=True)],
        rows=shown[:MOST_ROWS],
        models=fidelity["model"].n_unique(),
        figures=fidelity.height,
        exact=int(fidelity["is_exact"].sum()),
        largest_difference=float(fidelity["difference"].abs().max()),
        all_rows=len(rows),
    )


def _words(quantity: str) -> str:
    return _WORDS.get(quantity) or LOOKS[quantity].label
