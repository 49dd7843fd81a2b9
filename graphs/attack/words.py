"""How nodes are called in the sentences of a path."""

from graphs.attack.facts import Fact, Holds
from graphs.estate import Estate
from graphs.network.reach import INTERNET
from graphs.nodes import (
    Balancer,
    Bucket,
    ClientVpn,
    Container,
    Database,
    Federation,
    Front,
    Function,
    Instance,
    Node,
    Outsider,
    Role,
    Secret,
    Site,
    Store,
    Stranger,
    User,
    Workload,
)

NOUNS: dict[type[Node], str] = {
    Balancer: "load balancer",
    Bucket: "bucket",
    ClientVpn: "Client VPN",
    Container: "container service",
    Federation: "identity provider",
    Function: "function",
    Instance: "instance",
    Role: "role",
    User: "user",
}

ISSUERS = {
    "token.actions.githubusercontent.com": "a GitHub repository",
    "gitlab.com": "a GitLab project",
    "app.terraform.io": "an HCP Terraform workspace",
    "agent.buildkite.com": "a Buildkite pipeline",
    "accounts.google.com": "a Google account",
}


def called(estate: Estate, node_id: str) -> str:
    """A node with its noun: `instance tracking`, `role booking-task`."""
    if node_id == INTERNET:
        return "the internet"
    label = str(estate.graph.nodes[node_id]["label"])
    node = estate.index.by_id.get(node_id)
    noun = noun_of(node)
    return f"{noun} {label}" if noun else label


def noun_of(node: Node | None) -> str:
    """The word for a node: its own, where its type has several; "" for what has none."""
    if isinstance(node, Database | Front | Secret | Store | Workload):
        return node.kind
    return next((word for kind, word in NOUNS.items() if isinstance(node, kind)), "")


def sender(estate: Estate, node_id: str) -> str:
    """A node as the subject of a sentence: whoever sends from there."""
    if node_id == INTERNET:
        return "Anyone on the internet"
    node = estate.index.by_id.get(node_id)
    if isinstance(node, Site):
        return f"Anyone on the {node.name} LAN"
    if isinstance(node, Outsider):
        return node.name
    if isinstance(node, Stranger):
        return "Anybody with an AWS account"
    if isinstance(node, ClientVpn):
        return f"Anyone with the Client VPN {node.name}"
    if isinstance(node, Federation):
        return f"Whoever has {'a token' if node.kind == 'oidc' else 'a sign-in'} of {issuer(node)}"
    said = called(estate, node_id)
    return said[0].upper() + said[1:]


def issuer(provider: Federation) -> str:
    """What an identity provider is called: by its host where that is known."""
    return provider.host if isinstance(provider.host, str) and provider.host else provider.name


def holders_of(host: str) -> str:
    """Who can get a token from an identity provider, by its host."""
    return f"Anyone with {ISSUERS.get(host, f'an account at {host}')}"


_HAS = {
    Holds.AT: "is on",
    Holds.CHANGED: "has changed",
    Holds.CONTROLS: "acts as",
    Holds.OPENS: "knows what opens",
    Holds.READS: "reads",
    Holds.RULES: "administers",
}


def has(estate: Estate, fact: Fact) -> str:
    """What an attacker has by a fact, as the rest of a sentence: `acts as the role web`."""
    node = estate.index.by_id.get(fact.node)
    if fact.node == INTERNET or isinstance(node, Site | ClientVpn):
        kind = "LAN" if isinstance(node, Site) else "Client VPN"
        return f"sends from {'the internet' if node is None else f'the {node.name} {kind}'}"
    if isinstance(node, Federation):
        return f"has {'tokens' if node.kind == 'oidc' else 'sign-ins'} of {issuer(node)}"
    what = called(estate, fact.node) if fact.node in estate.graph else fact.node
    if fact.holds is Holds.CHANGED:
        return f"has changed {fact.what} of {'the ' if noun_of(node) else ''}{what}"
    article = "" if fact.holds is Holds.RULES or not noun_of(node) else "the "
    return f"{_HAS[fact.holds]} {article}{what}"
