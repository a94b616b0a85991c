import numpy as np
import pytest

from errata.classes.proposals import META_LABELS, PROMPT, Proposer
from errata.classes.wordnet import spoken


@pytest.fixture(scope="module")
def proposer(nouns, wnids):
    sharing = np.eye(1000, dtype=bool)
    sharing[281, 340] = sharing[340, 281] = True  # tabby with zebra, a mate that no other way leads to
    return Proposer(nouns, tuple(nouns.synset(wnid).offset for wnid in wnids), sharing)


def names(proposer, offsets):
    return [proposer.wordnet.synsets[offset].lemmas[0] for offset in offsets]


def test_the_universe_of_proposals_has_the_papers_size(proposer):
    # REFERENCE: over all 1000 classes 6,213 synsets, 10,664 (synset, lemma) rows, 9,930 distinct prompts
    lemmas = [lemma for offset in proposer.universe() for lemma in proposer.wordnet.synsets[offset].lemmas]
    prompts = {PROMPT.format(lemma=spoken(lemma)) for lemma in lemmas}
    assert (len(proposer.universe()), len(lemmas), len(prompts)) == (6213, 10664, 9930)


def test_there_are_20_meta_labels():
    assert len(META_LABELS) == 20


def test_the_prediction_comes_first_then_its_superclass_mates_then_its_siblings(proposer):
    proposed = names(proposer, proposer.synsets(281, 0))
    assert proposed[:2] == ["tabby", "zebra"]
    assert "Siamese_cat" in proposed


def test_ancestors_are_proposed_from_the_first_meta_label_on(proposer):
    proposed = names(proposer, proposer.synsets(281, 517))
    assert "feline" in proposed
    assert "organism" in proposed  # the first meta-label on the path
    assert "living_thing" not in proposed


def test_synsets_that_are_the_target_or_above_it_are_blocked(proposer):
    proposed = names(proposer, proposer.synsets(281, 283))  # the target is the Persian cat
    assert "Persian_cat" not in proposed
    assert "cat" not in proposed
    assert "feline" not in proposed
    assert "Burmese_cat" in proposed


def test_superclass_mates_are_never_blocked(proposer):
    assert "zebra" in names(proposer, proposer.synsets(281, 340))


def test_there_is_one_prompt_per_synset_and_lemma(proposer):
    prompts = proposer.prompts(281, 0)
    assert prompts["prompt"][0] == "A photo of a tabby"
    assert prompts.select("offset", "lemma").is_unique().all()
