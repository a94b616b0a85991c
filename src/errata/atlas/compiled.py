"""The compiled atlas in memory and on disk.

The file is self-contained: a Parquet table with one row per annotated image and, in its key-value metadata under
`errata.atlas`, a JSON object with the classes, the outcomes, which categories are undefined on this data set, and
where everything came from. It is sealed (`errata.atlas.seal`) and names the files beside it by hash.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.outcomes import OUTCOMES, Outcome
from errata.atlas.seal import BYTES_KEY, SEAL_KEY, UNSTAMPED, check_bytes, seal_of, stamp_bytes
from errata.atlas.tables import ATLAS
from errata.errors import InputError
from errata.files import open_file, sha256_of
from errata.groups import GROUPS
from errata.provenance import inputs_note
from errata.sheets import is_name
from errata.tables import read_metadata, read_table, write_table

METADATA_KEY = "errata.atlas"

BESIDE_KEY = "errata.beside"
"""Under this key an atlas has the SHA-256 of the files that belong to it: role -> hash."""


@dataclass(frozen=True, repr=False)
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
    beside : dict
        SHA-256 of the files beside the atlas's own: `evidence` and, where the open world was asked, `verdicts`.
    file : Path or None
        Where it was read from.
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
    beside: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """Return the atlas in one line."""
        images, classes = self.outcomes.shape
        return f"<Atlas '{self.name}' of {self.dataset}: {images:,} images, {classes:,} classes>"

    @property
    def outcome_list(self) -> tuple[Outcome, ...]:
        """The outcomes that the codes stand for."""
        return OUTCOMES

    @property
    def targets(self) -> np.ndarray:
        """int16, shape (images,): the target class of every annotated image."""
        return self.images["target"].to_numpy()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of images that statistics are given for: all, and those that the classes are sorted into."""
        named = self.classes["group"].unique(maintain_order=True).to_list()
        own = tuple(name for name in named if name and name not in GROUPS)
        if not set(named) & set(GROUPS):
            return ("all", *own)
        # a part of ImageNet may have dogs only, and artifacts on their images
        known = (name for name in GROUPS[1:] if name in named or self.images[f"in_{name}"].any())
        return ("all", *known, *own)

    def in_group(self, group: str) -> np.ndarray:
        """Return a bool mask, shape (images,), of the images in a group: those of which any label is in it."""
        if group == "all":
            return np.ones(self.images.height, dtype=bool)
        if f"in_{group}" in self.images.columns:
            return self.images[f"in_{group}"].to_numpy()
        members = self.classes.filter(pl.col("group") == group)["class_id"].to_list()
        return self.images["multi_labels"].list.eval(pl.element().is_in(members)).list.any().to_numpy()


def write_atlas(atlas: Atlas, path: Path | str, *, beside: Mapping[str, Path | str] | None = None) -> None:
    """Write `atlas` to `path`, sealed, whole or not at all.

    Parameters
    ----------
    atlas : Atlas
    path : path
    beside : mapping, optional
        `evidence` and `verdicts` -> the files that belong to the atlas, which must have been written.
    """
    frame = atlas.images.with_columns(pl.Series("outcomes", atlas.outcomes))
    notes = json.dumps(
        {
            "name": atlas.name,
            "dataset": atlas.dataset,
            "dataset_images": atlas.dataset_images,
            "undefined": list(atlas.undefined),
            "classes": atlas.classes.to_dicts(),
            "outcomes": [outcome.as_dict() for outcome in OUTCOMES],
            "provenance": dict(atlas.provenance),
            **({"unreadable": atlas.unreadable} if atlas.unreadable else {}),
        },
        ensure_ascii=False,
    )
    hashes = dict(atlas.beside) | {role: sha256_of(file) for role, file in (beside or {}).items()}
    metadata = {
        METADATA_KEY: notes,
        **inputs_note(atlas.provenance.get("inputs", {})),
        BESIDE_KEY: json.dumps(hashes),
        SEAL_KEY: seal_of(frame, notes),
        BYTES_KEY: UNSTAMPED,
    }
    write_table(frame, ATLAS, path, metadata=metadata, finish=stamp_bytes)


