"""Where a path of the configuration lies in the tree, and what is not in the tree at all.

Terraform resolves relative paths against the directory of the root module.
https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info
"""

import posixpath

from graphs.unknown import Cause, Unknown
from scanner.errors import FunctionProblem, TreeProblem
from scanner.terraform.functions.function import ArgumentProblem, Context
from scanner.tree import Tree


def located(context: Context, name: str, path: str) -> "tuple[Tree, str] | Unknown":
    """The tree and the path in it; unknown where the path leads out, say to the home directory.

    Terraform may well find a file there. We may not look, so nothing is known about it.
    """
    if context.tree is None:
        raise FunctionProblem("no files can be read here")
    outside = Unknown(Cause.DENIED, f'{name}("{path}")')
    if path.startswith("~") or posixpath.isabs(path):
        return outside
    inside = posixpath.normpath(posixpath.join(context.root, path))
    if inside == ".." or inside.startswith("../"):
        return outside
    return context.tree, inside


def content(context: Context, name: str, path: str) -> "bytes | Unknown":
    """The bytes of a file; FunctionProblem if there is none, Unknown if it may not be read."""
    place = located(context, name, path)
    if isinstance(place, Unknown):
        return place
    tree, inside = place
    try:
        if not tree.exists(inside):
            written = "this function works only with files that are part of the configuration"
            raise ArgumentProblem(0, f'no file exists at "{path}"; {written}')
        if tree.is_dir(inside):
            raise ArgumentProblem(0, f"failed to read file: read {path}: is a directory")
        return tree.read_bytes(inside)
    except TreeProblem:
        return Unknown(Cause.DENIED, f'{name}("{path}")')


def clean(path: str) -> str:
    """The path without `.`, `..` and doubled slashes, as Go's filepath.Clean."""
    cleaned = posixpath.normpath(path) if path else "."
    return "/" + cleaned.lstrip("/") if cleaned.startswith("/") else cleaned
