"""Locate the original files of a data set: the user's own, or sources of the registry."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from errata.errors import InputError
from errata.groups import GROUPS
from errata.published.paper import published_files
from errata.selection import RESULTS, user_path
from errata.sheets import GIVEN, Dataset
from errata.sources.registry import Source, find_source

ATLAS = ".parquet"
SHIPPED = Path(__file__).parents[1] / "data"
"""Where the atlases are that come with the package."""

SAID_IN_TABLES = ("targets", "multilabels", "real", "experts", "published", "neighbours", "parts")
"""Keys of the configuration that a data set of one's own has no use for."""


def is_archive(source: Source) -> bool:
    """Return whether a source is an archive: as targets of a data set, its images in class folders."""
    return source.file.endswith((".tar", ".tar.gz"))


@dataclass(frozen=True)
class Inputs:
    """What the configuration and the sheet of data sets say about original files.

    `config`: the configuration, checked against its schema.
    `datasets`: the sheet of data sets, by name.
    `sources`: the registry of sources.
    """

    config: Mapping
    datasets: Mapping[str, Dataset]
    sources: Mapping[str, Source]

    def source_file(self, key: str) -> str:
        """Return the path of a source of the registry."""
        return f"{RESULTS}/sources/{key}/{find_source(self.sources, key).file}"

    def images_of(self, dataset: str) -> str | None:
        """Return the folder or tar with the pixels of a data set: the configuration's, or the sheet's archive."""
        given = self.config["images"].get(dataset)
        key = self.datasets[dataset].targets
        if self.datasets[dataset].has_own_tables:
            return given or (key if Path(key).is_dir() else None)
        if given is not None or key == GIVEN or not is_archive(find_source(self.sources, key)):
            return given
        file = self.source_file(key)
        # images are read from a plain tar one by one, from a compressed one they cannot be
        return file if file.endswith(".tar") else f"{RESULTS}/sources/{key}/unpacked"

    def targets_of(self, dataset: str) -> str:
        """Return the file or folder that says which images a data set has.

        Raises InputError if the sheet says that they are given and the configuration does not.
        """
        if self.datasets[dataset].has_own_tables:
            return self.datasets[dataset].targets
        listed = user_path(self.config["targets"], dataset, sole=True, kind="targets")
        key, images = self.datasets[dataset].targets, self.images_of(dataset)
        if listed is not None and self.part_of(dataset) is None:
            return listed
        if key != GIVEN and not is_archive(find_source(self.sources, key)):
            return self.source_file(key)
        if images is None:
            raise InputError(
                f"data set '{dataset}' cannot be downloaded: say where it is with images: {{{dataset}: PATH}} in the "
                "config."
            )
        return images

    def own_tables_of(self, dataset: str) -> dict[str, str]:
        """Return the tables of a data set of one's own, and the atlas that its pairs come from: role -> path."""
        row = self.datasets[dataset]
        tables = {"classes": row.vocabulary, "labels": row.targets}
        if row.pairs_from is None:
            return tables
        file = (
            row.pairs_from if row.pairs_from.endswith(ATLAS) else os.path.relpath(SHIPPED / f"{row.pairs_from}{ATLAS}")
        )
        return tables | {"pairs_from": file, "evidence_of_pairs": f"{file.removesuffix(ATLAS)}.evidence{ATLAS}"}

    def check_own(self, dataset: str) -> None:
        """Refuse a data set of one's own whose files are not there, or of which the configuration says more.

        Raises InputError.
        """
        for role, path in self.own_tables_of(dataset).items():
            if not Path(path).exists() and Path(path).parts[0] != RESULTS:
                raise InputError(
                    f"config/datasets.tsv, data set '{dataset}': {role}: there is nothing at {path} (relative paths "
                    "start at the project folder). Correct the row, or put it there."
                )
        for key in SAID_IN_TABLES:
            given = self.config[key] or ()
            # a single path is about this data set if it can be about no other of the run
            is_path = isinstance(given, str)
            is_sole = is_path and all(self.datasets[name].has_own_tables for name in self.config["datasets"])
            if is_sole or (Path(given, dataset).exists() if is_path else dataset in given):
                raise InputError(
                    f"config key '{key}': leave '{given if is_sole else dataset}' out: the own tables of '{dataset}' "
                    "(config/datasets.tsv) say all that is known of its images."
                )

    def part_of(self, dataset: str) -> str | None:
        """Return the user's list of images where the setting `parts` makes it a part of the sheet's data set."""
        key = self.datasets[dataset].targets
        if dataset not in self.config["parts"] or key == GIVEN or is_archive(find_source(self.sources, key)):
            return None
        return user_path(self.config["targets"], dataset, sole=True, kind="targets")

    def multilabels_of(self, dataset: str) -> list[str]:
        """Return the multi-labels of a data set as a list: the user's file, the sheet's source, or none."""
        if self.datasets[dataset].multilabels is None:
            return []
        with_labels = [name for name in self.config["datasets"] if self.datasets[name].multilabels]
        return [self._given_or_source("multilabels", dataset, sole=len(with_labels) <= 1)]

    def real_of(self, dataset: str) -> str:
        """Return the re-assessed labels of a data set."""
        return self._given_or_source("real", dataset, sole=True)

    def experts_of(self, dataset: str) -> dict[str, str]:
        """Return the expert lists of a data set by name."""
        sources = self.datasets[dataset].experts
        if sources == (GIVEN,):
            path = user_path(self.config["experts"], dataset, sole=True, kind="experts")
            if path is None:
                raise self._not_given("experts", dataset)
            return {Path(path).stem: path}
        return {key: self.source_file(key) for key in sources}

    def _given_or_source(self, key: str, dataset: str, *, sole: bool) -> str:
        source = getattr(self.datasets[dataset], key)
        path = user_path(self.config[key], dataset, sole=sole, kind=key)
        if path is None and source == GIVEN:
            raise self._not_given(key, dataset)
        return path or self.source_file(source)

    @staticmethod
    def _not_given(key: str, dataset: str) -> InputError:
        return InputError(
            f"data set '{dataset}': config/datasets.tsv says that its {key} are given, so say where with "
            f"{key}: {{{dataset}: PATH}} in the config."
        )

    def has_published(self, dataset: str) -> bool:
        """Return whether the paper's results on a data set are known."""
        given = self.config["published"]
        return self.datasets[dataset].published is not None or (isinstance(given, Mapping) and dataset in given)

    def published_tables(self, dataset: str) -> dict[str, str]:
        """Return the paper's tables of a data set, by group: the user's files or the sheet's sources."""
        sole = len([name for name in self.config["datasets"] if self.has_published(name)]) <= 1
        given = user_path(self.config["published"], dataset, sole=sole, kind="published")
        if given:
            return {group: str(file) for group, file in published_files(given).items()}
        return {group: self.source_file(f"published_{self.datasets[dataset].published}_{group}") for group in GROUPS}
