"""What is said about two builds that differ."""

import json

import pytest

from errata.cli import main
from errata.manifest import differences

FIRST = {
    "errata": "0.1.0",
    "code": "a" * 64,
    "libraries": {"numpy": "2.4.5", "polars": "2.1.0"},
    "settings": {"precision": "fp32"},
    "models": {"vit@64": {"weights": "vit.safetensors", "revision": "one"}},
    "inputs": {"multilabels": {"file": "labels.json", "sha256": "1" * 64}},
    "results": {"profile": "2" * 64},
}


def changed(**parts):
    return FIRST | parts


def test_nothing_is_said_about_equal_builds():
    assert differences(FIRST, json.loads(json.dumps(FIRST))) == []


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (changed(errata="0.2.0"), "Errata: 0.1.0 in the first, 0.2.0 in the second."),
        (changed(code="b" * 64), "code of Errata: aaaaaaaaaaaa… in the first, bbbbbbbbbbbb… in the second."),
        (
            changed(libraries={"numpy": "2.4.6", "polars": "2.1.0"}),
            "library 'numpy': 2.4.5 in the first, 2.4.6 in the second.",
        ),
        (changed(libraries={"polars": "2.1.0"}), "library 'numpy': only in the first (2.4.5)."),
        (changed(settings={"precision": "amp"}), "setting 'precision': fp32 in the first, amp in the second."),
        (
            changed(models={"vit@64": {"weights": "vit.safetensors", "revision": "two"}}),
            "model 'vit@64': revision is one in the first, two in the second.",
        ),
        (changed(models={}), "model 'vit@64': only in the first."),
        (
            changed(inputs={"multilabels": {"file": "labels.json", "sha256": "3" * 64}}),
            "input 'multilabels': other content under the same name, 111111111111… and 333333333333….",
        ),
        (
            changed(inputs={"multilabels": {"file": "other.json", "sha256": "3" * 64}}),
            "input 'multilabels': file is labels.json in the first, other.json in the second; "
            "sha256 is 111111111111… in the first, 333333333333… in the second.",
        ),
    ],
)
def test_a_difference_is_said_in_words(second, said):
    assert differences(FIRST, second) == [said]


def test_results_come_after_their_causes():
    said = differences(FIRST, changed(results={"profile": "4" * 64}, settings={"precision": "amp"}))
    assert [line.split()[0] for line in said] == ["setting", "result"]


def test_results_that_differ_without_a_cause_are_called_that():
    said = differences(FIRST, changed(results={"profile": "4" * 64}))
    assert said[-1].startswith("The results differ although nothing that they were made from does")


def test_the_command_prints_the_differences_and_ends_with_1_if_there_are_any(tmp_path, capsys):
    for name, manifest in (("a", FIRST), ("b", changed(errata="0.2.0")), ("c", FIRST)):
        (tmp_path / f"{name}.json").write_text(json.dumps(manifest))
    assert main(["diff", str(tmp_path / "a.json"), str(tmp_path / "b.json")]) == 1
    assert capsys.readouterr().out == "Errata: 0.1.0 in the first, 0.2.0 in the second.\n"
    assert main(["diff", str(tmp_path / "a.json"), str(tmp_path / "c.json")]) == 0
    assert capsys.readouterr().out == "Nothing differs.\n"
    assert main(["diff", str(tmp_path / "a.json"), str(tmp_path / "nowhere.json")]) == 2
    assert "there is no manifest" in capsys.readouterr().err
