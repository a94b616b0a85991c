"""What an atlas is beside another one, from what both say of their origin."""

from collections.abc import Mapping

from errata.atlas.atlas import Atlas

MULTI_LABELS = "multi_labels"

SETTINGS = ("encoder", "prompt", "neighbours", "temperature", "score", "ancestors")
"""Settings of the open-world check, `errata.openworld.settings`."""

LABEL_SET, OPEN_WORLD = "label set", "open world"
"""How a difference in the labels is called, and one in whether the open world is checked at all."""


def about_atlas(base: Atlas, other: Atlas) -> dict[str, object]:
    """Return `title`, `differs_in`, `label_set`, `empty_lists` and `lists_without_target` of an atlas beside a base."""
    labels = _mapping(other, "label_set")
    return {
        "title": str(other.provenance.get("title", other.name)),
        "differs_in": ", ".join(_differences(base, other)),
        "label_set": str(labels.get("label_set", MULTI_LABELS)),
        "empty_lists": labels.get("empty"),
        "lists_without_target": labels.get("without_target"),
    }


def _differences(base: Atlas, other: Atlas) -> list[str]:
    found = []
    if _mapping(base, "label_set").get("label_set") != _mapping(other, "label_set").get("label_set"):
        found.append(LABEL_SET)
    if _mapping(base, "inputs").get("superclasses") != _mapping(other, "inputs").get("superclasses"):
        found.append("superclasses")
    ours, theirs = _mapping(base, "open_world"), _mapping(other, "open_world")
    if bool(ours) != bool(theirs):
        return [*found, OPEN_WORLD]
    return found + [name for name in SETTINGS if ours.get(name) != theirs.get(name)]


def _mapping(atlas: Atlas, key: str) -> Mapping:
    value = atlas.provenance.get(key)
    return value if isinstance(value, Mapping) else {}
