import gzip
import io
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from errata.errors import InputError
from errata.images.store import open_store
from images.pictures import folder_of, tar_bytes, tar_of

FILES = {"n01/a.JPEG": b"first", "n01/b.JPEG": b"second, longer", "n02/c.JPEG": b""}


def contents(root):
    """Everything that a store lists, read through it."""
    with open_store(root) as store:
        listed = store.list_files()
        return {
            location: store.read(location, offset=offset, size=size) for location, offset, size in listed.iter_rows()
        }


def test_a_folder_of_class_folders_is_read(tmp_path):
    assert contents(folder_of(tmp_path, FILES)) == FILES


def test_a_flat_folder_is_read(tmp_path):
    assert contents(folder_of(tmp_path, {"a.JPEG": b"first"})) == {"a.JPEG": b"first"}


def test_a_tar_is_read_at_byte_offsets(tmp_path):
    root = tar_of(tmp_path / "val.tar", FILES)
    assert contents(root) == FILES
    with open_store(root) as store:
        offset = store.list_files()["offset"][0]
    assert root.read_bytes()[offset:].startswith(b"first")


def test_a_tar_of_one_tar_per_class_is_read_as_class_folders(tmp_path):
    inner = {"n02.tar": tar_bytes({"c.JPEG": b"third"}), "n01.tar": tar_bytes({"a.JPEG": b"first", "b.JPEG": b"2"})}
    root = tar_of(tmp_path / "train.tar", inner)
    assert contents(root) == {"n01/a.JPEG": b"first", "n01/b.JPEG": b"2", "n02/c.JPEG": b"third"}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read_in_every_form_of_tar(tmp_path, form):
    name = "/".join(["o" * 60] * 3) + "/Nörz.JPEG"
    root = tmp_path / "val.tar"
    with tarfile.open(root, "w", format=form) as tar:
        member = tarfile.TarInfo(f"./{name}")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"abc"))
    assert contents(root) == {name: b"abc"}


def test_hidden_files_are_left_out(tmp_path):
    # macOS puts a file `._name` beside every file in the tars that it makes
    files = {"n01/a.JPEG": b"1", "n01/._a.JPEG": b"2", ".cache/a.JPEG": b"3"}
    assert list(contents(tar_of(tmp_path / "a.tar", files))) == ["n01/a.JPEG"]
    assert list(contents(folder_of(tmp_path / "a", files))) == ["n01/a.JPEG"]


def test_links_in_a_folder_are_followed(tmp_path):
    original = folder_of(tmp_path / "original", {"a.JPEG": b"first"})
    (tmp_path / "linked" / "n01").mkdir(parents=True)
    (tmp_path / "linked" / "n01" / "x.JPEG").symlink_to(original / "a.JPEG")
    assert contents(tmp_path / "linked") == {"n01/x.JPEG": b"first"}


def test_a_link_in_circles_ends(tmp_path):
    folder_of(tmp_path, {"n01/a.JPEG": b"first"})
    (tmp_path / "n01" / "again").symlink_to(tmp_path)
    assert "n01/a.JPEG" in contents(tmp_path)


def test_many_threads_read_one_tar_at_once(tmp_path):
    files = {f"{number}.JPEG": bytes([number]) * (1000 + number) for number in range(200)}
    with open_store(tar_of(tmp_path / "val.tar", files)) as store, ThreadPoolExecutor(8) as pool:
        listed = store.list_files().rows()
        read = pool.map(lambda file: store.read(file[0], offset=file[1], size=file[2]), listed * 5)
        assert all(data == files[file[0]] for file, data in zip(listed * 5, read, strict=True))


@pytest.mark.parametrize("name", ["/etc/x.JPEG", "../x.JPEG", "n01/../../x.JPEG"])
def test_names_that_lead_out_of_a_tar_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="leads out"):
        contents(tar_of(tmp_path / "val.tar", {name: b"x"}))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    with tarfile.open(tmp_path / "val.tar", "w") as tar:
        member = tarfile.TarInfo("a.JPEG")
        member.type, member.linkname = kind, "b.JPEG"
        tar.addfile(member)
    with pytest.raises(InputError, match=r"'a\.JPEG' is a link, a device"):
        contents(tmp_path / "val.tar")


