"""Small estates drawn at random: machines, roles, users, a password, buckets, in every combination.

As the Resources that a sweep would have read, so that an estate takes milliseconds to build.
"""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

from graphs.build import build_estate
from graphs.build.declared import Declared, DeclaredOutsider, DeclaredSite
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import Place

ACCOUNT, OTHER = "111111111111", "222222222222"
MACHINES, ROLES, BUCKETS = range(3), range(3), ("customer-data", "payment-data", "assets")
DECLARED = Declared(
    sites=(DeclaredSite("office", "NL", ("172.16.0.0/16",), ()),),
    outsiders=(DeclaredOutsider(OTHER, "Tidewater"),),
)


@dataclass(frozen=True)
class Machine:
    """Who may send to it (the world, a machine of another number), its role, what its text says."""

    ports: tuple[int, ...]
    sources: tuple[object, ...]
    role: int | None
    reveals: bool


@dataclass(frozen=True)
class Carrier:
    """A role or user: what it may do, as words; a role also: whom it trusts beside EC2."""

    powers: frozenset[str]
    trusts: frozenset[object]


powers = st.frozensets(
    st.sampled_from(
        (
            "*",
            "password",
            "reset",
            "copy",
            "admit",
            *(f"open {name}" for name in BUCKETS),
            "function",
            *(f"read {name}" for name in BUCKETS),
            *(f"assume {n}" for n in ROLES),
            *(f"rewrite {n}" for n in ROLES),
            *(f"empower {n}" for n in ROLES),
            *(f"command {n}" for n in MACHINES),
        )
    ),
    min_size=1,
    max_size=4,
)
sources = st.lists(st.sampled_from(("world", *MACHINES)), min_size=1, max_size=2, unique=True).map(
    tuple
)
machines = st.builds(
    Machine,
    st.sampled_from(((443,), (22,), (443, 22))),
    sources,
    st.sampled_from((*ROLES, None)),
    st.booleans(),
)
roles = st.builds(Carrier, powers, st.frozensets(st.sampled_from((*ROLES, OTHER)), max_size=1))


@st.composite
def estates(draw):
    """An estate with its network, up to three machines, three roles, a user, a database."""
    found = [
        *_network(),
        *_data(draw(st.frozensets(st.sampled_from(BUCKETS), min_size=1)), draw(sources)),
    ]
    for number, machine in enumerate(draw(st.lists(machines, min_size=2, max_size=len(MACHINES)))):
        found += _machine(number, machine)
    for number, role in enumerate(draw(st.lists(roles, min_size=3, max_size=3))):
        found += _role(number, role)
    found += _user(draw(powers))
    return build_estate(found, DECLARED)


def _made(kind, called, **values):
    """A resource with places, since only what stands somewhere can be changed."""
    place = Place("main.tf", 1)
    origin = Origin(Source.TERRAFORM, place)
    scope = Scope("aws", ACCOUNT, "eu-west-1")
    return Resource(Address("", kind, called), kind, {"id": called, **values}, scope, origin)


def _network():
    yield _made("aws_vpc", "vpc", cidr_block="10.0.0.0/16")
    yield _made("aws_internet_gateway", "igw", vpc_id="vpc")
    route = {"cidr_block": "0.0.0.0/0", "gateway_id": "igw"}
    yield _made("aws_route_table", "rt", vpc_id="vpc", route=(route,))
    yield _made("aws_subnet", "subnet", vpc_id="vpc", cidr_block="10.0.1.0/24")
    yield _made("aws_route_table_association", "a", subnet_id="subnet", route_table_id="rt")


