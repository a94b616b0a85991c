"""Inputs of ImageNet's size for benchmarks of the open world and the atlas: its classes, random vectors and labels."""

import json
import runpy
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.superclasses import read_superclasses, select_classes, sharing_matrix
from errata.classes.tables import CLASSES, COOCCURRENCE, OVERLAP, SUPERCLASSES, WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.images.tables import IMAGES
from errata.labels.tables import LABELS, TARGETS
from errata.openworld.tables import NEIGHBOURS, PROMPTS
from errata.tables import Table, read_table, write_table

PROJECT = Path(__file__).resolve().parents[2]
SCRIPTS = PROJECT / "workflow" / "scripts"
NOUNS = PROJECT / "resources/wordnet/nouns.parquet"
DIMENSIONS = 768
ROWS_AT_ONCE = 50_000
NOTES = {
    "architecture": "random",
    "sha256": "",
    "quick_gelu": False,
    "view": "",
    "dimensions": DIMENSIONS,
    "inputs": {},
}


def write_inputs(folder: Path, *, images: int, train: int) -> None:
    """Write random vectors and the tables that go with them, under the names that the stages read."""
    rng = np.random.default_rng(0)
    wordnet = WordNet.from_table(read_table(WORDNET, NOUNS))
    wnids = read_vocabulary(PROJECT / "resources/vocabularies/imagenet1k.csv")
    classes = build_classes(wnids, wordnet)
    superclasses = select_classes(read_superclasses(PROJECT / "resources/superclasses.yaml"), wnids, wordnet)
    write_table(classes, CLASSES, folder / "classes.parquet")
    write_table(superclasses, SUPERCLASSES, folder / "superclasses.parquet")
    runpy.run_path(str(SCRIPTS / "list_prompts.py"), run_name="benchmark")["main"](
        classes=str(folder / "classes.parquet"),
        wordnet=str(NOUNS),
        template="A photo of a {lemma}",
        output=str(folder / "prompts.parquet"),
    )
    prompts = read_table(PROMPTS, folder / "prompts.parquet")["text_row"].n_unique()
    for name, rows in (("images", images), ("train", train), ("prompts", prompts)):
        _write_vectors(folder / f"{name}.npy", rows, rng)
        (folder / f"{name}.json").write_text(json.dumps(NOTES))
    targets = np.repeat(np.arange(len(wnids)), -(-images // len(wnids)))[:images]
    _write(folder / "images.parquet", IMAGES, _image_table(images))
    _write(folder / "targets.parquet", TARGETS, _rows(images) | {"target": targets})
    _write(folder / "train.parquet", IMAGES, _image_table(train))
    _write(folder / "train_targets.parquet", TARGETS, _rows(train) | {"target": rng.integers(0, len(wnids), train)})
    _write(folder / "labels.parquet", LABELS, _label_table(targets, rng))
    _write(folder / "overlap.parquet", OVERLAP, {"target": [836], "predicted_class": [837], "reason": ["the same"]})
    pair = {"class_a": [1], "class_b": [2], "count": [3], "shares_superclass": [False], "is_spurious_prone": [True]}
    _write(folder / "cooccurrence.parquet", COOCCURRENCE, pair)


def write_realistic_neighbours(folder: Path, path: Path, *, count: int = 50) -> None:
    """Write neighbours as a good encoder finds them: 60 % of the target's class, 25 % of its superclass mates, the rest
    of two classes that look alike."""
    rng = np.random.default_rng(1)
    labels = pl.read_parquet(folder / "labels.parquet", columns=["file_name", "target"])
    sharing = sharing_matrix(read_table(SUPERCLASSES, folder / "superclasses.parquet"), 1000)
    targets = labels["target"].to_numpy()
    mates = np.array([rng.choice(np.flatnonzero(sharing[target]), count) for target in targets])
    confusers = np.take_along_axis(rng.integers(0, 1000, (len(targets), 2)), rng.integers(0, 2, mates.shape), axis=1)
    kind = rng.random(mates.shape)
    classes = np.where(kind < 0.6, targets[:, None], np.where(kind < 0.85, mates, confusers))
    columns = {
        "file_name": labels["file_name"],
        "train_positions": np.zeros_like(classes).tolist(),
        "train_classes": classes.tolist(),
        "cosines": [None] * len(targets),
    }
    _write(path, NEIGHBOURS, columns)


def _write_vectors(path: Path, rows: int, rng: np.random.Generator) -> None:
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(rows, DIMENSIONS))
    for start in range(0, rows, ROWS_AT_ONCE):
        some = rng.standard_normal((min(ROWS_AT_ONCE, rows - start), DIMENSIONS), dtype=np.float32)
        vectors[start : start + len(some)] = some / np.linalg.norm(some, axis=1, keepdims=True)
    vectors.flush()


def _write(path: Path, table: Table, columns: dict) -> None:
    schema = {name: column.dtype for name, column in table.columns.items()}
    write_table(pl.DataFrame(columns, schema=schema), table, path)


def _rows(count: int) -> dict:
    return {"file_name": [f"{row:08d}.JPEG" for row in range(count)], "position": range(count)}


def _image_table(count: int) -> dict:
    rows = _rows(count)
    return {
        **rows,
        "location": rows["file_name"],
        "offset": [None] * count,
        "bytes": [0] * count,
        "width": [1] * count,
        "height": [1] * count,
        "mode": ["RGB"] * count,
        "problem": [None] * count,
    }


def _label_table(targets: np.ndarray, rng: np.random.Generator) -> dict:
    count = len(targets)
    return {
        **_rows(count),
        "target": targets,
        "multi_labels": [[target] for target in targets],
        "unclear_labels": [[]] * count,
        "is_problematic": rng.random(count) < 0.065,
        "is_non_prototypical": rng.random(count) < 0.002,
        "non_prototypical_source": ["list"] * count,
        "is_imagenet_m": [False] * count,
    }
