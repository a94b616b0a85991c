"""Close a gate when a model surely makes more errors of a category than another."""

import argparse

from errata.atlas.compiled import read_atlas
from errata.commands.compare import warn_of
from errata.commands.given import given_file
from errata.paired.compare import read_pair
from errata.paired.gate import check_gate, read_allowances
from errata.paired.layout import gate_markdown, gate_text, gate_values, marks_text, marks_values
from errata.paired.transitions import count_transitions
from errata.predictions.findings import marks_of, refuse_doubts
from errata.terminal import print_json, width_of_terminal


def gate(options: argparse.Namespace) -> int:
    """Print whether a model surely makes more errors of a category than another; return 1 if it does."""
    atlas = read_atlas(options.atlas)
    allowances = read_allowances(options.category, options.max_rise, atlas)
    answers, diagnoses = read_pair(
        given_file(options.baseline), given_file(options.candidate), atlas, order=options.order, accepted=options.accept
    )
    warn_of(diagnoses)
    refuse_doubts(diagnoses)
    found = check_gate(count_transitions(atlas, *answers.outcomes, "all"), atlas, allowances)
    models = answers.models[0], answers.models[1]
    if options.json:
        print_json(gate_values(found, models) | marks_values(marks_of(diagnoses)))
    else:
        text = gate_markdown(found, models) if options.markdown else gate_text(found, models, width=width_of_terminal())
        print("\n\n".join([text, *marks_text(marks_of(diagnoses))]))
    return 0 if found.is_open else 1
