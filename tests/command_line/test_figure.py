"""Figures and LaTeX tables from results, or straight from predictions."""

from pathlib import Path

import pytest

from errata.cli import main


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png"])
def test_a_figure_of_results_and_of_their_predictions_is_the_same(classified, predictions, atlas, tmp_path, suffix):
    for name, source in (("results", classified), ("predictions", predictions)):
        out = tmp_path / f"{name}.{suffix}"
        assert main(["figure", str(source), "--atlas", str(atlas), "--out", str(out)]) == 0
    assert (tmp_path / f"results.{suffix}").read_bytes() == (tmp_path / f"predictions.{suffix}").read_bytes()


def test_two_predictions_are_drawn_side_by_side_under_the_names_that_are_given(predictions, atlas, tmp_path):
    out = tmp_path / "compare.svg"
    pair = [f"old={predictions}", f"new={predictions}"]
    assert main(["figure", *pair, "--kind", "compare", "--atlas", str(atlas), "--out", str(out)]) == 0
    assert ">A: old<" in out.read_text()
    assert ">B: new<" in out.read_text()


def test_a_table_has_the_models_numbers(classified, tmp_path):
    out = tmp_path / "table.tex"
    assert main(["figure", str(classified), "--kind", "table", "--out", str(out)]) == 0
    assert r"\toprule" in out.read_text()
    assert "fine-grained &" in out.read_text()


def refusal(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    assert main(["figure", *map(str, arguments)]) == 2
    return capsys.readouterr().err


def test_a_file_of_another_kind_is_refused_before_anything_is_read(capsys, tmp_path):
    said = refusal(capsys, "nothing.csv", "--out", tmp_path / "figure.jpg")
    assert "figure.jpg: expected a name that ends in .pdf or .svg or .png" in said
    assert ".tex" in refusal(capsys, "nothing.csv", "--kind", "table", "--out", tmp_path / "table.pdf")


def test_a_trend_needs_published_results(capsys, classified, tmp_path):
    said = refusal(capsys, classified, "--kind", "trend", "--out", tmp_path / "trend.pdf")
    assert "There are no published results on these images" in said


def test_one_model_is_not_compared_with_itself(capsys, classified, predictions, atlas, tmp_path):
    out = ["--kind", "compare", "--out", tmp_path / "c.pdf"]
    assert "about two models, found resnet.v2" in refusal(capsys, classified, *out)
    assert "Give two predictions files" in refusal(capsys, predictions, "--atlas", atlas, *out)


def test_a_folder_of_other_things_is_no_profile(capsys, tmp_path: Path):
    said = refusal(capsys, tmp_path, "--out", tmp_path / "figure.pdf")
    assert "expected results of errata classify, or a predictions file" in said
