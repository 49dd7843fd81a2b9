"""Ports that are dangerous to open, and what a source can open on a service."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.identity import guests
from graphs.network.exposure import open_to_anybody
from graphs.network.packets import TCP, asked
from graphs.network.reach import INTERNET, Reached
from graphs.nodes import Database, Service
from graphs.unknown import Answer, Unknown, any_of, cannot_tell
from rules.words import listed

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

WEB: Mapping[int, str] = MappingProxyType({80: "HTTP", 8000: "HTTP", 8080: "HTTP"})
"""Ports where requests are taken in the clear, where nothing says which."""

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
    names = listed([f"{ports[port]} ({port})" for port in open_])
    return Opening(danger, open_, names, estate.network.trace(source, service.id, TCP, open_[0]))


def database_opening(estate: Estate, source: str, database: Database) -> Opening | None:
    """Whether the source can open a port of the database's, and is heard there."""
    heard = guests.heard(estate.permissions, database)
    if not heard.answer.possible:
        return None
    if isinstance(database.port, int):
        ports = {p: STORES.get(p, "its port") for p in database.ports if isinstance(p, int)}
        found = opening(estate, source, database, ports)
    else:
        found = opening_at(estate, source, database, database.port, STORES)
    if found is None:
        return None
    evidence = (*found.evidence, *heard.evidence)
    return replace(found, danger=found.danger & heard.answer, evidence=evidence)


def opening_at(
    estate: Estate, source: str, service: Service, port: "int | Unknown", usual: Mapping[int, str]
) -> Opening | None:
    """Whether the source can open one port of the service; any of the usual ones where it is not
    known which, which leaves the answer open."""
    if isinstance(port, int):
        return opening(estate, source, service, {port: usual.get(port, "its port")})
    found = opening(estate, source, service, usual)
    return found and replace(found, danger=found.danger & cannot_tell(port))


def _from_somewhere(reached: Reached, port: int) -> Answer:
    return reached.answer(TCP, port)


def _from_anywhere(reached: Reached, port: int) -> Answer:
    return open_to_anybody(reached, asked(TCP, port))


def _possible(answers: Mapping[int, Answer]) -> tuple[int, ...]:
    return tuple(port for port, answer in answers.items() if answer.possible)
