"""A full disk: the user reads what found no room, nothing is lost, and with room the same command goes on."""

import dataclasses
import errno
import random
import re
import runpy
import tarfile

import numpy as np
import polars as pl
import pytest
from PIL import Image

from errata.cli import main
from errata.errors import StorageError
from errata.files import atomic_write
from errata.images.index import index_images
from errata.images.tables import IMAGES
from errata.labels.tables import TARGETS
from errata.report.site import report_folder
from errata.results import REPORT_MARK
from errata.sources.archive import unpack
from errata.sources.download import fetch_source
from errata.tables import write_table
from errata.views.build import build_view
from errata.views.view import parse_view
from faults.conftest import files_in, lengthen
from mistakes.answered import answered_world
from sources.conftest import hasty, server  # noqa: F401 - fixtures

EXPERTS_FILE = "results/sources/expert_mistakes_vit3b/vit3b_mistakes.json"
REAL_FILE = "results/sources/real/real.json"
NOISE = random.Random(0).randbytes(400_000)


def targets(names: list[str]) -> pl.DataFrame:
    columns = {"file_name": names, "position": range(len(names)), "target": [0] * len(names)}
    return pl.DataFrame(columns, schema={name: column.dtype for name, column in TARGETS.columns.items()})


def test_a_run_does_not_begin_without_room_for_its_notes(fresh, small_disk):
    disk = small_disk(fresh.folder / "results", 4096)
    run = fresh.build(REAL_FILE)
    assert run.status != 0
    assert "results: needs 1,000,000 bytes, the disk has 4,096 free. Make room, then run the same command" in run.output
    assert "Traceback" not in run.output
    disk.grow(10_000_000)
    assert fresh.build(REAL_FILE).status == 0


def test_a_run_does_not_begin_if_snakemake_could_not_write_its_own_files(fresh, small_disk):
    small_disk(fresh.folder / ".snakemake", 4096)
    run = fresh.build(REAL_FILE)
    assert run.status != 0
    assert re.search(r"\.snakemake: needs 1,000,000 bytes, the disk has [\d,]+ free\. Make room", run.output)
    assert "Traceback" not in run.output


def test_a_job_that_fills_the_disk_is_named_and_the_next_run_finishes(fresh, small_disk):
    lengthen(fresh, "real.json", 3_000_000)
    disk = small_disk(fresh.folder / "results", 1_500_000)
    assert fresh.build(EXPERTS_FILE).status == 0
    before = files_in(disk.folder)
    run = fresh.build(REAL_FILE)
    assert run.status != 0
    assert f"ERROR {REAL_FILE}: cannot be written: No space left on device. Make room, then run the same" in run.output
    assert "Traceback" not in run.output
    assert files_in(disk.folder) == before
    disk.grow(10_000_000)
    assert fresh.build(REAL_FILE).status == 0
    assert len((fresh.folder / REAL_FILE).read_bytes()) == 3_000_000


@pytest.fixture
def images(tmp_path):
    """Two images and their index."""
    names = ["a.png", "b.png"]
    (tmp_path / "images").mkdir()
    for name in names:
        Image.new("RGB", (8, 8)).save(tmp_path / "images" / name)
    return tmp_path / "images", index_images(tmp_path / "images", targets(names), threads=1)[0]


def a_table(folder, _):
    write_table(
        targets([f"{number:x}" for number in np.random.default_rng(0).permutation(50_000)]), TARGETS, folder / "t"
    )


def a_view(folder, images):
    build_view(*images, parse_view("224-224-bicubic-center"), folder / "v.npy", threads=1)


def a_report(folder, _):
    with report_folder(folder / "report") as new:
        (new / REPORT_MARK).write_text("{}")
        (new / "page.html").write_bytes(NOISE)


def an_unpacked_archive(folder, images):
    (images[0].parent / "big").write_bytes(NOISE)
    with tarfile.open(images[0].parent / "big.tar", "w") as archive:
        archive.add(images[0].parent / "big", "big")
    unpack(images[0].parent / "big.tar", folder / "unpacked")


