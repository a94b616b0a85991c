"""Plan which models share the pixels of a view, and estimate the resources of their jobs.

No heavy imports: every Snakemake job reads this.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from errata.contracts import PREDICT
from errata.models import Model
from errata.selection import RESULTS


@dataclass(frozen=True)
class Views:
    """The views of a run.

    `models`: the models that run, by data set.
    `cached_from`: how many models must wait for a view for its pixels to be made once for all of them.
    """

    models: Mapping[str, list[Model]]
    cached_from: int

    def waiting_for(self, dataset: str, view: str) -> list[str]:
        """Return the predictions that a run makes from a view: those that are not there, or older than the images.

        All that need the view, if its models have not yet run together under the present contract.
        """
        users = [
            f"{RESULTS}/{dataset}/predictions/{model.model}.parquet"
            for model in self.models[dataset]
            if model.view == view and model.source != "dummy"
        ]
        if not Path(released_view(dataset, view)).exists():
            return users
        indexed = _changed(f"{RESULTS}/{dataset}/images.parquet") or 0.0
        return [path for path in users if (changed := _changed(path)) is None or changed < indexed]

    def is_cached(self, dataset: str, view: str) -> bool:
        """Return whether enough models of a run wait for a view to make its pixels once for all of them."""
        return len(self.waiting_for(dataset, view)) >= self.cached_from

    def released(self, dataset: str) -> list[str]:
        """Return the notes that the models have run whose views are cached in this run."""
        views = sorted({model.view for model in self.models[dataset] if model.source != "dummy"})
        return [released_view(dataset, view) for view in views if self.is_cached(dataset, view)]


def released_view(dataset: str, view: str) -> str:
    """Return the note that the models that shared a view have run, under the present contract."""
    return f"{RESULTS}/{dataset}/views/{view}.contract-{PREDICT}.json"


def _changed(path: str) -> float | None:
    """Return the modification time of a file, None where there is none."""
    try:
        return Path(path).stat().st_mtime
    except FileNotFoundError:
        return None


START_MINUTES = 10
"""For the download of weights, the libraries, the decoding of 50,000 images on a few cores (about four minutes on one
core) and the first plans of a GPU's libraries."""

SLOWER_CARD = 5
"""By how much a cluster's card may be slower than the one of the sheet's seconds: a T4 against an RTX 4090."""

SECONDS_ON_ONE_CORE = 2000
"""Seconds on one core of a processor per second on the card. ViT-B/32 takes 4.1 s on the card, and about 5,600 s on a
core at 9 images a second, 1,350 times as long; the rest is a margin."""

UNKNOWN_MINUTES = {True: 10, False: 110}
"""Taken where no seconds are known, as for a checkpoint of one's own, with a GPU and without. On a GPU seven in eight
models of the sheet take less; a large model is not run on one core."""

MOST_MINUTES = 24 * 60
"""A first attempt asks for no more than a day: many clusters allow no more."""

BASE_MEGABYTES = 4000
"""For the libraries, CUDA's context and the batches in flight, the latter on a processor too."""

BYTES_PER_PARAMETER = 12
"""The file of the weights as it is read, the network, its copy in single precision for close calls: four bytes each."""


@dataclass(frozen=True)
class Resources:
    """Resources that a job asks a cluster for at its first attempt.

    `minutes`: of time.
    `megabytes`: of main memory.
    """

    minutes: int
    megabytes: int


def job_resources(model: Model, *, uses_gpu: bool) -> Resources:
    """Estimate the resources of a job that runs a model on 50,000 images, generously: a kill costs more than a margin.

    `model`: its `seconds` for 50,000 images on the sheet's card, and `parameters`.
    `uses_gpu`: whether it runs on a GPU, or on one core of a processor.
    """
    slower = SLOWER_CARD if uses_gpu else SECONDS_ON_ONE_CORE
    work = UNKNOWN_MINUTES[uses_gpu] if model.seconds is None else math.ceil(model.seconds * slower / 60)
    weights = math.ceil(BYTES_PER_PARAMETER * (model.parameters or 0) / 1e6)
    return Resources(minutes=min(START_MINUTES + work, MOST_MINUTES), megabytes=BASE_MEGABYTES + weights)
