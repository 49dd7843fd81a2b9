"""What the variables of a root module are set to: files, environment and command line.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

import posixpath
from collections.abc import Sequence
from typing import Final

from graphs.unknown import Place
from scanner.errors import EvaluationProblem, TreeProblem, UsageProblem
from scanner.terraform.definitions import Configuration, Definition, configuration
from scanner.terraform.refusals.constraints import refuse_names
from scanner.terraform.scope import Scope, Session
from scanner.terraform.syntax import File, Node, SyntaxProblem, json_syntax, parse, parse_expression
from scanner.terraform.told import Told, Var, VarFile
from scanner.terraform.values import Value
from scanner.terraform.variables import Argument, declared_type
from scanner.tree import Tree

PREFIX: Final = "TF_VAR_"
_WHENCE: Final = "name it from the root module or from the scanned directory"


def settings(
    session: Session, found: Configuration, told: Sequence[Told] = ()
) -> dict[str, Argument]:
    """What the variables of a root module are set to, by terraform's precedence.

    Raises UsageProblem where a variable or a file that is told does not exist.
    """
    result: dict[str, Argument] = {}
    for name, text in sorted(session.environ.items()):
        definition = found.variables.get(name.removeprefix(PREFIX))
        if name.startswith(PREFIX) and definition is not None:
            result[name.removeprefix(PREFIX)] = _text(definition, text, name)
    for path in _automatic(session):
        _set_file(session, result, path)
    for each in told:
        if isinstance(each, VarFile):
            _set_file(session, result, _found(session, each.path))
        elif each.name in found.variables:
            definition = found.variables[each.name]
            result[each.name] = _text(definition, each.text, f"--var {each.name}")
        else:
            raise UsageProblem(f"there is no variable {each.name!r} in {session.directory}")
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
    return [names[each] for each in (*first, *sorted(later))]


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
        for block in file.body.blocks:
            place = file.place(block.start, block.end)
            session.gap("not-allowed", f"a {block.type} block in {path}", _IGNORED, place)
        for name, node in nodes.items():
            result[name] = _written(node, file)


_IGNORED: Final = "terraform would refuse it; it is left out"


def _file_nodes(text: str, path: str) -> tuple[dict[str, Node], File]:
    if path.endswith(".json"):
        return json_syntax.parse_values(text, path), File(path, text, parse("", path).body, ())
    file = parse(text, path)
    return {name: each.expr for name, each in file.body.attributes.items()}, file


def _written(node: Node, file: File) -> Argument:
    def value(scope: Scope) -> Value:
        refuse_names(node, file)
        return Scope(scope.module, file).typed(node)

    return value


def _text(definition: Definition, text: str, origin: str) -> Argument:
    """Text from outside a file: taken as it is for simple types, read as an expression else."""

    def value(scope: Scope) -> Value:
        if _is_text(definition, scope):
            return text
        try:
            node = parse_expression(text, origin)
        except SyntaxProblem as problem:
            kind = EvaluationProblem if origin.startswith(PREFIX) else UsageProblem
            raise kind(f"{origin} is not a valid value: {problem.message}") from None
        file = parse("", origin)
        refuse_names(node, file)
        return Scope(scope.module, file).typed(node)

    return value


def _is_text(definition: Definition, scope: Scope) -> bool:
    """Whether terraform takes what is told as it is: for simple types, and where none is stated."""
    of = declared_type(definition, scope)
    return isinstance(of, str) and (of != "any" or "type" not in definition.body.attributes)


def wanted_by(
    tree: Tree, directories: Sequence[str], told: Sequence[Told], *, strict: bool = True
) -> dict[str, tuple[Told, ...]]:
    """What each root module takes of --var and --var-file.

    A root takes the variables that it declares and the files that it can find. Raises
    UsageProblem for what none of them takes, where that is asked for.
    """
    taken = {
        directory: tuple(each for each in told if _takes(tree, directory, each))
        for directory in directories
    }
    for each in told if strict else ():
        if directories and not any(each in some for some in taken.values()):
            if isinstance(each, VarFile):
                raise UsageProblem(f"there is no variable file {each.path}", fix=_WHENCE)
            raise UsageProblem(f"no root module here declares the variable {each.name!r}")
    return taken


def _takes(tree: Tree, directory: str, told: Told) -> bool:
    if isinstance(told, Var):
        return told.name in configuration(tree, directory).variables
    return _locate(tree, directory, told.path) is not None


def _locate(tree: Tree, directory: str, path: str) -> str | None:
    """A file beside the root module, else from the scanned directory."""
    for each in (posixpath.join(directory, path), path):
        try:
            if tree.exists(each):
                return each
        except TreeProblem:
            continue
    return None
