"""Input variables: what they are declared as, and what a root module's are set to.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from graphs.unknown import Cause, Place, Unknown
from scanner.errors import TreeProblem, UsageProblem
from scanner.terraform import json_syntax
from scanner.terraform.definitions import Configuration, Definition, configuration
from scanner.terraform.kinds import Type
from scanner.terraform.scope import Lazy, Scope, Session, computed
from scanner.terraform.syntax import File, Node, SyntaxProblem, parse, parse_expression
from scanner.terraform.values import ANY, Ephemeral, Sensitive, Value, ValueProblem, convert, unmark
from scanner.tree import Tree

Argument: TypeAlias = Callable[[Scope], Value]
"""What sets a variable, evaluated when it is asked for, given the scope of its declaration."""

PREFIX: Final = "TF_VAR_"
_WHENCE: Final = "name it from the root module or from the scanned directory"
_PRIMITIVES: Final = ("string", "number", "bool")


def declared_type(definition: Definition, scope: Scope) -> Type:
    """The type constraint of a variable block; "any" where there is none or it is not valid."""
    known = definition.memo.get("type")
    if known is None:
        stated = definition.body.attributes.get("type")
        known = _type(stated.expr, scope) if stated else ANY
        definition.memo["type"] = known
    return known  # type: ignore[return-value]


def _type(node: Node, scope: Scope) -> Type:
    kind = node[0]
    if kind in ("var", "lit"):  # quoted words are how terraform 0.11 wrote types
        word = str(node[3])
        return (word, ANY) if word in ("list", "map", "set") else _word(word)
    if kind == "call" and node[4]:
        return _constructed(node[3], node[4][0], scope)
    return ANY


def _word(word: str) -> Type:
    return word if word in _PRIMITIVES else ANY


def _constructed(word: str, inner: Node, scope: Scope) -> Type:
    if word in ("list", "set", "map"):
        return (word, _type(inner, scope))
    if word == "tuple" and inner[0] == "tuple":
        return ("tuple", tuple(_type(each, scope) for each in inner[3]))
    if word == "object" and inner[0] == "object":
        pairs = [(str(key[3]), value) for key, value in inner[3] if key[0] == "lit"]
        return ("object", {name: _attribute(value, scope) for name, value in pairs})
    return _type(inner, scope) if word == "optional" else ANY


def _attribute(node: Node, scope: Scope) -> tuple[Type, bool, Value]:
    if node[0] != "call" or node[3] != "optional" or not node[4]:
        return _type(node, scope), False, None
    of = _type(node[4][0], scope)
    default = scope.evaluate(node[4][1]) if len(node[4]) > 1 else None
    return of, True, default if default is None else convert(default, of)


def declared(definition: Definition, argument: "Argument | None", name: str, scope: Scope) -> Value:
    """The value of a variable: what it is set to, else its default, in its type and marked."""
    value = _converted(definition, argument, name, scope)
    if _says(definition, "sensitive") and not isinstance(value, Sensitive):
        value = Sensitive(value)
    if _says(definition, "ephemeral") and not isinstance(value, Ephemeral):
        value = Ephemeral(value)
    return value


def _says(definition: Definition, flag: str) -> bool:
    stated = definition.body.attributes.get(flag)
    return stated is not None and stated.expr[0] == "lit" and stated.expr[3] in (True, "true")


def _converted(
    definition: Definition, argument: "Argument | None", name: str, scope: Scope
) -> Value:
    default = definition.body.attributes.get("default")
    value = argument(scope) if argument else None
    nullable = definition.body.attributes.get("nullable")
    if argument is None or (value is None and nullable and nullable.expr[3] is False):
        if default is None:
            return _unset(definition, name, scope)
        value = scope.evaluate(default.expr)
    return fitted(value, declared_type(definition, scope))


def fitted(value: Value, of: Type) -> Value:
    """The value converted; resources give the attributes that an object type asks for."""
    try:
        return convert(value, of)
    except ValueProblem:
        complete = _completed(value, of)
        if complete is value:
            raise
        return convert(complete, of)


def _completed(value: Value, of: Type) -> Value:
    """The value with each resource in it replaced by the attributes that the type names."""
    if isinstance(of, str):
        return value
    word, inner = of
    if isinstance(value, Lazy) and word == "object":
        return {key: _completed(value.read(key), each[0]) for key, each in inner.items()}
    if isinstance(value, dict):
        if word == "object":
            types = {key: inner[key][0] if key in inner else ANY for key in value}
        else:
            types = dict.fromkeys(value, inner if word == "map" else ANY)
        return {key: _completed(each, types[key]) for key, each in value.items()}
    if isinstance(value, tuple) and word in ("list", "set"):
        return tuple([_completed(each, inner) for each in value])
    return value


def _unset(definition: Definition, name: str, scope: Scope) -> Unknown:
    unknown = Unknown(Cause.VARIABLE, name, (), definition.place)
    if scope.module.path:
        scope.session.gap(
            "evaluation", f"{name} is required and not set", "it is unknown", definition.place
        )
    scope.session.unset[unknown] = None
    return unknown


def validate(definition: Definition, name: str, scope: Scope) -> None:
    """Record where a variable's own validation refuses its value, as terraform would."""
    for block in definition.groups.get("validation", ()):
        stated = block.body.attributes.get("condition")
        if stated is None:
            continue
        place = scope.place(stated.start, stated.end)
        full = f"validation of {name}"
        found = computed(scope.session, full, lambda: scope.evaluate(stated.expr), place)  # noqa: B023
        if unmark(found.value)[0] is False:
            what = f"the value of {name} fails its validation"
            scope.session.gap("invalid-value", what, "terraform would refuse it", place)


