"""YAML files give a key once."""

import re
from pathlib import Path

import pytest

from errata.errors import InputError
from errata.yaml_files import read_yaml


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a"),
        ("a:\n  b: {c: 1, d: 2, c: 3}\n", 2, "c"),
        ("- name: x\n  name: y\n", 2, "name"),
        ("'1': a\n1: b\n1: c\n", 3, "1"),
    ],
)
def test_a_key_that_is_given_twice_is_refused_with_its_line(tmp_path, text, line, key):
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(InputError, match=re.escape(f"f.yaml, line {line}: the key '{key}' is given twice")):
        read_yaml(tmp_path / "f.yaml")


def test_a_key_may_take_the_place_of_one_that_is_merged_in(tmp_path):
    (tmp_path / "f.yaml").write_text("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3\n")
    assert read_yaml(tmp_path / "f.yaml")["y"] == {"a": 3, "b": 2}


@pytest.mark.parametrize("text", ["[", "a: b: c", "!!python/object/apply:os.system [ls]", "\x00", "[" * 5000])
def test_what_is_no_plain_yaml_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(InputError, match="it is not valid YAML") as caught:
        read_yaml(tmp_path / "f.yaml")
    assert "\n" not in str(caught.value)


def test_the_projects_own_files_give_every_key_once(project: Path):
    files = [*project.glob("config/*.yaml"), *project.glob("profiles/*/*.yaml"), *project.glob("resources/*.yaml")]
    assert len(files) > 5
    for file in files:
        assert read_yaml(file)
