"""regex, regexall and replace: RE2 expressions, which cannot run away on hostile input.

https://developer.hashicorp.com/terraform/language/functions/regex
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import (
    MAX_TEXT,
    ArgumentProblem,
    Context,
    Function,
    bounded,
)
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.kinds import Type, object_of
from scanner.terraform.values.shapes import List, Null, Value
from scanner.terraform.values.weight import Scales

_GO_WORDS = {
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
}
_REFERENCE = re.compile(r"\$(?:\$|\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_]+))")


MAX_PATTERN = 20_000
"""Instructions of the largest compiled pattern; RE2 takes at most so many steps per character."""

_MATCH, _STATES, _PER_CHARACTER = 1_000, 4, 128


class PatternProblem(FunctionProblem):
    """A regular expression that is not RE2's syntax: what is wrong, and where."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"error parsing regexp: {what}: `{where}`")
        self.in_argument = f"invalid regexp pattern: {what} in {where}"


def _pattern(source: str) -> Any:
    try:
        return compiled(source)
    except PatternProblem as problem:
        raise ArgumentProblem(0, problem.in_argument) from None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The compiled RE2 expression."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as problem:
        reason = problem.args[0] if problem.args else "invalid"
        raise PatternProblem(*_said(reason)) from None


def _said(reason: "str | bytes") -> tuple[str, str]:
    """RE2's message and the part of the pattern it is about."""
    message = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    what, _, where = message.partition(": ")
    return _GO_WORDS.get(what, what), where


def matches(pattern: Any, source: str, scales: Scales) -> "Iterator[Any]":
    """All matches, without empty ones that touch the match before them, as Go has it.

    Each may have to look at all that is left of the text, to tell that there is no longer one.
    """
    end, states = -1, _STATES + pattern.programsize
    for match in pattern.finditer(source):
        left = len(source) - match.end()
        scales.spend(_MATCH * (1 + pattern.groups) + left * states // _PER_CHARACTER)
        if match.end() == match.start() == end:
            continue
        end = match.end()
        yield match


def _replace(context: Context, source: str, wanted: str, replacement: str) -> str:
    scales = context.scales
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        pattern = searching(compiled(wanted[1:-1]), source, scales)
        return normalized(_replace_pattern(source, pattern, replacement, scales))
    count = source.count(wanted)
    bounded(len(source) + count * len(replacement), MAX_TEXT, "characters")
    return normalized(source.replace(wanted, replacement))


def searching(pattern: Any, source: str, scales: Scales) -> Any:
    """The pattern, when the work of one search through a text with it is counted."""
    size = pattern.programsize
    if size > MAX_PATTERN:
        raise FunctionProblem(f"the pattern has more than {MAX_PATTERN:,} steps")
    scales.spend(size + len(source) * size * (1 + pattern.groups) // _PER_CHARACTER)
    return pattern


def _replace_pattern(source: str, pattern: Any, replacement: str, scales: Scales) -> str:
    pieces, done, size = [], 0, 0
    for match in matches(pattern, source, scales):
        pieces += [source[done : match.start()], _expanded(replacement, match)]
        done = match.end()
        size += len(pieces[-1])
        bounded(size, MAX_TEXT, "characters")
        scales.spend(len(replacement))
    return "".join([*pieces, source[done:]])


def _expanded(replacement: str, match: Any) -> str:
    """Go's Expand: $1, ${1}, $name; what names no group is empty; $$ is a dollar sign."""
    if "$" not in replacement:
        return replacement
    named, count = match.re.groupindex, match.re.groups

    def fill(reference: "re.Match[str]") -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if name.isdigit():
            return (match.group(int(name)) or "") if int(name[:6]) <= count else ""
        return (match.group(named[name]) or "") if name in named else ""

    return _REFERENCE.sub(fill, replacement)


def _capture_type(pattern: Any) -> Type:
    if not pattern.groups:
        return "string"
    if not pattern.groupindex:
        return ("tuple", ("string",) * pattern.groups)
    if len(pattern.groupindex) != pattern.groups:
        mixed = "invalid regexp pattern: cannot mix both named and unnamed capture groups"
        raise ArgumentProblem(0, mixed)
    return object_of(dict.fromkeys(pattern.groupindex, "string"))


def _captured(pattern: Any, match: Any, scales: Scales) -> Value:
    scales.spend((match.end() - match.start()) * pattern.groups)
    if not pattern.groups:
        return normalized(match.group(0))
    if pattern.groupindex:
        return {name: _group(match, at) for name, at in sorted(pattern.groupindex.items())}
    return tuple([_group(match, at) for at in range(1, pattern.groups + 1)])


def _group(match: Any, at: int) -> Value:
    found = match.group(at)
    return Null("string") if found is None else normalized(found)


def _regex(context: Context, source: str, subject: str) -> Value:
    pattern = searching(_pattern(source), subject, context.scales)
    _capture_type(pattern)
    match = pattern.search(subject)
    if match is None:
        raise FunctionProblem("pattern did not match any part of the given string")
    return _captured(pattern, match, context.scales)


def _regexall(context: Context, source: str, subject: str) -> List:
    scales = context.scales
    pattern = searching(_pattern(source), subject, scales)
    of = _capture_type(pattern)
    found = matches(pattern, subject, scales)
    return List([_captured(pattern, match, scales) for match in found], of)


FUNCTIONS = (
    Function("regex", _regex, takes_context=True),
    Function("regexall", _regexall, takes_context=True),
    Function("replace", _replace, takes_context=True),
)
