"""Resources to estate: the only place that reads Resource.values.

Input: resources of one root module (or one sweep) and what the user declares beside them.
Output: an Estate. It judges nothing.
"""

from collections.abc import Iterable

from graphs.build import (
    apis,
    balancers,
    borders,
    brokers,
    buckets,
    called,
    cloudwan,
    cognito,
    compute,
    containers,
    copies,
    delegates,
    deployments,
    distributions,
    domains,
    filters,
    firewalls,
    guarded,
    guardrails,
    hosting,
    iam,
    kubernetes,
    logs,
    managed,
    proxies,
    shares,
    states,
    stores,
    supplies,
    transit,
    vpc,
    wan,
    workloads,
)
from graphs.build.declared import Declared
from graphs.build.draft import Draft
from graphs.build.loosened import draw_loosened
from graphs.build.misread import misread
from graphs.build.overlaps import overlaps
from graphs.build.passing import draw_passages
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
    draft = lowered(resources, declared)
    index = draft.index()
    network, permissions = Network(index), Permissions(index)
    drawing = draw(index, network, permissions)
    draw_passages(drawing)
    draw_powers(drawing)
    draw_loosened(drawing)
    return Estate(
        name=name,
        index=index,
        network=network,
        permissions=permissions,
        graph=drawing.graph,
        coverage=coverage or Coverage(),
        gaps=(
            *gaps,
            *draft.gaps,
            *drawing.gaps,
            *overlaps(draft, declared.sites),
            *unmodelled(draft),
            *unfit(draft),
            *misread(index),
        ),
        entries=declared.entries,
    )


def lowered(resources: Iterable[Resource], declared: Declared = NOTHING_DECLARED) -> Draft:
    """The typed nodes of resources, with no graph drawn yet."""
    draft = Draft(tuple(resources))
    kubernetes.name_groups(draft)
    vpc.lower(draft)
    filters.lower(draft)
    firewalls.lower(draft)
    borders.lower(draft)
    transit.lower(draft)
    cloudwan.lower(draft)
    wan.lower(draft, declared.sites)
    iam.lower(draft, declared.outsiders)
    cognito.lower(draft)
    compute.lower(draft)
    containers.lower(draft)
    hosting.lower(draft)
    kubernetes.lower(draft)
    workloads.lower(draft)
    stores.lower(draft, declared.data)
    buckets.lower(draft, declared.data)
    managed.lower(draft, declared.data)
    domains.lower(draft, declared.data)
    shares.lower(draft, declared.data)
    brokers.lower(draft, declared.data)
    called.lower(draft, declared.data)
    copies.lower(draft, declared.data)
    balancers.lower(draft)
    proxies.lower(draft)
    apis.lower(draft)
    distributions.lower(draft)
    logs.lower(draft)
    guarded.lower(draft)
    guardrails.lower(draft)
    deployments.lower(draft)
    delegates.lower(draft)
    supplies.lower(draft)
    states.lower(draft, declared.runs_terraform)
    return draft
