"""An accumulator, fed batch by batch in any number of processes, gives what all predictions at once give."""

import multiprocessing
import pickle
import threading
import tracemalloc
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import polars as pl
import pytest

import errata
from python_api.conftest import scores_of
from python_api.made_up import feed, part_of


@pytest.fixture
def positions(atlas):
    return atlas.images["folder_rank"].to_numpy()


@pytest.fixture
def whole(atlas, predicted, file_names):
    return errata.profile(scores_of(predicted), atlas, names=file_names).table


def test_batches_of_scores_give_what_all_of_them_give(atlas, predicted, positions, whole):
    assert feed(errata.Accumulator(atlas), scores_of(predicted), positions).compute().table.equals(whole)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_the_size_of_batches_does_not_matter(size, atlas, predicted, positions, whole):
    assert feed(errata.Accumulator(atlas), scores_of(predicted), positions, size=size).compute().table.equals(whole)


def test_images_may_be_named_by_file_names(atlas, predicted, file_names, whole):
    assert feed(errata.Accumulator(atlas), scores_of(predicted), tuple(file_names)).compute().table.equals(whole)


def test_tensors_are_taken(atlas, predicted, positions, whole):
    torch = pytest.importorskip("torch")
    scores, indices = torch.tensor(scores_of(predicted), requires_grad=True), torch.tensor(positions)
    assert feed(errata.Accumulator(atlas), scores, indices).compute().table.equals(whole)


@pytest.mark.parametrize(
    "given",
    [
        lambda p: p,
        lambda p: p.tolist(),
        lambda p: p.astype(np.float32),
        lambda p: [f"class {i}" for i in p],
        lambda p: np.stack([p, (p + 1) % 9], axis=1),
    ],
    ids=["class ids", "a list", "whole floats", "class names", "ranked class ids"],
)
def test_predictions_are_taken_in_place_of_scores(given, atlas, predicted, positions, whole):
    assert feed(errata.Accumulator(atlas), given(predicted), positions).compute().table.equals(whole)


def test_the_scores_of_a_single_image_are_taken(atlas, predicted, positions, whole):
    accumulator = errata.Accumulator(atlas)
    for scores, position in zip(scores_of(predicted), positions, strict=True):
        accumulator.update(scores, int(position))
    assert accumulator.compute().table.equals(whole)


def test_rows_without_names_come_in_the_order_of_the_accumulator(atlas, predicted, file_names, whole, tmp_path):
    order = tmp_path / "order.txt"
    order.write_text("\n".join(file_names))
    assert feed(errata.Accumulator(atlas, order=order), scores_of(predicted), None).compute().table.equals(whole)


def test_the_doctor_judges_what_was_gathered(atlas, predicted, positions):
    scores = scores_of(predicted)
    scores[np.flatnonzero(~atlas.images["is_problematic"].to_numpy())[0]] = np.nan
    found = errata.diagnose(scores, atlas, names=positions)
    with pytest.raises(errata.InputError, match="not_finite"):
        feed(errata.Accumulator(atlas), scores, positions).compute()
    assert [each.kind for each in found[0].findings] == ["not_finite"]


def test_scores_that_are_negated_are_found(atlas, predicted, positions):
    scores = -scores_of(predicted)
    kinds = {each.kind for each in errata.diagnose(scores, atlas, names=positions)[0].findings}
    assert "scores_negated" in kinds
    with pytest.raises(errata.InputError, match="scores_negated"):
        feed(errata.Accumulator(atlas), scores, positions).compute()


# repeated images


def test_images_that_a_sampler_repeats_count_once_and_are_said(atlas, predicted, positions, whole):
    scores = scores_of(predicted)
    accumulator = feed(errata.Accumulator(atlas), scores, positions)
    accumulator.update(scores[:2] * np.array([[1.0], [-1.0]]), positions[:2])
    found = accumulator.compute()
    assert found.table.equals(whole)
    assert "2 prediction(s) are of images that came before" in found.diagnoses[0].findings[-1].message
    assert "1 differ" in found.diagnoses[0].findings[-1].message


