"""Tables with a column of scores per class that is called as the class is: `DataFrame(scores, columns=names)`."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from errata.own_data.build import build
from errata.predictions.align import Aligner
from errata.predictions.doctor import examine
from errata.predictions.in_memory import InMemory

NAMES = ["cat", "dog", "elk", "fox"]
TARGETS = np.arange(200) % 4
FILES = [f"{NAMES[target]}/{image:03d}.png" for image, target in enumerate(TARGETS)]


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    labels = pl.DataFrame({"file_name": FILES, "label": [NAMES[target] for target in TARGETS]})
    return Aligner(build(pl.DataFrame({"name": NAMES}), labels, name="own").atlas)


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    """Probabilities by which nine of ten images are right."""
    answers = np.where(np.arange(200) % 10 == 0, (TARGETS + 1) % 4, TARGETS)
    random = np.random.default_rng(0).uniform(0, 0.5, (200, 4))
    random[np.arange(200), answers] += 1
    return random / random.sum(axis=1, keepdims=True)


def told(source, aligner) -> tuple[float | None, list[str]]:
    ((found, _),) = examine(source, aligner)
    return found.accuracy, [each.kind for each in found.findings if each.severity != "note"]


def frame(scores: np.ndarray, order: list[int], **columns) -> pl.DataFrame:
    return pl.DataFrame({**columns, **{NAMES[place]: scores[:, place] for place in order}})


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", "memory"])
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 3, 1]])
def test_scores_are_those_of_the_classes_that_their_columns_are_called_after(tmp_path, aligner, scores, suffix, order):
    table = frame(scores, order, image=FILES)
    path = tmp_path / f"model{suffix}"
    if suffix == ".json":
        path.write_text(json.dumps(table.to_dicts()))
    elif suffix != "memory":
        getattr(table, f"write_{suffix[1:]}")(path)
    assert told(InMemory("model", table) if suffix == "memory" else path, aligner) == (90, [])


def test_the_index_of_a_pandas_frame_names_the_images(tmp_path, aligner, scores):
    shuffled = np.random.default_rng(1).permutation(200)
    table = pd.DataFrame(scores, columns=NAMES, index=FILES).iloc[shuffled]
    table.to_csv(tmp_path / "scores.csv")
    assert told(tmp_path / "scores.csv", aligner) == (90, [])
    answers = table.idxmax(axis=1).rename("prediction")
    answers.to_csv(tmp_path / "answers.csv")
    assert told(tmp_path / "answers.csv", aligner) == (90, [])


@pytest.mark.parametrize("column", ["label", "target", "y"])
def test_the_target_beside_scores_is_not_read(tmp_path, aligner, scores, column):
    frame(scores, [0, 1, 2, 3], image=FILES, **{column: TARGETS}).write_csv(tmp_path / "scores.csv")
    assert told(tmp_path / "scores.csv", aligner) == (90, [])


def test_a_predicted_class_beside_scores_is_read(tmp_path, aligner, scores):
    table = frame(scores, [0, 1, 2, 3], image=FILES, predicted_class=(TARGETS + 1) % 4)
    table.write_csv(tmp_path / "scores.csv")
    assert told(tmp_path / "scores.csv", aligner)[0] == 0


def test_decimal_numbers_beside_a_label_are_no_scores_if_they_are_no_probabilities(tmp_path, aligner, scores):
    answers = [NAMES[place] for place in scores.argmax(axis=1)]
    table = frame(9 * scores, [0, 1, 2, 3], image=FILES, label=answers).rename({"cat": "x", "dog": "z"})
    table.write_csv(tmp_path / "scores.csv")
    assert told(tmp_path / "scores.csv", aligner) == (90, [])


def test_a_column_that_is_called_as_no_class_is_named(tmp_path, aligner, scores):
    frame(scores, [0, 1, 2, 3], image=FILES).rename({"dog": "dgo"}).write_csv(tmp_path / "scores.csv")
    ((found, _),) = examine(tmp_path / "scores.csv", aligner)
    assert "'dgo' in line 2 is no class id, wnid or class name of this data set. Did you mean 'dog'" in (
        found.findings[0].message
    )
