"""How well comparisons of two models are calibrated, and how long they take.

    python tests/bench/bench_paired.py --quick       a minute
    python tests/bench/bench_paired.py               the figures of docs/comparing.md

Populations are made from pairs of real models where the real-data folder and an atlas are there: in every class, the
transitions of the pair, mixed with four images' worth of the pair's overall ones. Otherwise they are made up. Samples
are drawn class by class with the real class sizes, so the truth is known. Each line gives the range over the pairs.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from many_models import PROJECT, real_predictions

from errata.atlas.compiled import Atlas, read_atlas
from errata.paired.compare import LEVEL, compare_pair, read_pair
from errata.paired.differences import (
    Difference,
    difference_of_counts,
    difference_of_means,
    difference_of_shares,
    exact_p,
    membership,
    mid_p,
    relative_change,
)
from errata.paired.gate import NO_RISE, check_gate, watched_by_default
from errata.paired.transitions import Transitions
from errata.profiles.answers import COUNTED
from errata.profiles.intervals import Z, mean_of_classes, share
from errata.profiles.statistics import ACCEPTED, MULTI_LABEL_ERROR_CODES, codes_of

PAIRS = (
    ("resnet50", "resnet101"),
    ("resnet18", "resnet101"),
    ("pnasnet_large_tf", "nasnetalarge"),
    ("alexnet", "senet154"),
)
BORROWED = 4.0
"""Images of the pair's overall transitions that every class is mixed with."""

AT_ONCE = 25
RIGHT, MLA = codes_of("correct"), codes_of(*ACCEPTED)
FINE, OVERLAP = codes_of("fine_grained"), codes_of("class_overlap")


@dataclass(frozen=True)
class Population:
    """How probable every transition is in each class, and how many images of the class a sample has."""

    name: str
    probable: np.ndarray
    sizes: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """The expected number of images of every transition."""
        return self.probable * self.sizes[:, None, None]

    def samples(self, rng: np.random.Generator, times: int) -> Iterator[np.ndarray]:
        """Yield samples, some at a time: float64, shape (some, classes, outcomes, outcomes)."""
        flat = self.probable.reshape(len(self.sizes), -1)
        used = flat.sum(axis=0) > 0
        flat = flat[:, used] / flat[:, used].sum(axis=1, keepdims=True)
        for start in range(0, times, AT_ONCE):
            some = min(AT_ONCE, times - start)
            drawn = np.zeros((some, len(self.sizes), COUNTED * COUNTED))
            drawn[:, :, used] = rng.multinomial(np.broadcast_to(self.sizes, (some, len(self.sizes))), flat)
            yield drawn.reshape(some, *self.probable.shape)


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, default=PROJECT / "results/imagenet/atlas/labels.parquet")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--groups", nargs="*", default=["all", "other"])
    parser.add_argument("--quick", action="store_true", help="fewer samples, no bootstrap")
    options = parser.parse_args()
    samples = 100 if options.quick else options.samples
    rng = np.random.default_rng(7)
    for group in options.groups:
        populations = _populations(options.atlas, group)
        print(f"{group}: {len(populations)} populations, {samples} samples of each", flush=True)
        _print_ranges([_coverage(each, rng, samples) for each in populations])
        if not options.quick:
            # drawing again from a thousand classes takes long, and says less: few of them are small
            times = samples // (5 if group == "other" else 50)
            _print_ranges([_bootstrap_coverage(each, rng, times) for each in populations])
        for title, change in (("alike in every class", _alike), ("alike on the whole only", _mirrored)):
            alarms = [_alarms(change(each), rng, samples) for each in populations]
            _print_ranges([{f"false alarms, {title}: {name}": rate for name, rate in each.items()} for each in alarms])


