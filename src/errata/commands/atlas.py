"""Build an atlas, say which ones come with Errata, what is in one, and where its file is."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from errata.atlas.compiled import Atlas, read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.atlas.seal import SEAL_KEY
from errata.categories import CATEGORIES, OPEN_WORLD_UNCHECKED
from errata.errors import InputError
from errata.shipped import DATA, LICENCES, SHIPPED, atlas_file
from errata.tables import read_metadata
from errata.terminal import print_json

LICENCE = "Apache-2.0; what it was made from has licences of its own, see NOTICE"


def atlas(options: argparse.Namespace) -> int:
    """Build an atlas, or print those that come with Errata, what is in one, or where its file is."""
    match options.part:
        case "build":
            return _build(options)
        case "path":
            print(options.atlas.resolve())
            return 0
        case "info":
            values = atlas_values(options.atlas)
            text = info_text(values)
        case _:
            values = {name: atlas_values(atlas_file(name)) for name in SHIPPED}
            text = "\n".join(f"{name}  {_what(each)}" for name, each in values.items())
    if options.json:
        print_json(values)
    else:
        print(text)
    return 0


def _build(options: argparse.Namespace) -> int:
    """Build the atlas of a data set of one's own, and say what it decides."""
    # what the other parts do without
    from errata.own_data.build import build, check_output
    from errata.own_data.open_world import AskedWorld
    from errata.own_data.restriction import restriction_of

    if options.out.suffix != ".parquet":
        raise InputError(f"{options.out}: an atlas is a Parquet file. Give it a name that ends in .parquet.")
    check_output(options.out, options.pairs_from, options.whole, options.classes, options.labels)
    if options.whole and options.pairs_from:
        raise InputError(
            "--pairs-from: a part of another atlas has that atlas's pairs. Give --pairs-from with --labels."
        )
    world = AskedWorld.of(
        options.open_world,
        encoder=options.encoder,
        images=options.images,
        train=options.train,
        wordnet=options.wordnet,
        save_vectors=options.save_vectors,
    )
    if options.whole and world:
        raise InputError(
            "--open-world: a part of another atlas is what that atlas says. Give --open-world with --labels."
        )
    if options.whole:
        built = restriction_of(atlas_file(options.whole), options.classes, name=options.name)
    else:
        name = options.name or options.out.stem
        built = build(options.classes, options.labels, name=name, pairs_from=options.pairs_from, world=world)
    built.write(options.out)
    # what was just written need not be read and checked again, which takes longer than all else
    print(info_text(atlas_values(options.out, built.atlas)))
    for remark in built.remarks:
        print(f"Note: {remark}")
    print(f"\nNow: errata classify PREDICTIONS --atlas {options.out}")
    return 0


def atlas_values(path: Path, atlas: Atlas | None = None) -> dict[str, object]:
    """Return what is in the file of an atlas, as plain values for JSON; it is read unless the atlas is given."""
    found = atlas or read_atlas(path)
    is_shipped = path.parent == DATA
    return {
        "atlas": found.name,
        "title": found.provenance.get("title"),
        "dataset": found.dataset,
        "file": str(path.resolve()),
        "images": {
            "dataset": found.dataset_images,
            "annotated": found.images.height,
            "counted": int((~found.images["is_problematic"]).sum()),
            "unreadable": len(found.unreadable),
            "part": found.provenance.get("part"),
        },
        "classes": found.classes.height,
        "categories": _defined(found),
        "undefined": list(found.undefined),
        "knows_imagenet_m": found.images["is_imagenet_m"].null_count() == 0,
        "has_folder_order": "folder_rank" in found.images.columns,
        "has_evidence": evidence_path(path).is_file(),
        "has_verdicts": verdicts_path(path).is_file(),
        "seal": read_metadata(path)[SEAL_KEY],
        "licence": LICENCE if is_shipped else None,
        "inputs": {
            role: {**note, **({"licence": LICENCES[role]} if is_shipped else {})}
            for role, note in found.provenance.get("inputs", {}).items()
        },
    }


def _defined(found: Atlas) -> list[str]:
    checks = "fine_grained_oov" not in found.undefined
    return [
        category.name
        for category in CATEGORIES
        if category.name not in found.undefined and (category.name != OPEN_WORLD_UNCHECKED or not checks)
    ]


def info_text(values: Mapping[str, object]) -> str:
    """Return what is in an atlas, as lines."""
    labels = {category.name: category.label for category in CATEGORIES}
    images = values["images"]
    part = images["part"]
    here = f"{images['annotated']:,} of {images['dataset']:,} have labels, {images['counted']:,} count"
    lines = {
        "atlas": f"{values['atlas']} ({values['title']})" if values["title"] else values["atlas"],
        "data set": values["dataset"],
        "file": values["file"],
        "images": here + (f"; a part of the data set, {part['images']:,} of {part['of']:,}" if part else ""),
        "classes": f"{values['classes']:,}",
        "categories": ", ".join(labels[name] for name in values["categories"]),
        "not decided": ", ".join(_words(values["undefined"], labels)) or "none",
        "evidence": "beside it" if values["has_evidence"] else "none: answers cannot be explained",
        "seal": values["seal"],
        **({"licence": values["licence"]} if values["licence"] else {}),
    }
    made_from = (
        f"  {role:<30}{note.get('file', ''):<38}{_hash(note)[:12]}  {note.get('licence', '')}".rstrip()
        for role, note in values["inputs"].items()
    )
    return "\n".join([*(f"{name:<12} {said}" for name, said in lines.items()), "made from", *made_from])


def _hash(note: Mapping[str, str]) -> str:
    """Return the hash of a file, or of all images of a folder or tar."""
    return note.get("sha256") or note.get("contents_sha256", "")


def _words(undefined: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Return the categories that are not decided, each once, whether or not a later rule would have decided it."""
    names = (name.removeprefix("provisional_") for name in undefined)
    return list(dict.fromkeys(labels.get(name, name) for name in names))


def _what(values: Mapping[str, object]) -> str:
    images = values["images"]
    return f"{images['annotated']:,} images of {values['dataset']}, {values['classes']:,} classes: {values['title']}"
