"""Times how everything an attacker can do follows, and how the worst hundred paths are ranked.

    python benchmarks/attack.py [--nodes 100000] [--edges 500000] [--built 400] [--json]

Two made-up estates. One is a graph of facts alone, of `--nodes` facts and `--edges` steps: machines
that reach one another, mostly a few that many reach; roles that they run as, that assume and
empower each other; stores, and databases that take a network's way and a password. The other is
emitted as Resources, built, and asked for its attack paths: `--built` machines, half of them with
a role and a bucket of their own. Says seconds of the processor by stage, and the most memory so
far. The budget of the first is 10 seconds and 2 GB.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from estates import Size, estate

from graphs.attack.derivables import derivables
from graphs.attack.entries import Entry, entries
from graphs.attack.facts import Derivable, Fact, Holds
from graphs.attack.paths import AttackPath, ranked
from graphs.attack.targets import IMPACT, Target, targets
from graphs.build import build_estate
from graphs.estate import Estate
from graphs.identity.techniques import catalogue
from graphs.resource import Address, Origin, Resource, Scope, Source
from graphs.unknown import YES

T = TypeVar("T")
INTERNET = Fact(Holds.AT, "internet")
MOST = 100
ACCOUNT, REGION = "111111111111", "eu-west-1"
SHARES = {
    "exploit-reachable-service": 0.55,
    "remote-login": 0.05,
    "steal-instance-credentials": 0.08,
    "assume-role": 0.06,
    "read-store": 0.12,
    "read-secret": 0.02,
    "log-in-to-database": 0.11,
    "empower-other": 0.005,
    "exploit-exposed-service": 0.005,
}
"""Which part of the edges each technique has."""


class Facts:
    """The facts of a made-up estate by kind, and chance, always the same."""

    def __init__(self, nodes: int) -> None:
        """Six in ten are machines."""
        self.dice = Random(11)
        self.machines = _facts(Holds.AT, "machine", nodes * 6 // 10)
        self.roles = _facts(Holds.CONTROLS, "role", nodes * 15 // 100)
        self.stores = _facts(Holds.READS, "store", nodes * 15 // 100)
        self.databases = _facts(Holds.READS, "database", nodes * 5 // 100)
        self.passwords = _facts(Holds.OPENS, "database", nodes * 5 // 100)
        self.accounts = _facts(Holds.RULES, "account", max(nodes // 5000, 1))

    def any(self, facts: list[Fact]) -> Fact:
        """One of them, as likely as another."""
        return self.dice.choice(facts)

    def hub(self, facts: list[Fact]) -> Fact:
        """One of them, mostly one of a few."""
        at = int(self.dice.paretovariate(0.5)) - 1
        return facts[at] if at < len(facts) else self.any(facts)

    def step(self, technique: str) -> Derivable:
        """An edge of one technique."""
        hub, machine = self.dice.random() < 0.3, self.any(self.machines)
        role, other = self.any(self.roles), self.hub(self.roles)
        database = self.dice.randrange(len(self.databases))
        ends: dict[str, tuple[tuple[Fact, ...], Fact]] = {
            "steal-instance-credentials": ((machine,), other),
            "assume-role": ((role,), other),
            "read-store": ((role,), self.any(self.stores)),
            "read-secret": ((role,), self.passwords[database]),
            "log-in-to-database": ((machine, self.passwords[database]), self.databases[database]),
            "empower-other": ((role, other), self.any(self.accounts)),
            "exploit-exposed-service": ((INTERNET,), machine),
        }
        reached = self.hub(self.machines) if hub else self.any(self.machines)
        premises, conclusion = ends.get(technique, ((machine,), reached))
        return Derivable(catalogue()[technique], premises, conclusion, "", "", YES, tuple)


def _facts(holds: Holds, kind: str, count: int) -> list[Fact]:
    return [Fact(holds, f"{kind}-{number}") for number in range(max(count, 1))]


def graph(nodes: int, edges: int) -> tuple[list[Derivable], list[Target]]:
    """The steps of a made-up estate, and what is worth stealing in it."""
    facts = Facts(nodes)
    kinds = facts.dice.choices(list(SHARES), list(SHARES.values()), k=edges)
    steps = [facts.step(kind) for kind in kinds]
    lost = (*facts.stores, *facts.databases, *facts.accounts)
    classes = facts.dice.choices(list(IMPACT), k=len(lost))
    goals = [
        Target(fact, kind, str(fact), IMPACT[kind], fact.node)
        for fact, kind in zip(lost, classes, strict=True)
    ]
    return steps, goals


def resources(machines: int) -> Iterator[Resource]:
    """Machines in networks, half of which have a role that reads a bucket; some roles rule."""
    dice = Random(5)
    for each in estate(Size(machines, max(machines // 100, 2), max(machines // 10, 4))):
        if each.type == "aws_instance" and dice.random() < 0.5:
            name = each.address.name
            yield from _role(name, dice.random() < 0.02)
            profile = {"iam_instance_profile": f"profile-{name}"}
            values = {**each.values, **profile}
            yield Resource(each.address, each.type, values, each.scope, each.origin)
        else:
            yield each


def _role(name: str, rules: bool) -> Iterator[Resource]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust |= {"Principal": {"Service": "ec2.amazonaws.com"}}  # type: ignore[dict-item]
    bucket = f"arn:aws:s3:::data-{name}"
    said: dict[str, object] = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"{bucket}/*"]}
    if rules:
        said = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role, profile = f"role-{name}", f"profile-{name}"
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    yield _made("aws_iam_role", role, name=role, arn=arn, assume_role_policy=_policy(trust))
    yield _made("aws_iam_role_policy", role, name="own", role=role, policy=_policy(said))
    yield _made("aws_iam_instance_profile", profile, name=profile, role=role)
    yield _made("aws_s3_bucket", f"data-{name}", bucket=f"data-{name}", arn=bucket)


def _policy(statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _made(kind: str, called: str, **values: object) -> Resource:
    scope, origin = Scope("aws", ACCOUNT, REGION), Origin(Source.STATE)
    told = {"id": called, **values}
    return Resource(Address("", kind, called), kind, told, scope, origin)  # type: ignore[arg-type]


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


def measure(nodes: int, edges: int) -> dict[str, object]:
    """Derive everything from the internet, and rank what leads to a target."""
    stages = Stages()
    steps, goals = graph(nodes, edges)
    internet = Entry(INTERNET, "internet", "the internet", 1.0, "internet")
    paths = stages.take("ranking", lambda: ranked((internet,), goals, steps))
    hops = stages.take("hops", lambda: [path.hops() for path in paths[:MOST]])
    told = {"nodes": nodes, "edges": edges, "targets": len(goals), "paths": len(paths)} | _proven(
        paths
    )
    several = sum(len(step.premises) > 1 for step in steps)
    return {**told, "steps that need several": several, "told": len(hops), **_spent(stages)}


def measure_built(machines: int) -> dict[str, object]:
    """The same of Resources, from the building of their estate."""
    stages = Stages()
    read = list(resources(machines))
    built: Estate = stages.take("build", lambda: build_estate(read))
    steps = stages.take("techniques", lambda: derivables(built))
    paths = stages.take("ranking", lambda: ranked(entries(built), targets(built), steps))
    told = {"machines": machines, "resources": len(read), "edges": len(steps)}
    return {**told, "paths": len(paths), **_proven(paths), **_spent(stages)}


def _proven(paths: Sequence[AttackPath]) -> dict[str, object]:
    return {"of proven rank": sum(path.proven for path in paths)}


def _spent(stages: Stages) -> dict[str, object]:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {**stages.taken, "megabytes": used}


def main() -> None:
    """Measure both once and tell."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--nodes", type=int, default=100_000)
    options.add_argument("--edges", type=int, default=500_000)
    options.add_argument("--built", type=int, default=400)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    gc.set_threshold(200_000, 50, 100)  # as every command that reads an estate has it
    found = {"built": measure_built(asked.built), "facts": measure(asked.nodes, asked.edges)}
    if asked.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(f"{name}:")
        for each, value in figures.items():
            print(f"  {each:<24} {value:>10}")


if __name__ == "__main__":
    main()
