"""Power of the doctor's tests of rows: how many of so many shuffled rows are noticed.

python -m doctor.power REAL_DATA ATLAS [models] [trials] (with `tests` on the path) prints a line per model and share.
`docs/predictions.md` has the results.
"""

import sys
from pathlib import Path

import numpy as np

from doctor.material import Material, read_material
from errata.atlas.compiled import read_atlas
from errata.predictions.align import Aligner
from errata.predictions.dead_rows import find_dead_rows
from errata.predictions.scattered_rows import Scatter, find_scattered_rows, line_of

MODELS = "alexnet,resnet50,nasnet_large_tf"
SHARES = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
BOUNDS = (3, 3.5, 4, 4.5)


def shuffled(ids: np.ndarray, rows: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return the predictions with those of some rows in random order."""
    mixed = ids.copy()
    mixed[rows] = ids[random.permutation(rows)]
    return mixed


class Judge:
    """The two tests of rows on files of all images."""

    def __init__(self, aligner: Aligner) -> None:
        self.line = line_of(aligner.atlas)
        self.groups = aligner.atlas.classes["group"].rank("dense").to_numpy().astype(np.int64) - 1
        self.targets = np.full(aligner.atlas.dataset_images, -1, np.int64)
        self.place = aligner.positions[aligner.counts]
        self.targets[self.place] = aligner.targets[aligner.counts]
        self.outcomes = aligner.atlas.outcomes[aligner.counts]

    def at_places(self, ids: np.ndarray) -> str:
        dead = find_dead_rows(self.targets, ids, self.outcomes.shape[1])
        return "refuse" if dead.is_refused else "warn" if dead.regions else "pass"

    def scattered(self, ids: np.ndarray) -> Scatter | None:
        targets, ids = self.targets[self.place], ids[self.place]
        codes = self.outcomes[np.arange(len(targets)), ids]
        return find_scattered_rows(targets, ids, codes, self.groups, self.line, images=len(targets))


def power(material: Material, judge: Judge, share: float, trials: int) -> str:
    """Return how many of the trials are refused and warned of, for rows in a stretch and for rows anywhere."""
    rows, places, scattered = len(material.ids), [], []
    for trial in range(trials):
        random = np.random.default_rng(trial)
        count = int(share * rows)
        start = random.integers(0, rows - count)
        places.append(judge.at_places(shuffled(material.ids, np.arange(start, start + count), random)))
        scattered.append(judge.scattered(shuffled(material.ids, random.choice(rows, count, replace=False), random)))
    z = np.array([found.z for found in scattered if found] or [np.nan])
    verdicts = [found.severity if found else None for found in scattered]
    over = ", ".join(f"{(z >= bound).mean():.0%} from {bound}" for bound in BOUNDS)
    anywhere = f"anywhere {verdicts.count('refuse'):3} refused {verdicts.count('warn'):3} warned"
    return (
        f"stretch {places.count('refuse'):3} refused {places.count('warn'):3} warned | "
        f"{anywhere}, z {np.median(z):5.1f} ({over})"
    )


def main(real: str, atlas: str, models: str = MODELS, trials: str = "20") -> None:
    """Print the table."""
    judge = Judge(Aligner(read_atlas(atlas)))
    for material in read_material(Path(real), models.split(",")):
        top1 = (material.ids == material.targets).mean()
        for share in SHARES:
            print(f"{material.name} {top1:.1%} {share:6.1%}: {power(material, judge, share, int(trials))}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
