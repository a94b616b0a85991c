"""How often paired intervals cover the truth, and tests raise a false alarm: simulated, from fixed seeds."""

import numpy as np
import pytest

from errata.paired.compare import LEVEL
from errata.paired.differences import (
    difference_of_counts,
    difference_of_means,
    difference_of_shares,
    exact_p,
    holm,
    mid_p,
    relative_change,
)
from errata.paired.gate import Allowance, check_gate
from errata.paired.transitions import Transitions
from errata.profiles.intervals import Z
from paired.made_pairs import made_atlas
from paired.populations import (
    EIGHTEEN_EACH,
    FAILURE,
    FINE_GRAINED,
    MANY_OF_ONE,
    MULTI_LABEL,
    RIGHT,
    alike_in_every_class,
    alike_on_the_whole,
    population,
    samples,
)

pytestmark = pytest.mark.slow

ACCEPTED = (RIGHT, MULTI_LABEL)
ERRORS = (FINE_GRAINED, FAILURE)
sizes_each = pytest.mark.parametrize("sizes", [EIGHTEEN_EACH, MANY_OF_ONE], ids=["18 each", "many of one"])


def drawn(seed, sizes, *, populations=40, times=40, change=lambda probable: probable, alikeness=0.6, spread=0.3):
    """Yield (probable, samples) of some populations."""
    rng = np.random.default_rng(seed)
    for _ in range(populations):
        probable = change(population(rng, sizes, alikeness=alikeness, spread=spread))
        yield probable, samples(rng, probable, sizes, times)


@sizes_each
@pytest.mark.parametrize("alikeness", [0.2, 0.8])
def test_paired_intervals_cover_the_truth_in_93_to_97_per_cent(sizes, alikeness):
    covered = {name: [] for name in ("failures", "relative", "share", "mla", "top1")}
    for probable, sample in drawn(1, sizes, alikeness=alikeness):
        expected = probable * sizes[:, None, None]
        for name, compare in {
            "failures": lambda t: difference_of_counts(t, sizes, (FAILURE,)),
            "top1": lambda t: difference_of_counts(t, sizes, (RIGHT,)),
            "share": lambda t: difference_of_shares(t, sizes, (FAILURE,), ERRORS),
            "mla": lambda t: difference_of_means(t, sizes, ACCEPTED),
        }.items():
            found, truth = compare(sample), compare(expected).value
            covered[name].append((found.low <= truth) & (truth <= found.high))
        _, low, high = relative_change(sample, sizes, (FAILURE,))
        truth = relative_change(expected, sizes, (FAILURE,))[0]
        covered["relative"].append((low <= truth) & (truth <= high))
    rates = {name: float(np.mean(found)) for name, found in covered.items()}
    assert all(0.93 <= rate <= 0.97 for rate in rates.values()), rates


def split(sample, codes):
    """Images that only B and that only A counts, of every sample."""
    counts = np.isin(np.arange(sample.shape[-1]), codes)
    matrices = sample.sum(axis=1)
    gained = matrices[:, ~counts][:, :, counts].sum(axis=(1, 2)).astype(int)
    lost = matrices[:, counts][:, :, ~counts].sum(axis=(1, 2)).astype(int)
    return list(zip(gained.tolist(), lost.tolist(), strict=True))


@sizes_each
def test_false_alarms_at_5_per_cent_are_5_per_cent_where_the_models_are_alike_in_every_class(sizes):
    alarms = {name: [] for name in ("top1 mid-p", "top1 exact", "failures mid-p", "forgiven mid-p", "mla normal")}
    for _, sample in drawn(2, sizes, populations=50, change=alike_in_every_class):
        alarms["top1 mid-p"] += [mid_p(*each) < LEVEL for each in split(sample, (RIGHT,))]
        alarms["top1 exact"] += [exact_p(*each) < LEVEL for each in split(sample, (RIGHT,))]
        alarms["failures mid-p"] += [mid_p(*each) < LEVEL for each in split(sample, (FAILURE,))]
        alarms["forgiven mid-p"] += [mid_p(*each) < LEVEL for each in split(sample, (MULTI_LABEL,))]
        mla = difference_of_means(sample, sizes, ACCEPTED)
        alarms["mla normal"] += (np.abs(mla.value) > Z * mla.deviation).tolist()
    rates = {name: float(np.mean(found)) for name, found in alarms.items()}
    assert all(0.04 <= rate <= 0.06 for name, rate in rates.items() if "mid-p" in name), rates
    assert rates["top1 exact"] < rates["top1 mid-p"], rates
    assert 0.03 <= rates["mla normal"] <= 0.07, rates  # as the interval covers 93 to 97 per cent


def test_where_each_model_is_better_at_half_of_the_classes_mcnemars_test_is_conservative():
    sizes = EIGHTEEN_EACH
    mid, normal = [], []
    for _, sample in drawn(3, sizes, change=alike_on_the_whole, spread=1.0):
        mid += [mid_p(*each) < LEVEL for each in split(sample, (RIGHT,))]
        top1 = difference_of_counts(sample, sizes, (RIGHT,))
        normal += (np.abs(top1.value) > Z * top1.deviation).tolist()
    assert np.mean(mid) < 0.04
    assert 0.04 <= np.mean(normal) <= 0.06


def test_among_all_categories_a_false_alarm_is_raised_in_5_per_cent_or_less():
    any_alarm = []
    for _, sample in drawn(4, EIGHTEEN_EACH, change=alike_in_every_class):
        by_category = [split(sample, (code,)) for code in (MULTI_LABEL, FINE_GRAINED, FAILURE)]
        for splits in zip(*by_category, strict=True):
            any_alarm.append(holm([mid_p(*each) for each in splits]).min() < LEVEL)
    assert 0.03 <= np.mean(any_alarm) <= 0.06


@pytest.mark.parametrize("unit", ["%", "pp"])
@pytest.mark.parametrize("watched", [("model_failure",), ("model_failure", "fine_grained")], ids=["one", "two"])
def test_the_gate_closes_in_5_per_cent_where_every_rise_is_just_what_is_allowed(watched, unit):
    atlas, closed = made_atlas(np.arange(3)), []
    worse = drawn(5, EIGHTEEN_EACH, change=lambda probable: probable.transpose(0, 2, 1))
    for probable, sample in worse:
        allowances = {name: true_rise(probable, code, unit) for name, code in zip(watched, ERRORS[::-1], strict=False)}
        closed += [
            not check_gate(Transitions("all", each, EIGHTEEN_EACH), atlas, allowances).is_open for each in sample
        ]
    assert 0.04 <= np.mean(closed) <= 0.06


def true_rise(probable, code, unit):
    expected = probable * EIGHTEEN_EACH[:, None, None]
    baseline, candidate = expected[:, code].sum(), expected[:, :, code].sum()
    whole = baseline if unit == "%" else EIGHTEEN_EACH.sum()
    return Allowance(100 * (candidate - baseline) / whole, unit)