def settings(
    session: Session,
    configuration: Configuration,
    given: Mapping[str, str],
    files: Sequence[str],
) -> dict[str, Argument]:
    """What the variables of a root module are set to, by terraform's precedence.

    Of the command line, `given` (--var) wins over `files` (--var-file).
    """
    result: dict[str, Argument] = {}
    for name, text in sorted(session.environ.items()):
        if name.startswith(PREFIX):
            definition = configuration.variables.get(name.removeprefix(PREFIX))
            if definition is not None:
                result[name.removeprefix(PREFIX)] = _told(definition, text, name)
    for path in _automatic(session):
        _set_file(session, result, path)
    for path in files:
        _set_file(session, result, _found(session, path))
    for name, text in given.items():
        if name not in configuration.variables:
            raise UsageProblem(f"there is no variable {name!r} in {session.directory}")
        result[name] = _told(configuration.variables[name], text, f"--var {name}")
    return result


def _automatic(session: Session) -> list[str]:
    """The variable files that terraform reads unasked, in its order."""
    try:
        paths = session.tree.files(session.directory)
    except TreeProblem:
        return []
    names = {posixpath.basename(path): path for path in paths}
    first = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    later = [each for each in names if each.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return [names[each] for each in first + sorted(later)]


def _found(session: Session, path: str) -> str:
    located = _locate(session.tree, session.directory, path)
    if located is None:
        raise UsageProblem(f"there is no variable file {path}", fix=_WHENCE)
    return located


def _set_file(session: Session, result: dict[str, Argument], path: str) -> None:
    lost = "the variables it sets are not"
    try:
        text = session.tree.read_text(path)
        nodes, file = _file_nodes(text, path)
    except TreeProblem as problem:
        session.gap("unreadable", problem.message, lost, Place(path, 1, 1))
    except SyntaxProblem as problem:
        session.gap("syntax-error", problem.message, lost, Place(path, problem.line, problem.line))
    else:
        for name, node in nodes.items():
            result[name] = _written(node, file)


def _file_nodes(text: str, path: str) -> tuple[dict[str, Node], File]:
    file = parse("", path) if path.endswith(".json") else parse(text, path)
    if path.endswith(".json"):
        return json_syntax.parse_values(text, path), File(path, text, file.body, ())
    return {name: each.expr for name, each in file.body.attributes.items()}, file


def _written(node: Node, file: File) -> Argument:
    return lambda scope: Scope(scope.module, file).evaluate(node)


def _told(definition: Definition, text: str, origin: str) -> Argument:
    """Text from outside a file: taken as it is for simple types, read as an expression else."""

    def value(scope: Scope) -> Value:
        if isinstance(declared_type(definition, scope), str):
            return text
        try:
            node = parse_expression(text, origin)
        except SyntaxProblem as problem:
            raise UsageProblem(f"{origin} is not a valid value: {problem.message}") from None
        return Scope(scope.module, parse("", origin)).evaluate(node)

    return value


@dataclass(frozen=True, slots=True)
class Wanted:
    """The part of the command line's variables and files that one root module takes."""

    variables: Mapping[str, str]
    files: tuple[str, ...]


def wanted_by(
    tree: Tree, directories: Sequence[str], variables: Mapping[str, str], files: Sequence[str]
) -> dict[str, Wanted]:
    """What each root module takes of --var and --var-file.

    A root takes the variables that it declares and the files that it can find. Raises
    UsageProblem for what none of them takes.
    """
    taken = {
        directory: Wanted(
            {n: v for n, v in variables.items() if n in configuration(tree, directory).variables},
            tuple(f for f in files if _locate(tree, directory, f)),
        )
        for directory in directories
    }
    for name in variables:
        if directories and not any(name in each.variables for each in taken.values()):
            raise UsageProblem(f"no root module here declares the variable {name!r}")
    for file in files:
        if directories and not any(file in each.files for each in taken.values()):
            raise UsageProblem(f"there is no variable file {file}", fix=_WHENCE)
    return taken


def _locate(tree: Tree, directory: str, path: str) -> str | None:
    """A file beside the root module, else from the scanned directory."""
    for each in (posixpath.join(directory, path), path):
        try:
            if tree.exists(each):
                return each
        except TreeProblem:
            continue
    return None
