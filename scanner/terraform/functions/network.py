"""Address arithmetic: cidrhost, cidrnetmask, cidrsubnet, cidrsubnets.

https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
"""

import re
from functools import lru_cache
from typing import NamedTuple

from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import ArgumentProblem, Function
from scanner.terraform.functions.numeric import whole
from scanner.terraform.values.number import Number
from scanner.terraform.values.shapes import List

_ALL = (1 << 128) - 1
_IPV4 = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/([0-9]{1,2})\Z")


class _Prefix(NamedTuple):
    network: int
    length: int
    bits: int

    @property
    def mapped(self) -> bool:
        """Whether it is an IPv4 network written as IPv6, of which Go makes odd things."""
        return self.bits == 128 and self.network >> 32 == 0xFFFF

    def __str__(self) -> str:
        if self.mapped and self.length >= 96:
            return f"{_address(self.network, 128)}/{self.length - 96}"
        return f"{_address(self.network, self.bits)}/{self.length}"


@lru_cache(maxsize=4096)
def _prefix(text: str) -> _Prefix:
    """The network of a CIDR; bits beyond the prefix are dropped, as terraform does."""
    match = _IPV4.match(text)
    if match:
        *octets, length = map(int, match.groups())
        if length <= 32 and max(octets) < 256:
            address = int.from_bytes(bytes(octets))
            return _Prefix(address >> (32 - length) << (32 - length), length, 32)
    elif ":" in text and "%" not in text:
        return _prefix6(text)
    raise FunctionProblem(f"invalid CIDR expression: invalid CIDR address: {text}")


def _prefix6(text: str) -> _Prefix:
    import ipaddress

    try:
        network = ipaddress.IPv6Network(text, strict=False)
        int(text.partition("/")[2])
    except ValueError:
        raise FunctionProblem(f"invalid CIDR expression: invalid CIDR address: {text}") from None
    return _Prefix(int(network.network_address), network.prefixlen, 128)


def _address(number: int, bits: int) -> str:
    if bits == 32:
        return ".".join(map(str, number.to_bytes(4)))
    if number >> 32 == 0xFFFF:
        return _address(number & 0xFFFFFFFF, 32)
    import ipaddress

    return str(ipaddress.IPv6Address(number))


def _integer(number: Number) -> int:
    if not isinstance(number, int):
        raise FunctionProblem("value must be a whole number")
    return number


def _cidrhost(text: str, number: Number) -> str:
    """A negative number counts from the end of the range."""
    wanted = _integer(number)
    prefix = _prefix(text)
    size = 1 << (prefix.bits - prefix.length)
    if not -size <= wanted < size:
        reach = f"a host numbered {wanted}"
        raise FunctionProblem(f"prefix of {prefix.length} does not accommodate {reach}")
    if prefix.mapped:
        return _address(prefix.network | (wanted % size << 96) & _ALL, 128)
    return _address(prefix.network + wanted % size, prefix.bits)


def _cidrnetmask(text: str) -> str:
    prefix = _prefix(text)
    if prefix.bits != 32 and not prefix.mapped:
        raise FunctionProblem(f"IPv6 addresses cannot have a netmask: {text}")
    return _address((1 << prefix.bits) - (1 << (prefix.bits - prefix.length)), prefix.bits)


def _cidrsubnet(text: str, newbits: Number, number: Number) -> str:
    extra, wanted = whole(newbits), _integer(number)
    prefix = _prefix(text)
    length = prefix.length + extra
    if not 0 <= length <= prefix.bits:
        room = f"prefix of {prefix.length} by {extra}"
        raise FunctionProblem(f"insufficient address space to extend {room}")
    if extra >= 0 and abs(wanted) >= 1 << extra:
        reach = f"a subnet numbered {wanted}"
        raise FunctionProblem(f"prefix extension of {extra} does not accommodate {reach}")
    shift = prefix.bits - length
    number_ = abs(prefix.network | wanted << shift)  # Go forgets the minus of a negative one
    if number_ >> prefix.bits:
        raise FunctionProblem(f"a subnet numbered {wanted} is beyond all addresses")
    return str(_Prefix(number_, length, prefix.bits))


def _cidrsubnets(text: str, *newbits: Number) -> List:
    """Consecutive subnets, each aligned to its own size."""
    prefix = _prefix(text)
    end = prefix.network + (1 << (prefix.bits - prefix.length))
    at = prefix.network
    found: list[str] = []
    if newbits and (at == 0 or prefix.mapped):  # Go looks for the network before the first one
        extra = _extension(newbits[0], 1)
        room = f"not enough remaining address space for a subnet of {prefix.length + extra} bits"
        raise ArgumentProblem(1, room)
    for position, each in enumerate(newbits, 1):
        length = prefix.length + _extension(each, position)
        if length > prefix.bits:
            room = f"prefix of {prefix.length} by {length - prefix.length}"
            raise ArgumentProblem(position, f"insufficient address space to extend {room}")
        size = 1 << (prefix.bits - length)
        at = -(-at // size) * size
        if at + size > end:
            after = f"a subnet with a prefix of {length} bits"
            after += f" after {found[-1]}" if found else ""
            raise ArgumentProblem(position, f"not enough remaining address space for {after}")
        found.append(str(_Prefix(at, length, prefix.bits)))
        at += size
    return List(found, "string")


def _extension(newbits: Number, position: int) -> int:
    extra = whole(newbits)
    if extra < 1:
        raise ArgumentProblem(position, "must extend prefix by at least one bit")
    if extra > 32:
        raise ArgumentProblem(position, "may not extend prefix by more than 32 bits")
    return extra


FUNCTIONS = (
    Function("cidrhost", _cidrhost),
    Function("cidrnetmask", _cidrnetmask),
    Function("cidrsubnet", _cidrsubnet),
    Function("cidrsubnets", _cidrsubnets),
)
