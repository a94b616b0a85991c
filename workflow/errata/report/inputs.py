"""What a report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from errata.atlas.atlas import Atlas
from errata.published.trend import BEYOND_OPEN_WORLD


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
    """

    name: str
    dataset: str
    dataset_images: int
    annotated_images: int
    problematic_images: int
    undefined: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)

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
    )


@dataclass(frozen=True)
class ReportInputs:
    """Everything that a report shows.

    Attributes
    ----------
    profile, pooled : polars.DataFrame
        Tables `errata.tables.PROFILE`, with its shares and intervals, and `POOLED`.
    atlas : AtlasFacts
    comparison, published : polars.DataFrame, optional
        Tables `errata.published.trend.COMPARISON` and `errata.tables.PUBLISHED`.
    diagnoses : mapping of str to sequence of str
        What the doctor found in each model's predictions, in sentences.
    left_out : polars.DataFrame, optional
        `model, reason, images`: how many images of a model's predictions were left out, and why.
    provenance : mapping
        Inputs and settings, shown as they are; must not hold the time, so that a report can be built again exactly.
    title : str
    """

    profile: pl.DataFrame
    pooled: pl.DataFrame
    atlas: AtlasFacts
    comparison: pl.DataFrame | None = None
    published: pl.DataFrame | None = None
    diagnoses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left_out: pl.DataFrame | None = None
    provenance: Mapping[str, object] = field(default_factory=dict)
    title: str = "What kind of mistakes?"
