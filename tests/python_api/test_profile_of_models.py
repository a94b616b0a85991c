"""A profile: its table, its errors, its report, and what it prints."""

import json
import re

import numpy as np
import polars as pl
import pytest

import errata
from errata.categories import CATEGORY_COLUMNS
from errata.predictions.tables import ERROR_FILE
from errata.profiles.summary import profile_markdown, profile_text, profile_values
from errata.results import Results
from python_api.conftest import predictions_of


@pytest.fixture
def profile(csv, atlas):
    return errata.profile(csv, atlas)


@pytest.fixture
def two(atlas, predicted, file_names):
    return errata.profile({"a": predicted, "b": predictions_of(atlas, seed=1)}, atlas, names=file_names)


@pytest.fixture(scope="session")
def classified(atlas, predicted, file_names, tmp_path_factory):
    """The same predictions, classified on the command line."""
    from errata.cli import main

    folder = tmp_path_factory.mktemp("classified")
    path = folder / "resnet.csv"
    pl.DataFrame({"file_name": file_names, "predicted_class": predicted}).write_csv(path)
    assert main(["classify", str(path), "--atlas", str(atlas.file), "--out", str(folder / "out"), "--no-report"]) == 0
    return Results(folder / "out")


TABLES = ("profile", "pooled", "what_if", "errors", "problematic", "evidence", "chance", "model_chance")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_that_of_the_command_line(name, profile, classified):
    tables = [getattr(results, name) for results in (profile.results, classified)]
    one, other = (table.collect() if isinstance(table, pl.LazyFrame) else table for table in tables)
    assert one.equals(other)


@pytest.mark.parametrize("name", ["comparison", "published", "estimate", "fidelity", "verdicts"])
def test_what_no_command_would_write_is_not_there(name, profile, classified):
    assert getattr(profile.results, name) is None
    assert getattr(classified, name) is None


def test_the_mistakes_are_those_of_the_command_line(profile, classified):
    assert profile.results.mistakes.mistakes.equals(classified.mistakes.mistakes)


def test_errors_have_names_and_models(profile):
    errors = profile.errors()
    assert errors.columns == ["model", *ERROR_FILE.columns]
    row = errors.row(0, named=True)
    assert row["target_name"] == f"class {row['target']}"
    assert errors.height == profile.table.filter(group="all")["top1_errors"][0]


def test_errors_of_a_category_are_as_many_as_the_table_counts(two):
    for category in CATEGORY_COLUMNS:
        counted = two.table.filter(group="all")[category]
        if counted.null_count() == 0:
            assert two.errors(category).height == counted.sum()


def test_provisional_categories_can_be_asked_for(profile):
    counted = profile.table.filter(group="all")["provisional_model_failure"][0]
    assert profile.errors("provisional_model_failure").height == counted > 0


@pytest.mark.parametrize(
    ("category", "message"),
    [
        ("model_failure", "does not check the open world.*'open_world_unchecked', or 'provisional_model_failure'"),
        ("fine_grained_oov", "does not check the open world.*'open_world_unchecked'"),
        ("multilabel", "Did you mean 'multi_label'"),
        ("correct", "'correct' is none of"),
    ],
)
def test_a_category_that_is_not_decided_is_refused(category, message, profile):
    with pytest.raises(errata.InputError, match=message):
        profile.errors(category)


def test_one_of_several_models_is_profiled_as_if_it_were_alone(two, atlas, predicted, file_names):
    alone = errata.profile({"a": predicted}, atlas, names=file_names)
    assert two["a"].table.equals(alone.table)
    assert two["a"].results.pooled.equals(alone.results.pooled)
    with pytest.raises(errata.InputError, match="'c' is none of the models a, b"):
        two["c"]


def test_it_prints_as_on_the_terminal(profile, two):
    assert str(profile) == profile_text(profile.results)
    assert profile.to_markdown() == profile_markdown(profile.results)
    assert json.loads(profile.to_json()) == json.loads(json.dumps(profile_values(profile.results)))
    assert "\n" not in repr(two)
    assert re.fullmatch(
        r"<Profile of 2 models on world: a [\d.]+ % top-1, [\d.]+ % MLA; b [\d.]+ % top-1, [\d.]+ % MLA>", repr(two)
    )


def test_many_models_are_named_shortly(atlas, predicted, file_names):
    many = errata.profile({f"model {i}": predicted for i in range(25)}, atlas, names=file_names)
    assert repr(many).endswith("; 22 more>")
    assert "… and 5 more" in many._repr_html_()


def test_names_are_escaped_in_a_notebook(atlas, predicted, file_names):
    name = "<script>alert(1)</script>"
    found = errata.profile({name: predicted}, atlas, names=file_names)
    shown = [found._repr_html_(), errata.diagnose({name: predicted}, atlas, names=file_names)._repr_html_()]
    shown.append(found.compare({"b": predicted}, names=file_names)._repr_html_())
    for html in shown:
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_a_pandas_frame_has_the_same_values(profile):
    pandas = pytest.importorskip("pandas")
    frame = profile.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == profile.table.columns
    assert frame["mla"].tolist() == profile.table["mla"].to_list()


