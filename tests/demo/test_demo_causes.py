"""Each planted cause against the decision rules: if the confuser is predicted, the cause is the first that holds."""

import numpy as np
import polars as pl
import pytest

from errata.classes.pairs import count_cooccurrence, spurious_matrix
from errata.classes.vocabulary import build_classes
from errata.labels.multilabels import read_multilabels
from errata.labels.reassessed import read_real
from errata.labels.targets import read_targets
from errata_demo.names import CLASSES, WNIDS
from errata_demo.plans import PLANS
from errata_demo.training import demo_proposer
from errata_demo.world import class_ids

IDS = {name: class_id for class_id, name in enumerate(CLASSES)}


@pytest.fixture(scope="module")
def pairs(demo_tables, demo_sharing):
    """Which pairs of classes are spurious-prone in the demo's re-assessed labels, multi-label images left out."""
    wnids = list(CLASSES.values())
    real = read_real(demo_tables / "real.json", read_targets(demo_tables / "targets.csv", wnids))
    annotated = read_multilabels(demo_tables / "multilabels.json", wnids)["file_name"].to_list()
    counted = real.filter(~pl.col("file_name").is_in(annotated))
    return spurious_matrix(count_cooccurrence(counted, demo_sharing), len(CLASSES))


def planted(demo_pictures, cause):
    """Target, labels (unclear ones too) and confuser of every picture with a cause, as class ids."""
    ids = class_ids()
    for picture in demo_pictures.values():
        if picture.cause == cause:
            labels = [ids[wnid] for wnid in picture.labels + picture.unclear]
            yield ids[picture.target], labels, ids[picture.confuser]


def test_the_confuser_is_never_the_target(demo_pictures):
    assert all(picture.confuser != picture.target for picture in demo_pictures.values())


def test_planted_pictures_count_and_show_their_target(demo_pictures):
    planted = [picture for picture in demo_pictures.values() if picture.cause]
    assert all(picture.is_annotated and not picture.is_problematic for picture in planted)
    assert all(picture.target in picture.labels for picture in planted)


def test_an_overlapping_confuser_is_accepted_for_the_target(demo_pictures, demo_overlap):
    assert all(demo_overlap[target, confuser] for target, _, confuser in planted(demo_pictures, "class_overlap"))


def test_a_multi_label_confuser_is_labelled(demo_pictures):
    assert all(confuser in labels for _, labels, confuser in planted(demo_pictures, "multi_label"))


def test_a_fine_grained_confuser_shares_a_superclass_but_is_not_labelled(demo_pictures, demo_sharing):
    for _, labels, confuser in planted(demo_pictures, "fine_grained"):
        assert demo_sharing[labels, confuser].any()
        assert confuser not in labels


@pytest.mark.parametrize("cause", ["fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure"])
def test_a_later_cause_leaves_the_earlier_rules_no_hold(demo_pictures, demo_sharing, demo_overlap, cause):
    for target, labels, confuser in planted(demo_pictures, cause):
        assert not demo_sharing[labels, confuser].any()
        assert not demo_overlap[target, confuser]


def test_a_spurious_confuser_habitually_occurs_with_the_target(demo_pictures, pairs):
    assert all(pairs[labels, confuser].any() for _, labels, confuser in planted(demo_pictures, "spurious_correlation"))


@pytest.mark.parametrize("cause", ["fine_grained_oov", "non_prototypical", "model_failure"])
def test_other_confusers_do_not(demo_pictures, pairs, cause):
    assert not any(pairs[labels, confuser].any() for _, labels, confuser in planted(demo_pictures, cause))


def test_what_is_out_of_vocabulary_is_proposed_for_the_confuser(demo_nouns):
    proposer = demo_proposer(demo_nouns)
    for plan in PLANS:
        if plan.cause == "fine_grained_oov":
            offset = demo_nouns.synset(WNIDS[plan.other]).offset
            assert offset in proposer.synsets(IDS[plan.confuser], IDS[plan.target])


def test_only_the_picture_knows_what_is_out_of_vocabulary(demo_pictures):
    for picture in demo_pictures.values():
        if picture.cause == "fine_grained_oov":
            shown = {thing.wnid for thing in picture.scene.things}
            assert shown - set(CLASSES.values())
            assert picture.labels == (picture.target,)


def test_every_group_has_every_kind_of_cause_but_overlap(demo_pictures, demo_nouns):
    groups = np.array(build_classes(list(CLASSES.values()), demo_nouns)["group"])
    for cause in ("multi_label", "fine_grained", "fine_grained_oov", "spurious_correlation", "model_failure"):
        found = {groups[target] for target, _, _ in planted(demo_pictures, cause)}
        assert found == {"organism", "artifact", "other"}, cause
