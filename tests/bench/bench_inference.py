"""How near inference comes to the bare forward pass, where the time goes, and what half precision costs.

    make bench                                                              tiny models on the CPU
    python tests/bench/bench_inference.py --device cuda --json FILE         eleven models of all costs on a GPU
    python tests/bench/bench_inference.py --project FILE --estimates FILE   hours for whole lists of models

Weights are random (time is the same), pixels are made up. Every model runs through the rule's own code, from a view's
memory map to the rows of the table. The floor is its forward pass on random input that is on the device already, at
the precision that the run ended with, and the same batch and memory layout.

"Steady" is a run after the first one in a process. What the first one takes longer - the libraries plan every layer
for the shapes at hand - is the start. "Whole" is all that one job has to do: weights, start, 50,000 images at the
steady progress, and the first 64 close calls in float32 with plans of their own. Not in it are Python and the import of
the libraries, measured once as "process", and the download of weights.

Close calls are counted apart: with random weights most calls are close, so those of the demo's trained classifiers are
shown too.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import timm
import torch
from figures import Figure
from inference_demo import demo_flips, drawn_views
from inference_projection import projected
from inference_table import table_of
from timm.data import resolve_data_config

from errata.inference.device import choose_device, device_name, exact_float32, first_batch, prefers_channels_last
from errata.inference.forward import LADDERS, HostCopy, Upload
from errata.inference.pixels import pixel_batches
from errata.inference.progress import Progress
from errata.views.view import View, view_of_timm
from errata.zoo.answers import LEAST, answers, answers_table
from errata.zoo.classifier import Classifier, ready
from errata.zoo.predict import Answered, Running, run

MODELS = {
    "cpu": ("test_resnet", "test_vit"),
    "cuda": (
        "resnet18",
        "mobilenetv3_large_100",
        "resnet50",
        "efficientnet_b0",
        "vit_small_patch16_224",
        "convnext_tiny",
        "vit_base_patch16_224",
        "swin_base_patch4_window7_224",
        "convnext_base",
        "vit_large_patch16_384",
        "eva02_large_patch14_448",
    ),
}
VIEW_BYTES = {"cpu": 20e6, "cuda": 7.6e9}
LARGE_VIEW_SHARE = 0.3
DISTINCT = {"cpu": 64, "cuda": 1024}
TINY_BATCH = 16
LOGIT_SPREAD = 3.0
IMAGES = 50_000


def main() -> None:
    """Measure every model and write a table and JSON; or turn measurements into hours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--precision", choices=tuple(LADDERS), help="amp on a GPU and fp32 on a CPU if not given")
    parser.add_argument("--models", nargs="*", metavar="NAME", help="timm architectures")
    parser.add_argument("--seconds", type=float, help="how long every measurement takes, about: 4 on a GPU, else 0.5")
    parser.add_argument("--threads", type=int, help="8 with a GPU, else 1")
    parser.add_argument("--lessons", type=int, help="pictures per class for the demo's classifiers; 0: none")
    parser.add_argument("--folder", type=Path, help="where views go (up to 8 GB); the system's temporary folder if not")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurements")
    parser.add_argument("--project", type=Path, metavar="FILE", help="measure nothing, project from this JSON")
    parser.add_argument("--estimates", type=Path, nargs="+", metavar="FILE", help="seconds of many models")
    options = parser.parse_args()
    if options.project:
        print(projected(json.loads(options.project.read_text()), options.estimates))
        return
    options.threads = options.threads or {"cpu": 1, "cuda": min(8, os.cpu_count() or 1)}[options.device]
    options.seconds = options.seconds or {"cpu": 0.5, "cuda": 4.0}[options.device]
    options.precision = options.precision or {"cpu": "fp32", "cuda": "amp"}[options.device]
    lessons = options.lessons if options.lessons is not None else {"cpu": 2, "cuda": 60}[options.device]
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch, exact_float32():
        folder = Path(scratch)
        drawings = drawn_views(folder, lessons=lessons, threads=options.threads)
        device = choose_device(options.device)
        measured = {"device": device_name(device), "torch": torch.__version__, "timm": timm.__version__}
        measured["process_seconds"] = _process_seconds(device)
        measured["demo_classifiers"] = demo_flips(device, views=drawings, threads=options.threads)
        measured["models"] = []
        for name in options.models or MODELS[device.type]:
            measured["models"].append(_guarded(name, device=device, folder=folder, options=options))
            _write(options.json, measured)
    print(table_of(measured))


