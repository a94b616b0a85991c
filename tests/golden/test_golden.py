"""What `errata classify` makes of a small made-up world, beside what it made at commit a9e2c73.

The world is drawn from fixed seeds: 400 images of nine classes, two atlases of them, three models, and twenty published
models to compare with. No file from outside is read. The profiles and the facts about the report's data files in this
folder were written by `WRITE_GOLDEN=1 pytest tests/golden`. Where a result is meant to change, write them again and
read the difference.
"""

import hashlib
import json
import os
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from polars.testing import assert_frame_equal

from errata.cli import main
from mistakes.answered import Answered, answered_world

HERE = Path(__file__).parent
WRITE = bool(os.environ.get("WRITE_GOLDEN"))
IMAGES = 400
MODELS = {"weak": 0.4, "middle.v1": 0.6, "strong@224": 0.8}
"""How often each model is right."""


def write_predictions(world: Answered, folder: Path) -> list[Path]:
    images = world.atlas.images.select("file_name", "target")
    random = np.random.default_rng(11)
    files = []
    for model, right in MODELS.items():
        target = images["target"].to_numpy()
        other = (target + random.integers(1, 9, images.height)) % 9
        predicted = np.where(random.random(images.height) < right, target, other)
        files.append(folder / f"{model}.csv")
        images.select("file_name", predicted_class=pl.Series(predicted)).write_csv(files[-1])
    return files


def write_published(folder: Path) -> Path:
    """Write tables of twenty models in the layout of the paper's; the counts add up."""
    folder.mkdir()
    random = np.random.default_rng(12)
    categories = ("collapsed_mappings", "ambiguous", "same_superclass", "OOV_clip", "common_co_occ")
    categories += ("non_prototypical", "not_classified")
    for group, images in (("all", 1000), ("organism", 400), ("artifact", 500), ("other", 100)):
        rows = []
        for number in range(20):
            errors = round(images * (0.6 - 0.02 * number))
            parts = random.multinomial(errors, [0.04, 0.3, 0.25, 0.06, 0.05, 0.01, 0.29])
            accuracies = 100 - 100 * np.array([errors, *(parts[start:].sum() for start in (2, 4, 6))]) / images
            rows.append(
                {"model_dir_id": f"timm--m{number}", "num_params": 10**6 * (number + 1)}
                | {"training_data": ("ImageNet-1k (1.2M)", "JFT (300M)")[number % 3 == 0]}
                | {"arch_group": ("CNN", "ConvNeXt")[number % 2], "arch": f"net{number // 4}", "arch_family": "cnn"}
                | {"num_group_samples": images, "num_group_correct": images - errors, "num_group_top1_errors": errors}
                | dict(zip(("top1_val_acc", "mla_group"), accuracies[:2].tolist(), strict=True))
                | {"mla_group_minor_error": accuracies[2], "mla_group_explainable_error": accuracies[3]}
                | {f"num_{name}": int(count) for name, count in zip(categories, parts, strict=True)}
                | {"num_imagenet-m_errors": int(parts[6])}
            )
        pl.DataFrame(rows).write_csv(folder / f"{group}.csv")
    return folder


@pytest.fixture(scope="module", params=["labels", "open_world"])
def classified(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The atlas's kind, and the folder that the command wrote."""
    folder = tmp_path_factory.mktemp("golden")
    world = answered_world(checked=request.param == "open_world", images=IMAGES)
    files = [str(path) for path in write_predictions(world, folder)]
    atlas, published = world.write_atlas(folder), write_published(folder / "published")
    options = ["--atlas", str(atlas), "--published", str(published), "--out", str(folder / "out")]
    with pytest.MonkeyPatch.context() as patch:
        # drawing takes most of the time, and figures are no data
        patch.setattr(Figure, "savefig", lambda *_, **__: None)
        assert main(["classify", *files, *options]) == 0
    return request.param, folder / "out"


def facts_of_table(path: Path) -> dict[str, object]:
    """Return a table's columns and rows, and a hash of its cells, numbers to six digits."""
    frame = pl.read_parquet(path)
    rounded = frame.with_columns(pl.selectors.float().round_sig_figs(6)).write_json()
    columns = {name: str(dtype) for name, dtype in frame.schema.items()}
    return {"rows": frame.height, "columns": columns, "sha256": hashlib.sha256(rounded.encode()).hexdigest()}


def facts_of_text(path: Path) -> str:
    """Return the hash of a text without the manifest's, which changes with every line of code."""
    text = re.sub(r"manifest [0-9a-f]{12}", "manifest", path.read_text(encoding="utf-8"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of_report(data: Path) -> dict[str, object]:
    """Return the files of a report's data folder: tables with columns, rows and hash, and texts with their hash."""
    facts: dict[str, object] = {}
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        name = path.relative_to(data).as_posix()
        if path.suffix == ".parquet":
            facts[name] = facts_of_table(path)
        elif path.suffix in (".md", ".tex", ".bib"):
            facts[name] = facts_of_text(path)
        else:
            # CSV and JSON files are exports of the tables; the manifest and the schema have tests of their own
            facts[name] = "listed"
    return facts


def test_the_profile_of_three_models_is_the_golden_one(classified: tuple[str, Path]):
    kind, out = classified
    if WRITE:
        (HERE / f"profile_{kind}.csv").write_bytes((out / "profile.csv").read_bytes())
    profile = pl.read_parquet(out / "profile.parquet")
    golden = pl.read_csv(HERE / f"profile_{kind}.csv", schema=profile.schema)
    header = (HERE / f"profile_{kind}.csv").read_text().splitlines()[0]
    assert profile.columns == header.split(",")
    assert_frame_equal(profile, golden, abs_tol=1e-9, rel_tol=0)


def test_the_data_files_of_the_report_are_the_golden_ones(classified: tuple[str, Path]):
    kind, out = classified
    facts, path = facts_of_report(out / "report" / "data"), HERE / f"report_data_{kind}.json"
    if WRITE:
        path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert list(facts) == list(golden)
    assert {name: found for name, found in facts.items() if found != golden[name]} == {}
