"""How long and how much memory neighbours, verdicts and an atlas take, from stored random vectors of real size.

    make bench                                          the size of ImageNet: 1.28 million training images
    python tests/bench/bench_openworld.py --quick       a tenth of the images

Every stage is the rule's own script in a process of its own, reading and writing included. Neighbours of random
vectors show about a hundred classes near every image, several times as many as real ones: the verdicts' worst case.
"""

import argparse
import json
import os
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.superclasses import read_superclasses, select_classes
from errata.classes.tables import CLASSES, COOCCURRENCE, OVERLAP, SUPERCLASSES, WORDNET
from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import WordNet
from errata.images.tables import IMAGES
from errata.labels.tables import LABELS, TARGETS
from errata.openworld.tables import PROMPTS
from errata.tables import Table, read_table, write_table

PROJECT = Path(__file__).resolve().parents[2]
SCRIPTS = PROJECT / "workflow" / "scripts"
NOUNS = PROJECT / "resources/wordnet/nouns.parquet"
IMAGES_COUNT, TRAIN_COUNT, DIMENSIONS = 20_000, 1_281_167, 768
STAGES = ("find_neighbours", "decide_verdicts", "compile_atlas")
ROWS_AT_ONCE = 50_000
OPEN_WORLD = {
    "encoder": "random",
    "prompt": "photo",
    "neighbours": 10,
    "temperature": 100,
    "score": "lemma",
    "ancestors": "count",
}
NOTES = {
    "architecture": "random",
    "sha256": "",
    "quick_gelu": False,
    "view": "",
    "dimensions": DIMENSIONS,
    "inputs": {},
}


def main() -> None:
    """Print one line per stage, and write them as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the images and training images")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"), help="where neighbours are found")
    parser.add_argument("--images", type=int, default=IMAGES_COUNT, help="annotated images; ImageNet-val has 50,000")
    parser.add_argument("--until", default=STAGES[-1], choices=STAGES, help="the last stage to run")
    parser.add_argument("--folder", type=Path, help="where the vectors go (4 GB); the system's temporary folder if not")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurements")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--arguments", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        _run_stage(options.stage, options.arguments)
        return
    part = 10 if options.quick else 1
    images, train = options.images // part, TRAIN_COUNT // part
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(scratch)
        _refuse_small_disk(folder, (images + train) * DIMENSIONS * 4)
        print(f"{images:,} images, {train:,} training images, {DIMENSIONS} dimensions, {options.threads} threads")
        _write_inputs(folder, images=images, train=train)
        stages = _stages(folder, options)[: STAGES.index(options.until) + 1]
        measured = [_measure(stage, arguments, options.threads) for stage, arguments in stages]
        decided = folder / "verdicts.parquet"
        verdicts = pl.scan_parquet(decided).select(pl.len()).collect().item() if decided.exists() else 0
    print(f"{'stage':<16} {'seconds':>8} {'CPU s':>8} {'peak MB':>8} {'with files':>10}")
    for row in measured:
        print(
            f"{row['stage']:<16} {row['seconds']:>8.1f} {row['cpu_seconds']:>8.1f} {row['peak_mb']:>8.0f} "
            f"{row['peak_mb_with_files']:>10.0f}"
        )
    print(f"{verdicts:,} verdicts")
    if options.json:
        about = {
            "device": options.device,
            "images": images,
            "train_images": train,
            "threads": options.threads,
            "verdicts": verdicts,
        }
        options.json.write_text(json.dumps({**about, "stages": measured}, indent=1) + "\n")


def _stages(folder: Path, options: argparse.Namespace) -> list[tuple[str, dict]]:
    at = {path.stem: str(path) for path in folder.iterdir() if path.suffix == ".parquet"}
    known = {name: at[name] for name in ("labels", "classes", "superclasses")}
    neighbours = str(folder / "neighbours.parquet")
    return [
        (
            "find_neighbours",
            {
                "vectors": str(folder / "images.npy"),
                "index": at["images"],
                "train_vectors": str(folder / "train.npy"),
                "train_index": at["train"],
                "train_targets": at["train_targets"],
                "train_notes": str(folder / "train.json"),
                "contract": 1,
                "device": options.device,
                "output": neighbours,
                "threads": options.threads,
            },
        ),
        (
            "decide_verdicts",
            {
                "vectors": str(folder / "images.npy"),
                "prompt_vectors": str(folder / "prompts.npy"),
                "tables": {
                    **known,
                    "index": at["images"],
                    "prompts": at["prompts"],
                    "neighbours": neighbours,
                    "wordnet": str(NOUNS),
                },
                "open_world": OPEN_WORLD,
                "output": str(folder / "verdicts.parquet"),
                "threads": options.threads,
            },
        ),
        (
            "compile_atlas",
            {
                "name": "paper",
                "dataset": "random",
                "title": "",
                "has_multilabels": True,
                "tables": {**known, **{name: at[name] for name in ("targets", "overlap", "cooccurrence")}},
                "verdicts": str(folder / "verdicts.parquet"),
                "neighbours": neighbours,
                "train_index": at["train"],
                "atlas": str(folder / "paper.parquet"),
                "evidence": str(folder / "paper.evidence.parquet"),
            },
        ),
    ]


def _run_stage(stage: str, arguments: dict) -> None:
    """Run a script's work in this process and print what it used."""
    memory = _MemoryWatch()
    memory.start()
    start = time.perf_counter()
    runpy.run_path(str(SCRIPTS / f"{stage}.py"), run_name="benchmark")["main"](**arguments)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "stage": stage,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": memory.peak_kb / 1024,
        "peak_mb_with_files": _memory_kb("VmHWM") / 1024,
    }
    print(json.dumps(measured))


