"""The scripts of the open world, one after the other, on a handful of images and an encoder of random weights."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.atlas.tables import EVIDENCE
from errata.classes.tables import CLASSES, COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.cli import main as command_line
from errata.errors import InputError
from errata.images.tables import IMAGES
from errata.inference.encoder import load_encoder
from errata.openworld.tables import NEIGHBOURS, PROMPTS, VERDICTS
from errata.tables import read_metadata, read_table, write_table
from errata.views.read import decode
from images.pictures import jpeg, tar_of
from openworld.forty_classes import WNIDS
from openworld.tiny_encoder import write_tiny_encoder

OPEN_WORLD = {"encoder": "tiny", "prompt": "photo", "neighbours": 4, "temperature": 100, "score": "lemma"}


@pytest.fixture(scope="module")
def scripts(project):
    """The `main` of every script by the name of its rule."""

    def load(rule):
        spec = importlib.util.spec_from_file_location(rule, project / f"workflow/scripts/{rule}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.main

    return load


@pytest.fixture(scope="module")
def made(project, scripts, forty, tmp_path_factory):
    """Everything from two tars to an atlas; one validation image and one training image are broken."""
    folder = tmp_path_factory.mktemp("openworld")
    nouns = str(project / "resources/wordnet/nouns.parquet")
    encoder = {"name": "tiny", "folder": str(write_tiny_encoder(folder / "tiny"))}
    at = {name: str(folder / f"{name}.parquet") for name in ("classes", "superclasses", "overlap", "cooccurrence")}
    write_table(forty.classes, CLASSES, at["classes"])
    write_table(forty.superclasses, SUPERCLASSES, at["superclasses"])
    for name, table in (("overlap", OVERLAP), ("cooccurrence", COOCCURRENCE)):
        write_table(pl.DataFrame(schema={key: value.dtype for key, value in table.columns.items()}), table, at[name])
    inference = {"encoder": encoder, "contract": 1, "device": "cpu", "threads": 1}
    for dataset, first_seed in (("val", 0), ("train", 100)):
        files = {f"{wnid}/{number}.JPEG": jpeg(first_seed + number) for number, wnid in enumerate(WNIDS)}
        files[f"{WNIDS[3]}/3.JPEG"] = b"broken"
        root = str(tar_of(folder / f"{dataset}.tar", files))
        at |= {f"{dataset}_{part}": str(folder / f"{dataset}.{part}.parquet") for part in ("targets", "images")}
        scripts("read_targets")(images=root, classes=at["classes"], output=at[f"{dataset}_targets"])
        scripts("index_images")(
            images=root, targets=at[f"{dataset}_targets"], output=at[f"{dataset}_images"], threads=1
        )
        scripts("embed_images")(
            images=root,
            index=at[f"{dataset}_images"],
            precision="auto",
            vectors_output=str(folder / f"{dataset}.npy"),
            notes_output=str(folder / f"{dataset}.json"),
            **inference,
        )
    at |= {name: str(folder / f"{name}.parquet") for name in ("labels", "prompts", "neighbours", "paper")}
    scripts("build_labels")(
        targets=at["val_targets"],
        classes=at["classes"],
        multilabels=None,
        experts=[],
        expert_lists=[],
        index=at["val_images"],
        output=at["labels"],
    )
    scripts("list_prompts")(classes=at["classes"], wordnet=nouns, template="A photo of a {lemma}", output=at["prompts"])
    scripts("embed_prompts")(
        prompts=at["prompts"],
        vectors_output=str(folder / "prompts.npy"),
        notes_output=str(folder / "prompts.json"),
        **inference,
    )
    given = SimpleNamespace(folder=folder, at=at, encoder=encoder, nouns=nouns)
    find_neighbours(scripts, given)
    decide_verdicts(scripts, given)
    compile_atlas(scripts, given)
    return given


def find_neighbours(scripts, given):
    scripts("find_neighbours")(
        vectors=str(given.folder / "val.npy"),
        index=given.at["val_images"],
        train_vectors=str(given.folder / "train.npy"),
        train_index=given.at["train_images"],
        train_targets=given.at["train_targets"],
        train_notes=str(given.folder / "train.json"),
        contract=1,
        device="cpu",
        output=given.at["neighbours"],
        threads=1,
    )


def decide_verdicts(scripts, given):
    tables = {name: given.at[name] for name in ("prompts", "neighbours", "labels", "classes", "superclasses")}
    scripts("decide_verdicts")(
        vectors=str(given.folder / "val.npy"),
        prompt_vectors=str(given.folder / "prompts.npy"),
        tables=tables | {"index": given.at["val_images"], "wordnet": given.nouns},
        open_world=OPEN_WORLD,
        output=str(verdicts_path(given.at["paper"])),
    )


def compile_atlas(scripts, given):
    tables = {name: given.at[name] for name in ("labels", "classes", "overlap", "superclasses", "cooccurrence")}
    scripts("compile_atlas")(
        name="paper",
        dataset="val",
        title="The paper's rules",
        has_multilabels=False,
        tables=tables | {"targets": given.at["val_targets"]},
        verdicts=str(verdicts_path(given.at["paper"])),
        neighbours=given.at["neighbours"],
        train_index=given.at["train_images"],
        atlas=given.at["paper"],
        evidence=str(evidence_path(given.at["paper"])),
    )


def test_vectors_are_those_of_the_pixels_and_nan_where_there_are_none(made):
    encoder = load_encoder(made.encoder, device="cpu")
    index = read_table(IMAGES, made.at["val_images"])
    vectors = np.load(made.folder / "val.npy")
    assert vectors.dtype == np.float32
    assert vectors.shape == (40, 16)
    broken = index["problem"].is_not_null().to_numpy()
    assert broken.sum() == 1
    assert np.array_equal(np.isnan(vectors).all(axis=1), broken)
    readable = np.flatnonzero(~broken)
    pixels = torch.from_numpy(decode(made.folder / "val.tar", index, encoder.view, readable)).permute(0, 3, 1, 2)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (encoder.mean, encoder.std))
    expected = encoder.encode_images((pixels / 255 - mean) / std)
    assert np.allclose(vectors[readable], expected.numpy(), atol=1e-5)


def test_the_notes_say_what_made_the_vectors_and_hold_no_path(made):
    notes = json.loads((made.folder / "val.json").read_text())
    assert notes["encoder"] == "tiny"
    assert (notes["images"], notes["dimensions"]) == (40, 16)
    assert notes["unreadable"] == [f"{WNIDS[3]}/3.JPEG"]
    assert len(notes["sha256"]) == 64
    assert str(made.folder) not in json.dumps(notes)


def test_neighbours_are_of_readable_images_among_readable_ones(made):
    neighbours = read_table(NEIGHBOURS, made.at["neighbours"])
    assert neighbours.height == 39
    train = read_table(IMAGES, made.at["train_images"])
    broken = train.filter(pl.col("problem").is_not_null())["position"].item()
    assert neighbours["train_positions"].list.len().unique().to_list() == [39]
    assert not neighbours["train_positions"].list.contains(broken).any()


def test_the_atlas_says_how_the_open_world_was_asked_and_which_images_are_missing(made):
    atlas = read_atlas(made.at["paper"])
    settings = atlas.provenance["open_world"]
    assert {key: settings[key] for key in OPEN_WORLD} == OPEN_WORLD
    assert settings["ancestors"] == "count"
    assert settings["template"] == "A photo of a {lemma}"
    assert settings["encoder_notes"]["architecture"] == "tiny"
    assert settings["neighbours_from"] == {"train_images": 40, "contract": 1}
    assert [file_name for file_name, _ in atlas.unreadable] == [f"{WNIDS[3]}/3.JPEG"]
    assert "fine_grained_oov" not in atlas.undefined


def test_the_evidence_names_the_neighbours_that_the_atlas_uses(made):
    facts = read_table(EVIDENCE, evidence_path(made.at["paper"])).filter(kind="neighbour")
    assert facts.height == 39 * OPEN_WORLD["neighbours"]
    neighbours = read_table(NEIGHBOURS, made.at["neighbours"]).row(0, named=True)
    train = read_table(IMAGES, made.at["train_images"]).sort("position")["file_name"]
    own = facts.filter(file_name=neighbours["file_name"])
    expected = [f"{rank} {train[place]}" for rank, place in enumerate(neighbours["train_positions"][:4], start=1)]
    assert own["text"].to_list() == expected
    assert own["class_a"].to_list() == neighbours["train_classes"][:4]
    assert own["number"].to_list() == pytest.approx(neighbours["cosines"][:4])


def test_explain_tells_neighbours_proposals_and_what_comes_next(made, capsys):
    verdict = read_table(VERDICTS, verdicts_path(made.at["paper"])).filter("is_oov").row(0, named=True)
    arguments = ["explain", verdict["file_name"], str(verdict["predicted_class"]), "--atlas", made.at["paper"]]
    assert command_line(arguments) == 0
    text = capsys.readouterr().out
    assert "outcome      fine_grained_oov" in text
    assert f"nearest training image number {verdict['neighbour_rank']}" in text
    assert f"{verdict['best_lemmas'][0]} [n{verdict['best_offsets'][0]:08d}]" in text
    assert f"{verdict['proposals']} prompts competed" in text
    assert "otherwise    model_failure" in text
    assert text.count("  neighbour    ") == OPEN_WORLD["neighbours"]


def test_the_same_inputs_give_the_same_bytes(made, scripts):
    files = [made.at["neighbours"], verdicts_path(made.at["paper"]), made.at["paper"], evidence_path(made.at["paper"])]
    before = [Path(file).read_bytes() for file in files]
    find_neighbours(scripts, made)
    decide_verdicts(scripts, made)
    compile_atlas(scripts, made)
    assert [Path(file).read_bytes() for file in files] == before


def test_vectors_of_another_encoder_are_refused(made, scripts, tmp_path):
    notes = json.loads((made.folder / "train.json").read_text()) | {"sha256": "0" * 64}
    other = SimpleNamespace(**vars(made))
    other.folder = tmp_path
    for name in ("val.npy", "val.json", "train.npy"):
        (tmp_path / name).write_bytes((made.folder / name).read_bytes())
    (tmp_path / "train.json").write_text(json.dumps(notes))
    with pytest.raises(InputError, match="different encoders: `sha256`"):
        find_neighbours(scripts, other)


def test_vectors_of_another_data_set_are_refused(made, scripts, tmp_path):
    other = SimpleNamespace(**vars(made))
    other.folder = tmp_path
    for name in ("prompts.npy", "prompts.json", "val.json"):
        (tmp_path / name).write_bytes((made.folder / name).read_bytes())
    np.save(tmp_path / "val.npy", np.ones((3, 16), dtype=np.float32))
    with pytest.raises(InputError, match=r"expected float32 vectors of 40 images, found float32 of shape \(3, 16\)"):
        decide_verdicts(scripts, other)


def test_neighbours_can_be_imported(made, scripts, tmp_path):
    images = read_table(IMAGES, made.at["val_images"])
    folder = tmp_path / "artefacts" / "val"
    folder.mkdir(parents=True)
    np.savez(folder / "samples_info.npz", sample_files=np.array(images["location"].to_list()), targets=np.arange(40))
    classes = np.tile(np.arange(40), (40, 1))
    np.savez(folder / "valid_clip_knn.npz", topk_train_indices=classes * 7, topk_train_targets=classes)
    output = str(tmp_path / "published.parquet")
    scripts("import_neighbours")(
        folder=str(tmp_path), targets=made.at["val_targets"], classes=made.at["classes"], dataset="val", output=output
    )
    assert read_table(NEIGHBOURS, output)["train_classes"][0].to_list() == list(range(40))
    assert "authors" in read_metadata(output)["errata.neighbours"]


def test_the_prompts_know_their_template(made):
    assert read_metadata(made.at["prompts"])["errata.prompt_template"] == "A photo of a {lemma}"
    assert read_table(PROMPTS, made.at["prompts"])["prompt"].str.starts_with("A photo of a ").all()
