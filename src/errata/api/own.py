"""Atlases of data sets of one's own, from Python."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from errata.api.given import load_atlas
from errata.atlas.compiled import Atlas
from errata.own_data.build import build
from errata.own_data.restriction import restriction_of
from errata.shipped import atlas_file


def build_atlas(
    classes: str | Path | pl.DataFrame, labels: str | Path | pl.DataFrame, path: str | Path, *, name: str | None = None
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

    Returns
    -------
    Atlas
        As `errata.load_atlas` returns it. What the tables do not say is undefined in it.

    Raises
    ------
    InputError
        If a table is not as it should be.

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
    build(classes, labels, name=name or Path(path).stem).write(path)
    return load_atlas(path)


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
