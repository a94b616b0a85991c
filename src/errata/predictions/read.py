"""Reading a predictions file of any layout."""

from pathlib import Path

import polars as pl

from errata.input_error import InputError
from errata.predictions.array_layout import read_arrays
from errata.predictions.prediction_file import SUFFIXES, PredictionFile, PredictionsError
from errata.predictions.row_names import read_order
from errata.predictions.table_layout import read_csv_table, read_parquet_table

_READERS = {
    ".parquet": read_parquet_table,
    ".csv": read_csv_table,
    ".npy": read_arrays,
    ".npz": read_arrays,
}

_SIGNATURES = ((b"PAR1", ".parquet"), (b"\x93NUMPY", ".npy"), (b"PK\x03\x04", ".npz"))
_ADVICE = {
    ".pkl": "Errata never unpickles; save the class ids with numpy.save",
    ".pickle": "Errata never unpickles; save the class ids with numpy.save",
    ".pt": "Errata never unpickles; save the class ids with numpy.save(path, tensor.cpu().numpy())",
    ".pth": "Errata never unpickles; save the class ids with numpy.save(path, tensor.cpu().numpy())",
    ".txt": "write a CSV file with the header file_name,predicted_class",
    ".tsv": "write it with commas, as .csv",
    ".json": "write a CSV file with the header file_name,predicted_class",
}


def read_predictions(path: Path | str, *, classes: int, order: Path | str | None = None) -> PredictionFile:
    """Read a predictions file.

    Parameters
    ----------
    path : path
        A `.parquet`, `.csv`, `.npy` or `.npz` file; `docs/predictions.md` describes the layouts.
    classes : int
        Number of classes of the data set: an array with that many columns (or one more) holds scores.
    order : path, optional
        The order file of rows that carry no names: a file name per line, or a CSV with a column `file_name`. Files
        with names of their own do not need it and keep theirs.

    Raises
    ------
    InputError
        If there is no such file, or the order file cannot be used.
    PredictionsError
        If the file is not what its extension says, is damaged, or has a layout that Errata does not know.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; expected a predictions file.")
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        advice = _ADVICE.get(suffix, "convert it, or rename it if it is one of them")
        raise PredictionsError(
            "wrong_extension",
            f"{path}: expected a predictions file ending in {', '.join(SUFFIXES)}, found '{path.suffix}'; {advice}.",
        )
    _check_content(path, suffix)
    names = None if order is None else read_order(Path(order))
    return _with_order(_READERS[suffix](path, classes=classes), names, order)


def _check_content(path: Path, suffix: str) -> None:
    if path.stat().st_size == 0:
        raise PredictionsError("empty_file", f"{path}: the file is empty (0 bytes). Write it again.")
    with path.open("rb") as stream:
        head = stream.read(8)
    actual = next((known for signature, known in _SIGNATURES if head.startswith(signature)), None)
    if actual not in (None, suffix):
        raise PredictionsError(
            "wrong_extension",
            f"{path}: the name ends in {suffix} but the content is a {actual} file. Rename it to {path.stem}{actual}.",
        )
    if actual is None and suffix != ".csv":
        text = head.isascii() and head.decode("ascii").isprintable()
        raise PredictionsError(
            "wrong_extension" if text else "damaged_file",
            f"{path}: expected a {suffix} file, but it does not begin like one"
            + (f"; it begins with the text {head.decode()!r}. Is it a CSV file?" if text else ". Write it again."),
        )


def _with_order(file: PredictionFile, names: pl.Series | None, order: Path | str | None) -> PredictionFile:
    if names is None or all(rows.file_names is not None for rows in file.models):
        return file
    models = []
    for rows in file.models:
        if rows.file_names is None and len(rows) != len(names):
            raise PredictionsError(
                "order_length",
                f"{file.path}: it has {len(rows)} rows and the order file {order} names {len(names)}; they must agree. "
                "Give the order file that belongs to these predictions.",
            )
        fields = vars(rows) if rows.file_names is not None else {**vars(rows), "file_names": names}
        models.append(type(rows)(**fields))
    return PredictionFile(file.path, f"{file.layout}; rows named by {order}", tuple(models), file.remarks)
