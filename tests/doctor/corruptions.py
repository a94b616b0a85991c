"""Ways in which files of predictions are broken in practice: each stands for a kind."""

import numpy as np

from doctor.material import NAMES, Make, Material, table

ROWS = 50_000


def _gathered(workers: int, batch: int) -> np.ndarray:
    """Return the image of every row where batches of a strided sampler are gathered worker after worker."""
    per_worker = ROWS // workers
    shards = np.arange(workers * per_worker).reshape(per_worker, workers).T
    parts = [shards[:, start : start + batch].ravel() for start in range(0, per_worker, batch)]
    return np.concatenate([*parts, np.arange(workers * per_worker, ROWS)])


def _ranks(workers: int) -> np.ndarray:
    return np.concatenate([np.arange(rank, ROWS, workers) for rank in range(workers)])


def _folders(m: Material) -> np.ndarray:
    return np.argsort(m.targets, kind="stable")


def _swapped_neighbours() -> np.ndarray:
    return np.arange(ROWS).reshape(-1, 2)[:, ::-1].ravel()


def _within_batches(m: Material, batch: int) -> np.ndarray:
    order = np.arange(ROWS)
    for start in range(0, ROWS, batch):
        m_part = order[start : start + batch]
        order[start : start + batch] = np.random.default_rng(start).permutation(m_part)
    return order


def _replaced(m: Material, where: np.ndarray, value: object) -> np.ndarray:
    ids = m.ids.copy()
    ids[where] = value
    return ids


def _some(m: Material, share: float) -> np.ndarray:
    return np.flatnonzero(m.random.random(ROWS) < share)


def _shuffled(m: Material, where: np.ndarray) -> np.ndarray:
    ids = m.ids.copy()
    ids[where] = m.random.permutation(ids[where])
    return ids


def _mapped(m: Material, new_id: np.ndarray) -> np.ndarray:
    return new_id[m.ids]


def _exchanged(m: Material, classes: int) -> np.ndarray:
    new = np.arange(1000)
    some = m.random.choice(1000, classes, replace=False)
    new[some] = np.roll(some, 1)
    return new


def _hundred(m: Material, classes: int) -> np.ndarray:
    """Return the answers of a head of few classes that numbers them from 0, on all images."""
    kept = np.sort(m.random.choice(1000, classes, replace=False))
    number = np.searchsorted(kept, kept)
    new = np.full(1000, -1)
    new[kept] = number
    answers = new[m.ids]
    lost = answers < 0
    answers[lost] = m.random.integers(0, classes, lost.sum())
    return answers


def _first_rank_twice(m: Material) -> np.ndarray:
    ids = m.ids.copy()
    ids[1::2] = ids[0::2]
    return ids


def _resumed(m: Material) -> np.ndarray:
    """Return predictions where a run that was resumed wrote 2,000 rows a second time and lost as many."""
    return np.concatenate([m.ids[:22_000], m.ids[20_000:48_000]])


