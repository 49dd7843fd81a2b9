"""Resources as they would be without some of what is written: to ask what hangs on it.

Input: resources, and which blocks or parts of them to leave out. Output: the others, and those
that are changed. What stands alone and gives something to another resource (a rule of a group, a
listener, a policy) is left out as a whole; of any other, the blocks in it are.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from graphs.resource import Resource, Value
from graphs.unknown import Place

GIVES: Final = re.compile(
    r"aws_(security_group_rule|vpc_security_group_(in|e)gress_rule|network_acl_rule|route"
    r"|a?lb_listener(_rule)?|s3_bucket_(acl|policy)|lambda_(permission|function_url)"
    r"|iam_(role|user|group)_polic(y|y_attachment)|iam_policy_attachment|api_gateway_method"
    r"|(sqs_queue|sns_topic|ecr_repository|kms_key|secretsmanager_secret)_policy)"
)
"""Types whose only purpose is to add something to another resource."""
_ELEMENT: Final = re.compile(r"([^.\[]+)\[(\d+)\]")


def without(
    resources: Iterable[Resource], left_out: Mapping[str, Iterable[Place | None]]
) -> tuple[Resource, ...]:
    """The resources without what stands in some lines, by address; None is all of a block."""
    kept = (_kept(each, tuple(left_out.get(each.id, ()))) for each in resources)
    return tuple([each for each in kept if each is not None])


def _kept(resource: Resource, parts: tuple[Place | None, ...]) -> Resource | None:
    if not parts:
        return resource
    if GIVES.fullmatch(resource.type):
        return None
    gone = {name for part in parts for name in _elements(resource, part)}
    values: dict[str, Value] = dict(resource.values)
    for name in {name for name, _ in gone}:
        value = values.get(name)
        if isinstance(value, tuple):
            values[name] = tuple(e for at, e in enumerate(value) if (name, at) not in gone)
    return replace(resource, values=values)


def _elements(resource: Resource, part: Place | None) -> Iterable[tuple[str, int]]:
    """The nested blocks in some lines, by name and number."""
    for path, place in resource.origin.lines.items():
        found = _ELEMENT.match(path)
        if found and (part is None or meet(place, part)):
            yield found[1], int(found[2])


def meet(one: Place, other: Place) -> bool:
    """Whether two spans of lines share one."""
    ends = max(one.end_line, one.line), max(other.end_line, other.line)
    return one.file == other.file and one.line <= ends[1] and other.line <= ends[0]
