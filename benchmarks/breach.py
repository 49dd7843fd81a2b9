"""Times what `pathwarden breach` says of things in a large estate.

    python benchmarks/breach.py [--machines 1000] [--json]

The estate is made here, always the same, and read as a state: networks of twenty machines, of which
the internet reaches one, which reaches the others; each has a role of its own that reads a bucket;
some roles assume the next one, some read the password of their network's database, and from 2,000
machines on a few administer the account. Taken are a machine, two roles, of which one rules if any
does, and the whole account: whoever administers it has all that is in it. Says seconds of the
processor by stage, how much follows, and the most memory.
"""

import argparse
import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scanner.breached import Breached
from scanner.breaching import breached, find
from scanner.config import Config
from scanner.estates import Request, estates
from scanner.reports.breach import render
from scanner.views import Scanned

T = TypeVar("T")
ACCOUNT, REGION = "111111111111", "eu-west-1"
TOGETHER = 20
ADMINISTERS, ASSUMES, READS_PASSWORD = 2_000, 3, 7
"""One role in so many."""
Row = tuple[str, str, dict[str, object]]
"""Type, name and attributes of a resource."""


def rows(machines: int) -> Iterator[Row]:
    """The resources of the estate."""
    for network in range(-(-machines // TOGETHER)):
        yield from _network(network)
        for machine in range(network * TOGETHER, min((network + 1) * TOGETHER, machines)):
            yield from _machine(network, machine, machines)


def _network(number: int) -> Iterator[Row]:
    vpc, subnet, front, inner = (f"{kind}-{number}" for kind in ("vpc", "subnet", "front", "inner"))
    block = f"10.{number // 256}.{number % 256}.0/24"
    yield "aws_vpc", vpc, {"cidr_block": block}
    yield "aws_internet_gateway", f"igw-{number}", {"vpc_id": vpc}
    route = {"cidr_block": "0.0.0.0/0", "gateway_id": f"igw-{number}"}
    yield "aws_route_table", f"rtb-{number}", {"vpc_id": vpc, "route": [route]}
    whole = {"subnet_id": subnet, "route_table_id": f"rtb-{number}"}
    yield "aws_subnet", subnet, {"vpc_id": vpc, "cidr_block": block}
    yield "aws_route_table_association", f"rtbassoc-{number}", whole
    yield "aws_security_group", front, _group(vpc, front, 443, cidr_blocks=["0.0.0.0/0"])
    yield "aws_security_group", inner, _group(vpc, inner, 8080, security_groups=[front])
    store = f"database-{number}"
    yield "aws_security_group", store, _group(vpc, store, 5432, security_groups=[front, inner])
    group = {"name": store, "subnet_ids": [subnet]}
    yield "aws_db_subnet_group", f"dbsubnet-{number}", group
    database: dict[str, object] = {"identifier": store, "engine": "postgres", "port": 5432}
    database |= {"db_subnet_group_name": store, "vpc_security_group_ids": [store]}
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{store}"
    yield "aws_db_instance", store, {**database, "arn": arn, "tags": {"DataClass": "customer"}}
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{store}-a1b2c3"
    yield "aws_secretsmanager_secret", store, {"name": store, "arn": secret, "id": secret}


def _group(vpc: str, name: str, port: int, **sources: object) -> dict[str, object]:
    into = {"protocol": "tcp", "from_port": port, "to_port": port, **sources}
    out = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
    return {"vpc_id": vpc, "name": name, "ingress": [into], "egress": [out]}


def _machine(network: int, machine: int, machines: int) -> Iterator[Row]:
    role, bucket = f"role-{machine}", f"data-{machine}"
    before = f"arn:aws:iam::{ACCOUNT}:role/role-{(machine - 1) % machines}"
    trusted: dict[str, object] = {"Service": "ec2.amazonaws.com"}
    if machine % ASSUMES == 0:
        trusted["AWS"] = before
    trust = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}]
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    named = {"name": role, "arn": arn, "assume_role_policy": _policy(trust)}
    yield "aws_iam_role", role, named
    own = {"name": "own", "role": role, "policy": _policy(list(_allowed(network, machine)))}
    yield "aws_iam_role_policy", role, own
    yield "aws_iam_instance_profile", role, {"name": role, "role": role}
    yield "aws_s3_bucket", bucket, {"bucket": bucket, "arn": f"arn:aws:s3:::{bucket}"}
    first = machine == network * TOGETHER
    group = f"front-{network}" if first else f"inner-{network}"
    values: dict[str, object] = {"subnet_id": f"subnet-{network}", "ami": "ami-1"}
    values |= {"vpc_security_group_ids": [group], "iam_instance_profile": role}
    values |= {"private_ip": f"10.{network // 256}.{network % 256}.{10 + machine % TOGETHER}"}
    yield "aws_instance", f"i-{machine}", values | ({"public_ip": "52.1.2.3"} if first else {})


