"""Which file plays which part: decided from the configuration and the sheets alone."""

import os
from dataclasses import replace

import pytest
import yaml

from errata.errors import InputError
from errata.models import Model, read_models
from errata.plan.jobs import released_view
from errata.plan.run import AHEAD_OF_VIEWS, Plan, check
from errata.published.paper import PaperModel
from errata.sheets import read_datasets, with_multilabels
from errata.sources.registry import read_sources

ATLASES = ["errata", "paper", "labels"]


def model(name: str, view: str = "224-256-bicubic-center") -> Model:
    return Model(name, "timm", name.split("@")[0], "pretrained", 224, "imagenet1k", view)


@pytest.fixture
def plan(project, tmp_path, monkeypatch) -> Plan:
    """ImageNet with its images in place, and three models of which two share a view."""
    monkeypatch.chdir(project)
    config = yaml.safe_load((project / "config/config.yaml").read_text())
    for name in ("val.tar", "train.tar"):
        (tmp_path / name).touch()
    images = {"imagenet": str(tmp_path / "val.tar"), "imagenet-train": str(tmp_path / "train.tar")}
    models = [model("a@224"), model("b@224"), model("c@224", "288-288-bicubic-center")]
    return Plan(
        config=config | {"datasets": ["imagenet"], "atlases": ATLASES, "models": ["*"], "images": images},
        datasets=read_datasets("config/datasets.tsv"),
        models={row.model: row for row in models},
        predictions=[],
        atlases=yaml.safe_load((project / "config/atlases.yaml").read_text()),
        openworld=yaml.safe_load((project / "config/openworld.yaml").read_text()),
        sources=read_sources("resources/sources.tsv"),
    )


def with_config(plan: Plan, **changes) -> Plan:
    return replace(plan, config={**plan.config, **changes})


def with_facts(plan: Plan, name: str, **facts) -> Plan:
    return replace(plan, models=plan.models | {name: replace(plan.models[name], **facts)})


def test_atlases_with_an_open_world_need_the_training_images(plan):
    check(plan)
    assert plan.with_pixels == ["imagenet", "imagenet-train"]
    assert with_config(plan, atlases=["labels"], models=["*"]).with_pixels == ["imagenet"]
    assert with_config(plan, atlases=["labels"], models=[]).with_pixels == []


def test_reports_refer_to_the_images_where_they_hold_no_copies(plan):
    labels_only = with_config(plan, atlases=["labels"], models=[])
    images = plan.config["images"]["imagenet"]
    for changed, folder in (
        (with_config(plan, thumbnails=True), None),
        (with_config(plan, thumbnails=False), images),
        (with_config(labels_only, thumbnails=True), images),
        (with_config(labels_only, images={}), None),
    ):
        assert changed.image_folder("imagenet") == folder


def test_published_neighbours_take_the_place_of_the_training_images(plan):
    published = with_config(plan, neighbours={"imagenet": "published"})
    assert published.with_pixels == ["imagenet"]
    assert published.neighbours_of("imagenet", "paper") == "results/imagenet/neighbours/published.parquet"


def test_published_neighbours_are_refused_for_another_encoder(plan):
    published = with_config(plan, neighbours={"imagenet": "published"})
    with pytest.raises(InputError, match="uses the encoder 'vit-b-32', but the published neighbours"):
        published.neighbours_of("imagenet", "small-encoder")


def test_an_encoder_of_the_demo_world_stands_in_for_the_papers(plan):
    assert plan.encoder_of("imagenet", "paper") == "vit-l-14-336"
    assert plan.encoder_of("demo", "paper") == "demo-clip"


SHARED, ALONE = "224-256-bicubic-center", "288-288-bicubic-center"


def test_a_view_is_cached_for_models_that_share_it(plan):
    assert plan.views.is_cached("imagenet", SHARED)
    assert not plan.views.is_cached("imagenet", ALONE)
    assert plan.views.released("imagenet") == [released_view("imagenet", SHARED)]


