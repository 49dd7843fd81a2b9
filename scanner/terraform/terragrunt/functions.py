"""Terragrunt's own functions. Those that run a command, ask AWS or decrypt are never called.

Paths are absolute in Terragrunt: here they begin with what nobody knows, where the scanned
directory stands, and are found in it again by that.
https://terragrunt.gruntwork.io/docs/reference/built-in-functions/
"""

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from graphs.unknown import Cause, Unknown
from scanner.errors import EvaluationProblem, SyntaxProblem, TreeProblem
from scanner.terraform.functions.paths import absolute
from scanner.terraform.scope import Kinds, Scope
from scanner.terraform.syntax import Node, json_syntax, parse
from scanner.terraform.values import Value, is_known, unmark
from scanner.terraform.values.json_text import to_json
from scanner.terraform.values.symbols import symbol

if TYPE_CHECKING:
    from scanner.terraform.terragrunt.config import Config

READ: Final = frozenset(("TF_VAR_", "AWS_REGION", "AWS_DEFAULT_REGION"))
"""Beginnings of variables that are looked at: code under review could put any other, and the
secrets in it, into a report."""

NEVER: Final = frozenset(
    (
        "constraint_check", "get_aws_account_alias", "get_aws_account_id",
        "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id",
        "get_default_retryable_errors", "get_platform", "get_terraform_cli_args",
        "get_terraform_command", "get_terragrunt_source_cli_flag", "get_working_dir", "run_cmd",
        "sops_decrypt_file",
    )
)  # fmt: skip
FILES: Final = frozenset(
    (
        "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5",
        "fileset", "filesha1", "filesha256", "filesha512", "templatefile",
    )
)  # fmt: skip


def kinds(config: "Config", base: Kinds) -> Kinds:
    """Terraform's expressions with Terragrunt's functions."""
    return {**base, "call": lambda node, scope: _call(config, base, node, scope)}


def _call(config: "Config", base: Kinds, node: Node, scope: Scope) -> Value:
    name, place = node[3], scope.place(node[1], node[2])
    if name in NEVER:
        return Unknown(Cause.DENIED, f"{name}()", (), place)
    function = FUNCTIONS.get(name)
    if function is not None:
        args = [unmark(scope.evaluate(each))[0] for each in node[4]]
        try:
            return function(config, args)
        except (TreeProblem, SyntaxProblem) as problem:
            raise EvaluationProblem(problem.message, place) from None
    if name in FILES and node[4]:
        node = (*node[:4], [_inside(config, node[4][0], scope), *node[4][1:]], *node[5:])
    return base["call"](node, scope)


def _inside(config: "Config", node: Node, scope: Scope) -> Node:
    """A path that is absolute, as one from the unit's directory."""
    value = unmark(scope.evaluate(node))[0]
    inside = None if isinstance(value, str) else config.located(value)
    if inside is None:
        return node
    return ("lit", node[1], node[2], posixpath.relpath(inside, config.home))


def _find(config: "Config", args: list[Value]) -> Value:
    """find_in_parent_folders: the nearest file or directory of a name, above the unit's own."""
    name = args[0] if args else "terragrunt.hcl"
    if not isinstance(name, str):
        return _unknown("find_in_parent_folders", args)
    directory = config.home
    while directory != ".":
        directory = posixpath.dirname(directory) or "."
        path = posixpath.normpath(posixpath.join(directory, name))
        if config.tree.exists(path):
            return absolute(".", path)
    if len(args) > 1:
        return args[1]
    raise EvaluationProblem(f"no parent folder holds {name}")


def _to_include(config: "Config", args: list[Value]) -> Value:
    return posixpath.relpath(config.home, _parent(config, args))


def _from_include(config: "Config", args: list[Value]) -> Value:
    return posixpath.relpath(_parent(config, args), config.home)


def _parent(config: "Config", args: list[Value]) -> str:
    """The directory of what the unit includes: of this file, where it is included."""
    if config.child is not None:
        return config.directory
    named = args[0] if args and isinstance(args[0], str) else None
    found = [each for name, each in config.included.items() if named in (None, name)]
    return found[0].directory if found else config.home


def _env(config: "Config", args: list[Value]) -> Value:
    name = args[0] if args else None
    if isinstance(name, str) and name.startswith(tuple(READ)) and config.environ.get(name):
        return config.environ[name]
    return args[1] if len(args) > 1 else _unknown("get_env", args, Cause.VARIABLE)


def _repository(config: "Config") -> str | None:
    directory = config.home
    while True:
        if config.tree.exists(posixpath.normpath(posixpath.join(directory, ".git"))):
            return directory
        if directory == ".":
            return None
        directory = posixpath.dirname(directory) or "."


def _repo_root(config: "Config", args: list[Value]) -> Value:
    found = _repository(config)
    return _unknown("get_repo_root", args) if found is None else absolute(".", found)


def _from_root(config: "Config", args: list[Value]) -> Value:
    found = _repository(config)
    if found is None:
        return _unknown("get_path_from_repo_root", args)
    return posixpath.relpath(config.home, found)


def _to_root(config: "Config", args: list[Value]) -> Value:
    found = _repository(config)
    if found is None:
        return _unknown("get_path_to_repo_root", args)
    return posixpath.relpath(found, config.home)


def _read_config(config: "Config", args: list[Value]) -> Value:
    """Another file's locals, inputs and dependencies."""
    path = config.located(args[0]) if args else None
    if path is None:
        return _unknown("read_terragrunt_config", args)
    if len(args) > 1 and not config.tree.exists(path):
        return args[1]
    home = posixpath.dirname(path) or "."
    other = type(config).read(config.tree, path, home, config.environ, config)
    other.child, other.asker, other.units = None, config.asker, config.units
    other.session.gaps = config.session.gaps
    return other.exposed()


def _read_variables(config: "Config", args: list[Value]) -> Value:
    """read_tfvars_file: a variable file as JSON."""
    path = config.located(args[0]) if args else None
    if path is None:
        return _unknown("read_tfvars_file", args)
    text = config.tree.read_text(path)
    if path.endswith(".json"):
        nodes = json_syntax.parse_values(text, path)
    else:
        nodes = {n: a.expr for n, a in parse(text, path).body.attributes.items()}
    return to_json({name: config.scope.evaluate(node) for name, node in nodes.items()})


def _unknown(name: str, args: list[Value], cause: Cause = Cause.DATA) -> Unknown:
    holes = [each for each in args if not is_known(each)]
    origins = tuple(root for each in holes if isinstance(each, Unknown) for root in each.roots)
    return Unknown(cause, f"{name}({', '.join(map(symbol, args))})", (), None, origins)


Function = Callable[["Config", list[Value]], Value]
FUNCTIONS: Final[dict[str, Function]] = {
    "find_in_parent_folders": _find,
    "path_relative_to_include": _to_include,
    "path_relative_from_include": _from_include,
    "get_env": _env,
    "get_terragrunt_dir": lambda config, _: absolute(".", config.home),
    "get_original_terragrunt_dir": lambda config, _: absolute(".", config.home),
    "get_parent_terragrunt_dir": lambda config, args: absolute(".", _parent(config, args)),
    "get_repo_root": _repo_root,
    "get_path_from_repo_root": _from_root,
    "get_path_to_repo_root": _to_root,
    "read_terragrunt_config": _read_config,
    "read_tfvars_file": _read_variables,
    "mark_as_read": lambda _, args: args[0] if args else None,
}