@pytest.mark.parametrize("write", [a_table, a_view, a_report, an_unpacked_archive], ids=lambda write: write.__name__)
def test_what_finds_no_room_is_named_and_leaves_what_was_there(write, images, small_disk, tmp_path):
    disk = small_disk(tmp_path / "disk", 131_072)
    with report_folder(disk.folder / "report") as older:
        (older / REPORT_MARK).write_text("{}")
    before = files_in(disk.folder)
    with pytest.raises(
        StorageError, match=rf"{disk.folder}/[a-z.]+: (needs|cannot be written: No space left).* Make room"
    ):
        write(disk.folder, images)
    assert files_in(disk.folder) == before
    assert [path.name for path in disk.folder.iterdir()] == ["report"]
    disk.grow(10_000_000)
    write(disk.folder, images)


def test_predictions_find_out_before_the_model_runs(project, images, small_disk, tmp_path):
    disk = small_disk(tmp_path / "disk", 4096)
    (disk.folder / "filler").write_bytes(bytes(4096))
    for name, table, frame in (("index", IMAGES, images[1]), ("targets", TARGETS, targets(["a.png", "b.png"]))):
        write_table(frame, table, tmp_path / f"{name}.parquet")
    arguments = {name: str(tmp_path / f"{name}.parquet") for name in ("index", "targets")}
    # a model that is not even a row: it is not looked at
    nothing = {"model": {}, "pixels": None, "images": None, "weights": [], "contract": 1, "device": "cpu"}
    run = {"precision": "fp32", "margin": 0, "threads": 1, "output": str(disk.folder / "p.parquet")}
    with pytest.raises(StorageError, match=r"p\.parquet: needs 300 bytes, the disk has 0 free"):
        runpy.run_path(str(project / "workflow/scripts/predict.py"))["main"](
            **arguments, classes=arguments["targets"], **nothing, **run
        )


def test_a_download_that_fills_the_disk_leaves_nothing(server, small_disk, tmp_path):  # noqa: F811
    disk = small_disk(tmp_path / "disk", 131_072)
    source = dataclasses.replace(server.serve("/labels.json", NOISE), bytes=None)
    with pytest.raises(StorageError) as caught:
        fetch_source(source, disk.folder / "labels.json")
    assert str(caught.value) == (
        f"{disk.folder}/labels.json: cannot be written: No space left on device. Make room, then run the same command "
        "again: what is finished is kept."
    )
    assert files_in(disk.folder) == {}
    disk.grow(10_000_000)
    fetch_source(source, disk.folder / "labels.json")
    assert files_in(disk.folder) == {"labels.json": NOISE}


def test_a_download_whose_size_is_known_does_not_begin(server, small_disk, tmp_path):  # noqa: F811
    disk = small_disk(tmp_path / "disk", 131_072)
    with pytest.raises(StorageError, match=r"labels\.json: needs 400,000 bytes, the disk has 131,072 free"):
        fetch_source(server.serve("/labels.json", NOISE), disk.folder / "labels.json")
    assert server.requests == []
    assert files_in(disk.folder) == {}


def test_a_quota_and_a_limit_of_the_shell_are_told_apart_from_a_full_disk(tmp_path):
    for number, words in ((errno.EDQUOT, "quota exceeded"), (errno.EFBIG, "File too large")):
        with pytest.raises(StorageError, match=words), atomic_write(tmp_path / "t") as temporary:
            raise OSError(number, "", str(temporary))


def test_other_faults_stay_what_they_are(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "t"):
        (tmp_path / "input").read_bytes()
    with pytest.raises(PermissionError), atomic_write(tmp_path / "results" / "t"):
        raise PermissionError(errno.EACCES, "Permission denied", "/input")


def test_a_classification_that_fills_the_disk_says_so_and_finishes_with_room(small_disk, tmp_path, capsys):
    atlas = answered_world(checked=False, images=2000).write_atlas(tmp_path)
    right = pl.int_range(pl.len()) % 3 > 0
    wrong = (pl.col("target") + 1) % 9
    frame = pl.read_parquet(atlas).select("file_name", predicted_class=pl.when(right).then("target").otherwise(wrong))
    frame.write_csv(tmp_path / "model.csv")
    disk = small_disk(tmp_path / "disk", 131_072)
    command = ["classify", str(tmp_path / "model.csv"), "--atlas", str(atlas), "--out", str(disk.folder / "out")]
    command += ["--no-report"]
    assert main(command) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("errata: ")]
    assert len(said) == 1
    assert "cannot be written: No space left on device. Make room, then run the same command again" in said[0]
    assert main(["report", str(disk.folder / "out")]) == 2
    assert "are not finished" in capsys.readouterr().err
    disk.grow(10_000_000)
    assert main(command) == 0
