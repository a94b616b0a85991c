"""Find the nearest training images of every image: exact, chunk by chunk, in bounded memory."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import torch

from errata.inference.device import exact_float32
from errata.inference.progress import Progress
from errata.openworld.tables import NEIGHBOURS

STORED = 50
"""Neighbours that are stored; the paper uses the first ten of its 50."""

MEMORY_BYTES = {"cpu": 1 << 29, "cuda": 1 << 32}
"""What chunks may take of the memory beside the queries, the running result and the pages of the files, by device:
512 MiB, and 4 GiB of a GPU's own."""

TRAIN_ROWS = {"cpu": 1 << 14, "cuda": 1 << 17}
"""Training images at once, at most; more do not pay."""

SLACK = 1e-5
"""How far a float32 cosine of the matrix product may be from the exact one: a hundred times the error that is seen in
768 dimensions. Whatever is nearer to the threshold than this is computed again in float64."""

CROWDED = 4
"""More candidates than so many times k per query are thinned out before their cosines are computed again."""

_GATHER_BYTES = {"cpu": 64 << 20, "cuda": 1 << 30}


@dataclass(frozen=True)
class Nearest:
    """The nearest training rows of some query rows.

    `positions`: int32, shape (queries, k), nearest first; equal cosines by lower position.
    `cosines`: float32, shape (queries, k).
    """

    positions: np.ndarray
    cosines: np.ndarray


def find_nearest(
    queries: np.ndarray,
    train: np.ndarray,
    *,
    k: int = STORED,
    device: torch.device | str = "cpu",
    memory_bytes: int | None = None,
    train_rows: int | None = None,
) -> Nearest:
    """Find the `k` training vectors with the highest cosine to every query.

    The training file is read once, in order. A matrix product in float32 finds what may be among the best; those few
    cosines are computed again in float64 and rounded to float32, so the result does not depend on the sizes of chunks,
    the device or the number of threads.

    `queries`, `train`: float32, shape (rows, dimensions), unit length; may be memory-mapped. Training rows with NaN are
        skipped; queries must have none.
    `k`: how many; fewer if there are fewer training vectors.
    `memory_bytes`: memory for chunks; `MEMORY_BYTES` if not given.
    `train_rows`: training rows per chunk, at most (`TRAIN_ROWS` if not given); fewer if the memory asks for it.
    """
    device = torch.device(device)
    train_rows, query_rows = _chunk_rows(
        queries.shape[1], memory_bytes or MEMORY_BYTES[device.type], train_rows or TRAIN_ROWS[device.type]
    )
    best = _Best(len(queries), k, device)
    work = torch.empty(min(train_rows, len(train)) * min(query_rows, len(queries)), device=device)
    found = 0
    progress = Progress("nearest training images", len(train))
    # rounded to TF32, products would be off by more than SLACK
    with exact_float32():
        for start in range(0, len(train), train_rows):
            chunk = torch.from_numpy(np.array(train[start : start + train_rows])).to(device)
            usable = torch.nonzero(~chunk.isnan().any(dim=1)).squeeze(1)
            found += len(usable)
            chunk = chunk if len(usable) == len(chunk) else chunk[usable]
            for first in range(0, len(queries), query_rows):
                rows = slice(first, min(first + query_rows, len(queries)))
                block = torch.from_numpy(np.array(queries[rows])).to(device)
                query, column = _promising(block, chunk, best.worst(rows), k, work)
                best.offer(rows, query, start + usable[column], _exact_cosines(block, chunk, query, column))
            progress.advance(min(train_rows, len(train) - start))
    return best.nearest(min(k, found))


def neighbours_table(nearest: Nearest, file_names: pl.Series, train_classes: np.ndarray) -> pl.DataFrame:
    """Return the table `errata.openworld.tables.NEIGHBOURS`.

    `nearest`: one row per file name.
    `train_classes`: int16, shape (training images,): the target of every training image, by position.
    """
    return pl.DataFrame(
        {
            "file_name": file_names,
            "train_positions": pl.Series(nearest.positions).arr.to_list(),
            "train_classes": pl.Series(train_classes[nearest.positions].astype(np.int16)).arr.to_list(),
            "cosines": pl.Series(nearest.cosines).arr.to_list(),
        },
        schema=NEIGHBOURS.schema,
    )


