"""The notebook in docs runs and prints what stands in it."""

import json

from python_api.notebook import executed


def outputs(notebook):
    return [
        output.get("text") or output["data"]["text/plain"]
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
    ]


def test_the_notebook_prints_what_stands_in_it(project, tmp_path, monkeypatch):
    notebook = json.loads((project / "docs/errata.ipynb").read_text())
    monkeypatch.chdir(tmp_path)
    # `make docs` writes the outputs anew
    assert outputs(executed(notebook)) == outputs(notebook)


def test_the_notebook_is_small(project):
    assert (project / "docs/errata.ipynb").stat().st_size < 60_000


def test_the_notebook_is_valid(project):
    import nbformat

    nbformat.validate(nbformat.read(project / "docs/errata.ipynb", as_version=4))
