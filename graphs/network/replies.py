"""Which packets are answered when some replies pass that no filter remembers.

Most ACLs of an estate let the same replies pass, so that what those answer is kept.
"""

from collections.abc import Iterator
from functools import lru_cache

from graphs.network.boxes import Box, Span
from graphs.network.packets import (
    ICMP,
    ICMPV6,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    PacketSet,
    message,
    packets,
    union,
)
from graphs.unknown import Bounds, exactly

EPHEMERAL: Span = (1024, 65535)
"""Ports that clients send from; load balancers, NAT gateways and functions use all of them.
https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html"""

# The ICMP type that answers a request, with the request's code. Any other message counts as
# answered by its own type.
_ANSWERS = {ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, ICMPV6: {128: 129}}

_WHOLE = (*PROTOCOLS, *PORTS)

_TO_CLIENTS = union(packets(protocols=(each, each), ports=EPHEMERAL) for each in (TCP, UDP))


def answered(replies: PacketSet) -> PacketSet:
    """The packets that are answered when these replies pass, some ephemeral port sufficing."""
    return _turned(replies.boxes)


def answered_always(replies: PacketSet) -> PacketSet:
    """The packets that are answered on whichever ephemeral port their client chose; the very set
    of `answered` where all are."""
    return _turned_always(replies.boxes)


@lru_cache(maxsize=4096)
def _turned_always(replies: tuple[Box, ...]) -> PacketSet:
    some = _turned(replies)
    if all(box[5:] == _WHOLE for box in replies):
        return some
    lost = _turned((_TO_CLIENTS - PacketSet(replies)).boxes)
    return some - lost if some & lost else some


def _split(packet_set: PacketSet) -> Iterator[Box]:
    """Boxes of one kind of protocol each: TCP, UDP, the two ICMPs, or others."""
    spans = ((0, 0), (1, 1), (2, 5), (6, 6), (7, 16), (17, 17), (18, 57), (58, 58), (59, 255))
    for box in packet_set.boxes:
        for low, high in spans:
            if box[5] <= high and low <= box[6]:
                yield (*box[:5], max(low, box[5]), min(high, box[6]), box[7], box[8])


@lru_cache(maxsize=4096)
def _turned(boxes: tuple[Box, ...]) -> PacketSet:
    """Replies turned into what they answer: ends exchanged, ports those of the request."""
    replies = PacketSet(boxes)
    if all(box[5:] == _WHOLE for box in boxes):
        return replies.reversed()
    out: list[Box] = []
    for box in _split(replies):
        low, high = box[7], box[8]
        ends = (box[0], box[3], box[4], box[1], box[2], box[5], box[6])
        if box[5] in _ANSWERS:
            out += [(*ends, *span) for span in _requests(box[5], low, high)]
        elif box[5] not in (TCP, UDP) or high >= EPHEMERAL[0]:
            out.append((*ends, *PORTS))
    return union((PacketSet(tuple(out)),))


def _requests(protocol: int, low: int, high: int) -> Iterator[Span]:
    """The ICMP messages that are answered by those from low to high."""
    rest = PacketSet(((4, 0, 0, 0, 0, 0, 0, low, high),))
    for request, reply in _ANSWERS[protocol].items():
        rest -= PacketSet(((4, 0, 0, 0, 0, 0, 0, *message(request)),))
        first, last = max(low, message(reply)[0]), min(high, message(reply)[1])
        if first <= last:
            ahead = message(request)[0] - message(reply)[0]
            yield first + ahead, last + ahead
    yield from rest.ports(0)


def answered_bounds(replies: Bounds[PacketSet]) -> Bounds[PacketSet]:
    """The packets that replies answer, as sure as the replies."""
    possible = answered(replies.possible)
    if replies.certain is replies.possible:
        return exactly(possible)
    return Bounds(answered(replies.certain), possible, replies.because)
