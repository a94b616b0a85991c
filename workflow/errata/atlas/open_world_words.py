"""What the open world said about one answer, gathered from the tables beside an atlas."""

from dataclasses import dataclass

import polars as pl

from errata.classes.wordnet import wnid_of


@dataclass(frozen=True)
class OpenWorldFacts:
    """The nearest training images of an image, and what competed for one prediction.

    Attributes
    ----------
    neighbours : list of (str, int, float or None)
        Rank and name of the training image, its class, and the cosine if it is known; nearest first.
    verdict : dict or None
        The row of `errata.tables.VERDICTS`; None where no neighbour opened the visual gate, or the prediction shares
        a superclass with the target.
    """

    neighbours: list[tuple[str, int, float | None]]
    verdict: dict | None

    @property
    def is_oov(self) -> bool:
        """Whether the image shows something out of vocabulary near the prediction."""
        return self.verdict is not None and self.verdict["is_oov"]

    @property
    def best(self) -> list[tuple[str, str, float]]:
        """The best synsets: wnid, best lemma name, probability."""
        columns = (self.verdict[name] for name in ("best_offsets", "best_lemmas", "best_probabilities"))
        return [(wnid_of(offset), lemma, probability) for offset, lemma, probability in zip(*columns, strict=True)]

    @property
    def winner(self) -> str:
        """The best synset in words."""
        wnid, lemma, probability = self.best[0]
        return f"{lemma} [{wnid}] ({probability:.0%})"


def open_world_facts(verdict: pl.DataFrame, about_image: pl.DataFrame) -> OpenWorldFacts:
    """Gather the facts about an answer.

    Parameters
    ----------
    verdict : polars.DataFrame
        The one row of `errata.tables.VERDICTS` about it, or none.
    about_image : polars.DataFrame
        The rows of `errata.tables.EVIDENCE` about the image.
    """
    neighbours = about_image.filter(kind="neighbour")
    ranked = neighbours.sort(pl.col("text").str.split(" ").list.first().cast(pl.Int64))
    return OpenWorldFacts(
        neighbours=ranked.select("text", "class_a", "number").rows(),
        verdict=verdict.row(0, named=True) if verdict.height else None,
    )
