"""Times all escalations of a large account, from Resources through graphs/build to every answer,
and then who may do what on it.

    python benchmarks/identity.py [--roles 5000] [--statements 20] [--policies 200] [--json]

The account is made here, always the same: roles with a policy of their own and managed ones, of
which few may do anything that matters, as in accounts that people have. Says seconds of the
processor by stage, the most memory that it ever had, and the longest of the questions who-can.
"""

import argparse
import gc
import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from graphs.attack.escalation import standings
from graphs.build import build_estate
from graphs.estate import Estate
from graphs.resource import Address, Origin, Resource, Scope, Source
from scanner import permitting

ACCOUNT, REGION = "111111111111", "eu-west-1"
SCOPE = Scope("aws", ACCOUNT, REGION)
ORIGIN = Origin(Source.AWS, account=ACCOUNT, region=REGION)
SERVICES = ("lambda", "ec2", "ecs-tasks", "glue", "codebuild", "states", "sagemaker")
PLAIN = (
    ("s3:GetObject", "arn:aws:s3:::data-{n}/*"),
    ("s3:ListBucket", "arn:aws:s3:::data-{n}"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:queue-{n}"),
    ("sqs:Receive*", "arn:aws:sqs:eu-west-1:111111111111:queue-{n}"),
    ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111111111111:table/table-{n}"),
    ("dynamodb:*Item", "arn:aws:dynamodb:eu-west-1:111111111111:table/table-{n}"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/{n}"),
    ("logs:PutLogEvents", "*"),
    ("cloudwatch:PutMetricData", "*"),
    (
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s{n}-*",
    ),
    ("sns:Publish", "arn:aws:sns:eu-west-1:111111111111:topic-{n}"),
    ("ec2:Describe*", "*"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111111111111:function:f-{n}"),
    ("ssm:GetParameter*", "arn:aws:ssm:eu-west-1:111111111111:parameter/app-{n}/*"),
)
# From what one role may to what nearly all may, on one thing and on anything.
ASKED = (
    ("iam:PassRole", "arn:aws:iam::111111111111:role/role-7"),
    ("s3:GetObject", "arn:aws:s3:::data-12/report"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/12"),
    ("logs:PutLogEvents", "*"),
    ("iam:CreateUser", "*"),
)
# One role in so many has this as well.
STRONG = (
    (100, ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"), "*"),
    (150, ("iam:PassRole", "ec2:RunInstances"), "*"),
    (90, ("iam:PassRole",), "arn:aws:iam::111111111111:role/role-{n}"),
    (120, ("sts:AssumeRole",), "arn:aws:iam::111111111111:role/role-{n}"),
    (200, ("iam:PutRolePolicy",), "arn:aws:iam::111111111111:role/role-{n}"),
    (300, ("iam:CreatePolicyVersion",), "*"),
    (500, ("*",), "*"),
)


def account(roles: int, statements: int, policies: int) -> Iterator[Resource]:
    """The account as a sweep would have read it."""
    chance = random.Random(7)
    for number in range(policies):
        name = f"shared-{number}"
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
        said = _policy(chance, statements, number % 40 == 0)
        yield _resource("aws_iam_policy", name, name=name, path="/", arn=arn, policy=said)
    for number in range(roles):
        yield from _role(chance, number, roles, statements, policies)


def _role(
    chance: random.Random, number: int, roles: int, statements: int, policies: int
) -> Iterator[Resource]:
    name = f"role-{number}"
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    who: dict[str, object] = {"Service": f"{chance.choice(SERVICES)}.amazonaws.com"}
    if chance.random() < 0.1:
        who = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/role-{chance.randrange(roles)}"}
    elif chance.random() < 0.02:
        who = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who}
    said = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    yield _resource("aws_iam_role", name, name=name, path="/", arn=arn, assume_role_policy=said)
    if "Service" in who and str(who["Service"]).startswith("ec2"):
        profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}"
        yield _resource(
            "aws_iam_instance_profile", name, name=name, path="/", arn=profile, role=name
        )
    own = _policy(chance, statements, strong=True)
    yield _resource("aws_iam_role_policy", name, name="own", role=name, policy=own)
    for each in chance.sample(range(policies), min(policies, 3)):
        yield _resource(
            "aws_iam_role_policy_attachment",
            f"{name}-{each}",
            role=name,
            policy_arn=f"arn:aws:iam::{ACCOUNT}:policy/shared-{each}",
        )


def _policy(chance: random.Random, statements: int, strong: bool) -> str:
    said = []
    for action, on in chance.choices(PLAIN, k=statements):
        named = on.format(n=chance.randrange(2000))
        said.append({"Effect": "Allow", "Action": [action], "Resource": named})
    for one_in, actions, on in STRONG if strong else ():
        if chance.randrange(one_in) == 0:
            named = on.format(n=chance.randrange(1000))
            said[0] = {"Effect": "Allow", "Action": list(actions), "Resource": named}
    return json.dumps({"Version": "2012-10-17", "Statement": said})


def _resource(kind: str, called: str, **values: object) -> Resource:
    return Resource(Address("", kind, called), kind, values, SCOPE, ORIGIN)  # type: ignore[arg-type]


def measure(roles: int, statements: int, policies: int) -> dict[str, object]:
    """Seconds by stage, and what was found."""
    gc.set_threshold(200_000, 50, 100)  # as every command that reads an estate has it
    resources = tuple(account(roles, statements, policies))
    begun = time.process_time()
    estate = build_estate(resources)
    built = time.process_time()
    found = list(standings(estate))
    done = time.process_time()
    most = max(_who_can(estate, action, on) for action, on in ASKED)
    return {
        "roles": roles,
        "resources": len(resources),
        "build": round(built - begun, 2),
        "escalations": round(done - built, 2),
        "together": round(done - begun, 2),
        "who_can": round(most, 2),
        "admins": sum(each.admin.certain for each in found),
        "escalate": sum(each.escalates.certain for each in found),
        "edges": estate.graph.number_of_edges(),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _who_can(estate: Estate, action: str, on: str) -> float:
    """Seconds that a question takes which nobody has asked before."""
    begun = time.process_time()
    named = permitting.thing(estate, on, action)
    if named is None:
        raise SystemExit(f"{on} is nothing to ask of")
    for _ in permitting.who_can(estate, action, named, {}):
        pass
    return time.process_time() - begun


def main() -> None:
    """Measure once and tell."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--roles", type=int, default=5000)
    options.add_argument("--statements", type=int, default=20)
    options.add_argument("--policies", type=int, default=200)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found = measure(asked.roles, asked.statements, asked.policies)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:<12} {value:>10}")


if __name__ == "__main__":
    main()
