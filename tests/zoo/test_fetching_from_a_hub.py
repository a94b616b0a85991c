"""The rule fetch_weights by Snakemake, from a hub on the loopback address, with the real client: fetch, pin, fetch."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import save_file

from sources.conftest import LoopbackServer, server  # noqa: F401 - a fixture
from workflow.small_world import copy_project
from workflow.snakemake_runs import snakemake_environment
from zoo.conftest import untrained

pytestmark = [pytest.mark.real, pytest.mark.slow]

MODELS = {"test_resnet.r160_in1k": "test_resnet", "test_vit.r160_in1k": "test_vit"}
FIRST, NEWER = "1" * 40, "2" * 40

CONFIG = """\
datasets: [imagenet]
parts: [imagenet]
atlases: [labels]
reports: all
models: ["test_resnet.r160_in1k@160", "test_vit.r160_in1k@160"]
images: {{imagenet: {real}}}
mirror: {real}/mirror
"""


def publish(hub: LoopbackServer, folder: Path, revision: str, *, commit: str, seed: int) -> None:
    """Serve random weights of both models as the hub does."""
    for repository, architecture in MODELS.items():
        save_file(untrained(architecture, classes=1000, size=160, seed=seed).state_dict(), folder / "w.safetensors")
        body = (folder / "w.safetensors").read_bytes()
        path = f"/timm/{repository}/resolve/{revision}/model.safetensors"
        hub.serve(path, body)
        hub.headers[path] = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": commit}


class Project:
    """A copy of the project, with a cache of its own, and the hub in the place of the real one."""

    def __init__(self, folder: Path, hub: LoopbackServer):
        self.folder, self.cache = folder, folder.parent / "cache"
        places = {"HF_HOME": str(self.cache), "HF_ENDPOINT": hub.url(""), "PYTHONPATH": str(folder / "src")}
        self.environment = snakemake_environment() | places

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", *command], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )

    def fetch(self) -> str:
        """Run the rule, and return its log."""
        done = self.run("snakemake", "fetch_weights", "--cores", "1", "--configfile", "config/small.yaml")
        assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]
        return (self.folder / "logs/fetch_weights.log").read_text()

    @property
    def revisions(self) -> list[str]:
        rows = (self.folder / "results/weights.tsv").read_text().splitlines()[1:]
        return [row.split("\t")[2].rpartition("@")[2] for row in rows]


def test_weights_are_fetched_with_sizes_pinned_and_stay_when_the_hub_has_newer_ones(
    project: Path,
    real: Path,
    server: LoopbackServer,  # noqa: F811
    tmp_path: Path,
):
    copy_project(project, tmp_path / "project")
    (tmp_path / "project/config/small.yaml").write_text(CONFIG.format(real=real))
    copy = Project(tmp_path / "project", server)
    publish(server, tmp_path, "main", commit=FIRST, seed=0)

    log = copy.fetch()
    assert "0 are in the caches; 2 are to be fetched" in log
    assert "2 of 2: the weights of test_vit.r160_in1k@160 are there; 0.0 GB to go" in log
    assert "errata models pin" in log
    assert copy.revisions == [FIRST, FIRST]
    table = copy.folder / "results/weights.tsv"
    written = table.stat().st_mtime_ns

    copy.fetch()
    assert table.stat().st_mtime_ns == written

    pinned = copy.run("errata", "models", "pin")
    assert "2 of 2 models pinned" in pinned.stdout, pinned.stderr
    publish(server, tmp_path, "main", commit=NEWER, seed=1)
    server.behaviours.clear()
    server.requests.clear()
    assert "2 are in the caches; 0 are to be fetched" in copy.fetch()
    assert copy.revisions == [FIRST, FIRST]
    # the client reports who is using it, and asks for nothing else
    assert not [path for path, _ in server.requests if "resolve" in path]

    copy.cache.rename(tmp_path / "lost")
    table.unlink()
    server.not_found = {"X-Error-Code": "RevisionNotFound"}
    failed = copy.run("snakemake", "fetch_weights", "--cores", "1", "--configfile", "config/small.yaml")
    assert failed.returncode != 0
    assert f"the hub has no commit {FIRST} of timm/test_resnet.r160_in1k" in failed.stdout + failed.stderr
    assert "Traceback" not in failed.stdout + failed.stderr
