"""What the network answers: the packets that get from one place to another."""

from collections.abc import Callable
from dataclasses import dataclass, field

from graphs.network.packets import NOTHING, PacketSet, Port, asked, services_text
from graphs.unknown import Answer, Bounds, Unknown


@dataclass(frozen=True, slots=True)
class Reached:
    """The packets from one place to another that are delivered and answered.

    `partly` are those whose replies come back to some ephemeral ports of the sender only.
    """

    source: str
    destination: str
    packets: Bounds[PacketSet]
    partly: PacketSet = NOTHING
    why: Callable[[PacketSet], frozenset[Unknown]] = field(
        default=lambda _: frozenset(), compare=False, repr=False
    )
    """The Unknowns that leave these packets open."""

    def answer(self, protocol: int | None = None, port: Port | None = None) -> Answer:
        """Whether any packet of this protocol and port gets there and is answered. A port without
        a protocol means TCP or UDP; of ICMP a number is a type with any code."""
        question = asked(protocol, port)
        if self.packets.certain & question:
            return Answer(certain=True, possible=True)
        left = self.packets.possible & question
        if not left:
            return Answer(certain=False, possible=False)
        return Answer(certain=False, possible=True, because=self.why(left) or self.packets.because)

    @property
    def ports(self) -> str:
        """The protocols and ports that may get there: `tcp 22, 443`; empty when none does."""
        return services_text(self.packets.possible)

    @property
    def replies(self) -> str:
        """Whether replies come back to all ephemeral ports of a sender, to some, or to none."""
        if not self.packets.possible:
            return "none"
        return "some" if self.partly else "all"


@dataclass(frozen=True, slots=True)
class Exposed:
    """Services that something outside reaches alike. `reached` is the first of them."""

    places: tuple[str, ...]
    reached: Reached
