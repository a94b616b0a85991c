"""Downloads from servers that behave and servers that do not."""

import dataclasses
import hashlib
import logging
import random
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from errata.input_error import InputError
from errata.sources.download import fetch_source
from errata.sources.transfer import Patience, _CarefulRedirects

BODY = random.Random(1).randbytes(100_000)
HALF = len(BODY) // 2


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "out" / "labels.json"


def left(destination) -> list[str]:
    """Return the names of everything in the destination's folder."""
    return sorted(path.name for path in destination.parent.iterdir())


def begin(destination, content: bytes, *, etag: str = "") -> None:
    """Leave the beginning of a download behind, as an ended process does."""
    destination.parent.mkdir()
    (destination.parent / ".labels.json.part").write_bytes(content)
    if etag:
        (destination.parent / ".labels.json.part.etag").write_text(etag)


def test_a_good_file_arrives_and_nothing_else(server, destination, hasty):
    source = server.serve("/labels.json", BODY)
    assert fetch_source(source, destination, patience=hasty) == source.sha256
    assert destination.read_bytes() == BODY
    assert left(destination) == ["labels.json"]


def test_a_truncated_download_is_resumed(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "truncated", "good")
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.ranges() == [None, f"bytes={HALF}-"]


def test_a_stalled_download_is_resumed(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "stalled", "good")
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.ranges() == [None, f"bytes={HALF}-"]


def test_a_server_without_ranges_sends_everything_again(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "truncated", "no ranges")
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY


def test_a_server_that_sends_another_range_is_asked_for_everything(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "truncated", "shifted", "good")
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.ranges() == [None, f"bytes={HALF}-", None]


def test_attempts_that_bring_nothing_new_are_limited(server, destination):
    source = server.serve("/labels.json", BODY, "truncated", "503")
    with pytest.raises(InputError, match="HTTP 503"):
        fetch_source(source, destination, patience=Patience(attempts=3, first_wait_s=0.001))
    assert len(server.requests) == 3
    assert not destination.exists()


def test_progress_renews_the_patience(server, destination):
    source = server.serve("/labels.json", BODY, *["truncated"] * 6, "good")
    fetch_source(source, destination, patience=Patience(attempts=2, first_wait_s=0.001))
    assert destination.read_bytes() == BODY


@pytest.mark.parametrize("status", ["429", "500", "503"])
def test_a_busy_server_is_asked_again(server, destination, hasty, status):
    source = server.serve("/labels.json", BODY, status, "good")
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY


@pytest.mark.parametrize("status", ["403", "404", "410"])
def test_a_refusal_is_final_and_leaves_nothing(server, destination, hasty, status):
    source = server.serve("/labels.json", BODY, status)
    with pytest.raises(InputError, match=f"HTTP {status}.*mirror folder"):
        fetch_source(source, destination, patience=hasty)
    assert len(server.requests) == 1
    assert left(destination) == []


def test_a_server_that_is_not_there_is_tried_and_reported(destination, hasty, row):
    source = dataclasses.replace(row(BODY), url="http://127.0.0.1:9/labels.json")
    with pytest.raises(InputError, match="3 attempts in a row"):
        fetch_source(source, destination, patience=hasty)
    assert left(destination) == []


def test_a_server_that_always_stalls_leaves_only_the_part_to_continue(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "stalled", "503")
    with pytest.raises(InputError, match="what has arrived is kept"):
        fetch_source(source, destination, patience=hasty)
    assert left(destination) == [".labels.json.part"]
    server.behaviours["/labels.json"] = ["good"]
    fetch_source(source, destination, patience=hasty)
    assert server.ranges()[-1] == f"bytes={HALF}-"
    assert left(destination) == ["labels.json"]


def test_a_wrong_hash_is_an_error_with_both_hashes_and_leaves_nothing(server, destination, hasty):
    source = dataclasses.replace(server.serve("/labels.json", BODY), sha256="0" * 64)
    with pytest.raises(InputError) as caught:
        fetch_source(source, destination, patience=hasty)
    assert "0" * 64 in str(caught.value) and hashlib.sha256(BODY).hexdigest() in str(caught.value)
    assert left(destination) == []


def test_another_size_is_refused_before_it_is_downloaded(server, destination, hasty):
    source = dataclasses.replace(server.serve("/labels.json", BODY), bytes=7)
    with pytest.raises(InputError, match=r"expects 7 bytes.*offers 100,000"):
        fetch_source(source, destination, patience=hasty)
    assert left(destination) == []


def test_a_failure_leaves_an_older_file_as_it_was(server, destination, hasty):
    destination.parent.mkdir()
    destination.write_bytes(b"older")
    with pytest.raises(InputError):
        fetch_source(server.serve("/labels.json", BODY, "404"), destination, patience=hasty)
    assert destination.read_bytes() == b"older"


