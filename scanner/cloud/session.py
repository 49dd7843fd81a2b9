"""Sessions with AWS: whose account it is, in which regions, with time limits on every call."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from scanner import __version__
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
        return self.session.client(service, region_name=region, config=_limits(self.patience))


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
        session = boto3.Session(profile_name=profile)
        asked = tuple(dict.fromkeys(regions)) or _own_region(session)
    config = _limits(patience, attempts=2)
    found = {}
    for region in asked:
        with _one_line(f"region {region}", profile):
            client = session.client("sts", region_name=region, config=config)
            found[region] = client.get_caller_identity()
    said = found[asked[0]]
    return Account(session, said["Account"], said["Arn"], asked, patience)


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
