"""The models under test of the demo world: small timm architectures of different strength, trained on its drawings."""

import logging
from dataclasses import dataclass

import numpy as np

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClassifierRecipe:
    """How a model under test is trained.

    Attributes
    ----------
    architecture : str
        A timm architecture.
    size : int
        Width and height of its input, in pixels.
    pictures : int
        Training pictures per class.
    epochs : int
    rate : float
        Highest learning rate.
    seed : int
        Of the initial weights and the order of the pictures.
    """

    architecture: str
    size: int
    pictures: int
    epochs: int
    rate: float
    seed: int


RECIPES: dict[str, ClassifierRecipe] = {
    "vit": ClassifierRecipe("test_vit", 64, pictures=100, epochs=16, rate=1.5e-3, seed=12),
    "mambaout": ClassifierRecipe("test_mambaout", 64, pictures=80, epochs=12, rate=3e-3, seed=13),
    "convnext": ClassifierRecipe("test_convnext", 64, pictures=120, epochs=14, rate=3e-3, seed=14),
    "efficientnet": ClassifierRecipe("test_efficientnet", 64, pictures=100, epochs=9, rate=4e-3, seed=11),
    "byobnet": ClassifierRecipe("test_byobnet", 64, pictures=120, epochs=8, rate=4e-3, seed=15),
    "resnet": ClassifierRecipe("test_resnet", 96, pictures=120, epochs=9, rate=4e-3, seed=16),
}
"""The shipped models by name: weaker ones saw fewer pictures for fewer epochs."""

BATCH = 64
SMOOTHING = 0.05


def train_classifier(
    recipe: ClassifierRecipe, pixels: np.ndarray, targets: np.ndarray, *, class_count: int
) -> tuple[dict, list[float]]:
    """Train a model from scratch with cross-entropy.

    Parameters
    ----------
    recipe : ClassifierRecipe
    pixels : numpy.ndarray
        uint8, shape (pictures, size, size, 3).
    targets : numpy.ndarray
        Class ids, shape (pictures,).
    class_count : int

    Returns
    -------
    dict of str to torch.Tensor
        The weights, float16.
    list of float
        Mean loss of every epoch.
    """
    import torch

    from errata_demo.learning import augmented, descend, half, normalised, repeatable

    with repeatable(recipe.seed) as generator:
        model = new_classifier(recipe, class_count)
        prepared = preprocessing(recipe)
        mean, std = prepared["mean"], prepared["std"]
        images, classes = torch.from_numpy(pixels), torch.from_numpy(targets.astype(np.int64))

        def loss_of(rows: torch.Tensor) -> torch.Tensor:
            answers = model(normalised(augmented(images[rows], generator), mean, std))
            return torch.nn.functional.cross_entropy(answers, classes[rows], label_smoothing=SMOOTHING)

        by_epoch = descend(
            model,
            loss_of,
            pictures=len(images),
            batch=BATCH,
            epochs=recipe.epochs,
            rate=recipe.rate,
            generator=generator,
        )
        log.info("%s@%d: loss %.2f -> %.2f", recipe.architecture, recipe.size, by_epoch[0], by_epoch[-1])
        return half(model.state_dict()), by_epoch


def preprocessing(recipe: ClassifierRecipe) -> dict[str, object]:
    """Return how pictures are prepared for a model: what timm says about its architecture, at the recipe's size."""
    from timm.models import get_pretrained_cfg

    usual = get_pretrained_cfg(recipe.architecture)
    return {
        "input_size": [3, recipe.size, recipe.size],
        "crop_pct": usual.crop_pct,
        "crop_mode": usual.crop_mode,
        "interpolation": usual.interpolation,
        "mean": list(usual.mean),
        "std": list(usual.std),
    }


def new_classifier(recipe: ClassifierRecipe, class_count: int):
    """Return the untrained model; vision transformers are told their input size, the others take any."""
    import timm

    fixed_size = {"img_size": recipe.size} if "vit" in recipe.architecture else {}
    return timm.create_model(recipe.architecture, num_classes=class_count, **fixed_size)
