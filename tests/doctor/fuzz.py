"""Mutated files: whatever is read of them, there is a sentence or a result, soon, and in little memory.

python -m doctor.fuzz 2000 (with `tests` on the path) makes as many files of every kind that users give, changes bytes
of them at random, always the same ones, reads them in child processes, and prints what became of them.
"""

import io
import json
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from atlas.world import World, random_world
from errata.atlas.compiled import read_atlas, write_atlas
from errata.atlas.decision import compile_atlas
from errata.classes.superclasses import read_superclasses
from errata.errors import InputError, shown, shown_lines
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.findings import format_diagnosis
from errata.predictions.prediction_file import read_order
from errata.yaml_files import read_yaml

SECONDS = 30
"""A case that takes longer hangs."""

MEMORY = 1_000_000_000
"""Bytes of resident memory that a process of some hundreds of cases must stay below."""

ADDRESS_SPACE = 16 << 30
"""What a child may reserve, so that a case that asks for everything harms no other process."""

PER_CHILD = 250
CLASSES, IMAGES = 9, 400
LONGEST_MESSAGE = 600


@dataclass(frozen=True)
class Outcome:
    """What became of a case: `read`, `refused`, `fault`, `hang` or `crash`; `detail` is the message or the fault."""

    number: int
    kind: str
    what: str
    detail: str = ""


@cache
def _world() -> World:
    return random_world(0, images=IMAGES)


def _names() -> list[str]:
    return _world().labels["file_name"].to_list()


@cache
def _ids() -> np.ndarray:
    """Predictions of a model that is right on most images, so that an unharmed file can be scored."""
    random = np.random.default_rng(0)
    is_right = random.random(IMAGES) < 0.7
    return np.where(is_right, _world().labels["target"].to_numpy(), random.integers(0, CLASSES, IMAGES))


def _frame() -> pl.DataFrame:
    return pl.DataFrame(
        {"file_name": _names(), "predicted_class": _ids(), "predicted_probability": np.linspace(0.1, 0.9, IMAGES)}
    )


def _parquet(compression: str) -> bytes:
    stream = io.BytesIO()
    _frame().write_parquet(stream, compression=compression, row_group_size=150)
    return stream.getvalue()


def _arrow() -> bytes:
    stream = io.BytesIO()
    _frame().write_ipc(stream)
    return stream.getvalue()


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _npz(*, compressed: bool, **arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **arrays)
    return stream.getvalue()


def _scores() -> np.ndarray:
    scores = np.random.default_rng(1).random((IMAGES, CLASSES), np.float32)
    scores[np.arange(IMAGES), _ids()] += 1
    return scores


