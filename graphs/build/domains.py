"""Search domains: within a VPC, or at an address of their own on the internet; gated by a policy.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
"""

from graphs.build import classes, interfaces, policies, read, stores
from graphs.build.declared import DataRule
from graphs.build.draft import Draft
from graphs.nodes import Database, Door, Exposure, PolicyText
from graphs.resource import Resource
from graphs.unknown import NO, Answer, answer

# A domain, and the type that adds a policy to it.
DOMAINS = {
    "aws_opensearch_domain": "aws_opensearch_domain_policy",
    "aws_elasticsearch_domain": "aws_elasticsearch_domain_policy",
}
HTTPS, HTTP = 443, 80
SNAPSHOT_DAYS = 14
"""Hourly snapshots are kept that long, without being asked for."""


def lower(draft: Draft, rules: tuple[DataRule, ...]) -> None:
    """Make the domains."""
    for kind, link in DOMAINS.items():
        for resource in draft.all(kind):
            draft.add(_domain(draft, resource, link, rules))


def _domain(draft: Draft, resource: Resource, link: str, rules: tuple[DataRule, ...]) -> Database:
    kinds, reason = classes.classify(resource, (read.raw(resource, "domain_name"),), rules)
    rest = read.first(resource, "encrypt_at_rest")
    doors, own = _doors(draft, resource), _policies(draft, resource, link)
    return Database(
        source=resource,
        id=resource.id,
        arn=draft.arn(resource),
        interfaces=interfaces.in_subnets(
            draft,
            resource,
            read.first(resource, "vpc_options"),
            "subnet_ids",
            "security_group_ids",
            "vpc_options[0]",
        ),
        doors=doors,
        classes=kinds,
        class_reason=reason,
        encrypted=answer(read.boolean(rest, "enabled", default=False)),
        key=stores.key_named(draft, resource, rest.get("kms_key_id")),
        kind="search domain",
        engine="opensearch",
        port=HTTPS,
        more_ports=() if _only_https(resource) else (HTTP,),
        public=Exposure(doors[0].open if doors else NO, draft.proof(resource, "vpc_options")),
        iam_login=NO,
        guarded=_guarded(resource),
        signed=True,
        policies=own,
        backup_days=SNAPSHOT_DAYS,
        spread=_spread(resource),
        locked=None,
    )


def _doors(draft: Draft, resource: Resource) -> tuple[Door, ...]:
    """Without a place in a VPC it answers the internet."""
    inside = read.has(resource, "vpc_options")
    if inside.certain:
        return ()
    ports = (HTTPS,) if _only_https(resource) else (HTTPS, HTTP)
    proof = draft.proof(resource, "vpc_options")
    return tuple(Door((port, port), ~inside, proof) for port in ports)


def _only_https(resource: Resource) -> bool:
    """Whether it refuses plain HTTP, which the provider asks for by default."""
    block = read.first(resource, "domain_endpoint_options")
    return read.boolean(block, "enforce_https", default=True) is True


def _guarded(resource: Resource) -> Answer:
    """Fine-grained access control asks for a user of its own; without it the policy decides."""
    block = read.first(resource, "advanced_security_options")
    return answer(read.boolean(block, "enabled", default=False)) & ~answer(
        read.boolean(block, "anonymous_auth_enabled", default=False)
    )


def _policies(draft: Draft, resource: Resource, link: str) -> tuple[PolicyText, ...]:
    links = draft.satellites(link, "domain_name", resource.type).get(resource.id, [])
    found = [policies.policy_at(draft, r, "access_policies", "access policy") for r in links]
    own = policies.policy_at(draft, resource, "access_policies", "access policy")
    return tuple(p for p in (own, *found) if p)


def _spread(resource: Resource) -> Answer:
    said = read.boolean(
        read.first(resource, "cluster_config"), "zone_awareness_enabled", default=False
    )
    return answer(said)