ROW_ORDERS: dict[str, Make] = {
    "rows reversed": lambda m: m.ids[::-1],
    "rows shifted by one": lambda m: np.roll(m.ids, 1),
    "rows shifted by one back": lambda m: np.roll(m.ids, -1),
    "rows rolled by fifty": lambda m: np.roll(m.ids, 50),
    "halves exchanged": lambda m: np.roll(m.ids, 25_000),
    "class folders": lambda m: m.ids[_folders(m)],
    "class folders, ranked five": lambda m: m.ranked()[_folders(m)],
    "class folders, last batch dropped": lambda m: m.ids[_folders(m)][:49_920],
    "class folders, padded": lambda m: np.concatenate([m.ids[_folders(m)], m.ids[_folders(m)][:4]]),
    "class folders beside sorted names": lambda m: table(m.ids[_folders(m)]),
    "gathered, 2 workers of 100": lambda m: m.ids[_gathered(2, 100)],
    "gathered, 4 workers of 64": lambda m: m.ids[_gathered(4, 64)],
    "gathered, 8 workers of 32": lambda m: m.ids[_gathered(8, 32)],
    "gathered, 16 workers of 125": lambda m: m.ids[_gathered(16, 125)],
    "gathered, 5 workers of 50": lambda m: m.ids[_gathered(5, 50)],
    "2 ranks one after the other": lambda m: m.ids[_ranks(2)],
    "4 ranks one after the other": lambda m: m.ids[_ranks(4)],
    "7 ranks one after the other": lambda m: m.ids[_ranks(7)],
    "64 ranks one after the other": lambda m: m.ids[_ranks(64)],
    "parts interleaved": lambda m: m.ids[np.argsort(_ranks(8))],
    "neighbours exchanged": lambda m: m.ids[_swapped_neighbours()],
    "neighbours exchanged beside names": lambda m: table(m.ids[_swapped_neighbours()]),
    "every batch of 50 reversed": lambda m: m.ids.reshape(-1, 50)[:, ::-1].ravel(),
    "gathered, named": lambda m: table(m.ids[_gathered(4, 50)]),
    "batches of 250 reversed, named": lambda m: table(m.ids.reshape(-1, 250)[:, ::-1].ravel()),
    "gathered and from 1": lambda m: (m.ids + 1)[_gathered(4, 64)],
    "class folders and from 1": lambda m: (m.ids + 1)[_folders(m)],
    "class folders, numbered as folders sorted as text": lambda m: _as_text_numbers(m)[_folders(m)],
    "class folders, ranked five, padded": lambda m: np.concatenate([m.ranked()[_folders(m)], m.ranked()[:16]]),
}
"""Every row is there, in another order that has a rule."""


def _as_text_numbers(m: Material) -> np.ndarray:
    return np.argsort(np.array(sorted(range(1000), key=str)))[m.ids]


LOST_ORDERS: dict[str, Make] = {
    "all rows shuffled": lambda m: m.random.permutation(m.ids),
    "names shuffled": lambda m: table(m.ids, m.random.permutation(NAMES)),
    "shuffled within batches of 128": lambda m: m.ids[_within_batches(m, 128)],
    "batches of 100 shuffled": lambda m: m.ids.reshape(-1, 100)[m.random.permutation(500)].ravel(),
    "sorted by prediction": lambda m: np.sort(m.ids),
    "a row lost at 20,000": lambda m: np.concatenate([m.ids[:20_000], m.ids[20_001:], m.ids[-1:]]),
    "a row twice at 30,000": lambda m: np.concatenate([m.ids[:30_000], m.ids[29_999:-1]]),
    "a row lost at 48,000": lambda m: table(np.concatenate([m.ids[:48_000], m.ids[48_001:], m.ids[-1:]])),
    "every second row off by one": lambda m: table(np.where(np.arange(ROWS) % 2, np.roll(m.ids, -2), m.ids)),
    "every fourth row off by one": lambda m: np.where(np.arange(ROWS) % 4 == 3, np.roll(m.ids, -4), m.ids),
    "2,000 rows shuffled": lambda m: _shuffled(m, np.arange(7_000, 9_000)),
    "the last tenth shuffled": lambda m: table(_shuffled(m, np.arange(45_000, ROWS))),
    "every third row off by one": lambda m: table(np.where(np.arange(ROWS) % 3 == 1, np.roll(m.ids, -3), m.ids)),
    "5 % of the rows shuffled": lambda m: table(_shuffled(m, _some(m, 0.05))),
    "10 % of the rows shuffled": lambda m: _shuffled(m, _some(m, 0.10)),
    "half of the rows shuffled": lambda m: table(_shuffled(m, _some(m, 0.5))),
    "every eighth row shuffled": lambda m: table(_shuffled(m, np.arange(3, ROWS, 8))),
    "5 % of the rows any class": lambda m: table(_replaced(m, w := _some(m, 0.05), m.random.integers(0, 1000, len(w)))),
    "resumed: 2,000 rows twice": _resumed,
}
"""What cannot be put right: some rows say nothing about their image."""

