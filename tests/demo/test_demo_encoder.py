import numpy as np
import pytest

from errata.classes.wordnet import spoken
from errata.files import sha256_of
from errata_demo.captions import caption_words, list_captions
from errata_demo.encoder import CONTEXT_LENGTH, IMAGE_SIZE, EncoderRecipe, learn_merges, train_encoder, write_merges
from errata_demo.names import LOOK_ALIKES, WNIDS
from errata_demo.training import demo_proposer


@pytest.fixture(scope="module")
def captions(demo_nouns):
    return list_captions(demo_proposer(demo_nouns), WNIDS.values())


@pytest.fixture(scope="module")
def tokenizer(captions, tmp_path_factory):
    from open_clip.tokenizer import SimpleTokenizer

    path = tmp_path_factory.mktemp("merges") / "merges.txt.gz"
    write_merges(learn_merges(caption_words(captions), 500), path)
    return SimpleTokenizer(str(path), context_length=CONTEXT_LENGTH)


def test_the_most_frequent_pair_is_merged_first():
    assert learn_merges(["low", "low", "lot"], 2) == [("l", "o"), ("lo", "w</w>")]


def test_merging_stops_when_all_words_are_whole():
    assert learn_merges(["ab"], 10) == [("a", "b</w>")]


def test_merges_are_written_alike_each_time(tmp_path):
    for name in ("one.gz", "two.gz"):
        write_merges([("l", "o")], tmp_path / name)
    assert sha256_of(tmp_path / "one.gz") == sha256_of(tmp_path / "two.gz")


def test_open_clip_reads_the_merges_and_no_caption_is_cut(captions, tokenizer):
    longest = max(len(tokenizer.encode(f"A photo of a {name}")) for name in captions.lemmas)
    assert longest + 2 <= CONTEXT_LENGTH
    assert tokenizer.decode(tokenizer.encode("A photo of a zebra")).strip() == "a photo of a zebra"


def test_everything_that_is_drawn_can_be_proposed(captions):
    assert all(len(rows) for rows in captions.own.values())


def test_captions_list_every_name_of_the_proposals(captions, demo_nouns):
    proposed = [
        spoken(name) for offset in demo_proposer(demo_nouns).universe() for name in demo_nouns.synsets[offset].lemmas
    ]
    assert sorted(captions.lemmas) == sorted(proposed)


def test_a_caption_names_the_thing_more_often_than_its_kind(captions):
    said = captions.targets([WNIDS["Maltese cat"]], [1.0])
    by_name = {captions.lemmas[row]: said[row] for row in np.flatnonzero(said)}
    assert set(by_name) == {"maltese", "maltese cat", "domestic cat", "house cat", "felis domesticus", "felis catus"}
    assert by_name["maltese cat"] > by_name["house cat"]
    assert said.sum() == pytest.approx(1)


def test_names_that_are_true_of_a_picture_are_no_counter_examples(captions):
    against = captions.counts([WNIDS["zebra"]])
    named = {captions.lemmas[row] for row in np.flatnonzero(~against)}
    assert {"zebra", "equine", "mammal", "animal"} <= named
    assert "mule" not in named


def test_look_alikes_stand_against_the_class_that_they_resemble(captions):
    for wnid, alike in LOOK_ALIKES.values():
        assert captions.counts([WNIDS[alike]])[captions.own[wnid]].all()


def test_a_short_training_lowers_the_loss_and_repeats_itself(captions, tokenizer):
    recipe = EncoderRecipe(
        "test_efficientnet", dims=16, width=16, layers=1, pictures=0, epochs=3, rate=3e-3, strangers=8, seed=5
    )
    wnids = [WNIDS[name] for name in ("zebra", "lemon")] * 96
    pixels = np.zeros((len(wnids), IMAGE_SIZE, IMAGE_SIZE, 3), np.uint8)
    pixels[1::2, :, :, :2] = 250
    said = np.stack([captions.targets([wnid], [1.0]) for wnid in wnids])
    against = np.stack([captions.counts([wnid]) for wnid in wnids])
    runs = [train_encoder(recipe, pixels, said, against, captions=captions, tokenizer=tokenizer) for _ in range(2)]
    (weights, losses), (again, _) = runs
    assert losses[-1] < losses[0]
    assert all(weights[name].equal(again[name]) for name in weights)
