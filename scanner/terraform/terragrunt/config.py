"""One terragrunt.hcl: its locals, includes, dependencies, source and inputs, evaluated.

Expressions are Terraform's with functions of Terragrunt's own, and see `local`, `include` and
`dependency`. An included file is evaluated for the unit that includes it.
https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/
"""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from graphs.unknown import Place, Template, Unknown
from scanner.errors import EvaluationProblem, SyntaxProblem, TreeProblem
from scanner.terraform.definitions import Configuration
from scanner.terraform.expressions import KINDS
from scanner.terraform.functions.paths import CHECKOUT
from scanner.terraform.modules import Module
from scanner.terraform.scope import Cell, Lazy, Scope, Session
from scanner.terraform.syntax import Block, File, Node, parse
from scanner.terraform.terragrunt.values import Named, formed, merged
from scanner.terraform.values import Value, unmark
from scanner.tree import Tree, normal

_SCOPES: Final = "accounts, regions and default tags that they say are not known"
MAX_READS: Final = 200
"""Files that one unit may include or read."""


@dataclass(eq=False)
class Config:
    """One file. `home` is the directory of the unit that it is evaluated for."""

    tree: Tree
    file: File
    home: str
    environ: Mapping[str, str]
    reads: list[str] = field(default_factory=list)
    child: "Config | None" = None
    asker: Session | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(
        tree: Tree, path: str, home: str, environ: Mapping[str, str], child: "Config | None" = None
    ) -> "Config":
        """A file, parsed. Raises TreeProblem, SyntaxProblem or EvaluationProblem."""
        reads = child.reads if child else []
        if len(reads) >= MAX_READS:
            raise EvaluationProblem(f"more than {MAX_READS} files are read by one unit")
        reads.append(path)
        return Config(tree, parse(tree.read_text(path), path), home, environ, reads, child)

    @property
    def place(self) -> Place:
        """The file as a whole."""
        return Place(self.file.name, 1, 1)

    @property
    def directory(self) -> str:
        """Where the file stands."""
        return posixpath.dirname(self.file.name) or "."

    @cached_property
    def session(self) -> Session:
        """What evaluates it: Terraform's expressions, with functions of its own."""
        from scanner.terraform.terragrunt.functions import kinds

        return Session(self.tree, normal(self.home), kinds(self, KINDS), self.environ)

    @cached_property
    def scope(self) -> Scope:
        """What its expressions see."""
        module = Module(self.session, Configuration(normal(self.home)), {})
        names = {"local": self.locals, "include": self._exposed, "dependency": self._dependencies}
        return Scope(module, self.file, names)

    def attach(self, session: Session, units: Mapping[str, str]) -> None:
        """Let a root module hear what goes wrong, and ask others in its name."""
        self._say_generated()
        for config in (self, *self.included.values()):
            session.gaps.update(config.session.gaps)
            config.session.gaps = session.gaps
            config.asker, config.units = session, units

    def _say_generated(self) -> None:
        """Providers that Terragrunt writes into the module say whose it is; we do not write."""
        for config in (self, *self.included.values()):
            for block in config.blocks("generate"):
                text = unmark(config.in_block(block, "contents"))[0]
                if not isinstance(text, str | Template) or 'provider "' in str(text):
                    place = config.file.place(block.start, block.end)
                    what = f"unit {self.home}: the providers that generate writes are not read"
                    config.session.gap("not-modelled", what, _SCOPES, place)

    def blocks(self, kind: str) -> list[Block]:
        """The blocks of a type."""
        return [each for each in self.file.body.blocks if each.type == kind]

    def value(self, name: str, node: Node) -> Value:
        """An expression, evaluated; a problem is a Gap and makes it unknown."""
        place = self.file.place(node[1], node[2])
        full = f"{self.file.name}: {name}"
        return Cell(full, lambda: self.scope.evaluate(node), place).value(self.session)

    def in_block(self, block: Block | None, name: str) -> Value:
        """An argument of a block; None where it is not set."""
        stated = block.body.attributes.get(name) if block else None
        return self.value(name, stated.expr) if stated else None

    @cached_property
    def locals(self) -> Named:
        """local.*"""
        found = {n: a for block in self.blocks("locals") for n, a in block.body.attributes.items()}
        cells = {
            name: Cell(
                f"{self.file.name}: local.{name}",
                partial(self._evaluated, each.expr),
                self.file.place(each.start, each.end),
            )
            for name, each in found.items()
        }
        return Named(lambda: found, lambda name: cells[name].value(self.session))

    def _evaluated(self, node: Node) -> Value:
        return self.scope.evaluate(node)

    @cached_property
    def included(self) -> "dict[str, Config]":
        """What it includes, by name. Only a unit includes: what is included does not."""
        found: dict[str, Config] = {}
        for block in self.blocks("include") if self.child is None else ():
            name = block.labels[0] if block.labels else ""
            place = self.file.place(block.start, block.end)
            made = self._include(unmark(self.in_block(block, "path"))[0], name, place)
            if made is not None:
                found[name] = made
        return found

    def _include(self, path: Value, name: str, place: Place) -> "Config | None":
        inside, why = self.located(path), "its path is not known"
        try:
            if inside is not None:
                return Config.read(self.tree, inside, self.home, self.environ, self)
        except (TreeProblem, EvaluationProblem, SyntaxProblem) as problem:
            why = problem.message
        what = f"include {name or inside}: {why}"
        self.session.gap("unreadable", what, "what it would add is not known", place)
        return None

    @cached_property
    def _exposed(self) -> Named:
        """include.NAME.*"""
        return Named(lambda: self.included, lambda name: self.included[name].exposed())

    def exposed(self) -> Value:
        """What others see of it: locals, inputs and dependencies."""
        known: dict[str, Callable[[], Value]] = {
            "locals": lambda: self.locals,
            "inputs": self.inputs,
            "dependency": lambda: self._dependencies,
        }
        return Named(lambda: known, lambda name: known[name]())

    def source(self) -> Value:
        """`terraform.source`, its own or an included one; None without."""
        for config in (self, *reversed(self.included.values())):
            for block in config.blocks("terraform"):
                found = config.in_block(block, "source")
                if found is not None:
                    return found
        return None

    def inputs(self) -> Value:
        """All inputs, its own over included ones; unknown where some part is."""
        result: Value = {}
        for name, config in self.included.items():
            strategy = self._strategy(name)
            if strategy != "no_merge":
                result = merged(result, config.inputs(), deep=strategy == "deep")
        return merged(result, self._own(), deep="deep" in map(self._strategy, self.included))

    def _own(self) -> Value:
        """Its own inputs; one that has no value leaves the others known."""
        stated = self.file.body.attributes.get("inputs")
        if stated is None:
            return {}
        if stated.expr[0] != "object" or any(key[0] != "lit" for key, _ in stated.expr[3]):
            return self.value("inputs", stated.expr)
        return {str(key[3]): self.value(f"inputs.{key[3]}", each) for key, each in stated.expr[3]}

    def _strategy(self, name: str) -> str:
        block = next(b for b in self.blocks("include") if name == (b.labels[0] if b.labels else ""))
        said = unmark(self.in_block(block, "merge_strategy"))[0]
        return said if isinstance(said, str) else "shallow"

    @cached_property
    def _depends(self) -> "dict[str, tuple[Config, Block]]":
        found: dict[str, tuple[Config, Block]] = {}
        for config in (*self.included.values(), self):
            for block in config.blocks("dependency"):
                found[block.labels[0] if block.labels else ""] = (config, block)
        return found

    @cached_property
    def _dependencies(self) -> Named:
        """dependency.NAME, its own and included ones."""

        def one(name: str) -> Value:
            config, block = self._depends[name]
            return config.dependency(name, block)

        return Named(lambda: self._depends, one)

    def dependency(self, name: str, block: Block) -> Value:
        """One dependency: its outputs, by the unit that is at its path."""
        home = self.located(unmark(self.in_block(block, "config_path"))[0])
        mocks = unmark(self.in_block(block, "mock_outputs"))[0]
        mocks = mocks if isinstance(mocks, dict) else {}
        place = self.file.place(block.start, block.end)
        keeper = self.units.get(home) if home else None
        return {"outputs": Outputs(self, keeper, f"dependency.{name}.outputs", mocks, place)}

    def located(self, path: Value) -> str | None:
        """The path in the tree that a path means here; None for one that is not known, or not in
        the tree."""
        if isinstance(path, Template) and isinstance(path.parts[0], Unknown):
            first, *rest = path.parts
            if first.what != CHECKOUT or len(rest) != 1 or not isinstance(rest[0], str):  # type: ignore[union-attr]
                return None
            inside = rest[0].lstrip("/")
        elif isinstance(path, Unknown) and path.what == CHECKOUT:
            inside = "."
        elif isinstance(path, str):
            inside = posixpath.join(self.home, path)
        else:
            return None
        try:
            return normal(inside)
        except TreeProblem:
            return None


class Outputs(Lazy):
    """The outputs of another unit. What is not known has the form of its mock, not the text."""

    __slots__ = ("_config", "_keeper", "_mocks", "_name", "_place")

    def __init__(
        self, config: Config, keeper: str | None, name: str, mocks: dict[str, Value], place: Place
    ) -> None:
        super().__init__()
        self._config, self._keeper, self._name = config, keeper, name
        self._mocks, self._place = mocks, place

    def read(self, name: str) -> Value:
        """One output."""
        asker = self._config.asker
        repository = asker.repository if asker else None
        if asker is not None and repository is not None and self._keeper is not None:
            module = repository.root(self._keeper)
            if name in module.configuration.outputs:
                repository.link(asker.name, self._keeper)
                return repository.ask(asker, self._keeper, lambda: module.output(name))
        return formed(self._mocks.get(name), f"{self._name}.{name}", self._place)

    def fill(self) -> None:
        """All that the mocks name."""
        for name in self._mocks:
            if name not in self:
                self[name] = self.read(name)
