"""What is open to anybody: a stranger can be in a wide range, not in one office's addresses."""

from collections.abc import Iterable

from graphs.addresses import Prefix
from graphs.network.packets import EVERYTHING, PacketSet
from graphs.network.reach import Reached
from graphs.unknown import NO, YES, Answer, cannot_tell


def open_to_anybody(reached: Reached, question: PacketSet = EVERYTHING) -> Answer:
    """Whether so much of the internet gets there that anybody can.

    `reached` is what the internet reaches; an address of an office, or a supplier's range, is no
    stranger's to have.
    """
    certain, possible = (
        kept & question for kept in (reached.packets.certain, reached.packets.possible)
    )
    if anybodys(certain.sources()):
        return YES
    if not anybodys(possible.sources()):
        return NO
    return cannot_tell(*(reached.why(possible - certain) or reached.packets.because))


def anybodys(addresses: Iterable[Prefix]) -> bool:
    """Whether addresses are so many that a stranger can have one: more than a /8, or a /32 of
    IPv6, in all.

    >>> from graphs.addresses import prefix
    >>> anybodys([prefix("0.0.0.0/1"), prefix("128.0.0.0/1")]), anybodys([prefix("203.0.113.0/24")])
    (True, False)
    """
    several = tuple(addresses)
    return any(
        sum(each.high - each.low + 1 for each in several if each.family == family) > most
        for family, most in ((4, 2**24), (6, 2**96))
    )
