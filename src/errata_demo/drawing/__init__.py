"""Drawings of the demo world: procedural, anti-aliased, the same for the same seed."""