@pytest.fixture
def ran(plan, tmp_path, monkeypatch):
    """A folder in which two models that share a view have run."""
    monkeypatch.chdir(tmp_path)
    for path in ("images.parquet", "predictions/a@224.parquet", "predictions/b@224.parquet"):
        file = tmp_path / "results/imagenet" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    note = tmp_path / released_view("imagenet", SHARED)
    note.parent.mkdir()
    note.touch()
    return tmp_path / "results/imagenet"


def test_nothing_is_cached_for_models_that_have_run(plan, ran):
    assert plan.views.released("imagenet") == []


def test_a_single_new_model_decodes_the_images_itself_and_two_share_them(plan, ran):
    one_more = replace(plan, models=plan.models | {"d@224": model("d@224")})
    assert one_more.views.waiting_for("imagenet", SHARED) == ["results/imagenet/predictions/d@224.parquet"]
    assert one_more.views.released("imagenet") == []
    two_more = replace(one_more, models=one_more.models | {"e@224": model("e@224")})
    assert two_more.views.released("imagenet") == [released_view("imagenet", SHARED)]


def test_all_models_wait_for_pixels_again_if_the_images_are_newer_than_what_they_said(plan, ran):
    os.utime(ran / "images.parquet", (2e9, 2e9))
    assert len(plan.views.waiting_for("imagenet", SHARED)) == 2


def test_models_run_on_annotated_images_only_where_a_data_set_has_some_and_the_setting_says_so(plan):
    assert plan.annotated_of("imagenet") == []
    annotated = with_config(plan, subset="annotated")
    assert annotated.annotated_of("imagenet") == ["results/imagenet/annotated.parquet"]
    data_set_without = replace(plan.datasets["imagenet"], multilabels=None)
    assert replace(annotated, datasets={"imagenet": data_set_without}).annotated_of("imagenet") == []


def test_long_models_come_before_short_ones_and_those_of_unknown_length(plan):
    known = with_facts(plan, "a@224", seconds=12.4)
    assert [known.priority_of(name) for name in ("a@224", "b@224", "c@224")] == [
        AHEAD_OF_VIEWS + seconds for seconds in (12, 0, 0)
    ]


def test_views_of_long_models_come_first_and_after_all_models_that_could_start(plan):
    known = with_facts(with_facts(plan, "a@224", seconds=12.4), "c@224", seconds=7)
    assert known.priority_of_view("imagenet", SHARED) == 12
    assert known.priority_of_view("imagenet", ALONE) == 7
    assert known.priority_of("b@224") > known.priority_of_view("imagenet", SHARED)


def test_models_run_on_data_sets_of_their_vocabulary(plan):
    assert [row.model for row in plan.models_on("imagenet")] == ["a@224", "b@224", "c@224"]
    assert plan.models_on("demo") == []


def test_what_the_sheet_says_of_the_models_that_run_is_handed_to_the_report(plan):
    told = with_facts(plan, "a@224", family="cnn", group="ResNet", parameters=5, licence="mit")
    assert list(told.described_on("imagenet")) == ["a@224", "b@224", "c@224"]
    assert told.described_on("imagenet")["a@224"] == {
        "parameters": 5,
        "training_data": None,
        "training_images": None,
        "architecture": "ResNet",
        "architecture_family": "cnn",
    }


def test_expectations_are_for_the_data_set_that_they_were_published_for(plan):
    known = with_facts(plan, "a@224", expected_top1=80.0, expected_from="timm_results")
    known.__dict__["paper_models"] = [PaperModel("timm--a", "a@224", None), PaperModel("facebook--gone", None, "lost")]
    assert known.expected_on("imagenet") == {"a@224": {"top1": 80.0, "source": "timm_results", "published": "timm--a"}}
    for published, expected in (
        ("imagenet_a", {"a@224": {"top1": None, "source": None, "published": "timm--a"}}),
        (None, {}),
    ):
        known.datasets["imagenet"] = replace(known.datasets["imagenet"], published=published)
        assert known.expected_on("imagenet") == expected


