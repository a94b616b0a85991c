"""What is said where file names lie in other folders than the images of the labels."""

import polars as pl
import pytest

from errata.own_data.build import build
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.in_memory import InMemory

IMAGES = [f"{label}/{number:03d}.png" for label in ("cat", "dog") for number in range(100)]


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    labels = pl.DataFrame({"file_name": IMAGES, "label": [image[:3] for image in IMAGES]})
    return Aligner(build(pl.DataFrame({"name": ["cat", "dog"]}), labels, name="own").atlas)


def found(aligner: Aligner, names: list[str]) -> list[str]:
    answers = [0, 1, 1, 1, 0, 0, 0, 1, 0, 0] * (len(names) // 20) + [1, 1, 1, 0, 1, 1, 1, 1, 1, 1] * (len(names) // 20)
    source = InMemory("model", pl.DataFrame({"file_name": names, "predicted_class": answers}))
    ((diagnosis, _),) = examine(source, aligner)
    return [f"{each.severity} {each.kind}: {each.message}" for each in diagnosis.findings]


def test_an_image_whose_row_lies_in_another_class_folder_is_without_a_row_and_that_is_said():
    images = ["cat/a.png", *IMAGES[1:]]
    labels = pl.DataFrame({"file_name": images, "label": [image[:3] for image in images]})
    own = Aligner(build(pl.DataFrame({"name": ["cat", "dog"]}), labels, name="own").atlas)
    first, second = found(own, ["val\\dog\\a.png", *(f"val/{image}" for image in IMAGES[1:])])
    assert first.startswith("refuse missing_rows: 1 of 200 annotated images have no row (cat/a.png)")
    assert second.startswith("warn other_folder: 1 row(s) have the base name of an image without a row")
    assert "'val\\dog\\a.png' for 'cat/a.png'" in second


@pytest.mark.parametrize("folder", ["photos/train/", "C:\\photos\\training\\"])
def test_files_of_a_folder_of_training_images_are_doubted(aligner, folder):
    (warning,) = found(aligner, [folder + image for image in IMAGES])
    assert warning.startswith("warn training_split: The files lie in a folder of training images")


@pytest.mark.parametrize("folder", ["", "photos/val/", "/home/train/val/", "my-train-run/"])
def test_files_of_other_folders_are_not(aligner, folder):
    assert found(aligner, [folder + image for image in IMAGES]) == []


def test_names_without_their_folders_are_refused_for_what_they_lack(aligner):
    (refusal,) = found(aligner, [image.split("/")[1] for image in IMAGES])
    assert refusal.startswith("refuse wrong_split: 0 of 200 annotated images of 'own' have a row.")
    assert refusal.endswith("called so: write the names with the folders that the labels have.")


def test_rows_without_names_stand_folder_by_folder_also_if_a_folder_begins_like_another():
    names = ["bus", "bus stop", "cat", "cat-fish"]
    images = [f"{label}/{number:02d}.png" for label in names for number in range(20)]
    labels = pl.DataFrame({"file_name": sorted(images), "label": [image.split("/")[0] for image in sorted(images)]})
    own = Aligner(build(pl.DataFrame({"name": names}), labels, name="own").atlas)
    assert own.atlas.images["file_name"].to_list() == images
    ((diagnosis, _),) = examine(InMemory("model", [place // 20 for place in range(80)]), own)
    assert diagnosis.accuracy == 100


@pytest.mark.parametrize("folder", ["{}/", ""])
def test_class_folders_stand_in_the_order_of_their_names_whatever_the_classes_do(folder):
    names = ["dog", "cat", "bee"]
    images = [f"{folder.format(label)}{label}{number:02d}.png" for label in sorted(names) for number in range(20)]
    labels = pl.DataFrame({"file_name": images, "label": [label for label in sorted(names) for _ in range(20)]})
    own = Aligner(build(pl.DataFrame({"name": names}), labels, name="own").atlas)
    answers = [names.index(label) for label in labels["label"]]
    for order in (None, "imagefolder", "val"):
        ((diagnosis, _),) = examine(InMemory("model", answers), own, order=order)
        assert diagnosis.accuracy == 100


def test_outputs_in_the_order_of_the_folders_are_not_called_wnids_where_classes_have_names_alone():
    names = list("aihgfedcbj")
    images = [f"{label}/{number:02d}.png" for label in sorted(names) for number in range(20)]
    labels = pl.DataFrame({"file_name": images, "label": [label for label in sorted(names) for _ in range(20)]})
    own = Aligner(build(pl.DataFrame({"name": names}), labels, name="own").atlas)
    outputs = [(place // 20 + (place % 7 == 0)) % 10 for place in range(200)]
    ((diagnosis, _),) = examine(InMemory("model", pl.DataFrame({"file_name": images, "predicted_class": outputs})), own)
    (finding,) = diagnosis.findings
    assert (finding.kind, finding.fix_name) == ("class_order", "classes sorted by name")
    assert "wnid" not in finding.message
