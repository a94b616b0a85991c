"""Check the open world of a data set of one's own: what images show that is none of the classes."""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from errata.atlas.evidence import neighbour_facts
from errata.classes.proposals import PROMPT
from errata.errors import InputError, listed
from errata.openworld.prompts import ProposalIndex, list_prompts
from errata.openworld.settings import GATE_BY_NAMES, OF_ENCODER, SETTINGS_KEY, OpenWorld
from errata.openworld.tables import NEIGHBOURS
from errata.openworld.verdicts import decide_verdicts, oov_matrix
from errata.own_data.class_table import OwnClasses
from errata.own_data.outside import Outside, read_outside
from errata.own_data.vectors import (
    GivenNames,
    ImageVectors,
    image_vectors,
    load_own_encoder,
    name_vectors,
    read_name_vectors,
    save_vectors,
    train_vectors,
)
from errata.provenance import file_and_hash, inputs_note

if TYPE_CHECKING:
    from errata.inference.encoder import Encoder

PROGRESS = logging.getLogger("errata.progress")

MOST_SIMILAR = 3
"""Classes that open the gate by their names. The image's own label takes one place as a rule; what it is easily taken
for has the others."""

IMAGES_AT_ONCE = 1_000


@dataclass(frozen=True)
class AskedWorld:
    """What the open world is checked with; see `errata.build_atlas`."""

    names: Path | str | Sequence[str]
    encoder: Path | str | None = None
    images: Path | str | np.ndarray | None = None
    train: Path | str | None = None
    wordnet: Path | str | None = None
    save_vectors: Path | str | None = None

    @classmethod
    def of(cls, names: Path | str | Sequence[str] | None, **others: object) -> "AskedWorld | None":
        """Return what is asked for, None if nothing is.

        Raises
        ------
        InputError
            If there is only what would be needed for it, or something is neither a path nor what may take its place.
        """
        for name, value in others.items():
            arrays = (np.ndarray,) if name == "images" else ()
            is_path = isinstance(value, (str, Path, *arrays)) and not isinstance(value, np.ma.MaskedArray)
            if not (value is None or is_path):
                expected = "a path or a NumPy array" if arrays else "a path"
                raise InputError(f"{name}: found {type(value).__name__}; expected {expected}.")
        # neither a set, which has no order, nor a mapping, whose values would be lost
        is_list = isinstance(names, list | tuple) and all(isinstance(each, str) for each in names)
        if not (names is None or isinstance(names, str | Path) or is_list):
            raise InputError(
                f"open_world: found {type(names).__name__}; expected a path, or a list of names as text, further names "
                "of the same thing separated by ';'."
            )
        given = [name for name, value in others.items() if value is not None]
        if names is None and given:
            raise InputError(
                f"{listed(given)}: only the open-world check needs that. Name what is no class: --open-world."
            )
        return None if names is None else cls(names, **others)


@dataclass(frozen=True)
class CheckedWorld:
    """What the check found.

    Attributes
    ----------
    verdicts : polars.DataFrame
        The table `errata.openworld.tables.VERDICTS`.
    is_oov : numpy.ndarray
        bool, shape (images, classes): whether an answer is out of vocabulary.
    unchecked : numpy.ndarray
        int, rows of images without a vector, of which nothing is known.
    gate : polars.DataFrame
        The neighbours that the visual gate looked at, as `errata.atlas.evidence.neighbour_facts` returns them.
    settings : mapping
        How it was done, for the atlas.
    inputs : mapping
        What it was made from, as provenance.
    remarks : tuple of str
        What was left out.
    """

    verdicts: pl.DataFrame
    is_oov: np.ndarray
    unchecked: np.ndarray
    gate: pl.DataFrame
    settings: Mapping[str, object]
    inputs: Mapping[str, dict[str, str]]
    remarks: tuple[str, ...]

    @property
    def notes(self) -> dict[str, str]:
        """The metadata of the table of verdicts."""
        return {SETTINGS_KEY: json.dumps(self.settings, ensure_ascii=False)} | inputs_note(self.inputs)


