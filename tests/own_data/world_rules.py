"""The open-world check of a data set of one's own, written down once more, an image and an answer at a time."""

import math


def shares(a: str, b: str, superclass: dict[str, set[str]]) -> bool:
    return a == b or bool(superclass.get(a, set()) & superclass.get(b, set()))


def cosine(a, b) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def most_similar_classes(image, classes: dict[str, list], count: int) -> list[str]:
    """The classes whose best name is most like the image; of equal ones the first in the table."""
    best = {name: max(cosine(image, vector) for vector in vectors) for name, vectors in classes.items()}
    return sorted(best, key=lambda name: -best[name])[:count]


def nearest_classes(image, train: list[tuple[str, list]], count: int) -> list[str]:
    """The classes of the training images that are most like the image; of equal ones the first."""
    return [name for name, vector in sorted(train, key=lambda row: -cosine(image, row[1]))[:count]]


def is_outside(image, predicted: str, near: list[str], *, classes, things, superclass, temperature=100.0) -> bool:
    """Say whether an answer is out of vocabulary: the gate, then the thing whose names together are most probable."""
    if not any(shares(predicted, name, superclass) for name in near):
        return False
    mates = [name for name in classes if name != predicted and shares(predicted, name, superclass)]
    proposals = [(classes[name], False) for name in [predicted, *mates]] + [(vectors, True) for vectors in things]
    weights = [
        (sum(math.exp(temperature * (cosine(image, vector) - 1)) for vector in vectors), outside)
        for vectors, outside in proposals
    ]
    # of equal ones the first proposal
    return max(weights, key=lambda pair: pair[0])[1]
