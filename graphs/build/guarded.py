"""What is known by its own policy: queues, topics, registries and their like."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.build import naming, policies, read
from graphs.build.draft import Draft
from graphs.nodes import Guarded, PolicyText
from graphs.resource import Resource
from graphs.unknown import Text, Unknown, text


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a type of resource carries its policy.

    `apart` are the types that bring the policy from outside, each with the attributes that name
    the resource and hold the policy. `arn` is its form where `draft.arn` does not know it.
    """

    service: str
    attribute: str = "policy"
    apart: tuple[tuple[str, str, str], ...] = ()
    arn: str = ""


_KINDS = {
    "aws_cloudwatch_event_bus": _Kind(
        "events",
        apart=(("aws_cloudwatch_event_bus_policy", "event_bus_name", "policy"),),
        arn="arn:aws:events:{region}:{account}:event-bus/{name}",
    ),
    "aws_glue_resource_policy": _Kind("glue", arn="arn:aws:glue:{region}:{account}:catalog"),
    "aws_s3_access_point": _Kind(
        "s3",
        apart=(("aws_s3control_access_point_policy", "access_point_arn", "policy"),),
        arn="arn:aws:s3:{region}:{account}:accesspoint/{name}",
    ),
}


def lower(draft: Draft) -> None:
    """Make them; what another module made already is left as it is."""
    for kind, how in _KINDS.items():
        for resource in draft.all(kind):
            if resource.id not in draft.nodes:
                draft.add(_guarded(draft, resource, how))


def _guarded(draft: Draft, resource: Resource, how: _Kind) -> Guarded:
    return Guarded(
        source=resource,
        id=resource.id,
        arn=_arn(draft, resource, how.arn) if how.arn else draft.arn(resource),
        service=how.service,
        policies=tuple(_policies(draft, resource, how)),
        behind=draft.ref_at(resource, "bucket", "aws_s3_bucket"),
    )


def _policies(draft: Draft, resource: Resource, how: _Kind) -> Iterator[PolicyText]:
    own = policies.policy_at(draft, resource, how.attribute, "policy")
    if own is not None:
        yield own
    for kind, names, holds in how.apart:
        for link in draft.satellites(kind, names, resource.type).get(resource.id, ()):
            apart = policies.policy_at(draft, link, holds, "policy")
            if apart is not None:
                yield apart


def _arn(draft: Draft, resource: Resource, form: str) -> Text:
    """The ARN that a live account tells, else as the Service Authorization Reference forms it."""
    said = read.raw(resource, "arn")
    if isinstance(said, str) and said.startswith(form.partition("{")[0]):
        return said
    parts: list[str | Unknown | object] = []
    for piece in form.split("{"):
        name, brace, rest = piece.partition("}")
        parts += [_part(draft, resource, name), rest] if brace else [piece]
    return text(parts)


def _part(draft: Draft, resource: Resource, name: str) -> object:
    if name in ("account", "region"):
        return getattr(resource.scope, name)
    return draft.settle(naming.computed(resource, name))
