"""Atlases of data sets of one's own, from Python."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from errata.api.given import load_atlas
from errata.atlas.compiled import Atlas
from errata.classes.hypernyms import find_nouns
from errata.own_data.build import build, check_output
from errata.own_data.draft import begin_draft
from errata.own_data.open_world import AskedWorld
from errata.own_data.propose import propose
from errata.own_data.restriction import restriction_of
from errata.predictions.read import NamedFile
from errata.shipped import atlas_file


def build_atlas(
    classes: str | Path | pl.DataFrame,
    labels: str | Path | pl.DataFrame,
    path: str | Path,
    *,
    name: str | None = None,
    pairs_from: str | Path | None = None,
    open_world: str | Path | Sequence[str] | None = None,
    encoder: str | Path | None = None,
    images: str | Path | np.ndarray | None = None,
    train: str | Path | None = None,
    wordnet: str | Path | None = None,
    save_vectors: str | Path | None = None,
) -> Atlas:
    """Build the error atlas of a data set of your own, and write it to a file.

    Parameters
    ----------
    classes : path or polars.DataFrame
        One row per class, in the order of the model's outputs: `name`, and as far as they are known `superclass`
        (several, separated by `;`), `overlaps` (classes whose answer is accepted for this one), `group`, `synonyms`
        and `wnid`.
    labels : path or polars.DataFrame
        One row per image: `file_name` and `label`, or `labels` (everything that it shows, separated by `;`, the label
        first), and as far as they are known `unclear`, `problematic` and `non_prototypical`; or a folder with a folder
        of images per class.
    path : path
        Where to write the atlas, `.parquet`; its evidence is written beside it.
    name : str, optional
        What the data set is called; by default as the file.
    pairs_from : path, optional
        Another atlas, `"imagenet"` or a file: pairs of classes that its data set shows together count as well.
    open_world : path or sequence of str, optional
        What images may show that is none of the classes: a text file with the name of such a thing a line, or the lines
        themselves, further names of it separated by `;`; or `"wordnet"`, or `"nouns"`. Needs `encoder` and `images`.
    encoder : str or path, optional
        What compares images with names: `ARCHITECTURE/WEIGHTS` of open_clip, or a folder; or a `.npz` with `names` and
        their `vectors`.
    images : path or numpy.ndarray, optional
        The folder or tar of the images, by default `labels` if that is a folder; or vectors, or their file, `.npy`: a
        row per image in the order of `labels`.
    train : path, optional
        Training images, in a folder per class; or a `.npz` with their `vectors` and `classes`. Without them, the names
        of the classes open the visual gate.
    wordnet : path, optional
        WordNet's nouns, where the folder of the project is not at hand.
    save_vectors : path, optional
        A folder to write `images.npy` and `train.npz` into, to be given as `images` and `train` the next time.

    Returns
    -------
    Atlas
        As `errata.load_atlas` returns it. What the tables do not say is undefined in it.

    Raises
    ------
    InputError
        If a table, or what the open world is checked with, is not as it should be.

    Examples
    --------
    >>> import polars as pl
    >>> classes = pl.DataFrame({"name": ["scratch", "dent", "stain"], "superclass": ["surface", "surface", ""]})
    >>> labels = pl.DataFrame({"file_name": ["1.png", "2.png", "3.png"], "label": ["dent", "stain", "scratch"]})
    >>> atlas = errata.build_atlas(classes, labels, "defects.parquet")
    >>> atlas
    <Atlas 'labels' of defects: 3 images, 3 classes>
    >>> errata.explain("1.png", "scratch", atlas=atlas).outcome.category
    'fine_grained'
    """
    check_output(path, classes, labels, pairs_from)
    world = AskedWorld.of(
        open_world, encoder=encoder, images=images, train=train, wordnet=wordnet, save_vectors=save_vectors
    )
    build(classes, labels, name=name or Path(path).stem, pairs_from=pairs_from, world=world).write(path)
    return load_atlas(path)


def propose_superclasses(
    classes: str | Path | pl.DataFrame,
    *,
    predictions: str | Path | Sequence[str | Path] = (),
    vectors: str | Path | np.ndarray | None = None,
    encoder: str | None = None,
    labels: str | Path | pl.DataFrame | None = None,
    order: str | Path | None = None,
    most: int | None = None,
    wordnet: str | Path | None = None,
) -> pl.DataFrame:
    """Propose superclasses for a data set of your own: a draft to read and correct.

    Without predictions, vectors and encoder they come from WordNet, by wnids or names.

    Parameters
    ----------
    classes : path or polars.DataFrame
        As `errata.build_atlas` takes it. Superclasses that it has are kept.
    predictions : path or sequence of path
        Predictions files: classes that these models confuse belong together. Of the same models, fine-grained errors
        mean nothing then.
    vectors : path or numpy.ndarray, optional
        float, shape (classes, dimensions); or, with `labels`, (images, dimensions) in their order.
    encoder : str, optional
        A text encoder for the names: `ARCHITECTURE/WEIGHTS` of open_clip, or a folder.
    labels : path or polars.DataFrame, optional
        The labels of the images, for predictions or vectors of images.
    order : path or str, optional
        Which row of the predictions is which image, as in `errata.profile`.
    most : int, optional
        Classes in a superclass at most; by default the square root of their number.
    wordnet : path, optional
        WordNet's nouns, where the folder of the project is not at hand.

    Returns
    -------
    polars.DataFrame
        The table of classes with `superclass`, and `draft_evidence`: what speaks for it. `errata.build_atlas` refuses
        it until that column is dropped.

    Raises
    ------
    InputError
        If a table is not as it should be, or several methods are asked for.

    Examples
    --------
    >>> import polars as pl
    >>> classes = pl.DataFrame({"name": ["beagle", "collie", "tabby cat", "moped", "tricycle"]})
    >>> draft = errata.propose_superclasses(classes)
    >>> draft["superclass"].to_list()
    ['dog', 'dog', None, 'wheeled vehicle', 'wheeled vehicle']
    >>> draft["draft_evidence"][0]
    '2 classes are kinds of n02084071 dog, a kind of canine'
    """
    paths = [predictions] if isinstance(predictions, str | Path) else predictions
    needed = not (paths or vectors is not None or encoder)
    nouns = find_nouns(None if wordnet is None else Path(wordnet), needed=needed)
    drafting = begin_draft(classes, nouns=nouns, most=most)
    files = [NamedFile(Path(path)) for path in paths]
    return propose(drafting, predictions=files, labels=labels, order=order, vectors=vectors, encoder=encoder).table


def restrict_atlas(
    classes: str | Path | Sequence[str], path: str | Path, *, atlas: str | Path = "imagenet", name: str | None = None
) -> Atlas:
    """Restrict an atlas to the classes that a model knows, and write it to a file.

    Parameters
    ----------
    classes : path, str or sequence of str
        Wnids or names, in the order of the model's outputs: a text file with one a line, the name of a known list
        (`imagenette`, `imagewoof`), or the classes themselves.
    path : path
        Where to write the atlas, `.parquet`; its evidence is written beside it.
    atlas : str or path
        The atlas that has these classes: a name, or a file.
    name : str, optional
        What the data set is called; by default as the list.

    Returns
    -------
    Atlas
        The images of these classes. Every answer is what it is in the whole atlas; a class id is the place in the list.

    Raises
    ------
    InputError
        If the list names no class of the atlas, or names one twice.

    Examples
    --------
    >>> dogs = errata.restrict_atlas("imagewoof", "imagewoof.parquet")
    >>> dogs
    <Atlas 'labels' of imagewoof: 200 images, 10 classes>
    >>> dogs.classes["name"].to_list()[:3]
    ['Shih-Tzu', 'Rhodesian ridgeback', 'beagle']
    """
    restriction_of(atlas_file(atlas), classes, name=name).write(path)
    return load_atlas(path)
