"""What is open to anybody: a stranger can be in a wide range, not in one office's addresses."""

from graphs.addresses import anybodys
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
