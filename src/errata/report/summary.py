"""A summary of a model in Markdown, for a model card or a pull request."""

import re
from collections.abc import Mapping

from errata import __version__
from errata.categories import CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.report.accuracy import unexpected_models
from errata.report.numerals import MISSING, interval, percent, signed, whole
from errata.report.open_world import stand_in
from errata.report.style import LOOKS
from errata.results import AtlasFacts, Results

_ESCAPED = re.compile(r"([\\`*_{}\[\]<>|#~&])")


def markdown(text: str) -> str:
    """Escape text for Markdown, in one line."""
    return _ESCAPED.sub(r"\\\1", re.sub(r"\s+", " ", text))


_OF_WHAT = {
    True: "Shares of class overlap and multi-label are of the top-1 errors, the others of the errors by the "
    "multi-labels. ",
    False: "Shares of class overlap are of the top-1 errors, the others of the rest. ",
}
"""What shares are of, by whether images may have several labels."""

_IN_BRACKETS = (
    "In brackets: 95 % intervals, for other images of the same classes; they do not cover mistakes in the labels."
)


def model_summary(results: Results, row: Mapping[str, object], gains: Mapping[str, Mapping], *, cited: str) -> str:
    """Return the summary of a model.

    `row`: its row of the profile for the group `all`.
    `gains`: category -> its row of the table `errata.profiles.tables.WHAT_IF` for this model, group and the MLA.
    `cited`: by what the manifest is cited; may be empty.
    """
    atlas = results.facts
    lines = [
        f"### Kinds of errors: {markdown(row['model'])}",
        "",
        *_mark(unexpected_models(results).get(str(row["model"]))),
        f"On {whole(row['images'])} images of {markdown(atlas.dataset)}: {_accuracies(row, atlas)}",
        "",
        f"| category | errors | share, per cent | {atlas.accuracy_words['mla']} if fixed, points |",
        "| --- | ---: | ---: | ---: |",
        *(line for name in _shown(row) if (line := _line(name, row, gains.get(name), atlas.why_missing(name)))),
        "",
        (_OF_WHAT[atlas.has_multilabels] if atlas.forgives else "") + _IN_BRACKETS,
    ]
    if not atlas.open_world_checked:
        lines[-1] += (
            f" The atlas “{markdown(atlas.name)}” has no open-world check: what “open world not checked” stands for is "
            "not known, and the lines below it are upper bounds."
        )
    if encoder := stand_in(atlas):
        lines[-1] += (
            f" What is out of vocabulary was decided by a small encoder that stands in for “{markdown(encoder)}” on "
            "this data set; these numbers do not carry over to photographs."
        )
    if atlas.undefined_on_dataset:
        undefined = dict.fromkeys(name.removeprefix("provisional_") for name in atlas.undefined_on_dataset)
        names = ", ".join(LOOKS[name].label if name in LOOKS else name for name in undefined)
        lines[-1] += f" Undefined on this data set: {markdown(names)}."
    notes = results.notes.get(str(row["model"]), ())
    lines += [f"Note on the predictions: {markdown(note)}" for note in notes]
    source = f"Errata {__version__}, atlas “{markdown(atlas.name)}”" + (f", manifest {cited}" if cited else "")
    lines += ["", f"{source}; method of Peychev et al., NeurIPS 2023 (arXiv:2401.02430).", ""]
    return "\n".join(lines)


def _accuracies(row: Mapping[str, object], atlas: AtlasFacts) -> str:
    errors = whole(row["top1_errors"])
    if not atlas.forgives:
        return f"accuracy {_value(row, 'top1')}, {atlas.accuracy_words['mla']} {_value(row, 'mla')}. {errors} errors."
    rest = "errors by the multi-labels" if atlas.has_multilabels else "no class overlap"
    return (
        f"top-1 {_value(row, 'top1')}, {atlas.words.mla_in_full} {_value(row, 'mla')}. {errors} top-1 errors, of which "
        f"{whole(row['mle'])} are {rest}."
    )


def _mark(unexpected: str | None) -> list[str]:
    """Return the lines on a model that is not as accurate as published."""
    return [] if unexpected is None else [f"**Not as accurate as published.** {markdown(unexpected)}", ""]


def _shown(row: Mapping[str, object]) -> list[str]:
    names = []
    for name in CATEGORY_COLUMNS:
        if name == OPEN_WORLD_UNCHECKED and row["fine_grained_oov"] is not None:
            continue
        names.append(name)
        if name == OPEN_WORLD_UNCHECKED:
            names += [part for part in PROVISIONAL_COLUMNS if row.get(part) is not None]
    return names


def _line(name: str, row: Mapping[str, object], gain: Mapping | None, why_missing: str) -> str:
    look = LOOKS[name]
    part = name in PROVISIONAL_COLUMNS
    label = f"– at most {look.label.removeprefix('not checked, else ')}" if part else look.label
    if row.get(name) is None:
        # what an atlas does not check stands in one line, open world not checked
        return "" if why_missing.startswith("not checked") else f"| {label} | {MISSING} | {why_missing} | |"
    fixed = "" if gain is None or gain["gain"] is None else f"{signed(gain['gain'])}{_brackets(gain, 'gain')}"
    forgiven = "forgiven" if name in FORGIVEN else fixed
    return f"| {label} | {whole(row[name])} | {_value(row, f'share_{name}')} | {forgiven} |"


def _value(row: Mapping[str, object], name: str) -> str:
    return f"{percent(row.get(name))}{_brackets(row, name)}"


def _brackets(row: Mapping[str, object], name: str) -> str:
    limits = interval(row.get(f"{name}_low"), row.get(f"{name}_high"))
    return f" ({limits})" if limits else ""
