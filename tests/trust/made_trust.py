"""Tables of trust of two made-up models, with names that try to break a page."""

from dataclasses import replace

import numpy as np
import polars as pl

from errata.profiles.answers import look_up, rows_of_errors
from errata.profiles.build import build_pooled, build_profile
from errata.trust.agreement import judge_mistakes, measure_agreement
from errata.trust.atlas_shifts import compare_atlases
from errata.trust.chance import measure_chance
from errata.trust.tables import CHECKPOINTS, DEFINED, FIDELITY
from trust.five_images import CHECKED, MULTI, UNCHECKED, atlas, without

SCRIPT = "<script>alert(9)</script>"
MODELS = (SCRIPT, "plain_model")


def made_trust(*, checked: bool = True) -> dict[str, pl.DataFrame]:
    """Every table, computed from the five images by the functions that make them, where there is one."""
    origin = {"open_world": {"score": "lemma"}} if checked else {}
    whole = replace(atlas(CHECKED if checked else UNCHECKED, name="here"), provenance=origin)
    answers = look_up(whole, list(MODELS), np.array([[1, 3, 2, 0, 3], [2, 1, 0, 3, 0]], dtype=np.int16))
    errors = pl.concat(rows_of_errors(whole, answers)).lazy()
    chance = measure_chance(whole, errors, profile=build_profile(whole, answers), pooled=build_pooled(whole, answers))
    moved = [[*row] for row in (CHECKED if checked else UNCHECKED)]
    moved[0][1] = MULTI
    real = origin | {"title": f"Other {SCRIPT}", "label_set": {"label_set": "real", "empty": 1, "without_target": 0}}
    others = [
        replace(atlas(moved, name="other"), provenance=origin),
        atlas(UNCHECKED, name="unchecked"),
        replace(without(atlas(moved, name=f"real {SCRIPT}"), "c.jpg"), provenance=real),
    ]
    shifts = compare_atlases(whole, errors, others)
    mistakes = judge_mistakes(whole, _experts())
    return {
        "expert_mistakes": mistakes,
        "agreement": measure_agreement(mistakes),
        "fidelity": _fidelity(),
        "checkpoints": _checkpoints(),
        "atlas_shares": shifts.shares,
        "atlas_transitions": shifts.transitions,
        "atlas_accuracies": shifts.accuracies,
        "chance": chance.pooled,
        "model_chance": chance.models,
        "defined": _defined(),
    }


def _experts() -> pl.DataFrame:
    categories = ["Fine-grained error", "Fine-grained with OOV", "Fine-grained error", "Non-prototypical"]
    columns = {
        "expert_list": [f"expert_mistakes_{SCRIPT}"] * 4,
        "file_name": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"],
        "predicted_class": pl.Series([1, 3, 2, 1], dtype=pl.Int16),
        "expert_category": categories,
        "expert_severity": ["Minor", "Major", SCRIPT, "Minor"],
    }
    return pl.DataFrame(columns)


def _fidelity() -> pl.DataFrame:
    rows = [
        (SCRIPT, f"torchvision--{SCRIPT}", "all", quantity, ours, published, ours - published, ours == published)
        for quantity, ours, published in (("images", 4.0, 4.0), ("fine_grained", 3.0, 2.0), ("mla", 71.5, 71.5))
    ]
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in FIDELITY.columns.items()}, orient="row")


def _checkpoints() -> pl.DataFrame:
    rows = [("images", "images that count", 4.0, 4.0, 0.0, True), ("pairs", f"pairs {SCRIPT}", 1.0, 2.0, -1.0, False)]
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in CHECKPOINTS.columns.items()}, orient="row")


def _defined() -> pl.DataFrame:
    rows = [
        ("small", f"Small {SCRIPT}", True, "multi_label", True, "people labelled it"),
        ("small", f"Small {SCRIPT}", True, "imagenet_m_errors", None, f"nobody knows {SCRIPT}"),
        ("large", "Large", False, "multi_label", False, "the target is the only label"),
        ("large", "Large", False, "imagenet_m_errors", False, "no list"),
    ]
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in DEFINED.columns.items()}, orient="row")
