"""The demo world's files, read by the readers of the real data sets."""

import io
import tarfile

import pytest
from PIL import Image

from errata.files import sha256_of
from errata.labels.label_table import build_labels, read_experts
from errata.labels.multilabels import read_multilabels
from errata.labels.reassessed import read_real
from errata.labels.tables import LABELS
from errata.labels.targets import read_targets
from errata.tables import check_table, read_table
from errata.truth.tables import PLANTED
from errata_demo.names import CLASSES, WNIDS
from errata_demo.scene import SIZE, Picture, Scene, Thing
from errata_demo.write import write_pictures

VOCABULARY = list(CLASSES.values())


@pytest.fixture(scope="module")
def targets(demo_tables):
    return read_targets(demo_tables / "targets.csv", VOCABULARY)


def test_labels_are_built_from_the_published_layouts(demo_tables, demo_pictures, targets):
    labels = build_labels(
        targets,
        multilabels=read_multilabels(demo_tables / "multilabels.json", VOCABULARY),
        experts=read_experts({"demo": demo_tables / "experts.json"}),
    )
    check_table(labels, LABELS, where="demo")
    pictures = [demo_pictures[name] for name in labels["file_name"]]
    assert all(picture.is_annotated for picture in pictures)
    assert labels["is_problematic"].to_list() == [picture.is_problematic for picture in pictures]
    assert labels["is_non_prototypical"].to_list() == [picture.cause == "non_prototypical" for picture in pictures]
    assert [[VOCABULARY[label] for label in row] for row in labels["multi_labels"]] == [
        list(picture.labels + picture.unclear) for picture in pictures
    ]


def test_re_assessed_labels_are_in_the_order_of_the_file_names(demo_tables, demo_pictures, targets):
    real = read_real(demo_tables / "real.json", targets)
    shown = [[VOCABULARY[label] for label in row] for row in real["real_labels"]]
    assert shown == [list(demo_pictures[name].labels) for name in real["file_name"]]


def test_every_picture_says_what_was_planted_in_it(demo_tables, demo_pictures):
    planted = read_table(PLANTED, demo_tables / "planted.parquet")
    assert planted["file_name"].to_list() == sorted(demo_pictures)
    assert planted["note"].str.len_chars().min() > 0


def few(**changes) -> dict[str, Picture]:
    wnid = WNIDS["daisy"]
    picture = Picture(Scene("meadow", (Thing(wnid),)), target=wnid, labels=(wnid,), **changes)
    return {"whole.jpg": picture, "broken.jpg": Picture(picture.scene, wnid, (wnid,), fault="truncated")}


def test_the_same_pictures_give_the_same_tar_whatever_the_threads(tmp_path):
    for name, threads in (("one.tar", 1), ("two.tar", 2)):
        write_pictures(tmp_path / name, few(), threads=threads)
    assert sha256_of(tmp_path / "one.tar") == sha256_of(tmp_path / "two.tar")


def test_whole_files_are_pictures_and_broken_ones_are_not(tmp_path):
    write_pictures(tmp_path / "val.tar", few(), threads=1)
    with tarfile.open(tmp_path / "val.tar") as archive:
        whole, broken = (archive.extractfile(name).read() for name in ("whole.jpg", "broken.jpg"))
    assert Image.open(io.BytesIO(whole)).convert("RGB").size == (SIZE, SIZE)
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(broken)).convert("RGB")


def test_an_empty_file_is_empty(tmp_path):
    write_pictures(tmp_path / "val.tar", few(fault="empty"), threads=1)
    with tarfile.open(tmp_path / "val.tar") as archive:
        assert archive.getmember("whole.jpg").size == 0
