"""Which of several columns is the prediction, and integer matrices that are scores."""

import numpy as np
import polars as pl
import pytest

from errata.predictions.align import Aligner
from errata.predictions.columns import column_profile, least_first_share
from errata.predictions.doctor import examine
from errata.predictions.repair import repair

CLASSES, ROWS = 60, 1200


@pytest.fixture(scope="module")
def targets():
    return np.random.default_rng(0).permutation(np.repeat(np.arange(CLASSES), ROWS // CLASSES))


@pytest.fixture(scope="module")
def ranked(targets):
    """Five different classes a row, the target first in 76 % of the rows and among them in 93 %."""
    rng = np.random.default_rng(1)
    rows = np.array([rng.choice(CLASSES, 5, replace=False) for _ in targets])
    place = rng.choice(6, len(targets), p=[0.76, 0.09, 0.04, 0.02, 0.02, 0.07])
    for row, target, at in zip(rows, targets, place, strict=True):
        row[row == target] = (target + 1) % CLASSES
        if at < 5:
            row[at] = target
    return rows


@pytest.fixture
def diagnosed(make_atlas, tmp_path):
    aligner = Aligner(make_atlas([f"class {number}" for number in range(CLASSES)], per_class=ROWS // CLASSES))

    def run(array):
        np.save(tmp_path / "model.npy", array)
        ((diagnosis, predicted),) = examine(tmp_path / "model.npy", aligner)
        found = {finding.kind: finding for finding in diagnosis.findings if finding.severity != "note"}
        return found, predicted, lambda: repair(tmp_path / "model.npy", aligner).frame["predicted_class"].to_list()

    return run


@pytest.fixture(scope="module")
def model(targets):
    """Predictions of one model, right on three of four images."""
    rng = np.random.default_rng(2)
    return np.where(rng.random(ROWS) < 0.75, targets, rng.integers(0, CLASSES, ROWS))


def test_ranked_columns_are_ranked(ranked, targets):
    assert [column_profile(ranked[:, :k], targets).verdict for k in (2, 3, 5)] == ["ranked"] * 3


@pytest.mark.parametrize(
    ("verdict", "spoil"),
    [
        ("sorted", lambda ranked: np.sort(ranked, axis=1)),
        ("sorted", lambda ranked: np.sort(ranked, axis=1)[:, ::-1]),
        ("reversed", lambda ranked: ranked[:, ::-1]),
        ("unranked", lambda ranked: np.random.default_rng(3).permuted(ranked, axis=1)),
        ("unranked", lambda ranked: ranked[:, [1, 0, 2, 3, 4]]),
    ],
)
def test_columns_in_another_order_are_told(verdict, spoil, ranked, targets):
    assert column_profile(spoil(ranked), targets).verdict == verdict


def test_columns_of_shuffled_rows_are_not_called_unranked(ranked, targets):
    assert column_profile(np.random.default_rng(4).permutation(ranked), targets).verdict == "ranked"


def test_all_1556_published_lists_lie_above_the_line_of_ranked_ones():
    """The smallest share of top-1 in top-5 of timm's table by top-5 accuracy."""
    shares = {0.74: 0.608, 0.825: 0.705, 0.875: 0.744, 0.925: 0.783, 0.95: 0.814, 0.975: 0.839, 0.99: 0.861}
    assert all(share > least_first_share(reach, 5) for reach, share in shares.items())


def test_unranked_columns_of_a_weak_model_are_only_warned_about(diagnosed, targets):
    rng = np.random.default_rng(5)
    ids = rng.integers(0, CLASSES, (ROWS, 5))
    answers = np.where(rng.random(ROWS) < 0.4, targets, (targets + 1) % CLASSES)
    ids[np.arange(ROWS), rng.integers(0, 5, ROWS)] = answers
    found, predicted, _ = diagnosed(ids)
    assert found["top_k_order"].severity == "warn"
    assert predicted is not None


def test_the_target_beside_the_prediction_is_never_read(diagnosed, model, targets):
    found, predicted, _ = diagnosed(np.column_stack([model, targets]))
    assert found["target_column"].severity == "warn"
    assert (predicted == model).all()
    found, predicted, repaired = diagnosed(np.column_stack([targets, model]))
    assert (found["target_column"].severity, predicted) == ("refuse", None)
    assert repaired() == model.tolist()
    found, predicted, _ = diagnosed(np.column_stack([model, targets, model == targets]))
    assert (found["target_column"].severity, found["target_column"].fix_name) == ("refuse", None)


def test_the_number_of_the_row_is_no_prediction(diagnosed, model):
    found, _, repaired = diagnosed(np.column_stack([np.arange(ROWS), model]))
    assert list(found) == ["target_column"]
    assert repaired() == model.tolist()


def scores_of(model, dtype, *, largest):
    scores = np.random.default_rng(6).integers(-80, 80, (ROWS, CLASSES)).astype(dtype)
    scores[np.arange(ROWS), model] = largest
    return scores


@pytest.mark.parametrize(
    "make",
    [
        lambda model: scores_of(model, np.int8, largest=120),
        lambda model: scores_of(model, np.int64, largest=2**40),
        lambda model: np.eye(CLASSES, dtype=np.uint8)[model],
        lambda model: np.eye(CLASSES, dtype=bool)[model],
        lambda model: np.where(np.eye(CLASSES, dtype=bool)[model], 3.5, -np.inf),
    ],
)
def test_quantised_scores_one_hot_rows_and_masked_classes_are_scores(make, diagnosed, model):
    found, predicted, _ = diagnosed(make(model))
    assert found == {}
    assert (predicted == model).all()


def test_all_classes_by_rank_are_no_scores(diagnosed, model):
    rest = np.argsort(np.random.default_rng(7).random((ROWS, CLASSES)), axis=1)
    ranking = np.array([[first, *row[row != first]] for first, row in zip(model, rest, strict=True)])
    _, predicted, _ = diagnosed(ranking)
    assert (predicted == model).all()


def test_rows_of_equal_scores_were_never_filled(diagnosed, model):
    scores = scores_of(model, np.float32, largest=200)
    scores[::100] = 0
    assert diagnosed(scores)[0]["rows_unfilled"].severity == "warn"
    scores[::25] = 0
    assert diagnosed(scores)[0]["rows_unfilled"].severity == "refuse"


def test_many_ties_for_the_largest_score_are_told(diagnosed, model):
    scores = scores_of(model, np.int8, largest=120)
    scores[::20, 0] = 120
    assert diagnosed(scores)[0]["score_ties"].severity == "warn"


def test_negated_scores_are_turned(diagnosed, model):
    found, _, repaired = diagnosed(-scores_of(model, np.float32, largest=200))
    assert found["scores_negated"].severity == "refuse"
    assert repaired() == model.tolist()


def test_integers_that_overflowed_are_named_and_not_turned(diagnosed, model):
    scores = scores_of(model, np.float32, largest=200)
    # two rows of three are right by their smallest score, one by its largest
    scores[np.arange(len(scores)) % 3 != 0] *= -1
    found, _, _ = diagnosed(scores)
    assert "scores_negated" not in found
    assert "large scores became negative, as integers of 8 bits do" in found["scores_overflowed"].message
    assert not found["scores_overflowed"].fix_name


def test_transposed_integers_are_refused_with_the_cause(diagnosed):
    found, _, _ = diagnosed(np.zeros((CLASSES, ROWS), np.int16))
    assert "transposed" in found["other_class_count"].message


@pytest.mark.parametrize("text", ["b'{}'", 'b"{}"'])
def test_names_printed_as_bytes_are_read(text, aligner, atlas, predicted, tmp_path):
    names = [text.format(name) for name in atlas.images["file_name"]]
    pl.DataFrame({"file_name": names, "predicted_class": predicted}).write_csv(tmp_path / "m.csv")
    ((diagnosis, read),) = examine(tmp_path / "m.csv", aligner)
    assert [finding.kind for finding in diagnosis.findings] == ["remark"]
    assert (read == predicted).all()


def test_a_submission_to_kaggle_is_read_by_its_first_class(aligner, atlas, predicted, tmp_path):
    wnids = atlas.classes["wnid"].to_list()
    frame = pl.DataFrame(
        {
            "ImageId": atlas.images["file_name"].str.replace(".JPEG", "", literal=True),
            "PredictionString": [f"{wnids[each]} 10 20 200 220 {wnids[0]} 1 2 3 4" for each in predicted],
        }
    )
    frame.write_csv(tmp_path / "m.csv")
    ((_, read),) = examine(tmp_path / "m.csv", aligner)
    assert (read == predicted).all()


def test_names_with_a_wnid_at_their_end_and_labels_that_begin_with_one_are_read(aligner, atlas, predicted, tmp_path):
    wnids = atlas.classes["wnid"].to_list()
    frame = pl.DataFrame(
        {
            "file_name": atlas.images["file_name"].str.replace(".JPEG", "_n12345678.JPEG", literal=True),
            "predicted_class": [f"{wnids[each]} some, words" for each in predicted],
        }
    )
    frame.write_csv(tmp_path / "m.csv")
    ((_, read),) = examine(tmp_path / "m.csv", aligner)
    assert (read == predicted).all()


def test_a_label_beside_a_prediction_is_called_the_target(aligner, atlas, predicted, tmp_path):
    frame = pl.DataFrame({"file_name": atlas.images["file_name"], "label": atlas.targets, "pred_class": predicted})
    frame.write_csv(tmp_path / "m.csv")
    ((diagnosis, _),) = examine(tmp_path / "m.csv", aligner)
    said = " ".join(finding.message for finding in diagnosis.findings)
    assert "'pred_class' for predicted_class" in said
    assert "Column 'label' equals the target in 100.0% of the rows: it is the target" in said
    assert diagnosis.is_usable


def test_what_python_prints_of_a_tensor_is_read_and_said(aligner, atlas, predicted, tmp_path):
    frame = pl.DataFrame(
        {"file_name": atlas.images["file_name"], "predicted_class": [f"tensor({i})" for i in predicted]}
    )
    frame.write_csv(tmp_path / "m.csv")
    ((diagnosis, vector),) = examine(tmp_path / "m.csv", aligner)
    assert "what Python prints, such as 'tensor(" in diagnosis.findings[0].message
    assert (vector == predicted).all()
