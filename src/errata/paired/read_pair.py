"""Reading two predictions files as a pair."""

from pathlib import Path

import numpy as np

from errata.atlas.atlas import Atlas
from errata.errors import InputError
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.findings import format_diagnosis
from errata.profile.answers import Answers, look_up


def read_pair(first: Path | str, second: Path | str, atlas: Atlas, *, order: Path | str | None = None) -> Answers:
    """Examine two predictions files of one model each and look their answers up.

    Two files may hold models of one name, as those of two branches do; then the models are called `NAME (A)` and
    `NAME (B)`.

    Raises
    ------
    InputError
        If a file cannot be read, holds several models, or is refused by the doctor.
    """
    aligner = Aligner(atlas)
    names, predictions = zip(*(_read(path, aligner, order) for path in (first, second)), strict=True)
    if names[0] == names[1]:
        names = tuple(f"{name} ({letter})" for name, letter in zip(names, "AB", strict=True))
    return look_up(atlas, list(names), np.stack(predictions))


def _read(path: Path | str, aligner: Aligner, order: Path | str | None) -> tuple[str, np.ndarray]:
    examined = examine(path, aligner, order=order)
    if len(examined) != 1:
        listed = ", ".join(diagnosis.model for diagnosis, _ in examined[:5]) + (", …" if len(examined) > 5 else "")
        raise InputError(
            f"{path}: expected the predictions of one model, found {len(examined)} ({listed}). "
            "Write each model into a file of its own."
        )
    diagnosis, predicted = examined[0]
    if predicted is None:
        raise InputError(
            f"{path}: the doctor refuses these predictions.\n\n{format_diagnosis(diagnosis)}\n\n"
            "Mend the file; errata doctor says more."
        )
    return diagnosis.model, predicted
