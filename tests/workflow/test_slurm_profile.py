"""The profile for SLURM, without a SLURM: which jobs it puts together. tests/cluster runs it on a real one."""

import re

import pytest
import yaml

from workflow.test_rules import RULES

PROFILE = ("--workflow-profile", "profiles/slurm")


@pytest.fixture(scope="module")
def profile(project) -> dict:
    return yaml.safe_load((project / "profiles/slurm/config.yaml").read_text())


@pytest.fixture(scope="module")
def demo_planned(untouched) -> str:
    """What a dry run of the demo says."""
    run = untouched.snakemake("--dry-run", *PROFILE)
    assert run.status == 0, run.output
    return run.output


def groups_planned(output: str) -> dict[str, list[list[str]]]:
    """Return the rules of every group job, by group."""
    found: dict[str, list[list[str]]] = {}
    for name, body in re.findall(r"^\[.*\] Group job (\w+) .*\n((?:\n| .*\n)*)", output, re.MULTILINE):
        found.setdefault(name, []).append(re.findall(r"^    rule (\w+):", body, re.MULTILINE))
    return found


def test_the_profile_names_rules_that_exist(profile):
    assert set(profile["groups"]) | set(profile["set-resources"]) <= set(RULES)
    assert set(profile["group-components"]) == set(profile["groups"].values())


def test_no_job_is_submitted_in_an_array(profile):
    """Every task of an array claims the outputs of the first one, and fails where they are late or temporary."""
    assert "slurm-array-jobs" not in profile


def test_what_reruns_is_decided_as_in_the_default_profile(profile, project):
    default = yaml.safe_load((project / "profiles/default/config.yaml").read_text())
    for key in ("rerun-triggers", "max-checksum-file-size", "rerun-incomplete", "scheduler"):
        assert profile[key] == default[key]


def test_cheap_jobs_of_the_demo_share_a_few_slurm_jobs(demo_planned):
    groups = groups_planned(demo_planned)
    assert {name: len(jobs) for name, jobs in groups.items()} == {
        "prepare": 1,
        "predict": 2,
        "atlas": 3,
        "classify": 3,
        "report": 1,
    }
    assert sum(len(rules) for jobs in groups.values() for rules in jobs) > 60


def test_models_share_a_slurm_job_of_which_each_has_the_time_it_needs(demo_planned):
    assert sorted(map(len, groups_planned(demo_planned)["predict"])) == [1, 5]
