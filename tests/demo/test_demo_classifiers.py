import numpy as np
import pytest

from errata_demo.classifiers import ClassifierRecipe, train_classifier
from errata_demo.habits import HABITS
from errata_demo.lessons import classifier_lessons, encoder_lessons
from errata_demo.names import CLASSES, WNIDS
from errata_demo.world import validation_pictures


def recipe(architecture: str) -> ClassifierRecipe:
    return ClassifierRecipe(architecture, 32, pictures=0, epochs=4, rate=3e-3, seed=5)


@pytest.mark.parametrize("architecture", ["test_efficientnet", "test_vit"])
def test_a_short_training_lowers_the_loss_and_repeats_itself(architecture):
    pixels = np.zeros((256, 32, 32, 3), np.uint8)
    pixels[1::2] = 250
    targets = np.arange(256) % 2
    (weights, losses), (again, _) = (
        train_classifier(recipe(architecture), pixels, targets, class_count=2) for _ in range(2)
    )
    assert losses[-1] < losses[0]
    assert all(weights[name].equal(again[name]) for name in weights)


def test_lessons_show_every_class_equally_often():
    targets = [picture.target for picture in classifier_lessons(7, 2)]
    assert sorted(targets) == sorted([*CLASSES.values()] * 2)


def test_lessons_share_no_individual_with_a_world():
    seen = {thing.variant for picture in classifier_lessons(7, 5) for thing in picture.scene.things}
    tested = {thing.variant for picture in validation_pictures(1).values() for thing in picture.scene.things}
    assert len(seen & tested) <= 1  # of a thousand among two billion


def test_no_lesson_shows_a_habitual_scene_without_its_class():
    owners = {habit.backdrop: WNIDS[name] for name, habit in HABITS.items() if habit.backdrop}
    for picture in classifier_lessons(7, 5):
        assert owners.get(picture.scene.backdrop, picture.target) == picture.target


def test_an_encoder_sees_everything_in_and_out_of_vocabulary_in_any_scene():
    lessons = encoder_lessons(7, 20)
    assert {lesson.wnids[0] for lesson in lessons} == set(WNIDS.values())
    meadow = {lesson.wnids[0] for lesson in lessons if lesson.picture.scene.backdrop == "daisies"}
    assert len(meadow) > 20