def test_images_that_are_not_there_yet_are_missing_and_leave_a_plan(plan):
    planned = with_config(plan, images=plan.config["images"] | {"imagenet": "nowhere.tar"})
    check(planned)
    assert planned.missing == {"nowhere.tar": "imagenet"}
    assert planned.pixels("imagenet") == []


def test_paths_under_results_are_not_missing(plan):
    planned = with_config(plan, images=plan.config["images"] | {"imagenet": "results/drawn.tar"})
    assert planned.missing == {}


def test_labels_that_are_to_be_given_and_are_not_are_asked_for(plan):
    demo = with_config(plan, datasets=["demo"], multilabels={})
    with pytest.raises(InputError, match=r"its multilabels are given, so say where with multilabels: \{demo: PATH\}"):
        demo.inputs.multilabels_of("demo")


def test_every_model_of_the_sheet_has_a_view_of_its_size(project):
    models = read_models(project / "config/models.tsv").values()
    assert models
    assert [row.model for row in models if not row.view.startswith(f"{row.size}-")] == []


def test_an_atlas_with_re_assessed_labels_is_compiled_where_there_are_some(plan):
    both = with_config(plan, datasets=["imagenet", "imagenet-a"], atlases=["labels", "labels-reassessed"])
    assert both.atlases_of("imagenet") == ["labels", "labels-reassessed"]
    assert both.atlases_of("imagenet-a") == ["labels"]
    assert both.labels_of("imagenet", "labels-reassessed") == "results/imagenet/reassessed.parquet"
    with pytest.raises(InputError, match=r"has the label set 'real', but .* no re-assessed labels of data set"):
        both.labels_of("imagenet-a", "labels-reassessed")


def test_all_reports_are_those_of_atlases_with_the_usual_labels(plan):
    both = with_config(plan, atlases=["labels", "labels-reassessed"], reports="all")
    assert both.reported == ["labels"]
    assert with_config(plan, atlases=["labels-reassessed"], reports="all").reported == ["labels-reassessed"]


def test_a_data_set_whose_source_is_a_tar_takes_its_images_and_targets_from_it(plan):
    tar = "results/sources/imagenet_a/imagenet-a.tar"
    assert (plan.inputs.images_of("imagenet-a"), plan.inputs.targets_of("imagenet-a")) == (tar, tar)


def test_a_compressed_source_is_unpacked_for_its_images(plan):
    unpacked = "results/sources/imagenet_v2_top_images/unpacked"
    assert plan.inputs.images_of("imagenet-v2-top-images") == unpacked


def test_images_of_ones_own_take_the_place_of_the_source(plan):
    given = with_config(plan, images={"imagenet-a": "mine"})
    assert (given.inputs.images_of("imagenet-a"), given.inputs.targets_of("imagenet-a")) == ("mine", "mine")


def test_a_model_is_told_to_answer_among_the_own_classes_only_where_the_sheet_says_so(plan):
    assert plan.how_to_run("a@224", "imagenet-a-200") == plan.how_to_run("a@224", "imagenet-a") | {"answers": "own"}


def test_multi_labels_that_the_configuration_names_are_taken_where_the_sheet_has_none(project):
    sheet = read_datasets(project / "config/datasets.tsv")
    known = with_multilabels(sheet, ["imagenet-a", "imagenet"])
    assert (sheet["imagenet-a"].multilabels, known["imagenet-a"].multilabels) == (None, "given")
    assert known["imagenet"] == sheet["imagenet"]
    assert known["imagenet-r"] == sheet["imagenet-r"]


def test_a_list_of_a_part_leaves_the_whole_data_set_its_targets(plan, tmp_path):
    (tmp_path / "first.csv").write_text("file_name,class_id\n")
    given = {"targets": {"imagenet": str(tmp_path / "first.csv")}}
    whole = with_config(plan, **given).inputs
    assert (whole.targets_of("imagenet"), whole.part_of("imagenet")) == (str(tmp_path / "first.csv"), None)
    part = with_config(plan, parts=["imagenet"], **given).inputs
    assert part.targets_of("imagenet") == plan.inputs.targets_of("imagenet")
    assert part.part_of("imagenet") == str(tmp_path / "first.csv")
