"""Modules: their named values, each computed once.

A Module is one instance of a module: the root, or one that a call made, with its own arguments.
https://developer.hashicorp.com/terraform/language/modules
"""

import posixpath
from collections.abc import Mapping, Sequence
from typing import Final

from graphs.unknown import YES, Answer, Cause, Place, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform import providers
from scanner.terraform.calls import Call
from scanner.terraform.definitions import Configuration, Definition
from scanner.terraform.functions import Context
from scanner.terraform.providers import Provider
from scanner.terraform.refusals import refusals
from scanner.terraform.resources import Group
from scanner.terraform.resources.repetition import Key
from scanner.terraform.scope import Cell, Scope, Session
from scanner.terraform.syntax import Node, SyntaxProblem, parse, parse_template
from scanner.terraform.values import Sensitive, Value, unmark
from scanner.terraform.variables import Argument, declared, says


class Module:
    """One instance of a module. Values are computed when they are asked for."""

    def __init__(
        self,
        session: Session,
        found: Configuration,
        arguments: Mapping[str, Argument],
        caller: "Call | None" = None,
        key: Key = None,
    ) -> None:
        self.session = session
        self.configuration = found
        self.directory = found.directory
        self.arguments = arguments
        self.caller = caller
        self.path = caller.instance_path(key) if caller else ""
        self.prefix = f"{self.path}." if self.path else ""
        self.calls: tuple[Place, ...] = (
            (*caller.module.calls, caller.definition.place) if caller else ()
        )
        self.exists: Answer = YES
        self.path_module = posixpath.relpath(found.directory, session.directory)
        self.context = Context(
            session.tree,
            session.directory,
            found.directory,
            self._template,
            session.exact,
            session.cwd,
            session.scales,
        )
        self._cells: dict[tuple[str, str], Cell] = {}
        self._groups: dict[tuple[str, str, str], Group] = {}
        self._calls: dict[str, Call] = {}
        self._providers: dict[str, Provider] | None = None
        session.gaps.update(found.gaps)
        session.gaps.update(refusals(self))

    def child(
        self, found: Configuration, arguments: Mapping[str, Argument], caller: Call, key: Key
    ) -> "Module":
        """A module that a call here makes."""
        return Module(self.session, found, arguments, caller, key)

    def variable(self, name: str, scope: Scope, node: Node) -> Value:
        """var.name"""
        cell = self._cells.get(("var", name))
        if cell is None:
            definition = self.configuration.variables.get(name)
            if definition is None:
                return self.undeclared(f"var.{name}", scope, node)
            cell = self._variable(name, definition)
        return cell.value(self.session)

    def given(self, name: str) -> Value:
        """The value of a variable that is declared here."""
        if ("var", name) not in self._cells:
            self._variable(name, self.configuration.variables[name])
        return self._cells["var", name].value(self.session)

    def _variable(self, name: str, definition: Definition) -> Cell:
        full = f"{self.prefix}var.{name}"
        own = Scope(self, definition.file)
        argument = self.arguments.get(name)
        cell = Cell(full, lambda: declared(definition, argument, full, own), definition.place)
        self._cells["var", name] = cell
        return cell

    def local(self, name: str, scope: Scope, node: Node) -> Value:
        """local.name"""
        cell = self._cells.get(("local", name))
        if cell is None:
            local = self.configuration.locals.get(name)
            if local is None:
                return self.undeclared(f"local.{name}", scope, node)
            own, attribute = Scope(self, local.file), local.attribute
            place = local.file.place(attribute.start, attribute.end)
            full = f"{self.prefix}local.{name}"
            cell = Cell(full, lambda: own.typed(attribute.expr), place)
            self._cells["local", name] = cell
        return cell.value(self.session)

    def output(self, name: str) -> Value:
        """The value of an output; KeyError where there is none of that name."""
        cell = self._cells.get(("output", name))
        if cell is None:
            definition = self.configuration.outputs[name]
            full = f"{self.prefix}output.{name}"
            cell = Cell(full, lambda: self._output(definition), definition.place)
            self._cells["output", name] = cell
        return cell.value(self.session)

    def _output(self, definition: Definition) -> Value:
        stated = definition.body.attributes.get("value")
        value = Scope(self, definition.file).typed(stated.expr) if stated else None
        if not says(definition, "sensitive"):
            return value
        if self.path:  # a module's word hides nothing from its caller, but we do not print it
            self.session.confidential.append(value)
            return value
        return Sensitive(unmark(value)[0])

    def resource(self, mode: str, kind: str, name: str, scope: Scope, node: Node) -> Value:
        """A resource with all its instances, lazy."""
        group = self.group((mode, kind, name))
        if group is None:
            prefix = "" if mode == "managed" else f"{mode}."
            return self.undeclared(f"{prefix}{kind}.{name}", scope, node)
        return group.value()

    def group(self, key: tuple[str, str, str]) -> "Group | None":
        """All the instances of a resource block."""
        group = self._groups.get(key)
        if group is None:
            definition = self.configuration.resources.get(key)
            if definition is None:
                return None
            group = self._groups[key] = Group(self, definition, *key)
        return group

    def call(self, name: str, scope: Scope, node: Node) -> Value:
        """module.name: an object with the outputs, or one for each instance."""
        found = self.called(name)
        return found.value() if found else self.undeclared(f"module.{name}", scope, node)

    def called(self, name: str) -> "Call | None":
        """A module call."""
        if name not in self._calls and name in self.configuration.calls:
            self._calls[name] = Call(self, name, self.configuration.calls[name])
        return self._calls.get(name)

    def undeclared(self, what: str, scope: Scope, node: Node) -> Unknown:
        """Record that something is named which nothing declares."""
        place = scope.place(node[1], node[2])
        self.session.gap("undeclared-reference", f"{what} is not declared", _UNKNOWN, place)
        return Unknown(Cause.EXPRESSION, self.prefix + what, (), place)

    def provider(self, name: str, place: Place | None = None) -> Provider:
        """The provider configuration of that local name."""
        known = self.providers()
        if name not in known:
            known[name] = providers.missing(self, name)
            if "." in name:
                what = f"{self.prefix}provider {name} is not configured"
                self.session.gap("undeclared-reference", what, _WHERE, place)
        return known[name]

    def providers(self) -> dict[str, Provider]:
        """The provider configurations that resources here can use."""
        if self._providers is None:
            self._providers = {}  # what a provider block itself asks for finds none
            found = None
            try:
                given = self.caller.passed_providers() if self.caller else {}
                found = providers.declared(self, given)
            finally:
                self._providers = found
        return self._providers

    def _template(self, text: str, name: str, variables: Mapping[str, Value]) -> Value:
        """The value of a template file; it sees its variables and nothing else."""
        try:
            node = parse_template(text, name)
        except SyntaxProblem as problem:
            raise EvaluationProblem(f"{name}:{problem.line}: {problem.message}") from None
        file = parse("", name)
        return Scope(self, file, variables).typed(node)


_UNKNOWN: Final = "its value is unknown"
_WHERE: Final = "the account and region of what it makes are unknown"


def all_modules(root: Module) -> list[Module]:
    """A module and all that its calls make, callers first."""
    found = [root]
    for name in root.configuration.calls:
        call = root.called(name)
        for made in call.instances() if call else ():
            found += all_modules(made)
    return found


def idle(modules: Sequence[Module]) -> dict[str, Place]:
    """The directories that are called, but with no instance, and where they are called."""
    found: dict[str, Place] = {}
    for module in modules:
        for name in module.configuration.calls:
            call = module.called(name)
            if call is not None and call.configuration is not None and not call.instances():
                found.setdefault(call.configuration.directory, call.definition.place)
    return found