def _atlas() -> bytes:
    compiled = compile_atlas(
        _world().labels, _world().classes, _world().knowledge,
        name="labels", dataset="world", dataset_images=IMAGES, has_multilabels=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        write_atlas(compiled, Path(folder, "atlas.parquet"))
        return Path(folder, "atlas.parquet").read_bytes()


SUPERCLASSES = b"- name: dogs\n  any_of: [[dog, 'poodle']]\n- name: cats\n  any_of: [[feline]]\n"
CONFIG = (
    b"datasets: [imagenet]\nimages: {imagenet: 'a b'}\nmodels:\n- resnet*\n- x: &a [1, 2]\n  y: *a\noffline: true\n"
)

SEEDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "parquet": ("m.parquet", lambda: _parquet("zstd")),
    "parquet, uncompressed": ("m.parquet", lambda: _parquet("uncompressed")),
    "parquet, snappy": ("m.parquet", lambda: _parquet("snappy")),
    "csv": ("m.csv", lambda: _frame().write_csv().encode()),
    "csv, quoted": ("m.csv", lambda: _frame().write_csv(quote_style="always", line_terminator="\r\n").encode()),
    "npy, ids": ("m.npy", lambda: _npy(_ids())),
    "npy, ranked": ("m.npy", lambda: _npy(np.stack([(_ids() + k) % CLASSES for k in range(5)], axis=1))),
    "npy, scores": ("m.npy", lambda: _npy(_scores())),
    "npy, text": ("m.npy", lambda: _npy(np.array([f"n{i:08d}" for i in _ids()]))),
    "npz": ("m.npz", lambda: _npz(compressed=True, predicted_class=_ids(), file_name=np.array(_names()))),
    "npz, plain": ("m.npz", lambda: _npz(compressed=False, logits=_scores())),
    "npz, authors": (
        "preds.npz",
        lambda: _npz(
            compressed=False, top1=_ids(), top5=np.argsort(-_scores())[:, :5], probs=-np.sort(-_scores())[:, :5] / 2
        ),
    ),
    "json, records": ("m.json", lambda: _frame().write_json().encode()),
    "json, names": ("m.json", lambda: json.dumps(dict(zip(_names(), _ids().tolist(), strict=True))).encode()),
    "json, lines": ("m.jsonl", lambda: _frame().write_ndjson().encode()),
    "text": ("m.txt", lambda: "\n".join(f"{name} {i}" for name, i in zip(_names(), _ids(), strict=True)).encode()),
    "tsv": ("m.tsv", lambda: _frame().write_csv(separator="\t").encode()),
    "arrow": ("m.arrow", _arrow),
    "order, lines": ("order.txt", lambda: "\n".join(_names()).encode()),
    "order, csv": ("order.csv", lambda: _frame().select("file_name").write_csv().encode()),
    "order, npz": ("order.npz", lambda: _npz(compressed=True, sample_files=np.array(_names()))),
    "atlas": ("atlas.parquet", _atlas),
    "yaml, superclasses": ("superclasses.yaml", lambda: SUPERCLASSES),
    "yaml, config": ("config.yaml", lambda: CONFIG),
}
"""Kind of file -> name and content before it is changed."""

WORDS = (
    *(b'"', b",", b"\n", b"\r", b"\x1b[2J", b"-1", b"9" * 30, b"nan", b"[", b"{", b": ", b"&a", b"\t", b"\xe2\x80\xae"),
    *(
        b'"' * 3,
        b"[" * 2000,
        b"- " * 2000,
        b"{a: " * 500,
        b"*a",
        b"<<: *a\n",
        b"!!python/name:x",
        b"x" * 100_000,
    ),
)
"""What is put into files: what means something to a parser or to a terminal."""

_seed_of = cache(lambda kind: SEEDS[kind][1]())


def mutated(kind: str, number: int) -> bytes:
    """Return the file of a kind with one to six changes, the same for the same number.

    Half of the files keep their length, so that what is changed is read; the ends of files say where everything lies,
    and are changed more often.
    """
    random = np.random.default_rng([number, len(kind)])
    content = bytearray(_seed_of(kind))
    keeps_length, is_text = random.random() < 0.5, random.random() < 0.5
    for _ in range(int(random.choice([1, 1, 1, 2, 3, 6]))):
        size = len(content)
        ends = (int(random.integers(0, size + 1)), int(random.integers(0, min(200, size) + 1)))
        where = int(random.choice([*ends, size - ends[1]]))
        length = int(random.integers(1, 9))
        change = int(random.integers(0, 5 if keeps_length else 9))
        if change < 2 and where < size:
            content[where] ^= 1 << int(random.integers(0, 8))
        elif change == 2:
            content[where : where + length] = _digits(random, length) if is_text else random.bytes(length)
        elif change == 3:
            content[where : where + length] = b"9" * length if is_text else b"\xff" * length
        elif change == 4:
            content[where : where + length] = b" " * length if is_text else bytes(length)
        elif change == 5:
            del content[where : where + length * int(random.choice([1, 1, 100]))]
        elif change == 6:
            content[where:where] = content[: int(random.integers(0, 300))]
        elif change == 7:
            content[where:where] = random.choice(WORDS)
        elif random.random() < 0.3:
            del content[where:]
    return bytes(content) or b"\x00"


def _digits(random: np.random.Generator, length: int) -> bytes:
    return bytes(random.choice(list(b"0123456789.,-+eE\"'\n;|"), length).astype(np.uint8))


