import numpy as np
import polars as pl
import pytest

from atlas.literal import decide as decide_literally
from atlas.world import random_world
from errata.atlas.decision import PROBLEMATIC_RULES, RULES, compile_atlas
from errata.atlas.outcomes import OUTCOMES, SENTENCES
from errata.categories import CATEGORY_COLUMNS


def compiled(world, *, with_open_world):
    return compile_atlas(
        world.labels,
        world.classes,
        world.knowledge,
        name="test",
        dataset="world",
        dataset_images=world.labels.height,
        has_multilabels=True,
        is_oov=world.is_oov if with_open_world else None,
    )


@pytest.mark.parametrize("with_open_world", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_every_decision_equals_the_literal_one(seed, with_open_world):
    world = random_world(seed)
    atlas = compiled(world, with_open_world=with_open_world)
    for row, image in enumerate(world.labels.iter_rows(named=True)):
        for prediction in range(world.classes.height):
            expected = decide_literally(
                target=image["target"],
                multi_labels=image["multi_labels"],
                prediction=prediction,
                problematic=image["is_problematic"],
                overlap=world.knowledge.overlap,
                shares=world.knowledge.sharing,
                spurious=world.knowledge.spurious,
                non_prototypical=image["is_non_prototypical"],
                oov=world.is_oov[row, prediction] if with_open_world else None,
            )
            outcome = OUTCOMES[atlas.outcomes[row, prediction]]
            assert (outcome.category, outcome.provisional_category) == expected, (image, prediction)


def test_the_random_worlds_reach_every_outcome():
    reached = set()
    for seed in range(8):
        for with_open_world in (False, True):
            reached |= set(np.unique(compiled(random_world(seed), with_open_world=with_open_world).outcomes))
    assert reached == {outcome.code for outcome in OUTCOMES}


def test_the_last_rule_of_each_list_holds_for_every_answer():
    world = random_world(0)
    from errata.atlas.decision import facts_in_chunks

    for facts in facts_in_chunks(world.labels, world.knowledge):
        for rules in (RULES, PROBLEMATIC_RULES):
            assert rules[-1].name == "model_failure"
            assert rules[-1].holds(facts).all()


def test_spurious_correlation_is_asked_before_non_prototypical():
    # minimal severity would have it the other way round; the published code asks in this order
    names = [rule.name for rule in RULES]
    assert names.index("spurious_correlation") < names.index("non_prototypical")


def test_every_rule_has_a_sentence_and_every_category_a_column():
    assert {rule.name for rule in (*RULES, *PROBLEMATIC_RULES)} | {"open_world_unchecked"} == set(SENTENCES)
    counted = {outcome.category for outcome in OUTCOMES if not outcome.only_problematic}
    assert counted == {"correct", *CATEGORY_COLUMNS}


def test_the_size_of_the_chunks_does_not_matter():
    from errata.atlas.decision import decide, facts_in_chunks

    world = random_world(3)
    small, large = (
        np.concatenate([decide(facts) for facts in facts_in_chunks(world.labels, world.knowledge, chunk=chunk)])
        for chunk in (7, 1000)
    )
    assert np.array_equal(small, large)


def test_an_atlas_says_where_each_image_stands_among_all_images_in_class_folders():
    world = random_world(0)
    others = pl.DataFrame({"file_name": ["a0", "z9"], "position": [900, 901], "target": [0, 0]})
    columns = ["file_name", "position", "target"]
    targets = pl.concat([world.labels.select(columns), others.cast(world.labels.select(columns).schema)])
    atlas = compile_atlas(
        world.labels,
        world.classes,
        world.knowledge,
        name="test",
        dataset="world",
        dataset_images=targets.height,
        has_multilabels=True,
        targets=targets,
    )
    in_folders = targets.sort("target", "file_name")["file_name"].to_list()
    assert [in_folders[rank] for rank in atlas.images["folder_rank"]] == world.labels["file_name"].to_list()
