import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from atlas.test_decision import compiled
from atlas.world import random_world
from errata.atlas.compiled import METADATA_KEY, read_atlas, write_atlas
from errata.errors import InputError


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


def test_an_atlas_with_other_outcomes_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    write_atlas(atlas, path)
    metadata = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("errata")}
    notes = json.loads(metadata[METADATA_KEY])
    notes["outcomes"][0]["category"] = "right"
    pl.read_parquet(path).write_parquet(path, metadata=metadata | {METADATA_KEY: json.dumps(notes)})
    with pytest.raises(InputError, match="Compile the atlas again"):
        read_atlas(path)


def test_a_code_that_no_outcome_has_is_refused(atlas, tmp_path):
    path = tmp_path / "a.parquet"
    atlas.outcomes[3, 4] = 200
    write_atlas(atlas, path)
    with pytest.raises(InputError, match="code 200"):
        read_atlas(path)
