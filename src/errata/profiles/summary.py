"""The profile of models as text for a terminal, as Markdown, and as plain values for JSON.

One model gets a table of its categories, several get one row each. All three say the same, from `model_findings`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from errata import __version__
from errata.categories import CATEGORIES, CATEGORY_COLUMNS, FORGIVEN
from errata.errors import shown_lines
from errata.profiles.findings import CategoryFinding, Interval, ModelFindings, model_findings
from errata.results import AtlasFacts, Results
from errata.text_tables import aligned, cut, filled, markdown, markdown_table, stacked, width_of

MOST_ROWS = 60
"""Up to so many models, a table on a terminal has a row for each."""

SHORTEST_NAME = 14
"""Columns that names of models have at least, where they are longer."""

MOST_NAMED = 5
"""Models that a sentence names."""

ESTIMATED = "≈: estimated from published models of like accuracy, not measured; 95 % prediction limits."
AT_MOST = "≤: at most; every one that is out of vocabulary lowers it."
_LABELS = {category.name: category.label for category in CATEGORIES}
_COLOURS = {category.label: category.colour for category in CATEGORIES}


def profile_values(results: Results) -> dict:
    """Return the profile of one or more models as plain values for JSON.

    Returns
    -------
    dict
        `errata` (version), `dataset`, `atlas`, `undefined` (categories without counts -> why), and `models`, best MLA
        first: the attributes of `errata.profiles.findings.ModelFindings`. Shares and accuracies are in per cent, gains
        in points; limits are 95 % limits.
    """
    facts = results.facts
    return {
        "errata": __version__,
        "dataset": facts.dataset,
        "atlas": facts.name,
        "undefined": {name: facts.why_missing(name) for name in facts.undefined},
        "models": [found.values() for found in model_findings(results)],
    }


def profile_text(results: Results, *, width: int = 80, colour: bool = False) -> str:
    """Return the profile of one or more models as lines of text.

    Parameters
    ----------
    results : Results
    width : int
        Columns of the terminal. Tables are broken into blocks and sentences into lines that fit.
    colour : bool
        Whether categories get a square of their colour, as an escape sequence for one of 256 colours.
    """
    found = model_findings(results)
    parts = _of_one(found[0], results, width) if len(found) == 1 else _of_many(found, results, width)
    text = shown_lines("\n\n".join(part for part in parts if part))
    return _coloured(text) if colour else text


def profile_markdown(results: Results) -> str:
    """Return the profile of one or more models in Markdown, for a pull request or a model card."""
    found = model_findings(results)
    return _markdown_of_one(found[0], results) if len(found) == 1 else _markdown_of_many(found, results)


# one model


def _of_one(found: ModelFindings, results: Results, width: int) -> list[str]:
    head = f"{found.model}: {_accuracies(found, results)}, on {_on(found, results)}."
    sentences = [lever_sentence(found, results.facts), place_sentence(found, results.facts), *_undefined(results)]
    notes = [each for each in (_usual_note(found), _parts_note(found)) if each]
    return [
        filled([head], width),
        "\n".join(_table_of_one(found, width, results.facts)),
        filled(notes, width),
        filled(sentences, width),
        filled([f"Note: {warning}" for warning in found.warnings], width),
    ]


def _accuracies(found: ModelFindings, results: Results) -> str:
    words = results.facts.words
    named = ((words.top1_in_full, found.top1), (words.mla_in_full, found.mla))
    return ", ".join(f"{name} {value.value:.1f} %{_limits(value, ' ({})')}" for name, value in named if value)


def _on(found: ModelFindings, results: Results) -> str:
    return f"{_count(found.images, 'image')} of {results.facts.dataset}, atlas {results.facts.name}"


def _table_of_one(found: ModelFindings, width: int, facts: AtlasFacts) -> list[str]:
    compared = any(each.usual for each in found.categories)
    head = ("", "errors", "share", "95 % interval", *(("usual", "") if compared else ()))
    rows = [head]
    for of, title in (("top1_errors", facts.words.error), ("multi_label_errors", facts.words.mle)):
        lines = [each for each in found.categories if each.of == of]
        if lines:
            rows.append((_count(getattr(found, of), title), *[""] * (len(head) - 1)))
        for each in lines:
            rows.append(_category_row(each, compared=compared))
            if each.category == "open_world_unchecked":
                rows += [(*row, *[""] * (len(head) - len(row))) for row in _parts(found)]
    if width < 70:
        # without the interval and what is usual
        rows = [row[:3] for row in rows]
    return aligned([(cut(row[0], max(width - 20, 12)), *row[1:]) for row in rows])


def _category_row(each: CategoryFinding, *, compared: bool) -> tuple[str, ...]:
    share = ("–", "") if each.share is None else (f"{each.share.value:.1f} %", _limits(each.share, "{}"))
    usual = "" if each.usual is None else f"{each.usual.value:.1f} %"
    position = each.position if each.position in ("high", "low") else ""
    return (f"  {each.label}", f"{each.errors:,}", *share, *((usual, position) if compared else ()))


def _parts(found: ModelFindings) -> Iterable[tuple[str, ...]]:
    of = found.multi_label_errors
    for part in found.unchecked:
        if part.estimate is not None:
            value, low, high = part.estimate.value, part.estimate.low, part.estimate.high
            limits = _limits(Interval(100 * value / of, 100 * low / of, 100 * high / of), "{}")
            yield (f"    {part.label}", f"≈ {value:,.0f}", f"{100 * value / of:.1f} %", limits)
        else:
            yield (f"    {part.label}", f"≤ {part.at_most:,}", f"{100 * part.at_most / of:.1f} %", "")


def _parts_note(found: ModelFindings) -> str:
    notes = {ESTIMATED: any(p.estimate for p in found.unchecked), AT_MOST: not all(p.estimate for p in found.unchecked)}
    return " ".join(note for note, is_needed in notes.items() if is_needed)


def _usual_note(found: ModelFindings) -> str:
    if not any(each.usual for each in found.categories):
        return ""
    text = f"usual: what {found.published_models:,} published models lead to expect at this accuracy"
    if any(each.position in ("high", "low") for each in found.categories):
        text += "; high, low: differs from it with 95 % confidence"
    return f"{text}."


def lever_sentence(found: ModelFindings, facts: AtlasFacts) -> str:
    """Say which category costs the most accuracy; nothing where none does."""
    if found.lever is None:
        return ""
    lever, accuracy = found.lever, _lever_accuracy(found, facts)
    return (
        f"Biggest lever: {lever.label}. Without them, the {accuracy} would be {lever.fixed:.1f} % "
        f"(+{lever.gain.value:.1f} points, {_limits(lever.gain, '{}')}).{_unchecked_sentence(found)}"
    )


def _lever_accuracy(found: ModelFindings, facts: AtlasFacts) -> str:
    return facts.words.mla if found.lever is None or found.lever.accuracy == "mla" else facts.words.top1_in_full


def _unchecked_sentence(found: ModelFindings) -> str:
    if found.unchecked_cost is None or not found.unchecked_cost.value:
        return ""
    return (
        f" The errors that were not checked for the open world cost {found.unchecked_cost.value:.1f} points together."
    )


def place_sentence(found: ModelFindings, facts: AtlasFacts) -> str:
    """Say where a model stands among the published ones; nothing where none are compared."""
    if found.published_models is None:
        return ""
    said = []
    if found.better_than is not None:
        others = f"{found.better_than:,} of {found.published_models:,} published models"
        said.append(f"Its {facts.words.mla} is higher than that of {others}.")
    odd = [f"{each.label} ({each.position})" for each in found.categories if each.position in ("high", "low")]
    if odd:
        said.append(f"For its accuracy, it is unusual in {_enumerated(odd)}.")
    elif not found.extrapolated:
        said.append("For its accuracy, every share is usual.")
    if found.extrapolated:
        said.append("Its accuracy lies beyond that of every published model, so what is usual there is not known.")
    return " ".join(said)


def _undefined(results: Results) -> list[str]:
    undefined = (name.removeprefix("provisional_") for name in results.facts.undefined_on_dataset)
    names = dict.fromkeys(_LABELS.get(name, name) for name in undefined)
    return [f"Undefined on this data set: {', '.join(names)}."] if names else []


# several models


def _of_many(found: Sequence[ModelFindings], results: Results, width: int) -> list[str]:
    images = {each.images for each in found}
    on = _on(found[0], results) if len(images) == 1 else f"{results.facts.dataset}, atlas {results.facts.name}"
    shown = found[:MOST_ROWS]
    more = len(found) - len(shown)
    return [
        filled([f"{len(found):,} models on {on}; best first. Shares in per cent."], width),
        *_blocks(shown, results.facts, width),
        filled([f"… and {more:,} more: profile.csv and the report have all."] if more else [], width),
        filled([_levers_sentence(found, results.facts), _places_sentence(found), *_undefined(results)], width),
        filled(_marks_lines(found), width),
    ]


def _blocks(found: Sequence[ModelFindings], facts: AtlasFacts, width: int) -> list[str]:
    """Return the table of the models, in as many blocks below each other as the width asks for."""
    columns = _columns(found, facts)
    widths = [
        2 + max(*(width_of(row[0]) for row in stacked([heading])), *map(width_of, cells)) for heading, cells in columns
    ]
    longest = max(5, *(width_of(each.model) for each in found))
    left = width - sum(widths)
    # in one block, if enough is left for the names
    name = min(longest, left if left >= SHORTEST_NAME else max(width // 4, SHORTEST_NAME))
    blocks: list[list[tuple[str, list[str]]]] = [[]]
    used = name
    for column, wide in zip(columns, widths, strict=True):
        if blocks[-1] and used + wide > width:
            blocks.append([])
            used = name
        blocks[-1].append(column)
        used += wide
    names = [cut(each.model, name) for each in found]
    return ["\n".join(_block(names, block)) for block in blocks]


def _columns(found: Sequence[ModelFindings], facts: AtlasFacts) -> list[tuple[str, list[str]]]:
    def cells(text: Callable[[ModelFindings], str]) -> list[str]:
        return [text(each) for each in found]

    columns = [
        (facts.accuracy_words["top1"], cells(lambda each: _value(each.top1))),
        (facts.accuracy_words["mla"], cells(lambda each: _value(each.mla))),
        ("95 % interval", cells(lambda each: _limits(each.mla, "{}") if each.mla else "")),
    ]
    for name in CATEGORY_COLUMNS:
        by_model = [next((each for each in one.categories if each.category == name), None) for one in found]
        if any(by_model):
            marks = {"high": "+", "low": "−"}
            shares = [_value(each.share) + marks.get(each.position or "", " ") if each else "– " for each in by_model]
            if not any(share.endswith(("+", "−")) for share in shares):
                shares = [share.rstrip() for share in shares]
            columns.append((_LABELS[name], shares))
    return columns


def _block(names: Sequence[str], block: Sequence[tuple[str, list[str]]]) -> list[str]:
    heads = stacked(["model", *(heading for heading, _ in block)])
    return aligned([*heads, *zip(names, *(cells for _, cells in block), strict=True)])


def _levers_sentence(found: Sequence[ModelFindings], facts: AtlasFacts) -> str:
    levers = Counter(each.lever.label for each in found if each.lever)
    if not levers:
        return ""
    (label, count), of = levers.most_common(1)[0], levers.total()
    gains = [each.lever.gain.value for each in found if each.lever and each.lever.label == label]
    who = f"all {of:,} models" if count == of else f"{count:,} of {of:,} models"
    points = f"{min(gains):.1f}" if len(set(gains)) == 1 else f"{min(gains):.1f} to {max(gains):.1f}"
    accuracy = _lever_accuracy(found[0], facts)
    return f"Biggest lever of {who}: {label}; without them the {accuracy} would be higher by {points} points."


def _places_sentence(found: Sequence[ModelFindings]) -> str:
    compared = [each for each in found if each.published_models is not None and not each.extrapolated]
    if not compared:
        return ""
    odd = [each.model for each in compared if any(c.position in ("high", "low") for c in each.categories)]
    published = f"{compared[0].published_models:,} published models"
    if not odd:
        return f"For their accuracy, all shares are usual among {published}."
    whose, are = ("its", "is") if len(odd) == 1 else ("their", "are")
    return (
        f"For {whose} accuracy, {_named(odd)} {are} unusual among {published}: + is more, − is less, with 95 % "
        "confidence."
    )


def _marks_lines(found: Sequence[ModelFindings]) -> list[str]:
    warned = [each for each in found if each.warnings]
    lines = [f"Note on {each.model}: {' '.join(each.warnings)}" for each in warned[:MOST_NAMED]]
    more = len(warned) - MOST_NAMED
    return lines + ([f"… and notes on {more:,} more: errata doctor, or the report, has them."] if more > 0 else [])


# Markdown


def _markdown_of_one(found: ModelFindings, results: Results) -> str:
    table = [("category", "errors", "share, %", "95 % interval", "usual, %")]
    for each in found.categories:
        share = ("–", "") if each.share is None else (f"{each.share.value:.1f}", _limits(each.share, "{}"))
        position = f" ({each.position})" if each.position in ("high", "low") else ""
        usual = "" if each.usual is None else f"{each.usual.value:.1f}{position}"
        table.append((markdown(each.label), f"{each.errors:,}", *share, usual))
        if each.category == "open_world_unchecked":
            table += [
                (f"– {markdown(label.strip())}", errors, share.removesuffix(" %"), limits, "")
                for label, errors, share, limits in _parts(found)
            ]
    of = " and ".join(_LABELS[name] for name in FORGIVEN if name not in results.facts.undefined)
    mle = "multi-label errors" if results.facts.has_multilabels else "others"
    forgives, what = results.facts.forgives, _count(found.top1_errors, "top-1 error")
    rest = "errors by the multi-labels" if results.facts.has_multilabels else "no class overlap"
    errors = f"{what}, of which {found.multi_label_errors:,} are {rest}."
    said = [
        f"On {_on(found, results)}: {_accuracies(found, results)}. "
        + (errors if forgives else f"{_count(found.top1_errors, 'error')}."),
        lever_sentence(found, results.facts),
        place_sentence(found, results.facts),
        f"Shares of {of} are of the top-1 errors, the others of the {mle}." if forgives else "",
        _usual_note(found),
        _parts_note(found),
        *_undefined(results),
        *(f"Note: {warning}" for warning in found.warnings),
    ]
    head, *below = [markdown(sentence) for sentence in said if sentence]
    return f"### {markdown(found.model)}\n\n{head}\n\n{markdown_table(table)}\n" + "\n\n".join(below) + "\n"


def _markdown_of_many(found: Sequence[ModelFindings], results: Results) -> str:
    columns = _columns(found, results.facts)
    head = ["model", *(heading for heading, _ in columns)]
    rows = [[each.model, *(cells[place] for _, cells in columns)] for place, each in enumerate(found)]
    table = [[markdown(cell.strip()) for cell in row] for row in (head, *rows)]
    said = [_levers_sentence(found, results.facts), _places_sentence(found), *_undefined(results), *_marks_lines(found)]
    below = "\n\n".join(markdown(sentence) for sentence in said if sentence)
    title = f"{len(found):,} models on {results.facts.dataset}, atlas {results.facts.name}"
    return f"### {markdown(title)}\n\n{markdown_table(table)}\n{below}\n"


# words and numbers


def _value(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.value:.1f}"


def _limits(interval: Interval, form: str) -> str:
    """Return the limits in a form such as ` ({})`; nothing where there are none."""
    if interval.low is None or interval.high is None:
        return ""
    return form.format(f"{interval.low:.1f}–{interval.high:.1f}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _enumerated(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return _enumerated([*names[:MOST_NAMED], f"{more:,} more"] if more > 0 else names)


def _coloured(text: str) -> str:
    """Put a square of its colour in front of every line that begins with the label of a category."""
    lines = []
    for line in text.split("\n"):
        inner = line.lstrip(" ")
        colour = next((_COLOURS[label] for label in _COLOURS if inner.startswith(f"{label}  ")), None)
        indent = len(line) - len(inner)
        if colour is not None and indent >= 2:
            # the nearest in the cube of 6 x 6 x 6 colours, which more terminals know than 24-bit colours
            red, green, blue = (round(int(colour[place : place + 2], 16) / 51) for place in (1, 3, 5))
            line = f"{line[: indent - 2]}\x1b[38;5;{16 + 36 * red + 6 * green + blue}m■\x1b[0m {inner}"
        lines.append(line)
    return "\n".join(lines)
