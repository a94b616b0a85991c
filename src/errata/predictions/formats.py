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
    from errata.user_files import UserFile


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
        Reads a file: `read(file, model=..., classes=...)`, where `model` is the model that the file is named after and
        `classes` the number of classes of the data set.
    layouts : mapping
        Its rows in the documentation: the file -> what it holds.
    signatures : tuple of bytes
        How such files begin; none for text.
    in_folders : bool
        Whether files of the format are looked for in folders.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[..., "PredictionFile"]
    layouts: Mapping[str, str]
    signatures: tuple[bytes, ...] = ()
    in_folders: bool = True


# imports inside functions, not names of modules to import: errata.code_identity finds what a rule depends on by them


def _read_parquet(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.columnar_layout import read_parquet_table

    return read_parquet_table(file, model=model, classes=classes)


def _read_arrow(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.columnar_layout import read_arrow_table

    return read_arrow_table(file, model=model, classes=classes)


def _read_text(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.text_layout import read_text_table

    return read_text_table(file, model=model, classes=classes)


def _read_json(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.json_layout import read_json_table

    return read_json_table(file, model=model, classes=classes)


def _read_array(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.array_layout import read_array

    return read_array(file, model=model, classes=classes)


def _read_archive(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.array_layout import read_archive, read_array

    with file.open(expected="a NumPy archive") as stream:
        # the logits that Vasudevan et al. published are bare arrays whose names end in .npz; numpy.load does not mind
        is_array = stream.read(len(NUMPY_ARRAY)) == NUMPY_ARRAY
    return (read_array if is_array else read_archive)(file, model=model, classes=classes)


def _read_torch(file: "UserFile", *, model: str, classes: int) -> "PredictionFile":
    from errata.predictions.array_layout import read_torch_file

    return read_torch_file(file, model=model, classes=classes)


NUMPY_ARRAY = b"\x93NUMPY"
"""The first bytes of a `.npy` file."""

FORMATS = (
    Format(
        "Parquet",
        (".parquet", ".pq"),
        _read_parquet,
        signatures=(b"PAR1",),
        layouts={
            "`.parquet`, `.pq`": "columns `file_name`, `predicted_class`; optionally `predicted_probability`, `model`. "
            "Other names of these columns are known, see below; what is not used is named by the doctor.",
        },
    ),
    Format(
        "CSV",
        (".csv", ".tsv"),
        _read_text,
        layouts={
            "`.csv`, `.tsv`": "the same columns under a header, separated by commas, semicolons, tabs or bars: "
            "`file_name,predicted_class[,predicted_probability][,model]` (the ImageNet-X layout); a submission to "
            "Kaggle, `ImageId,PredictionString`; what timm's `inference.py` writes. Without a header: names of "
            "images and a class",
        },
    ),
    Format(
        "text",
        (".txt",),
        _read_text,
        layouts={"`.txt`": "the same, separated by spaces too; or a class per line. Not looked for in folders"},
        in_folders=False,
    ),
    Format(
        "JSON",
        (".json", ".jsonl", ".ndjson"),
        _read_json,
        layouts={
            "`.json`, `.jsonl`, `.ndjson`": "records with these columns, as a list, a line each, or under their file "
            "names; a list per column; the layouts of pandas (`columns`, `index`, `split`, `table`, `values`); "
            "a class, ranked classes or scores per file name or row; Hugging Face's pipelines (`label`, `score`); "
            "Keras's `decode_predictions`; up to 300 MB",
        },
    ),
    Format(
        "Arrow",
        (".arrow", ".feather"),
        _read_arrow,
        signatures=(b"ARROW1", b"\xff\xff\xff\xff"),
        layouts={"`.arrow`, `.feather`": "the same columns, as a file or a stream"},
    ),
    Format(
        "NumPy array",
        (".npy",),
        _read_array,
        signatures=(NUMPY_ARRAY,),
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
        signatures=(b"PK\x03\x04", NUMPY_ARRAY),
        layouts={
            "`.npz`": "one such array (the only one, or by its name: `predicted_class`, `predictions`, `preds`, "
            "`logits`, `outputs`, `probabilities`, `scores`), optionally with the names of the images as a unicode "
            "array (`file_name`, `filenames`, `paths`, `sample_files`) and with `targets`, which are not used; or a "
            "bare array as in `.npy`, as the published logits of ViT-3B and Greedy Soups are",
            "`preds.npz`": "the archive of the paper's authors: `top1`, optionally `top5`, `probs`; rows are named by "
            "`sample_files` of the `samples_info.npz` beside it or one folder up; the model is the folder",
        },
    ),
    Format(
        "PyTorch",
        (".pt", ".pth"),
        _read_torch,
        signatures=(b"PK\x03\x04", b"\x80\x02"),
        layouts={
            "`.pt`, `.pth`": "such an array as a tensor, a list of batches, or a dict of tensors with the names of "
            "`.npz`; read with `weights_only=True`, which needs PyTorch"
        },
    ),
)
"""Every format that is read."""

COMPRESSED = (".gz", ".zst", ".zstd", ".bz2", ".xz")
"""What the name of a file of any format may end with if it is compressed. Zstandard needs the package `zstandard`."""

_PICKLE = "Errata never unpickles; {}"
OTHER_FORMATS = {
    ".pkl": _PICKLE,
    ".pickle": _PICKLE,
    ".joblib": _PICKLE,
    ".zip": "unpack it",
    ".tar": "unpack it",
    ".xlsx": "save it as 'CSV UTF-8'",
    ".xls": "save it as 'CSV UTF-8'",
    ".h5": "save the class ids or the scores with numpy.save",
    ".hdf5": "save the class ids or the scores with numpy.save",
    ".mat": "save the class ids or the scores with numpy.save",
    ".safetensors": "save the class ids or the scores with numpy.save",
}
"""What to do with files of formats that are not read, by suffix."""

_CONVERT = "if you trust it, convert it: python -c \"import pickle, {}; x = pickle.load(open('{}', 'rb')); {}\""
_CONVERSIONS = (
    (b"pred_label", "numpy as np", "np.save('{}.npy', [int(r['pred_label']) for r in x])"),
    (b"pandas", "pandas", "x.to_parquet('{}.parquet')"),
    (b"torch", "torch", "torch.save(x, '{}.pt')"),
)
_CONVERSION = ("numpy as np", "np.save('{}.npy', np.asarray(x))")


def advice_about(path: Path) -> str | None:
    """Return what to do with a file of a format that is not read; for a pickle the line that converts it.

    What is in a pickle is told by the names of classes in its first bytes; nothing is unpickled.
    """
    advice = OTHER_FORMATS.get(path.suffix.lower())
    if advice != _PICKLE:
        return advice
    try:
        with path.open("rb") as stream:
            head = stream.read(65_536)
    except OSError:
        head = b""
    needed, line = next(((n, made) for sign, n, made in _CONVERSIONS if sign in head), _CONVERSION)
    return _PICKLE.format(_CONVERT.format(needed, path.name, line.format(path.stem)))


OTHER_NAMES = frozenset(
    f"{name}.json"
    for name in (
        "all_results", "args", "classes", "class_names", "class_to_idx", "config", "eval_results", "generation_config",
        "id2label", "imagenet_class_index", "index_to_name", "labels", "manifest", "metrics", "params",
        "preprocessor_config", "schema", "settings", "summary", "tokenizer_config", "train_results", "trainer_state",
    )
)  # fmt: skip
"""Files beside predictions that tools write, in lower case: they are left out of folders."""

AUTHORS_FILE = "preds.npz"
"""What the paper's authors call the predictions of every model."""

APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""The first bytes of the files `._NAME` in which macOS keeps its notes about NAME."""

APPLE_NOTES = "it holds macOS's notes about the file whose name lacks its first two characters, and no predictions"

VAL, IMAGEFOLDER = "val", "imagefolder"
NAMED_ORDERS = {
    VAL: "the data set's own order, file names in ascending order",
    IMAGEFOLDER: "class folders in ascending order of their wnids, file names in ascending order in each",
}
"""Orders of rows without file names that have a name; any other is a file. One of this name is given as `./val`."""

_BY_SUFFIX = {suffix: known for known in FORMATS for suffix in known.suffixes}
SUFFIXES = ", ".join(_BY_SUFFIX)
"""The suffixes of predictions files, as text."""


def suffix_of(path: Path | str) -> str:
    """Return what a predictions file's name ends with, in lower case; an empty string if it is of no known format.

    The suffix of a compressed file is both, as `.csv.gz`.
    """
    name = Path(path).name.lower()
    packed = next((suffix for suffix in COMPRESSED if name.endswith(suffix)), "")
    bare = name.removesuffix(packed)
    known = [suffix for suffix in _BY_SUFFIX if bare.endswith(suffix) and bare != suffix]
    return max(known, key=len) + packed if known else ""


def format_of(path: Path | str) -> Format | None:
    """Return the format that a file's name says, if it is a known one."""
    suffix = suffix_of(path)
    return next((known for bare, known in _BY_SUFFIX.items() if suffix.startswith(bare)), None) if suffix else None


def formats_of_content(head: bytes) -> list[Format]:
    """Return the formats whose signature a file begins with."""
    return [known for known in FORMATS if any(head.startswith(signature) for signature in known.signatures)]


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
