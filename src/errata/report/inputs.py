"""What a report is made from."""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas
from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.error_files import MOST_MODELS
from errata.groups import GROUPS
from errata.mistakes.listing import Mistakes
from errata.predictions.findings import Diagnosis, Finding
from errata.report.pictures import PictureSource
from errata.trust.gathered import TrustTables


@dataclass(frozen=True)
class AtlasFacts:
    """What the report says about the atlas.

    Attributes
    ----------
    name, dataset : str
        Which atlas of which data set.
    dataset_images, annotated_images, problematic_images : int
        Images in the data set; those in the atlas; those among them that no statistic counts.
    undefined : tuple of str
        Categories that cannot be decided on the data set or in this atlas.
    provenance : mapping
        Where the atlas came from.
    unreadable : tuple of (str, str)
        Annotated images that cannot be read, with the problem.
    """

    name: str
    dataset: str
    dataset_images: int
    annotated_images: int
    problematic_images: int
    undefined: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def open_world_checked(self) -> bool:
        """Whether the atlas tells apart what needs the open-world check."""
        return "fine_grained_oov" not in self.undefined

    @property
    def undefined_on_dataset(self) -> tuple[str, ...]:
        """The categories that no atlas of the data set can have; others only lack the open-world check."""
        without_multilabels = ("multi_label", "non_prototypical") if "multi_label" in self.undefined else ()
        return tuple(
            name
            for name in self.undefined
            if name in without_multilabels or self.open_world_checked or name not in BEYOND_OPEN_WORLD
        )

    def why_missing(self, category: str) -> str:
        """Say why a category has no counts."""
        if category in self.undefined_on_dataset:
            return "undefined on this data set"
        return "not checked in this atlas"


def atlas_facts(atlas: Atlas) -> AtlasFacts:
    """Return what the report says about `atlas`."""
    return AtlasFacts(
        name=atlas.name,
        dataset=atlas.dataset,
        dataset_images=atlas.dataset_images,
        annotated_images=atlas.images.height,
        problematic_images=int(atlas.images["is_problematic"].sum()),
        undefined=tuple(atlas.undefined),
        provenance=dict(atlas.provenance),
        unreadable=atlas.unreadable,
    )


def read_diagnoses(path: Path | str) -> list[Diagnosis]:
    """Read the doctor's diagnoses from JSON, as `errata.classification` writes them."""
    listed = json.loads(Path(path).read_text(encoding="utf-8"))
    names = [field.name for field in dataclasses.fields(Diagnosis)]
    return [
        Diagnosis(
            **{name: entry[name] for name in names if name not in ("path", "findings")},
            path=Path(entry["path"]),
            findings=tuple(Finding(**finding) for finding in entry["findings"]),
        )
        for entry in listed
    ]


