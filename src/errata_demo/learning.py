"""What training a small classifier and a small encoder on the demo world have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

FLIP_SHARE = 0.5
SHIFT = 0.08
"""Pictures are moved by up to this share of their width, as if the camera were held differently."""
LIGHT = 0.2
"""Brightness, contrast and the three colours change by up to this share."""
WEIGHT_DECAY = 0.05


@contextmanager
def repeatable(seed: int) -> Iterator[torch.Generator]:
    """Train on one thread with deterministic algorithms only, and restore torch's settings afterwards.

    The same torch build on the same kind of processor then gives the same weights, to the last bit. Another build or
    processor may sum in another order, which training amplifies: weights differ, accuracies hardly do.
    """
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    try:
        yield torch.Generator().manual_seed(seed)
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(deterministic)


def descend(
    model: torch.nn.Module,
    loss_of: Callable[[torch.Tensor], torch.Tensor],
    *,
    pictures: int,
    batch: int,
    epochs: int,
    rate: float,
    generator: torch.Generator,
) -> list[float]:
    """Train `model` on shuffled batches, whole ones only; return the mean loss of every epoch.

    `loss_of` gives the loss of a batch of row numbers; `rate` is the highest learning rate.
    """
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=WEIGHT_DECAY)
    steps = schedule(optimizer, pictures // batch * epochs, rate)
    losses: list[float] = []
    model.train()
    for _ in range(epochs):
        order = torch.randperm(pictures, generator=generator)
        for rows in order[: pictures - pictures % batch].split(batch):
            loss = loss_of(rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps.step()
            losses.append(loss.item())
    return np.array(losses).reshape(epochs, -1).mean(1).tolist()


def augmented(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return pictures as a learner sees them: flipped, moved and lit differently each time.

    Parameters
    ----------
    pixels : torch.Tensor
        uint8, shape (images, height, width, 3).
    generator : torch.Generator

    Returns
    -------
    torch.Tensor
        float32 in 0..1, shape (images, 3, height, width).
    """
    images = pixels.permute(0, 3, 1, 2).float() / 255
    flip = torch.rand(len(images), generator=generator) < FLIP_SHARE
    images[flip] = images[flip].flip(-1)
    images = _moved(images, generator)
    gain = 1 + LIGHT * (2 * torch.rand(len(images), 3, 1, 1, generator=generator) - 1)
    shift = LIGHT / 2 * (2 * torch.rand(len(images), 1, 1, 1, generator=generator) - 1)
    return (images * gain + shift).clamp(0, 1)


def normalised(images: torch.Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> torch.Tensor:
    """Return images with the model's own mean and standard deviation per colour taken out."""
    return (images - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]


def schedule(optimizer: torch.optim.Optimizer, steps: int, rate: float) -> torch.optim.lr_scheduler.LRScheduler:
    """Return one cycle of the learning rate: up for a tenth of the steps, then down along a cosine."""
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps, pct_start=0.1)


def half(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return weights as they are shipped: float16 (integers stay), contiguous."""
    return {
        name: (value.half() if value.is_floating_point() else value).contiguous().clone()
        for name, value in state.items()
    }


def _moved(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Move every picture by its own number of pixels; what comes in repeats the rim."""
    size = images.shape[-1]
    reach = max(round(SHIFT * size), 1)
    offsets = torch.randint(-reach, reach + 1, (2, len(images)), generator=generator)
    steps = torch.arange(size)
    rows = (steps + offsets[0][:, None]).clamp(0, size - 1)
    columns = (steps + offsets[1][:, None]).clamp(0, size - 1)
    which = torch.arange(len(images))
    channels = torch.arange(3)
    return images[
        which[:, None, None, None], channels[None, :, None, None], rows[:, None, :, None], columns[:, None, None]
    ]