def _populations(path: Path, group: str) -> list[Population]:
    predictions = real_predictions()
    if not path.is_file() or predictions is None:
        return [_made_up(number, group) for number in range(3)]
    atlas, found = read_atlas(path), []
    for a, b in PAIRS:
        answers, _ = read_pair(predictions / f"{a}.parquet", predictions / f"{b}.parquet", atlas)
        start = time.perf_counter()
        comparison = compare_pair(atlas, answers)
        seconds = time.perf_counter() - start
        if group == "all":
            print(f"compare {a} and {b}, all groups: {seconds:.2f} s")
        counted = next(each for each in comparison.transitions if each.group == group)
        found.append(_population(f"{a}, {b}", counted))
    return found


def _population(name: str, counted: Transitions) -> Population:
    present = counted.sizes > 0
    sizes, counts = counted.sizes[present], counted.counts[present]
    overall = counted.matrix / counted.sizes.sum()
    return Population(name, (counts + BORROWED * overall) / (sizes + BORROWED)[:, None, None], sizes)


def _made_up(seed: int, group: str) -> Population:
    rng = np.random.default_rng(seed)
    sizes = np.full(900, 18) if group == "all" else np.array([1] * 100 + [2, 3, 4] * 10 + [18] * 70)
    codes = [*RIGHT, *OVERLAP, *codes_of("multi_label"), *FINE, *codes_of("open_world_unchecked")[-1:]]
    a, b = np.array([0.72, 0.01, 0.05, 0.08, 0.14]), np.array([0.78, 0.01, 0.05, 0.06, 0.10])
    together = 0.6 * np.diag(np.minimum(a, b) / np.minimum(a, b).sum()) + 0.4 * np.outer(a, b)
    probable = np.zeros((len(sizes), COUNTED, COUNTED))
    drawn = rng.dirichlet(together.ravel() / 0.3, len(sizes)).reshape(len(sizes), len(codes), len(codes))
    probable[:, np.array(codes)[:, None], np.array(codes)[None, :]] = drawn
    return Population(f"made up {seed}", probable, sizes)


def _alike(population: Population) -> Population:
    probable = (population.probable + population.probable.transpose(0, 2, 1)) / 2
    return Population(population.name, probable, population.sizes)


