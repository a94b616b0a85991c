"""A small world, what five models say about it, and the evidence behind its atlas."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from atlas.world import World, random_world
from errata.atlas.compiled import Atlas, write_atlas
from errata.atlas.decision import compile_atlas
from errata.atlas.evidence import build_evidence, evidence_path, neighbour_facts, verdicts_path
from errata.atlas.tables import EVIDENCE
from errata.classes.superclasses import sharing_matrix
from errata.classes.tables import COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.mistakes.listing import Mistakes, list_mistakes
from errata.openworld.tables import NEIGHBOURS, VERDICTS
from errata.profiles.answers import look_up, rows_of_errors, rows_of_problematic
from errata.tables import write_table

MODELS = tuple(f"model {number}" for number in range(5))
GROUPED = [("cats", 2), ("cats", 3), ("pets", 3), ("pets", 4)]


@dataclass(frozen=True)
class Answered:
    """Errors of five models, the last of which is always right, and what is listed about them.

    `verdicts` is None where the open world was not asked.
    """

    atlas: Atlas
    evidence: pl.DataFrame
    verdicts: pl.DataFrame | None
    errors: pl.DataFrame
    problematic: pl.DataFrame
    listed: Mistakes

    def write_atlas(self, folder: Path) -> Path:
        """Write the atlas and what lies beside it, and return the atlas's path."""
        path = folder / "test.parquet"
        beside = {"evidence": evidence_path(path)}
        write_table(self.evidence, EVIDENCE, beside["evidence"])
        if self.verdicts is not None:
            beside["verdicts"] = verdicts_path(path)
            write_table(self.verdicts, VERDICTS, beside["verdicts"])
        write_atlas(self.atlas, path, beside=beside)
        return path


def answered_world(
    *,
    checked: bool,
    class_names: tuple[str, ...] = (),
    prefix: str = "",
    models: tuple[str, ...] = MODELS,
    images: int = 80,
) -> Answered:
    world = _with_superclasses(random_world(4, images=images))
    labels = world.labels.with_columns(
        file_name=pl.lit(prefix) + pl.col("file_name"),
        non_prototypical_source=pl.when("is_non_prototypical").then(pl.lit(f"{prefix}a list")),
    )
    described = world.classes
    if class_names:
        described = described.with_columns(
            name=pl.Series(class_names), lemmas=pl.Series([[name] for name in class_names])
        )
    atlas = compile_atlas(
        labels,
        described,
        world.knowledge,
        name="test",
        dataset="world",
        dataset_images=labels.height,
        has_multilabels=True,
        is_oov=world.is_oov if checked else None,
    )
    evidence = _evidence(world, labels, prefix, checked=checked)
    rng = np.random.default_rng(1)
    predictions = rng.integers(0, world.classes.height, (len(models), labels.height)).astype(np.int16)
    predictions[1] = np.where(rng.random(labels.height) < 0.7, predictions[0], predictions[1])
    predictions[-1] = labels["target"]
    answers = look_up(atlas, list(models), predictions)
    errors = pl.concat(rows_of_errors(atlas, answers))
    return Answered(
        atlas,
        evidence,
        _verdicts(world, labels, prefix) if checked else None,
        errors,
        pl.concat(rows_of_problematic(atlas, answers)),
        list_mistakes(errors.lazy(), list(models), atlas, evidence),
    )


def _frame(table, rows):
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in table.columns.items()}, orient="row")


def _with_superclasses(world: World) -> World:
    """Put the classes into superclasses with names; what shares one with the target is never asked about."""
    sharing = sharing_matrix(_frame(SUPERCLASSES, GROUPED), world.classes.height)
    is_oov = world.is_oov & ~sharing[world.labels["target"].to_numpy()]
    return replace(world, knowledge=replace(world.knowledge, sharing=sharing), is_oov=is_oov)


def _evidence(world: World, labels: pl.DataFrame, prefix: str, *, checked: bool) -> pl.DataFrame:
    classes = range(world.classes.height)
    spurious, overlap = world.knowledge.spurious, world.knowledge.overlap
    names = labels["file_name"].to_list()
    nearest = [(name, [row, row + 1, 7], [row % 9, 4, 8], [0.9, 0.8, 0.7]) for row, name in enumerate(names)]
    train_files = pl.Series([f"{prefix}train {number}" for number in range(len(names) + 1)])
    found = neighbour_facts(labels, _frame(NEIGHBOURS, nearest), count=3, train_files=train_files)
    return build_evidence(
        labels,
        superclasses=_frame(SUPERCLASSES, GROUPED),
        overlap=_frame(OVERLAP, [(a, b, f"{prefix}reason") for a in classes for b in classes if overlap[a, b]]),
        cooccurrence=_frame(
            COOCCURRENCE,
            [(a, b, 2 + (a + b) % 3, False, True) for a in classes for b in classes if a < b and spurious[a, b]],
        ),
        neighbours=found if checked else None,
    )


def _verdicts(world: World, labels: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Return a verdict about everything out of vocabulary and about a fifth of the rest."""
    asked = world.is_oov | (np.random.default_rng(2).random(world.is_oov.shape) < 0.2)
    asked &= ~world.knowledge.sharing[labels["target"].to_numpy()]
    rows = []
    for image, predicted in zip(*np.nonzero(asked), strict=True):
        is_oov = bool(world.is_oov[image, predicted])
        margin = (0.02 if image % 4 == 0 else 0.5) * (1 if is_oov else -1)
        best = ([90, int(predicted)] if is_oov else [int(predicted), 90], [f"{prefix}one", "two"], [0.6, 0.4])
        rows.append(
            (labels["file_name"][int(image)], int(predicted), is_oov, margin, 40, *best, 1 + image % 3, predicted)
        )
    return _frame(VERDICTS, rows)
