"""Sessions with AWS: whose account it is, in which regions, with time limits on every call."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from scanner import __version__
from scanner.cloud.calls import all_calls
from scanner.errors import CloudProblem

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
ATTEMPTS = 6
PATIENCE = 20.0


@dataclass(frozen=True)
class Account:
    """An account that answered, as whom, and the regions that did."""

    session: Any
    id: str
    arn: str
    regions: tuple[str, ...]
    patience: float = PATIENCE

    def client(self, service: str, region: str) -> Any:
        """A client with time limits; throttled calls are tried again, a few times."""
        attempts = ATTEMPTS if self.offers(service, region) else 1
        limits = _limits(self.patience, attempts)
        return self.session.client(service, region_name=region, config=limits)

    def offers(self, service: str, region: str) -> bool:
        """Whether a service is in a region, as far as botocore knows: not of the newest ones."""
        partition = self.arn.split(":")[1]
        known = self.session.get_available_regions(service, partition_name=partition)
        return not known or region in known


def open_account(
    profile: str | None, regions: Sequence[str], patience: float = PATIENCE
) -> Account:
    """Ask every region who we are, before anything else is asked.

    A region that is not switched on for an account refuses its credentials (AWS Account
    Management guide, "Enable or disable AWS Regions"), and STS is free to call for everyone.
    """
    for region in regions:
        if not REGION.fullmatch(region):
            raise CloudProblem(f"{region!r} is not the name of a region", fix="such as eu-north-1")
    with _one_line("credentials", profile):
        session = _session(profile)
        asked = tuple(dict.fromkeys(regions)) or _own_region(session)
    config = _limits(patience, attempts=2)
    found = {}
    for region in asked:
        with _one_line(f"region {region}", profile):
            client = session.client("sts", region_name=region, config=config)
            found[region] = client.get_caller_identity()
    said = found[asked[0]]
    return Account(session, said["Account"], said["Arn"], asked, patience)


class _Asked(Loader):  # type: ignore[misc]  # botocore has no types
    """Models of services with the operations that a sweep asks for alone.

    botocore makes a method for every operation of a client, which for EC2 are eight hundred.
    """

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """A model as botocore has it, without what is not asked for."""
        model = super().load_service_model(service_name, type_name, api_version)
        wanted = _operations().get(service_name)
        if wanted is None or type_name != "service-2":
            return model
        kept = {k: v for k, v in model["operations"].items() if xform_name(k) in wanted}
        return {**model, "operations": kept}


@cache
def _operations() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for call in all_calls():
        found.setdefault(call.service, set()).add(call.operation)
    return found


@cache
def _models() -> Loader:
    """The models of all sessions: each is read once, however many accounts there are."""
    return _Asked()


def _session(profile: str | None) -> Any:
    plain = botocore.session.Session()
    plain.register_component("data_loader", _models())
    return boto3.Session(profile_name=profile, botocore_session=plain)


def _own_region(session: Any) -> tuple[str, ...]:
    if not session.region_name:
        raise CloudProblem("no region is given", fix="name one or more with --region")
    return (session.region_name,)


def _limits(patience: float, attempts: int = ATTEMPTS) -> Config:
    return Config(
        connect_timeout=min(patience, 5.0),
        read_timeout=patience,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent_extra=f"pathwarden/{__version__}",
    )


@contextmanager
def _one_line(about: str, profile: str | None) -> Iterator[None]:
    """What AWS or its library refuses, as one line that says what to look at."""
    named = f"profile {profile}" if profile else "the default credentials"
    try:
        yield
    except ClientError as problem:
        code = problem.response.get("Error", {}).get("Code", "an error")
        fix = "are the credentials right, and is the region switched on for the account?"
        raise CloudProblem(f"{about} refuses {named}: {code}", fix=fix) from None
    except ResponseParserError:
        raise CloudProblem(f"{about}, with {named}: what answers there is not AWS") from None
    except BotoCoreError as problem:
        said = " ".join(str(problem).split())
        raise CloudProblem(f"{about}, with {named}: {said}") from None
