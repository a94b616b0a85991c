"""Find the nearest training images of every image: exact, chunk by chunk, in bounded memory."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import polars as pl
import torch

from errata.inference.device import exact_float32
from errata.inference.progress import Progress
from errata.openworld.tables import NEIGHBOURS

STORED = 50
"""Neighbours that are stored; the paper uses the first ten of its 50."""

TRAIN_BYTES = {"cpu": 1 << 26, "cuda": 1 << 30}
"""Training vectors at once, at most, by device: 64 MiB, and 1 GiB of a GPU's memory."""

FIRST_ROWS = 2048
"""Training vectors at once at the beginning. As many follow as there were so far, while the threshold is low."""

PRODUCT = {"cpu": (512, 2048), "cuda": (1 << 13, 1 << 17)}
"""Rows and columns of a matrix of cosines, by device: 4 MiB stay in a processor's cache, 4 GiB fill a GPU."""

PAIRS = {"cpu": 256, "cuda": 1 << 17}
"""Cosines that are computed in float64 at once: again what stays in the cache."""

SPARE = 14
"""Training images that are kept beside the k best, as cosines of the matrix product may be nearly equal."""

SLACK = 1e-5
"""How far a float32 cosine of the matrix product may be from the exact one: a hundred times the error that is seen in
768 dimensions. Of two that differ by more than twice as much, the higher one is the higher one exactly."""

