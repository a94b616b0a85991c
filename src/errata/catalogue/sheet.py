"""Make the model sheet from the libraries' metadata and published tables."""

import csv
import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from errata.catalogue.facts import Fit, Measured, NameRules, fit_seconds, read_throughput
from errata.catalogue.weights import Network, Weights, count, open_clip_weights, timm_weights, torchvision_weights
from errata.errors import InputError, RefusedError
from errata.files import atomic_write
from errata.models import COLUMNS, Model, read_models
from errata.sheets import NONE

LOG = logging.getLogger(__name__)

OWN = ("checkpoint", "dummy")
"""Rows of these sources are somebody's own: they stay as they are."""

HEADER = """\
# Models that Errata can run; docs/configuration.md describes the columns. Rows of your own (checkpoints) stand first;
# `make models` writes the others again. seconds: for 50,000 images on {card}.
"""


@dataclass(frozen=True)
class Tables:
    """What the sheet is made from beside the libraries.

    `results`: timm's `results-imagenet.csv`.
    `throughput`: one of timm's `benchmark-infer-*.csv`.
    `results_key`, `throughput_key`: their keys in the registry of sources.
    `rules`: how names are read.
    """

    results: Path
    throughput: Path
    results_key: str
    throughput_key: str
    rules: NameRules


def list_models(tables: Tables) -> Iterator[Model]:
    """Yield every published model with what is known about it: timm's, torchvision's, open_clip's, by name.

    Raises InputError if networks cannot be built, with all their names, or a name is not understood.
    """
    measured = read_throughput(tables.throughput)
    fit = fit_seconds(_understood(measured, tables.rules), group_of=lambda name: tables.rules.family_and_group(name)[1])
    LOG.info("seconds: %d measured; the fit for others is off by %.0f %% (median)", len(measured), 100 * fit.error)
    top1 = _timms_top1(tables.results)
    built: dict[tuple[str, str, int], Network] = {}
    failures = []
    for weights in chain(timm_weights(), torchvision_weights(), open_clip_weights()):
        try:
            yield _with_facts(weights, tables, measured=measured, fit=fit, top1=top1, built=built)
        except InputError as error:
            LOG.error("%s", error)
            failures.append(str(error))
    if failures:
        raise RefusedError(f"{len(failures)} models cannot be listed:\n" + "\n".join(failures))


def write_sheet(path: Path | str, models: Iterable[Model], *, own: Path | str, card: str) -> None:
    """Write the sheet: the rows of your own in the sheet `own`, then the published models."""
    kept = [row for row in read_models(own).values() if row.source in OWN]
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        stream.write(HEADER.format(card=card))
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(row, column)) for column in COLUMNS] for row in chain(kept, models))


def _with_facts(
    weights: Weights,
    tables: Tables,
    *,
    measured: Mapping[tuple[str, int], Measured],
    fit: Fit,
    top1: Mapping[tuple[str, int], float],
    built: dict[tuple[str, str, int], Network],
) -> Model:
    row, rules = weights.row, tables.rules
    architecture = _without_tag(row)
    family, group = rules.family_and_group(architecture)
    name = row.model.rpartition("@")[0]
    data, images = rules.data(name)
    clocked = measured.get((architecture, row.size)) if row.source == "timm" else None
    network = _network(weights, clocked, built=built)
    estimate = fit.seconds(gmacs=network.gmacs, parameters=network.parameters, size=row.size, group=group)
    known_top1 = top1.get((row.architecture, row.size)) if row.source == "timm" else weights.stated_top1
    said_by = tables.results_key if row.source == "timm" else f"torchvision {version('torchvision')}"
    annotations = rules.kinds_of_training(name)
    return replace(
        row,
        family=family,
        group=group,
        training_data=None if data == NONE else data,
        training_images=None if images == NONE else int(images),
        annotations=None if annotations == NONE else annotations,
        parameters=network.parameters,
        gmacs=_rounded(network.gmacs),
        expected_top1=known_top1,
        expected_from=None if known_top1 is None else said_by,
        licence=None if weights.licence == NONE else weights.licence,
        seconds=_rounded(clocked.seconds if clocked else estimate),
        seconds_from=tables.throughput_key if clocked else "fit",
    )


def _network(weights: Weights, clocked: Measured | None, *, built: dict[tuple[str, str, int], Network]) -> Network:
    """Return how large a network is: as its library says, or else counted in the network, which is built for that.

    `built` keeps networks by source, architecture without tag, and size.
    """
    if weights.stated_network:
        return weights.stated_network
    key = (weights.row.source, _without_tag(weights.row), weights.row.size)
    if key not in built:
        built[key] = count(weights, gmacs=clocked is None)
    return Network(built[key].parameters, clocked.gmacs) if clocked else built[key]


def _without_tag(row: Model) -> str:
    return row.architecture.split(".")[0] if row.source == "timm" else row.architecture


def _understood(measured: Mapping[tuple[str, int], Measured], rules: NameRules) -> dict[tuple[str, int], Measured]:
    """Filter out architectures that only come with other classes, and so have no pattern."""
    known = {}
    for (name, size), row in measured.items():
        try:
            rules.family_and_group(name)
        except InputError:
            continue
        known[name, size] = row
    return known


def _timms_top1(path: Path) -> dict[tuple[str, int], float]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["model"], int(row["img_size"])): float(row["top1"]) for row in csv.DictReader(stream)}


def _rounded(value: float) -> float:
    """Round to three significant digits."""
    return float(f"{value:.3g}")


def _cell(value: object) -> str:
    if value is None:
        return NONE
    if isinstance(value, float) and value == math.floor(value):
        return str(int(value))
    return str(value)
