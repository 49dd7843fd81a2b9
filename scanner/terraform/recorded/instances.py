"""Resource instances as a plan or a state tells them, and whose they are.

Neither says the account of a provider. Its instances do: an ARN holds the account and the region
of what it names, and so does what `aws_caller_identity` answered.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from graphs.resource import Address, Origin, Reference, Resource, Scope, Value
from graphs.unknown import Cause, Unknown

_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:([^:]*):([0-9]{12}):")
_CALL: Final = re.compile(r'\.?module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?')


@dataclass(frozen=True, slots=True)
class Held:
    """One instance. `provider` names its configuration, unique in the document."""

    address: Address
    values: Mapping[str, Value]
    provider: str
    origin: Origin
    marks: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()

    def resource(self, owners: "Owners") -> Resource:
        """It as a resource."""
        return Resource(
            address=self.address,
            type=self.address.type,
            values=self.values,
            scope=owners.scope(self),
            origin=self.origin,
            marks=self.marks,
            references=self.references,
        )


def resources(found: Iterable[Held], owners: "Owners") -> tuple[Resource, ...]:
    """The instances as resources."""
    return tuple([each.resource(owners) for each in found])


@dataclass(frozen=True, slots=True)
class Provider:
    """What the document itself says of a provider configuration; Unknown where it does not."""

    name: str
    account: str | Unknown
    region: str | Unknown


@dataclass
class Owners:
    """Accounts and regions by provider configuration: told by its instances, else `stated`."""

    found: Iterable[Held]
    stated: Mapping[str, Provider] = field(default_factory=dict)
    _seen: dict[str, tuple[set[str], set[str]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.found:
            accounts, regions = self._seen.setdefault(each.provider, (set(), set()))
            accounts.update(_accounts(each))
            regions.update([found] if (found := _region(each)) else ())

    def scope(self, held: Held) -> Scope:
        """Whose an instance is and where."""
        stated = self.stated.get(held.provider) or _unstated(held.provider)
        accounts, regions = self._seen[held.provider]
        account = min(accounts) if len(accounts) == 1 else stated.account
        region: str | Unknown = _region(held) or (
            stated.region if isinstance(stated.region, str) else ""
        )
        if not region:
            region = min(regions) if len(regions) == 1 else stated.region
        return Scope(stated.name, account, region)


def _accounts(held: Held) -> Iterable[str]:
    """The accounts that an instance proves its provider to be in."""
    if held.address.mode == "data":
        said = held.values.get("account_id") if held.address.type == "aws_caller_identity" else None
        return (said,) if isinstance(said, str) and said else ()
    arn = held.values.get("arn")
    match = _ARN.match(arn) if isinstance(arn, str) else None
    return (match[2],) if match else ()


def _region(held: Held) -> str:
    """Where an instance says that it is: its own `region`, else its ARN."""
    if held.address.mode == "data":
        return ""
    own, arn = held.values.get("region"), held.values.get("arn")
    if isinstance(own, str) and own:
        return own
    match = _ARN.match(arn) if isinstance(arn, str) else None
    return match[1] if match else ""


def _unstated(provider: str) -> Provider:
    return Provider(
        provider.split(".", 1)[0],
        Unknown(Cause.SCOPE, f"account of provider {provider}"),
        Unknown(Cause.SCOPE, f"region of provider {provider}"),
    )


def is_module(path: str) -> bool:
    """Whether a text is the address of a module instance, or "" for the root."""
    return not path or re.fullmatch(f"(?:{_CALL.pattern})+", path) is not None
