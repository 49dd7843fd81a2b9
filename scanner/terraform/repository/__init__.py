"""The root modules of one repository, which read each other's values.

A root module is opened when something asks for it, and each of its values is computed once, by its
own session: evaluation goes from one root module into another and back as it goes through one.
Values that cross a border are named after their home.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphs.resource import LIVE
from graphs.unknown import Cause, Referent, Unknown
from scanner.terraform import providers
from scanner.terraform.repository.homes import Home
from scanner.terraform.repository.states import Kept, kept
from scanner.terraform.scope import Circle, Lazy, Session, Symbolic
from scanner.terraform.values import Ephemeral, List, Map, Sensitive, Set, Value

if TYPE_CHECKING:
    from scanner.terraform.evaluate import Evaluated
    from scanner.terraform.modules import Module
    from scanner.terraform.resources import Group, Instance

Groups = dict[str, list["Group"]]


@dataclass(frozen=True, slots=True)
class Member:
    """A root module, in one environment where it is evaluated for several."""

    name: str
    environment: str
    opened: "Callable[[], Module]"


class Repository:
    """Root modules by name. `links` are pairs of one that read a value, and whose it was.

    `live` is what a snapshot saw, which data sources find as well.
    """

    def __init__(self, members: Sequence[Member], live: "Evaluated | None" = None) -> None:
        self.members = {each.name: each for each in members}
        self.live = live
        self.links: set[tuple[str, str]] = set()
        self.lookups: dict[tuple[str, str], object] = {}
        """What data sources found, by root module and address."""
        self.searching: set[tuple[str, str]] = set()
        """Those that are looking now."""
        self.looked_at: Counter[str] = Counter()
        """How many resources the data sources of each root module have gone through."""
        self._states: dict[str, Kept] = {}
        self._names = frozenset((*self.members, LIVE))
        self._modules: dict[str, Module] = {}
        self._homes: dict[str, Home] = {}
        self._groups: dict[str, Groups] = {}

    def root(self, name: str) -> "Module":
        """A root module, opened."""
        if name not in self._modules:
            module = self._modules[name] = self.members[name].opened()
            module.session.name, module.session.repository = name, self
        return self._modules[name]

    def seen_by(self, name: str) -> list[str]:
        """The root modules that may be deployed beside one: those of no other environment."""
        own = self.members[name].environment
        others = self.members.items()
        return [n for n, each in others if not own or each.environment in ("", own)]

    def home(self, name: str) -> Home:
        """How names of a root module are said elsewhere."""
        known = self._homes.get(name)
        if known is None:
            module = None if name == LIVE else self.root(name)
            known = Home(name, self._names, _logins(module) if module else {})
            if module is None or module.providers():
                self._homes[name] = known
        return known

    def state(self, name: str) -> Kept:
        """Where a root module keeps its state."""
        if name not in self._states:
            session = self.root(name).session
            self._states[name] = kept(session.tree, session.directory)
        return self._states[name]

    def link(self, asker: str, asked: str) -> None:
        """Keep that one root module read a value of another."""
        if asker != asked:
            self.links.add((asker, asked))

    def ask(self, asker: Session, name: str, question: Callable[[], Value]) -> Value:
        """A value of a root module, as it is said in the asker's."""
        asked = self.root(name).session
        if asked is asker:
            return question()
        home = self.home(name)
        outside, doubts = asked.refers, asked.doubts
        asked.refers, asked.doubts = {}, []
        try:
            value = self._wrapped(asker, home, question())
            asker.refers.update(dict.fromkeys(map(home.referent, asked.refers)))
            asker.doubts += map(home.unknown, asked.doubts)
        finally:
            asked.refers, asked.doubts = outside, doubts
        return value

    def _wrapped(self, asker: Session, home: Home, value: Value) -> Value:
        """A value with its lazy objects wrapped, and all else named after its home."""
        if isinstance(value, Symbolic):
            return home.unknown(value.whole())
        if isinstance(value, Lazy):
            return Foreign(self, asker, home.root, value)
        if isinstance(value, Sensitive | Ephemeral):
            return type(value)(self._wrapped(asker, home, value.value))
        if type(value) is tuple:
            return tuple([self._wrapped(asker, home, each) for each in value])
        if type(value) is dict:
            return {key: self._wrapped(asker, home, each) for key, each in value.items()}
        if isinstance(value, List | Set | Map):
            value = _filled(value)
        return home.value(value)

    def instances(self, name: str, kind: str) -> "Iterator[Instance]":
        """The resources of a type in a root module.

        Those are left out that hang on what is being computed: it cannot find what waits for it.
        """
        found = self._groups.get(name, {})
        if name not in self._groups and _gather(self.root(name), found):
            self._groups[name] = found
        for group in found.get(kind, ()):
            yield from _instances(group)

    def settled(self, name: str, environment: str) -> Home:
        """The home of a root module in an estate of several.

        `environment` is its own where the others are of another one: then accounts that are not
        said are not taken to be one.
        """
        return Home(name, self._names, _logins(self.root(name), environment))

    def joined(self) -> list[list[str]]:
        """The root modules that read each other's values, by group, each in order."""
        found = {each: {each} for each in self.members}
        for one, other in sorted(self.links):
            if one in found and other in found and found[one] is not found[other]:
                together = found[one] | found[other]
                found.update(dict.fromkeys(together, together))
        groups = {id(group): group for group in found.values()}
        return [[each for each in self.members if each in group] for group in groups.values()]


