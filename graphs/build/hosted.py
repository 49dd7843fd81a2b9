"""Draws the ways between containers and the machines that they run on."""

from functools import partial

from graphs.build.structure import Drawing
from graphs.estate import Relation
from graphs.evidence import Evidence, Step
from graphs.nodes import Container, Host, Instance, Role, Service
from graphs.unknown import Answer

LEAVE, ASK, ENTER = "leave-container", "ask-metadata-of-machine", "enter-container-from-machine"


def draw_hosted(drawing: Drawing, service: Service) -> None:
    """The ways from a container onto its machine, to the machine's role, and from there back."""
    if not isinstance(service, Container):
        return
    for host in service.hosts:
        machine = drawing.index.get(host.machine, Instance)
        if machine is not None:
            _draw(drawing, service, machine, host)


def _draw(drawing: Drawing, service: Container, machine: Instance, host: Host) -> None:
    runs = Step(f"{service.name} runs on {machine.name}", host.proof, host.on.because)
    if service.escape is not None:
        claim = f"A task of {service.name} is given what is its machine's"
        steps = (runs, Step(claim, service.escape.proof))
        _edge(drawing, service.id, machine.id, LEAVE, host.on & service.escape.open, steps)
    role = drawing.index.get(machine.role, Role)
    if role is not None and role.id != service.role:
        claim = f"The metadata service of {machine.name} answers containers"
        steps = (runs, Step(claim, machine.proof("metadata_options"), host.metadata.because))
        _edge(drawing, service.id, role.id, ASK, host.on & host.metadata, steps)
    _edge(drawing, machine.id, service.id, ENTER, host.on, (runs,))


def _edge(
    drawing: Drawing, source: str, target: str, technique: str, answer: Answer, steps: Evidence
) -> None:
    also = f"{technique}:{source}"
    proved = partial(tuple, steps)
    drawing.edge(source, target, Relation.MAY_CALL, proved, answer, technique, also)
