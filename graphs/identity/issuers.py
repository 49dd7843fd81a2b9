"""Who issues web identity tokens, and which claims a stranger can have signed.

An issuer that serves everybody (a public one) signs tokens for an attacker's own repository,
project or account too. What such a token can say is the form below; names that somebody already
owns cannot be had, so a form demands the letter that stands for a free name.

GitHub Docs, "OpenID Connect reference"; GitLab Docs, "OpenID Connect in AWS"; HCP Terraform,
"Workload identity tokens"; IAM User Guide, "Available keys for AWS OIDC federation".
"""

from collections.abc import Mapping

from graphs.identity.glob import FRESH
from graphs.identity.keys import Chosen, Given
from graphs.nodes import Federation, NodeIndex
from graphs.unknown import Cause, Template, Text, Unknown, unknowns_in

_OWN = f"[^/:]*{FRESH}[^/:]*"
_OWN_NAME = Chosen(f"*{FRESH}*", optional=False, form=_OWN)
_OWN_PATH = Chosen(f"*{FRESH}*/*", optional=False, form=f"{_OWN}/.*")
_ANY = Chosen("*", optional=False)


def _own(start: str, end: str) -> Chosen:
    """A subject such as `repo:owner/name:...` whose owner is the attacker."""
    return Chosen(f"{start}*{FRESH}*{end}*", optional=False, form=f"{start}{_OWN}{end}.*")


_CLAIMS: Mapping[str, Mapping[str, Chosen]] = {
    "token.actions.githubusercontent.com": {
        "aud": _ANY,
        "sub": _own("repo:", "/"),
        "repository": _OWN_PATH,
        "repository_owner": _OWN_NAME,
        "repository_id": _OWN_NAME,
        "repository_owner_id": _OWN_NAME,
        "actor": _OWN_NAME,
        "actor_id": _OWN_NAME,
        "enterprise_id": _OWN_NAME,
        # Anybody may call a public reusable workflow of somebody else's.
        "job_workflow_ref": _ANY,
        "ref": _ANY,
        "workflow": _ANY,
        "environment": Chosen(),
    },
    "gitlab.com": {"aud": _ANY, "sub": _own("project_path:", "/")},
    "app.terraform.io": {"aud": _ANY, "sub": _own("organization:", ":")},
    "agent.buildkite.com": {"aud": _ANY, "sub": _own("organization:", ":")},
    "accounts.google.com": {"aud": _OWN_NAME, "sub": _OWN_NAME, "oaud": _OWN_NAME},
    "www.amazon.com": {"app_id": _OWN_NAME, "user_id": _OWN_NAME},
    "graph.facebook.com": {"app_id": _OWN_NAME, "id": _OWN_NAME},
    "cognito-identity.amazonaws.com": {
        "aud": Chosen(f"*:{FRESH}", optional=False),
        "sub": Chosen(f"*:{FRESH}", optional=False),
        "amr": _ANY,
    },
}


def issuer(host: str) -> Given:
    """The claims of any of an issuer's tokens: all chosen, by whoever it serves."""
    return {f"{host}:{claim}": _ANY for claim in ("aud", "sub", "amr", "azp")}


def tokens(host: str) -> tuple[Given, ...]:
    """The kinds of token that a stranger can get from an issuer; none from a private one."""
    claims = _CLAIMS.get(host)
    if claims is None:
        return ()
    own: Given = {f"{host}:{claim}": value for claim, value in claims.items()}
    if host != "cognito-identity.amazonaws.com":
        return (own,)
    # Or a guest of the pool that the role names, should that pool admit guests.
    why = Unknown(Cause.MODEL, "whether the identity pool admits guests")
    return (own, {f"{host}:aud": why, f"{host}:sub": why, f"{host}:amr": "unauthenticated"})


def host_of(index: NodeIndex, provider: Text) -> "str | Unknown":
    """The issuer behind a Federated principal: a provider's ARN, or a built-in name."""
    for node in index.of(Federation):
        if node.arn != "" and node.arn == provider:
            return node.host
    said = provider.parts[-1] if isinstance(provider, Template) else provider
    if isinstance(said, Unknown):
        return said
    if isinstance(provider, Template) and "oidc-provider/" not in said:
        return min(unknowns_in(provider), key=str)
    return said.rpartition("oidc-provider/")[2]
