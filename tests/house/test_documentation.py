"""A stranger finds every page of the documentation from README.md, and every page that is named is there."""

import re


def test_the_readme_links_every_page_of_the_documentation(project):
    linked = set(re.findall(r"\]\(docs/([a-z-]+\.md)\)", (project / "README.md").read_text()))
    assert linked == {page.name for page in (project / "docs").glob("*.md")}


def test_every_page_that_is_named_is_there(project):
    for page in (project / "README.md", *(project / "docs").glob("*.md")):
        for name in re.findall(r"docs/[a-z-]+\.md", page.read_text()):
            assert (project / name).is_file(), f"{page.name} names {name}"
