"""Which settings of a run can change its results. No heavy imports: every Snakemake job reads this."""

from collections.abc import Mapping
from pathlib import Path

PATH_SETTINGS = (
    *("images", "targets", "multilabels", "real", "experts", "planted", "published", "predictions", "neighbours"),
    "groupings",
)
"""Settings that name files; what is in them counts, not where they are."""

WITHOUT_EFFECT = ("mirror", "offline", "wordnet")
"""Settings that change where things are taken from and nothing else."""

REPORT_SETTINGS = ("accept", "broken_predictions", "device", "precision", "thumbnails")
"""Settings in the manifest of a report; what other data sets, atlases and models of the run do is not its business."""


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
