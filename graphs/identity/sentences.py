"""The evidence of a permission: which statements decide it, in plain sentences."""

from collections.abc import Iterable, Iterator

from graphs.evidence import Evidence, Step
from graphs.identity.actors import Actor, Kind
from graphs.identity.decide import Decision, Matched, Setup
from graphs.identity.layers import Layer
from graphs.unknown import Text


def tell(decision: Decision, setup: Setup, action: str, resource: Text) -> Evidence:
    """What decided: the denies, else the allows, else who is silent."""
    if decision.denied.certain:
        denies = [m for m in decision.matched if m.denies.certain]
        return tuple(_step(each, setup.actor, action, resource) for each in denies[:1])
    if not decision.answer.possible:
        return tuple(_silent(decision, setup, action, resource))
    steps = [_step(each, setup.actor, action, resource) for each in _allowing(decision, setup)]
    steps += [
        _step(each, setup.actor, action, resource)
        for each in decision.matched
        if each.denies.possible and not each.allows.possible
    ]
    return tuple(dict.fromkeys(steps))


def _allowing(decision: Decision, setup: Setup) -> Iterator[Matched]:
    """The surest allow of each layer that counts."""
    identity = _surest(decision, Layer.IDENTITY)
    outside = setup.actor.node is None
    limits = (_surest(decision, layer) for layer in (Layer.BOUNDARY, Layer.SESSION))
    yield from (m for m in (identity, *limits) if m)
    enough = identity is not None and identity.allows.certain and setup.together.certain
    if outside or not enough or setup.needs_resource:
        resource = _surest(decision, Layer.RESOURCE)
        if resource is not None:
            yield resource


def _surest(decision: Decision, layer: Layer) -> Matched | None:
    found = [m for m in decision.matched if m.clause.layer is layer and m.allows.possible]
    return next((m for m in found if m.allows.certain), found[0] if found else None)


def _step(each: Matched, actor: Actor, action: str, resource: Text) -> Step:
    clause = each.clause
    denying = each.denies.possible and not each.allows.possible
    word = "denies" if denying else "allows"
    answer = each.denies if denying else each.allows
    if answer.undecided:
        word = "may deny" if denying else "may allow"
    whom = f" {actor}" if clause.layer is Layer.RESOURCE else ""
    condition = " under conditions" if clause.statement.conditions else ""
    claim = f"{clause.called(actor)} {word}{whom} {action} on {resource}{condition}"
    return Step(claim, clause.statement.proof, answer.because)


def _shut(decision: Decision, setup: Setup, action: str, resource: Text) -> Iterator[Step]:
    """The levels of the organisation that do not allow it."""
    open_ = {m.clause.level for m in decision.matched if m.allows.possible}
    for level in setup.levels:
        if level.name not in open_ and level.applies.possible:
            word = level.layer.value.upper()
            where = level.name.partition(":")[2]
            yield Step(f"No {word} of {where} allows {action} on {resource}", level.proof)


def _silent(decision: Decision, setup: Setup, action: str, resource: Text) -> Iterable[Step]:
    """Which side does not allow it."""
    node = setup.actor.node
    layers = {m.clause.layer for m in decision.matched if m.allows.possible}
    if node is not None and Layer.IDENTITY not in layers:
        claim = f"No policy of {setup.actor} allows {action} on {resource}"
        yield Step(claim, node.proof())
    elif node is not None and node.boundary is not None and Layer.BOUNDARY not in layers:
        claim = f"The boundary of {setup.actor} does not allow {action} on {resource}"
        yield Step(claim, node.boundary.proof)
    elif setup.session and Layer.SESSION not in layers:
        yield Step(f"The session's policy does not allow {action} on {resource}")
    yield from _shut(decision, setup, action, resource)
    cut = [m for m in decision.matched if m.clause.cut.possible and m.allows.possible]
    if cut:
        claim = "The public access block takes away what this allows: "
        claim += cut[0].clause.called(setup.actor)
        yield Step(claim, cut[0].clause.statement.proof)
    elif setup.needs_resource or not setup.together.certain or setup.actor.kind is Kind.ACCOUNT:
        yield Step(f"No policy of the resource allows {setup.actor} {action} on {resource}")