def check_open_world(
    asked: AskedWorld,
    known: OwnClasses,
    table: pl.DataFrame,
    sharing: np.ndarray,
    *,
    labels: Path | str | pl.DataFrame,
) -> CheckedWorld:
    """Decide for every image and class near enough whether the image shows something outside the classes.

    Parameters
    ----------
    asked : AskedWorld
    known : OwnClasses
    table : polars.DataFrame
        The table `errata.labels.tables.LABELS`.
    sharing : numpy.ndarray
        bool, shape (classes, classes): whether two classes share a superclass.
    labels : path or polars.DataFrame
        What the table was read from: a folder of images stands for `asked.images`.

    Raises
    ------
    InputError
        If something is missing, cannot be read, or does not fit.
    """
    found = _gather(asked, known, table, sharing, labels)
    settings = _settings(found)
    is_known = ~np.isnan(found.images.vectors).any(axis=1)
    if not is_known.any():
        raise InputError("--images: no image has a vector, so the open world cannot be checked.")
    checked = table.filter(pl.Series(is_known))
    nearest = (_similar_classes if found.train is None else _nearest)(found, found.images.vectors[is_known], checked)
    PROGRESS.debug("Checking the open world of %d images", checked.height)
    parts = decide_verdicts(
        checked,
        nearest,
        image_vectors=found.images.vectors,
        prompt_vectors=found.texts,
        proposals=ProposalIndex(found.outside.proposer, found.prompts, ancestors=settings.ancestors),
        sharing=sharing,
        settings=settings,
        threads=os.cpu_count() or 1,
    )
    verdicts = pl.concat(parts)
    names = pl.Series(["by name"] * len(sharing)) if found.train is None else found.train.names
    return CheckedWorld(
        verdicts=verdicts,
        is_oov=oov_matrix(verdicts, table, len(sharing)),
        unchecked=np.flatnonzero(~is_known),
        gate=neighbour_facts(checked, nearest, count=settings.neighbours, train_files=names),
        settings={**asdict(settings), **found.notes},
        inputs=found.inputs,
        remarks=tuple(_remarks(found, table["file_name"].filter(pl.Series(~is_known)))),
    )


@dataclass(frozen=True)
class _Gathered:
    """What is compared: `texts` are the vectors of the distinct `prompts`."""

    outside: Outside
    prompts: pl.DataFrame
    encoder: "Encoder | GivenNames"
    texts: np.ndarray
    images: ImageVectors
    train: ImageVectors | None

    @property
    def notes(self) -> dict[str, object]:
        """What an atlas says of it, beside the settings."""
        by = (
            {"gate": GATE_BY_NAMES}
            if self.train is None
            else {"neighbours_from": {"train_images": len(self.train.vectors)}}
        )
        words = {"proposals": self.outside.words} if self.outside.words else {}
        return {"template": PROMPT, "encoder_notes": dict(self.encoder.notes), **words, **by}

    @property
    def inputs(self) -> dict[str, dict[str, str]]:
        """Which files it was made from."""
        parts = {
            "open_world_names": file_and_hash(self.encoder.path) if isinstance(self.encoder, GivenNames) else {},
            "open_world_images": self.images.inputs,
            "open_world_train": {} if self.train is None else self.train.inputs,
        }
        return {**self.outside.inputs, **{role: note for role, note in parts.items() if note}}


def _gather(
    asked: AskedWorld, known: OwnClasses, table: pl.DataFrame, sharing: np.ndarray, labels: Path | str | pl.DataFrame
) -> _Gathered:
    """Read or make all vectors; what can be refused before an encoder works is."""
    pixels = asked.images
    if pixels is None and isinstance(labels, str | Path) and Path(labels).is_dir():
        pixels = labels
    for option, given, what in (
        ("--encoder", asked.encoder, "an encoder, ARCHITECTURE/WEIGHTS of open_clip, or vectors of all names, .npz"),
        ("--images", pixels, "the folder of the images, or their vectors, .npy"),
    ):
        if given is None:
            raise InputError(f"--open-world needs {what}. Give {option}.")
    outside = read_outside(asked.names, known, sharing, wordnet=asked.wordnet)
    prompts = list_prompts(outside.proposer, PROMPT)
    is_given = Path(asked.encoder).suffix.lower() == ".npz"
    encoder = read_name_vectors(Path(asked.encoder)) if is_given else load_own_encoder(asked.encoder, device="auto")
    PROGRESS.debug("Encoding %d names", prompts.height)
    texts = name_vectors(encoder, prompts)
    images = image_vectors(pixels, table, labels, encoder)
    train = None if asked.train is None else train_vectors(asked.train, known, encoder)
    _check_dimensions(texts, images, train)
    if asked.save_vectors is not None:
        save_vectors(Path(asked.save_vectors), images, train, table=table, labels=labels, known=known)
    return _Gathered(outside, prompts, encoder, texts, images, train)


