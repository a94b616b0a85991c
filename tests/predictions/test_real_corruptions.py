"""Real predictions, corrupted in the ways that files are in practice: each is named, and no real file is alarmed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from errata.predictions.align import Aligner
from errata.predictions.class_ids import DEVKIT_START
from errata.predictions.doctor import examine
from errata.predictions.repair import repair

pytestmark = pytest.mark.real

MODELS = ("resnet18", "alexnet")


@pytest.fixture(scope="module", params=MODELS)
def frame(request, real: Path) -> pl.DataFrame:
    """The real predictions of a model for all 50,000 images."""
    return pl.read_parquet(real / "predictions" / f"{request.param}.parquet")


@pytest.fixture(scope="module")
def all_targets(real: Path) -> np.ndarray:
    return pl.read_csv(real / "val_labels.csv")["class_id"].to_numpy()


def mapped(frame: pl.DataFrame, table: np.ndarray, first_id: int = 0) -> pl.DataFrame:
    """Write class `table[i]` as id `first_id + i`."""
    ids = np.argsort(table)[frame["predicted_class"].to_numpy()] + first_id
    return frame.with_columns(predicted_class=pl.Series(ids.astype(np.int32)))


def alphabetical(aligner: Aligner, *, fold: Callable[[str], str] = str.lower) -> np.ndarray:
    names = [fold(lemmas[0]) for lemmas in aligner.atlas.classes["lemmas"]]
    return np.array(sorted(range(len(names)), key=names.__getitem__))


def devkit(aligner: Aligner) -> np.ndarray:
    """The devkit's first twenty classes as they are, the rest in any order."""
    wnids = aligner.atlas.classes["wnid"].to_list()
    start = [wnids.index(wnid) for wnid in DEVKIT_START]
    rest = np.random.default_rng(3).permutation([i for i in range(1000) if i not in start])
    return np.concatenate([start, rest])


def predictions(frame: pl.DataFrame, ids: np.ndarray) -> pl.DataFrame:
    return frame.with_columns(predicted_class=pl.Series(ids))


def classes_of(frame: pl.DataFrame) -> np.ndarray:
    return frame["predicted_class"].to_numpy().astype(np.int32)


def set_rows(frame: pl.DataFrame, every: int, value: float) -> pl.DataFrame:
    """Put `value` in every `every`-th row."""
    ids = frame["predicted_class"].to_numpy().astype(np.float64)
    ids[::every] = value
    return predictions(frame, ids.astype(np.int32) if value == np.round(value) else ids)


def shifted_from(frame: pl.DataFrame, row: int) -> pl.DataFrame:
    ids = classes_of(frame)
    return predictions(frame, np.concatenate([ids[:row], ids[row + 1 :], ids[-1:]]))


def scrambled(frame: pl.DataFrame, part: slice) -> pl.DataFrame:
    ids = classes_of(frame)
    ids[part] = np.random.default_rng(5).permutation(ids[part])
    return predictions(frame, ids)


def by_class(frame: pl.DataFrame, targets: np.ndarray) -> pl.DataFrame:
    """Predictions in the order of class folders, beside file names in validation order."""
    return predictions(frame, classes_of(frame)[np.argsort(targets, kind="stable")])