class _MemoryWatch(threading.Thread):
    """Watches the memory of this process beside pages of files, which the system takes back when it needs them."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_kb = 0

    def run(self) -> None:
        """Look twenty times a second."""
        while True:
            self.peak_kb = max(self.peak_kb, _memory_kb("RssAnon"))
            time.sleep(0.05)


def _memory_kb(kind: str) -> int:
    # ru_maxrss would count what the parent had when it forked
    status = dict(row.split(":", 1) for row in Path("/proc/self/status").read_text().splitlines())
    return int(status[kind].split()[0])


def _measure(stage: str, arguments: dict, threads: int) -> dict:
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), str(threads))
    command = [sys.executable, __file__, "--stage", stage, "--arguments", json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **limits})
    if done.returncode:
        sys.exit(f"{stage} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _refuse_small_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < 1.2 * needed:
        sys.exit(f"{folder}: {needed / 1e9:.1f} GB of vectors do not fit, {free / 1e9:.1f} GB are free; see --folder.")


def _write_inputs(folder: Path, *, images: int, train: int) -> None:
    rng = np.random.default_rng(0)
    wordnet = WordNet.from_table(read_table(WORDNET, NOUNS))
    wnids = read_vocabulary(PROJECT / "resources/vocabularies/imagenet1k.csv")
    classes = build_classes(wnids, wordnet)
    superclasses = select_classes(read_superclasses(PROJECT / "resources/superclasses.yaml"), wnids, wordnet)
    write_table(classes, CLASSES, folder / "classes.parquet")
    write_table(superclasses, SUPERCLASSES, folder / "superclasses.parquet")
    runpy.run_path(str(SCRIPTS / "list_prompts.py"), run_name="benchmark")["main"](
        classes=str(folder / "classes.parquet"),
        wordnet=str(NOUNS),
        template="A photo of a {lemma}",
        output=str(folder / "prompts.parquet"),
    )
    prompts = read_table(PROMPTS, folder / "prompts.parquet")["text_row"].n_unique()
    for name, rows in (("images", images), ("train", train), ("prompts", prompts)):
        _write_vectors(folder / f"{name}.npy", rows, rng)
        (folder / f"{name}.json").write_text(json.dumps(NOTES))
    targets = np.repeat(np.arange(len(wnids)), -(-images // len(wnids)))[:images]
    _write(folder / "images.parquet", IMAGES, _image_table(images))
    _write(folder / "targets.parquet", TARGETS, _rows(images) | {"target": targets})
    _write(folder / "train.parquet", IMAGES, _image_table(train))
    _write(folder / "train_targets.parquet", TARGETS, _rows(train) | {"target": rng.integers(0, len(wnids), train)})
    _write(folder / "labels.parquet", LABELS, _label_table(targets, rng))
    _write(folder / "overlap.parquet", OVERLAP, {"target": [836], "predicted_class": [837], "reason": ["the same"]})
    pair = {"class_a": [1], "class_b": [2], "count": [3], "shares_superclass": [False], "is_spurious_prone": [True]}
    _write(folder / "cooccurrence.parquet", COOCCURRENCE, pair)


def _write_vectors(path: Path, rows: int, rng: np.random.Generator) -> None:
    vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(rows, DIMENSIONS))
    for start in range(0, rows, ROWS_AT_ONCE):
        some = rng.standard_normal((min(ROWS_AT_ONCE, rows - start), DIMENSIONS), dtype=np.float32)
        vectors[start : start + len(some)] = some / np.linalg.norm(some, axis=1, keepdims=True)
    vectors.flush()


def _write(path: Path, table: Table, columns: dict) -> None:
    schema = {name: column.dtype for name, column in table.columns.items()}
    write_table(pl.DataFrame(columns, schema=schema), table, path)


def _rows(count: int) -> dict:
    return {"file_name": [f"{row:08d}.JPEG" for row in range(count)], "position": range(count)}


def _image_table(count: int) -> dict:
    rows = _rows(count)
    return {
        **rows,
        "location": rows["file_name"],
        "offset": [None] * count,
        "bytes": [0] * count,
        "width": [1] * count,
        "height": [1] * count,
        "mode": ["RGB"] * count,
        "problem": [None] * count,
    }


def _label_table(targets: np.ndarray, rng: np.random.Generator) -> dict:
    count = len(targets)
    return {
        **_rows(count),
        "target": targets,
        "multi_labels": [[target] for target in targets],
        "unclear_labels": [[]] * count,
        "is_problematic": rng.random(count) < 0.065,
        "is_non_prototypical": rng.random(count) < 0.002,
        "non_prototypical_source": ["list"] * count,
        "is_imagenet_m": [False] * count,
    }


if __name__ == "__main__":
    main()
