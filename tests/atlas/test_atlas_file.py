import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from atlas.flips import flip_bits
from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.compiled import METADATA_KEY, read_atlas, write_atlas
from errata.atlas.evidence import evidence_path, read_evidence, scan_verdicts, verdicts_path
from errata.atlas.seal import BYTES_KEY, SEAL_KEY, UNSTAMPED, seal_of, stamp_bytes
from errata.errors import InputError
from mistakes.answered import answered_world


@pytest.fixture
def atlas():
    return compiled(random_world(0), with_open_world=False)


def test_an_atlas_comes_back_as_it_was_written(atlas, tmp_path):
    write_atlas(atlas, tmp_path / "a.parquet")
    back = read_atlas(tmp_path / "a.parquet")
    assert back.images.equals(atlas.images)
    assert np.array_equal(back.outcomes, atlas.outcomes)
    assert back.classes.equals(atlas.classes)
    assert (back.name, back.dataset, back.dataset_images) == (atlas.name, atlas.dataset, atlas.dataset_images)
    assert back.undefined == atlas.undefined


def test_writing_twice_gives_the_same_bytes(atlas, tmp_path):
    write_atlas(atlas, tmp_path / "a.parquet")
    write_atlas(atlas, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_groups_of_an_image_are_those_of_any_of_its_labels(atlas):
    world = random_world(0)
    group_of = dict(world.classes.select("class_id", "group").iter_rows())
    expected = [{group_of[label] for label in labels} for labels in world.labels["multi_labels"]]
    for group in ("organism", "artifact", "other"):
        assert atlas.in_group(group).tolist() == [group in groups for groups in expected]


def test_without_open_world_evidence_the_later_categories_are_undefined(atlas):
    assert atlas.undefined == ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")


def test_without_multi_labels_or_expert_lists_those_categories_are_undefined():
    from errata.atlas.decision import undefined_categories

    labels = random_world(0).labels.with_columns(is_non_prototypical=pl.lit(None, dtype=pl.Boolean))
    undefined = undefined_categories(labels, has_multilabels=False, has_open_world=True)
    assert undefined == ("multi_label", "non_prototypical")


def test_images_that_cannot_be_read_stay_in_the_atlas_by_name(atlas, tmp_path):
    unreadable = (("broken.JPEG", "the file is empty"), ("worse.JPEG", "it ends early"))
    write_atlas(replace(atlas, unreadable=unreadable), tmp_path / "a.parquet")
    assert read_atlas(tmp_path / "a.parquet").unreadable == unreadable
    write_atlas(atlas, tmp_path / "b.parquet")
    assert read_atlas(tmp_path / "b.parquet").unreadable == ()


def test_a_file_that_is_no_atlas_is_refused(tmp_path):
    other = tmp_path / "other.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(other)
    text = tmp_path / "text.parquet"
    text.write_text("hello")
    for path, complaint in [
        (other, "expected an Errata atlas"),
        (text, "cannot be read"),
        (tmp_path / "nowhere.parquet", "there is no such file"),
    ]:
        with pytest.raises(InputError, match=complaint):
            read_atlas(path)


def rewrite(path, **changes):
    """Write an atlas anew, with its bytes stamped, but with other metadata."""
    metadata = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("errata")}
    frame = pl.read_parquet(path)
    frame.write_parquet(path, metadata=metadata | {BYTES_KEY: UNSTAMPED} | changes)
    stamp_bytes(path)


def test_an_atlas_with_other_outcomes_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    write_atlas(atlas, path)
    notes = json.loads(pl.read_parquet_metadata(path)[METADATA_KEY])
    notes["outcomes"][0]["category"] = "right"
    rewrite(path, **{METADATA_KEY: json.dumps(notes)})
    with pytest.raises(InputError, match="Compile the atlas again"):
        read_atlas(path)


def test_an_atlas_of_an_older_version_is_refused_with_what_to_do(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    write_atlas(atlas, path)
    rewrite(path, **{"errata.table_version": "1"})
    with pytest.raises(InputError, match=r"is of version 1, .* reads version \d+.* Compile it again"):
        read_atlas(path)


def test_an_atlas_without_a_seal_or_with_another_atlass_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    write_atlas(atlas, path)
    rewrite(path, **{SEAL_KEY: "0" * 64})
    with pytest.raises(InputError, match="its values are not those that were sealed"):
        read_atlas(path)
    metadata = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("errata")}
    pl.read_parquet(path).write_parquet(path, metadata=metadata | {BYTES_KEY: ""})
    with pytest.raises(InputError, match="carries no seal"):
        read_atlas(path)


