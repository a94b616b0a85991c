"""The mirror folder, and working offline."""

import dataclasses
import hashlib
import logging

import pytest

from errata.errors import InputError
from errata.sources.download import fetch_source

RIGHT = b"the right content"
WRONG = b"something else"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    (folder / "deep" / "down").mkdir(parents=True)
    return folder


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "out" / "labels.json"


def test_a_file_of_the_mirror_is_used_wherever_it_lies(mirror, destination, row):
    (mirror / "deep" / "down" / "labels.json").write_bytes(RIGHT)
    assert fetch_source(row(RIGHT), destination, mirror=mirror, offline=True) == sha256(RIGHT)
    assert destination.read_bytes() == RIGHT
    assert [path.name for path in destination.parent.iterdir()] == ["labels.json"]


def test_the_copy_is_independent_of_a_read_only_mirror(mirror, destination, row):
    original = mirror / "labels.json"
    original.write_bytes(RIGHT)
    original.chmod(0o444)
    fetch_source(row(RIGHT), destination, mirror=mirror, offline=True)
    assert destination.stat().st_ino != original.stat().st_ino
    assert destination.stat().st_mode & 0o200


def test_the_right_file_wins_over_a_wrong_one_of_its_name(mirror, destination, row):
    (mirror / "labels.json").write_bytes(WRONG)
    (mirror / "deep" / "labels.json").write_bytes(RIGHT)
    fetch_source(row(RIGHT), destination, mirror=mirror, offline=True)
    assert destination.read_bytes() == RIGHT


def test_only_wrong_files_in_the_mirror_are_an_error_with_both_hashes(mirror, destination, row):
    (mirror / "deep" / "labels.json").write_bytes(WRONG)
    with pytest.raises(InputError) as caught:
        fetch_source(row(RIGHT), destination, mirror=mirror)
    for part in (sha256(RIGHT), sha256(WRONG), str(mirror / "deep" / "labels.json")):
        assert part in str(caught.value)
    assert not destination.exists()


def test_the_file_of_another_row_with_the_same_name_is_no_wrong_file(mirror, destination, row):
    (mirror / "labels.json").write_bytes(WRONG)
    other = row(WRONG, key="labels_of_another_data_set")
    with pytest.raises(InputError, match="is not in the mirror folder"):
        fetch_source(row(RIGHT), destination, mirror=mirror, offline=True, namesakes=[other])


def test_what_the_mirror_lacks_is_downloaded(mirror, destination, server):
    source = server.serve("/labels.json", RIGHT)
    fetch_source(source, destination, mirror=mirror)
    assert destination.read_bytes() == RIGHT


def test_a_hit_in_the_mirror_asks_no_server(mirror, destination, server):
    (mirror / "labels.json").write_bytes(RIGHT)
    fetch_source(server.serve("/labels.json", RIGHT), destination, mirror=mirror)
    assert server.requests == []


def test_offline_without_the_file_says_how_to_get_it(mirror, destination, row):
    source = row(RIGHT)
    with pytest.raises(InputError) as caught:
        fetch_source(source, destination, mirror=mirror, offline=True)
    for part in (source.url, source.sha256, "--config mirror=", str(mirror)):
        assert part in str(caught.value)
    assert not destination.parent.exists()


def test_offline_asks_no_server(destination, server):
    with pytest.raises(InputError, match="offline"):
        fetch_source(server.serve("/labels.json", RIGHT), destination, offline=True)
    assert server.requests == []


def test_a_verified_file_that_is_there_needs_neither_mirror_nor_server(destination, row):
    destination.parent.mkdir()
    destination.write_bytes(RIGHT)
    assert fetch_source(row(RIGHT), destination, offline=True) == sha256(RIGHT)


def test_a_mirror_that_does_not_exist_is_an_error(tmp_path, destination, row):
    with pytest.raises(InputError, match="mirror folder does not exist"):
        fetch_source(row(RIGHT), destination, mirror=tmp_path / "nowhere")


def test_a_row_without_url_tells_what_to_do(destination, row):
    source = dataclasses.replace(row(None), url=None, note="Point the config at the tar")
    with pytest.raises(InputError, match=r"cannot be downloaded\. Point the config at the tar"):
        fetch_source(source, destination)


def test_an_unknown_hash_from_the_mirror_is_pinned_loudly(mirror, destination, row, caplog):
    (mirror / "labels.json").write_bytes(RIGHT)
    with caplog.at_level(logging.WARNING):
        fetch_source(row(None), destination, mirror=mirror, offline=True)
    assert "UNVERIFIED" in caplog.text and sha256(RIGHT) in caplog.text
    assert (destination.parent / "labels.json.sha256").read_text() == f"{sha256(RIGHT)}  labels.json\n"


def test_two_contents_for_an_unknown_hash_are_ambiguous(mirror, destination, row):
    (mirror / "labels.json").write_bytes(RIGHT)
    (mirror / "deep" / "labels.json").write_bytes(WRONG)
    with pytest.raises(InputError, match=r"several labels\.json"):
        fetch_source(row(None), destination, mirror=mirror)
