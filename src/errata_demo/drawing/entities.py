"""Everything that the demo world can draw."""

from collections.abc import Mapping
from types import MappingProxyType

from errata_demo.drawing import (
    balls,
    bee,
    birds,
    boats,
    butterflies,
    cars,
    cats,
    computers,
    daisy,
    drinkware,
    eyewear,
    fishes,
    fruits,
    horses,
    instruments,
    lamps,
    mountains,
    pizza,
)
from errata_demo.drawing.entity import Entity

_FAMILIES = (
    cats, horses, birds, butterflies, fishes, bee, daisy, fruits, pizza,
    drinkware, computers, instruments, cars, boats, eyewear, balls, lamps, mountains,
)  # fmt: skip

ENTITIES: Mapping[str, Entity] = MappingProxyType(
    {wnid: entity for family in _FAMILIES for wnid, entity in family.ENTITIES.items()}
)
"""Entities by WordNet id; those outside the vocabulary of ImageNet-1k are the ones that its models cannot name."""
