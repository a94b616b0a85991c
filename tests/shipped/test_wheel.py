"""The wheel: everything that classifying needs is in it, and it stays small."""

import shutil
import subprocess
import sys
import zipfile

import pytest

MOST_BYTES = 3_000_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # a copy, as setuptools leaves its own folders where it builds
    source = folder / "source"
    shutil.copytree(project / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(project / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True)
    (found,) = folder.glob("errata-*.whl")
    return found


def test_it_stays_small(wheel):
    assert wheel.stat().st_size < MOST_BYTES


def test_it_has_data_templates_and_the_licences_of_both(wheel, project):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        inside = {name.split("/licenses/")[1]: archive.read(name) for name in names if "/licenses/" in name}
    for folder in ("data", "report/templates"):
        files = {f"errata/{folder}/{file.name}" for file in (project / "src/errata" / folder).iterdir()}
        assert files
        assert files <= set(names)
    assert inside == {name: (project / name).read_bytes() for name in ("LICENSE", "NOTICE")}


def test_it_has_every_module_of_the_package_and_no_other(wheel, project):
    with zipfile.ZipFile(wheel) as archive:
        modules = {name for name in archive.namelist() if name.endswith(".py")}
    assert modules == {str(file.relative_to(project / "src")) for file in project.glob("src/errata/**/*.py")}
