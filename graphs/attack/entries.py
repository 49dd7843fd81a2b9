"""Where attackers start.

Input: an estate, and what is declared of it. Output: Entries, each with how plausible it is that an
attacker stands there, and why. Some kinds of place count anyway; the others would find a path to
everything that anything needs, so that whoever wants them names them in pathwarden.yaml.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from graphs.attack.facts import Fact, Holds
from graphs.attack.taking import first_fact
from graphs.attack.words import called, issuer
from graphs.build.structure import RUNNERS
from graphs.estate import DeclaredEntry, Estate, identity
from graphs.network.reach import INTERNET
from graphs.nodes import (
    AccessKey,
    ClientVpn,
    Federation,
    Node,
    Outsider,
    Role,
    Service,
    Site,
    Stranger,
    User,
)
from graphs.verdict import Gap


@dataclass(frozen=True, slots=True)
class Entry:
    """A starting fact. `plausibility` is that an attacker is there, for the reason `why`; `says`
    names it for people."""

    fact: Fact
    kind: str
    says: str
    plausibility: float
    identity: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place to start from. `on`: it counts where nobody says otherwise."""

    name: str
    on: bool
    plausibility: float
    why: str
    find: Callable[[Estate], Iterable[Node]]
    says: Callable[[Estate, Node], str]


def entries(estate: Estate) -> tuple[Entry, ...]:
    """The internet, and the places of every kind that counts, each fact once."""
    found: dict[Fact, Entry] = {}
    for entry in _of_kinds(estate):
        found.setdefault(entry.fact, entry)
    for said in estate.entries:
        for node in named(estate, said.node) if said.node else ():
            kind = KINDS[said.kind]
            entry = _as_said(_entry(estate, kind, node), said)
            if not said.off:
                found[entry.fact] = entry
            elif entry.fact in found and found[entry.fact].kind == said.kind:
                del found[entry.fact]
    return tuple(found.values())


def _of_kinds(estate: Estate) -> Iterator[Entry]:
    """The places of the kinds that count: those that do anyway, and those that somebody wants."""
    whole = {said.kind: said for said in estate.entries if not said.node}
    for kind in KINDS.values():
        said = whole.get(kind.name)
        if not said.off if said else kind.on:
            if kind.name == NET:
                yield _as_said(_INTERNET, said)
            for node in kind.find(estate):
                yield _as_said(_entry(estate, kind, node), said)


def unmatched(estates: Iterable[Estate]) -> tuple[Gap, ...]:
    """The declared entries that no estate has, so that nothing starts there."""
    read = list(estates)
    declared = dict.fromkeys(said for estate in read for said in estate.entries if said.node)
    return tuple(
        Gap(
            "entry-unmatched",
            f"entries: nothing here is called {said.node!r}",
            "no path starts there",
            said.place,
        )
        for said in declared
        if not any(named(estate, said.node) for estate in read)
    )


def named(estate: Estate, text: str) -> list[Node]:
    """What a text of pathwarden.yaml means: things by address or ARN, else by name."""
    nodes = [n for n in estate.index.nodes if isinstance(n, (*_PLACES, *RUNNERS))]
    exact = [node for node in nodes if text in (node.id, str(node.arn))]
    return exact or [node for node in nodes if text == node.name]


def _entry(estate: Estate, kind: Kind, node: Node) -> Entry:
    own = node.id if isinstance(node, Site | Outsider | Stranger) else identity(node)
    fact = first_fact(node)
    return Entry(fact, kind.name, kind.says(estate, node), kind.plausibility, own, kind.why)


def _as_said(entry: Entry, declared: DeclaredEntry | None) -> Entry:
    """An entry as plausible as somebody says that it is."""
    if declared is None:
        return entry
    said = entry.plausibility if declared.plausibility is None else declared.plausibility
    return replace(entry, plausibility=said, why=declared.why or entry.why)


# ------------------------------------------------------------------------------------ the kinds

