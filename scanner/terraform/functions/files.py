"""Functions of files and paths. Files are read through the context's tree only.

https://developer.hashicorp.com/terraform/language/functions/file
"""

import base64
import posixpath
import re
from collections.abc import Iterator

from graphs.unknown import Cause, Template, Unknown
from scanner.errors import FunctionProblem, TreeProblem
from scanner.terraform.functions.function import (
    OWN,
    ArgumentProblem,
    Context,
    Function,
    bounded,
    unknown,
)
from scanner.terraform.functions.paths import absolute, clean, content, last_part, located
from scanner.terraform.functions.patterns import compiled
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.shapes import Ephemeral, Sensitive, Value, set_of
from scanner.terraform.values.weight import Scales
from scanner.tree import Tree

MAX_FILES = 100_000
"""Most files that fileset looks at."""

_FILE, _HOLE = 500, 500
"""What a file that is looked at, and an interpolation that is read, cost in units of work."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def _abspath(context: Context, path: str) -> Value:
    return absolute(context.root, path)


def _basename(path: Value) -> Value:
    if not isinstance(path, str):
        return (isinstance(path, Template) and last_part(path)) or unknown("basename", path)
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _dirname(path: str) -> str:
    return clean(posixpath.split(path)[0])


def _pathexpand(path: str) -> Value:
    if path.startswith("~"):
        return Unknown(Cause.COMPUTED, f'pathexpand("{path}")')
    return path


def text_file(context: Context, name: str, path: str) -> "str | Unknown":
    """The text of a file, which must be UTF-8."""
    data = content(context, name, path)
    if isinstance(data, Unknown):
        return data
    try:
        return normalized(data.decode())
    except UnicodeDecodeError:
        hint = "use the filebase64 function to obtain the Base64 encoded contents"
        raise FunctionProblem(f'contents of "{path}" are not valid UTF-8; {hint}') from None


def _file(context: Context, path: str) -> Value:
    return text_file(context, "file", path)


def _filebase64(context: Context, path: str) -> Value:
    data = content(context, "filebase64", path)
    return data if isinstance(data, Unknown) else base64.b64encode(data).decode()


def _fileexists(context: Context, path: str) -> Value:
    place = located(context, "fileexists", path)
    if isinstance(place, Unknown):
        return place
    tree, inside = place
    try:
        if tree.is_dir(inside):
            raise FunctionProblem(f'"{path}" is a directory, not a file')
        return tree.exists(inside)
    except TreeProblem:
        return Unknown(Cause.DENIED, f'fileexists("{path}")')


def _fileset(context: Context, path: str, pattern: str) -> Value:
    place = located(context, "fileset", path)
    if isinstance(place, Unknown):
        return place
    tree, start = place
    wanted = posixpath.normpath(pattern)
    if wanted.startswith("../") or posixpath.isabs(wanted):
        return unknown("fileset", path, pattern)
    expression = compiled(glob_expression(wanted))
    try:
        below = _below(tree, start, wanted, context.scales)
        found = [each for each in below if expression.fullmatch(each)]
    except TreeProblem:
        return Unknown(Cause.DENIED, f'fileset("{path}", "{pattern}")')
    return set_of(map(normalized, found), "string")


def _below(tree: Tree, start: str, pattern: str, scales: Scales) -> Iterator[str]:
    """Files below a directory, relative to it, no deeper than the pattern can match."""
    deep = "**" in pattern or "{" in pattern
    depth = pattern.count("/")
    prefix = "" if start == "." else start + "/"
    seen = 0
    if not tree.is_dir(start):
        return
    for directory in tree.walk(start):
        inside = "" if directory == start else directory[len(prefix) :]
        if not deep and (inside.count("/") + 1 if inside else 0) != depth:
            continue
        for file in tree.files(directory):
            seen += 1
            bounded(seen, MAX_FILES, "files")
            scales.spend(_FILE)
            yield file[len(prefix) :]


def glob_expression(pattern: str) -> str:
    r"""A regular expression for a glob: * ? [..] {a,b} within a name, ** over directories.

    >>> glob_expression("*.txt")
    '[^/]*\\.txt'
    """
    pieces, at = [], 0
    while at < len(pattern):
        piece, at = _glob_piece(pattern, at)
        pieces.append(piece)
    return "".join(pieces)


def _glob_piece(pattern: str, at: int) -> tuple[str, int]:
    letter = pattern[at]
    if pattern.startswith("**/", at):
        return "(?:[^/]+/)*", at + 3
    if pattern.startswith("**", at):
        return ".*", at + 2
    if letter == "*":
        return "[^/]*", at + 1
    if letter == "?":
        return "[^/]", at + 1
    if letter == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    if letter == "[":
        return _glob_class(pattern, at)
    if letter == "{" and (match := _BRACES.match(pattern, at)):
        choices = "|".join(map(glob_expression, match[1].split(",")))
        return f"(?:{choices})", match.end()
    return re.escape(letter), at + 1


def _glob_class(pattern: str, at: int) -> tuple[str, int]:
    end = pattern.find("]", at + 2)
    if end < 0:
        raise FunctionProblem("syntax error in pattern")
    inner = pattern[at + 1 : end]
    negated = inner[0] in "^!"
    letters = re.sub(r"([\[\]\\&~])", r"\\\1", inner[1:] if negated else inner)
    return f"[{'^/' if negated else ''}{letters}]", end + 1


def _templatefile(context: Context, path: Value, variables: Value) -> Value:
    if isinstance(path, Sensitive | Ephemeral):
        inner = _templatefile(context, path.value, variables)
        return inner if isinstance(inner, Sensitive) else Sensitive(inner)
    if not isinstance(path, str):
        return unknown("templatefile", path, variables)
    source = text_file(context, "templatefile", path)
    return source if isinstance(source, Unknown) else _rendered(context, source, path, variables)


def _templatestring(context: Context, source: Value, variables: Value) -> Value:
    if isinstance(source, Sensitive | Ephemeral):
        inner = _templatestring(context, source.value, variables)
        return inner if isinstance(inner, Sensitive) else Sensitive(inner)
    if not isinstance(source, str):
        return unknown("templatestring", source, variables)
    return _rendered(context, source, "<templatestring argument>", variables)


def _rendered(context: Context, source: str, name: str, variables: Value) -> Value:
    secret = isinstance(variables, Sensitive)
    inner = variables.value if isinstance(variables, Sensitive | Ephemeral) else variables
    if isinstance(inner, Unknown | Template):
        return unknown("templatefile", name, inner)
    if not isinstance(inner, dict):
        raise ArgumentProblem(1, "invalid vars value: must be a map")
    if context.evaluate_template is None:
        raise FunctionProblem("no templates can be evaluated here")
    holes = source.count("${") + source.count("%{")
    context.scales.spend(2 * len(source) + _HOLE * holes)
    result = context.evaluate_template(source, name, inner)
    return Sensitive(result) if secret and not isinstance(result, Sensitive) else result


FUNCTIONS = (
    Function("abspath", _abspath, takes_context=True),
    Function("basename", _basename, unknowns=OWN),
    Function("dirname", _dirname),
    Function("file", _file, takes_context=True),
    Function("filebase64", _filebase64, takes_context=True),
    Function("fileexists", _fileexists, takes_context=True),
    Function("fileset", _fileset, takes_context=True),
    Function("pathexpand", _pathexpand),
    Function("templatefile", _templatefile, unknowns=OWN, marks=OWN, takes_context=True),
    Function("templatestring", _templatestring, unknowns=OWN, marks=OWN, takes_context=True),
)
