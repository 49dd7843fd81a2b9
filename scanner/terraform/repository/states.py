"""Where root modules keep their state, and which of them keeps it where another one reads it.

https://developer.hashicorp.com/terraform/language/backend
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphs.unknown import Template, Unknown
from scanner.errors import TreeProblem
from scanner.terraform.definitions import Configuration, configuration
from scanner.terraform.syntax import Body, SyntaxProblem, parse
from scanner.terraform.values import Value, equal
from scanner.tree import Tree

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "s3": ("key", "bucket", "workspace_key_prefix"),
    "gcs": ("prefix", "bucket"),
    "azurerm": ("key", "container_name", "storage_account_name"),
    "http": ("address",),
    "remote": ("workspaces.name", "organization", "hostname"),
    "local": ("path",),
    "consul": ("path", "address"),
    "cos": ("key", "prefix", "bucket"),
    "oss": ("key", "prefix", "bucket"),
    "pg": ("schema_name", "conn_str"),
    "kubernetes": ("secret_suffix", "namespace"),
}
"""What names a state, by type of backend. The first of it has to be known; the rest may differ by
environment, and is then given when terraform is initialised."""

PARTIAL: Final = (".backend", ".tfbackend", ".s3.tfbackend", "backend.hcl", "backend.conf")
"""How files end that hold the rest of a partial configuration."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a root module keeps its state: values that each part may have; none where unknown."""

    backend: str
    parts: Mapping[str, frozenset[str]]


def kept(tree: Tree, directory: str) -> Kept:
    """Where a root module keeps its state; beside itself where it does not say."""
    found = configuration(tree, directory)
    for kind, body in _stated(found):
        parts = {name: frozenset((value,)) for name, value in _literals(body)}
        if kind == "local":
            path = next(iter(parts.get("path", ())), "terraform.tfstate")
            return Kept(kind, {"path": frozenset((_local(directory, path),))})
        for name, values in _partial(tree, directory).items():
            parts.setdefault(name, values)
        return Kept(kind, parts)
    return Kept("local", {"path": frozenset((_local(directory, "terraform.tfstate"),))})


def _local(directory: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(directory, path))


def _stated(found: Configuration) -> Iterator[tuple[str, Body]]:
    """The backend block of a root module; a `cloud` block is the backend `remote`."""
    for setting in found.settings:
        for block in setting.body.blocks:
            if block.type == "backend" and block.labels:
                yield block.labels[0], block.body
            elif block.type == "cloud":
                yield "remote", block.body


def _literals(body: Body) -> Iterator[tuple[str, str]]:
    """The texts in a block; those of `workspaces` under a dotted name."""
    for name, attribute in body.attributes.items():
        if attribute.expr[0] == "lit" and isinstance(attribute.expr[3], str):
            yield name, attribute.expr[3]
    for block in body.blocks:
        for name, value in _literals(block.body):
            yield f"{block.type}.{name}", value


def _partial(tree: Tree, directory: str) -> dict[str, frozenset[str]]:
    """What files for `-backend-config` beside a root module say, one per environment."""
    found: dict[str, frozenset[str]] = {}
    try:
        paths = [path for path in tree.files(directory) if path.endswith(PARTIAL)]
        for path in paths:
            for name, value in _literals(parse(tree.read_text(path), path).body):
                found[name] = found.get(name, frozenset()) | {value}
    except (TreeProblem, SyntaxProblem):
        return {}
    return found


def holds(asked: Mapping[str, Value], state: Kept, backend: str, reader: str) -> bool | None:
    """Whether a root module's state is the one that is read; None where it may be."""
    backend = "remote" if backend == "cloud" else backend
    if state.backend != backend or backend not in PARTS:
        return False
    first, *others = PARTS[backend]
    if any(_part(asked, state, name, reader) is False for name in others):
        return False
    return _part(asked, state, first, reader)


def _part(asked: Mapping[str, Value], state: Kept, name: str, reader: str) -> bool | None:
    wanted, told = _asked(asked, name), state.parts.get(name, frozenset())
    if name == "workspace_key_prefix" and wanted is None:
        return None
    if name == "path" and state.backend == "local" and isinstance(wanted, str):
        wanted = _local(reader, wanted)
    if not told or not isinstance(wanted, str | Template):
        return None
    answers = {_equal(wanted, each) for each in told}
    return answers.pop() if len(answers) == 1 else None


def _equal(wanted: Value, told: str) -> bool | None:
    answer = equal(wanted, told)
    return None if isinstance(answer, Unknown) else answer


def _asked(asked: Mapping[str, Value], name: str) -> Value:
    """A part of the configuration of a data source; `workspaces.name` stands in an object."""
    outer, _, inner = name.partition(".")
    value = asked.get(outer)
    if inner and isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if inner:
        return value.get(inner) if isinstance(value, dict) else value
    return value