def _allowed(network: int, machine: int) -> Iterator[dict[str, object]]:
    if machine % ADMINISTERS == ADMINISTERS - 1:
        yield {"Effect": "Allow", "Action": "*", "Resource": "*"}
        return
    yield {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::data-{machine}/*"]}
    if machine % READS_PASSWORD == 0:
        secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:database-{network}-*"
        yield {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}


def _policy(statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def state(machines: int) -> str:
    """The estate as the state file that terraform would have written."""
    provider = 'provider["registry.terraform.io/hashicorp/aws"]'
    found = [
        {
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider": provider,
            "instances": [{"attributes": {"id": name, **values}}],
        }
        for kind, name, values in rows(machines)
    ]
    return json.dumps(
        {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 1,
            "lineage": "made-up",
            "resources": found,
        }
    )


class Stages:
    """Seconds of the processor by stage."""

    def __init__(self) -> None:
        """Nothing is measured yet."""
        self.taken: dict[str, float] = {}

    def take(self, stage: str, work: Callable[[], T]) -> T:
        """Do something, and remember how long it took."""
        begun = time.process_time()
        made = work()
        self.taken[stage] = round(time.process_time() - begun, 2)
        return made


def measure(machines: int) -> dict[str, object]:
    """Read the estate, and take one thing of each kind over."""
    stages, follows = Stages(), {}
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "terraform.tfstate"
        file.write_text(state(machines))
        (read,) = stages.take("read", lambda: list(estates(Request(file))))
    root = Scanned(read.evaluated, read.estate, (), ())
    last = machines // ADMINISTERS * ADMINISTERS - 1
    ruler = f"role-{last}" if last > 0 else "role-0"
    for asked in ("i-0", "role-1", ruler, ACCOUNT):
        said = stages.take(asked, lambda asked=asked: _breach(root, asked))  # type: ignore[misc]
        follows[asked] = len(said.gains)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"machines": machines, "resources": len(read.evaluated.resources)}
    return {**told, "seconds": stages.taken, "follows": follows, "megabytes": used}


def _breach(root: Scanned, asked: str) -> Breached:
    """All that the command does once the estate is read."""
    ((_, thing),) = find([root.estate], asked)
    said = breached(root, Config(), asked, thing)
    render((said,))
    return said


def main() -> None:
    """Measure once and tell."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--machines", type=int, default=1_000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    gc.set_threshold(200_000, 50, 100)  # as every command that reads an estate has it
    found = measure(asked.machines)
    if asked.json:
        print(json.dumps(found))
        return
    for name in ("machines", "resources", "megabytes"):
        print(f"{name:<24} {found[name]:>10}")
    for stage, seconds in found["seconds"].items():  # type: ignore[attr-defined]
        more = found["follows"].get(stage)  # type: ignore[attr-defined]
        print(f"{stage:<24} {seconds:>10} s" + (f", {more:,} things follow" if more else ""))


if __name__ == "__main__":
    main()