def test_a_location_that_leads_out_of_the_folder_is_not_read(tmp_path):
    folder_of(tmp_path, {"secret": b"x", "images/a.JPEG": b"y"})
    with open_store(tmp_path / "images") as store, pytest.raises(InputError, match="leads out"):
        store.read("../secret", offset=None, size=1)


def test_compressed_tars_are_refused_with_advice(tmp_path):
    root = tmp_path / "imagenetv2.tar.gz"
    root.write_bytes(gzip.compress(tar_bytes(FILES)))
    with pytest.raises(InputError, match=r"is compressed \(gzip\).*unpack it to a folder"):
        open_store(root)


def test_what_is_no_tar_is_refused(tmp_path):
    root = tmp_path / "val.tar"
    root.write_bytes(b"not a tar" * 1000)
    with pytest.raises(InputError, match="cannot be read as a tar"):
        contents(root)


def test_a_root_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        open_store(tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [512, 700, 1024, 1500, 3 * 512 + 512])
def test_a_tar_that_was_cut_short_is_refused(tmp_path, kept):
    # 512 bytes of header and 512 of content per file, then the end mark of two empty blocks
    root = tar_of(tmp_path / "val.tar", {"a.JPEG": b"first", "b.JPEG": b"second"})
    os.truncate(root, kept)
    with pytest.raises(InputError, match="cannot be read as a tar"):
        contents(root)


def test_a_damaged_header_is_not_taken_for_the_end_of_the_tar(tmp_path):
    root = tar_of(tmp_path / "val.tar", {"a.JPEG": b"first", "b.JPEG": b"second"})
    damaged = bytearray(root.read_bytes())
    damaged[1024 + 10] ^= 0xFF
    root.write_bytes(damaged)
    with pytest.raises(InputError, match="neither a file nor the end mark at byte 1,024"):
        contents(root)


def test_an_inner_tar_that_was_cut_short_is_refused(tmp_path):
    root = tar_of(tmp_path / "train.tar", {"n01.tar": tar_bytes({"a.JPEG": b"first"})[:700]})
    with pytest.raises(InputError, match=r"in n01\.tar"):
        contents(root)


def test_a_member_that_occurs_twice_is_refused(tmp_path):
    with tarfile.open(tmp_path / "val.tar", "w") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("a.JPEG"))
    with pytest.raises(InputError, match=r"a\.JPEG occurs more than once"):
        contents(tmp_path / "val.tar")


def test_names_that_are_not_utf_8_are_refused(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.JPEG")).touch()
    with pytest.raises(InputError, match=r"a file whose name is not UTF-8: '\\udcff\.JPEG'"):
        contents(tmp_path)


def test_a_file_that_changed_since_it_was_listed_is_not_read(tmp_path):
    with open_store(folder_of(tmp_path, {"a.JPEG": b"first"})) as store:
        (tmp_path / "a.JPEG").write_bytes(b"other length")
        with pytest.raises(InputError, match=r"a\.JPEG has 12 bytes where 5 were found"):
            store.read("a.JPEG", offset=None, size=5)


def test_locations_of_a_tar_are_not_read_from_a_folder_nor_the_reverse(tmp_path):
    folder = folder_of(tmp_path / "folder", {"a.JPEG": b"first"})
    tar = tar_of(tmp_path / "val.tar", {"a.JPEG": b"first"})
    with (
        open_store(folder) as store,
        pytest.raises(InputError, match=r"a folder, but a\.JPEG was indexed elsewhere"),
    ):
        store.read("a.JPEG", offset=512, size=5)
    with open_store(tar) as store, pytest.raises(InputError, match=r"a tar, but a\.JPEG was indexed elsewhere"):
        store.read("a.JPEG", offset=None, size=5)
