"""Many models for benchmarks: the real predictions again and again with noise, or made-up ones."""

import os
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas, write_atlas
from errata.shipped import atlas_file

PROJECT = Path(__file__).resolve().parents[2]


def real_predictions() -> Path | None:
    """Return the folder of real predictions, if it is there."""
    folder = Path(os.environ.get("ERRATA_REAL_DATA", PROJECT.parent / "shared" / "real")) / "predictions"
    return folder if folder.is_dir() else None


ATLAS = atlas_file("imagenet")
"""The atlas that comes with the package."""


def atlas_and_source(scratch: Path, atlas: Path = ATLAS) -> tuple[Path, Path | None]:
    """Return an atlas and the folder of real predictions for it; else a made-up atlas and none."""
    source = real_predictions()
    return (atlas, source) if source else (synthetic_atlas(scratch / "atlas.parquet"), None)


def many_predictions(folder: Path, atlas: Atlas, source: Path | None, count: int) -> list[Path]:
    """Write `count` files: the real ones again and again, with 2 % of another's answers, or 70 % right answers."""
    rng = np.random.default_rng(0)
    originals = sorted(source.glob("*.parquet")) if source else []
    frames = [pl.read_parquet(file) for file in originals] or [
        atlas.images.select("file_name", predicted_class="target")
    ]
    noise = 0.02 if originals else 0.3
    files = []
    for number in range(count):
        frame = frames[number % len(frames)]
        predicted = frame["predicted_class"].to_numpy().copy()
        changed = rng.random(len(predicted)) < noise
        if originals:
            # random classes would look like rows out of order to the doctor
            other = frames[(number + 1 + number // len(frames)) % len(frames)]["predicted_class"]
            predicted[changed] = other.to_numpy()[changed]
        else:
            predicted[changed] = rng.integers(0, atlas.classes.height, changed.sum())
        path = folder / f"model_{number:04d}.parquet"
        frame.with_columns(predicted_class=pl.Series(predicted)).write_parquet(path)
        files.append(path)
    return files


def synthetic_atlas(path: Path) -> Path:
    """Write an atlas of the size of ImageNet's with arbitrary outcomes to `path`."""
    rng = np.random.default_rng(0)
    images, classes = 20_000, 1000
    frame = pl.DataFrame(
        {
            "file_name": [f"{i:08d}.JPEG" for i in range(images)],
            "position": pl.Series(range(images), dtype=pl.Int32),
            "target": pl.Series(np.repeat(np.arange(classes), images // classes), dtype=pl.Int16),
            "multi_labels": pl.Series(
                np.repeat(np.arange(classes), images // classes)[:, None].tolist(), dtype=pl.List(pl.Int16)
            ),
            "is_problematic": rng.random(images) < 0.065,
            "in_organism": rng.random(images) < 0.41,
            "in_artifact": rng.random(images) < 0.54,
            "in_other": rng.random(images) < 0.085,
            "is_imagenet_m": pl.Series([None] * images, dtype=pl.Boolean),
        }
    )
    described = pl.DataFrame(
        {
            "class_id": pl.Series(range(classes), dtype=pl.Int16),
            "wnid": [f"n{i:08d}" for i in range(classes)],
            "name": [f"class {i}" for i in range(classes)],
            "lemmas": [[f"class {i}"] for i in range(classes)],
            "group": ["organism"] * 410 + ["artifact"] * 522 + ["other"] * 68,
        }
    )
    outcomes = rng.choice(np.array([1, 2, 3, 4, 6], dtype=np.uint8), (images, classes))
    outcomes[np.arange(images), frame["target"].to_numpy()] = 0
    undefined = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")
    write_atlas(Atlas("labels", "synthetic", frame, outcomes, described, images, undefined), path)
    return path
