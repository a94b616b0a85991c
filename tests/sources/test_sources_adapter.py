"""The adapter of the rule download_source, without Snakemake."""

import importlib.util
import subprocess
import sys

import pytest

from errata.errors import InputError

ROW = "{key}\t{file}\thttps://nowhere.invalid/{file}\t\t{sha256}\tnone\t\n"
SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def script(project):
    return project / "workflow" / "scripts" / "download_source.py"


@pytest.fixture
def main(script):
    spec = importlib.util.spec_from_file_location("download_source", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture
def arguments(tmp_path):
    registry = tmp_path / "sources.tsv"
    registry.write_text(
        "source\tfile\turl\tbytes\tsha256\tlicence\tnote\n"
        + ROW.format(key="greeting", file="hello.txt", sha256=SHA256_OF_HELLO)
        + ROW.format(key="other_greeting", file="hello.txt", sha256="0" * 64)
    )
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "hello.txt").write_bytes(b"hello")
    return {
        "source": "greeting",
        "registry": str(registry),
        "destination": str(tmp_path / "out" / "hello.txt"),
        "mirror": str(tmp_path / "mirror"),
        "offline": True,
    }


def test_a_row_of_the_registry_becomes_a_file(main, arguments, tmp_path):
    main(**arguments)
    assert (tmp_path / "out" / "hello.txt").read_bytes() == b"hello"


def test_rows_of_one_file_name_do_not_disturb_each_other(main, arguments):
    with pytest.raises(InputError, match="is not in the mirror folder"):
        main(**{**arguments, "source": "other_greeting"})


def test_an_empty_mirror_setting_means_none(main, arguments):
    with pytest.raises(InputError, match="there is no mirror folder"):
        main(**{**arguments, "mirror": ""})


def test_another_file_name_than_the_row_has_is_refused(main, arguments):
    with pytest.raises(InputError, match=r"source 'greeting' is called hello\.txt"):
        main(**{**arguments, "destination": arguments["destination"] + ".old"})


def test_importing_the_adapter_loads_nothing_heavy(script):
    code = (
        f"import runpy, sys; runpy.run_path({str(script)!r}, run_name='imported'); "
        "print({'snakemake', 'polars', 'numpy', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
