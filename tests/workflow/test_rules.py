"""Every rule of the house, read as text: what it must have, and the script of its name."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = sorted((PROJECT / "rules").glob("*.smk"))
SCRIPTS = sorted((PROJECT / "workflow" / "scripts").glob("*.py"))
RULES = {
    name: body
    for room in ROOMS
    for name, body in re.findall(r"^rule (\w+):\n((?:(?: .*)?\n)*)", room.read_text() + "\n", re.MULTILINE)
}


BY_CONTRACT = {"predict", "embed_images", "embed_prompts", "find_neighbours"}
"""Costly rules: a contract version takes the place of their code, so that an edited comment costs no GPU time."""


def schema(name: str) -> dict:
    return json.loads((PROJECT / "config" / "schemas" / f"{name}.schema.json").read_text())


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_rules_file_opens_with_what_it_needs_and_what_it_makes(room):
    opening = ast.get_docstring(ast.parse(room.read_text().split('"""\n')[0] + '"""\n'))
    assert "REQUIRED INPUTS\n" in opening
    assert "OUTPUTS\n" in opening.split("REQUIRED INPUTS")[1]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_log_benchmark_threads_memory_and_its_code_or_contract(rule):
    body = RULES[rule]
    directives = set(re.findall(r"^    (\w+):", body, re.MULTILINE))
    assert {"input", "output", "log", "benchmark", "threads", "resources", "script"} <= directives
    assert f'"logs/{rule}' in body
    assert f'"benchmarks/{rule}' in body
    assert re.search(r"^        mem_mb=(growing\(\d+\)|lambda wildcards, attempt: .* \* attempt),$", body, re.MULTILINE)
    by_code = re.search(rf'code=(ancient\()?code\("scripts/{rule}\.py"\)', body)
    by_contract = re.search(r"^        contract=[A-Z]+,", body, re.MULTILINE)
    assert bool(by_contract) == (rule in BY_CONTRACT) != bool(by_code)
    assert f'"../workflow/scripts/{rule}.py"' in body


def test_every_script_belongs_to_the_rule_of_its_name():
    assert {script.stem for script in SCRIPTS} == set(RULES)


def test_scripts_are_importable_without_snakemake():
    code = (
        "import runpy, sys\n"
        "sys.modules['snakemake'] = None\n"
        "for script in sys.argv[1:]: assert 'main' in runpy.run_path(script, run_name='imported'), script\n"
        "print({'torch', 'timm', 'open_clip'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, SCRIPTS)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "set()"), done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_touches_snakemake_under_main_only(script):
    before_main, after_main = script.read_text().split('if __name__ == "__main__":')
    assert not re.search(r"\bsnakemake\b", before_main.split('"""', 2)[2])
    assert "snakemake.log[0]" in after_main


@pytest.mark.parametrize("config", sorted((PROJECT / "config").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_configuration_is_as_its_schema_says(config):
    values = yaml.safe_load(config.read_text())
    if config.stem in ("atlases", "openworld"):
        Draft202012Validator(schema(config.stem)).validate(values)
    else:
        default = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text())
        Draft202012Validator(schema("config")).validate(default | values)


def test_the_default_configuration_has_every_key_of_the_schema():
    default = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text())
    assert list(default) == list(schema("config")["properties"])


@pytest.mark.parametrize("name", ["config", "atlases", "openworld"])
def test_schemas_are_schemas_that_refuse_unknown_keys(name):
    Draft202012Validator.check_schema(schema(name))
    rows = schema(name)["additionalProperties"] if name == "atlases" else schema(name)
    assert rows["additionalProperties"] is False


def test_the_documentation_names_every_key_of_the_configuration(project):
    text = (project / "docs" / "configuration.md").read_text()
    missing = [key for key in schema("config")["properties"] if f"`{key}`" not in text]
    assert missing == []
