"""What the addresses in integrations and origins lead to: functions and load balancers."""

import re

from graphs.build import read
from graphs.build.draft import Draft
from graphs.resource import Resource
from graphs.unknown import unknowns_in

LAMBDA = "aws_lambda_function"
BALANCERS = ("aws_lb", "aws_alb", "aws_elb")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")

_ARN_WITHIN = re.compile(r"functions/(arn:[^/]+)/invocations|^(arn:[^:]*:lambda:[^/]+)$")


def function_in(draft: Draft, holder: Resource, value: object) -> str | None:
    """The function that an integration's address names, by its ARN or what is computed of it."""
    told = draft.settle(value)
    if isinstance(told, str):
        match = _ARN_WITHIN.search(told)
        told = (match[1] or match[2]) if match else None
        found = draft.ref(holder, told, LAMBDA)
        return found if isinstance(found, str) else None
    for hole in sorted(unknowns_in(value) | unknowns_in(told), key=str):
        found = draft.ref(holder, hole, LAMBDA)
        if isinstance(found, str):
            return found
    return _mentioned(draft, told, LAMBDA)


def balancer_in(draft: Draft, holder: Resource, value: object) -> str | None:
    """The balancer that an address names: by its ARN, one of its listeners', or its DNS name."""
    found = draft.ref(holder, value, *LISTENERS)
    if isinstance(found, str):
        found = draft.ref_at(draft.by_id[found], "load_balancer_arn", *BALANCERS)
    if isinstance(found, str):
        return found
    told = draft.settle(value)
    if not isinstance(told, str):
        return _mentioned(draft, told, *BALANCERS)
    for balancer in draft.all(*BALANCERS):
        name = read.raw(balancer, "dns_name")
        if isinstance(name, str) and name and name.lower() in told.lower():
            return balancer.id
    return None


def _mentioned(draft: Draft, told: object, *types: str) -> str | None:
    """The resource of a type from which a text with holes is computed."""
    names = sorted({r.address for hole in unknowns_in(told) for r in hole.refers})
    return next((n for n in names if n in draft.by_id and draft.by_id[n].type in types), None)
