"""Permissions against two twins: a direct evaluator of concrete requests, and z3.

The evaluator below knows one request and no algebra: it is the definition, by AWS's rules. z3 is
asked over strings and regular expressions whether any request could do it.
"""

import json
import re

import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphs.evidence import Proof
from graphs.identity.evaluate import ANYONE, Permissions
from graphs.identity.glob import contains
from graphs.nodes import Bucket, Guardrail, NodeIndex, PolicyText, PublicAccessBlock, Role
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import NO

OWN, OTHER = "111111111111", "222222222222"
ROLE, BUCKET = f"arn:aws:iam::{OWN}:role/app", "arn:aws:s3:::b"
TAGS = {"team": "web"}
FEW = settings(max_examples=250, deadline=None, derandomize=True)

# ------------------------------------------------------------------------------------- policies

patterns = st.sampled_from(("*", "a", "b", "a*", "*a", "?", "??", "a?b*", "*b*"))
acts = st.sampled_from(("s3:GetObject", "s3:Get*", "s3:*", "*", "s3:PutObject", "s3:?etObject"))
conditions = st.sampled_from(
    (
        {},
        {},
        {"StringEquals": {"aws:PrincipalTag/team": "web"}},
        {"StringNotEquals": {"aws:PrincipalTag/team": ["web", "pay"]}},
        {"StringLike": {"s3:prefix": ["a*", "b"]}},
        {"StringNotLike": {"s3:prefix": "a*"}},
        {"StringEqualsIfExists": {"s3:prefix": "b"}},
        {"Null": {"s3:prefix": "true"}},
        {"Null": {"aws:PrincipalTag/team": "false"}},
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["x", "y"]}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["x"]}},
        {"NumericLessThan": {"s3:max-keys": "10"}},
    )
)


@st.composite
def statements(draw, principals=None):
    made = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    made[draw(st.sampled_from(("Action", "Action", "NotAction")))] = draw(acts)
    kind = draw(st.sampled_from(("Resource", "Resource", "NotResource")))
    made[kind] = f"{BUCKET}/{draw(patterns)}"
    made["Condition"] = draw(conditions)
    if principals is not None:
        made["Principal"] = draw(principals)
    return made


whom = st.sampled_from(("*", {"AWS": ROLE}, {"AWS": OWN}, {"AWS": OTHER}, {"AWS": f"{ROLE}x"}))
policies = st.lists(statements(), max_size=3)
requests = st.fixed_dictionaries(
    {
        "action": st.sampled_from(("s3:GetObject", "s3:PutObject")),
        "object": st.sampled_from(("a", "b", "ab", "ba", "aab", "acb")),
        "s3:prefix": st.sampled_from((None, "a", "ab", "b", "c")),
        "aws:TagKeys": st.sampled_from((None, (), ("x",), ("x", "z"), ("z",))),
        "s3:max-keys": st.sampled_from((None, "9", "10")),
    }
)

# ------------------------------------------------------------------------------------- one request


def like(pattern, value):
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, value, re.DOTALL) is not None


def listed(value):
    return value if isinstance(value, list) else [value]


def about(statement, name, value, fold=False):
    wanted = statement.get(name, statement.get(f"Not{name}"))
    hit = any(
        like(w.lower() if fold else w, value.lower() if fold else value) for w in listed(wanted)
    )
    return hit if name in statement else not hit


TESTS = {
    "StringEquals": lambda w, v: w == v,
    "StringLike": like,
    "NumericLessThan": lambda w, v: float(v) < float(w),
}


def holds(operator, wanted, values):
    qualifier, _, operator = operator.rpartition(":")
    optional = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if operator == "Null":
        return (wanted[0] == "true") == (not values)
    negated = operator.startswith("StringNot")
    test = TESTS[operator.replace("Not", "")]
    if not values:
        return qualifier == "ForAllValues" or (qualifier == "" and (optional or negated))
    hits = [any(test(w, v) for w in wanted) != negated for v in values]
    return all(hits) if qualifier == "ForAllValues" or (negated and not qualifier) else any(hits)


def meets_request(statement, request):
    keys = {"aws:PrincipalTag/team": (TAGS["team"],)}
    for key in ("s3:prefix", "s3:max-keys"):
        keys[key] = () if request[key] is None else (request[key],)
    keys["aws:TagKeys"] = request["aws:TagKeys"] or ()
    return (
        about(statement, "Action", request["action"], fold=True)
        and about(statement, "Resource", f"{BUCKET}/{request['object']}")
        and all(
            holds(operator, listed(wanted), keys[key])
            for operator, block in statement["Condition"].items()
            for key, wanted in block.items()
        )
    )


def effect(policy, request, word, named=lambda _: True):
    return any(
        s["Effect"] == word and named(s.get("Principal")) and meets_request(s, request)
        for s in policy
    )


def decided(case, request):
    """The verdict for the role, by definition: "?" where AWS does not document one."""
    identity, boundary, resource = case["identity"], case["boundary"], case["resource"]
    session, scp = case["session"], case["scp"]
    layers = [p for p in (identity, boundary, session, scp) if p is not None]
    mine = lambda p: p == "*" or p["AWS"] in (ROLE, OWN)  # noqa: E731
    if any(effect(p, request, "Deny") for p in layers) or effect(resource, request, "Deny", mine):
        return "deny"
    if scp is not None and not effect(scp, request, "Allow"):
        return "deny"
    limits = all(effect(p, request, "Allow") for p in (boundary, session) if p is not None)
    own = effect(identity, request, "Allow") and limits
    if case["apart"]:
        return "allow" if own and effect(resource, request, "Allow", mine) else "deny"
    if own or (limits and effect(resource, request, "Allow", lambda p: p in ("*", {"AWS": ROLE}))):
        return "allow"
    return "?" if effect(resource, request, "Allow", lambda p: p == "*") else "deny"


