"""Reading one attribute of a resource, three-valued: the only way build/ looks at values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphs.addresses import Prefix, prefix
from graphs.network.packets import message
from graphs.resource import Resource, Source
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    answer,
    cannot_tell,
    unknowns_in,
)

Block: TypeAlias = "Mapping[str, object]"
Holder: TypeAlias = "Resource | Mapping[str, object]"

PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "all": -1, "-1": -1}
ALL_PORTS = (0, 65535)


def raw(holder: Holder, name: str) -> object:
    """The attribute as it stands; None where it is not set or null."""
    values = holder.values if isinstance(holder, Resource) else holder
    return values.get(name)


def text(holder: Holder, name: str) -> "Text | None":
    """A string attribute; numbers and booleans as terraform writes them."""
    value = raw(holder, name)
    if value is None or isinstance(value, str | Template | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _wrong(name, "a string")


def word(holder: Holder, name: str, default: str = "") -> "str | Unknown":
    """A string attribute that must be wholly known to be used."""
    value = text(holder, name)
    if isinstance(value, Template):
        return whole(value)
    return default if value is None else value


def flag(holder: Holder, name: str, *, default: bool) -> Answer:
    """A boolean attribute as an Answer; `default` is what the provider documents for omission."""
    return answer(boolean(holder, name, default=default))


def boolean(holder: Holder, name: str, *, default: bool) -> "bool | Unknown":
    """A boolean attribute; terraform turns "true" and "false" into one."""
    value = raw(holder, name)
    if value is None:
        return default
    if isinstance(value, bool | Unknown):
        return value
    if value in ("true", "1", "false", "0"):
        return value in ("true", "1")
    return whole(value) if isinstance(value, Template) else _wrong(name, "true or false")


def number(holder: Holder, name: str) -> "int | Unknown | None":
    """A whole number, also where it is written as a string."""
    value = raw(holder, name)
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, Template):
        return whole(value)
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return _wrong(name, "a whole number")


def items(holder: Holder, name: str) -> tuple[object, ...]:
    """A list or set attribute; an unknown list is one Unknown element."""
    return spread(raw(holder, name))


def spread(value: object) -> tuple[object, ...]:
    """A value as a tuple of its elements; nulls are left out."""
    if value is None:
        return ()
    if isinstance(value, tuple | list):
        return tuple(v for v in value if v is not None)
    return (value,)


@dataclass(frozen=True, slots=True)
class Perhaps(Mapping[str, object]):
    """A block that may be there: what it says of an attribute is not known."""

    why: Unknown

    def __getitem__(self, name: str) -> Unknown:
        return self.why

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


def blocks(holder: Holder, name: str) -> "tuple[Block, ...]":
    """The nested blocks of a type, a Perhaps for those of which it is not known how many."""
    found = items(holder, name)
    if not found or all(isinstance(b, Mapping) for b in found):
        return found  # type: ignore[return-value]
    likely = (Perhaps(b) if isinstance(b, Unknown) else b for b in found)
    return tuple(b for b in likely if isinstance(b, Mapping))


def known_blocks(holder: Holder, name: str) -> "tuple[Block, ...]":
    """The nested blocks of a type that are there, for who asks for the `unknown_blocks` too."""
    return tuple(b for b in items(holder, name) if isinstance(b, Mapping))


def has(holder: Holder, name: str) -> Answer:
    """Whether there is a block of a type."""
    if known_blocks(holder, name):
        return YES
    unknown = unknown_blocks(holder, name)
    return cannot_tell(*unknown) if unknown else NO


def unknown_blocks(holder: Holder, name: str) -> tuple[Unknown, ...]:
    """Why there may be further blocks of a type."""
    return tuple(b for b in items(holder, name) if isinstance(b, Unknown))


def possible_blocks(holder: Holder, name: str) -> "Iterator[tuple[int, Block, Unknown | None]]":
    """The nested blocks of a type by position, each with why it may not be there.

    A `dynamic` block of unknown number is one block that holds what all of them have in common.
    """
    for at, item in enumerate(items(holder, name)):
        if isinstance(item, Mapping):
            yield at, item, None
        elif isinstance(item, Unknown) and isinstance(item.known, Mapping):
            yield at, item.known, item


def untold_blocks(holder: Holder, name: str) -> tuple[Unknown, ...]:
    """Why there may be blocks of a type of which nothing is known."""
    return tuple(b for b in unknown_blocks(holder, name) if not isinstance(b.known, Mapping))


def first(holder: Holder, name: str) -> "Block":
    """The single nested block of a type, or an empty one; a Perhaps where it may be there."""
    found = blocks(holder, name)
    return found[0] if found else {}


def whole(value: object) -> Unknown:
    """One Unknown that stands for a value with holes."""
    found = sorted(unknowns_in(value), key=str)
    if len(found) == 1 and isinstance(value, Unknown):
        return found[0]
    refers = tuple(dict.fromkeys(r for u in found for r in u.refers))
    cause = found[0].cause if found else Cause.EXPRESSION
    return Unknown(cause, _shown(value), refers)


def _shown(value: object) -> str:
    """A value for people: a collection by its elements, a hole by its origin."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(_shown(each) for each in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_shown(each)}' for key, each in value.items())}}}"
    return value.what if isinstance(value, Unknown) else str(value)


