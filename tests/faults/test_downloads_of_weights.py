"""Downloads of weights that go wrong: the hub's and plain addresses, by the real clients, from a server on loopback."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

from errata.errors import InputError, StorageError
from errata.inference.downloads import HubFile, UrlFile
from faults.conftest import files_in
from sources.conftest import LoopbackServer, hasty, server  # noqa: F401 - fixtures

BODY = random.Random(2).randbytes(100_000)
DIGEST = hashlib.sha256(BODY).hexdigest()
COMMIT, NEWER = "0123456789abcdef0123456789abcdef01234567", "f" * 40
RETRIED = ["truncated", "stalled", "429", "429 after 7", "503"]
"""What a client is to get over by itself."""


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that clients would have waited."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


@pytest.fixture
def caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Empty caches of huggingface_hub and torch.hub."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "caches/hub"))
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.3)
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 0.3)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "caches/torch"))
    return tmp_path / "caches"


def publish(server: LoopbackServer, revision: str, body: bytes, *behaviours: str, commit: str = COMMIT) -> str:  # noqa: F811
    """Serve weights as the hub does, and return their path on it."""
    path = f"/timm/small/resolve/{revision}/model.safetensors"
    server.serve(path, body, *behaviours)
    server.headers[path] = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": commit}
    return path


@pytest.fixture(params=["hub", "address"])
def weights(
    request: pytest.FixtureRequest,
    server: LoopbackServer,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caches: Path,
    waits: list[float],
) -> tuple[HubFile | UrlFile, Callable[..., None]]:
    """Weights, and how the server is to answer for them."""
    if request.param == "address":
        path = f"/small-{DIGEST[:8]}.pth"
        server.serve(path, BODY)
        return UrlFile(server.url(path), hashed=True), lambda *said: server.behaviours.update({path: list(said)})
    use_as_hub(server, monkeypatch)
    path = publish(server, "main", BODY)
    return HubFile("timm/small", ("model.safetensors", "pytorch_model.bin")), lambda *said: server.behaviours.update(
        {path: list(said)}
    )


def use_as_hub(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """Set what HF_ENDPOINT sets when huggingface_hub is imported."""
    monkeypatch.setattr(constants, "ENDPOINT", server.url(""))
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url("") + "/{repo_id}/resolve/{revision}/{filename}"
    )


def no_weights_in(caches: Path) -> bool:
    """Return whether nothing of a download is left; huggingface_hub keeps notes of its own, and empty locks."""
    return not [path for path in files_in(caches) if "/blobs/" in path or "/checkpoints/" in path]


def refusal(file: HubFile | UrlFile) -> str:
    with pytest.raises(InputError) as caught:
        file.fetch(where="the row")
    return str(caught.value)


def test_whole_weights_arrive_and_are_not_asked_for_again(weights, server):  # noqa: F811
    file, _ = weights
    assert file.cached() is None
    assert file.fetch(where="the row").path.read_bytes() == BODY
    asked = len(server.requests)
    assert file.cached().read_bytes() == BODY
    assert file.fetch(where="the row").sha256 == DIGEST
    assert len(server.requests) == asked


@pytest.mark.parametrize("behaviour", RETRIED)
def test_a_server_that_fails_twice_is_asked_again(weights, behaviour, waits):
    file, answers = weights
    answers(behaviour, behaviour, "good")
    assert file.fetch(where="the row").path.read_bytes() == BODY
    assert max(waits) >= (7 if behaviour == "429 after 7" else 1)


@pytest.mark.parametrize("behaviour", ["403", "404", "410", "429", "429 after 3600", "503", "short", "wrong"])
def test_what_cannot_be_had_is_said_with_what_to_do_and_nothing_is_left(weights, behaviour, caches):
    file, answers = weights
    answers(behaviour)
    said = refusal(file)
    assert said.startswith("the row: ")
    assert len(said) <= 600
    if behaviour.partition(" ")[0].isdecimal():
        assert behaviour[:3] in said
        assert "cannot be downloaded" in said
        assert "Run the command again later or where there is a network" in said
    assert no_weights_in(caches)
    answers("good")
    assert file.fetch(where="the row").path.read_bytes() == BODY


@pytest.mark.parametrize("behaviours", [["429 after 3600"], ["429 after 200", "429 after 200"]])
def test_a_busy_server_is_waited_for_a_few_minutes_at_most(weights, behaviours, waits):
    file, answers = weights
    answers(*behaviours)
    assert f"the server asks to wait {int(behaviours[-1].split()[-1]):,} seconds" in refusal(file)
    assert sum(waits) <= 300


@pytest.mark.parametrize("chunk", [1_000, 1_000_000])
def test_a_connection_that_is_cut_whenever_it_is_tried_ends_with_words(weights, caches, chunk, monkeypatch):
    file, answers = weights
    # the hub's client tries on for as long as every try brings a whole chunk
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", chunk)
    answers("truncated")
    assert "cannot be downloaded" in (said := refusal(file))
    assert "the connection was cut" in said or "peer closed connection" in said
    assert no_weights_in(caches)
    answers("good")
    assert file.fetch(where="the row").path.read_bytes() == BODY


def test_content_of_the_right_length_that_is_not_the_publishers_is_named_with_both_hashes(weights):
    file, answers = weights
    answers("wrong")
    said = refusal(file)
    assert hashlib.sha256(bytes(byte ^ 1 for byte in BODY)).hexdigest() in said
    assert DIGEST[:8] in said
    assert "It was removed: run the same command again" in said


def test_redirects_are_followed(weights, server):  # noqa: F811
    file, answers = weights
    server.serve("/elsewhere/small.pth", BODY)
    answers(f"-> {server.url('/elsewhere/small.pth')}")
    assert file.fetch(where="the row").path.read_bytes() == BODY


def test_a_damaged_entry_of_a_cache_is_removed_and_downloaded_by_the_next_run(weights):
    file, _ = weights
    path = file.fetch(where="the row").path
    path.write_bytes(BODY[:-1] + b"x")
    assert "damaged in the cache or on the way" in refusal(file)
    assert not path.exists()
    assert file.fetch(where="the row").path.read_bytes() == BODY


def test_offline_a_damaged_entry_stays_where_it_is(weights, monkeypatch):
    file, _ = weights
    path = file.fetch(where="the row").path
    path.write_bytes(BODY[:-1] + b"x")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "Remove it and run the same command again" in refusal(file)
    assert path.exists()


def test_offline_with_empty_caches_nothing_is_asked_for(weights, server, monkeypatch, caches):  # noqa: F811
    file, _ = weights
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    said = refusal(file)
    assert "not in the cache and cannot be downloaded" in said
    assert "(offline was asked for)" in said
    assert str(caches) in said
    assert server.requests == []


def test_a_disk_that_fills_leaves_nothing(weights, small_disk, caches):
    file, _ = weights
    disk = small_disk(caches, 50_000)
    with pytest.raises(StorageError, match="cannot be written: No space left on device"):
        file.fetch(where="the row")
    assert no_weights_in(caches)
    disk.grow(10_000_000)
    assert file.fetch(where="the row").path.read_bytes() == BODY


@pytest.fixture
def hub(server, monkeypatch, caches, waits) -> LoopbackServer:  # noqa: F811
    use_as_hub(server, monkeypatch)
    return server


def test_pinned_weights_stay_the_same_when_the_newest_ones_change(hub):
    publish(hub, "main", BODY)
    used = HubFile("timm/small", ("model.safetensors",)).fetch(where="the row")
    assert used.commit == COMMIT
    publish(hub, "main", BODY[::-1], commit=NEWER)
    publish(hub, COMMIT, BODY)
    assert HubFile("timm/small", ("model.safetensors",)).fetch(where="the row").commit == NEWER
    pinned = HubFile("timm/small", ("model.safetensors",), COMMIT).fetch(where="the row")
    assert (pinned.path.read_bytes(), pinned.commit) == (BODY, COMMIT)


def test_a_commit_that_the_hub_has_no_more_is_named(hub):
    publish(hub, COMMIT, BODY, "404")
    hub.not_found = {"X-Error-Code": "RevisionNotFound"}
    said = refusal(HubFile("timm/small", ("model.safetensors",), COMMIT))
    assert f"the hub has no commit {COMMIT} of timm/small" in said
    assert "column revision" in said


def test_the_second_name_is_looked_for_if_the_repository_lacks_the_first(hub):
    path = publish(hub, "main", BODY).replace("model.safetensors", "pytorch_model.bin")
    hub.bodies[path], hub.behaviours[path], hub.headers[path] = (
        table.pop(path.replace("pytorch_model.bin", "model.safetensors"))
        for table in (hub.bodies, hub.behaviours, hub.headers)
    )
    hub.not_found = {"X-Error-Code": "EntryNotFound"}
    fetched = HubFile("timm/small", ("model.safetensors", "pytorch_model.bin")).fetch(where="the row")
    assert fetched.path.name == "pytorch_model.bin"
