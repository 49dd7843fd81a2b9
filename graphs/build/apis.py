"""APIs: who may call them without a name, and which functions and balancers answer."""

from collections.abc import Iterator

from graphs.build import filters, openapi, policies, read, shields, vpc
from graphs.build.draft import Draft
from graphs.build.ends import BALANCERS, balancer_in, function_in
from graphs.evidence import Proof
from graphs.nodes import Door, Front, Interface, Passage, PolicyText, Ref
from graphs.resource import Resource
from graphs.unknown import (
    NO,
    YES,
    Answer,
    Cause,
    Template,
    Text,
    Unknown,
    any_of,
    cannot_tell,
    known,
    text,
)

REST, HTTP, GRAPHQL = "aws_api_gateway_rest_api", "aws_apigatewayv2_api", "aws_appsync_graphql_api"
METHOD, INTEGRATION = "aws_api_gateway_method", "aws_api_gateway_integration"
ROUTE, INTEGRATION2 = "aws_apigatewayv2_route", "aws_apigatewayv2_integration"
STAGE = "aws_api_gateway_stage"
LINK, LINK2 = "aws_api_gateway_vpc_link", "aws_apigatewayv2_vpc_link"
HTTPS = (443, 443)


def lower(draft: Draft) -> None:
    """Make the APIs, after everything they can lead to."""
    for resource in draft.all(LINK2):
        draft.add(_link(draft, resource))
    for resource in draft.all(REST):
        draft.add(_rest(draft, resource))
    for resource in draft.all(HTTP):
        draft.add(_http(draft, resource))
    for resource in draft.all(GRAPHQL):
        draft.add(_graphql(draft, resource))


# ------------------------------------------------------------------------------------------ REST


def _rest(draft: Draft, api: Resource) -> Front:
    """A REST API is on the internet unless it is private: then it is called by VPC endpoints.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
    """
    types = read.items(read.first(api, "endpoint_configuration"), "types")
    hidden = [t for t in types if isinstance(t, Unknown)]
    private = cannot_tell(*hidden) if hidden else known("PRIVATE" in types)
    shut = read.flag(api, "disable_execute_api_endpoint", default=False)
    is_open = ~private & (~shut | _mapped(draft, api, "aws_api_gateway_base_path_mapping"))
    path = "endpoint_configuration" if private.possible else "disable_execute_api_endpoint"
    return Front(
        source=api,
        id=api.id,
        arn=_execution_arn(draft, api),
        doors=(Door(HTTPS, is_open, draft.proof(api, path)),),
        kind="REST API",
        passages=(*_methods(draft, api), *openapi.passages(draft, api)),
        policies=_policies(draft, api),
        behind=_by_endpoint(api) if private.possible else None,
        shielded=_shielded(draft, api),
    )


def _by_endpoint(api: Resource) -> Unknown:
    return Unknown(Cause.MODEL, f"by which VPC endpoints {api.id} is called")


def _mapped(draft: Draft, api: Resource, kind: str) -> Answer:
    """Whether it has a name of its owner's, by which it is called though its own is off."""
    links = draft.satellites(kind, "api_id", api.type).get(api.id, ())
    return any_of(link.exists for link in links)


def _execution_arn(draft: Draft, api: Resource) -> Text:
    said = read.text(api, "execution_arn")
    if said is not None:
        return said
    hole = draft.settle(read.raw(api, "id")) or Unknown(Cause.COMPUTED, f"{api.id}.id")
    scope = api.scope
    return text(("arn:aws:execute-api:", scope.region, ":", scope.account, ":", hole))


def _policies(draft: Draft, api: Resource) -> tuple[PolicyText, ...]:
    links = draft.satellites("aws_api_gateway_rest_api_policy", "rest_api_id", REST)
    holders = (api, *links.get(api.id, ()))
    found = (policies.policy_at(draft, r, "policy", "API policy") for r in holders)
    return tuple(p for p in found if p)


def _methods(draft: Draft, api: Resource) -> Iterator[Passage]:
    """Each integration, as open as the method that leads to it."""
    methods = draft.satellites(METHOD, "rest_api_id", REST).get(api.id, ())
    by_place = {_at(draft, m): m for m in methods}
    for integration in draft.satellites(INTEGRATION, "rest_api_id", REST).get(api.id, ()):
        method = by_place.get(_at(draft, integration))
        is_open = _asks_nobody(method) if method else _unseen(integration)
        proof = draft.proof(method or integration, "authorization")
        yield from _onward(draft, integration, "uri", LINK, is_open, proof)


def _at(draft: Draft, part: Resource) -> tuple[str, str]:
    """Of which resource and verb a method or an integration is."""
    place = draft.ref_at(part, "resource_id", "aws_api_gateway_resource", REST)
    return str(place), str(draft.settle(read.raw(part, "http_method")))


def _unseen(integration: Resource) -> Answer:
    return cannot_tell(Unknown(Cause.DATA, f"the method of {integration.id}"))


def _asks_nobody(method: Resource) -> Answer:
    """Whether a method takes calls without a name and without a key."""
    kind = read.word(method, "authorization", "NONE")
    keyed = read.flag(method, "api_key_required", default=False)
    if isinstance(kind, Unknown):
        return cannot_tell(kind) & ~keyed
    return known(kind == "NONE") & ~keyed


# ------------------------------------------------------------------------------------------ HTTP