def network(value: object) -> "Prefix | Unknown":
    """A CIDR block; what is not one is Unknown with the text in its name."""
    if isinstance(value, str):
        try:
            return prefix(value)
        except ValueError:
            return Unknown(Cause.EXPRESSION, f"{value!r} is not an IP prefix")
    return whole(value)


def networks(holder: Holder, *names: str) -> tuple["Prefix | Unknown", ...]:
    """The CIDR blocks in several attributes, single ones and lists alike.

    Where a block is written as an attribute, what is left out is "".
    """
    return tuple(network(v) for name in names for v in items(holder, name) if v != "")


def protocol(holder: Holder, name: str) -> "int | Unknown":
    """An IP protocol number; -1 for all, which is also what omission means in an ACL."""
    value = text(holder, name)
    if isinstance(value, Unknown | Template):
        return whole(value)
    lowered = (value or "-1").lower()
    if lowered in PROTOCOLS:
        return PROTOCOLS[lowered]
    return int(lowered) if lowered.isdecimal() else _wrong(name, "an IP protocol")


def ports(holder: Holder, proto: "int | Unknown") -> "tuple[int, int] | Unknown":
    """Port range of a rule; type and code for ICMP; every port where the protocol has none."""
    low, high = number(holder, "from_port"), number(holder, "to_port")
    if isinstance(proto, Unknown) or proto not in (1, 6, 17, 58):
        return ALL_PORTS
    for end in (low, high):
        if isinstance(end, Unknown):
            return end
    if proto in (1, 58):
        return _messages(low, high)  # type: ignore[arg-type]
    start = 0 if low is None or low == -1 else low
    return (start, 65535 if high is None or high == -1 else high)  # type: ignore[return-value]


def _messages(kind: int | None, code: int | None) -> tuple[int, int]:
    """The ICMP messages of a rule: -1 is any type or any code. All types with one code are none:
    AWS takes all types with all codes alone.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    if kind in (None, -1):
        return ALL_PORTS if code in (None, -1) else (1, 0)
    return message(kind or 0, None if code == -1 else code)


def icmp_messages(holder: Holder) -> "tuple[int, int] | Unknown":
    """The ICMP messages of an ACL line, which has attributes of its own for type and code. Both
    are 0 where they are left out: an echo reply.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl
    """
    kind, code = (number(holder, name) for name in ("icmp_type", "icmp_code"))
    for end in (kind, code):
        if isinstance(end, Unknown):
            return end
    if kind == -1 and code != -1:
        return Unknown(Cause.MODEL, f"which messages ICMP type -1 with code {code or 0} means")
    return _messages(kind or 0, code or 0)


def doubt(resource: Resource, beside: Resource | None = None) -> Unknown | None:
    """Why a resource may be missing where another one that it belongs to is there."""
    shared = roots(beside.exists.because) if beside else frozenset()
    reasons = [u for u in resource.exists.because if not shared.issuperset(u.roots)]
    return min(reasons, key=str, default=None)


def unlisted(owner: Resource, what: str) -> tuple[Unknown, ...]:
    """Why AWS's own `what` of a live VPC may hold anything: an account has it, and it was not read.

    Code leaves it out where it is as AWS makes it.
    """
    if owner.origin.source is not Source.AWS:
        return ()
    return (Unknown(Cause.DENIED, f"the {what} of {owner.id}"),)


def roots(unknowns: Iterable[Unknown]) -> frozenset[Unknown]:
    """What one would have to find out to know them all."""
    return frozenset(root for unknown in unknowns for root in unknown.roots)


def _wrong(name: str, wanted: str) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"{name} is not {wanted}")


def addresses(*values: object) -> tuple[Prefix, ...]:
    """The fixed addresses among values, as prefixes of one address."""
    found = (network(v) for value in values for v in spread(value))
    return tuple(p for p in found if isinstance(p, Prefix))
