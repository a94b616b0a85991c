"""Writing the demo world's pictures and tables in the layouts in which the real data sets are published."""

import io
import json
import logging
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from errata.files import atomic_write
from errata.labels.label_table import NON_PROTOTYPICAL
from errata.tables import write_table
from errata.truth.tables import PLANTED
from errata_demo.drawing.draw import draw_scene
from errata_demo.scene import Picture, Scene

LOG = logging.getLogger(__name__)

JPEG_QUALITY = 90
TRUNCATED_SHARE = 0.4
"""A truncated file ends after this share of its bytes."""


def jpeg(scene: Scene) -> bytes:
    """Draw a scene and return it as a JPEG file; equal scenes give equal bytes with the same version of Pillow."""
    stream = io.BytesIO()
    draw_scene(scene).save(stream, format="JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def small_pixels(scene: Scene, *, size: int, resize: int, interpolation: str) -> np.ndarray:
    """Draw a scene and return it as a model sees it: resized, the middle cut out; uint8, shape (size, size, 3)."""
    picture = draw_scene(scene).resize((resize, resize), Image.Resampling[interpolation.upper()])
    start = (resize - size) // 2
    return np.asarray(picture.crop((start, start, start + size, start + size)))


def mapped(function, scenes: Sequence[Scene], *, threads: int) -> Iterator:
    """Yield `function(scene)` of every scene, in order, drawn by several processes."""
    if threads == 1:
        yield from map(function, scenes)
        return
    with ProcessPoolExecutor(threads) as pool:
        yield from pool.map(function, scenes, chunksize=16)


def write_tar(path: Path | str, members: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a tar without compression; equal members give equal bytes."""
    with atomic_write(path) as temporary, tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def damaged(content: bytes, fault: str) -> bytes:
    """Return a file's bytes with its fault: `none`, `truncated` or `empty`."""
    return {"none": content, "truncated": content[: int(len(content) * TRUNCATED_SHARE)], "empty": b""}[fault]


def write_pictures(path: Path | str, named: dict[str, Picture], *, threads: int) -> None:
    """Draw pictures into a tar, in the order given, with the faults of their files."""
    LOG.info("%s: %d pictures to draw", Path(path).name, len(named))
    files = mapped(jpeg, [picture.scene for picture in named.values()], threads=threads)
    members = ((name, damaged(file, named[name].fault)) for name, file in zip(named, files, strict=True))
    write_tar(path, members)


def write_targets(path: Path | str, named: dict[str, Picture]) -> None:
    """Write the targets: a CSV with `file_name` and `wnid`."""
    rows = {"file_name": list(named), "wnid": [picture.target for picture in named.values()]}
    with atomic_write(path) as temporary:
        pl.DataFrame(rows).write_csv(temporary)


def write_multilabels(path: Path | str, named: dict[str, Picture], *, imagenet_m: list[str]) -> None:
    """Write the multi-labels of the annotated pictures in the published layout."""
    annotated = {name: picture for name, picture in named.items() if picture.is_annotated}
    content = {
        "initial_annots": {name: _annotation(picture) for name, picture in annotated.items()},
        "problematic_images": {name: picture.note for name, picture in annotated.items() if picture.is_problematic},
        "imagenet_m": imagenet_m,
    }
    _write_json(path, content)


def write_real(path: Path | str, named: dict[str, Picture], class_ids: dict[str, int]) -> None:
    """Write the re-assessed labels: one list of class ids per picture, in the order of the file names."""
    _write_json(path, [[class_ids[wnid] for wnid in named[name].labels] for name in sorted(named)])


def write_experts(path: Path | str, named: dict[str, Picture], class_ids: dict[str, int]) -> None:
    """Write the expert list: what someone who looked at mistakes on these pictures called non-prototypical."""
    judged = {
        name: {
            "top_prediction": class_ids[picture.confuser or picture.target],
            "failure category": NON_PROTOTYPICAL,
            "failure severity": "Minor",
        }
        for name, picture in named.items()
        if picture.cause == "non_prototypical"
    }
    _write_json(path, judged)


def write_planted(path: Path | str, named: dict[str, Picture], class_ids: dict[str, int]) -> None:
    """Write what was planted in which picture: the table `errata.truth.tables.PLANTED`."""
    rows = [
        (name, picture.cause, None if picture.confuser is None else class_ids[picture.confuser], picture.note)
        for name, picture in sorted(named.items())
    ]
    schema = {name: column.dtype for name, column in PLANTED.columns.items()}
    write_table(pl.DataFrame(rows, schema=schema, orient="row"), PLANTED, path)


def _annotation(picture: Picture) -> dict[str, list[str]]:
    held = {"correct": list(picture.labels), "unclear": list(picture.unclear)}
    if picture.target not in picture.labels:
        held["wrong"] = [picture.target]
    return {key: wnids for key, wnids in held.items() if wnids}


def _write_json(path: Path | str, content: object) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
