"""What the documentation says is so: links lead somewhere, commands and examples are real."""

import re
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

import scanner
from scanner.cli import COMMANDS

HOME = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "fixtures/**/*.md", "rules/**/*.md")
    for path in HOME.glob(pattern)
)
DECISIONS = sorted((HOME / "docs/decisions").glob("[0-9]*.md"))


def prose(page: Path) -> str:
    """The text of a page without its code blocks."""
    return re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose(page)):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_pages_close_their_blocks(page):
    assert page.read_text().count("```") % 2 == 0


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_files_that_are_named_exist(page):
    """`rules/exposure.py` in backquotes is a promise; `<id>` and what is said to come are not."""
    named = re.findall(
        r"`((?:graphs|rules|scanner|tests|docs|fixtures)/[\w./-]+)`", prose(HOME / page)
    )
    missing = [n for n in named if not (HOME / n).exists() and not n.startswith("scanner/cloud")]
    assert missing == []


def test_the_readme_has_the_two_commands_of_continuous_integration():
    marked = re.findall(
        r"^<!-- command: (.+?) -->\n```sh\n(.*)\n```$",
        (HOME / "README.md").read_text(),
        re.MULTILINE,
    )
    assert [name for name, _ in marked] == ["install-and-scan", "test"]
    assert all(f"run_readme {name}" in (HOME / ".ci/run").read_text() for name, _ in marked)


def test_every_command_is_mentioned():
    text = "".join(page.read_text() for page in (HOME / "README.md", *HOME.glob("docs/*.md")))
    assert [name for name in COMMANDS if f"pathwarden {name}" not in text] == []


def test_the_example_rule_is_a_rule():
    """The one in CONTRIBUTING.md stands in the file that it names, word for word."""
    (block,) = re.findall(r"```python\n(.*?)```", (HOME / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert dedent(block).strip() in (HOME / "rules/logging.py").read_text()


@pytest.mark.parametrize("number", range(1, len(DECISIONS) + 1))
def test_decisions_are_numbered_and_whole(number):
    page = DECISIONS[number - 1]
    text = page.read_text()
    assert page.name.startswith(f"{number:04}-")
    assert text.startswith(f"# {number:04} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert f"]({page.name})" in (HOME / "docs/decisions/README.md").read_text()


def test_the_changelog_begins_with_this_version():
    versions = re.findall(r"^## \[(.+?)\]", (HOME / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == scanner.__version__


def test_the_licence_is_the_one_that_is_declared():
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert (
        "Apache License\n                           Version 2.0" in (HOME / "LICENSE").read_text()
    )


def test_no_page_names_a_machine():
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/work/", page.read_text()), page
