"""The formats of predictions files: names, suffixes, signatures, readers and what the documentation says of them.

A format is an entry of `FORMATS`. The command line, the scan of a predictions folder, the doctor's messages and the
table in docs/predictions.md are made from it. Every Snakemake job and `errata --help` import this module, so it imports
no library: a reader is imported when it is called.

`python -m errata.predictions.formats docs/predictions.md` writes the table of the documentation.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from errata.predictions.prediction_file import PredictionFile


@dataclass(frozen=True)
class Format:
    """A format of predictions files.

    Attributes
    ----------
    name : str
        What people call it.
    suffixes : tuple of str
        What the names of its files end with, in lower case; the first is the usual one.
    read : callable
        Reads a file: `read(path, model=..., classes=...)`, where `model` is the model that the file is named after and
        `classes` the number of classes of the data set.
    layouts : mapping
        Its rows in the documentation: the file -> what it holds.
    signature : bytes
        The first bytes of every such file; empty for text.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[..., "PredictionFile"]
    layouts: Mapping[str, str]
    signature: bytes = b""


# imports inside functions, not names of modules to import: errata.code_identity finds what a rule depends on by them


def _read_parquet(path: Path, *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.table_layout import read_parquet_table

    return read_parquet_table(path, model=model)


def _read_csv(path: Path, *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.table_layout import read_csv_table

    return read_csv_table(path, model=model)


def _read_array(path: Path, *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.array_layout import read_array

    return read_array(path, model=model, classes=classes)


def _read_archive(path: Path, *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.array_layout import read_archive

    return read_archive(path, model=model, classes=classes)


FORMATS = (
    Format(
        "Parquet",
        (".parquet",),
        _read_parquet,
        signature=b"PAR1",
        layouts={
            "`.parquet`": "columns `file_name`, `predicted_class`; optionally `predicted_probability`, `model`. Other "
            "columns are not used; the doctor names them.",
        },
    ),
    Format(
        "CSV",
        (".csv",),
        _read_csv,
        layouts={
            "`.csv`": "the same columns under a header, comma-separated, UTF-8: "
            "`file_name,predicted_class[,predicted_probability][,model]` (the ImageNet-X layout); or a submission to "
            "Kaggle, `ImageId,PredictionString`, of which the first class is read",
        },
    ),
    Format(
        "NumPy array",
        (".npy",),
        _read_array,
        signature=b"\x93NUMPY",
        layouts={
            "`.npy` (N,)": "one class per row",
            "`.npy` (N, k), integers or whole numbers": "class ids by rank, the prediction first",
            "`.npy` (N, classes)": "scores of any number type: logits, probabilities, quantised scores, rows of zeros "
            "with a one; the largest is the prediction, masked classes may be minus infinity",
        },
    ),
    Format(
        "NumPy archive",
        (".npz",),
        _read_archive,
        signature=b"PK\x03\x04",
        layouts={
            "`.npz`": "one such array (named `predicted_class`, `predictions`, `preds`, `logits`, `probabilities`, "
            "`scores`, or the only one), optionally with `file_name`, `file_names` or `sample_files`, a unicode array",
            "`preds.npz`": "the archive of the paper's authors: `top1`, optionally `top5`, `probs`; rows are named by "
            "`sample_files` of the `samples_info.npz` beside it or one folder up; the model is the folder",
        },
    ),
)
"""Every format that is read."""

OTHER_FORMATS = {
    ".pkl": "Errata never unpickles; save the class ids with numpy.save",
    ".pickle": "Errata never unpickles; save the class ids with numpy.save",
    ".pt": "Errata never unpickles; save the class ids with numpy.save(path, tensor.cpu().numpy())",
    ".pth": "Errata never unpickles; save the class ids with numpy.save(path, tensor.cpu().numpy())",
    ".txt": "write a CSV file with the header file_name,predicted_class",
    ".tsv": "write it with commas, as .csv",
    ".json": "write a CSV file with the header file_name,predicted_class",
}
"""What to do with files of formats that are not read, by suffix."""

AUTHORS_FILE = "preds.npz"
"""What the paper's authors call the predictions of every model."""

APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""The first bytes of the files `._NAME` in which macOS keeps its notes about NAME."""

APPLE_NOTES = "it holds macOS's notes about the file whose name lacks its first two characters, and no predictions"

_BY_SUFFIX = {suffix: known for known in FORMATS for suffix in known.suffixes}
SUFFIXES = ", ".join(_BY_SUFFIX)
"""The suffixes of predictions files, as text."""


def suffix_of(path: Path | str) -> str:
    """Return what a predictions file's name ends with, in lower case; an empty string if it is of no known format."""
    name = Path(path).name.lower()
    known = [suffix for suffix in _BY_SUFFIX if name.endswith(suffix) and name != suffix]
    return max(known, key=len, default="")


def format_of(path: Path | str) -> Format | None:
    """Return the format that a file's name says, if it is a known one."""
    return _BY_SUFFIX.get(suffix_of(path))


def formats_of_content(head: bytes) -> list[Format]:
    """Return the formats whose signature a file begins with."""
    return [known for known in FORMATS if known.signature and head.startswith(known.signature)]


def model_name(path: Path) -> str:
    """Return the model that a file is named after: its name without the suffix of a known format.

    The paper's authors call every file `preds.npz`, in a folder that is named after the model. Nothing else is taken
    off, since timm's names contain dots.
    """
    if path.name.lower() == AUTHORS_FILE:
        return path.absolute().parent.name or path.stem
    return path.name[: len(path.name) - len(suffix_of(path))]


_BEGIN = "<!-- formats, written by `make docs` -->\n\n"
_END = "\n<!-- end of formats -->\n"


def with_formats(page: str) -> str:
    """Return a page of the documentation with the table of formats written anew between its two markers."""
    before, _, rest = page.partition(_BEGIN)
    after = rest.partition(_END)[2]
    rows = [f"| {known.name} | {file} | {content} |\n" for known in FORMATS for file, content in known.layouts.items()]
    return "".join([before, _BEGIN, "| format | file | content |\n|---|---|---|\n", *rows, _END, after])


if __name__ == "__main__":
    document = Path(sys.argv[1])
    document.write_text(with_formats(document.read_text(encoding="utf-8")), encoding="utf-8")
