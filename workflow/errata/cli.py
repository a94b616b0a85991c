"""The command line: classify predictions files, examine one, compare two, explain one answer."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from errata import __version__
from errata.input_error import InputError

logger = logging.getLogger("errata")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 for a refusal, a closed gate or builds that differ, 2 for unusable input."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except InputError as error:
        print(f"errata: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="errata", description="What kind of mistakes does an image classifier make?", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"errata {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    classify = commands.add_parser("classify", help="classify the errors in predictions files and write a report")
    classify.add_argument("files", nargs="+", type=Path, metavar="FILE", help="predictions: .parquet, .csv, .npy, .npz")
    _add_atlas(classify)
    classify.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for tables and report")
    _add_order(classify)
    classify.add_argument("--published", type=Path, metavar="DIR", help="the paper's tables, to compare with")
    classify.add_argument("--skip-broken", action="store_true", help="leave out files that the doctor refuses")
    classify.add_argument("--no-report", action="store_true", help="write the tables only")
    classify.set_defaults(run=_classify)

    doctor = commands.add_parser("doctor", help="say what is wrong with a predictions file")
    doctor.add_argument("file", type=Path, metavar="FILE", help="predictions: .parquet, .csv, .npy, .npz")
    _add_atlas(doctor)
    _add_order(doctor)
    doctor.add_argument("--fix", type=Path, metavar="OUT.parquet", help="write the repaired predictions")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(run=_doctor)

    compare = commands.add_parser("compare", help="say what became better and what worse from one model to another")
    compare.add_argument("a", type=Path, metavar="A", help="predictions of the model to compare with")
    compare.add_argument("b", type=Path, metavar="B", help="predictions of the model that is better or worse")
    _add_atlas(compare)
    _add_order(compare)
    compare.add_argument("--out", type=Path, metavar="DIR", help="folder for the tables, with every image that changed")
    compare.add_argument("--json", action="store_true", help="print JSON")
    compare.set_defaults(run=_compare)

    gate = commands.add_parser(
        "gate",
        help="exit with 1 if a model surely makes more errors of a category than another",
        description="Exit codes: 0 the gate is open; 1 a category rises by more than allowed, with 95 %% confidence; "
        "2 the input cannot be used.",
    )
    gate.add_argument("baseline", type=Path, metavar="BASELINE", help="predictions of the model that is good enough")
    gate.add_argument("candidate", type=Path, metavar="CANDIDATE", help="predictions of the model to let in")
    _add_atlas(gate)
    _add_order(gate)
    gate.add_argument(
        "--category",
        action="append",
        metavar="CATEGORY[=RISE]",
        help="watch this category, with an allowance of its own if one is given (repeat for several; default: every "
        "category that the multi-labels do not forgive)",
    )
    gate.add_argument(
        "--max-rise",
        default="0",
        metavar="RISE",
        help="allow this rise: 5%% of the baseline's count, or 0.2pp of the images (default: 0)",
    )
    gate_output = gate.add_mutually_exclusive_group()
    gate_output.add_argument("--json", action="store_true", help="print JSON")
    gate_output.add_argument("--markdown", action="store_true", help="print Markdown, for a pull request")
    gate.set_defaults(run=_gate)

    explain = commands.add_parser("explain", help="say why an answer is what it is")
    explain.add_argument("file_name", metavar="FILE_NAME", help="an annotated image of the data set")
    explain.add_argument("predicted_class", metavar="PREDICTED_CLASS", help="class id, wnid or class name")
    _add_atlas(explain)
    explain.set_defaults(run=_explain)

    errors = commands.add_parser("errors", help="list every error of a model, with the names of the classes, as CSV")
    errors.add_argument("model", metavar="MODEL", help="name of a model in the table")
    errors.add_argument("--errors", required=True, type=Path, metavar="errors.parquet", help="the table of errors")
    _add_atlas(errors)
    errors.add_argument("--out", type=Path, metavar="FILE.csv", help="write there instead of printing")
    errors.set_defaults(run=_errors)

    diff = commands.add_parser("diff", help="say what differs between two builds, from their manifests")
    diff.add_argument(
        "first", type=Path, metavar="MANIFEST_A", help="manifest.json, or a folder of results or a report"
    )
    diff.add_argument("second", type=Path, metavar="MANIFEST_B", help="the other one")
    diff.set_defaults(run=_diff)
    return parser


def _add_atlas(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--atlas", required=True, type=Path, metavar="ATLAS.parquet", help="the error atlas")


def _add_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--order", type=Path, metavar="FILE", help="which row is which image, if rows have no names")


def _classify(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.classification import classify_files, write_classification

    atlas = read_atlas(options.atlas)
    classification = classify_files(options.files, atlas, order=options.order, skip_broken=options.skip_broken)
    out = options.out
    write_classification(
        classification,
        errors=out / "errors.parquet",
        problematic=out / "problematic.parquet",
        profile=out / "profile.parquet",
        profile_csv=out / "profile.csv",
        pooled=out / "pooled.parquet",
        what_if=out / "what_if.parquet",
        diagnoses=out / "diagnoses.json",
    )
    mistakes = _list_mistakes(classification, options)
    _write_error_files(classification, out)
    manifest = _write_manifest(options)
    logger.info("Tables are in %s", out)
    if not options.no_report:
        _write_report(classification, mistakes, manifest, options)
    return 0


def _list_mistakes(classification, options: argparse.Namespace):
    """List and write the mistakes of the models; None where no evidence lies beside the atlas."""
    from errata.atlas.evidence import evidence_path
    from errata.atlas.tables import EVIDENCE
    from errata.mistakes.mistakes import list_mistakes, write_mistakes
    from errata.predictions.tables import ERRORS
    from errata.provenance import inputs_note
    from errata.tables import read_table, scan_table

    evidence = evidence_path(options.atlas)
    if not evidence.is_file():
        return None
    errors = scan_table(ERRORS, options.out / "errors.parquet")
    models = len(classification.answers.models)
    listed = list_mistakes(errors, models, classification.atlas, read_table(EVIDENCE, evidence))
    write_mistakes(listed, options.out / "mistakes", metadata=inputs_note(classification.inputs))
    return listed


def _write_error_files(classification, out: Path) -> None:
    from errata.error_files import MOST_MODELS, write_error_files
    from errata.predictions.tables import ERRORS
    from errata.tables import scan_table

    if len(classification.answers.models) > MOST_MODELS:
        logger.info("More than %d models: no file of each one's errors; errata errors writes any of them", MOST_MODELS)
        return
    write_error_files(scan_table(ERRORS, out / "errors.parquet"), classification.atlas.classes, out / "errors")


def _write_report(classification, mistakes, manifest: dict, options: argparse.Namespace) -> None:
    from errata.predictions.tables import ERRORS, PROBLEMATIC
    from errata.published.files import published_files
    from errata.published.read import read_published
    from errata.published.trend import compare
    from errata.report.inputs import ReportInputs, atlas_facts, left_out, notes_of
    from errata.report.render import render_report
    from errata.tables import scan_table

    published = None
    if options.published:
        published = read_published(published_files(options.published, classification.atlas.dataset))
    facts = atlas_facts(classification.atlas)
    render_report(
        ReportInputs(
            profile=classification.profile,
            pooled=classification.pooled,
            what_if=classification.what_if,
            atlas=facts,
            comparison=None if published is None else compare(classification.profile, published),
            published=published,
            diagnoses=notes_of(classification.diagnoses),
            left_out=left_out(classification.diagnoses, problematic_images=facts.problematic_images),
            errors=scan_table(ERRORS, options.out / "errors.parquet"),
            problematic=scan_table(PROBLEMATIC, options.out / "problematic.parquet"),
            mistakes=mistakes,
            atlas_file=options.atlas,
            trust=_measure_trust(classification, published, options.out),
            manifest=manifest,
            provenance={"errata": __version__, "inputs": classification.inputs},
        ),
        options.out / "report",
    )
    logger.info("The report is %s", options.out / "report" / "index.html")


def _measure_trust(classification, published, out: Path):
    """Hold the classification against chance and, for models with the paper's predictions, its published counts."""
    from errata.predictions.tables import ERRORS
    from errata.tables import read_table
    from errata.trust.chance import measure_chance
    from errata.trust.fidelity import check_fidelity
    from errata.trust.gathered import TrustTables

    profile, errors = classification.profile, read_table(ERRORS, out / "errors.parquet")
    chance = measure_chance(classification.atlas, errors, profile=profile, pooled=classification.pooled)
    return TrustTables(
        chance=chance.pooled,
        model_chance=chance.models,
        fidelity=None if published is None else check_fidelity(profile, published),
    )