def figures(scratch: Path) -> list[Figure]:
    """Return what 1,000 images cost small models on one core, from a view's file to the rows of the table."""
    options = argparse.Namespace(precision="fp32", threads=1, seconds=2.0)
    torch.set_num_threads(options.threads)
    with exact_float32():
        measured = [
            _measure(name, device=torch.device("cpu"), folder=scratch, options=options) for name in MODELS["cpu"]
        ]
    return [
        Figure(
            "inference",
            f"{row['model']} at {row['size']} pixels, 1,000 images",
            1000 / row["achieved_per_s"],
            1000 / row["forward_per_s"],
            "s",
            "the bare forward pass (same run)",
        )
        for row in measured
    ]


def _process_seconds(device: torch.device) -> float:
    """Return how long a process takes until it could load its first weights."""
    start = time.perf_counter()
    work = f"import timm, torch, errata.zoo.predict; torch.zeros(1, device={device.type!r})"
    subprocess.run([sys.executable, "-c", work], check=True)
    return time.perf_counter() - start


def _guarded(name: str, **how: object) -> dict:
    """Measure a model; one that fails is told and does not stop the others."""
    start = time.perf_counter()
    try:
        found = _measure(name, **how)
    except Exception as error:
        found = {"model": name, "error": f"{type(error).__name__}: {error}"}
    gc.collect()
    torch.cuda.empty_cache()
    print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    return found


