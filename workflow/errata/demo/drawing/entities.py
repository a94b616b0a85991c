"""Everything that the demo world can draw."""

from errata.demo.drawing import fruits
from errata.demo.drawing.entity import Entity

ENTITIES: dict[str, Entity] = {
    **fruits.ENTITIES,
}
"""Entities by WordNet id; those outside the vocabulary of ImageNet-1k are the ones that its models cannot name."""
