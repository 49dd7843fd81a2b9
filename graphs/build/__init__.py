"""Resources to estate: the only place that reads Resource.values.

Input: resources of one root module (or one sweep) and what the user declares beside them.
Output: an Estate. It judges nothing.
"""

from collections.abc import Iterable

from graphs.build import (
    balancers,
    borders,
    cloudwan,
    compute,
    containers,
    delegates,
    filters,
    firewalls,
    guarded,
    guardrails,
    iam,
    logs,
    stores,
    transit,
    vpc,
    wan,
)
from graphs.build.declared import Declared
from graphs.build.draft import Draft
from graphs.build.overlaps import overlaps
from graphs.build.powers import draw_powers
from graphs.build.structure import draw
from graphs.build.unfit import unfit
from graphs.build.unmodelled import unmodelled
from graphs.estate import Estate
from graphs.identity.evaluate import Permissions
from graphs.network.reach import Network
from graphs.resource import Resource
from graphs.verdict import Coverage, Gap

NOTHING_DECLARED = Declared()


def build_estate(
    resources: Iterable[Resource],
    declared: Declared = NOTHING_DECLARED,
    gaps: Iterable[Gap] = (),
    coverage: Coverage | None = None,
    name: str = ".",
) -> Estate:
    """Lower resources into typed nodes, service by service, and draw the graph of them."""
    draft = Draft(tuple(resources))
    vpc.lower(draft)
    filters.lower(draft)
    firewalls.lower(draft)
    borders.lower(draft)
    transit.lower(draft)
    cloudwan.lower(draft)
    wan.lower(draft, declared.sites)
    iam.lower(draft, declared.outsiders)
    compute.lower(draft)
    containers.lower(draft)
    stores.lower(draft, declared.data)
    balancers.lower(draft)
    logs.lower(draft)
    guarded.lower(draft)
    guardrails.lower(draft)
    delegates.lower(draft)
    index = draft.index()
    network, permissions = Network(index), Permissions(index)
    return Estate(
        name=name,
        index=index,
        network=network,
        permissions=permissions,
        graph=draw_powers(draw(index, network, permissions)),
        coverage=coverage or Coverage(),
        gaps=(
            *gaps,
            *draft.gaps,
            *overlaps(draft, declared.sites),
            *unmodelled(draft),
            *unfit(draft),
        ),
    )
