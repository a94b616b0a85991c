"""What comes with the package: the atlas of ImageNet's validation set, its evidence, and published results with trends.

`rules/shipped.smk` makes the files in `errata/data`, and `make shipped` puts them there.
"""

from pathlib import Path

import polars as pl

from errata.atlas.compiled import Atlas
from errata.errors import InputError
from errata.published.tables import PUBLISHED
from errata.tables import read_table
from errata.trends.tables import STATEMENTS

DATA = Path(__file__).parent / "data"

SHIPPED = ("imagenet",)
"""Names of the atlases that come with the package, and of the data sets that they are of."""


LICENCES = {
    "class_overlap": "Apache-2.0",
    "expert_mistakes_greedy_soups": "Apache-2.0",
    "expert_mistakes_vit3b": "Apache-2.0",
    "multilabels": "Apache-2.0",
    "real": "Apache-2.0",
    "superclasses": "Apache-2.0",
    "targets": "MIT",
    "vocabulary": "MIT",
    "wordnet": "WordNet 3.0",
}
"""What the shipped atlases were made from, and under which licence it was published; NOTICE has the whole of it."""


def atlas_file(name_or_path: str | Path) -> Path:
    """Return the file of an atlas: one that comes with the package, by its name, or any other, by its path.

    Raises
    ------
    InputError
        If there is no such file.

    Examples
    --------
    >>> atlas_file("imagenet").name
    'imagenet.parquet'
    """
    if name_or_path in SHIPPED:
        return DATA / f"{name_or_path}.parquet"
    path = Path(name_or_path)
    if not path.exists():
        listed = ", ".join(SHIPPED)
        raise InputError(
            f"{path}: there is no such file, and no atlas of this name comes with Errata. Name the file of an atlas, "
            f"or one of these: {listed}."
        )
    return path


def published_file(dataset: str) -> Path:
    """Return the table of published results that comes with the package."""
    return DATA / f"{dataset}.published.parquet"


def published_rows(dataset: str = "imagenet") -> pl.DataFrame:
    """Return the published counts of 962 models, as `errata.published.read.read_published` reads them.

    Returns
    -------
    polars.DataFrame
        The table `errata.published.tables.PUBLISHED`, one row per model and group.

    Examples
    --------
    >>> published_rows()["model"].n_unique()
    962
    """
    return read_table(PUBLISHED, published_file(dataset))


def statements_beside(published: pl.DataFrame) -> pl.DataFrame | None:
    """Return the statements about published models, a table `errata.trends.tables.STATEMENTS`.

    They are those that come with the package, so that a report need not compute them; None for other models.
    """
    for dataset in SHIPPED:
        if published.equals(published_rows(dataset)):
            return read_table(STATEMENTS, DATA / f"{dataset}.statements.parquet")
    return None


def published_beside(atlas: Atlas) -> pl.DataFrame | None:
    """Return the published counts on the images of an atlas; None where none come with the package.

    They are those of the atlas's images if the data set has the same name and as many images count in every group.
    """
    if atlas.dataset not in SHIPPED:
        return None
    published = published_rows(atlas.dataset)
    counts = ~atlas.images["is_problematic"].to_numpy()
    images = dict(published.select("group", "images").unique().iter_rows())
    return published if all(int((counts & atlas.in_group(name)).sum()) == n for name, n in images.items()) else None