CROWDED = 4
"""More candidates than so many times k per query are thinned out before they are kept."""


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
    train_rows: int | None = None,
) -> Nearest:
    """Find the `k` training vectors with the highest cosine to every query.

    The training file is read in order. Matrix products in float32 find what may be among the best; the cosines of those
    few are computed again in float64 and rounded to float32, so the result does not depend on the sizes of chunks, the
    device or the number of threads. On a CPU, as many threads as torch has (`torch.set_num_threads`) take queries.

    `queries`, `train`: float32, shape (rows, dimensions), unit length; may be memory-mapped. Training rows with NaN are
        skipped; queries must have none.
    `k`: how many; fewer if there are fewer training vectors.
    `train_rows`: training vectors at once, at most; as many as `TRAIN_BYTES` if not given.
    """
    device = torch.device(device)
    most = train_rows or max(1, TRAIN_BYTES[device.type] // (4 * train.shape[1]))
    query_rows, columns = PRODUCT[device.type]
    best = _Best(queries, train, k, device)
    progress = Progress("nearest training images", len(train))
    # rounded to TF32, products would be off by more than SLACK
    with exact_float32(), _threads_of_one_core(device) as threads, ThreadPoolExecutor(threads) as pool:
        rows = torch.arange(len(queries), device=device)
        each = -(-len(queries) // threads)
        query_rows = min(query_rows, each)
        # memory for cosines, taken once: new memory costs as much time as looking for what exceeds the threshold
        work: SimpleQueue[torch.Tensor] = SimpleQueue()
        for _ in range(threads):
            work.put(torch.empty(query_rows * min(columns, most, len(train)), device=device))

        def search(rows: torch.Tensor) -> None:
            block = torch.from_numpy(np.array(queries[rows[0] : rows[-1] + 1])).to(device)
            memory = work.get()
            query, column, cosines = _promising(block, tiles, best.worst(rows), k, memory)
            work.put(memory)
            best.offer(rows, query, start + usable[column], cosines)

        start = 0
        while start < len(train):
            chunk = torch.from_numpy(np.array(train[start : start + min(most, max(FIRST_ROWS, start))])).to(device)
            usable = torch.nonzero(~chunk.isnan().any(dim=1)).squeeze(1)
            tiles = (chunk if len(usable) == len(chunk) else chunk[usable]).split(columns)
            list(pool.map(search, rows.split(query_rows)))
            progress.advance(len(chunk))
            start += len(chunk)
        cosines, positions = (torch.cat(parts) for parts in zip(*pool.map(best.settled, rows.split(each)), strict=True))
    found = int((positions[:1] != _NONE).sum())
    return Nearest(positions[:, :found].cpu().numpy(), cosines[:, :found].cpu().numpy())


@contextmanager
def _threads_of_one_core(device: torch.device) -> Iterator[int]:
    """Give how many threads are to share the work, while torch itself uses one in each of them.

    Of a product that torch shares out, a thread that is done spins until the last one is: on a busy machine that takes
    as much time again as the product.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield threads if device.type == "cpu" else 1
    finally:
        torch.set_num_threads(threads)


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


def _promising(
    queries: torch.Tensor, tiles: Sequence[torch.Tensor], worst: torch.Tensor, k: int, work: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return (query, training row, cosine) of what may be among the k best in a chunk, by query.

    `tiles`: the chunk in parts; training rows count from its start.
    `worst`: the k-th best cosine of every query so far.
    `work`: memory for the cosines of a tile.
    """
    threshold = worst - 2 * SLACK
    found, start = [], 0
    for tile in tiles:
        cosines = torch.mm(queries, tile.T, out=work[: len(queries) * len(tile)].view(len(queries), len(tile)))
        promising = cosines >= threshold[:, None]
        if len(tile) > k and int(promising.count_nonzero()) > CROWDED * k * len(queries):
            # while the threshold is low, the k-th best of the tile itself is the better one
            threshold = torch.maximum(threshold, cosines.topk(k, dim=1).values[:, -1] - 2 * SLACK)
            promising = cosines >= threshold[:, None]
        query, column = torch.nonzero(promising, as_tuple=True)
        found.append((query, start + column, cosines[query, column]))
        start += len(tile)
    query, column, cosines = (torch.cat(parts) for parts in zip(*found, strict=True))
    order = query.argsort(stable=True)
    return query[order], column[order], cosines[order]


class _Best:
    """The best training rows of every query so far: k and some more, as their cosines are not exact yet."""

    def __init__(self, queries: np.ndarray, train: np.ndarray, k: int, device: torch.device) -> None:
        self._queries, self._train, self._k = queries, train, min(k, len(train))
        shape = (len(queries), self._k + SPARE)
        self._cosines = torch.full(shape, -torch.inf, dtype=torch.float32, device=device)
        self._positions = torch.full(shape, _NONE, dtype=torch.int32, device=device)

    def worst(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the k-th best cosine of some queries; minus infinity while there are fewer."""
        return self._cosines[rows, self._k - 1]

    def offer(self, rows: torch.Tensor, query: torch.Tensor, positions: torch.Tensor, cosines: torch.Tensor) -> None:
        """Merge candidates; `query` counts within `rows` and does not fall."""
        if not len(query):
            return
        touched, place, counts = torch.unique_consecutive(query, return_inverse=True, return_counts=True)
        rows, width = rows[touched], self._cosines.shape[1]
        column = width + torch.arange(len(query), device=query.device) - (counts.cumsum(0) - counts)[place]
        some = int(counts.max())
        all_cosines = torch.nn.functional.pad(self._cosines[rows], (0, some), value=-torch.inf)
        all_positions = torch.nn.functional.pad(self._positions[rows], (0, some), value=_NONE)
        all_cosines[place, column], all_positions[place, column] = cosines, positions.to(torch.int32)
        top = all_cosines.topk(width + 1)
        self._cosines[rows], self._positions[rows] = top.values[:, :-1], all_positions.gather(1, top.indices[:, :-1])
        # where more are nearly equal than there is room for, only exact cosines can tell
        close = torch.nonzero(top.values[:, -1] >= self._doubtful_from(top.values)).squeeze(1)
        if len(close):
            exact = self._ranked(rows[close], all_cosines[close], all_positions[close])
            self._cosines[rows[close]], self._positions[rows[close]] = (ranked[:, :width] for ranked in exact)

    def settled(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the exact cosines of the k best of some queries, and positions, nearest first, then by position."""
        cosines = self._cosines[rows]
        doubtful = cosines >= self._doubtful_from(cosines)[:, None]
        exact, positions = self._ranked(rows, cosines.masked_fill(~doubtful, -torch.inf), self._positions[rows])
        return exact[:, : self._k], positions[:, : self._k]

    def _doubtful_from(self, cosines: torch.Tensor) -> torch.Tensor:
        """Return from which cosine on, not exact, a training row may be among the k best; finite."""
        return (cosines[:, self._k - 1] - 2 * SLACK).clamp_min(-2)

    def _ranked(
        self, rows: torch.Tensor, cosines: torch.Tensor, positions: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return exact cosines of what is not minus infinity, and positions, nearest first, then by position."""
        place, column = torch.nonzero(cosines > -torch.inf, as_tuple=True)
        exact = torch.full_like(cosines, -torch.inf)
        exact[place, column] = self._exact(rows[place], positions[place, column])
        # torch has no sort by two keys
        order = positions.argsort(dim=1, stable=True)
        order = order.gather(1, exact.gather(1, order).argsort(dim=1, stable=True, descending=True))
        return exact.gather(1, order), positions.gather(1, order)

    def _exact(self, query: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Return the cosines of pairs: products in float64, rounded to float32."""
        device = query.device
        cosines = torch.empty(len(query), dtype=torch.float32, device=device)
        # by position, as the training vectors may be a file that is larger than the memory
        for pairs in positions.argsort().split(PAIRS[device.type]):
            ours, others = (
                torch.from_numpy(np.asarray(vectors[rows[pairs].cpu().numpy()])).to(device)
                for vectors, rows in ((self._queries, query), (self._train, positions))
            )
            cosines[pairs] = ours.double().mul_(others).sum(dim=1).float()
        return cosines


_NONE = torch.iinfo(torch.int32).max
