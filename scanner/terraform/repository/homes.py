"""Whose a value is: names of one root module as they are said in another one.

Within its root module a resource is `aws_vpc.main`; elsewhere, and where several root modules make
one estate, it is `network//aws_vpc.main`. Unknowns are named alike, so that `var.region` of one
root module never passes for that of another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from graphs.resource import Reference, Resource, Scope
from graphs.resource import Value as Plain
from graphs.unknown import Cause, Referent, Template, Unknown
from scanner.terraform.values import Ephemeral, Sensitive, Value
from scanner.terraform.values.shapes import List, Map, Set, set_of

BETWEEN = "//"


@dataclass(frozen=True, slots=True)
class Home:
    """A root module among others: names that do not say whose they are become its own.

    `shared` gives Unknowns of accounts and regions that several root modules share.
    """

    root: str
    roots: frozenset[str]
    shared: Mapping[Unknown, Unknown]

    def named(self, name: str) -> str:
        """A name with the root module that it belongs to."""
        start, between, _ = name.partition(BETWEEN)
        return name if between and start in self.roots else f"{self.root}{BETWEEN}{name}"

    def referent(self, target: Referent) -> Referent:
        """What is referred to."""
        return Referent(self.named(target.address), target.attribute)

    def unknown(self, value: Unknown) -> Unknown:
        """An Unknown with its origins."""
        if value.cause is Cause.SCOPE and value in self.shared:
            return self.shared[value]
        return replace(
            value,
            what=self.named(value.what),
            refers=tuple(map(self.referent, value.refers)),
            origins=tuple(map(self.unknown, value.origins)),
        )

    def value(self, value: Value) -> Value:
        """A value of evaluation; objects that are still lazy have to be wrapped before."""
        if isinstance(value, Unknown):
            return self.unknown(value)
        if isinstance(value, Template):
            return self.template(value)
        if isinstance(value, Sensitive | Ephemeral):
            return type(value)(self.value(value.value))
        if isinstance(value, tuple):
            return self._items(value)
        if isinstance(value, dict):
            pairs = {key: self.value(each) for key, each in value.items()}
            return Map(pairs, value.of) if isinstance(value, Map) else pairs
        return value

    def _items(self, value: tuple[Value, ...]) -> Value:
        items = [self.value(each) for each in value]
        if isinstance(value, List):
            return List(items, value.of)
        return set_of(items, value.of) if isinstance(value, Set) else tuple(items)

    def template(self, value: Template) -> Template:
        """A text with holes."""
        parts = (p if isinstance(p, str) else self.unknown(p) for p in value.parts)
        return Template(tuple(parts))

    def plain(self, value: Plain) -> Plain:
        """A value of a resource."""
        if isinstance(value, Unknown):
            return self.unknown(value)
        if isinstance(value, Template):
            return self.template(value)
        if isinstance(value, tuple):
            return tuple([self.plain(each) for each in value])
        if isinstance(value, Mapping):
            return {key: self.plain(each) for key, each in value.items()}
        return value

    def resource(self, made: Resource) -> Resource:
        """A resource of this root module as it stands among those of others."""
        account, region = made.scope.account, made.scope.region
        return replace(
            made,
            address=replace(made.address, root=self.root),
            values={name: self.plain(each) for name, each in made.values.items()},
            scope=Scope(made.scope.provider, self._text(account), self._text(region)),
            exists=replace(made.exists, because=frozenset(map(self.unknown, made.exists.because))),
            references=tuple(
                Reference(each.attribute, self.referent(each.target)) for each in made.references
            ),
        )

    def _text(self, value: "str | Unknown") -> "str | Unknown":
        return self.unknown(value) if isinstance(value, Unknown) else value


@cache
def environments(root: str) -> frozenset[str]:
    """The environments that a root module's directory names: `live/prod/vpc` is of prod.

    >>> sorted(environments("live/prod-eu/vpc"))
    ['production']
    """
    words = re.split(r"[^a-z]+", root.lower())
    return frozenset(ENVIRONMENTS[each] for each in words if each in ENVIRONMENTS)


ENVIRONMENTS = {
    "dev": "development",
    "develop": "development",
    "development": "development",
    "nonprod": "nonproduction",
    "preprod": "preproduction",
    "preproduction": "preproduction",
    "prd": "production",
    "prod": "production",
    "production": "production",
    "qa": "test",
    "sandbox": "sandbox",
    "stage": "staging",
    "staging": "staging",
    "stg": "staging",
    "test": "test",
    "testing": "test",
    "uat": "acceptance",
}
