"""Questions about reachability, as people ask them: by name, address, id or ARN.

Input: estates, two ends in words, a protocol, a port. Output: a verdict with its proof.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.network.holders import address_of
from graphs.network.packets import ICMP, ICMPV6, TCP, UDP
from graphs.network.reach import INTERNET, Reached
from graphs.nodes import Endpoint, NatGateway, Node, Service, Site
from graphs.unknown import Unknown
from scanner.errors import UsageProblem

PROTOCOLS: Final = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}
ECHO: Final = {ICMP: 8, ICMPV6: 128}
"""The ICMP types that ask for an answer: what a ping sends."""
MOST: Final = 8


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
    port: int | None = None

    @property
    def number(self) -> int | None:
        """The port, or what stands on its axis: the type of a ping."""
        return ECHO.get(self.protocol or 0) if self.port is None else self.port


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a question in one estate.

    `proof` are the steps of a packet that gets there, or all that blocks; `unknowns` are what
    decides where it cannot be told. `reached` is all that gets there, whatever was asked.
    """

    question: Question
    word: Word
    proof: Evidence
    unknowns: tuple[Unknown, ...]
    reached: Reached

    @property
    def why(self) -> str:
        """The answer's reason in one line."""
        if self.word is Word.UNKNOWN and self.unknowns:
            return "it depends on " + ", ".join(sorted(map(str, self.unknowns)))
        return "; ".join(step.claim for step in self.proof) or "nothing leads there"


def ask(estate: Estate, question: Question) -> Told:
    """The answer to a question whose ends `place` has found."""
    ends = question.source, question.destination
    reached = estate.network.reach(*ends)
    answer = reached.answer(question.protocol, question.number)
    asked = question.protocol, question.number
    if answer.possible:
        word = Word.REACHABLE if answer.certain else Word.UNKNOWN
        proof = estate.network.trace(*ends, *asked)
        return Told(question, word, proof, tuple(answer.because), reached)
    proof = estate.network.blockers(*ends, *asked)
    return Told(question, Word.BLOCKED, proof, (), reached)


def place(estate: Estate, text: str) -> str | None:
    """The place that a text names: "internet", an address, a site or a thing; None if none.

    Raises UsageProblem where several things have the name.
    """
    if text == INTERNET or address_of(text) is not None:
        return text
    found = list(_named(estate, text))
    if len(found) > 1:
        names = ", ".join(sorted(node.id for node in found)[:MOST])
        raise UsageProblem(f"{text!r} names several things: {names}", fix="say one in full")
    return found[0].id if found else None


def _ends(estate: Estate) -> Iterator[Node]:
    """Whatever can be an end."""
    return (n for n in estate.index.nodes if isinstance(n, Service | Site | Endpoint | NatGateway))


def _named(estate: Estate, text: str) -> Iterator[Node]:
    """Things by their address in code, else by their ARN, id or name."""
    whole = [node for node in _ends(estate) if text in {node.id, str(node.arn)}]
    if whole:
        return iter(whole)
    return (
        node
        for node in _ends(estate)
        if text in (node.name, node.source.address.name) or node.id.endswith(f".{text}")
    )


def nobody(estates: Sequence[Estate], text: str) -> UsageProblem:
    """The complaint about an end that nothing has, with what is near to it."""
    names = {name for estate in estates for n in _ends(estate) for name in (n.id, n.name)}
    near = get_close_matches(text, sorted(names), 3)
    fix = f"did you mean {', '.join(near)}?" if near else "name it as `pathwarden graph` does"
    return UsageProblem(f"nothing here is called {text!r}", fix=fix)


def protocol_of(text: str) -> int:
    """The number of a protocol. Raises UsageProblem for what is none."""
    word = text.lower()
    if word in PROTOCOLS:
        return PROTOCOLS[word]
    if word.isdecimal() and int(word) < 256:
        return int(word)
    raise UsageProblem(f"{text!r} is no protocol", fix=f"choose {', '.join(PROTOCOLS)} or a number")
