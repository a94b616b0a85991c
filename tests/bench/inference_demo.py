"""How half precision changes what the demo's trained classifiers say about drawings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import torch

from errata.inference.progress import Progress
from errata.models import Model, read_models
from errata.views.view import parse_view
from errata.zoo.predict import Running, load_classifier, run
from errata_demo.lessons import classifier_lessons, drawn

PROJECT = Path(__file__).resolve().parents[2]
# not the seed of the pictures that the classifiers learnt from
SEED = 77


def drawn_views(folder: Path, *, lessons: int, threads: int) -> dict[str, Path]:
    """Draw `lessons` pictures per class in every view of the demo's classifiers: view -> memory map.

    Processes draw, and processes must not be forked from one that uses a GPU already.
    """
    scenes = [picture.scene for picture in classifier_lessons(SEED, lessons)]
    views = {}
    for key in sorted({model.view for model in _models().values()}) if scenes else []:
        view = parse_view(key)
        pixels = drawn(scenes, size=view.crop, resize=view.resize, interpolation=view.interpolation, threads=threads)
        views[key] = folder / f"demo-{key}.npy"
        np.save(views[key], pixels)
    return views


def demo_flips(device: torch.device, *, views: dict[str, Path], threads: int) -> list[dict]:
    """Count labels of every demo classifier unlike float32's, without and with close calls computed again."""
    classes = pl.DataFrame({"class_id": range(len(pl.read_csv(PROJECT / "resources/vocabularies/demo.csv")))})
    found = []
    for name, model in _models().items() if views else []:
        images = len(np.load(views[model.view], mmap_mode="r"))
        index = pl.DataFrame(
            {"position": range(images), "problem": pl.Series([None] * images, dtype=pl.String), "target": [0] * images}
        )
        row = replace(model, weights=str(PROJECT / model.weights))
        classifier = load_classifier(row, classes=classes, device=device)

        def labels(precision: str, margin: float, classifier=classifier, index=index, view=views[model.view]):
            answered = run(
                classifier,
                index,
                index=index,
                view_file=view,
                images=None,
                running=Running(device=device, precision=precision, threads=threads, margin=margin),
                progress=Progress("benchmark", index.height),
            )
            return answered.found["top_classes"][:, 0], answered.rechecked

        full, _ = labels("fp32", 0)
        before, _ = labels("amp", 0)
        after, rechecked = labels("amp", Running.margin)
        found.append(
            {
                "model": name,
                "images": images,
                "before": int((full != before).sum()),
                "after": int((full != after).sum()),
                "rechecked": rechecked.images,
                "margin": rechecked.margin,
                "largest_error": rechecked.largest_error,
            }
        )
    return found


def _models() -> dict[str, Model]:
    return {
        name: model
        for name, model in read_models(PROJECT / "config/models.tsv").items()
        if model.vocabulary == "demo" and model.source == "checkpoint"
    }
