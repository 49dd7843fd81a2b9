"""The ports that rules speak of, and what a source can open on a service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphs.addresses import Prefix
from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.network.packets import TCP, asked
from graphs.network.reach import INTERNET, Reached
from graphs.nodes import Database, Service
from graphs.unknown import NO, YES, Answer, any_of, cannot_tell
from rules.words import listed, shortened

SSH = 22

SHELLS: Mapping[int, str] = MappingProxyType(
    {22: "SSH", 23: "Telnet", 3389: "RDP", 5900: "VNC", 5985: "WinRM", 5986: "WinRM over TLS"}
)
"""Ports by which people administer a system."""

STORES: Mapping[int, str] = MappingProxyType(
    {
        1433: "SQL Server",
        1521: "Oracle",
        3306: "MySQL",
        5432: "PostgreSQL",
        6379: "Redis",
        9200: "Elasticsearch",
        11211: "memcached",
        27017: "MongoDB",
    }
)
"""Ports of databases that people run on hosts of their own."""

CONTROLS: Mapping[int, str] = MappingProxyType(
    {445: "SMB", 2375: "Docker", 2379: "etcd", 10250: "kubelet"}
)
"""Ports that hand a system to whoever speaks to them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a source can open on a service, of the ports asked for.

    `ports` are those that are certain, or where none is, those that are possible.
    """

    danger: Answer
    ports: tuple[int, ...]
    names: str
    evidence: Evidence


def opening(
    estate: Estate, source: str, service: Service, ports: Mapping[int, str]
) -> Opening | None:
    """What of `ports` the source can open on the service, with proof for the first; None for
    nothing."""
    reached = estate.network.reach(source, service.id)
    answer = _from_anywhere if source == INTERNET else _from_somewhere
    answers = {port: answer(reached, port) for port in ports}
    danger = any_of(answers.values())
    if not danger.possible:
        return None
    open_ = tuple(p for p, a in answers.items() if a.certain) or _possible(answers)
    names = listed(shortened([f"{ports[port]} ({port})" for port in open_]))
    return Opening(danger, open_, names, estate.network.trace(source, service.id, TCP, open_[0]))


def database_opening(estate: Estate, source: str, database: Database) -> Opening | None:
    """Whether the source can open the database's port; any of the usual ones where that is not
    known, which leaves the answer open."""
    if isinstance(database.port, int):
        return opening(estate, source, database, {database.port: "its port"})
    found = opening(estate, source, database, STORES)
    if found is None:
        return None
    return replace(found, danger=found.danger & cannot_tell(database.port))


def _from_somewhere(reached: Reached, port: int) -> Answer:
    return reached.answer(TCP, port)


def _from_anywhere(reached: Reached, port: int) -> Answer:
    """Whether so much of the internet gets there that anybody can: an address of an office, or a
    supplier's range, is no stranger's to have."""
    certain, possible = (
        kept & asked(TCP, port) for kept in (reached.packets.certain, reached.packets.possible)
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


def _possible(answers: Mapping[int, Answer]) -> tuple[int, ...]:
    return tuple(port for port, answer in answers.items() if answer.possible)
