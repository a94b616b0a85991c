"""What a notebook shows: HTML that needs no style sheet, in light and in dark."""

from collections.abc import Iterator, Sequence
from html import escape

from errata.categories import CATEGORIES
from errata.profiles.findings import CategoryFinding, Interval, ModelFindings, model_findings
from errata.profiles.summary import lever_sentence, place_sentence
from errata.results import AtlasFacts, Results

MOST_MODELS = 20
"""Up to so many models have a row."""

_COLOURS = {category.name: category.colour for category in CATEGORIES}
_FONT = "font:13px/1.45 system-ui,sans-serif;max-width:60em"
_CELL = "text-align:right;padding:2px 0 2px 1.4em;white-space:nowrap"
_LEFT = "text-align:left;padding:2px 0;white-space:nowrap"
_FAINT = "opacity:.72"
_NOTE = "margin:.5em 0 0"


def text_html(text: str) -> str:
    """Return text of aligned columns as HTML."""
    return f'<pre style="font-size:12px;line-height:1.4;overflow-x:auto">{escape(text)}</pre>'


def profile_html(results: Results) -> str:
    """Return the profile of one or more models as HTML: a bar of categories for each, and their numbers."""
    found = model_findings(results)
    parts = _of_one(found[0], results.facts) if len(found) == 1 else _of_many(found, results.facts)
    where = f"{escape(results.facts.dataset)}, atlas {escape(results.facts.name)}"
    return f'<div style="{_FONT}">{"".join(parts)}<p style="{_NOTE};{_FAINT}">{where}. Intervals are 95 %.</p></div>'


def _of_one(found: ModelFindings, facts: AtlasFacts) -> Iterator[str]:
    accuracies = (f"{facts.accuracy_words[name]} {_with_limits(getattr(found, name))}" for name in ("top1", "mla"))
    yield f"<div><b>{escape(found.model)}</b>: {', '.join(accuracies)}, {found.images:,} images</div>"
    yield f'<div style="margin:.5em 0">{_bar(found)}</div>'
    compared = any(each.usual for each in found.categories)
    rows = [_row(["", "errors", "share", "95 % interval", *(["usual"] if compared else [])], tag="th")]
    for of, title in (("top1_errors", facts.words.errors), ("multi_label_errors", facts.words.mles)):
        if facts.forgives or of == "top1_errors":
            rows.append(_row([f"{getattr(found, of):,} {title}"]))
        rows += [_category(each) for each in found.categories if each.of == of]
    yield _table(rows)
    usual = "Usual: what published models lead to expect at this accuracy." if compared else ""
    said = [usual, lever_sentence(found, facts), place_sentence(found, facts), *found.warnings]
    yield "".join(f'<p style="{_NOTE}">{escape(sentence)}</p>' for sentence in said if sentence)


def _category(each: CategoryFinding) -> str:
    label = f'<span style="padding-left:1.2em">{_swatch(each.category)}{escape(each.label)}</span>'
    share = ("–", "") if each.share is None else (_number(each.share), _limits(each.share))
    position = f" ({each.position})" if each.position in ("high", "low") else ""
    return _row([label, f"{each.errors:,}", *share, "" if each.usual is None else f"{_number(each.usual)}{position}"])


def _of_many(found: Sequence[ModelFindings], facts: AtlasFacts) -> Iterator[str]:
    rows = [_row(["model", *facts.accuracy_words.values(), "95 % interval", "errors", ""], tag="th")]
    most = max(each.top1_errors for each in found)
    for each in found[:MOST_MODELS]:
        cells = [escape(each.model), _number(each.top1), _number(each.mla), _limits(each.mla), f"{each.top1_errors:,}"]
        rows.append(_row([*cells, _bar(each, of=most)]))
    yield _table(rows)
    if len(found) > MOST_MODELS:
        yield f'<p style="{_NOTE}">… and {len(found) - MOST_MODELS:,} more: <code>profile.table</code> has all.</p>'
    categories = {category.category: category.label for each in found for category in each.categories}
    names = [category.name for category in CATEGORIES if category.name in categories]
    legend = "".join(
        f'<span style="margin-right:1.2em">{_swatch(name)}{escape(categories[name])}</span>' for name in names
    )
    yield f'<div style="margin-top:.5em">{legend}</div>'


def _bar(found: ModelFindings, *, of: int | None = None) -> str:
    """Return the errors as a bar, a part per category; its length is their number out of `of`."""
    of = of or max(found.top1_errors, 1)
    parts = "".join(_part(each, of) for each in found.categories if each.errors)
    return f'<div style="display:flex;width:22em;max-width:100%;height:12px">{parts}</div>'


def _part(each: CategoryFinding, of: int) -> str:
    title = escape(f"{each.label}: {each.errors:,} errors")
    style = f"flex:0 0 {100 * each.errors / of:.2f}%;background:{_COLOURS[each.category]}"
    return f'<span title="{title}" style="{style}"></span>'


def _swatch(category: str) -> str:
    style = f"display:inline-block;width:.8em;height:.8em;margin-right:.5em;background:{_COLOURS[category]}"
    return f'<span style="{style}"></span>'


def _table(rows: Sequence[str]) -> str:
    return f'<table style="border-collapse:collapse;margin:0;font:inherit">{"".join(rows)}</table>'


def _row(cells: Sequence[str], *, tag: str = "td") -> str:
    weight = f";font-weight:normal;{_FAINT}" if tag == "th" else ""
    styled = [f'<{tag} style="{_CELL if place else _LEFT}{weight}">{cell}</{tag}>' for place, cell in enumerate(cells)]
    return f'<tr style="background:none">{"".join(styled)}</tr>'


def _number(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.value:.1f} %"


def _limits(interval: Interval | None) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return ""
    return f"{interval.low:.1f} – {interval.high:.1f}"


def _with_limits(interval: Interval | None) -> str:
    limits = _limits(interval)
    return _number(interval) + (f" ({limits})" if limits else "")
