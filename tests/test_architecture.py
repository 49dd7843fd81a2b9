"""What the code promises about itself: who imports whom, who reads raw values, what loads late."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
SOURCES = sorted(
    path for package in ("graphs", "rules", "scanner") for path in (HOME / package).rglob("*.py")
)
READS_VALUES = (
    "graphs/build/",  # lowers resources into nodes
    "graphs/resource.py",  # is the resource
    "graphs/nodes/core.py",  # Node.attribute, the one door to a rare attribute
    "scanner/terraform/",  # makes resources
    "scanner/peers/plan.py",  # writes them for tools that read plans
    "scanner/reports/json",  # shows them as they are
)


def test_layers_and_forbidden_imports():
    """The contracts of pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


IMPORT_NAMES = {"google-re2": "re2", "python-hcl2": "hcl2", "pyyaml": "yaml"}


def imported(source: str) -> set[str]:
    """Top-level names of what a module imports anywhere in it.

    >>> sorted(imported("import os.path\\ndef f():\\n    from re2 import compile"))
    ['os', 're2']
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_what_is_imported_is_declared_as_a_dependency():
    """Otherwise it works wherever the tests do, and nowhere else."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    every = (*project["dependencies"], *extras)
    declared = {re.split(r"[<>=]", each)[0].lower() for each in every}
    allowed = {IMPORT_NAMES.get(name, name) for name in declared}
    allowed |= {*sys.stdlib_module_names, "graphs", "rules", "scanner"}
    undeclared = {
        f"{path.relative_to(HOME)}: {name}"
        for path in SOURCES
        for name in imported(path.read_text()) - allowed
    }
    assert undeclared == set()


def raw_reads(source: str) -> Iterator[int]:
    """Lines that read `.values` of a Resource, without calling it.

    Receivers have no types here: one that is called source or resource counts, and every other in
    a module that imports Resource.

    >>> list(raw_reads("node.source.values['ingress']"))
    [1]
    >>> list(raw_reads("mapping.values()"))
    []
    """
    tree = ast.parse(source)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    knows = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "graphs.resource"
        and "Resource" in {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "values" and id(node) not in called:
            receiver = ast.unparse(node.value).rpartition(".")[2]
            if knows or receiver in ("source", "resource"):
                yield node.lineno


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("node.source.values['ingress']", [1]),
        ("from graphs.resource import Resource\ndef f(r: Resource): return r.values", [2]),
        ("from graphs.resource import Resource\nmap(f, {}.values())", []),
        ("condition.values", []),
        ("list(mapping.values())", []),
    ],
)
def test_raw_reads_are_told_from_other_values(source, lines):
    assert list(raw_reads(source)) == lines


def test_only_the_builders_and_front_ends_read_raw_values():
    found = [
        f"{name}:{line}"
        for path in SOURCES
        if not (name := path.relative_to(HOME).as_posix()).startswith(READS_VALUES)
        for line in raw_reads(path.read_text())
    ]
    assert found == [], "ask the node, or node.attribute(path)"


def test_the_version_is_told_without_loading_anything_heavy():
    heavy = ("hcl2", "jsonschema", "msgspec", "networkx", "re2", "regex", "rich", "yaml")
    code = (
        "import sys\n"
        "from scanner.startup import main\n"
        "sys.argv = ['pathwarden', '--version']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print('loaded:', *sorted(set({heavy}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_files_stay_short_or_say_why():
    """At most 400 lines, unless the module's docstring says why it is longer or long."""
    unexplained = []
    for path in SOURCES:
        text = path.read_text()
        if len(text.splitlines()) > 400:
            why = ast.get_docstring(ast.parse(text)) or ""
            if not re.search(r"\b(long|longer|one file)\b", why + text.partition('"""')[0]):
                unexplained.append(path.relative_to(HOME).as_posix())
    assert unexplained == []


@pytest.mark.parametrize(
    "word",
    [
        r"NotImplemented(Error)?\b",
        r"\b(TODO|FIXME|XXX)\b",
        r"except (Base)?Exception\b",
        r"^\s*from \w[\w.]* import \*",
    ],
)
def test_nothing_is_left_open(word):
    found = [
        f"{path.relative_to(HOME)}: {line.strip()}"
        for path in SOURCES
        for line in path.read_text().splitlines()
        if re.search(word, line)
        and not (word.startswith("Not") and "return NotImpl" in line)
        and "# the edge:" not in line
    ]
    assert found == []
