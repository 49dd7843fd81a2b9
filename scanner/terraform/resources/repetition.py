"""How often a block stands: `count` and `for_each` of resources, data sources and modules.

https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from graphs.unknown import Cause, Place, Template, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.definitions import Definition
from scanner.terraform.scope import (
    MAX_INSTANCES,
    Computed,
    Lazy,
    Refers,
    Scope,
    Session,
    computed,
)
from scanner.terraform.values import (
    Sensitive,
    Set,
    Value,
    iterate,
    to_number,
    to_string,
    unmark,
)
from scanner.terraform.values.symbols import derived, part, symbol

Key: TypeAlias = "int | str | None"
Names: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Repetition:
    """The instances of a block: each one's key, and the names that its expressions see.

    Where `doubt` is set the number is not known, and one instance without a key stands for all.
    """

    form: str
    turns: tuple[tuple[Key, Names], ...]
    refers: Refers
    doubt: Unknown | None = None


class Turn(Lazy):
    """The `each` or `count` of one instance. Reading it mentions what `for_each` mentioned.

    Of several mentions nobody knows which one a known element came from, so that only those
    within the element count, or a single one.
    """

    __slots__ = ("refers", "session")

    def __init__(self, session: Session, values: Names, refers: Refers) -> None:
        super().__init__()
        self.update(values)
        self.session = session
        self.refers = refers if len(refers) == 1 else {}

    def read(self, name: str) -> Value:
        """each.key, each.value or count.index."""
        if name not in self:
            raise EvaluationProblem(f"there is no such attribute as {name!r} here")
        value = self[name]
        if isinstance(value, Unknown):
            self.session.refers.update(dict.fromkeys(value.refers))
        else:
            self.session.refers.update(self.refers)
        return value


ONCE = Repetition("once", ((None, {}),), {})


def repetition(definition: Definition, scope: Scope, name: str) -> Repetition:
    """The instances of a block; an unknown or wrong number gives one that stands for all."""
    attributes = definition.body.attributes
    for form, read in (("count", _counted), ("for_each", _each)):
        stated = attributes.get(form)
        if stated is not None:
            place = definition.file.place(stated.start, stated.end)
            found = computed(
                scope.session,
                f"{form} of {name}",
                lambda read=read, stated=stated: read(scope.evaluate(stated.expr)),  # type: ignore[misc]
                place,
            )
            return _turns(form, found, scope.session, name, place)
    return ONCE


def _after_apply(root: Unknown) -> bool:
    """Whether something is surely not known before apply: an id, or what terraform_data puts out.

    Of other attributes that are computed providers may plan the value.
    """
    return root.cause is Cause.COMPUTED and all(
        each.attribute == "id" or "terraform_data." in each.address for each in root.refers
    )


_ONE_FOR_ALL: Final = "terraform would refuse it; one instance stands for all"


def _turns(form: str, found: Computed, session: Session, name: str, place: Place) -> Repetition:
    value, refers = found
    if isinstance(value, Unknown):
        if all(map(_after_apply, value.roots)):
            what = f"{form} of {name} hangs on {value.what}, which is known only after apply"
            session.gap("not-allowed", what, _ONE_FOR_ALL, place)
        return _symbolic(form, value, refers, session, name)
    if isinstance(value, int):
        names = [(at, {"count": Turn(session, {"index": at}, {})}) for at in range(value)]
        return Repetition(form, tuple(names), refers)
    each = [
        (str(key), {"each": Turn(session, {"key": key, "value": item}, refers)})
        for key, item in iterate(value)
    ]
    return Repetition(form, tuple(each), refers)


def _symbolic(form: str, value: Unknown, refers: Refers, session: Session, name: str) -> Repetition:
    if form == "count":
        index = derived(f"count.index of {name}", (), value.place, also=(value,))
        counted = {"count": Turn(session, {"index": index}, {})}
        return Repetition(form, ((None, counted),), refers, value)
    key = derived(f"each.key of {name}", (value,), value.place)
    names = {"each": Turn(session, {"key": key, "value": part(value, "[*]")}, refers)}
    return Repetition(form, ((None, names),), refers, value)


def _counted(value: Value) -> Value:
    value = unmark(value)[0]
    if value is None:
        raise EvaluationProblem("count is null")
    number = to_number(value)
    if isinstance(number, Unknown):
        return number
    if not isinstance(number, int) or number < 0:
        raise EvaluationProblem(f"count is {symbol(number)}: it must be a whole number from 0")
    if number > MAX_INSTANCES:
        raise EvaluationProblem(f"count is {number}: more than {MAX_INSTANCES} are not expanded")
    return number


def _each(value: Value) -> Value:
    if isinstance(value, Sensitive):
        raise EvaluationProblem("for_each is sensitive: its keys would be shown")
    if isinstance(value, Unknown | dict):
        return value
    if not isinstance(value, Set):
        word = "null" if value is None else "a list" if isinstance(value, tuple) else "a value"
        raise EvaluationProblem(f"for_each is {word}: it must be a map or a set of strings")
    keys = [to_string(unmark(each)[0]) for each in value]
    if any(isinstance(key, Unknown | Template) for key in keys):
        return derived(f"toset({symbol(tuple(keys))})", keys)
    if not all(isinstance(each, str) for each in value):
        raise EvaluationProblem("for_each is a set of something other than strings")
    return value
