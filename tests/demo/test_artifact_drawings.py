import numpy as np

from errata_demo.drawing import balls, boats, cars, computers, drinkware, eyewear, instruments, lamps, mountains
from errata_demo.drawing.canvas import Canvas
from errata_demo.drawing.entity import Entity, blended, looks, numbered, points_of

FAMILIES = (drinkware, computers, instruments, cars, boats, eyewear, balls, lamps, mountains)
ARTIFACTS: dict[str, Entity] = {wnid: entity for family in FAMILIES for wnid, entity in family.ENTITIES.items()}
MUG, CUP, TEAPOT, SPORTS_CAR, SCHOOL_BUS = "n03063599", "n07930864", "n04398044", "n04285008", "n04146614"
SUNGLASS, SUNGLASSES = "n04355933", "n04356056"
LOOK_ALIKES = {
    "ukulele": ("n04506289", "n02676566"),
    "viola": ("n04536335", "n04536866"),
    "sedan": ("n04166281", "n04285008"),
    "sloop": ("n04242408", "n04147183"),
    "medicine_ball": ("n03742019", "n02802426"),
    "floor_lamp": ("n03367059", "n04380533"),
}


def drawing(wnid: str, *, variant: int = 0, towards: str | None = None, amount: float = 0.5) -> np.ndarray:
    entity = ARTIFACTS[wnid]
    look = entity.look if towards is None else blended(entity, ARTIFACTS[towards], amount)
    canvas = Canvas(60)
    entity.family(canvas, look, np.random.default_rng(variant))
    return np.asarray(canvas.layer()).astype(float)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def test_sunglass_and_sunglasses_are_drawn_alike_because_both_classes_mean_the_same():
    assert distance(drawing(SUNGLASS), drawing(SUNGLASSES)) == 0


def test_a_cup_resembles_a_mug_more_than_a_teapot_does():
    to_cup, to_teapot = (
        np.mean([distance(drawing(MUG, variant=seed), drawing(other, variant=seed)) for seed in range(8)])
        for other in (CUP, TEAPOT)
    )
    assert to_cup < to_teapot


def test_looks_are_read_from_a_table_of_numbers_and_colours():
    assert looks("""
        height colour
    mug 1.5    #ff0000
    """) == {"mug": {"height": 1.5, "colour": (1.0, 0.0, 0.0)}}


def test_an_outline_in_a_look_comes_back_as_points():
    assert points_of(numbered("side", "0,1 2,-3"), "side").tolist() == [[0, 1], [2, -3]]
