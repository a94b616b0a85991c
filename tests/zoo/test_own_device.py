"""Several jobs on a machine with several GPUs."""

import subprocess
import sys

import pytest
import torch

from errata.inference.device import claimed, own_device

GPUS = ("gpu-a", "gpu-b")

HOLDER = """
import sys, time
from pathlib import Path
from errata.inference.device import claimed
with claimed(["gpu-a", "gpu-b"], folder=Path(sys.argv[1])) as place:
    print(place, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other_job(tmp_path):
    """Another process that holds the first GPU."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "0\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_first_job_gets_the_first_gpu_and_gives_it_back(tmp_path):
    for _ in range(2):
        with claimed(GPUS, folder=tmp_path) as place:
            assert place == 0


def test_another_job_gets_another_gpu(other_job, tmp_path):
    with claimed(GPUS, folder=tmp_path) as place:
        assert place == 1


def test_the_gpu_of_a_killed_job_is_free(other_job, tmp_path):
    other_job.kill()
    other_job.wait()
    with claimed(GPUS, folder=tmp_path) as place:
        assert place == 0


def test_more_jobs_than_gpus_share_one_and_say_so(other_job, tmp_path, caplog):
    with claimed(GPUS, folder=tmp_path), claimed(GPUS, folder=tmp_path) as shared:
        assert shared in (0, 1)
    assert "all 2 GPUs have a job of yours already" in caplog.text


def test_of_two_gpus_a_job_computes_on_the_one_that_it_holds(monkeypatch, other_job, tmp_path):
    class Properties:
        def __init__(self, number):
            self.uuid = GPUS[number]

    entered = []

    class Current:
        def __init__(self, place):
            self.place = place

        def __enter__(self):
            entered.append(self.place)

        def __exit__(self, *error):
            entered.append("left")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", Properties)
    monkeypatch.setattr(torch.cuda, "device", Current)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with own_device("auto") as device:
        assert device == torch.device("cuda", 1)
    assert entered == [1, "left"]


def test_without_a_gpu_nothing_is_locked(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with own_device("cpu") as device:
        assert device == torch.device("cpu")
    assert not list(tmp_path.iterdir())
