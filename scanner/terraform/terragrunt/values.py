"""Values that Terragrunt's files make: objects worked out when read, mocks, merged inputs."""

from collections.abc import Callable, Collection

from graphs.unknown import Cause, Place, Unknown
from scanner.errors import EvaluationProblem
from scanner.terraform.scope import Lazy
from scanner.terraform.values import Value, unmark


class Named(Lazy):
    """An object whose attributes are worked out when they are read."""

    __slots__ = ("_names", "_one")

    def __init__(self, names: Callable[[], Collection[str]], one: Callable[[str], Value]) -> None:
        super().__init__()
        self._names = names
        self._one = one

    def read(self, name: str) -> Value:
        """One attribute."""
        if name not in self._names():
            raise EvaluationProblem(f"there is no {name!r}")
        return self._one(name)

    def fill(self) -> None:
        """All of them."""
        for name in self._names():
            if name not in self:
                self[name] = self._one(name)


def formed(mock: Value, name: str, place: Place) -> Value:
    """A value that is not known, in the form of one that stands for it."""
    if isinstance(mock, dict):
        return {key: formed(each, f"{name}.{key}", place) for key, each in mock.items()}
    if isinstance(mock, tuple):
        return tuple([formed(each, f"{name}[{at}]", place) for at, each in enumerate(mock)])
    return Unknown(Cause.DATA, name, (), place)


def merged(under: Value, over: Value, *, deep: bool) -> Value:
    """Inputs over included ones. Where one side is unknown, so is what they make."""
    under, over = unmark(under)[0], unmark(over)[0]
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over if isinstance(over, Unknown) or not isinstance(under, Unknown) else under
    result = {**under, **over}
    for name in under.keys() & over.keys() if deep else ():
        one, other = under[name], over[name]
        if isinstance(one, dict) and isinstance(other, dict):
            result[name] = merged(one, other, deep=True)
        elif isinstance(one, tuple) and isinstance(other, tuple):
            result[name] = (*one, *other)
    return result