def _filled(value: List | Set | Map) -> Value:
    """A collection whose lazy objects are complete."""
    items: Iterable[Value] = value.values() if isinstance(value, Map) else value
    for each in items:
        if isinstance(each, Lazy):
            each.fill()
    return value


class Foreign(Lazy):
    """An object of another root module."""

    __slots__ = ("_asker", "_home", "_inner", "_repository")

    def __init__(self, repository: Repository, asker: Session, home: str, inner: Lazy) -> None:
        super().__init__()
        self._repository = repository
        self._asker = asker
        self._home = home
        self._inner = inner

    def read(self, name: str) -> Value:
        """One attribute."""
        return self._repository.ask(self._asker, self._home, lambda: self._inner.read(name))

    def fill(self) -> None:
        """All that the other root module says of it."""
        if not self:
            found = self._repository.ask(self._asker, self._home, self._all)
            self.update(found if isinstance(found, dict) else {})

    def _all(self) -> Value:
        self._inner.fill()
        return dict(self._inner)


def _gather(module: "Module", found: Groups) -> bool:
    """Collect the resources of a module and of those it calls; false where one is left out."""
    for mode, kind, name in module.configuration.resources:
        group = module.group((mode, kind, name)) if mode == "managed" else None
        if group is not None:
            found.setdefault(kind, []).append(group)
    complete = True
    for name in module.configuration.calls:
        complete = _gather_called(module, name, found) and complete
    return complete


def _gather_called(module: "Module", name: str, found: Groups) -> bool:
    call = module.called(name)
    if call is None or call.full in module.session.running:
        return call is None
    try:
        with fenced(module.session):
            made = call.instances()
    except Circle:
        return False
    complete = True
    for each in made:
        complete = _gather(each, found) and complete
    return complete


def _instances(group: "Group") -> "Sequence[Instance]":
    """The instances of a resource; none where their number hangs on what is being computed."""
    session = group.module.session
    if group.full in session.running:
        return ()
    try:
        with fenced(session):
            return group.instances()
    except Circle:
        return ()


def _logins(module: "Module", environment: str = "") -> dict[Unknown, Unknown]:
    """Accounts and regions that are not said, by the login that decides them.

    Root modules that log in alike are taken to be of one account; it is named as in any of them.
    """
    told = (*module.providers().values(), providers.missing(module, "aws"))
    shared: dict[Unknown, Unknown] = {}
    for provider in told:
        login = (Referent(f"(login {provider.login}{environment})"),)
        kind = provider.name.split(".", 1)[0]
        for word, value in (("account", provider.account), ("region", provider.region)):
            if isinstance(value, Unknown) and value.cause is Cause.SCOPE:
                same = Unknown(Cause.SCOPE, f"{word} of provider {kind}", login, value.place)
                shared.setdefault(value, same)
                shared.setdefault(same, same)
    return shared


@contextmanager
def fenced(session: Session) -> Iterator[None]:
    """What is asked meanwhile must not wait for what is being computed now."""
    before, session.fence = session.fence, len(session.running)
    try:
        yield
    finally:
        session.fence = before
