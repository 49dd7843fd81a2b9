"""What keeps a record."""

from dataclasses import dataclass

from graphs.evidence import Proof
from graphs.nodes.core import Node, Ref
from graphs.unknown import NO, YES, Answer, Text, Unknown


@dataclass(frozen=True, slots=True)
class DataEvents:
    """Calls about the content of things that a trail records: `kind` is CloudTrail's word for the
    things, `things` what their ARNs begin with. `whole` tells whether reading and writing count."""

    kind: "str | Unknown"
    things: tuple[Text, ...]
    whole: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail(Node):
    """A CloudTrail trail."""

    logging: Answer
    all_regions: Answer
    validated: Answer
    encrypted: Answer
    bucket: "Ref | None"
    organisation: Answer = NO
    """Whether it is about all accounts of its organisation."""
    management: Answer = YES
    """Whether it records calls that manage things; undecided where it leaves some out."""
    data: tuple[DataEvents, ...] = ()
    untold: tuple[Unknown, ...] = ()
    """Why it may record more than is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLog(Node):
    """A flow log of a VPC, subnet or interface, and where it is kept."""

    target: Ref
    traffic: str
    store: "Ref | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Node):
    """A log that something can keep of itself: of requests, queries, sessions.

    `kind` is the word for it, `about` the node that it tells of. `store` is the bucket or the log
    group that it goes to, `place` what that is called where nobody says more. `proved` is where it
    is switched on.
    """

    kind: str
    about: Ref
    on: Answer
    proved: Proof
    store: "Ref | None" = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup(Node):
    """A log group of CloudWatch. It keeps things for so many `days`, 0 is for ever."""

    days: "int | Unknown"
