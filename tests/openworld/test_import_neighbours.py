import numpy as np
import polars as pl
import pytest

from errata.errors import InputError
from errata.labels.tables import TARGETS
from errata.openworld.import_neighbours import folder_of, import_neighbours
from errata.openworld.tables import NEIGHBOURS
from errata.tables import check_table

NAMES = ["c.JPEG", "a.JPEG", "b.JPEG"]


@pytest.fixture
def targets():
    schema = {name: column.dtype for name, column in TARGETS.columns.items()}
    rows = [("a.JPEG", 0, 1), ("b.JPEG", 1, 2), ("c.JPEG", 2, 0)]
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture
def archive(tmp_path):
    """The authors' files about three images, in another order than ours."""
    write(
        tmp_path,
        "samples_info.npz",
        sample_files=[f"n0000000{i}/{name}" for i, name in enumerate(NAMES)],
        targets=[0, 1, 2],
    )
    write(
        tmp_path,
        "valid_clip_knn.npz",
        topk_train_indices=[[7, 8], [1, 2], [4, 3]],
        topk_train_targets=[[0, 0], [1, 2], [2, 1]],
    )
    return tmp_path


def write(folder, name, **arrays):
    np.savez(folder / name, **{key: np.array(values) for key, values in arrays.items()})


def test_images_are_matched_by_their_names_whatever_the_order(archive, targets):
    table = check_table(import_neighbours(archive, targets, class_count=3), NEIGHBOURS, where="table")
    assert table.select("file_name", "train_positions", "train_classes").rows() == [
        ("a.JPEG", [1, 2], [1, 2]),
        ("b.JPEG", [4, 3], [2, 1]),
        ("c.JPEG", [7, 8], [0, 0]),
    ]
    assert table["cosines"].null_count() == 3


def test_more_samples_than_the_data_set_has_are_no_harm(archive, targets):
    assert import_neighbours(archive, targets.head(1), class_count=3).height == 1


def test_an_array_of_python_objects_is_never_unpickled(archive, targets, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    objects = np.array([Trap(), Trap(), Trap()], dtype=object)
    np.savez(archive / "samples_info.npz", sample_files=objects, targets=np.arange(3))
    with pytest.raises(InputError, match=r"'sample_files' holds Python objects.*astype\(str\)"):
        import_neighbours(archive, targets, class_count=3)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "arrays", "complaint"),
    [
        ("samples_info.npz", {"targets": [0, 1, 2]}, "lacks the array 'sample_files'"),
        ("samples_info.npz", {"sample_files": [1, 2, 3], "targets": [0, 1, 2]}, "expected text in 'sample_files'"),
        ("samples_info.npz", {"sample_files": NAMES, "targets": [0, 1]}, "as many targets as sample_files"),
        ("samples_info.npz", {"sample_files": NAMES, "targets": [0, 2, 1]}, "target of a.JPEG is 2.* says 1 .2 images"),
        ("samples_info.npz", {"sample_files": [*NAMES[:2], "d.JPEG"], "targets": [0, 1, 2]}, "lacks the image b.JPEG"),
        ("samples_info.npz", {"sample_files": ["x/a.JPEG", "y/a.JPEG", "b"], "targets": [0, 1, 2]}, "more than once"),
        (
            "valid_clip_knn.npz",
            {"topk_train_indices": [[1, 2]], "topk_train_targets": [[1, 2]]},
            "one row for each of the 3 samples",
        ),
        (
            "valid_clip_knn.npz",
            {"topk_train_indices": [[1, 2]] * 3, "topk_train_targets": [[1, 3]] * 3},
            "from 0 to 2 in 'topk_train_targets', found 1 to 3",
        ),
        (
            "valid_clip_knn.npz",
            {"topk_train_indices": [[1.5, 2]] * 3, "topk_train_targets": [[1, 2]] * 3},
            "expected whole numbers in 'topk_train_indices'",
        ),
    ],
)
def test_an_archive_that_cannot_be_right_is_refused(archive, targets, name, arrays, complaint):
    write(archive, name, **arrays)
    with pytest.raises(InputError, match=complaint):
        import_neighbours(archive, targets, class_count=3)


def test_a_missing_or_broken_file_is_refused(archive, targets):
    (archive / "samples_info.npz").write_bytes(b"PK broken")
    with pytest.raises(InputError, match=r"samples_info\.npz: expected a NumPy archive"):
        import_neighbours(archive, targets, class_count=3)
    (archive / "samples_info.npz").unlink()
    with pytest.raises(
        InputError, match=r"expected samples_info\.npz and one file \*clip_knn\.npz, found valid_clip_knn"
    ):
        import_neighbours(archive, targets, class_count=3)


@pytest.mark.parametrize("place", ["", "imagenet", "artefacts/imagenet"])
def test_the_folder_of_the_data_set_is_found_in_the_archive(tmp_path, place):
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "samples_info.npz", targets=[0])
    assert folder_of(tmp_path, "imagenet") == folder
