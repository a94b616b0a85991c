"""What differs between two builds, in words, from their manifests."""

from collections.abc import Iterator, Mapping

CAUSES = (
    ("errata", "Errata"),
    ("code", "code of Errata"),
    ("python", "Python"),
    ("libraries", "library"),
    ("contracts", "contract version"),
    ("tables", "version of the table"),
    ("settings", "setting"),
    ("atlases", "atlas"),
    ("encoders", "encoder"),
    ("models", "model"),
    ("inputs", "input"),
)
"""The parts of a manifest that results are made from, and what one entry of each is called."""

LONGEST = 60
"""Longer values are cut."""


def differences(first: Mapping[str, object], second: Mapping[str, object]) -> list[str]:
    """Return a sentence for everything that differs, causes before results; nothing for equal builds."""
    found = [line for part, words in CAUSES for line in _differences(words, first.get(part), second.get(part))]
    results = list(_differences("result", first.get("results"), second.get("results")))
    if results and not found:
        results.append(
            "The results differ although nothing that they were made from does: the same build gave other results."
        )
    return found + results


def _differences(words: str, first: object, second: object) -> Iterator[str]:
    if not isinstance(first, Mapping) and not isinstance(second, Mapping):
        if first != second:
            yield f"{words}: {_text(first)} in the first, {_text(second)} in the second."
        return
    first, second = (value if isinstance(value, Mapping) else {} for value in (first, second))
    for name in sorted({*first, *second}):
        if name not in second:
            yield f"{words} '{name}': only in the first{_value(first[name])}."
        elif name not in first:
            yield f"{words} '{name}': only in the second{_value(second[name])}."
        elif first[name] != second[name]:
            yield f"{words} '{name}': {_change(first[name], second[name])}"


def _change(first: object, second: object) -> str:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return f"{_text(first)} in the first, {_text(second)} in the second."
    fields = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    if fields == ["sha256"]:
        return f"other content under the same name, {_text(first['sha256'])} and {_text(second['sha256'])}."
    each = (
        f"{name} is {_text(first.get(name))} in the first, {_text(second.get(name))} in the second" for name in fields
    )
    return f"{'; '.join(each)}."


def _value(value: object) -> str:
    return "" if isinstance(value, Mapping) else f" ({_text(value)})"


def _text(value: object) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    if len(text) == 64 and all(digit in "0123456789abcdef" for digit in text):
        return f"{text[:12]}…"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
