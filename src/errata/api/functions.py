"""The functions of the Python interface: profile, compare, diagnose and explain."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from errata.api.comparison import Comparison, compare_models
from errata.api.diagnoses import Diagnoses
from errata.api.given import accepted_kinds, check_order, load_atlas, say, sources_of
from errata.api.profile import Profile, profile_of
from errata.asked import find_class, find_image
from errata.atlas.compiled import Atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.explain import Explanation
from errata.atlas.explain import explain as explain_answer
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine


def profile(
    predictions: Any,
    atlas: str | Path | Atlas = "imagenet",
    *,
    order: str | Path | None = None,
    names: Any = None,
    accept: str | Sequence[str] = (),
    skip_broken: bool = False,
) -> Profile:
    """Profile the mistakes of models from their predictions.

    Parameters
    ----------
    predictions : path, array, tensor, list, frame or dict
        A predictions file, a folder or a list of them; an array, tensor or list of shape (rows,): class ids, wnids or
        class names; (rows, k): class ids by rank, the prediction first; (rows, classes): scores, the largest is the
        prediction; a polars or pandas frame with the columns `file_name` and `predicted_class`; or a dictionary of
        any of these by model name.
    atlas : str, path or Atlas
        The atlas to look answers up in: a name (`imagenet`), a file, or what `errata.load_atlas` returned.
    order : path or str, optional
        Which row is which image, for rows without names: `val` (by file name), `imagefolder` (by class, then by file
        name, as torchvision's `ImageFolder` reads them) or a file with one file name per line.
    names : sequence, optional
        The image of every row of an array: file names, or positions in class-folder order. A dictionary of sequences
        by model name where models have different ones.
    accept : str or sequence of str
        Kinds of findings of the doctor in spite of which predictions are scored; their models are marked.
    skip_broken : bool
        Leave out models that the doctor refuses, with a warning, instead of raising an error.

    Returns
    -------
    Profile

    Raises
    ------
    InputError
        If predictions cannot be read, or the doctor refuses them; the message says what to do.

    Warns
    -----
    PredictionWarning
        If predictions are scored but look odd.

    Examples
    --------
    A file, with the name of the image in every row:

    >>> profile = errata.profile("resnet50.csv")
    >>> profile
    <Profile of 1 model on imagenet: resnet50 75.2 % top-1, 81.7 % MLA>

    An array in the order of torchvision's `ImageFolder`:

    >>> classes = np.load("resnet50_imagefolder.npy")
    >>> classes.shape
    (50000,)
    >>> errata.profile({"resnet50": classes}, order="imagefolder").table["mla"][0] == profile.table["mla"][0]
    True
    """
    profiled = profile_of(
        predictions, load_atlas(atlas), order=order, names=names, accept=accept, skip_broken=skip_broken
    )
    say(profiled.warnings, depth=1)
    return profiled


def compare(
    a: Any,
    b: Any,
    atlas: str | Path | Atlas = "imagenet",
    *,
    order: str | Path | None = None,
    names: Any = None,
    accept: str | Sequence[str] = (),
) -> Comparison:
    """Compare two models on the same images: what became better and what worse from A to B.

    Parameters
    ----------
    a, b : Profile or predictions
        The model to compare with, and the one that is better or worse: a profile of one model, or anything that
        `errata.profile` takes. Two models of one name are called `NAME (A)` and `NAME (B)`.
    atlas : str, path or Atlas
        The atlas to look answers up in; profiles must be of it.
    order, names, accept
        As in `errata.profile`, for both.

    Returns
    -------
    errata.Comparison
        Differences with paired 95 % intervals and tests.

    Raises
    ------
    InputError
        If predictions cannot be used, hold several models, or have no image in common.

    Examples
    --------
    >>> errata.compare("resnet50.csv", "vit.csv")
    <Comparison of vit with resnet50: better, MLA +3.42 points (+... to +...)>
    """
    loaded = load_atlas(atlas)
    both = []
    for given in (a, b):
        if isinstance(given, Profile):
            profiled = given
        else:
            profiled = profile_of(given, loaded, order=order, names=names, accept=accept)
            say(profiled.warnings, depth=1)
        both.append(profiled)
    return compare_models(both[0].only_model(), both[1].only_model())


def diagnose(
    predictions: Any,
    atlas: str | Path | Atlas = "imagenet",
    *,
    order: str | Path | None = None,
    names: Any = None,
    accept: str | Sequence[str] = (),
) -> Diagnoses:
    """Diagnose predictions: say whether they can be scored, and what is wrong with them if not.

    Parameters
    ----------
    predictions, atlas, order, names, accept
        As in `errata.profile`.

    Returns
    -------
    errata.Diagnoses
        One diagnosis per model. It prints as text; `is_usable` says whether all can be scored.

    Raises
    ------
    InputError
        If there is no such file. Whatever is wrong with predictions is a finding, not an error.

    Examples
    --------
    >>> diagnoses = errata.diagnose("resnet50.csv")
    >>> diagnoses.is_usable
    True
    >>> classes = np.load("resnet50_imagefolder.npy")
    >>> errata.diagnose({"shifted": classes + 1}, order="imagefolder")
    shifted: REFUSED
    ...
    """
    aligner = Aligner(load_atlas(atlas))
    order, kinds = check_order(order, names), accepted_kinds(accept)
    sources = sources_of(predictions, aligner.atlas, names=names)
    return Diagnoses(
        diagnosis for source in sources for diagnosis, _ in examine(source, aligner, order=order, accepted=kinds)
    )


def explain(file_name: str | int, predicted_class: str | int, atlas: str | Path | Atlas = "imagenet") -> Explanation:
    """Explain what an answer is, and why: the category of a prediction for an image, with the evidence behind it.

    Parameters
    ----------
    file_name : str or int
        An annotated image of the data set, or its number.
    predicted_class : str or int
        The prediction: a class id, a wnid or a class name; a name that is typed slightly wrong is taken with a warning.
    atlas : str, path or Atlas
        The atlas, with its evidence beside it.

    Returns
    -------
    errata.atlas.explain.Explanation
        `category`, `target`, `reasons` and `lines`. It prints as text.

    Raises
    ------
    InputError
        If the atlas has no such image or class.

    Examples
    --------
    >>> explanation = errata.explain("ILSVRC2012_val_00000001.JPEG", "water snake")
    >>> explanation.category
    'fine_grained'
    >>> explanation
    ILSVRC2012_val_00000001.JPEG
      target ...
    """
    loaded = load_atlas(atlas)
    evidence = read_evidence(loaded, evidence_path(loaded.file))
    image, predicted = find_image(loaded, str(file_name)), find_class(loaded.classes, str(predicted_class))
    say(filter(None, (image.note, predicted.note)), depth=1)
    verdicts = scan_verdicts(loaded, verdicts_path(loaded.file))
    if verdicts is not None:
        verdicts = verdicts.filter(pl.col("file_name") == image.found).collect()
    return explain_answer(loaded, evidence, image.found, predicted.found, verdicts=verdicts)
