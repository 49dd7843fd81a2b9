"""Questions about reachability, as people ask them: by name, address, id or ARN.

Input: an estate, two ends, a protocol, a port. Output: a verdict with its proof, and what would
change it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.network.holders import address_of
from graphs.network.opening import Stop
from graphs.network.packets import ICMP, ICMPV6, TCP, UDP, Port, message
from graphs.network.reach import Reached
from graphs.network.remedies import remedies
from graphs.nodes import Instance
from graphs.unknown import Cause, Unknown
from scanner.ends import End, find
from scanner.errors import UsageProblem

PROTOCOLS: Final = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
FURTHER: Final = {
    "icmp6": ICMPV6, "ipv6-icmp": ICMPV6, "igmp": 2, "gre": 47, "esp": 50, "ah": 51, "ospf": 89,
    "sctp": 132,
}  # fmt: skip
"""Other names of protocols, as IANA and EC2 know them."""
ECHO: Final = {ICMP: message(8, 0), ICMPV6: message(128, 0)}
"""The ICMP messages that ask for an answer: what a ping sends."""
MOST_PAIRS: Final = 20_000
STOPPED: Final = ("stopped", "stopping")


class Word(StrEnum):
    """What is said of a question."""

    REACHABLE = "reachable"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether anything of a protocol and port gets from one place to another."""

    source: str
    destination: str
    protocol: int | None = None
    port: Port | None = None
    """A port; of ICMP a type, or the place of a type and code on the port axis."""

    @property
    def number(self) -> Port | None:
        """The port; without one, of ICMP a ping."""
        return ECHO.get(self.protocol or 0) if self.port is None else self.port


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a question in one estate.

    `proof` are the steps of a packet that gets there; `stops` are all that blocks, with what would
    open it; `unknowns` are what decides where it cannot be told. `reached` is all that gets there,
    whatever was asked.
    """

    question: Question
    word: Word
    reached: Reached
    proof: Evidence = ()
    stops: tuple[Stop, ...] = ()
    unknowns: tuple[Unknown, ...] = ()

    @property
    def why(self) -> str:
        """The answer's reason in one line."""
        if self.word is Word.UNKNOWN and self.unknowns:
            return "it depends on " + ", ".join(sorted(map(str, self.unknowns)))
        claims = (step.claim for step in (*self.proof, *(stop.step for stop in self.stops)))
        return "; ".join(claims) or "nothing leads there"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question between two ends in one estate, with an answer for each pair of places."""

    question: Question
    source: End
    destination: End
    pairs: tuple[Told, ...]
    names: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """What people call the places, where no two of them are called the same."""

    @property
    def whole(self) -> bool:
        """Whether it is asked of more than two places."""
        return self.source.whole or self.destination.whole

    @property
    def word(self) -> Word:
        """Reachable where some pair is; blocked where all are."""
        words = {told.word for told in self.pairs}
        found = (word for word in (Word.REACHABLE, Word.UNKNOWN) if word in words)
        return next(found, Word.BLOCKED)

    @property
    def why(self) -> str:
        """The reason in one line: that of the first pair with this answer."""
        of = next((told for told in self.pairs if told.word is self.word), None)
        if of is None:
            return f"there is nothing in {self.source.name} or {self.destination.name}"
        ends = f"{of.question.source} → {of.question.destination}: " if self.whole else ""
        return ends + of.why


def ask(estate: Estate, question: Question, *, remedied: bool = False) -> Told:
    """The answer to a question between two places. `remedied` finds what stands behind each
    blocker as well, which takes a copy of the network for each that is opened."""
    ends = question.source, question.destination
    asked = question.protocol, question.number
    reached = estate.network.reach(*ends)
    answer = reached.answer(*asked)
    if answer.possible:
        because = (*answer.because, *_stopped(estate, ends))
        word = Word.REACHABLE if answer.certain and not because else Word.UNKNOWN
        proof = estate.network.trace(*ends, *asked)
        return Told(question, word, reached, proof, unknowns=because)
    if remedied:
        stops, _ = remedies(estate.network, *ends, *asked)
    else:
        stops = estate.network.stops(*ends, *asked)
    return Told(question, Word.BLOCKED, reached, stops=stops)


def _stopped(estate: Estate, places: Iterable[str]) -> Iterator[Unknown]:
    """Machines that neither send nor answer until somebody starts them."""
    for place in places:
        node = estate.network.zones.node(place)
        if isinstance(node, Instance) and node.attribute("instance_state") in STOPPED:
            yield Unknown(Cause.MODEL, f"whether {node.name} is started, which is stopped")


def answer(estate: Estate, question: Question, *, remedied: bool = False) -> Asked | None:
    """The answer for whatever the ends of a question mean in an estate; None if it lacks one.

    Raises UsageProblem where an end names several things, or both mean very many.
    """
    question = _of_family(question)
    source, destination = find(estate, question.source), find(estate, question.destination)
    if source is None or destination is None:
        return None
    if len(source.places) * len(destination.places) > MOST_PAIRS:
        raise UsageProblem(
            f"{source.name} and {destination.name} hold more than {MOST_PAIRS:,} pairs",
            fix="ask of less at once",
        )
    single = not (source.whole or destination.whole)
    pairs = (
        ask(estate, each, remedied=remedied and single)
        for each in _pairs(question, source, destination)
    )
    names = {} if single else _names(estate, (*source.places, *destination.places))
    return Asked(question, source, destination, tuple(pairs), names)


def _of_family(question: Question) -> Question:
    """ICMP between IPv6 addresses is ICMPv6; its ping is another message."""
    ends = (address_of(end) for end in (question.source, question.destination))
    if (
        question.protocol == ICMP
        and question.port is None
        and any(e and e.family == 6 for e in ends)
    ):
        return replace(question, protocol=ICMPV6)
    return question


def _names(estate: Estate, places: Iterable[str]) -> dict[str, str]:
    by_id = estate.index.by_id
    names = {place: by_id[place].name for place in places if place in by_id}
    count = Counter(names.values())
    return {place: name for place, name in names.items() if count[name] == 1}


def _pairs(question: Question, source: End, destination: End) -> Iterator[Question]:
    single = not (source.whole or destination.whole)
    for start in source.places:
        for goal in destination.places:
            if start != goal or single:
                yield replace(question, source=start, destination=goal)


def protocol_of(text: str) -> int:
    """The number of a protocol. Raises UsageProblem for what is none."""
    word = text.lower()
    if word in PROTOCOLS or word in FURTHER:
        return PROTOCOLS.get(word) or FURTHER[word]
    if word.isdecimal() and int(word) < 256:
        return int(word)
    raise UsageProblem(f"{text!r} is no protocol", fix=f"choose {', '.join(PROTOCOLS)} or a number")


def port_of(text: str, protocol: int | None) -> Port:
    """A port, of ICMP a type or `type:code`. Raises UsageProblem for what is neither."""
    icmp = protocol in ECHO
    numbers = [int(part) for part in text.split(":") if part.isdecimal() and part.isascii()]
    most = 255 if icmp else 65535
    if len(numbers) != text.count(":") + 1 or len(numbers) > 1 + icmp or max(numbers) > most:
        fix = "choose a type like 8, or type and code like 8:0" if icmp else "choose 0 to 65535"
        raise UsageProblem(f"{text!r} is no {'ICMP message' if icmp else 'port'}", fix=fix)
    return message(*numbers) if len(numbers) > 1 else numbers[0]
