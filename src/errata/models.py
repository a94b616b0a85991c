"""Read the model sheet. No heavy imports: every Snakemake job reads this."""

from dataclasses import dataclass, fields
from pathlib import Path

from errata.errors import InputError
from errata.sheets import NONE, Check, optional, read_rows


@dataclass(frozen=True)
class Model:
    """A classifier that Errata can run, and what is known about it; facts are None where they are not known.

    Attributes
    ----------
    model : str
        Its identity, `name@size`.
    source : str
        Where it comes from: timm, torchvision, open_clip, checkpoint or dummy.
    architecture : str
        The source's own name for it: timm name with tag, torchvision builder, open_clip architecture, or the timm
        architecture of a checkpoint.
    weights : str
        `pretrained` (timm), a member of the weights enum (torchvision), a pretrained tag or a folder (open_clip), or
        the path of a checkpoint.
    size : int
        Width and height of its input in pixels.
    vocabulary : str
        The classes that it tells apart.
    view : str
        Key of its preprocessing, see `errata.views.view`.
    revision : str or None
        Which state of the weights: a commit of timm's repository on the Hugging Face hub, which is then asked for, or
        `sha256:` and the digits that their publisher put into the file's name or address. None where it is not known.
    family, group : str or None
        Of the architecture, in the paper's words: `cnn`, `transformer`, `hybrid`, `mlp`, and for instance `ResNet`.
    training_data : str or None
        The largest data set that it was trained on.
    training_images : int or None
        Images in that data set, roughly.
    annotations : str or None
        What else is known about its training, such as `Distillation`, separated by commas.
    parameters : int or None
        Trainable numbers; of the image encoder where there is another.
    gmacs : float or None
        GMACs for one image.
    expected_top1 : float or None
        Per cent of the images of ImageNet-val that it gets right, as published.
    expected_from : str or None
        Who says so: a key of the registry of sources, or a library with its version.
    licence : str or None
        Of the weights.
    seconds : float or None
        Estimated seconds for 50,000 images on the card that the sheet names.
    seconds_from : str or None
        A key of the registry of sources, or `fit`.
    """

    model: str
    source: str
    architecture: str
    weights: str
    size: int
    vocabulary: str
    view: str
    revision: str | None = None
    family: str | None = None
    group: str | None = None
    training_data: str | None = None
    training_images: int | None = None
    annotations: str | None = None
    parameters: int | None = None
    gmacs: float | None = None
    expected_top1: float | None = None
    expected_from: str | None = None
    licence: str | None = None
    seconds: float | None = None
    seconds_from: str | None = None

    @property
    def row(self) -> str:
        """How messages name its row."""
        return f"{MODEL_SHEET}, model '{self.model}'"

    def how_to_run(self) -> dict[str, str | int | None]:
        """Return the values that inference depends on, to rebuild the model with `Model(**values)`.

        Facts are left out: these are parameters of a rule, and another licence is to run no model again.
        """
        return {name: getattr(self, name) for name in (*MODEL_COLUMNS, "revision")}


MODEL_SHEET = "config/models.tsv"

COLUMNS = tuple(field.name for field in fields(Model))
MODEL_COLUMNS = COLUMNS[: COLUMNS.index("revision")]
"""The columns that every sheet of models has; the others may follow."""

NUMBERS = {"training_images": int, "parameters": int, "gmacs": float, "expected_top1": float, "seconds": float}


def read_models(path: Path | str, *, check: Check | None = None) -> dict[str, Model]:
    """Read the model sheet, which `config/schemas/models.schema.json` describes.

    Raises
    ------
    InputError
        If columns are missing, a model repeats, its name is not `name@size`, or `check` refuses the rows.
    """
    rows = read_rows(path, key="model", columns=MODEL_COLUMNS, more_columns=COLUMNS[len(MODEL_COLUMNS) :])
    if check:
        check(rows)
    return {name: _parse(row, path) for name, row in rows.items()}


def _parse(row: dict[str, str], path: Path | str) -> Model:
    if not row["size"].isdigit() or not row["model"].endswith(f"@{row['size']}"):
        raise InputError(
            f"{path}: model '{row['model']}' has size '{row['size']}'; expected pixels, and a name that ends in "
            "@ and the same number, such as resnet50.a1_in1k@224."
        )
    cells: dict[str, object] = {name: optional(row.get(name) or NONE) for name in COLUMNS}
    # a needed cell is never empty; '-' there is a value, such as a dummy's view
    cells |= {name: row[name] for name in MODEL_COLUMNS} | {"size": int(row["size"])}
    return Model(**cells | {name: number(cells[name]) for name, number in NUMBERS.items() if cells[name]})
