"""Propose superclasses by the method that what is given allows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from errata.errors import InputError
from errata.own_data.draft import Draft, Drafting
from errata.predictions.read import Source


def propose(
    drafting: Drafting,
    *,
    predictions: Sequence[Source] = (),
    labels: Path | str | pl.DataFrame | None = None,
    order: Path | str | None = None,
    vectors: Path | str | np.ndarray | None = None,
    encoder: str | None = None,
) -> Draft:
    """Propose superclasses from confusions, vectors or the names' vectors, whichever is given; else from WordNet.

    Raises
    ------
    InputError
        If several are given, labels are missing or not used, or what is given cannot be read.
    """
    methods = {"predictions": predictions or None, "vectors": vectors, "encoder": encoder}
    given = [name for name, value in methods.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)}: superclasses are proposed by one method. Give one of them.")
    if predictions and labels is None:
        raise InputError("predictions: confusions need the labels of the images. Give --labels, too.")
    if labels is not None and given not in (["predictions"], ["vectors"]):
        raise InputError("labels: they are for predictions or vectors. Give one of them, or leave the labels out.")
    if not given:
        return drafting.by_hypernyms()
    # reading predictions takes most of the package
    from errata.own_data.class_evidence import count_confusions, encode_names, read_class_vectors

    if predictions:
        confusions = count_confusions(predictions, drafting.frame, labels, order=order)
        return drafting.by_confusions(confusions.counts, confusions.models)
    if vectors is not None:
        found = read_class_vectors(vectors, drafting.classes, labels)
        return drafting.by_vectors(found, "classes" if labels is None else "images")
    return drafting.by_vectors(encode_names(encoder, drafting.names), "names")
