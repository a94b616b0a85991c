"""Made-up predictions: the targets of the atlas that comes with Errata, with planted errors."""

from pathlib import Path

import numpy as np
import polars as pl

from errata.api.given import load_atlas


def made_up_predictions(seed: int, *, accuracy: float) -> np.ndarray:
    """Return class ids (int64, shape (images,)) in the order of the atlas: errors are other labels, or near classes.

    Class ids follow WordNet's order, so that classes with ids close to each other are alike, as errors of models are.
    """
    images = load_atlas("imagenet").images
    targets = images["target"].to_numpy().astype(np.int64)
    others = images.select(pl.col("multi_labels").list.set_difference(pl.concat_list("target")).list.first())
    rng = np.random.default_rng(seed)
    near = (targets + rng.choice([-2, -1, 1, 2], len(targets))) % 1000
    # where the image shows something else as well, that is what is mostly seen
    other = others.to_series().fill_null(-1).to_numpy()
    wrong = np.where((other >= 0) & (rng.random(len(targets)) < 0.8), other, near)
    harder = np.where(other >= 0, 1.6, 0.8)
    return np.where(rng.random(len(targets)) < 1 - (1 - accuracy) * harder, targets, wrong)


def write_made_up(folder: Path) -> None:
    """Write what the examples read: two models as CSV, and one in the order of class folders."""
    images = load_atlas("imagenet").images
    for seed, (model, accuracy) in enumerate({"resnet50": 0.74, "vit": 0.79}.items()):
        predicted = made_up_predictions(seed, accuracy=accuracy)
        images.select("file_name", predicted_class=pl.Series(predicted)).write_csv(folder / f"{model}.csv")
        np.save(folder / f"{model}_imagefolder.npy", in_class_folder_order(predicted, images))


def in_class_folder_order(predicted: np.ndarray, images: pl.DataFrame) -> np.ndarray:
    """Put predictions where `ImageFolder` has their images; images without labels get the class of their folder."""
    whole = np.repeat(np.arange(1000), 50)
    whole[images["folder_rank"].to_numpy()] = predicted
    return whole


def batches(predicted: np.ndarray, *, size: int = 2000) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return scores (float32, shape (size, 1000)) and positions in class-folder order, as a loader gives them."""
    positions = load_atlas("imagenet").images["folder_rank"].to_numpy()
    found = []
    for start in range(0, len(predicted), size):
        part = slice(start, start + size)
        scores = np.random.default_rng(start).normal(size=(len(predicted[part]), 1000)).astype(np.float32)
        scores[np.arange(len(scores)), predicted[part]] += 20
        found.append((scores, positions[part]))
    return found


def feed(accumulator, scores, names, *, size=32):
    """Update an accumulator batch by batch, and return it."""
    for start in range(0, len(scores), size):
        part = slice(start, start + size)
        accumulator.update(scores[part], None if names is None else names[part])
    return accumulator


def part_of(sent):
    """Update an accumulator that was sent here, in another process, with every second image."""
    accumulator, scores, positions = sent
    return feed(accumulator, scores, positions)
