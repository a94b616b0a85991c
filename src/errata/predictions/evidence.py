"""One model's predictions beside the targets, for the searches of the doctor."""

from dataclasses import dataclass

import numpy as np

_AT_CHANCE_SHARE, _AT_CHANCE_SIGMA = 0.1, 4.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """One model's predictions on the images that count and have a row: ids (int32) as in the file, and targets."""

    ids: np.ndarray
    targets: np.ndarray
    class_count: int

    @property
    def accuracy(self) -> float:
        """Share of predictions that are the target."""
        return float((self.ids == self.targets).mean()) if len(self.ids) else 0.0

    @property
    def chance(self) -> float:
        """The accuracy that these predictions would have on images in random order."""
        valid = self.ids[(self.ids >= 0) & (self.ids < self.class_count)]
        predicted = np.bincount(valid, minlength=self.class_count) / max(len(self.ids), 1)
        return float(predicted @ (np.bincount(self.targets, minlength=self.class_count) / max(len(self.ids), 1)))


def is_at_chance(evidence: Evidence) -> bool:
    """Tell whether so few predictions are right that a wrong order of the rows may explain all of them."""
    chance = evidence.chance
    return evidence.accuracy <= chance + _AT_CHANCE_SHARE + _AT_CHANCE_SIGMA * np.sqrt(chance / len(evidence.ids))