def test_equal_atlases_have_equal_seals_and_any_other_value_gives_another(atlas, tmp_path):
    write_atlas(atlas, tmp_path / "a.parquet")
    frame, notes = pl.read_parquet(tmp_path / "a.parquet"), "notes"
    seals = {seal_of(changed, notes) for changed in (frame, frame.clone().rechunk())}
    assert seals == {seal_of(pl.concat([frame[:7], frame[7:]]), notes)}
    first = pl.int_range(pl.len()) == 0
    for other in [
        frame[::-1],
        frame.select(reversed(frame.columns)),
        frame.with_columns(file_name=pl.when(first).then(pl.lit("x")).otherwise("file_name")),
        frame.with_columns(target=pl.when(first).then(pl.col("target") + 1).otherwise("target")),
        frame.with_columns(in_other=pl.when(first).then(~pl.col("in_other")).otherwise("in_other")),
        frame.with_columns(is_imagenet_m=pl.when(first).then(None).otherwise("is_imagenet_m")),
    ]:
        seals.add(seal_of(other, notes))
    seals.add(seal_of(frame, "other notes"))
    assert len(seals) == 8


def test_any_flipped_bit_of_an_atlas_is_refused_in_one_sentence(atlas, tmp_path):
    write_atlas(atlas, tmp_path / "a.parquet")
    assert flip_bits(tmp_path / "a.parquet", read_atlas, flips=40) == {"refused": 40}


@pytest.mark.slow
def test_five_hundred_flipped_bits_of_a_small_and_of_a_real_atlas_are_refused(tmp_path):
    small, real = tmp_path / "small.parquet", Path("results/demo/atlas/labels.parquet")
    write_atlas(compiled(random_world(0, images=30), with_open_world=True), small)
    found = [small]
    if real.is_file():
        found.append(tmp_path / "real.parquet")
        found[1].write_bytes(real.read_bytes())
    for path in found:
        assert flip_bits(path, read_atlas, flips=500) == {"refused": 500}


def test_an_atlas_that_ends_early_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    write_atlas(atlas, path)
    content = path.read_bytes()
    for length in (0, 3, 100, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(InputError):
            read_atlas(path)


def test_evidence_of_another_atlas_or_a_damaged_one_is_refused(tmp_path):
    world = answered_world(checked=True)
    path = world.write_atlas(tmp_path)
    atlas, evidence, verdicts = read_atlas(path), evidence_path(path), verdicts_path(path)
    assert read_evidence(atlas, evidence).equals(world.evidence)
    assert scan_verdicts(atlas, verdicts).collect().equals(world.verdicts)
    assert flip_bits(evidence, partial(read_evidence, atlas), flips=20) == {"refused": 20}
    with pytest.raises(InputError, match="damaged or belongs to another atlas"):
        read_evidence(replace(atlas, beside={"evidence": "0" * 64}), evidence)
    with pytest.raises(InputError, match="was written without evidence"):
        read_evidence(replace(atlas, beside={}), evidence)
    verdicts.unlink()
    with pytest.raises(InputError, match="must lie beside it"):
        scan_verdicts(atlas, verdicts)
    assert scan_verdicts(replace(atlas, beside={}), verdicts) is None


def test_a_code_that_no_outcome_has_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    atlas.outcomes[3, 4] = 200
    write_atlas(atlas, path)
    with pytest.raises(InputError, match="code 200"):
        read_atlas(path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda atlas: atlas.outcomes.__setitem__((0, (atlas.targets[0] + 1) % 9), 0),
            "correct that is not",
        ),
        (lambda atlas: replace(atlas, name="../labels"), "cannot be the name"),
        (lambda atlas: replace(atlas, dataset_images=10), "positions must rise"),
        (lambda atlas: replace(atlas, images=atlas.images[::-1]), "positions must rise"),
        (
            lambda atlas: replace(atlas, images=atlas.images.with_columns(target=pl.lit(9, pl.Int16))),
            "target 9 is no",
        ),
        (lambda atlas: replace(atlas, classes=atlas.classes[::-1]), "ids 0 to 8"),
        (lambda atlas: replace(atlas, outcomes=atlas.outcomes[:, :8]), "must hold 9 uint8 codes"),
        (
            lambda atlas: replace(
                atlas,
                images=atlas.images.with_columns(is_problematic=pl.lit(value=False)),
                outcomes=np.where(atlas.outcomes == 0, 0, 12).astype(np.uint8),
            ),
            "only problematic images have",
        ),
    ],
)
def test_an_atlas_that_says_what_none_can_say_is_refused(atlas, tmp_path, change, complaint):
    write_atlas(change(atlas) or atlas, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=complaint):
        read_atlas(tmp_path / "a.parquet")
