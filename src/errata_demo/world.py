"""The demo world: its validation pictures with planted causes, and its training pictures."""

from dataclasses import replace

import numpy as np

from errata_demo.habits import HABITS, MATES, SETTINGS
from errata_demo.names import CLASSES, LOOK_ALIKES, NAMES, WNIDS
from errata_demo.plans import PLANS, TOGETHER
from errata_demo.scene import Picture, Thing
from errata_demo.scenes import pick, scene, thing, with_habit

TYPICAL = 18
"""Typical annotated pictures per class."""
PLANTED_PER_CAUSE = 66
"""Pictures per planted cause, spread evenly over its plans."""
UNANNOTATED = 5
"""Typical pictures per class that only have re-assessed labels."""
TOGETHER_EACH = 4
"""Unannotated pictures of each pair that habitually occurs together; a pair is noted from two on."""
TRAINING = 24
"""Training pictures per class that the world comes with, among which neighbours are looked for."""
IMAGENET_M = 30
RESEMBLANCE = 0.42
"""Individuals resemble a look-alike up to this much: the rest of the way is for planted ones."""
_VALIDATION, _TRAINING = 1, 2


def validation_pictures(seed: int) -> dict[str, Picture]:
    """Return the validation pictures of a world by file name, in an order that tells nothing.

    Raises
    ------
    KeyError
        If a plan names something that the world does not have.
    """
    rng = np.random.default_rng([seed, _VALIDATION])
    pictures = [*_planted(rng), *_with_faults(_typical_annotated(rng)), *_unannotated(rng)]
    order = rng.permutation(len(pictures))
    return {f"demo_val_{rank:08d}.jpg": pictures[index] for rank, index in enumerate(order, start=1)}


def training_pictures(seed: int) -> dict[str, Picture]:
    """Return the training pictures that the world comes with, by path in class folders."""
    rng = np.random.default_rng([seed, _TRAINING])
    return {
        f"{wnid}/{wnid}_{number}.jpg": typical(name, rng)
        for name, wnid in CLASSES.items()
        for number in range(TRAINING)
    }


def typical(name: str, rng: np.random.Generator) -> Picture:
    """Return a typical picture of a class or of a thing outside the vocabulary."""
    setting = SETTINGS[name]
    shown = individual(name, rng)
    backdrop = pick(rng, setting.backdrops)
    habit = HABITS.get(name)
    if habit is not None and rng.random() < habit.share:
        made = with_habit(habit, (shown,), backdrop, rng)
    else:
        made = scene(backdrop, (shown,), rng)
    return Picture(made, target=WNIDS[name], labels=(WNIDS[name],), note=f"a typical {name}")


def individual(name: str, rng: np.random.Generator) -> Thing:
    """Return an individual of a kind; where the kind has look-alikes, it resembles one of them a little."""
    drawn = thing(name, rng, setting=SETTINGS[name])
    kin = LOOK_ALIKES[name][1] if name in LOOK_ALIKES else name
    mates = tuple(mate for mates in MATES if kin in mates for mate in mates if mate != name)
    if not mates:
        return drawn
    amount = round(float(rng.uniform(0, RESEMBLANCE)), 3)
    return replace(drawn, towards=WNIDS[pick(rng, mates)], amount=amount)


def class_ids() -> dict[str, int]:
    """Return the class id of every wnid of the vocabulary."""
    return {wnid: class_id for class_id, wnid in enumerate(CLASSES.values())}


def imagenet_m(named: dict[str, Picture]) -> list[str]:
    """Return the pictures that stand for ImageNet-M: plain ones that a good model should not miss."""
    plain = [name for name, picture in named.items() if picture.is_annotated and picture.cause is None]
    return sorted(name for name in plain if not named[name].is_problematic)[:IMAGENET_M]


def _planted(rng: np.random.Generator) -> list[Picture]:
    pictures = []
    for cause in dict.fromkeys(plan.cause for plan in PLANS):
        plans = [plan for plan in PLANS if plan.cause == cause]
        pictures += [
            plans[number % len(plans)].build(plans[number % len(plans)], rng) for number in range(PLANTED_PER_CAUSE)
        ]
    return pictures


def _typical_annotated(rng: np.random.Generator) -> list[Picture]:
    pictures = [typical(name, rng) for name in CLASSES for _ in range(TYPICAL)]
    return [_problematic(picture, number, rng) for number, picture in enumerate(pictures)]


def _problematic(picture: Picture, number: int, rng: np.random.Generator) -> Picture:
    """Make every eightieth typical picture one that annotators called problematic, in turns of three kinds."""
    if number % 80 != 40:
        return picture
    kind = number // 80 % 3
    if kind == 0:
        return replace(picture, labels=(), is_problematic=True, note=f"{picture.note}, said to show nothing known")
    stray = CLASSES[pick(rng, tuple(name for name in CLASSES if CLASSES[name] not in picture.labels))]
    if kind == 1:
        return replace(picture, target=stray, is_problematic=True, note=f"{picture.note}, collected as {NAMES[stray]}")
    return replace(picture, unclear=(stray,), is_problematic=True, note=f"{picture.note}, with a doubtful label")


def _unannotated(rng: np.random.Generator) -> list[Picture]:
    single = [typical(name, rng) for name in CLASSES for _ in range(UNANNOTATED)]
    pairs = [_together(one, other, rng) for one, other in TOGETHER for _ in range(TOGETHER_EACH)]
    unlabelled = [
        replace(picture, labels=()) if number % 60 == 30 else picture for number, picture in enumerate(single)
    ]
    return [replace(picture, is_annotated=False) for picture in (*unlabelled, *pairs)]


def _together(one: str, other: str, rng: np.random.Generator) -> Picture:
    """Return a picture of two things that habitually occur together, in the habitual scene of the second."""
    shown = thing(other, rng, setting=SETTINGS[other], x=0.68, size=0.42)
    beside = thing(one, rng, setting=SETTINGS[one], x=0.28, size=0.42)
    made = with_habit(HABITS[other], (beside, shown), SETTINGS[other].backdrops[0], rng)
    return Picture(made, WNIDS[other], (WNIDS[other], WNIDS[one]), note=f"a {other} and a {one}, as usual")


def _with_faults(pictures: list[Picture]) -> list[Picture]:
    """Give two files a fault, so that the report has annotated images to name that cannot be read."""
    faults = {len(pictures) - 1: "truncated", len(pictures) - 2: "empty"}
    return [
        replace(picture, fault=faults[index], note=f"{picture.note}; the file is {faults[index]}")
        if index in faults
        else picture
        for index, picture in enumerate(pictures)
    ]