def left_out(diagnoses: Iterable[Diagnosis], *, problematic_images: int) -> pl.DataFrame:
    """Return how many images of each model's predictions no statistic counts, and why: `model, reason, images`."""
    rows = []
    for diagnosis in diagnoses:
        if not diagnosis.is_usable:
            rows.append((diagnosis.model, "refused by the doctor", diagnosis.rows))
            continue
        rows.append((diagnosis.model, "problematic images", problematic_images))
        rows.append((diagnosis.model, "images outside the annotated set", diagnosis.rows_outside))
    schema = {"model": pl.String, "reason": pl.String, "images": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").filter(pl.col("images") > 0)


def notes_of(diagnoses: Iterable[Diagnosis]) -> dict[str, tuple[str, ...]]:
    """Return what the doctor found in each model's predictions, in sentences; models without findings are left out."""
    return {
        diagnosis.model: tuple(finding.message for finding in diagnosis.findings)
        for diagnosis in diagnoses
        if diagnosis.findings
    }


@dataclass(frozen=True)
class ReportInputs:
    """Everything that a report shows.

    Attributes
    ----------
    profile, pooled : polars.DataFrame
        Tables `errata.profile.tables.PROFILE`, with its shares and intervals, and `POOLED`.
    atlas : AtlasFacts
    comparison, published : polars.DataFrame, optional
        Tables `errata.published.tables.COMPARISON` and `errata.published.tables.PUBLISHED`.
    accuracy : polars.DataFrame, optional
        Table `errata.accuracy.table.ACCURACY`, of the models that were run.
    diagnoses : mapping of str to sequence of str
        What the doctor found in each model's predictions, in sentences.
    left_out : polars.DataFrame, optional
        `model, reason, images`: how many images of a model's predictions were left out, and why.
    soft_profile : polars.DataFrame, optional
        Table `errata.profile.tables.SOFT_PROFILE` of the same models.
    what_if : polars.DataFrame, optional
        Table `errata.profile.tables.WHAT_IF` of the same models.
    recall, planted : polars.DataFrame, optional
        Tables `errata.truth.tables.RECALL` (of every atlas of the data set) and `PLANTED`, where causes were planted.
    pictures : PictureSource, optional
        The images, if small copies of a few of them may be shown.
    errors : polars.LazyFrame, optional
        Table `errata.predictions.tables.ERRORS` of the same models; it can be large, so read only what a page needs.
    problematic : polars.LazyFrame, optional
        Table `errata.predictions.tables.PROBLEMATIC` of the same models.
    mistakes : Mistakes, optional
        What the mistakes of these models are together.
    descriptions : polars.DataFrame, optional
        What is known of these models besides their errors: `model` and columns of `errata.trends.cloud.DESCRIPTIONS`.
    atlas_file : path, optional
        The atlas; its evidence and verdicts lie beside it (`errata.atlas.evidence`).
    trust : TrustTables
        What is known about how far the categories can be trusted.
    error_files : int
        Up to so many models, the report holds a file of every model's errors.
    manifest : mapping, optional
        What the report is made from (`errata.manifest`).
    provenance : mapping
        Inputs and settings, shown as they are; must not hold the time, so that a report can be built again exactly.
    title : str
    """

    profile: pl.DataFrame
    pooled: pl.DataFrame
    atlas: AtlasFacts
    comparison: pl.DataFrame | None = None
    published: pl.DataFrame | None = None
    accuracy: pl.DataFrame | None = None
    diagnoses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left_out: pl.DataFrame | None = None
    soft_profile: pl.DataFrame | None = None
    what_if: pl.DataFrame | None = None
    recall: pl.DataFrame | None = None
    planted: pl.DataFrame | None = None
    pictures: PictureSource | None = None
    errors: pl.LazyFrame | None = None
    problematic: pl.LazyFrame | None = None
    mistakes: Mistakes | None = None
    descriptions: pl.DataFrame | None = None
    atlas_file: Path | None = None
    trust: TrustTables = field(default_factory=TrustTables)
    error_files: int = MOST_MODELS
    manifest: Mapping[str, object] | None = None
    provenance: Mapping[str, object] = field(default_factory=dict)
    title: str = "What kind of mistakes?"


def defined_categories(inputs: ReportInputs) -> list[str]:
    """Return the categories that have counts; a checked atlas has unchecked errors only where there are any."""
    return [
        name
        for name in CATEGORY_COLUMNS
        if inputs.profile[name].is_not_null().any()
        and not (name == OPEN_WORLD_UNCHECKED and inputs.atlas.open_world_checked and not inputs.profile[name].sum())
    ]


def present_groups(inputs: ReportInputs) -> list[str]:
    """Return the groups of images that the profile has, in the report's order."""
    return [group for group in GROUPS if group in set(inputs.profile["group"])]


def split_categories(inputs: ReportInputs) -> list[str]:
    """Return the provisional categories that unchecked errors are split into; none where every error was checked."""
    known = [name for name in PROVISIONAL_COLUMNS if name in inputs.profile.columns]
    return known if any(inputs.profile[name].sum() for name in known) else []