def test_two_passes_without_a_reset_are_refused(atlas, predicted, positions):
    accumulator = feed(errata.Accumulator(atlas), predicted, positions)
    feed(accumulator, np.roll(predicted, 1), positions)
    with pytest.raises(errata.InputError, match=r"two passes .* Call reset\(\) before each pass"):
        accumulator.compute()


def test_a_reset_begins_anew(atlas, predicted, positions, whole):
    accumulator = feed(errata.Accumulator(atlas), np.roll(predicted, 1), positions)
    accumulator.reset()
    assert len(accumulator) == 0
    assert feed(accumulator, predicted, positions).compute().table.equals(whole)


# several processes


def split(scores, positions, processes=2):
    """Split images as torch's DistributedSampler does, which repeats the first so that all parts are as long."""
    places = np.arange(-(-len(scores) // processes) * processes) % len(scores)
    return [(scores[places[rank::processes]], positions[places[rank::processes]]) for rank in range(processes)]


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_two_processes_give_what_one_gives(method, atlas, predicted, positions, whole):
    accumulator = errata.Accumulator(atlas)
    accumulator.update(scores_of(predicted)[:3], positions[:3])  # polars has been used before the fork
    accumulator.reset()
    sent = [(accumulator, *part) for part in split(scores_of(predicted), positions)]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        parts = list(pool.map(part_of, sent, timeout=120))
    assert accumulator.merge(parts).compute().table.equals(whole)


def test_an_odd_number_of_images_in_two_processes_is_padded(atlas, predicted, positions, whole):
    parts = [feed(errata.Accumulator(atlas), *part) for part in split(scores_of(predicted), positions, processes=3)]
    assert sum(map(len, parts)) == 402
    assert errata.Accumulator(atlas).merge(parts).compute().table.equals(whole)


@pytest.mark.parametrize("rank", [0, 1])
def test_gathered_parts_may_hold_a_copy_of_ones_own(rank, atlas, predicted, positions, whole):
    parts = [feed(errata.Accumulator(atlas), *part) for part in split(scores_of(predicted), positions)]
    gathered = pickle.loads(pickle.dumps(parts))
    found = parts[rank].merge(gathered).compute()
    assert found.table.equals(whole)
    assert found.diagnoses[0].findings == ()


def test_a_process_without_images_adds_nothing(atlas, predicted, positions, whole):
    one = feed(errata.Accumulator(atlas), scores_of(predicted), positions)
    assert one.merge(errata.Accumulator(atlas)).compute().table.equals(whole)


def test_a_state_is_made_of_arrays_and_plain_values(atlas, predicted, positions, whole):
    state = feed(errata.Accumulator(atlas, model="vit"), scores_of(predicted), positions).state_dict()
    assert {type(value) for value in state.values()} <= {np.ndarray, int, str, type(None)}
    other = errata.Accumulator(atlas)
    other.load_state_dict(state)
    assert other.compute().models == ("vit",)
    assert len(other) == len(predicted)


def test_rows_without_names_cannot_be_merged(atlas, predicted):
    one, other = (feed(errata.Accumulator(atlas), part, None) for part in (predicted[:200], predicted[200:]))
    with pytest.raises(errata.InputError, match="have no names"):
        one.merge(other)


def test_accumulators_of_different_atlases_cannot_be_merged(atlas):
    with pytest.raises(errata.InputError, match="different atlases"):
        errata.Accumulator(atlas).merge(errata.Accumulator("imagenet"))


def test_several_threads_may_update_one(atlas, predicted, positions, whole):
    accumulator, scores = errata.Accumulator(atlas), scores_of(predicted)
    parts = [slice(start, start + 100) for start in range(0, 400, 100)]
    threads = [
        threading.Thread(target=feed, args=(accumulator, scores[part], positions[part]), kwargs={"size": 1})
        for part in parts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert accumulator.compute().table.equals(whole)


# memory


def test_the_scores_of_fifty_thousand_images_take_a_megabyte():
    accumulator = errata.Accumulator()
    scores = np.random.default_rng(0).random((500, 1000), dtype=np.float32)
    tracemalloc.start()
    for start in range(0, 50_000, 500):
        accumulator.update(scores, np.arange(start, start + 500))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(accumulator) == 50_000
    assert held < 1_000_000


# what cannot be taken


@pytest.mark.parametrize(
    ("scores", "names", "message"),
    [
        (np.zeros((4, 9)), [0, 1], "4 predictions but 2 names"),
        (np.zeros((4, 5)) + 0.5, [0, 1, 2, 3], "expected 9 columns, one per class"),
        (np.array([0.5, 0.25]), [0, 1], r"0\.5 is no class id\. Give scores"),
        (np.array([True, False]), [0, 1], "found an array of bool"),
        ([1, 2], [0, 400], "position 400 is none of the 400 images"),
        ([1, 2], [0.5, 1.5], "expected file names, or positions"),
        (None, [0], "expected class ids, names or scores|found None|array of object|no dimension"),
        ([], [], "empty"),
    ],
)
def test_a_batch_that_cannot_be_taken_is_refused_at_once(scores, names, message, atlas):
    with pytest.raises(errata.InputError, match=message):
        errata.Accumulator(atlas).update(scores, names)


def test_batches_are_given_in_one_way(atlas):
    accumulator = errata.Accumulator(atlas)
    accumulator.update([1, 2], [0, 1])
    with pytest.raises(errata.InputError, match="Give every batch in the same way"):
        accumulator.update([3], ["0003.JPEG"])


def test_nothing_cannot_be_profiled(atlas):
    with pytest.raises(errata.InputError, match=r"Call update\(scores, names\)"):
        errata.Accumulator(atlas).compute()


def test_accumulators_of_atlases_that_were_built_from_frames_are_told_apart_by_what_they_say(tmp_path):
    classes, names = pl.DataFrame({"name": ["a", "b"]}), [f"{number}.png" for number in range(4)]
    built = [
        errata.build_atlas(
            classes, pl.DataFrame({"file_name": names, "label": list(labels)}), tmp_path / labels, name="mine"
        )
        for labels in ("abab", "baba")
    ]
    one, other = (errata.Accumulator(atlas) for atlas in built)
    one.update([0], names[:1])
    other.update([1], names[1:2])
    with pytest.raises(errata.InputError, match="different atlases"):
        one.merge(other)


def test_accumulators_of_different_models_cannot_be_merged(atlas, predicted, file_names):
    one, other = errata.Accumulator(atlas, model="one"), errata.Accumulator(atlas, model="other")
    one.update(predicted[:5], file_names[:5])
    other.update(predicted[5:9], file_names[5:9])
    with pytest.raises(errata.InputError, match="different models: 'one' and 'other'"):
        one.merge(other)


@pytest.mark.parametrize(
    "state", [None, {}, {"labels": np.arange(3)}, {"model": "m", "labels": np.arange(3), "images": np.arange(2)}]
)
def test_a_state_that_is_none_is_refused(state, atlas):
    with pytest.raises(errata.InputError, match="not what state_dict"):
        errata.Accumulator(atlas).load_state_dict(state)


def test_names_have_an_order(atlas, predicted, file_names):
    with pytest.raises(errata.InputError, match="a set, which has no order"):
        errata.Accumulator(atlas).update(predicted[:5], set(file_names[:5]))


def test_an_order_is_no_list(atlas, predicted, file_names):
    with pytest.raises(errata.InputError, match="Names of rows are names="):
        errata.profile(predicted, atlas, order=list(file_names))


def test_names_of_a_model_that_there_is_not_are_refused(atlas, predicted, file_names):
    with pytest.raises(errata.InputError, match="no predictions of other"):
        errata.profile({"mine": predicted}, atlas, names={"other": file_names})
