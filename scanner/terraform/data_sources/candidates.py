"""What a data source may find: resources of this repository's root modules, and of a snapshot."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from graphs.resource import LIVE, Resource
from graphs.unknown import (
    YES,
    Answer,
    Cause,
    Referent,
    Unknown,
    all_of,
    cannot_tell,
    known,
    text,
)
from scanner.errors import EvaluationProblem
from scanner.terraform.repository import Repository, fenced
from scanner.terraform.repository.homes import environments
from scanner.terraform.scope import Circle
from scanner.terraform.values import Value, unmark_deep
from scanner.terraform.values.shapes import is_null

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance


MOST_LOOKED_AT: Final = 200_000
"""Resources that the data sources of one root module go through, each counted each time."""


class Candidate(Protocol):
    """A resource that a data source may find; its values are said as in the asker's module."""

    root: str
    name: str
    account: "str | Unknown"
    region: "str | Unknown"
    login: str
    exists: Answer

    def value(self, attribute: str) -> Value:
        """An attribute."""

    def tag(self, key: str) -> Value:
        """A tag; None where it has none of that name."""


class InCode:
    """A resource of a root module."""

    def __init__(self, asker: "Instance", instance: "Instance", repository: Repository) -> None:
        self._asker = asker.scope.session
        self._instance = instance
        self._repository = repository
        provider = instance.group.provider()
        self.root = instance.scope.session.name
        own = self.root == self._asker.name
        self.name = instance.name if own else f"{self.root}//{instance.name}"
        self.account = provider.account
        self.region = provider.region
        self.login = provider.login
        self.exists = instance.group.exists()

    def value(self, attribute: str) -> Value:
        """An attribute, as it is said in the asker's module."""
        return self._asked(lambda: self._told(attribute))

    def tag(self, key: str) -> Value:
        """A tag of its own, else one of its provider."""
        return self._asked(lambda: self._tag(key))

    def _asked(self, question: Callable[[], Value]) -> Value:
        session = self._instance.scope.session
        try:
            with fenced(session):
                return self._repository.ask(self._asker, self.root, question)
        except Circle as circle:
            return Unknown(Cause.EXPRESSION, f"{self.name}, which waits for {circle}")

    def _told(self, attribute: str) -> Value:
        instance = self._instance
        if attribute == "private_zone":
            return "vpc" in instance.names()
        value = instance.read(attribute)
        named = attribute in ("name", "bucket") or attribute.endswith("_identifier")
        if named and isinstance(value, Unknown) and value == instance.computed_at(attribute):
            return self._chosen(attribute, value)
        return value

    def _chosen(self, attribute: str, rest: Unknown) -> Value:
        """A name that the provider makes up: it begins as it is told to, or with its own word."""
        prefix = unmark_deep(self._instance.get_value(f"{attribute}_prefix"))[0]
        return text((prefix if isinstance(prefix, str) else "terraform-", rest))

    def _tag(self, key: str) -> Value:
        own = unmark_deep(self._instance.get_value("tags"))[0]
        own = {} if "tags" not in self._instance.names() or is_null(own) else own
        given = self._instance.group.provider().default_tags
        for tags in (own, {} if given is None else given):
            if not isinstance(tags, dict):
                return tags
            if key in tags:
                return tags[key]
        return None


class Seen:
    """A resource of a snapshot."""

    def __init__(self, asker: "Instance", resource: Resource) -> None:
        self._asker = asker.scope.session
        self._resource = resource
        self.root = LIVE
        self.name = f"{LIVE}//{resource.id}"
        self.account = resource.scope.account
        self.region = resource.scope.region
        self.login = ""
        self.exists = resource.exists

    def value(self, attribute: str) -> Value:
        """An attribute, as the account told it."""
        self._asker.refers[Referent(self.name, attribute)] = None
        if attribute == "private_zone":
            return bool(self._resource.values.get("vpc"))
        if attribute not in self._resource.values:
            refers = (Referent(self.name, attribute),)
            return Unknown(Cause.DATA, f"{self.name}.{attribute}", refers)
        return self._resource.values[attribute]

    def tag(self, key: str) -> Value:
        """A tag."""
        return self._resource.tags.get(key)


def candidates(
    asker: "Instance", kinds: tuple[str, ...], repository: Repository
) -> Iterator[Candidate]:
    """The resources of some types: those in code, then those of the snapshot.

    Raises EvaluationProblem where the data sources of a root module have gone through too many.
    """
    for found in _every(asker, kinds, repository):
        name = asker.scope.session.name
        repository.looked_at[name] += 1
        if repository.looked_at[name] > MOST_LOOKED_AT:
            raise EvaluationProblem(
                f"the data sources of one root module look at more than {MOST_LOOKED_AT} resources"
            )
        yield found


def _every(
    asker: "Instance", kinds: tuple[str, ...], repository: Repository
) -> Iterator[Candidate]:
    for root in repository.seen_by(asker.scope.session.name):
        for kind in kinds:
            for instance in repository.instances(root, kind):
                yield InCode(asker, instance, repository)
    for resource in repository.live.resources if repository.live else ():
        if resource.type in kinds and resource.address.mode == "managed":
            yield Seen(asker, resource)


def reach(asker: "Instance", candidate: Candidate, *, worldwide: bool) -> Answer:
    """Whether a data source asks the account, the region and the environment of a candidate."""
    provider = asker.group.provider()
    told = [_same_account(provider.account, provider.login, candidate)]
    if not worldwide:
        told.append(_same_region(_asked_region(asker), candidate))
    told.append(_same_environment(asker.scope.session.name, candidate))
    return all_of(told)


def _asked_region(asker: "Instance") -> "str | Unknown":
    if "region" in asker.group.definition.body.attributes:
        own = unmark_deep(asker.get_value("region"))[0]
        if isinstance(own, str | Unknown):
            return own
    return asker.group.provider().region


def _same_account(account: "str | Unknown", login: str, candidate: Candidate) -> Answer:
    """Two logins that are written alike are to the same account, wherever they stand."""
    if isinstance(account, str) and isinstance(candidate.account, str):
        return known(account == candidate.account)
    if isinstance(account, Unknown) and isinstance(candidate.account, Unknown):
        return YES if login == candidate.login else cannot_tell(candidate.account)
    return _as_swept(candidate, account, candidate.account)


def _same_region(asked: "str | Unknown", candidate: Candidate) -> Answer:
    region = candidate.region
    if isinstance(asked, str) and isinstance(region, str):
        return known(asked == region)
    if isinstance(asked, Unknown) and isinstance(region, Unknown) and asked.what == region.what:
        return YES
    return _as_swept(candidate, asked, region)


def _as_swept(candidate: Candidate, *told: "str | Unknown") -> Answer:
    """A snapshot is of where the code is at home, as far as the code does not say otherwise."""
    return YES if candidate.root == LIVE else cannot_tell(_first_unknown(*told))


def _first_unknown(*values: "str | Unknown") -> Unknown:
    return next(each for each in values if isinstance(each, Unknown))


def _same_environment(root: str, candidate: Candidate) -> Answer:
    """Directories that name different environments hold different ones."""
    own, other = environments(root), environments(candidate.root)
    if not own or not other or own & other:
        return YES
    words = "/".join(sorted(other))
    return cannot_tell(Unknown(Cause.DATA, f"whether {root} shares what is in {words}"))


__all__ = ["Candidate", "InCode", "Seen", "candidates", "reach"]
