"""How to take one thing out of an attacker's hands: steps in order, each with its reason and the
commands of the AWS CLI.

Input: an estate and a node, or an account. Output: Actions. Nothing here is ever run. What a
command needs and nobody knows yet is a variable of the shell in it, named in `lacks`. What keeps
evidence comes before what destroys it.
"""

from collections.abc import Callable, Iterator, Sequence

from graphs.estate import Estate
from graphs.nodes import (
    AccessKey,
    Bucket,
    ClientVpn,
    Container,
    Database,
    Federation,
    Function,
    Instance,
    Key,
    Node,
    Outsider,
    Role,
    Secret,
    Site,
    User,
)
from scanner.breached import Action
from scanner.isolating import machines, places, principals, stores
from scanner.isolating.places import isolate_account
from scanner.isolating.writing import Words, deactivated, its_role, sessions

__all__ = ["isolate", "isolate_account", "renew"]


def isolate(estate: Estate, node: Node) -> tuple[Action, ...]:
    """The steps that take a thing away from whoever has taken it."""
    steps = next(
        (steps for kind, steps in _STEPS.items() if isinstance(node, kind)), _anything_else
    )
    return tuple(steps(estate, node))


def _anything_else(estate: Estate, node: Node) -> Iterator[Action]:
    words = Words(node)
    yield words.action(
        f"Keep the settings of {node.name}, then stop it",
        "An attacker may have changed them; which commands stop it depends on its kind.",
    )
    yield from its_role(estate, node)


_STEPS: dict[type[Node], Callable[[Estate, Node], Iterator[Action]]] = {
    Instance: machines.instance,
    Function: machines.function,
    Container: machines.container,
    Role: principals.role,
    User: principals.user,
    AccessKey: principals.access_key,
    Outsider: principals.outsider,
    Federation: principals.federation,
    ClientVpn: places.client_vpn,
    Key: stores.key,
    Secret: stores.secret,
    Database: stores.database,
    Bucket: stores.bucket,
    Site: places.site,
}


def renew(estate: Estate, holds: Sequence[Node]) -> tuple[Action, ...]:
    """End or renew what an attacker may have taken along: sessions, keys, passwords."""
    found: list[Action] = []
    for node in holds:
        if isinstance(node, Role):
            found += sessions(estate, node)
        elif isinstance(node, User):
            found += [deactivated(k, node) for k in estate.index.of(AccessKey) if k.user == node.id]
        elif isinstance(node, Database):
            found.append(stores.password(node))
        elif isinstance(node, Secret):
            found += stores.secret(estate, node)
    return tuple(dict.fromkeys(found))
