"""The compiled atlas in memory and on disk.

The file is self-contained: a Parquet table with one row per annotated image and, in its key-value metadata under
`errata.atlas`, a JSON object with the classes, the outcomes, which categories are undefined on this data set, and
where everything came from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.outcomes import OUTCOMES, Outcome
from errata.atlas.tables import ATLAS
from errata.errors import InputError
from errata.provenance import inputs_note
from errata.tables import read_metadata, read_table, write_table

METADATA_KEY = "errata.atlas"


@dataclass(frozen=True)
class Atlas:
    """Error atlas of a data set: all that classifying predictions needs.

    Attributes
    ----------
    name, dataset : str
        Which atlas of which data set.
    images : polars.DataFrame
        One row per annotated image: the columns of `errata.atlas.tables.ATLAS`.
    outcomes : numpy.ndarray
        uint8, shape (images, classes): the outcome code of every possible prediction, in the order of `images`.
    classes : polars.DataFrame
        `class_id`, `wnid`, `name`, `lemmas`, `group`, in class-id order.
    dataset_images : int
        Number of images in the whole data set, annotated or not. `images["position"]` ranks the annotated ones
        among them.
    undefined : tuple of str
        Categories and provisional columns that cannot be decided on this data set or by this atlas; their counts are
        null, never 0.
    provenance : dict
        Where everything came from: settings and hashes of the inputs.
    unreadable : tuple of (str, str)
        Annotated images that cannot be read and are left out, with the problem.
    """

    name: str
    dataset: str
    images: pl.DataFrame
    outcomes: np.ndarray
    classes: pl.DataFrame
    dataset_images: int
    undefined: tuple[str, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def outcome_list(self) -> tuple[Outcome, ...]:
        """The outcomes that the codes stand for."""
        return OUTCOMES

    @property
    def targets(self) -> np.ndarray:
        """int16, shape (images,): the target class of every annotated image."""
        return self.images["target"].to_numpy()

    def in_group(self, group: str) -> np.ndarray:
        """Return a bool mask, shape (images,), of the images in `group` (one of `errata.groups.GROUPS`)."""
        if group == "all":
            return np.ones(self.images.height, dtype=bool)
        return self.images[f"in_{group}"].to_numpy()


def write_atlas(atlas: Atlas, path: Path | str) -> None:
    """Write `atlas` to `path`, whole or not at all."""
    frame = atlas.images.with_columns(pl.Series("outcomes", atlas.outcomes))
    notes = {
        "name": atlas.name,
        "dataset": atlas.dataset,
        "dataset_images": atlas.dataset_images,
        "undefined": list(atlas.undefined),
        "classes": atlas.classes.to_dicts(),
        "outcomes": [outcome.as_dict() for outcome in OUTCOMES],
        "provenance": dict(atlas.provenance),
        **({"unreadable": atlas.unreadable} if atlas.unreadable else {}),
    }
    inputs = atlas.provenance.get("inputs", {})
    write_table(
        frame, ATLAS, path, metadata={METADATA_KEY: json.dumps(notes, ensure_ascii=False), **inputs_note(inputs)}
    )


def read_atlas(path: Path | str) -> Atlas:
    """Read an atlas.

    Raises
    ------
    InputError
        If the file is missing, is no atlas, or was written with other outcomes than this version of Errata knows.
    """
    metadata = read_metadata(path)
    if METADATA_KEY not in metadata:
        raise InputError(f"{path}: expected an Errata atlas, found a Parquet file without the metadata of one.")
    notes = json.loads(metadata[METADATA_KEY])
    if notes["outcomes"] != [outcome.as_dict() for outcome in OUTCOMES]:
        raise InputError(
            f"{path}: its outcomes are not those of this version of Errata. Compile the atlas again with this version."
        )
    frame = read_table(ATLAS, path)
    classes = pl.DataFrame(
        notes["classes"],
        schema={
            "class_id": pl.Int16,
            "wnid": pl.String,
            "name": pl.String,
            "lemmas": pl.List(pl.String),
            "group": pl.String,
        },
    )
    outcomes = frame["outcomes"].to_numpy() if "outcomes" in frame.columns else np.empty((0, 0), np.uint8)
    if outcomes.dtype != np.uint8 or outcomes.shape != (frame.height, classes.height):
        raise InputError(
            f"{path}: column 'outcomes' must hold {classes.height} uint8 codes per image, "
            f"found {outcomes.dtype} of shape {outcomes.shape}."
        )
    if outcomes.size and int(outcomes.max()) >= len(OUTCOMES):
        raise InputError(f"{path}: column 'outcomes' has code {int(outcomes.max())}, which no outcome has.")
    return Atlas(
        name=notes["name"],
        dataset=notes["dataset"],
        images=frame.drop("outcomes"),
        outcomes=outcomes,
        classes=classes,
        dataset_images=notes["dataset_images"],
        undefined=tuple(notes["undefined"]),
        provenance=notes["provenance"],
        unreadable=tuple((file_name, problem) for file_name, problem in notes.get("unreadable", [])),
    )
