"""What the report offers for use elsewhere."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from errata import __version__
from errata.drawing.style import figure_style, new_figure, write_figure
from errata.latex import latex, model_table, models_table
from errata.manifest import hash_of
from errata.report.data import bibtex, short_hash
from errata.report.exports import pooled_table
from errata.report.site import write_report
from errata.report.summary import markdown, model_summary
from errata.results import Results
from report.conftest import HOSTILE
from report.made_up import made_what_if
from report.pages import Page

Make = Callable[..., Results]
MANIFEST = {"errata": __version__, "code": "c" * 64, "python": "3.11", "libraries": {}, "contracts": {}, "encoders": {}}
MANIFEST |= {"models": {}, "inputs": {"multilabels": {"file": "labels.json", "sha256": "1" * 64}}, "results": {}}


@pytest.fixture(scope="session")
def schema(hostile_report: Path) -> dict:
    return json.loads((hostile_report / "data" / "schema.json").read_text(encoding="utf-8"))


def test_the_schema_lists_every_file_of_the_data_folder(schema: dict, hostile_report: Path):
    data = hostile_report / "data"
    listed = {file for table in schema["tables"].values() for file in table["files"]} | set(schema["others"])
    found = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    assert {re.sub(r"^summaries/.*\.md$", "summaries/{model}.md", name) for name in found} == listed
    assert all(schema["others"].values()), "every other file is described"


def test_the_schema_has_the_columns_of_every_table_with_dtype_and_meaning(schema: dict, hostile_report: Path):
    for name, table in schema["tables"].items():
        frame = pl.read_parquet(hostile_report / "data" / f"{name}.parquet")
        assert [column["name"] for column in table["columns"]] == frame.columns
        assert table["rows"] == frame.height
        assert [column["name"] for column in table["columns"] if not column["meaning"]] == [], name
        for column in table["columns"]:
            assert column["nullable"] or not frame[column["name"]].null_count(), (name, column["name"])


def test_keys_of_the_schema_are_keys(schema: dict, hostile_report: Path):
    keyed = {name: table["key"] for name, table in schema["tables"].items() if table["key"]}
    assert {"profile", "what_if", "pooled", "comparison"} <= set(keyed)
    for name, key in keyed.items():
        frame = pl.read_parquet(hostile_report / "data" / f"{name}.parquet")
        assert not frame.select(pl.struct(key).is_duplicated().any()).item(), name


def test_the_page_shows_every_table_with_its_columns(schema: dict, hostile_report: Path):
    page = Page(hostile_report / "data.html")
    for name, table in schema["tables"].items():
        assert page.of("div", id=f"table-{name}"), name
        assert all(column["meaning"].replace("`", "") in page.text for column in table["columns"]), name


def test_every_file_stands_under_one_heading_with_one_line(schema: dict, hostile_report: Path):
    html = (hostile_report / "data.html").read_text(encoding="utf-8")
    entries = re.findall(r"<dt>(.*?)(?:<small>.*?)?</dt>\s*<dd>.*?<span>([^<]+)</span>", html, re.DOTALL)
    names = [name for name, _ in entries]
    assert len(names) == len(set(names))
    files = {name.rsplit("/", 1)[-1] if "{" not in name else name for name in schema["others"]}
    tables = {"errors/{model}.csv" if name == "error_file" else name for name in schema["tables"]}
    assert set(names) == {*tables, *files}
    assert all(line.strip() for _, line in entries)


def test_markdown_and_latex_show_any_text_as_it_is():
    assert markdown("a_b*c|d<e>`f`\n#1") == r"a\_b\*c\|d\<e\>\`f\` \#1"
    assert latex(r"a_b & 50% \x {y}") == r"a\_b \& 50\% \textbackslash{}x \{y\}"
    assert latex("~^$#\n<|>") == r"\textasciitilde{}\textasciicircum{}\$\# \textless{}\textbar{}\textgreater{}"


@pytest.fixture(params=[True, False], ids=["open world", "labels"])
def inputs(request: pytest.FixtureRequest, make_inputs: Make) -> Results:
    plain = make_inputs("weak", "a_b|c", checked=request.param, against=False)
    return plain.having(what_if=made_what_if(plain.profile), manifest=MANIFEST)


def summary_of(inputs: Results, model: str) -> str:
    row = inputs.profile.filter(model=model, group="all").row(0, named=True)
    gains = inputs.what_if.filter(model=model, group="all", accuracy="mla").iter_rows(named=True)
    return model_summary(inputs, row, {gain["category"]: gain for gain in gains}, cited="abc123")


def test_a_summary_has_the_numbers_with_intervals_the_atlas_and_the_manifest(inputs: Results):
    text = summary_of(inputs, "weak")
    row = inputs.profile.filter(model="weak", group="all").row(0, named=True)
    gain = inputs.what_if.filter(model="weak", group="all", accuracy="mla", category="fine_grained").row(0, named=True)
    assert f"top-1 {row['top1']:.1f} ({row['top1_low']:.1f}–{row['top1_high']:.1f})" in text
    assert (
        f"| fine-grained | {row['fine_grained']} | {row['share_fine_grained']:.1f} "
        f"({row['share_fine_grained_low']:.1f}–{row['share_fine_grained_high']:.1f}) "
        f"| +{gain['gain']:.1f} ({gain['gain_low']:.1f}–{gain['gain_high']:.1f}) |"
    ) in text
    assert f"atlas “{inputs.facts.name}”, manifest abc123" in text


def test_a_summary_says_what_was_not_checked_and_what_is_undefined(inputs: Results, make_inputs: Make):
    text = summary_of(inputs, "weak")
    assert ("has no open-world check" in text) == (not inputs.facts.open_world_checked)
    assert ("| – at most model failure |" in text) == (not inputs.facts.open_world_checked)
    odd = make_inputs("weak", checked=True, undefined=("non_prototypical",), against=False)
    odd = odd.having(what_if=made_what_if(odd.profile), notes={"weak": ("Three rows repeat.",)})
    assert "| non-prototypical | – | undefined on this data set | |" in summary_of(odd, "weak")
    assert "Note on the predictions: Three rows repeat." in summary_of(odd, "weak")


def test_a_summary_says_that_an_encoder_was_a_stand_in(make_inputs: Make):
    plain = make_inputs("weak", checked=True, against=False)
    settings = {"encoder": "vit-l-14-336", "encoder_notes": {"encoder": "demo-clip"}}
    atlas = replace(plain.facts, provenance={"open_world": settings})
    inputs = plain.having(what_if=made_what_if(plain.profile), facts=atlas)
    assert "a small encoder that stands in for “vit-l-14-336”" in summary_of(inputs, "weak")


def test_a_table_in_a_summary_keeps_its_columns_whatever_a_model_is_called(inputs: Results):
    rows = [line for line in summary_of(inputs, "a_b|c").splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def latex_tables(inputs: Results) -> list[str]:
    """Every kind of LaTeX table, for one column and for both."""
    model = inputs.profile["model"][0]
    return [
        pooled_table(inputs),
        *(model_table(inputs, model, broad=broad) for broad in (False, True)),
        *(models_table(inputs, broad=broad) for broad in (False, True)),
    ]


def test_rows_of_latex_tables_have_as_many_cells_as_columns(inputs: Results, make_inputs: Make):
    for table in [*latex_tables(inputs), *latex_tables(make_inputs(*HOSTILE, against=False))]:
        columns = len(re.search(r"begin\{tabular\}\{@\{\}(\w+)@\{\}\}", table)[1])
        rows = [row for row in table.splitlines() if re.search(r"\\\\(\[2pt\])?$", row) and "multicolumn" not in row]
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {columns - 1}
        assert table.count("{") - table.count(r"\{") == table.count("}") - table.count(r"\}")
        assert table.count(r"\begin{") == table.count(r"\end{")
        assert all(rule in table for rule in (r"\toprule", r"\midrule", r"\bottomrule"))


def test_a_latex_table_has_an_interval_beside_every_share(inputs: Results):
    model = inputs.profile["model"][0]
    row = inputs.profile.filter(model=model, group="all").row(0, named=True)
    limits = f"{row['share_fine_grained_low']:.1f}--{row['share_fine_grained_high']:.1f}"
    assert limits in model_table(inputs, model)
    assert limits in models_table(inputs)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed (texlive-latex-recommended)")
def test_latex_tables_compile_and_fit_a_two_column_paper(make_inputs: Make, tmp_path: Path):
    latin = [name for name in HOSTILE if name.isascii() or "模" not in name]
    tables = latex_tables(make_inputs(*latin, "größe_é", against=False))
    tables += latex_tables(make_inputs("a_long_name_of_a_model_that_goes_on_and_on.in21k_ft_in1k", "b", checked=True))
    (tmp_path / "document.tex").write_text(
        r"\documentclass[twocolumn]{article}\usepackage[margin=0.75in,columnsep=0.25in]{geometry}"
        r"\usepackage[T1]{fontenc}\usepackage{booktabs}\begin{document}"
        "\n" + r"\clearpage".join(tables) + r"\end{document}",
        encoding="utf-8",
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "document.pdf").is_file()
    too_wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide", done.stdout)]
    assert [points for points in too_wide if points > 1] == []


def test_a_figure_as_pdf_embeds_truetype_holds_no_date_and_is_the_same_every_time(tmp_path: Path):
    def draw(path: Path) -> bytes:
        with figure_style():
            figure = new_figure(2, 2)
            figure.add_axes((0.1, 0.1, 0.8, 0.8)).set_title("a$b")
            write_figure(figure, path)
        return path.read_bytes()

    first, second = draw(tmp_path / "first.pdf"), draw(tmp_path / "second.pdf")
    assert first == second
    assert b"/FontFile2" in first
    assert b"/Type3" not in first
    assert b"Date" not in first


def test_the_figures_of_pages_are_svg_and_the_page_of_downloads_says_how_to_get_others(hostile_report: Path):
    files = {path.name for path in (hostile_report / "figures").iterdir()}
    assert {Path(name).suffix for name in files} == {".svg"}
    assert {"profile.svg", "trend-fine_grained.svg"} <= files
    page = Page(hostile_report / "data.html")
    assert {address for address in page.addresses if address.startswith("figures/")} == {f"figures/{x}" for x in files}
    assert "errata figure RESULTS --kind trend --category fine_grained --out trend.pdf" in page.text


def test_the_citation_names_version_data_set_atlas_and_manifest():
    text = bibtex(dataset="my_set", atlas="labels", manifest=MANIFEST)
    assert text.startswith("@inproceedings{peychev2023automated,")
    assert f"version = {{{__version__}}}" in text
    assert rf"note    = {{data set my\_set, atlas labels, manifest {short_hash(MANIFEST)}}}" in text
    assert short_hash(MANIFEST) == hash_of(MANIFEST)[:12]
    assert text.count("{") == text.count("}")
    assert "manifest" not in bibtex(dataset="a", atlas="b", manifest=None)


@pytest.mark.usefixtures("without_figures")
def test_the_report_holds_its_manifest_and_cites_it(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    assert json.loads((tmp_path / "report" / "data" / "manifest.json").read_text()) == MANIFEST
    page = Page(tmp_path / "report" / "data.html")
    assert f"manifest {short_hash(MANIFEST)}" in page.text
    assert (tmp_path / "report" / "data" / "citation.bib").read_text() in "\n".join(page.words)


@pytest.mark.usefixtures("without_figures")
def test_the_page_names_weights_and_encoders_as_far_as_they_are_known(inputs: Results, tmp_path: Path):
    known = {"source": "timm", "weights": "pretrained", "revision": "1d2c3b"}
    manifest = MANIFEST | {
        "models": {"vit@224": known, "dummy@64": {"source": "dummy", "weights": "0.7"}},
        "encoders": {"clip": {"architecture": "ViT-L-14", "weights": "openai", "sha256": "f" * 64}},
    }
    write_report(inputs.having(manifest=manifest), tmp_path / "report")
    text = Page(tmp_path / "report" / "data.html").text
    assert "vit@224 timm pretrained 1d2c3b" in text
    assert "dummy@64 dummy 0.7 – (not known)" in text
    assert "Encoder clip ViT-L-14, weights openai, SHA-256 ffffffffffff" in text


@pytest.mark.usefixtures("without_figures")
def test_the_summary_stands_on_the_models_page_ready_to_copy(inputs: Results, tmp_path: Path):
    write_report(inputs, tmp_path / "report")
    summary = (tmp_path / "report" / "data" / "summaries" / "weak.md").read_text(encoding="utf-8")
    assert summary.strip() in "\n".join(Page(tmp_path / "report" / "models" / "weak.html").words)
