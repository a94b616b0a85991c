import hashlib
import random

import pytest
from PIL import Image

from errata.errors import InputError
from errata.images import index as index_module
from errata.images.decode import Inspection, inspect, rgb_image
from errata.images.index import index_images
from errata.images.tables import ABSENT, IMAGES
from errata.tables import check_table
from images.pictures import encoded, folder_of, jpeg, noise, tar_of, targets_of

GOOD = {"a.JPEG": jpeg(1), "b.JPEG": encoded(noise(width=7, height=9), "PNG"), "c.JPEG": jpeg(3)}


def problem_of(tmp_path, content):
    """What the index says about a file with this content between two good ones."""
    root = tar_of(tmp_path / "val.tar", GOOD | {"b.JPEG": content})
    index, _ = index_images(root, targets_of(*GOOD), threads=2)
    assert index["problem"].is_null().to_list() == [True, False, True]
    return index["problem"][1]


def test_the_index_says_where_every_image_is_and_what_it_is(tmp_path):
    root = tar_of(tmp_path / "val.tar", GOOD)
    index, _ = index_images(root, targets_of(*GOOD), threads=2)
    assert check_table(index, IMAGES, where="index").equals(index)
    assert index.select("file_name", "position", "width", "height", "mode", "problem").rows() == [
        ("a.JPEG", 0, 40, 30, "RGB", None),
        ("b.JPEG", 1, 7, 9, "RGB", None),
        ("c.JPEG", 2, 40, 30, "RGB", None),
    ]
    tar = root.read_bytes()
    for name, offset, size in index.select("file_name", "offset", "bytes").iter_rows():
        assert tar[offset : offset + size] == GOOD[name]


def test_the_index_does_not_depend_on_the_number_of_threads(tmp_path):
    files = {f"{number:03}.JPEG": jpeg(number) for number in range(70)} | {"005.JPEG": b""}
    root = folder_of(tmp_path, files)
    one, origin = index_images(root, targets_of(*files), threads=1)
    many, again = index_images(root, targets_of(*files), threads=5)
    assert one.equals(many)
    assert origin == again


