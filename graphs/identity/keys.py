"""Condition keys of a request: which are known, absent, chosen by the caller, or unknown.

IAM User Guide, "AWS global condition context keys"; the keys of single services are in the
Service Authorization Reference. What is not in the tables here is unknown, and says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphs.identity.actors import OUTSIDE, Actor, Kind, name_in
from graphs.identity.conditions import KeyValue
from graphs.identity.glob import FRESH
from graphs.identity.managed import as_of
from graphs.nodes import Function, Node, User
from graphs.unknown import Cause, Template, Text, Unknown, text, unknowns_in


@dataclass(frozen=True, slots=True)
class Chosen:
    """The caller decides, within a shape. `optional`: they may also leave the key out.

    `form` is a regular expression that narrows the shape. `addresses` marks a source address on
    the internet: nobody can pick one inside a narrow range that is not theirs.
    """

    shape: Text = "*"
    optional: bool = True
    addresses: bool = False
    form: str = ""


def arn_in(account: Text) -> Chosen:
    """The ARN of anything in an account."""
    shape = text(("arn:*:*:*:", account, ":*"))
    form = f"arn:[^:]*:[^:]*:[^:]*:{re.escape(account)}:.*" if isinstance(account, str) else ""
    return Chosen(shape, form=form)


Setting: TypeAlias = "KeyValue | Chosen"
Given: TypeAlias = "Mapping[Text, str | Template | tuple[Text, ...] | Unknown | Chosen | None]"

ALWAYS: Mapping[str, KeyValue] = {
    "aws:securetransport": ("true",),
    "aws:viaawsservice": ("false",),
    "aws:principalisawsservice": ("false",),
    "aws:calledvia": None,
    "aws:calledviafirst": None,
    "aws:calledvialast": None,
    "aws:sourcearn": None,
    "aws:sourceaccount": None,
    "aws:sourceowner": None,
    "aws:sourceorgid": None,
    "aws:sourceorgpaths": None,
    "aws:principalservicename": None,
    "aws:principalservicenameslist": None,
    "kms:viaservice": None,
}
"""A request that a principal makes directly and with TLS, not through an AWS service."""

FREE = frozenset(
    (
        "aws:referer",
        "aws:useragent",
        "aws:tagkeys",
        "sts:rolesessionname",
        "sts:externalid",
        "sts:sourceidentity",
        "sts:transitivetagkeys",
        "sts:durationseconds",
        "iam:passedtoservice",
        "iam:associatedresourcearn",
        "iam:awsservicename",
        "iam:policyarn",
        "iam:permissionsboundary",
        "s3:prefix",
        "s3:delimiter",
        "s3:max-keys",
        "s3:versionid",
        "s3:locationconstraint",
        "s3:authtype",
        "s3:signatureversion",
        "s3:tlsversion",
        "kms:encryptionalgorithm",
        "kms:encryptioncontextkeys",
        "kms:grantoperations",
        "kms:granteeprincipal",
        "secretsmanager:versionid",
        "secretsmanager:versionstage",
        "ssm:recursive",
        "lambda:layer",
        "lambda:functionarn",
        "ec2:instancetype",
        "lambda:vpcids",
        "lambda:subnetids",
        "lambda:securitygroupids",
    )
)
FREE_FAMILIES = ("aws:requesttag/", "s3:x-amz-", "s3:requestobjecttag", "kms:encryptioncontext:")
"""Keys that say what the request itself asks for."""

_TAGS_OF_RESOURCE = ("resourcetag/",)
_GLOBAL = frozenset(("iam", "sts", "organizations", "cloudfront", "route53"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as keys need it: action in lower case, and the resource it is about."""

    actor: Actor
    action: str
    arn: Text
    node: Node | None
    account: "str | Unknown"


def setting(key: Text, asked: Asked, given: Given) -> Setting:
    """What a key holds, given what the asker already knows (keys in lower case)."""
    if key in given:
        value = given[key]
        return (value,) if isinstance(value, str | Template) else value
    if not isinstance(key, str):
        return min(unknowns_in(key), key=str)
    if key in ALWAYS:
        return ALWAYS[key]
    if key in FREE or key.startswith(FREE_FAMILIES):
        return Chosen()
    if key == "aws:tokenissuetime" and asked.actor.node is not None:
        return _issued(asked)
    found = _of_principal(key, asked.actor)
    if isinstance(found, _Unset):
        found = _of_network(key, asked.actor)
    if isinstance(found, _Unset):
        found = _of_resource(key, asked)
    return Unknown(Cause.MODEL, f"condition key {key}") if isinstance(found, _Unset) else found


class _Unset:
    """This table does not have the key."""


_UNSET = _Unset()


# ------------------------------------------------------------------------------------ principal


def _of_principal(key: str, actor: Actor) -> "Setting | _Unset":
    if key.startswith("aws:principaltag/"):
        return _principal_tag(key.partition("/")[2], actor)
    if key in ("aws:principalarn", "aws:principalaccount", "kms:calleraccount"):
        if actor.kind is Kind.ANONYMOUS:
            return None
        if key == "aws:principalarn":
            return Chosen(actor.arn, optional=False) if actor.kind in OUTSIDE else (actor.arn,)
        return (actor.account,)
    if key in ("aws:principalorgid", "aws:principalorgpaths"):
        return _organisation(key, actor)
    if key in ("aws:userid", "aws:username", "aws:principaltype"):
        return _identity(key, actor)
    if key in ("aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"):
        if actor.kind is Kind.ANONYMOUS:
            return None
        own = isinstance(actor.node, User) and actor.node.factor
        free = own or actor.kind in OUTSIDE
        return Chosen() if free else Unknown(Cause.MODEL, f"{key} of {actor}")
    return _UNSET