def _group(name, ports, sources):
    rules = tuple(
        {"protocol": "tcp", "from_port": port, "to_port": port, **_from(source)}
        for port in ports
        for source in sources
    )
    out = ({"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ("0.0.0.0/0",)},)
    return _made("aws_security_group", name, vpc_id="vpc", ingress=rules, egress=out)


def _from(source):
    if source == "world":
        return {"cidr_blocks": ("0.0.0.0/0",)}
    return {"cidr_blocks": (f"10.0.1.{10 + source}/32",)}


def _machine(number, machine):
    yield _group(f"sg-{number}", machine.ports, machine.sources)
    text = "export PGPASSWORD=hunter22hunter22" if machine.reveals else ""
    yield _made(
        "aws_instance",
        f"i-{number}",
        ami="ami-1",
        subnet_id="subnet",
        private_ip=f"10.0.1.{10 + number}",
        associate_public_ip_address=True,
        vpc_security_group_ids=(f"sg-{number}",),
        iam_instance_profile=None if machine.role is None else f"profile-{machine.role}",
        user_data=text,
    )


def _data(named, senders):
    for name in named:
        arn = f"arn:aws:s3:::{name}"
        yield _made("aws_s3_bucket", name, bucket=name, arn=arn)
        closed = dict.fromkeys(
            (
                "block_public_acls",
                "block_public_policy",
                "ignore_public_acls",
                "restrict_public_buckets",
            ),
            True,
        )
        yield _made("aws_s3_bucket_public_access_block", name, bucket=name, **closed)
    yield _group("sg-db", (5432,), senders)
    yield _made("aws_db_subnet_group", "dbs", name="dbs", subnet_ids=("subnet",))
    yield _made(
        "aws_db_instance",
        "db",
        identifier="patients",
        engine="postgres",
        port=5432,
        password="hunter22hunter22",
        db_subnet_group_name="dbs",
        vpc_security_group_ids=("sg-db",),
        publicly_accessible=True,
    )
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
    yield _made("aws_secretsmanager_secret", "secret", name="db", arn=arn)
    yield _made(
        "aws_secretsmanager_secret_version",
        "secret",
        secret_id="secret",
        secret_string="hunter22hunter22",
    )


def role_arn(number):
    """The ARN of a role."""
    return f"arn:aws:iam::{ACCOUNT}:role/role-{number}"


def _role(number, role):
    name = f"role-{number}"
    trusted = [role_arn(n) if n != OTHER else f"arn:aws:iam::{OTHER}:root" for n in role.trusts]
    who = [
        {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
        *({"AWS": a} for a in trusted),
    ]
    trust = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": p} for p in who]
    yield _made(
        "aws_iam_role", name, name=name, arn=role_arn(number), assume_role_policy=_said(trust)
    )
    yield _made(
        "aws_iam_instance_profile", f"profile-{number}", name=f"profile-{number}", role=name
    )
    for at, power in enumerate(sorted(role.powers)):
        yield _made(
            "aws_iam_role_policy",
            f"{name}-{at}",
            name=f"p{at}",
            role=name,
            policy=_said([_allows(power)]),
        )


def _user(allowed):
    arn = f"arn:aws:iam::{ACCOUNT}:user/ann"
    yield _made("aws_iam_user", "ann", name="ann", arn=arn)
    yield _made("aws_iam_user_login_profile", "ann", user="ann")
    for at, power in enumerate(sorted(allowed)):
        yield _made(
            "aws_iam_user_policy",
            f"ann-{at}",
            name=f"p{at}",
            user="ann",
            policy=_said([_allows(power)]),
        )


def _allows(power):
    word, _, what = power.partition(" ")
    actions, on = {
        "*": ("*", "*"),
        "password": ("secretsmanager:GetSecretValue", "*"),
        "function": (("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"), "*"),
        "read": (
            ("s3:GetObject", "s3:ListBucket"),
            (f"arn:aws:s3:::{what}", f"arn:aws:s3:::{what}/*"),
        ),
        "open": ("s3:PutBucketPolicy", f"arn:aws:s3:::{what}"),
        "admit": ("ec2:AuthorizeSecurityGroupIngress", "*"),
        "reset": ("rds:ModifyDBInstance", "*"),
        "copy": (("rds:CreateDBSnapshot", "rds:ModifyDBSnapshotAttribute"), "*"),
        "assume": ("sts:AssumeRole", role_arn(what)),
        "rewrite": ("iam:UpdateAssumeRolePolicy", role_arn(what)),
        "empower": ("iam:PutRolePolicy", role_arn(what)),
        "command": ("ec2-instance-connect:SendSSHPublicKey", f"arn:aws:ec2:*:*:instance/i-{what}"),
    }[word]
    return {"Effect": "Allow", "Action": actions, "Resource": on}


def _said(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
