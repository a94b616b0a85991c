"""Print what the open-world check of own data finds on the demo's world: the table in docs/own-data-sets.md.

python tests/own_data/score_open_world.py    (a minute of processor time)
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from errata.categories import BEYOND_OPEN_WORLD
from errata.classes.hypernyms import find_nouns
from errata.classes.superclasses import read_superclasses, select_classes
from errata.own_data import open_world
from errata.own_data.build import build
from errata.own_data.open_world import AskedWorld
from errata_demo import world, write
from errata_demo.names import CLASSES, LOOK_ALIKES, NAMES

RESOURCES = Path(__file__).parents[2] / "resources"
OTHERS = (
    "tree house person dog chair airplane bread shoe book clock horse bicycle hammer flowerpot ship bottle hat knife "
    "bridge spoon"
)
LIST = list(LOOK_ALIKES)
ROWS = (
    ("list, training images", LIST, None),
    ("list, by names: the first class only", LIST, 1),
    ("list, by names: two", LIST, 2),
    ("list, by names: three", LIST, 3),
    ("list, by names: five", LIST, 5),
    ("list, by names: ten", LIST, 10),
    ("list and twenty other things, training images", [*LIST, *OTHERS.split()], None),
    ("wordnet, training images", "wordnet", None),
    ("wordnet, by names: three", "wordnet", 3),
    ("nouns, training images", "nouns", None),
)


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        planted = draw(folder)
        for encoder in ("clip", "clip-tiny"):
            print(f"{encoder:<48}  found  wrongly so")
            for words, names, count in ROWS:
                found, wrongly = score(folder, planted, encoder, names, count)
                print(f"{words:<48} {found:6.1%} {wrongly:6.1%}")


def draw(folder: Path) -> pl.DataFrame:
    """Draw pictures and tables; return the cause that was planted in each picture, and what it is taken for."""
    pictures = {
        name: each
        for number, (name, each) in enumerate(world.validation_pictures(1).items())
        if each.is_annotated and not each.is_problematic and each.fault == "none" and (each.cause or number % 3 == 0)
    }
    for name, each in pictures.items():
        write_file(folder / "val" / name, write.jpeg(each.scene))
    for name, each in world.training_pictures(1).items():
        write_file(folder / "train" / name, write.jpeg(each.scene))
    wnids = list(CLASSES.values())
    members = select_classes(
        read_superclasses(RESOURCES / "superclasses.yaml"), wnids, find_nouns(None, needed=True).wordnet
    )
    joined = dict(members.group_by("class_id").agg(pl.col("superclass").str.join(";")).rows())
    superclass = [joined.get(class_id, "") for class_id in range(len(wnids))]
    pl.DataFrame({"name": list(CLASSES), "wnid": wnids, "superclass": superclass}).write_csv(folder / "classes.csv")
    labels = [";".join(dict.fromkeys([each.target, *each.labels])) for each in pictures.values()]
    pl.DataFrame({"file_name": list(pictures), "labels": labels}).write_csv(folder / "labels.csv")
    return pl.DataFrame(
        {
            "file_name": list(pictures),
            "cause": [each.cause for each in pictures.values()],
            "confuser": [each.confuser and NAMES[each.confuser] for each in pictures.values()],
        }
    )


def score(folder: Path, planted: pl.DataFrame, encoder: str, names: object, count: int | None) -> tuple[float, float]:
    """Return the share of look-alikes that are found, and of other answers that are called out of vocabulary."""
    if count is not None:
        open_world.MOST_SIMILAR = count
    kept = folder / encoder
    is_kept = kept.is_dir()
    asked = AskedWorld(
        names=names,
        encoder=RESOURCES / "demo" / encoder,
        images=kept / "images.npy" if is_kept else folder / "val",
        train=(kept / "train.npz" if is_kept else folder / "train") if count is None else None,
        save_vectors=None if is_kept else kept,
    )
    atlas = build(folder / "classes.csv", folder / "labels.csv", name="drawn", world=asked).atlas
    categories = pl.Series([outcome.category for outcome in atlas.outcome_list])
    names_of_classes = atlas.classes["name"].to_list()
    found, other = [], []
    by_name = dict(zip(atlas.images["file_name"], atlas.outcomes, strict=True))
    for file_name, cause, confuser in planted.rows():
        answers = categories.gather(by_name[file_name])
        if cause == "fine_grained_oov":
            found.append(answers[names_of_classes.index(confuser)] == "fine_grained_oov")
        elif cause is None:
            other += [answer == "fine_grained_oov" for answer in answers if answer in BEYOND_OPEN_WORLD]
    return sum(found) / len(found), sum(other) / len(other)


def write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main()
