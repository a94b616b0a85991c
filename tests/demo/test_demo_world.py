import itertools
from collections import Counter

import pytest

from errata.classes.vocabulary import build_classes, read_vocabulary
from errata.classes.wordnet import wnid_of
from errata_demo.habits import HABITS, MATES, SETTINGS
from errata_demo.names import CLASSES, LOOK_ALIKES, WNIDS
from errata_demo.plans import PLANS
from errata_demo.world import imagenet_m, training_pictures, validation_pictures

CAUSES = {
    "class_overlap",
    "multi_label",
    "fine_grained",
    "fine_grained_oov",
    "spurious_correlation",
    "non_prototypical",
    "model_failure",
}


def test_the_vocabulary_file_lists_the_classes_of_the_demo(project):
    assert read_vocabulary(project / "resources/vocabularies/demo.csv") == list(CLASSES.values())


def test_every_class_of_the_demo_is_a_class_of_imagenet(project):
    assert set(CLASSES.values()) <= set(read_vocabulary(project / "resources/vocabularies/imagenet1k.csv"))


def test_the_demo_has_classes_of_all_groups(demo_nouns):
    groups = Counter(build_classes(list(CLASSES.values()), demo_nouns)["group"])
    assert all(groups[group] >= 5 for group in ("organism", "artifact", "other"))


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_a_sibling_of_its_class_and_unknown_to_imagenet(project, demo_nouns, name):
    wnid, alike = LOOK_ALIKES[name]
    assert name.replace(" ", "_") in demo_nouns.synset(wnid).lemmas
    siblings = {wnid_of(offset) for offset in demo_nouns.siblings(demo_nouns.synset(CLASSES[alike]).offset)}
    assert wnid in siblings
    assert wnid not in read_vocabulary(project / "resources/vocabularies/imagenet1k.csv")


def test_everything_has_a_usual_place():
    assert set(SETTINGS) == set(WNIDS)


def test_look_alikes_share_a_superclass(demo_sharing):
    ids = {name: class_id for class_id, name in enumerate(CLASSES)}
    assert all(demo_sharing[ids[mates[0]], ids[mate]] for mates in MATES for mate in mates)


def test_a_habitual_scene_belongs_to_one_class_alone():
    scenes = [habit.backdrop for habit in HABITS.values() if habit.backdrop]
    usual = {backdrop for setting in SETTINGS.values() for backdrop in setting.backdrops}
    assert len(set(scenes)) == len(scenes)
    assert not usual & set(scenes)


def test_the_same_seed_gives_the_same_world():
    assert validation_pictures(3) == validation_pictures(3)
    assert list(validation_pictures(3)) == list(validation_pictures(4))
    assert validation_pictures(3) != validation_pictures(4)


def test_worlds_share_no_individual_with_training(demo_pictures):
    seen = {thing for picture in training_pictures(1).values() for thing in picture.scene.things}
    assert not seen & {thing for picture in demo_pictures.values() for thing in picture.scene.things}


def test_a_thousand_pictures_are_annotated_and_some_are_not(demo_pictures):
    annotated = sum(picture.is_annotated for picture in demo_pictures.values())
    assert annotated >= 1000
    assert len(demo_pictures) - annotated >= 200


def test_every_cause_is_planted_often(demo_pictures):
    planted = Counter(picture.cause for picture in demo_pictures.values())
    assert set(planted) == CAUSES | {None}
    assert all(planted[cause] >= 60 for cause in CAUSES)


def test_file_names_tell_nothing_about_the_cause(demo_pictures):
    causes = [picture.cause for _, picture in sorted(demo_pictures.items())]
    runs = sum(one != other for one, other in itertools.pairwise(causes))
    planted = sum(cause is not None for cause in causes)
    assert runs > planted  # sorted by cause there would be a handful


def test_some_pictures_are_problematic_some_labels_unclear_some_files_broken(demo_pictures):
    pictures = demo_pictures.values()
    assert sum(picture.is_problematic for picture in pictures) >= 5
    assert any(picture.is_problematic and not picture.labels for picture in pictures)
    assert sum(bool(picture.unclear) for picture in pictures) >= 5
    assert sorted(picture.fault for picture in pictures if picture.fault != "none") == ["empty", "truncated"]


def test_imagenet_m_names_annotated_pictures_that_count(demo_pictures):
    chosen = [demo_pictures[name] for name in imagenet_m(demo_pictures)]
    assert chosen
    assert all(picture.is_annotated and not picture.is_problematic for picture in chosen)


def test_plans_name_each_cause(demo_pictures):
    assert {plan.cause for plan in PLANS} == CAUSES
