"""A world for recipes: images of twelve colours, an atlas of them in ImageNet's place, and networks that know colours.

Networks have random weights; the last layer is set so that the nearest class, by the features of one clean image of
each class, has the highest score. So a library's own model gives sound answers without training or a download.
"""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from errata.atlas.compiled import write_atlas
from errata.atlas.decision import ClassKnowledge, compile_atlas
from errata.atlas.evidence import build_evidence, evidence_path
from errata.atlas.tables import EVIDENCE
from errata.classes.tables import CLASSES, COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.labels.tables import LABELS, TARGETS
from errata.shipped import published_file
from errata.tables import write_table
from workflow.small_world import CLASSES as NAMES_OF_CLASSES

WNIDS = list(NAMES_OF_CLASSES)
NAMES = list(NAMES_OF_CLASSES.values())
COLOURS = np.array([(red, green, blue) for red in (30, 225) for green in (30, 128, 225) for blue in (30, 225)])
PER_CLASS = 10
SIDE = 64


def images_of() -> pl.DataFrame:
    """Return every image: its name, its target, and the class whose colour it has, the other of a pair on 3 of 10."""
    random = np.random.default_rng(0)
    targets = random.permutation(np.repeat(np.arange(len(WNIDS)), PER_CLASS))
    shown = np.where(random.random(len(targets)) < 0.3, targets ^ 1, targets)
    names = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, len(targets) + 1)]
    return pl.DataFrame({"file_name": names, "target": targets, "shown": shown})


def picture(class_id: int) -> Image.Image:
    """Draw the one picture of a class."""
    return Image.new("RGB", (SIDE, SIDE), tuple(map(int, COLOURS[class_id])))


def write_images(folder: Path) -> None:
    """Write the images into class folders."""
    for name, target, shown in images_of().iter_rows():
        path = folder / WNIDS[target] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(shown).save(path, quality=95)


def write_data(folder: Path) -> None:
    """Write an atlas of the images, its evidence, and the published counts, as they come with the package."""
    images = images_of()
    place = pl.int_range(pl.len(), dtype=pl.Int32).alias("position")
    targets = images.select("file_name", place, pl.col("target").cast(pl.Int16))
    columns = {
        "multi_labels": pl.concat_list("target"),
        "unclear_labels": pl.lit([], dtype=pl.List(pl.Int16)),
        "is_problematic": pl.lit(value=False),
        "is_non_prototypical": pl.lit(value=False),
        "non_prototypical_source": pl.lit(None, dtype=pl.String),
        "is_imagenet_m": pl.lit(None, dtype=pl.Boolean),
    }
    labels = targets.with_columns(**columns).select(*LABELS.columns)
    classes = pl.DataFrame(
        {
            "class_id": range(len(WNIDS)),
            "wnid": WNIDS,
            "name": NAMES,
            "lemmas": [[name] for name in NAMES],
            "group": ["organism"] * len(WNIDS),
        },
        schema=CLASSES.schema,
    )
    nothing = np.zeros((len(WNIDS), len(WNIDS)), dtype=bool)
    pairs = np.arange(len(WNIDS)) // 2
    compiled = compile_atlas(
        labels,
        classes,
        ClassKnowledge(nothing, pairs[:, None] == pairs, nothing),
        name="labels",
        dataset="imagenet",
        dataset_images=images.height,
        has_multilabels=True,
        targets=targets.select(*TARGETS.columns),
    )
    superclasses = pl.DataFrame({"superclass": [f"pair {pair}" for pair in pairs], "class_id": range(len(WNIDS))})
    evidence = build_evidence(
        labels,
        superclasses=superclasses.cast(SUPERCLASSES.schema),
        overlap=pl.DataFrame(schema=OVERLAP.schema),
        cooccurrence=pl.DataFrame(schema=COOCCURRENCE.schema),
    )
    atlas = folder / "imagenet.parquet"
    write_table(evidence, EVIDENCE, evidence_path(atlas))
    write_atlas(compiled, atlas, beside={"evidence": evidence_path(atlas)})
    shutil.copy(published_file("imagenet"), folder)


def right_answers() -> float:
    """Return the top-1 accuracy, in per cent, of a network that knows the colours."""
    images = images_of()
    return 100 * float((images["target"] == images["shown"]).mean())


def knows_colours(network, transform=lambda image: np.array(image)):
    """Set the last layer of a network of torch, and return the network, ready to be asked.

    `network`: any module whose last linear layer is its head.
    `transform`: what makes a tensor, channels first, of a picture.
    """
    import torch

    head = [module for module in network.modules() if isinstance(module, torch.nn.Linear)][-1]
    features = []
    hook = head.register_forward_pre_hook(lambda module, given: features.append(given[0]))
    with torch.inference_mode():
        network.eval()(torch.stack([transform(picture(class_id)) for class_id in range(len(WNIDS))]))
    hook.remove()
    (prototypes,) = features
    weights, biases = nearest(prototypes.double().numpy())
    head.load_state_dict({"weight": torch.tensor(weights.T).float(), "bias": torch.tensor(biases).float()})
    return network


def nearest(prototypes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights, shape (features, classes), and biases that score highest the class with the nearest prototype."""
    centre = prototypes.mean(axis=0)
    around = prototypes - centre
    scale = 20 / np.square(around).sum(axis=1).mean()
    weights = 2 * scale * around.T
    return weights, -scale * np.square(around).sum(axis=1) - centre @ weights
