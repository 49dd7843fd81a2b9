"""The Harbor estate in moto's server, applied once, and what a sweep of it reads."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
import pytest

from graphs.build import build_estate
from graphs.estate import Estate
from scanner.cloud.collect import collect_all
from scanner.cloud.session import open_account
from scanner.cloud.shape import shaped
from scanner.cloud.snapshot import Snapshot
from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.tree import Directory
from tests.harbor_table import HARBOR
from tests.scanner.cloud.likeness import all_twins, twins
from tests.scanner.cloud.plain import Plain
from tests.scanner.cloud.proxy import Faults, Proxy
from tests.scanner.cloud.seeder import APPLY, Seeder

REGIONS = ("eu-north-1", "us-east-1")
ACCOUNTS = {"production": "444455556666", "shared": "111122223333", "archive": "777788889999"}
QUICK = 10_000.0
ROOT = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "none"}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    """The port of a server of its own process."""
    port = free_port()
    code = f"from moto.server import main; main(['-p', '{port}'])"
    home = tmp_path_factory.mktemp("moto")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environ = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    server = subprocess.Popen([sys.executable, "-c", code], cwd=home, env=environ, **quiet)
    try:
        _wait(f"http://127.0.0.1:{port}/moto-api/data.json")
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(url):
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


@dataclass(frozen=True)
class World:
    """Harbor in code and applied: what was evaluated, the part that was applied, and the proxy."""

    proxy: Proxy
    evaluated: Evaluated
    seeder: Seeder
    profiles: Path

    @property
    def part(self):
        return [r for r in self.evaluated.resources if r.id in self.seeder.applied]


@pytest.fixture(scope="session")
def world(moto, tmp_path_factory):
    with applied(HARBOR, moto, ACCOUNTS, tmp_path_factory.mktemp("aws")) as made:
        yield made


@contextmanager
def applied(directory, moto, accounts, home):
    """An estate's code in accounts of moto's that have nothing else, seen through a proxy."""
    proxy = Proxy(moto)
    endpoint = f"http://127.0.0.1:{moto}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        keys = {name: credentials(endpoint, number) for name, number in accounts.items()}
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        seeder = Seeder({accounts[name]: boto3.Session(**key) for name, key in keys.items()})
        seeder.filled.gone = without_defaults(seeder.sessions)
        evaluated = evaluate_root(Directory(directory), ".", environ={})
        wanted = (r for r in evaluated.resources if r.address.mode == "managed")
        seeder.apply(r for r in wanted if r.type in APPLY)
    proxy.filled = seeder.filled
    proxy.accounts = {key["aws_access_key_id"]: accounts[name] for name, key in keys.items()}
    profiles = home / "credentials"
    profiles.write_text("".join(section(name, key) for name, key in keys.items()))
    yield World(proxy, evaluated, seeder, profiles)
    proxy.shutdown()
    proxy.server_close()


def credentials(endpoint, account):
    """Keys of an account: moto tells accounts by the role that was assumed."""
    sts = boto3.client("sts", region_name=REGIONS[0], endpoint_url=endpoint, **ROOT)
    arn = f"arn:aws:iam::{account}:role/terraform"
    made = sts.assume_role(RoleArn=arn, RoleSessionName="seeder")["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }


def section(name, key):
    return f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in key.items())


def without_defaults(sessions):
    """Take away the default VPCs, as a company with a landing zone does; which they were."""
    gone = set()
    for session in sessions.values():
        for region in REGIONS:
            # moto makes a group of the default subnets once, and fails where they are gone.
            session.client("memorydb", region_name=region).describe_clusters()
            ec2 = session.client("ec2", region_name=region)
            for subnet in ec2.describe_subnets()["Subnets"]:
                ec2.delete_subnet(SubnetId=subnet["SubnetId"])
            for vpc in ec2.describe_vpcs()["Vpcs"]:
                ec2.delete_vpc(VpcId=vpc["VpcId"])
                gone.add(vpc["VpcId"])
    return gone


@contextmanager
def pointed(world):
    """The AWS libraries look at the proxy, with the profiles of the estate's accounts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in world.proxy.environment.items():
            patch.setenv(name, value)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(world.profiles))
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        world.proxy.asked.clear()
        world.proxy.faults = Faults()
        yield


@pytest.fixture
def aws(world):
    """The world, with the AWS libraries looking at it."""
    with pointed(world):
        yield world


HOMES = {"shared": REGIONS[1:]}


def swept(*profiles):
    """A sweep of some of the accounts, each where it has anything."""
    accounts = [open_account(name, HOMES.get(name, REGIONS[:1])) for name in profiles]
    return Snapshot("2025-11-22T00:00:00+00:00", collect_all(accounts, rate=QUICK), "test")


def refused(snapshot, *operations):
    """The snapshot as it would be, had these operations been denied."""
    accounts = tuple(
        replace(
            account,
            answers=tuple(
                replace(a, data={}, refused="AccessDenied") if a.operation in operations else a
                for a in account.answers
            ),
        )
        for account in snapshot.accounts
    )
    return replace(snapshot, accounts=accounts)


@dataclass(frozen=True)
class Both:
    """A small estate as code and as the account that it was applied to."""

    world: World
    snapshot: Snapshot
    code: Estate
    live: Estate
    names: dict[str, str]

    @property
    def sides(self):
        return Plain(self.names, self.world.seeder.settled), Plain({})

    @property
    def left_out(self):
        """What of the code was not applied."""
        managed = {r.id for r in self.world.evaluated.resources if r.address.mode == "managed"}
        return managed - set(self.world.seeder.applied)


@contextmanager
def both_sides(name, account, moto, tmp_path_factory):
    """The estate in the directory of that name, beside this file, applied and swept."""
    home = tmp_path_factory.mktemp(name)
    with applied(Path(__file__).with_name(name), moto, {name: account}, home) as world:
        with pointed(world):
            snapshot = swept(name)
        found = shaped(snapshot)
        code = build_estate(world.part)
        live = build_estate(found.resources, gaps=found.gaps, coverage=found.coverage)
        names = all_twins(code, live, twins(world.seeder.applied, world.part, found.resources))
        yield Both(world, snapshot, code, live, names)