def gathered(workers: int, batch: int) -> np.ndarray:
    shards = np.arange(50_000).reshape(-1, workers).T
    return np.concatenate([shards[:, start : start + batch].ravel() for start in range(0, 50_000 // workers, batch)])


def renamed(frame: pl.DataFrame, pattern: str) -> pl.DataFrame:
    return frame.with_columns(pl.col("file_name").str.replace("ILSVRC2012_val_", pattern, literal=True))


TEXT_SORTED = np.array(sorted(range(1000), key=str))

CORRUPTIONS: dict[str, tuple[Callable, str, str]] = {
    # what was done: (how: frame, aligner, targets -> frame; the kind of finding; words in its message)
    "alphabetical by name": (
        lambda f, a, t: mapped(f, alphabetical(a)),
        "class_order",
        "alphabetical by first name, ignoring case",
    ),
    "alphabetical, capitals first": (
        lambda f, a, t: mapped(f, alphabetical(a, fold=str)),
        "class_order",
        "alphabetical by first name)",
    ),
    "alphabetical, table used the wrong way round": (
        lambda f, a, t: mapped(f, np.argsort(alphabetical(a))),
        "class_order",
        "ignoring case, inverted",
    ),
    "ILSVRC devkit ids": (lambda f, a, t: mapped(f, devkit(a), 1), "class_order", "ILSVRC ids"),
    "ids from 1, or background first": (lambda f, a, t: mapped(f, np.arange(1000), 1), "class_order", "ids minus 1"),
    "1 subtracted once too often": (lambda f, a, t: mapped(f, np.arange(1000), -1), "class_order", "ids plus 1"),
    "folder numbers sorted as text": (
        lambda f, a, t: mapped(f, TEXT_SORTED),
        "class_order",
        "text-sorted class numbers",
    ),
    "unknown permutation of classes": (
        lambda f, a, t: mapped(f, np.random.default_rng(1).permutation(1000)),
        "class_order",
        "an unknown permutation",
    ),
    "a class left out of the list in the middle": (
        lambda f, a, t: predictions(f, classes_of(f) - (classes_of(f) > 700)),
        "class_order",
        "some classes exchanged",
    ),
    "fifty classes exchanged": (
        lambda f, a, t: mapped(f, np.concatenate([np.roll(np.arange(50), 20), np.arange(50, 1000)])),
        "class_order",
        "some classes exchanged",
    ),
    "alphabetical in an older list of names": (
        lambda f, a, t: mapped(f, np.concatenate([np.roll(alphabetical(a)[:80], 40), alphabetical(a)[80:]])),
        "class_order",
        "nearly alphabetical",
    ),
    "shuffled rows": (lambda f, a, t: scrambled(f, slice(None)), "rows_shuffled", "shuffled"),
    "reversed rows": (lambda f, a, t: predictions(f, classes_of(f)[::-1].copy()), "row_order", "rows reversed"),
    "header read as a row": (lambda f, a, t: predictions(f, np.roll(classes_of(f), 1)), "row_order", "shifted by +1"),
    "first row read as header": (
        lambda f, a, t: predictions(f, np.roll(classes_of(f), -1)),
        "row_order",
        "shifted by -1",
    ),
    "class-folder order": (lambda f, a, t: by_class(f, t), "row_order", "class folders"),
    "a row lost in the middle": (lambda f, a, t: shifted_from(f, 20_000), "rows_shifted_part", "row"),
    "a stretch of rows shuffled": (
        lambda f, a, t: scrambled(f, slice(10_000, 20_000)),
        "rows_dead",
        "part of the file",
    ),
    "reversed rows and ids from 1": (
        lambda f, a, t: predictions(f, classes_of(f)[::-1] + 1),
        "row_and_class_order",
        "rows reversed",
    ),
    "batches of 64 gathered from 4 processes": (
        lambda f, a, t: predictions(f, classes_of(f)[gathered(4, 64)]),
        "row_order",
        "batches of 64 gathered from 4 processes",
    ),
    "neighbours exchanged": (
        lambda f, a, t: predictions(f, classes_of(f).reshape(-1, 2)[:, ::-1].ravel()),
        "row_order",
        "neighbouring rows exchanged",
    ),
    "one process of eight not filled": (
        lambda f, a, t: set_rows(f, 8, 0),
        "rows_unfilled",
        "Every 8th row, from row 0 on",
    ),
    "one process of two off by one": (
        lambda f, a, t: predictions(f, np.where(np.arange(50_000) % 2, np.roll(classes_of(f), -2), classes_of(f))),
        "rows_shifted_part",
        "Every 2nd row, from row 1 on",
    ),
    "missing rows": (
        lambda f, a, t: f.filter(pl.int_range(pl.len()) % 1000 != 0),
        "missing_rows",
        "ILSVRC2012_val_0000",
    ),
    "truncated file": (lambda f, a, t: f.head(31_000), "truncated", "truncated"),
    "agreeing duplicate rows": (lambda f, a, t: pl.concat([f, f.head(7)]), "repeated_rows", "7 row(s)"),
    "conflicting duplicate rows": (
        lambda f, a, t: pl.concat([f, predictions(f, (classes_of(f) + 1) % 1000).head(7).cast(f.schema)]),
        "conflicting_rows",
        "7 of them",
    ),
    "two models under one name": (
        lambda f, a, t: pl.concat([f, predictions(f, (classes_of(f) + classes_of(f) % 2) % 1000).cast(f.schema)]),
        "two_models",
        "holds 2 models",
    ),
    "NaN predictions": (lambda f, a, t: set_rows(f, 500, np.nan), "not_finite", "100 row(s)"),
    "too large ids": (lambda f, a, t: set_rows(f, 500, 1234), "ids_out_of_range", "1234"),
    "negative ids": (lambda f, a, t: set_rows(f, 500, -1), "ids_out_of_range", "-1"),
    "fractional ids": (lambda f, a, t: set_rows(f, 500, 0.5), "fractional_ids", "100 row(s)"),
    "constant predictions": (lambda f, a, t: predictions(f, classes_of(f) * 0 + 7), "constant", "class 7"),
    "training images": (
        lambda f, a, t: f.with_columns(file_name=pl.format("n01440764_{}.JPEG", pl.int_range(pl.len()))),
        "wrong_split",
        "training set",
    ),
    "test images": (lambda f, a, t: renamed(f, "ILSVRC2012_test_"), "wrong_split", "test set"),
    "ids in 8 bits": (
        lambda f, a, t: predictions(f, (classes_of(f) % 256).astype(np.uint8)),
        "ids_cut_to_8_bits",
        "8 bits",
    ),
    "targets instead of predictions": (lambda f, a, t: predictions(f, t), "perfect_accuracy", "targets themselves"),
    "probabilities in per cent": (
        lambda f, a, t: f.with_columns(predicted_probability=pl.lit(87.5)),
        "probability",
        "per cent",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_real_file_is_named(name, frame, all_targets, real_aligner, tmp_path):
    corrupt, kind, words = CORRUPTIONS[name]
    path = tmp_path / "model.parquet"
    corrupt(frame, real_aligner, all_targets).write_parquet(path)
    ((diagnosis, predicted),) = examine(path, real_aligner)
    worst = [finding for finding in diagnosis.findings if finding.severity != "note"]
    assert [finding.kind for finding in worst] == [kind]
    assert words in worst[0].message
    assert (predicted is None) == (worst[0].severity == "refuse")


def accuracy_of(frame: pl.DataFrame, aligner: Aligner) -> float:
    predicted = classes_of(aligner.atlas.images.join(frame, on="file_name", how="left", maintain_order="left"))
    return 100 * (predicted == aligner.targets)[aligner.counts].mean()


@pytest.mark.parametrize("name", [name for name, (_, kind, _) in CORRUPTIONS.items() if kind.endswith("_order")])
def test_the_accuracy_after_the_fix_is_that_of_the_whole_file(name, frame, all_targets, real_aligner, tmp_path):
    corrupt, _, _ = CORRUPTIONS[name]
    path = tmp_path / "model.parquet"
    corrupt(frame, real_aligner, all_targets).write_parquet(path)
    ((diagnosis, _),) = examine(path, real_aligner)
    right = accuracy_of(frame, real_aligner)
    # learnt numberings are judged on the half that they were not learnt from, class folders on all 50,000 rows
    assert diagnosis.findings[0].accuracy_after == pytest.approx(
        right, abs=5 if not diagnosis.findings[0].fix_name else 0.1
    )


def test_the_start_of_the_devkits_list_names_classes_of_the_data_set(real_aligner):
    classes = real_aligner.atlas.classes
    names = dict(zip(classes["wnid"], classes["lemmas"], strict=True))
    assert [names[wnid][0] for wnid in DEVKIT_START[:3]] == ["kit fox", "English setter", "Siberian husky"]
    assert len({wnid for wnid in DEVKIT_START if wnid in names}) == 20


@pytest.mark.parametrize(
    "name",
    [
        "alphabetical by name",
        "ids from 1, or background first",
        "folder numbers sorted as text",
        "reversed rows",
        "reversed rows and ids from 1",
    ],
)
def test_a_repair_gives_back_the_original_predictions_of_every_row(name, frame, all_targets, real_aligner, tmp_path):
    corrupt, _, _ = CORRUPTIONS[name]
    path = tmp_path / "model.parquet"
    corrupt(frame, real_aligner, all_targets).write_parquet(path)
    repaired = repair(path, real_aligner).frame
    assert repaired.equals(frame)


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (slice(0, 49_000), "truncated"),
        (slice(1, None), "first_rows_lost"),
        (slice(-1, None), "no_row_names"),
    ],
)
def test_rows_without_names_and_with_the_wrong_number_are_refused(rows, kind, frame, real_aligner, tmp_path):
    np.save(tmp_path / "model.npy", classes_of(frame)[rows])
    ((diagnosis, predicted),) = examine(tmp_path / "model.npy", real_aligner)
    assert diagnosis.findings[0].kind == kind
    assert predicted is None


@pytest.mark.parametrize("annotated_only", [False, True])
def test_class_folder_order_is_named_where_rows_have_no_names(
    annotated_only, frame, all_targets, real_aligner, tmp_path
):
    ids, targets = classes_of(frame), all_targets
    if annotated_only:
        ids, targets = ids[real_aligner.positions], real_aligner.targets
    np.save(tmp_path / "model.npy", ids[np.argsort(targets, kind="stable")])
    ((diagnosis, _),) = examine(tmp_path / "model.npy", real_aligner)
    assert diagnosis.findings[0].kind == "row_order"
    assert "class folders)" in diagnosis.findings[0].message


def test_no_real_file_is_alarmed(real, real_aligner):
    alarmed = {
        path.name: diagnosis.findings
        for path in sorted((real / "predictions").glob("*.parquet"))
        for diagnosis, _ in examine(path, real_aligner)
        if {finding.kind for finding in diagnosis.findings} != {"scattered_untested"}
    }
    assert alarmed == {}


def test_a_real_file_without_names_is_taken_in_the_data_sets_order(frame, real_aligner, tmp_path):
    np.save(tmp_path / "model.npy", classes_of(frame))
    ((diagnosis, predicted),) = examine(tmp_path / "model.npy", real_aligner)
    # the outcomes of this atlas are none, so that errors cannot be judged
    assert {finding.kind for finding in diagnosis.findings} == {"order_assumed", "scattered_untested"}
    assert (predicted == classes_of(frame)[real_aligner.positions]).all()


@pytest.mark.parametrize("column", ["wnid", "name"])
def test_wnids_and_class_names_give_the_same_predictions_as_class_ids(column, frame, real_aligner, tmp_path):
    labels = real_aligner.atlas.classes[column].gather(frame["predicted_class"])
    frame.with_columns(predicted_class=labels).write_csv(tmp_path / "model.csv")
    ((_, predicted),) = examine(tmp_path / "model.csv", real_aligner)
    assert (predicted == classes_of(frame)[real_aligner.positions]).all()