def _measure(name: str, *, device: torch.device, folder: Path, options: argparse.Namespace) -> dict:
    start = time.perf_counter()
    classifier = _classifier(name, device)
    _wait(device)
    load_seconds = time.perf_counter() - start
    size = classifier.view.crop
    # models of large images are slow: they never come to the end of a whole view
    view_bytes = VIEW_BYTES[device.type] * (1 if size <= 224 else LARGE_VIEW_SHARE)
    images = max(64, int(min(IMAGES, view_bytes / (3 * size**2))))
    view_file = _view_file(folder, classifier.view, images, distinct=min(images, DISTINCT[device.type]))
    batch = first_batch(size, device) if device.type == "cuda" else TINY_BATCH
    running = Running(
        device=device,
        precision=options.precision,
        batch=batch,
        channels_last=prefers_channels_last(name, classifier.logits, device),
        threads=options.threads,
        margin=0,
    )
    _spread(classifier, view_file, images)
    parameters = sum(part.numel() for part in classifier.logits.parameters())
    run_once = partial(_run, classifier, view_file, images, running=running)
    few = min(images, 2 * batch)
    first_wall, answered = run_once(rows=few)
    precision = str(answered.found["precision"][-1])
    floor = _pure(classifier, batch, running, precision=precision, seconds=options.seconds / 2)
    _reset_peak(device)
    rows = int(np.clip(floor * options.seconds, min(images, 4 * batch), images))
    wall, _ = run_once(rows=rows)
    peak_gb = torch.cuda.max_memory_allocated(device) / 1e9 if device.type == "cuda" else None
    stages = _stages(classifier, view_file, images, running, batch=batch, rows=min(rows, 16 * batch))
    measured = {
        "model": name,
        "size": size,
        "million_parameters": parameters / 1e6,
        "precision": precision,
        "batch": batch,
        "channels_last": running.channels_last,
        "images": rows,
        "achieved_per_s": rows / wall,
        "forward_per_s": floor,
        "ratio": rows / wall / floor,
        "peak_gb": peak_gb,
        "load_seconds": load_seconds,
        "start_seconds": max(0.0, first_wall - few * wall / rows),
        "recheck_seconds": 0.0,
        "stages_per_s": stages,
        "flips": None,
    }
    if running.precision == "amp":
        # float32 in batches of the size that the re-check has
        exact = replace(running, precision="fp32", batch=min(LEAST, batch // 2))
        measured["recheck_seconds"], _ = run_once(running=exact, rows=LEAST)
        measured["flips"] = _flips(
            run_once, running, exact, seconds=options.seconds, most=min(images, DISTINCT[device.type])
        )
    extra = sum(measured[part] for part in ("load_seconds", "start_seconds", "recheck_seconds"))
    return {**measured, "whole_seconds": extra + IMAGES * wall / rows}


def _classifier(name: str, device: torch.device) -> Classifier:
    torch.manual_seed(0)
    with torch.device(device):
        module = timm.create_model(name)
    config = resolve_data_config(pretrained_cfg=module.pretrained_cfg)
    return Classifier(
        logits=ready(module, device),
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        view=view_of_timm(config),
        revision=None,
        class_count=module.num_classes,
    )


def _view_file(folder: Path, view: View, images: int, *, distinct: int) -> Path:
    """Write a view of made-up pixels: blots and grain, repeated after `distinct` images; one per size."""
    path = folder / f"{view.crop}.npy"
    if path.exists():
        return path
    for other in folder.glob("[0-9]*.npy"):
        other.unlink()
    random = np.random.default_rng(0)
    repeats = -(-view.crop // 8)
    blots = random.integers(0, 224, (distinct, 8, 8, 3), dtype=np.uint8).repeat(repeats, axis=1).repeat(repeats, axis=2)
    block = blots[:, : view.crop, : view.crop] + random.integers(0, 32, (view.crop, view.crop, 3), dtype=np.uint8)
    pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(images, view.crop, view.crop, 3))
    for start in range(0, images, distinct):
        pixels[start : start + distinct] = block[: images - start]
    return path


def _index(images: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"position": range(images), "problem": pl.Series([None] * images, dtype=pl.String), "target": [0] * images}
    )


def _run(
    classifier: Classifier, view_file: Path, images: int, *, running: Running, rows: int
) -> tuple[float, Answered]:
    """Return wall seconds from the view to the table, and the answers."""
    index = _index(images)
    readable = index.head(min(rows, images))
    start = time.perf_counter()
    answered = run(
        classifier,
        readable,
        index=index,
        view_file=view_file,
        images=None,
        running=running,
        progress=Progress("benchmark", readable.height),
    )
    answers_table(answered.found, readable["position"].cast(pl.String))
    return time.perf_counter() - start, answered


def _spread(classifier: Classifier, view_file: Path, images: int) -> None:
    """Shift and scale the last layer so that logits differ from image to image as those of trained weights do.

    Features of random weights are nearly the same for all images. What is common to all is taken off each class, and
    what remains has the spread `LOGIT_SPREAD` over classes.
    """
    head = classifier.logits.get_classifier()
    device = head.weight.device
    with torch.inference_mode():
        torch.nn.init.normal_(head.weight, generator=torch.Generator(device).manual_seed(0))
        torch.nn.init.zeros_(head.bias)
        pixels = torch.from_numpy(np.array(np.load(view_file, mmap_mode="r")[: min(images, 32)])).to(device)
        values = pixels.permute(0, 3, 1, 2).float().div_(255)
        mean, std = (torch.tensor(some, device=device).view(1, 3, 1, 1) for some in (classifier.mean, classifier.std))
        logits = torch.cat([classifier.logits(part) for part in ((values - mean) / std).split(8)])
        common = logits.mean(dim=0)
        scale = LOGIT_SPREAD / (logits - common).std()
        head.bias.copy_(-common * scale)
        head.weight.mul_(scale)


def _pure(classifier: Classifier, batch: int, running: Running, *, precision: str, seconds: float) -> float:
    """Return images per second of the forward pass alone."""
    size, device = classifier.view.crop, running.device
    layout = torch.channels_last if running.channels_last else torch.contiguous_format
    images = torch.randn(batch, 3, size, size, device=device).to(memory_format=layout)
    dtype = dict(LADDERS["amp"])[precision]

    def forward() -> None:
        with torch.inference_mode(), _half(device, dtype):
            classifier.logits(images)

    return batch * _repeats_per_s(forward, device, seconds=seconds)


def _stages(
    classifier: Classifier, view_file: Path, images: int, running: Running, *, batch: int, rows: int
) -> dict[str, float]:
    """Return images per second of reading, copying to the device, and answering, each by itself."""
    device = running.device

    def batches() -> Iterator[tuple[np.ndarray, torch.Tensor]]:
        return pixel_batches(
            view_file=view_file,
            images=None,
            index=_index(images),
            view=classifier.view,
            batch=batch,
            threads=running.threads,
            rows=np.arange(rows),
            pinned=device.type == "cuda",
        )

    for _ in batches():
        pass
    start = time.perf_counter()
    for _, pixels in batches():
        held = pixels
    read = rows / (time.perf_counter() - start)
    upload = Upload(device)
    targets = torch.zeros(len(held), dtype=torch.int64, device=device)
    logits = torch.randn(len(held), classifier.class_count, device=device)

    def answer() -> None:
        copies = {name: HostCopy(values) for name, values in answers(logits, targets).items()}
        found = {name: copy.wait() for name, copy in copies.items()}
        answers_table(found, pl.Series([""] * len(held)))

    return {
        "read": read,
        "copy": len(held) * _repeats_per_s(lambda: upload(held), device, seconds=0.3),
        "answers": len(held) * _repeats_per_s(answer, device, seconds=0.3),
    }


def _flips(
    run_once: Callable[..., tuple[float, Answered]], running: Running, exact: Running, *, seconds: float, most: int
) -> dict[str, float]:
    """Count predicted classes that differ from float32's, without and with close calls computed again."""
    few = min(most, LEAST)
    wall, _ = run_once(running=exact, rows=few)
    rows = int(np.clip(few / wall * seconds / 2, few, most))
    wall, full = run_once(running=exact, rows=rows)
    _, half = run_once(running=running, rows=rows)
    _, checked = run_once(running=replace(running, margin=Running.margin), rows=rows)
    labels, before, after = (answered.found["top_classes"][:, 0] for answered in (full, half, checked))
    return {
        "images": rows,
        "fp32_per_s": rows / wall,
        "before": int((labels != before).sum()),
        "after": int((labels != after).sum()),
        "rechecked": checked.rechecked.images,
        "margin": checked.rechecked.margin,
        "largest_error": checked.rechecked.largest_error,
        "classes": len(np.unique(labels)),
    }


def _repeats_per_s(work: Callable[[], object], device: torch.device, *, seconds: float) -> float:
    for _ in range(3):
        work()
    _wait(device)
    start = time.perf_counter()
    repeats = 0
    # a few at a time: waiting for the device after each would let it idle
    while (spent := time.perf_counter() - start) < seconds or repeats < 4:
        for _ in range(4):
            work()
        _wait(device)
        repeats += 4
    return repeats / (time.perf_counter() - start) if spent else 0.0


def _half(device: torch.device, dtype: torch.dtype | None) -> contextmanager:
    return nullcontext() if dtype is None else torch.autocast(device.type, dtype=dtype)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _reset_peak(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def _write(path: Path | None, measured: dict) -> None:
    if path:
        path.write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
