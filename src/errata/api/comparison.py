"""Comparisons of two models on the same images."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from errata.api.notebook import text_html
from errata.categories import accuracy_words
from errata.classification import Classification
from errata.errors import InputError
from errata.paired.compare import PairedComparison, compare_pair, pair_answers
from errata.paired.layout import comparison_markdown, comparison_text, comparison_values, write_comparison
from errata.predictions.findings import marks_of
from errata.unfinished import unfinished

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Comparison:
    """Model B compared with model A on the same images.

    `errata.compare` and `errata.Profile.compare` make it. It prints as text: accuracies, categories, and what became
    milder or more severe.

    Attributes
    ----------
    paired : errata.paired.compare.PairedComparison
        All that is behind it.

    Examples
    --------
    >>> comparison = errata.compare("resnet50.csv", "vit.csv")
    >>> comparison.models
    ('resnet50', 'vit')
    >>> comparison.word
    'better'
    >>> row = comparison.table.filter(group="all", statistic="mla").row(0, named=True)
    >>> row["low"] < row["difference"] < row["high"]
    True
    """

    def __init__(self, paired: PairedComparison) -> None:
        """Show a comparison."""
        self.paired = paired

    @property
    def models(self) -> tuple[str, str]:
        """The names of A and B."""
        return self.paired.models

    @property
    def word(self) -> str:
        """Whether B is `better` or `worse` than A by its MLA, or `cannot tell`: no significant difference."""
        return self.paired.word

    @property
    def table(self) -> pl.DataFrame:
        """Every difference: one row per group and statistic, with its 95 % interval, p value and a word.

        `docs/tables.md` says what every column is, under `paired_differences`.
        """
        return self.paired.differences

    def plot(self, path: str | Path | None = None, *, width: str = "column", **options: Any) -> "Figure":
        """Draw both models' kinds of errors and the differences; `errata.Profile.plot` has the parameters."""
        # loads matplotlib, which the rest does without
        from errata.drawing.style import write_figure
        from errata.figures import draw_compare

        figure = draw_compare(self.paired, width=width, **options)
        if path is not None:
            write_figure(figure, path)
        return figure

    def save(self, folder: str | Path) -> None:
        """Write the tables into a folder, every image whose outcome changed among them."""
        with unfinished(Path(folder)):
            write_comparison(self.paired, Path(folder))

    def to_markdown(self) -> str:
        """Return the comparison as Markdown, for a pull request."""
        return comparison_markdown(self.paired)

    def to_dict(self) -> dict:
        """Return the comparison as plain values."""
        return comparison_values(self.paired)

    @cached_property
    def _text(self) -> str:
        return comparison_text(self.paired)

    def __str__(self) -> str:
        """Return the comparison as text for a terminal."""
        return self._text

    def __repr__(self) -> str:
        """Return the comparison in one line."""
        a, b = self.models
        row = self.paired.row("all", "mla")
        return (
            f"<Comparison of {b} with {a}: {self.word.replace('cannot tell', 'no significant difference')}, "
            f"{accuracy_words(self.paired.atlas.undefined).mla} "
            f"{row['difference']:+.2f} points ({row['low']:+.2f} to {row['high']:+.2f})>"
        )

    def _repr_html_(self) -> str:
        return text_html(self._text)


def compare_models(first: Classification, second: Classification) -> Comparison:
    """Compare two models, each classified alone.

    Raises
    ------
    InputError
        If their atlases differ, or they have no image in common.
    """
    of_first, of_second = first.atlas, second.atlas
    if (of_first.name, of_first.provenance) != (of_second.name, of_second.provenance):
        raise InputError(
            f"The two profiles are of different atlases: {of_first!r} and {of_second!r}. Profile both models with one."
        )
    (a, of_a), (b, of_b) = (
        (next(each for each in one.diagnoses if each.is_usable), one.answers.predictions[0]) for one in (first, second)
    )
    answers, diagnoses = pair_answers(first.atlas, (a, of_a), (b, of_b))
    return Comparison(compare_pair(first.atlas, answers, marks=marks_of(diagnoses)))
