"""How long and how much memory neighbours, verdicts and an atlas take, from stored random vectors of real size.

    python tests/bench/bench_openworld.py               the size of ImageNet: 1.28 million training images
    python tests/bench/bench.py openworld               a tenth of both kinds of images, beside bare products

Every stage is the rule's own script in a process of its own, reading and writing included. Neighbours of random
vectors show about a hundred classes near every image, several times as many as real ones: the verdicts' worst case.
Realistic ones are of the target's class, its superclasses and two that look alike.
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
from figures import Cost, Figure, cost_of_module
from openworld_inputs import DIMENSIONS, NOUNS, SCRIPTS, write_inputs, write_realistic_neighbours

IMAGES_COUNT, TRAIN_COUNT = 20_000, 1_281_167
STAGES = ("find_neighbours", "decide_verdicts", "compile_atlas")
OPEN_WORLD = {
    "encoder": "random",
    "prompt": "photo",
    "neighbours": 10,
    "temperature": 100,
    "score": "lemma",
    "ancestors": "count",
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
        write_inputs(folder, images=images, train=train)
        stages = _stages(folder, device=options.device, threads=options.threads)[: STAGES.index(options.until) + 1]
        measured = [measure_stage(stage, arguments, options.threads) for stage, arguments in stages]
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


def figures(scratch: Path, *, images: int = IMAGES_COUNT // 10, train: int = TRAIN_COUNT // 10) -> list[Figure]:
    """Return what neighbours and verdicts cost beside the products of matrices that they cannot do without."""
    threads = 2
    write_inputs(scratch, images=images, train=train)
    stages = dict(_stages(scratch, device="cpu", threads=threads))
    near, at_worst = (measure_stage(stage, stages[stage], threads) for stage in ("find_neighbours", "decide_verdicts"))
    write_realistic_neighbours(scratch, scratch / "neighbours.parquet")
    decided = measure_stage("decide_verdicts", stages["decide_verdicts"], threads)
    prompts = len(np.load(scratch / "prompts.npy", mmap_mode="r"))
    product = "Python that imports {} and makes the bare product with all {}, as many threads (same run)"
    return [
        Figure(
            "evidence",
            f"neighbours, {images:,} images x {train:,}",
            near["cpu_seconds"],
            _bare_product(scratch, "train", ("polars", "torch"), threads).cpu_seconds,
            "CPU s",
            product.format("torch", "training vectors"),
        ),
        *(
            Figure(
                "evidence",
                f"verdicts, {images:,} images, {prompts:,} prompts, {which} neighbours",
                cost["cpu_seconds"],
                _bare_product(scratch, "prompts", ("polars",), threads).cpu_seconds,
                "CPU s",
                product.format("polars", "prompts"),
            )
            for which, cost in (("realistic", decided), ("random", at_worst))
        ),
    ]


def _bare_product(folder: Path, others: str, libraries: tuple[str, ...], threads: int) -> Cost:
    """Return what a process costs that imports libraries and multiplies the images' vectors with others, in NumPy."""
    work = (
        f"import numpy, {', '.join(libraries)}",
        f"ours = numpy.load({str(folder / 'images.npy')!r})",
        f"others = numpy.load({str(folder / f'{others}.npy')!r}, mmap_mode='r')",
        "for start in range(0, len(others), 10_000): ours @ others[start : start + 10_000].T",
    )
    once = ("timeit", "--number", "1", "--repeat", "1", *work)
    return cost_of_module(*once, variables=_limits(threads))[0]


def _limits(threads: int) -> dict[str, str]:
    return dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), str(threads))


def _stages(folder: Path, *, device: str, threads: int) -> list[tuple[str, dict]]:
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
                "device": device,
                "output": neighbours,
                "threads": threads,
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
                "threads": threads,
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


def measure_stage(stage: str, arguments: dict, threads: int) -> dict:
    """Run the script of a stage in a process of its own and return what it used."""
    command = [sys.executable, str(Path(__file__)), "--stage", stage, "--arguments", json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _limits(threads))
    if done.returncode:
        sys.exit(f"{stage} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _refuse_small_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < 1.2 * needed:
        sys.exit(f"{folder}: {needed / 1e9:.1f} GB of vectors do not fit, {free / 1e9:.1f} GB are free; see --folder.")


if __name__ == "__main__":
    main()
