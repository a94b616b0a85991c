"""What the job that runs a model asks a cluster for: minutes and megabytes, from what the sheet knows about the model.

No heavy imports: every Snakemake job reads this.
"""

import math
from dataclasses import dataclass

from errata.model_facts import Facts

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
class Needs:
    """What one job asks for at its first attempt.

    Attributes
    ----------
    minutes : int
        Of time.
    megabytes : int
        Of main memory.
    """

    minutes: int
    megabytes: int


def job_needs(facts: Facts, *, uses_gpu: bool) -> Needs:
    """Estimate what a job needs to run a model on 50,000 images, generously: a killed job costs more than a margin.

    Parameters
    ----------
    facts : Facts
        What the sheet knows: `seconds` for 50,000 images on its card, `parameters`.
    uses_gpu : bool
        Whether it runs on a GPU, or on one core of a processor.
    """
    slower = SLOWER_CARD if uses_gpu else SECONDS_ON_ONE_CORE
    work = UNKNOWN_MINUTES[uses_gpu] if facts.seconds is None else math.ceil(facts.seconds * slower / 60)
    weights = math.ceil(BYTES_PER_PARAMETER * (facts.parameters or 0) / 1e6)
    return Needs(minutes=min(START_MINUTES + work, MOST_MINUTES), megabytes=BASE_MEGABYTES + weights)