UNFILLED: dict[str, Make] = {
    "half of the rows 0": lambda m: _replaced(m, np.arange(25_000, ROWS), 0),
    "one of 8 ranks filled": lambda m: _replaced(m, np.arange(ROWS) % 8 != 0, 0),
    "one of 8 ranks not filled": lambda m: _replaced(m, np.arange(0, ROWS, 8), 0),
    "one of 16 ranks not filled": lambda m: table(_replaced(m, np.arange(5, ROWS, 16), 0)),
    "one of 32 ranks not filled": lambda m: table(_replaced(m, np.arange(5, ROWS, 32), 0)),
    "the last 5 % 0": lambda m: table(_replaced(m, np.arange(47_500, ROWS), 0)),
    "the last 3 % -1": lambda m: table(_replaced(m, np.arange(48_500, ROWS), -1)),
    "the first tenth 999": lambda m: table(_replaced(m, np.arange(5_000), 999)),
    "random 5 % class 111": lambda m: table(_replaced(m, _some(m, 0.05), 111)),
    "last batches repeat the one before": lambda m: np.concatenate([m.ids[:48_000], m.ids[46_000:48_000]]),
    "one batch for all": lambda m: np.resize(m.ids[:100], ROWS),
    "every row twice": lambda m: np.repeat(m.ids[:25_000], 2),
    "rank 1 has rank 0's answers": lambda m: table(_first_rank_twice(m)),
    "always one class": lambda m: np.full(ROWS, 7),
    "a tenth NaN": lambda m: table(
        _replaced(Material(m.name, m.ids.astype(float), m.targets, m.confused), _some(m, 0.1), np.nan)
    ),
    "a tenth null": lambda m: table(m.ids).with_columns(predicted_class=_null_where(m, 0.1)),
}
"""Rows that were never filled, or filled with something else."""


def _null_where(m: Material, share: float) -> object:
    import polars as pl

    return pl.Series(
        [None if hidden else int(i) for i, hidden in zip(m.ids, m.random.random(ROWS) < share, strict=True)]
    )


NUMBERINGS: dict[str, Make] = {
    "ids from 1": lambda m: table(m.ids + 1),
    "1 subtracted": lambda m: table(m.ids - 1),
    "ids from 1, array": lambda m: m.ids + 1,
    "folder numbers sorted as text": lambda m: table(_as_text_numbers(m)),
    "ids from the end": lambda m: table(999 - m.ids),
    "unknown permutation": lambda m: table(_mapped(m, m.random.permutation(1000))),
    "20 classes exchanged": lambda m: table(_mapped(m, _exchanged(m, 20))),
    "50 classes exchanged": lambda m: table(_mapped(m, _exchanged(m, 50))),
    "a class left out at 700": lambda m: table(m.ids - (m.ids > 700)),
    "a class too many at 300": lambda m: table(np.minimum(m.ids + (m.ids > 300), 999)),
    "ids in 8 bits": lambda m: m.ids.astype(np.uint8),
    "ids modulo 500": lambda m: table(m.ids % 500),
    "a head of 100 classes from 0": lambda m: table(_hundred(m, 100)),
    "a head of 200 classes from 0": lambda m: _hundred(m, 200),
    "ids over 1000": lambda m: table(_replaced(m, np.arange(0, ROWS, 40), 1234)),
    "negative ids": lambda m: table(_replaced(m, np.arange(0, ROWS, 40), -7)),
    "fractions": lambda m: table(m.ids + np.where(np.arange(ROWS) % 40 == 0, 0.5, 0)),
    "reversed and from 1": lambda m: table((m.ids + 1)[::-1]),
    "ranks and from 1": lambda m: (m.ids + 1)[_ranks(4)],
    "the second half from 1": lambda m: table(np.where(np.arange(ROWS) >= 25_000, m.ids + 1, m.ids)),
    "the first 3 % from 1": lambda m: np.where(np.arange(ROWS) < 1_500, m.ids + 1, m.ids),
    "one of 8 ranks from 1": lambda m: table(np.where(np.arange(ROWS) % 8 == 5, m.ids + 1, m.ids)),
    "the second half by another list": lambda m: table(
        np.where(np.arange(ROWS) >= 25_000, m.random.permutation(1000)[m.ids], m.ids)
    ),
    "the last fifth sorted as text": lambda m: np.where(np.arange(ROWS) >= 40_000, _as_text_numbers(m), m.ids),
}
"""Other class ids than the data set's."""

FEW = slice(0, 50_000)


