"""Every example of the public docstrings and of docs/python.md runs and prints what stands there."""

import doctest
import importlib
import inspect

import numpy as np
import pytest

import errata
from python_api.made_up import batches, made_up_predictions

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
PUBLIC = [name for name in errata.__all__ if not name.startswith("_")]
WITHOUT_EXAMPLE = {"InputError", "PredictionWarning"}


@pytest.fixture
def names(made_up, tmp_path, monkeypatch):
    """What an example may use, in a folder with resnet50.csv and vit.csv."""
    for file in made_up.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    return {"errata": errata, "np": np, "loader": batches(made_up_predictions(0, accuracy=0.74))}


def run(test: doctest.DocTest) -> None:
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 0


@pytest.mark.parametrize("name", PUBLIC)
def test_the_examples_of_a_public_name_run(name, names):
    tests = [
        test
        for test in doctest.DocTestFinder(exclude_empty=True).find(
            getattr(errata, name), name, module=importlib.import_module(getattr(errata, name).__module__), globs=names
        )
        if test.examples
    ]
    assert bool(tests) != (name in WITHOUT_EXAMPLE)
    for test in tests:
        run(test)


@pytest.mark.parametrize("page", ["docs/python.md", "docs/own-data-sets.md"])
def test_the_examples_of_a_page_run(project, names, page):
    run(doctest.DocTestParser().get_doctest((project / page).read_text(), names, page, page, 0))


@pytest.mark.parametrize("name", PUBLIC)
def test_public_methods_are_documented(name):
    found = getattr(errata, name)
    assert inspect.getdoc(found)
    for method, value in vars(found).items() if inspect.isclass(found) else ():
        if not method.startswith("_"):
            assert inspect.getdoc(value), f"{name}.{method}"
