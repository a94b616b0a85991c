"""Files that cannot be read: one short sentence with the file, the row or key, and what to do."""

import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.errors import LONGEST_MESSAGE, InputError, shown
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.read import read_predictions
from errata.user_files import MOST_MEMBERS, MOST_UNPACKED

CSV = "file_name,predicted_class\n"


def npy_header(text: str) -> bytes:
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode()


def in_parquet(**columns: object) -> Callable[[Path], None]:
    return lambda path: pl.DataFrame({"file_name": ["a", "b"], "predicted_class": [1, 2], **columns}).write_parquet(
        path
    )


def in_npy(array: np.ndarray) -> Callable[[Path], None]:
    return lambda path: np.save(path, array, allow_pickle=True)


def in_npz(**arrays: np.ndarray) -> Callable[[Path], None]:
    return lambda path: np.savez(path, **arrays)


def of_bytes(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content)


def with_wrong_checksum(path: Path) -> None:
    np.savez(path, predicted_class=np.arange(1000))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncated(path: Path) -> None:
    pl.DataFrame({"file_name": ["a"] * 999, "predicted_class": [1] * 999}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])


def with_pages_beyond_its_end(path: Path) -> None:
    pl.DataFrame({"file_name": [str(n) for n in range(999)], "predicted_class": [1] * 999}).write_parquet(path)
    content = path.read_bytes()
    path.write_bytes(content[:100] + content[1500:])


def with_many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MOST_MEMBERS + 1):
            archive.writestr(f"{number}.npy", b"")


def with_an_array_twice(path: Path) -> None:
    np.savez(path, preds=np.arange(3))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("preds.npy"), b"")


