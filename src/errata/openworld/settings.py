"""Check the open-world settings of an atlas, and write the notes that its tables carry about their origin."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from errata.errors import InputError
from errata.openworld.vectors import check_same_encoder
from errata.tables import read_metadata

SCORES = ("lemma", "synset")
ANCESTORS = ("count", "not_oov", "left_out")
OF_ENCODER = "encoder"
"""In place of a temperature: the one that the encoder was trained with."""

GATE_BY_NAMES = "names"
"""What settings have as `gate` where the classes whose names are most like an image open it, not training images."""


@dataclass(frozen=True)
class OpenWorld:
    """The settings of the open-world check; the defaults are the paper's.

    `encoder`, `prompt`: names of the CLIP encoder and of the prompt template.
    `neighbours`: how many nearest training images can open the visual gate.
    `temperature`: what cosines are multiplied with before the softmax, or `OF_ENCODER`.
    `score`: `lemma`: the single most similar prompt names the synset. `synset`: the probabilities of a synset's lemma
        names are summed.
    `ancestors`: what it means that a proper ancestor of the prediction wins, which names the prediction in general
        words. `count`: out of vocabulary, like every synset that is no class. `not_oov`: not out of vocabulary.
        `left_out`: ancestors are not proposed.
    """

    encoder: str
    prompt: str
    neighbours: int = 10
    temperature: float | str = 100.0
    score: str = "lemma"
    ancestors: str = "count"

    def with_temperature_of(self, encoder: Mapping[str, object]) -> "OpenWorld":
        """Return the settings with a number for the temperature, the encoder's where it is to be that.

        `encoder`: the notes beside its vectors.
        Raises InputError if they lack it.
        """
        if self.temperature != OF_ENCODER:
            return self
        if "temperature" not in encoder:
            raise InputError(
                f"open_world: the temperature is to be that of the encoder '{encoder.get('encoder')}', but the notes "
                "beside its vectors do not say it: an older version of Errata made them. Embed the prompts again, or "
                "give a number."
            )
        return replace(self, temperature=encoder["temperature"])


def parse_open_world(row: Mapping[str, object]) -> OpenWorld:
    """Parse the settings of an atlas's row.

    Raises InputError if a key is unknown or a value is not one of its choices.
    """
    unknown = sorted(set(row) - set(OpenWorld.__dataclass_fields__))
    missing = [key for key in ("encoder", "prompt") if key not in row]
    if unknown or missing:
        raise InputError(
            f"open_world: {'unknown' if unknown else 'missing'} key(s) {', '.join(unknown or missing)}; expected "
            f"{', '.join(OpenWorld.__dataclass_fields__)}."
        )
    settings = OpenWorld(**row)
    for key, choices in (("score", SCORES), ("ancestors", ANCESTORS)):
        if getattr(settings, key) not in choices:
            raise InputError(
                f"open_world: `{key}` must be one of {', '.join(choices)}, found {getattr(settings, key)!r}."
            )
    temperature = settings.temperature
    is_known = temperature == OF_ENCODER or (isinstance(temperature, int | float) and temperature > 0)
    if not settings.neighbours >= 1 or not is_known:
        raise InputError(
            f"open_world: expected `neighbours` >= 1 and `temperature` > 0 or '{OF_ENCODER}', found "
            f"{settings.neighbours} and {temperature}."
        )
    return settings


NEIGHBOURS_KEY = "errata.neighbours"
"""Metadata of a table of neighbours: what they were found with, and among what."""

TEMPLATE_KEY = "errata.prompt_template"
"""Metadata of a table of prompts."""

SETTINGS_KEY = "errata.open_world"
"""Metadata of a table of verdicts: the settings and the encoder behind it, as JSON."""

PUBLISHED = {"source": "the archive of the paper's authors"}

_ABOUT_DATASET = ("images", "prompts", "unreadable", "inputs")


def found_note(encoder: Mapping[str, object], train_images: int, contract: int) -> dict[str, str]:
    """Return the metadata of neighbours that were found among so many training images."""
    note = {"encoder": _about_encoder(encoder), "train_images": train_images, "contract": contract}
    return {NEIGHBOURS_KEY: _json(note)}


def published_note() -> dict[str, str]:
    """Return the metadata of neighbours that the paper's authors found."""
    return {NEIGHBOURS_KEY: _json(PUBLISHED)}


def settings_note(
    settings: OpenWorld,
    *,
    image_notes: Mapping[str, object],
    prompt_notes: Mapping[str, object],
    prompts: Path | str,
    neighbours: Path | str,
) -> dict[str, str]:
    """Return the metadata of a table of verdicts.

    `image_notes`, `prompt_notes`: what lies beside the vectors of images and prompts.
    `prompts`, `neighbours`: the tables.
    Raises InputError if images, prompts and neighbours come from different encoders.
    """
    found = json.loads(read_metadata(neighbours).get(NEIGHBOURS_KEY, "{}"))
    notes = {"the images": image_notes, "the prompts": prompt_notes}
    check_same_encoder(notes | ({"the neighbours": found["encoder"]} if "encoder" in found else {}))
    template = read_metadata(prompts).get(TEMPLATE_KEY)
    if template is None:
        raise InputError(f"{prompts}: its metadata does not say which template the prompts were made from.")
    neighbours_from = {key: value for key, value in found.items() if key != "encoder"}
    behind = asdict(settings) | {
        "template": template,
        "encoder_notes": _about_encoder(image_notes),
        "neighbours_from": neighbours_from,
    }
    return {SETTINGS_KEY: _json(behind)}


def read_settings_note(verdicts: Path | str) -> dict[str, object]:
    """Read the settings behind a table of verdicts."""
    return json.loads(read_metadata(verdicts).get(SETTINGS_KEY, "{}"))


def _about_encoder(notes: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in notes.items() if key not in _ABOUT_DATASET}


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)
