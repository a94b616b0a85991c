"""Runs that are killed: nothing half-written is ever read, and the next run finishes."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from demo_run.conftest import Demo

pytestmark = pytest.mark.slow


def killed_when(demo: Demo, log: str, words: str, *targets: str) -> None:
    """Start a run and kill all its processes as soon as a job's log has the words."""
    run = subprocess.Popen(
        demo.command("--cores", "1", *targets),
        cwd=demo.folder,
        env=demo.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1200):
            path = demo.folder / log
            if path.exists() and words in path.read_text():
                break
            assert run.poll() is None, f"the run ended before it could be killed, see {path}"
            time.sleep(0.05)
        assert run.poll() is None
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def finished_after_all(demo: Demo, *targets: str) -> None:
    assert demo.snakemake("--unlock").status == 0
    again = demo.snakemake(*targets)
    assert again.status == 0, again.output[-5000:]


def without(demo: Demo, *names: str) -> dict[str, bytes]:
    """Remove results and what was logged about making them, and return the results' bytes."""
    shutil.rmtree(demo.folder / "logs")
    content = {name: demo.path(name).read_bytes() for name in names}
    for name in names:
        demo.path(name).unlink()
    return content


def test_inference_that_is_killed_leaves_no_predictions_and_is_done_again(demo):
    model = sorted(path.stem for path in demo.path("demo/predictions").glob("*.parquet"))[0]
    name = f"demo/predictions/{model}.parquet"
    before = without(demo, name)
    killed_when(demo, f"logs/predict/demo/{model}.log", "images on", f"results/{name}")
    assert not demo.path(name).exists()
    finished_after_all(demo, f"results/{name}")
    assert {name: demo.path(name).read_bytes()} == before


def test_a_view_that_is_killed_while_it_is_built_is_built_again(demo):
    released = next(demo.path("demo/views").glob("*.contract-*.json"))
    view = released.name.split(".")[0]
    names = [f"demo/predictions/{model}.parquet" for model in json.loads(released.read_text())["models"]]
    names.append(f"demo/views/{released.name}")
    before = without(demo, *names)
    targets = [f"results/{name}" for name in names]
    killed_when(demo, f"logs/build_view/demo/{view}.log", "%)", *targets)
    assert not demo.path(f"demo/views/{view}.npy").exists()
    finished_after_all(demo, *targets)
    assert not demo.path(f"demo/views/{view}.npy").exists()
    assert {name: demo.path(name).read_bytes() for name in names} == before


def test_drawing_that_is_killed_leaves_no_half_world(demo):
    names = [f"demo-world/{name}" for name in ("val.tar", "train.tar", "planted.parquet")]
    before = without(demo, *names)
    killed_when(demo, "logs/draw_demo_world.log", "pictures", *(f"results/{name}" for name in names))
    assert not [name for name in names if demo.path(name).exists()]
    finished_after_all(demo, *(f"results/{name}" for name in names))
    assert {name: demo.path(name).read_bytes() for name in names} == before
