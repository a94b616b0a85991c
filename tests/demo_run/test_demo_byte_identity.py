"""The demo built twice, in surroundings as unlike as one machine has them: the same bytes. Else a diff says why."""

import os
from pathlib import Path

import pytest

from demo_run.conftest import Demo
from errata.cli import main
from errata.manifest import read_manifest
from workflow.small_world import copy_project

pytestmark = pytest.mark.slow

LONG_AGO = 1_000_000_000
"""A time in 2001, in seconds since 1970: the age of all files of the other folder."""

KINDS = {
    "tables": {".parquet", ".csv", ".tex", ".md"},
    "figures": {".svg", ".png", ".pdf"},
    "drawings": {".tar", ".jpg"},
    "pages": {".html", ".css", ".js"},
    "notes and exports": {".json", ".bib"},
    "vectors": {".npy"},
}
"""Results by kind. Nothing under results/ may differ; what jobs took is under logs/ and benchmarks/."""


def user_with_other_taste(home: Path) -> dict[str, str]:
    """Return the variables of a user with another clock, language, encoding, order of sets and look of figures."""
    home.mkdir()
    (home / "matplotlibrc").write_text("font.size: 20\naxes.labelpad: 30\nsavefig.bbox: tight\nsvg.hashsalt: other\n")
    return {
        "HOME": str(home),
        "MPLCONFIGDIR": str(home),
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "POSIX",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "12345",
    }


@pytest.fixture(scope="module")
def elsewhere(finished, tmp_path_factory) -> Demo:
    """The demo built in another folder: other depth, name, user, umask, age of the files and number of threads."""
    place = tmp_path_factory.mktemp("elsewhere")
    folder = place / "farther away" / "deep" / "project 2"
    copy_project(finished.folder, folder)
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    demo = Demo(folder, variables=user_with_other_taste(place / "home"), umask=0o077)
    run = demo.snakemake("--cores", "5")
    assert run.status == 0, run.output[-5000:]
    return demo


@pytest.fixture(scope="module")
def both(finished, elsewhere) -> tuple[dict[str, bytes], dict[str, bytes]]:
    return finished.content(), elsewhere.content()


def test_both_builds_have_the_same_files(both):
    first, second = both
    assert set(first) == set(second)


@pytest.mark.parametrize("kind", KINDS)
def test_both_builds_have_the_same_bytes(both, kind):
    first, second = both
    of_kind = [name for name in first if Path(name).suffix in KINDS[kind]]
    assert of_kind
    assert [name for name in of_kind if first[name] != second.get(name)] == []


def test_no_result_is_of_another_kind(both):
    known = set().union(*KINDS.values())
    others = {name: content for name, content in both[0].items() if Path(name).suffix not in known}
    assert {Path(name).name for name in others} <= {".snakemake_timestamp", ".errata-report"}
    assert others == {name: both[1].get(name) for name in others}


def test_nothing_differs_between_their_manifests(finished, elsewhere, capsys):
    assert main(["diff", str(finished.path("")), str(elsewhere.path(""))]) == 0
    assert capsys.readouterr().out == "Nothing differs.\n"


def said_of(first: Demo, second: Demo, capsys) -> list[str]:
    """Return the lines of `errata diff`, which must find something."""
    assert main(["diff", str(first.path("")), str(second.path(""))]) == 1
    return capsys.readouterr().out.splitlines()


def test_another_seed_is_named_with_the_inputs_and_results_that_it_changes(finished, second_world, capsys):
    said = said_of(finished, second_world, capsys)
    assert "setting 'demo_seed': 1 in the first, 2 in the second." in said
    changed = {line.split("'")[1] for line in said if line.startswith("input")}
    assert {"images", "targets", "multilabels", "real", "experts"} <= changed
    assert not {"vocabulary", "wordnet", "superclasses"} & changed
    results = [line for line in said if line.startswith("result")]
    assert any("'results/demo/errata/profile.parquet'" in line for line in results)
    assert said[-len(results) :] == results


def test_another_version_of_a_library_is_named(finished, demo, tmp_path, capsys):
    pretended = tmp_path / "site" / "timm-9.9.9.dist-info"
    pretended.mkdir(parents=True)
    (pretended / "METADATA").write_text("Metadata-Version: 2.1\nName: timm\nVersion: 9.9.9\n")
    path = {"PYTHONPATH": os.pathsep.join([str(pretended.parent), demo.environment["PYTHONPATH"]])}
    run = Demo(demo.folder, variables=path).snakemake("--forcerun", "write_manifest", "--", "results/manifest.json")
    assert run.status == 0, run.output[-5000:]
    before = read_manifest(finished.path(""))["libraries"]["timm"]
    assert said_of(finished, demo, capsys) == [f"library 'timm': {before} in the first, 9.9.9 in the second."]