def _http(draft: Draft, api: Resource) -> Front:
    """An HTTP or WebSocket API is always on the internet, unless its address is off and it has no
    other.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
    """
    shut = read.flag(api, "disable_execute_api_endpoint", default=False)
    is_open = ~shut | _mapped(draft, api, "aws_apigatewayv2_api_mapping")
    websocket = read.word(api, "protocol_type", "HTTP") == "WEBSOCKET"
    return Front(
        source=api,
        id=api.id,
        arn=_execution_arn(draft, api),
        doors=(Door(HTTPS, is_open, draft.proof(api, "disable_execute_api_endpoint")),),
        kind="WebSocket API" if websocket else "HTTP API",
        passages=(
            *_routes(draft, api, websocket=websocket),
            *_quick(draft, api),
            *openapi.passages(draft, api),
        ),
    )


def _routes(draft: Draft, api: Resource, *, websocket: bool) -> Iterator[Passage]:
    """Each route; of a WebSocket API the route $connect asks for all."""
    routes = draft.satellites(ROUTE, "api_id", HTTP).get(api.id, [])
    first = [r for r in routes if read.raw(r, "route_key") == "$connect"]
    for route in routes:
        asked = first[0] if websocket and first else route
        kind = read.word(asked, "authorization_type", "NONE")
        keyed = read.flag(asked, "api_key_required", default=False)
        is_open = cannot_tell(kind) if isinstance(kind, Unknown) else known(kind == "NONE")
        found = _integration(draft, route)
        if isinstance(found, str):
            proof = draft.proof(asked, "authorization_type")
            part = draft.by_id[found]
            yield from _onward(draft, part, "integration_uri", LINK2, is_open & ~keyed, proof)


def _integration(draft: Draft, route: Resource) -> "Ref | None":
    """`integrations/<id>`, with a hole in the place of an id that is not known yet."""
    said = draft.settle(read.raw(route, "target"))
    last = said.parts[-1] if isinstance(said, Template) else said
    if isinstance(last, str):
        last = last.rpartition("/")[2]
    return draft.ref(route, last, INTEGRATION2)


def _quick(draft: Draft, api: Resource) -> Iterator[Passage]:
    """A target of the API itself answers every call of anybody."""
    found = function_in(draft, api, read.raw(api, "target"))
    if found is not None:
        yield Passage(found, YES, draft.proof(api, "target"))


def _link(draft: Draft, link: Resource) -> Front:
    """A VPC link: interfaces in subnets, from which what is linked is asked."""
    found = draft.refs_at(link, "subnet_ids", *vpc.SUBNET_TYPES)
    groups = filters.group_refs(draft, link, read.raw(link, "security_group_ids"))
    proof = draft.proof(link, "subnet_ids")
    parts = draft.satellites(INTEGRATION2, "connection_id", LINK2).get(link.id, ())
    return Front(
        source=link,
        id=link.id,
        arn=draft.arn(link),
        interfaces=tuple(
            Interface(subnet=s, groups=groups, public=NO, proof=proof, public_proof=proof)
            for s in found
        ),
        kind="VPC link",
        passages=tuple(
            Passage(end, YES, draft.proof(part, "integration_uri"))
            for part in parts
            for end in [balancer_in(draft, part, read.raw(part, "integration_uri"))]
            if end is not None
        ),
    )


def _shielded(draft: Draft, api: Resource) -> Answer:
    """Whether a web ACL is tied to a stage of it."""
    stages = draft.satellites(STAGE, "rest_api_id", api.type).get(api.id, ())
    return shields.shielded(draft, {stage.id for stage in stages}, STAGE)


# --------------------------------------------------------------------------------------- onwards


def _onward(
    draft: Draft, part: Resource, uri: str, link: str, is_open: Answer, proof: Proof
) -> Iterator[Passage]:
    """Where an integration leads: to a function, by a link, or to a balancer's own name."""
    value = read.raw(part, uri)
    linked = draft.ref_at(part, "connection_id", link)
    found = function_in(draft, part, value)
    if found is not None:
        yield Passage(found, is_open, proof)
    elif isinstance(linked, str) and link == LINK2:
        yield Passage(linked, is_open, proof, private=True)
    elif isinstance(linked, str):
        for end in draft.refs_at(draft.by_id[linked], "target_arns", *BALANCERS):
            yield Passage(end, is_open, proof, private=True)
    elif (end_ := balancer_in(draft, part, value)) is not None:
        yield Passage(end_, is_open, proof)


# --------------------------------------------------------------------------------------- GraphQL


def _graphql(draft: Draft, api: Resource) -> Front:
    """Nobody asks without a name or a key; keys are made to be put into apps that all may have.

    https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
    """
    private = known(read.word(api, "visibility", "GLOBAL") == "PRIVATE")
    kinds = [read.word(api, "authentication_type")]
    more = read.blocks(api, "additional_authentication_provider")
    kinds += [read.word(b, "authentication_type") for b in more]
    hidden = [k for k in kinds if isinstance(k, Unknown)]
    if "API_KEY" in kinds:
        hidden.append(Unknown(Cause.MODEL, f"who has a key of {api.id}"))
    is_open = cannot_tell(*hidden) if hidden else NO
    return Front(
        source=api,
        id=api.id,
        arn=draft.arn(api),
        doors=(Door(HTTPS, ~private, draft.proof(api, "visibility")),),
        kind="GraphQL API",
        passages=tuple(_sources(draft, api, is_open)),
        behind=_by_endpoint(api) if private.possible else None,
        shielded=shields.shielded(draft, {api.id}, GRAPHQL),
    )


def _sources(draft: Draft, api: Resource, is_open: Answer) -> Iterator[Passage]:
    proof = draft.proof(api, "authentication_type")
    for source in draft.satellites("aws_appsync_datasource", "api_id", GRAPHQL).get(api.id, ()):
        value = read.first(source, "lambda_config").get("function_arn")
        found = function_in(draft, source, value)
        if found is not None:
            yield Passage(found, is_open, proof)