@pytest.mark.slow
def test_the_report_has_the_pages_of_the_command_line(two, tmp_path):
    page = two.report(tmp_path / "report")
    assert page == tmp_path / "report" / "index.html"
    names = {path.name for path in page.parent.iterdir()}
    assert {"index.html", "explorer.html", "compare.html", "data", "models"} <= names
    with pytest.raises(errata.InputError):
        two.report(tmp_path)


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png"])
def test_a_figure_is_drawn_and_written(suffix, profile, tmp_path):
    path = tmp_path / f"figure.{suffix}"
    figure = profile.plot(path, width="column")
    assert path.stat().st_size > 1000
    assert figure.get_size_inches()[0] < 4


def test_a_comparison_is_drawn(two, tmp_path):
    two["a"].compare(two["b"]).plot(tmp_path / "pair.svg")
    assert "<svg" in (tmp_path / "pair.svg").read_text()


@pytest.mark.parametrize("options", [{"kind": "pie"}, {"width": "poster"}, {"path": "figure.docx"}, {"model": "vit"}])
def test_a_figure_that_there_is_not_is_refused(options, profile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errata.InputError):
        profile.plot(**options)


# comparing


def test_a_comparison_is_that_of_the_two_models(two, atlas, file_names):
    found = two["a"].compare(two["b"])
    assert found.models == ("a", "b")
    row = found.table.filter(group="all", statistic="top1").row(0, named=True)
    top1 = dict(two.table.filter(group="all").select("model", "top1").rows())
    assert (row["a"], row["b"]) == pytest.approx((top1["a"], top1["b"]))
    other = predictions_of(atlas, seed=1)
    again = two["a"].compare({"b": other}, names=file_names)
    assert again.table.equals(found.table)


def test_files_are_compared_as_profiles_are(csv, atlas, two):
    path = csv.with_name("b.csv")
    pl.DataFrame({"file_name": atlas.images["file_name"], "predicted_class": predictions_of(atlas, seed=1)}).write_csv(
        path
    )
    assert errata.compare(csv, path, atlas).table.equals(two["a"].compare(two["b"]).table)


def test_two_models_of_one_name_are_told_apart(csv, atlas):
    assert errata.compare(csv, csv, atlas).models == ("resnet (A)", "resnet (B)")


def test_a_comparison_is_of_two_models(two, csv, atlas):
    with pytest.raises(errata.InputError, match=r"this profile has 2: a, b. Choose one: profile\['a'\]"):
        errata.compare(two, csv, atlas)


def test_profiles_of_different_atlases_are_not_compared(profile, made_up):
    with pytest.raises(errata.InputError, match="different atlases"):
        profile.compare(errata.profile(made_up / "vit.csv"))


def test_a_comparison_is_saved(two, tmp_path):
    two["a"].compare(two["b"]).save(tmp_path / "out")
    assert (tmp_path / "out" / "changed_images.parquet").is_file()


# the doctor


def test_warnings_of_the_doctor_are_heard_where_they_arise(atlas, predicted, file_names):
    with pytest.warns(errata.PredictionWarning, match="resnet.*repeated_rows") as heard:
        found = errata.profile({"resnet": np.r_[predicted, predicted[:1]]}, atlas, names=[*file_names, file_names[0]])
    assert heard[0].filename == __file__
    assert found.warnings == tuple(str(each.message) for each in heard)


def test_what_is_accepted_is_scored_and_marked(atlas, predicted, file_names):
    with pytest.raises(errata.InputError, match="truncated"):
        errata.profile(predicted[:300], atlas, names=file_names[:300])
    with pytest.warns(errata.PredictionWarning):
        found = errata.profile(predicted[:300], atlas, names=file_names[:300], accept="truncated")
    assert found.table["marks"][0] == "truncated"


def test_a_broken_model_can_be_left_out(atlas, predicted, file_names):
    both = {"sound": predicted, "broken": predicted + 1}
    with pytest.raises(errata.InputError, match="1 of 2 models"):
        errata.profile(both, atlas, names=file_names)
    with pytest.warns(errata.PredictionWarning, match="1 of 2 models are left out"):
        assert errata.profile(both, atlas, names=file_names, skip_broken=True).models == ("sound",)


def test_what_to_do_is_said_in_the_words_of_python(atlas, predicted):
    said = []
    with pytest.raises(errata.InputError) as caught:
        errata.profile(predicted[:100], atlas)
    said.append(str(caught.value))
    said.append(repr(errata.diagnose(predicted[:100], atlas)))
    for text in said:
        assert "order=FILE" in " ".join(text.split())
        assert "--order" not in text


def test_a_diagnosis_says_what_is_wrong_and_raises_nothing(atlas, predicted, file_names):
    found = errata.diagnose({"sound": predicted, "broken": predicted[:, None, None]}, atlas, names=file_names)
    assert [each.is_usable for each in found] == [True, False]
    assert not found.is_usable
    assert "broken: REFUSED" in repr(found)
    assert found.to_dict()[1]["findings"][0]["kind"] == "unknown_layout"


# explaining


def test_an_explanation_says_the_category_and_why(atlas, profile):
    error = profile.errors("fine_grained").row(0, named=True)
    found = errata.explain(error["file_name"], error["predicted_name"], atlas)
    assert found.category == "fine_grained"
    assert repr(found).startswith(error["file_name"])
    assert errata.explain(error["file_name"], error["predicted_class"], atlas).lines == found.lines


def test_an_image_that_is_not_in_the_atlas_is_refused(atlas):
    with pytest.raises(errata.InputError, match="not among the 400 annotated images"):
        errata.explain("nowhere.JPEG", 3, atlas)
