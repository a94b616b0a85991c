"""The order in which batches are launched and answers awaited."""

import numpy as np
import pytest
import torch

from errata.inference.forward import Forward, NotFiniteError, overlapped
from errata.inference.progress import Progress
from errata.views.view import parse_view
from errata.zoo.classifier import Classifier


def batches(*sizes: int):
    start = 10
    for size in sizes:
        values = torch.arange(start, start + size, dtype=torch.uint8)
        yield np.arange(start, start + size), values.reshape(size, 1, 1, 1).expand(size, 2, 2, 3)
        start += size


def forward_of(logits, precision="fp32") -> Forward:
    classifier = Classifier(logits, (0, 0, 0), (1, 1, 1), parse_view("2-2-bilinear-center"), None, 3)
    return Forward(classifier, device=torch.device("cpu"), precision=precision, batch=8)


def brightness(images: torch.Tensor) -> torch.Tensor:
    return images.float().mean(dim=(2, 3)) * 255


def as_seen(logits: torch.Tensor, place: slice) -> dict[str, torch.Tensor]:
    return {"red": logits[:, 0], "place": torch.arange(100)[place]}


def test_every_image_is_answered_once_with_its_row_and_place():
    answered = list(overlapped(forward_of(brightness), batches(3, 3, 2), as_seen, progress=Progress("some", 8)))
    rows = np.concatenate([rows for rows, _ in answered])
    said = {name: np.concatenate([part[name] for _, part in answered]) for name in answered[0][1]}
    assert rows.tolist() == list(range(10, 18))
    assert said["red"] == pytest.approx(rows)
    assert said["place"].tolist() == list(range(8))
    assert said["precision"].tolist() == ["fp32"] * 8


def test_a_batch_is_launched_before_the_one_before_it_is_awaited(monkeypatch):
    events = []
    launch, settle = Forward.launch, Forward.settle

    def launching(self, pixels):
        events.append(f"launch {len(pixels)}")
        return launch(self, pixels)

    def settling(self, launched):
        events.append(f"settle {len(launched.pixels)}")
        return settle(self, launched)

    monkeypatch.setattr(Forward, "launch", launching)
    monkeypatch.setattr(Forward, "settle", settling)
    list(overlapped(forward_of(brightness), batches(5, 4, 3), as_seen, progress=Progress("some", 12)))
    assert events == ["launch 5", "launch 4", "settle 5", "launch 3", "settle 4", "settle 3"]


def test_answers_about_a_batch_that_overflowed_come_from_the_other_precision():
    def overflows_in_half(images):
        is_half = torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu") == torch.float16
        return brightness(images) / (0 if is_half else 1)

    forward = forward_of(overflows_in_half, "amp")
    answered = list(overlapped(forward, batches(3, 3, 2), as_seen, progress=Progress("some", 8)))
    assert [part["precision"].tolist() for _, part in answered] == [["bf16"] * 3, ["bf16"] * 3, ["bf16"] * 2]
    assert np.concatenate([part["red"] for _, part in answered]) == pytest.approx(np.arange(10, 18), abs=0.1)
    # the second batch was on its way when the first one's overflow showed
    assert forward.fallbacks == ["bf16 after fp16 overflowed"]


def test_an_image_without_finite_logits_is_told_by_its_row():
    def broken(images):
        logits = brightness(images)
        logits[logits[:, 0].round() == 14] = torch.nan
        return logits

    with pytest.raises(NotFiniteError) as raised:
        list(overlapped(forward_of(broken), batches(3, 3, 2), as_seen, progress=Progress("some", 8)))
    assert raised.value.place == 14
