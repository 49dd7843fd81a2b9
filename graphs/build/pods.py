"""Draws what whoever is on a machine of a cluster, or commands it, gets of its pods' roles."""

from collections.abc import Iterator
from functools import partial

from graphs.build.structure import Drawing
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.identity.evaluate import Permission
from graphs.identity.pods import lent
from graphs.identity.principals import trusts_service
from graphs.identity.search import together
from graphs.nodes import Commander, Front, Instance, Node, Role, Service, User
from graphs.unknown import Answer, Cause, Unknown, cannot_tell

SERVICE, TECHNIQUE = "pods.eks.amazonaws.com", "command-cluster"
# Without the tags of its session the agent gets no keys (Amazon EKS User Guide, "Assign an IAM role
# to a Kubernetes service account").
AGENT_DOES = ("sts:AssumeRole", "sts:TagSession")
Lending = tuple[Role, Answer, Evidence]


def draw_pods(drawing: Drawing, machine: Service) -> None:
    """The roles of the pods on a machine, whose tokens lie on it.

    Which pods are on it is the scheduler's choice.
    """
    if not isinstance(machine, Instance):
        return
    for cluster in _clusters(drawing):
        if cluster.cluster and machine.id in cluster.cluster.machines:
            for role, answer, steps in (
                *_by_tokens(drawing, cluster),
                *_by_agent(drawing, cluster),
            ):
                proved = partial(tuple, steps)
                also = f"pods of {cluster.id}"
                drawing.edge(machine.id, role.id, Relation.RUNS_AS, proved, answer, also=also)


def draw_commands(drawing: Drawing, holder: Role | User) -> None:
    """The roles of all that runs in a cluster, to those who may run pods of their own in it."""
    for cluster in _clusters(drawing):
        for commander in cluster.cluster.commanders if cluster.cluster else ():
            if commander.principal == holder.id:
                _draw_command(drawing, cluster, commander)


def _draw_command(drawing: Drawing, cluster: Front, commander: Commander) -> None:
    answer = commander.admin & _reached(cluster)
    claim = f"{commander.principal} may run any pod in the cluster {cluster.name}"
    steps = (Step(claim, commander.proof, answer.because),)
    for role in _roles(drawing, cluster):
        if role.id != commander.principal:
            proved = partial(tuple, steps)
            drawing.edge(
                str(commander.principal),
                role.id,
                Relation.MAY_CALL,
                proved,
                answer,
                TECHNIQUE,
                f"{TECHNIQUE}:{cluster.id}",
            )


def inside(drawing: Drawing, cluster: Front) -> Iterator[tuple[Role, Permission]]:
    """The roles that whoever becomes a commander of a cluster by an access entry comes to."""
    if cluster.cluster is not None:
        answer = cluster.cluster.entries & _reached(cluster)
        claim = f"Whom an access entry of {cluster.name} names may run any pod"
        entered = Permission("", answer, evidence=(Step(claim, cluster.proof(), answer.because),))
        yield from ((role, entered) for role in _roles(drawing, cluster))


def _reached(cluster: Front) -> Answer:
    """Whether a commander reaches the API: anybody does where it is public."""
    inside = cluster.cluster
    if inside is not None and inside.public.certain:
        return inside.public
    why = Unknown(Cause.MODEL, f"from where the API of {cluster.name} is asked")
    return cannot_tell(why)


def _roles(drawing: Drawing, cluster: Front) -> Iterator[Role]:
    machines = drawing.index.many(cluster.cluster.machines if cluster.cluster else (), Instance)
    found = {m.role: drawing.index.get(m.role, Role) for m in machines if isinstance(m.role, str)}
    for role, _, _ in (*_by_tokens(drawing, cluster), *_by_agent(drawing, cluster)):
        found[role.id] = role
    yield from (role for role in found.values() if role is not None)


def _by_tokens(drawing: Drawing, cluster: Front) -> Iterator[Lending]:
    for each in lent(drawing.permissions, cluster):
        if each.every.answer.certain:
            claim = f"Every pod of {cluster.name} gets a token that the role accepts"
            yield (
                each.role,
                each.every.answer,
                (*each.every.evidence, Step(claim, each.role.proof())),
            )
        elif each.some.answer.possible:
            claim = f"A pod of {cluster.name} gets a token that the role accepts"
            why = _where(each.role, cluster)
            step = Step(claim, each.role.proof(), frozenset((why,)))
            yield each.role, each.some.answer & cannot_tell(why), (*each.some.evidence, step)


def _by_agent(drawing: Drawing, cluster: Front) -> Iterator[Lending]:
    for pod in cluster.cluster.pods if cluster.cluster else ():
        role = drawing.index.get(pod.role, Role)
        if role is None:
            continue
        asked = (trusts_service(drawing.permissions, role, SERVICE, each) for each in AGENT_DOES)
        allowed = together(asked)
        why = _where(role, cluster)
        step = Step(f"Pods of {pod.account} run as {role.name}", pod.proof, frozenset((why,)))
        yield role, allowed.answer & cannot_tell(why), (*allowed.evidence, step)


def _where(role: Node, cluster: Front) -> Unknown:
    return Unknown(Cause.MODEL, f"on which machines of {cluster.name} pods run as {role.name}")


def _clusters(drawing: Drawing) -> Iterator[Front]:
    return (each for each in drawing.index.of(Front) if each.cluster is not None)
