"""What the open-world check of an atlas was made with, in words."""

from collections.abc import Mapping

from errata.openworld.settings import GATE_BY_NAMES
from errata.report.numerals import whole
from errata.results import AtlasFacts

_SCORES = {
    "lemma": "each name of a synset on its own; the most similar name decides",
    "synset": "the probabilities of a synset's names are added up; the most probable synset decides",
}
_ANCESTORS = {
    "count": "count as out of vocabulary, as in the paper",
    "not_oov": "do not count as out of vocabulary",
    "left_out": "are not proposed",
}


def open_world_lines(atlas: AtlasFacts) -> list[tuple[str, str]]:
    """Return what was used and how, as (term, words); nothing for an atlas without the check or without a record."""
    settings = _settings(atlas)
    if "encoder" not in settings:
        return []
    rules = {
        "Score": _SCORES.get(settings.get("score"), str(settings.get("score", "–"))),
        "Ancestors of the prediction": _ANCESTORS.get(settings.get("ancestors"), str(settings.get("ancestors", "–"))),
    }
    if "proposals" in settings:
        # a list of names in WordNet's place
        rules = {"Proposals": str(settings["proposals"]), "Score": rules["Score"].replace("synset", "thing")}
    return [
        ("Encoder", _encoder(settings)),
        ("Prompt", f"“{settings.get('template', settings.get('prompt', '–'))}”"),
        ("Visual gate", _gate(settings)),
        ("Temperature", f"cosines times {settings.get('temperature', 100):g}, then softmax"),
        *rules.items(),
    ]


def stand_in(atlas: AtlasFacts) -> str | None:
    """Return the encoder that the one in use stands in for, if it is a stand-in."""
    settings = _settings(atlas)
    used = _used(settings)
    return str(settings["encoder"]) if used is not None and used != settings["encoder"] else None


def _settings(atlas: AtlasFacts) -> Mapping:
    settings = atlas.provenance.get("open_world")
    return settings if isinstance(settings, Mapping) else {}


def _used(settings: Mapping) -> str | None:
    notes = settings.get("encoder_notes")
    return notes.get("encoder") if isinstance(notes, Mapping) else None


def _encoder(settings: Mapping) -> str:
    used, named = _used(settings), settings["encoder"]
    notes = settings.get("encoder_notes") or {}
    details = ", ".join(str(notes[key]) for key in ("architecture", "weights", "precision") if notes.get(key))
    name = f"{used}, standing in for {named}" if used not in (None, named) else str(named)
    return f"{name} ({details})" if details else name


def _gate(settings: Mapping) -> str:
    if settings.get("gate") == GATE_BY_NAMES:
        return f"the {settings.get('neighbours', '–')} classes whose names are most like the image"
    nearest = f"the {settings.get('neighbours', '–')} nearest training images"
    found = settings.get("neighbours_from") or {}
    if found.get("train_images"):
        return f"{nearest} of {whole(found['train_images'])}"
    return f"{nearest}, from {found['source']}" if found.get("source") else nearest
