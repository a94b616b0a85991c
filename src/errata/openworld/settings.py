"""How an atlas asks the open world: the settings of its row in the configuration."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from errata.errors import InputError

SCORES = ("lemma", "synset")
ANCESTORS = ("count", "not_oov", "left_out")


@dataclass(frozen=True)
class OpenWorld:
    """The settings of the open-world check; the defaults are the paper's.

    Attributes
    ----------
    encoder, prompt : str
        Names of the CLIP encoder and of the prompt template.
    neighbours : int
        How many nearest training images can open the visual gate.
    temperature : float
        What cosines are multiplied with before the softmax.
    score : str
        `lemma`: the single most similar prompt names the synset. `synset`: the probabilities of a synset's lemma names
        are summed.
    ancestors : str
        What it means that a proper ancestor of the prediction wins, which names the prediction in general words.
        `count`: out of vocabulary, like every synset that is no class. `not_oov`: not out of vocabulary. `left_out`:
        ancestors are not proposed.
    """

    encoder: str
    prompt: str
    neighbours: int = 10
    temperature: float = 100.0
    score: str = "lemma"
    ancestors: str = "count"

    def as_dict(self) -> dict[str, object]:
        """Return the settings as a plain dictionary."""
        return asdict(self)


def parse_open_world(row: Mapping[str, object]) -> OpenWorld:
    """Check the settings of an atlas's row.

    Raises
    ------
    InputError
        If a key is unknown or a value is not one of its choices.
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
    if not settings.neighbours >= 1 or not settings.temperature > 0:
        raise InputError(
            f"open_world: expected `neighbours` >= 1 and `temperature` > 0, found {settings.neighbours} and "
            f"{settings.temperature}."
        )
    return settings
