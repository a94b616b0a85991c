"""Downloads from servers that behave and servers that do not."""

import dataclasses
import hashlib
import logging
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from errata.errors import InputError
from errata.sources.download import fetch_source

BODY = random.Random(1).randbytes(100_000)


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "out" / "labels.json"


def left(destination) -> list[str]:
    """Return the names of everything in the destination's folder."""
    return sorted(path.name for path in destination.parent.iterdir())


def test_a_good_file_arrives_and_nothing_else(server, destination):
    source = server.serve("/labels.json", BODY)
    assert fetch_source(source, destination) == source.sha256
    assert destination.read_bytes() == BODY
    assert destination.stat().st_mode & 0o444 == 0o444
    assert left(destination) == ["labels.json"]


@pytest.mark.parametrize("behaviour", ["truncated", "stalled", "429", "500", "503"])
def test_a_server_that_fails_is_asked_again(server, destination, behaviour):
    source = server.serve("/labels.json", BODY, behaviour, "good")
    fetch_source(source, destination)
    assert destination.read_bytes() == BODY


@pytest.mark.parametrize("behaviour", ["truncated", "stalled", "403", "404", "410", "503"])
def test_a_failed_download_says_what_to_do_and_leaves_nothing(server, destination, behaviour):
    source = server.serve("/labels.json", BODY, behaviour)
    with pytest.raises(InputError) as caught:
        fetch_source(source, destination, retries=1)
    for part in (source.url, "'labels'", "cannot be downloaded", source.sha256, "mirror folder"):
        assert part in str(caught.value)
    words = {"truncated": "(the connection was cut)", "stalled": "(the server fell silent)"}
    assert words.get(behaviour, behaviour) in str(caught.value)
    assert len(server.requests) == 2
    assert left(destination) == []


def test_a_server_that_is_not_there_is_reported(destination, row):
    source = dataclasses.replace(row(BODY), url="http://127.0.0.1:9/labels.json")
    with pytest.raises(InputError, match=r"cannot be downloaded .*Connection refused"):
        fetch_source(source, destination)
    assert left(destination) == []


def test_a_wrong_hash_is_an_error_with_both_hashes_and_leaves_nothing(server, destination):
    source = dataclasses.replace(server.serve("/labels.json", BODY), sha256="0" * 64)
    with pytest.raises(InputError) as caught:
        fetch_source(source, destination)
    assert "0" * 64 in str(caught.value) and hashlib.sha256(BODY).hexdigest() in str(caught.value)
    assert left(destination) == []


def test_a_failure_leaves_an_older_file_as_it_was(server, destination):
    destination.parent.mkdir()
    destination.write_bytes(b"older")
    with pytest.raises(InputError):
        fetch_source(server.serve("/labels.json", BODY, "404"), destination)
    assert destination.read_bytes() == b"older"


def test_an_unknown_hash_is_pinned_loudly_and_expected_from_then_on(server, destination, caplog):
    source = dataclasses.replace(server.serve("/labels.json", BODY), sha256=None, bytes=None)
    with caplog.at_level(logging.WARNING):
        sha256 = fetch_source(source, destination)
    assert "UNVERIFIED" in caplog.text and sha256 in caplog.text
    destination.unlink()
    server.bodies["/labels.json"] = b"replaced"
    with pytest.raises(InputError, match=r"labels\.json\.sha256 records"):
        fetch_source(source, destination)
    assert left(destination) == ["labels.json.sha256"]


def test_redirects_are_followed(server, destination):
    source = server.serve("/labels.json", BODY, "-> /elsewhere/labels.json")
    server.serve("/elsewhere/labels.json", BODY)
    fetch_source(source, destination)
    assert destination.read_bytes() == BODY


@pytest.mark.parametrize("target", ["http://nowhere.invalid/labels.json", "ftp://127.0.0.1/labels.json"])
def test_an_unsafe_redirect_is_refused(server, destination, target):
    source = server.serve("/labels.json", BODY, f"-> {target}")
    with pytest.raises(InputError, match="only https is safe"):
        fetch_source(source, destination)
    assert left(destination) == []


def test_redirects_in_a_circle_end(server, destination):
    source = server.serve("/labels.json", BODY, "-> /labels.json")
    with pytest.raises(InputError, match="30 redirects"):
        fetch_source(source, destination, retries=0)


def test_two_processes_that_want_one_file_do_not_disturb_each_other(server, destination):
    source = server.serve("/labels.json", BODY)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(fetch_source, source, destination) for _ in range(2)]
    assert [job.result() for job in both] == [source.sha256] * 2
    assert destination.read_bytes() == BODY
    assert left(destination) == ["labels.json"]


DOWNLOAD = """
import sys
from errata.sources.download import fetch_source
from errata.sources.registry import Source
fetch_source(Source("labels", "labels.json", sys.argv[1], None, None, "none", ""), sys.argv[2])
"""


def test_a_download_that_is_killed_leaves_nothing_under_the_name_of_the_file(server, destination):
    source = server.serve("/labels.json", BODY, "stalled")
    process = subprocess.Popen([sys.executable, "-c", DOWNLOAD, source.url, str(destination)])
    for _ in range(600):
        if server.requests:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not destination.exists()
    server.behaviours["/labels.json"] = ["good"]
    fetch_source(source, destination)
    assert destination.read_bytes() == BODY


def test_a_busy_server_is_given_the_time_that_it_asks_for(server, destination, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    source = server.serve("/labels.json", BODY, "429 after 7", "503 after 9", "good")
    fetch_source(source, destination)
    assert waits == [7, 1, 9, 2]


def test_a_busy_server_that_asks_for_too_long_is_said(server, destination):
    source = server.serve("/labels.json", BODY, "429 after 3600")
    with pytest.raises(InputError, match="the server asks to wait 3,600 seconds"):
        fetch_source(source, destination)
    assert left(destination) == []


@pytest.mark.parametrize(("behaviour", "size"), [("short", "50,000"), ("wrong", "100,000")])
def test_content_of_another_length_or_of_the_same_is_told_with_both_lengths(server, destination, behaviour, size):
    source = server.serve("/labels.json", BODY, behaviour)
    with pytest.raises(InputError, match=rf"{size} bytes, expected 100,000\), expected {source.sha256}"):
        fetch_source(source, destination)
    assert left(destination) == []
    server.behaviours["/labels.json"] = ["good"]
    fetch_source(source, destination)
