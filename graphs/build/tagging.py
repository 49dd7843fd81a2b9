"""Tags that conditions ask for: which tag with which value would let somebody do more.

Input: a drawing, a role or user. Output: for each tag and value, in words that `tagged` reads
again, the nodes as they are with it. A value counts that some condition tells from others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from graphs.build.structure import Drawing
from graphs.identity.abilities import names_asked
from graphs.identity.access import read_or_written
from graphs.identity.conditions import variables_in
from graphs.identity.decide import about_action
from graphs.identity.keys import Given
from graphs.identity.layers import read
from graphs.identity.policy import Condition, Statement
from graphs.identity.techniques import catalogue
from graphs.nodes import DataStore, Node, Role, User
from graphs.unknown import Text, Unknown

_RESOURCE, _PRINCIPAL = ":resourcetag/", "aws:principaltag/"
_OTHER = "anything-else"
Tagged = tuple[str, Mapping[str, Node]]
Wanted = tuple[Condition, bool, bool]
"""A condition, whether a value that it names may help, and whether another or none may."""
Guarding = Mapping[str, tuple[Wanted, ...]]
# Letters that no tag may have.
_TAG, _TO, _OF = "tag ", " -> ", " (of "
MOST_VALUES = 6
SECOND = "second factor"


def gone(what: str) -> bool:
    """Whether a change takes a tag away."""
    return _TO not in what


def tagged(what: str) -> Given:
    """The condition keys of the request that makes a change."""
    name, _, value = what.partition(_OF)[0].removeprefix(_TAG).partition(_TO)
    said: Given = {"aws:TagKeys": (name,)}
    return said if gone(what) else {**said, f"aws:RequestTag/{name}": value}


def named(what: str, node: str) -> str:
    """A change that says whose tag it is, for one that the graph has no node of."""
    return f"{what}{_OF}{node})"


def asked_of(node: str, what: str) -> str:
    """The node whose tag is changed: the one that the change names, else where it is drawn to."""
    return what.partition(_OF)[2].removesuffix(")") or node


def told(what: str) -> str:
    """A change as the rest of a sentence: `takes the tag Name away from`."""
    if what == SECOND:
        return f"makes a {SECOND} for"
    if not what.startswith(_TAG):
        return f"takes the {what} away from"
    name, _, value = what.partition(_OF)[0].removeprefix(_TAG).partition(_TO)
    if gone(what):
        return f"takes the tag {name} away from"
    return f"sets the tag {name} to {'another value' if value == _OTHER else value} on"


def carried_tags(drawing: Drawing, holder: Role | User) -> Iterator[Tagged]:
    """Each change of a tag that what a principal carries asks for, with the nodes that it may be
    made on."""
    by_tag: dict[tuple[str, str], list[Wanted]] = {}
    for wanted in _carried(drawing, holder):
        condition = wanted[0]
        for key in dict.fromkeys((str(condition.key), *_variables(condition))):
            mark = _PRINCIPAL if key.startswith(_PRINCIPAL) else _RESOURCE
            if mark in key:
                by_tag.setdefault((mark, key.partition("/")[2]), []).append(wanted)
    for (mark, name), conditions in by_tag.items():
        things = (holder,) if mark == _PRINCIPAL else _things(drawing)
        likely = _values(conditions, holder)
        if mark == _PRINCIPAL:  # a thing's own tag may be asked of whoever wants it
            likely |= dict.fromkeys(_carried_values(drawing, name))
        for value in islice(likely, MOST_VALUES):
            yield from _changes(things, name, value)


def said_tags(
    holder: Role | User, said: Guarding
) -> Iterator[tuple[str, Mapping[str, Node], frozenset[str]]]:
    """Each change of a principal's own tag that roles and stores ask for, with those that do."""
    by_tag: dict[str, dict[str, list[Wanted]]] = {}
    for node, conditions in said.items():
        for each in conditions:
            name = str(each[0].key).removeprefix(_PRINCIPAL)
            by_tag.setdefault(name, {}).setdefault(node, []).append(each)
    for name, asking in by_tag.items():
        every = [each for conditions in asking.values() for each in conditions]
        for value in islice(_values(every, holder), MOST_VALUES):
            for what, changed in _changes((holder,), name, value):
                yield what, changed, frozenset(asking)


def _variables(condition: Condition) -> Iterator[str]:
    """The tags of whoever asks that the values of a condition have in them."""
    for value in condition.values:
        yield from (key for key in variables_in(value) if key.startswith(_PRINCIPAL))


