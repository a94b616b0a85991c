"""What compiling an atlas of 20,000 images x 1,000 classes costs, beside the same table from bare NumPy arrays.

    python tests/bench/bench.py atlas

It is an atlas of label sets alone; bench_openworld.py compiles one with open-world verdicts.
"""

from pathlib import Path

import numpy as np
import polars as pl
from bench_openworld import IMAGES_COUNT, measure_stage
from figures import Figure, cost_of, start_of_python
from openworld_inputs import write_inputs

TABLES = ("targets", "labels", "classes", "overlap", "superclasses", "cooccurrence")
GOAL_SECONDS = 3
FINE_GRAINED, OTHER = 3, 6


def figures(scratch: Path) -> list[Figure]:
    """Return the cost of the rule's own script, reading, evidence and writing included."""
    write_inputs(scratch, images=IMAGES_COUNT, train=1)
    tables = {name: str(scratch / f"{name}.parquet") for name in TABLES}
    about = {"name": "labels", "dataset": "random", "title": "", "has_multilabels": True}
    outputs = {"atlas": str(scratch / "atlas.parquet"), "evidence": str(scratch / "evidence.parquet")}
    spent = measure_stage("compile_atlas", {**about, "tables": tables, **outputs}, 2)
    floor, _ = cost_of(lambda: _bare_outcomes(scratch))
    bare = floor.cpu_seconds + start_of_python("numpy", "polars").cpu_seconds
    what = f"compile {IMAGES_COUNT:,} images x 1,000 classes"
    return [
        Figure(
            "atlas",
            what,
            spent["cpu_seconds"],
            bare,
            "CPU s",
            "start of Python with its libraries, five masks in bare NumPy (same run)",
        ),
        Figure("atlas", what, spent["seconds"], GOAL_SECONDS, "s", "the project's goal"),
    ]


def _bare_outcomes(folder: Path) -> np.ndarray:
    """Return outcome codes, uint8 [images, classes], as five assignments make them that later ones overwrite."""
    labels = pl.read_parquet(folder / "labels.parquet", columns=["target", "multi_labels"])
    members = pl.read_parquet(folder / "superclasses.parquet")
    overlap, pairs = (pl.read_parquet(folder / f"{name}.parquet") for name in ("overlap", "cooccurrence"))
    targets = labels["target"].to_numpy()
    classes = 1000
    sharing, spurious, accepted = (np.zeros((classes, classes), dtype=bool) for _ in range(3))
    for group in members.group_by("superclass").agg("class_id")["class_id"]:
        sharing[np.ix_(group.to_numpy(), group.to_numpy())] = True
    spurious[pairs["class_a"].to_numpy(), pairs["class_b"].to_numpy()] = True
    accepted[overlap["target"].to_numpy(), overlap["predicted_class"].to_numpy()] = True
    outcomes = np.full((len(targets), classes), OTHER, dtype=np.uint8)
    outcomes[spurious[targets]] = 4
    outcomes[sharing[targets]] = FINE_GRAINED
    lengths = labels["multi_labels"].list.len().to_numpy()
    outcomes[np.repeat(np.arange(len(targets)), lengths), labels["multi_labels"].explode().to_numpy()] = 2
    outcomes[accepted[targets]] = 1
    outcomes[np.arange(len(targets)), targets] = 0
    return outcomes
