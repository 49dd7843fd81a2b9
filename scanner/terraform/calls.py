"""Module calls: where a called module is, how often it is called, and its outputs.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

import json
import posixpath
import shlex
from typing import TYPE_CHECKING, Final

from graphs.resource import quoted_key
from graphs.unknown import Cause, Place, Unknown, cannot_tell
from scanner.errors import EvaluationProblem, TreeProblem
from scanner.terraform import providers
from scanner.terraform.definitions import Configuration, Definition, configuration
from scanner.terraform.library import found_in
from scanner.terraform.providers import Provider
from scanner.terraform.resources.repetition import Key, Names, Repetition, repetition
from scanner.terraform.scope import PROBLEMS, Lazy, Scope, Session, Symbolic, cycle
from scanner.terraform.syntax import Node
from scanner.terraform.values import Value, unmark
from scanner.terraform.variables import Argument
from scanner.tree import normal

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

META: Final = frozenset(("source", "version", "providers", "count", "for_each", "depends_on"))
MAX_LEVELS: Final = 40


class Outputs(Lazy):
    """The outputs of one instance of a module, as an object."""

    __slots__ = ("complete", "made")

    def __init__(self, made: "Module") -> None:
        super().__init__()
        self.made = made
        self.complete = False

    def read(self, name: str) -> Value:
        """One output."""
        if name not in self.made.configuration.outputs:
            raise EvaluationProblem(f"{self.made.path} has no output {name!r}")
        return self.made.output(name)

    def fill(self) -> None:
        """All outputs."""
        if not self.complete:
            for name in sorted(self.made.configuration.outputs):
                self[name] = self.made.output(name)
            self.complete = True


class Call:
    """A module block: what it calls, and the instances that makes."""

    def __init__(self, module: "Module", name: str, definition: Definition) -> None:
        self.module = module
        self.name = name
        self.definition = definition
        self.full = f"{module.prefix}module.{name}"
        self._made: list[Module] | None = None
        self._value: Value = None
        self.configuration: Configuration | None = None
        """What the called directory defines, once that is known."""

    def instance_path(self, key: Key) -> str:
        """The address of one instance."""
        if key is None:
            return self.full
        return f"{self.full}[{quoted_key(key)}]"

    def instances(self) -> list["Module"]:
        """The modules that the call makes; none where the module is missing."""
        self.value()
        return self._made or []

    def value(self) -> Value:
        """What `module.name` is: Outputs, several of them, or an Unknown."""
        if self._made is None:
            session = self.module.session
            if self.full in session.running:
                return cycle(session, self.full, self.definition.place)
            session.running.append(self.full)
            try:
                self._value = self._expand()
            finally:
                session.running.pop()
        return self._value

    def _expand(self) -> Value:
        definition = self.definition
        scope = Scope(self.module, definition.file)
        try:
            found = self._found(scope)
        except PROBLEMS as problem:
            self._made = []
            return self._missing(problem)
        self.configuration = found
        turns = repetition(definition, scope, self.full)
        try:
            self._made = [self._instance(found, key, names, turns) for key, names in turns.turns]
        except EvaluationProblem as problem:  # there are more in all than are expanded
            self._made = []
            return self._missing(problem)
        outputs = [Outputs(each) for each in self._made]
        if turns.doubt is not None:
            return Symbolic(self.full, outputs[0], turns.doubt, refers=False)
        if turns.form == "once":
            return outputs[0]
        if turns.form == "count":
            return tuple(outputs)
        keys = [key for key, _ in turns.turns]
        return dict(zip(keys, outputs, strict=True))

    def _instance(
        self, found: Configuration, key: Key, names: Names, turns: Repetition
    ) -> "Module":
        self.module.session.instance(found.letters)
        scope = Scope(self.module, self.definition.file, names)
        arguments: dict[str, Argument] = {
            name: _argument(scope, attribute.expr)
            for name, attribute in self.definition.body.attributes.items()
            if name not in META
        }
        made = self.module.child(found, arguments, self, key)
        made.exists = self.module.exists
        if turns.doubt is not None:
            made.exists = made.exists & cannot_tell(turns.doubt)
        return made

    def _found(self, scope: Scope) -> Configuration:
        """What the called directory defines. Raises TreeProblem where it is not there."""
        stated = self.definition.body.attributes.get("source")
        source = unmark(scope.evaluate(stated.expr))[0] if stated else None
        if not isinstance(source, str):
            raise TreeProblem("its source is not known")
        session = self.module.session
        directory = self._directory(source)
        if directory is None:
            raise TreeProblem(f"{source} is not installed", fix=_install(session))
        if self._circular(directory):
            raise EvaluationProblem(f"{self.full} calls itself", self.definition.place)
        if len(self.module.calls) >= MAX_LEVELS:
            raise TreeProblem(f"modules are nested more than {MAX_LEVELS} deep")
        there = session.tree.is_dir(directory)
        found = configuration(session.tree, normal(directory))
        if not there or (not found.files and not found.gaps):
            fix = "" if source.startswith(".") else _install(session)
            raise TreeProblem(f"there is no module in {directory}", fix=fix)
        return found

    def _missing(self, problem: Exception) -> Unknown:
        place = self.definition.place
        kind = "module-cycle" if isinstance(problem, EvaluationProblem) else "module-missing"
        why = str(getattr(problem, "message", problem))
        what = f"{self.full}: {why}" if kind == "module-missing" else why
        fix = str(getattr(problem, "fix", ""))
        self.module.session.gap(kind, what, _UNREAD, place, fix)
        return Unknown(Cause.MODULE, self.full, (), place)

    def _directory(self, source: str) -> str | None:
        if source.startswith(("./", "../")) or source in (".", ".."):
            return posixpath.normpath(posixpath.join(self.module.directory, source))
        session = self.module.session
        installed = manifest(session).get(_manifest_key(self))
        if installed is not None:
            return installed
        return found_in(session.tree, session.libraries, source, self._version())

    def _version(self) -> str:
        stated = self.definition.body.attributes.get("version")
        return str(stated.expr[3]) if stated is not None and stated.expr[0] == "lit" else ""

    def _circular(self, directory: str) -> bool:
        module: Module | None = self.module
        while module is not None:
            if module.directory == directory:
                return True
            module = module.caller.module if module.caller else None
        return False

    def passed_providers(self) -> dict[str, Provider]:
        """The providers that the modules of this call are given."""
        stated = self.definition.body.attributes.get("providers")
        return providers.passed(stated.expr if stated else None, self.module.providers())


_UNREAD: Final = "what it makes is not known and its outputs are unknown"


def _argument(scope: Scope, node: Node) -> Argument:
    return lambda _: scope.evaluate(node)


def _manifest_key(call: Call) -> str:
    caller = call.module.caller
    return f"{_manifest_key(caller)}.{call.name}" if caller else call.name


def _install(session: Session) -> str:
    return f"terraform -chdir={shlex.quote(session.directory)} get"


def manifest(session: Session) -> dict[str, str]:
    """Where `terraform init` put the modules, by dotted call names."""
    if session.manifest is None:
        session.manifest = _manifest(session)
    return session.manifest


def _manifest(session: Session) -> dict[str, str]:
    path = posixpath.join(session.directory, ".terraform/modules/modules.json")
    try:
        rows = json.loads(session.tree.read_text(path))["Modules"]
        return {
            str(row["Key"]): posixpath.normpath(posixpath.join(session.directory, str(row["Dir"])))
            for row in rows
        }
    except TreeProblem:
        return {}
    except (ValueError, KeyError, TypeError, RecursionError):
        place = Place(path, 1, 1)
        session.gap("unreadable", f"{path} is not a module manifest", _UNREAD, place)
        return {}
