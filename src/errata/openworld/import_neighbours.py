"""Import neighbours from the archive of the paper's authors, in place of the training images."""

import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from errata.errors import InputError
from errata.openworld.tables import NEIGHBOURS

SAMPLES_FILE = "samples_info.npz"
NEIGHBOURS_PATTERN = "*clip_knn.npz"


def import_neighbours(folder: Path | str, targets: pl.DataFrame, *, class_count: int) -> pl.DataFrame:
    """Read the neighbours of a data set from the unpacked archive; images are matched by their base names.

    `folder`: the data set's folder in the archive, with `samples_info.npz` (`sample_files`, "wnid/file", and `targets`,
        in the order of all rows) and `valid_clip_knn.npz` (`topk_train_indices`, `topk_train_targets`, one row per
        sample, nearest first).
    `targets`: the table `errata.labels.tables.TARGETS`.
    `class_count`: classes of the vocabulary.
    Returns the table `errata.openworld.tables.NEIGHBOURS`, by position, without cosines. Training positions are rows of
    the authors' list of training images.
    Raises InputError if a file or an array is missing or has another shape or dtype, an image of the data set is not
    among the samples, or the targets disagree.
    """
    folder = Path(folder)
    samples, found = folder / SAMPLES_FILE, sorted(folder.glob(NEIGHBOURS_PATTERN))
    if not samples.is_file() or len(found) != 1:
        raise InputError(
            f"{folder}: expected {SAMPLES_FILE} and one file {NEIGHBOURS_PATTERN}, found "
            f"{', '.join(sorted(file.name for file in folder.glob('*.npz'))) or 'no .npz file'}. "
            "Unpack the authors' archive and name its folder."
        )
    files, their_targets = _arrays(samples, {"sample_files": "U", "targets": "iu"})
    positions, classes = _arrays(found[0], {"topk_train_indices": "iu", "topk_train_targets": "iu"})
    if files.ndim != 1 or their_targets.shape != files.shape:
        raise InputError(
            f"{samples}: expected as many targets as sample_files, found shapes {their_targets.shape} and "
            f"{files.shape}."
        )
    if positions.ndim != 2 or positions.shape != classes.shape or len(positions) != len(files):
        raise InputError(
            f"{found[0]}: expected two arrays with one row for each of the {len(files)} samples and equally many "
            f"neighbours, found shapes {positions.shape} and {classes.shape}."
        )
    _refuse_out_of_range(found[0], "topk_train_targets", classes, below=class_count)
    _refuse_out_of_range(found[0], "topk_train_indices", positions, below=np.iinfo(np.int32).max)
    rows = _matched_rows(samples, files, their_targets, targets)
    return pl.DataFrame(
        {
            "file_name": targets["file_name"],
            "train_positions": pl.Series(positions[rows].astype(np.int32)).arr.to_list(),
            "train_classes": pl.Series(classes[rows].astype(np.int16)).arr.to_list(),
            "cosines": [None] * targets.height,
        },
        schema=NEIGHBOURS.schema,
    )


def folder_of(archive: Path | str, dataset: str) -> Path:
    """Return the folder of a data set in the unpacked archive: `dataset` in it or one level down, or itself."""
    archive = Path(archive)
    places = (archive, archive / dataset, *sorted(archive.glob(f"*/{dataset}")))
    return next((place for place in places if (place / SAMPLES_FILE).is_file()), archive / dataset)


def _arrays(file: Path, kinds: dict[str, str]) -> list[np.ndarray]:
    """Read arrays of an .npz file; `kinds` says which kinds of dtype each may have. Nothing is unpickled."""
    arrays = []
    try:
        with np.load(file, allow_pickle=False) as archive:
            for name, kind in kinds.items():
                if name not in archive.files:
                    raise InputError(f"{file}: lacks the array '{name}'; found {', '.join(archive.files) or 'none'}.")
                arrays.append(_array(archive, name, file))
                if arrays[-1].dtype.kind not in kind:
                    expected = "text" if kind == "U" else "whole numbers"
                    raise InputError(f"{file}: expected {expected} in '{name}', found {arrays[-1].dtype}.")
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file}: expected a NumPy archive (.npz), but it cannot be read ({error}).") from error
    return arrays


def _array(archive: np.lib.npyio.NpzFile, name: str, file: Path) -> np.ndarray:
    try:
        return archive[name]
    except ValueError as error:
        raise InputError(
            f"{file}: the array '{name}' holds Python objects, which only unpickling could read, and unpickling runs "
            "whatever code the file contains. Where you trust the file, save it once more with plain arrays: "
            f"`{name}.astype(str)` for text, then numpy.savez."
        ) from error


def _refuse_out_of_range(file: Path, name: str, values: np.ndarray, *, below: int) -> None:
    if values.size and not 0 <= values.min() <= values.max() < below:
        raise InputError(
            f"{file}: expected values from 0 to {below - 1} in '{name}', found {values.min()} to {values.max()}."
        )


def _matched_rows(file: Path, files: np.ndarray, their_targets: np.ndarray, targets: pl.DataFrame) -> np.ndarray:
    """Return the authors' sample of every image of the data set."""
    samples = pl.DataFrame({"sample": [PurePosixPath(name).name for name in files], "their_target": their_targets})
    repeated = samples.filter(pl.col("sample").is_duplicated())
    if repeated.height:
        raise InputError(f"{file}: the sample {repeated['sample'][0]} is listed more than once.")
    matched = targets.with_columns(sample=pl.col("file_name").str.split("/").list.last()).join(
        samples.with_row_index("row"), on="sample", how="left", maintain_order="left"
    )
    strangers = matched.filter(pl.col("row").is_null())
    if strangers.height:
        raise InputError(
            f"{file}: lacks the image {strangers['file_name'][0]} of the data set ({strangers.height} of "
            f"{targets.height} images like this); its samples are named like {files[0] if len(files) else '(none)'}."
        )
    wrong = matched.filter(pl.col("target") != pl.col("their_target"))
    if wrong.height:
        first = wrong.row(0, named=True)
        raise InputError(
            f"{file}: the target of {first['file_name']} is {first['their_target']}, the data set says "
            f"{first['target']} ({wrong.height} images like this). Class ids must be ranks of the wnids."
        )
    return matched["row"].to_numpy()