def _issued(asked: Asked) -> KeyValue:
    """When a session began: not before the newest facts here. A user's own key has no such time.

    Whoever has the key may ask for a session as well, which then may not call IAM without a second
    factor; AWS STS API Reference, "GetSessionToken".
    """
    if asked.actor.kind is Kind.ROLE:
        return (as_of(),)
    if asked.action.startswith("iam:"):
        return None
    return Unknown(Cause.MODEL, f"whether {asked.actor} calls with a session")


def _organisation(key: str, actor: Actor) -> Setting:
    if actor.kind is Kind.ANONYMOUS:
        return None
    if actor.kind is Kind.STRANGER:
        # Their account may be in an organisation of their own.
        return Chosen(f"o-{FRESH}" if key.endswith("id") else f"o-{FRESH}/*")
    if actor.organisation is not None and key.endswith("id"):
        return (actor.organisation,)
    return Unknown(Cause.MODEL, f"the organisation of {actor}")


def _identity(key: str, actor: Actor) -> Setting:
    if key == "aws:principaltype":
        types = {Kind.ANONYMOUS: "Anonymous", Kind.ROLE: "AssumedRole", Kind.USER: "User"}
        return (types[actor.kind],) if actor.kind in types else Chosen(optional=False)
    if key == "aws:username":
        if actor.kind is Kind.USER:
            return (name_in(actor.arn),)
        return Chosen() if actor.kind in OUTSIDE - {Kind.ANONYMOUS} else None
    if actor.kind is Kind.ANONYMOUS:
        return ("anonymous",)
    if actor.kind in OUTSIDE:
        return Chosen(f"*{FRESH}:*", optional=False)
    return Unknown(Cause.COMPUTED, f"the unique id of {actor}")


def _principal_tag(name: str, actor: Actor) -> Setting:
    if actor.node is None:
        return None if actor.kind is Kind.ANONYMOUS else Chosen()
    return _tag(name, actor.node)


def _tag(name: str, node: Node) -> KeyValue:
    """A tag's value; tag names in condition keys do not mind case."""
    for attribute in ("tags_all", "tags"):
        tags = node.attribute(attribute)
        if isinstance(tags, Unknown):
            return tags
        if isinstance(tags, Mapping) and tags:
            found = next((v for k, v in tags.items() if str(k).lower() == name), None)
            return None if found is None else (found,)
    return None


# ------------------------------------------------------------------------------------ network


def _of_network(key: str, actor: Actor) -> "Setting | _Unset":
    outside = actor.kind in OUTSIDE
    if key == "aws:sourceip":
        return Chosen(optional=False, addresses=True) if outside else _from_where(key, actor)
    if key not in ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcevpcarn"):
        return _UNSET
    if not outside:
        return _from_where(key, actor)
    if actor.kind is Kind.ANONYMOUS:
        return None
    # From a VPC of their own, with an id that is not ours.
    shapes = {"aws:sourcevpc": f"vpc-{FRESH}", "aws:sourcevpce": f"vpce-{FRESH}"}
    return Chosen(shapes.get(key, "*"))


def _from_where(key: str, actor: Actor) -> Unknown:
    return Unknown(Cause.MODEL, f"{key}: where {actor} calls from")


# ------------------------------------------------------------------------------------ resource


def _of_resource(key: str, asked: Asked) -> "Setting | _Unset":
    name = key.partition(":")[2]
    if name.startswith(_TAGS_OF_RESOURCE):
        return _resource_tag(name.partition("/")[2], asked)
    if key in ("aws:resourceaccount", "s3:resourceaccount"):
        return (asked.account,)
    if key == "secretsmanager:secretid":
        return (asked.arn,)
    if key == "aws:requestedregion":
        return _region(asked)
    if key == "lambda:functionurlauthtype" and isinstance(asked.node, Function):
        return _auth_type(asked.node)
    if key == "lambda:invokedviafunctionurl":
        return Chosen()
    return _UNSET


def _resource_tag(name: str, asked: Asked) -> KeyValue:
    if asked.node is None:
        return Unknown(Cause.MODEL, f"tag {name} of {asked.arn}")
    return _tag(name, asked.node)


def _auth_type(function: Function) -> KeyValue:
    if function.url is None:
        return None
    opened = function.url.open
    if opened.undecided:
        return min(opened.because, key=str, default=Unknown(Cause.MODEL, "authorization type"))
    return ("NONE",) if opened.certain else ("AWS_IAM",)


def _region(asked: Asked) -> Setting:
    service = asked.action.partition(":")[0]
    if service in _GLOBAL:
        return ("us-east-1",)
    if asked.node is not None:
        return (asked.node.scope.region,)
    parts = asked.arn.split(":") if isinstance(asked.arn, str) else []
    return (parts[3],) if len(parts) > 5 and parts[3] not in ("", "*") else Chosen(optional=False)
