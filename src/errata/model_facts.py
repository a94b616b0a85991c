"""What the model sheet knows about a model beside how to run it. No heavy imports: every Snakemake job reads this."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What is known about a model of the sheet beside how to run it; None where it is not known.

    Attributes
    ----------
    family, group : str or None
        Of the architecture, in the paper's words: `cnn`, `transformer`, `hybrid`, `mlp`, and for instance `ResNet`.
    training_data : str or None
        The largest data set that it was trained on.
    training_images : int or None
        Images in that data set, roughly.
    annotations : str or None
        What else is known about its training, such as `Distillation`, separated by commas.
    parameters : int or None
        Trainable numbers; of the image encoder where there is another.
    gmacs : float or None
        Multiplications and additions for one image, in thousand millions.
    expected_top1 : float or None
        Per cent of the images of ImageNet-val that it gets right, as published.
    expected_from : str or None
        Who says so: a key of the registry of sources, or a library with its version.
    licence : str or None
        Of the weights.
    seconds : float or None
        Estimated seconds for 50,000 images on the card that the sheet names.
    seconds_from : str or None
        A key of the registry of sources, or `fit`.
    """

    family: str | None = None
    group: str | None = None
    training_data: str | None = None
    training_images: int | None = None
    annotations: str | None = None
    parameters: int | None = None
    gmacs: float | None = None
    expected_top1: float | None = None
    expected_from: str | None = None
    licence: str | None = None
    seconds: float | None = None
    seconds_from: str | None = None


FACT_TYPES = {
    "training_images": int,
    "parameters": int,
    "gmacs": float,
    "expected_top1": float,
    "seconds": float,
}
"""The facts that are numbers."""