NET = "internet"
_INTERNET = Entry(Fact(Holds.AT, INTERNET), NET, "the internet", 1.0, INTERNET, "Anybody is there.")
_PLACES = (AccessKey, ClientVpn, Federation, Outsider, Role, Service, Site, User)
PIPELINES = (
    "token.actions.githubusercontent.com",
    "gitlab",
    "app.terraform.io",
    "agent.buildkite.com",
    "oidc.circleci.com",
    "bitbucket.org",
    "vstoken.dev.azure.com",
)
"""Parts of the hosts that give tokens to builds and deployments."""


def _of(*kinds: type[Node]) -> Callable[[Estate], Iterable[Node]]:
    def find(estate: Estate) -> Iterator[Node]:
        return (node for kind in kinds for node in estate.index.of(kind))

    return find


def _people(estate: Estate) -> Iterator[Node]:
    return (user for user in estate.index.of(User) if user.signs_in.possible)


def _providers(estate: Estate) -> Iterator[Node]:
    return (each for each in estate.index.of(Federation) if each.kind == "saml")


def _pipelines(estate: Estate) -> Iterator[Node]:
    for each in estate.index.of(Federation):
        if isinstance(each.host, str) and any(name in each.host for name in PIPELINES):
            yield each


def _holders(estate: Estate) -> Iterator[Node]:
    """The users of access keys, each once."""
    users = (key.user for key in estate.index.of(AccessKey) if isinstance(key.user, str))
    return iter(estate.index.many(dict.fromkeys(users), User))


def _nobody(_estate: Estate) -> Iterable[Node]:
    return ()


def _lan(_estate: Estate, node: Node) -> str:
    country = f" ({node.country})" if isinstance(node, Site) else ""
    return f"the {node.name} LAN{country}"


def _name(_estate: Estate, node: Node) -> str:
    return node.name


def _token(_estate: Estate, node: Node) -> str:
    return f"a stolen token of {issuer(node) if isinstance(node, Federation) else node.name}"


def _telling(words: str) -> Callable[[Estate, Node], str]:
    return lambda _estate, node: words.format(node.name)


def _taken(estate: Estate, node: Node) -> str:
    return f"the compromised {called(estate, node.id)}"


_ROWS = (
    Kind(NET, True, 1.0, _INTERNET.why, _nobody, _name),
    Kind(
        "site",
        True,
        0.3,
        "A laptop of somebody there is lost or infected, or a stranger plugs in.",
        _of(Site),
        _lan,
    ),
    Kind(
        "client vpn",
        True,
        0.2,
        "A laptop that may connect is lost or infected, or its login is phished.",
        _of(ClientVpn),
        _telling("a lost laptop with the Client VPN {}"),
    ),
    Kind(
        "outside account",
        True,
        1.0,
        "Whoever rules the other account; how plausible that is counts with the step.",
        _of(Outsider),
        _name,
    ),
    Kind(
        "any account",
        True,
        1.0,
        "Anybody can open an AWS account.",
        _of(Stranger),
        _telling("any AWS account"),
    ),
    Kind(
        "employee",
        True,
        0.2,
        "Passwords are phished and reused.",
        _people,
        _telling("the stolen sign-in of {}"),
    ),
    Kind(
        "directory",
        False,
        0.2,
        "A sign-in of the company's directory is phished.",
        _providers,
        _telling("a stolen sign-in of {}"),
    ),
    Kind(
        "pipeline",
        False,
        0.1,
        "A build runs code of others, and whoever gets in there gets its token.",
        _pipelines,
        _token,
    ),
    Kind(
        "stolen key",
        False,
        0.2,
        "Long-lived keys lie in files, logs and repositories.",
        _holders,
        _telling("a stolen access key of {}"),
    ),
    Kind(
        "contractor",
        False,
        0.2,
        "Their machines and their other customers are beyond what one sees.",
        _nobody,
        _telling("the contractor {}"),
    ),
    Kind(
        "workload",
        False,
        0.1,
        "Its code or something that it is made of has a flaw.",
        _of(*RUNNERS),
        _taken,
    ),
)
KINDS = {kind.name: kind for kind in _ROWS}
"""Kinds of place by name, in the order in which paths are told of them."""
