"""Whether a row of the model sheet, the vocabulary and the weights agree."""

from collections.abc import Iterable, Mapping

import polars as pl

from errata.errors import InputError
from errata.views.view import View


def row_of(model: Mapping[str, object]) -> str:
    """Return how messages name a row of the model sheet."""
    return f"config/models.tsv, model '{model['model']}'"


def check_view(model: Mapping[str, object], views: Iterable[View], *, source: str) -> View:
    """Return the view that the sheet and the weights' metadata agree on.

    Parameters
    ----------
    model : mapping
        A row of the model sheet.
    views : iterable of View
        The preprocessings that the metadata know, the one of training first.
    source : str
        Who says so, for the message.

    Raises
    ------
    InputError
        If the sheet has another size or view.
    """
    views = tuple(views)
    chosen = next((view for view in views if (view.key, view.crop) == (model["view"], model["size"])), None)
    if chosen is None:
        known = " or ".join(dict.fromkeys(f"size {view.crop} and view {view.key}" for view in views))
        raise InputError(
            f"{row_of(model)}: models.tsv says size {model['size']} and view {model['view']}, {source} says {known}. "
            "Correct the row: other pixels than a model was trained for give other predictions."
        )
    return chosen


def check_class_count(model: Mapping[str, object], count: int, classes: pl.DataFrame) -> None:
    """Refuse weights that tell another number of classes apart than the vocabulary has.

    Raises
    ------
    InputError
        If the numbers differ.
    """
    if count != classes.height:
        raise InputError(
            f"{row_of(model)}: these weights tell {count:,} classes apart, the vocabulary '{model['vocabulary']}' has "
            f"{classes.height:,}. Choose weights that were trained on the vocabulary's classes."
        )


def is_imagenet(classes: pl.DataFrame) -> bool:
    """Tell whether the classes are the 1000 of ImageNet-1k in the order that published weights use."""
    from timm.data import ImageNetInfo

    return classes["wnid"].to_list() == list(ImageNetInfo("imagenet-1k").label_names())


def check_imagenet(model: Mapping[str, object], classes: pl.DataFrame) -> None:
    """Refuse a vocabulary that is not ImageNet-1k, whose classes published weights answer with.

    Raises
    ------
    InputError
        If the vocabulary is another.
    """
    check_class_count(model, 1000, classes)
    if not is_imagenet(classes):
        raise InputError(
            f"{row_of(model)}: these weights answer with the classes of ImageNet-1k, but the vocabulary "
            f"'{model['vocabulary']}' has others. Set the row's vocabulary to imagenet1k."
        )
