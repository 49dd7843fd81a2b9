"""Who issues web identity tokens, and which claims a stranger can have signed.

An issuer that serves everybody (a public one) signs tokens for an attacker's own repository,
project or account too. What such a token can say is the form below; names that somebody already
owns cannot be had, so a form demands the letter that stands for a free name.

An issuer of a tenant's own signs for that tenant alone, so that no claim has to be pinned to keep
strangers out. Whom any other issuer serves is not known here.

GitHub Docs, "OpenID Connect reference" (a subject may have `owner@id/name@id`) and "Customizing the
issuer value for an enterprise"; GitLab Docs, "OpenID Connect (OIDC) authentication using ID
tokens"; HCP Terraform, "Workload identity"; Buildkite Docs, "OIDC with AWS"; Vercel Docs, "OIDC
Federation Reference" (the issuer is the team's, or one for all); Bitbucket Cloud, "Deploy on AWS
using Bitbucket Pipelines OpenID Connect" (the issuer is the workspace's); CircleCI Docs, "Using
OpenID Connect tokens in jobs" (the organisation's); AWS blog, "How to federate into AWS from Azure
DevOps using OpenID Connect" (the organisation's); Amazon EKS User Guide, "IAM roles for service
accounts" (the cluster's); IAM User Guide, "Available keys for AWS OIDC federation".
"""

import re
from collections.abc import Mapping

from graphs.identity.glob import FRESH
from graphs.identity.keys import Chosen, Given
from graphs.nodes import Federation, NodeIndex
from graphs.unknown import Cause, Template, Text, Unknown, unknowns_in

_NAME = f"[^/:@]*{FRESH}[^/:@]*"
_OWN = f"{_NAME}(@{_NAME})?"
_OWN_NAME = Chosen(f"*{FRESH}*", optional=False, form=_OWN)
_OWN_PATH = Chosen(f"*{FRESH}*/*", optional=False, form=f"{_OWN}/.*")
_ANY = Chosen("*", optional=False)


_STRANGER = {"aud": _ANY, "sub": Chosen(f"*{FRESH}*", optional=False, form=f"{FRESH}+")}
"""A subject that no policy would name but by a wildcard alone."""


def _own(start: str, end: str) -> Chosen:
    """A subject such as `repo:owner/name:...` whose owner is the attacker."""
    return Chosen(f"{start}*{FRESH}*{end}*", optional=False, form=f"{start}{_OWN}{end}.*")


_GITLAB = {"aud": _ANY, "sub": _own("project_path:", "/")}

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
    "gitlab.com": _GITLAB,
    "app.terraform.io": {"aud": _ANY, "sub": _own("organization:", ":")},
    "agent.buildkite.com": {"aud": _ANY, "sub": _own("organization:", ":")},
    "oidc.vercel.com": {
        # Asked for another audience, Vercel signs as the team's own issuer.
        "aud": Chosen(f"https://vercel.com/*{FRESH}*", False, form=f"https://vercel[.]com/{_OWN}"),
        "sub": _own("owner:", ":"),
    },
    "accounts.google.com": {"aud": _OWN_NAME, "sub": _OWN_NAME, "oaud": _OWN_NAME},
    "www.amazon.com": {"app_id": _OWN_NAME, "user_id": _OWN_NAME},
    "graph.facebook.com": {"app_id": _OWN_NAME, "id": _OWN_NAME},
}


_TENANTS = re.compile(
    r"api\.bitbucket\.org/2\.0/workspaces/[^/]+/pipelines-config/identity/oidc"
    r"|oidc\.circleci\.com/org/[^/]+"
    r"|vstoken\.dev\.azure\.com/[^/]+"
    r"|oidc\.vercel\.com/[^/]+"
    r"|token\.actions\.githubusercontent\.com/[^/]+"
    r"|oidc[.-]eks\..+/id/[^/]+"
    r"|sts\.windows\.net/[^/]+"
    r"|login\.microsoftonline\.com/(?!common|organizations|consumers)[^/]+(/v2\.0)?"
)
"""Issuers that each serve one tenant, by the form of their address."""


def of_one_tenant(provider: Text) -> bool:
    """Whether a provider's ARN names an issuer that serves a single tenant, whichever that is.

    >>> of_one_tenant("arn:aws:iam::111111111111:oidc-provider/oidc.circleci.com/org/b4c6")
    True
    """
    return bool(_TENANTS.fullmatch(str(provider).rpartition("oidc-provider/")[2].rstrip("/")))


def whom_it_serves(host: str) -> Unknown | None:
    """What is not known of an issuer that is in no table; None of those that are."""
    return None if host in _CLAIMS else Unknown(Cause.MODEL, f"who can have an account at {host}")


def issuer(host: str) -> Given:
    """The claims of any of an issuer's tokens: all chosen, by whoever it serves."""
    return {f"{host}:{claim}": _ANY for claim in ("aud", "sub", "amr", "azp")}


def token(host: str) -> Given:
    """The kind of token that a stranger can get from an issuer, should it serve strangers."""
    claims = _CLAIMS.get(host) or (_GITLAB if "gitlab" in host else _STRANGER)
    return {f"{host}:{claim}": value for claim, value in claims.items()}


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
