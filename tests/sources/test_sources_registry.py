"""The registry of sources: what a row may say, and what the shipped table says."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from errata.errors import InputError
from errata.files import sha256_of
from errata.sources.registry import find_source, is_acceptable_url, namesakes_of, read_sources

HEADER = "source\tfile\turl\tbytes\tsha256\tlicence\tnote"
GOOD = {
    "source": "real",
    "file": "real.json",
    "url": "https://example.org/real.json",
    "bytes": "388478",
    "sha256": "d" * 64,
    "licence": "Apache-2.0",
    "note": "",
}


def registry(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "sources.tsv"
    path.write_text("\n".join(["# a comment", HEADER, *("\t".join(row.values()) for row in rows)]) + "\n")
    return path


def test_a_row_is_read_as_it_stands(tmp_path):
    source = read_sources(registry(tmp_path, GOOD))["real"]
    assert (source.file, source.bytes, source.sha256) == ("real.json", 388478, "d" * 64)


def test_size_and_hash_may_be_unknown(tmp_path):
    source = read_sources(registry(tmp_path, {**GOOD, "bytes": "", "sha256": ""}))["real"]
    assert (source.bytes, source.sha256) == (None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("source", "real labels"),
        ("source", ""),
        ("file", "../real.json"),
        ("file", ".."),
        ("file", ""),
        ("url", "http://example.org/real.json"),
        ("url", "ftp://example.org/real.json"),
        ("url", "file:///etc/passwd"),
        ("bytes", "388,478"),
        ("bytes", "-1"),
        ("sha256", "d" * 63),
        ("sha256", "D" * 64),
        ("licence", ""),
    ],
)
def test_a_bad_value_is_refused_with_line_and_column(tmp_path, column, value):
    with pytest.raises(InputError, match=rf"line 3.*column '{column}'"):
        read_sources(registry(tmp_path, {**GOOD, column: value}))


def test_a_repeated_key_is_refused(tmp_path):
    with pytest.raises(InputError, match="line 4: the key 'real' is used by an earlier row"):
        read_sources(registry(tmp_path, GOOD, GOOD))


def test_a_row_without_url_must_say_what_to_do_instead(tmp_path):
    with pytest.raises(InputError, match="column 'note'"):
        read_sources(registry(tmp_path, {**GOOD, "url": ""}))


def test_a_row_with_too_few_cells_is_refused(tmp_path):
    path = registry(tmp_path)
    path.write_text(path.read_text() + "real\treal.json\n")
    with pytest.raises(InputError, match="line 3: expected 7 tab-separated cells, found 2"):
        read_sources(path)


def test_other_columns_are_refused(tmp_path):
    path = tmp_path / "sources.tsv"
    path.write_text("name\turl\n")
    with pytest.raises(InputError, match="found name, url"):
        read_sources(path)


def test_a_missing_registry_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no such registry"):
        read_sources(tmp_path / "sources.tsv")


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://example.org/a", True),
        ("http://127.0.0.1:8000/a", True),
        ("http://localhost/a", True),
        ("http://[::1]:80/a", True),
        ("http://127.0.0.1.example.org/a", False),
        ("http://10.0.0.1/a", False),
        ("https:///a", False),
        ("https://[broken/a", False),
    ],
)
def test_plain_http_is_for_this_machine_only(url, accepted):
    assert is_acceptable_url(url) is accepted


def test_an_unknown_key_is_answered_with_the_nearest(project):
    sources = read_sources(project / "resources" / "sources.tsv")
    with pytest.raises(InputError, match="Did you mean multilabels_v3"):
        find_source(sources, "multilabel_v3")


def test_a_key_unlike_any_other_is_answered_with_the_list(tmp_path):
    with pytest.raises(InputError, match="The registry has real"):
        find_source(read_sources(registry(tmp_path, GOOD)), "zzzzzz")


def test_the_shipped_registry_holds_every_input_and_is_valid(project):
    sources = read_sources(project / "resources" / "sources.tsv")
    published = {
        f"published_{dataset}_{group}"
        for dataset in ("imagenet", "imagenet_a")
        for group in ("all", "organism", "artifact", "other")
    }
    assert published < set(sources)
    assert {key for key, source in sources.items() if source.url is None} == {"imagenet_val", "imagenet_train"}
    assert {key for key, source in sources.items() if source.url and not source.sha256} == {
        "logits_vit3b",
        "logits_greedy_soups",
    }


def test_the_shipped_file_names_are_those_of_the_urls(project):
    sources = read_sources(project / "resources" / "sources.tsv")
    assert all(urlsplit(row.url).path.endswith(f"/{row.file}") for row in sources.values() if row.url)


def test_files_on_github_are_pinned_to_a_commit(project):
    urls = [row.url or "" for row in read_sources(project / "resources" / "sources.tsv").values()]
    raw = [url for url in urls if "github" in url]
    assert raw and all(len(urlsplit(url).path.split("/")[3]) == 40 for url in raw)


def test_two_data_sets_may_have_files_of_one_name(project):
    sources = read_sources(project / "resources" / "sources.tsv")
    namesakes = namesakes_of(sources, sources["published_imagenet_all"])
    assert [source.key for source in namesakes] == ["published_imagenet_a_all"]


@pytest.mark.real
def test_the_real_mirror_verifies_against_the_shipped_registry(project, real):
    sources = read_sources(project / "resources" / "sources.tsv").values()
    there = {
        source.key: real / "mirror" / source.file for source in sources if (real / "mirror" / source.file).exists()
    }
    assert len(there) >= 6
    expected = {source.key: (source.bytes, source.sha256) for source in sources if source.key in there}
    assert {key: (path.stat().st_size, sha256_of(path)) for key, path in there.items()} == expected