def read_atlas(path: Path | str) -> Atlas:
    """Read an atlas and check its seal and its rules.

    Raises
    ------
    InputError
        If the file is missing, damaged, no atlas, not sealed, was written with other outcomes than this version of
        Errata knows, or says what no atlas can say.
    """
    path = Path(path)
    with open_file(path, expected="an Errata atlas") as stream:
        is_stamped = check_bytes(stream, where=path)
    metadata = read_metadata(path)
    if METADATA_KEY not in metadata:
        raise InputError(f"{path}: expected an Errata atlas, found a Parquet file without the metadata of one.")
    version = metadata.get("errata.table_version")
    if version != str(ATLAS.version):
        raise InputError(
            f"{path}: the atlas is of version {version}, this version of Errata reads version {ATLAS.version}, whose "
            "atlases are sealed. Compile it again with this version."
        )
    if not is_stamped:
        raise InputError(
            f"{path}: the atlas carries no seal: it is damaged, or was not written by Errata. Get the file again, or "
            "compile it again."
        )
    notes = json.loads(metadata[METADATA_KEY])
    if notes["outcomes"] != [outcome.as_dict() for outcome in OUTCOMES]:
        raise InputError(
            f"{path}: its outcomes are not those of this version of Errata. Compile the atlas again with this version."
        )
    frame = read_table(ATLAS, path)
    if metadata[SEAL_KEY] != seal_of(frame, metadata[METADATA_KEY]):
        raise InputError(f"{path}: the atlas is damaged: its values are not those that were sealed. Compile it again.")
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
    atlas = Atlas(
        name=notes["name"],
        dataset=notes["dataset"],
        images=frame.drop("outcomes"),
        outcomes=frame["outcomes"].to_numpy(),
        classes=classes,
        dataset_images=notes["dataset_images"],
        undefined=tuple(notes["undefined"]),
        provenance=notes["provenance"],
        unreadable=tuple((file_name, problem) for file_name, problem in notes.get("unreadable", [])),
        beside=json.loads(metadata[BESIDE_KEY]),
        file=path,
    )
    for complaint in _complaints(atlas):
        raise InputError(f"{path}: {complaint} No atlas can be so: compile it again.")
    return atlas


def _complaints(atlas: Atlas) -> Iterator[str]:
    """Yield what contradicts the rules that every atlas is compiled by."""
    for name in (atlas.name, atlas.dataset):
        if not is_name(name):
            yield f"'{name}' cannot be the name of an atlas or data set."
    outcomes, targets = atlas.outcomes, atlas.targets
    class_count, image_count = atlas.classes.height, atlas.images.height
    if outcomes.dtype != np.uint8 or outcomes.shape != (image_count, class_count):
        yield (
            f"column 'outcomes' must hold {class_count} uint8 codes per image, found {outcomes.dtype} of shape "
            f"{outcomes.shape}."
        )
        return
    if atlas.classes["class_id"].to_list() != list(range(class_count)) or atlas.classes["wnid"].is_duplicated().any():
        yield f"its classes must have the ids 0 to {class_count - 1} and different wnids."
    if not image_count:
        return
    if int(targets.max()) >= class_count:
        yield f"target {int(targets.max())} is no class; there are {class_count}."
        return
    positions = atlas.images["position"].to_numpy()
    if not (np.diff(positions) > 0).all() or int(positions[-1]) >= atlas.dataset_images:
        yield f"the positions must rise from image to image and stay below {atlas.dataset_images}, their number."
    highest = outcomes.max(axis=1)
    if int(highest.max()) >= len(OUTCOMES):
        yield f"column 'outcomes' has code {int(highest.max())}, which no outcome has."
    # correct is code 0, so that no matrix of truth values as large as the atlas is needed
    of_targets = outcomes[np.arange(image_count), targets]
    if outcomes.size - np.count_nonzero(outcomes) != image_count - np.count_nonzero(of_targets):
        yield "it calls a prediction correct that is not the target."
    # these codes are the last ones
    first_problematic = min(outcome.code for outcome in OUTCOMES if outcome.only_problematic)
    if (highest[~atlas.images["is_problematic"].to_numpy()] >= first_problematic).any():
        yield "an image that is not problematic has an outcome that only problematic images have."
