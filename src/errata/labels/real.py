"""ReaL: re-assessed labels of the ImageNet validation set (Beyer et al. 2020)."""

import json
from pathlib import Path

import polars as pl

from errata.errors import InputError
from errata.tables import CLASS_ID


def read_real(path: Path | str, targets: pl.DataFrame) -> pl.DataFrame:
    """Read ReaL labels and put them beside the targets.

    Parameters
    ----------
    path : path
        The JSON list of 50,000 lists of class ids, in the order of the validation file names.
    targets : polars.DataFrame
        `file_name`, `position`, `target` of the whole data set; the position says which list is the image's.

    Returns
    -------
    polars.DataFrame
        `file_name`, `target`, `real_labels` (list of int16, empty where no label holds).

    Raises
    ------
    InputError
        If the file is no such list or its length is not the number of images.
    """
    try:
        lists = json.loads(Path(path).read_text(encoding="utf-8"))
        labels = pl.Series("real_labels", lists, dtype=pl.List(CLASS_ID))
    except (json.JSONDecodeError, TypeError, pl.exceptions.PolarsError) as error:
        raise InputError(f"{path}: expected a JSON list with a list of class ids per image ({error}).") from error
    if len(labels) != targets.height:
        raise InputError(
            f"{path}: expected {targets.height} lists, one per image of the data set, found {len(labels)}."
        )
    return targets.sort("position").select("file_name", "target").with_columns(labels)
