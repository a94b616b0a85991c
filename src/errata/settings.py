"""Which settings of a run can change its results. No heavy imports: every Snakemake job reads this."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from errata.errors import InputError

PATH_SETTINGS = (
    *("images", "targets", "multilabels", "real", "experts", "planted", "published", "predictions", "neighbours"),
    "groupings",
)
"""Settings that name files; what is in them counts, not where they are."""

WITHOUT_EFFECT = ("mirror", "offline", "wordnet")
"""Settings that change where things are taken from and nothing else."""

REPORT_SETTINGS = ("accept", "broken_predictions", "device", "precision", "thumbnails")
"""Settings in the manifest of a report; what other data sets, atlases and models of the run do is not its business."""


def check_typed_paths(config: Mapping[str, object], arguments: Sequence[str]) -> None:
    """Check that paths in `--config KEY=PATH` arrived as they were typed: Snakemake reads them as YAML.

    Raises
    ------
    InputError
        If one is the name of a file or folder and became something else: a list, a number, a part of it.
    """
    # of a key that is given twice, Snakemake takes the last
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    for key, typed in given.items():
        if key in (*PATH_SETTINGS, "mirror") and typed and config.get(key) != typed and Path(typed).exists():
            raise InputError(
                f"--config {key}={typed}: there is a file or folder of this name, but Snakemake, which takes it for "
                f"YAML, reads {config.get(key)!r}. Put it into a configuration file, in quotes, or rename it."
            )


def settings_of(config: Mapping[str, object]) -> dict[str, object]:
    """Return every setting that can change a result; of paths only the last part."""
    settings = {}
    for name, value in config.items():
        if name in PATH_SETTINGS:
            value = (
                {key: _last_part(path) for key, path in value.items()}
                if isinstance(value, Mapping)
                else _last_part(value)
            )
        if name not in WITHOUT_EFFECT:
            settings[name] = value
    return settings


def _last_part(path: object) -> object:
    return Path(path).name if isinstance(path, str) else path
