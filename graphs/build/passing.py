"""Draws what fronts hand requests on to: an API to functions, a distribution to buckets and
balancers, an accelerator to balancers, a proxy to databases.
"""

from collections.abc import Iterator
from functools import partial

from graphs.build.structure import Drawing, Proved, connect
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.identity.actors import Actor, Kind
from graphs.identity.evaluate import ANYONE, Permission
from graphs.identity.keys import Given
from graphs.network.reach import INTERNET
from graphs.network.zones import CLOUDFRONT as CLOUDFRONT_SERVERS
from graphs.nodes import Bucket, Front, Function, Passage, Service
from graphs.unknown import YES, Answer

INVOKE, READ, CLOUDFRONT = "execute-api:Invoke", "s3:GetObject", "cloudfront.amazonaws.com"


def draw_passages(drawing: Drawing) -> None:
    """The edges from every front to what is behind it, as open as the way to it is."""
    for front in drawing.index.of(Front):
        admitted = _admitted(drawing, front) if front.passages else None
        for passage in front.passages:
            _pass(drawing, front, passage, admitted)


def _admitted(drawing: Drawing, front: Front) -> Permission | None:
    """What the front's own policy says of strangers; None without one."""
    return drawing.permissions.can(ANYONE, INVOKE, front) if front.policies else None


def _pass(drawing: Drawing, front: Front, passage: Passage, admitted: Permission | None) -> None:
    target = drawing.index.get(passage.to, Service)
    answer = passage.open & (admitted.answer if admitted else YES)
    if target is None or not answer.possible:
        return
    handed = Step(
        f"The {front.kind} {front.name} hands requests on to {target.name}", passage.proof
    )
    steps = (*(admitted.evidence if admitted else ()), handed)
    if isinstance(target, Bucket):
        _fetch(drawing, front, target, passage, Permission("", answer, evidence=steps))
    elif isinstance(target, Function) or passage.private:
        drawing.edge(front.id, target.id, Relation.MAY_CONNECT, partial(tuple, steps), answer)
    elif front.interfaces:
        connect(drawing, front.id, target.id, answer, steps)
    else:
        _forward(drawing, front, target, answer, steps)


def _forward(
    drawing: Drawing, front: Front, target: Service, answer: Answer, steps: Evidence
) -> None:
    """What is asked over the internet, from addresses that AWS has for this."""
    source = CLOUDFRONT_SERVERS if front.kind == "distribution" else INTERNET
    reached = drawing.network.reach(source, target.id)
    way = answer & reached.answer()
    if way.possible:
        proved: Proved = partial(_then, steps, partial(drawing.network.trace, source, target.id))
        allows = reached.packets.certain or reached.packets.possible
        drawing.edge(front.id, target.id, Relation.MAY_CONNECT, proved, way, allows)


def _then(steps: Evidence, trace: Proved) -> Evidence:
    return (*steps, *trace())


def _fetch(
    drawing: Drawing, front: Front, bucket: Bucket, passage: Passage, admitted: Permission
) -> None:
    """What a distribution fetches from a bucket, anyone may have who asks the distribution."""
    found = max(
        _as_itself(drawing, front, bucket, passage),
        key=lambda p: (p.answer.certain, p.answer.possible),
    )
    way = admitted.answer & found.answer
    if way.possible:
        proved = partial(tuple, (*admitted.evidence, *found.evidence))
        drawing.edge(INTERNET, bucket.id, Relation.READS, proved, way, front.id, front.id)


def _as_itself(
    drawing: Drawing, front: Front, bucket: Bucket, passage: Passage
) -> Iterator[Permission]:
    """Whether the bucket lets the distribution in: as itself, by an identity that it has for this,
    or as anybody.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    ask, account = drawing.permissions.ask_as, bucket.scope.account
    asked: Given = {
        "aws:SourceArn": front.arn,
        "aws:SourceAccount": front.scope.account,
        "aws:PrincipalIsAWSService": "true",
    }
    yield ask(Actor(Kind.SERVICE, CLOUDFRONT, account, CLOUDFRONT), READ, bucket, asked)
    if passage.caller != "":
        own = Actor(
            Kind.USER, f"{front.id}:{passage.caller}", account, passage.caller, name=front.name,
            canonical=passage.canonical,
        )  # fmt: skip
        yield ask(own, READ, bucket, {})
    yield drawing.permissions.can(ANYONE, READ, bucket)