def _write_manifest(options: argparse.Namespace) -> dict:
    from errata.files import written_whole
    from errata.manifest import build_manifest, manifest_text

    tables = {
        name: options.out / f"{name}.parquet" for name in ("errors", "pooled", "problematic", "profile", "what_if")
    }
    settings = {"order": options.order.name if options.order else None, "skip_broken": options.skip_broken}
    manifest = build_manifest({"atlas": options.atlas, **tables}, settings=settings)
    with written_whole(options.out / "manifest.json") as temporary:
        temporary.write_text(manifest_text(manifest), encoding="utf-8")
    return manifest


def _doctor(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.files import written_whole
    from errata.predictions.align import Aligner
    from errata.predictions.diagnosis_text import as_dict, format_diagnosis
    from errata.predictions.doctor import examine, repair

    aligner = Aligner(read_atlas(options.atlas))
    diagnoses = [diagnosis for diagnosis, _ in examine(options.file, aligner, order=options.order)]
    if options.json:
        print(json.dumps([as_dict(diagnosis) for diagnosis in diagnoses], indent=1, ensure_ascii=False))
    else:
        print("\n\n".join(format_diagnosis(diagnosis) for diagnosis in diagnoses))
    if options.fix:
        frame, repaired = repair(options.file, aligner, order=options.order)
        with written_whole(options.fix) as temporary:
            frame.write_parquet(temporary)
        logger.info("Repaired (%s): %s", ", ".join(finding.fix_name or "" for finding in repaired), options.fix)
        return 0
    return 0 if all(diagnosis.is_usable for diagnosis in diagnoses) else 1


def _compare(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.paired.compare import compare_pair
    from errata.paired.layout import comparison_text, comparison_values
    from errata.paired.read_pair import read_pair
    from errata.paired.write import write_comparison

    atlas = read_atlas(options.atlas)
    comparison = compare_pair(atlas, read_pair(options.a, options.b, atlas, order=options.order))
    if options.json:
        print(json.dumps(comparison_values(comparison), indent=1, ensure_ascii=False))
    else:
        print(comparison_text(comparison))
    if options.out:
        write_comparison(comparison, options.out)
        logger.info("Tables are in %s", options.out)
    return 0


def _gate(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.paired.gate import check_gate, read_allowances
    from errata.paired.layout import gate_markdown, gate_text, gate_values
    from errata.paired.read_pair import read_pair
    from errata.paired.transitions import count_transitions

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


def _explain(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.atlas.evidence import evidence_path, read_verdicts_beside
    from errata.atlas.explain import explain, format_explanation
    from errata.atlas.tables import EVIDENCE
    from errata.predictions.class_labels import ClassVocabulary
    from errata.tables import read_table

    atlas = read_atlas(options.atlas)
    evidence = read_table(EVIDENCE, evidence_path(options.atlas))
    predicted = ClassVocabulary(atlas.classes).id_of(options.predicted_class)
    verdicts = read_verdicts_beside(options.atlas, options.file_name)
    print(format_explanation(explain(atlas, evidence, options.file_name, predicted, verdicts=verdicts)))
    return 0


def _errors(options: argparse.Namespace) -> int:
    from errata.atlas.atlas import read_atlas
    from errata.error_files import errors_of_model
    from errata.files import written_whole
    from errata.predictions.tables import ERRORS
    from errata.tables import scan_table

    errors = errors_of_model(scan_table(ERRORS, options.errors), options.model, read_atlas(options.atlas).classes)
    if options.out is None:
        print(errors.write_csv(), end="")
        return 0
    with written_whole(options.out) as temporary:
        errors.write_csv(temporary)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from errata.manifest import read_manifest
    from errata.manifest_diff import differences

    found = differences(read_manifest(options.first), read_manifest(options.second))
    print("\n".join(found) if found else "Nothing differs.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
