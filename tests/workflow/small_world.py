"""A project folder around a world of twelve classes: the real rules, with labels that fit on a screen.

Images are `ILSVRC2012_val_00000001.JPEG` and so on, 20 of each class, class by class. The first ten of each class
have multi-labels; the ReaL lists of the others hold the pairs that often occur together.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl

CLASSES = {
    "n02085620": "Chihuahua",
    "n02085782": "Japanese spaniel",
    "n02109961": "Eskimo dog",
    "n02110063": "malamute",
    "n02123045": "tabby",
    "n02129165": "lion",
    "n03085013": "computer keyboard",
    "n03793489": "mouse",
    "n04355933": "sunglass",
    "n04356056": "sunglasses",
    "n07747607": "orange",
    "n07749582": "lemon",
}
WNIDS = list(CLASSES)
SPANIEL, TABBY, LION, KEYBOARD, MOUSE = 1, 4, 5, 6, 7

IMAGES_PER_CLASS = 20
ANNOTATED_PER_CLASS = 10
TARGETS = [class_id for class_id in range(len(WNIDS)) for _ in range(IMAGES_PER_CLASS)]
NAMES = [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, len(TARGETS) + 1)]
ANNOTATED = [image for image in range(len(TARGETS)) if image % IMAGES_PER_CLASS < ANNOTATED_PER_CLASS]
PROBLEMATIC = ANNOTATED[0]
NON_PROTOTYPICAL = ANNOTATED[15]

SUPERCLASSES = """\
# superclasses of the small world
- name: dogs
  any_of: [[dog]]
- name: cats
  any_of: [[feline]]
- name: citrus
  any_of: [[citrus]]
"""

LABELS_ONLY = ("--configfile", "config/labels-only.yaml")
INPUTS = ("mirror=mirror", "offline=True", "published=published", "predictions=predictions")
"""How to run the labels-only pipeline on the small world: the configuration file and the settings over it."""

MODELS = {"weak_model": 0.7, "strong.model": 0.9}


def copy_project(project: Path, folder: Path) -> None:
    """Copy what a run needs of the project: rules, library, configuration and resources."""
    folder.mkdir(parents=True)
    shutil.copy2(project / "Snakefile", folder)
    for name in ("rules", "src", "workflow", "config", "resources", "profiles"):
        shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def write_small_world(folder: Path, project: Path) -> None:
    """Copy the project into `folder` and put the small world's inputs in place of the real ones."""
    copy_project(project, folder)
    rows = [f"{class_id},{wnid}" for class_id, wnid in enumerate(WNIDS)]
    (folder / "resources/vocabularies/imagenet1k.csv").write_text("\n".join(["class_id,wnid", *rows, ""]))
    (folder / "resources/superclasses.yaml").write_text(SUPERCLASSES)
    _write_mirror(folder / "mirror", registry=folder / "resources/sources.tsv")
    _write_published(folder / "published")
    for model, accuracy in MODELS.items():
        write_predictions(folder, model, accuracy=accuracy)


def write_predictions(folder: Path, model: str, *, accuracy: float) -> Path:
    """Write the predictions of a model that is right so often and guesses otherwise."""
    random = np.random.default_rng(len(model))
    targets = np.array(TARGETS)
    is_right = random.random(len(targets)) < accuracy
    guesses = random.integers(len(WNIDS), size=len(targets))
    frame = pl.DataFrame({"file_name": NAMES, "predicted_class": np.where(is_right, targets, guesses).astype(np.int16)})
    path = folder / "predictions" / f"{model}.parquet"
    path.parent.mkdir(exist_ok=True)
    frame.write_parquet(path)
    return path


def write_broken_predictions(folder: Path, model: str) -> Path:
    """Write predictions that say the same class for every image."""
    path = folder / "predictions" / f"{model}.parquet"
    pl.DataFrame({"file_name": NAMES, "predicted_class": np.full(len(NAMES), LION, np.int16)}).write_parquet(path)
    return path


def write_class_folders(folder: Path, *, images: int) -> list[tuple[str, str]]:
    """Make a folder of empty images, one subfolder per class, and return (file name, wnid) of each."""
    rows = [(f"{wnid}/{number:03d}.jpg", wnid) for wnid in WNIDS for number in range(images)]
    for name, _ in rows:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return rows


def _write_mirror(mirror: Path, *, registry: Path) -> None:
    mirror.mkdir()
    annotations = {NAMES[image]: {"correct": [WNIDS[TARGETS[image]]], "wrong": [WNIDS[LION]]} for image in ANNOTATED}
    annotations[NAMES[MOUSE * IMAGES_PER_CLASS]]["unclear"] = [WNIDS[SPANIEL]]
    reassessed = [[target] for target in TARGETS]
    for image in range(KEYBOARD * IMAGES_PER_CLASS + ANNOTATED_PER_CLASS, (KEYBOARD + 1) * IMAGES_PER_CLASS):
        reassessed[image] = [KEYBOARD, MOUSE]
    reassessed[LION * IMAGES_PER_CLASS - 1] = []
    judged = {"top_prediction": TABBY, "failure category": "Non-prototypical", "failure severity": "Minor"}
    inputs = {
        "val_targets": {"image_filenames": [[name, WNIDS[t]] for name, t in zip(NAMES, TARGETS, strict=True)]},
        "real": reassessed,
        "multilabels_v3": {
            "initial_annots": annotations,
            "problematic_images": {NAMES[PROBLEMATIC]: []},
            "imagenet_m": [NAMES[ANNOTATED[1]]],
        },
        "expert_mistakes_vit3b": {NAMES[NON_PROTOTYPICAL]: judged},
        "expert_mistakes_greedy_soups": {},
    }
    lines = registry.read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    columns = {name: place for place, name in enumerate(rows[0])}
    for row in rows[1:]:
        source, file = row[columns["source"]], row[columns["file"]]
        if source in inputs:
            content = json.dumps(inputs[source]).encode()
            (mirror / file).write_bytes(content)
            row[columns["bytes"]], row[columns["sha256"]] = str(len(content)), hashlib.sha256(content).hexdigest()
    registry.write_text("\n".join(["\t".join(row) for row in rows] + [""]))


def _write_published(folder: Path) -> None:
    """Write published counts of twenty models, better and better, in the layout of the paper's tables."""
    folder.mkdir()
    for group, images in {"all": 119, "organism": 59, "artifact": 40, "other": 20}.items():
        rows = []
        for number in range(20):
            failures = images * (30 - number) // 60
            errors = failures + 6
            accuracy = 100 * (images - errors) / images
            rows.append(
                {
                    "model_dir_id": f"published--model{number}",
                    "num_params": 1_000_000 * (number + 1),
                    "training_data": "ImageNet-1k (1.2M)",
                    "arch_group": "ResNet",
                    "arch": "resnet",
                    "arch_family": "cnn",
                    "top1_val_acc": accuracy,
                    "mla_group": accuracy + 1,
                    "mla_group_minor_error": accuracy + 2,
                    "mla_group_explainable_error": accuracy + 3,
                    "num_group_samples": images,
                    "num_group_correct": images - errors,
                    "num_group_top1_errors": errors,
                    "num_collapsed_mappings": 1,
                    "num_ambiguous": 1,
                    "num_same_superclass": 1,
                    "num_OOV_clip": 1,
                    "num_common_co_occ": 1,
                    "num_non_prototypical": 1,
                    "num_not_classified": failures,
                    "num_imagenet-m_errors": 0,
                }
            )
        pl.DataFrame(rows).write_csv(folder / f"{group}.csv")
