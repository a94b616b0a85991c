"""Draw a figure for a paper or a slide, or write a LaTeX table."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from errata.atlas.compiled import read_atlas
from errata.classification import classify_predictions
from errata.classified import ClassifiedResults
from errata.commands.compare import warn_of
from errata.commands.given import given_file
from errata.errors import InputError, listed
from errata.files import atomic_write
from errata.latex import model_table, models_table
from errata.paired.compare import PairedComparison, compare_pair, read_pair
from errata.results import Results
from errata.shipped import published_beside
from errata.unfinished import is_results, refuse_unfinished

logger = logging.getLogger("errata")


def figure(options: argparse.Namespace) -> int:
    """Draw a figure of the kind that is asked for, or write a table; one whole file."""
    _check_suffix(options)
    if options.kind == "compare":
        from errata.figures import draw_compare

        drawn = draw_compare(_pair(options), width=options.width, group=options.group or "all", grey=options.grey)
    else:
        _check_count(options.profiles, 1, options.kind)
        _check_count(options.model, 1, options.kind, at_least=0)
        results, model = _results(options.profiles[0], options), next(iter(options.model), None)
        if options.kind == "table":
            with atomic_write(options.out) as temporary:
                temporary.write_text(_table(results, model, options), encoding="utf-8")
            logger.info("The table is %s", options.out)
            return 0
        # loads matplotlib, which tables do without
        from errata.figures import draw_profile, draw_trend

        how = {"width": options.width, "grey": options.grey}
        if options.kind == "trend":
            drawn = draw_trend(results, model, category=options.category, group=options.group or "all", **how)
        else:
            drawn = draw_profile(results, model, group=options.group, **how)
    from errata.drawing.style import write_figure

    write_figure(drawn, options.out)
    logger.info("The figure is %s", options.out)
    return 0


def _check_suffix(options: argparse.Namespace) -> None:
    """Refuse a file of another kind before anything is read."""
    kinds = (".tex",) if options.kind == "table" else (".pdf", ".svg", ".png")
    if options.out.suffix.lower() not in kinds:
        hint = " A LaTeX table is --kind table." if options.out.suffix.lower() == ".tex" else ""
        raise InputError(
            f"{options.out}: expected a name that ends in {' or '.join(kinds)} for --kind {options.kind}, found "
            f"'{options.out.suffix}'. Name it so.{hint}"
        )


def _check_count(given: Sequence[str], most: int, kind: str, *, at_least: int = 1) -> None:
    if not at_least <= len(given) <= most:
        raise InputError(
            f"--kind {kind} is about {'one' if most == 1 else 'two'}, found {len(given)}: {listed(given)}. Give "
            f"{'one PROFILE, and --model at most once' if most == 1 else 'two'}."
        )


def _results(text: str, options: argparse.Namespace) -> Results:
    """Return the results in a folder, or those of a predictions file, which are made in memory."""
    given = given_file(text)
    if given.path.is_dir():
        if not is_results(given.path):
            raise InputError(f"{given.path}: expected results of errata classify, or a predictions file. Name one.")
        refuse_unfinished(given.path)
        return Results(given.path)
    atlas = read_atlas(options.atlas)
    found = classify_predictions([given], atlas, order=options.order, accepted=options.accept)
    return ClassifiedResults(found, published=published_beside(atlas))


def _pair(options: argparse.Namespace) -> PairedComparison:
    """Compare two predictions files, or two models of one folder of results, by default its best two."""
    from errata.figures import pair_of

    if len(options.profiles) == 1 and Path(options.profiles[0]).is_dir():
        results = _results(options.profiles[0], options)
        best = results.profile.filter(group="all").sort("mla", "model", descending=[True, False], nulls_last=True)
        models = options.model or best["model"].head(2).reverse().to_list()
        if len(models) != 2:
            raise InputError(f"--kind compare is about two models, found {listed(models)}. Give --model twice.")
        return pair_of(results, *models)
    if len(options.profiles) != 2:
        raise InputError(
            f"--kind compare is about two models, found {listed(options.profiles)}. Give two predictions files, or a "
            "folder of results with two models."
        )
    atlas = read_atlas(options.atlas)
    a, b = map(given_file, options.profiles)
    answers, diagnoses = read_pair(a, b, atlas, order=options.order, accepted=options.accept)
    warn_of(diagnoses)
    return compare_pair(atlas, answers)


def _table(results: Results, model: str | None, options: argparse.Namespace) -> str:
    """Return a table for one column, or a broad one for a page: of one model a row per category, else one per model."""
    models = results.profile["model"].unique(maintain_order=True).to_list()
    if model is not None and model not in models:
        raise InputError(f"There is no model '{model}'. Name one of: {listed(models)}.")
    broad = options.width != "column"
    if model is not None or len(models) == 1:
        return model_table(results, model or models[0], broad=broad)
    return models_table(results, options.group or "all", broad=broad)
