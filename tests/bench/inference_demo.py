"""How half precision changes what the demo's trained classifiers say about drawings."""

from pathlib import Path

import numpy as np
import polars as pl
import torch

from errata.demo.lessons import classifier_lessons, drawn
from errata.sheets import read_models
from errata.views.view import parse_view
from errata.zoo.classifier import load_classifier
from errata.zoo.inference import Running, run
from errata.zoo.pace import Pace

PROJECT = Path(__file__).resolve().parents[2]
# not the seed of the pictures that the classifiers learnt from
SEED = 77


def demo_flips(device: torch.device, *, folder: Path, lessons: int, threads: int) -> list[dict]:
    """Count labels of every demo classifier unlike float32's, without and with close calls computed again."""
    if not lessons:
        return []
    classes = pl.DataFrame({"class_id": range(len(pl.read_csv(PROJECT / "resources/vocabularies/demo.csv")))})
    pictures = classifier_lessons(SEED, lessons)
    scenes = [picture.scene for picture in pictures]
    index = pl.DataFrame(
        {
            "position": range(len(scenes)),
            "problem": pl.Series([None] * len(scenes), dtype=pl.String),
            "target": [0] * len(scenes),
        }
    )
    views: dict[str, Path] = {}
    found = []
    for name, model in read_models(PROJECT / "config/models.tsv").items():
        if model.vocabulary != "demo" or model.source != "checkpoint":
            continue
        if model.view not in views:
            view = parse_view(model.view)
            pixels = drawn(
                scenes, size=view.crop, resize=view.resize, interpolation=view.interpolation, threads=threads
            )
            views[model.view] = folder / f"{model.view}.npy"
            np.save(views[model.view], pixels)
        row = {**vars(model), "weights": str(PROJECT / model.weights)}
        classifier = load_classifier(row, classes=classes, device=device)

        def labels(precision: str, margin: float, classifier=classifier, view=views[model.view]):
            answered = run(
                classifier,
                index,
                index=index,
                view_file=view,
                images=None,
                running=Running(device=device, precision=precision, threads=threads, margin=margin),
                pace=Pace("benchmark", index.height),
            )
            return answered.found["top_classes"][:, 0], answered.rechecked

        full, _ = labels("fp32", 0)
        before, _ = labels("amp", 0)
        after, rechecked = labels("amp", Running.margin)
        found.append(
            {
                "model": name,
                "images": len(scenes),
                "before": int((full != before).sum()),
                "after": int((full != after).sum()),
                "rechecked": rechecked.images,
                "margin": rechecked.margin,
                "largest_error": rechecked.largest_error,
            }
        )
    return found