# ------------------------------------------------------------------------------------- the estate


def node(kind, name, account=OWN, tags=None):
    values = {"tags": tags} if tags else {}
    scope = Scope("aws", account, "eu-west-1")
    return Resource(Address("", kind, name), kind, values, scope, Origin(Source.TERRAFORM))


def document(written):
    body = [{k: v for k, v in s.items() if v != {}} for s in written]
    return PolicyText(json.dumps({"Version": "2012-10-17", "Statement": body}), Proof("p"))


def bucket(policy, account=OWN):
    return Bucket(
        source=node("aws_s3_bucket", "b", account),
        id="b",
        arn=BUCKET,
        bucket="b",
        policies=(document(policy),),
        block=PublicAccessBlock(NO, NO, NO, NO),
        versioned=NO,
        logged=NO,
        encrypted=NO,
    )


def estate(case):
    role = Role(
        source=node("aws_iam_role", "app", tags=TAGS),
        id="app",
        arn=ROLE,
        trust=document([]),
        policies=(document(case["identity"]),),
        boundary=None if case["boundary"] is None else document(case["boundary"]),
    )
    nodes = [role, bucket(case["resource"], OTHER if case["apart"] else OWN)]
    if case["scp"] is not None:
        nodes.append(
            Guardrail(
                source=node("aws_organizations_policy_attachment", "root"),
                id="scp:root",
                kind="scp",
                policies=(document(case["scp"]),),
                accounts=frozenset((OWN,)),
                spared=frozenset(),
                others=NO,
            )
        )
    return Permissions(NodeIndex(tuple(nodes)))


cases = st.fixed_dictionaries(
    {
        "identity": policies,
        "boundary": st.none() | policies,
        "session": st.none() | policies,
        "scp": st.none() | policies,
        "resource": st.lists(statements(whom), max_size=3),
        "apart": st.booleans(),
    }
)


@FEW
@given(cases, st.lists(requests, min_size=1, max_size=4))
def test_the_algebra_decides_as_the_definition_does(case, several):
    permissions = estate(case)
    session = None if case["session"] is None else document(case["session"])
    for request in several:
        context = {k: request[k] for k in ("s3:prefix", "aws:TagKeys", "s3:max-keys")}
        where = f"{BUCKET}/{request['object']}"
        found = permissions.can("app", request["action"], where, context, session)
        wanted = decided(case, request)
        assert found.verdict == ("unknown" if wanted == "?" else wanted), (case, request)


# ------------------------------------------------------------------------------------- z3


def expression(pattern):
    """A glob as a regular expression of z3."""
    parts = [
        z3.Full(z3.ReSort(z3.StringSort()))
        if letter == "*"
        else z3.AllChar(z3.ReSort(z3.StringSort()))
        if letter == "?"
        else z3.Re(letter)
        for letter in pattern
    ]
    return z3.Concat(z3.Re(""), z3.Re(""), *parts)


def satisfiable(*formulas):
    """Whether z3 finds a request; None where it gives up, as it may on regular expressions."""
    solver = z3.Solver()
    solver.set("rlimit", 400_000)
    solver.add(*formulas)
    said = solver.check()
    return None if said == z3.unknown else said == z3.sat


globs = st.text("ab*?", max_size=4)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(globs, globs)
def test_containment_is_what_z3_says(outer, inner):
    word = z3.String("word")
    beyond = z3.Intersect(expression(inner), z3.Complement(expression(outer)))
    some = satisfiable(z3.InRe(word, beyond))
    assume(some is not None)
    assert contains(outer, inner) == (not some)


REFERERS = st.sampled_from(("a*", "*b", "?", "ab", "*"))
public = st.lists(
    st.tuples(
        st.sampled_from(("Allow", "Allow", "Deny")),
        st.sampled_from(("Resource", "Resource", "NotResource")),
        globs,
        st.sampled_from(("*", {"AWS": OTHER})),
        st.none() | st.tuples(st.sampled_from(("StringLike", "StringNotLike")), REFERERS),
    ),
    max_size=4,
)


def formula(statement, key, sent, referer):
    """When a statement meets what an unsigned caller asks for."""
    _, kind, pattern, principal, condition = statement
    if principal != "*":
        return z3.BoolVal(False)
    on = z3.InRe(key, expression(pattern))
    met = on if kind == "Resource" else z3.Not(on)
    if condition is not None:
        like_ = z3.InRe(referer, expression(condition[1]))
        positive = condition[0] == "StringLike"
        met = z3.And(met, z3.And(sent, like_) if positive else z3.Or(z3.Not(sent), z3.Not(like_)))
    return met


@settings(max_examples=120, deadline=None, derandomize=True)
@given(public)
def test_public_is_what_z3_says(written):
    key, referer, sent = z3.String("key"), z3.String("referer"), z3.Bool("sent")
    met = [(s[0], formula(s, key, sent, referer)) for s in written]
    some = satisfiable(
        z3.Or(*(f for word, f in met if word == "Allow")),
        z3.Not(z3.Or(*(f for word, f in met if word == "Deny"))),
    )
    assume(some is not None)
    policy = [
        {
            "Effect": word,
            kind: f"{BUCKET}/{pattern}",
            "Action": "s3:GetObject",
            "Principal": principal,
            "Condition": {} if condition is None else {condition[0]: {"aws:Referer": condition[1]}},
        }
        for word, kind, pattern, principal, condition in written
    ]
    permissions = Permissions(NodeIndex((bucket(policy),)))
    found = permissions.can(ANYONE, "s3:GetObject", permissions.index.by_id["b"])
    assert found.answer.certain == some, policy
    assert not found.answer.undecided
