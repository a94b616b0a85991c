"""The trust page: experts, published counts, planted causes, other atlases, other labels, chance, what is undefined."""

from collections.abc import Mapping
from pathlib import Path

from errata.atlas.atlas import read_atlas
from errata.report.inputs import ReportInputs
from errata.report.page import Page
from errata.report.trust.chance import BASELINE_WORDS, chance_findings, chance_lines
from errata.report.trust.defined import defined_view
from errata.report.trust.experts import expert_findings, expert_lists
from errata.report.trust.fidelity import fidelity_view
from errata.report.trust.sensitivity import compared_categories, other_atlases, sensitivity_findings
from errata.report.truth.view import truth_view
from errata.report.twins import write_twins


def _make(inputs: ReportInputs, folder: Path) -> Mapping[str, object] | None:
    tables = inputs.trust
    if not tables.known:
        return None
    for name, table in tables.known.items():
        write_twins(table, name, folder / "data")
    lists = []
    if tables.agreement is not None and tables.expert_mistakes is not None:
        lists = expert_lists(tables.agreement, tables.expert_mistakes, _class_names(inputs))
    fidelity = None if tables.fidelity is None else fidelity_view(tables.fidelity)
    others = []
    if tables.atlas_shares is not None and tables.atlas_transitions is not None and tables.atlas_accuracies is not None:
        others = other_atlases(tables.atlas_shares, tables.atlas_transitions, tables.atlas_accuracies)
    chance = {}
    if tables.chance is not None and tables.model_chance is not None:
        chance = chance_lines(tables.chance, tables.model_chance)
    truth = truth_view(inputs, {})
    return {
        "findings": [
            *expert_findings(lists),
            *([fidelity.finding] if fidelity else []),
            *(truth.findings[:1] if truth else []),
            *sensitivity_findings(others),
            *chance_findings(chance),
        ],
        "lists": lists,
        "circular": any(row["experts"] for one in lists for _, look, row in one.categories if look.name == CIRCULAR),
        "fidelity": fidelity,
        "checkpoints": [] if tables.checkpoints is None else tables.checkpoints.to_dicts(),
        "truth": truth,
        "others": others,
        "compared": compared_categories(others),
        "chance": chance,
        "baselines": BASELINE_WORDS,
        "defined_on": None if tables.defined is None else defined_view(tables.defined),
    }


CIRCULAR = "non_prototypical"
"""The category that rests on the expert lists themselves."""

TRUST_PAGE = Page("trust", "Trust", "trust.html", _make)


def _class_names(inputs: ReportInputs) -> dict[int, str]:
    if inputs.atlas_file is None:
        return {}
    return dict(read_atlas(inputs.atlas_file).classes.select("class_id", "name").iter_rows())
