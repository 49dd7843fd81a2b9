"""How somebody logs in who can connect and has what is asked for: a token, a key, a password."""

from collections.abc import Iterator

from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.steps import derivable, has_read, opened
from graphs.attack.words import called
from graphs.build.escalations import TOKEN
from graphs.estate import Edge, Estate, Relation
from graphs.network.packets import TCP, PacketSet
from graphs.nodes import Database, Instance

SSH, RDP = 22, 3389
PASSWORD = "ask-for-password"


def by_token(estate: Estate, edge: Edge, target: Database, by: str) -> Iterator[Derivable]:
    """Where a database takes tokens of IAM."""
    here = Fact(Holds.AT, edge.source)
    for token in estate.edges(Relation.MAY_CALL, target=target.id):
        if token.allows != TOKEN:
            continue
        who = called(estate, token.source)
        known = (here, Fact(Holds.CONTROLS, token.source))
        says = f"{by} and logs in with a token of the {who}"
        mend = f"take rds-db:connect from the {who}"
        technique = "log-in-to-database-with-token"
        yield derivable(technique, known, has_read(target), says, mend, edge, token)


def by_key(
    estate: Estate, edge: Edge, target: Instance, told: tuple[str, str]
) -> Iterator[Derivable]:
    """Where the private key of a machine lies about: by SSH, or with the password that the key
    decrypts. `told` is how one gets there, in words, and what would end that."""
    if not any(estate.edges(Relation.HOLDS_CREDENTIALS_OF, target=target.id)):
        return
    by, mend = told
    there = Fact(Holds.AT, target.id)
    known = (Fact(Holds.AT, edge.source), opened(estate, target.id))
    if _has_port(edge.allows, SSH):
        says = f"{by} and logs in with its key"
        yield derivable("log-in-with-key", known, there, says, mend, edge)
    for asking in estate.edges(Relation.MAY_CALL, target=target.id):
        if asking.allows == PASSWORD and _has_port(edge.allows, RDP):
            says = f"{by} and logs in with the password that its key decrypts"
            needed = (*known, Fact(Holds.CONTROLS, asking.source))
            technique = "log-in-with-decrypted-password"
            yield derivable(technique, needed, there, says, mend, edge, asking)


def _has_port(allows: object, port: int) -> bool:
    spans = allows.ports(TCP) if isinstance(allows, PacketSet) else ()
    return any(low <= port <= high for low, high in spans)