def test_an_empty_file_is_a_problem(tmp_path):
    assert problem_of(tmp_path, b"") == "the file is empty"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_a_file_that_was_cut_short_is_a_problem(tmp_path, format):
    content = encoded(noise(width=200, height=200), format)
    assert problem_of(tmp_path, content[: len(content) // 2])


def test_a_jpeg_that_lacks_its_last_bytes_is_a_problem_of_known_size(tmp_path):
    content = encoded(noise(width=200, height=100))
    assert "truncated" in problem_of(tmp_path, content[:-300])
    index, _ = index_images(tmp_path / "val.tar", targets_of(*GOOD), threads=1)
    assert index.select("width", "height", "mode").row(1) == (200, 100, "RGB")


def test_a_file_that_is_no_image_is_a_problem_and_its_first_bytes_say_what_it_may_be(tmp_path):
    assert problem_of(tmp_path, b"<!DOCTYPE html><p>404") == (
        "no image format that can be read; the file begins with b'<!DOCTYP'"
    )


def test_formats_for_which_pillow_runs_other_programs_are_a_problem(tmp_path):
    assert "no image format" in problem_of(tmp_path, encoded(noise(), "EPS"))


def test_a_decompression_bomb_is_a_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1300)
    assert "decompression bomb" in problem_of(tmp_path, encoded(noise(width=100, height=100)))


def test_a_stripe_too_narrow_to_be_resized_is_a_problem(tmp_path):
    assert problem_of(tmp_path, encoded(noise(width=1, height=1001))) == "too narrow to be resized: 1 x 1001 pixels"
    assert inspect(encoded(noise(width=1000, height=1))).problem is None


def test_damage_in_the_middle_of_a_png_is_a_problem(tmp_path):
    content = bytearray(encoded(noise(), "PNG"))
    content[len(content) // 2] ^= 0xFF
    assert "cannot be decoded" in problem_of(tmp_path, bytes(content))


@pytest.mark.filterwarnings("ignore")
def test_no_content_stops_the_index():
    chance = random.Random(0)
    for seed, format in enumerate(["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000"] * 40):
        content = bytearray(encoded(noise(seed=seed), format))
        for _ in range(chance.randrange(1, 30)):
            content[chance.randrange(min(len(content), chance.choice([30, 300, 10_000])))] = chance.randrange(256)
        inspect(bytes(content))


JPEGS = {
    "plain": lambda image: encoded(image),
    "progressive": lambda image: encoded(image, progressive=True),
    "grey": lambda image: encoded(image.convert("L")),
    "CMYK": lambda image: encoded(image.convert("CMYK")),
    "RGB inside": lambda image: encoded(image, keep_rgb=True),
    "restart markers": lambda image: encoded(image, subsampling=1, restart_marker_blocks=2),
    "two images": lambda image: encoded(image, "MPO", save_all=True, append_images=[image]),
    "smaller than a block": lambda image: encoded(image.crop((0, 0, 3, 5))),
}


def damaged(content, chance):
    """The file cut short at many places, and with some of its bits or bytes changed."""
    for end in range(1, len(content), max(1, len(content) // 60)):
        yield content[:end]
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(chance.choice([1, 1, 2, 20])):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)


def trouble(content):
    """What decoding all pixels says about a file that Pillow takes for an image."""
    try:
        rgb_image(content)
    except Exception as error:
        return f"cannot be decoded: {str(error) or type(error).__name__}"
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", JPEGS)
def test_a_damaged_jpeg_has_the_problem_that_decoding_all_its_pixels_has(kind):
    found = [(inspect(content), trouble(content)) for content in damaged(JPEGS[kind](noise()), random.Random(0))]
    known = [(inspection.problem, expected) for inspection, expected in found if inspection.mode is not None]
    # neither are all of them readable nor none
    assert 0 < sum(expected is None for _, expected in known) < len(known)
    wide_enough = [pair for pair in known if "too narrow" not in str(pair[0])]
    assert [problem for problem, _ in wide_enough] == [expected for _, expected in wide_enough]


def test_a_lossless_jpeg_can_be_read():
    # 16 x 8 grey pixels, each as the one before it: 128 times the code of one bit for that
    frame, table = "ffc3 000b 08 0008 0010 01 011100", "ffc4 0014 00 01" + 15 * "00" + "00"
    content = bytes.fromhex(f"ffd8 {frame} {table} ffda 0008 01 0100 010000 {16 * '00'} ffd9")
    assert rgb_image(content).getcolors() == [(128, (128, 128, 128))]
    assert inspect(content) == Inspection(16, 8, "L", None)


def test_unreadable_images_are_named_in_the_log(tmp_path, caplog):
    problem_of(tmp_path, b"")
    assert "b.JPEG the file is empty" in caplog.text


def test_a_missing_image_stops_the_index(tmp_path):
    with pytest.raises(InputError, match=r"no file for the image z\.JPEG \(1 of 4 images"):
        index_images(tar_of(tmp_path / "val.tar", GOOD), targets_of(*GOOD, "z.JPEG"), threads=1)


def test_a_missing_image_is_refused_with_the_setting_for_a_part(tmp_path):
    with pytest.raises(InputError, match=r"a part of the data set on purpose, say so .* parts: \[DATASET\]"):
        index_images(tar_of(tmp_path / "val.tar", GOOD), targets_of(*GOOD, "z.JPEG"), threads=1)


def test_of_a_part_the_images_that_are_not_there_are_marked_and_keep_their_place(tmp_path, caplog):
    root = folder_of(tmp_path / "part", {"b.JPEG": GOOD["b.JPEG"]})
    index, _ = index_images(root, targets_of(*GOOD), threads=1, is_part=True)
    assert check_table(index, IMAGES, where="index").equals(index)
    assert index.select("file_name", "position", "bytes", "problem").rows()[::2] == [
        ("a.JPEG", 0, 0, ABSENT),
        ("c.JPEG", 2, 0, ABSENT),
    ]
    assert index["problem"][1] is None
    assert "a part of the data set, 1 of 3 images" in caplog.text


def test_a_part_that_has_no_image_of_the_data_set_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"3 of 3 images are missing; other images there: x\.JPEG"):
        index_images(folder_of(tmp_path / "part", {"x.JPEG": jpeg(1)}), targets_of(*GOOD), threads=1, is_part=True)


def test_the_origin_of_a_tar_is_its_name_its_hash_and_its_list(tmp_path):
    root = tar_of(tmp_path / "val.tar", GOOD)
    _, origin = index_images(root, targets_of(*GOOD), threads=1)
    assert origin["file"] == "val.tar"
    assert origin["sha256"] == hashlib.sha256(root.read_bytes()).hexdigest()
    assert str(tmp_path) not in str(origin)


def test_a_very_large_tar_is_known_by_its_list_and_contents_only(tmp_path, monkeypatch):
    monkeypatch.setattr(index_module, "HASHED_TAR_BYTES", 1000)
    _, origin = index_images(tar_of(tmp_path / "train.tar", GOOD), targets_of(*GOOD), threads=1)
    assert "sha256" not in origin
    assert {"listing_sha256", "contents_sha256", "bytes"} <= origin.keys()


def test_a_folder_and_a_tar_of_the_same_images_have_the_same_contents(tmp_path):
    _, of_tar = index_images(tar_of(tmp_path / "val.tar", GOOD), targets_of(*GOOD), threads=1)
    _, of_folder = index_images(folder_of(tmp_path / "val", GOOD), targets_of(*GOOD), threads=2)
    assert of_tar["contents_sha256"] == of_folder["contents_sha256"]


def test_other_contents_under_the_same_names_and_sizes_are_another_origin(tmp_path):
    other = bytearray(GOOD["a.JPEG"])
    other[-10] ^= 1
    _, before = index_images(folder_of(tmp_path / "before", GOOD), targets_of(*GOOD), threads=1)
    _, after = index_images(
        folder_of(tmp_path / "after", GOOD | {"a.JPEG": bytes(other)}), targets_of(*GOOD), threads=1
    )
    assert before["listing_sha256"] == after["listing_sha256"]
    assert before["contents_sha256"] != after["contents_sha256"]


def test_a_tar_with_the_name_of_a_published_one_and_other_content_is_noticed(tmp_path, caplog):
    index_images(tar_of(tmp_path / "ILSVRC2012_img_val.tar", GOOD), targets_of(*GOOD), threads=1)
    assert "image-net.org publishes 29b22e2961454d5413ddabcf34fc5622" in caplog.text


def test_images_in_class_folders_are_found_by_a_list_of_names(tmp_path):
    root = folder_of(tmp_path, {"n01/val_1.JPEG": jpeg(1), "n02/val_2.JPEG": jpeg(2)})
    index, _ = index_images(root, targets_of("val_1.JPEG", "val_2.JPEG"), threads=1)
    assert index["location"].to_list() == ["n01/val_1.JPEG", "n02/val_2.JPEG"]
    assert index["offset"].is_null().all()
