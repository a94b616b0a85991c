"""`errata gate`: whether a model surely makes more errors of a category than another."""

import argparse
import json

from errata.atlas.compiled import read_atlas
from errata.paired.compare import read_pair
from errata.paired.gate import check_gate, read_allowances
from errata.paired.layout import gate_markdown, gate_text, gate_values
from errata.paired.transitions import count_transitions


def run(options: argparse.Namespace) -> int:
    """Print what the gate found; return 1 if it is closed."""
    atlas = read_atlas(options.atlas)
    allowances = read_allowances(options.category, options.max_rise, atlas)
    answers = read_pair(options.baseline, options.candidate, atlas, order=options.order)
    gate = check_gate(count_transitions(atlas, *answers.outcomes, "all"), atlas, allowances)
    models = answers.models[0], answers.models[1]
    if options.json:
        print(json.dumps(gate_values(gate, models), indent=1, ensure_ascii=False))
    else:
        print(gate_markdown(gate, models) if options.markdown else gate_text(gate, models))
    return 0 if gate.is_open else 1