def _changes(things: Iterable[Node], name: str, value: str | None) -> Iterator[Tagged]:
    """By how the tag is spelled where it stands."""
    found: dict[str, dict[str, Node]] = {}
    for thing in things:
        said = (thing.attribute("tags_all"), thing.attribute("tags"))
        tags = next((each for each in said if isinstance(each, Unknown) or each), {})
        known = tags if isinstance(tags, Mapping) else {}
        spelled = next((str(key) for key in known if str(key).lower() == name), name)
        if known.get(spelled) == value and not isinstance(tags, Unknown):
            continue
        what = f"{_TAG}{spelled}" if value is None else f"{_TAG}{spelled}{_TO}{value}"
        found.setdefault(what, {})[thing.id] = _with_tag(thing, known, spelled, value)
    yield from found.items()


def _with_tag(node: Node, known: Mapping[object, object], name: str, value: str | None) -> Node:
    others = {key: each for key, each in known.items() if key != name}
    tags = others if value is None else {**others, name: value}
    values = {**node.source.values, "tags": tags, "tags_all": tags}
    return replace(node, source=replace(node.source, values=values))  # type: ignore[arg-type]


def _things(drawing: Drawing) -> tuple[Node, ...]:
    kinds = {kind for kind, _ in catalogue()["change-tag"].tag}
    return tuple(
        node
        for node in drawing.index.nodes
        if node.source.type in kinds or isinstance(node, Role | User)
    )


def _carried_values(drawing: Drawing, name: str) -> Iterator[str]:
    for node in _things(drawing):
        said = (each for key, each in node.tags.items() if str(key).lower() == name)
        yield from (each for each in said if isinstance(each, str))


def _values(conditions: Iterable[Wanted], holder: Role | User) -> dict[str | None, None]:
    """Of those that the conditions name, of none and of any other, what may help."""
    wanted = list(conditions)
    other = any(helps for _, _, helps in wanted)
    found: dict[str | None, None] = {None: None} if other else {}
    for condition, named_helps, _ in wanted:
        for value in condition.values if named_helps else ():
            said = _filled(value, holder)
            if said:
                found[said] = None
    return {**found, _OTHER: None} if other else found


def _filled(value: Text, holder: Role | User) -> str:
    """A value that a pattern matches; "" where that is not known."""
    if not isinstance(value, str):
        return ""
    if "${" in value:
        name = value.partition("/")[2].rstrip("}").lower()
        own = {str(key).lower(): each for key, each in holder.tags.items()}
        found = own.get(name) if value.lower().startswith("${" + _PRINCIPAL) else None
        return found if isinstance(found, str) else ""
    return value.replace("*", "any").replace("?", "a")


# ------------------------------------------------------------------------------ the conditions


def _carried(drawing: Drawing, holder: Role | User) -> Iterator[Wanted]:
    """The conditions on tags in what a principal carries."""
    for clause in drawing.permissions.carried(holder.id):
        if clause.statement.conditions and _counts(clause.statement):
            yield from _wanted(clause.statement)


def _wanted(statement: Statement) -> Iterator[Wanted]:
    """To be allowed, a condition that compares with some value has to hold, or to hold no more."""
    for each in statement.conditions:
        operator = str(each.operator)
        named = (statement.effect != "Deny") != ("not" in operator)
        loose = each.if_exists or each.qualifier == "forallvalues" or operator == "null"
        loose |= statement.effect not in ("Allow", "Deny") or isinstance(each.operator, Unknown)
        if _on_tag(each):
            yield each, named or loose, loose or not named


def guarding(drawing: Drawing) -> Guarding:
    """The conditions on tags of whoever asks, by the role or store whose policy has them."""
    found = {}
    for node in (*drawing.index.of(Role), *drawing.index.of(DataStore)):
        texts = (node.trust,) if isinstance(node, Role) else getattr(node, "policies", ())
        said = [s for each in texts for s in read(drawing.index, each).statements]
        if own := tuple(w for s in said for w in _wanted(s) if _asks_who(w[0])):
            found[node.id] = own
    return found


def _on_tag(condition: Condition) -> bool:
    return _RESOURCE in str(condition.key) or _asks_who(condition)


def _asks_who(condition: Condition) -> bool:
    return str(condition.key).startswith(_PRINCIPAL)


def _counts(statement: Statement) -> bool:
    """Whether it is about an action that takes something, or denies some."""
    if statement.effect != "Allow" or statement.actions is None:
        return True
    asked = (*names_asked(), *(action.lower() for action in read_or_written()))
    return any(about_action(statement, action).possible for action in asked)
