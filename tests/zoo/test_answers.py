"""What is said about an image, from its logits."""

import numpy as np
import polars as pl
import pytest
import torch

from errata.predictions.tables import PREDICTIONS
from errata.tables import check_table
from errata.zoo.answers import answers, answers_table


def table(logits: torch.Tensor, targets: torch.Tensor) -> pl.DataFrame:
    found = {name: values.numpy() for name, values in answers(logits, targets).items()}
    return answers_table(found, pl.Series([f"{i}.jpeg" for i in range(len(logits))]))


def one(logits: list[float], *, target: int) -> dict:
    rows = table(torch.tensor([logits]), torch.tensor([target]))
    return check_table(rows, PREDICTIONS, where="a test").row(0, named=True)


def test_classes_come_in_the_order_of_their_probability():
    found = one([1.0, 3.0, 2.0], target=2)
    odds = np.exp([3.0, 2.0, 1.0])
    assert found["top_classes"] == [1, 2, 0]
    assert found["top_probabilities"] == pytest.approx(odds / odds.sum())
    assert found["predicted_class"] == 1
    assert found["predicted_probability"] == found["top_probabilities"][0]


def test_the_target_has_a_rank_and_a_probability():
    found = one([1.0, 3.0, 2.0], target=0)
    assert found["target_rank"] == 3
    assert found["target_probability"] == pytest.approx(found["top_probabilities"][2])


def test_equal_logits_are_ranked_by_class_id():
    assert one([5.0, 7.0, 7.0, 7.0], target=1)["target_rank"] == 1
    assert one([5.0, 7.0, 7.0, 7.0], target=3)["target_rank"] == 3
    assert one([5.0, 7.0, 7.0, 7.0], target=3)["top_classes"] == [1, 2, 3, 0]


def test_only_ten_classes_are_kept():
    found = one([float(i) for i in range(25)], target=0)
    assert found["top_classes"] == list(range(24, 14, -1))
    assert found["target_rank"] == 25


def test_the_entropy_is_in_nats():
    assert one([2.0] * 4, target=0)["entropy"] == pytest.approx(np.log(4))
    assert one([1e4, 0.0], target=0)["entropy"] == 0


def test_rank_one_means_predicted_also_among_many_ties():
    random = np.random.default_rng(0)
    # logits as coarse as those of half precision
    logits = torch.from_numpy(random.integers(0, 4, (500, 12)).astype(np.float32))
    targets = torch.from_numpy(random.integers(0, 12, 500))
    rows = table(logits, targets)
    assert ((rows["predicted_class"].to_numpy() == targets.numpy()) == (rows["target_rank"].to_numpy() == 1)).all()
    in_top = [target in top for target, top in zip(targets.tolist(), rows["top_classes"].to_list(), strict=True)]
    assert in_top == (rows["target_rank"] <= 10).to_list()


def test_the_margin_is_the_difference_of_the_two_highest_log_probabilities():
    logits = torch.tensor([[1.0, 3.0, 2.25], [5.0, 7.0, 7.0]])
    found = answers(logits, torch.tensor([0, 0]))
    best = logits.log_softmax(dim=1).sort(descending=True).values
    assert found["margin"].tolist() == pytest.approx((best[:, 0] - best[:, 1]).tolist(), abs=1e-6) == [0.75, 0]


def test_answers_among_some_classes_give_the_others_no_probability():
    logits, targets = torch.tensor([[1.0, 3.0, 2.0]]), torch.tensor([2])
    found = answers(logits, targets, allowed=torch.tensor([True, False, True]))
    odds = np.exp([2.0, 1.0])
    assert found["top_classes"][0, :2].tolist() == [2, 0]
    assert found["top_probabilities"][0].tolist() == pytest.approx([*(odds / odds.sum()), 0.0])
    assert (found["target_rank"].item(), found["margin"].item()) == (1, 1.0)