def _mirrored(population: Population) -> Population:
    """Keep classes in pairs of one size, the second the mirror of the first: better for A there as for B here."""
    order = np.argsort(population.sizes, kind="stable")
    pairs = order[: len(order) // 2 * 2].reshape(-1, 2)
    firsts = pairs[population.sizes[pairs[:, 0]] == population.sizes[pairs[:, 1]]][:, 0]
    probable = population.probable[firsts]
    both = np.stack([probable, probable.transpose(0, 2, 1)], axis=1).reshape(-1, *probable.shape[1:])
    return Population(population.name, both, np.repeat(population.sizes[firsts], 2))


def _statistics(sizes: np.ndarray) -> dict[str, Callable[[np.ndarray], Difference]]:
    severe = tuple(code for code in MULTI_LABEL_ERROR_CODES if code not in FINE)
    return {
        "top-1": lambda t: difference_of_counts(t, sizes, RIGHT),
        "count, fine-grained": lambda t: difference_of_counts(t, sizes, FINE),
        "count, all after fine-grained": lambda t: difference_of_counts(t, sizes, severe),
        "count, class overlap": lambda t: difference_of_counts(t, sizes, OVERLAP),
        "share, fine-grained": lambda t: difference_of_shares(t, sizes, FINE, MULTI_LABEL_ERROR_CODES),
        "MLA": lambda t: difference_of_means(t, sizes, MLA),
    }


def _coverage(population: Population, rng: np.random.Generator, times: int) -> dict[str, float]:
    covered: dict[str, list[np.ndarray]] = {}
    sizes, expected = population.sizes, population.expected
    true_fine = expected.sum(axis=2)[:, list(FINE)].sum() / expected.sum(axis=2)[:, MULTI_LABEL_ERROR_CODES].sum()
    true_mla = (population.probable.sum(axis=2) @ membership(MLA)).mean()
    true_change = relative_change(expected, sizes, FINE)[0]
    for sample in population.samples(rng, times):
        alone = sample.sum(axis=-1)
        of_one = {
            "one model: share, fine-grained": (
                share(alone @ membership(FINE), alone @ membership(MULTI_LABEL_ERROR_CODES), sizes),
                true_fine,
            ),
            "one model: MLA": (
                mean_of_classes(alone @ membership(MLA), np.broadcast_to(sizes, alone.shape[:2])),
                true_mla,
            ),
        }
        for name, (found, truth) in of_one.items():
            covered.setdefault(name, []).append((found.low <= truth) & (truth <= found.high))
        for name, compare in _statistics(sizes).items():
            found, truth = compare(sample), compare(expected).value
            covered.setdefault(f"difference: {name}", []).append((found.low <= truth) & (truth <= found.high))
        _, low, high = relative_change(sample, sizes, FINE)
        covered.setdefault("change in per cent, fine-grained", []).append((low <= true_change) & (true_change <= high))
    return {f"coverage, {name}": float(np.mean(np.concatenate(found))) for name, found in covered.items()}


def _bootstrap_coverage(population: Population, rng: np.random.Generator, times: int) -> dict[str, float]:
    """Percentile intervals of 200 samples drawn again within the classes of a sample."""
    covered: dict[str, list[bool]] = {}
    wanted = {name: _statistics(population.sizes)[name] for name in ("top-1", "count, class overlap", "MLA")}
    for some in population.samples(rng, times):
        for sample in some:
            again = Population("", sample / population.sizes[:, None, None], population.sizes)
            drawn: dict[str, list[np.ndarray]] = {}
            for resample in again.samples(rng, 200):
                for name, compare in wanted.items():
                    drawn.setdefault(name, []).append(compare(resample).value)
            for name, compare in wanted.items():
                low, high = np.quantile(np.concatenate(drawn[name]), [0.025, 0.975])
                covered.setdefault(name, []).append(low <= compare(population.expected).value <= high)
    return {f"coverage, bootstrap within classes: {name}": float(np.mean(found)) for name, found in covered.items()}


def _alarms(population: Population, rng: np.random.Generator, times: int) -> dict[str, float]:
    alarms: dict[str, list[bool]] = {}
    atlas = _without_open_world()
    for sample in population.samples(rng, times):
        for name, codes in (("top-1", RIGHT), ("fine-grained", FINE), ("class overlap", OVERLAP)):
            for test in (mid_p, exact_p):
                found = [test(*each) < LEVEL for each in _split(sample, codes)]
                alarms.setdefault(f"{name}, {test.__name__}", []).extend(found)
            difference = difference_of_counts(sample, population.sizes, codes)
            found = (np.abs(difference.value) > Z * difference.deviation).tolist()
            alarms.setdefault(f"{name}, normal", []).extend(found)
        mla = difference_of_means(sample, population.sizes, MLA)
        alarms.setdefault("MLA, normal", []).extend((np.abs(mla.value) > Z * mla.deviation).tolist())
        for watched in (("fine_grained",), watched_by_default(atlas)):
            allowances = dict.fromkeys(watched, NO_RISE)
            gates = (check_gate(Transitions("all", each, population.sizes), atlas, allowances) for each in sample)
            alarms.setdefault(f"gate, {len(watched)} watched", []).extend(not gate.is_open for gate in gates)
    return {name: float(np.mean(found)) for name, found in alarms.items()}


def _split(sample: np.ndarray, codes: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    counts = membership(codes).astype(bool)
    matrices = sample.sum(axis=1)
    gained = matrices[:, ~counts][:, :, counts].sum(axis=(1, 2)).astype(int)
    lost = matrices[:, counts][:, :, ~counts].sum(axis=(1, 2)).astype(int)
    return zip(gained.tolist(), lost.tolist(), strict=True)


def _without_open_world() -> Atlas:
    undefined = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")
    return Atlas("labels", "samples", pl.DataFrame(), np.empty((0, 0), np.uint8), pl.DataFrame(), 0, undefined)


def _print_ranges(rates: list[dict[str, float]]) -> None:
    for name in rates[0]:
        values = [100 * each[name] for each in rates]
        print(f"  {name}: {np.mean(values):.1f} % ({min(values):.1f} to {max(values):.1f})", flush=True)


if __name__ == "__main__":
    main()
