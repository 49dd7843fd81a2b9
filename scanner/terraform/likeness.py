"""Whether two evaluations of a root module say the same, wherever their lines stand.

What is built and judged of the one then holds for the other.
"""

from graphs.resource import Resource
from graphs.unknown import Template, Unknown
from graphs.verdict import Gap
from scanner.terraform.evaluate import Evaluated


def alike(one: Evaluated, other: Evaluated) -> bool:
    """Whether two root modules are the same but for where their lines stand."""
    if one.comments or other.comments:
        return False  # what is waived hangs on the lines
    ours, theirs = ((*each.resources, *each.states) for each in (one, other))
    if len(ours) != len(theirs) or one.secrets != other.secrets:
        return False
    gaps = [[_gap(gap) for gap in each.gaps] for each in (one, other)]
    parts = [[part.name for part in each.parts] for each in (one, other)]
    if gaps[0] != gaps[1] or parts[0] != parts[1] or one.idle.keys() != other.idle.keys():
        return False
    return all(map(_same_resource, ours, theirs))


def _gap(gap: Gap) -> tuple[str, ...]:
    return gap.kind, gap.what, gap.effect, gap.fix


def _same_resource(one: Resource, other: Resource) -> bool:
    return (
        one.address == other.address
        and one.type == other.type
        and one.exists == other.exists
        and one.marks == other.marks
        and _equal(one.references, other.references)
        and _equal((one.scope.account, one.scope.region), (other.scope.account, other.scope.region))
        and one.scope.provider == other.scope.provider
        and _equal(one.values, other.values)
    )


def _equal(one: object, other: object) -> bool:
    """Equality by which Unknowns also are of the same origins, and no number is a yes."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return one == other and _equal(one.origins, other.origins) and one.known == other.known
    if isinstance(one, Template) and isinstance(other, Template):
        return _equal(one.parts, other.parts)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return one == other