def _check_dimensions(texts: np.ndarray, images: ImageVectors, train: ImageVectors | None) -> None:
    parts = {"names": texts, "images": images.vectors} | ({} if train is None else {"training images": train.vectors})
    lengths = {what: vectors.shape[1] for what, vectors in parts.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{length} of the {what}" for what, length in lengths.items())
        raise InputError(f"--open-world: vectors have different dimensions: {said}. Make all with the same encoder.")


def _settings(found: _Gathered) -> OpenWorld:
    """Return the recommended rules, and the temperature that the encoder was trained with."""
    encoder, is_given = found.encoder, isinstance(found.encoder, GivenNames)
    settings = OpenWorld(
        encoder=encoder.path.name if is_given else encoder.name,
        prompt="photo",
        neighbours=MOST_SIMILAR if found.train is None else OpenWorld.neighbours,
        temperature=OpenWorld.temperature if is_given else OF_ENCODER,
        score="synset",
        ancestors="left_out",
    )
    return settings.with_temperature_of(encoder.notes)


def _similar_classes(found: _Gathered, vectors: np.ndarray, checked: pl.DataFrame) -> pl.DataFrame:
    """Return the classes whose names are most like each image, as a table of neighbours; of equal ones the first."""
    offsets = {offset: class_id for class_id, offset in enumerate(found.outside.proposer.offsets)}
    named = found.prompts.select("text_row", class_id=pl.col("offset").replace_strict(offsets, default=None))
    named = named.drop_nulls().sort("class_id")
    # every class has a name, so none of the parts is empty
    starts = np.searchsorted(named["class_id"], range(len(offsets)))
    of_classes = found.texts[named["text_row"].to_numpy()].T
    count = min(MOST_SIMILAR, len(offsets))
    best, cosines = np.empty((len(vectors), count), np.int16), np.empty((len(vectors), count), np.float32)
    for start in range(0, len(vectors), IMAGES_AT_ONCE):
        part = slice(start, start + IMAGES_AT_ONCE)
        left = np.maximum.reduceat(vectors[part] @ of_classes, starts, axis=1)
        each = np.arange(len(left))
        # sorting all classes takes longer than all else
        for rank in range(count):
            best[part, rank] = left.argmax(axis=1)
            cosines[part, rank] = left[each, best[part, rank]]
            left[each, best[part, rank]] = -np.inf
    classes = pl.Series(best).arr.to_list()
    return pl.DataFrame(
        {
            "file_name": checked["file_name"],
            "train_positions": classes,
            "train_classes": classes,
            "cosines": pl.Series(cosines).arr.to_list(),
        }
    ).cast(dict(NEIGHBOURS.schema))


def _nearest(found: _Gathered, vectors: np.ndarray, checked: pl.DataFrame) -> pl.DataFrame:
    """Return the nearest training images of each image."""
    train = found.train
    if np.isnan(train.vectors).any(axis=1).all():
        raise InputError("--train: no training image has a vector.")
    try:
        # torch
        from errata.inference.device import choose_device
        from errata.openworld.neighbours import find_nearest, neighbours_table
    except ModuleNotFoundError as error:
        raise InputError(f"--train needs {error.name}: install errata[pipeline], or leave --train out.") from error
    nearest = find_nearest(vectors, train.vectors, k=OpenWorld.neighbours, device=choose_device("auto"))
    return neighbours_table(nearest, checked["file_name"], train.classes)


def _remarks(found: _Gathered, unread: pl.Series) -> Iterator[str]:
    """Yield what was left out, and what says little."""
    yield from found.outside.remarks
    count = len(found.outside.proposer.offsets)
    if found.train is None and count <= MOST_SIMILAR:
        yield f"With {count} classes, the names of all of them open the visual gate. Give training images: --train."
    if len(unread):
        what = "image has" if len(unread) == 1 else "images have"
        yield f"{len(unread):,} {what} no vector ({listed(unread, 3)}): the open world is not checked there."
