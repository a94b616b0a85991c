"""The statements as Markdown, for a paper, a pull request or a model card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from errata.report.trends.words import sentence
from errata.trends.claims import CLAIMS
from errata.trends.statement import Statement

_MODELS = {"published": "Published models", "here": "Models of this report"}


def write_statements(sets: Mapping[str, Sequence[Statement]], path: Path) -> None:
    """Write every statement of each set of models, `published` or `here`, with its criterion and its origin."""
    parts = ["# Statements about trends\n"]
    for name, statements in sets.items():
        parts.append(f"\n## {_MODELS[name]}\n")
        for claim in CLAIMS.values():
            of_claim = [each for each in statements if each.name == claim.name]
            if of_claim:
                parts.append(f"\n**{claim.sentence}** Holds if: {claim.holds_if} From: {claim.computed_from}\n\n")
                parts += [f"- {each.holds}: {sentence(each)}\n" for each in of_claim]
    path.write_text("".join(parts), encoding="utf-8")
