"""Which images of a data set are annotated."""

import polars as pl

from errata.errors import InputError
from errata.labels.tables import ANNOTATED


def annotated_images(targets: pl.DataFrame, multilabels: pl.DataFrame) -> pl.DataFrame:
    """Return the images that have multi-labels: the table `errata.labels.tables.ANNOTATED`, by position.

    Parameters
    ----------
    targets : polars.DataFrame
        The table `errata.labels.tables.TARGETS`: every image of the data set.
    multilabels : polars.DataFrame
        What `errata.labels.multilabels.read_multilabels` returned.

    Raises
    ------
    InputError
        If the multi-labels name an image that the data set does not have, or none.
    """
    annotated = targets.join(multilabels, on="file_name", how="semi").sort("position").select(*ANNOTATED.columns)
    if not annotated.height or annotated.height < multilabels.height:
        raise InputError(
            f"the multi-labels have {multilabels.height} images, {annotated.height} of which the data set has; do they "
            "belong to another data set?"
        )
    return annotated
