"""The label table of a data set: everything known about its annotated images."""

import polars as pl

from errata.errors import InputError
from errata.labels.experts import non_prototypical
from errata.labels.tables import LABELS
from errata.tables import CLASS_ID


def build_labels(
    targets: pl.DataFrame, *, multilabels: pl.DataFrame | None, experts: pl.DataFrame | None
) -> pl.DataFrame:
    """Put targets, multi-labels and expert lists of a data set together.

    Parameters
    ----------
    targets : polars.DataFrame
        `file_name`, `position`, `target` of every image (`errata.labels.targets`).
    multilabels : polars.DataFrame or None
        What `read_multilabels` returned. None: every image counts as annotated with its target alone, none is
        problematic.
    experts : polars.DataFrame or None
        What `read_experts` returned. None: whether an image is non-prototypical is undefined.

    Returns
    -------
    polars.DataFrame
        The table `errata.labels.tables.LABELS`, annotated images only, by file name.

    Raises
    ------
    InputError
        If the multi-labels or expert lists name an image that the data set does not have, or the multi-labels of an
        image that is not problematic lack its target.
    """
    if multilabels is None:
        labels = targets.with_columns(
            multi_labels=pl.concat_list("target"),
            unclear_labels=pl.lit([], dtype=pl.List(CLASS_ID)),
            is_problematic=pl.lit(value=False),
            is_imagenet_m=pl.lit(None, dtype=pl.Boolean),
        )
    else:
        _refuse_strangers(multilabels["file_name"], targets["file_name"], what="multi-labels")
        labels = targets.join(multilabels, on="file_name")
        _refuse_lost_targets(labels)
    if experts is None:
        labels = labels.with_columns(
            is_non_prototypical=pl.lit(None, dtype=pl.Boolean),
            non_prototypical_source=pl.lit(None, dtype=pl.String),
        )
    else:
        _refuse_strangers(experts["file_name"], targets["file_name"], what="expert lists")
        labels = labels.join(non_prototypical(experts), on="file_name", how="left").with_columns(
            is_non_prototypical=pl.col("non_prototypical_source").is_not_null()
        )
    return labels.sort("file_name").select(*LABELS.columns)


def _refuse_strangers(names: pl.Series, known: pl.Series, *, what: str) -> None:
    strangers = names.filter(~names.is_in(known.to_list()))
    if len(strangers):
        raise InputError(
            f"the {what} name the image {strangers[0]}, which the data set does not have ({len(strangers)} images like "
            "this); do they belong to another data set?"
        )


def _refuse_lost_targets(labels: pl.DataFrame) -> None:
    lost = labels.filter(~pl.col("is_problematic") & ~pl.col("multi_labels").list.contains(pl.col("target")))
    if lost.height:
        raise InputError(
            f"the multi-labels of {lost['file_name'][0]} lack its target, class {lost['target'][0]}, and the image is "
            f"not marked as problematic ({lost.height} images like this); mark it as problematic or add the label."
        )
