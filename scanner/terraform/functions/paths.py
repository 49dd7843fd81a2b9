"""Where a path of the configuration lies in the tree, and what is not in the tree at all.

Terraform resolves relative paths against the directory of the root module.
https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info
"""

import posixpath
from typing import Final

from graphs.unknown import Cause, Template, Unknown
from scanner.errors import FunctionProblem, TreeProblem
from scanner.terraform.functions.function import ArgumentProblem, Context
from scanner.tree import Tree

CHECKOUT: Final = "path of the scanned directory"
"""What nobody knows of an absolute path: where the scanned directory stands on whose machine."""


def absolute(root: str, path: str) -> "str | Template | Unknown":
    """A path as terraform makes it absolute where it is run in its root module's directory."""
    inside = posixpath.normpath(posixpath.join(root, path))
    if posixpath.isabs(inside):
        return clean(inside)
    if inside == ".." or inside.startswith("../"):
        return Unknown(Cause.DENIED, f'abspath("{path}")')
    hole = Unknown(Cause.DATA, CHECKOUT)
    return hole if inside == "." else Template((hole, f"/{inside}"))


def last_part(path: Template) -> str:
    """The name of the file or directory that an absolute path ends in; "" where it is not known.

    What stands before it has no bearing on it. Of other unknowns terraform does not say as much.
    """
    hole, rest = path.parts[0], path.parts[-1]
    if isinstance(hole, str) or hole.what != CHECKOUT or isinstance(rest, Unknown):
        return ""
    return posixpath.basename(rest.rstrip("/")) if "/" in rest else ""


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
        data = tree.read_bytes(inside)
    except TreeProblem:
        return Unknown(Cause.DENIED, f'{name}("{path}")')
    context.scales.spend(_OPENED + len(data))
    return data


_OPENED = 2_000
"""What reading a file costs in units of work, however short it is."""


def clean(path: str) -> str:
    """The path without `.`, `..` and doubled slashes, as Go's filepath.Clean."""
    cleaned = posixpath.normpath(path) if path else "."
    return "/" + cleaned.lstrip("/") if cleaned.startswith("/") else cleaned
