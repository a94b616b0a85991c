"""A few hundred mutated files; `python -m doctor.fuzz 2000` reads more of them."""

import pytest

from doctor.fuzz import MEMORY, SEEDS, fuzz, mutated


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_mutated_files_are_read_or_refused_in_one_sentence_and_little_memory(count):
    outcomes, peak = fuzz(count)
    assert [outcome for outcome in outcomes if outcome.what not in ("read", "refused")] == []
    assert len(outcomes) == count
    assert peak < MEMORY


@pytest.mark.parametrize("kind", SEEDS)
def test_a_mutated_file_is_the_same_every_time(kind):
    assert mutated(kind, 3) == mutated(kind, 3)
    assert mutated(kind, 3) != SEEDS[kind][1]()
