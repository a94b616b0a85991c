"""Archives are unpacked whole, inside their folder, or not at all."""

import gzip
import io
import tarfile
import zipfile

import pytest

from errata.errors import InputError
from errata.sources.archive import unpack

CONTENT = {"set/n01440764/a.jpeg": b"a tench" * 500, "set/n01443537/b.jpeg": b"a goldfish"}
BLOCK = 512
"""A tar is made of such blocks: of `CONTENT`, one header and seven of content, one header and one of content."""


def make_tar(path, files=CONTENT, *, mode="w", extra=()):
    """Write a tar of `files` and of `extra`, a list of (name, type, link target)."""
    with tarfile.open(path, mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for name, kind, target in extra:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            tar.addfile(member)
    return path


def make_zip(path, files=CONTENT):
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return path


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(archive, match):
    """Assert that unpacking is refused and that nothing but the archive is left in its folder."""
    with pytest.raises(InputError, match=match):
        unpack(archive, archive.parent / "out")
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz")])
def test_a_good_tar_is_unpacked_and_nothing_else_is_left(tmp_path, name, mode):
    unpack(make_tar(tmp_path / name, mode=mode), tmp_path / "out")
    assert tree(tmp_path / "out") == CONTENT
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "out"]


def test_a_good_zip_is_unpacked(tmp_path):
    unpack(make_zip(tmp_path / "a.zip"), tmp_path / "out")
    assert tree(tmp_path / "out") == CONTENT


@pytest.mark.parametrize("name", ["../out.txt", "set/../../out.txt"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, name):
    refused(make_tar(tmp_path / "a.tar", {"good.txt": b"good", name: b"bad"}), "outside the destination")


@pytest.mark.parametrize("name", ["/etc/out.txt", "../out.txt", "C:\\out.txt", "\\out.txt"])
@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_no_member_lands_outside_the_folder(tmp_path, make, name):
    (tmp_path / "in").mkdir()
    archive = make(tmp_path / "in" / ("a.tar" if make is make_tar else "a.zip"), {name: b"bad"})
    try:
        unpack(archive, tmp_path / "in" / "out")
    except InputError as error:
        assert "Nothing was unpacked" in str(error)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert {path.name for path in (tmp_path / "in").iterdir()} <= {archive.name, "out"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "set/../../outside"])
def test_a_link_that_leaves_the_folder_is_refused(tmp_path, kind, target):
    refused(make_tar(tmp_path / "a.tar", extra=[("link", kind, target)]), "link")


def test_a_link_that_stays_inside_is_kept(tmp_path):
    unpack(make_tar(tmp_path / "a.tar", extra=[("set/same", tarfile.SYMTYPE, "n01440764")]), tmp_path / "out")
    assert (tmp_path / "out" / "set" / "same" / "a.jpeg").read_bytes() == CONTENT["set/n01440764/a.jpeg"]


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_refused(tmp_path, kind):
    refused(make_tar(tmp_path / "a.tar", extra=[("device", kind, "")]), "is a special file")


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(("make", "name"), [(make_tar, "a.tar"), (make_zip, "a.zip")])
def test_an_archive_cut_short_is_refused(tmp_path, make, name, keep):
    path = make(tmp_path / name)
    # a tar goes on with its end marker and padding, which nobody would miss
    size = BLOCK * 10 if make is make_tar else path.stat().st_size
    path.write_bytes(path.read_bytes()[: int(size * keep)])
    refused(path, "cannot be unpacked as a tar or zip archive")


def test_a_compressed_tar_cut_short_is_refused(tmp_path):
    path = make_tar(tmp_path / "a.tar.gz", mode="w:gz")
    path.write_bytes(path.read_bytes()[:-30])
    refused(path, "cannot be unpacked")


def test_a_flipped_bit_in_a_zip_is_noticed(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"content"})
    path.write_bytes(path.read_bytes().replace(b"content", b"Content"))
    refused(path, "CRC")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.json"])
@pytest.mark.parametrize("content", [b"<html>not found</html>", gzip.compress(b"no tar")], ids=["text", "gzip"])
def test_what_is_no_archive_is_refused(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, r"cannot be unpacked as a tar or zip archive \(it begins like neither\)\.")


def test_a_missing_archive_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such archive"):
        unpack(tmp_path / "a.tar", tmp_path / "out")


def test_a_folder_with_content_is_not_overwritten(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(InputError, match="is there already"):
        unpack(make_tar(tmp_path / "a.tar"), tmp_path / "out")
    assert tree(tmp_path / "out") == {"mine": b""}


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    unpack(make_tar(tmp_path / "a.tar"), tmp_path / "out")
    assert tree(tmp_path / "out") == CONTENT