def a_bomb(path: Path) -> None:
    """Write an archive of some kilobytes that says to hold more than is unpacked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("logits.npy", "w") as member:
        member.write(npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({MOST_UNPACKED // 4}, 4), }}"))
        member.write(bytes(1000))


def sparse(path: Path) -> None:
    path.write_text(CSV + "a,1\n")
    os.truncate(path, 20_000_000_000)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


SHAPE = "{'descr': '<i8', 'fortran_order': False, 'shape': %s, }"
BIG_ENUM = pl.Enum([f"category {number}" for number in range(5000)])
FAULTS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "named pipe": ("m.csv", os.mkfifo, "found a named pipe"),
    "socket": ("m.npy", a_socket, "found a socket"),
    "folder": ("m.csv", Path.mkdir, "found a folder"),
    "device": ("m.csv", lambda path: path.symlink_to("/dev/zero"), "found a device"),
    "link to itself": ("m.csv", lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    "truncated Parquet": ("m.parquet", truncated, "It may be truncated"),
    "Parquet without some pages": ("m.parquet", with_pages_beyond_its_end, "cannot be read as one"),
    "column of lists": ("m.parquet", in_parquet(predicted_probability=[[0.1], [0.2]]), "is List(Float64)"),
    "column of structs": ("m.parquet", in_parquet(predicted_class=[{"a": 1}, {"a": 2}]), "is Struct({'a': Int64})"),
    "column of dates": ("m.parquet", in_parquet(predicted_class=[date(2020, 1, 1)] * 2), "is Date"),
    "column of durations": ("m.parquet", in_parquet(predicted_class=[timedelta(1)] * 2), "is Duration"),
    "column of bytes": ("m.parquet", in_parquet(predicted_class=[b"\x00", b"\xff"]), "is Binary"),
    "file names that are numbers": ("m.parquet", in_parquet(file_name=[1, 2]), "column 'file_name' is Int64"),
    "models that are lists": ("m.parquet", in_parquet(model=[["x"], ["y"]]), "column 'model' is List(String)"),
    "no columns": ("m.parquet", lambda path: pl.DataFrame().write_parquet(path), "found none"),
    "no rows": ("m.parquet", lambda path: pl.DataFrame({"predicted_class": []}).write_parquet(path), "has no rows"),
    "a thousand other columns": (
        "m.parquet",
        lambda path: pl.DataFrame({f"column {n}": [1] for n in range(1000)}).write_parquet(path),
        "and 992 more",
    ),
    "Python objects": ("m.npy", in_npy(np.array([{}, None])), "never unpickles"),
    "Python objects in an archive": ("m.npz", in_npz(preds=np.array([{}, None])), "array 'preds' holds Python objects"),
    "structured rows": ("m.npy", in_npy(np.zeros(3, [("id", "i4"), ("p", "f4")])), "rows with the fields id, p"),
    "single value": ("m.npy", in_npy(np.array(3)), "an array of no dimension"),
    "no values": ("m.npy", in_npy(np.empty((0, 5), int)), "the array is empty"),
    "negative length": ("m.npy", of_bytes(npy_header(SHAPE % "(-5,)") + bytes(40)), "its header says shape (-5,)"),
    "enormous length": ("m.npy", of_bytes(npy_header(SHAPE % "(10**18, 10**18)"[:8] + "") + bytes(9)), "header"),
    "more rows than bytes": ("m.npy", of_bytes(npy_header(SHAPE % "(99999999999,)") + bytes(9)), "but 9 follow"),
    "half a character": ("m.npy", in_npy(np.array(["n0\ud800"])), "bytes that are none"),
    "complex numbers": ("m.npy", in_npy(np.zeros(3, complex)), "complex128"),
    "dates": ("m.npy", in_npy(np.zeros(3, "M8[s]")), "datetime64"),
    "wrong checksum": ("m.npz", with_wrong_checksum, "Bad CRC-32"),
    "no array": ("m.npz", in_npz(), "does not begin like one"),
    "many members": ("m.npz", with_many_members, "at most 1,000 are read"),
    "array twice": ("m.npz", with_an_array_twice, "it holds an array twice"),
    "archive that unpacks to gigabytes": ("m.npz", a_bomb, "at most 1,000,000,000 are read"),
    "authors' archive without columns": (
        "preds.npz",
        in_npz(top1=np.arange(3), top5=np.array(3)),
        "array 'top5' must hold the integer class ids of every row",
    ),
    "authors' probabilities as text": (
        "preds.npz",
        in_npz(top1=np.arange(3), probs=np.array([["a"]] * 3)),
        "array 'probs' must hold numbers",
    ),
    "open quote": ("m.csv", of_bytes(CSV.encode() + b'a,1\n"b,2\n' + b"c,3\n" * 50_000), "line 3 opens a quote"),
    "two quotes, lines apart": ("m.csv", of_bytes(f'{CSV}a,1\n"b,2\nc",3\nd,4\n'.encode()), "line 3 opens a quote"),
    "too many fields": ("m.csv", of_bytes(f"{CSV}a,1\nb,2,x\n".encode()), "line 3 has 3 fields, the header 2"),
    "other encoding in a line": ("m.csv", of_bytes(CSV.encode() + b"a,1\n\xff,2\n"), "line 3 is not text in UTF-8"),
    "zero bytes": ("m.csv", of_bytes(CSV.encode() + bytes(100)), "found a zero byte at byte 26"),
    "sparse file of 20 GB": ("m.csv", sparse, "found a zero byte"),
    "a line of megabytes": ("m.csv", of_bytes(b"x" * 3_000_000), "no line end in its first"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_refused_in_one_short_sentence(fault, tmp_path, capfd):
    name, write, said = FAULTS[fault]
    path = tmp_path / name
    write(path)
    with pytest.raises(InputError) as caught:
        read_predictions(path, classes=4)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert said in message
    assert len(message) <= LONGEST_MESSAGE
    assert shown(message) == message
    assert capfd.readouterr() == ("", "")


def test_a_file_that_may_not_be_read_and_a_name_that_is_too_long_are_sentences(tmp_path, monkeypatch):
    path = tmp_path / "m.csv"
    path.write_text(CSV)

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        with pytest.raises(InputError, match=r"m\.csv: it cannot be opened \(Permission denied\)"):
            read_predictions(path, classes=4)
    with pytest.raises(InputError, match=r"no such file|File name too long"):
        read_predictions(tmp_path / ("x" * 300 + ".csv"), classes=4)


@pytest.mark.parametrize(
    ("column", "accepted"),
    [
        (pl.Series(["1", "2"], dtype=pl.Enum(["1", "2"])), "class ids written as text"),
        (pl.Series(["1", "2"], dtype=pl.Categorical), "class ids written as text"),
        (pl.Series([Decimal(1), Decimal(2)]), "class ids written as decimal numbers"),
        (pl.Series([1, 2], dtype=pl.UInt64), "class ids"),
        (pl.Series([1, 2], dtype=pl.Int128), "class ids"),
        (pl.Series([None, None]), "nothing"),
    ],
    ids=lambda value: str(getattr(value, "dtype", value)),
)
def test_unusual_columns_of_numbers_and_text_are_read(column, accepted, tmp_path, atlas):
    path = tmp_path / "m.parquet"
    pl.DataFrame({"file_name": atlas.images["file_name"][:2], "predicted_class": column}).write_parquet(path)
    ((diagnosis, _),) = examine(path, Aligner(atlas))
    assert diagnosis.labels == accepted


@pytest.mark.parametrize("dtype", [">i4", ">f8", "<f2", np.longdouble, "<u8", ">U9"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_byte_order_and_precision_are_read(dtype, order, tmp_path):
    ids = np.array([[3, 1], [2, 0], [0, 3]])
    np.save(tmp_path / "m.npy", np.asarray(ids, dtype=dtype, order=order))
    np.savez(tmp_path / "m.npz", preds=np.asarray(ids[:, 0], dtype=dtype))
    if dtype != ">U9":
        (rows,) = read_predictions(tmp_path / "m.npy", classes=4).models
        assert rows.labels.cast(pl.Int64).to_list() == [3, 2, 0]
    (rows,) = read_predictions(tmp_path / "m.npz", classes=4).models
    assert rows.labels.cast(pl.Int64).to_list() == [3, 2, 0]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("file_name,predicted_class\r\r\na,1\r\r\nb,2\r\r\n", "line ends CR CR LF"),
        ("file_name,predicted_class\na,1\n\n\nb,2\n\n  \n", "has blank lines"),
        ("\ufefffile_name,predicted_class\r\n\r\na,1\r\nb,2\r\n\r\n", "byte-order mark"),
    ],
)
def test_blank_lines_are_skipped_with_a_remark_and_lines_keep_their_numbers(text, remark, tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes(text.encode())
    file = read_predictions(path, classes=4)
    assert file.models[0].labels.to_list() == ["1", "2"]
    assert remark in " ".join(file.remarks)
    number = next(n for n, line in enumerate(text.split("\n"), start=1) if line.startswith("b"))
    assert file.models[0].numbers.name(1) == f"line {number}"


def test_rows_are_counted_as_the_file_counts_them(tmp_path, atlas):
    names, aligner = atlas.images["file_name"], Aligner(atlas)
    classes = ["1"] * (len(names) - 1) + ["no class"]
    frame = pl.DataFrame({"file_name": names, "predicted_class": classes})
    frame.write_csv(tmp_path / "m.csv")
    frame.write_parquet(tmp_path / "m.parquet")
    for name, row in (("m.csv", f"line {len(names) + 1} "), ("m.parquet", f"row {len(names) - 1} (counted from 0)")):
        ((diagnosis, _),) = examine(tmp_path / name, aligner)
        assert row in diagnosis.findings[0].message


def test_control_characters_of_names_and_cells_reach_no_terminal(tmp_path, atlas):
    from errata.predictions.findings import format_diagnosis

    path = tmp_path / "\x1b[2J\u202em.csv"
    path.write_text(f"{CSV}a,\x1b]0;title\x07\n")
    ((diagnosis, _),) = examine(path, Aligner(atlas))
    text = format_diagnosis(diagnosis)
    assert "\\x1b]0;title\\x07" in text
    assert all(shown(line) == line for line in text.split("\n"))


def test_a_neighbour_whose_name_a_pattern_would_match_is_not_read(tmp_path):
    for name, label in (("run[12]", 1), ("run1", 2), ("a*b", 1), ("aXb", 2), ("q?", 1), ("qq", 2), ("~", 1), ("-x", 1)):
        pl.DataFrame({"file_name": ["i"], "predicted_class": [label]}).write_parquet(tmp_path / f"{name}.parquet")
    for name in ("run[12]", "a*b", "q?", "~", "-x"):
        (rows,) = read_predictions(tmp_path / f"{name}.parquet", classes=4).models
        assert (rows.model, rows.labels.to_list()) == (name, [1])


BIG = """
import resource, sys
from pathlib import Path
import polars as pl
from errata.predictions.read import read_predictions
path, rows = Path(sys.argv[1]), int(sys.argv[2])
(read,) = read_predictions(path, classes=1000).models
assert len(read) == rows
status = Path("/proc/self/status").read_text() if Path("/proc/self/status").is_file() else ""
peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), None)
print(1024 * (peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_five_million_rows_are_read_in_less_than_a_gigabyte(suffix, tmp_path):
    rows = 5_000_000
    frame = pl.select(
        file_name=pl.format("ILSVRC2012_val_{}.JPEG", pl.int_range(rows).cast(pl.String).str.zfill(8)),
        predicted_class=pl.int_range(rows) % 1000,
    )
    path = tmp_path / f"m{suffix}"
    frame.write_csv(path) if suffix == ".csv" else frame.write_parquet(path)
    del frame
    command = [sys.executable, "-c", BIG, str(path), str(rows)]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert peak < 1_000_000_000


def test_objects_beside_the_predictions_are_let_lie(tmp_path):
    np.savez(tmp_path / "m.npz", preds=np.arange(3), notes=np.array([{}, None]))
    (rows,) = read_predictions(tmp_path / "m.npz", classes=4).models
    assert rows.labels.to_list() == [0, 1, 2]
