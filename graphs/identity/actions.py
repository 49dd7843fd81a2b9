"""AWS's actions: actions.txt, from the Service Authorization Reference.

docs/schema/actions.py makes the table and tells its form. An action that it lacks may be newer
than it, so that nothing is decided by one's absence: it is only said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from graphs.identity.glob import matches

LEVELS: Mapping[str, str] = {
    "r": "read",
    "l": "list",
    "w": "write",
    "t": "tagging",
    "p": "permissions management",
}


@dataclass(frozen=True, slots=True)
class Action:
    """An action as AWS spells it. `level` is one of the words of LEVELS; `wholesale` tells that it
    takes no resource but `*`."""

    name: str
    level: str
    wholesale: bool


def action(name: str) -> Action | None:
    """The action of this name, in any case; None where the table has none.

    >>> action("s3:listallmybuckets")
    Action(name='s3:ListAllMyBuckets', level='list', wholesale=True)
    """
    prefix, _, rest = name.lower().partition(":")
    return _service(prefix).get(rest)


@lru_cache(maxsize=4096)
def expand(pattern: str) -> tuple[str, ...]:
    """The actions that a pattern of a policy matches, in order; empty where none does.

    >>> expand("sts:*Identity")
    ('sts:AssumeRoleWithWebIdentity', 'sts:GetCallerIdentity', 'sts:SetSourceIdentity')
    """
    if not {"*", "?"} & {*pattern}:
        found = action(pattern)
        return (found.name,) if found else ()
    prefix, colon, rest = pattern.lower().partition(":")
    if not colon:
        prefix, rest = (prefix, "*") if pattern == "*" else ("", "")
    return tuple(
        each.name
        for service in _services(prefix)
        for name, each in _service(service).items()
        if matches(rest, name).certain
    )


@lru_cache(maxsize=4096)
def exists(pattern: str) -> bool:
    """Whether any action matches a pattern of a policy."""
    prefix, colon, rest = pattern.lower().partition(":")
    if not colon:
        return pattern == "*"
    names = (name for service in _services(prefix) for name in _service(service))
    return any(matches(rest, name).certain for name in names)


def known_prefix(prefix: str) -> bool:
    """Whether the table has actions of a service."""
    return prefix.lower() in _lines()


def source() -> str:
    """Where the table is from, with its version."""
    return _text().partition("\n")[0]


def _services(pattern: str) -> Iterator[str]:
    return (each for each in _lines() if matches(pattern, each).certain)


@cache
def _text() -> str:
    return files("graphs.identity").joinpath("actions.txt").read_text(encoding="utf-8")


@cache
def _lines() -> Mapping[str, str]:
    lines = (line.partition(" ") for line in _text().splitlines()[1:])
    return {prefix: rest for prefix, _, rest in lines}


@cache
def _service(prefix: str) -> Mapping[str, Action]:
    """The actions of a prefix, by name in lower case: split when they are first asked for."""
    found = {}
    for each in _lines().get(prefix, "").split():
        name, _, kind = each.partition(":")
        found[name.lower()] = Action(f"{prefix}:{name}", LEVELS[kind[0]], kind.endswith("*"))
    return found
