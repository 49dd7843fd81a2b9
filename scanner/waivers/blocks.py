"""Which blocks of code a resource comes of, and what its instances are called."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from graphs.nodes import Node
from graphs.resource import Resource, Source
from graphs.unknown import Place

_KEYS: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*+")\]')


def bare(address: str) -> str:
    """An address without keys: that of its block."""
    return _KEYS.sub("", address)


def blocks_of(resource: Resource) -> Iterator[str]:
    """The block of a resource and the module calls that lead to it, as `DIRECTORY//ADDRESS`."""
    address, origin = resource.address, resource.origin
    if origin.place is not None:
        mode = "" if address.mode == "managed" else f"{address.mode}."
        yield f"{_home(origin.place)}//{mode}{address.type}.{address.name}"
    modules = bare(address.module).split(".")[1::2]
    for name, call in zip(modules, origin.calls, strict=False):
        yield f"{_home(call)}//module.{name}"


def arn_of(node: Node) -> str:
    """The ARN of a node, also of a network or group that a sweep saw; "" where none is known."""
    source = node.source
    kind, origin = _EC2.get(source.type), source.origin
    if isinstance(node.arn, str) and node.arn:
        return node.arn
    if kind is None or origin.source is not Source.AWS:
        return ""
    named = (name for start, name in _PARTITIONS if origin.region.startswith(start))
    home = f"arn:{next(named, 'aws')}:ec2:{origin.region}:{origin.account}"
    return f"{home}:{kind}/{source.address.name}"


_EC2: Final = {
    "aws_default_security_group": "security-group",
    "aws_network_acl": "network-acl",
    "aws_security_group": "security-group",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
}
"""What ARNs call the things whose descriptions have none."""
_PARTITIONS: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


def _home(place: Place) -> str:
    return posixpath.dirname(place.file) or "."


def is_instance(address: str, wanted: str) -> bool:
    """Whether an address ends with, or passes, what an instance is called; "" is any.

    >>> is_instance('module.app["a"].aws_instance.web[0]', "web[0]")
    True
    """
    at = address.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if (at == 0 or address[at - 1] in "./") and (end == len(address) or address[end] == "."):
            return True
        at = address.find(wanted, at + 1)
    return not wanted