def _set_of_five(m: Material, how: str) -> np.ndarray:
    ranked = m.ranked()
    if how == "sorted":
        return np.sort(ranked, axis=1)
    if how == "reversed":
        return ranked[:, ::-1]
    if how == "argpartition":
        # what it leaves: a pivot, the rest in any order; the first is right more often than by chance
        keys = m.random.random(ranked.shape) + np.where(np.arange(5) == 0, -0.2, 0.0)
        return np.take_along_axis(ranked, np.argsort(keys, axis=1), axis=1)
    return m.random.permuted(ranked, axis=1)


COLUMNS: dict[str, Make] = {
    "five sorted by id": lambda m: _set_of_five(m, "sorted"),
    "five shuffled": lambda m: _set_of_five(m, "shuffled"),
    "five of argpartition": lambda m: _set_of_five(m, "argpartition"),
    "five, worst first": lambda m: _set_of_five(m, "reversed"),
    "two, worst first": lambda m: m.ranked(2)[:, ::-1],
    "prediction and target": lambda m: np.column_stack([m.ids, m.targets]),
    "target and prediction": lambda m: np.column_stack([m.targets, m.ids]),
    "row number and prediction": lambda m: np.column_stack([np.arange(ROWS), m.ids]),
    "prediction, target and whether right": lambda m: np.column_stack([m.ids, m.targets, m.ids == m.targets]),
    "the targets": lambda m: table(m.targets),
    "the targets, array": lambda m: m.targets,
    "the targets but for 1 %": lambda m: table(np.where(m.random.random(ROWS) < 0.01, m.ids, m.targets)),
    "five in batches of 64 gathered": lambda m: m.ranked()[_gathered(4, 64)],
}
"""Columns that are not what their place says."""

SCORES: dict[str, Make] = {
    "scores sorted in every row": lambda m: np.sort(m.scores(), axis=1),
    "negative scores": lambda m: -m.scores(),
    "scores, background first": lambda m: np.column_stack([np.full(ROWS, -5, np.float16), m.scores()]),
    "scores, background last": lambda m: np.column_stack([m.scores(), np.full(ROWS, -5, np.float16)]),
    "scores transposed": lambda m: np.ascontiguousarray(m.scores().T),
    "scores, columns permuted": lambda m: m.scores()[:, m.random.permutation(1000)],
    "scores, 5 % of the rows 0": lambda m: _with_rows(m, _some(m, 0.05), 0),
    "scores, 5 % of the rows NaN": lambda m: _with_rows(m, _some(m, 0.05), np.nan),
    "scores, class folders": lambda m: m.scores()[_folders(m)],
    "scores of half of the images": lambda m: m.scores(slice(0, 25_000)),
}
"""Matrices of scores."""


def _with_rows(m: Material, where: np.ndarray, value: float) -> np.ndarray:
    scores = m.scores()
    scores[where] = value
    return scores


ROW_SETS: dict[str, Make] = {
    "training names": lambda m: table(m.ids, np.array([f"n01440764_{i}.JPEG" for i in range(ROWS)])),
    "test names": lambda m: table(m.ids, np.char.replace(NAMES, "_val_", "_test_")),
    "truncated at 31,000": lambda m: table(m.ids).head(31_000),
    "truncated at 49,000, array": lambda m: m.ids[:49_000],
    "first row lost": lambda m: m.ids[1:],
    "last row lost": lambda m: m.ids[:-1],
    "conflicting rows": lambda m: table(np.append(m.ids, (m.ids[:2000] + 1) % 1000), np.append(NAMES, NAMES[:2000])),
    "two models under one name": lambda m: table(np.append(m.ids, m.ids ^ 1), np.append(NAMES, NAMES)),
    "names off by one": lambda m: table(m.ids, np.roll(NAMES, 1)),
    "half of the names off by one": lambda m: table(
        m.ids, np.concatenate([NAMES[:25_000], np.roll(NAMES[25_000:], 1)])
    ),
    "another data set's rows": lambda m: m.random.choice(m.ids, 10_000),
}
"""Rows that are not those of the data set."""

CORRUPTIONS: dict[str, Make] = {
    **ROW_ORDERS, **LOST_ORDERS, **UNFILLED, **NUMBERINGS, **COLUMNS, **SCORES, **ROW_SETS
}  # fmt: skip
