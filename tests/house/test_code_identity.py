import ast

from errata.code_identity import IMPORT, modules_behind


def names(project, script):
    library = project / "src" / "errata"
    return {str(file.relative_to(library)) for file in modules_behind(project / script) if file.is_relative_to(library)}


def test_a_script_depends_on_what_it_imports_directly_and_indirectly(project):
    behind = names(project, "workflow/scripts/compile_atlas.py")
    assert "atlas/decision.py" in behind  # imported by the script
    assert "atlas/outcomes.py" in behind  # imported by that
    assert "predictions/doctor.py" not in behind


def test_classification_does_not_depend_on_the_decision_rules(project):
    behind = names(project, "workflow/scripts/classify_predictions.py")
    assert "atlas/decision.py" not in behind


def test_a_script_depends_on_the_tables_of_the_rooms_that_it_deals_with(project):
    behind = {name for name in names(project, "workflow/scripts/build_labels.py") if name.endswith("tables.py")}
    assert behind == {"tables.py", "classes/tables.py", "images/tables.py", "labels/tables.py"}


def test_imports_inside_functions_count(project):
    assert "trends/lines.py" in names(project, "src/errata/commands/classify.py")


def test_the_script_itself_is_among_them(project):
    script = project / "workflow/scripts/build_labels.py"
    assert script in modules_behind(script)


def test_every_import_statement_of_the_library_is_found_and_nothing_else(project):
    for file in sorted([*project.glob("src/**/*.py"), *project.glob("workflow/scripts/*.py")]):
        source = file.read_text(encoding="utf-8")
        parsed = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
        expected = sorted(getattr(node, "module", None) or node.names[0].name for node in parsed)
        assert sorted(module or package for module, package, _ in IMPORT.findall(source)) == expected, file
