"""What the name of a model says about it: architecture, training data, kinds of training."""

import csv
import fnmatch
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from errata.errors import InputError
from errata.sheets import NONE


@dataclass(frozen=True)
class NameRules:
    """The tables that names are read with.

    Attributes
    ----------
    architectures, training_data, annotations : path
        `resources/zoo/architectures.tsv`, `training_data.tsv`, `annotations.tsv`.
    """

    architectures: Path
    training_data: Path
    annotations: Path

    @cached_property
    def _architectures(self) -> list[tuple[str, ...]]:
        return _read(self.architectures, columns=("pattern", "family", "group"))

    @cached_property
    def _training_data(self) -> list[tuple[re.Pattern, str, str]]:
        rows = _read(self.training_data, columns=("pattern", "training_data", "images"))
        return [(re.compile(pattern), data, images) for pattern, data, images in rows]

    @cached_property
    def _annotations(self) -> list[tuple[re.Pattern, str]]:
        rows = _read(self.annotations, columns=("pattern", "annotation"))
        return [(re.compile(pattern), annotation) for pattern, annotation in rows]

    def family_and_group(self, architecture: str) -> tuple[str, str]:
        """Return family and group of an architecture, by its name in its library.

        Raises
        ------
        InputError
            If no pattern fits.
        """
        for pattern, family, group in self._architectures:
            if fnmatch.fnmatchcase(architecture, pattern):
                return family, group
        raise InputError(f"{self.architectures}: no pattern fits the architecture '{architecture}'; add a row.")

    def data(self, name: str) -> tuple[str, str]:
        """Return the largest training data of a model, by its name without its size, and how many images that has.

        Raises
        ------
        InputError
            If no pattern fits.
        """
        for pattern, data, images in self._training_data:
            if pattern.search(name):
                return data, images
        raise InputError(f"{self.training_data}: no pattern fits the model '{name}'; add a row.")

    def kinds_of_training(self, name: str) -> str:
        """Return what else is known about the training of a model, separated by commas."""
        found = [annotation for pattern, annotation in self._annotations if pattern.search(name)]
        return ", ".join(found) or NONE


def _read(path: Path, *, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t")
    if tuple(header) != columns:
        raise InputError(f"{path}: expected the tab-separated columns {', '.join(columns)}, found {', '.join(header)}.")
    return [tuple(row) for row in rows]