def test_a_part_of_another_version_is_noticed_and_replaced(server, destination, hasty):
    begin(destination, b"x" * HALF)
    fetch_source(server.serve("/labels.json", BODY), destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.ranges() == [f"bytes={HALF}-", None]


def test_a_complete_part_is_not_downloaded_again(server, destination, hasty):
    begin(destination, BODY)
    fetch_source(server.serve("/labels.json", BODY), destination, patience=hasty)
    assert destination.read_bytes() == BODY
    assert server.requests == []


def test_a_part_beyond_the_end_is_started_afresh(server, destination, hasty):
    begin(destination, BODY + b"more")
    source = dataclasses.replace(server.serve("/labels.json", BODY), bytes=None)
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY


def test_a_file_that_changed_on_the_server_is_not_mixed_with_its_part(server, destination, hasty):
    begin(destination, b"x" * HALF, etag='"first"')
    source = dataclasses.replace(server.serve("/labels.json", BODY, etag='"second"'), sha256=None)
    fetch_source(source, destination, patience=hasty)
    assert server.requests[0][1]["If-Range"] == '"first"'
    assert destination.read_bytes() == BODY


def test_without_hash_and_etag_nothing_is_continued(server, destination, hasty):
    source = dataclasses.replace(server.serve("/labels.json", BODY, "truncated", "good"), sha256=None)
    fetch_source(source, destination, patience=hasty)
    assert server.ranges() == [None, None]


def test_with_an_etag_a_file_of_unknown_hash_is_continued(server, destination, hasty):
    source = dataclasses.replace(server.serve("/labels.json", BODY, "truncated", "good", etag='"v"'), sha256=None)
    fetch_source(source, destination, patience=hasty)
    assert server.ranges() == [None, f"bytes={HALF}-"]
    assert left(destination) == ["labels.json", "labels.json.sha256"]


def test_an_unknown_hash_is_pinned_loudly_and_expected_from_then_on(server, destination, hasty, caplog):
    source = dataclasses.replace(server.serve("/labels.json", BODY), sha256=None, bytes=None)
    with caplog.at_level(logging.WARNING):
        sha256 = fetch_source(source, destination, patience=hasty)
    assert "UNVERIFIED" in caplog.text and sha256 in caplog.text
    destination.unlink()
    server.bodies["/labels.json"] = b"replaced"
    with pytest.raises(InputError, match=r"labels\.json\.sha256 records"):
        fetch_source(source, destination, patience=hasty)
    assert left(destination) == ["labels.json.sha256"]


def test_redirects_are_followed(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "-> /elsewhere/labels.json")
    server.serve("/elsewhere/labels.json", BODY)
    fetch_source(source, destination, patience=hasty)
    assert destination.read_bytes() == BODY


@pytest.mark.parametrize("target", ["http://nowhere.invalid/labels.json", "ftp://127.0.0.1/labels.json"])
def test_an_unsafe_redirect_is_refused(server, destination, hasty, target):
    source = server.serve("/labels.json", BODY, f"-> {target}")
    with pytest.raises(InputError):
        fetch_source(source, destination, patience=hasty)
    assert len(server.requests) == 1
    assert left(destination) == []


def test_a_redirect_from_https_to_http_is_refused_even_to_this_machine():
    request = urllib.request.Request("https://example.org/labels.json")
    with pytest.raises(InputError, match="only https is safe"):
        _CarefulRedirects().redirect_request(request, None, 302, "Found", {}, "http://127.0.0.1/labels.json")


def test_redirects_in_a_circle_end(server, destination, hasty):
    source = server.serve("/labels.json", BODY, "-> /labels.json")
    with pytest.raises(InputError, match="HTTP 302"):
        fetch_source(source, destination, patience=hasty)


def test_progress_is_logged_every_ten_per_cent(server, destination, hasty, caplog):
    body = random.Random(2).randbytes(3_000_000)
    with caplog.at_level(logging.INFO, logger="errata.sources.progress"):
        fetch_source(server.serve("/labels.json", body), destination, patience=hasty)
    lines = [record.getMessage() for record in caplog.records if "bytes" in record.getMessage()]
    assert 1 <= len(lines) <= 10
    assert lines[-1].endswith("3,000,000 of 3,000,000 (100%) bytes")


@pytest.mark.parametrize("known", [True, False])
def test_two_jobs_that_want_one_file_download_it_once(server, destination, hasty, known):
    source = server.serve("/labels.json", BODY, "stalled", "good", etag='"v"')
    sha256 = source.sha256
    source = source if known else dataclasses.replace(source, sha256=None)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(fetch_source, source, destination, patience=hasty) for _ in range(2)]
    assert [job.result() for job in both] == [sha256] * 2
    assert destination.read_bytes() == BODY
    assert len(server.requests) == 2
