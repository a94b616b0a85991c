"""The results of a classification, written or not: every table is made when it is first asked for."""

from functools import cached_property
from pathlib import Path

import polars as pl

from errata import __version__
from errata.atlas.compiled import Atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.classification import Classification
from errata.mistakes.listing import Mistakes, list_mistakes
from errata.predictions.tables import ERRORS, PROBLEMATIC
from errata.profiles.answers import answered_all, rows_of_errors, rows_of_problematic
from errata.results import Results
from errata.tables import scan_table
from errata.trends.estimate import estimate_unchecked
from errata.trends.lines import compare as compare_published
from errata.trust.chance import Chance, measure_chance
from errata.trust.fidelity import check_fidelity


class ClassifiedResults(Results):
    """The results of a classification, whose tables are made when they are first asked for.

    Parameters
    ----------
    classification : Classification
        Its atlas must have been read from a file: evidence and verdicts are read from beside it.
    folder : path, optional
        Where the classification and its atlas were written: large tables are then read from there.
    published : polars.DataFrame, optional
        The published models to compare with (`errata.published.tables.PUBLISHED`); None for none.
    known
        Any attribute, as of `Results`.
    """

    def __init__(
        self,
        classification: Classification,
        folder: Path | None = None,
        *,
        published: pl.DataFrame | None,
        **known: object,
    ) -> None:
        """Take over the tables that are there; the others follow from them."""
        self.classification = classification
        made = {name: getattr(classification, name) for name in ("atlas", "profile", "pooled", "what_if")}
        super().__init__(
            folder,
            files=_files_of(classification.atlas) if folder is None else None,
            provenance={"errata": __version__, "inputs": classification.inputs},
            diagnoses=list(classification.diagnoses),
            published=published,
            **made,
            **known,
        )

    @cached_property
    def errors(self) -> pl.LazyFrame:
        """Images that count and whose prediction is not the target."""
        if "errors" in self.files:
            return scan_table(ERRORS, self.files["errors"])
        return pl.concat(rows_of_errors(self.atlas, self.classification.answers)).lazy()

    @cached_property
    def problematic(self) -> pl.LazyFrame:
        """Outcomes of the problematic images."""
        if "problematic" in self.files:
            return scan_table(PROBLEMATIC, self.files["problematic"])
        return pl.concat(rows_of_problematic(self.atlas, self.classification.answers)).lazy()

    @cached_property
    def mistakes(self) -> Mistakes | None:
        """What the mistakes of the models are together; None where there is no evidence."""
        models = answered_all(self.atlas, self.profile)
        if self.evidence is None or not models:
            return None
        return list_mistakes(self.errors, models, self.atlas, self.evidence)

    @cached_property
    def comparison(self) -> pl.DataFrame | None:
        """Where the models stand among the published ones."""
        return None if self.published is None else compare_published(self.profile, self.published, self.trends)

    @cached_property
    def estimate(self) -> pl.DataFrame | None:
        """How unchecked errors would split, estimated from published models."""
        return None if self.published is None else estimate_unchecked(self.profile, self.published)

    @cached_property
    def fidelity(self) -> pl.DataFrame | None:
        """How the counts agree with published ones of the same models."""
        return None if self.published is None else check_fidelity(self.profile, self.published)

    @cached_property
    def _by_chance(self) -> Chance:
        return measure_chance(self.atlas, self.errors, profile=self.profile, pooled=self.pooled)

    @cached_property
    def chance(self) -> pl.DataFrame:
        """The shares that wrong answers by chance would give."""
        return self._by_chance.pooled

    @cached_property
    def model_chance(self) -> pl.DataFrame:
        """The same of every model."""
        return self._by_chance.models


def _files_of(atlas: Atlas) -> dict:
    """Return the atlas's own file and those of the files beside it that are there, by name."""
    files = {"atlas": atlas.file, "evidence": evidence_path(atlas.file), "verdicts": verdicts_path(atlas.file)}
    return {name: path for name, path in files.items() if path.is_file()}
