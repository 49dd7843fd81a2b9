"""What keeps a record."""

from dataclasses import dataclass

from graphs.nodes.core import Node, Ref
from graphs.unknown import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail(Node):
    """A CloudTrail trail."""

    logging: Answer
    all_regions: Answer
    validated: Answer
    encrypted: Answer
    bucket: "Ref | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLog(Node):
    """A flow log of a VPC, subnet or interface."""

    target: Ref
    traffic: str
