"""What somebody may make: something new, of a name that all that is done to it is allowed on.

The things are told by graphs/identity/made.yaml. Where several actions are about one thing, all of
them have to be allowed on one and the same name.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, product

from graphs.build.callers import Caller, likeliest
from graphs.identity.evaluate import Permission
from graphs.identity.glob import FRESH
from graphs.identity.policy import Statement
from graphs.tables import table
from graphs.unknown import Template, Text, Unknown, text

_MOST = 32
"""Regions and names that are tried, beside those that no policy mentions."""
_REGION, _SEGMENTS = 3, 6


def may_make(caller: Caller, actions: Iterable[str]) -> list[Permission]:
    """What it takes to do all of some actions to things of one's own; the first that is refused
    stands last."""
    found: list[Permission] = []
    for shape, about in _by_shape(tuple(actions)).items():
        found.append(_of_shape(caller, shape, about))
        if not found[-1].answer.possible:
            break
    return found


@cache
def _by_shape(actions: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The actions by what they are about; "" for those that are about nothing in particular."""
    said: dict[str, list[str]] = {}
    for action in actions:
        for shape in _shapes().get(action) or ("",):
            said.setdefault(shape, []).append(action)
    return {shape: tuple(each) for shape, each in said.items()}


@cache
def _shapes() -> dict[str, list[str]]:
    """Things by action."""
    found: dict[str, list[str]] = table("graphs.identity", "made.yaml")
    return found


def _of_shape(caller: Caller, shape: str, actions: tuple[str, ...]) -> Permission:
    if not shape or all(caller.about(action).plain for action in actions):
        return caller.may(actions)
    service, region, account, rest = shape.split(":", 3)
    kind = rest.removesuffix("{name}")
    owner = caller.holder.scope.account if account else ""
    said = list(_statements(caller, actions))
    regions = dict.fromkeys((FRESH, *_regions(said))) if region else {"": None}
    names = dict.fromkeys((FRESH, *_names(said, kind)))
    tried = islice(product(regions, names), _MOST)
    return likeliest(
        caller.may(actions, text(("arn:aws:", service, ":", where, ":", owner, ":", kind, name)))
        for where, name in tried
    )


def _statements(caller: Caller, actions: tuple[str, ...]) -> Iterator[Statement]:
    documents = caller.drawing.permissions.documents(caller.holder.id)
    for action in actions:
        for one in documents:
            yield from (each.clause.statement for each in one.about(action.lower()))


def _regions(said: Iterable[Statement]) -> Iterator[Text]:
    """The regions that policies mention."""
    for statement in said:
        for condition in statement.conditions:
            if condition.key == "aws:requestedregion":
                yield from condition.values
        for resource in statement.resources or ():
            segments = _segments(resource)
            if len(segments) == _SEGMENTS:
                yield _filled(segments[_REGION])


def _names(said: Iterable[Statement], kind: str) -> Iterator[Text]:
    """The names of a kind of thing that policies mention."""
    for statement in said:
        for resource in statement.resources or ():
            segments = _segments(resource)
            last = _parts(segments[-1])
            if len(segments) == _SEGMENTS and isinstance(last[0], str) and last[0].startswith(kind):
                yield _filled(text((last[0].removeprefix(kind), *last[1:])))


def _segments(arn: Text) -> list[Text]:
    """An ARN's parts, as many as there are."""
    found: list[list[object]] = [[]]
    for part in _parts(arn):
        pieces: list[object] = [part]
        if isinstance(part, str):
            pieces = list(part.split(":", _SEGMENTS - len(found)))
        found[-1].append(pieces[0])
        found.extend([piece] for piece in pieces[1:])
    return [text(each) for each in found]


def _parts(value: Text) -> "tuple[str | Unknown, ...]":
    return value.parts if isinstance(value, Template) else (value,)


def _filled(value: Text) -> Text:
    """With other letters for wildcards."""
    parts = (
        p.replace("*", FRESH).replace("?", FRESH) if isinstance(p, str) else p
        for p in _parts(value)
    )
    return text(parts)
