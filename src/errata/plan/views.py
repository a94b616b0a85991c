"""Which views are made once for several models, and which models wait for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from errata.selection import RESULTS
from errata.sheets import Model
from errata.zoo.contract import PREDICT


@dataclass(frozen=True)
class Views:
    """The views of a run.

    Attributes
    ----------
    models : mapping
        The models that run, by data set.
    cached_from : int
        How many models must wait for a view for its pixels to be made once for all of them.
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
        """Tell whether so many models of a run wait for a view that its pixels are made once for all of them."""
        return len(self.waiting_for(dataset, view)) >= self.cached_from

    def released(self, dataset: str) -> list[str]:
        """Return the notes that the models have run whose views are cached in this run."""
        views = sorted({model.view for model in self.models[dataset] if model.source != "dummy"})
        return [released_view(dataset, view) for view in views if self.is_cached(dataset, view)]


def released_view(dataset: str, view: str) -> str:
    """Return the note that the models that shared a view have run, under the present contract."""
    return f"{RESULTS}/{dataset}/views/{view}.contract-{PREDICT}.json"


def _changed(path: str) -> float | None:
    """Return when a file was last written; None where there is none."""
    try:
        return Path(path).stat().st_mtime
    except FileNotFoundError:
        return None
