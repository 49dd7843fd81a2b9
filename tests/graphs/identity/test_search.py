"""The search for an allowed object against brute force over all objects of a small bucket."""

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.evidence import Proof
from graphs.identity.evaluate import Permissions
from graphs.identity.glob import matches
from graphs.nodes import NodeIndex, PolicyText, Role
from graphs.resource import Address, Origin, Resource, Scope, Source

STEM = "arn:aws:s3:::b/"
OBJECTS = ["".join(w) for n in range(6) for w in product("abc", repeat=n)]
keys = st.text("ab*?", max_size=3)
statements = st.builds(
    lambda effect, element, key: {"Effect": effect, "Action": "s3:GetObject", element: STEM + key},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Resource", "Resource", "NotResource"]),
    keys,
)
policies = st.lists(statements, max_size=4)


def role(identity, boundary):
    def text(written):
        document = {"Version": "2012-10-17", "Statement": written}
        return PolicyText(json.dumps(document), Proof("p"))

    scope = Scope("aws", "111111111111", "eu-west-1")
    address = Address("", "aws_iam_role", "app")
    return Role(
        source=Resource(address, "aws_iam_role", {}, scope, Origin(Source.TERRAFORM)),
        id="app",
        arn="arn:aws:iam::111111111111:role/app",
        trust=text([]),
        policies=(text(identity),),
        boundary=None if boundary is None else text(boundary),
    )


def about(statement, key):
    if "Resource" in statement:
        return matches(statement["Resource"], STEM + key).certain
    return not matches(statement["NotResource"], STEM + key).certain


def allowed(policy, key):
    return any(s["Effect"] == "Allow" and about(s, key) for s in policy)


def denied(policy, key):
    return any(s["Effect"] == "Deny" and about(s, key) for s in policy)


def by_definition(identity, boundary, key):
    if denied(identity, key) or denied(boundary or [], key):
        return False
    return allowed(identity, key) and (boundary is None or allowed(boundary, key))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(policies, st.none() | policies, keys)
def test_some_object_is_allowed(identity, boundary, asked):
    permissions = Permissions(NodeIndex((role(identity, boundary),)))
    found = permissions.can("app", "s3:GetObject", STEM + asked)
    objects = [key for key in OBJECTS if matches(STEM + asked, STEM + key).certain]
    truth = any(by_definition(identity, boundary, key) for key in objects)
    assert (found.verdict == "allow") == truth, (identity, boundary, asked)