def _read(kind: str, path: Path, aligner: Aligner) -> str:
    """Read a file as a command would; return what became of it."""
    try:
        if kind.startswith("order"):
            read_order(path)
        elif kind == "atlas":
            read_atlas(path)
        elif kind == "yaml, superclasses":
            read_superclasses(path)
        elif kind == "yaml, config":
            read_yaml(path)
        else:
            refused = ""
            for diagnosis, _ in examine(path, aligner):
                text = format_diagnosis(diagnosis)
                if shown_lines(text) != text:
                    raise AssertionError(f"control characters in {text[:200]!r}")
                for finding in diagnosis.findings:
                    _check_message(finding.message)
                    refused = refused or (finding.message if finding.severity == "refuse" else "")
            if refused:
                return f"refused {refused}"
    except InputError as error:
        _check_message(str(error))
        return f"refused {shown(error)}"
    return "read"


def _check_message(message: str) -> None:
    if len(message) > LONGEST_MESSAGE or shown(message) != message:
        raise AssertionError(f"a message of {len(message)} characters: {message[:200]!r}")


def _peak_memory() -> int:
    """Return the largest resident memory of this process in bytes."""
    # Linux counts what the parent held before this program was loaded into `ru_maxrss`, but not into VmHWM
    status = Path("/proc/self/status")
    if status.is_file():
        return 1024 * int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _work(first: int, last: int, folder: Path) -> None:
    """Read the cases from `first` to `last`, and print a line before and after each."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    whole = folder / "whole.parquet"
    whole.write_bytes(_seed_of("atlas"))
    aligner = Aligner(read_atlas(whole))
    kinds = list(SEEDS)
    # ends the process, be it in a loop of another language
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in range(first, last):
        kind = kinds[number % len(kinds)]
        path = folder / SEEDS[kind][0]
        path.write_bytes(mutated(kind, number))
        print(json.dumps({"number": number, "kind": kind}), flush=True)
        signal.alarm(SECONDS)
        try:
            what, _, detail = _read(kind, path, aligner).partition(" ")
        except BaseException as error:
            what, detail = "fault", f"{type(error).__name__}: {error}"[:300]
        signal.alarm(0)
        peak = _peak_memory()
        print(json.dumps({"number": number, "kind": kind, "what": what, "detail": detail, "peak": peak}), flush=True)


def fuzz(count: int, *, first: int = 0) -> tuple[list[Outcome], int]:
    """Read `count` mutated files in child processes; return the outcomes and the largest resident memory in bytes."""
    outcomes: list[Outcome] = []
    peak, number = 0, first
    tests = Path(__file__).resolve().parents[1]
    while number < first + count:
        last = min(number + PER_CHILD, first + count)
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "doctor.fuzz", "--work", str(number), str(last), folder]
            done = subprocess.run(command, cwd=tests, capture_output=True, text=True, check=False)
        started = None
        for line in done.stdout.splitlines():
            entry = json.loads(line)
            started = entry if "what" not in entry else None
            if started is None:
                peak = max(peak, entry.pop("peak"))
                outcomes.append(Outcome(**entry))
        if started is None and done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        if started:
            what = "hang" if done.returncode == -signal.SIGALRM else "crash"
            outcomes.append(Outcome(**started, what=what, detail=f"exit {done.returncode}: {done.stderr[-300:]}"))
        number = outcomes[-1].number + 1
    return outcomes, peak


def main(count: int) -> None:
    """Print how many files of every kind were read, refused, or did harm."""
    outcomes, peak = fuzz(count)
    for kind in SEEDS:
        found = Counter(outcome.what for outcome in outcomes if outcome.kind == kind)
        print(f"{kind:24}", "  ".join(f"{what} {times}" for what, times in sorted(found.items())))
    totals = Counter(outcome.what for outcome in outcomes)
    print(
        f"{len(outcomes)} files: {totals['read']} read, {totals['refused']} refused, {totals['fault']} tracebacks, "
        f"{totals['hang']} hangs, {totals['crash']} crashes; at most {peak / 1e6:,.0f} MB of memory"
    )
    for outcome in outcomes:
        if outcome.what not in ("read", "refused"):
            print(f"case {outcome.number} ({outcome.kind}): {outcome.what}: {outcome.detail}")


if __name__ == "__main__":
    if sys.argv[1] == "--work":
        _work(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]))