def _chunk_rows(dimensions: int, memory_bytes: int, train_rows: int) -> tuple[int, int]:
    """Divide the memory: a quarter for two copies of the training chunk, half for cosines, masks and sorting."""
    train_rows = max(1, min(train_rows, memory_bytes // 4 // (2 * 4 * dimensions)))
    query_rows = max(1, memory_bytes // 2 // ((4 + 4) * train_rows))
    return train_rows, query_rows


def _promising(
    queries: torch.Tensor, train: torch.Tensor, worst: torch.Tensor, k: int, cosines: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (query, training row) of a chunk that may be among the k best, int64 each, by query.

    `worst` is the k-th best cosine of every query so far. `cosines` is memory to work in, taken once: new memory costs
    as much time as looking for what exceeds the threshold.
    """
    cosines = torch.mm(queries, train.T, out=cosines[: len(queries) * len(train)].view(len(queries), len(train)))
    threshold = worst - SLACK
    promising = cosines >= threshold[:, None]
    if len(train) > k and int(promising.count_nonzero()) > CROWDED * k * len(queries):
        # while the threshold is low, the k-th best of the chunk itself is the better one
        threshold = torch.maximum(threshold, cosines.topk(k, dim=1).values[:, -1] - SLACK)
        promising = cosines >= threshold[:, None]
    query, column = torch.nonzero(promising, as_tuple=True)
    return query, column


def _exact_cosines(
    queries: torch.Tensor, train: torch.Tensor, query: torch.Tensor, column: torch.Tensor
) -> torch.Tensor:
    """Return the cosines of pairs: products in float64, rounded to float32."""
    cosines = torch.empty(len(query), dtype=torch.float32, device=queries.device)
    pairs = max(1, _GATHER_BYTES[queries.device.type] // (2 * 8 * queries.shape[1]))
    for start in range(0, len(query), pairs):
        some = slice(start, start + pairs)
        cosines[some] = queries[query[some]].double().mul_(train[column[some]]).sum(dim=1)
    return cosines


class _Best:
    """The best training rows of every query so far, on the device."""

    def __init__(self, queries: int, k: int, device: torch.device) -> None:
        self._k = k
        self._cosines = torch.full((queries, k), -torch.inf, dtype=torch.float32, device=device)
        self._positions = torch.full((queries, k), torch.iinfo(torch.int32).max, dtype=torch.int32, device=device)

    def worst(self, rows: slice) -> torch.Tensor:
        """Return the k-th best cosine of some queries; minus infinity while there are fewer."""
        return self._cosines[rows, -1]

    def offer(self, rows: slice, query: torch.Tensor, positions: torch.Tensor, cosines: torch.Tensor) -> None:
        """Merge candidates; `query` counts from the start of `rows` and does not fall."""
        k = self._k
        touched, place = torch.unique_consecutive(query, return_inverse=True)
        kept = touched + rows.start
        # the best so far and the candidates are sorted together, key by key, as torch has no sort by several keys
        each = torch.arange(len(touched), device=query.device)
        owner = torch.cat([each.repeat_interleave(k), place])
        all_cosines = torch.cat([self._cosines[kept].ravel(), cosines])
        all_positions = torch.cat([self._positions[kept].ravel(), positions.to(torch.int32)])
        order = all_positions.argsort(stable=True)
        order = order[all_cosines[order].argsort(stable=True, descending=True)]
        order = order[owner[order].argsort(stable=True)]
        starts = torch.searchsorted(owner[order], each)
        chosen = order[starts[:, None] + torch.arange(k, device=query.device)]
        self._cosines[kept], self._positions[kept] = all_cosines[chosen], all_positions[chosen]

    def nearest(self, k: int) -> Nearest:
        """Return the first `k` of every query."""
        return Nearest(self._positions[:, :k].cpu().numpy(), self._cosines[:, :k].cpu().numpy())
